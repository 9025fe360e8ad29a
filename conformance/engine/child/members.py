"""Remembers members of modules and classes, finds by identity which of them were replaced, and puts them back.

An implementation may also replace the functions that this module calls: they are bound here, before it is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import attrgetter, call, is_
from types import FunctionType
from typing import Any

_all, _map, _zip, _setattr, _dict = all, map, zip, setattr, dict

FACETS = ("__code__", "__defaults__", "__kwdefaults__")
"""Attributes of a function that change what it does when they are replaced."""

Member = tuple[str, Mapping[str, Any], str, Any]
"""Its label, its namespace, its name there, and its value."""


class Members:
    """Members, stored so that they are compared without a loop in Python."""

    def __init__(self, members: Iterable[Member], *, facets: Sequence[str] = FACETS) -> None:
        """Remember members.

        Parameters:
            members: The members to compare.
            facets: Attributes to compare of members that are functions; if empty, only the identity of the function.
        """
        found = tuple(members)
        self._labels = [label for label, *_ in found]
        self._spaces = [space for _, space, *_ in found]
        self._gets: list[Callable[[str], Any]] = [space.get for space in self._spaces]
        self._names = [name for _, _, name, _ in found]
        self._values = [value for *_, value in found]
        self._functions = list({id(one): one for one in map(function_in, self._values) if one is not None}.values())
        self._facets = [(name, attrgetter(name), list(map(attrgetter(name), self._functions))) for name in facets]

    def changed(self) -> list[str]:
        """Return the labels of the members that were replaced."""
        return [label for label, _ in self._changes()]

    def restore(self) -> list[str]:
        """Put back what was replaced, except members of classes. Return the labels of everything that was replaced."""
        changes = self._changes()
        for _, put_back in changes:
            put_back()
        return [label for label, _ in changes]

    def _changes(self) -> list[tuple[str, Callable[[], object]]]:
        """Return the label of each member that was replaced, with a function that puts it back."""
        changes: list[tuple[str, Callable[[], object]]] = []
        if not _all(_map(is_, _map(call, self._gets, self._names), self._values)):
            found = _zip(self._labels, self._spaces, self._names, self._values, _map(call, self._gets, self._names))
            changes += [
                (label, _putting(space, name, original))
                for label, space, name, original, now in found
                if now is not original
            ]
        for facet, get, values in self._facets:
            if not _all(_map(is_, _map(get, self._functions), values)):
                functions = _zip(self._functions, values, _map(get, self._functions))
                changes += [
                    (f"{one.__module__}.{one.__qualname__}", _setting(one, facet, original))
                    for one, original, now in functions
                    if now is not original
                ]
        return changes


def _putting(space: Mapping[str, Any], name: str, value: object) -> Callable[[], object]:
    """Return a function that puts a member of a module back; it leaves a class as it is."""
    return lambda: space.__setitem__(name, value) if type(space) is _dict else None


def _setting(function: FunctionType, facet: str, value: object) -> Callable[[], object]:
    """Return a function that puts a facet of a function back."""
    return lambda: _setattr(function, facet, value)


def function_in(value: object) -> FunctionType | None:
    """Return the function of a member, None if it is written in C or is a class."""
    if isinstance(value, property):
        value = value.fget
    value = getattr(value, "__func__", value)
    return value if isinstance(value, FunctionType) else None
