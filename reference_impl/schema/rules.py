"""The parts of schemas: the schemas of plain classes and enums, keywords for constraints, values as JSON."""

from __future__ import annotations

import base64
import collections
import dataclasses
import datetime as dt
import decimal
import enum
import ipaddress
import math
import pathlib
import re
import uuid
from collections.abc import Mapping
from typing import Any, Final

SCALARS: dict[type, dict[str, Any]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    type(None): {"type": "null"},
    bytes: {"type": "string", "contentEncoding": "base64"},
    bytearray: {"type": "string", "contentEncoding": "base64"},
    complex: {"type": "string"},
    dt.datetime: {"type": "string", "format": "date-time"},
    dt.date: {"type": "string", "format": "date"},
    dt.time: {"type": "string", "format": "time"},
    dt.timedelta: {"type": "string", "format": "duration"},
    decimal.Decimal: {"type": ["number", "string"], "pattern": r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"},
    uuid.UUID: {"type": "string", "format": "uuid"},
    pathlib.PurePath: {"type": "string"},
    ipaddress.IPv4Address: {"type": "string", "format": "ipv4"},
    ipaddress.IPv6Address: {"type": "string", "format": "ipv6"},
    re.Pattern: {"type": "string", "format": "regex"},
    list: {"type": "array"},
    tuple: {"type": "array"},
    collections.deque: {"type": "array"},
    set: {"type": "array", "uniqueItems": True},
    frozenset: {"type": "array", "uniqueItems": True},
    dict: {"type": "object"},
    type: {"type": "string"},
}
"""The schema of each class, also for subclasses that have no fields.

Source: JSON Schema 2020-12, validation, section 7.3 (formats).
"""

CONSTRAINTS: dict[str, dict[str, str]] = {
    "ge": {"integer": "minimum", "number": "minimum"},
    "gt": {"integer": "exclusiveMinimum", "number": "exclusiveMinimum"},
    "le": {"integer": "maximum", "number": "maximum"},
    "lt": {"integer": "exclusiveMaximum", "number": "exclusiveMaximum"},
    "multiple_of": {"integer": "multipleOf", "number": "multipleOf"},
    "min_length": {"string": "minLength", "array": "minItems", "object": "minProperties"},
    "max_length": {"string": "maxLength", "array": "maxItems", "object": "maxProperties"},
    "pattern": {"string": "pattern"},
    "title": {"any": "title"},
    "description": {"any": "description"},
    "documentation": {"any": "description"},
    "examples": {"any": "examples"},
}
"""The keyword that an attribute of an object inside `Annotated` stands for, by JSON type.

The attributes are those of annotated-types, pydantic and msgspec.
"""

_JSON_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}


def _one_of(values: list[Any]) -> dict[str, Any]:
    """Return the schema of a choice of JSON values, with their type if all have the same one."""
    kinds = {_JSON_TYPES.get(type(value)) for value in values}
    kind = kinds.pop() if len(kinds) == 1 else None
    return ({"type": kind} if kind else {}) | {"enum": values}


def literal_schema(values: tuple[Any, ...]) -> dict[str, Any]:
    """Return the schema of a Literal.

    Parameters:
        values: The values of the Literal.
    """
    return _one_of([to_json(value) for value in values])


def enum_schema(kind: type) -> dict[str, Any] | None:
    """Return the schema of an Enum, or None for any other class.

    It lists the values; a member whose value cannot be written as JSON is listed by name. Flags can be combined, so
    their schema accepts every integer.

    Parameters:
        kind: The class.
    """
    if issubclass(kind, enum.Flag):
        return {"type": "integer"}
    if not issubclass(kind, enum.Enum) or not len(kind):
        return None
    values = [(to_json(member.value), member.name) for member in kind]
    return _one_of([name if value is NOT_JSON else value for value, name in values])


NOT_JSON: Final = object()
"""Placeholder for a value that cannot be written as JSON."""


def to_json(value: object) -> Any:  # noqa: PLR0911 - one return per kind
    """Return a value as JSON would show it, in new lists and dicts; NOT_JSON if it cannot be written.

    Parameters:
        value: The value.
    """
    if isinstance(value, enum.Enum):
        return to_json(value.value)
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else NOT_JSON
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _mapping({field.name: getattr(value, field.name) for field in dataclasses.fields(value)})
    if isinstance(value, Mapping):
        return _mapping(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        items = [to_json(item) for item in value]
        return NOT_JSON if NOT_JSON in items else items
    return _scalar(value)


def _scalar(value: object) -> Any:
    """Return the string that stands for a date, a duration, bytes, a path and the like."""
    if isinstance(value, (dt.date, dt.time)):  # a datetime is a date
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return f"PT{value.total_seconds():.6f}".rstrip("0").rstrip(".") + "S" if value >= dt.timedelta(0) else NOT_JSON
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if isinstance(value, (pathlib.PurePath, uuid.UUID, decimal.Decimal, complex)):
        return str(value)
    dump = getattr(value, "model_dump", None)  # a pydantic model
    return dump(mode="json") if dump and not isinstance(value, type) else NOT_JSON


def _mapping(value: Mapping[Any, Any]) -> Any:
    """Return a mapping as JSON would show it, with strings as keys."""
    items = {str(to_json(key)): to_json(item) for key, item in value.items()}
    return NOT_JSON if NOT_JSON in items.values() else items
