"""The judged result of a comparison: open and accepted differences, what could not be read, and the exit code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from docgen.compare.allowed import Allowed, judge
from docgen.compare.at_run_time import SideAtRunTime
from docgen.compare.catalogue import Level, catalogue
from docgen.compare.differences import Comparison, Difference, Place, Unclear, difference
from docgen.compare.engine import compare
from docgen.compare.sides.read import Side
from docgen.compare.versions import next_version
from docgen.model import Location

AS_EXPECTED, FINDINGS, NOT_READ, STALE = 0, 1, 3, 4


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The part of a comparison that the user asked for."""

    level: Level = Level.DOCS
    """The lowest level to report."""
    private: bool = False
    only: tuple[str, ...] = ()
    tries: bool = False
    """Changed functions are called with sample arguments, see `docgen.trials`."""
    allowed: tuple[Allowed, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Report:
    """The differences of two sides, judged."""

    old: Side
    new: Side
    differences: tuple[Difference, ...]
    """Open differences of the requested levels, with file paths that the user can open."""
    accepted: tuple[Difference, ...] = ()
    unknown: tuple[Unclear, ...] = ()
    unread: tuple[str, ...] = ()
    """Why a side could not be read completely."""
    stale: tuple[Allowed, ...] = ()
    suggested: str = ""
    """Lowest version that may follow that of the old side."""
    counts: dict[Level, int] = field(default_factory=dict)
    run_time: tuple[SideAtRunTime, ...] = ()
    """The results of `inspect` for both sides; empty if they were not requested."""

    @property
    def names(self) -> tuple[str, str]:
        """The names of both sides; if they are of one version, each with its name on the command line."""
        if self.old.name != self.new.name or self.old.spec == self.new.spec:
            return self.old.name, self.new.name
        return f"{self.old.name} ({self.old.spec})", f"{self.new.name} ({self.new.spec})"

    @property
    def exit_code(self) -> int:
        """The exit code: unreadable sides take precedence over differences, and those over stale entries."""
        if self.unread:
            return NOT_READ
        if self.stale:
            return STALE
        if self.differences:
            return FINDINGS
        return NOT_READ if self.unknown else AS_EXPECTED


def make_report(old: Side, new: Side, wanted: Wanted) -> Report:
    """Compare two sides and judge what differs."""
    found = compare(
        old.reference,
        new.reference,
        private=wanted.private,
        only=wanted.only,
        calls=(old.calls, new.calls),
        documented=old.documented | new.documented,
        tries=wanted.tries,
    )
    return judged(old, new, found, wanted)


def judged(old: Side, new: Side, comparison: Comparison, wanted: Wanted) -> Report:
    """Judge what differs between two sides."""
    unclear = [_unclear(each) for each in comparison.unknown]
    says_texts = old.says_texts and new.says_texts
    found = [each for each in comparison.differences if says_texts or each.level is not Level.DOCS]
    verdict = judge((*found, *unclear), wanted.allowed)
    reported = [_placed(each, old, new) for each in verdict.open if each.level.rank <= wanted.level.rank]
    unknown_code = catalogue()["unknown"].code
    open_ = [each for each in reported if each.code != unknown_code]
    levels = [each.level for each in found]
    return Report(
        old=old,
        new=new,
        differences=tuple(open_),
        accepted=tuple(_placed(each, old, new) for each in verdict.accepted),
        unknown=tuple(
            Unclear(symbol=each.symbol, text=each.text) for each in verdict.open if each.code == unknown_code
        ),
        unread=(*old.gaps(), *new.gaps()),
        stale=verdict.stale,
        suggested=next_version(old.reference.version, levels),
        counts={level: sum(each.level is level for each in open_) for level in Level},
    )


def _unclear(unclear: Unclear) -> Difference:
    return difference("unknown", Place(symbol=unclear.symbol), unclear.text)


def _placed(each: Difference, old: Side, new: Side) -> Difference:
    """Return a difference with file paths that the user can open: below the folders of the sides, or a page."""
    return msgspec.structs.replace(
        each,
        old_location=_location(each, each.old_location, old),
        new_location=_location(each, each.new_location, new),
    )


def _location(each: Difference, location: Location | None, side: Side) -> Location | None:
    if location is not None:
        return msgspec.structs.replace(location, file=f"{side.prefix}{location.file}") if side.prefix else location
    path: Sequence[str] = each.symbol.split(".") if side.lines else ()
    for end in range(len(path), 0, -1):
        line = side.lines.get(".".join(path[:end]))
        if line is not None:
            return Location(file=side.spec, line=line, end_line=line)
    return None
