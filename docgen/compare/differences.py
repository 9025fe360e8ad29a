"""The results of a comparison: differences with their level and places, and what could not be compared."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from docgen.compare.catalogue import Level, catalogue
from docgen.model import Location


class Difference(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One difference between two versions of an API: one root cause."""

    code: str
    name: str
    """Code of the kind of difference in the catalogue."""
    level: Level
    symbol: str
    """Public path, or the path of the definition if there is none."""
    text: str
    """What differs, in words."""
    old: str = ""
    """The old side as code; empty if there is nothing to show."""
    new: str = ""
    witness: str = ""
    """The simplest call that fails or is bound differently, and how."""
    parameter: str = ""
    """Names of the parameters that differ, with commas between them."""
    old_location: Location | None = None
    new_location: Location | None = None
    affects: tuple[str, ...] = ()
    """Further public paths that differ for the same reason."""
    breaks: tuple[str, ...] = ()
    hint: str = ""
    program: str = ""
    """A program that works with the old side and fails with the new one, if requested and possible."""
    confirmation: str = ""
    """The result of running it with both sides; empty if it was not requested."""

    @property
    def location(self) -> Location | None:
        """The place on the new side, or else on the old one."""
        return self.new_location or self.old_location


class Unclear(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the API that could not be compared, because it is unknown on one side."""

    symbol: str
    text: str


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that differs, and what is unknown."""

    differences: tuple[Difference, ...] = ()
    """The most severe first, then by symbol."""
    unknown: tuple[Unclear, ...] = ()


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A symbol that is compared, on both sides."""

    symbol: str
    old: Location | None = None
    new: Location | None = None

    def at(self, symbol: str) -> Place:
        """Return the same place for another symbol."""
        return msgspec.structs.replace(self, symbol=symbol)


def difference(  # noqa: PLR0913 - the facts of a difference; all but three are keywords with a default
    kind: str,
    place: Place,
    text: str,
    *,
    old: str = "",
    new: str = "",
    witness: str = "",
    parameter: str = "",
    affects: Iterable[str] = (),
) -> Difference:
    """Return a difference of a kind, by its name in the catalogue."""
    known = catalogue()[kind]
    return Difference(
        code=known.code,
        name=known.name,
        level=known.level,
        symbol=place.symbol,
        text=text,
        old=old,
        new=new,
        witness=witness,
        parameter=parameter,
        old_location=place.old,
        new_location=place.new,
        affects=tuple(affects),
        breaks=known.breaks,
        hint=known.hint,
    )
