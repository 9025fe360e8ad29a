"""What is found of each rule, and what of that was expected."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import msgspec


class Verdict(StrEnum):
    """The four answers, never one for another. Source: the design, "Verdicts"."""

    HOLDS = "holds"
    DEVIATES = "deviates"
    GAP = "gap"
    BREAKDOWN = "breakdown"

    @property
    def is_judged(self) -> bool:
        """Whether the rule could be judged at all."""
        return self in (Verdict.HOLDS, Verdict.DEVIATES)


class Result(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The verdict on one rule of one implementation."""

    rule: str
    verdict: Verdict
    message: str = ""
    """What came, what was due and the example; why it is a gap or a breakdown. Empty for a rule that holds."""
    examples: int = 0
    reproducer: str | None = None
    """A script that needs the implementation alone, and fails; confirmed by running it."""
    expected: str | None = None
    """The reason, where the deviation is in the expectations file."""


@dataclass(frozen=True, kw_only=True)
class Denominator:
    """How much could be judged of what was required."""

    judged: int
    required: int

    def __str__(self) -> str:
        return f"{self.judged}/{self.required}"
