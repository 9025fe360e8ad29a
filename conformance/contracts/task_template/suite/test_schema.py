"""Rules JSN: the JSON schema of the inputs, and which values it lets pass."""

from __future__ import annotations

import enum
import json
import re
import string
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import GenericAlias
from typing import Any, Literal, LiteralString, Optional, Union, get_args

import jsonschema_rs
from hypothesis import assume, example, given
from hypothesis import strategies as st

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.json_types import (
    OTHER_TYPES,
    SCALAR_TYPES,
    Anything,
    Forest,
    InputsRecipe,
    Options,
    Outer,
    Place,
    Point,
    Route,
    SomeText,
    Title,
    Tree,
    Word,
    as_json,
    calls_as_json,
    further_types,
    plain_types,
    text_enums,
    wrong_values,
)
from conformance.contracts.task_template.strategies.origins import ORIGINS, OverrideRecipe
from conformance.contracts.task_template.strategies.recipes import (
    KEYWORD_ONLY,
    NOTHING,
    FunctionRecipe,
    ParameterRecipe,
    TemplateRecipe,
)
from conformance.contracts.task_template.strategies.values import (
    Color,
    Values,
    functions,
    json_types,
    overrides,
    templates,
    texts,
    words,
)
from conformance.contracts.task_template.suite.acts import (
    build,
    call_text,
    changes_of,
    needs_native_interface,
    override,
    receiver_of,
)
from conformance.contracts.task_template.suite.readings import told
from conformance.engine.properties import calling, check, check_equal, trying
from conformance.engine.rules import rule

DIALECT = "https://json-schema.org/draft/2020-12/schema"
"""The version of JSON Schema for schemas that do not name one."""


def taking(*annotations: Any, defaults: tuple[Any, ...] = (), doc: str | None = None) -> FunctionRecipe:
    """Return a function of parameters `a`, `b`, ... of these types; the last ones have the defaults."""
    padded = [NOTHING] * (len(annotations) - len(defaults)) + list(defaults)
    parameters = tuple(
        ParameterRecipe(name=input_name(index), annotation=annotation, default=default)
        for index, (annotation, default) in enumerate(zip(annotations, padded, strict=True))
    )
    return FunctionRecipe(parameters=parameters, doc=doc)


def input_name(index: int) -> str:
    """Return the name of an input by its place: `a`, `b`, ..., `z`, `a1`, `b1`, ..."""
    rounds, place = divmod(index, len(string.ascii_lowercase))
    return string.ascii_lowercase[place] + (str(rounds) if rounds else "")


REQUIRED_LAST = FunctionRecipe(
    parameters=(
        ParameterRecipe(name="b", annotation=int, default=0, kind=KEYWORD_ONLY),
        ParameterRecipe(name="a", annotation=int, kind=KEYWORD_ONLY),
    )
)
"""A function with a required input after one that has a default."""


def literal_of(values: list[str]) -> Any:
    """Return the Literal of these strings."""
    return Literal[tuple(values)]


def schema_of(impl: Adapter, function: FunctionRecipe) -> dict[str, Any]:
    """Return the schema of the inputs of a template of that function, read from the template."""
    with calling(f"json_schema of {function!r}"):
        schema: dict[str, Any] = impl.make(function.define()).json_schema
    return schema


def accepts(schema: Mapping[str, Any], instance: Any, *, formats: bool = False) -> bool:
    """Return whether a JSON value is valid by a schema, its formats taken for rules if asked."""
    with calling(f"reading the schema {json.dumps(schema)[:200]}"):
        validator = jsonschema_rs.Draft202012Validator({"$schema": DIALECT, **schema}, validate_formats=formats)
        return bool(validator.is_valid(instance))


