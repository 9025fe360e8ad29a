"""Checks the inputs and outputs of a task against their declared types, and copies them.

On a cluster they would be serialized. Here they are only copied, so that no two tasks share a mutable value.
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
"""The types whose subclasses are refused: True is not an int here."""


def inputs_of(interface: NativeInterface, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the inputs of a call by name, with defaults filled in; each is checked and copied.

    Parameters:
        interface: The interface of the task.
        args: The arguments given by position.
        kwargs: The arguments given by name.

    Raises:
        InvalidValueError: There are too many or too few arguments, or a name is unknown.
        InvalidTypeError: An argument does not have the declared type.
    """
    given = interface.convert_to_kwargs(*args, **kwargs)
    if missing := [name for name in interface.required_inputs() if name not in given]:
        raise InvalidValueError(f"{', '.join(missing)}: no value given and no default. The interface is {interface!r}")
    return {
        name: _input(name, annotation, given.get(name, default))
        for name, (annotation, default) in interface.inputs.items()
    }


def _input(name: str, annotation: Any, value: object) -> Any:
    """Return a copy of one input after checking its type."""
    try:
        return conform(annotation, copied(value))
    except TypeError as error:
        raise InvalidTypeError(f"input {name!r}: {error}") from error


def outputs_of_run(interface: NativeInterface, value: object, task: str) -> tuple[Any, ...]:
    """Return the outputs of a task in order; each is checked and copied.

    Parameters:
        interface: The interface of the task.
        value: What its function returned.
        task: The name of the task, for the error message.

    Raises:
        RuntimeDataValidationError: An output does not have the declared type, or their number is not the declared one.
    """
    kinds = list(interface.outputs.values())
    # A NamedTuple is a tuple even if it has only one field, which has another name than o0.
    found = (value,) if list(interface.outputs) == ["o0"] else value
    if not kinds and value is None:
        return ()
    if not kinds or not isinstance(found, tuple) or len(found) != len(kinds):
        raise RuntimeDataValidationError(
            "o0",
            f"expected {len(kinds)} outputs, as declared, got {value!r}. Correct the return annotation or the value.",
            task,
        )
    outputs = []
    for (name, kind), item in zip(interface.outputs.items(), found, strict=True):
        try:
            outputs.append(conform(kind, copied(item)))
        except TypeError as error:
            raise RuntimeDataValidationError(name, error, task) from error
    return tuple(outputs)


def copied(value: T) -> T:
    """Return a deep copy, or the value itself if it cannot be copied.

    Parameters:
        value: The value.
    """
    try:
        return copy.deepcopy(value)
    except Exception:  # noqa: BLE001 - copying runs code of the user's classes
        return value


def conform(annotation: Any, value: Any) -> Any:
    """Return the value that the function gets, once its type is checked. An unknown type accepts every value.

    An int is not accepted as a float, and True is not accepted as an int. The name of an Enum's member stands for the
    member, and the Enum of a Literal is given as the string. A datetime is converted to UTC. A list is accepted as a
    tuple.

    Parameters:
        annotation: The declared type.
        value: The value.

    Raises:
        InvalidTypeError: The value does not have the declared type.
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
    """Return a list or dict with each item checked and converted."""
    if isinstance(value, list):
        return [conform(args[0], item) for item in value]
    return {conform(args[0], key): conform(args[1], item) for key, item in value.items()}


def _tuple(annotation: Any, args: tuple[Any, ...], value: Any) -> Any:
    """Return a tuple with each item checked and converted; `args` are the types, or one type and an ellipsis."""
    _need(isinstance(value, (tuple, list)), annotation, value)
    kinds = args[:1] * len(value) if Ellipsis in args else args
    _need(not args or len(kinds) == len(value), annotation, value)
    return tuple(map(conform, kinds, value)) if args else value


def _instance(kind: type, value: Any) -> Any:
    """Return an instance of a class, checked and converted."""
    if kind in _EXACT:
        return _need(type(value) is kind, kind, value)
    if kind is dt.datetime:
        _need(isinstance(value, kind), kind, value)
        return value.astimezone(dt.UTC) if value.tzinfo else value.replace(tzinfo=dt.UTC)
    if issubclass(kind, enum.Enum):
        return _member(kind, value)
    if issubclass(kind, tuple) and hasattr(
        kind, "_fields"
    ):  # a NamedTuple may be given as a plain tuple, the output of another task
        return kind(*_tuple(kind, tuple(kind.__annotations__.values()), value))
    return _record(kind, _need(isinstance(value, kind), kind, value)) if dataclasses.is_dataclass(kind) else value


def _record(kind: type, value: Any) -> Any:
    """Return a dataclass instance with an int converted to a float in each field that is declared as float.

    The SDK passes dataclasses as JSON, which does not tell the two apart; programs print the same number either way.
    """
    given = {name: getattr(value, name, None) for name in _hints(kind)}
    widened = {name: _widened(annotation, given[name]) for name, annotation in _hints(kind).items()}
    changes = {name: item for name, item in widened.items() if item is not given[name]}
    if not changes:
        return value
    twin = copy.copy(value)
    for name, item in changes.items():
        object.__setattr__(twin, name, item)  # the class may be frozen
    return twin


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    """Return the types of a dataclass's fields by name, or an empty dict if one of them cannot be resolved."""
    try:
        hints = typing.get_type_hints(kind)
    except NameError:
        return {}
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def _widened(annotation: Any, value: Any) -> Any:
    """Return the value of a field with ints converted to floats where declared; the same object if nothing changes."""
    kind, args = typing.get_origin(annotation) or annotation, typing.get_args(annotation)
    kinds = args if kind in (typing.Union, types.UnionType) else (kind,)
    if type(value) is int:
        return float(value) if float in kinds and int not in kinds else value
    if kind is list and args and isinstance(value, list):
        return [_widened(args[0], item) for item in value]
    if kind is dict and args and isinstance(value, dict):
        return {key: _widened(args[1], item) for key, item in value.items()}
    return _record(type(value), value) if dataclasses.is_dataclass(type(value)) and type(value) in kinds else value


def _need(fits: bool, annotation: Any, value: Any) -> Any:  # noqa: FBT001 - the result of the caller's check
    """Return the value if it fits the annotation."""
    if not fits:
        raise _wrong_type((annotation,), value)
    return value


def _wrong_type(annotations: Sequence[Any], value: object) -> InvalidTypeError:
    """Return the error for a value that does not have one of the declared types."""
    expected = " or ".join(kind.__name__ if isinstance(kind, type) else str(kind) for kind in annotations)
    return InvalidTypeError(
        f"expected {expected}, got {value!r} of type {type(value).__name__}. Change the value or the annotation."
    )


def _first_that_fits(kinds: Sequence[Any], value: Any) -> Any:
    """Return the value, converted to the first type that accepts it."""
    for kind in kinds:
        try:
            return conform(kind, value)
        except TypeError:
            continue
    raise _wrong_type(kinds, value)


def _member(kind: type[enum.Enum], value: Any) -> Any:
    """Return the member of an Enum, or the string if the Enum stands for a Literal."""
    if issubclass(kind, LiteralEnum):
        text = value.value if isinstance(value, kind) else value
        return _need(text in [member.value for member in kind], kind, text)
    return (
        kind[value]
        if isinstance(value, str) and value in kind.__members__
        else _need(isinstance(value, kind), kind, value)
    )
