"""Wrong in the JSON schema."""

from __future__ import annotations

import enum
import inspect
import types
import typing
from collections.abc import Callable
from typing import Any

from conformance.mutants.form import mutant
from reference_impl.extend import AsyncFunctionTaskTemplate
from reference_impl.schema import document as schema_module
from reference_impl.schema import literals
from reference_impl.schema.interface import NativeInterface

SCHEMA = (NativeInterface, "json_schema")
EMPTY = inspect.Parameter.empty


def changed(change: Callable[[Any, dict[str, Any]], object]) -> Callable[[Any], Any]:
    """Return the replacement of the schema by one that is changed: `change(interface, schema)`."""

    def replacement(read: Any) -> Any:
        def broken(self: Any) -> Any:
            schema = read(self)
            change(self, schema)
            return schema

        return broken

    return replacement


def each_property(change: Callable[[dict[str, Any]], object]) -> Callable[[Any], Any]:
    """Return the replacement of the schema by one in which the schema of each input is changed."""
    return changed(lambda _, schema: [change(one) for one in schema["properties"].values()])


def scalar(kind: type, **schema: Any) -> Callable[[Any], Any]:
    """Return the replacement of the table of scalars by one in which a class has another schema."""
    return lambda table: {**table, kind: schema}


# ---- the whole object ----


@mutant(*SCHEMA, "JSN-01")
def schema_has_no_type(read: Any) -> Any:
    """The schema does not say that it is an object."""
    return changed(lambda _, schema: schema.pop("type"))(read)


@mutant(*SCHEMA, "JSN-01")
def properties_are_sorted(read: Any) -> Any:
    """The properties are sorted by name."""
    return changed(lambda _, schema: schema.update(properties=dict(sorted(schema["properties"].items()))))(read)


@mutant(*SCHEMA, "JSN-01")
def required_is_left_out_when_empty(read: Any) -> Any:
    """A schema without required inputs has no `required`."""
    return changed(lambda _, schema: None if schema["required"] else schema.pop("required"))(read)


@mutant(*SCHEMA, "JSN-01")
def everything_is_required(read: Any) -> Any:
    """Inputs with a default are required too."""
    return changed(lambda _, schema: schema.update(required=list(schema["properties"])))(read)


@mutant(*SCHEMA, "JSN-01")
def nothing_is_required(read: Any) -> Any:
    """No input is required."""
    return changed(lambda _, schema: schema.update(required=[]))(read)


@mutant(*SCHEMA, "JSN-01")
def none_defaults_are_required(read: Any) -> Any:
    """An input whose default is None is required."""
    return changed(
        lambda self, schema: schema.update(
            required=[name for name, (_, default) in self.inputs.items() if default is EMPTY or default is None]
        )
    )(read)


@mutant(*SCHEMA, "JSN-01")
def falsy_defaults_are_required(read: Any) -> Any:
    """An input whose default is falsy is required."""
    return changed(
        lambda self, schema: schema.update(
            required=[name for name, (_, default) in self.inputs.items() if default is EMPTY or not default]
        )
    )(read)


@mutant(*SCHEMA, "JSN-01")
def optional_inputs_are_not_required(read: Any) -> Any:
    """An input of an Optional type is not required, without a default too."""

    def change(self: Any, schema: dict[str, Any]) -> None:
        schema["required"] = [
            name for name in schema["required"] if type(None) not in typing.get_args(self.inputs[name][0])
        ]

    return changed(change)(read)


@mutant(*SCHEMA, "JSN-01")
def last_property_is_missing(read: Any) -> Any:
    """The schema shows three inputs at most."""

    def change(_: Any, schema: dict[str, Any]) -> None:
        kept = list(schema["properties"])[:3]
        schema["properties"] = {name: schema["properties"][name] for name in kept}
        schema["required"] = [name for name in schema["required"] if name in kept]

    return changed(change)(read)


@mutant(*SCHEMA, "JSN-01")
def required_names_are_sorted(read: Any) -> Any:
    """The names of required inputs are sorted."""
    return changed(lambda _, schema: schema["required"].sort())(read)


@mutant(AsyncFunctionTaskTemplate, "json_schema", "JSN-02")
def template_schema_has_a_title(read: Any) -> Any:
    """The schema of the template has a title, that of the interface has none."""
    return lambda self: {**read(self), "title": self.name}


@mutant(AsyncFunctionTaskTemplate, "json_schema", "JSN-02", "JSN-10")
def template_schema_tells_the_short_name(read: Any) -> Any:
    """The schema of a template with a short name of its own has a description."""
    return lambda self: read(self) if self.short_name == self.name else {**read(self), "description": self.short_name}


@mutant(AsyncFunctionTaskTemplate, "json_schema", "JSN-03")
def schema_is_kept(read: Any) -> Any:
    """The template hands out the same schema each time."""

    def broken(self: Any) -> Any:
        state = vars(self)
        if "_schema" not in state:
            state["_schema"] = read(self)
        return state["_schema"]

    return broken


