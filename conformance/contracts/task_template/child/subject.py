"""Loads an adapter of the task template and wraps it for properties."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator, Mapping
from typing import Any, cast

from conformance.contracts.task_template.adapter import PAGE_PARAMETERS, Adapter, Errors
from conformance.contracts.task_template.strategies.recipes import look_alike, type_gap
from conformance.engine.child.subject import Subject, instance_from, is_set_of_strings, object_from
from conformance.engine.properties import shown
from conformance.errors import Gap, MemberGap, TargetError

ADAPTER = "conformance.contracts.task_template.adapter.Adapter"
"""The place that error messages refer to."""

NEEDED = ("name", "version", "make", "interface_of", "fields", "capabilities", "template", "errors", "types")
"""The members without which no rule can be judged; any other missing member is a gap."""


class OfferedTypes(Mapping[str, Any]):
    """The public types of an implementation; one that is missing is a gap."""

    def __init__(self, types: Mapping[str, Any]) -> None:
        self._types = types

    def __getitem__(self, name: str) -> Any:
        try:
            return self._types[name]
        except KeyError:
            raise Gap(type_gap(self._types, name)) from None

    def __contains__(self, name: object) -> bool:
        return name in self._types

    def __iter__(self) -> Iterator[str]:
        return iter(self._types)

    def __len__(self) -> int:
        return len(self._types)


class OfferedErrors:
    """The exception classes of an implementation; one that is missing is a gap."""

    def __init__(self, errors: Errors) -> None:
        self._errors = errors

    def __getattr__(self, name: str) -> Any:
        try:
            return getattr(self._errors, name)
        except AttributeError:
            raise Gap(f"exception class not offered: {name}") from None


class TemplateSubject(Subject):
    """An adapter whose missing types, exception classes and members are gaps. It is an `Adapter` itself."""

    def __init__(self, adapter: Adapter, *, path: str = "") -> None:
        super().__init__(adapter, path=path)
        self.adapter_modules = own_modules(adapter)
        self.types = OfferedTypes(adapter.types)
        self.errors = cast("Errors", OfferedErrors(adapter.errors))
        self._fields: frozenset[str] | None = None

    @property
    def under_test(self) -> type[Any]:
        """The template class under test."""
        template: type[Any] = self.adapter.template
        return template

    @property
    def remarks(self) -> tuple[str, ...]:
        """What to say of each field that is claimed, and that neither the contract nor the constructor knows."""
        known = {*PAGE_PARAMETERS, *_parameters(self.adapter.template)}
        unclaimed = set(PAGE_PARAMETERS) - self.fields()
        return tuple(
            f"fields() of the adapter claims {name}, which no rule knows{look_alike(name, unclaimed, 'the contract')}."
            for name in sorted(self.fields() - known)
        )

    def __getattr__(self, name: str) -> Any:
        value = super().__getattr__(name)
        if value is None:
            # In Python, None in place of an inherited method means that it is not offered, as with `__hash__`.
            raise MemberGap(f"the adapter does not offer {name}: it is None")
        return value

    def fields(self) -> frozenset[str]:
        """Return the fields that the adapter claims, cached because properties need them thousands of times."""
        if self._fields is None:
            self._fields = frozenset(self._guarded("fields", self.adapter.fields)())
        return self._fields


def _parameters(template: type[Any]) -> tuple[str, ...]:
    """Return the parameters of a constructor, as far as its signature names them."""
    try:
        return tuple(inspect.signature(template).parameters)
    except (TypeError, ValueError):
        return ()


def own_modules(adapter: Adapter) -> frozenset[str]:
    """Return the modules of an adapter's classes, except one that defines the template class too."""
    modules = {cls.__module__ for cls in type(adapter).__mro__ if cls is not object}
    return frozenset(modules - {cls.__module__ for cls in adapter.template.__mro__})


def load_template(path: str, swapped_class: str | None) -> Subject:
    """Return a new adapter, wrapped.

    Parameters:
        path: `module:attribute`; the attribute is an adapter, or a class or function that returns one when called.
        swapped_class: Dotted path of a template class that replaces the adapter's own.

    Raises:
        TargetError: There is no such object, or it is not an adapter.
    """
    return TemplateSubject(load_adapter(path, swapped_class), path=path)


def load_adapter(path: str, swapped_class: str | None) -> Adapter:
    """Return a new adapter; see `load_template`.

    Raises:
        TargetError: There is no such object, or it is not an adapter.
    """
    found = object_from(path)
    adapter = instance_from(path, found) if isinstance(found, type) or not hasattr(found, "make") else found
    if missing := [name for name in NEEDED if not hasattr(adapter, name)]:
        raise TargetError(
            f"{path}: this {type(adapter).__name__} is not an adapter: it has no {', '.join(missing)}. See {ADAPTER}."
        )
    if wrong := misshapen(adapter):
        raise TargetError(
            f"{path}: this {type(adapter).__name__} is not an adapter: {'; '.join(wrong)}. See {ADAPTER}."
        )
    return cast("Adapter", adapter if swapped_class is None else swapped(adapter, load_class(swapped_class)))


def misshapen(adapter: Any) -> list[str]:
    """Return the problems of the members that every rule relies on, one line each."""
    methods = {name: getattr(adapter, name) for name in ("make", "interface_of", "fields")}
    fields = adapter.fields() if callable(adapter.fields) else frozenset()
    checks = {
        **{name: (method, callable(method), "a method") for name, method in methods.items()},
        "name": (adapter.name, isinstance(adapter.name, str), "a string"),
        "version": (adapter.version, isinstance(adapter.version, str), "a string"),
        "template": (adapter.template, isinstance(adapter.template, type), "a class"),
        "types": (adapter.types, isinstance(adapter.types, Mapping), "a mapping of names to types"),
        "capabilities": (adapter.capabilities, is_set_of_strings(adapter.capabilities), "a set of strings"),
        "fields()": (fields, is_set_of_strings(fields), "a set of strings"),
    }
    return [
        f"expected {name} to be {expected}, got {shown(actual)}"
        for name, (actual, is_sound, expected) in checks.items()
        if not is_sound
    ]


def load_class(path: str) -> type[Any]:
    """Return a template class by its dotted path.

    Raises:
        TargetError: There is no such class, or it is not a template.
    """
    module, _, name = path.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise TargetError(f"{path}: no such class ({error}). Name it by module and class, with dots.") from error
    if not isinstance(found, type):
        raise TargetError(f"{path}: expected a template class, got a {type(found).__name__}.")
    if not any(hasattr(found, name) for name in OF_TEMPLATES):
        raise TargetError(f"{path}: this class is not a task template: it has none of {', '.join(OF_TEMPLATES)}.")
    return found


OF_TEMPLATES = ("override", "forward", "execute", "native_interface")
"""Members of every task template. A class without any of them is not a task template."""


def swapped(adapter: Any, template: type[Any]) -> Any:
    """Return the adapter with another template class under test.

    Raises:
        TargetError: The adapter cannot do that.
    """
    if not hasattr(adapter, "with_template"):
        raise TargetError(f"{type(adapter).__name__} has no with_template(), so its template class cannot be swapped.")
    return adapter.with_template(template)
