"""Reads every form that the contract allows: how a value is stored, a type is spelled, a member is offered.

The contract says that an interface has the number of its required inputs, not whether by a method or a property. It
says that the constructor accepts a timeout, not whether it stores the seconds or a Timeout.
"""

from __future__ import annotations

import asyncio
import inspect
import types
import typing
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.recipes import (
    FunctionRecipe,
    constructed,
    derived_class,
    is_of_contract,
)
from conformance.engine.properties import calling, check, shown
from conformance.errors import Gap


def told(owner: Any, name: str) -> Any:
    """Return the value of a property or of a method without arguments; an exception is a deviation."""
    with calling(f"{type(owner).__name__}.{name}"):
        return read(owner, name)


def read(owner: Any, name: str) -> Any:
    """Return the same, but do not catch exceptions."""
    value = getattr(owner, name)
    return value() if callable(value) else value


def held(field: str, value: Any) -> Any:
    """Return the value of a field in the simplest form that the contract allows.

    Seconds, a duration and a Timeout of that running time are the same timeout; a key, a Secret of that key and a list
    or a tuple of either are the same request for secrets; no name and an empty one are the same name. Source: the
    contract, sections 1.2 (TimeoutType, SecretRequest) and 5 (CON-15, which only the vendor's profile has).
    """
    if value is None or (field in NAMES and value == ""):
        return None
    if field == "timeout":
        return _timeout(value)
    if field == "secrets":
        is_one = hasattr(value, "key") or not isinstance(value, list | tuple)  # a Secret may be a tuple itself
        several = (value,) if is_one else value
        return [_secret(one) for one in several]
    return value


NAMES = ("pod_template", "queue")
"""Fields that may name something or be None. The empty string names nothing, so it may be stored as None."""


def _timeout(value: Any) -> tuple[Any, ...]:
    found = (value, None)
    if hasattr(value, "max_runtime"):
        found = (value.max_runtime, getattr(value, "max_queued_time", None))
    return tuple(timedelta(seconds=one) if isinstance(one, int | float) else one for one in found)


def _secret(value: Any) -> Any:
    """Return the request of a secret as a key, if a key alone can express it."""
    if isinstance(value, str):
        return value, None, value.replace("-", "_").upper()
    return tuple(getattr(value, name, None) for name in ("key", "group", "as_env_var"))


def is_kind(value: Any, kind: Any) -> bool:
    """Return True if a value is of a public type. If the type is a function, any value but a plain one counts."""
    return isinstance(value, kind) if isinstance(kind, type) else not isinstance(value, str | int | timedelta | None)


def check_kind(actual: Any, kind: Any, what: str) -> None:
    """Check that a value is of a public type of the implementation."""
    name = getattr(kind, "__name__", kind)
    check(is_kind(actual, kind), f"{what}: expected {name}, got {shown(actual)} of class {type(actual).__name__}")


def version_of(impl: Adapter, cache: Any) -> Any:
    """Return the version of a cache for a function. The contract requires one, but does not say how to get it.

    Raises:
        Gap: The adapter has neither `cache_version` nor the type that the SDK asks with.
    """
    function = FunctionRecipe().define()
    if (cache_version := getattr(impl, "cache_version", None)) is not None:
        return cache_version(cache, function)
    if "VersionParameters" not in impl.types:
        raise Gap("the adapter does not offer cache_version(cache, func), and has no type VersionParameters")
    return cache.get_version(constructed(impl, "VersionParameters", {"func": function}))


# ---- types ----------------------------------------------------------------------------------------------------------


def form_of(annotation: Any) -> Any:
    """Return a type in a form that is the same for all of its spellings.

    `typing.List[int]` is `list[int]`, `Optional[int]` is `int | None`, members of a union have no order, and metadata
    of `Annotated` is not part of the type: the contract says "resolved type", and `typing.get_type_hints` drops it.
    """
    if isinstance(annotation, list):
        return tuple(form_of(one) for one in annotation)
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return form_of(arguments[0])
    if origin in (typing.Union, types.UnionType):
        return typing.Union, frozenset(form_of(one) for one in arguments)
    if origin is typing.Literal:
        return origin, frozenset(map(repr, arguments))
    if origin is None:
        return type(None) if annotation is None else annotation
    return (origin, tuple(form_of(one) for one in arguments)) if arguments else origin


def check_type(actual: Any, expected: Any, what: str) -> None:
    """Check that two annotations mean the same type."""
    check(form_of(actual) == form_of(expected), f"{what}: expected {shown(expected)}, got {shown(actual)}")


# ---- errors ---------------------------------------------------------------------------------------------------------


def coded(impl: Adapter, name: str, *, message: str = "message", is_subclass: bool = False) -> Any:
    """Return an error of the contract with the code `Code`; on request, of a subclass by the user."""
    error = constructed(impl, name, {"code": "Code", "message": message})
    if is_subclass:
        # Only the adapter knows how to call its constructor.
        error.__class__ = derived_class(type(error), "OwnError", __slots__=())
    return error


def says(error: BaseException, message: str) -> bool:
    """Return True if an error has a message: as its text, in an attribute of that name, or among its arguments."""
    return str(error) == message or getattr(error, "message", None) == message or message in error.args


# ---- hooks ----------------------------------------------------------------------------------------------------------


def hook(impl: Adapter, name: str, act: Callable[..., Any], *, yields: bool = False) -> Callable[..., Any]:
    """Return a `pre` or `post` for a subclass: a coroutine function if the template's is awaited, else a plain one.

    Parameters:
        impl: The implementation under test.
        name: `pre` or `post`.
        act: Called with the arguments of the hook; returns its result.
        yields: Whether a coroutine first lets other tasks run.
    """

    def plain(self: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG001 - a method
        return act(*args, **kwargs)

    async def awaited(self: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG001 - a method
        if yields:
            await asyncio.sleep(0)
        return act(*args, **kwargs)

    return awaited if is_awaited(impl, name) else plain


def is_awaited(impl: Adapter, name: str) -> bool:
    """Return True if the result of a hook of the template has to be awaited, by its kind or by calling it."""
    own = getattr(impl.template, name)
    if inspect.iscoroutinefunction(own) or not is_of_contract(impl):  # a plugin's hook may start a service
        return inspect.iscoroutinefunction(own)
    template = impl.make(FunctionRecipe().define())
    value = own(template) if name == "pre" else own(template, None)
    if inspect.iscoroutine(value):
        value.close()
    return inspect.isawaitable(value)
