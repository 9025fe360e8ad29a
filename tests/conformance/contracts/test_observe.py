"""How properties see values and templates."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType, SimpleNamespace
from typing import Any, cast

import pytest

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.suite.observe import alike, snapshot, view


class Plain:
    """An object without `==`."""

    def __init__(self, content: object) -> None:
        self.content = content


@dataclass
class Cache:
    """A cache in the form that the contract describes."""

    behavior: str = "auto"
    version_override: str | None = None
    serialize: bool = False
    ignored_inputs: tuple[str, ...] | str = ()
    salt: str = ""
    policies: object = None


@dataclass
class Template:
    """A template with two fields."""

    queue: object = None
    env_vars: dict[str, str] = field(default_factory=dict)


IMPL = cast("Adapter", SimpleNamespace(fields=lambda: frozenset({"queue", "env_vars", "not_there"})))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (Plain([1]), Plain([1])),
        ({"a": Plain(1)}, {"a": Plain(1)}),
        ({"a": 1}, MappingProxyType({"a": 1})),
        (Cache(policies=[Plain(1)]), Cache(policies=(Plain(2),))),  # policies count, they are not compared
        (Cache(ignored_inputs="x"), Cache(ignored_inputs=("x",))),
        ({1, 2}, frozenset({2, 1})),
    ],
)
def test_alike(left: object, right: object) -> None:
    """Values of unknown classes are compared by their contents."""
    assert alike(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (True, 1),
        (1, 1.0),
        ("", None),
        ((), []),
        ({}, None),
        (Plain([1]), Plain([2])),
        (Cache(salt="a"), Cache(salt="b")),
        (Cache(policies=[Plain(1)]), Cache()),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),  # an order that changes is a change
        (lambda: 1, lambda: 1),
    ],
)
def test_not_alike(left: object, right: object) -> None:
    """Values that a reader can distinguish differ: booleans from numbers, nothing from empty, tuples from lists."""
    assert not alike(left, right)


def test_a_view_stays_when_the_value_changes() -> None:
    """A view is detached: one taken before a change differs from one taken after it."""
    value = {"a": [Plain([1])]}
    before = view(value)

    value["a"][0].content.append(2)  # type: ignore[attr-defined]  # a list, above

    assert view(value) != before


def test_a_view_of_a_cycle_ends() -> None:
    """An object that contains itself can be viewed."""
    value = Plain(None)
    value.content = value

    assert view(value) == view(value)


def test_a_snapshot_separates_changes_from_replacements() -> None:
    """A value changed in place is a difference, another equal object a replacement; allowed changes are left out."""
    template = Template(queue="q", env_vars={"a": "b"})
    before = snapshot(IMPL, template)

    template.env_vars["c"] = "d"
    other: Any = Template(queue="q", env_vars={"a": "b"})

    assert before.differences(template) == ["env_vars was changed in place, is {'a': 'b', 'c': 'd'}"]
    assert before.differences(template, besides=["env_vars"]) == []
    assert before.differences(other) == []
    assert before.replaced(other) == ["env_vars"]
    assert before.replaced(template) == []
