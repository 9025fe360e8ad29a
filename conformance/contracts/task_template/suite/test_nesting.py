"""Rules CAL, AIO and EXE on calls within calls, and on calls at the same time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.calls import (
    ASYNC_CALL,
    ORIGINS,
    SYNC_CALL,
    CallRecipe,
    bare_calls,
)
from conformance.contracts.task_template.strategies.recipes import FunctionRecipe, ParameterRecipe
from conformance.contracts.task_template.suite.doubles import (
    Outcome,
    Trail,
    awaited,
    hooked,
    in_task,
    made_from,
    needs_bodies_here,
    outcome_of,
)
from conformance.engine.properties import at_most, calling, check_equal, run_async
from conformance.engine.rules import rule

DEPTH = 4
"""How often a body calls its own task again."""

AT_ONCE = 4
"""Calls at the same time."""

MEETING_SECONDS = 2.0
"""How long a body waits for the others that run at the same time: they come in milliseconds unless calls take turns."""

FEW = 6
"""Examples at most: what matters is that the calls overlap, not with which values."""

SYNC_COUNT = CallRecipe(function=FunctionRecipe(parameters=(ParameterRecipe(name="n", annotation=int),)))
"""A sync task that takes a number."""

ASYNC_COUNT = CallRecipe(
    function=FunctionRecipe(parameters=(ParameterRecipe(name="n", annotation=int),), is_async=True)
)
"""An async task that takes a number."""


def counting_down(impl: Adapter, call: CallRecipe, again: Callable[[Any, int], Any], **more: Any) -> Any:
    """Return a template whose body acts on the template itself until its number is 0, and counts the runs.

    Parameters:
        impl: The implementation under test.
        call: How the template is made; its function takes one number.
        again: Called with the template and the next number; returns the number of runs below, or an awaitable of it.
        more: As for `made_from`.
    """
    made: list[Any] = []

    def body(number: int) -> int:
        return 1 + (again(made[0], number - 1) if number else 0)

    async def async_body(number: int) -> int:
        return 1 + (await again(made[0], number - 1) if number else 0)

    made.append(made_from(impl, call, async_body if call.function.is_async else body, **more))
    return made[0]


@rule("CAL-01")
@at_most(FEW)
@given(origin=st.sampled_from(ORIGINS))
@example(origin="constructor")
def test_sync_body_calls_its_own_task(impl: Adapter, origin: str) -> None:
    """A sync function may call its own task, as a recursive function does."""
    call = CallRecipe(function=SYNC_COUNT.function, origin=origin)
    template = counting_down(impl, call, lambda task, number: task(number))

    outcome_of(lambda: template(DEPTH)).check_value(DEPTH + 1, f"task({DEPTH}) whose body calls task again, down to 0")


@rule("CAL-02")
@at_most(FEW)
@given(origin=st.sampled_from(ORIGINS))
@example(origin="constructor")
def test_async_body_calls_its_own_task(impl: Adapter, origin: str) -> None:
    """An async function may await a call of its own task."""
    call = CallRecipe(function=ASYNC_COUNT.function, origin=origin)
    template = counting_down(impl, call, lambda task, number: task(number))

    outcome = run_async(lambda: awaited(lambda: template(DEPTH)))
    outcome.check_value(DEPTH + 1, f"await task({DEPTH}) whose body awaits task again, down to 0")


@rule("EXE-06")
@at_most(FEW)
@given(origin=st.sampled_from(ORIGINS))
@example(origin="constructor")
def test_async_body_executes_its_own_task(impl: Adapter, origin: str) -> None:
    """Each execute within another one of the same task has its own data, and gives the outer data back."""
    needs_bodies_here(impl)
    seen: list[tuple[dict[str, object], dict[str, object]]] = []

    async def again(task: Any, number: int) -> Any:
        before = dict(impl.context_data() or {})
        value = await task.execute(number)
        seen.append((before, dict(impl.context_data() or {})))
        return value

    call = CallRecipe(function=ASYNC_COUNT.function, origin=origin)
    numbers = iter(range(DEPTH + 1))
    hooks = hooked(impl, Trail(), pre=lambda: {"level": next(numbers)})
    template = counting_down(impl, call, again, template_class=hooks)

    async def scenario() -> Outcome:
        with in_task(impl, data={}):
            return await awaited(lambda: template.execute(DEPTH))

    what = f"execute({DEPTH}) whose body executes the task again, down to 0"
    run_async(scenario).check_value(DEPTH + 1, what)
    levels = [({"level": level}, {"level": level}) for level in reversed(range(DEPTH))]
    check_equal(seen, levels, f"{what}: the data before and after each inner execute")


def meeting(barrier: threading.Barrier, value: Any) -> Any:
    """Return the value once as many threads as the barrier expects are here; fail if they do not come."""
    barrier.wait(MEETING_SECONDS)
    return value


def run_together(act: Callable[[int], None]) -> None:
    """Run an act on several threads at the same time, with the number of the thread, and wait for them for a while."""
    threads = [threading.Thread(target=act, args=(number,), daemon=True) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * MEETING_SECONDS)


@rule("CAL-01")
@at_most(FEW)
@given(origin=st.sampled_from(ORIGINS))
@example(origin="constructor")
def test_calls_on_several_threads(impl: Adapter, origin: str) -> None:
    """One template can be called on several threads at the same time, and each caller gets its own result."""
    barrier = threading.Barrier(AT_ONCE)
    call = CallRecipe(function=SYNC_COUNT.function, origin=origin)
    template = made_from(impl, call, partial(meeting, barrier))
    outcomes: dict[int, Outcome] = {}

    def act(number: int) -> None:
        outcomes[number] = outcome_of(lambda: template(number))

    what = f"task(n) on {AT_ONCE} threads at the same time, each with another n"
    run_together(act)
    check_equal(sorted(outcomes), list(range(AT_ONCE)), f"{what}: the calls that ended")
    for number, outcome in outcomes.items():
        outcome.check_value(number, f"{what}: the one with n={number}")


@rule("EXE-19")
@at_most(FEW)
@given(origin=st.sampled_from(ORIGINS))
@example(origin="constructor")
def test_sync_bodies_on_several_loops_overlap(impl: Adapter, origin: str) -> None:
    """Sync bodies of one template that event loops on several threads execute at the same time run at the same time."""
    needs_bodies_here(impl)
    barrier = threading.Barrier(AT_ONCE)
    call = CallRecipe(function=SYNC_COUNT.function, origin=origin)
    template = made_from(impl, call, partial(meeting, barrier))
    outcomes: dict[int, Outcome] = {}

    async def scenario(number: int) -> Outcome:
        with in_task(impl):
            return await awaited(lambda: template.execute(number))

    def act(number: int) -> None:
        outcomes[number] = run_async(lambda: scenario(number))

    what = f"execute(n) on {AT_ONCE} event loops, each on a thread, whose bodies wait for each other"
    run_together(act)
    check_equal(sorted(outcomes), list(range(AT_ONCE)), f"{what}: the executes that ended")
    for number, outcome in outcomes.items():
        outcome.check_value(number, f"{what}: the one with n={number}")


@rule("AIO-03")
@at_most(FEW)
@given(origin=st.sampled_from(ORIGINS))
@example(origin="constructor")
def test_sync_bodies_of_aio_overlap(impl: Adapter, origin: str) -> None:
    """Sync bodies that are called through aio at the same time run at the same time, each with its own arguments."""
    barrier = threading.Barrier(AT_ONCE)
    call = CallRecipe(function=SYNC_COUNT.function, origin=origin)
    template = made_from(impl, call, partial(meeting, barrier))

    async def scenario() -> list[Any]:
        return await asyncio.gather(*(template.aio(number) for number in range(AT_ONCE)))

    what = f"gather of {AT_ONCE} calls of task.aio(n), whose bodies wait for each other"
    with calling(what):
        actual = run_async(scenario)
    check_equal(actual, list(range(AT_ONCE)), what)


@rule("CAL-02")
@at_most(FEW)
@given(call=bare_calls(is_async=True))
@example(call=ASYNC_CALL)
def test_tasks_call_each_other(impl: Adapter, call: CallRecipe) -> None:
    """A sync task may be called from an async body, and its result reaches the caller of the async task."""
    inner = made_from(impl, SYNC_CALL, lambda: "inner")

    async def body() -> Any:
        return inner()

    outcome = run_async(lambda: awaited(made_from(impl, call, body)))
    outcome.check_value("inner", "await task() whose body calls a sync task")
