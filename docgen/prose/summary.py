"""The first sentence of a string, for a row in a table."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docgen.prose.lines import fence_end

_ABBREVIATIONS = frozenset(
    {
        *(
            "e.g",
            "i.e",
            "cf",
            "vs",
            "viz",
            "approx",
            "resp",
            "no",
            "nos",
            "fig",
            "figs",
            "eq",
            "eqs",
            "sec",
            "ch",
            "vol",
        ),
        *(
            "pp",
            "ed",
            "eds",
            "al",
            "dr",
            "mr",
            "mrs",
            "ms",
            "prof",
            "st",
            "inc",
            "ltd",
            "co",
            "dept",
            "est",
            "max",
            "min",
        ),
        *("incl", "excl", "esp", "ca", "def", "ver"),
    }
)
"""Words whose full stop does not end a sentence, in lower case."""
_WIDE = "\u3002\uff01\uff1f"
"""The full stops of Chinese and Japanese, which are not followed by a space."""
_STOP_OR_CODE = re.compile(
    r"``[^`]+``|`[^`]+`|\]\([^()\s]*\)|<https?:[^>\s]*>"
    rf"|(?P<wide>[{_WIDE}])"
    r"|(?P<stop>[.!?\u2026]+)(?P<closing>[*_'\")\]\u2019\u201d\u00bb]*)(?:\s+|\Z)"
)
_BULLET = re.compile(r"(?:[-*+]|\d+[.)])\s")
_NO_PROSE = re.compile(r"#{1,6}\s|!!!|\?\?\?|>|\||<!--|\[?!\[|[=~^*+#\"'-]{3,}$")
_OPENING = frozenset("\"'`([*_<\u201c\u2018\u00ab\\&")
"""Marks that a sentence may begin with, in addition to a letter that is not lower-case, and a digit."""


def summary(text: str) -> str:
    """Return the first sentence of a string in Markdown, on one line; empty if it does not begin with prose.

    Headings, admonitions, pictures and code before the first paragraph are skipped. A full stop ends a sentence if
    another one can begin after it: neither inside a name, a number or code, nor after an abbreviation, nor before a
    lower-case letter. If a paragraph introduces a list or code by a colon, a full stop replaces the colon.
    """
    paragraph = " ".join(" ".join(_first_paragraph(text.split("\n"))).split())
    end = _end_of_sentence(paragraph)
    if end is not None:
        return paragraph[:end]
    bare = paragraph.rstrip(":;, ")
    return bare if not bare or bare[-1] in f".!?\u2026{_WIDE}" else f"{bare}."


def _first_paragraph(lines: list[str]) -> Iterator[str]:
    """Yield the lines of the first paragraph of prose, without a list that follows directly."""
    index = _before_prose(lines)
    first = index
    while index < len(lines) and (bare := lines[index].strip()):
        is_item = _BULLET.match(bare) is not None
        if index > first and (is_item or _NO_PROSE.match(bare) or bare.startswith(("```", "~~~"))):
            return
        yield _BULLET.sub("", bare, count=1) if is_item else bare
        index += 1


def _before_prose(lines: list[str]) -> int:
    """Return the index of the first line of prose."""
    index = 0
    while index < len(lines):
        bare = lines[index].strip()
        fence = fence_end(lines, index) if bare.startswith(("```", "~~~")) else None
        if fence is not None:
            index = fence
        elif bare.startswith(("!!!", "???")):
            index += 1
            while index < len(lines) and (not lines[index].strip() or lines[index][0] == " "):
                index += 1
        elif not bare or _NO_PROSE.match(bare):
            index += 1
        elif index + 1 < len(lines) and _NO_PROSE.fullmatch(lines[index + 1].strip()) and lines[index + 1][:3] != "!!!":
            index += 2  # An underlined title.
        else:
            return index
    return index


def _end_of_sentence(paragraph: str) -> int | None:
    """Return the index after the first sentence of a paragraph, None if there is no end of a sentence."""
    for found in _STOP_OR_CODE.finditer(paragraph):
        if found["wide"]:
            return found.end()
        if not found["stop"]:
            continue
        after = paragraph[found.end() : found.end() + 1]
        if not after:
            return found.end("closing")
        start = paragraph.rfind(" ", 0, found.start()) + 1
        word = paragraph[start : found.start()].strip("('\"[*_").lower()
        is_abbreviation = found["stop"] == "." and (word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha()))
        if not is_abbreviation and (after in _OPENING or after.isdigit() or (after.isalpha() and not after.islower())):
            return found.end("closing")
    return None
