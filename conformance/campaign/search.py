"""Finds which releases of a lane to judge, and by which rules, to know when each verdict changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Verdicts = dict[str, str]
"""Verdict by rule."""


@dataclass(kw_only=True)
class Search:
    """The releases of a lane, by position, and the known verdicts."""

    length: int
    """How many releases there are."""
    rules: Sequence[str]
    is_bisected: bool
    """Whether a release is judged only if the judged releases around it differ."""
    known: dict[int, Verdicts] = field(default_factory=dict)
    """The verdicts by release."""
    broken: set[int] = field(default_factory=set)
    """Releases that cannot be run."""

    def wanted(self) -> Mapping[int, list[str]]:
        """Return the rules to judge next, by release; empty if everything is known.

        The result depends only on what is known, so an interrupted search can be resumed.
        """
        if not self.rules:
            return {}
        oldest, newest = self._end(range(self.length)), self._end(range(self.length - 1, -1, -1))
        # The newest one is judged first in any case: the report has its deviations in full, and it may be broken.
        ends = {oldest, newest} if self.is_bisected else {newest}
        if missing := sorted(at for at in ends if at is not None and at not in self.known):
            return {at: list(self.rules) for at in missing}
        if not self.is_bisected:
            left = [at for at in range(self.length) if at not in self.known and at not in self.broken]
            return {at: list(self.rules) for at in left}
        found: dict[int, list[str]] = defaultdict(list)
        for rule in self.rules:
            for before, after in self._changes(rule):
                if (middle := self._middle(before, after)) is not None:
                    found[middle].append(rule)
        return found

    def _end(self, order: Sequence[int]) -> int | None:
        """Return the first release in an order that can be run, as far as is known."""
        return next((at for at in order if at not in self.broken), None)

    def _changes(self, rule: str) -> list[tuple[int, int]]:
        """Return the neighbours among the releases judged by a rule whose verdicts differ."""
        places = [at for at in sorted(self.known) if rule in self.known[at]]
        return [(one, other) for one, other in pairwise(places) if self.known[one][rule] != self.known[other][rule]]

    def _middle(self, before: int, after: int) -> int | None:
        """Return the release between two that is nearest to their middle and can be run, None if there is none."""
        between = [at for at in range(before + 1, after) if at not in self.broken]
        middle = (before + after) / 2
        return min(between, key=lambda at: (abs(at - middle), at), default=None)

    def changes(self) -> list[tuple[int, int, str]]:
        """Return each change of a verdict: last release with the old one, first with the new one, the rule."""
        found = [(before, after, rule) for rule in self.rules for before, after in self._changes(rule)]
        return sorted(found, key=lambda change: change[1])

    def verdict(self, at: int, rule: str) -> tuple[str, bool]:
        """Return the verdict on a rule in a release, and whether it was judged there.

        If it was not, it is the verdict on which the judged releases around it agree; empty if they do not.
        """
        if rule in self.known.get(at, {}):
            return self.known[at][rule], True
        if at in self.broken:
            return "", False
        below = next((self.known[each][rule] for each in range(at, -1, -1) if rule in self.known.get(each, {})), "")
        above = next(
            (self.known[each][rule] for each in range(at, self.length) if rule in self.known.get(each, {})), ""
        )
        return (below, False) if below == above and self.is_bisected else ("", False)
