"""Rules NIF: what an interface says of a function."""

from __future__ import annotations

import contextlib
import copy
import enum
import pickle
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import product
from pathlib import PurePath
from types import GenericAlias
from typing import Annotated, Any, Literal, NamedTuple, Optional, Union, get_args, get_origin
from uuid import UUID

import cloudpickle  # type: ignore[import-untyped]  # it has no type information
from hypothesis import assume, example, given
from hypothesis import strategies as st

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.calls import results
from conformance.contracts.task_template.strategies.doubtful import Everything, Undecided
from conformance.contracts.task_template.strategies.json_types import Options, Pair, Point
from conformance.contracts.task_template.strategies.recipes import (
    KEYWORD_ONLY,
    NOTHING,
    PLAIN,
    POSITIONAL_ONLY,
    FunctionRecipe,
    ParameterRecipe,
    TemplateRecipe,
    as_wrapped,
    type_of,
)
from conformance.contracts.task_template.strategies.values import (
    functions,
    json_types,
    overrides,
    parameter_names,
    templates,
    texts,
    words,
)
from conformance.contracts.task_template.suite.acts import (
    WRONG_VALUE,
    build,
    changes_of,
    needs_native_interface,
    override,
)
from conformance.contracts.task_template.suite.doubles import check_values, needs_bodies_here
from conformance.contracts.task_template.suite.observe import alike
from conformance.contracts.task_template.suite.readings import check_type, told
from conformance.engine.properties import calling, check, check_equal, expect_raises, run_async, shown
from conformance.engine.properties import check_same as check_identical
from conformance.engine.rules import rule


def interface_of(impl: Adapter, function: FunctionRecipe) -> Any:
    """Return the interface of a function, newly defined; an exception is a deviation.

    Raises:
        Gap: The implementation has no interfaces that the contract speaks of.
    """
    needs_native_interface(impl)
    with calling(f"interface of {function!r}"):
        return impl.interface_of(function.define())


def returning(annotation: Any) -> FunctionRecipe:
    """Return a function with that return annotation."""
    return FunctionRecipe(returns=annotation)


def with_parameters(*parameters: tuple[str, Any, Any]) -> FunctionRecipe:
    """Return a function of parameters given as (name, annotation, default)."""
    return FunctionRecipe(
        parameters=tuple(ParameterRecipe(name=name, annotation=kind, default=value) for name, kind, value in parameters)
    )


def of_other_defaults() -> FunctionRecipe:
    """Return a function of parameters whose defaults are not of their types, as `x: int = None`."""
    kinds = (int, str, bool, float, list[int], dict[str, int], Point, bytes)
    defaults = (None, 0, "", False, NotImplemented)
    pairs = [(kind, default) for kind in kinds for default in defaults]
    return with_parameters(*((f"p{number}", kind, default) for number, (kind, default) in enumerate(pairs)))


AWKWARD_FUNCTION = FunctionRecipe(
    parameters=(
        ParameterRecipe(name="z", annotation=int, kind=POSITIONAL_ONLY),
        ParameterRecipe(name="self", annotation=str),
        ParameterRecipe(name="a", annotation="list[int]", default=None),
        ParameterRecipe(name="é", annotation=float, default=0.0, kind=KEYWORD_ONLY),
        ParameterRecipe(name="b", annotation="str", kind=KEYWORD_ONLY),
        ParameterRecipe(name="c", annotation=bool, default=False, kind=KEYWORD_ONLY),
        ParameterRecipe(name="d", annotation=int | None, default="", kind=KEYWORD_ONLY),
    )
)
"""Names out of order, every kind of parameter, string annotations, falsy defaults, a required one after a default."""

ODD_DEFAULTS: tuple[Any, ...] = (
    *(Everything(), Undecided(), float("nan"), ValueError("a value"), ValueError, ..., NotImplemented, len, b"", {1}),
)
"""Defaults that are mistaken for none, or for something else than a value."""

RESOLVED = {"z": int, "self": str, "a": list[int], "é": float, "b": str, "c": bool, "d": int | None}
"""The types of its inputs."""


class Blob:
    """A class of the user's own, of which nothing is known."""


KEPT_TYPES: tuple[Any, ...] = (
    *(bytes, date, datetime, time, timedelta, Decimal, UUID, PurePath, complex, object, Blob, Point, Options, Pair),
    *(list, dict, set[int], frozenset[str], tuple[int, str], tuple[int, ...], dict[int, str], type[int]),
    *(list[Point], dict[str, list[Point]], list[tuple[int, str]], Callable[[int], str], Sequence[int]),
    *(int | str, Union[int, str], int | str | None, Optional[Point], list[int | None], Any),  # noqa: UP007, UP045 - other objects than `|` makes
    *(Annotated[int, "seconds"], list[Annotated[str, 0]], Annotated[list[Point], "text", None]),
    *(typing.List[int], typing.Dict[str, int], typing.Tuple[int, str], typing.List[Optional[int]]),  # noqa: UP006, UP045 - other objects than `list[int]`
)
"""Types that an interface has no reason to touch."""


