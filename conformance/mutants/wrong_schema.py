"""Wrong in the JSON schema and in the interface."""

from __future__ import annotations

import enum
import inspect
import types
import typing
from collections.abc import Callable
from typing import Any

from conformance.mutants.form import mutant
from reference_impl import interface as interface_module
from reference_impl import literals
from reference_impl import schema as schema_module
from reference_impl.extend import AsyncFunctionTaskTemplate
from reference_impl.interface import NativeInterface

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
    """Defaults are text."""
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
    """Text is not empty."""
    return scalar(str, type="string", minLength=1)(table)


@mutant(schema_module, "SCALARS", "JSN-05")
def text_is_anything(table: Any) -> Any:
    """Text may be anything."""
    return scalar(str)(table)


@mutant(schema_module._Document, "_array", "JSN-05")  # noqa: SLF001 - a mutant is made of the inside
def items_are_not_checked(array: Any) -> Any:
    """The items of a list are not checked."""
    return lambda self, origin, args: {**array(self, origin, args), "items": {}}


@mutant(schema_module._Document, "_array", "JSN-05")  # noqa: SLF001 - as above
def lists_are_not_empty(array: Any) -> Any:
    """A list holds one item at least."""
    return lambda self, origin, args: {**array(self, origin, args), "minItems": 1}


@mutant(schema_module._Document, "_array", "JSN-05")  # noqa: SLF001 - as above
def lists_are_unique(array: Any) -> Any:
    """A list holds no item twice."""
    return lambda self, origin, args: {**array(self, origin, args), "uniqueItems": True}


@mutant(schema_module._Document, "_mapping", "JSN-05")  # noqa: SLF001 - as above
def values_of_dicts_are_not_checked(mapping: Any) -> Any:
    """The values of a dict are not checked."""
    return lambda self, args: {**mapping(self, args), "additionalProperties": True}


@mutant(schema_module._Document, "_mapping", "JSN-05")  # noqa: SLF001 - as above
def dicts_have_the_type_of_their_keys(_: Any) -> Any:
    """The values of a dict have the type of its keys."""
    return lambda self, args: {"type": "object", "additionalProperties": self.schema(args[0])}


@mutant(schema_module._Document, "_subscripted", "JSN-06")  # noqa: SLF001 - as above
def optional_is_not_nullable(subscripted: Any) -> Any:
    """Optional[T] is T."""

    def broken(self: Any, annotation: Any, origin: Any, args: tuple[Any, ...]) -> Any:
        rest = [arg for arg in args if arg is not type(None)]
        if origin in (typing.Union, types.UnionType) and len(rest) == 1:
            return self.schema(rest[0])
        return subscripted(self, annotation, origin, args)

    return broken


@mutant(schema_module._Document, "_subscripted", "JSN-06")  # noqa: SLF001 - as above
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


@mutant(schema_module._Document, "_subscripted", "JSN-06")  # noqa: SLF001 - as above
def optional_inside_a_list_is_not_nullable(subscripted: Any) -> Any:
    """List[Optional[T]] does not allow null items."""

    def broken(self: Any, annotation: Any, origin: Any, args: tuple[Any, ...]) -> Any:
        schema = subscripted(self, annotation, origin, args)
        items = schema.get("items", {})
        if "anyOf" in items:
            items["anyOf"] = [branch for branch in items["anyOf"] if branch.get("type") != "null"] or [{}]
        return schema

    return broken


@mutant(schema_module._Document, "_subscripted", "JSN-12")  # noqa: SLF001 - as above
def unions_are_exclusive(subscripted: Any) -> Any:
    """A union accepts what exactly one of its types accepts."""

    def broken(self: Any, annotation: Any, origin: Any, args: tuple[Any, ...]) -> Any:
        schema = subscripted(self, annotation, origin, args)
        return {"oneOf": schema["anyOf"]} if "anyOf" in schema else schema

    return broken


