"""Recipes of calls: they print as a reader would write them, and know the arguments that the function receives."""

from __future__ import annotations

import asyncio
import inspect

from hypothesis import HealthCheck, given, settings

from conformance.contracts.task_template.strategies.calls import (
    ASYNC_KWARGS_CALL,
    SYNC_KWARGS_CALL,
    CallRecipe,
    task_calls,
)
from conformance.contracts.task_template.strategies.recipes import PLAIN_SHAPES, SHAPES, FunctionRecipe


def test_call_prints_as_source() -> None:
    """The text is the call; the repr adds the called object."""
    assert SYNC_KWARGS_CALL.text == "task(0, y='a')"
    assert "async def f(x: int, *, y: str = '')" in repr(ASYNC_KWARGS_CALL)


def test_values_are_in_order_with_defaults() -> None:
    """The received arguments are known without calling the function."""
    assert SYNC_KWARGS_CALL.values == (0, "a")
    assert CallRecipe(function=SYNC_KWARGS_CALL.function, args=(1,)).values == (1, "")


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(call=task_calls(is_async=False))
def test_drawn_arguments_fit(call: CallRecipe) -> None:
    """Each drawn call fits its function in every shape, and passes the stated values."""
    for shape in (*PLAIN_SHAPES, "object"):
        actual = SHAPES[shape](call.function.define())(*call.args, **call.kwargs)
        # Some of the values cannot be compared.
        assert list(map(id, actual)) == list(map(id, call.values)), shape


def test_shapes_of_async_functions_are_async() -> None:
    """`inspect` treats each shape that is drawn for async functions as async."""
    function = FunctionRecipe(is_async=True).define()

    for name in PLAIN_SHAPES:
        assert inspect.iscoroutinefunction(SHAPES[name](function)), name
        assert asyncio.run(SHAPES[name](function)()) == ()