@mutant(*SCHEMA, "JSN-03")
def properties_are_shared(read: Any) -> Any:
    """The schemas of an interface share their properties."""
    known: dict[int, Any] = {}

    def broken(self: Any) -> Any:
        schema = read(self)
        _, properties = known.setdefault(id(self), (self, schema["properties"]))
        return {**schema, "properties": properties}

    return broken


@mutant(*SCHEMA, "JSN-03")
def required_names_are_a_set(read: Any) -> Any:
    """The names of required inputs are a set."""
    return changed(lambda _, schema: schema.update(required=set(schema["required"])))(read)


@mutant(*SCHEMA, "JSN-04")
def type_is_a_python_name(read: Any) -> Any:
    """The type of a whole number is "int"."""
    return each_property(lambda one: one.update(type="int") if one.get("type") == "integer" else None)(read)


@mutant(*SCHEMA, "JSN-04")
def required_stands_in_the_property(read: Any) -> Any:
    """Each property says `required: true`."""
    return each_property(lambda one: one.update(required=True))(read)


@mutant(*SCHEMA, "JSN-09")
def further_properties_are_allowed(read: Any) -> Any:
    """The schema does not refuse unknown properties."""
    return changed(lambda _, schema: schema.pop("additionalProperties"))(read)


@mutant(*SCHEMA, "JSN-09")
def further_properties_are_allowed_beside_defaults(read: Any) -> Any:
    """The schema of a task without required inputs does not refuse unknown properties."""
    return changed(lambda _, schema: None if schema["required"] else schema.pop("additionalProperties"))(read)


# ---- defaults and descriptions ----


@mutant(*SCHEMA, "JSN-07")
def defaults_are_left_out(read: Any) -> Any:
    """Defaults are left out."""
    return each_property(lambda one: one.pop("default", None))(read)


@mutant(*SCHEMA, "JSN-07")
def falsy_defaults_are_left_out(read: Any) -> Any:
    """Falsy defaults are left out."""
    return each_property(lambda one: None if one.get("default", True) else one.pop("default"))(read)


@mutant(*SCHEMA, "JSN-07")
def none_defaults_are_left_out(read: Any) -> Any:
    """A default of None is left out."""
    return each_property(lambda one: one.pop("default") if one.get("default", 0) is None else None)(read)


@mutant(*SCHEMA, "JSN-07")
def defaults_are_text(read: Any) -> Any:
    """Defaults are strings."""
    return each_property(lambda one: one.update(default=str(one["default"])) if "default" in one else None)(read)


@mutant(*SCHEMA, "JSN-08")
def descriptions_are_left_out(read: Any) -> Any:
    """Descriptions are left out."""
    return each_property(lambda one: one.pop("description", None))(read)


@mutant(*SCHEMA, "JSN-08")
def descriptions_are_cut(read: Any) -> Any:
    """Descriptions end at the first full stop."""
    return each_property(
        lambda one: one.update(description=one["description"].split(". ")[0][:12]) if "description" in one else None
    )(read)


@mutant(*SCHEMA, "JSN-08")
def descriptions_of_defaults_are_left_out(read: Any) -> Any:
    """An input with a default has no description."""
    return each_property(lambda one: one.pop("description", None) if "default" in one else None)(read)


# ---- types ----


@mutant(schema_module, "SCALARS", "JSN-05")
def int_is_a_number(table: Any) -> Any:
    """int is a number."""
    return scalar(int, type="number")(table)


@mutant(schema_module, "SCALARS", "JSN-05")
def bool_is_an_integer(table: Any) -> Any:
    """bool is an integer."""
    return scalar(bool, type="integer")(table)


@mutant(schema_module, "SCALARS", "JSN-05")
def float_is_an_integer(table: Any) -> Any:
    """float is an integer."""
    return scalar(float, type="integer")(table)


@mutant(schema_module, "SCALARS", "JSN-05")
def int_is_not_negative(table: Any) -> Any:
    """int is at least 0."""
    return scalar(int, type="integer", minimum=0)(table)


@mutant(schema_module, "SCALARS", "JSN-05")
def int_is_small(table: Any) -> Any:
    """int is below 2 to the 63."""
    return scalar(int, type="integer", maximum=2**63 - 1)(table)


@mutant(schema_module, "SCALARS", "JSN-05")
def text_is_not_empty(table: Any) -> Any:
    """A string is not empty."""
    return scalar(str, type="string", minLength=1)(table)


@mutant(schema_module, "SCALARS", "JSN-05")
def text_is_anything(table: Any) -> Any:
    """A string may be anything."""
    return scalar(str)(table)


@mutant(schema_module._Document, "_array", "JSN-05")
def items_are_not_checked(array: Any) -> Any:
    """The items of a list are not checked."""
    return lambda self, origin, args: {**array(self, origin, args), "items": {}}


@mutant(schema_module._Document, "_array", "JSN-05")
def lists_are_not_empty(array: Any) -> Any:
    """A list has one item at least."""
    return lambda self, origin, args: {**array(self, origin, args), "minItems": 1}


