"""Judges mutants in forks of one process that has the suite loaded: `python -m conformance.mutants.nursery`.

Standard input holds one request, a JSON object; each judged mutant is one line of JSON on standard output. A fork is
ended when a rule takes too long, and another one goes on with the rest: a hang is a deviation, a crash is none.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import hypothesis
from hypothesis import Phase

from conformance.adapters.reference import ReferenceAdapter
from conformance.child.judge import Judge
from conformance.child.server import MODEL, STACK_BYTES, limit_resources, prepare, use_settings
from conformance.child.subject import Subject
from conformance.mutants.form import Mutant, every_mutant

SUITE = "conformance.suite"
RULE_SECONDS = 10.0
"""After this time no further example of a rule is started."""
HANG_SECONDS = 30.0
"""After this time a rule hangs."""
MEMORY_MIB = 1024


class Fork:
    """A process that judges a mutant by some rules, one after the other."""

    def __init__(self, mutant: Mutant, rules: Sequence[str], judge: Judge) -> None:
        self.mutant = mutant
        self.left = deque(rules)
        self.verdicts: dict[str, str] = {}
        self._judge = judge
        self.start()

    def start(self) -> None:
        """Start a process that goes on with the rules that are left."""
        self.reads, writes = os.pipe()
        self._buffer = b""
        self.deadline = time.monotonic() + HANG_SECONDS
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.reads)
            with contextlib.suppress(BaseException):
                _judge_all(self.mutant, self.left, self._judge, writes)
            os._exit(0)
        os.close(writes)

    def take(self) -> bool:
        """Take over what the process has written; return whether it has more to say."""
        data = os.read(self.reads, 1 << 16)
        self._buffer += data
        *lines, self._buffer = self._buffer.split(b"\n")
        for line in lines:
            self.note(line.decode())
        return bool(data)

    def note(self, verdict: str) -> None:
        """Keep the verdict on the rule in progress."""
        self.verdicts[self.left.popleft()] = verdict
        self.deadline = time.monotonic() + HANG_SECONDS

    def end(self) -> None:
        """End the process, if it is still there."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.reads)


def _judge_all(mutant: Mutant, rules: Sequence[str], judge: Judge, writes: int) -> None:
    """Judge in this process, and write one line per rule."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    limit_resources(MEMORY_MIB)
    threading.stack_size(STACK_BYTES)
    for rule in list(rules):
        with contextlib.ExitStack() as wrong:
            wrong.enter_context(mutant.applied())

            def model(wrong: contextlib.ExitStack = wrong) -> Subject:
                # The model lives in the same process: it is right again for the rest of this rule, which has failed.
                wrong.close()
                return Subject(ReferenceAdapter())

            judge.make_control = model
            try:
                verdict = judge.judge(rule, RULE_SECONDS).verdict
            except Exception:  # noqa: BLE001 - properties are guarded within: this one is ours
                verdict = "breakdown"
        os.write(writes, f"{verdict}\n".encode())


def judge_mutants(work: Mapping[str, Sequence[str]], judge: Judge, jobs: int) -> Iterator[Fork]:
    """Yield each mutant of `work`, judged by its rules, as soon as it is.

    Parameters:
        work: Ids of rules by names of mutants.
        judge: Who judges; its control is replaced by one that knows of the mutant.
        jobs: How many processes there are at a time.
    """
    waiting = deque((mutant, work[mutant.name]) for mutant in every_mutant() if work.get(mutant.name))
    with selectors.DefaultSelector() as selector:
        running: set[Fork] = set()
        while waiting or running:
            while waiting and len(running) < jobs:
                fork = Fork(*waiting.popleft(), judge)
                running.add(fork)
                selector.register(fork.reads, selectors.EVENT_READ, fork)
            for key, _ in selector.select(timeout=0.2):
                if not key.data.take():
                    yield from _next_of(key.data, "crashed", selector, running)
            for fork in [one for one in running if time.monotonic() > one.deadline]:
                yield from _next_of(fork, "deviates", selector, running)


def _next_of(fork: Fork, verdict: str, selector: selectors.BaseSelector, running: set[Fork]) -> Iterator[Fork]:
    """End a process; go on with another one after the rule in progress, or yield the fork if there is no rule left.

    Parameters:
        fork: Whose process it is.
        verdict: What is to be said of the rule in progress, if there is one.
        selector: Where its pipe is registered; it has to go before the pipe is closed.
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


def main() -> None:
    """Answer the request on standard input."""
    request: dict[str, Any] = json.load(sys.stdin)
    use_settings(request["examples"])
    fast = hypothesis.settings(hypothesis.settings.get_profile("conformance"), phases=(Phase.explicit, Phase.generate))
    hypothesis.settings.register_profile("mutants", fast)
    hypothesis.settings.load_profile("mutants")
    judge, _ = prepare({"adapter": MODEL, "template": None, "suite": SUITE, "seed": request["seed"], "is_probed": True})
    for fork in judge_mutants(request["work"], judge, request["jobs"]):
        sys.stdout.write(json.dumps({"mutant": fork.mutant.name, "verdicts": fork.verdicts}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
