"""The verdict on each rule, and whether it was expected."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import msgspec


class Verdict(StrEnum):
    """The four possible answers for a rule; each says whose fault a failure is."""

    HOLDS = "holds"
    DEVIATES = "deviates"
    GAP = "gap"
    BREAKDOWN = "breakdown"

    @property
    def is_judged(self) -> bool:
        """Whether the rule could be judged at all."""
        return self in (Verdict.HOLDS, Verdict.DEVIATES)


UNTRUSTED = "not trustworthy"
"""Begins the message of a breakdown if a child reported that the rule holds, but cannot be trusted."""


class Result(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The verdict on one rule of one implementation."""

    rule: str
    verdict: Verdict
    message: str = ""
    """What was expected, what it got, and the example; or why it is a gap or a breakdown. Empty if it holds."""
    examples: int = 0
    reproducer: str | None = None
    """A script that needs the implementation alone, and fails; confirmed by running it."""
    cause: str = ""
    """The exception that the implementation raised, and where: `TypeError at module:line in function`.

    Deviations with the same cause are shown together. Empty if nothing was raised.
    """
    expected: str | None = None
    """The reason given in the expectations file, if the deviation is listed there."""


@dataclass(frozen=True, kw_only=True)
class Denominator:
    """How much could be judged of what was required."""

    judged: int
    required: int

    def __str__(self) -> str:
        return f"{self.judged}/{self.required}"
