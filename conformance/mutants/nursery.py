"""Judges mutants in forks of one process that has loaded the suite: `python -m conformance.mutants.nursery`.

It reads one request from standard input, a JSON object, and writes one line of JSON about the mutants and the model,
then one per judged mutant. What the implementation prints goes to standard error. If a rule takes too long, the fork is
ended and another one judges the remaining rules. A hang is a deviation, a crash is not.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import json
import os
import selectors
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

import hypothesis
from hypothesis import Phase

from conformance.engine.child.bootstrap import MappedPackages
from conformance.engine.child.judge import Judge
from conformance.engine.child.server import STACK_BYTES, prepare, use_settings
from conformance.engine.child.subject import Subject
from conformance.engine.child.supervisor import limit_resources
from conformance.engine.deadline import Deadline
from conformance.mutants.form import Mutant, every_mutant

RULE_SECONDS = 10.0
"""After this time no further example of a rule is started."""
HANG_SECONDS = 30.0
"""A rule that takes longer than this hangs."""
MEMORY_MIB = 1024

ReportVerdict = Callable[[str], None]
"""Called with the verdict on the next rule."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """One implementation to judge by some rules, one after the other."""

    name: str
    rules: Sequence[str]
    judge: Callable[[Sequence[str], ReportVerdict], None]
    """Called in the fork with the remaining rules. It reports the verdict on each, in order."""
    ends_at_deviation: bool = False
    """Whether to skip the rules after the first one that deviates."""


class Fork:
    """Does some work in a forked process."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.left = deque(work.rules)
        self.verdicts: dict[str, str] = {}
        self.start()

    def start(self) -> None:
        """Start a process for the remaining rules."""
        self.reads, writes = os.pipe()
        self._buffer = b""
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.reads)
            with contextlib.suppress(BaseException):
                _be_alone()
                self.work.judge(list(self.left), lambda verdict: _write(writes, verdict))
            os._exit(0)
        os.close(writes)
        self.deadline = Deadline(HANG_SECONDS, pid=self.pid)

    def take(self) -> bool:
        """Read what the process has written, and return whether there will be more."""
        data = os.read(self.reads, 1 << 16)
        self._buffer += data
        *lines, self._buffer = self._buffer.split(b"\n")
        for line in lines:
            if self.left:
                self.note(line.decode())
        return bool(data and self.left)

    def note(self, verdict: str) -> None:
        """Store the verdict on the rule in progress."""
        self.verdicts[self.left.popleft()] = verdict
        self.deadline = Deadline(HANG_SECONDS, pid=self.pid)
        if verdict == "deviates" and self.work.ends_at_deviation:
            self.left.clear()

    def end(self) -> None:
        """End the process, if it is still running."""
        for kill in (os.killpg, os.kill):  # a new process may not have its own group yet
            with contextlib.suppress(ProcessLookupError):
                kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.reads)


def _be_alone() -> None:
    """Detach a fork from the streams of its parent, and limit its resources."""
    os.setsid()  # so that processes which the implementation starts end with this one
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    limit_resources(MEMORY_MIB)
    threading.stack_size(STACK_BYTES)


def _write(writes: int, verdict: str) -> None:
    os.write(writes, f"{verdict}\n".encode())


def judge_rules(judge: Judge, rules: Sequence[str], report: ReportVerdict) -> None:
    """Judge by some rules in this process, and report the verdicts."""
    for rule in rules:
        report(_verdict(judge, rule))


def _verdict(judge: Judge, rule: str) -> str:
    try:
        return judge.judge(rule, RULE_SECONDS).verdict
    except Exception:  # noqa: BLE001 - properties are guarded within: this one is ours
        return "breakdown"


def judge_mutant(mutant: Mutant, judge: Judge, rules: Sequence[str], report: ReportVerdict) -> None:
    """Judge a mutant by some rules in this process. It is applied again for each rule."""
    for rule in rules:
        with contextlib.ExitStack() as wrong:
            wrong.enter_context(mutant.applied())

            def model(wrong: contextlib.ExitStack = wrong) -> Subject:
                # The model runs in the same process, so the mutant is undone for the rest of this failed rule.
                wrong.close()
                return judge.make_subject()

            judge.make_control = model
            report(_verdict(judge, rule))


