"""What the pages of a reference say: what reading them gives back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from docgen.formats.base.projection import CUT
from docgen.formats.material.render import Settings, project
from docgen.model import UNKNOWN, Annotation, Reference, Value

_T = TypeVar("_T")


def visible(reference: Reference, settings: Settings | None = None) -> Reference:
    """Return a reference with what its pages show, unknown or absent where they do not say it.

    Classes and functions are known by their public paths; where a private base brings members, they are those of the
    class that shows them; types are as written, and lead nowhere; values are those that a table has room for.

    Parameters:
        reference: As it was read.
        settings: What the pages are rendered with.
    """
    return _seen(project(reference, settings or Settings()).reference)


def _seen(value: _T) -> _T:
    """Return a value of the model as a page shows it, and what it holds likewise."""
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
