"""Rules AIO: the awaitable way to call a task, outside and inside a task context."""

from __future__ import annotations

import asyncio
import inspect
import threading
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.calls import (
    ASYNC_CALL,
    ASYNC_KWARGS_CALL,
    ASYNC_MANY_CALL,
    ASYNC_TIMED_CALL,
    CHAINED,
    FULL_ASYNC_CALL,
    FULL_CALL,
    MANY_CALL,
    MUTABLE_CALL,
    SYNC_CALL,
    SYNC_KWARGS_CALL,
    TIMED_CALL,
    CallRecipe,
    bare_calls,
    body_errors,
    results,
    task_calls,
)
from conformance.contracts.task_template.strategies.doubtful import FalsyError, Later
from conformance.contracts.task_template.suite.doubles import (
    Body,
    Controller,
    Outcome,
    awaited,
    check_values,
    details_of,
    in_task,
    made_from,
    on_a_thread,
    settled,
)
from conformance.contracts.task_template.suite.readings import coded
from conformance.engine.properties import at_most, calling, check, check_equal, described, run_async
from conformance.engine.rules import rule

HANDSHAKE_SECONDS = 0.5
"""How long a sync body waits for the event loop before it gives up; only a blocked loop takes so long."""


def aio_outcome(template: Any, call: CallRecipe) -> Outcome:
    """Return how `await task.aio(...)` ends, with a second await if the first one gives a coroutine."""
    return run_async(lambda: settled(lambda: template.aio(*call.args, **call.kwargs)))


@rule("AIO-01")
@at_most(30)  # an implementation may start a thread for each
@given(call=task_calls(is_async=False), result=results() | st.builds(Later))
@example(call=SYNC_CALL, result=None)
@example(call=SYNC_KWARGS_CALL, result=0)
@example(call=MUTABLE_CALL, result=Later())
@example(call=MANY_CALL, result=0)
def test_aio_of_sync_gives_the_result(impl: Adapter, call: CallRecipe, result: object) -> None:
    """One await of aio runs the function once, with the arguments given, and gives the object that it returned."""
    body = Body(result=result)
    template = made_from(impl, call, body)

    check(inspect.iscoroutinefunction(template.aio), "task.aio is not a coroutine function")
    for turn in (1, 2):
        outcome = run_async(lambda: awaited(lambda: template.aio(*call.args, **call.kwargs)))
        outcome.check_value(result, f"await task.aio as {call.text}")
        body.check_runs(turn, f"await task.aio, {turn} times")
        check_values(body.runs[-1], call.values, f"task.aio as {call.text}: what the function got")


@rule("AIO-02")
@given(call=task_calls(is_async=True), result=results() | st.builds(Later))
@example(call=ASYNC_CALL, result=None)
@example(call=ASYNC_CALL, result=Later())  # awaited once too often, it is another value
@example(call=ASYNC_KWARGS_CALL, result=0)
@example(call=ASYNC_MANY_CALL, result=0)
def test_aio_of_async_needs_one_await(impl: Adapter, call: CallRecipe, result: object) -> None:
    """One await of aio of an async task gives the object that the body returned."""
    body = Body(result=result)
    template = made_from(impl, call, body)

    for turn in (1, 2):
        outcome = run_async(lambda: awaited(lambda: template.aio(*call.args, **call.kwargs)))
        if inspect.iscoroutine(outcome.value):
            outcome.value.close()
        outcome.check_value(result, f"await task.aio as {call.text}")
        body.check_runs(turn, f"await task.aio, {turn} times")
        check_values(body.runs[-1], call.values, f"task.aio as {call.text}: what the function got")


@rule("AIO-03")
@at_most(10)
@given(call=bare_calls(is_async=False))
@example(call=SYNC_CALL)
def test_aio_keeps_the_loop_free(impl: Adapter, call: CallRecipe) -> None:
    """While sync bodies wait, the loop runs: another coroutine can release them."""
    told = threading.Event()
    template = made_from(impl, call, lambda: told.wait(HANDSHAKE_SECONDS))

    async def tell() -> None:
        told.set()

    async def scenario() -> Any:
        *went_on, _ = await asyncio.gather(template.aio(), template.aio(), tell())
        return all(went_on)

    with calling("gather(task.aio(), task.aio(), another coroutine)"):
        went_on = run_async(scenario)
    check(went_on, f"task.aio() of a sync task blocked the event loop: nothing else ran for {HANDSHAKE_SECONDS} s")


@rule("AIO-04")
@at_most(40)
@given(call=bare_calls(), error=body_errors())
@example(call=SYNC_CALL, error=ValueError())
@example(call=ASYNC_CALL, error=ValueError())
def test_aio_wraps_errors(impl: Adapter, call: CallRecipe, error: Exception) -> None:
    """`aio` raises RuntimeUserError from an exception of the body."""
    outcome = aio_outcome(made_from(impl, call, Body(error=error)), call)

    what = f"await task.aio() whose body raises {described(error)}"
    outcome.check_raised(impl.errors.RuntimeUserError, what)
    check(outcome.error is not error, f"{what} raised the bare exception, expected RuntimeUserError from it")


