"""The tables of the schema rules: plain classes, literals, enums, and the constraints of `Annotated`."""

from __future__ import annotations

import collections
import datetime as dt
import decimal
import enum
import ipaddress
import pathlib
import re
import uuid
from typing import Any

from reference_impl.values import NOT_JSON, to_json

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
"""The schema of a class, and of its subclasses that have no fields of their own.

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
"""Per attribute of a piece of metadata the keyword for each JSON type.

The attribute names are those of annotated-types, pydantic and msgspec.
"""

_JSON_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}


def _one_of(values: list[Any]) -> dict[str, Any]:
    """Return the schema of a choice of JSON values, with their type where it is one and the same."""
    kinds = {_JSON_TYPES.get(type(value)) for value in values}
    kind = kinds.pop() if len(kinds) == 1 else None
    return ({"type": kind} if kind else {}) | {"enum": values}


def literal_schema(values: tuple[Any, ...]) -> dict[str, Any]:
    """Return the schema of a Literal: its values."""
    return _one_of([to_json(value) for value in values])


def enum_schema(kind: type) -> dict[str, Any] | None:
    """Return the schema of an Enum: its values, or names where a value is not JSON; None for another class.

    Flags can be combined, so any integer will do for them.
    """
    if issubclass(kind, enum.Flag):
        return {"type": "integer"}
    if not issubclass(kind, enum.Enum) or not len(kind):
        return None
    values = [(to_json(member.value), member.name) for member in kind]
    return _one_of([name if value is NOT_JSON else value for value, name in values])
