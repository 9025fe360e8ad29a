"""Describes static values: their module, their class, whether they are known."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from docgen.runtime.values import (
    Class,
    Collection,
    Constant,
    EnumMember,
    External,
    Form,
    FormKind,
    Function,
    Instance,
    Module,
    Native,
    Opaque,
    TypeParameter,
    Value,
    Wrapped,
)

if TYPE_CHECKING:
    from docgen.runtime.world import World


def module_of(world: World, value: Value) -> str | None:  # noqa: PLR0911 - one line per kind of value
    """Return the `__module__` of a value, None if it has none: constants, collections, unions of classes."""
    if isinstance(value, Class | Function | TypeParameter):
        return value.module
    if isinstance(value, Wrapped):
        return module_of(world, value.inner)
    if isinstance(value, Instance):
        return None if isinstance(value.of, Native) and _is_static_type(value.of) else module_of(world, value.of)
    if isinstance(value, EnumMember):
        return value.of.module
    if isinstance(value, Native):
        # A bound method of a constant has no module, so it counts as defined wherever it is named.
        home = getattr(value.value, "__module__", None)
        return None if home is None else str(home)
    if isinstance(value, External):
        return value.path.rpartition(".")[0]
    if isinstance(value, Form):
        return (
            None if value.kind is FormKind.UNION_TYPE else module_of(world, value.origin) if value.origin else "typing"
        )
    return None if isinstance(value, Constant | Collection | Opaque) else "?"


def type_name(value: Value) -> str | None:  # noqa: PLR0911 - one line per kind of value
    """Return the name of the type of a variable's value; None if the value is callable, a type, a module or unknown."""
    if isinstance(value, Constant):
        return type(value.value).__name__
    if isinstance(value, Collection):
        return value.kind
    if isinstance(value, EnumMember):
        return value.of.name
    if isinstance(value, Instance):
        of = value.of
        if isinstance(of, Native):
            return str(getattr(of.value, "__name__", ""))
        return of.name if isinstance(of, Class) else of.path.rpartition(".")[2] if isinstance(of, External) else None
    if isinstance(value, Opaque):
        return value.kind or None
    if isinstance(value, Form):
        return "UnionType" if value.kind is FormKind.UNION_TYPE else None
    return value.kind if isinstance(value, TypeParameter) and value.kind != "NewType" else None


def is_known(value: Value) -> bool:
    """Return True if the class of an object, or the definition of any other value, is known."""
    if isinstance(value, Wrapped):
        return is_known(value.inner)
    return bool(value.kind) if isinstance(value, Opaque) else not isinstance(value, External)


def kind_name(value: Value) -> str | None:
    """Return the kind of a variable's value, if `type_name` has none; None if it is unknown.

    An alias of a type is named as such, other objects by their class.
    """
    if isinstance(value, Class):
        return "class"
    if isinstance(value, Form):
        return "TypeAlias"
    if isinstance(value, TypeParameter):
        return value.kind
    if isinstance(value, Instance):
        return type_name(value)
    if isinstance(value, Native):
        return "TypeAlias" if isinstance(value.value, type) else type(value.value).__name__
    return None


def description(value: Value) -> str:
    """Return a short description of a value that is neither a class nor a function nor a variable."""
    if isinstance(value, Module):
        return f"the module {value.name}"
    if isinstance(value, External):
        return f"{value.path}, whose sources were not given"
    if isinstance(value, Native):
        return "written in C"
    if isinstance(value, Form | TypeParameter):
        return "a name for a type"
    return (
        "an object that is called like a function"
        if isinstance(value, Wrapped | Instance)
        else "a value that only running code could determine"
    )


def is_callable_instance(world: World, value: Value) -> bool:
    """Return True if a value is an instance that can be called."""
    return (
        isinstance(value, Instance)
        and isinstance(value.of, Class)
        and world.classes.find(value.of, "__call__") is not None
    )


def is_standard_library(module: str) -> bool:
    """Return True if a module belongs to the standard library."""
    return module.partition(".")[0] in sys.stdlib_module_names


def _is_static_type(of: Native) -> bool:
    """Return True if instances of a C class have no `__module__`, as those of static types."""
    return "__module__" not in vars(of.value)
