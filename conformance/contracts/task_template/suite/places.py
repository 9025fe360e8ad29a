"""Places of a caller: which thread and loop, which context, and during which other activity.

A property does the same act in all of them. The result does not depend on the place, unless a rule says so.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.suite.doubles import Outcome, awaited, in_task, on_a_thread, outcome_of
from conformance.engine.properties import run_async

Act = Callable[[], Any]


def _on_a_loop(act: Act) -> Outcome:
    async def scenario() -> Outcome:
        return outcome_of(act)

    return run_async(scenario)


def _in_a_callback(act: Act) -> Outcome:
    async def scenario() -> Outcome:
        found: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(lambda: found.set_result(outcome_of(act)))
        return await found

    return run_async(scenario)


def _in_an_executor(act: Act) -> Outcome:
    async def scenario() -> Outcome:
        return await asyncio.to_thread(outcome_of, act)

    return run_async(scenario)


def _fail() -> None:
    raise LookupError("being handled")


def _in_a_handler(act: Act) -> Outcome:
    try:
        _fail()
    except LookupError:
        outcome = outcome_of(act)
    return outcome


def _in_an_empty_context(act: Act) -> Outcome:
    return contextvars.Context().run(outcome_of, act)


def _in_a_generator(act: Act) -> Outcome:
    return next(outcome_of(act) for _ in "a")


OUTSIDE: Mapping[str, Callable[[Act], Outcome]] = {
    "on the main thread": outcome_of,
    "on a thread of its own": on_a_thread,
    "while an exception is handled": _in_a_handler,
    "in an empty context": _in_an_empty_context,
    "in a generator": _in_a_generator,
    "on a running loop": _on_a_loop,
    "in a callback of a loop": _in_a_callback,
    "on a thread of a loop's executor": _in_an_executor,
    "on a loop of another thread": lambda act: on_a_thread(partial(_on_a_loop, act)).value,
}
"""Places for a sync act outside a task context; each returns how the act ended there."""

ON_LOOPS = ("on a running loop", "in a callback of a loop", "on a loop of another thread")
"""Places with a running loop, in which the caller's context variables are visible."""

OFF_LOOPS = ("on the main thread", "on a thread of its own", "while an exception is handled", "in a generator")
"""Places without a loop, in which the caller's context variables are visible."""


def inside(impl: Adapter, controller: object | None, *, trace: bool = False) -> Mapping[str, Callable[[Act], Outcome]]:
    """Return the places for a sync act in a task context, without a running loop."""

    def entered(place: Callable[[Act], Outcome], act: Act) -> Outcome:
        with in_task(impl, controller, trace=trace):
            return place(act)

    def nested(act: Act) -> Outcome:
        with in_task(impl, None, {"outer": 1}), in_task(impl, controller, trace=trace):
            return outcome_of(act)

    def after_another(act: Act) -> Outcome:
        with in_task(impl, controller, trace=trace):
            with in_task(impl, None, {"inner": 1}, trace=True):
                pass
            return outcome_of(act)

    def with_data(act: Act) -> Outcome:
        with in_task(impl, controller, {"a": 1}, trace=trace):
            return outcome_of(act)

    places = {name: partial(entered, OUTSIDE[name]) for name in (*OFF_LOOPS, "on a thread of a loop's executor")}
    return {**places, "in a nested task": nested, "after a nested trace": after_another, "with data": with_data}


def anywhere(impl: Adapter) -> Mapping[str, Callable[[Act], Outcome]]:
    """Return the places for an act that is unrelated to running a task: all places, if there are contexts."""
    if not {"context", "trace"} <= impl.capabilities:
        return OUTSIDE
    tasks = {f"{name}, in a task": place for name, place in inside(impl, None).items()}
    traces = {f"{name}, in a trace": place for name, place in inside(impl, None, trace=True).items()}
    return {**OUTSIDE, **tasks, **traces}


# ---- async ----------------------------------------------------------------------------------------------------------

Make = Callable[[], Awaitable[Any]]


async def _as_a_task(make: Make) -> Outcome:
    return await asyncio.ensure_future(awaited(make))


async def _gathered(make: Make) -> Outcome:
    outcome, _ = await asyncio.gather(awaited(make), asyncio.sleep(0))
    return outcome


async def _in_time(make: Make) -> Outcome:
    return await asyncio.wait_for(awaited(make), 2)


async def _shielded(make: Make) -> Outcome:
    return await asyncio.shield(awaited(make))


async def _handling(make: Make) -> Outcome:
    try:
        _fail()
    except LookupError:
        outcome = await awaited(make)
    return outcome


async def _later(make: Make) -> Outcome:
    """Create the awaitable first, and await it in another task."""
    made = outcome_of(make)
    return made if made.error is not None else await asyncio.ensure_future(awaited(lambda: made.value))


async def _in_a_stack(make: Make) -> Outcome:
    async with contextlib.AsyncExitStack():
        return await awaited(make)


AWAITING: Mapping[str, Callable[[Make], Awaitable[Outcome]]] = {
    "at once": awaited,
    "in a task of its own": _as_a_task,
    "in a gather": _gathered,
    "in a wait_for": _in_time,
    "in a shield": _shielded,
    "while an exception is handled": _handling,
    "in another task than it was made": _later,
    "in a context manager": _in_a_stack,
}
"""Ways to await an awaitable; each returns how that ended."""


def on_any_loop(make: Make) -> Mapping[str, Callable[[], Outcome]]:
    """Return ways to await on a loop of some thread, by name; each returns how that ended."""
    ways = {name: partial(run_async, partial(way, make)) for name, way in AWAITING.items()}
    return {**ways, "on a loop of another thread": lambda: on_a_thread(lambda: run_async(partial(awaited, make))).value}
