"""Rules CAL, AIO, CTX and EXE on every kind of result and of error, for templates of every kind of origin.

One template runs through all kinds, so that what it remembers of one shows with another.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import threading
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from hypothesis import example, given

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.calls import (
    ASYNC_CALL,
    FULL_ASYNC_CALL,
    FULL_CALL,
    SYNC_CALL,
    CallRecipe,
    bare_calls,
)
from conformance.contracts.task_template.strategies.specimens import every_error, every_result
from conformance.contracts.task_template.suite.doubles import (
    Body,
    Controller,
    Outcome,
    Trail,
    awaited,
    details_of,
    hooked,
    in_task,
    made_from,
    needs_bodies_here,
    notes_of,
    outcome_of,
    settled,
)
from conformance.contracts.task_template.suite.readings import coded, is_awaited
from conformance.contracts.task_template.suite.test_calls import check_is_user_error
from conformance.engine.properties import check_equal, check_same, described, run_async, shown
from conformance.engine.rules import rule

Kind = TypeVar("Kind")

CROWD = 60
"""With so many threads alive, no more sync bodies run: the implementation keeps them, which EXE-12 judges."""

MADE_ANEW = ("TimeoutError", "CancelledError", "InvalidStateError")
"""Classes of exceptions that asyncio recreates if a result comes from another thread (`asyncio.wrap_future`)."""


def some_of(kinds: Sequence[Kind], call: CallRecipe) -> Iterator[Kind]:
    """Yield every third of the kinds, other ones for another call, as long as there is room for threads."""
    for kind in kinds[sum(map(ord, f"{call.origin}{call.shape}{call.settings}")) % 3 :: 3]:
        if threading.active_count() < CROWD:
            yield kind


def returning(body: Body, result: object) -> str:
    """Let a body return a value from now on, and return how to speak of it."""
    body.result, body.error = result, None
    return f"whose body returns {shown(result)}"


def raising(body: Body, error: BaseException) -> str:
    """Let a body raise an exception from now on, and return how to speak of it."""
    body.result, body.error = None, error
    return f"whose body raises {described(error)}"


# ---- outside a task context -----------------------------------------------------------------------------------------


@rule("CAL-01")
@given(call=bare_calls(is_async=False))
@example(call=SYNC_CALL)
@example(call=FULL_CALL)
def test_sync_call_gives_every_kind_of_result(impl: Adapter, call: CallRecipe) -> None:
    """A call returns the object that the body returned, for every kind of value."""
    body = Body()
    template = made_from(impl, call, body)

    for result in every_result():
        what = returning(body, result)
        outcome_of(template).check_value(result, f"task() {what}")


@rule("CAL-02")
@given(call=bare_calls(is_async=True))
@example(call=ASYNC_CALL)
@example(call=FULL_ASYNC_CALL)
def test_async_call_gives_every_kind_of_result(impl: Adapter, call: CallRecipe) -> None:
    """The await of a call returns the object that the body returned, for every kind of value."""
    body = Body()
    template = made_from(impl, call, body)

    async def scenario() -> None:
        for result in every_result():
            what = returning(body, result)
            (await awaited(template)).check_value(result, f"await task() {what}")

    run_async(scenario)


@rule("CAL-03")
@given(call=bare_calls())
@example(call=SYNC_CALL)
@example(call=ASYNC_CALL)
def test_forward_gives_every_kind_of_result(impl: Adapter, call: CallRecipe) -> None:
    """Forward returns the object that the body returned, for every kind of value."""
    body = Body()
    template = made_from(impl, call, body)

    async def scenario() -> None:
        for result in every_result():
            what = returning(body, result)
            outcome = await forwarded(template, call)
            outcome.check_value(result, f"forward() {what}")

    run_async(scenario)


async def forwarded(template: Any, call: CallRecipe) -> Outcome:
    """Return how `forward()` ends, the await included where the task is async."""
    outcome = outcome_of(template.forward)
    return await awaited(lambda: outcome.value) if call.function.is_async and outcome.error is None else outcome


@rule("CAL-03")
@given(call=bare_calls())
@example(call=SYNC_CALL)
@example(call=ASYNC_CALL)
def test_forward_lets_every_kind_of_error_out(impl: Adapter, call: CallRecipe) -> None:
    """Forward raises the body's exception unchanged, for every kind of exception."""
    body = Body()
    template = made_from(impl, call, body)

    async def scenario() -> None:
        for error in every_error():
            before, what = details_of(error), raising(body, error)
            outcome = await forwarded(template, call)
            outcome.check_error(error, f"forward() {what}")
            before.check_intact(f"forward() {what}")

    run_async(scenario)


@rule("CAL-04")
@given(call=bare_calls(is_async=False))
@example(call=SYNC_CALL)
@example(call=FULL_CALL)
def test_sync_call_wraps_every_kind_of_error(impl: Adapter, call: CallRecipe) -> None:
    """Whatever kind of exception a sync body raises, the call raises RuntimeUserError from it."""
    body = Body()
    template = made_from(impl, call, body)

    for error in [*every_error(), StopIteration(), StopIteration(1)]:
        before, what = details_of(error), raising(body, error)
        check_is_user_error(impl, outcome_of(template), error, f"task() {what}")
        before.check_intact(f"task() {what}")


