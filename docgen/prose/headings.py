"""The headings that open a section, and the headings of Markdown."""

from __future__ import annotations

import re

from docgen.prose.lines import fence_end
from docgen.prose.sections import SectionKind as Kind

KINDS: dict[str, Kind] = {
    "args": Kind.PARAMETERS,
    "arg": Kind.PARAMETERS,
    "arguments": Kind.PARAMETERS,
    "argument": Kind.PARAMETERS,
    "parameters": Kind.PARAMETERS,
    "parameter": Kind.PARAMETERS,
    "params": Kind.PARAMETERS,
    "other parameters": Kind.OTHER_PARAMETERS,
    "other args": Kind.OTHER_PARAMETERS,
    "other arguments": Kind.OTHER_PARAMETERS,
    "keyword args": Kind.OTHER_PARAMETERS,
    "keyword arguments": Kind.OTHER_PARAMETERS,
    "keyword parameters": Kind.OTHER_PARAMETERS,
    "kwargs": Kind.OTHER_PARAMETERS,
    "returns": Kind.RETURNS,
    "return": Kind.RETURNS,
    "yields": Kind.YIELDS,
    "yield": Kind.YIELDS,
    "receives": Kind.RECEIVES,
    "receive": Kind.RECEIVES,
    "raises": Kind.RAISES,
    "raise": Kind.RAISES,
    "exceptions": Kind.RAISES,
    "except": Kind.RAISES,
    "warns": Kind.WARNS,
    "warn": Kind.WARNS,
    "attributes": Kind.ATTRIBUTES,
    "attribute": Kind.ATTRIBUTES,
    "methods": Kind.METHODS,
    "functions": Kind.FUNCTIONS,
    "classes": Kind.CLASSES,
    "examples": Kind.EXAMPLES,
    "example": Kind.EXAMPLES,
    "notes": Kind.NOTES,
    "note": Kind.NOTES,
    "warnings": Kind.WARNINGS,
    "warning": Kind.WARNINGS,
    "see also": Kind.SEE_ALSO,
    "references": Kind.REFERENCES,
    "reference": Kind.REFERENCES,
    "todo": Kind.TODO,
    "todos": Kind.TODO,
    "deprecated": Kind.DEPRECATED,
    "deprecation": Kind.DEPRECATED,
    "attention": Kind.ADMONITION,
    "caution": Kind.ADMONITION,
    "danger": Kind.ADMONITION,
    "error": Kind.ADMONITION,
    "hint": Kind.ADMONITION,
    "important": Kind.ADMONITION,
    "info": Kind.ADMONITION,
    "tip": Kind.ADMONITION,
}
"""Heading in lower case -> what its section is about."""

OWN_TITLES: dict[Kind, frozenset[str]] = {
    Kind.PARAMETERS: frozenset({"args", "arguments", "parameters", "params", "arg", "parameter", "argument"}),
    Kind.OTHER_PARAMETERS: frozenset({"other parameters"}),
    Kind.RAISES: frozenset({"raises", "raise", "exceptions", "except"}),
    Kind.EXAMPLES: frozenset({"examples", "example"}),
    Kind.NOTES: frozenset({"notes", "note"}),
    Kind.WARNINGS: frozenset({"warnings", "warning"}),
    Kind.ADMONITION: frozenset(),
}
"""The headings that say no more than the kind of their section; for other kinds, all headings of `KINDS` do."""

WITH_ITEMS = frozenset(
    {
        Kind.PARAMETERS,
        Kind.OTHER_PARAMETERS,
        Kind.RETURNS,
        Kind.YIELDS,
        Kind.RECEIVES,
        Kind.RAISES,
        Kind.WARNS,
        Kind.ATTRIBUTES,
        Kind.METHODS,
        Kind.FUNCTIONS,
        Kind.CLASSES,
    }
)
"""The kinds whose sections consist of items."""

_ATX = re.compile(r"(?P<indent> {0,3})(?P<marks>#{1,6})(?P<rest>[ \t].*|)$")
_SETEXT = re.compile(r" {0,3}(?P<mark>=+|-{2,})[ \t]*$")
_NO_PARAGRAPH = re.compile(r" {4}|[ ]*(?:[-*+>|#]|\d+[.)]|$)")
_DEEPEST = 6
"""The deepest level of a heading in Markdown."""


def title_of(kind: Kind, heading: str) -> str:
    """Return the heading as the title of a section, empty where the kind implies it."""
    heading = heading.strip()
    known = heading.lower()
    own = OWN_TITLES.get(kind)
    return "" if (known in KINDS if own is None else known in own) else heading


def headings(markdown: str) -> tuple[tuple[int, str], ...]:
    """Return the level and the text of each heading of a Markdown text, in order; code is left out."""
    lines = markdown.split("\n")
    return tuple((level, _heading_text(lines[index])) for index, level, _ in _find_headings(lines))


def nest_headings(markdown: str, level: int) -> str:
    """Return Markdown whose shallowest headings have a level, the others as much below it as before.

    Parameters:
        markdown: Any Markdown; a heading that is underlined gets `#` instead.
        level: 1 to 6. What would be deeper than 6 becomes 6.
    """
    lines = markdown.split("\n")
    found = _find_headings(lines)
    if not found:
        return markdown
    shift = level - min(depth for _, depth, _ in found)
    for index, depth, underlined in reversed(found):
        marks = "#" * max(1, min(depth + shift, _DEEPEST))
        lines[index] = f"{marks} {_heading_text(lines[index])}"
        if underlined:
            del lines[index + 1]
    return "\n".join(lines)


def _heading_text(line: str) -> str:
    heading = _ATX.match(line)
    return (heading["rest"] if heading else line).strip().rstrip("#").rstrip()


def _find_headings(lines: list[str]) -> list[tuple[int, int, bool]]:
    """Return the index, the level and whether it is underlined of each heading outside code."""
    found = []
    index = 0
    while index < len(lines):
        line = lines[index]
        fence = fence_end(lines, index) if "```" in line or "~~~" in line else None
        if fence is not None:
            index = fence
            continue
        if heading := _ATX.match(line):
            found.append((index, len(heading["marks"]), False))
        elif line and index + 1 < len(lines) and (rule := _SETEXT.match(lines[index + 1])):
            # One line of text: the last line of a longer paragraph is a heading in no Markdown of ours.
            opens = index == 0 or not lines[index - 1].strip()
            if opens and not _NO_PARAGRAPH.match(line):
                found.append((index, 1 if rule["mark"][0] == "=" else 2, True))
                index += 1
        index += 1
    return found