@rule("NIF-01")
@given(function=functions())
@example(function=FunctionRecipe())
@example(function=with_parameters(("b", int, NOTHING), ("a", str, "")))
@example(function=with_parameters(("x", int, 0), ("y", bool, False), ("z", int | None, None)))
@example(function=of_other_defaults())
@example(function=with_parameters(("x", list[int], [1]), ("y", dict[str, list[int]], {"a": [1]})))
@example(function=with_parameters(*((f"p{number}", int, number) for number in range(40))))
@example(function=with_parameters(*((f"p{number}", NOTHING, value) for number, value in enumerate(ODD_DEFAULTS))))
def test_interface_inputs(impl: Adapter, function: FunctionRecipe) -> None:
    """The inputs are the parameters in order, each with its type and its default, or with the mark for no default."""
    needs_native_interface(impl)
    defined = function.define()
    with calling(f"interface of {function!r}"):
        inputs = impl.interface_of(defined).inputs
        of_template = impl.make(defined).interface.inputs

    for actual in (inputs, of_template):
        check_equal(list(actual), [each.name for each in function.parameters], f"inputs of {function!r}")
        for each in function.parameters:
            annotation, default = actual[each.name]
            check_type(annotation, each.annotation, f"type of the input {each.name} of {function!r}")
            check_identical(default, each.default, f"default of the input {each.name} of {function!r}")


@rule("NIF-01")
def test_interface_inputs_of_awkward_function(impl: Adapter) -> None:
    """String annotations are resolved, for all names, kinds and defaults."""
    inputs = interface_of(impl, AWKWARD_FUNCTION).inputs

    check_equal(list(inputs), list(RESOLVED), f"inputs of {AWKWARD_FUNCTION!r}")
    for each in AWKWARD_FUNCTION.parameters:
        check_type(inputs[each.name][0], RESOLVED[each.name], f"type of the input {each.name}")
        check_identical(inputs[each.name][1], each.default, f"default of the input {each.name}")


@rule("NIF-01")
@given(shape=st.sampled_from(["method", "wrapped function"]), function=functions(kinds=(PLAIN,)))
@example(shape="method", function=with_parameters(("b", int, NOTHING), ("a", str, "")))
@example(shape="wrapped function", function=with_parameters(("b", int, NOTHING), ("a", str, "")))
def test_interface_inputs_of_other_callables(impl: Adapter, shape: str, function: FunctionRecipe) -> None:
    """A bound method has the inputs of its function without the receiver, and a wrapper those of what it wraps."""
    needs_native_interface(impl)
    callable_ = a_method(function) if shape == "method" else as_wrapped(function.define())
    with calling(f"interface of a {shape} {function!r}"):
        inputs = impl.interface_of(callable_).inputs

    names = [each.name for each in function.parameters]
    check_equal(list(inputs), names, f"inputs of a {shape} {function!r}")
    for each in function.parameters:
        check_type(inputs[each.name][0], each.annotation, f"type of the input {each.name} of a {shape} {function!r}")
        check_identical(inputs[each.name][1], each.default, f"default of {each.name} of a {shape} {function!r}")


def a_method(function: FunctionRecipe) -> Callable[..., Any]:
    """Return the function as a method of an object, which it takes as its first parameter."""
    receiver = ParameterRecipe(name="receiver_", kind=PLAIN)
    whole = replace(function, parameters=(receiver, *function.parameters)).define()
    method: Callable[..., Any] = type("Owner", (), {"method": whole})().method
    return method


@rule("NIF-01", "NIF-02")
@given(kinds=st.lists(st.sampled_from(KEPT_TYPES), min_size=1, max_size=3), is_postponed=st.booleans())
@example(kinds=list(KEPT_TYPES), is_postponed=False)
@example(kinds=list(KEPT_TYPES), is_postponed=True)
def test_interface_keeps_types(impl: Adapter, kinds: list[Any], is_postponed: bool) -> None:  # noqa: FBT001 - hypothesis passes it by keyword
    """The interface has the class or generic that an input or the result is annotated with, in any spelling."""
    parameters = tuple(
        ParameterRecipe(name=f"p{index}", annotation=kind, default=None if index % 2 else NOTHING, kind=KEYWORD_ONLY)
        for index, kind in enumerate(kinds)
    )
    function = FunctionRecipe(parameters=parameters, is_postponed=is_postponed)
    inputs = interface_of(impl, function).inputs

    for each in parameters:
        check_type(inputs[each.name][0], each.annotation, f"type of the input {each.name} of {function!r}")
        check_identical(inputs[each.name][1], each.default, f"default of the input {each.name} of {function!r}")
    for kind in kinds:
        if get_origin(kind) is not tuple and not hasattr(kind, "_fields"):
            outputs = interface_of(impl, FunctionRecipe(returns=kind, is_postponed=is_postponed)).outputs
            check_outputs(outputs, {"o0": kind}, f"outputs of a function that returns {kind!r}")


