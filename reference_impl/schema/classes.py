"""The schemas of classes with fields: dataclasses, TypedDicts, NamedTuples and pydantic models."""

from __future__ import annotations

import dataclasses
import json
import typing
from collections.abc import Callable
from typing import Any, Protocol

from reference_impl.schema.docstrings import Docstring
from reference_impl.schema.rules import NOT_JSON, to_json


class Document(Protocol):
    """The part of the document being built that this module needs."""

    definitions: dict[str, Any]
    """The schemas in `$defs`, by name."""

    def schema(self, annotation: Any) -> dict[str, Any]:
        """Return the schema of an annotation."""

    def named(self, kind: object, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return the schema of a class or alias that may contain itself."""

    def reserve(self, kind: object) -> str:
        """Return the name that a class is defined under."""


def class_schema(kind: type, document: Document) -> dict[str, Any] | None:
    """Return the schema of a class with fields, or None for any other class.

    Parameters:
        kind: The class.
        document: The document that the schema is part of.
    """
    if dataclasses.is_dataclass(kind):
        return document.named(kind, lambda: _dataclass(kind, document))
    if typing.is_typeddict(kind):
        return document.named(kind, lambda: _typed_dict(kind, document))
    if issubclass(kind, tuple) and hasattr(kind, "_fields"):
        return document.named(kind, lambda: _named_tuple(kind, document))
    if callable(getattr(kind, "model_json_schema", None)):
        return _pydantic_model(kind, document)
    return None


def _hints(kind: type) -> dict[str, Any]:
    """Return the annotations of a class. Its own name can be resolved even if the class is local to a function."""
    return typing.get_type_hints(kind, localns={kind.__name__: kind}, include_extras=True)


def _dataclass(kind: type, document: Document) -> dict[str, Any]:
    """Return the schema of a dataclass: the parameters of its constructor, by name."""
    hints, texts = _hints(kind), Docstring(callable_=kind).input_descriptions
    properties: dict[str, Any] = {}
    required: list[str] = []
    for field in dataclasses.fields(kind):
        if not field.init:
            continue
        schema = properties[field.name] = document.schema(hints[field.name])
        if text := texts.get(field.name):
            schema["description"] = text
        if field.default is not dataclasses.MISSING:
            _set_default(schema, field.default)
        elif field.default_factory is dataclasses.MISSING:
            required.append(field.name)
    return {
        "type": "object",
        "title": kind.__name__,
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _set_default(schema: dict[str, Any], default: object) -> None:
    """Add a default to a schema if it can be written as JSON."""
    if (value := to_json(default)) is not NOT_JSON:
        schema["default"] = value


def _typed_dict(kind: type, document: Document) -> dict[str, Any]:
    """Return the schema of a TypedDict. Other keys are allowed, because a subclass may have them."""
    hints = _hints(kind)
    always: frozenset[str] = getattr(kind, "__required_keys__", frozenset())
    # `__required_keys__` ignores `Required` and `NotRequired` inside annotations that are strings.
    marks = {name: _mark(hint) for name, hint in hints.items()}
    required = [name for name, mark in marks.items() if (mark is typing.Required if mark else name in always)]
    properties = {name: document.schema(hint) for name, hint in hints.items()}
    return {"type": "object", "title": kind.__name__, "properties": properties, "required": required}


def _mark(hint: Any) -> Any:
    """Return Required or NotRequired if an annotation is wrapped in it (or its Annotated contains it), else None."""
    if typing.get_origin(hint) is typing.Annotated:
        hint = hint.__origin__
    origin = typing.get_origin(hint)
    return origin if origin in (typing.Required, typing.NotRequired) else None


def _named_tuple(kind: type, document: Document) -> dict[str, Any]:
    """Return the schema of a NamedTuple: an array, as `json` writes it, or an object with its fields by name."""
    names: tuple[str, ...] = kind._fields  # type: ignore[attr-defined] # the caller has checked it
    hints, defaults = _hints(kind), getattr(kind, "_field_defaults", {})
    fields = {name: document.schema(hints.get(name, Any)) for name in names}
    for name, default in defaults.items():
        _set_default(fields[name], default)
    required = [name for name in names if name not in defaults]
    array: dict[str, Any] = {"type": "array", "minItems": len(required), "maxItems": len(names)}
    if names:
        array["prefixItems"] = list(fields.values())
    as_object = {"type": "object", "properties": fields, "required": required, "additionalProperties": False}
    return {"title": kind.__name__, "anyOf": [array, as_object]}


def _pydantic_model(kind: Any, document: Document) -> dict[str, Any]:
    """Return the schema that a pydantic model has; its definitions are moved to the root of the document."""
    prefix = document.reserve(kind)
    schema: dict[str, Any] = kind.model_json_schema(ref_template=f"#/$defs/{prefix}.{{model}}")
    for name, definition in schema.pop("$defs", {}).items():
        document.definitions[f"{prefix}.{name}"] = definition
    # The caller may add a description or a default, which must not end up in pydantic's own cache.
    fresh: dict[str, Any] = json.loads(json.dumps(schema))
    return fresh
