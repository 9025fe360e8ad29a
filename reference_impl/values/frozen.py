"""A dict and a list that do not change: what values keep of the dicts and lists handed to them.

Both are equal to, and instances of, the built-in they stand for, and can be pickled; their mutating methods raise.
Hence a value can be shared between a template and its overrides, and nobody can change one through the other.
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
    """A dict that raises FrozenContainerError when somebody changes it."""

    __slots__ = ()

    def _refuse(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise FrozenContainerError("dict")

    __setitem__ = __delitem__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse
    __ior__ = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (dict(self),)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return type(self)(copy.deepcopy(dict(self), memo))


class FrozenList(list[T]):
    """A list that raises FrozenContainerError when somebody changes it."""

    __slots__ = ()

    def _refuse(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise FrozenContainerError("list")

    __setitem__ = __delitem__ = _refuse
    append = clear = extend = insert = pop = remove = reverse = sort = _refuse
    __iadd__ = __imul__ = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (list(self),)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return type(self)(copy.deepcopy(list(self), memo))


def frozen_dict(given: Mapping[K, V]) -> FrozenDict[K, V]:
    """Return the mapping as a FrozenDict: itself if it is one already, else a copy."""
    return given if isinstance(given, FrozenDict) else FrozenDict(given)


def frozen_list(given: Iterable[T]) -> FrozenList[T]:
    """Return the items as a FrozenList: itself if it is one already, else a copy."""
    return given if isinstance(given, FrozenList) else FrozenList(given)


def freeze(owner: object, **changes: object) -> None:
    """Set fields of a frozen dataclass while it is being made."""
    for name, value in changes.items():
        object.__setattr__(owner, name, value)
