"""The grades of a suite: which mutants its rules kill."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from pathlib import Path

import msgspec

from conformance.engine.reports.change import check_shards
from conformance.engine.reports.model import Shard
from conformance.errors import UsageError
from docgen.files import read_file


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A mutant as its process lists it: the command imports none."""

    name: str
    wrong: str
    caught_by: tuple[str, ...]


class Grade(msgspec.Struct, frozen=True, kw_only=True):
    """The grade of one mutant."""

    mutant: str
    wrong: str
    named: tuple[str, ...]
    """The rules that it names."""
    killed_by: tuple[str, ...]
    """The rules that deviate, with those that it names first."""
    kept: float | None = None
    """The share of the rules that still hold, from 0 to 1; None if it was not measured."""
    troubles: tuple[str, ...] = ()
    """Rules that ended in a breakdown or a crash, which is not a kill."""

    @property
    def is_killed(self) -> bool:
        """Whether a rule deviates."""
        return bool(self.killed_by)

    @property
    def is_killed_as_named(self) -> bool:
        """Whether a rule deviates that the mutant names."""
        return not set(self.named).isdisjoint(self.killed_by)


class Grades(msgspec.Struct, frozen=True, kw_only=True):
    """The grades of all mutants, and the settings."""

    examples: int
    seed: int
    grades: tuple[Grade, ...]
    idle_rules: tuple[str, ...]
    """The MUST and SHOULD rules that kill nothing, unless `no_mutant` says why."""
    shard: Shard | msgspec.UnsetType = msgspec.UNSET
    """Absent: these are all mutants."""

    @property
    def survivors(self) -> tuple[Grade, ...]:
        """The mutants that no rule kills."""
        return tuple(one for one in self.grades if not one.is_killed)

    @property
    def kill_rate(self) -> float:
        """The share of mutants that are killed, from 0 to 1."""
        return share(one.is_killed for one in self.grades)

    @property
    def named_rate(self) -> float:
        """The share of mutants that are killed by a rule they name, from 0 to 1."""
        return share(one.is_killed_as_named for one in self.grades)


def has_grades(path: Path) -> bool:
    """Return whether a file contains grades, as `conformance mutants --format json` prints them."""
    try:
        return isinstance(msgspec.json.decode(read_file(path), type=_AnyGrades), _AnyGrades)
    except (OSError, ValueError, RecursionError):
        return False


class _AnyGrades(msgspec.Struct, frozen=True, kw_only=True):
    """The field that distinguishes grades from other reports."""

    grades: tuple[msgspec.Raw, ...]


def grades_from_json(path: Path) -> Grades:
    """Return the grades in a file.

    Raises:
        UsageError: They are not those of this version.
    """
    try:
        return msgspec.json.decode(read_file(path), type=Grades)
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path}: these are not grades of this version: {error}.") from error


def merge_grades(parts: Sequence[Grades]) -> Grades:
    """Return the grades of all mutants from those of all shards.

    Raises:
        UsageError: They are not the shards of one grading, or not all of them.
    """
    shards = check_shards([part.shard for part in parts])
    ordered = [part for _, part in sorted(zip(shards, parts, strict=True), key=lambda pair: pair[0].number)]
    # Mutants are assigned to shards in turn.
    rounds = zip_longest(*(part.grades for part in ordered))
    idle = set(ordered[0].idle_rules).intersection(*(part.idle_rules for part in ordered))
    return Grades(
        examples=ordered[0].examples,
        seed=ordered[0].seed,
        grades=tuple(grade for each in rounds for grade in each if grade is not None),
        idle_rules=tuple(rule for rule in ordered[0].idle_rules if rule in idle),
    )


def share(answers: Iterable[bool]) -> float:
    """Return the share of answers that are true, from 0 to 1; 1 if there are none."""
    given = list(answers)
    return sum(given) / len(given) if given else 1.0
