"""Runs a hostile implementation, and reports the verdicts, the time it took and what it left behind."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from conformance.contracts.task_template import NAME
from conformance.engine import isolate
from conformance.engine.contract import Contract, find_contract
from conformance.engine.journal import Journal
from conformance.engine.reports.formats import FORMATS
from conformance.engine.reports.model import Report, Settings
from conformance.engine.rules import Rule
from conformance.engine.run import Plan, execute
from conformance.engine.targets import Target
from conformance.engine.verdicts import Verdict
from tests.hostile.form import Kind

ROOT = Path(__file__).resolve().parents[2]
SMALL = Path(__file__).parent / "contract"
HOSTILE_RULE = "HOST-01"
CLAIMED_RULE = "HOST-08"
"""The rule for implementations that claim the capability `extra`."""
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - where it is
START_SECONDS = 15.0
"""How long a start may take here: the command gives a large implementation more."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The result of one run."""

    kind: Kind
    report: Report | None
    failure: str
    """What the engine itself raised, empty if nothing."""
    seconds: float
    left: tuple[str, ...]
    """Processes, files and shared memory that were not there before."""

    @property
    def verdicts(self) -> Mapping[str, str]:
        """The verdicts by rule."""
        results = self.report.targets[0].results if self.report is not None else ()
        return {result.rule: result.verdict.value for result in results}

    def counted(self) -> str:
        """Return how many rules got which verdict: `7 holds, 1 deviates`."""
        found = list(self.verdicts.values())
        return ", ".join(f"{found.count(one)} {one}" for one in Verdict if one in found) or "not started"

    def troubles(self, rules: list[str], *, limit_seconds: float) -> list[str]:
        """Return what is not as it should be, one line each; empty if all is well.

        Parameters:
            rules: The ids of the rules that had to be judged.
            limit_seconds: How long the run may take.
        """
        if self.report is None:
            return [f"the engine raised {self.failure}"]
        return [
            *self._wrong_verdicts(rules),
            *([f"took {self.seconds:.1f} s, more than {limit_seconds:.0f}"] if self.seconds > limit_seconds else []),
            *(f"left {one}" for one in self.left),
            *(["is green"] if self.is_cheat and self.report.exit_code == 0 else []),
        ]

    @property
    def is_cheat(self) -> bool:
        """Whether the kind is wrong and tries to hide it."""
        return not {"holds", "gap"} & self.kind.act

    def _wrong_verdicts(self, rules: list[str]) -> list[str]:
        assert self.report is not None
        if not self.kind.is_started:
            error = self.report.targets[0].error
            return [] if error and "\n" not in error else [f"is said to start: {error}"]
        messages = {result.rule: result.message for result in self.report.targets[0].results}
        return [
            f"{rule} {self.verdicts.get(rule, 'has no verdict')} {messages.get(rule, self.report.targets[0].error)!r}"
            for rule in rules
            if self.verdicts.get(rule) not in self._sane(rule)
        ]

    def _sane(self, rule: str) -> frozenset[str]:
        if rule == CLAIMED_RULE and not self.kind.claims:
            return frozenset({"gap", "breakdown"})
        if rule.startswith("HOST-"):
            return self.kind.act if rule == HOSTILE_RULE else self.kind.others
        return frozenset({"holds", "deviates", "gap"}) | self.kind.act | self.kind.others


def run_small(kind: Kind, *, limit_seconds: float = 2.0) -> Outcome:
    """Return the outcome of a kind under the small contract."""
    return outcome(
        kind,
        find_contract(str(SMALL)),
        target=f"plain_{kind.name}",
        settings={"profile": "default", "examples": 5, "limit_seconds": limit_seconds},
    )


def run_template(kind: Kind, *, examples: int = 1, limit_seconds: float = 4.0) -> Outcome:
    """Return the outcome of a kind under the contract of the task template, over all rules."""
    return outcome(
        kind,
        find_contract(NAME),
        target=f"template_{kind.name}",
        settings={"profile": "strict", "examples": examples, "limit_seconds": limit_seconds},
    )


def judged(contract: Contract, profile: str) -> list[Rule]:
    """Return the rules of a profile."""
    return [rule for rule in contract.rules.values() if profile in rule.profiles]


def outcome(kind: Kind, contract: Contract, *, target: str, settings: Mapping[str, object]) -> Outcome:
    """Run one kind in the current process, and look at what it left."""
    chosen = Settings(contract=contract.name, seed=0, **settings)  # type: ignore[arg-type]  # the two above
    report, failure = None, ""
    with quick_starts(), contextlib.chdir(ROOT), temporary_folder() as folder:
        before = things(folder)
        started = time.monotonic()
        try:
            report = execute(
                Plan(
                    contract=contract,
                    targets=[Target(text=kind.name, adapter=f"tests.hostile.adapters:{target}")],
                    rules=judged(contract, chosen.profile),
                    settings=chosen,
                    memory_mib=1024,
                ),
                journal=Journal(None),
            )
            for written in FORMATS.values():
                written(report).encode()
        except Exception:  # noqa: BLE001 - that nothing is raised is what is shown
            failure = traceback.format_exc(limit=-3)
        seconds = time.monotonic() - started
        left = tuple(sorted(things(folder) - before))
    return Outcome(kind=kind, report=report, failure=failure, seconds=seconds, left=left)


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """Put temporary files into a folder of their own within the context."""
    with tempfile.TemporaryDirectory(prefix="hostile-", ignore_cleanup_errors=True) as folder:
        before = os.environ.get("TMPDIR"), tempfile.tempdir
        os.environ["TMPDIR"] = tempfile.tempdir = folder
        try:
            yield Path(folder)
        finally:
            tempfile.tempdir = before[1]
            os.environ.pop("TMPDIR")
            if before[0] is not None:
                os.environ["TMPDIR"] = before[0]


@contextlib.contextmanager
def quick_starts() -> Iterator[None]:
    """Give an implementation less time to start, within the context, than the command does."""
    before, isolate.START_SECONDS = isolate.START_SECONDS, START_SECONDS
    try:
        yield
    finally:
        isolate.START_SECONDS = before


def things(folder: Path) -> set[str]:
    """Return what an implementation could leave: processes, files in the temporary folder, shared memory."""
    shared = SHARED_MEMORY.iterdir() if SHARED_MEMORY.is_dir() else ()
    mine = (path for path in shared if path.name.startswith(("assay-", "psm_")))
    return {*map(str, folder.iterdir()), *map(str, mine), *processes(folder)}


def processes(folder: Path) -> Iterator[str]:
    """Yield the processes that a run has started: their temporary folder is on their command line."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if str(folder) in words:
                yield f"process {process.name}: {words[:60]}"
