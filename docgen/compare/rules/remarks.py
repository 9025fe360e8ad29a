"""Differences of what the sources say about a symbol: deprecated, final, conditional, documented."""

from __future__ import annotations

import re
from collections.abc import Iterator

from docgen.compare.differences import Difference, Place, difference
from docgen.model import Docstring, Unknown

_PLATFORM = re.compile(r"\b(sys\.platform|os\.name|platform\.system\(\)|platform\.python_implementation\(\))")
_VERSION = re.compile(r"(sys\.)?version_info(\[:2\])? (?P<operator>>=|>|<=?|==) \(3, (?P<minor>\d+)[\d, ]*\)")
_OLDEST_MINOR = 10
"""The oldest version of Python 3 that is still maintained."""


def deprecations(place: Place, old: str | None, new: str | None) -> Iterator[Difference]:
    """Yield that something is, or is no longer, deprecated."""
    if old is None and new is not None:
        yield difference("deprecated", place, f"deprecated: {' '.join(new.split())}" if new.split() else "deprecated")
    elif old is not None and new is None:
        yield difference("undeprecated", place, "no longer deprecated")


def conditions(place: Place, old: str, new: str) -> Iterator[Difference]:
    """Yield that something is defined under another condition."""
    # Code that only type checkers run or skip counts as always defined.
    old, new = ("" if "TYPE_CHECKING" in side and not _PLATFORM.search(side) else side for side in (old, new))
    if old != new:
        was, now = (f"where `{side}`" if side else "always" for side in (old, new))
        kind = "only-somewhere" if not old and _is_only_somewhere(new) else "conditional"
        yield difference(kind, place, f"was defined {was}, is defined {now}", old=old, new=new)


def _is_only_somewhere(condition: str) -> bool:
    """Return True if a condition is false on some platform or on a maintained version of Python."""
    if _PLATFORM.search(condition):
        return True
    found = _VERSION.fullmatch(condition)
    return found is not None and (found["operator"] != ">=" or int(found["minor"]) > _OLDEST_MINOR)


def finals(place: Place, *, was: bool, now: bool) -> Iterator[Difference]:
    """Yield that something is, or is no longer, final."""
    if was != now:
        yield difference("final-added" if now else "final-removed", place, "final now" if now else "no longer final")


def docs(place: Place, old: Docstring | Unknown | None, new: Docstring | Unknown | None) -> Iterator[Difference]:
    """Yield that a docstring differs, apart from its indentation; inherited ones are ignored."""
    was, now = (_words(each) for each in (old, new))
    if was != now:
        word = "no longer documented" if not now else "documented now" if not was else "docstring changed"
        yield difference("docs-changed", place, word)


def _words(docstring: Docstring | Unknown | None) -> list[str]:
    return docstring.raw.split() if isinstance(docstring, Docstring) and not docstring.inherited_from else []
