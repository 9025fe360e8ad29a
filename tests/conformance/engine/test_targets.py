"""Targets, and the errors for names that denote none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from conformance.contracts.task_template import NAME
from conformance.engine.choice import budget, choose
from conformance.engine.contract import find_contract
from conformance.engine.environments import environment_for
from conformance.engine.rules import Level
from conformance.engine.targets import is_within, target_from
from conformance.errors import CatalogueError, TargetError, UsageError


@pytest.mark.parametrize(
    ("text", "swapped_class", "requirements"),
    [
        ("reference_impl", None, ()),
        ("reference_impl:mine.Special", "mine.Special", ()),
        ("flyte==2.12.1", None, ("flyte==2.12.1",)),
        ("flyte==2.1.2", None, ("flyte==2.1.2", "flyteidl2==2.0.11")),  # a pin of its own
        ("flyte==2.12.1:flyte.extras.SleepTask", "flyte.extras.SleepTask", ("flyte==2.12.1",)),
        ("mine.adapter:MyAdapter", None, ()),
        ("some-plugin==1.0:plugin.Task", "plugin.Task", ("some-plugin==1.0",)),
        (
            "some-plugin==1.0,flyte==2.1.2:plugin.Task",
            "plugin.Task",
            ("some-plugin==1.0", "flyte==2.1.2", "flyteidl2==2.0.11"),
        ),
        (
            "flyte[a,sandbox]==2.1.2:p.Task",
            "p.Task",
            ("flyte[a,sandbox]==2.1.2", "flyteidl2==2.0.11", "pydantic-monty==0.0.18"),  # one pin is of an extra
        ),
        ("flyte==2.1.2,flyteidl2==2.0.9", None, ("flyte==2.1.2", "flyteidl2==2.0.9")),  # named, so not pinned
        ("flyte[a,b]==2.12.1,other[c]==1", None, ("flyte[a,b]==2.12.1", "other[c]==1")),
        ("flyte==2.12.1,dependency==3", None, ("flyte==2.12.1", "dependency==3")),
    ],
)
def test_a_target_says_where_and_what(text: str, swapped_class: str | None, requirements: tuple[str, ...]) -> None:
    """Release, class swap and user's adapter are distinguished by their form."""
    target = target_from(text, find_contract(NAME))

    assert (target.text, target.swapped_class, target.requirements) == (text, swapped_class, requirements)
    assert ":" in target.adapter


@pytest.mark.parametrize(
    "text", ["", "nothing", "exec:./run", "some-plugin==1.0", "a==1,b==2", "flyte==2.1.2,", "a==1,b"]
)
def test_what_names_nothing_says_what_would(text: str) -> None:
    """A wrong target is a usage error, which says what to write instead."""
    with pytest.raises(UsageError) as caught:
        target_from(text, find_contract(NAME))

    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("version", "releases", "expected"),
    [
        ("2.1.2", ">=2.1.0,<2.1.3", True),
        ("2.1.3", ">=2.1.0,<2.1.3", False),
        ("2.0.12", ">=2.1.0,<2.1.3", False),
        ("2.10.0", ">=2.9.0", True),  # numbers, not texts
        ("2.9.0b1", ">=2.9.0", False),  # a pre-release comes before its release
        ("2.9.0rc2", ">2.9.0rc1", True),
        ("1!2.0", "<3", False),  # an epoch comes before all numbers
        ("2.1", ">=2.1.0", True),
    ],
)
def test_versions_compare_by_their_numbers(version: str, releases: str, *, expected: bool) -> None:
    """A range is a specifier of PEP 440."""
    assert is_within(Requirement(f"some=={version}"), releases) is expected


@pytest.mark.network
def test_a_release_that_does_not_exist_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One clear line, and no incomplete environment."""
    monkeypatch.setenv("ASSAY_CACHE", str(tmp_path))

    with pytest.raises(TargetError, match=r"flyte==0\.0\.0: cannot be installed: .* Is there such a release"):
        environment_for(["flyte==0.0.0"])

    assert list((tmp_path / "environments").iterdir()) == []


def test_rules_are_chosen_by_profile_level_group_and_release() -> None:
    """Each option removes rules, none adds any."""
    rules = find_contract(NAME).rules.values()
    strict = choose(rules, profile="strict")

    assert all(rule.level is not Level.OBS for rule in strict)
    assert len(choose(rules, profile="flyte")) == len(rules)
    assert {rule.group for rule in choose(rules, profile="strict", ids=["OVR", "CAL-01"])} == {"OVR", "CAL"}
    assert {rule.level for rule in choose(rules, profile="strict", levels=["MUST"])} == {Level.MUST}
    assert len(choose(rules, profile="strict", since="2.0.2")) < len(strict)
    releases = [replace(strict[0], since=release) for release in ("2.0.1", "2.0.2", "2.0.10")]
    assert [one.since for one in choose(releases, profile="strict", since="2.0.2")] == ["2.0.2", "2.0.10"]
    with pytest.raises(CatalogueError, match="since='first', which is not a version"):
        choose([replace(strict[0], since="first")], profile="strict", since="2.0.2")
    with pytest.raises(UsageError, match="OVR-99: there is no such rule"):
        choose(rules, profile="strict", ids=["OVR-99"])


def test_strict_leaves_out_the_twins_that_lose() -> None:
    """AIO-04 contradicts AIO-04b, and OVR-26 is about something that strict forbids: neither is in strict."""
    strict = {rule.id for rule in choose(find_contract(NAME).rules.values(), profile="strict")}

    assert strict.isdisjoint({"AIO-04", "OVR-26", "CAL-05b", "EXE-04b"})
    assert {"AIO-04b", "OVR-32", "CAL-05", "EXE-04"} <= strict


@pytest.mark.parametrize(("text", "expected"), [("smoke", 5), ("default", 100), ("deep", 2000), ("7", 7)])
def test_a_budget_is_a_name_or_a_number(text: str, expected: int) -> None:
    """A budget is a number of examples per property."""
    assert budget(text) == expected


@pytest.mark.parametrize("text", ["0", "-1", "many", "", "9" * 5000])
def test_a_wrong_budget_is_refused(text: str) -> None:
    """The error says what is allowed."""
    with pytest.raises(UsageError, match="smoke, default, deep"):
        budget(text)
