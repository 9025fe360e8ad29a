"""What crosses the border of a task in a run: checked against the declared type, and copied.

Arguments and results of a run would travel over a wire; here they are only copied, so that no two tasks share a list.
"""

from __future__ import annotations

import copy
import dataclasses
import datetime as dt
import enum
import functools
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from reference_impl.errors import InvalidTypeError, InvalidValueError, RuntimeDataValidationError
from reference_impl.schema.interface import NativeInterface
from reference_impl.schema.literals import LiteralEnum

T = TypeVar("T")

_EXACT = (int, float, str, bool, bytes, dt.date, dt.timedelta)


def inputs_of(interface: NativeInterface, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs of a call by name, defaults filled in, each checked and copied.

    Raises:
        InvalidValueError: Too many, too few, or unknown ones.
        InvalidTypeError: One is not of its type.
    """
    given = interface.convert_to_kwargs(*args, **kwargs)
    if missing := [name for name in interface.required_inputs() if name not in given]:
        raise InvalidValueError(f"{', '.join(missing)}: no value. Inputs without default need one: {interface!r}")
    return {
        name: _crossing(name, annotation, given.get(name, default))
        for name, (annotation, default) in interface.inputs.items()
    }


def _crossing(name: str, annotation: Any, value: object) -> Any:
    """Return the copy of one input, after a look at its type."""
    try:
        return conform(annotation, copied(value))
    except TypeError as error:
        raise InvalidTypeError(f"input {name!r}: {error}") from error


def outputs_of_run(interface: NativeInterface, value: object, task: str) -> tuple[Any, ...]:
    """Return the outputs of a task in order, each checked and copied.

    Raises:
        RuntimeDataValidationError: One is not of its type, or there are more or fewer than declared.
    """
    kinds = list(interface.outputs.values())
    found = (value,) if len(kinds) == 1 and not _is_several(interface) else value
    if not kinds and value is None:
        return ()
    if not kinds or not isinstance(found, tuple) or len(found) != len(kinds):
        raise RuntimeDataValidationError(
            "o0",
            f"{len(kinds)} outputs are declared, but the function returned {value!r}. Annotate what it returns.",
            task,
        )
    outputs = []
    for (name, kind), item in zip(interface.outputs.items(), found, strict=True):
        try:
            outputs.append(conform(kind, copied(item)))
        except TypeError as error:
            raise RuntimeDataValidationError(name, error, task) from error
    return tuple(outputs)


def _is_several(interface: NativeInterface) -> bool:
    """Return whether outputs are the fields of a NamedTuple: one of them comes as a tuple too."""
    return next(iter(interface.outputs)) != "o0"


def copied(value: T) -> T:
    """Return a copy, or the value itself where its class cannot be copied."""
    try:
        return copy.deepcopy(value)
    except Exception:  # noqa: BLE001 - whatever it is, it must not get lost
        return value


def conform(annotation: Any, value: Any) -> Any:
    """Return a value as the function gets it, if it is of the type; types that nothing is known of take anything.

    A number is not widened, and True is no number. The name of an Enum's member stands for the member; a Literal is its
    text. A moment is one of UTC. A tuple may come as a list.

    Raises:
        InvalidTypeError: It is not of the type.
    """
    kind, args = typing.get_origin(annotation) or annotation, typing.get_args(annotation)
    if kind is typing.Annotated:
        return conform(args[0], value)
    if kind in (typing.Union, types.UnionType):
        return _first_that_fits(args, value)
    if kind is None or kind is types.NoneType:
        return _need(value is None, annotation, value)
    if kind is tuple:
        return _tuple(annotation, args, value)
    if kind in (list, dict):
        _need(isinstance(value, kind), annotation, value)
        return _items(args, value) if args else value
    return _instance(kind, value) if isinstance(kind, type) else value


def _items(args: tuple[Any, ...], value: Any) -> Any:
    """Return a list or dict with each item as its type has it."""
    if isinstance(value, list):
        return [conform(args[0], item) for item in value]
    return {conform(args[0], key): conform(args[1], item) for key, item in value.items()}


def _tuple(annotation: Any, args: tuple[Any, ...], value: Any) -> Any:
    """Return a tuple with each item as its type has it; `args` are the types, perhaps one and an ellipsis."""
    _need(isinstance(value, (tuple, list)), annotation, value)
    kinds = args[:1] * len(value) if Ellipsis in args else args
    _need(not args or len(kinds) == len(value), annotation, value)
    return tuple(map(conform, kinds, value)) if args else value


def _instance(kind: type, value: Any) -> Any:
    """Return a value of a class."""
    if kind in _EXACT:
        return _need(type(value) is kind, kind, value)
    if kind is dt.datetime:
        _need(isinstance(value, kind), kind, value)
        return value.astimezone(dt.UTC) if value.tzinfo else value.replace(tzinfo=dt.UTC)
    if issubclass(kind, enum.Enum):
        return _member(kind, value)
    if issubclass(kind, tuple) and hasattr(
        kind, "_fields"
    ):  # a NamedTuple, also where it came out of a task as a tuple
        return kind(*_tuple(kind, tuple(kind.__annotations__.values()), value))
    return _record(kind, _need(isinstance(value, kind), kind, value)) if dataclasses.is_dataclass(kind) else value


def _record(kind: type, value: Any) -> Any:
    """Return a dataclass value with its whole numbers as floats where a float is due.

    On the wire it is JSON, which has one kind of number; a program that prints a price gets the same everywhere.
    """
    given = {name: getattr(value, name, None) for name in _hints(kind)}
    widened = {name: _widened(annotation, given[name]) for name, annotation in _hints(kind).items()}
    changes = {name: item for name, item in widened.items() if item is not given[name]}
    if not changes:
        return value
    twin = copy.copy(value)
    for name, item in changes.items():
        object.__setattr__(twin, name, item)  # also where the class is frozen
    return twin


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    """Return the types of the fields of a dataclass by name; none where one of them cannot be resolved."""
    try:
        hints = typing.get_type_hints(kind)
    except NameError:
        return {}
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def _widened(annotation: Any, value: Any) -> Any:
    """Return a value of a field with its whole numbers widened; the very value where nothing changes."""
    kind, args = typing.get_origin(annotation) or annotation, typing.get_args(annotation)
    kinds = args if kind in (typing.Union, types.UnionType) else (kind,)
    if type(value) is int:
        return float(value) if float in kinds and int not in kinds else value
    if kind is list and args and isinstance(value, list):
        return [_widened(args[0], item) for item in value]
    if kind is dict and args and isinstance(value, dict):
        return {key: _widened(args[1], item) for key, item in value.items()}
    return _record(type(value), value) if dataclasses.is_dataclass(type(value)) and type(value) in kinds else value


def _need(fits: bool, annotation: Any, value: Any) -> Any:  # noqa: FBT001 - the answer of a test
    """Return the value if it fits."""
    if not fits:
        due = getattr(annotation, "__name__", annotation)
        raise InvalidTypeError(
            f"{value!r} is of type {type(value).__name__}, {due} is due. Change the value or the annotation."
        )
    return value


def _first_that_fits(kinds: Sequence[Any], value: Any) -> Any:
    """Return the value as the first of the types has it."""
    for kind in kinds:
        try:
            return conform(kind, value)
        except TypeError:
            continue
    names = " or ".join(str(getattr(kind, "__name__", kind)) for kind in kinds)
    raise InvalidTypeError(
        f"{value!r} is of type {type(value).__name__}, {names} is due. Change the value or the annotation."
    )


def _member(kind: type[enum.Enum], value: Any) -> Any:
    """Return the member of an Enum; of a Literal, its text."""
    if issubclass(kind, LiteralEnum):
        text = value.value if isinstance(value, kind) else value
        return _need(text in [member.value for member in kind], kind, text)
    return (
        kind[value]
        if isinstance(value, str) and value in kind.__members__
        else _need(isinstance(value, kind), kind, value)
    )
