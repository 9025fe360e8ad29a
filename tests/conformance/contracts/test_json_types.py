"""JSON values of Python types, and invalid values."""

from __future__ import annotations

from typing import Literal

import pytest
from hypothesis import given, settings

from conformance.contracts.task_template.strategies.json_types import (
    InputsRecipe,
    Point,
    Word,
    as_json,
    calls_as_json,
    plain_types,
    wrong_values,
)
from conformance.contracts.task_template.strategies.recipes import NOTHING


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Word.left, "left"),
        ([Word.left, None], ["left", None]),
        ({"k": Word.right}, {"k": "right"}),
        (Point(x=0), {"x": 0, "label": ""}),
        ([{"k": Point(x=1, label="é")}], [{"k": {"x": 1, "label": "é"}}]),
        (0.5, 0.5),
    ],
)
def test_json_value_of_a_python_value(value: object, expected: object) -> None:
    """Enum members become their values and records their fields, at any depth."""
    assert as_json(value) == expected


@pytest.mark.parametrize(
    ("annotation", "wrong", "right"),
    [
        (int, [None, True, 2.5, "no word of theirs"], 1),
        (float, [None, True, "no word of theirs"], 1),
        (str, [None, 1], "no word of theirs"),
        (bool, [None, 1], True),
        (Word, [None, 1, "no word of theirs"], "left"),
        (Literal["left"], [None, "no word of theirs"], "left"),
        (list[int], [1, ["no word of theirs"], [2.5], [None]], []),
        (dict[str, list[str]], [1, {"k": "no word of theirs"}, {"k": [1]}], {}),
        (Point, [{}, {"x": "no word of theirs"}, 1], {"x": 5}),
    ],
)
def test_wrong_values_of_a_type(annotation: object, wrong: list[object], right: object) -> None:
    """Every kind except the type's own is wrong, and so is a container of wrong values."""
    found = wrong_values(annotation)

    for value in wrong:
        assert any(each == value and type(each) is type(value) for each in found), value
    assert not any(each == right and type(each) is type(right) for each in found)


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(call=calls_as_json(plain_types()))
def test_inputs_fit_their_function(call: InputsRecipe) -> None:
    """Each parameter has a value; parameters without a default are required."""
    assert list(call.inputs) == [each.name for each in call.function.parameters]
    assert list(call.needed) == [each.name for each in call.function.parameters if each.default is NOTHING]
