"""Submits the blocks of a run to an executor, and merges their results.

Only the series in progress are in memory, not those that are pending or done.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from conformance.engine.blocks import Block, Confirmation, Hello, Line, Piece, Series, lines_of, run_unit
from conformance.engine.children import CHILDREN, end_processes
from conformance.engine.confirm import with_script
from conformance.engine.journal import Journal
from conformance.engine.rules import Rule
from conformance.engine.verdicts import Result, Verdict
from conformance.engine.worker import BUDGETS
from docgen.work import TRIES, Done, Pool, opened, run_units

MOST_EXAMPLES = 24_000
"""The most rules of a block times the examples of each: a minute or two. The verdicts of a block are reported when all
of it is done, and lost with its worker."""
BLOCKS_PER_WORKER = 4
"""More than one, so that a worker that is done early gets more to do."""

Progress = Callable[[str, int], None]
"""Called with a target, and the number of verdicts of the whole run so far."""
Note = Callable[[str, str], None]
"""Called with a target and a remark on how it is run."""


@dataclass(kw_only=True)
class Judged:
    """A series with the verdicts on it so far."""

    series: Series
    rules: Sequence[Rule]
    """The rules to judge it by."""
    hello: Hello | None = None
    error: str | None = None
    """Why it could not be run, None if it could."""
    found: dict[str, Result] = field(default_factory=dict)
    """By rule, without reproducers."""
    seconds: dict[str, float] = field(default_factory=dict)
    """How long each verdict took, by rule."""
    scripts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    reproducers: dict[str, str] = field(default_factory=dict)
    """By rule; an empty string if none of its scripts fails."""
    left: deque[tuple[Rule, ...]] = field(default_factory=deque)
    """Blocks that have not been submitted."""
    running: int = 0
    failures: int = 0
    """How many blocks failed because no child could be started."""

    def results_in_order(self, rules: Sequence[Rule]) -> tuple[Result, ...]:
        """Return the results, with reproducers, in the order of the rules."""
        ordered = [self.found[rule.id] for rule in rules if rule.id in self.found]
        return tuple(with_script(one, self.reproducers.get(one.rule) or None) for one in ordered)

    @property
    def is_done(self) -> bool:
        """Whether nothing of it is left to do."""
        return not self.running and (self.error is not None or not (self.left or self.unconfirmed))

    @property
    def unconfirmed(self) -> dict[str, tuple[str, ...]]:
        """The scripts that are still to be run, by rule."""
        if not self.series.has_reproducers:
            return {}
        return {rule: scripts for rule, scripts in self.scripts.items() if rule not in self.reproducers}

    def unit(self) -> Piece | None:
        """Return the next unit, None if there is none at the moment."""
        # The first block makes the environment, and shows whether a child can be started at all.
        if self.error is not None or (self.hello is None and self.running):
            return None
        if self.left:
            self.running += 1
            return Block(series=self.series, rules=self.left.popleft())
        if self.running or not self.unconfirmed:
            return None
        self.running += 1
        return Confirmation(series=self.series, candidates=self.unconfirmed)

    def take_in(self, line: Line) -> bool:
        """Add the contents of a line. Return True if any of it is new."""
        if line.hello is not None:
            is_new = self.hello is None
            self.hello = self.hello or line.hello
            return is_new
        if line.result is not None and line.result.rule in self.found:
            return False
        if line.result is not None:
            self.found[line.result.rule] = line.result
            self.seconds[line.result.rule] = line.seconds
            if line.scripts:
                self.scripts[line.result.rule] = line.scripts
        self.reproducers |= line.reproducers
        return True


@dataclass(kw_only=True)
class Drive:
    """Judges the series of a run in an executor."""

    waiting: Callable[[], tuple[Series, Sequence[Rule]] | None]
    """Returns the next series and the rules to judge it by; None if there is none, or none until another is done."""
    journal: Journal
    verdicts: int
    """The number that is expected of the whole run."""
    block: int = 1
    """Rules in a block."""
    limit_seconds: float = math.inf
    """After this time no unit is started."""
    is_cut: bool = False
    """Whether the time ran out before everything was judged."""
    progress: Progress = lambda *_: None
    note: Note = lambda *_: None
    count: int = 0
    """The number of verdicts so far."""
    current: list[Judged] = field(default_factory=list)
    """The series that are being judged."""

    def run(self, executor: str, jobs: int, take_in: Callable[[Judged], object]) -> bool:
        """Judge all series, end all processes, and write the end of the journal.

        Parameters:
            executor: Name of the executor.
            jobs: The number of children at a time.
            take_in: Called with each series when all of it is judged.

        Returns:
            Whether everything was judged. If not, an interrupt or the time limit has ended the run early.

        Raises:
            ExecutorError: The executor does not answer, or can no longer be reached.
        """
        is_complete = False
        try:
            with opened(executor, jobs, end_processes=end_processes) as pool, contextlib.suppress(KeyboardInterrupt):
                for judged in self.judged(pool):
                    take_in(judged)
                is_complete = not self.is_cut
        finally:
            end_processes()
            self.journal.close(is_complete=is_complete)
        return is_complete

    def judged(self, pool: Pool) -> Iterator[Judged]:
        """Yield each series when all of it is done.

        Raises:
            ExecutorError: The executor can no longer be reached.
        """
        self.block = block_for(self.verdicts, pool)
        end = time.monotonic() + self.limit_seconds

        def take() -> Piece | None:
            return self._take(pool.most) if time.monotonic() < end else None

        is_new = True
        while is_new:
            for done in run_units(take, run_unit, pool):
                judged = next(one for one in self.current if one.series is done.unit.series)
                judged.running -= 1
                if done.result is None:
                    self._lose(judged, done)
                else:
                    self._take_in(judged, done.unit, done.result)
                yield from self._completed()
            # A series that the journal has completely needs no unit, but others may have been waiting for it.
            left = list(self._completed())
            yield from left
            is_new = bool(left)
        self.is_cut = bool(self.current) or self.waiting() is not None

    def _take(self, most: int) -> Piece | None:
        """Return the next unit: one of the series in progress, else the first one of the next series.

        Each series in progress gets its share of the workers, so that a child judges one series to its end.

        Parameters:
            most: How many units may run.
        """
        while True:
            share = -(-most // max(1, len(self.current)))
            for judged in self.current:
                if judged.running < share and (unit := judged.unit()) is not None:
                    return unit
            following = self.waiting()
            if following is None:
                return None
            self.current.append(self._begun(*following))

    def _begun(self, series: Series, rules: Sequence[Rule]) -> Judged:
        judged = Judged(series=series, rules=rules)
        ids = {rule.id for rule in rules}
        for line in self.journal.finished(series.key):
            if line.result is None or line.result.rule in ids:
                judged.take_in(line)
        if judged.found:
            self._report(judged)
        left = [rule for rule in rules if rule.id not in judged.found]
        # Round-robin, so that blocks take equally long where the rules are sorted by how long they take.
        most = max(1, MOST_EXAMPLES // max(series.examples, BUDGETS["default"]))
        blocks = -(-len(left) // min(self.block, most))
        judged.left.extend(tuple(left[first::blocks]) for first in range(blocks))
        return judged

    def _completed(self) -> Iterator[Judged]:
        for judged in [one for one in self.current if one.is_done]:
            self.current.remove(judged)
            CHILDREN.end(judged.series.key)
            yield judged

    def _take_in(self, judged: Judged, unit: Piece, data: bytes) -> None:
        for line, raw in zip(lines_of(data), data.splitlines(keepends=True), strict=True):
            if line.error is not None and isinstance(unit, Block):
                self._fail(judged, unit, line.error)
            elif judged.take_in(line):
                self.journal.add(raw)
                self._report(judged, line)

    def _report(self, judged: Judged, line: Line | None = None) -> None:
        """Report a line, or the verdicts of an earlier run, as progress."""
        text = judged.series.target.text
        if line is not None and line.hello is not None:
            for remark in line.hello.notes:
                self.note(text, remark)
        if line is None or line.result is not None:
            self.count += 1 if line is not None else len(judged.found)
            self.progress(text, self.count)

    def _fail(self, judged: Judged, block: Block, why: str) -> None:
        """Record that no child could be started. If one was started before, the block gets another try."""
        judged.failures += 1
        if judged.hello is None:
            judged.error = why
        elif judged.failures < TRIES:
            judged.left.append(block.rules)
        else:
            self._break(judged, block, why)

    def _lose(self, judged: Judged, done: Done[Piece, bytes]) -> None:
        """Record that a unit was given up. If it has several rules, each gets its own block."""
        unit = done.unit
        if isinstance(unit, Confirmation):
            judged.reproducers |= dict.fromkeys(unit.candidates, "")
        elif isinstance(unit, Block) and len(unit.rules) > 1:
            judged.left.extend((rule,) for rule in unit.rules)
        elif isinstance(unit, Block):
            self._break(judged, unit, done.lost)

    def _break(self, judged: Judged, block: Block, why: str) -> None:
        for rule in block.rules:
            line = Line(
                result=Result(rule=rule.id, verdict=Verdict.BREAKDOWN, message=f"the rule has no verdict: {why}")
            )
            judged.take_in(line)
            self.journal.add(judged.series.encoded(line))
            self._report(judged, line)


def block_for(verdicts: int, pool: Pool) -> int:
    """Return how many rules a block has.

    In this process the children stay alive, so that blocks of one rule cost nothing. A worker of a cluster may have to
    start a child for each block: its blocks are as large as possible with work for all workers.

    Parameters:
        verdicts: How many there are in the whole run.
        pool: The executor.
    """
    if not pool.place:
        return 1
    return max(1, verdicts // (BLOCKS_PER_WORKER * max(1, pool.workers())))
