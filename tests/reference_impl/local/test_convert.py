"""Inputs and outputs of a task are checked against their annotations, and converted to what those declare."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple

import pytest

from reference_impl.errors import InvalidTypeError
from reference_impl.local.convert import conform

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


class Point(NamedTuple):
    """A tuple with names."""

    x: int
    label: str = ""


class Size(enum.Enum):
    """An Enum whose names and values differ."""

    SMALL = "s"


@dataclass
class Order:
    """A dataclass."""

    article: str


@dataclass(frozen=True)
class Price:
    """A dataclass with numbers in many places."""

    amount: float
    count: int = 1
    steps: list[float] = field(default_factory=list)
    shares: dict[str, float | None] = field(default_factory=dict)
    base: Price | None = None


@pytest.mark.parametrize(
    ("annotation", "value", "expected"),
    [
        (int, 3, 3),
        (int | None, None, None),
        (int | str, "a", "a"),
        (Annotated[int, "unit"], 3, 3),
        (dt.datetime, NOON.replace(tzinfo=None), NOON),  # without a zone it is UTC
        (dt.datetime, NOON.astimezone(dt.timezone(dt.timedelta(hours=2))), NOON),
        (dt.date, NOON.date(), NOON.date()),
        (list[dt.datetime], [NOON.replace(tzinfo=None)], [NOON]),
        (dict[str, Size], {"a": "SMALL"}, {"a": Size.SMALL}),  # an Enum by the name of its member
        (tuple[int, str], [1, "a"], (1, "a")),
        (tuple[int, ...], (1, 2, 3), (1, 2, 3)),
        (tuple, (1, "a"), (1, "a")),
        (Point, (1, "a"), Point(1, "a")),  # the outputs of a task, passed on
        (list[Point], [Point(1)], [Point(1)]),
        (Order, Order("pen"), Order("pen")),
        (object, 3, 3),
        (Any, None, None),
    ],
    ids=repr,
)
def test_value_arrives_as_its_annotation_has_it(annotation: object, value: object, expected: object) -> None:
    """A value of the declared type, or one that stands for it, is accepted; the result is equal and has that type."""
    found = conform(annotation, value)

    assert found == expected
    assert type(found) is type(expected)
    assert str(found) == str(expected)  # equal times may have different time zones


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (int, True),
        (int, 1.0),
        (float, 1),
        (int | None, "a"),
        (dt.datetime, NOON.date()),
        (dt.datetime, "2026-01-01"),
        (dt.date, NOON),  # a datetime is a date, but not of the declared type
        (list[int], (1, 2)),
        (list[int], ["a"]),
        (dict[str, int], {"a": None}),
        (tuple[int, str], (1, 2)),
        (tuple[int, str], (1,)),
        (Point, (1,)),
        (Point, 3),
        (Size, "s"),
        (Order, {"article": "pen"}),
        (None, 0),
    ],
    ids=repr,
)
def test_value_of_another_type_is_refused(annotation: object, value: object) -> None:
    """A value of another type is refused, and the message says what was expected and what was given."""
    with pytest.raises(InvalidTypeError, match=r"expected .+, got "):
        conform(annotation, value)


def test_whole_numbers_in_a_dataclass_become_floats_where_floats_are_declared() -> None:
    """An int in a float field becomes a float, at any depth; other fields do not change."""
    given = Price(2, 3, [1, 2.5], {"a": 1, "b": None}, Price(4))

    found = conform(Price, given)

    assert repr(found) == repr(Price(2.0, 3, [1.0, 2.5], {"a": 1.0, "b": None}, Price(4.0)))


def test_class_of_names_that_nobody_knows_is_left_alone() -> None:
    """A dataclass whose annotations cannot be resolved is passed on as it is."""

    @dataclass
    class Local:
        amount: float
        other: Unknown  # type: ignore[name-defined] # noqa: F821 - this is the point

    assert repr(conform(Local, Local(2, None)).amount) == "2"