@rule("AIO-04b")
@at_most(30)
@given(call=task_calls(), error=body_errors())
@example(call=SYNC_CALL, error=ValueError())
@example(call=ASYNC_CALL, error=ValueError())
@example(call=ASYNC_KWARGS_CALL, error=ValueError("m"))
@example(call=SYNC_KWARGS_CALL, error=CHAINED)
@example(call=SYNC_CALL, error=KeyError("k"))
@example(call=FULL_CALL, error=ValueError("m"))
@example(call=FULL_ASYNC_CALL, error=ValueError("m"))
@example(call=SYNC_CALL, error=FalsyError())
@example(call=ASYNC_CALL, error=FalsyError())
def test_aio_reraises(impl: Adapter, call: CallRecipe, error: Exception) -> None:
    """Each time, aio raises the body's own exception object, unchanged."""
    before = details_of(error)
    body = Body(error=error)
    template = made_from(impl, call, body)

    for turn in (1, 2):
        what = f"await task.aio() whose body raises {described(error)}"
        aio_outcome(template, call).check_error(error, what)
        before.check_intact(what)
        body.check_runs(turn, f"{what}, {turn} times")


@rule("AIO-04b")
@at_most(10)
@given(call=bare_calls())
@example(call=SYNC_CALL)
@example(call=ASYNC_CALL)
def test_aio_reraises_runtime_errors(impl: Adapter, call: CallRecipe) -> None:
    """The errors of the contract come out of aio as the same objects, too."""
    for name in ("RuntimeUserError", "RuntimeSystemError"):
        error = coded(impl, name)
        template = made_from(impl, call, Body(error=error))
        aio_outcome(template, call).check_error(error, f"await task.aio() whose body raises {name}")


def submission_due(call: CallRecipe) -> str:
    """Return the method of the controller that a call goes to."""
    return "submit" if call.function.is_async else "submit_sync"


@rule("AIO-05")
@given(call=task_calls(), result=results() | st.builds(Later))
@example(call=SYNC_KWARGS_CALL, result=None)
@example(call=ASYNC_KWARGS_CALL, result=0)
@example(call=ASYNC_CALL, result=Later())
@example(call=ASYNC_TIMED_CALL, result=0)
@example(call=TIMED_CALL, result=0)
@example(call=MANY_CALL, result=0)
@example(call=ASYNC_MANY_CALL, result=0)
def test_aio_submits_once(impl: Adapter, call: CallRecipe, result: object) -> None:
    """In a task context, each aio is one submission and returns the controller's result; the body does not run."""
    body = Body()
    template = made_from(impl, call, body)
    controller = Controller(result)

    async def scenario() -> None:
        for turn in (1, 2):
            outcome = await awaited(lambda: template.aio(*call.args, **call.kwargs))
            outcome.check_value(result, f"in a task context, await task.aio as {call.text}")
            what = f"await task.aio as {call.text}, {turn} times"
            controller.check_submitted(submission_due(call), template, call, what, times=turn)

    with in_task(impl, controller):
        run_async(scenario)
    body.check_runs(0, f"task.aio as {call.text} in a task context")


@rule("AIO-01", "AIO-05")
@at_most(20)
@given(call=bare_calls())
@example(call=SYNC_CALL)
@example(call=ASYNC_CALL)
def test_aio_goes_by_where_it_is_called(impl: Adapter, call: CallRecipe) -> None:
    """One template runs its body outside a task context, before and after it goes to a controller inside one."""
    body = Body(result="body")
    template = made_from(impl, call, body)
    controller = Controller("controller")

    for turn in (1, 2):
        aio_outcome(template, call).check_value("body", "outside a task context, await task.aio()")
        body.check_runs(turn, "outside a task context, await task.aio()")
        with in_task(impl, controller):
            aio_outcome(template, call).check_value("controller", "in a task context, await task.aio()")
        controller.check_submitted(submission_due(call), template, call, "await task.aio()", times=turn)


@rule("AIO-05")
@at_most(20)
@given(call=bare_calls(is_async=False), result=results())
@example(call=SYNC_CALL, result=None)
def test_aio_waits_for_the_future(impl: Adapter, call: CallRecipe, result: object) -> None:
    """An aio of a sync task waits for a future that is still pending, and the loop runs meanwhile."""
    template = made_from(impl, call)
    controller = Controller(result, waits=True)

    async def scenario() -> Outcome:
        waiting = asyncio.ensure_future(awaited(template.aio))
        for _ in range(3):
            await asyncio.sleep(0)
        check(not waiting.done(), "await task.aio() ended before the controller's future did")
        check_equal(len(controller.futures), 1, "futures requested by task.aio()")
        # From another thread, as a controller does.
        threading.Thread(target=controller.settle, args=controller.futures, daemon=True).start()
        return await waiting

    with in_task(impl, controller):
        run_async(scenario).check_value(result, "in a task context, await task.aio()")


