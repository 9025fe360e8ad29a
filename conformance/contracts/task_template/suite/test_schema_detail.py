"""Rules JSN: what a schema may say beyond types, if an implementation claims it."""

from __future__ import annotations

import base64
import collections
import collections.abc
import enum
import functools
import json
import re
import typing
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Address
from pathlib import PurePath
from typing import Annotated, Any, Literal, LiteralString, Never, NotRequired, Required, TypedDict
from uuid import UUID

from hypothesis import example, given
from hypothesis import strategies as st

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.json_types import (
    Identifier,
    IntOrText,
    Options,
    Pair,
    SomeText,
    Title,
    Word,
)
from conformance.contracts.task_template.strategies.values import words
from conformance.contracts.task_template.suite.test_schema import check_enum_schema, check_verdict, schema_of, taking
from conformance.engine.properties import check, check_equal
from conformance.engine.rules import rule
from conformance.errors import Gap


@dataclass(frozen=True)
class Bound:
    """A piece of metadata of `Annotated` that bounds a value by an attribute, as annotated-types and others have it."""

    attribute: str
    value: Any

    def __getattr__(self, name: str) -> Any:
        """Return the bound under its name."""
        if name == self.attribute:
            return self.value
        raise AttributeError(name)


@dataclass(frozen=True)
class Between:
    """Two bounds in one piece of metadata."""

    gt: int
    le: int


@dataclass(frozen=True)
class Described:
    """A piece of metadata that holds others, as descriptions of fields do."""

    metadata: tuple[Bound, ...]


ABOVE_AND_BELOW: Mapping[str, tuple[int, int]] = {"ge": (0, -1), "gt": (1, 0), "le": (0, 1), "lt": (-1, 0)}
"""Per bound of a number: how far from it a value is that is allowed, and one that is not."""

SIZED: Sequence[tuple[Any, Callable[[int], Any]]] = (
    (str, lambda count: "x" * count),
    (list[int], lambda count: [0] * count),
    (dict[str, int], lambda count: {str(number): 0 for number in range(count)}),
)
"""Types that have a length, and a JSON value of each length."""


def check_bound(impl: Adapter, annotation: Any, good: Any, bad: Any, *, formats: bool = False) -> None:
    """Check that the schema of an input of some type takes one value and not another."""
    function = taking(annotation)
    schema = schema_of(impl, function)
    check_verdict(schema, {"a": good}, valid=True, of=function, formats=formats)
    check_verdict(schema, {"a": bad}, valid=False, of=function, formats=formats)


@rule("JSN-13")
@given(number=st.integers(-1000, 1000), kind=st.sampled_from([int, float, int | None]), is_held=st.booleans())
@example(number=0, kind=int, is_held=False)
@example(number=3, kind=float, is_held=True)
@example(number=3, kind=int | None, is_held=False)
def test_schema_bounds_numbers(impl: Adapter, number: int, kind: Any, *, is_held: bool) -> None:
    """A bound of a number is in the schema: values on one side are valid, those on the other are not."""

    def bounded(attribute: str, value: Any) -> Any:
        bound = Bound(attribute, value)
        return Annotated[kind, Described((bound,)) if is_held else bound]

    for attribute, (good, bad) in ABOVE_AND_BELOW.items():
        for value in (number, Decimal(number)):
            check_bound(impl, bounded(attribute, value), number + good, number + bad)
    check_bound(impl, Annotated[kind, Between(number, number + 2)], number + 1, number)
    check_bound(impl, Annotated[kind, Between(number, number + 2)], number + 2, number + 3)
    factor = abs(number) + 2
    check_bound(impl, bounded("multiple_of", factor), 3 * factor, 3 * factor + 1)


@rule("JSN-13")
@given(count=st.integers(1, 9), sized=st.sampled_from(SIZED))
@example(count=1, sized=SIZED[0])
@example(count=2, sized=SIZED[1])
@example(count=3, sized=SIZED[2])
def test_schema_bounds_lengths(impl: Adapter, count: int, sized: tuple[Any, Callable[[int], Any]]) -> None:
    """Length bounds and patterns are in the schema."""
    kind, of_length = sized
    check_bound(impl, Annotated[kind, Bound("min_length", count)], of_length(count), of_length(count - 1))
    check_bound(impl, Annotated[kind, Bound("max_length", count)], of_length(count), of_length(count + 1))
    check_bound(impl, Annotated[str, Bound("pattern", f"^a{{{count}}}$")], "a" * count, "a" * (count + 1))


