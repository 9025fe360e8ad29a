"""Python values as JSON values, for the defaults in a schema."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import decimal
import enum
import math
import pathlib
import uuid
from collections.abc import Mapping
from typing import Any, Final

NOT_JSON: Final = object()
"""Stands for "this value has no JSON form"."""


def to_json(value: object) -> Any:  # noqa: PLR0911 - one return per kind
    """Return a value as JSON shows it, in new lists and dicts; NOT_JSON where it has no such form."""
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
    """Return a value of a class that JSON knows as text."""
    if isinstance(value, (dt.date, dt.time)):  # a datetime is a date
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return f"PT{value.total_seconds():.6f}".rstrip("0").rstrip(".") + "S" if value >= dt.timedelta(0) else NOT_JSON
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    if isinstance(value, (pathlib.PurePath, uuid.UUID, decimal.Decimal, complex)):
        return str(value)
    dump = getattr(value, "model_dump", None)  # a pydantic model, made by the user's own import of it
    return dump(mode="json") if dump and not isinstance(value, type) else NOT_JSON


def _mapping(value: Mapping[Any, Any]) -> Any:
    """Return a mapping with text as keys."""
    items = {str(to_json(key)): to_json(item) for key, item in value.items()}
    return NOT_JSON if NOT_JSON in items.values() else items
