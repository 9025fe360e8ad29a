"""Two helpers for strings: one shortens a description, the other suggests the name that was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def shorten(text: str, limit: int) -> str:
    """Return the string, cut to `limit` characters; a string that was cut ends in `...(tr.)`."""
    mark = "...(tr.)"
    return text if len(text) <= limit else text[: limit - len(mark)] + mark


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ` Did you mean X?` with the known name that is closest to a mistyped one, or an empty string."""
    found = difflib.get_close_matches(name, known, n=1)
    return f" Did you mean {found[0]}?" if found else ""
