"""The units of a run: a block of rules to judge one implementation by, and the confirmation of its reproducers.

A unit is self-contained: any process on any machine can run it, and it can be run again if its process is lost. It
returns lines of JSON, which are written to the journal unchanged.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import msgspec

from conformance.engine.children import CHILDREN
from conformance.engine.confirm import confirmed
from conformance.engine.contract import Contract
from conformance.engine.environments import notes_on
from conformance.engine.launch import Launch
from conformance.engine.rules import Rule
from conformance.engine.targets import Target
from conformance.engine.verdicts import Result
from conformance.engine.worker import MEMORY_MIB, Worker, launch_of, why_not_started
from conformance.errors import ConformanceError


class Hello(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a child reports about an implementation once it is loaded."""

    version: str = ""
    python: str = ""
    under_test: str = ""
    capabilities: tuple[str, ...] = ()
    false_claims: dict[str, str] = {}
    notes: tuple[str, ...] = ()
    """Remarks on its adapter and on its environment."""


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of a journal: one fact about one implementation with one seed.

    One of hello, error, result, reproducers and footer is set; the other fields belong to them.
    """

    series: str = ""
    """Key of the series."""
    target: str = ""
    seed: int = 0
    hello: Hello | None = None
    error: str | None = None
    """Why no child could be started."""
    result: Result | None = None
    """The verdict on one rule, without a reproducer."""
    seconds: float = 0.0
    """How long the verdict took."""
    scripts: tuple[str, ...] = ()
    """What may become the reproducer of the result, the most readable first. None has been run yet."""
    reproducers: dict[str, str] = {}
    """The script that failed when it was run, by rule; an empty string if none failed."""
    footer: bool = False
    is_complete: bool = True
    verdicts: int = 0


@dataclass(frozen=True, kw_only=True)
class Series:
    """One implementation with the settings it is judged with: what its blocks have in common."""

    contract: Contract
    target: Target
    examples: int
    seed: int = 0
    limit_seconds: float
    memory_mib: int = MEMORY_MIB
    database: tuple[str, ...] = ()
    """Where failing examples are stored."""
    is_sandboxed: bool = False
    """Whether its processes run in a sandbox of the system."""
    has_reproducers: bool = True
    """Whether the scripts that may show a deviation are run."""
    stamp: str = ""
    """Digest of the suite and of the implementation. If one of them changes, so does the key."""

    @cached_property
    def key(self) -> str:
        """Identifies the series, in this run and in later ones: 16 hexadecimal digits."""
        parts = (
            *(self.contract.name, self.contract.suite, self.target.text, self.target.adapter, self.stamp),
            *(self.target.requirements, self.examples, self.seed, self.limit_seconds, self.memory_mib),
            *(["in a sandbox"] if self.is_sandboxed else []),
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

    def started(self) -> Worker:
        """Return a new child.

        Raises:
            ConformanceError: It does not start.
        """
        return Worker(self.launch(), limit_seconds=self.limit_seconds)

    def launch(self) -> Launch:
        """Return how its processes are started. Its environment is created if it does not exist.

        Raises:
            TargetError: The environment cannot be created.
        """
        return launch_of(
            self.target,
            self.contract,
            examples=self.examples,
            seed=self.seed,
            memory_mib=self.memory_mib,
            database=self.database,
            is_sandboxed=self.is_sandboxed,
        )

    def encoded(self, line: Line) -> bytes:
        """Return a line of the journal about this series."""
        named = msgspec.structs.replace(line, series=self.key, target=self.target.text, seed=self.seed)
        return msgspec.json.encode(named) + b"\n"


@dataclass(frozen=True, kw_only=True)
class Piece(ABC):
    """A unit of a run: a part of the work on a series."""

    series: Series

    @property
    @abstractmethod
    def key(self) -> str:
        """Identifies the unit."""

    @abstractmethod
    def run(self) -> bytes:
        """Return the results, as lines of the journal."""


@dataclass(frozen=True, kw_only=True)
class Block(Piece):
    """Some rules that an implementation is judged by, one after the other."""

    rules: tuple[Rule, ...]

    @property
    def key(self) -> str:
        """Identifies the block."""
        return f"{self.series.key} {' '.join(rule.id for rule in self.rules)}"

    def run(self) -> bytes:
        """Return a line about the implementation and one per rule; if no child starts, a single line that says why."""
        series = self.series
        try:
            worker = CHILDREN.take(series.key, series.started)
        except ConformanceError as error:
            return series.encoded(Line(error=why_not_started(series.target, error)))
        with contextlib.ExitStack() as closing:
            closing.callback(worker.close)
            lines = [series.encoded(Line(hello=_hello(worker)))]
            for rule in self.rules:
                began = time.monotonic()
                result = worker.judge(rule)
                seconds = round(time.monotonic() - began, 3)
                scripts = worker.candidates.pop(rule.id, ()) if result.verdict.is_judged else ()
                lines.append(series.encoded(Line(result=result, seconds=seconds, scripts=scripts)))
            closing.pop_all()
        CHILDREN.give_back(series.key, worker)
        return b"".join(lines)


@dataclass(frozen=True, kw_only=True)
class Confirmation(Piece):
    """Runs the scripts that may reproduce deviations, or show that the implementation recognises the suite."""

    candidates: Mapping[str, Sequence[str]]
    """By rule, the most readable first."""

    @property
    def key(self) -> str:
        """Identifies the unit."""
        return f"{self.series.key} reproducers"

    def run(self) -> bytes:
        """Return one line with the first script of each rule that fails with the implementation alone."""
        found = confirmed(self.candidates, self.series.launch())
        return self.series.encoded(Line(reproducers={**dict.fromkeys(self.candidates, ""), **found}))


def run_unit(unit: Piece) -> bytes:
    """Run a unit and return its lines."""
    return unit.run()


def lines_of(data: bytes) -> Iterable[Line]:
    """Return the lines that a unit returned."""
    return [msgspec.json.decode(line, type=Line) for line in data.splitlines()]


def _hello(worker: Worker) -> Hello:
    launch = worker.launch
    known = {name: value for name, value in worker.hello.items() if name in Hello.__struct_fields__}
    of_environment = notes_on(launch.python) if launch.is_separate else ()
    return msgspec.convert({**known, "notes": (*known.get("notes", ()), *of_environment)}, Hello)
