"""Strategies: all values that they draw are valid, and cover the documented range."""

from __future__ import annotations

import ast
import inspect
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.contracts.task_template.strategies import values as strategies
from conformance.contracts.task_template.strategies.origins import OverrideRecipe
from conformance.contracts.task_template.strategies.recipes import NOTHING, FunctionRecipe, Recipe, TemplateRecipe

EXAMPLES = settings(max_examples=60, deadline=None, derandomize=True, database=None)


@EXAMPLES
@given(function=strategies.functions())
def test_functions_can_be_defined(function: FunctionRecipe) -> None:
    """Each drawn function is valid Python with the parameters, kinds and defaults of its recipe."""
    signature = inspect.signature(function.define())

    assert list(signature.parameters) == [each.name for each in function.parameters]
    for each in function.parameters:
        assert signature.parameters[each.name].default is each.default
        assert (signature.parameters[each.name].annotation is NOTHING) == (each.annotation is NOTHING)


@EXAMPLES
@given(template=strategies.templates() | strategies.full_templates(), reusable=strategies.reusable_templates())
def test_templates_are_what_every_implementation_may_accept(template: TemplateRecipe, reusable: TemplateRecipe) -> None:
    """A pod template and reuse exclude each other, as in the decorator."""
    assert "reusable" not in template.fields
    assert isinstance(reusable.fields["reusable"], Recipe)
    assert "pod_template" not in reusable.fields


@EXAMPLES
@given(call=strategies.override_calls())
def test_override_calls_are_valid(call: OverrideRecipe) -> None:
    """If a template is or becomes reusable, a call names no guarded field unless it ends reuse."""
    reuses = call.changes.get("reusable", call.template.fields.get("reusable"))
    guarded = set(call.changes) & {*strategies.REUSE_GUARDED_FIELDS, "pod_template"}

    assert reuses in (None, "off") or not guarded


@EXAMPLES
@given(changes=strategies.single_overrides())
def test_single_overrides_name_one_field(changes: dict[str, Any]) -> None:
    """One field, with a value that is not falsy, except for booleans."""
    assert len(changes) == 1
    (name, value) = next(iter(changes.items()))
    assert value or name == "interruptible"


@EXAMPLES
@given(data=st.data(), annotation=strategies.json_types())
def test_values_belong_to_their_type(data: st.DataObject, annotation: object) -> None:
    """A value that is drawn for a type can be written down and read again, so that a reader can repeat it."""
    value = data.draw(strategies.values_of(annotation))

    if "Color" not in str(annotation):
        assert ast.literal_eval(repr(value)) == value


@pytest.mark.parametrize("name", ["retries", "timeout", "env_vars", "secrets", "links", "queue", "pod_template"])
def test_every_change_is_no_default(name: str) -> None:
    """The template with every field set has no falsy value, so a value that an override drops is noticed."""
    assert strategies.EVERY_CHANGE[name]


def test_every_field_has_a_strategy_and_a_value() -> None:
    """The tables of strategies and of fixed values have the same fields."""
    assert set(strategies.CHANGES) == set(strategies.EVERY_CHANGE)
    assert set(strategies.SETTINGS) == set(strategies.EVERY_SETTING)
    assert set(strategies.FREE_FIELDS) < set(strategies.CHANGES)
