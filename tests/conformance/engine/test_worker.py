"""A worker is patient with a rule that hangs, but not with all of them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from conformance.contracts.task_template import NAME
from conformance.engine import worker as worker_module
from conformance.engine.contract import find_contract
from conformance.engine.isolate import Answer, HangError
from conformance.engine.launch import Launch
from conformance.engine.stacks import Place
from conformance.engine.verdicts import Verdict
from conformance.engine.worker import IMPATIENT_SHARE, LIMIT_SECONDS, PATIENCE, Worker


class FakeChild:
    """In place of a child: hangs while `is_hanging` is set, and records how much time each rule gets."""

    limits: list[float] = []  # noqa: RUF012 - the children of a test share it
    is_hanging = True

    def __init__(self, _launch: Launch) -> None:
        self.hello: dict[str, object] = {"capabilities": [], "taken_back": {}}
        self.is_cluttered = False

    def ask(self, rule_id: str, limit_seconds: float, *, is_controlled: bool) -> Answer:  # noqa: ARG002 - as a child has it
        """Return a deviation, or hang."""
        self.limits.append(limit_seconds)
        if self.is_hanging:
            raise HangError("did not end", Place.IMPLEMENTATION)
        return Answer(
            rule=rule_id,
            verdict=Verdict.DEVIATES,
            message="",
            examples=1,
            is_cut=False,
            changed="",
            is_worn=False,
            reproducers=(),
        )

    def close(self) -> None:
        """Do nothing."""


def test_after_many_hangs_a_rule_gets_less_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """An implementation in which everything hangs would take half an hour; one rule that ends brings the time back."""
    monkeypatch.setattr(worker_module, "Child", FakeChild)
    monkeypatch.setattr(FakeChild, "limits", [])
    contract = find_contract(NAME)
    rules = [rule for rule in contract.rules.values() if not rule.capabilities]
    launch = Launch(
        python=Path(sys.executable),
        contract=contract,
        adapter="",
        swapped_class=None,
        examples=5,
        seed=0,
        memory_mib=512,
        is_separate=False,
    )

    with Worker(launch) as worker:
        verdicts = [worker.judge(rule).verdict for rule in rules[: PATIENCE + 1]]
        monkeypatch.setattr(FakeChild, "is_hanging", False)
        worker.judge(rules[0])
        worker.judge(rules[1])

    short = LIMIT_SECONDS * IMPATIENT_SHARE
    assert verdicts == [Verdict.DEVIATES] * (PATIENCE + 1)
    assert FakeChild.limits == [LIMIT_SECONDS] * PATIENCE + [short, short, LIMIT_SECONDS]
