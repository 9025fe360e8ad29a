"""The JSON Schema of every annotation in the contract's table, including those that the SDK gets wrong."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
import enum
import pathlib
import typing
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Generic, Literal, NamedTuple, NewType, NotRequired, Optional, TypedDict

import jsonschema_rs
import pydantic
import pytest

from reference_impl.extend import register_json_schema
from reference_impl.models import NativeInterface


class Colour(enum.Enum):
    """String values that differ from the names."""

    RED = "r"
    GREEN = "g"


class Level(enum.IntEnum):
    """Values that are numbers."""

    LOW = 1
    HIGH = 2


class Point(NamedTuple):
    """Two fields, one with a default."""

    x: int
    y: int = 0


@dataclasses.dataclass
class Leaf:
    """A field with a default of its own type.

    Attributes:
        size: Nothing to see.
    """

    size: int
    weight: int = 2


@dataclasses.dataclass
class Tree:
    """Contains itself."""

    value: int
    children: list[Tree] = dataclasses.field(default_factory=list)


class Options(TypedDict, total=False):
    """No key is required."""

    depth: int


class Mixed(TypedDict):
    """One key is required, in an annotation that is a string."""

    name: str
    note: NotRequired[str]


T = typing.TypeVar("T")


class Model(pydantic.BaseModel):
    """A model with a constraint, a default and a nested model."""

    n: int = pydantic.Field(ge=0)
    inner: Inner | None = None


class Inner(pydantic.BaseModel):
    """Referred to by Model."""

    text: str = "t"


@dataclasses.dataclass
class Boxed(Generic[T]):
    """A class that no rule covers."""

    content: T


class Labelled(TypedDict, Generic[T]):
    """A generic dict."""

    label: T


UserId = NewType("UserId", int)
Bound = typing.TypeVar("Bound", bound=str)
Choice = typing.TypeVar("Choice", int, str)


def schema_of(annotation: Any, default: object = NativeInterface.has_default) -> dict[str, Any]:
    """Return the schema of a task with one input, `x`."""
    return NativeInterface(inputs={"x": (annotation, default)}, outputs={}).json_schema


TABLE: list[tuple[Any, list[Any], list[Any]]] = [
    (int, [0, -1], ["1", True, 1.5, None]),
    (bool, [True], [1]),
    (str, ["", "é"], [1]),
    (None, [None], [0]),
    (float, [1, 0.5], ["1"]),
    (bytes, ["aGk="], [1]),
    (dt.datetime, ["2026-01-02T03:04:05Z"], [1]),
    (dt.date, ["2026-01-02"], [1]),
    (dt.time, ["03:04:05Z"], [1]),
    (dt.timedelta, ["PT5S"], [5]),
    (list, [[], [1, "a"]], [{}]),
    (tuple, [[1]], [{}]),
    (set, [[1, 2]], [[1, 1]]),
    (frozenset[int], [[1, 2]], [[1, 1], ["a"]]),
    (Sequence[int], [[1]], [["a"]]),
    (Sequence, [[1, "a"]], [1]),
    (Iterator[int], [[1]], [["a"]]),
    (tuple[int, ...], [[], [1, 2]], [["a"]]),
    (tuple[int, str], [[1, "a"]], [[1], [1, "a", 2], ["a", 1], {"item_0": 1, "item_1": "a"}]),
    (tuple[()], [[]], [[1]]),
    (Any, [None, 1, "a", [], {}], []),
    (object, [None, 1], []),
    (Colour, ["r", "g"], ["RED", "b"]),
    (Level, [1, 2], ["LOW", 3]),
    (list[int], [[], [1]], [["a"], 1]),
    (list[list[str]], [[["a"]]], [["a"]]),
    (dict, [{}, {"a": 1}], [[]]),
    (dict[str, int], [{"a": 1}], [{"a": "1"}]),
    (dict[int, str], [{"1": "a"}], [{"1": 1}, {"a": "a"}]),
    (dict[Colour, int], [{"r": 1}], [{"RED": 1}]),
    (Mapping[str, bool], [{"a": True}], [{"a": 1}]),
    (Optional[int], [1, None], ["a"]),  # noqa: UP045 - both spellings are inputs
    (list[int | None], [[1, None]], [["a"]]),
    (int | float, [1, 1.5], ["a"]),
    (int | str | None, [1, "a", None], [1.5]),
    (Literal["a", "A"], ["a", "A"], ["b"]),
    (Literal[1, 2], [1, 2], ["z", 3]),
    (Literal["a", 1, None], ["a", 1, None], [2]),  # noqa: PYI061 - the spelling is an input
    (Optional[Literal["a"]], ["a", None], ["b"]),  # noqa: UP045 - as above
    (list[Literal["a"]], [["a"]], [["b"]]),
    (pathlib.Path, ["a/b"], [1]),
    (uuid.UUID, ["00000000-0000-0000-0000-000000000000"], [1]),
    (decimal.Decimal, [1, 1.5, "1.50"], [True, "abc"]),
    (Point, [[1], [1, 2], {"x": 1}], [[], [1, 2, 3], {"y": 1}, {"x": "a"}]),
    (Leaf, [{"size": 1}, {"size": 1, "weight": 3}], [{}, {"size": 1, "other": 2}, {"size": "a"}]),
    (Tree, [{"value": 1, "children": [{"value": 2}]}], [{"value": 1, "children": [{"value": "a"}]}]),
    (Options, [{}, {"depth": 1}], [{"depth": "a"}]),
    (Mixed, [{"name": "a"}, {"name": "a", "note": "b"}], [{}, {"note": "b"}]),
    (Model, [{"n": 0}, {"n": 1, "inner": {"text": "a"}}], [{"n": -1}, {}, {"n": 1, "inner": {"text": 1}}]),
    (Annotated[int, pydantic.Field(ge=0, lt=9)], [0, 8], [-1, 9]),
    (Annotated[str, pydantic.Field(min_length=1)], ["a"], [""]),
    (Annotated[list[int], pydantic.Field(max_length=1)], [[1]], [[1, 2]]),
    (Annotated[int | None, pydantic.Field(ge=1)], [None, 1], [0]),
    (Annotated[decimal.Decimal, pydantic.Field(ge=decimal.Decimal("0.5"))], [0.5, "0.1"], [0.4]),
    (UserId, [1], ["a"]),
    (Bound, ["a"], [1]),
    (Choice, [1, "a"], [1.5]),
    (type[int], ["int"], [1]),
    (Boxed[int], [{"content": 1}, {"content": "a"}], [{}]),
    (Labelled[int], [{"label": 1}], [{}]),
    (typing.Never, [], [None, 1]),
]
"""Annotation, JSON values it accepts, JSON values it refuses."""


@pytest.mark.parametrize(("annotation", "accepted", "refused"), TABLE, ids=lambda value: str(value)[:40])
def test_accepts_and_refuses(annotation: Any, accepted: list[Any], refused: list[Any]) -> None:
    """The schema of a type accepts the JSON values of that type and refuses others; formats are checked."""
    document = schema_of(annotation, ...)
    validator = jsonschema_rs.Draft202012Validator(document, validate_formats=True)

    for value in accepted:
        validator.validate({"x": value})
    for value in refused:
        assert not validator.is_valid({"x": value}), f"{document} accepts {value!r}"


def spoil(node: Any) -> None:
    """Change every dict and list of a schema in place."""
    for inner in list(node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()):
        spoil(inner)
    if isinstance(node, dict):
        node["changed"] = True
    elif isinstance(node, list):
        node.append("changed")


@pytest.mark.parametrize("annotation", [row[0] for row in TABLE], ids=lambda value: str(value)[:40])
def test_is_a_schema(annotation: Any) -> None:
    """Each schema is valid against the meta-schema, and each access returns a new one."""
    first, second = schema_of(annotation), schema_of(annotation)

    jsonschema_rs.meta.validate(first)
    assert first == second
    spoil(first)
    assert schema_of(annotation) == second


def test_recursive_classes_are_defined_at_the_root() -> None:
    """A class that contains itself is defined once, in `$defs`."""
    schema = schema_of(Tree)

    assert schema["properties"]["x"]["$ref"] == "#/$defs/Tree"
    assert schema["$defs"]["Tree"]["properties"]["children"]["items"] == {"$ref": "#/$defs/Tree"}


def test_plain_classes_are_written_in_place() -> None:
    """A class that does not contain itself needs no definition; its defaults keep their type."""
    schema = schema_of(Leaf)

    assert "$defs" not in schema
    weight = schema["properties"]["x"]["properties"]["weight"]
    assert weight == {"type": "integer", "default": 2}
    assert isinstance(weight["default"], int)


@pytest.mark.parametrize(
    ("annotation", "default", "shown"),
    [
        (int, 0, 0),
        (str, "", ""),
        (Optional[int], None, None),  # noqa: UP045 - as above
        (Colour, Colour.RED, "r"),
        (list[int], [1], [1]),
        (Leaf, Leaf(1), {"size": 1, "weight": 2}),
        (dt.date, dt.date(2026, 1, 2), "2026-01-02"),
        (dt.timedelta, dt.timedelta(minutes=1), "PT60S"),
        (bytes, b"hi", "aGk="),
        (set[int], {1}, [1]),
    ],
)
def test_defaults_are_shown_as_json(annotation: Any, default: object, shown: object) -> None:
    """Defaults appear as JSON values, including falsy ones."""
    assert schema_of(annotation, default)["properties"]["x"]["default"] == shown


@pytest.mark.parametrize("default", [float("nan"), object(), [object()]])
def test_defaults_without_json_form_are_left_out(default: object) -> None:
    """A default that JSON cannot express is left out; the input is still optional."""
    schema = schema_of(Any, default)

    assert schema["properties"]["x"] == {}
    assert schema["required"] == []


def test_registered_types_come_first() -> None:
    """A registered function makes the schema of its class and subclasses, and wins over the built-in rules."""

    class Money(str):
        __slots__ = ()

    class Euro(Money):
        __slots__ = ()

    register_json_schema(Money, lambda kind: {"type": "string", "title": kind.__name__})

    assert schema_of(Money)["properties"]["x"] == {"type": "string", "title": "Money"}
    assert schema_of(list[Euro])["properties"]["x"]["items"]["title"] == "Euro"
    assert schema_of(str)["properties"]["x"] == {"type": "string"}


def test_two_classes_of_one_name_have_two_definitions() -> None:
    """A second recursive class of the same name gets a number."""

    def tree(kind: Any) -> type:
        made = dataclasses.make_dataclass("Tree", [("value", kind), ("next", "Tree | None", None)])
        made.__module__ = __name__
        return made

    schema = NativeInterface(inputs={"a": (tree(int), ...), "b": (tree(str), ...)}, outputs={}).json_schema

    assert sorted(schema["$defs"]) == ["Tree", "Tree_2"]


def test_mentioned_twice_and_annotated_text() -> None:
    """A string in `Annotated` is the description; the docstring of the function wins over it."""

    def documented(x: Annotated[int, "from the annotation"], y: Annotated[int, "stays"]) -> None: ...

    documented.__doc__ = "Do it.\n\nArgs:\n    x: From the docstring."
    properties = NativeInterface.from_callable(documented).json_schema["properties"]

    assert properties["x"]["description"] == "From the docstring."
    assert properties["y"]["description"] == "stays"
