"""Wrong for some types only: in the interface, and in the JSON schema."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import inspect
import types
import typing
import uuid
from collections.abc import Callable
from typing import Any

from conformance.mutants.form import mutant
from reference_impl.schema import classes as schema_classes
from reference_impl.schema import docstrings, interface
from reference_impl.schema import document as schema_module
from reference_impl.schema.interface import NativeInterface
from reference_impl.schema.rules import NOT_JSON, SCALARS
from tests.mutants.wrong_schema import SCHEMA, changed

# ---- the interface ----


def annotated(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the replacement of what the interface makes of an annotation by one that changes it afterwards."""
    return lambda enums: lambda annotation: change(enums(annotation))


@mutant(interface, "_enums", "NIF-01", "NIF-02")
def dataclasses_are_dictionaries(enums: Any) -> Any:
    """An input that is a dataclass has the type dict."""
    return annotated(lambda kind: dict if dataclasses.is_dataclass(kind) else kind)(enums)


@mutant(interface, "_enums", "NIF-01", "NIF-02")
def dates_are_datetimes(enums: Any) -> Any:
    """An input that is a date has the type datetime."""
    return annotated(lambda kind: dt.datetime if kind is dt.date else kind)(enums)


@mutant(interface, "_enums", "NIF-01", "NIF-02")
def generics_of_typing_lose_their_items(enums: Any) -> Any:
    """typing.List[int] is list."""
    return annotated(
        lambda kind: (
            typing.get_origin(kind)
            if getattr(kind, "__module__", "") == "typing"
            and type(kind).__name__ == "_GenericAlias"
            and isinstance(typing.get_origin(kind), type)
            else kind
        )
    )(enums)


@mutant(interface, "_enums", "NIF-01")
def tuples_of_any_length_are_lists(enums: Any) -> Any:
    """tuple[int, ...] is list[int]."""
    return annotated(
        lambda kind: list[typing.get_args(kind)[0]] if Ellipsis in typing.get_args(kind) else kind  # type: ignore[misc]  # a type made while running
    )(enums)


@mutant(interface, "_enums", "NIF-01", "NIF-02")
def unions_with_none_lose_it(enums: Any) -> Any:
    """int | str | None is int | str."""

    def change(kind: Any) -> Any:
        is_union = typing.get_origin(kind) in (typing.Union, types.UnionType)
        kept = tuple(one for one in typing.get_args(kind) if one is not type(None))
        return typing.Union[kept] if is_union and len(kept) > 1 else kind  # noqa: UP007 - made of a tuple

    return annotated(change)(enums)


@mutant(interface, "_enums", "NIF-01", "NIF-02")
def unknown_classes_are_any(enums: Any) -> Any:
    """A class of the user's own is taken for Any."""
    return annotated(
        lambda kind: (
            Any
            if isinstance(kind, type)
            and type(kind) is type
            and not typing.get_args(kind)
            and kind.__module__.startswith("conformance")
            and not dataclasses.is_dataclass(kind)
            and not hasattr(kind, "_fields")
            else kind
        )
    )(enums)


@mutant(NativeInterface, "from_callable", "NIF-01")
def keyword_only_inputs_without_default_have_none(from_callable: Any) -> Any:
    """A keyword-only input without default that may be None has the default None."""

    def broken(cls: Any, func: Any) -> Any:
        found = from_callable(cls, func)
        inputs = {
            name: (kind, None if default is inspect.Parameter.empty and "None" in str(kind) else default)
            for name, (kind, default) in found.inputs.items()
        }
        return dataclasses.replace(found, inputs=inputs)

    return broken


# ---- the schema ----


def each(change: Callable[[Any, dict[str, Any]], dict[str, Any]]) -> Callable[[Any], Any]:
    """Return the replacement of the schema of an annotation by one that is changed: `change(annotation, schema)`."""

    def replacement(read: Any) -> Any:
        return lambda self, annotation: change(annotation, read(self, annotation))

    return replacement


