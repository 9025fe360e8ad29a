"""Rules CAL, AIO, CTX and EXE on long waits: nothing gives up, however long it takes.

No property waits itself. A future says at once that the time is over, and the clock of an event loop is put forward.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

from hypothesis import example, given

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.calls import ASYNC_CALL, SYNC_CALL, CallRecipe, bare_calls
from conformance.contracts.task_template.suite.doubles import (
    Body,
    Controller,
    Outcome,
    awaited,
    in_task,
    made_from,
    needs_bodies_here,
    outcome_of,
)
from conformance.engine.properties import ASYNC_SECONDS, at_most, check
from conformance.engine.rules import rule

DAY_SECONDS = 86_400.0
"""How far a clock is put forward."""

FEW = 10
"""Examples at most."""


class SlowFuture(Future[Any]):
    """A future for which any limit of time is over at once, as long as it is pending."""

    def result(self, timeout: float | None = None) -> Any:
        """Return the result, or raise TimeoutError if it is not there and there is a limit."""
        return super().result(None if timeout is None else 0)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Return the exception, in the same way."""
        return super().exception(None if timeout is None else 0)


class SlowController(Controller):
    """A controller that takes a while to answer sync submissions."""

    def submit_sync(self, _task: Any, /, *_: Any, **__: Any) -> Future[Any]:
        """Give a future that another thread settles."""
        future = SlowFuture()
        threading.Timer(0.01, self.settle, (future,)).start()
        return future


@rule("CTX-02")
@at_most(FEW)
@given(call=bare_calls(is_async=False))
@example(call=SYNC_CALL)
def test_sync_call_waits_without_limit(impl: Adapter, call: CallRecipe) -> None:
    """In a task context, a sync call waits for the controller for any length of time."""
    template, controller = made_from(impl, call, Body()), SlowController(object())

    with in_task(impl, controller):
        outcome = outcome_of(template)
    outcome.check_value(controller.result, "in a task context, task() for which the controller takes long")


class FastLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock can be advanced, which ends all waits for a time."""

    seconds_ahead = 0.0

    def time(self) -> float:
        """Return the time of the loop's clock."""
        return super().time() + self.seconds_ahead


def after_a_day(make: Callable[[], Awaitable[Any]], release: asyncio.Event) -> Outcome:
    """Return the outcome of an awaitable if a day passes before the event that it waits for.

    Parameters:
        make: Called on the loop, returns the awaitable.
        release: Set when the day is over.
    """
    loop = FastLoop()

    async def turns() -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    async def scenario() -> Outcome:
        waiting = asyncio.ensure_future(awaited(make))
        await turns()
        loop.seconds_ahead = DAY_SECONDS
        await turns()
        release.set()
        await asyncio.wait({waiting}, timeout=ASYNC_SECONDS)
        check(waiting.done(), f"hang: not finished {ASYNC_SECONDS:g} s after what it waits for happened")
        return waiting.result()

    try:
        return loop.run_until_complete(scenario())
    finally:
        loop.close()


def waiting_body(release: asyncio.Event, result: object) -> Callable[..., Any]:
    """Return an async body that waits for an event, and then returns the result."""

    async def body(*_: object) -> object:
        await release.wait()
        return result

    return body


class WaitingController(Controller):
    """A controller whose async submissions wait for an event."""

    def __init__(self, result: object, release: asyncio.Event) -> None:
        super().__init__(result)
        self.release = release

    async def submit(self, _task: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Give the result when the event has happened."""
        await self.release.wait()
        return await super().submit(_task, *args, **kwargs)


@rule("CAL-02")
@at_most(FEW)
@given(call=bare_calls(is_async=True))
@example(call=ASYNC_CALL)
def test_async_call_waits_without_limit(impl: Adapter, call: CallRecipe) -> None:
    """The await of an async call waits for the body as long as that takes."""
    release, result = asyncio.Event(), object()
    template = made_from(impl, call, waiting_body(release, result))

    after_a_day(template, release).check_value(result, "await task() whose body takes a day")


@rule("AIO-02")
@at_most(FEW)
@given(call=bare_calls(is_async=True))
@example(call=ASYNC_CALL)
def test_aio_of_async_waits_without_limit(impl: Adapter, call: CallRecipe) -> None:
    """The await of aio waits for an async body as long as that takes."""
    release, result = asyncio.Event(), object()
    template = made_from(impl, call, waiting_body(release, result))

    after_a_day(template.aio, release).check_value(result, "await task.aio() whose body takes a day")


@rule("AIO-05")
@at_most(FEW)
@given(call=bare_calls())
@example(call=SYNC_CALL)
@example(call=ASYNC_CALL)
def test_aio_waits_for_the_controller_without_limit(impl: Adapter, call: CallRecipe) -> None:
    """In a task context, aio waits for the controller for any length of time."""
    release, result = asyncio.Event(), object()
    template = made_from(impl, call, Body())
    controller: Controller = WaitingController(result, release) if call.function.is_async else SlowController(result)

    with in_task(impl, controller):
        outcome = after_a_day(template.aio, release)
    outcome.check_value(result, "in a task context, await task.aio() for which the controller takes a day")


@rule("CTX-01")
@at_most(FEW)
@given(call=bare_calls(is_async=True))
@example(call=ASYNC_CALL)
def test_async_call_waits_for_the_controller_without_limit(impl: Adapter, call: CallRecipe) -> None:
    """In a task context, the await of a call waits for the controller for any length of time."""
    release, result = asyncio.Event(), object()
    template = made_from(impl, call, Body())

    with in_task(impl, WaitingController(result, release)):
        outcome = after_a_day(template, release)
    outcome.check_value(result, "in a task context, await task() for which the controller takes a day")


@rule("EXE-03")
@at_most(FEW)
@given(call=bare_calls(is_async=True).filter(lambda call: call.settings == "no settings"))
@example(call=ASYNC_CALL)
def test_execute_waits_without_limit(impl: Adapter, call: CallRecipe) -> None:
    """`execute` of a template without a timeout waits for an async body as long as that takes."""
    needs_bodies_here(impl)
    release, result = asyncio.Event(), object()
    template = made_from(impl, call, waiting_body(release, result))

    with in_task(impl):
        outcome = after_a_day(template.execute, release)
    outcome.check_value(result, "await task.execute() whose body takes a day")


@rule("EXE-03")
@at_most(3)
@given(call=bare_calls(is_async=False).filter(lambda call: call.settings == "no settings"))
@example(call=SYNC_CALL)
def test_execute_of_sync_waits_without_limit(impl: Adapter, call: CallRecipe) -> None:
    """`execute` of a template without a timeout waits for a sync body as long as that takes."""
    needs_bodies_here(impl)
    release, told, result = asyncio.Event(), threading.Event(), object()

    def body() -> object:
        told.wait(ASYNC_SECONDS)
        return result

    template = made_from(impl, call, body)

    async def tell() -> None:
        await release.wait()
        told.set()

    async def act() -> Any:
        telling = asyncio.ensure_future(tell())
        try:
            return await template.execute()
        finally:
            telling.cancel()

    with in_task(impl):
        outcome = after_a_day(partial(act), release)
    outcome.check_value(result, "await task.execute() whose sync body takes a day")
