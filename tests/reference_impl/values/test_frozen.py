"""Dicts and lists that cannot be changed."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from reference_impl.errors import FrozenContainerError
from reference_impl.values.frozen import FrozenDict, FrozenList, frozen_dict, frozen_list

CHANGES: list[tuple[Any, Callable[[Any], object]]] = [
    (FrozenDict(a=1), lambda made: made.update(b=2)),
    (FrozenDict(a=1), lambda made: made.setdefault("b", 2)),
    (FrozenDict(a=1), lambda made: made.pop("a")),
    (FrozenDict(a=1), lambda made: made.popitem()),
    (FrozenDict(a=1), lambda made: made.clear()),
    (FrozenDict(a=1), lambda made: made.__setitem__("a", 2)),
    (FrozenDict(a=1), lambda made: made.__delitem__("a")),
    (FrozenDict(a=1), lambda made: made.__ior__({"b": 2})),
    (FrozenList([1]), lambda made: made.append(2)),
    (FrozenList([1]), lambda made: made.extend([2])),
    (FrozenList([1]), lambda made: made.insert(0, 2)),
    (FrozenList([1]), lambda made: made.pop()),
    (FrozenList([1]), lambda made: made.remove(1)),
    (FrozenList([1]), lambda made: made.clear()),
    (FrozenList([1]), lambda made: made.reverse()),
    (FrozenList([1]), lambda made: made.sort()),
    (FrozenList([1]), lambda made: made.__setitem__(0, 2)),
    (FrozenList([1]), lambda made: made.__delitem__(0)),
    (FrozenList([1]), lambda made: made.__iadd__([2])),
    (FrozenList([1]), lambda made: made.__imul__(2)),
]


@pytest.mark.parametrize(("container", "change"), CHANGES)
def test_changes_are_refused(container: Any, change: Callable[[Any], object]) -> None:
    """Every mutating method raises and changes nothing."""
    before = copy.copy(container)

    with pytest.raises(FrozenContainerError, match="Make a copy"):
        change(container)

    assert container == before


@pytest.mark.parametrize("container", [FrozenDict(a=[1]), FrozenList([[1]])])
def test_otherwise_like_the_built_in(container: Any) -> None:
    """They are equal to the built-in, instances of it, and can be copied, pickled and written as JSON."""
    plain = type(container).__mro__[1](container)

    assert container == plain
    assert copy.deepcopy(container) == pickle.loads(pickle.dumps(container)) == container  # noqa: S301 - our own bytes
    assert json.loads(json.dumps(container)) == plain


def test_frozen_once() -> None:
    """A frozen dict or list is returned as it is; any other is copied."""
    mapping, items = FrozenDict(a=1), FrozenList([1])

    assert frozen_dict(mapping) is mapping
    assert frozen_list(items) is items
    assert frozen_list((1, 2)) == [1, 2]
