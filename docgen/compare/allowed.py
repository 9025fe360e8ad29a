"""Differences that the user accepts, listed in a file.

    [[allow]]
    code = "DG620"
    symbol = "package.name"       # or one that a difference affects; with a code, * and ? are wildcards
    parameter = "concurrency"     # optional; `text` as well, as in the report
    level = "major"               # optional: the highest level that is accepted
    reason = "announced in 2.10"
    expires = 2027-01-31          # optional

An entry accepts one change, unless its symbol has a wildcard. One that matches no change any more is stale, and so is
one that has expired.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from docgen.compare.catalogue import Level, catalogue
from docgen.compare.differences import Difference
from docgen.errors import SettingError
from docgen.settings import nearest, read_toml, settings

_WILD = frozenset("*?[")


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """A difference that is accepted."""

    symbol: str
    reason: str
    code: str = ""
    """Code or name of the kind of difference; empty for any kind."""
    parameter: str = ""
    text: str = ""
    level: Level = Level.MAJOR
    expires: date | None = None

    @property
    def is_wild(self) -> bool:
        """Whether it may accept several differences."""
        return not _WILD.isdisjoint(self.symbol)

    def covers(self, difference: Difference) -> bool:
        """Return True if it matches a difference, by the symbol or by one that the difference affects."""
        return (
            self.code in ("", difference.code, difference.name)
            and self.level.rank <= difference.level.rank
            and self.parameter in ("", *difference.parameter.split(", "))
            and self.text in ("", difference.text)
            and any(fnmatchcase(path, self.symbol) for path in (difference.symbol, *difference.affects))
        )

    def why_stale(self) -> str:
        """Return why the entry accepts nothing, and what to do about it."""
        if self.expires is not None and self.expires < _today():
            return f"{self} expired on {self.expires}. Remove the entry, or give it a later date."
        return f"{self} no longer matches a difference. Remove the entry."

    def __str__(self) -> str:
        """Return its name in reports."""
        return " ".join(filter(None, (self.code, self.symbol, self.parameter and f"({self.parameter})")))


@dataclass(frozen=True, kw_only=True)
class _AllowedFile:
    allow: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Differences, sorted by whether they are accepted."""

    open: tuple[Difference, ...]
    accepted: tuple[Difference, ...]
    stale: tuple[Allowed, ...]
    """Entries that match no difference any more, or have expired."""


def read_allowed(path: Path | None) -> tuple[Allowed, ...]:
    """Return the accepted differences in a file, none if no file is given.

    Raises:
        SettingError: The file cannot be read, an entry has no reason or an unknown code, or a wildcard without a code.
    """
    if path is None:
        return ()
    tables = settings(read_toml(path), _AllowedFile, str(path)).allow
    entries = tuple(settings(table, Allowed, f"{path}, [[allow]]") for table in tables)
    codes = [word for kind in catalogue().values() for word in (kind.code, kind.name)]
    for entry in entries:
        if not entry.reason.strip():
            raise SettingError(f"{path}: no reason for {entry}. Say why the difference is accepted.")
        if entry.code and entry.code not in codes:
            raise SettingError(f"{path}: unknown code {entry.code}. {nearest(entry.code, codes)}".rstrip())
        if entry.is_wild and not entry.code:
            raise SettingError(
                f"{path}: {entry.symbol} has a wildcard and no code. Give the code of the differences that it accepts."
            )
    return entries


def judge(differences: Iterable[Difference], allowed: Sequence[Allowed], today: date | None = None) -> Judged:
    """Return which differences are accepted, and which entries match none.

    Parameters:
        differences: The differences that were found.
        allowed: The entries of the file.
        today: Entries that expire before this day are stale; None for the current date.
    """
    day = today or _today()
    valid = [entry for entry in allowed if entry.expires is None or entry.expires >= day]
    place = {id(entry): number for number, entry in enumerate(valid)}
    wild = [entry for entry in valid if entry.is_wild]
    exact: dict[str, list[Allowed]] = {}
    for entry in valid:
        exact.setdefault(entry.symbol, []).extend([] if entry.is_wild else [entry])
    used: set[int] = set()
    open_: list[Difference] = []
    accepted: list[Difference] = []
    for difference in differences:
        named = (entry for path in {difference.symbol, *difference.affects} for entry in exact.get(path, ()))
        near = sorted((*named, *wild), key=lambda entry: place[id(entry)])
        found = next((each for each in near if _is_free(each, used) and each.covers(difference)), None)
        if found is None:
            open_.append(difference)
        else:
            used.add(id(found))
            accepted.append(difference)
    stale = tuple(entry for entry in allowed if id(entry) not in used)
    return Judged(open=tuple(open_), accepted=tuple(accepted), stale=stale)


def _today() -> date:
    return date.today()  # noqa: DTZ011 - an expiry is a date of the user's calendar


def _is_free(entry: Allowed, used: set[int]) -> bool:
    return entry.is_wild or id(entry) not in used
