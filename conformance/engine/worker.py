"""Judges rules one after the other in a child process, and replaces the child when it can no longer be used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from conformance.engine.contract import Contract
from conformance.engine.isolate import Answer, Child, ChildError, HangError
from conformance.engine.launch import Launch
from conformance.engine.rules import Rule
from conformance.engine.stacks import Place
from conformance.engine.targets import Target
from conformance.engine.trust import ENOUGH_EXAMPLES, is_controlled
from conformance.engine.verdicts import UNTRUSTED, Result, Verdict
from conformance.errors import ConformanceError

BUDGETS = {"smoke": 5, "default": 100, "deep": 2000}
"""Examples per property, by name."""
LIMIT_SECONDS = 10.0
"""How long a rule may take at the default budget; a larger budget stretches it in proportion."""
PATIENCE = 8
"""After this many hangs in a row, a rule gets only `IMPATIENT_SHARE` of its time, until one ends in time."""
IMPATIENT_SHARE = 0.3
SPACING = 4
"""With fewer than `ENOUGH_EXAMPLES`, a planted fault is tried after every fourth rule that holds, else after each."""
MEMORY_MIB = 2048
"""How much a child may allocate, in MiB."""


def launch_of(  # noqa: PLR0913 - one parameter per setting
    target: Target,
    contract: Contract,
    *,
    examples: int = BUDGETS["default"],
    seed: int = 0,
    memory_mib: int = MEMORY_MIB,
    database: tuple[str, ...] = (),
    is_sandboxed: bool = False,
) -> Launch:
    """Return how children of a target are started; its environment is created if there is none.

    Raises:
        TargetError: The environment cannot be created.
    """
    return Launch(
        python=target.python(),
        contract=contract,
        adapter=target.adapter,
        swapped_class=target.swapped_class,
        examples=examples,
        seed=seed,
        memory_mib=memory_mib,
        is_separate=bool(target.requirements),
        database=database,
        is_sandboxed=is_sandboxed,
    )


class Worker:
    """One child at a time. Use it as a context manager: no process is left at the end."""

    def __init__(self, launch: Launch, *, limit_seconds: float = LIMIT_SECONDS) -> None:
        """Start the first child.

        Parameters:
            launch: How a child is started.
            limit_seconds: How long one rule may take at the default budget.

        Raises:
            TargetError: The implementation cannot be loaded.
        """
        self.launch = launch
        self._limit_seconds = limit_seconds * max(1.0, launch.examples / BUDGETS["default"])
        self._child: Child | None = Child(launch)
        self.hello: Mapping[str, Any] = self._child.hello
        """What the child reported about the implementation."""
        self._hangs = 0
        """How many rules in a row have hung."""
        self._holds = 0
        """How many rules have held."""
        self.candidates: dict[str, tuple[str, ...]] = {}
        """Scripts that may show a deviation, by rule, the most readable first. None has been run yet.

        For a rule that holds, its control script, which passes in the process of the suite.
        """

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def judge(self, rule: Rule) -> Result:
        """Return the verdict on one rule, even if the implementation hangs, crashes or ends its process."""
        missing = sorted(rule.capabilities - set(self.hello["capabilities"]))
        if missing:
            reasons = dict.fromkeys(filter(None, map(self.hello["taken_back"].get, missing)))
            because = f" ({'; '.join(reasons)})" if reasons else ""
            return Result(rule=rule.id, verdict=Verdict.GAP, message=f"not offered: {', '.join(missing)}{because}")
        try:
            answer = self._ask(rule)
            doubt = self._doubt(answer) if answer.verdict is Verdict.HOLDS else ""
        except ConformanceError as error:
            self.close()
            self._hangs = self._hangs + 1 if isinstance(error, HangError) else 0
            return result_of_failure(rule.id, error)
        self._hangs = 0
        if answer.is_worn or answer.changed or (self._child is not None and self._child.is_cluttered):
            self.close()
        if doubt:
            return Result(rule=rule.id, verdict=Verdict.BREAKDOWN, message=f"{UNTRUSTED}: {doubt}")
        self.candidates[rule.id] = answer.reproducers
        return result_from(answer)

    def _doubt(self, answer: Answer) -> str:
        """Return why the verdict that a rule holds cannot be trusted; empty if it can.

        Raises:
            ConformanceError: The child can no longer be used.
        """
        assert self._child is not None  # noqa: S101 - it has just answered
        if answer.changed:
            return f"the implementation has replaced {answer.changed}"
        self._holds += 1
        needs_canary = self.launch.examples >= ENOUGH_EXAMPLES or self._holds % SPACING == 0
        return self._child.doubt() or (self._child.unfound() if needs_canary else "")

    def _ask(self, rule: Rule, *, is_last: bool = False) -> Answer:
        """Return the judgement of a child. If it hangs and its stack shows no culprit, a new child gets a second try.

        Raises:
            ConformanceError: The child can no longer be used.
        """
        try:
            self._child = self._child or Child(self.launch)
            is_hanging = self._hangs >= PATIENCE
            limit_seconds = self._limit_seconds * (IMPATIENT_SHARE if is_hanging else 1)
            launch = self.launch
            needs_control = is_controlled(rule.id, launch.contract, examples=launch.examples, seed=launch.seed)
            return self._child.ask(rule.id, limit_seconds, is_controlled=needs_control)
        except HangError as error:
            self.close()
            if is_last or self._hangs >= PATIENCE or error.place is not Place.UNKNOWN:
                raise
        except ConformanceError:
            self.close()
            raise
        return self._ask(rule, is_last=True)

    def close(self) -> None:
        """End the child; the next rule gets a new one."""
        if self._child is not None:
            self._child.close()
        self._child = None


def result_from(answer: Answer) -> Result:
    """Return a child's judgement as a result."""
    return Result(
        rule=answer.rule,
        verdict=answer.verdict,
        message=answer.message,
        # How far a run gets in its time depends on the machine, and reports of equal runs should be equal.
        examples=0 if answer.is_cut else answer.examples,
        cause=answer.cause,
    )


def result_of_failure(rule_id: str, error: ConformanceError) -> Result:
    """Return the verdict if a child could not answer: the implementation deviates, unless its stack shows otherwise."""
    if not isinstance(error, ChildError):
        return Result(rule=rule_id, verdict=Verdict.BREAKDOWN, message=str(error))
    kind = "hang: " if isinstance(error, HangError) else ""
    verdict, message = {
        Place.ADAPTER: (Verdict.BREAKDOWN, f"{kind}the adapter {error}"),
        Place.SERVICE: (Verdict.GAP, f"a service that one of its hooks needs does not start: it {error}"),
    }.get(error.place, (Verdict.DEVIATES, f"{kind}the implementation {error}"))
    return Result(rule=rule_id, verdict=verdict, message=message)


def why_not_started(target: Target, error: ConformanceError) -> str:
    """Return why no child of a target could be started, and what to do."""
    if not isinstance(error, ChildError):
        return str(error)
    module = target.adapter.partition(":")[0]
    return f"the implementation or its adapter {error}. To see why, import {module} in an interpreter of your own."