def check_verdict(
    schema: Mapping[str, Any], instance: Mapping[str, Any], *, valid: bool, of: FunctionRecipe, formats: bool = False
) -> None:
    """Check that the schema of a function accepts, or refuses, the inputs of one call."""
    actual = accepts(schema, instance, formats=formats)
    text = f"{of!r}: expected the inputs {instance!r} to be {'valid' if valid else 'refused'}"
    with trying(checked=of, cases=[(dict(instance), valid)]):
        check(actual is valid, f"{text}; schema {json.dumps(schema)[:300]}")


def functions_of_other_types() -> st.SearchStrategy[FunctionRecipe]:
    """Functions of inputs of any type that has a schema; None is the default of the last ones."""
    kinds = st.lists(st.sampled_from(OTHER_TYPES), min_size=1, max_size=4)
    return st.builds(
        lambda drawn, count: taking(*drawn, defaults=(None,) * min(count, len(drawn))), kinds, st.integers(0, 4)
    )


@rule("JSN-01")
@given(function=functions() | functions(documented=True) | functions_of_other_types())
@example(function=FunctionRecipe())
@example(function=taking(*OTHER_TYPES))
@example(function=taking(*OTHER_TYPES, defaults=(None,) * len(OTHER_TYPES)))
@example(function=taking(int))
@example(function=taking(int, str, bool, defaults=("", False)))
@example(function=taking(int, int, defaults=(0,)))
@example(function=REQUIRED_LAST)
def test_schema_shape(impl: Adapter, function: FunctionRecipe) -> None:
    """The schema describes an object: its properties are the inputs in order, required are those without default."""
    template = impl.make(function.define())
    with calling(f"json_schema of {function!r}"):
        schema = template.json_schema

    check_equal(schema.get("type"), "object", "type of the schema")
    check_equal(
        list(schema.get("properties", ())), [each.name for each in function.parameters], "properties of the schema"
    )
    expected = [each.name for each in function.parameters if each.default is NOTHING]
    required = schema.get("required")
    required = list(required) if isinstance(required, tuple) else required  # as JSON writes it
    check_equal(required, expected, "required inputs of the schema")
    if hasattr(template.interface, "required_inputs"):  # what an interface has to have, NIF-03 says
        check_equal(required, list(told(template.interface, "required_inputs")), "required inputs of the schema")


WITH_INPUTS = TemplateRecipe(
    function=taking(int, str, defaults=("",), doc="Do it."), fields={"short_name": "s", "env_vars": {"a": "x"}}
)
"""A template with inputs, and with an environment variable named like one of them."""


@rule("JSN-02")
@given(
    function=functions() | functions_of_other_types(),
    other=functions(),
    template=templates(),
    origin=st.sampled_from(ORIGINS),
)
@example(function=FunctionRecipe(), other=taking(int), template=TemplateRecipe(), origin="constructor")
@example(function=FunctionRecipe(), other=taking(int), template=WITH_INPUTS, origin="decorator")
@example(function=FunctionRecipe(), other=taking(int), template=WITH_INPUTS, origin="subclass")
@example(function=FunctionRecipe(), other=taking(int), template=WITH_INPUTS, origin="copy")
@example(function=FunctionRecipe(), other=taking(int), template=WITH_INPUTS, origin="pickle")
def test_schema_delegates(
    impl: Adapter, function: FunctionRecipe, other: FunctionRecipe, template: TemplateRecipe, origin: str
) -> None:
    """A template's schema is the schema of its interface, also where the interface is not that of the function."""
    needs_native_interface(impl)
    own = impl.make(function.define())
    foreign = impl.make(function.define(), interface=impl.interface_of(other.define()))

    receiver = receiver_of(impl, OverrideRecipe(template=template, origin=origin))
    for built in (own, foreign, override(own, {}), build(impl, template), receiver):
        with calling("json_schema of a template and of its interface"):
            schema, expected = built.json_schema, built.interface.json_schema
        check_equal(as_text(schema), as_text(expected), "json_schema of a template against its interface's")


def as_text(schema: Any) -> str:
    """Return a schema as JSON with sorted keys. A value that `json.dumps` refuses is a deviation."""
    with calling("json.dumps(json_schema)"):
        return json.dumps(schema, sort_keys=True)