class Result(NamedTuple):
    """A result with names, out of alphabetical order."""

    total: int
    detail: str


class Noted(NamedTuple):
    """A named result with annotated types, which may be kept with what `Annotated` says or without."""

    took: Annotated[int, "seconds"]
    notes: list[Annotated[str, 0]]


class Defaulted(NamedTuple):
    """A result with names that have defaults."""

    total: int = 0
    detail: str = ""


class Single(NamedTuple):
    """A result with one name."""

    only: float


@rule("NIF-02")
@given(types=st.lists(json_types(), min_size=2, max_size=4), is_async=st.booleans())
@example(types=[int, str], is_async=False)
@example(types=[list[int], int | None, bool], is_async=True)
@example(types=[int, str, float] * 5, is_async=False)
@example(types=[int, tuple[int, str], list[tuple[int, str]]], is_async=False)
def test_interface_outputs(impl: Adapter, types: list[Any], is_async: bool) -> None:  # noqa: FBT001 - hypothesis passes it by keyword
    """One result is called o0, those of a tuple o0, o1, ..., those of a NamedTuple like its fields; None has none."""
    expected: Mapping[Any, Mapping[str, Any]] = {
        NOTHING: {},
        None: {},
        types[0]: {"o0": types[0]},
        GenericAlias(tuple, tuple(types)): {f"o{index}": kind for index, kind in enumerate(types)},
        typing.Tuple[tuple(types)]: {f"o{index}": kind for index, kind in enumerate(types)},  # noqa: UP006 - another object than `tuple[...]`
        Optional[GenericAlias(tuple, tuple(types))]: {"o0": Optional[GenericAlias(tuple, tuple(types))]},  # noqa: UP045 - as users write it
        Defaulted: {"total": int, "detail": str},
        Result: {"total": int, "detail": str},
        Single: {"only": float},
        Noted: {"took": Annotated[int, "seconds"], "notes": list[Annotated[str, 0]]},
    }
    for annotation, outputs in expected.items():
        function = FunctionRecipe(returns=annotation, is_async=is_async)
        actual = interface_of(impl, function).outputs
        check_outputs(actual, outputs, f"outputs of {function!r}")


def check_outputs(actual: Mapping[str, Any], expected: Mapping[str, Any], what: str) -> None:
    """Check that outputs have these names, in order, and these types."""
    check_equal(list(actual), list(expected), f"names of the {what}")
    for name, kind in expected.items():
        check_type(actual[name], kind, f"type of {name} in the {what}")


@rule("NIF-02")
@given(annotation=json_types())
@example(annotation=int)
def test_interface_refuses_odd_tuples(impl: Adapter, annotation: Any) -> None:
    """A result that is a tuple of one, or of any length, raises TypeError."""
    needs_native_interface(impl)
    several: tuple[Any, ...] = (
        *(GenericAlias(tuple, (annotation,)), GenericAlias(tuple, (annotation, ...))),
        *(typing.Tuple[annotation], typing.Tuple[annotation, ...]),  # noqa: UP006 - other objects than `tuple[...]`
    )
    for odd, is_async, is_postponed in product(several, (False, True), (False, True)):
        function = FunctionRecipe(returns=odd, is_async=is_async, is_postponed=is_postponed)
        with expect_raises(TypeError, f"interface of {function!r}"):
            impl.interface_of(function.define())


@rule("NIF-03")
@given(function=functions())
@example(function=FunctionRecipe())
@example(function=FunctionRecipe(returns=int))
@example(function=with_parameters(("x", int, NOTHING), ("y", int | None, None), ("z", int, 0)))
@example(function=of_other_defaults())
@example(function=AWKWARD_FUNCTION)
@example(function=with_parameters(("x", NOTHING, NOTHING), ("y", NOTHING, None)))
@example(function=with_parameters(*((f"p{number}", int, NOTHING) for number in range(12))))
@example(function=FunctionRecipe(returns=Result))
@example(function=with_parameters(("x", NOTHING, Everything()), ("y", NOTHING, Undecided())))
@example(function=with_parameters(*((f"p{number}", kind, NOTHING) for number, kind in enumerate(KEPT_TYPES))))
def test_interface_required_inputs(impl: Adapter, function: FunctionRecipe) -> None:
    """The required inputs, the outputs and the types of an interface agree with its inputs and outputs."""
    interface = interface_of(impl, function)
    expected = [each.name for each in function.parameters if each.default is NOTHING]

    required, count = told(interface, "required_inputs"), told(interface, "num_required_inputs")
    has_outputs, types = told(interface, "has_outputs"), told(interface, "get_input_types")
    check_equal(list(required), expected, f"required_inputs of {function!r}")
    check_equal(count, len(expected), f"num_required_inputs of {function!r}")
    check_equal(bool(has_outputs), function.returns not in (NOTHING, None), f"has_outputs of {function!r}")
    check_equal(list(types), list(interface.inputs), f"names in get_input_types of {function!r}")
    for name, kind in types.items():
        check_type(kind, interface.inputs[name][0], f"get_input_types[{name!r}] of {function!r}")


