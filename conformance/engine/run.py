"""A run judges each target by each rule, and makes a report of the verdicts."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import msgspec

from conformance.engine.blocks import Hello, Series
from conformance.engine.contract import Contract
from conformance.engine.drive import Drive, Judged, Note, Progress
from conformance.engine.expectations import Expectation, apply_expectations
from conformance.engine.journal import Journal
from conformance.engine.reports.model import Report, Settings, Shard, TargetReport, rule_entry
from conformance.engine.rules import Rule
from conformance.engine.shards import Durations, Work, longest_first, shared
from conformance.engine.stamps import stamp_of
from conformance.engine.targets import Target
from conformance.engine.worker import MEMORY_MIB
from docgen.settings import nearest
from docgen.work import LOCAL, Share


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The settings of a run."""

    contract: Contract
    targets: Sequence[Target]
    rules: Sequence[Rule]
    settings: Settings
    jobs: int = 1
    """The number of children at a time."""
    memory_mib: int = MEMORY_MIB
    is_sandboxed: bool = False
    """Whether the implementations run in a sandbox of the system."""
    expectations: tuple[Expectation, ...] = ()
    database: tuple[str, ...] = ()
    """Where failing examples are stored."""
    executor: str = LOCAL
    """Name of the executor that runs the blocks."""
    share: Share | None = None
    """The part of the run to do. None for the whole run."""
    durations: Durations = field(default_factory=Durations)
    """How long the rules take. The run is split by that, and the longest rules come first."""
    is_stamped: bool = False
    """Whether a later run may use the verdicts, so that the judged code has to be recorded."""

    @cached_property
    def work(self) -> Sequence[Work]:
        """Each target with its settings, and the rules to judge it by."""
        every = [(self._series(target), self.rules) for target in self.targets]
        if self.share is not None:
            return list(shared(every, self.share, self.durations))
        return [(series, longest_first(series, rules, self.durations)) for series, rules in every]

    @property
    def shard(self) -> Shard | msgspec.UnsetType:
        """The part of the run that the report covers."""
        if self.share is None:
            return msgspec.UNSET
        return Shard.covering(
            self.share,
            self.settings,
            [self._series(target).key for target in self.targets],
            [rule.id for rule in self.rules],
            self.expectations,
            self.durations.digest,
        )

    def _series(self, target: Target) -> Series:
        settings = self.settings
        return Series(
            contract=self.contract,
            target=target,
            examples=settings.examples,
            seed=settings.seed,
            limit_seconds=settings.limit_seconds,
            memory_mib=self.memory_mib,
            database=self.database,
            is_sandboxed=self.is_sandboxed,
            stamp=stamp_of(self.contract, target) if self.is_stamped else "",
        )


def execute(
    plan: Plan,
    *,
    journal: Journal,
    progress: Progress = lambda *_: None,
    note: Note = lambda *_: None,
    when_done: Callable[[Judged], object] = lambda _: None,
) -> Report:
    """Run a plan and return the report. If an interrupt ends the run early, the report is marked as incomplete.

    Parameters:
        plan: The settings of the run.
        journal: Where each verdict is written at once.
        progress: Called after each verdict.
        note: Called with remarks on how a target is run.
        when_done: Called with each target when all of it is judged.

    Raises:
        ExecutorError: The executor does not answer, or can no longer be reached.
    """
    work = iter(plan.work)
    drive = Drive(
        waiting=lambda: next(work, None),
        journal=journal,
        verdicts=sum(len(rules) for _, rules in plan.work),
        progress=progress,
        note=note,
    )
    found: dict[str, Judged] = {}

    def take_in(judged: Judged) -> None:
        found[judged.series.target.text] = judged
        when_done(judged)

    is_complete = drive.run(plan.executor, plan.jobs, take_in)
    # What an interrupt has left in progress.
    found.update((one.series.target.text, one) for one in drive.current)
    return Report(
        assay=importlib.metadata.version("assay"),
        created=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        settings=plan.settings,
        rules=tuple(rule_entry(rule, plan.contract.profile(plan.settings.profile)) for rule in plan.rules),
        targets=tuple(target_report(plan, target, found.get(target.text)) for target in plan.targets),
        strength=plan.contract.strength,
        is_complete=is_complete,
        shard=plan.shard,
    )


def target_report(plan: Plan, target: Target, judged: Judged | None) -> TargetReport:
    """Return the report on a target.

    Parameters:
        plan: The plan of the run.
        target: The implementation.
        judged: The results. None if the run ended before its turn.
    """
    hello = (judged and judged.hello) or Hello()
    today = dt.datetime.now(dt.UTC).date()
    found = judged.results_in_order(plan.rules) if judged is not None else ()
    results, stale = apply_expectations(plan.expectations, target.text, found, today)
    unknown = unknown_claims(hello.capabilities, plan.contract.rules.values())
    return TargetReport(
        target=target.text,
        version=hello.version,
        python=hello.python,
        under_test=hello.under_test,
        capabilities=hello.capabilities,
        false_claims={**unknown, **hello.false_claims},
        error=judged.error if judged is not None else None,
        results=results,
        stale=stale,
    )


def unknown_claims(capabilities: Sequence[str], rules: Iterable[Rule]) -> dict[str, str]:
    """Return the capabilities that no rule needs, each with an explanation, because a typo would hide a gap."""
    known = frozenset[str]().union(*(rule.capabilities for rule in rules))
    return {
        one: f"there is no such capability. {nearest(one, known)}".rstrip() for one in capabilities if one not in known
    }