def spoil(schema: Any) -> None:
    """Change every dictionary and every list of a schema."""
    inner = list(schema.values()) if isinstance(schema, dict) else list(schema) if isinstance(schema, list) else []
    for each in inner:
        spoil(each)
    if isinstance(schema, dict):
        schema["spoilt"] = True
    elif isinstance(schema, list):
        schema.append("spoilt")


@rule("JSN-03")
@given(function=functions() | functions_of_other_types())
@example(function=FunctionRecipe())
@example(function=taking(*OTHER_TYPES))
@example(function=taking(int, list[int], Word))
@example(function=taking(dict[str, list[int]], int, defaults=(0,)))
@example(function=taking(float, float, defaults=(float("inf"), float("nan"))))
def test_schema_plain_and_fresh(impl: Adapter, function: FunctionRecipe) -> None:
    """The schema is plain JSON, the same on each access and a new object each time, however one is spoilt."""
    template = impl.make(function.define())
    with calling(f"json_schema of {function!r}"):
        first, second = template.json_schema, template.json_schema
    expected = as_text(first)

    check(first is not second, "json_schema gave one object twice, expected a new one each time")
    check_equal(as_text(second), expected, "json_schema, read again")
    spoil(first)
    check_equal(as_text(second), expected, "json_schema read before another one was changed")
    check_equal(as_text(template.json_schema), expected, "json_schema read after another one was changed")
    other = impl.make(function.define())
    check_equal(as_text(other.json_schema), expected, "json_schema of another template, after this one's was changed")
    if hasattr(template.interface, "json_schema"):  # JSN-02 says that it has to be there
        check_equal(
            as_text(template.interface.json_schema), expected, "the interface's, read after another one was changed"
        )


@rule("JSN-04")
@given(function=functions(types=json_types() | plain_types()) | functions_of_other_types())
@example(function=FunctionRecipe())
@example(function=taking(*OTHER_TYPES))
def test_schema_valid(impl: Adapter, function: FunctionRecipe) -> None:
    """The schema is valid by the meta-schema of draft 2020-12."""
    schema = schema_of(impl, function)

    valid = jsonschema_rs.meta.is_valid({"$schema": DIALECT, **schema})
    check(valid, f"the schema of {function!r} is no valid schema: {as_text(schema)[:300]}")


PLAIN_CALLS = (
    InputsRecipe(function=taking(), inputs={}),
    InputsRecipe(
        function=taking(int, str, bool, float, Word, SCALAR_TYPES[-1]),
        inputs={"a": 0, "b": "", "c": False, "d": 0, "e": "left", "f": "right"},
    ),
    InputsRecipe(
        function=taking(list[int], dict[str, str], list[dict[str, float]], Point),
        inputs={"a": [], "b": {}, "c": [{}], "d": {"x": 0}},
    ),
    InputsRecipe(function=taking(int, str, defaults=("",)), inputs={"a": -1, "b": "é"}),
    InputsRecipe(
        function=taking(datetime, date, timedelta, Options, Route, dict[int, str], dict, int | str, Place),
        inputs={
            "a": "2020-02-29T00:00:00",
            "b": "2020-02-29",
            "c": "PT0S",
            "d": {"depth": 0, "name": ""},
            "e": {"start": {"x": 0}},
            "f": {"0": ""},
            "g": {"a": [None]},
            "h": 0,
            "i": {"x": 0, "label": "", "height": 0},
        },
    ),
)
"""Calls with the emptiest values of each type."""


