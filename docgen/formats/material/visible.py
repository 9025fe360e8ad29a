"""The part of a reference that its pages show, which is the result of parsing them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from docgen.formats.base.rows import CUT
from docgen.formats.material.render import Settings, project
from docgen.model import UNKNOWN, Annotation, Reference, Value

_T = TypeVar("_T")


def visible(reference: Reference, settings: Settings | None = None) -> Reference:
    """Return a reference with the facts on its pages; all others are unknown or absent.

    Classes and functions are identified by their public paths. Members of a private base belong to the class that shows
    them. Types are as written, without targets. Values are those that fit into a table.

    Parameters:
        reference: The reference as it was read.
        settings: The settings that the pages are rendered with.
    """
    return _seen(project(reference, settings or Settings()).reference)


def _seen(value: _T) -> _T:
    """Return a value of the model as a page shows it, recursively."""
    if isinstance(value, tuple):
        return tuple(map(_seen, value))  # type: ignore[return-value] # a tuple of the same types
    if isinstance(value, Annotation):
        return Annotation(written=value.written)  # type: ignore[return-value] # the same type
    if isinstance(value, Value) and value.text.endswith(CUT):
        return UNKNOWN  # type: ignore[return-value] # the fields of values are of either type
    if not isinstance(value, msgspec.Struct):
        return value
    fields: Mapping[str, object] = {name: _seen(getattr(value, name)) for name in value.__struct_fields__}
    return type(value)(**fields)
