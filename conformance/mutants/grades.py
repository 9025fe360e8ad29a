"""The grades of the suite: what became of each mutant."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A mutant as its process lists it; the command does not import one."""

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
    """The MUST and SHOULD rules that kill nothing, and do not say why."""

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


def share(answers: Iterable[bool]) -> float:
    """Return the share of answers that are true, from 0 to 1; 1 if there are none."""
    given = list(answers)
    return sum(given) / len(given) if given else 1.0
