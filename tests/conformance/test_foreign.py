"""An implementation that has nothing in common with the known ones is blamed for what the contract says, no more."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from conformance.rules import catalogue
from conformance.targets import Target
from conformance.verdicts import Result
from conformance.worker import Worker, launch_of

FOREIGN = Path(__file__).parent / "foreign"

PLAIN = {
    # What it has holds, although it is no dataclass and has four fields of twenty-eight.
    **dict.fromkeys(["CAL-01", "CAL-02", "CAL-03", "CAL-04", "CAL-08", "CAL-12", "CAL-14"], "holds"),
    **dict.fromkeys(["CON-01", "CON-02", "CON-05", "CON-20", "EQ-01", "EQ-02"], "holds"),
    **dict.fromkeys(["OVR-01", "OVR-02", "OVR-03", "OVR-04", "OVR-05", "OVR-07", "OVR-14"], "holds"),
    **dict.fromkeys(["OVR-16", "OVR-17", "OVR-28"], "holds"),
    # What it does not claim is no fault.
    **dict.fromkeys(["CON-13", "CON-17", "OVR-15z", "PKL-01", "OVR-29", "OVR-30", "NIF-01", "NIF-03"], "gap"),
    # What the contract says of every template is.
    **dict.fromkeys(["CON-03", "CON-06", "EXT-03", "CON-19"], "deviates"),
}

FACTORY = {
    # Its class cannot be called by anybody else, so that neither its constructor nor subclasses can be judged.
    **dict.fromkeys(["CON-01", "CON-02", "CON-03", "CON-05", "CAL-14", "OVR-29"], "gap"),
    **dict.fromkeys(["CAL-01", "CAL-03", "CAL-04", "OVR-01", "OVR-02", "OVR-03", "OVR-04", "OVR-17"], "holds"),
}


@cache
def verdicts(adapter: str, rules: tuple[str, ...]) -> Mapping[str, Result]:
    """Return the results of some rules, by rule."""
    launch = launch_of(Target(text=adapter, adapter=f"plainly_adapter:{adapter}"), examples=15)
    with Worker(launch, limit_seconds=5) as worker:
        return {rule: worker.judge(catalogue()[rule]) for rule in rules}


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOREIGN)


@pytest.mark.parametrize(
    ("adapter", "rule", "due"),
    [
        *(("PlainAdapter", rule, due) for rule, due in PLAIN.items()),
        *(("FactoryAdapter", rule, due) for rule, due in FACTORY.items()),
    ],
)
def test_only_what_the_contract_says(adapter: str, rule: str, due: str) -> None:
    """Each rule gets the verdict that the implementation deserves."""
    result = verdicts(adapter, tuple(PLAIN if adapter == "PlainAdapter" else FACTORY))[rule]

    assert result.verdict == due, result.message


def test_a_gap_says_why() -> None:
    """A constructor that only the adapter knows is named."""
    message = verdicts("FactoryAdapter", tuple(FACTORY))["CON-01"].message

    assert message == "Made is not called with name, interface and func"


def test_an_adapter_that_hangs_is_no_deviation() -> None:
    """The stack says whose code it was."""
    launch = launch_of(Target(text="hanging", adapter="plainly_adapter:HangingAdapter"), examples=5)
    with Worker(launch, limit_seconds=1) as worker:
        result = worker.judge(catalogue()["OVR-01"])

    assert result.verdict == "breakdown"
    assert "hang: the adapter did not end within 1 s; it was in File" in result.message
    assert "plainly_adapter.py" in result.message