# ---- literals -------------------------------------------------------------------------------------------------------


def literal_of(values: list[str] | tuple[str, ...]) -> Any:
    """Return the Literal of these strings."""
    return Literal[tuple(values)]


def input_type(impl: Adapter, annotation: Any) -> Any:
    """Return the type of the only input of a function that is annotated so."""
    return interface_of(impl, with_parameters(("x", annotation, NOTHING))).inputs["x"][0]


def check_enum_of(kind: Any, values: list[str], what: str) -> None:
    """Check that a type is an Enum with these values.

    In any order: Literals of the same strings are equal, so that a cache may return the Enum of the other.
    """
    is_enum = isinstance(kind, type) and issubclass(kind, enum.Enum)
    check(is_enum, f"type of the input for {what}: expected an Enum, got {kind!r}")
    check_equal(sorted(member.value for member in kind), sorted(values), f"values of the Enum for {what}")


@rule("NIF-04")
@given(
    values=st.lists(st.from_regex(r"[A-Za-z][\w \-]{0,7}", fullmatch=True), unique_by=str.upper, min_size=1, max_size=5)
)
@example(values=["a"])
@example(values=["b", "a"])
@example(values=["x", "y-z", "w 1", "é"])
def test_literal_becomes_enum(impl: Adapter, values: list[str]) -> None:
    """A Literal of strings becomes an Enum with the same values, as an input and as an output."""
    assume(all(value.upper() != "MRO" for value in values))
    annotation = literal_of(values)

    check_enum_of(input_type(impl, annotation), values, repr(annotation))
    check_enum_of(interface_of(impl, returning(annotation)).outputs["o0"], values, repr(annotation))


@rule("NIF-04b")
@given(values=st.lists(texts(), unique_by=str.upper, min_size=1, max_size=4))
@example(values=["mro"])
@example(values=["_a_", "__b__", ""])
@example(values=["name", "value", "_value_", "_ignore_", "_missing_", "__class__"])
@example(values=["1", " ", "-", "None"])
@example(values=["", "value_0", "mro", "value_2"])  # names that a safe name may be made of
@example(values=["value_1", ""])
def test_literal_enum_is_safe_and_one(impl: Adapter, values: list[str]) -> None:
    """Any strings make an Enum; one Literal makes one Enum, which pickle finds again."""
    annotation = literal_of(values)
    first, second = input_type(impl, annotation), input_type(impl, annotation)

    check_enum_of(first, values, repr(annotation))
    check_identical(second, first, f"the Enum of another function for {annotation!r}")
    for member in first:
        with calling(f"pickling the member for {member.value!r} of the Enum for {annotation!r}"):
            actual = pickle.loads(pickle.dumps(member))  # noqa: S301 - our own bytes
        check_identical(actual, member, f"the member for {member.value!r} after pickling")


@rule("NIF-04b")
def test_literal_enum_is_one_among_many(impl: Adapter) -> None:
    """A Literal has the same Enum again after many others got theirs."""
    first = input_type(impl, literal_of(["again"]))
    for number in range(300):
        input_type(impl, literal_of([f"other {number}"]))

    check_identical(input_type(impl, literal_of(["again"])), first, "the Enum of a Literal, after 300 other Literals")


@rule("NIF-04")
def test_literal_in_several_outputs_becomes_enum(impl: Adapter) -> None:
    """A Literal that is one of several outputs becomes an Enum."""
    annotation = tuple[int, Literal["b", "a"]]

    for is_postponed in (False, True):
        outputs = interface_of(impl, FunctionRecipe(returns=annotation, is_postponed=is_postponed)).outputs
        check_enum_of(outputs["o1"], ["b", "a"], f"an output of {annotation!r}")


