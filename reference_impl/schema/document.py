"""Turns Python annotations into a JSON Schema, draft 2020-12.

There is one method for each kind of annotation. Plain classes are looked up in a table along their MRO, so that a
subclass gets the schema of its base; `register_json_schema` adds entries that come first. A class that contains itself
is defined in `$defs` at the root of the document and referred to; any other class is written in place.
The schema of an annotation that no rule covers accepts everything: it must not refuse what the task would accept.
"""

from __future__ import annotations

import decimal
import inspect
import sys
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from reference_impl.schema.classes import class_schema
from reference_impl.schema.rules import CONSTRAINTS, NOT_JSON, SCALARS, enum_schema, literal_schema, to_json

Schema = dict[str, Any]
"""A JSON Schema: a new dict of plain values."""

_CONTAINERS = ("builtins", "collections", "collections.abc")
"""The modules whose iterable classes are collections; an iterable class of another module may be anything."""

_REGISTERED: dict[type, Callable[[type], Schema]] = {}
"""The functions given to `register_json_schema`, by class."""


def register_json_schema(kind: type, make: Callable[[type], Schema]) -> None:
    """Register a function that makes the schema of a class and its subclasses.

    Parameters:
        kind: The class.
        make: Is called with the class that is annotated, and returns its schema.
    """
    _REGISTERED[kind] = make


def inputs_schema(inputs: Mapping[str, tuple[Any, Any]], descriptions: Mapping[str, str | None]) -> Schema:
    """Return the schema of an object with the inputs of a task by name, and no other properties.

    Parameters:
        inputs: The annotation and the default of each input by name; `inspect.Parameter.empty` means none.
        descriptions: The description of each input by name; other names are ignored.
    """
    document = _Document()
    properties: Schema = {}
    required: list[str] = []
    for name, (annotation, default) in inputs.items():
        schema = properties[name] = document.schema(annotation)
        if text := descriptions.get(name):
            schema["description"] = text
        if default is inspect.Parameter.empty:
            required.append(name)
        elif (value := to_json(default)) is not NOT_JSON:
            schema["default"] = value
    whole: Schema = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    if document.definitions:
        whole["$defs"] = document.definitions
    return whole


