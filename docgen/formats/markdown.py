"""Pieces of Markdown: code within a string, entities outside code, table cells, summaries."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from itertools import pairwise
from typing import Literal

Where = Literal["outside fences", "outside code", "never"]
"""Where `<` and `>` are written as entities."""
Summaries = Literal["first stop", "first stop outside code", "first sentence"]
"""The part of a text that a table shows: its first line up to a full stop, or its first sentence."""

_KEPT = {
    "outside fences": re.compile(r"```.*?(?:```|\Z)|^ *(?:>|&gt;)|(?P<changed>[<>]|&[lg]t;)", re.DOTALL | re.MULTILINE),
    "outside code": re.compile(
        r"```.*?(?:```|\Z)|``[^`\n]+``|`[^`\n]*`|^ *(?:>|&gt;)|(?P<changed>[<>]|&[lg]t;)", re.DOTALL | re.MULTILINE
    ),
}
"""Code, the mark of a quoted line, or one character to be changed."""
_ENTITIES = {"<": "&lt;", ">": "&gt;"}
_CHARACTERS = {entity: character for character, entity in _ENTITIES.items()}
_BAR_OR_CODE = re.compile(r"`[^`]*`|\|")
_ADMONITION = (">", "!!!")
_FENCES = ("```", "~~~")
_UNDERLINE = re.compile(r"[=~^*+#`\"'-]{3,}")
_BULLET = re.compile(r"(?:[-*+]|\d+[.)])\s")
_STOP_OR_CODE = re.compile(r"``[^`]+``|`[^`]+`|(?P<stop>[.!?])(?P<closing>['\")\]]*)(?P<blank>\s+|\Z)")
_FULL_STOP_OR_CODE = re.compile(r"``[^`]+``|`[^`]+`|\.")
_OPENING = frozenset("\"'`([*_")
"""Marks that a sentence may begin with, in addition to a capital letter and a digit."""
_LONGEST_LABEL = 200
"""Length limit of a statement without full stop that serves as the summary of a paragraph."""


def escape_entities(text: str, where: Where) -> str:
    """Return a string with `<` and `>` as entities outside code; the `>` that opens a quoted line stays."""
    return _changed(text, where, _ENTITIES)


def unescape_entities(text: str, where: Where) -> str:
    """Undo `escape_entities`; entities that the original text had become plain characters."""
    return _changed(text, where, _CHARACTERS)


def _changed(text: str, where: Where, table: Mapping[str, str]) -> str:
    if where == "never":
        return text
    return _KEPT[where].sub(lambda found: table.get(found["changed"] or "", found[0]), text)


def cell(text: str, *, escapes_code: bool = True) -> str:
    """Return a string as a table cell: on one line, without spaces around it, bars escaped.

    Parameters:
        text: Markdown.
        escapes_code: Escape bars in code too, because some renderers split a row into cells before they look for code.
    """
    line = text.replace("\n", " ").strip()
    if escapes_code:
        return line.replace("|", r"\|")
    return _BAR_OR_CODE.sub(lambda found: r"\|" if found[0] == "|" else found[0], line)


def uncell(text: str) -> str:
    """Undo `cell`, as far as that is possible."""
    return text.strip().replace(r"\|", "|")


def summary(text: str, how: Summaries, abbreviations: Container[str] = frozenset()) -> str:
    """Return the summary of a string for a table, with a full stop at its end; empty for no text.

    Parameters:
        text: Quoted lines and admonitions at its beginning are skipped.
        how: `first stop`: the first line up to its first full stop; `first stop outside code`: one inside inline code
            does not count; `first sentence`: see `first_sentence`.
        abbreviations: As in `first_sentence`.
    """
    if how == "first sentence":
        return first_sentence(text, abbreviations)
    lines = text.strip().split("\n")
    while lines and (not lines[0].strip() or lines[0].lstrip().startswith(_ADMONITION)):
        del lines[0]
    sentence = _up_to_stop("\n".join(lines), ignores_code=how == "first stop outside code").split("\n")[0].strip()
    return f"{sentence}." if sentence else ""


def first_sentence(text: str, abbreviations: Container[str] = frozenset()) -> str:
    """Return the first sentence of a string on one line; empty if it does not begin with prose.

    Headings, admonitions and code before the first paragraph are skipped. A full stop ends a sentence if a new one can
    begin after it, so neither inside a name, a number or code nor after an abbreviation. A paragraph without any end of
    a sentence is returned up to the line that opens a new statement or a list.

    Parameters:
        text: Markdown.
        abbreviations: Words whose full stop does not end a sentence, in lower case.
    """
    lines = _first_paragraph(text)
    paragraph = _on_one_line(lines)
    end = _end_of_sentence(paragraph, abbreviations)
    if end is not None:
        return paragraph[:end]
    label = _on_one_line(_statement(lines))
    return f"{label.rstrip(':;, ')}." if label and len(label) <= _LONGEST_LABEL else ""


def _on_one_line(lines: list[str]) -> str:
    return " ".join(" ".join(lines).split())


def _first_paragraph(text: str) -> list[str]:
    """Return the lines of the first paragraph of prose, without a list that follows directly."""
    lines = [line.strip() for line in text.split("\n")]
    del lines[: _before_prose(lines)]
    is_end = (index for index, line in enumerate(lines) if not line or _BULLET.match(line))
    return lines[: next(is_end, len(lines))]


def _before_prose(lines: list[str]) -> int:
    """Return how many lines precede the first one of prose: blank lines, headings, admonitions, blocks of code."""
    index = 0
    while index < len(lines):
        line, below = lines[index], lines[index + 1 : index + 2]
        if line.startswith(_FENCES):
            closing = (n for n in range(index + 1, len(lines)) if lines[n].startswith(line[:3]))
            index = next(closing, len(lines)) + 1
        elif line and below and _UNDERLINE.fullmatch(below[0]):
            index += 2
        elif not line or line.startswith(("#", *_ADMONITION)):
            index += 1
        else:
            break
    return index


def _end_of_sentence(paragraph: str, abbreviations: Container[str]) -> int | None:
    """Return the index after the first sentence of a paragraph, None if there is no end of a sentence."""
    for found in _STOP_OR_CODE.finditer(paragraph):
        if not found["stop"]:
            continue
        word = re.split(r"[\s(\[]", paragraph[: found.start()])[-1].strip("('\"").lower()
        after = paragraph[found.end() : found.end() + 1]
        if word not in abbreviations and (not after or after.isupper() or after.isdigit() or after in _OPENING):
            return found.end("closing")
    return None


def _statement(lines: list[str]) -> list[str]:
    """Return the lines up to the first that opens a new statement: with a capital letter, and not after a colon."""
    pairs = enumerate(pairwise(lines), start=1)
    return lines[: next((n for n, (above, line) in pairs if line[0].isupper() and not above.endswith(":")), len(lines))]


def squeeze(text: str) -> str:
    """Return a string with every run of blank lines reduced to one."""
    return re.sub(r"\n{3,}", "\n\n", text)


def _up_to_stop(text: str, *, ignores_code: bool) -> str:
    for found in _FULL_STOP_OR_CODE.finditer(text):
        if found[0] == ".":
            return text[: found.start()]
        if not ignores_code and "." in found[0]:
            return text[: found.start() + found[0].index(".")]
    return text