DOCUMENT_CLASS = schema_module._Document
DOCUMENT = (DOCUMENT_CLASS, "schema")


@mutant(SCALARS, dt.timedelta, "JSN-05")
def durations_are_numbers(_: Any) -> Any:
    """A timedelta is a number of seconds."""
    return {"type": "number"}


@mutant(SCALARS, dt.datetime, "JSN-05")
def datetimes_are_objects(_: Any) -> Any:
    """A datetime is an object."""
    return {"type": "object"}


@mutant(SCALARS, dt.datetime, "JSN-05")
def datetimes_may_be_anything(_: Any) -> Any:
    """A datetime may be any value."""
    return {}


@mutant(SCALARS, dict, "JSN-05")
def bare_dictionaries_are_empty(_: Any) -> Any:
    """A dict without types is empty."""
    return {"type": "object", "maxProperties": 0}


@mutant(DOCUMENT_CLASS, "_mapping", "JSN-05")
def only_text_keys_are_allowed(mapping: Any) -> Any:
    """A dict whose keys are not strings has no items."""
    return lambda self, args: mapping(self, args) if args[0] is str else {"type": "object", "maxProperties": 0}


@mutant(schema_classes, "_dataclass", "JSN-05")
def fields_with_a_factory_are_required(dataclass: Any) -> Any:
    """A field of a dataclass whose default is made by a factory is required."""

    def broken(kind: Any, document: Any) -> Any:
        schema = dataclass(kind, document)
        made = [one.name for one in dataclasses.fields(kind) if one.default_factory is not dataclasses.MISSING]
        return {**schema, "required": [*schema["required"], *made]}

    return broken


@mutant(schema_classes, "_dataclass", "JSN-05")
def dataclasses_within_are_any_object(dataclass: Any) -> Any:
    """A dataclass within a dataclass may be any object."""
    depth = [0]

    def broken(kind: Any, document: Any) -> Any:
        depth[0] += 1
        try:
            return dataclass(kind, document) if depth[0] == 1 else {"type": "object"}
        finally:
            depth[0] -= 1

    return broken


@mutant(schema_classes, "_dataclass", "JSN-05")
def dataclasses_without_fields_are_refused(dataclass: Any) -> Any:
    """A dataclass without fields has a schema that nothing fits."""
    return lambda kind, document: dataclass(kind, document) if dataclasses.fields(kind) else {"not": {}}


@mutant(schema_classes, "_typed_dict", "JSN-14")
def keys_of_a_typed_dict_are_optional(typed_dict: Any) -> Any:
    """No key of a TypedDict is required."""
    return lambda kind, document: {**typed_dict(kind, document), "required": []}


@mutant(*DOCUMENT, "JSN-06")
def optional_classes_refuse_null(read: Any) -> Any:
    """None is refused for Optional of a dataclass."""

    def change(annotation: Any, schema: dict[str, Any]) -> dict[str, Any]:
        args = typing.get_args(annotation)
        if type(None) not in args or not any(dataclasses.is_dataclass(one) for one in args):
            return schema
        return {"anyOf": [one for one in schema["anyOf"] if one.get("type") != "null"]}

    return each(change)(read)


@mutant(*DOCUMENT, "JSN-06")
def optional_times_refuse_null(read: Any) -> Any:
    """None is refused for Optional of a datetime."""

    def change(annotation: Any, schema: dict[str, Any]) -> dict[str, Any]:
        args = typing.get_args(annotation)
        return {"type": "string"} if type(None) in args and dt.datetime in args else schema

    return each(change)(read)


@mutant(DOCUMENT_CLASS, "named", "JSN-06")
def definitions_are_forgotten(named: Any) -> Any:
    """The definition of a class that contains itself is not in the document."""

    def broken(self: Any, kind: Any, make: Any) -> Any:
        schema = named(self, kind, make)
        if not self._open:
            self.definitions.clear()
        return schema

    return broken


