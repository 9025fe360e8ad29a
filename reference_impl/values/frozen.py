"""A dict and a list that cannot be changed, for the values of a task template.

Each is an instance of the built-in type, compares equal to it, and can be pickled; its mutating methods raise. A
template and its overrides can therefore share a value, and a change through one can never reach the other.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn, Self, TypeVar

from reference_impl.errors import FrozenContainerError

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")


class FrozenDict(dict[K, V]):
    """A dict whose mutating methods raise FrozenContainerError."""

    __slots__ = ()

    def _refuse(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise FrozenContainerError("dict")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return type(self)(copy.deepcopy(dict(self), memo))


class FrozenList(list[T]):
    """A list whose mutating methods raise FrozenContainerError."""

    __slots__ = ()

    def _refuse(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise FrozenContainerError("list")

    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = clear = extend = insert = pop = remove = reverse = sort = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (list(self),)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return type(self)(copy.deepcopy(list(self), memo))


def frozen_dict(given: Mapping[K, V]) -> FrozenDict[K, V]:
    """Return the mapping as a FrozenDict; a FrozenDict is returned as it is, anything else is copied."""
    return given if isinstance(given, FrozenDict) else FrozenDict(given)


def frozen_list(given: Iterable[T]) -> FrozenList[T]:
    """Return the items as a FrozenList; a FrozenList is returned as it is, anything else is copied."""
    return given if isinstance(given, FrozenList) else FrozenList(given)


def freeze(owner: object, **changes: object) -> None:
    """Set fields of a frozen dataclass from its own `__post_init__`.

    Parameters:
        owner: The object that is being constructed.
        changes: The values by field name.
    """
    for name, value in changes.items():
        object.__setattr__(owner, name, value)
