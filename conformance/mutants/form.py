"""Mutants: one part of the model of a contract is replaced by something slightly wrong.

    @mutant(TaskTemplate, "override", "OVR-15a")
    def zero_retries_are_not_given(override):
        \"\"\"override(retries=0) keeps the retries.\"\"\"
        return lambda self, **given: override(self, **without(given, retries=0))

The function gets the original and returns the replacement. Its name is the mutant's name, its docstring says what is
wrong, and the rules are those that are expected to catch it.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import Any

PREFIX = "wrong_"
"""The prefix of modules with mutants."""


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One wrong implementation."""

    name: str
    wrong: str
    """The fault, in one line."""
    caught_by: tuple[str, ...]
    """Ids of the rules that are expected to catch it; at least one."""
    owner: Any
    """A class, a module or a dict of the implementation."""
    attribute: Any
    """The replaced part: a name, or a key of the dict.

    A function of a module is replaced in every module that imported it.
    """
    replacement: Callable[[Any], Any]
    """Takes the original and returns the replacement."""

    @contextlib.contextmanager
    def applied(self) -> Iterator[None]:
        """Make the implementation in this process wrong within a block."""
        if isinstance(self.owner, dict):
            original = self.owner[self.attribute]
            self.owner[self.attribute] = self.replacement(original)
            try:
                yield
            finally:
                self.owner[self.attribute] = original
            return
        original = inspect.getattr_static(self.owner, self.attribute)
        new = _replaced(original, self.replacement)
        with contextlib.ExitStack() as undoing:
            for place in _places(self.owner, self.attribute, original):
                undo = _undo(place, self.attribute)
                setattr(place, self.attribute, new)
                undoing.callback(undo)
            yield


def mutant(owner: Any, attribute: Any, *caught_by: str) -> Callable[[Callable[[Any], Any]], Mutant]:
    """Make a mutant from a function that takes the original `attribute` of `owner` and returns a wrong one."""

    def make(replacement: Callable[[Any], Any]) -> Mutant:
        return Mutant(
            name=replacement.__name__,
            wrong=(inspect.getdoc(replacement) or "").partition("\n")[0],
            caught_by=caught_by,
            owner=owner,
            attribute=attribute,
            replacement=replacement,
        )

    return make


def every_mutant(name: str) -> tuple[Mutant, ...]:
    """Return the mutants of a package, in the order of modules and lines. A module may have a tuple of mutants.

    Parameters:
        name: Dotted name of a package with modules `wrong_*`.

    Raises:
        ModuleNotFoundError: There is no such package.
    """
    package = importlib.import_module(name)
    names = sorted(one.name for one in pkgutil.iter_modules(package.__path__) if one.name.startswith(PREFIX))
    modules = (importlib.import_module(f"{package.__name__}.{name}") for name in names)
    members = (member for module in modules for member in vars(module).values())
    groups = (member if isinstance(member, tuple) else (member,) for member in members)
    return tuple(one for group in groups for one in group if isinstance(one, Mutant))


def without(given: dict[str, Any], **values: Any) -> dict[str, Any]:
    """Return the arguments of a call without those that have one of these values."""
    return {name: value for name, value in given.items() if not (name in values and _is_same(value, values[name]))}


def signed(function: Any, signature: inspect.Signature) -> Any:
    """Return the function with a signature that differs from the original's."""
    function.__signature__ = signature
    return function


def _is_same(value: object, other: object) -> bool:
    return type(value) is type(other) and value == other


def _replaced(original: Any, replacement: Callable[[Any], Any]) -> Any:
    """Return the replacement of an attribute, as the same kind of attribute."""
    if isinstance(original, property):
        return original.getter(_named_like(replacement(original.fget), original.fget))
    if isinstance(original, classmethod | staticmethod):
        return type(original)(_named_like(replacement(original.__func__), original.__func__))
    return _named_like(replacement(original), original)


def _named_like(new: Any, original: Any) -> Any:
    """Give a function the name, signature and docstring of the original, unless it has its own."""
    if not isinstance(new, FunctionType) or not isinstance(original, FunctionType):
        return new
    kept = {"__doc__"} if new.__doc__ is not None else set()
    return functools.update_wrapper(new, original, set(functools.WRAPPER_ASSIGNMENTS) - kept)


def _places(owner: Any, attribute: str, original: Any) -> list[Any]:
    """Return where to replace an attribute: on its class, or in every module that imported it."""
    if not isinstance(owner, ModuleType):
        return [owner]
    package = owner.__name__.partition(".")[0]
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] == package]
    return [module for module in modules if vars(module).get(attribute) is original]


def _undo(place: Any, attribute: str) -> Callable[[], None]:
    """Return a function that restores the current attribute."""
    if attribute in vars(place):
        return functools.partial(setattr, place, attribute, vars(place)[attribute])
    return functools.partial(delattr, place, attribute)