@rule("NIF-05")
@given(values=st.lists(texts(min_size=1), unique=True, min_size=1, max_size=3))
@example(values=["a", "A"])
@example(values=["A", "a", "b"])
@example(values=["straße", "STRASSE"])
def test_literal_case_kept(impl: Adapter, values: list[str]) -> None:
    """Strings that differ only in case stay distinct."""
    every = list(dict.fromkeys([*values, *(value.upper() for value in values), *(value.lower() for value in values)]))

    check_enum_of(input_type(impl, literal_of(every)), every, repr(literal_of(every)))


@rule("NIF-06")
@given(values=st.lists(st.from_regex(r"[a-z]{1,4}", fullmatch=True), unique=True, min_size=1, max_size=3))
@example(values=["a"])
@example(values=["b", "a"])
def test_nested_literal_becomes_enum(impl: Adapter, values: list[str]) -> None:
    """A Literal within Optional, list and dict is converted as a bare one is."""
    literal = literal_of(values)
    optional: Any = Union[literal, None]  # noqa: UP007 - another object than `|` makes
    in_containers = (
        GenericAlias(list, (literal,)),
        GenericAlias(dict, (str, literal)),
        GenericAlias(list, (optional,)),
    )
    nested = (optional, literal | None, *in_containers, GenericAlias(list, (literal,)) | None)
    of_three: Any = Union[literal, int, None]  # noqa: UP007 - another object than `|` makes

    old_list, old_dict = typing.List[literal], typing.Dict[str, literal]  # type: ignore[valid-type]  # noqa: UP006 - made while running, and other objects than `list[...]`
    spelled: tuple[Any, ...] = (old_list, old_dict, GenericAlias(list, (nested[2],)))
    kinds = [(annotation, input_type(impl, annotation)) for annotation in (*nested, of_three, *spelled)]
    kinds += [(one, interface_of(impl, returning(one)).outputs["o0"]) for one in (optional, nested[2], spelled[0])]
    for annotation, kind in kinds:
        # The order of a union's members says nothing.
        actual, expected = (sorted(map(repr, filter(is_plain, leaves_of(one)))) for one in (kind, annotation))
        check_equal(actual, expected, f"types besides the Literal in the type of the input for {annotation!r}")
        enums = [leaf for leaf in leaves_of(kind) if isinstance(leaf, type) and issubclass(leaf, enum.Enum)]
        check(len(enums) == 1, f"type of the input for {annotation!r}: expected an Enum in it, got {kind!r}")
        check_enum_of(enums[0], values, repr(annotation))
        literals = [leaf for leaf in leaves_of(kind) if get_origin(leaf) is Literal]
        check(not literals, f"type of the input for {annotation!r}: expected no Literal, got {kind!r}")


def is_plain(leaf: Any) -> bool:
    """Return whether a type is neither a Literal nor an Enum."""
    return get_origin(leaf) is not Literal and not (isinstance(leaf, type) and issubclass(leaf, enum.Enum))


def leaves_of(annotation: Any) -> list[Any]:
    """Return the types that a nested type is made of; a Literal is one."""
    if get_origin(annotation) in (None, Literal):
        return [annotation]
    return [leaf for argument in get_args(annotation) for leaf in leaves_of(argument)]


# ---- the interface as a value ---------------------------------------------------------------------------------------


@rule("NIF-07")
@given(function=functions(), name=st.sampled_from(["inputs", "outputs", "docstring"]))
@example(function=FunctionRecipe(), name="inputs")
@example(function=FunctionRecipe(), name="outputs")
@example(function=FunctionRecipe(doc="Do it."), name="docstring")
def test_interface_frozen(impl: Adapter, function: FunctionRecipe, name: str) -> None:
    """No attribute of an interface can be assigned, and it has no hash."""
    first = interface_of(impl, function)
    template = impl.make(function.define(), interface=first)
    with calling("copies of an interface"):
        copied, pickled = copy.copy(first), pickle.loads(cloudpickle.dumps(first))  # noqa: S301 - our own bytes
        overridden = override(template, {"retries": 1} if "retries" in impl.fields() else {}).interface
    for interface, what in (
        (first, "interface"),
        (copied, "copied"),
        (pickled, "unpickled"),
        (overridden, "override()"),
    ):
        before = getattr(interface, name)

        values: tuple[Any, ...] = ({}, None, before)
        for value in values:
            with expect_raises(Exception, f"{what}.{name} = {value!r}"):
                setattr(interface, name, value)
        with expect_raises(Exception, f"del {what}.{name}"):
            delattr(interface, name)
        check_equal(getattr(interface, name), before, f"{what}.{name} after a refused assignment")
        with expect_raises(TypeError, f"hash({what})"):
            hash(interface)


PLAIN_FUNCTIONS = functions(kinds=(PLAIN,))
"""Functions whose parameters may all be passed by position."""


