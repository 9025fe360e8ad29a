"""The source code of functions, folded below their descriptions."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from textwrap import dedent

import msgspec

from docgen.files import read_kept
from docgen.model import Function, Location, Property

OPENING = '<details class="docgen-source">'
_TICKS = re.compile("`{3,}")


class Listing:
    """Shows the lines of sources.

    Parameters:
        root: Folder that contains the packages; if empty, nothing is shown.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._lines = cache(self._read)

    def shown(self, symbol: Function | Property) -> str:
        """Return the source of a function or property as a folded block; empty if it is not shown."""
        location = symbol.location
        if not self._root or location is None:
            return ""
        code = dedent("\n".join(self._lines(location.file)[location.line - 1 : location.end_line]))
        if not code.strip():
            return ""
        ticks = "`" * max([3, *(len(found) + 1 for found in _TICKS.findall(code))])
        summary = "<summary>Source code</summary>"
        return f"{OPENING}\n{summary}\n\n{ticks}python\n{code.rstrip()}\n{ticks}\n\n</details>"

    def digests(self, values: object) -> list[str]:
        """Return the digests of the files that define values, so that a page is rendered again if one changes."""
        if not self._root:
            return []
        files = sorted(set(_files(values)))
        return [hashlib.blake2b("\n".join(self._lines(file)).encode(), digest_size=16).hexdigest() for file in files]

    def _read(self, file: str) -> list[str]:
        return read_kept(Path(self._root) / file).decode(errors="replace").splitlines()


def _files(value: object) -> Iterator[str]:
    if isinstance(value, Location):
        yield value.file
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _files(each)
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _files(getattr(value, name))


def without_listing(lines: list[str]) -> list[str]:
    """Return the lines of a page up to the folded source."""
    return lines[: lines.index(OPENING)] if OPENING in lines else lines
