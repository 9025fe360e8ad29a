"""The lines of a docstring without their common indentation, with the indent of each, and which of them are code."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

BLANK = -1
"""The indent of a line without text."""
PROMPT = ">>>"
INDENT = "    "
"""The indentation that Markdown requires below a list item or an admonition."""
_FENCE = re.compile(r" *(?P<mark>`{3,}|~{3,})(?P<info>[^`]*)$")


@dataclass(frozen=True, kw_only=True, slots=True)
class Lines:
    """Lines of text.

    Attributes:
        text: The lines without line ends, tabs expanded.
        indents: The number of spaces that each line begins with, `BLANK` for an empty line. As many as lines.
        opaque: 1 for each line of a fence or a doctest, else 0. As many as lines.
    """

    text: list[str]
    indents: list[int]
    opaque: bytearray = field(default_factory=bytearray)

    @classmethod
    def of(cls, text: list[str]) -> Lines:
        """Return lines with their indents, and with fences and doctests marked."""
        indents = [len(line) - len(bare) if (bare := line.lstrip()) else BLANK for line in text]
        opaque = bytearray(len(text))
        if any(PROMPT in line or "```" in line or "~~~" in line for line in text):
            _mark_code(text, indents, opaque)
        return cls(text=text, indents=indents, opaque=opaque)

    def margin(self, start: int, stop: int) -> int:
        """Return the smallest indent of the lines in a range that are not blank; 0 if all are."""
        return min((indent for indent in self.indents[start:stop] if indent != BLANK), default=0)

    def dedented(self, start: int, stop: int) -> list[str]:
        """Return the lines of a range without their common indentation and without blank lines at both ends."""
        indents = self.indents
        while start < stop and indents[start] == BLANK:
            start += 1
        while start < stop and indents[stop - 1] == BLANK:
            stop -= 1
        margin = self.margin(start, stop)
        return [line[margin:] for line in self.text[start:stop]] if margin else self.text[start:stop]

    def below(self, start: int, stop: int, head: int) -> list[str]:
        """Return the lines below the head of an item without their common indentation; leading blank lines are kept.

        Parameters:
            start: The first line.
            stop: The line after the last one.
            head: The indent of the head. Lines that are not indented more lose all of their indentation.
        """
        while start < stop and self.indents[stop - 1] == BLANK:
            stop -= 1
        indents = self.indents[start:stop]
        margin = min((indent for indent in indents if indent > head), default=0)
        text = self.text[start:stop]
        return [line[margin if indent > head else max(indent, 0) :] for line, indent in zip(text, indents, strict=True)]


def clean(raw: str) -> list[str]:
    """Return the lines of a docstring as `inspect.cleandoc` would, except that blank lines at both ends are kept.

    Line numbers in the result are therefore those of the raw docstring.
    """
    if "\r" in raw:
        raw = raw.replace("\r\n", "\n").replace("\r", "\n")
    if "\t" in raw:
        raw = raw.expandtabs()
    if "\n" not in raw:
        return [raw.strip()]
    first, *rest = [line.rstrip() for line in raw.split("\n")]
    margin = min([len(line) - len(line.lstrip()) for line in rest if line], default=0)
    return [first.lstrip(), *([line[margin:] for line in rest] if margin else rest)]


def item_text(first: str, below: list[str]) -> list[str]:
    """Return the lines of an item: the text after its head, and the lines below it.

    If the first line announces a literal block, the lines below it are that block. If there is nothing else below, its
    indentation was removed as the common one, and is restored.
    """
    if first.endswith("::") and below and not below[0] and all(line[:1] != " " for line in below):
        below = [f"    {line}" if line else line for line in below]
    return [first, *below] if first or below else []


def fence_end(lines: list[str], start: int) -> int | None:
    """Return the index of the line after the fence that opens at a line; None if no fence opens there.

    A fence that is never closed ends before the first line that is less indented than its mark, or with the text.
    """
    opening = _FENCE.match(lines[start])
    if opening is None:
        return None
    mark, indent = opening["mark"], opening.start("mark")
    for index in range(start + 1, len(lines)):
        bare = lines[index].strip()
        if bare.startswith(mark) and not bare.strip(mark[0]):
            return index + 1
        if bare and len(lines[index]) - len(lines[index].lstrip()) < indent:
            return index
    return len(lines)


def doctest_end(lines: list[str], start: int) -> int:
    """Return the index of the line after the doctest whose first prompt is at a line.

    A doctest ends at a blank line that is not followed by a prompt, or where the indentation becomes smaller.
    """
    indent = len(lines[start]) - len(lines[start].lstrip())
    index = start + 1
    while index < len(lines):
        line = lines[index]
        if not line:
            after = next((n for n in range(index, len(lines)) if lines[n]), len(lines))
            if after == len(lines) or not lines[after].startswith(" " * indent + PROMPT):
                return index
            index = after
        elif line[:indent].strip():
            return index
        index += 1
    return index


def fenced(lines: list[str], language: str = "") -> list[str]:
    """Return lines as a block of code, without blank lines at both ends and the common indentation."""
    while lines and not lines[0].strip():
        lines = lines[1:]
    while lines and not lines[-1].strip():
        lines = lines[:-1]
    margin = min((indent_of(line) for line in lines if line.strip()), default=0)
    mark = "```"
    text = "\n".join(lines)
    while mark in text:
        mark += "`"
    return [f"{mark}{language}", *(line[margin:] for line in lines), mark]


def indent_of(line: str) -> int:
    """Return the number of spaces that a line begins with."""
    return len(line) - len(line.lstrip(" "))


def indented(lines: list[str], by: str = INDENT) -> list[str]:
    """Return indented lines; blank ones stay empty."""
    return [by + line if line else line for line in lines]


def _mark_code(text: list[str], indents: list[int], opaque: bytearray) -> None:
    index = 0
    while index < len(text):
        stop = index + 1
        if indents[index] != BLANK:
            if text[index].startswith(PROMPT, indents[index]):
                stop = doctest_end(text, index)
                opaque[index:stop] = b"\1" * (stop - index)
            elif (end := fence_end(text, index)) is not None:
                stop = end
                opaque[index:stop] = b"\1" * (stop - index)
        index = stop