@mutant(schema_module._Document, "_subscripted", "JSN-12")  # noqa: SLF001 - as above
def unions_are_their_first_type(subscripted: Any) -> Any:
    """A union of three types is one of the first two."""

    def broken(self: Any, annotation: Any, origin: Any, args: tuple[Any, ...]) -> Any:
        schema = subscripted(self, annotation, origin, args)
        return {"anyOf": schema["anyOf"][:2]} if len(schema.get("anyOf", ())) > 2 else schema  # noqa: PLR2004 - as the docstring says

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
    """An Enum is any text."""
    return lambda kind: {"type": "string"} if make(kind) else None


@mutant(schema_module, "enum_schema", "JSN-05b", "JSN-05")
def last_member_is_missing(make: Any) -> Any:
    """An Enum of three members or more misses its last one."""

    def broken(kind: type) -> Any:
        schema = make(kind)
        if schema and len(schema.get("enum", ())) > 2:  # noqa: PLR2004 - as the docstring says
            schema["enum"] = schema["enum"][:-1]
        return schema

    return broken


# ---- the interface ----

READ = (NativeInterface, "from_callable")


def remade(change: Callable[[dict[str, Any], dict[str, Any], Any], object]) -> Callable[[Any], Any]:
    """Return the replacement of from_callable by one with other inputs: `change(inputs, outputs, func)`."""

    def replacement(read: Any) -> Any:
        def broken(cls: Any, func: Any) -> Any:
            made = read(cls, func)
            inputs, outputs = dict(made.inputs), dict(made.outputs)
            change(inputs, outputs, func)
            return cls(inputs=inputs, outputs=outputs, docstring=made.docstring)

        return broken

    return replacement


@mutant(*READ, "NIF-01")
def inputs_are_sorted(read: Any) -> Any:
    """Inputs are sorted by name."""

    def change(inputs: dict[str, Any], _: Any, __: Any) -> None:
        for name in sorted(inputs):
            inputs[name] = inputs.pop(name)

    return remade(change)(read)


@mutant(*READ, "NIF-01")
def none_is_no_default(read: Any) -> Any:
    """A default of None is taken for none."""
    return remade(
        lambda inputs, _, __: inputs.update(
            {name: (kind, EMPTY) for name, (kind, default) in inputs.items() if default is None}
        )
    )(read)


@mutant(*READ, "NIF-01")
def falsy_is_no_default(read: Any) -> Any:
    """A default of "" or 0 is taken for none."""
    return remade(
        lambda inputs, _, __: inputs.update(
            {
                name: (kind, EMPTY)
                for name, (kind, default) in inputs.items()
                if default in ("", 0) and default is not False
            }
        )
    )(read)


@mutant(*READ, "NIF-01")
def missing_default_is_none(read: Any) -> Any:
    """An input without default has the default None."""
    return remade(
        lambda inputs, _, __: inputs.update(
            {name: (kind, None) for name, (kind, default) in inputs.items() if default is EMPTY}
        )
    )(read)


@mutant(*READ, "NIF-01")
def keyword_only_inputs_are_lost(read: Any) -> Any:
    """Keyword-only parameters are no inputs."""

    def change(inputs: dict[str, Any], _: Any, func: Any) -> None:
        for name, parameter in inspect.signature(func).parameters.items():
            if parameter.kind is parameter.KEYWORD_ONLY:
                del inputs[name]

    return remade(change)(read)


@mutant(*READ, "NIF-01", "NIF-02")
def annotations_stay_text(read: Any) -> Any:
    """Annotations that are written as text stay text."""

    def change(inputs: dict[str, Any], _: Any, func: Any) -> None:
        written = getattr(func, "__annotations__", {})
        for name, (kind, default) in inputs.items():
            inputs[name] = (written[name] if isinstance(written.get(name), str) else kind, default)

    return remade(change)(read)


@mutant(interface_module, "outputs_of", "NIF-02")
def tuple_is_one_output(outputs_of: Any) -> Any:
    """A tuple is one output."""

    def broken(annotation: Any) -> Any:
        if (
            typing.get_origin(annotation) is tuple
            and len(typing.get_args(annotation)) > 1
            and ... not in typing.get_args(annotation)
        ):
            return {"o0": annotation}
        return outputs_of(annotation)

    return broken