@rule("NIF-08")
@given(function=PLAIN_FUNCTIONS, count=st.integers(0, 5), value=st.sampled_from([None, 0, "", False, (), 1]))
@example(function=FunctionRecipe(), count=0, value=None)
@example(function=with_parameters(("b", int, NOTHING), ("a", int, 0)), count=1, value=None)
@example(function=with_parameters(("b", int, NOTHING), ("a", int, 0)), count=2, value=0)
def test_convert_positional(impl: Adapter, function: FunctionRecipe, count: int, value: Any) -> None:
    """Positional values go to the inputs in order, keywords stay; one value too many raises ValueError."""
    interface, names = interface_of(impl, function), [each.name for each in function.parameters]
    assume("self" not in names[count:])  # a keyword that clashes with the method's own receiver
    args = [value if index == 0 else (value, index) for index in range(min(count, len(names)))]
    kwargs = {name: value if name == names[-1] else (value, name) for name in names[len(args) :]}
    few = dict(list(kwargs.items())[:1])

    with calling(f"convert_to_kwargs(*{args}, **{kwargs})"):
        full, partial = interface.convert_to_kwargs(*args, **kwargs), interface.convert_to_kwargs(*args, **few)
    by_position = dict(zip(names, args, strict=False))
    check_equal(full, {**by_position, **kwargs}, f"convert_to_kwargs(*{args}, **{kwargs})")
    check_equal(partial, {**by_position, **few}, f"convert_to_kwargs(*{args}, **{few})")
    with expect_raises(ValueError, f"convert_to_kwargs with {len(names) + 1} values for {len(names)} inputs"):
        interface.convert_to_kwargs(*[value] * (len(names) + 1))


@rule("NIF-09")
@given(function=PLAIN_FUNCTIONS, unknown=parameter_names(), value=st.sampled_from([None, 0, 1]))
@example(function=with_parameters(("x", int, NOTHING)), unknown="y", value=None)
@example(function=FunctionRecipe(), unknown="y", value=1)
def test_convert_checks_keywords(impl: Adapter, function: FunctionRecipe, unknown: str, value: Any) -> None:
    """A keyword that is not an input is rejected, and so is an input given by position and by keyword."""
    names = [each.name for each in function.parameters]
    assume(unknown not in (*names, "self") and "self" not in names)
    interface = interface_of(impl, function)

    with expect_raises(WRONG_VALUE, f"convert_to_kwargs({unknown}=...) for the inputs {names}"):
        interface.convert_to_kwargs(**{unknown: value})
    if names:
        with expect_raises(WRONG_VALUE, f"convert_to_kwargs(value, {names[0]}=...)"):
            interface.convert_to_kwargs(value, **{names[0]: value})


@rule("NIF-10")
@given(name=st.sampled_from(["x", "y"]), others=st.sampled_from([None, {}, {"z": None}]))
@example(name="x", others=None)
def test_from_types_checks_defaults(impl: Adapter, name: str, others: Any) -> None:
    """An interface made of types rejects an input with a default unless its value is given."""
    kind = type_of(impl, "NativeInterface")
    inputs = {name: (int, kind.has_default)}

    with expect_raises(ValueError, f"from_types({name!r} with a default, default_inputs={others!r})"):
        kind.from_types(inputs, {}, default_inputs=others)
    with calling("from_types with and without a default"):
        made = (kind.from_types(inputs, {"o0": int}, {name: 1}), kind.from_types({name: (int, NOTHING)}, {}))
    check_equal(list(made[0].required_inputs()), [], "required_inputs() of an input with a default")
    check_equal(list(made[1].required_inputs()), [name], "required_inputs() of an input without default")


@rule("NIF-11")
@given(name=parameter_names(), kind=st.sampled_from([int, str, float]), default=st.sampled_from([0, "x", None, 1.5]))
@example(name="a", kind=int, default=0)
def test_interface_repr(impl: Adapter, name: str, kind: type, default: Any) -> None:
    """Repr of an interface reads like the head of a function."""
    assume(name != "first")
    head = FunctionRecipe(parameters=(ParameterRecipe(name="first", annotation=int),), returns=kind)
    more = (*head.parameters, ParameterRecipe(name=name, annotation=kind, default=default))
    two = FunctionRecipe(parameters=more, returns=tuple[int, str])

    check_equal(repr(interface_of(impl, head)), f"(first: int) -> o0: {kind.__name__}:", "repr of an interface")
    expected = f"(first: int, {name}: {kind.__name__} = {default}) -> (o0: int, o1: str):"
    check_equal(repr(interface_of(impl, two)), expected, "repr of an interface")
    bare = FunctionRecipe(parameters=(ParameterRecipe(name="a"), ParameterRecipe(name="b", default=default)))
    check_equal(repr(interface_of(impl, bare)), f"(a: _empty, b: _empty = {default}):", "repr of an interface")
    for several in (list[kind], typing.List[kind], kind | None, typing.Optional[kind], dict[str, kind]):  # type: ignore[valid-type]  # noqa: UP006, UP045 - as users write them
        holder = FunctionRecipe(parameters=(ParameterRecipe(name="a", annotation=several),), returns=several)
        check_equal(repr(interface_of(impl, holder)), f"(a: {several!r}) -> o0: {several!r}:", "repr of an interface")


