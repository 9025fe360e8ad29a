"""Classes of the standard library in this interpreter: one spelling each, and which derives from which.

Only a few modules without side effects are imported, and never the documented package.
"""

from __future__ import annotations

import collections.abc
import importlib
import inspect
import typing
from collections.abc import Mapping
from functools import lru_cache

from docgen.model import Parameter, ParameterKind, Signature, Value

_MODULES = frozenset({
    "abc", "builtins", "collections", "collections.abc", "contextlib", "datetime", "decimal", "enum", "fractions", "io",
    "ipaddress", "numbers", "os", "pathlib", "re", "string", "types", "typing", "uuid",
})  # fmt: skip
"""Modules whose classes are looked up."""

_PROMOTED: Mapping[str, tuple[type, ...]] = {"float": (int,), "complex": (int, float)}
"""Class -> others whose instances are accepted as its own. Source: typing specification, special cases of float."""

COVARIANT = frozenset({
    "tuple", "frozenset", "type", "collections.abc.Sequence", "collections.abc.Collection", "collections.abc.Iterable",
    "collections.abc.Iterator", "collections.abc.Reversible", "collections.abc.Container", "collections.abc.Set",
    "collections.abc.Awaitable", "collections.abc.Coroutine", "collections.abc.AsyncIterable",
    "collections.abc.AsyncIterator", "collections.abc.Generator", "collections.abc.AsyncGenerator",
    "collections.abc.Mapping", "collections.abc.ValuesView", "collections.abc.KeysView", "collections.abc.ItemsView",
    "contextlib.AbstractContextManager", "contextlib.AbstractAsyncContextManager",
})  # fmt: skip
"""Generic classes of the standard library whose arguments may be narrower. Source: typeshed."""

ITERATED = frozenset({"__iter__", "__reversed__", "__aiter__", "__await__"})
"""Special methods that return an iterator, as generators or otherwise."""


@lru_cache(maxsize=8192)
def one_spelling(name: str) -> str:
    """Return one name for a class, for all modules that it is imported from: builtins bare, `list` for `typing.List`.

    >>> one_spelling("typing.Sequence"), one_spelling("typing_extensions.Self"), one_spelling("builtins.int")
    ('collections.abc.Sequence', 'typing.Self', 'int')
    """
    module, _, last = name.rpartition(".")
    if module == "builtins":
        return last
    if name in ("types.NoneType", "NoneType"):
        return "None"
    if module == "collections" and hasattr(collections.abc, last):
        return f"collections.abc.{last}"  # Their module before Python 3.10.
    found = getattr(typing, last, None) if module in ("typing", "typing_extensions") else None
    if found is None:
        return name
    origin = found if isinstance(found, type) else getattr(found, "__origin__", None)
    if isinstance(origin, type) and origin.__module__ != "typing":
        return origin.__qualname__ if origin.__module__ == "builtins" else f"{origin.__module__}.{origin.__qualname__}"
    return f"typing.{last}"


@lru_cache(maxsize=8192)
def class_of(name: str) -> type | None:
    """Return the class of the standard library with a name; None if it is not in one of the modules above."""
    if name == "None":
        return type(None)
    module, _, last = name.rpartition(".")
    module = module or "builtins"
    if module not in _MODULES:
        return None
    found = getattr(importlib.import_module(module), last, None)
    return found if isinstance(found, type) else None


def derives(name: str, other: str) -> bool | None:
    """Return True if a class of the standard library is accepted in place of another; None if one is unknown."""
    class_, wider = class_of(name), class_of(other)
    if class_ is None or wider is None:
        return None
    if issubclass(class_, _PROMOTED.get(other, ())):
        return True
    if class_ is object:
        return wider is object  # Any object may lack what `Hashable` asks for, although `object` itself has it.
    try:
        return issubclass(class_, wider)
    except TypeError:  # a protocol with attributes
        return None


def has_member(class_name: str, member: str) -> bool | None:
    """Return True if a class of the standard library has a member, apart from those of its metaclass.

    The result is None if the class is unknown.
    """
    class_ = class_of(class_name)
    return None if class_ is None else _has_member(class_, member)


def _has_member(class_: type, member: str) -> bool:
    return any(member in vars(each) for each in class_.__mro__)


@lru_cache(maxsize=8192)
def can_call_instances(class_name: str) -> bool | None:
    """Return True if instances of a class of the standard library can be called; None if no class has the name.

    Parameters:
        class_name: The name without its module, as in a value.
    """
    found = [class_of(f"{module}.{class_name}") for module in sorted(_MODULES)] if class_name else []
    known = [_has_member(each, "__call__") for each in found if each is not None]
    return any(known) if known else None


def signature_of(name: str) -> Signature | None:
    """Return the signature of a method of a class of the standard library, called on the class; None if unknown.

    >>> [each.name for each in signature_of("str.upper").parameters]
    ['self']
    """
    owner, _, last = name.rpartition(".")
    class_ = class_of(owner) if owner else None
    try:
        found = inspect.signature(getattr(class_, last)) if class_ is not None else None
    except (AttributeError, TypeError, ValueError):  # It is no method, or has no known signature.
        return None
    if found is None:
        return None
    return Signature(parameters=tuple(map(_parameter, found.parameters.values())))


def _parameter(taken: inspect.Parameter) -> Parameter:
    has_default = taken.default is not inspect.Parameter.empty
    default = Value(text=repr(taken.default)) if has_default else None
    return Parameter(name=taken.name, kind=ParameterKind(taken.kind.description), default=default)
