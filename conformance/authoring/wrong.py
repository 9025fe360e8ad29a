"""Mutants of a drafted contract: a missing member, a method with an extra parameter, a method of the wrong kind."""

from __future__ import annotations

import inspect
from types import FunctionType
from typing import Any

from conformance.mutants.form import Mutant


class Absent:
    """A descriptor that makes a member look missing."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: type[Any] | None = None) -> object:
        raise AttributeError(self.name)


def missing(owner: type[Any], name: str, rule: str) -> Mutant:
    """Return the mutant that lacks a member."""
    absent = Absent(name)
    is_property = isinstance(inspect.getattr_static(owner, name), property)
    new = absent.__get__ if is_property else absent
    return _mutant(owner, name, rule, "is_missing", f"There is no {name}.", new)


def needing_more(owner: type[Any], name: str, rule: str) -> Mutant:
    """Return the mutant in which a method needs one argument more."""

    def method(one_too_many: object, /, *, another: object) -> object:
        return one_too_many, another

    return _mutant(owner, name, rule, "needs_more", f"{name} needs an extra argument.", method)


def of_other_kind(owner: type[Any], name: str, rule: str) -> Mutant:
    """Return the mutant in which a plain method is a coroutine function, or any other method is plain."""

    async def coroutine(*_args: object, **_kwargs: object) -> None: ...

    def plain(*_args: object, **_kwargs: object) -> None: ...

    method = inspect.unwrap(getattr(owner, name))
    is_plain = not (inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method))
    wrong = f"{name} is {'a coroutine function' if is_plain else 'plain'}."
    return _mutant(owner, name, rule, "is_of_other_kind", wrong, coroutine if is_plain else plain)


def _mutant(owner: type[Any], name: str, rule: str, how: str, wrong: str, new: Any) -> Mutant:  # noqa: PLR0913, PLR0917 - the fields
    """Return a mutant that replaces a member. A function is not bound, and keeps its own signature."""
    replacement = staticmethod(new) if isinstance(new, FunctionType) else new
    return Mutant(
        name=f"{name}_{how}",
        wrong=wrong,
        caught_by=(rule,),
        owner=owner,
        attribute=name,
        replacement=lambda _original: replacement,
    )
