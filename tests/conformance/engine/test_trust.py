"""A rule holds only if the real suite was run, and that suite finds faults."""

from __future__ import annotations

import importlib
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conformance.contracts.task_template import NAME
from conformance.engine import trust
from conformance.engine.child.members import Members
from conformance.engine.child.seal import Seal, digests_in
from conformance.engine.confirm import TWO_FACED, with_script
from conformance.engine.contract import Contract, find_contract
from conformance.engine.digests import codes_below, digest_of
from conformance.engine.trust import compiled, digested, file_of, foreign_code, is_controlled
from conformance.engine.verdicts import Result, Verdict

CONTRACT = find_contract(NAME)
JUDGED, OTHER = "conformance.engine.properties", "conformance.engine.deadline"
"""Modules without a bare assert: pytest compiles those of plugins in its own way."""


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """A module of a package to seal, with a function, a class and a property of hypothesis."""
    module = types.ModuleType("sealed_package")
    source = """
from hypothesis import given, strategies
def judge(value, due=1): return value == due
class Judge:
    @property
    def verdict(self): return "deviates"
    def judge(self): return self.verdict
@given(value=strategies.integers())
def test_it(impl, value): raise AssertionError
"""
    exec(source, vars(module))  # noqa: S102 - our own
    vars(module)["count"] = 0
    monkeypatch.setitem(sys.modules, "sealed_package", module)
    return module


def _replace(members: dict[str, Any]) -> None:
    members["judge"] = lambda *_: True


def _change_code(members: dict[str, Any]) -> None:
    members["judge"].__code__ = (lambda *_: True).__code__


def _change_default(members: dict[str, Any]) -> None:
    members["judge"].__defaults__ = (2,)


def _change_method(members: dict[str, Any]) -> None:
    members["Judge"].judge = lambda _: "holds"


def _change_property(members: dict[str, Any]) -> None:
    members["Judge"].verdict = property(lambda _: "holds")


def _empty_test(members: dict[str, Any]) -> None:
    members["test_it"].hypothesis.inner_test = lambda impl, value: None  # noqa: ARG005 - passed by name


def _delete(members: dict[str, Any]) -> None:
    del members["judge"]


@pytest.mark.parametrize(
    ("change", "label"),
    [
        (_replace, "sealed_package.judge"),
        (_change_code, "sealed_package.judge"),
        (_change_default, "sealed_package.judge"),
        (_change_method, "sealed_package.Judge.judge"),
        (_change_property, "sealed_package.Judge.verdict"),
        (_empty_test, "sealed_package.test_it.inner_test"),
        (_delete, "sealed_package.judge"),
    ],
)
def test_what_is_replaced_is_named(
    change: Callable[[dict[str, Any]], None], label: str, package: types.ModuleType
) -> None:
    """Functions, their code and defaults, members of classes, and the function inside a property of hypothesis."""
    seal = Seal(["sealed_package"])
    assert seal.broken(is_full=True) == ""

    change(vars(package))

    assert label in seal.broken(is_full=True).split(", ")


def test_what_changes_as_the_suite_runs_is_not_replaced(package: types.ModuleType) -> None:
    """Counters, caches, and added names."""
    seal = Seal(["sealed_package"])

    vars(package).update(count=1, more=lambda: None)

    assert seal.broken(is_full=True) == ""


def test_everything_has_its_turn(package: types.ModuleType) -> None:
    """Parts that are not compared every time are compared soon."""
    seal = Seal(["sealed_package"])
    _change_method(vars(package))

    assert any(seal.broken() for _ in range(8))


def test_an_object_equal_to_everything_is_another_object() -> None:
    """The replaced object is restored."""

    class Everything:
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = object.__hash__

    module = types.ModuleType("some")
    original = vars(module)["act"] = lambda: None
    members = Members([("some.act", vars(module), "act", original)])
    vars(module)["act"] = Everything()

    assert members.restore() == ["some.act"]
    assert module.act is original


def test_the_parent_compiles_what_the_child_runs() -> None:
    """The same code has the same digest, even after it has run; other code has another one."""
    names = [JUDGED, OTHER]
    found = digests_in({name: importlib.import_module(name) for name in names})

    assert foreign_code(found, CONTRACT, names, Path(sys.executable), is_separate=False) == ""
    assert foreign_code({**found, JUDGED: ["0" * 16]}, CONTRACT, names, Path(), is_separate=False) == JUDGED
    assert foreign_code({OTHER: found[OTHER]}, CONTRACT, names, Path(), is_separate=False) == (JUDGED)


def test_each_property_of_a_suite_has_to_be_there(tmp_path: Path) -> None:
    """A suite whose properties are empty has other digests."""
    path = tmp_path / "test_one.py"
    path.write_text("def test_one(impl):\n    assert impl.x in {'b', 'a'}, 'no'\n", encoding="utf-8")
    empty = compile("def test_one(impl): pass", "test_one.py", "exec")

    every, properties = compiled(path, 1)

    assert len(properties) == 1
    assert properties < every
    assert not properties & set(map(digest_of, codes_below(empty)))


def test_every_module_that_is_digested_has_a_file() -> None:
    """With a large budget the whole suite, with a small one a sample chosen by the seed."""
    every = digested(CONTRACT, examples=100, seed=0)
    small = [digested(CONTRACT, examples=5, seed=seed) for seed in range(5)]

    assert [name for name in every if file_of(name, CONTRACT, None) is None] == []
    assert all(set(one) < set(every) for one in small)
    assert len(set(map(tuple, small))) > 1


def test_some_rules_are_controlled() -> None:
    """About a dozen, others for another seed; all with budget deep or for a small contract."""
    rules = list(CONTRACT.rules)

    def chosen(examples: int, seed: int, contract: Contract = CONTRACT) -> list[str]:
        return [rule for rule in rules if is_controlled(rule, contract, examples=examples, seed=seed)]

    assert 4 <= len(chosen(5, 0)) <= 3 * trust.CONTROLS
    assert chosen(5, 0) != chosen(5, 1)
    assert chosen(2000, 0) == rules


@pytest.mark.parametrize(
    ("verdict", "script", "expected"),
    [
        (Verdict.HOLDS, None, Verdict.HOLDS),
        (Verdict.HOLDS, "assert False", Verdict.BREAKDOWN),
        (Verdict.DEVIATES, "assert False", Verdict.DEVIATES),
    ],
)
def test_a_script_that_fails_alone_ends_trust(verdict: Verdict, script: str | None, expected: Verdict) -> None:
    """It passed in the process of the suite."""
    found = with_script(Result(rule="OVR-01", verdict=verdict, examples=5), script)

    assert (found.verdict, found.reproducer) == (expected, script)
    assert (found.message == TWO_FACED) is (expected is Verdict.BREAKDOWN)
