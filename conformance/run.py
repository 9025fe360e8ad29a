"""A run: targets times rules, each target in processes of its own, verdicts on disk as they come."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from conformance.errors import ConformanceError
from conformance.isolate import Child, ChildError, HangError, Launch
from conformance.report.model import Report, Settings, TargetReport, rule_entry
from conformance.rules import Rule
from conformance.targets import Target
from conformance.verdicts import Result, Verdict

BUDGETS = {"smoke": 5, "default": 100, "deep": 2000}
"""Examples per property, by name."""
LIMIT_SECONDS = 10.0
"""How long a rule may take at the default budget; a larger budget stretches it in proportion."""
MEMORY_MIB = 2048
"""How much a child may allocate, in MiB."""

Progress = Callable[[str, int, int], None]
"""Called with a target, how many of its rules are done, and how many there are."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What is to be run."""

    targets: Sequence[Target]
    rules: Sequence[Rule]
    settings: Settings
    jobs: int = 1
    """Children at a time."""
    memory_mib: int = MEMORY_MIB
    suite: str = "conformance.suite"
    """Package that holds the properties."""

    @property
    def limit_seconds(self) -> float:
        """How long one rule may take under the budget of this run."""
        return self.settings.limit_seconds * max(1.0, self.settings.examples / BUDGETS["default"])


class Journal:
    """The verdicts as lines of JSON, on disk as they come; the last line is a footer, or the run was cut off."""

    def __init__(self, path: Path | None) -> None:
        self._file = None if path is None else path.open("wb", buffering=0)
        self._lock = threading.Lock()
        self._count = 0

    def add(self, target: str, result: Result) -> None:
        """Write one verdict."""
        self._count += 1
        self._write({"target": target, **msgspec.to_builtins(result)})

    def close(self, *, is_complete: bool) -> None:
        """Write the footer."""
        self._write({"footer": True, "is_complete": is_complete, "verdicts": self._count})
        if self._file is not None:
            self._file.close()

    def _write(self, line: Mapping[str, Any]) -> None:
        if self._file is not None:
            with self._lock:
                self._file.write(msgspec.json.encode(line) + b"\n")


def execute(plan: Plan, *, journal: Journal, progress: Progress = lambda *_: None) -> Report:
    """Run a plan and return what was found. An interrupt ends it early; the report then says that it is incomplete."""
    stop = threading.Event()
    sessions = [
        Session(target=target, plan=plan, stop=stop, journal=journal, progress=progress) for target in plan.targets
    ]
    # Targets share the cores; one alone gets them all.
    workers = max(1, plan.jobs // max(1, len(sessions)))
    pool = ThreadPoolExecutor(max_workers=max(1, plan.jobs))
    futures = [pool.submit(session.run, workers) for session in sessions]
    try:
        for future in futures:
            future.result()
    except KeyboardInterrupt:
        stop.set()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    journal.close(is_complete=not stop.is_set())
    return Report(
        assay=importlib.metadata.version("assay"),
        created=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        settings=plan.settings,
        rules=tuple(rule_entry(rule, plan.settings.profile) for rule in plan.rules),
        targets=tuple(session.report() for session in sessions),
        is_complete=not stop.is_set(),
    )


@dataclass(kw_only=True)
class Session:
    """One target's part of a run."""

    target: Target
    plan: Plan
    stop: threading.Event
    journal: Journal
    progress: Progress
    hello: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None
    results: dict[str, Result] = field(default_factory=dict)

    def run(self, workers: int) -> None:
        """Judge every rule, with some children at a time."""
        try:
            launch = self._launch()
            first = Child(launch)
        except ConformanceError as error:
            self.error = str(error)
            return
        self.hello = first.hello
        waiting: queue.SimpleQueue[Rule] = queue.SimpleQueue()
        for rule in self.plan.rules:
            missing = sorted(rule.capabilities - set(first.hello["capabilities"]))
            if missing:
                self._add(Result(rule=rule.id, verdict=Verdict.GAP, message=f"not offered: {', '.join(missing)}"))
            else:
                waiting.put(rule)
        others = [threading.Thread(target=self._work, args=(launch, None, waiting)) for _ in range(workers - 1)]
        for other in others:
            other.start()
        self._work(launch, first, waiting)
        for other in others:
            other.join()

    def report(self) -> TargetReport:
        """Return what was found, in catalogue order."""
        return TargetReport(
            target=self.target.text,
            version=self.hello.get("version", ""),
            python=self.hello.get("python", ""),
            template=self.hello.get("template", ""),
            capabilities=tuple(self.hello.get("capabilities", ())),
            false_claims=self.hello.get("false_claims", {}),
            error=self.error,
            results=tuple(self.results[rule.id] for rule in self.plan.rules if rule.id in self.results),
        )

    def _launch(self) -> Launch:
        return Launch(
            python=self.target.python(),
            adapter=self.target.adapter,
            template=self.target.template,
            examples=self.plan.settings.examples,
            seed=self.plan.settings.seed,
            memory_mib=self.plan.memory_mib,
            suite=self.plan.suite,
            is_separate=bool(self.target.requirements),
        )

    def _work(self, launch: Launch, child: Child | None, waiting: queue.SimpleQueue[Rule]) -> None:
        """Judge rules until there are none, in one child; a child that is of no more use is replaced."""
        try:
            while not self.stop.is_set():
                try:
                    rule = waiting.get_nowait()
                except queue.Empty:
                    return
                try:
                    child = child or Child(launch)
                    answer = child.ask(rule.id, self.plan.limit_seconds)
                    result, is_spent = result_from(answer), answer["is_worn"]
                except ConformanceError as error:
                    result, is_spent = result_of_failure(rule.id, error), True
                self._add(result)
                if is_spent and child is not None:
                    child.close()
                    child = None
        finally:
            if child is not None:
                child.close()

    def _add(self, result: Result) -> None:
        self.results[result.rule] = result
        self.journal.add(self.target.text, result)
        self.progress(self.target.text, len(self.results), len(self.plan.rules))


def result_from(answer: Mapping[str, Any]) -> Result:
    """Return a child's judgement as a result."""
    return Result(
        rule=answer["rule"],
        verdict=Verdict(answer["verdict"]),
        message=answer["message"],
        # How far a run gets in its time is no property of the implementation: reports of equal runs are equal.
        examples=0 if answer["is_cut"] else answer["examples"],
    )


def result_of_failure(rule_id: str, error: ConformanceError) -> Result:
    """Return what it means that a child could not answer: the implementation's doing, unless it did not even start."""
    if isinstance(error, HangError):
        return Result(rule=rule_id, verdict=Verdict.DEVIATES, message=f"hang: the implementation {error}")
    if isinstance(error, ChildError):
        return Result(rule=rule_id, verdict=Verdict.DEVIATES, message=f"the implementation {error}")
    return Result(rule=rule_id, verdict=Verdict.BREAKDOWN, message=str(error))
