"""Python types that inputs of a task may have, and JSON values that are, or are not, values of these types.

They are not among the other strategies because a schema is judged by JSON values, not by Python values: a list of Enum
members is passed as a list of strings.
"""

from __future__ import annotations

import collections
import collections.abc
import enum
import functools
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import PurePath
from typing import Annotated, Any, Literal, NamedTuple, NewType, TypedDict, TypeVar
from uuid import UUID

from hypothesis import strategies as st

from conformance.contracts.task_template.strategies.recipes import NOTHING, FunctionRecipe
from conformance.contracts.task_template.strategies.values import Values, functions, texts, values_of


class Word(enum.Enum):
    """An Enum whose names are its values, so that a schema of names equals one of values."""

    left = "left"
    right = "right"


@dataclass
class Point:
    """A dataclass with a default."""

    x: int
    label: str = ""


@dataclass
class Place(Point):
    """A dataclass that has fields from another one."""

    height: int = 0


class Options(TypedDict):
    """A dictionary with fixed keys."""

    depth: int
    name: str


class Outer(TypedDict):
    """A dictionary with fixed keys and another such dictionary in it."""

    label: str
    inner: Options


class Pair(NamedTuple):
    """A tuple with names."""

    first: int
    second: str


@dataclass
class Route:
    """A dataclass of dataclasses, with a container of them and a choice."""

    start: Point
    stops: list[Point] = field(default_factory=list)
    turn: Word = Word.left
    names: dict[str, Point] = field(default_factory=dict)


Anything = TypeVar("Anything")
SomeText = TypeVar("SomeText", bound=str)
IntOrText = TypeVar("IntOrText", int, str)
Identifier = NewType("Identifier", int)
Title = NewType("Title", str)


class Note:
    """Third-party metadata in `Annotated`."""


@dataclass
class Empty:
    """A dataclass without fields."""


@dataclass
class Tree:
    """A dataclass with a field of its own type."""

    value: int
    branches: list[Tree] = field(default_factory=list)


class Forest:
    """A namespace for a second class of the same name."""

    @dataclass
    class Tree:
        """Another dataclass with a field of its own type, through another class."""

        twig: Forest.Twig | None = None

    @dataclass
    class Twig:
        """The class between the two."""

        tree: Forest.Tree | None = None


SCALAR_TYPES = (int, str, bool, float, Word, Literal["left", "right"])
"""Scalar types of which every release accepts each value."""


@functools.cache
def plain_types() -> Values:
    """Types of which every release accepts each value: scalars, records, lists and dictionaries with text keys."""
    scalars: Values = st.sampled_from([*SCALAR_TYPES, Point])
    inner: Values = st.sampled_from([*SCALAR_TYPES[:-1], Point])  # a Literal inside is a rule of its own (NIF-06)
    return scalars | st.recursive(
        inner,
        lambda item: (
            item.map(lambda kind: list[kind])  # type: ignore[valid-type]  # a type made while running
            | item.map(lambda kind: dict[str, kind])  # type: ignore[valid-type]  # the same
        ),
        max_leaves=3,
    )


@functools.cache
def further_types() -> Values:
    """Further types of which every release accepts each value: times, records in records, unions, any dictionary."""
    inner: Values = st.sampled_from([datetime, date, timedelta, Options, Route, Empty, dict[int, int], dict, int | str])
    return inner | inner.map(lambda kind: list[kind]) | inner.map(lambda kind: dict[str, kind])  # type: ignore[valid-type]  # a type made while running


OTHER_TYPES = (
    bytes,
    datetime,
    date,
    timedelta,
    set[int],
    tuple[int, str],
    tuple[()],
    object,
    Any,
    list,
    dict,
    dict[int, str],
    Literal[1, 2],
    Options,
    Pair,
    int | str,
    type(None),
    *(Route, Empty, time, Decimal, UUID, PurePath, frozenset[str], tuple[int, ...], Sequence[int], complex),
    *(list[Point], dict[str, Options], list[Pair], list[datetime], list[list[bytes]], Callable[[int], str]),
    *(int | None, Point | None, list[Point | None], int | str | None, Annotated[int, "text"], type[int]),
    *(Annotated[int, Note()], Annotated[list[int], Note(), "text"], Annotated[str, 0], Annotated[Point, None]),
    *(collections.OrderedDict, collections.Counter, collections.deque, collections.abc.Mapping),
    *(collections.abc.Sequence, collections.abc.Collection, collections.abc.Set, set, frozenset, tuple),
    *(Anything, SomeText, IntOrText, Identifier, Title, list[Identifier], typing.LiteralString, typing.Never, None),
)
"""Types that have a schema, but whose values differ between releases."""


@functools.cache
def text_enums() -> Values:
    """Enums of text values that differ from the names of their members; some are strings themselves."""
    members = st.lists(texts(min_size=1), unique=True, min_size=1, max_size=4)
    return st.builds(
        lambda values, mixin: enum.Enum(
            "Drawn", {f"M{index}": value for index, value in enumerate(values)}, type=mixin
        ),
        members,
        st.sampled_from([None, str]),
    )


def as_json(value: Any) -> Any:
    """Return a Python value as JSON: the value of an Enum member, the fields of a dataclass.

    Times are strings in the format of ISO 8601, keys of dictionaries are strings.
    """
    if isinstance(value, enum.Enum):
        return as_json(value.value)
    if is_dataclass(value) and not isinstance(value, type):
        return as_json(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): as_json(item) for key, item in value.items()}
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"PT{value.total_seconds():.0f}S"
    return [as_json(item) for item in value] if isinstance(value, list | tuple) else value


SAMPLES: Mapping[str, Any] = {
    "null": None,
    "truth": True,
    "whole": 1,
    "fraction": 2.5,
    "text": "no word of theirs",
    "array": [[None]],
    "object": {"!": [None]},
}
"""A JSON value of each kind; the string is not a value of an Enum above."""

KINDS_OF: Mapping[Any, tuple[str, ...]] = {
    int: ("whole",),
    float: ("whole", "fraction"),
    bool: ("truth",),
    str: ("text",),
    list: ("array",),
    dict: ("object",),
}
"""Which of them are values of a type; none for an Enum, a Literal or a record."""


def wrong_values(annotation: Any) -> list[Any]:
    """Return JSON values that are not values of a plain type: of every other type, and containers of them."""
    origin, arguments = typing.get_origin(annotation) or annotation, typing.get_args(annotation)
    wrong = [value for kind, value in SAMPLES.items() if kind not in KINDS_OF.get(origin, ())]
    if origin is list:
        wrong += [[inner] for inner in wrong_values(arguments[0])]
    elif origin is dict:
        wrong += [{"k": inner} for inner in wrong_values(arguments[1])]
    elif origin is Point:
        wrong += [{}, *({"x": inner} for inner in wrong_values(int))]
    return wrong


@dataclass(frozen=True, kw_only=True)
class InputsRecipe:
    """A function, and inputs for it as JSON values."""

    function: FunctionRecipe
    inputs: Mapping[str, Any]

    @property
    def needed(self) -> dict[str, Any]:
        """The inputs that have no default."""
        names = [each.name for each in self.function.parameters if each.default is NOTHING]
        return {name: self.inputs[name] for name in names}


@functools.cache
@st.composite
def calls_as_json(draw: st.DrawFn, types: Values) -> InputsRecipe:
    """Functions with parameters of the types, and JSON values for all of them."""
    function = draw(functions(types=types))
    return InputsRecipe(
        function=function, inputs={each.name: as_json(draw(values_of(each.annotation))) for each in function.parameters}
    )