@rule("JSN-05")
@given(call=calls_as_json(plain_types() | further_types()))
@example(call=PLAIN_CALLS[0])
@example(call=PLAIN_CALLS[1])
@example(call=PLAIN_CALLS[2])
@example(call=PLAIN_CALLS[3])
@example(call=PLAIN_CALLS[4])
@example(call=InputsRecipe(function=taking(int, list[int]), inputs={"a": 2**64, "b": [-(2**64), 0]}))
@example(call=InputsRecipe(function=taking(float, list[float]), inputs={"a": 0.5, "b": [-2.5, 1e300]}))
@example(
    call=InputsRecipe(
        function=taking(list[str], dict[str, str], list[int], dict[str, bool], list[list[float]]),
        inputs={"a": [""], "b": {"": ""}, "c": [0, 0], "d": {"": False}, "e": [[], [0, 0.0]]},
    )
)
def test_schema_accepts_values(impl: Adapter, call: InputsRecipe) -> None:
    """Values of the declared types are valid, be it all inputs or those without default; with one less they are not."""
    schema = schema_of(impl, call.function)

    check_verdict(schema, call.inputs, valid=True, of=call.function)
    check_verdict(schema, call.needed, valid=True, of=call.function)
    for name in call.needed:
        rest = {key: value for key, value in call.inputs.items() if key != name}
        check_verdict(schema, rest, valid=False, of=call.function)


@rule("JSN-05")
@given(annotation=plain_types())
@example(annotation=int)
@example(annotation=str)
@example(annotation=bool)
@example(annotation=float)
@example(annotation=Word)
@example(annotation=Point)
@example(annotation=SCALAR_TYPES[-1])
@example(annotation=list[int])
@example(annotation=dict[str, list[str]])
def test_schema_refuses_other_kinds(impl: Adapter, annotation: Any) -> None:
    """A value of another kind than the declared type is not valid, nor is a container of such."""
    function = taking(annotation)
    schema = schema_of(impl, function)

    for wrong in wrong_values(annotation):
        check_verdict(schema, {"a": wrong}, valid=False, of=function)


@rule("JSN-05")
@given(text=texts())
@example(text="")
def test_schema_of_names_for_text(impl: Adapter, text: str) -> None:
    """A string is valid for each type that JSON represents as a string, and null for None."""
    for annotation in (Title, SomeText, LiteralString, Anything):
        function = taking(annotation)
        check_verdict(schema_of(impl, function), {"a": text}, valid=True, of=function)
    check_verdict(schema_of(impl, taking(None)), {"a": None}, valid=True, of=taking(None))


@rule("JSN-05")
def test_schema_refuses_other_kinds_of_record(impl: Adapter) -> None:
    """Records and times reject values of other types, also one level down."""
    for annotation, values in WRONG_RECORDS.items():
        function = taking(annotation)
        schema = schema_of(impl, function)
        for wrong in values:
            check_verdict(schema, {"a": wrong}, valid=False, of=function)


WRONG_RECORDS: Mapping[Any, tuple[Any, ...]] = {
    Route: ({}, [], None, "", {"start": {}}, {"start": {"x": ""}}, {"start": {"x": 0}, "stops": [{}]}, 0),
    datetime: (0, True, None, [], {}),
    timedelta: (True, None, [], {}),
    dict[int, str]: ([], None, "", 0),
    dict: ([], None, "", 0),
    int | str: (None, [], {}, 0.5),
    list[dict[str, int]]: ([{"k": ""}], [[]], {}, [0]),
    None: ("", 0, False, [], {}),
}
"""By type, JSON values that are invalid: the types that the contract has a schema for.

What it says of others is that any value passes (see JSN-14 for what an implementation may do).
"""


