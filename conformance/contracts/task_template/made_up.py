"""Makes up values for the arguments that a third-party template class requires, and for its configuration.

Such a value is an instance of the required class, constructed without arguments or with the simplest values of its
fields. Without an annotation a value cannot be made up, which is a gap.
"""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import inspect
import sys
import types
import typing
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from conformance.errors import Gap

PLAINEST: Mapping[Any, Any] = MappingProxyType({str: "x", int: 1})
"""A value for each scalar type that is valid where an empty one often is not."""

_OF_EVERY_TEMPLATE = ("name", "interface", "func")


def required_values(template_class: type[Any]) -> dict[str, Any]:
    """Return values for the constructor parameters that a template class adds and that have no default.

    If a plugin's class requires its configuration, it is an instance of the annotated class, without arguments.

    Raises:
        Gap: Such a value cannot be made up.
    """
    if not dataclasses.is_dataclass(template_class):
        return {}
    return {
        one.name: _required_value(template_class, one.name)
        for one in dataclasses.fields(template_class)
        if one.init and one.name not in _OF_EVERY_TEMPLATE and _has_no_default(one)
    }


def _required_value(template_class: type[Any], name: str) -> Any:
    """Return an instance of the class that a field is annotated with.

    Raises:
        Gap: The annotation does not name a class, or names one that needs arguments.
    """
    try:
        return instance_of(annotation_of(template_class, name))
    except Exception as error:
        raise Gap(f"{template_class.__name__} requires {name}, which cannot be made up") from error


def instance_of(kind: Any) -> Any:
    """Return an instance of a class, constructed without arguments or with the simplest values of its fields.

    Raises:
        Exception: Whatever the class, or the reading of its annotations, raises.
    """
    origin: Any = typing.get_origin(kind) or kind
    choices = typing.get_args(kind)
    if type(None) in choices:
        return None
    if origin is typing.Literal:
        return choices[0]
    if origin in (typing.Union, types.UnionType):
        return instance_of(choices[0])
    if not dataclasses.is_dataclass(origin):
        return PLAINEST[origin] if origin in PLAINEST else origin()
    required = [one.name for one in dataclasses.fields(origin) if one.init and _has_no_default(one)]
    return kind(**{name: instance_of(annotation_of(origin, name)) for name in required})


def filled(instance: Any) -> Any:
    """Return a dataclass instance with made-up values in place of None, as far as possible.

    The defaults of a configuration may lack values that a class needs. Anything but a dataclass is returned unchanged.

    Raises:
        Exception: Whatever the class raises.
    """
    values: dict[str, Any] = {}
    for one in dataclasses.fields(instance) if dataclasses.is_dataclass(instance) else ():
        if one.init and getattr(instance, one.name) is None:
            # If no value can be made up for a field, it stays None.
            with contextlib.suppress(Exception):
                values[one.name] = instance_of(without_none(annotation_of(type(instance), one.name)))
    return dataclasses.replace(instance, **values) if values else instance


def without_none(kind: Any) -> Any:
    """Return the first type of a union that is not None; another type is returned as it is."""
    is_union = typing.get_origin(kind) in (typing.Union, types.UnionType)
    return next((one for one in typing.get_args(kind) if one is not type(None)), kind) if is_union else kind


def annotation_of(owner: Any, name: str) -> Any:
    """Return the annotation of a field of a dataclass, evaluated in its module if it is a string.

    Raises:
        Exception: Whatever the evaluation raises, for instance for a missing name.
    """
    place = next(one for one in owner.__mro__ if name in inspect.get_annotations(one))
    holder = type(place.__name__, (), {"__annotations__": {name: inspect.get_annotations(place)[name]}})
    module = sys.modules[place.__module__]
    try:
        return typing.get_type_hints(holder, vars(module), {})[name]
    except NameError:
        return typing.get_type_hints(holder, {**names_for_checkers(module), **vars(module)}, {})[name]


def names_for_checkers(module: types.ModuleType) -> dict[str, Any]:
    """Return the names that a module imports for type checkers only, as far as they can be imported."""
    names: dict[str, Any] = {"__name__": module.__name__, "__package__": module.__package__}
    for block in ast.parse(inspect.getsource(module)).body:
        if isinstance(block, ast.If) and ast.unparse(block.test).rpartition(".")[2] == "TYPE_CHECKING":
            for node in block.body:
                if isinstance(node, ast.Import | ast.ImportFrom):
                    with contextlib.suppress(ImportError):
                        exec(compile(ast.Module([node], []), "<imports>", "exec"), names)  # noqa: S102 - an import
    return names


def _has_no_default(one: dataclasses.Field[Any]) -> bool:
    return one.default is dataclasses.MISSING and one.default_factory is dataclasses.MISSING
