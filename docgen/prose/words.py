"""Checks that reading a docstring loses no word of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from docgen.prose.fields import FIELD_KINDS
from docgen.prose.headings import KINDS
from docgen.prose.lines import clean
from docgen.prose.sections import Section

_WORD = re.compile(r"[^\W_]+")
_MARKUP = re.compile(
    r"""
    :(?P<role>[a-zA-Z][\w.+-]{0,40}(?::[a-zA-Z][\w.+-]{0,40})?):
        `(?:~(?P<path>[\w.:]*)[.:]\w|(?P<inventory>\w+):\w|[^`<]*<(?P<target>[^`<>]+)>`)?
    |(?<![\w`])`[^`<]*<(?P<address>[^`<>]+)>`
    |^[ ]*\.\.[ ]+(?P<hidden>
        (?:currentmodule|module|index|highlight|contents|tabularcolumns|default-role|container|class|rst-class)
        [ ]?::.*(?:\n[ ]+:[\w-]+:.*)*)
    |^[ ]*\.\.[ ]+(?P<directive>[A-Za-z][\w.+-]{0,40}(?::[A-Za-z][\w.+-]{0,40})?[ ]?::?)(?=[ \n]|$)
        (?=.*(?P<options>(?:\n[ ]+:[\w-]+:.*)*))
    |^[ ]*(?:\.\.|_)[ ]+_(?P<name>[^:\n]+):(?=[ \n])
    |^[ ]*\.\.[ ]+\|(?P<substitution>[^|\n]+)\|[ ]+(?P<definition>[a-z]+::.*)
    |^[ ]*:(?P<meta>meta[ ][a-z-]+:)$
    |^[ ]*[:@](?P<typed>(?:type|vartype|kwtype)[ ][^:\n]*):
    |^[ ]*[:@](?P<field>[A-Za-z]\w*)(?=[ :])(?![\w:.+-]*:`)
    |^[ ]*(?P<heading>[A-Za-z][A-Za-z ]{1,24}?)(?=[ ]?::?(?:[ ].*)?$|:?\n[ ]*[-=]{2,}$)
    |^[ ]*(?:\*\*|\#{1,6}[ ]+)(?P<listed>[A-Za-z][A-Za-z ]{1,24}?):?(?:\*\*:?)?$
    |^[ ]*(?:`{3,}|~{3,})(?P<info>[^`\n]+)$
    |(?P<escape>E\{[lr]b\})
    |(?P<letter>\b[LCIBMUEX])(?=\{)
    """,
    re.VERBOSE | re.MULTILINE,
)
"""Instructions for tools, which do not count as words of a docstring."""
_MARKDOWN = re.compile(
    r"""(?<=\]\[)[^\[\]\n]+(?=\])|(?<=\[)[^\[\]\n]+(?=\]:[ ])|(?:!!!|\?\?\?\+?)[ ]+[\w-]+(?=[ ]")
        |(?<=\]\()(?!\w+:)[^()\s]*(?=\))""",
    re.VERBOSE,
)
"""Targets of references, names of links, kinds of admonitions with a title, addresses within the reference."""


def words(text: str) -> Counter[str]:
    """Return the words of a string with their counts: runs of letters and digits of any script, in lower case."""
    return Counter(_WORD.findall(text.casefold()))


def words_of(sections: Iterable[Section]) -> Counter[str]:
    """Return the words of sections, including their titles."""
    parts: list[str] = []
    for section in sections:
        parts += (section.title, section.text)
        for item in section.items:
            parts += (item.name, item.annotation, item.default, item.text)
    return words("\n".join(parts))


def lost_words(raw: str, sections: Iterable[Section]) -> Counter[str]:
    """Return the words of a docstring that its sections do not contain, with their counts; empty if none is lost.

    Names of roles, directives, their options, fields and sections are markup and not counted, nor are names of
    hyperlink targets.
    """
    missing = words(raw) - words_of(sections)
    return missing - markup_words(raw) if missing else missing


def markup_words(raw: str) -> Counter[str]:
    """Return the words of a docstring that are instructions for tools, with their counts."""
    return words("\n".join(_markup(raw)))


def _markup(raw: str) -> Iterable[str]:
    yield from _MARKDOWN.findall(raw)
    if ".. |" in raw:
        yield from re.findall(r"\|([^|\n]+)\|", raw)
    for found in _MARKUP.finditer("\n".join(clean(raw))):
        if heading := found["heading"] or found["listed"]:
            if heading.lower() in KINDS:
                yield heading
        elif found["field"]:
            if found["field"].lower() in FIELD_KINDS:
                yield found["field"]
        else:
            yield from (part for part in found.groups() if part)