@rule("NIF-12")
@given(function=functions(), template=templates(), changes=overrides())
@example(function=with_parameters(("x", int, 0)), template=TemplateRecipe(), changes={})
@example(function=FunctionRecipe(returns=int), template=TemplateRecipe(), changes={"retries": 1})
def test_interface_not_shared(
    impl: Adapter, function: FunctionRecipe, template: TemplateRecipe, changes: Mapping[str, Any]
) -> None:
    """Changing the inputs or outputs of one template's interface does not reach its overrides, nor theirs it."""
    needs_native_interface(impl)
    receiver = build(impl, replace(template, function=function))
    result = override(receiver, changes_of(impl, changes))

    for changed, other in ((receiver, result), (result, receiver)):
        before = dict(other.interface.inputs), dict(other.interface.outputs)
        for held in (changed.interface.inputs, changed.interface.outputs):
            with contextlib.suppress(Exception):
                held["CHANGED"] = (int, 0)
            with contextlib.suppress(Exception):
                held.clear()
        after = dict(other.interface.inputs), dict(other.interface.outputs)
        check(alike(after, before), f"a change to the interface of one template also changed its override's: {after!r}")


@rule("NIF-13")
@given(x=results(), y=results(), is_async=st.booleans())
@example(x=0, y=0, is_async=False)
@example(x=1, y=2, is_async=True)
@example(x=Everything(), y=Everything(), is_async=False)
@example(x=Undecided(), y=Undecided(), is_async=True)
def test_positional_only_inputs(impl: Adapter, x: object, y: object, is_async: bool) -> None:  # noqa: FBT001 - hypothesis passes it by keyword
    """Inputs that come by keyword reach positional-only parameters when a task is executed."""
    needs_bodies_here(impl)
    parameters = (
        ParameterRecipe(name="x", annotation=int, kind=POSITIONAL_ONLY),
        ParameterRecipe(name="y", annotation=int),
    )
    template = impl.make(FunctionRecipe(parameters=parameters, is_async=is_async).define())

    call, other = (f"execute({given}, y={shown(y)}) of def g(x, /, y)" for given in (f"x={shown(x)}", shown(x)))
    with impl.task_context(), calling(call):
        actual = run_async(lambda: template.execute(x=x, y=y))
        by_position = run_async(lambda: template.execute(x, y=y))
    check_values(actual, (x, y), call)
    check_values(by_position, (x, y), other)


@rule("NIF-13")
@given(
    values=st.fixed_dictionaries({"c": st.integers()}, optional={name: st.integers() for name in ("a", "b", "func")}),
    by_position=st.integers(0, 2),
    is_async=st.booleans(),
)
@example(values={"a": 1, "b": 2, "c": 3, "func": 4}, by_position=0, is_async=False)
@example(values={"func": 4, "c": 3, "b": 2, "a": 1}, by_position=0, is_async=True)
@example(values={"a": 1, "b": 2, "c": 3}, by_position=1, is_async=False)
@example(values={"a": 1, "c": 3}, by_position=0, is_async=False)
@example(values={"b": 2, "c": 3}, by_position=0, is_async=False)
def test_several_positional_only_inputs(
    impl: Adapter,
    values: Mapping[str, int],
    by_position: int,
    is_async: bool,  # noqa: FBT001 - hypothesis passes it by keyword
) -> None:
    """Each input that is given arrives at its own parameter, in any order; one that is left out has its default.

    One of them has the name of a field of the template.
    """
    needs_bodies_here(impl)
    defaults = {"a": -1, "b": -2, "c": NOTHING, "func": -4}
    kinds = {"a": POSITIONAL_ONLY, "b": POSITIONAL_ONLY, "c": KEYWORD_ONLY, "func": KEYWORD_ONLY}
    parameters = tuple(
        ParameterRecipe(name=name, annotation=int, default=default, kind=kinds[name])
        for name, default in defaults.items()
    )
    function = FunctionRecipe(parameters=parameters, is_async=is_async)
    leading = [name for name in ("a", "b")[:by_position] if name in values]
    assume(leading == ["a", "b"][: len(leading)])
    args, kwargs = [values[name] for name in leading], {key: item for key, item in values.items() if key not in leading}
    template = impl.make(function.define())

    what = f"execute(*{args}, **{kwargs}) of {function!r}"
    with impl.task_context(), calling(what):
        actual = run_async(lambda: template.execute(*args, **kwargs))
    check_equal(actual, tuple(values.get(name, default) for name, default in defaults.items()), what)


