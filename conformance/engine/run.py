"""A run judges each target by each rule, in processes of the target's own, and writes each verdict to disk at once."""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib.metadata
import queue
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from conformance.engine.confirm import with_reproducers
from conformance.engine.contract import Contract
from conformance.engine.environments import notes_on
from conformance.engine.expectations import Expectation, apply_expectations
from conformance.engine.isolate import Launch
from conformance.engine.processes import end_all
from conformance.engine.reports.model import Report, Settings, TargetReport, rule_entry
from conformance.engine.rules import Rule
from conformance.engine.targets import Target
from conformance.engine.verdicts import Result
from conformance.engine.worker import MEMORY_MIB, Worker, launch_of, why_not_started
from conformance.errors import ConformanceError
from docgen.settings import nearest

Progress = Callable[[str, int, int], None]
"""Called with a target, how many of its rules are done, and how many there are."""


Note = Callable[[str, str], None]
"""Called with a target and a remark on how it is run."""


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


class Journal:
    """Writes each verdict to disk at once, as a line of JSON. Without a footer, the run was interrupted."""

    def __init__(self, path: Path | None) -> None:
        self._file = None if path is None else path.open("wb", buffering=0)
        self._lock = threading.Lock()
        self._count = 0
        self.error: OSError | None = None
        """Why lines are missing (a full disk, say); None if none are missing. The run continues without them."""

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
        if self._file is not None and self.error is None:
            try:
                with self._lock:
                    self._file.write(msgspec.json.encode(line) + b"\n")
            except OSError as error:
                self.error = error


def execute(
    plan: Plan, *, journal: Journal, progress: Progress = lambda *_: None, note: Note = lambda *_: None
) -> Report:
    """Run a plan and return the report. If an interrupt ends the run early, the report is marked as incomplete."""
    stop = threading.Event()
    sessions = [
        Session(target=target, plan=plan, stop=stop, journal=journal, progress=progress, note=note)
        for target in plan.targets
    ]
    # Targets share the processes; a single target gets all of them.
    workers = max(1, plan.jobs // max(1, len(sessions)))
    pool = ThreadPoolExecutor(max_workers=max(1, plan.jobs))
    futures = [pool.submit(session.run, workers) for session in sessions]
    try:
        for future in futures:
            future.result()
    except KeyboardInterrupt:
        stop.set()
        for future in futures:
            future.cancel()
        with undisturbed():
            while wait(futures, timeout=CUT_SECONDS).not_done:
                end_all()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    journal.close(is_complete=not stop.is_set())
    return Report(
        assay=importlib.metadata.version("assay"),
        created=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        settings=plan.settings,
        rules=tuple(rule_entry(rule, plan.contract.profile(plan.settings.profile)) for rule in plan.rules),
        targets=tuple(session.report() for session in sessions),
        strength=plan.contract.strength,
        is_complete=not stop.is_set(),
    )


CUT_SECONDS = 0.2
"""How long to wait between two attempts to end the processes of an interrupted run."""


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore further interrupts inside: the first one is being handled, and the report is still to be written."""
    signals = (signal.SIGINT, signal.SIGTERM)
    before = {one: signal.signal(one, signal.SIG_IGN) for one in signals}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


@dataclass(kw_only=True)
class Session:
    """One target's part of a run."""

    target: Target
    plan: Plan
    stop: threading.Event
    journal: Journal
    progress: Progress
    note: Note
    hello: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None
    results: dict[str, Result] = field(default_factory=dict)
    workers: list[Worker] = field(default_factory=list)

    def run(self, workers: int) -> None:
        """Judge every rule, with this many children at a time."""
        settings = self.plan.settings
        try:
            launch = launch_of(
                self.target,
                self.plan.contract,
                examples=settings.examples,
                seed=settings.seed,
                memory_mib=self.plan.memory_mib,
            )
            first = Worker(launch, limit_seconds=settings.limit_seconds)
        except ConformanceError as error:
            # After an interrupt the error says nothing about the implementation.
            self.error = None if self.stop.is_set() else why_not_started(self.target, error)
            return
        for text in notes_on(launch.python) if launch.is_separate else ():
            self.note(self.target.text, text)
        self.hello = first.hello
        waiting: queue.SimpleQueue[Rule] = queue.SimpleQueue()
        for rule in self.plan.rules:
            waiting.put(rule)
        others = [threading.Thread(target=self._work_anew, args=(launch, waiting)) for _ in range(workers - 1)]
        for other in others:
            other.start()
        self._work(first, waiting)
        for other in others:
            other.join()
        if not self.stop.is_set():
            candidates = {rule: scripts for worker in self.workers for rule, scripts in worker.candidates.items()}
            found = with_reproducers(tuple(self.results.values()), candidates, launch)
            self.results = {result.rule: result for result in found}

    def report(self) -> TargetReport:
        """Return the report on this target, in catalogue order."""
        found = tuple(self.results[rule.id] for rule in self.plan.rules if rule.id in self.results)
        today = dt.datetime.now(dt.UTC).date()
        results, stale = apply_expectations(self.plan.expectations, self.target.text, found, today)
        capabilities = tuple(self.hello.get("capabilities", ()))
        return TargetReport(
            target=self.target.text,
            version=self.hello.get("version", ""),
            python=self.hello.get("python", ""),
            under_test=self.hello.get("under_test", ""),
            capabilities=capabilities,
            false_claims={
                **unknown_claims(capabilities, self.plan.contract.rules.values()),
                **self.hello.get("false_claims", {}),
            },
            error=self.error,
            results=results,
            stale=stale,
        )

    def _work_anew(self, launch: Launch, waiting: queue.SimpleQueue[Rule]) -> None:
        """Judge rules with one more child. If it does not start, the first child judges all rules."""
        with contextlib.suppress(ConformanceError):
            self._work(Worker(launch, limit_seconds=self.plan.settings.limit_seconds), waiting)

    def _work(self, worker: Worker, waiting: queue.SimpleQueue[Rule]) -> None:
        """Judge rules until none is left or the run is stopped."""
        self.workers.append(worker)
        with worker, contextlib.suppress(queue.Empty):
            while not self.stop.is_set():
                result = worker.judge(waiting.get_nowait())
                # A rule that was interrupted has no verdict.
                if not self.stop.is_set():
                    self._add(result)

    def _add(self, result: Result) -> None:
        self.results[result.rule] = result
        self.journal.add(self.target.text, result)
        self.progress(self.target.text, len(self.results), len(self.plan.rules))


def unknown_claims(capabilities: Sequence[str], rules: Iterable[Rule]) -> dict[str, str]:
    """Return the capabilities that no rule needs, each with an explanation: a typo would be a gap that nobody sees."""
    known = frozenset[str]().union(*(rule.capabilities for rule in rules))
    return {
        one: f"there is no such capability. {nearest(one, known)}".rstrip() for one in capabilities if one not in known
    }