@rule("JSN-05b")
@given(
    annotation=text_enums() | st.lists(texts(min_size=1), unique_by=str.upper, min_size=1, max_size=4).map(literal_of)
)
@example(annotation=Color)
@example(annotation=Literal["x", "y-z"])
@example(annotation=Literal["é", "A b"])
@example(annotation=literal_of([f"choice {letter}" for letter in string.ascii_lowercase]))
@example(annotation=enum.Enum("Letter", {letter: f"choice {letter}" for letter in string.ascii_lowercase}))
@example(annotation=enum.Enum("Text", {"a": "x", "b": "y"}, type=str))
@example(annotation=enum.StrEnum("Text", {"a": "x", "b": "y"}))
@example(annotation=enum.IntEnum("Whole", {"one": 1, "zero": 0}))
@example(annotation=enum.Enum("Alias", {"a": "x", "b": "y", "same": "x"}))
@example(annotation=enum.Enum("Falsy", {"a": "x", "nothing": ""}))
def test_schema_enum_values(impl: Adapter, annotation: Any) -> None:
    """The schema of an Enum of strings or a Literal lists the values, and lets them and nothing else pass."""
    check_enum_schema(impl, annotation)


def check_enum_schema(impl: Adapter, annotation: Any) -> None:
    """Check that the schema of an Enum or a Literal lists the values, once each, and accepts nothing else."""
    function = taking(annotation)
    schema = schema_of(impl, function)
    literal = get_args(annotation)
    expected = list(literal) or [member.value for member in annotation]

    # In whichever order: Literals of the same strings are equal, so a cache may return the Enum of the other one.
    actual = sorted(map(json.dumps, listed_in(schema, schema["properties"]["a"])))
    check_equal(actual, sorted(map(json.dumps, expected)), f"values in the schema of {function!r}")
    other = "".join(map(str, expected)) + "!"
    for value in expected:
        check_verdict(schema, {"a": value}, valid=True, of=function)
    check_verdict(schema, {"a": other}, valid=False, of=function)
    # In a container too, where the type is converted apart.
    nested = schema_of(impl, taking(GenericAlias(list, (annotation,)), GenericAlias(dict, (str, annotation))))
    check_verdict(nested, {"a": expected, "b": dict.fromkeys("ab", expected[0])}, valid=True, of=function)
    check_verdict(nested, {"a": [other], "b": {}}, valid=False, of=function)
    check_verdict(nested, {"a": [], "b": {"a": other}}, valid=False, of=function)


def listed_in(schema: Mapping[str, Any], part: Any) -> list[Any]:
    """Return the values that a part of a schema lists: where it is, behind a reference, or one by one."""
    if not isinstance(part, Mapping):
        return []
    if "$ref" in part:
        target: Any = schema
        for step in str(part["$ref"]).removeprefix("#/").split("/"):
            target = target.get(step, {}) if isinstance(target, Mapping) else {}
        return listed_in(schema, target)
    inner = [one for keyword in ("anyOf", "oneOf", "allOf") for one in part.get(keyword, ())]
    own = [*part.get("enum", ()), *([part["const"]] if "const" in part else [])]
    return own + [value for one in inner for value in listed_in(schema, one)]


def _nullable_types() -> Values:
    """Types that hold None somewhere: at the top, in a list, in a dictionary; in each spelling."""
    kinds: list[Any] = [int, str, bool, float, Word, Point, Literal["left", "right"], datetime, Options, Route]
    scalars = st.sampled_from(kinds)
    spellings = scalars.flatmap(lambda item: st.sampled_from([Optional[item], item | None, Union[None, item]]))  # noqa: UP007, UP045 - other objects than `|` makes
    nested = spellings.flatmap(lambda item: st.sampled_from([list[item], dict[str, item], list[item] | None]))  # type: ignore[valid-type]  # a type made while running
    deeper = nested.flatmap(lambda item: st.sampled_from([list[item], dict[str, list[item]]]))  # type: ignore[valid-type]  # the same
    return spellings | nested | deeper | scalars.map(lambda item: item | list[int] | None)


NO_VALUES = InputsRecipe(
    function=taking(*(Optional[kind] for kind in (datetime, Point, Options, Route, Word, list[int], dict[str, int]))),  # noqa: UP045 - another object than `|` makes
    inputs=dict.fromkeys("abcdefg"),
)
"""None for each kind of type."""

TREE = {"value": 0, "branches": [{"value": 1, "branches": []}, {"value": 2, "branches": [{"value": 3}]}]}
"""A value of a class that contains itself."""


