"""Differences that an adopter knows and accepts, listed in a file.

    [[allow]]
    path = "flyte.extend.AsyncFunctionTaskTemplate(service_account)"   # as the report names it; * and ? are wild
    reason = "newer than the page"

An entry that covers nothing any more is stale, and an error.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from conformance.errors import UsageError
from docgen.errors import SettingError
from docgen.formats.flyte.compare import Difference
from docgen.settings import read_toml, settings


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """An accepted difference."""

    path: str
    reason: str

    def covers(self, difference: Difference) -> bool:
        """Return whether it covers a difference."""
        return fnmatchcase(difference.path, self.path)


@dataclass(frozen=True, kw_only=True)
class _AllowedFile:
    allow: tuple[dict[str, Any], ...] = ()


def read_allowed(path: Path | None) -> tuple[Allowed, ...]:
    """Return the accepted differences in a file, none if there is no file to read.

    Raises:
        UsageError: The file cannot be read or understood, or an entry has no reason.
    """
    if path is None:
        return ()
    try:
        tables = settings(read_toml(path), _AllowedFile, str(path)).allow
        entries = tuple(settings(table, Allowed, f"{path}, [[allow]]") for table in tables)
    except SettingError as error:
        raise UsageError(str(error)) from error
    silent = [entry.path for entry in entries if not entry.reason.strip()]
    if silent:
        raise UsageError(f"{path}: the reason is missing for {', '.join(silent)}. Say why the difference is accepted.")
    return entries


def judge(
    differences: Iterable[Difference], allowed: tuple[Allowed, ...]
) -> tuple[tuple[Difference, ...], tuple[Allowed, ...]]:
    """Return the differences that no entry covers, and the entries that cover no difference."""
    found = tuple(differences)
    open_ = tuple(each for each in found if not any(entry.covers(each) for entry in allowed))
    stale = tuple(entry for entry in allowed if not any(entry.covers(each) for each in found))
    return open_, stale