@rule("AIO-06")
@given(call=task_calls(), has_controller=st.booleans())
@example(call=SYNC_CALL, has_controller=True)
@example(call=ASYNC_CALL, has_controller=True)
@example(call=SYNC_CALL, has_controller=False)
@example(call=ASYNC_CALL, has_controller=False)
def test_aio_refuses_in_a_trace(impl: Adapter, call: CallRecipe, *, has_controller: bool) -> None:
    """In a trace, aio raises the error for traces; nothing runs and nothing is submitted."""
    body = Body()
    template = made_from(impl, call, body)
    controller = Controller()

    with in_task(impl, controller if has_controller else None, trace=True):
        outcome = aio_outcome(template, call)

    what = f"in a trace, await task.aio as {call.text}"
    outcome.check_raised(impl.errors.TraceDoesNotAllowNestedTasksError, what)
    controller.check_unused(what)
    body.check_runs(0, what)


@rule("AIO-07")
@given(call=task_calls())
@example(call=SYNC_CALL)
@example(call=ASYNC_CALL)
def test_aio_without_controller(impl: Adapter, call: CallRecipe) -> None:
    """In a task context without a controller, aio raises a system error with a code; the body does not run."""
    body = Body()
    template = made_from(impl, call, body)

    with in_task(impl):
        outcome = aio_outcome(template, call)

    what = f"in a task context without controller, await task.aio as {call.text}"
    outcome.check_raised(impl.errors.RuntimeSystemError, what)
    check_equal(getattr(outcome.error, "code", None), "BadContext", f"{what}: the code")
    body.check_runs(0, what)


@rule("AIO-08")
@at_most(10)
@given(call=bare_calls(is_async=False))
@example(call=SYNC_CALL)
def test_cancelled_aio_cancels_the_future(impl: Adapter, call: CallRecipe) -> None:
    """Cancelling an aio of a sync task ends it with CancelledError, and the pending future is cancelled."""
    template = made_from(impl, call)
    controller = Controller(waits=True)

    async def scenario() -> Outcome:
        waiting = asyncio.ensure_future(template.aio())
        for _ in range(3):
            await asyncio.sleep(0)
        waiting.cancel()
        outcome = await awaited(lambda: waiting)
        await asyncio.sleep(0)  # the cancellation reaches the future by a callback of the loop
        return outcome

    with in_task(impl, controller):
        outcome = run_async(scenario)

    outcome.check_raised(asyncio.CancelledError, "a cancelled await task.aio()")
    cancelled = [future.cancelled() for future in controller.futures]
    check_equal(cancelled, [True], "whether the controller's futures are cancelled after the await was")


@rule("AIO-08")
@at_most(5)
@given(call=bare_calls(is_async=False))
@example(call=SYNC_CALL)
def test_cancelled_gather_cancels_the_future(impl: Adapter, call: CallRecipe) -> None:
    """An aio of a sync task is cancelled with the gather that it is in, on whichever loop, and so is the future."""
    template = made_from(impl, call)
    controller = Controller(waits=True)

    async def scenario() -> Outcome:
        waiting = asyncio.gather(template.aio(), asyncio.sleep(0))
        for _ in range(3):
            await asyncio.sleep(0)
        waiting.cancel()
        outcome = await awaited(lambda: waiting)
        await asyncio.sleep(0)  # the cancellation reaches the future by a callback of the loop
        return outcome

    with in_task(impl, controller):
        outcome = on_a_thread(lambda: run_async(scenario)).value

    outcome.check_raised(asyncio.CancelledError, "await gather(task.aio(), ...), cancelled")
    cancelled = [future.cancelled() for future in controller.futures]
    check_equal(cancelled, [True], "whether the controller's futures are cancelled after the gather was")


@rule("AIO-08")
@at_most(10)
@given(call=bare_calls(is_async=True))
@example(call=ASYNC_CALL)
def test_cancelled_aio_cancels_the_submission(impl: Adapter, call: CallRecipe) -> None:
    """Cancelling an aio of an async task raises CancelledError in the controller's submit and at the awaiter."""
    template = made_from(impl, call)
    seen: list[str] = []

    class Waiting(Controller):
        async def submit(self, _task: Any, /, *_: Any, **__: Any) -> None:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                seen.append("cancelled")
                raise

    async def scenario() -> tuple[Outcome, tuple[str, ...]]:
        waiting = asyncio.ensure_future(template.aio())
        for _ in range(3):
            await asyncio.sleep(0)
        waiting.cancel()
        outcome = await awaited(lambda: waiting)
        # Here, before the end of the loop cancels unfinished tasks.
        return outcome, tuple(seen)

    with in_task(impl, Waiting()):
        outcome, seen_by_submit = run_async(scenario)

    outcome.check_raised(asyncio.CancelledError, "a cancelled await task.aio()")
    check_equal(seen_by_submit, ("cancelled",), "what the controller's submit saw of the cancellation")
