"""A run judges each target by each rule, and makes a report of the verdicts."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conformance.engine.blocks import Hello, Series
from conformance.engine.children import CHILDREN
from conformance.engine.contract import Contract
from conformance.engine.drive import Drive, Judged, Note, Progress, block_for
from conformance.engine.expectations import Expectation, apply_expectations
from conformance.engine.journal import Journal
from conformance.engine.processes import end_all
from conformance.engine.reports.model import Report, Settings, TargetReport, rule_entry
from conformance.engine.rules import Rule
from conformance.engine.targets import Target
from conformance.engine.worker import MEMORY_MIB
from docgen.settings import nearest
from docgen.work import LOCAL, opened


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to run."""

    contract: Contract
    targets: Sequence[Target]
    rules: Sequence[Rule]
    settings: Settings
    jobs: int = 1
    """The number of children at a time."""
    memory_mib: int = MEMORY_MIB
    expectations: tuple[Expectation, ...] = ()
    executor: str = LOCAL
    """Where the blocks run, by name."""

    def series(self, target: Target) -> Series:
        """Return a target with the settings of the plan."""
        settings = self.settings
        return Series(
            contract=self.contract,
            target=target,
            examples=settings.examples,
            seed=settings.seed,
            limit_seconds=settings.limit_seconds,
            memory_mib=self.memory_mib,
        )


def execute(
    plan: Plan, *, journal: Journal, progress: Progress = lambda *_: None, note: Note = lambda *_: None
) -> Report:
    """Run a plan and return the report. If an interrupt ends the run early, the report is marked as incomplete.

    Raises:
        ExecutorError: The executor does not answer, or is gone.
    """
    drive = Drive(
        waiting=((plan.series(target), plan.rules) for target in plan.targets),
        journal=journal,
        block=block_for(plan.executor),
        progress=progress,
        note=note,
    )
    found: dict[str, Judged] = {}
    is_complete = False
    try:
        with opened(plan.executor, plan.jobs, end_processes=end_processes) as pool:
            try:
                for one in drive.judged(pool):
                    found[one.series.target.text] = one
                is_complete = True
            except KeyboardInterrupt:
                found.update((one.series.target.text, one) for one in drive.current)
    finally:
        end_processes()
        journal.close(is_complete=is_complete)
    return Report(
        assay=importlib.metadata.version("assay"),
        created=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        settings=plan.settings,
        rules=tuple(rule_entry(rule, plan.contract.profile(plan.settings.profile)) for rule in plan.rules),
        targets=tuple(target_report(plan, target, found.get(target.text)) for target in plan.targets),
        strength=plan.contract.strength,
        is_complete=is_complete,
    )


def end_processes() -> None:
    """End the children that wait for a rule, and everything else that was started to judge one."""
    CHILDREN.end()
    end_all()


def target_report(plan: Plan, target: Target, judged: Judged | None) -> TargetReport:
    """Return the report on a target.

    Parameters:
        plan: What was run.
        target: The implementation.
        judged: What was found. None: the run ended before it was its turn.
    """
    hello = (judged and judged.hello) or Hello()
    today = dt.datetime.now(dt.UTC).date()
    found = judged.results if judged is not None else ()
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
    """Return the capabilities that no rule needs, each with an explanation: a typo would be a gap that nobody sees."""
    known = frozenset[str]().union(*(rule.capabilities for rule in rules))
    return {
        one: f"there is no such capability. {nearest(one, known)}".rstrip() for one in capabilities if one not in known
    }
