"""Admonitions (`!!! note "Title"`), which plain Markdown does not know, as quotes with a mark (`> [!NOTE]`).

Works on the text of a docstring without its indentation; `docstrings` reads sections and fields.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_MARKER = re.compile(r' *!!!\s+(?P<kind>[\w-]+)\s*"?(?P<title>.*?)"?\s*')
_INDENT = " " * 4


def as_quotes(text: str, marks: Mapping[str, str]) -> str:
    """Return Markdown with every admonition as a quote, or as a bold title if its kind has no mark.

    Parameters:
        text: The text of a docstring.
        marks: Kind of an admonition -> the mark of the quote.
    """
    lines = text.split("\n")
    shown: list[str] = []
    while lines:
        line = lines.pop(0)
        found = _MARKER.fullmatch(line)
        if found is None:
            shown.append(line)
        else:
            kind = found["kind"].lower()
            shown += _quoted(kind, marks.get(kind), found["title"].strip(), _take_body(lines))
    return "\n".join(shown)


def _take_body(lines: list[str]) -> list[str]:
    """Remove and return the body after a marker: an indented block, or the lines up to a blank one."""
    while lines and not lines[0].strip():
        del lines[0]
    if not lines or not lines[0].startswith(_INDENT):
        end = next((index for index, line in enumerate(lines) if not line.strip()), len(lines))
        body = [line.strip() for line in lines[:end]]
    else:
        end = next((n for n, line in enumerate(lines) if line.strip() and not line.startswith(_INDENT)), len(lines))
        body = [line[len(_INDENT) :] for line in lines[:end]]
    del lines[:end]
    while body and not body[-1].strip():
        del body[-1]
    return body


def _quoted(kind: str, mark: str | None, title: str, body: list[str]) -> list[str]:
    """Return the lines of an admonition, including the blank one after it."""
    if mark is None:
        lead = f"{kind.capitalize()} — {title}" if kind in {"example", "quote"} and title else title
        head = [f"**{lead or kind.capitalize()}**", ""] if lead or kind in {"example", "quote"} else []
        return [*head, *body, ""]
    if kind == "deprecated":
        # Its title is usually the whole message, which is too long for a heading.
        title, body = "Deprecated", [title, "", *body] if body else [title]
    quoted = (f"> {line}" if line.strip() else ">" for line in body)
    return [f"> [!{mark}] {title}".rstrip(), *quoted, ""]