@rule("JSN-06")
@given(call=calls_as_json(_nullable_types()))
@example(call=InputsRecipe(function=taking(Optional[int]), inputs={"a": None}))  # noqa: UP045 - another object than `int | None`
@example(call=InputsRecipe(function=taking(int | None), inputs={"a": 0}))
@example(call=InputsRecipe(function=taking(list[int | None]), inputs={"a": [1, None]}))
@example(call=InputsRecipe(function=taking(int | None, defaults=(None,)), inputs={"a": None}))
@example(
    call=InputsRecipe(
        function=taking(list[dict[str, list[int | None]]], dict[str, list[dict[str, Point | None]]]),
        inputs={"a": [{"": [None]}], "b": {"": [{"": None}]}},
    )
)
@example(call=InputsRecipe(function=taking(Tree, Tree | None), inputs={"a": TREE, "b": None}))
@example(
    call=InputsRecipe(
        function=taking(Outer, Outer | None), inputs={"a": {"label": "", "inner": {"depth": 0, "name": ""}}, "b": None}
    )
)
@example(call=InputsRecipe(function=taking(int | str | None, int | None | str), inputs={"a": None, "b": None}))
@example(
    call=InputsRecipe(function=taking(Tree, Forest.Tree), inputs={"a": TREE, "b": {"twig": {"tree": {"twig": None}}}})
)
@example(call=NO_VALUES)
def test_schema_optional_accepts_null(impl: Adapter, call: InputsRecipe) -> None:
    """None is valid where the type is Optional, nested ones included; so are the other values of the type."""
    check_verdict(schema_of(impl, call.function), call.inputs, valid=True, of=call.function)


@rule("JSN-07")
@given(function=functions(types=plain_types().filter(lambda annotation: "Point" not in str(annotation)) | json_types()))
@example(function=taking(str, int, bool, defaults=("", 0, False)))
@example(function=taking(int | None, list[int], defaults=(None, [])))
@example(function=taking(Color, defaults=(Color.GREEN,)))
@example(function=taking(tuple[int, ...], tuple[int, str], defaults=((), (0, ""))))
@example(function=taking(Point, Route, defaults=(Point(x=0), Route(start=Point(x=1), stops=[Point(x=2)]))))
@example(
    function=taking(date, list[Point], dict[str, Point], defaults=(date(2020, 2, 29), [Point(x=0)], {"": Point(x=0)}))
)
@example(
    function=taking(
        list[int | None], dict[str, int | None], list[list[str]], defaults=([0, None], {"": None}, [[], [""]])
    )
)
@example(function=taking(*[int] * 12, defaults=tuple(range(12))))
@example(function=taking(int))
def test_schema_defaults(impl: Adapter, function: FunctionRecipe) -> None:
    """The default of an input is in the schema as JSON, also if it is falsy; an input without a default has none."""
    schema = schema_of(impl, function)

    for parameter in function.parameters:
        actual = schema["properties"][parameter.name].get("default", NOTHING)
        expected = NOTHING if parameter.default is NOTHING else as_json(parameter.default)
        same = actual is expected if NOTHING in (actual, expected) else as_text(actual) == as_text(expected)
        expected, actual = ("no default" if value is NOTHING else repr(value) for value in (expected, actual))
        check(same, f"default of {parameter.name} in the schema of {function!r}: expected {expected}, got {actual}")