@mutant(interface_module, "outputs_of", "NIF-02")
def named_tuple_has_numbered_outputs(outputs_of: Any) -> Any:
    """The outputs of a NamedTuple are o0, o1, ..."""

    def broken(annotation: Any) -> Any:
        found = outputs_of(annotation)
        return {f"o{position}": kind for position, kind in enumerate(found.values())}

    return broken


@mutant(interface_module, "outputs_of", "NIF-02")
def none_is_an_output(outputs_of: Any) -> Any:
    """A function that returns None has an output."""
    return lambda annotation: {"o0": type(None)} if annotation in (None, type(None)) else outputs_of(annotation)


@mutant(interface_module, "outputs_of", "NIF-02")
def long_tuples_are_accepted(outputs_of: Any) -> Any:
    """Tuple[T, ...] is one output."""
    return lambda annotation: {"o0": annotation} if ... in typing.get_args(annotation) else outputs_of(annotation)


@mutant(interface_module, "outputs_of", "NIF-02")
def tuples_of_one_are_accepted(outputs_of: Any) -> Any:
    """Tuple[T] is one output."""

    def broken(annotation: Any) -> Any:
        args = typing.get_args(annotation)
        if typing.get_origin(annotation) is tuple and len(args) == 1:
            return {"o0": args[0]}
        return outputs_of(annotation)

    return broken


@mutant(interface_module, "outputs_of", "NIF-02")
def outputs_count_from_one(outputs_of: Any) -> Any:
    """The outputs of a tuple are o1, o2, ..."""

    def broken(annotation: Any) -> Any:
        found = outputs_of(annotation)
        if len(found) < 2 or list(found)[0] != "o0":  # noqa: PLR2004, RUF015 - a pair, and its first name
            return found
        return {f"o{position}": kind for position, kind in enumerate(found.values(), start=1)}

    return broken


@mutant(NativeInterface, "required_inputs", "NIF-03")
def required_inputs_are_all(_: Any) -> Any:
    """required_inputs gives all names."""
    return lambda self: list(self.inputs)


@mutant(NativeInterface, "num_required_inputs", "NIF-03")
def number_of_inputs_is_of_all(_: Any) -> Any:
    """num_required_inputs counts all inputs."""
    return lambda self: len(self.inputs)


@mutant(NativeInterface, "has_outputs", "NIF-03")
def outputs_are_always_there(_: Any) -> Any:
    """has_outputs is always True."""
    return lambda self: True


@mutant(NativeInterface, "get_input_types", "NIF-03")
def input_types_miss_defaults(_: Any) -> Any:
    """get_input_types leaves out inputs with a default."""
    return lambda self: {name: kind for name, (kind, default) in self.inputs.items() if default is EMPTY}


@mutant(interface_module, "literal_enum", "NIF-04", "NIF-05")
def literal_values_are_lowered(make: Any) -> Any:
    """The values of a Literal are lowered."""
    return lambda values: make(tuple(dict.fromkeys(value.lower() for value in values)))


@mutant(interface_module, "literal_enum", "NIF-04")
def literal_values_are_their_names(_: Any) -> Any:
    """The members of a Literal's Enum have numbers as values."""
    return lambda values: enum.Enum("Numbered", {f"V{number}": number for number, _ in enumerate(values)})


@mutant(interface_module, "literal_enum", "NIF-04b")
def literal_is_a_new_enum_each_time(_: Any) -> Any:
    """The same Literal gives another Enum each time."""

    def broken(values: tuple[str, ...]) -> Any:
        return enum.Enum("Fresh", {f"V{number}": value for number, value in enumerate(values)})

    return broken


@mutant(literals, "_is_free", "NIF-04b")
def awkward_literals_fail(_: Any) -> Any:
    """Texts that are no member names make the Literal fail."""
    return lambda name, taken, later: True