@mutant(*DOCUMENT, "JSN-12")
def unions_in_containers_are_exclusive(read: Any) -> Any:
    """A union within a list accepts what exactly one of its types accepts."""

    def change(annotation: Any, schema: dict[str, Any]) -> dict[str, Any]:
        if typing.get_origin(annotation) is list and "anyOf" in schema["items"]:
            return {**schema, "items": {"oneOf": schema["items"]["anyOf"]}}
        return schema

    return each(change)(read)


def of_enums(change: Callable[[type[enum.Enum], dict[str, Any]], dict[str, Any]]) -> Callable[[Any], Any]:
    """Return the replacement of the schema of Enums by one that is changed."""

    def replacement(enum_schema: Any) -> Any:
        def broken(kind: Any) -> Any:
            schema = enum_schema(kind)
            return change(kind, schema) if schema and "enum" in schema else schema

        return broken

    return replacement


@mutant(schema_module, "enum_schema", "JSN-14")
def numbers_of_enums_are_text(enum_schema: Any) -> Any:
    """The values of an Enum of numbers are written as strings."""
    return of_enums(lambda _, schema: {**schema, "type": "string", "enum": [str(one) for one in schema["enum"]]})(
        enum_schema
    )


@mutant(schema_module, "enum_schema", "JSN-05b")
def aliases_of_enums_count(enum_schema: Any) -> Any:
    """The value of an alias is in the list twice."""
    return of_enums(lambda kind, schema: {**schema, "enum": [one.value for one in kind.__members__.values()]})(
        enum_schema
    )


@mutant(schema_module, "enum_schema", "JSN-05b")
def falsy_values_of_enums_are_left_out(enum_schema: Any) -> Any:
    """Falsy values of an Enum are left out."""
    return of_enums(lambda _, schema: {**schema, "enum": [one for one in schema["enum"] if one]})(enum_schema)


@mutant(*DOCUMENT, "JSN-05b")
def enums_in_lists_are_names(read: Any) -> Any:
    """A list of an Enum is a list of its names."""

    def change(annotation: Any, schema: dict[str, Any]) -> dict[str, Any]:
        inner = next(iter(typing.get_args(annotation)), None)
        if typing.get_origin(annotation) is list and isinstance(inner, type) and issubclass(inner, enum.Enum):
            return {**schema, "items": {"enum": [one.name for one in inner]}}
        return schema

    return each(change)(read)


@mutant(*SCHEMA, "JSN-01")
def unknown_types_are_not_required(read: Any) -> Any:
    """An input of a type that JSON does not know is never required."""

    def change(self: Any, schema: dict[str, Any]) -> None:
        open_ones = [name for name, one in schema["properties"].items() if not one.keys() & {"type", "anyOf", "$ref"}]
        schema["required"] = [name for name in schema["required"] if name not in open_ones]

    return changed(change)(read)


@mutant(*SCHEMA, "JSN-01")
def inputs_of_type_none_are_left_out(read: Any) -> Any:
    """An input that can only be None is left out."""

    def change(self: Any, schema: dict[str, Any]) -> None:
        gone = [name for name, one in schema["properties"].items() if one.get("type") == "null"]
        for name in gone:
            del schema["properties"][name]
        schema["required"] = [name for name in schema["required"] if name not in gone]

    return changed(change)(read)


@mutant(*SCHEMA, "JSN-01")
def documented_inputs_are_not_required(read: Any) -> Any:
    """The inputs of a documented function are not required."""
    return changed(lambda self, schema: schema.update(required=[] if self.docstring else schema["required"]))(read)


@mutant(schema_module, "_fresh", "JSN-03")
def lists_of_types_are_shared(_: Any) -> Any:
    """The list of types of a Decimal is the same one in each schema."""
    return dict


@mutant(SCALARS, bytes, "JSN-04")
def bytes_have_no_json_type(_: Any) -> Any:
    """The type of bytes is "bytes"."""
    return {"type": "bytes"}