@rule("JSN-13")
@given(text=words(), attribute=st.sampled_from(["title", "description", "documentation", "examples"]))
@example(text="a text", attribute="title")
@example(text="a text", attribute="description")
@example(text="a text", attribute="documentation")
@example(text="a text", attribute="examples")
def test_schema_repeats_annotations(impl: Adapter, text: str, attribute: str) -> None:
    """The description and the examples of a type are in the schema."""
    said: Any = [text] if attribute == "examples" else text
    keyword = "description" if attribute == "documentation" else attribute
    for annotation in (Annotated[int, Bound(attribute, said)], Annotated[str, Bound(attribute, said)]):
        actual = schema_of(impl, taking(annotation))["properties"]["a"].get(keyword)
        check_equal(actual, said, f"{keyword} in the schema of an input of {annotation}")
    plain = schema_of(impl, taking(Annotated[int, text]))["properties"]["a"].get("description")
    check_equal(plain, text, f"description in the schema of an input of Annotated[int, {text!r}]")


FORMS: Mapping[Any, tuple[str, str]] = {
    datetime: ("2024-02-29T12:30:00Z", "2024-02-30T12:30:00Z"),
    date: ("2024-02-29", "2023-02-29"),
    time: ("12:30:00Z", "25:00:00Z"),
    timedelta: ("PT1H30M", "an hour"),
    UUID: ("123e4567-e89b-12d3-a456-426614174000", "123e4567"),
    IPv4Address: ("192.0.2.1", "192.0.2.256"),
    IPv6Address: ("2001:db8::1", "2001:db8::g"),
    re.Pattern: ("^a+$", "(a"),
    Decimal: ("1.50", "much"),
}
"""Per class that JSON represents as a string: a valid string and an invalid one. Source: JSON Schema 2020-12, 7.3."""


check_forms = functools.partial(check_bound, formats=True)
"""Check that the schema of an input of some type takes one value and not another, formats included."""


class Marked(TypedDict, total=False):
    """A dictionary of which one key is required."""

    needed: Required[int]
    free: int


class Unmarked(TypedDict):
    """A dictionary of which one key is not required."""

    free: int
    more: NotRequired[str]


class Share(enum.Enum):
    """A choice of numbers."""

    half = 0.5
    quarter = 0.25


class Plain(tuple[Any, ...]):
    """A tuple without names."""

    __slots__ = ()


@dataclass
class Computed:
    """A dataclass whose first field is not a constructor argument."""

    made: int = field(init=False, default=0)
    kept: int


def local_tree() -> type:
    """Return a dataclass of a function that holds others of its own kind."""

    @dataclass
    class LocalTree:
        value: int
        branches: list[LocalTree] = field(default_factory=list)

    return LocalTree


WRONG_KINDS: Mapping[Any, tuple[Any, ...]] = {
    Options: ([], None, {"depth": "", "name": ""}, {"depth": 0}, {"name": ""}),
    Pair: (None, "", 0, False, {}, []),
    tuple[int, str]: (None, "", 0, False, {}, []),
    Decimal: (None, False, []),
    **dict.fromkeys(
        (bytes, date, time, UUID, PurePath, IPv4Address, IPv6Address, re.Pattern, complex, type[int]),
        (None, 0, 0.5, False, []),
    ),
    **dict.fromkeys((set, frozenset, tuple, list, collections.deque, collections.abc.Set), (None, 0, 0.5, False)),
    **dict.fromkeys((collections.abc.Sequence, collections.abc.Collection), (None, 0, 0.5, False)),
    **dict.fromkeys((set[int], frozenset[str], tuple[int, ...], Sequence[int]), (None, 0, 0.5, False, [[]])),
    **dict.fromkeys((Mapping[str, int], collections.abc.Mapping, collections.Counter), (None, 0, 0.5, False, [])),
    collections.OrderedDict: (None, 0, 0.5, False, [], ""),
    **dict.fromkeys((Title, SomeText, LiteralString, Never), (None, 0, False, [])),
    **dict.fromkeys((Identifier, IntOrText), (None, False, [])),
}
"""By type, JSON values of another kind than the type is written as."""


