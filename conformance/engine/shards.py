"""Splits a run between several jobs by the time that its rules took."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

import msgspec

from conformance.engine.blocks import Series
from conformance.engine.rules import Rule
from conformance.errors import UsageError
from docgen.exchange import indented_json
from docgen.files import read_file
from docgen.work import Share, share_out

Work = tuple[Series, Sequence[Rule]]
"""A series, and the rules to judge it by."""


@dataclass(kw_only=True)
class Durations:
    """How many seconds the verdict on each rule took, by target."""

    seconds: dict[str, dict[str, float]] = field(default_factory=dict)

    def add(self, target: str, seconds: Mapping[str, float]) -> None:
        """Add the durations of a target."""
        self.seconds.setdefault(target, {}).update(seconds)

    def of(self, target: str, rule: str) -> float:
        """Return the duration of a rule: for this target, or other targets, or the mean of all; 1 if none is known."""
        if rule in self.seconds.get(target, {}):
            return self.seconds[target][rule]
        known = [each[rule] for each in self.seconds.values() if rule in each]
        every = [took for each in self.seconds.values() for took in each.values()]
        return fmean(known or every or [1.0])

    @property
    def digest(self) -> str:
        """A digest of all durations: with others, a run is split differently."""
        return hashlib.sha256(self.to_json()).hexdigest()[:16]

    def to_json(self) -> bytes:
        """Return the content of the file; equal durations give equal bytes."""
        rounded = {
            target: {rule: round(took, 2) for rule, took in sorted(rules.items())}
            for target, rules in sorted(self.seconds.items())
        }
        return indented_json(rounded, indent=1).encode()


def durations_from(path: Path | None) -> Durations:
    """Return the durations in a file that `--store-durations` wrote; none without a file.

    Raises:
        UsageError: It cannot be read, or contains something else.
    """
    if path is None:
        return Durations()
    try:
        found = msgspec.json.decode(read_file(path), type=dict[str, dict[str, float]])
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be read: {error.strerror}. `conformance run --store-durations {path}` writes it."
        ) from error
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"{path}: these are not durations: {error}. `conformance run --store-durations {path}` writes them."
        ) from error
    if not all(0 <= took < math.inf for rules in found.values() for took in rules.values()):
        raise UsageError(f"{path}: these are not durations: expected numbers of seconds from 0 on.")
    return Durations(seconds=found)


def longest_first(series: Series, rules: Sequence[Rule], durations: Durations) -> list[Rule]:
    """Return the rules, those that take longest first, so that no long one is started last."""
    return sorted(rules, key=lambda rule: -durations.of(series.target.text, rule.id))


def shared(work: Iterable[Work], share: Share, durations: Durations) -> Iterator[Work]:
    """Yield each series with the rules that one job judges, possibly none."""
    every = [(series, rule) for series, rules in work for rule in longest_first(series, rules, durations)]
    jobs = share_out((durations.of(series.target.text, rule.id) for series, rule in every), share.of)
    mine: dict[str, list[Rule]] = {series.key: [] for series, _ in every}
    by_key = {series.key: series for series, _ in every}
    for (series, rule), job in zip(every, jobs, strict=True):
        if job == share.number:
            mine[series.key].append(rule)
    yield from ((by_key[key], rules) for key, rules in mine.items())
