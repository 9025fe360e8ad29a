"""Pieces of Markdown: what is code in a text, entities outside code, table cells, summaries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

Where = Literal["outside fences", "outside code", "never"]
"""Where `<` and `>` are written as entities."""

_KEPT = {
    "outside fences": re.compile(r"```.*?(?:```|\Z)|^ *(?:>|&gt;)|(?P<changed>[<>]|&[lg]t;)", re.DOTALL | re.MULTILINE),
    "outside code": re.compile(
        r"```.*?(?:```|\Z)|`[^`\n]*`|^ *(?:>|&gt;)|(?P<changed>[<>]|&[lg]t;)", re.DOTALL | re.MULTILINE
    ),
}
"""Code, the mark of a quoted line, or one character to be changed."""
_ENTITIES = {"<": "&lt;", ">": "&gt;"}
_CHARACTERS = {entity: character for character, entity in _ENTITIES.items()}
_BAR_OR_CODE = re.compile(r"`[^`]*`|\|")
_ADMONITION = (">", "!!!")


def escape_entities(text: str, where: Where) -> str:
    """Return a text with `<` and `>` as entities where they are not code; the `>` that opens a quoted line stays."""
    return _changed(text, where, _ENTITIES)


def unescape_entities(text: str, where: Where) -> str:
    """Undo `escape_entities`; a text that had entities of its own before comes back with plain characters."""
    return _changed(text, where, _CHARACTERS)


def _changed(text: str, where: Where, table: Mapping[str, str]) -> str:
    if where == "never":
        return text
    return _KEPT[where].sub(lambda found: table.get(found["changed"] or "", found[0]), text)


def cell(text: str, *, escapes_code: bool = True) -> str:
    """Return a text as a table cell: on one line, no blanks around it, bars escaped.

    Parameters:
        text: Markdown.
        escapes_code: Bars in code too: some renderers split a row into cells before they look for code, some after.
    """
    line = text.replace("\n", " ").strip()
    if escapes_code:
        return line.replace("|", r"\|")
    return _BAR_OR_CODE.sub(lambda found: r"\|" if found[0] == "|" else found[0], line)


def uncell(text: str) -> str:
    """Undo `cell` as far as one line can."""
    return text.strip().replace(r"\|", "|")


def summary(text: str, *, ignores_code: bool) -> str:
    """Return the first line up to its first full stop, with a full stop at the end; empty for no text.

    Parameters:
        text: Quoted lines and admonitions at its beginning are skipped.
        ignores_code: A full stop inside inline code ends no sentence.
    """
    lines = text.strip().split("\n")
    while lines and (not lines[0].strip() or lines[0].lstrip().startswith(_ADMONITION)):
        del lines[0]
    sentence = _up_to_stop("\n".join(lines), ignores_code=ignores_code).split("\n")[0].strip()
    return f"{sentence}." if sentence else ""


def squeeze(text: str) -> str:
    """Return a text with every run of blank lines reduced to one."""
    return re.sub(r"\n{3,}", "\n\n", text)


def _up_to_stop(text: str, *, ignores_code: bool) -> str:
    is_code = False
    for index, character in enumerate(text):
        if character == "`":
            is_code = not is_code
        elif character == "." and not (is_code and ignores_code):
            return text[:index]
    return text