@mutant(interface_module, "literal_enum", "NIF-05")
def literals_fold_case(make: Any) -> Any:
    """Values of a Literal that differ only in case are one."""
    return lambda values: make(tuple({value.upper(): value for value in reversed(values)}.values())[::-1])


@mutant(interface_module, "_enums", "NIF-06")
def nested_literals_stay(_: Any) -> Any:
    """A Literal inside another annotation stays as it is."""

    def broken(annotation: Any) -> Any:
        args = typing.get_args(annotation)
        if typing.get_origin(annotation) is typing.Literal and all(isinstance(value, str) for value in args):
            return literals.literal_enum(args)
        return annotation

    return broken


@mutant(interface_module, "_enums", "NIF-06")
def optional_literals_stay(enums: Any) -> Any:
    """An Optional Literal stays as it is."""
    return lambda annotation: annotation if type(None) in typing.get_args(annotation) else enums(annotation)


@mutant(NativeInterface, "__setattr__", "NIF-07")
def interface_can_be_changed(_: Any) -> Any:
    """Attributes of an interface can be assigned."""
    return object.__setattr__


@mutant(NativeInterface, "__hash__", "NIF-07")
def interface_can_be_hashed(_: Any) -> Any:
    """An interface can be hashed."""
    return lambda self: hash(tuple(self.inputs))


CONVERT = (NativeInterface, "convert_to_kwargs")


@mutant(*CONVERT, "NIF-08")
def further_arguments_are_dropped(convert: Any) -> Any:
    """convert_to_kwargs drops positional arguments that are too many."""
    return lambda self, *args, **kwargs: convert(self, *args[: len(self.inputs)], **kwargs)


@mutant(*CONVERT, "NIF-08")
def arguments_are_mapped_backwards(convert: Any) -> Any:
    """convert_to_kwargs maps two positional arguments in the wrong order."""
    return lambda self, *args, **kwargs: convert(self, *(args[::-1] if len(args) == 2 else args), **kwargs)  # noqa: PLR2004 - as the docstring says


@mutant(*CONVERT, "NIF-08")
def falsy_arguments_are_dropped(convert: Any) -> Any:
    """convert_to_kwargs drops arguments that are None."""
    return lambda self, *args, **kwargs: {
        name: value for name, value in convert(self, *args, **kwargs).items() if value is not None
    }


@mutant(*CONVERT, "NIF-09")
def unknown_keywords_are_kept(convert: Any) -> Any:
    """convert_to_kwargs accepts unknown names."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        known = {name: value for name, value in kwargs.items() if name in self.inputs}
        return {**convert(self, *args, **known), **kwargs}

    return broken


@mutant(*CONVERT, "NIF-09")
def values_given_twice_are_kept(convert: Any) -> Any:
    """convert_to_kwargs accepts a value by position and by name."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        twice = set(list(self.inputs)[: len(args)])
        return {**convert(self, *args, **{n: v for n, v in kwargs.items() if n not in twice}), **kwargs}

    return broken


@mutant(interface_module, "frozen_dict", "NIF-12")
def inputs_can_be_changed(_: Any) -> Any:
    """The inputs of an interface are a dict that can be changed."""
    return dict


@mutant(NativeInterface, "__eq__", "EQ-04")
def documented_interfaces_differ(_: Any) -> Any:
    """Two interfaces are equal only if their docstrings are the same object."""
    return lambda self, other: (
        isinstance(other, NativeInterface)
        and (self.inputs, self.outputs) == (other.inputs, other.outputs)
        and self.docstring is other.docstring
    )


@mutant(*READ, "NIF-14")
def unknown_annotations_are_any(read: Any) -> Any:
    """An annotation that cannot be resolved is taken for Any."""

    def broken(cls: Any, func: Any) -> Any:
        try:
            return read(cls, func)
        except NameError:
            signature = inspect.signature(func)
            inputs = {name: (Any, parameter.default) for name, parameter in signature.parameters.items()}
            return cls(inputs=inputs, outputs={"o0": Any})

    return broken