DURATION = re.compile(
    r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
"""A time span, as ISO 8601 has it, without months and years."""

CLOCK = re.compile(r"(?:(?P<days>\d+) days?, )?(?P<hours>\d+):(?P<minutes>\d+):(?P<seconds>\d+(?:\.\d+)?)")
"""A time span, as str() of a timedelta has it."""


def spans(default: Any) -> timedelta | None:
    """Return the time span that a default says: in ISO 8601, as Python prints it, or as a number of seconds."""
    if isinstance(default, int | float) and not isinstance(default, bool):
        return timedelta(seconds=default)
    found = (DURATION.fullmatch(default) or CLOCK.fullmatch(default)) if isinstance(default, str) else None
    return timedelta(**{unit: float(text) for unit, text in found.groupdict().items() if text}) if found else None


@rule("JSN-07")
@given(seconds=st.integers(0, 10**7), is_nullable=st.booleans())
@example(seconds=0, is_nullable=False)
@example(seconds=60, is_nullable=True)
@example(seconds=90, is_nullable=True)
def test_schema_default_durations(impl: Adapter, seconds: int, *, is_nullable: bool) -> None:
    """The default of a time span is in the schema, in any form that says how long it is."""
    kind = timedelta | None if is_nullable else timedelta
    function = taking(kind, defaults=(timedelta(seconds=seconds),))
    actual = schema_of(impl, function)["properties"]["a"].get("default")

    expected = timedelta(seconds=seconds)
    check(spans(actual) == expected, f"default in the schema of {function!r}: expected {expected!r}, got {actual!r}")


DOCSTRINGS = (
    "Do it.\n\nArgs:\n    {name}: {text}\n",
    "Do it.\n\nAt length.\n\nArgs:\n    {name} (int): {text}\n\nReturns:\n    Nothing.\n",
    "Do it.\n\n:param {name}: {text}\n:return: Nothing.\n",
    "Do it.\n\nArguments:\n    {name}: {text}\n\nRaises:\n    ValueError: Never.\n",
    "Do it.\n\n:param int {name}: {text}\n:raises ValueError: Never.\n",
)
"""Docstrings in the styles of Google and of Sphinx, with and without other parts."""

BARE_DOCSTRINGS = (
    "Do it.\n\nArgs:\n",
    "Args:",
    "Do it.\n\nArgs:\n\nReturns:\n    Nothing.\n",
    "\n",
    ":param",
    ":param a:",
    "Args:\n-\n",
)
"""Docstrings with a place for parameters, and nothing in it."""


@rule("JSN-08")
@given(text=words(), form=st.sampled_from(DOCSTRINGS), is_optional=st.booleans())
@example(text="How often", form=DOCSTRINGS[0], is_optional=False)
@example(text="How often", form=DOCSTRINGS[2], is_optional=True)
@example(text="How often it is tried. Once at least, e.g. 1 or 2", form=DOCSTRINGS[0], is_optional=True)
@example(text="How often it is tried, and why. " * 20, form=DOCSTRINGS[0], is_optional=False)
@example(text="How often\n        it is tried", form=DOCSTRINGS[1], is_optional=False)
@example(text="How often\n    it is tried", form=DOCSTRINGS[2], is_optional=False)
@example(text="How often", form=DOCSTRINGS[3], is_optional=True)
@example(text="How often", form=DOCSTRINGS[4], is_optional=False)
def test_schema_descriptions(impl: Adapter, text: str, form: str, *, is_optional: bool) -> None:
    """The description of a parameter in the docstring is in the schema; without one there is none."""
    function = taking(int, str, defaults=("",) if is_optional else (), doc=form.format(name="b", text=text))
    properties = schema_of(impl, function)["properties"]

    actual = properties["b"].get("description")
    # Lines are joined one way or another: what counts are the words.
    words_of_it = actual.split() if isinstance(actual, str) else actual
    check_equal(words_of_it, text.split(), f"words of the description of b by the docstring {function.doc!r}")
    check("description" not in properties["a"], f"description of a: expected none, got {properties['a']!r}")


@rule("JSN-08")
def test_schema_without_descriptions(impl: Adapter) -> None:
    """A parameter that the docstring does not mention has no description."""
    for doc in BARE_DOCSTRINGS:
        properties = schema_of(impl, taking(int, doc=doc))["properties"]
        text = properties["a"].get("description")
        check(not text, f"description of a by the docstring {doc!r}: expected none, got {text!r}")


@rule("JSN-09")
@given(call=calls_as_json(plain_types()), name=words())
@example(call=InputsRecipe(function=taking(), inputs={}), name="unknown")
@example(call=PLAIN_CALLS[1], name="unknown")
@example(call=InputsRecipe(function=taking(*[int] * 12), inputs=dict.fromkeys("abcdefghijkl", 0)), name="unknown")
@example(call=InputsRecipe(function=taking(int, defaults=(0,)), inputs={"a": 0}), name="unknown")
def test_schema_refuses_unknown_inputs(impl: Adapter, call: InputsRecipe, name: str) -> None:
    """Inputs that the function does not have are not valid."""
    assume(name not in call.inputs)
    schema = schema_of(impl, call.function)

    check_verdict(schema, call.inputs, valid=True, of=call.function)
    check_verdict(schema, {**call.inputs, name: None}, valid=False, of=call.function)


@rule("JSN-10")
@given(function=functions(), template=templates(), steps=st.lists(overrides(), min_size=1, max_size=3))
@example(function=taking(int), template=TemplateRecipe(), steps=[{}])
@example(function=taking(int, str, defaults=("",)), template=TemplateRecipe(), steps=[{"retries": 1}, {"queue": "q"}])
def test_schema_survives_override(
    impl: Adapter, function: FunctionRecipe, template: TemplateRecipe, steps: list[Mapping[str, Any]]
) -> None:
    """No override changes the schema, of the result or of the receiver."""
    receiver = result = build(impl, replace(template, function=function))
    expected = as_text(receiver.json_schema)

    for changes in steps:
        result = override(result, changes_of(impl, changes))
        check_equal(as_text(result.json_schema), expected, f"json_schema after {call_text('override', changes)}")
    check_equal(as_text(receiver.json_schema), expected, "json_schema of the receiver")


@rule("JSN-11")
@given(count=st.integers(1, 3), default=st.sampled_from([NOTHING, 1]))
@example(count=1, default=NOTHING)
def test_schema_without_annotation(impl: Adapter, count: int, default: Any) -> None:
    """An input without annotation is a string in the schema."""
    defaults = () if default is NOTHING else (default,) * count
    schema = schema_of(impl, taking(*[NOTHING] * count, defaults=defaults))

    for name, actual in schema["properties"].items():
        check_equal(actual, {"type": "string"}, f"schema of {name}, which has no annotation")


def _overlapping_unions() -> Values:
    """Unions, some of whose values belong to several members."""
    pairs = [
        (int, float),
        (float, int),
        (bool, int),
        (int, str),
        (Word, str),
        (list[int], list[float]),
        (str, list[str]),
    ]
    unions = st.sampled_from(pairs).map(lambda pair: Union[pair])  # noqa: UP007 - made of a pair
    return unions | unions.flatmap(lambda union: st.sampled_from([list[union], dict[str, union]]))  # type: ignore[valid-type]  # types made while running


@rule("JSN-12")
@given(call=calls_as_json(_overlapping_unions()))
@example(call=InputsRecipe(function=taking(int | float), inputs={"a": 1}))
@example(call=InputsRecipe(function=taking(int | float), inputs={"a": 0.5}))
@example(call=InputsRecipe(function=taking(int | str | float), inputs={"a": 1}))
@example(call=InputsRecipe(function=taking(list[int] | list[float]), inputs={"a": []}))
@example(call=InputsRecipe(function=taking(int | str), inputs={"a": ""}))
@example(call=InputsRecipe(function=taking(int | str | list[int]), inputs={"a": [1]}))
@example(call=InputsRecipe(function=taking(int | str | list[int] | dict[str, int]), inputs={"a": {"k": 1}}))
def test_schema_union(impl: Adapter, call: InputsRecipe) -> None:
    """A value of any member of a union is valid, also where it belongs to several members."""
    check_verdict(schema_of(impl, call.function), call.inputs, valid=True, of=call.function)