def judge_in_forks(works: Iterable[Work], jobs: int) -> Iterator[Fork]:
    """Yield the fork of each work as soon as the work is done.

    Parameters:
        works: What to do. A work without rules is skipped.
        jobs: The number of processes at a time.
    """
    waiting = deque(work for work in works if work.rules)
    with selectors.DefaultSelector() as selector:
        running: set[Fork] = set()
        while waiting or running:
            while waiting and len(running) < jobs:
                fork = Fork(waiting.popleft())
                running.add(fork)
                selector.register(fork.reads, selectors.EVENT_READ, fork)
            for key, _ in selector.select(timeout=0.2):
                if not key.data.take():
                    yield from _next_of(key.data, "crashed", selector, running)
            for fork in [one for one in running if not one.deadline.seconds_left()]:
                yield from _next_of(fork, "deviates", selector, running)


def _next_of(fork: Fork, verdict: str, selector: selectors.BaseSelector, running: set[Fork]) -> Iterator[Fork]:
    """End a process. Start another one after the rule in progress, or yield the fork if no rule is left.

    Parameters:
        fork: The fork of the process.
        verdict: The verdict on the rule in progress, if there is one.
        selector: The selector with its pipe, which has to be unregistered before it is closed.
        running: All forks that have a process.
    """
    selector.unregister(fork.reads)
    running.discard(fork)
    fork.end()
    if fork.left:
        fork.note(verdict)
    if not fork.left:
        yield fork
        return
    fork.start()
    running.add(fork)
    selector.register(fork.reads, selectors.EVENT_READ, fork)


def use_fast_settings(examples: int, *, is_random: bool = False) -> None:
    """Set the budget, and turn shrinking off, because the examples are not shown.

    Parameters:
        examples: The number of examples of each property.
        is_random: Whether to leave out the explicit examples.
    """
    use_settings(examples)
    phases = (Phase.generate,) if is_random else (Phase.explicit, Phase.generate)
    fast = hypothesis.settings(hypothesis.settings.get_profile("conformance"), phases=phases)
    hypothesis.settings.register_profile("mutants", fast)
    hypothesis.settings.load_profile("mutants")


def config_for(contract: Mapping[str, Any], adapter: str, seed: int) -> dict[str, Any]:
    """Return the configuration of a child process that judges an adapter.

    Parameters:
        contract: The result of `Grading.contract_keys`.
        adapter: `module:attribute`.
        seed: Seed of all random choices.
    """
    return {**contract, "adapter": adapter, "swapped_class": None, "seed": seed, "is_probed": False}


def main() -> None:
    """Answer the request on standard input."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    request: dict[str, Any] = json.load(sys.stdin)
    contract = request["contract"]
    sys.meta_path.insert(0, MappedPackages(contract["packages"]))
    # Last, so that an installed wheel, if there is one, is judged instead of the working tree.
    sys.path += request["paths"]
    use_fast_settings(request["examples"], is_random=request["is_random"])
    judge, hello = prepare(config_for(contract, contract["model"], request["seed"]))
    mutants = every_mutant(request["mutants"]) if request["mutants"] else ()
    listed = [{"name": one.name, "wrong": one.wrong, "caught_by": one.caught_by} for one in mutants]
    _answer(answers, {"mutants": listed, "capabilities": hello["capabilities"]})
    works = [
        Work(
            name=mutant.name,
            rules=request["work"].get(mutant.name, ()),
            judge=functools.partial(judge_mutant, mutant, judge),
            ends_at_deviation=request["ends_at_deviation"],
        )
        for mutant in mutants
    ]
    gc.freeze()  # the forks share this memory as long as the garbage collector does not touch it
    for fork in judge_in_forks(works, 1):
        _answer(answers, {"mutant": fork.work.name, "verdicts": fork.verdicts})


def _answer(answers: TextIO, answer: Mapping[str, Any]) -> None:
    """Write one line of JSON."""
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