@rule("JSN-14")
def test_schema_refuses_other_kinds_of_value(impl: Adapter) -> None:
    """Times, numbers, collections and aliases refuse JSON values of another kind than they are written as."""
    for annotation, values in WRONG_KINDS.items():
        function = taking(annotation)
        schema = schema_of(impl, function)
        for wrong in values:
            check_verdict(schema, {"a": wrong}, valid=False, of=function)


class Number(enum.Enum):
    """An Enum of numbers, one of them falsy."""

    ONE = 1
    TWO = 2
    ZERO = 0


NUMBERS = (
    Number,
    enum.Enum("Mixed", {"a": "x", "b": 1, "c": 0.5}),
    enum.Enum("Switch", {"on": True, "off": False}),
)
"""Enums of values that are no strings: the contract says only that releases raise for them."""


@rule("JSN-14")
def test_schema_of_enums_of_numbers(impl: Adapter) -> None:
    """The schema of an Enum of numbers lists the numbers; its default is the number of the member."""
    for annotation in NUMBERS:
        check_enum_schema(impl, annotation)
    properties = schema_of(impl, taking(Number, defaults=(Number.ZERO,)))["properties"]
    check_equal(properties["a"].get("default"), 0, "the default in the schema of an Enum of numbers")


@rule("JSN-14")
@given(kind=st.sampled_from([*FORMS]), number=st.integers(), content=st.binary())
@example(kind=datetime, number=-1, content=b"")
@example(kind=date, number=0, content=b"a")
def test_schema_forms(impl: Adapter, kind: Any, number: int, content: bytes) -> None:
    """Strings, keys and members that the type cannot have are invalid; the default of bytes is base64."""
    for one, (good, bad) in FORMS.items():
        check_forms(impl, one, good, bad)
    good, bad = FORMS[kind]
    check_forms(impl, list[kind], [good], [bad])
    if kind is not Decimal:  # a number, which is not a string
        check_forms(impl, dict[kind, int], {good: 1}, {bad: 1})
    check_forms(impl, dict[int, str], {str(number): ""}, {f"{number}.5": ""})
    check_forms(impl, dict[Word, int], {Word.left.value: 1}, {"no word": 1})
    check_forms(impl, collections.Counter[str], {"a": number}, {"a": "b"})
    check_forms(impl, collections.deque[int], [number], {"a": number})
    check_forms(impl, collections.OrderedDict[str, int], {"a": number}, [number])

    check_forms(impl, Decimal, "1.5e3", "1.5e")
    check_forms(impl, Decimal, "-1E5", "1.2.3")
    check_forms(impl, list[None], [None], [0])
    check_forms(impl, namedtuple("Untyped", "a b"), [number, ""], [number])  # noqa: PYI024 - what is without types is meant
    check_forms(impl, tuple[int, ...], [number, number], [number, "a"])
    check_forms(impl, tuple[int, str], [number, "a"], ["a", number])
    check_forms(impl, tuple[int, str], [number, "a"], [number])
    check_forms(impl, tuple[()], [], [number])
    check_forms(impl, Pair, [number, "a"], ["a", number])
    check_forms(impl, Pair, [number, "a"], [number])
    check_forms(impl, Pair, {"first": number, "second": "a"}, {"first": number})
    check_forms(impl, set[int], [1, 2], [1, 1])
    check_forms(impl, Marked, {"needed": number}, {"free": number})
    check_forms(impl, Marked, {"needed": number, "free": number}, {"needed": "a"})
    check_forms(impl, Unmarked, {"free": number}, {"free": number, "more": number})
    check_forms(impl, Share, 0.5, 0.75)
    check_forms(impl, Literal[None, "a"], None, 0)  # noqa: PYI061 - as some write it
    check_forms(impl, Literal[None], None, "a")  # noqa: PYI061 - the same
    check_forms(impl, Literal[True], True, False)
    check_forms(impl, Plain, [number], {"a": number})
    check_forms(impl, Computed, {"kept": number}, {"kept": "a"})
    check_forms(impl, local_tree(), {"value": 1, "branches": [{"value": 2}]}, {"value": 1, "branches": [{"value": ""}]})

    expected = {"type": "string", "contentEncoding": "base64", "default": base64.b64encode(content).decode()}
    for binary, default in ((bytes, content), (bytearray, bytearray(content))):
        actual = schema_of(impl, taking(binary, defaults=(default,)))["properties"]["a"]
        found = {keyword: actual.get(keyword) for keyword in expected}  # a title, for one, may stand beside them
        check_equal(found, expected, f"the schema of an input of {binary.__name__} with the default {default!r}")