@rule("NIF-14")
@given(
    name=st.from_regex(r"Missing[A-Z]{0,4}", fullmatch=True), nested=st.sampled_from(["{}", "list[{}]", "{} | None"])
)
@example(name="Missing", nested="{}")
def test_unresolvable_annotation(impl: Adapter, name: str, nested: str) -> None:
    """An annotation that names nothing raises NameError when the function becomes a task."""
    needs_native_interface(impl)
    annotation = nested.format(name)
    odd = ParameterRecipe(name="x", annotation=annotation, default=None, kind=KEYWORD_ONLY)
    for function in (
        with_parameters(("x", annotation, NOTHING)),
        returning(annotation),
        FunctionRecipe(parameters=(odd,)),
    ):
        with expect_raises(NameError, f"the inputs and outputs of the interface of {function!r}"):
            interface = impl.interface_of(function.define())
            check(interface.inputs or interface.outputs, f"the interface of {function!r} has no inputs and no outputs")
        env = impl.make_env()
        with expect_raises(NameError, f"env.task of {function!r}"):
            env.task(function.define())


STYLES = (
    "{short}\n\n{long}\n\nArgs:\n    a: {a}\n    b (int): {b}\n\nReturns:\n    What comes.\n",
    "{short}\n\n{long}\n\n:param a: {a}\n:param int b: {b}\n:return: What comes.\n",
    "{short}\n\n{long}\n\nParameters\n----------\na : int\n    {a}\nb\n    {b}\n\nReturns\n-------\nint\n    What.\n",
)
"""Docstrings in the styles of Google, of Sphinx and of NumPy."""


HEADINGS = ("Args", "Arguments", "Parameters", "Params", "Attributes")
"""Titles of a section of parameters."""

FIELDS = ("param", "parameter", "arg", "argument", "key")
"""Names of the field of a parameter in the style of Sphinx."""


@rule("NIF-15")
@given(text=words(), word=st.sampled_from(HEADINGS), field=st.sampled_from(FIELDS))
@example(text="The a.", word="Args", field="param")
def test_docstring_headings(impl: Adapter, text: str, word: str, field: str) -> None:
    """A section of parameters may have any of several titles, and a field any of several names."""
    texts = [f"Do.\n\n{heading}:\n    a: {text}\n" for heading in dict.fromkeys((word, *HEADINGS))]
    texts += [f"Do.\n\n{heading}\n{'-' * len(heading)}\na : int\n    {text}\n" for heading in HEADINGS]
    texts.append(f"Do.\n\nParameters\n----------\na\n    {text}\nReturns\n-------\nint\n    What comes.\n")
    texts += [f"Do.\n\n:{name} a: {text}\n" for name in dict.fromkeys((field, *FIELDS))]
    for doc in texts:
        function = FunctionRecipe(parameters=(ParameterRecipe(name="a", annotation=int),), doc=doc)
        with calling(f"interface_of({function!r}).docstring of {doc!r}"):
            actual = dict(impl.interface_of(function.define()).docstring.input_descriptions)
        check_equal(actual, {"a": text}, f"input_descriptions of {doc!r}")


@rule("NIF-15")
@given(
    style=st.sampled_from(STYLES),
    parts=st.fixed_dictionaries({"short": words(), "long": words(), "a": words(), "b": words()}),
)
@example(style=STYLES[0], parts={"short": "Add.", "long": "At length.\nMore.", "a": "The first.", "b": "The second."})
@example(style=STYLES[1], parts={"short": "Add.", "long": "At length.\nMore.", "a": "The first.", "b": "The second."})
@example(style=STYLES[2], parts={"short": "Add.", "long": "At length.\nMore.", "a": "The first.", "b": "The second."})
@example(style=STYLES[0], parts={"short": "Add.", "long": "At length.", "a": "The first\n        one.", "b": "And b."})
def test_docstring_parts(impl: Adapter, style: str, parts: Mapping[str, str]) -> None:
    """An interface has the parts of the function's docstring: the first paragraph, the rest, each parameter."""
    named = tuple(ParameterRecipe(name=name, annotation=int) for name in ("a", "b"))
    function = FunctionRecipe(parameters=named, doc=style.format(**parts))
    with calling(f"interface_of({function!r}).docstring of {function.doc!r}"):
        docstring = impl.interface_of(function.define()).docstring
        actual = {
            "short": docstring.short_description,
            "long": docstring.long_description,
            **docstring.input_descriptions,
        }

    # Lines are joined one way or another: what counts are the words.
    told = {name: text.split() if isinstance(text, str) else text for name, text in actual.items()}
    check_equal(told, {name: text.split() for name, text in parts.items()}, f"the parts of {function.doc!r}")
