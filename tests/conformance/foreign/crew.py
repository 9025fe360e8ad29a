"""The class that `swapped` imports for type checkers only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Crew:
    """A value with fields of which all but one can be left out, each made up by its annotation."""

    size: int | str
    mode: Literal["sail", "motor"]
    port: str | None
    rank: int = 3