@rule("CAL-05")
@given(call=bare_calls(is_async=True))
@example(call=ASYNC_CALL)
@example(call=FULL_ASYNC_CALL)
def test_async_call_wraps_every_kind_of_error(impl: Adapter, call: CallRecipe) -> None:
    """Whatever kind of exception an async body raises, the await of the call raises RuntimeUserError from it."""
    body = Body()
    template = made_from(impl, call, body)

    async def scenario() -> None:
        for error in every_error():
            before, what = details_of(error), raising(body, error)
            check_is_user_error(impl, await awaited(template), error, f"await task() {what}")
            before.check_intact(f"await task() {what}")

    run_async(scenario)


def errors_of_the_contract(impl: Adapter) -> list[Exception]:
    """Return errors that are passed on: those of the contract, bare, with a cause, and of classes below them."""
    found: list[Exception] = []
    for name in ("RuntimeUserError", "RuntimeSystemError"):
        chained, mixed = coded(impl, name, message="chained"), coded(impl, name)
        chained.__cause__ = ValueError("cause")
        chained.add_note("a note of the user's own")
        with contextlib.suppress(TypeError):  # the two classes may be laid out differently in memory
            mixed.__class__ = type("MixedError", (type(mixed), ValueError), {})
        plain = [coded(impl, name, message=text) for text in ("", "m", "a long message " * 50)]
        found += [*plain, coded(impl, name, is_subclass=True), chained, mixed]
    return found


@rule("CAL-06")
@given(call=bare_calls())
@example(call=SYNC_CALL)
@example(call=ASYNC_CALL)
def test_every_error_of_the_contract_passes(impl: Adapter, call: CallRecipe) -> None:
    """An error of the contract is raised as the same object, with the cause and the notes that it had."""
    body = Body()
    template = made_from(impl, call, body)

    async def scenario() -> None:
        for error in errors_of_the_contract(impl):
            cause, notes, what = error.__cause__, notes_of(error), raising(body, error)
            outcome = await awaited(template) if call.function.is_async else outcome_of(template)
            outcome.check_error(error, f"task() {what}")
            check_same(error.__cause__, cause, f"task() {what}: the __cause__")
            check_equal(notes_of(error), notes, f"task() {what}: the notes")

    run_async(scenario)


class OwnEnd(BaseException):
    """An exception of the user's own that `except Exception` does not catch."""


def every_end() -> list[BaseException]:
    """Return exceptions that end a program, a generator or a task, and one of the user's own."""
    ends: list[BaseException] = [SystemExit(), SystemExit(0), SystemExit(1), SystemExit("text"), KeyboardInterrupt()]
    more = [GeneratorExit(), GeneratorExit("m"), asyncio.CancelledError(), asyncio.CancelledError("m"), OwnEnd("m")]
    return [*ends, *more, BaseExceptionGroup("m", [KeyboardInterrupt()]), type("Quit", (SystemExit,), {})(3)]


@rule("CAL-08")
@given(call=bare_calls())
@example(call=SYNC_CALL)
@example(call=ASYNC_CALL)
def test_every_end_passes(impl: Adapter, call: CallRecipe) -> None:
    """A BaseException that is not an Exception leaves a call as the same object, with any arguments."""
    body = Body()
    template = made_from(impl, call, body)

    async def scenario() -> None:
        for error in every_end():
            what = raising(body, error)
            outcome = await awaited(template) if call.function.is_async else outcome_of(template)
            outcome.check_error(error, f"task() {what}")

    run_async(scenario)


# ---- aio ------------------------------------------------------------------------------------------------------------


@rule("AIO-01")
@given(call=bare_calls(is_async=False))
@example(call=SYNC_CALL)
def test_aio_of_sync_gives_every_kind_of_result(impl: Adapter, call: CallRecipe) -> None:
    """The await of aio returns the object that the sync body returned, for every kind of value."""
    body = Body()
    template = made_from(impl, call, body)

    async def scenario() -> None:
        for result in some_of(every_result(), call):
            what = returning(body, result)
            (await awaited(template.aio)).check_value(result, f"await task.aio() {what}")

    run_async(scenario)


@rule("AIO-02")
@given(call=bare_calls(is_async=True))
@example(call=ASYNC_CALL)
def test_aio_of_async_gives_every_kind_of_result(impl: Adapter, call: CallRecipe) -> None:
    """One await of aio returns the object that the async body returned, for every kind of value."""
    body = Body()
    template = made_from(impl, call, body)

    async def scenario() -> None:
        for result in every_result():
            what = returning(body, result)
            outcome = await awaited(template.aio)
            if inspect.iscoroutine(outcome.value):
                outcome.value.close()
            outcome.check_value(result, f"await task.aio() {what}")

    run_async(scenario)


