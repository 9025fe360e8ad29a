"""Wrong in the interface: inputs, outputs, Literals, arguments by name."""

from __future__ import annotations

import enum
import inspect
import typing
from collections.abc import Callable
from typing import Any

from conformance.mutants.form import mutant
from reference_impl.schema import interface as interface_module
from reference_impl.schema import literals
from reference_impl.schema.interface import NativeInterface

# ---- the interface ----

EMPTY = inspect.Parameter.empty
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
    """A default of None counts as missing."""
    return remade(
        lambda inputs, _, __: inputs.update(
            {name: (kind, EMPTY) for name, (kind, default) in inputs.items() if default is None}
        )
    )(read)


@mutant(*READ, "NIF-01")
def falsy_is_no_default(read: Any) -> Any:
    """A default of "" or 0 counts as missing."""
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
    """Keyword-only parameters are not inputs."""

    def change(inputs: dict[str, Any], _: Any, func: Any) -> None:
        for name, parameter in inspect.signature(func).parameters.items():
            if parameter.kind is parameter.KEYWORD_ONLY:
                del inputs[name]

    return remade(change)(read)


@mutant(*READ, "NIF-01", "NIF-02")
def annotations_stay_text(read: Any) -> Any:
    """Annotations that are written as strings stay strings."""

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
        if len(found) < 2 or list(found)[0] != "o0":  # noqa: RUF015 - a pair, and its first name
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
    """The values of a Literal are converted to lower case."""
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
    """Strings that cannot be names of members make the Literal fail."""
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
    """convert_to_kwargs drops surplus positional arguments."""
    return lambda self, *args, **kwargs: convert(self, *args[: len(self.inputs)], **kwargs)


@mutant(*CONVERT, "NIF-08")
def arguments_are_mapped_backwards(convert: Any) -> Any:
    """convert_to_kwargs maps two positional arguments in the wrong order."""
    return lambda self, *args, **kwargs: convert(self, *(args[::-1] if len(args) == 2 else args), **kwargs)


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
