"""The checks of a drafted contract: names, signatures, kinds of methods, exceptions. No method is called.

A signature is a string in which `...` stands for every default: `(size=..., *, strict)`.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
from typing import Any

from conformance.engine.properties import check
from conformance.errors import Deviation, Gap

MORE = tuple(f"more{number}" for number in range(9))
"""Arguments for `*args`: more than there are parameters that could take them instead."""
PLAIN, COROUTINE, ASYNC_GENERATOR = "a plain method", "a coroutine function", "an async generator function"


def member_of(impl: Any, name: str) -> Any:
    """Return a member of an implementation, None if it exists and reading it raises an exception.

    Raises:
        Deviation: It has no member of this name.
    """
    try:
        return getattr(getattr(impl, "adapter", impl), name)
    except AttributeError as error:
        raise Deviation(f"{name}: expected a member of this name, got none") from error
    except Exception:  # noqa: BLE001 - a property that cannot be computed is a property
        return None


def has(impl: Any, name: str) -> None:
    """Let the rule deviate unless an implementation has a member of this name."""
    member_of(impl, name)


def takes(impl: Any, name: str, signature: str) -> None:
    """Let the rule deviate unless a method accepts every call that a signature promises.

    Parameters:
        impl: The implementation.
        name: Name of the method.
        signature: Its signature, without the receiver, with `...` for each default.

    Raises:
        Deviation: It refuses one of the calls.
        Gap: The signature of the method is unknown.
    """
    method = member_of(impl, name)
    check(callable(method), f"{name}: expected a method, got {method!r}")
    try:
        actual = inspect.signature(method)
    except (TypeError, ValueError) as error:
        raise Gap(f"the signature of {name} is unknown") from error
    for args, kwargs in calls_of(signature):
        try:
            actual.bind(*args, **kwargs)
        except TypeError as error:
            shown = ", ".join([*map(str, args), *(f"{key}={value}" for key, value in kwargs.items())])
            raise Deviation(f"{name}({shown}): {error}. Expected {name}{signature}, got {name}{actual}") from error


def calls_of(signature: str) -> list[tuple[tuple[str, ...], dict[str, str]]]:
    """Return calls that a signature promises: the shortest, the longest, and the one with the most keywords.

    >>> calls_of("(a, b=..., *, c)")
    [(('a',), {'c': 'c'}), (('a', 'b'), {'c': 'c'}), ((), {'a': 'a', 'b': 'b', 'c': 'c'})]
    """
    (function,) = ast.parse(f"def f{signature}: ...").body
    assert isinstance(function, ast.FunctionDef)  # noqa: S101 - it was just written as one
    given = function.args
    only = [one.arg for one in given.posonlyargs]
    either = [one.arg for one in given.args]
    needed = [*only, *either][: len(only) + len(either) - len(given.defaults)]
    named = {one.arg: one.arg for one in given.kwonlyargs}
    needs = {one.arg: one.arg for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True) if not default}
    more = MORE if given.vararg else ()
    others = {"one_more_by_name": "x"} if given.kwarg else {}
    return [
        (tuple(needed), needs),
        ((*only, *either, *more), {**named, **others}),
        (tuple(only), {**{name: name for name in either}, **named, **others}),
    ]


def is_kind(impl: Any, name: str, kind: str) -> None:
    """Let the rule deviate unless a method is plain, a coroutine function, or an async generator function.

    Raises:
        Deviation: It is of another kind.
        Gap: It is written in C, so its kind is unknown.
    """
    method = member_of(impl, name)
    if inspect.isbuiltin(method):
        raise Gap(f"{name} is written in C")
    found = PLAIN
    if inspect.iscoroutinefunction(inspect.unwrap(method)) or inspect.iscoroutinefunction(method):
        found = COROUTINE
    elif inspect.isasyncgenfunction(inspect.unwrap(method)):
        found = ASYNC_GENERATOR
    check(found == kind, f"{name}(): expected {kind}, got {found}")


def knows_exception(impl: Any, name: str) -> None:
    """Let the rule deviate unless there is an exception class of this name.

    Parameters:
        impl: The implementation.
        name: As the docstring names it: built in, of the implementation's modules, or a dotted path.

    Raises:
        Deviation: There is none.
    """
    module, _, last = name.rpartition(".")
    kind = type(getattr(impl, "adapter", impl))
    homes = [module] if module else []
    homes += [each.__module__ for each in kind.__mro__]
    homes += [home.rpartition(".")[0] for home in homes]
    found = [getattr(builtins, last, None), *(getattr(_imported(home), last, None) for home in homes if home)]
    check(
        any(isinstance(one, type) and issubclass(one, BaseException) for one in found),
        f"{name}: expected an exception class of this name, got none in {', '.join(filter(None, homes))}",
    )


def _imported(module: str) -> Any:
    """Return a module, None if it cannot be imported."""
    try:
        return importlib.import_module(module)
    except ImportError:
        return None
