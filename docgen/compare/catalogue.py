"""The kinds of differences, as data: code, name, level, who is affected, a sentence, a hint (`catalogue.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

import msgspec

from docgen.settings import read_toml


class Level(StrEnum):
    """Levels of differences, the most severe first."""

    MAJOR = "major"
    """A program that works with the old side fails or behaves differently with the new one."""
    MINOR = "minor"
    PATCH = "patch"
    DOCS = "docs"

    @property
    def rank(self) -> int:
        """Position in the order of the levels: 0 is the most severe."""
        return list(Level).index(self)


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of difference."""

    name: str
    level: Level
    statement: str
    hint: str = ""
    breaks: tuple[str, ...] = ()
    """`callers`, `subclassers`, `type checkers`, `picklers`."""
    code: str = ""


@cache
def catalogue() -> Mapping[str, Kind]:
    """Return every kind by its name."""
    path = Path(__file__).with_name("catalogue.toml")
    kinds = (msgspec.convert({**table, "code": code}, Kind) for code, table in read_toml(path).items())
    return {kind.name: kind for kind in kinds}
