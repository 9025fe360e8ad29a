"""Known deviations: accepted with a reason, and an error once they do not apply."""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path

import pytest

from conformance.command.output import writable
from conformance.contracts.task_template import NAME
from conformance.engine.contract import find_contract
from conformance.engine.expectations import Expectation, apply_expectations, read_expectations
from conformance.engine.verdicts import Result, Verdict
from conformance.errors import UsageError

TODAY = dt.date(2026, 6, 1)


def outcome(expectation: Expectation, verdict: Verdict, target: str = "flyte==2.12.1") -> tuple[str | None, int]:
    """Return the reason on the result, and the number of stale entries."""
    (marked,), stale = apply_expectations((expectation,), target, (Result(rule="OVR-15a", verdict=verdict),), TODAY)
    return marked.expected, len(stale)


@pytest.mark.parametrize(
    ("more", "verdict", "expected"),
    [
        ({}, Verdict.DEVIATES, ("why", 0)),
        ({}, Verdict.HOLDS, (None, 1)),  # stale: it holds
        ({}, Verdict.GAP, (None, 0)),  # says nothing
        ({}, Verdict.BREAKDOWN, (None, 0)),  # the suite's fault is never expected
        ({"target": "flyte==*"}, Verdict.DEVIATES, ("why", 0)),
        ({"target": "other"}, Verdict.DEVIATES, (None, 0)),
        ({"target": "other"}, Verdict.HOLDS, (None, 0)),  # another target: not stale
        ({"rule": "OVR-15b"}, Verdict.HOLDS, (None, 0)),  # a rule that was not run: not stale
        ({"expires": TODAY}, Verdict.DEVIATES, ("why", 0)),  # the last day counts
        ({"expires": TODAY - dt.timedelta(1)}, Verdict.DEVIATES, (None, 1)),
    ],
)
def test_an_expectation_covers_deviations_only(
    more: dict[str, object], verdict: Verdict, expected: tuple[str | None, int]
) -> None:
    """It marks a deviation of its rule, and is stale when the rule holds or when it has expired."""
    given = {"rule": "OVR-15a", "reason": "why", **more}

    assert outcome(Expectation(**given), verdict) == expected  # type: ignore[arg-type]  # a table of fields


def test_brackets_in_a_target_name_extras() -> None:
    """In a pattern they would stand for one of some characters, and the target would not match its own name."""
    target = "flyte[duckdb]==2.12.1"

    assert outcome(Expectation(rule="OVR-15a", reason="why", target=target), Verdict.DEVIATES, target) == ("why", 0)


def test_every_entry_about_a_rule_that_holds_is_stale() -> None:
    """Otherwise the second one would be reported only when the first one has been removed."""
    twice = (Expectation(rule="OVR-15a", reason="a"), Expectation(rule="OVR-15a", reason="b", target="flyte==*"))

    _, stale = apply_expectations(twice, "flyte==2.12.1", (Result(rule="OVR-15a", verdict=Verdict.HOLDS),), TODAY)

    assert [text[-3:] for text in stale] == ["(a)", "(b)"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[expect]]\nrule = "OVR-99"\nreason = "x"', "OVR-99: there is no such rule"),
        ('[[expect]]\nrule = "OVR-02"\nreason = " "', "OVR-02: the reason is missing"),
        ('[[expect]]\nrule = "OVR-02"', "missing required field `reason`"),
        ('[[expect]]\nrule = "OVR-02"\nreson = "x"', "this is not a file of expectations"),
        ("rule = ", "this is not a file of expectations"),
    ],
)
def test_a_file_that_cannot_be_understood_is_one_clear_line(text: str, words: str, tmp_path: Path) -> None:
    """The errors name unknown rules, missing reasons and misspelled fields."""
    path = tmp_path / "expect.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(UsageError, match=r"expect\.toml") as caught:
        read_expectations(path, find_contract(NAME).rules)

    assert words in str(caught.value)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX systems")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Neither when reading a file nor when writing one."""
    path = tmp_path / "expect.toml"
    os.mkfifo(path)

    with pytest.raises(UsageError, match="Not a regular file"):
        read_expectations(path, ())
    with pytest.raises(UsageError, match="cannot be written"):
        writable(path)


def test_a_good_file_is_read(tmp_path: Path) -> None:
    """Dates are read as dates, and omitted fields match everything."""
    path = tmp_path / "expect.toml"
    path.write_text('[[expect]]\nrule = "OVR-02"\nreason = "x"\nexpires = 2027-01-31\n', encoding="utf-8")

    assert read_expectations(path, find_contract(NAME).rules) == (
        Expectation(rule="OVR-02", reason="x", expires=dt.date(2027, 1, 31)),
    )
    assert read_expectations(None, ()) == ()