class Model:
    """A class with a schema of its own and a method that dumps it, like a pydantic model."""

    told: Mapping[str, Any] = {
        "type": "object",
        "properties": {"size": {"type": "integer"}, "part": {"$ref": "{Part}"}},
        "required": ["size"],
        "additionalProperties": False,
        "$defs": {
            "Part": {"type": "object", "properties": {"next": {"$ref": "{Part}"}}, "additionalProperties": False}
        },
    }
    """Its schema, references left open."""

    def __init__(self, size: int) -> None:
        self.size = size

    @classmethod
    def model_json_schema(cls, ref_template: str = "#/$defs/{model}", **_: Any) -> dict[str, Any]:
        """Return the schema, with references as the template says."""
        schema: dict[str, Any] = json.loads(json.dumps(cls.told).replace("{Part}", ref_template.format(model="Part")))
        return schema

    def model_dump(self, *, mode: str = "python") -> dict[str, Any]:
        """Return the model, as JSON has it where that is the mode."""
        return {"size": self.size} if mode == "json" else {"size": object()}


class PlainModel(Model):
    """One that needs no definitions."""

    told: Mapping[str, Any] = {"type": "object", "properties": {"size": {"type": "integer"}}}


@rule("JSN-15")
@given(size=st.integers(), count=st.integers(1, 3))
@example(size=0, count=1)
def test_schema_of_models(impl: Adapter, size: int, count: int) -> None:
    """Every occurrence of a model has the schema of the model; its default appears as the model dumps it."""
    part: dict[str, Any] = {"next": {"next": {}}}
    check_bound(impl, Model, {"size": size, "part": part}, {"size": size, "part": {"other": part}})
    check_bound(impl, PlainModel, {"size": size}, {"size": "large"})
    check_bound(impl, list[Model], [{"size": size}] * count, [{"size": "large"}] * count)
    check_bound(impl, Model | None, None, {"part": part})
    function = taking(Model, Model, defaults=(Model(size),))
    schema = schema_of(impl, function)
    check_equal(schema["properties"]["b"].get("default"), {"size": size}, f"the default in the schema of {function!r}")
    check_verdict(schema, {"a": {"size": size, "part": part}}, valid=True, of=function)
    check("default" not in schema["properties"]["a"], f"the schema of {function!r}: a default of b is one of a")
    plain = taking(object, defaults=(object(),))
    check("default" not in schema_of(impl, plain)["properties"]["a"], f"the schema of {plain!r} has a default")


@rule("JSN-14")
@given(number=st.integers())
@example(number=0)
def test_schema_of_type_aliases(impl: Adapter, number: int) -> None:
    """An alias of the `type` statement has the schema of its type, also with parameters and recursively."""
    if not hasattr(typing, "TypeAliasType"):
        raise Gap("Python has the type statement since 3.12")
    names: dict[str, Any] = {}
    exec("type Size = int\ntype Both[T] = dict[str, T]\ntype Nested = int | list[Nested]", names)  # noqa: S102 - Python 3.11 cannot read it
    check_forms(impl, names["Size"], number, "a")
    check_forms(impl, names["Both"][int], {"a": number}, {"a": "b"})
    check_forms(impl, names["Nested"], [number, [[number]]], [number, [["a"]]])