@rule("AIO-04b")
@given(call=bare_calls())
@example(call=SYNC_CALL)
@example(call=ASYNC_CALL)
def test_aio_reraises_every_kind_of_error(impl: Adapter, call: CallRecipe) -> None:
    """Outside a task context, aio raises the body's own exception object unchanged, for every kind of exception."""
    body = Body()
    template = made_from(impl, call, body)
    errors = [*every_error(), *errors_of_the_contract(impl)]

    async def scenario() -> None:
        for error in some_of(errors if call.function.is_async else across_threads(errors), call):
            before, what = details_of(error), raising(body, error)
            (await settled(template.aio)).check_error(error, f"await task.aio() {what}")
            before.check_intact(f"await task.aio() {what}")

    run_async(scenario)


def across_threads(errors: list[Exception]) -> list[Exception]:
    """Return the exceptions that come out of another thread as the same objects."""
    return [one for one in errors if type(one).__name__ not in MADE_ANEW]


# ---- in a task context ----------------------------------------------------------------------------------------------


@rule("CTX-01")
@given(call=bare_calls(is_async=True))
@example(call=ASYNC_CALL)
def test_async_call_gives_every_kind_of_result_of_the_controller(impl: Adapter, call: CallRecipe) -> None:
    """In a task context, the await of a call returns the controller's result, for every kind of value."""
    template, controller = made_from(impl, call, Body()), Controller()

    async def scenario() -> None:
        for controller.result in every_result():
            what = f"in a task context, await task() for which the controller gives {shown(controller.result)}"
            (await awaited(template)).check_value(controller.result, what)

    with in_task(impl, controller):
        run_async(scenario)


@rule("CTX-02")
@given(call=bare_calls(is_async=False))
@example(call=SYNC_CALL)
def test_sync_call_gives_every_kind_of_result_of_the_controller(impl: Adapter, call: CallRecipe) -> None:
    """In a task context, a sync call returns the result of the controller's future, for every kind of value."""
    template, controller = made_from(impl, call, Body()), Controller()

    with in_task(impl, controller):
        for controller.result in every_result():
            what = f"in a task context, task() for which the controller's future holds {shown(controller.result)}"
            outcome_of(template).check_value(controller.result, what)


@rule("AIO-05")
@given(call=bare_calls())
@example(call=SYNC_CALL)
@example(call=ASYNC_CALL)
def test_aio_gives_every_kind_of_result_of_the_controller(impl: Adapter, call: CallRecipe) -> None:
    """In a task context, the await of aio returns the controller's result, for every kind of value."""
    template, controller = made_from(impl, call, Body()), Controller()

    async def scenario() -> None:
        for controller.result in every_result():
            what = f"in a task context, await task.aio() for which the controller gives {shown(controller.result)}"
            (await awaited(template.aio)).check_value(controller.result, what)

    with in_task(impl, controller):
        run_async(scenario)


# ---- execute --------------------------------------------------------------------------------------------------------


@rule("EXE-03")
@given(call=bare_calls())
@example(call=SYNC_CALL)
@example(call=ASYNC_CALL)
def test_every_kind_of_result_reaches_post(impl: Adapter, call: CallRecipe) -> None:
    """Post receives the object that the body returned, for every kind of value, and execute returns it."""
    needs_bodies_here(impl)
    body, trail = Body(), Trail()
    watched = made_from(impl, call, body, template_class=hooked(impl, trail))
    plain = made_from(impl, call, body)
    results = every_result()
    if not is_awaited(impl, "post"):
        # Who lets post be plain or async cannot tell an awaitable value from a coroutine of post.
        results = [one for one in results if not inspect.isawaitable(one)]

    async def scenario() -> None:
        with in_task(impl):
            for result in some_of(results, call):
                trail.steps.clear()
                what = f"await task.execute() {returning(body, result)}"
                for template in (watched, plain):
                    (await awaited(template.execute)).check_value(result, what)
                check_equal(trail.order, ["pre", "post"], f"{what}: the hooks that ran")
                check_same(trail.of("post"), result, f"{what}: what post got")

    run_async(scenario)


@rule("EXE-07")
@given(call=bare_calls())
@example(call=SYNC_CALL)
@example(call=ASYNC_CALL)
def test_execute_lets_every_kind_of_error_out(impl: Adapter, call: CallRecipe) -> None:
    """`execute` raises the body's own exception object, for every kind of exception, and post does not run."""
    needs_bodies_here(impl)
    body, trail = Body(), Trail()
    template = made_from(impl, call, body, template_class=hooked(impl, trail))
    errors = [*every_error(), *errors_of_the_contract(impl)]

    async def scenario() -> None:
        with in_task(impl):
            for error in some_of(errors if call.function.is_async else across_threads(errors), call):
                trail.steps.clear()
                before, what = details_of(error), f"await task.execute() {raising(body, error)}"
                (await awaited(template.execute)).check_error(error, what)
                check_equal(trail.order, ["pre"], f"{what}: the hooks that ran")
                before.check_intact(what)

    run_async(scenario)
