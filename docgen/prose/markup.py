"""Detects the markup that a docstring is written in, and its definitions for use in its paragraphs."""

from __future__ import annotations

import re

from docgen.prose.inline import Names
from docgen.prose.style import Style

_OF_MARKDOWN = re.compile(
    r"^ *(?:```|~~~|#{1,6} \w|!!! \w|\?\?\?\+? \w|\|(?: *:?-+:? *\|)+ *$)"
    r"|\]\((?:https?:|[./#])|\]\[[\w.]+\]|\[`[^`\n]+`\]\[",
    re.MULTILINE,
)
_MARKS = re.compile(r"```|~~~|#|!!!|\?\?\?|\](?:\(|\[)|--")
"""Every text that has signs of Markdown contains one of these."""
_OF_REST = re.compile(
    r":[a-z]+:`[^`]|`_(?!\w)|::(?=\n|\Z)|\n *\.\. (?:[a-z:_-]+::|\[|_)|\n *={2,}(?: +={2,})+ *(?=\n|\Z)"
    r"|\n *:(?:param|type|returns?|rtype|raises|ivar) ?[^:\n]*:|\n:[A-Za-z][\w-]*:(?= |\n|\Z)"
)
"""Each of these begins with a character, not with a position, so that the search skips to the next such character."""
_OF_EPYTEXT = re.compile(r"^ *@(?:param|type|returns?|rtype|raises?|ivar|cvar|keyword)\b[^\n:]*:", re.MULTILINE)
_TARGET = re.compile(
    r"^ *\.\. +_(?:`(?P<quoted>[^`\n]+)`|(?P<name>[^:\n`]+)):(?: +|\n +)(?P<address>\S+(?:\n +\S+)*) *$", re.MULTILINE
)
_EMBEDDED = re.compile(r"`(?P<name>[^`<]*[^`<\s])\s*<(?P<address>[^`<>\s]+)>`_(?!_)")
_SUBSTITUTION = re.compile(
    r"^ *\.\. \|(?P<name>[^|\n]+)\| (?P<type>replace|unicode|image|date):: *(?P<text>.*(?:\n +\S.*)*)$", re.MULTILINE
)


def is_rest(text: str, style: Style) -> bool:
    """Return True if a docstring is read as reST as a whole.

    One with signs of Markdown never is; reST markup in it is then converted piece by piece. Without signs of either,
    the style decides. Google's is used with both, and text that both show in the same way stays as it is.
    """
    if _MARKS.search(text) and _OF_MARKDOWN.search(text):
        return False
    return style in (Style.NUMPY, Style.SPHINX, Style.EPYTEXT) or _OF_REST.search(f"\n{text}") is not None


def is_epytext(text: str, style: Style) -> bool:
    """Return True if letters with braces are markup in a docstring, as in one with fields of epytext."""
    return style is Style.EPYTEXT or ("@" in text and _OF_EPYTEXT.search(text) is not None)


def find_names(text: str) -> Names:
    """Return the hyperlink targets and the substitutions that a docstring defines."""
    names = Names()
    if ".. _" in text:
        for found in _TARGET.finditer(text):
            name = (found["quoted"] or found["name"]).replace("\\", "")
            names.targets[" ".join(name.lower().split())] = "".join(found["address"].split())
    if ">`_" in text:
        for found in _EMBEDDED.finditer(text):
            names.targets.setdefault(" ".join(found["name"].lower().split()), found["address"])
    if ".. |" in text:
        for found in _SUBSTITUTION.finditer(text):
            body = " ".join(
                found["text"].split(":", 1)[0].split() if found["type"] == "image" else found["text"].split()
            )
            names.substitutions[found["name"]] = f"![{found['name']}]({body})" if found["type"] == "image" else body
    return names
