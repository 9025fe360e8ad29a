"""Small helpers for strings: shorten one, and find the name that a mistyped one is most like."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def shorten(text: str, limit: int) -> str:
    """Return the text, cut to `limit` characters with a mark at its end where it was longer."""
    mark = "...(tr.)"
    return text if len(text) <= limit else text[: limit - len(mark)] + mark


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ` Did you mean X?` for the known name that is most like a mistyped one; empty if none is."""
    found = difflib.get_close_matches(name, known, n=1)
    return f" Did you mean {found[0]}?" if found else ""
