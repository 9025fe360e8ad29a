"""Hostile implementations get sane verdicts, in bounded time, and nothing of them is left."""

from __future__ import annotations

import pkgutil

import pytest

from conformance.contracts.task_template import NAME
from conformance.engine.contract import find_contract
from conformance.engine.supervised import HAS_SUPERVISOR
from tests.hostile import kinds
from tests.hostile.form import KINDS
from tests.hostile.kinds import load_all
from tests.hostile.runs import SMALL, judged, run_small, run_template

load_all()

pytestmark = pytest.mark.skipif(not HAS_SUPERVISOR, reason="only Linux lets a process adopt orphans")
QUICK = [name for name, kind in KINDS.items() if kind.is_quick]


def rules_of_the_small_contract() -> list[str]:
    """The ids of all its rules."""
    return [rule.id for rule in judged(find_contract(str(SMALL)), "default")]


@pytest.mark.parametrize("name", QUICK)
def test_a_sample(name: str) -> None:
    """The rule in which it is hostile gets an acceptable verdict, and so does every other one."""
    found = run_small(KINDS[name], limit_seconds=0.5)

    assert found.troubles(rules_of_the_small_contract(), limit_seconds=600) == []


@pytest.mark.thorough
@pytest.mark.parametrize("name", [name for name in KINDS if name not in QUICK])
def test_every_other_kind(name: str) -> None:
    """The same for the kinds that take longer."""
    found = run_small(KINDS[name])

    assert found.troubles(rules_of_the_small_contract(), limit_seconds=900) == []


@pytest.mark.thorough
@pytest.mark.parametrize("name", KINDS)
def test_all_rules_of_the_task_template(name: str) -> None:
    """A hostile template class gets acceptable verdicts from every rule of a large contract."""
    rules = [rule.id for rule in judged(find_contract(NAME), "strict")]
    found = run_template(KINDS[name])

    assert found.troubles(rules, limit_seconds=3600) == []


def test_every_module_of_kinds_has_some_that_say_what_they_do() -> None:
    """Each is registered, and its docstring is one sentence on one line."""
    modules = {module.name for module in pkgutil.iter_modules(kinds.__path__, f"{kinds.__name__}.")}

    assert {kind.run.__module__ for kind in KINDS.values()} == modules
    assert [name for name, kind in KINDS.items() if not kind.about.endswith(".")] == []
