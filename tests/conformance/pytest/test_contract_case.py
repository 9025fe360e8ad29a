"""The contract as a test class: complete, or not at all."""

from __future__ import annotations

import pytest

import conformance
from conformance.contracts.task_template import NAME
from conformance.engine.child.judge import load_properties
from conformance.engine.contract import find_contract
from conformance.engine.launch import Launch
from conformance.engine.rules import Level
from conformance.engine.worker import Worker
from conformance.errors import TargetError, UsageError
from conformance.pytest import contract_case
from conformance.pytest.items import NotHeldError
from conformance.pytest.workers import Workers

pytest_plugins = ["pytester"]


class Mine(conformance.TemplateContract):
    """The reference implementation, with few examples."""

    target = "reference_impl"
    examples = "5"


def test_a_standard_test_passes_where_the_rule_holds() -> None:
    """There is one test per rule, with its name."""
    Mine().test_CON_05()  # type: ignore[attr-defined]  # added by the base class


def test_a_standard_test_cannot_be_replaced() -> None:
    """A subclass that switches off a rule is refused when it is defined."""
    with pytest.raises(UsageError, match="test_OVR_02 is a standard test"):
        type("Other", (conformance.TemplateContract,), {"test_OVR_02": None})


def test_a_standard_test_cannot_be_deleted() -> None:
    """If a test is removed from a class later, all other tests fail."""

    class Other(conformance.TemplateContract):
        target = "reference_impl"

    del Other.test_OVR_02  # type: ignore[attr-defined]  # added by the base class

    with pytest.raises(UsageError, match="removed: test_OVR_02"):
        Other().test_CON_05()  # type: ignore[attr-defined]  # the same


@pytest.mark.parametrize(("expected", "words"), [({"OVR-02": " "}, "no reason"), ({"OVR-99": "why"}, "is not a rule")])
def test_an_expectation_needs_a_rule_and_a_reason(expected: dict[str, str], words: str) -> None:
    """A known deviation names the rule and the reason."""
    with pytest.raises(UsageError, match=words):
        type("Other", (conformance.TemplateContract,), {"expected": expected})


def test_an_expectation_that_holds_is_stale() -> None:
    """A rule that is expected to deviate has to deviate."""

    class Stale(conformance.TemplateContract):
        target = "reference_impl"
        examples = "5"
        expected = {"CON-05": "we thought so"}  # noqa: RUF012 - read only

    with pytest.raises(NotHeldError, match="CON-05 is expected to deviate"):
        Stale().test_CON_05()  # type: ignore[attr-defined]  # added by the base class


def test_the_suite_runs_under_pytest(pytester: pytest.Pytester) -> None:
    """Under pytest, the suite gives one test per rule and module, chosen by level and name, and leaks nothing."""
    result = pytester.runpytest_subprocess(
        "--pyargs",
        "conformance.contracts.task_template.suite",
        "--impl",
        "reference_impl",
        "--impl-examples",
        "5",
        "-m",
        "MUST",
        "-k",
        "CON-0",
    )

    contract = find_contract(NAME)
    of_profile = [rule for rule in contract.rules.values() if contract.profile(None).name in rule.profiles]
    expected = [rule for rule in of_profile if rule.level is Level.MUST and "CON-0" in rule.id]
    properties = load_properties("conformance.contracts.task_template.suite")
    tests = {(one.__module__, rule.id) for rule in expected for one in properties[rule.id]}
    result.assert_outcomes(passed=len(tests), deselected=result.parseoutcomes()["deselected"])


def test_the_suite_asks_for_an_implementation(pytester: pytest.Pytester) -> None:
    """Without --impl there is nothing to test, and pytest says what to write."""
    result = pytester.runpytest_subprocess("--pyargs", "conformance.contracts.task_template.suite")

    assert "Name one with --impl TARGET" in "\n".join([*result.outlines, *result.errlines])
    assert result.ret != 0


def test_a_class_may_ask_for_a_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the sandbox of `conformance run --sandbox`; classes with and without one share no worker."""
    launched: list[Launch] = []
    monkeypatch.setattr(contract_case, "_WORKERS", Workers())
    monkeypatch.setattr(Worker, "__init__", lambda _self, launch: launched.append(launch))

    class Shut(Mine):
        is_sandboxed = True

    for case in (Mine(), Shut(), Shut()):
        contract_case.worker_for(case)

    assert [each.is_sandboxed for each in launched] == [False, True]


def test_an_implementation_that_does_not_start_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test fails with the reason, but only the first one waits for the process or the package index."""
    tries: list[Launch] = []

    def fail(_self: Worker, launch: Launch) -> None:
        tries.append(launch)
        raise TargetError("it cannot be loaded")

    monkeypatch.setattr(contract_case, "_WORKERS", Workers())
    monkeypatch.setattr(Worker, "__init__", fail)

    for _ in range(2):
        with pytest.raises(TargetError, match="it cannot be loaded"):
            contract_case.worker_for(Mine())

    assert len(tries) == 1