@mutant(DOCUMENT_CLASS, "_tuple", "JSN-04")
def items_of_tuples_are_a_list(_: Any) -> Any:
    """The items of a tuple are a list of schemas, as before draft 2020-12."""

    def broken(self: Any, args: tuple[Any, ...]) -> Any:
        return {"type": "array", "items": [self.schema(arg) for arg in args if arg is not Ellipsis]}

    return broken


@mutant(SCALARS, uuid.UUID, "JSN-14")
def identifiers_are_anything(_: Any) -> Any:
    """The format of a UUID holds for strings, and other values are valid, too."""
    return {"format": "uuid"}


@mutant(SCALARS, set, "JSN-14")
def sets_are_anything(_: Any) -> Any:
    """The items of a set are unique if it is an array, and other values are valid, too."""
    return {"uniqueItems": True}


@mutant(schema_classes, "_named_tuple", "JSN-14")
def named_tuples_are_anything(schema: Any) -> Any:
    """A NamedTuple has a schema that lets everything pass."""

    def broken(kind: Any, document: Any) -> Any:
        found = schema(kind, document)
        return {"title": found["title"], "examples": found["anyOf"]}

    return broken


@mutant(DOCUMENT_CLASS, "_class", "JSN-04")
def bare_collections_have_no_json_type(schema: Any) -> Any:
    """The type of a bare collection is "sequence"."""

    def broken(self: Any, kind: Any) -> Any:
        found = schema(self, kind)
        return {"type": "sequence"} if kind.__module__ == "collections.abc" and found == {"type": "array"} else found

    return broken


@mutant(schema_module, "_constraint", "JSN-03", "JSN-04")
def only_known_notes_are_read(constraint: Any) -> Any:
    """What `Annotated` says in an object of an unknown class makes the schema fail."""

    def broken(part: Any, kinds: Any) -> Any:
        if type(part).__module__ == "builtins" or hasattr(part, "metadata"):
            return constraint(part, kinds)
        raise TypeError(f"{part!r}: an unknown constraint")

    return broken


@mutant(schema_module, "to_json", "JSN-07")
def spans_are_in_minutes(value: Any) -> Any:
    """The default of a time span is given in minutes, whole ones."""

    def broken(default: Any) -> Any:
        return f"PT{default // dt.timedelta(minutes=1)}M" if isinstance(default, dt.timedelta) else value(default)

    return broken


@mutant(docstrings, "_items", "JSN-08")
def sections_have_items(items: Any) -> Any:
    """A section of a docstring without items makes the schema fail."""

    def broken(body: Any, pattern: Any) -> Any:
        if not any(line.strip() for line in body):
            raise ValueError("an empty section")
        return items(body, pattern)

    return broken


@mutant(DOCUMENT_CLASS, "_special", "JSN-14")
def new_types_are_anything(schema: Any) -> Any:
    """A type by another name (`NewType`) has a schema that lets everything pass."""
    return lambda self, annotation: {} if hasattr(annotation, "__supertype__") else schema(self, annotation)


@mutant(DOCUMENT_CLASS, "_special", "JSN-05")
def variables_are_null(schema: Any) -> Any:
    """A type variable has the schema of None."""
    return lambda self, annotation: schema(self, None if isinstance(annotation, typing.TypeVar) else annotation)


@mutant(schema_module, "to_json", "JSN-07")
def defaults_of_records_are_missing(value: Any) -> Any:
    """The default of an input that is a record is missing."""
    return lambda default: NOT_JSON if dataclasses.is_dataclass(default) else value(default)


@mutant(schema_module, "enum_schema", "JSN-05b")
def enums_of_strings_show_names(enum_schema: Any) -> Any:
    """The schema of an Enum whose members are strings themselves lists their names."""

    def broken(kind: Any) -> Any:
        if issubclass(kind, str):
            return {"type": "string", "enum": [member.name for member in kind]}
        return enum_schema(kind)

    return broken
