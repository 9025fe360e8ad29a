"""Finds out whether the suite has changed since the implementation was loaded.

An implementation shares its process with the suite, and Python lets it replace any function there. The seal remembers
functions, classes and code, and compares them by identity, which no `__eq__` can fake. It detects patches of the suite,
but not patches of the seal itself: see `site/understand/verdicts.md`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

from conformance.engine.child.members import Members, function_in
from conformance.engine.digests import digest_of

SEALED = (FunctionType, BuiltinFunctionType, type, classmethod, staticmethod, property)
"""The kinds of members that are compared. Others change as the suite runs: caches, counters, settings."""
SHOWN = 3
"""How many of the replaced members a message names."""
CORE = ("conformance.engine.properties.", "conformance.engine.child.judge.", "hypothesis.core.")
"""Prefixes of the labels of the members that are compared each time."""
SLICES = 8
"""The other members are divided into this many slices, which are compared in turn."""


class Seal:
    """The functions, classes and code of some packages at the time of its creation."""

    def __init__(self, packages: Iterable[str]) -> None:
        """Remember the present state.

        Parameters:
            packages: Top-level packages; of each, the modules that are loaded by now.
        """
        modules = modules_of(packages)
        members = [
            (f"{label}.{name}", space, name, value)
            for label, space in {**modules_as_spaces(modules), **classes_in(modules), **properties_in(modules)}.items()
            for name, value in space.items()
            if isinstance(value, SEALED)
        ]
        others = [one for one in members if not one[0].startswith(CORE)]
        self._core = Members([one for one in members if one[0].startswith(CORE)])
        self._others = [Members(others[at::SLICES]) for at in range(SLICES)]
        self._turn = 0

    def broken(self, *, is_full: bool = False) -> str:
        """Return the members that have been replaced since then; empty if there are none.

        Parameters:
            is_full: Whether everything is compared, and not only the core and the next slice.
        """
        self._turn = (self._turn + 1) % SLICES
        parts = [self._core, *(self._others if is_full else [self._others[self._turn]])]
        changed = [label for part in parts for label in part.changed()]
        more = f" and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
        return f"{', '.join(changed[:SHOWN])}{more}"


def modules_of(packages: Iterable[str]) -> dict[str, ModuleType]:
    """Return the loaded modules of some top-level packages by name."""
    tops = frozenset(packages)
    return {name: one for name, one in sys.modules.items() if name.partition(".")[0] in tops}


def modules_as_spaces(modules: Mapping[str, ModuleType]) -> dict[str, Mapping[str, Any]]:
    """Return the members of modules, by the name of the module."""
    return {name: vars(module) for name, module in modules.items()}


def classes_in(modules: Mapping[str, ModuleType]) -> dict[str, Mapping[str, Any]]:
    """Return the members of the classes that are defined in modules, by the dotted name of the class."""
    return {
        f"{name}.{one.__qualname__}": vars(one)
        for name, module in modules.items()
        for one in tuple(vars(module).values())
        if isinstance(one, type) and one.__module__ == name
    }


def properties_in(modules: Mapping[str, ModuleType]) -> dict[str, Mapping[str, Any]]:
    """Return the function that hypothesis stores for each property and runs for an example."""
    found = ((name, one) for name, module in modules.items() for one in tuple(vars(module).values()))
    return {
        f"{name}.{one.__name__}": vars(one.hypothesis)
        for name, one in found
        if isinstance(one, FunctionType) and hasattr(one, "hypothesis")
    }


def digests_in(modules: Mapping[str, ModuleType]) -> dict[str, list[str]]:
    """Return the digests of the code of the functions that modules define, by the name of the module."""
    spaces = {**modules_as_spaces(modules), **classes_in(modules), **properties_in(modules)}
    found: dict[str, set[str]] = {name: set() for name in modules}
    for space in spaces.values():
        for one in map(function_in, tuple(space.values())):
            file = getattr(modules.get(one.__module__), "__file__", None) if one is not None else None
            # What hypothesis or a dataclass compiles from a string has no file.
            if one is not None and file == one.__code__.co_filename:
                found[one.__module__].add(digest_of(one.__code__))
    return {name: sorted(digests) for name, digests in found.items()}