@mutant(schema_module._Document, "_array", "JSN-05")
def lists_are_unique(array: Any) -> Any:
    """A list has no item twice."""
    return lambda self, origin, args: {**array(self, origin, args), "uniqueItems": True}


@mutant(schema_module._Document, "_mapping", "JSN-05")
def values_of_dicts_are_not_checked(mapping: Any) -> Any:
    """The values of a dict are not checked."""
    return lambda self, args: {**mapping(self, args), "additionalProperties": True}


@mutant(schema_module._Document, "_mapping", "JSN-05")
def dicts_have_the_type_of_their_keys(_: Any) -> Any:
    """The values of a dict have the type of its keys."""
    return lambda self, args: {"type": "object", "additionalProperties": self.schema(args[0])}


@mutant(schema_module._Document, "_subscripted", "JSN-06")
def optional_is_not_nullable(subscripted: Any) -> Any:
    """Optional[T] is T."""

    def broken(self: Any, annotation: Any, origin: Any, args: tuple[Any, ...]) -> Any:
        rest = [arg for arg in args if arg is not type(None)]
        if origin in (typing.Union, types.UnionType) and len(rest) == 1:
            return self.schema(rest[0])
        return subscripted(self, annotation, origin, args)

    return broken


@mutant(schema_module._Document, "_subscripted", "JSN-06")
def unions_with_none_are_not_nullable(subscripted: Any) -> Any:
    """A union of several types and None does not allow null."""

    def broken(self: Any, annotation: Any, origin: Any, args: tuple[Any, ...]) -> Any:
        rest = [arg for arg in args if arg is not type(None)]
        if origin in (typing.Union, types.UnionType) and len(rest) > 1:
            return {"anyOf": [self.schema(arg) for arg in rest]}
        return subscripted(self, annotation, origin, args)

    return broken


@mutant(*SCHEMA, "JSN-06")
def optional_is_nullable_beside_a_default_only(read: Any) -> Any:
    """Optional[T] without default does not allow null."""

    def change(self: Any, schema: dict[str, Any]) -> None:
        for name in schema["required"]:
            one = schema["properties"][name]
            if "anyOf" in one:
                one["anyOf"] = [branch for branch in one["anyOf"] if branch.get("type") != "null"] or [{}]

    return changed(change)(read)


@mutant(schema_module._Document, "_subscripted", "JSN-06")
def optional_inside_a_list_is_not_nullable(subscripted: Any) -> Any:
    """List[Optional[T]] does not allow null items."""

    def broken(self: Any, annotation: Any, origin: Any, args: tuple[Any, ...]) -> Any:
        schema = subscripted(self, annotation, origin, args)
        items = schema.get("items", {})
        if "anyOf" in items:
            items["anyOf"] = [branch for branch in items["anyOf"] if branch.get("type") != "null"] or [{}]
        return schema

    return broken


@mutant(schema_module._Document, "_subscripted", "JSN-12")
def unions_are_exclusive(subscripted: Any) -> Any:
    """A union accepts what exactly one of its types accepts."""

    def broken(self: Any, annotation: Any, origin: Any, args: tuple[Any, ...]) -> Any:
        schema = subscripted(self, annotation, origin, args)
        return {"oneOf": schema["anyOf"]} if "anyOf" in schema else schema

    return broken


@mutant(schema_module._Document, "_subscripted", "JSN-12")
def unions_are_their_first_type(subscripted: Any) -> Any:
    """A union of three types is one of the first two."""

    def broken(self: Any, annotation: Any, origin: Any, args: tuple[Any, ...]) -> Any:
        schema = subscripted(self, annotation, origin, args)
        return {"anyOf": schema["anyOf"][:2]} if len(schema.get("anyOf", ())) > 2 else schema

    return broken


@mutant(schema_module, "enum_schema", "JSN-05b")
def enums_are_their_names(make: Any) -> Any:
    """An Enum is the list of its names."""

    def broken(kind: type) -> Any:
        schema = make(kind)
        if schema and "enum" in schema and issubclass(kind, enum.Enum) and not issubclass(kind, literals.LiteralEnum):
            return {"type": "string", "enum": [member.name for member in kind]}
        return schema

    return broken


@mutant(schema_module, "enum_schema", "JSN-05b")
def literals_are_their_names(make: Any) -> Any:
    """A Literal is the list of the names of its Enum."""

    def broken(kind: type) -> Any:
        if issubclass(kind, literals.LiteralEnum) and len(kind):
            return {"type": "string", "enum": [member.name for member in kind]}
        return make(kind)

    return broken


@mutant(schema_module, "enum_schema", "JSN-05b")
def enums_are_any_text(make: Any) -> Any:
    """An Enum is any string."""
    return lambda kind: {"type": "string"} if make(kind) else None


@mutant(schema_module, "enum_schema", "JSN-05b", "JSN-05")
def last_member_is_missing(make: Any) -> Any:
    """An Enum of three members or more lacks its last one."""

    def broken(kind: type) -> Any:
        schema = make(kind)
        if schema and len(schema.get("enum", ())) > 2:
            schema["enum"] = schema["enum"][:-1]
        return schema

    return broken