class _Document:
    """A document that is being built: its definitions, and the classes whose schemas are still open."""

    def __init__(self) -> None:
        self.definitions: Schema = {}
        self._names: dict[object, str] = {}
        self._open: list[object] = []

    def schema(self, annotation: Any) -> Schema:
        """Return the schema of an annotation."""
        make = SCALARS.get(annotation) if isinstance(annotation, type) and not _REGISTERED else None
        if make is not None:
            return _fresh(make)
        origin = typing.get_origin(annotation)
        if origin is not None:
            return self._subscripted(annotation, origin, typing.get_args(annotation))
        if isinstance(annotation, type):
            return self._class(annotation)
        return self._special(annotation)

    def _subscripted(  # noqa: PLR0911 - one return per kind
        self,
        annotation: Any,
        origin: Any,
        args: tuple[Any, ...],
    ) -> Schema:
        """Return the schema of `origin[args]`."""
        if origin is typing.Annotated:
            return self._constrained(annotation.__origin__, annotation.__metadata__)
        if origin in (typing.Union, types.UnionType):
            return {"anyOf": [self.schema(arg) for arg in args]}
        if origin is typing.Literal:
            return literal_schema(args)
        if origin in (typing.Required, typing.NotRequired, typing.Final, typing.ClassVar):
            return self.schema(args[0])
        if origin is type or not hasattr(annotation, "__args__"):
            return self._class(origin)
        if origin is tuple:
            return self._tuple(args)
        if not isinstance(origin, type):  # an alias made by the `type` statement, with parameters
            return self.named(annotation, lambda: self.schema(origin.__value__[args])) if _is_alias(origin) else {}
        if origin.__module__ not in _CONTAINERS or not issubclass(origin, Iterable):
            return self._class(origin)
        return self._mapping(args) if issubclass(origin, Mapping) else self._array(origin, args)

    def _special(self, annotation: Any) -> Schema:  # noqa: PLR0911 - one return per kind
        """Return the schema of None, a NewType, an alias, a type variable, or a special form without arguments."""
        if annotation is None:
            return {"type": "null"}
        if annotation in (typing.Never, typing.NoReturn):
            return {"not": {}}
        if annotation is typing.LiteralString:
            return {"type": "string"}
        if _is_alias(annotation):  # it may contain itself
            return self.named(annotation, lambda: self.schema(annotation.__value__))
        if hasattr(annotation, "__supertype__"):
            return self.schema(annotation.__supertype__)
        if isinstance(annotation, typing.TypeVar):
            if annotation.__bound__ is not None:
                return self.schema(annotation.__bound__)
            branches = [self.schema(constraint) for constraint in annotation.__constraints__]
            return {"anyOf": branches} if branches else {}
        return {}

    def _class(self, kind: type) -> Schema:
        """Return the schema of a class: a registered one, that of its members or fields, or one of the table."""
        for base in kind.__mro__:
            if base in _REGISTERED:
                return _REGISTERED[base](kind)
        if schema := enum_schema(kind):
            return schema
        if (made := class_schema(kind, self)) is not None:
            return made
        for base in kind.__mro__:
            if base in SCALARS:
                return _fresh(SCALARS[base])
        if kind.__module__ not in _CONTAINERS or not issubclass(kind, Iterable):
            return {}
        return {"type": "object"} if issubclass(kind, Mapping) else {"type": "array"}

    def named(self, kind: object, make: Callable[[], Schema]) -> Schema:
        """Return the schema of a class or alias that may contain itself; if it does, a reference to its definition.

        Parameters:
            kind: The class or alias.
            make: Makes its schema.
        """
        if kind in self._open:
            return {"$ref": f"#/$defs/{self.reserve(kind)}"}
        self._open.append(kind)
        schema = make()
        self._open.pop()
        if kind not in self._names:
            return schema
        self.definitions[self._names[kind]] = schema
        return {"$ref": f"#/$defs/{self._names[kind]}"}

    def reserve(self, kind: object) -> str:
        """Return the name that a class is defined under; another class of the same name gets a number.

        Parameters:
            kind: The class or alias.
        """
        if kind not in self._names:
            base = str(getattr(kind, "__name__", "Type"))
            taken = set(self._names.values())
            names = (base if number == 1 else f"{base}_{number}" for number in range(1, sys.maxsize))
            self._names[kind] = next(name for name in names if name not in taken)
        return self._names[kind]

    def _constrained(self, annotation: Any, metadata: tuple[Any, ...]) -> Schema:
        """Return the schema of `Annotated`: attributes of the metadata become keywords, a string the description."""
        schema = self.schema(annotation)
        for item in metadata:
            # In pydantic's FieldInfo, the constraints are one level down.
            for part in (item, *getattr(item, "metadata", ())):
                schema |= _constraint(part, _kinds(schema))
        return schema

    def _tuple(self, args: tuple[Any, ...]) -> Schema:
        """Return the schema of a tuple: one type for each item, or one type for any number of items."""
        if len(args) == 2 and args[1] is Ellipsis:  # noqa: PLR2004 - a pair has two
            return {"type": "array", "items": self.schema(args[0])}
        schema: Schema = {"type": "array", "minItems": len(args), "maxItems": len(args)}
        return schema | ({"prefixItems": [self.schema(arg) for arg in args]} if args else {})

    def _array(self, origin: type, args: tuple[Any, ...]) -> Schema:
        """Return the schema of a collection. The first argument is the type of its items, also for a generator."""
        unique = {"uniqueItems": True} if issubclass(origin, (set, frozenset, typing.AbstractSet)) else {}
        return {"type": "array", "items": self.schema(args[0]), **unique}

    def _mapping(self, args: tuple[Any, ...]) -> Schema:
        """Return the schema of a mapping. JSON keys are strings, so the type of the keys restricts those strings."""
        key = args[0]
        value = self.schema(args[1]) if len(args) > 1 else {"type": "integer"}  # a Counter counts
        schema: Schema = {"type": "object", "additionalProperties": value}
        names = {"pattern": "^-?[0-9]+$"} if key is int else self.schema(key) if key is not str else {}
        if names and ("pattern" in names or "enum" in names or "format" in names):
            schema["propertyNames"] = {name: names[name] for name in ("pattern", "enum", "format") if name in names}
        return schema


def _is_alias(annotation: object) -> bool:
    """Return True if an annotation is an alias made by the `type` statement, which is new in Python 3.12."""
    return hasattr(annotation, "__value__")


def _fresh(schema: Schema) -> Schema:
    """Return a copy that shares no list with the table, so that the caller may change it."""
    return {keyword: list(value) if isinstance(value, list) else value for keyword, value in schema.items()}


def _kinds(schema: Schema) -> set[str]:
    """Return the JSON types that a schema names."""
    kinds = schema.get("type", [])
    found = {kinds} if isinstance(kinds, str) else set(kinds)
    return found.union(*(_kinds(branch) for branch in schema.get("anyOf", [])))


def _constraint(part: object, kinds: set[str]) -> Schema:
    """Return the keywords that an object among the metadata stands for, limited to the given JSON types."""
    if isinstance(part, str):
        return {"description": part}
    found: Schema = {}
    for attribute, keywords in CONSTRAINTS.items():
        value = getattr(part, attribute, None)
        if value is not None and not callable(value):
            shown = float(value) if isinstance(value, decimal.Decimal) else to_json(value)
            found |= {keyword: shown for kind, keyword in keywords.items() if kind in kinds or kind == "any"}
    return found
