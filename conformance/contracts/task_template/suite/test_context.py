"""Rules CTX: what a call does inside a task context or a trace."""

from __future__ import annotations

import copy
import inspect
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.calls import (
    ASYNC_CALL,
    ASYNC_KWARGS_CALL,
    ASYNC_MANY_CALL,
    ASYNC_TIMED_CALL,
    MANY_CALL,
    SYNC_CALL,
    SYNC_KWARGS_CALL,
    CallRecipe,
    bare_calls,
    body_errors,
    results,
    task_calls,
)
from conformance.contracts.task_template.strategies.doubtful import Later
from conformance.contracts.task_template.suite.doubles import (
    Body,
    Controller,
    awaited,
    check_values,
    in_task,
    made_from,
    on_a_thread,
    outcome_of,
    settled,
)
from conformance.contracts.task_template.suite.places import ON_LOOPS, OUTSIDE
from conformance.engine.properties import at_most, calling, check, check_equal, check_same, described, run_async, shown
from conformance.engine.rules import rule

DELAY_SECONDS = 0.1
"""How long a controller takes where the rule is that the caller waits for it."""


@rule("CTX-01")
@given(call=task_calls(is_async=True), result=results() | st.builds(Later))
@example(call=ASYNC_CALL, result=None)
@example(call=ASYNC_CALL, result=Later())
@example(call=ASYNC_KWARGS_CALL, result=Later())
@example(call=ASYNC_KWARGS_CALL, result=0)
@example(call=ASYNC_TIMED_CALL, result=0)
@example(call=ASYNC_MANY_CALL, result=0)
def test_async_call_submits(impl: Adapter, call: CallRecipe, result: object) -> None:
    """Each async call gives an awaitable of what the controller's submit gives; the body does not run."""
    body = Body()
    template = made_from(impl, call, body)
    controller = Controller(result)

    async def scenario() -> None:
        for turn in (1, 2):
            with calling(call.text):
                made = template(*call.args, **call.kwargs)
            check(
                inspect.isawaitable(made), f"in a task context, {call.text} gave {shown(made)}, expected an awaitable"
            )
            (await awaited(partial(_gave, made))).check_value(result, f"in a task context, await {call.text}")
            controller.check_submitted("submit", template, call, f"await {call.text}, {turn} times", times=turn)

    with in_task(impl, controller):
        run_async(scenario)
    body.check_runs(0, f"{call.text} in a task context")


@rule("CTX-01", "CTX-02")
@given(call=bare_calls(), results_of_both=st.tuples(results(), results()))
@example(call=SYNC_CALL, results_of_both=(None, 0))
@example(call=ASYNC_CALL, results_of_both=(1, None))
def test_calls_go_to_the_controller_in_charge(
    impl: Adapter, call: CallRecipe, results_of_both: tuple[object, object]
) -> None:
    """Each call goes to the controller that is in charge when it is made, not to one of an earlier call."""
    template = made_from(impl, call, Body())
    method = "submit" if call.function.is_async else "submit_sync"

    for turn, result in enumerate(results_of_both):
        controller = Controller(result)
        with in_task(impl, controller):
            outcome = run_async(lambda: awaited(template)) if call.function.is_async else outcome_of(template)
        what = f"{call.text} with controller number {turn + 1}"
        outcome.check_value(result, what)
        controller.check_submitted(method, template, call, what)


@rule("CTX-01", "CTX-02")
@given(call=bare_calls())
@example(call=SYNC_CALL)
@example(call=ASYNC_CALL)
def test_copies_are_submitted_themselves(impl: Adapter, call: CallRecipe) -> None:
    """The called template is the one that is submitted: the template, an override and a copy of it, in any order."""
    template = made_from(impl, call, Body())
    method = "submit" if call.function.is_async else "submit_sync"
    with calling("override() and copy.copy() of a template"):
        derived = [template.override(), copy.copy(template)]

    for one in (template, *derived, template):
        controller = Controller("result")
        with in_task(impl, controller):
            outcome = run_async(partial(awaited, one)) if call.function.is_async else outcome_of(one)
        outcome.check_value("result", f"in a task context, {call.text} of a template, an override or a copy")
        controller.check_submitted(method, one, call, f"{call.text} of a template, an override or a copy")


@rule("CTX-01")
@at_most(20)
@given(call=bare_calls(is_async=True), result=results())
@example(call=ASYNC_CALL, result=0)
def test_async_call_of_a_task_needs_no_loop(impl: Adapter, call: CallRecipe, result: object) -> None:
    """Where no event loop runs the call gives an awaitable too: it is awaited on a loop that starts later."""
    template, controller = made_from(impl, call, Body()), Controller(result)

    with in_task(impl, controller):
        what = "in a task context where no loop runs, task()"
        with calling(what):
            made = template()
        run_async(lambda: awaited(partial(_gave, made))).check_value(result, f"{what}, awaited on a loop")
        controller.check_submitted("submit", template, call, what, times=1)


@rule("CTX-02")
@given(call=task_calls(is_async=False), result=results())
@example(call=SYNC_CALL, result=None)
@example(call=SYNC_KWARGS_CALL, result=0)
@example(call=MANY_CALL, result=0)
def test_sync_call_submits(impl: Adapter, call: CallRecipe, result: object) -> None:
    """Each sync call on a plain thread, whichever it is, is one submission, and gives the controller's result."""
    body = Body()
    template = made_from(impl, call, body)
    controller = Controller(result)

    with in_task(impl, controller):
        for turn, act in enumerate((outcome_of, outcome_of, on_a_thread), start=1):
            outcome = act(lambda: template(*call.args, **call.kwargs))
            outcome.check_value(result, f"in a task context, {call.text}")
            controller.check_submitted("submit_sync", template, call, f"{call.text}, {turn} times", times=turn)
    body.check_runs(0, f"{call.text} in a task context")


@rule("CTX-02")
@at_most(2)  # each takes its time
@given(call=bare_calls(is_async=False), result=results())
@example(call=SYNC_CALL, result=None)
def test_sync_call_waits(impl: Adapter, call: CallRecipe, result: object) -> None:
    """A sync call returns when the controller's future has its result, not before."""
    template = made_from(impl, call)
    controller = Controller(result, waits=True)
    was_settled = threading.Event()

    def settle() -> None:
        deadline = time.monotonic() + 1
        while not controller.futures and time.monotonic() < deadline:
            time.sleep(DELAY_SECONDS / 4)
        time.sleep(DELAY_SECONDS)
        was_settled.set()
        for future in controller.futures:
            controller.settle(future)

    thread = threading.Thread(target=settle, daemon=True)
    with in_task(impl, controller):
        thread.start()
        outcome = outcome_of(template)
        waited = was_settled.is_set()
    thread.join(2)

    check(waited, f"in a task context, task() {outcome} before the controller's future had its result")
    outcome.check_value(result, "in a task context, task()")


@rule("CTX-03")
@given(call=task_calls(is_async=False), place=st.sampled_from(ON_LOOPS))
@example(call=SYNC_CALL, place=ON_LOOPS[0])
@example(call=SYNC_CALL, place=ON_LOOPS[1])
@example(call=SYNC_CALL, place=ON_LOOPS[2])
def test_sync_call_never_blocks_a_loop(impl: Adapter, call: CallRecipe, place: str) -> None:
    """Wherever a loop is running, a sync call raises the error for that case; nothing is submitted."""
    body = Body()
    template = made_from(impl, call, body)
    controller = Controller()

    with in_task(impl, controller):
        outcome = OUTSIDE[place](partial(template, *call.args, **call.kwargs))

    what = f"in a task context and {place}, sync {call.text}"
    # First of all: an implementation that accepts the call need not have the error.
    check(outcome.error is not None, f"{what} was accepted, expected SyncTaskCallInAsyncContextError")
    outcome.check_raised(impl.errors.SyncTaskCallInAsyncContextError, what)
    controller.check_unused(what)
    body.check_runs(0, what)


@rule("CTX-04")
@given(call=task_calls(), has_controller=st.booleans(), on_loop=st.booleans())
@example(call=SYNC_CALL, has_controller=True, on_loop=False)
@example(call=ASYNC_CALL, has_controller=True, on_loop=False)
@example(call=SYNC_CALL, has_controller=False, on_loop=False)
@example(call=ASYNC_CALL, has_controller=False, on_loop=False)
@example(call=SYNC_CALL, has_controller=True, on_loop=True)
def test_trace_refuses_calls(impl: Adapter, call: CallRecipe, *, has_controller: bool, on_loop: bool) -> None:
    """In a trace, the call raises the error for traces; forward still works."""
    body = Body(result="forwarded")
    template = made_from(impl, call, body)
    controller = Controller()

    with in_task(impl, controller if has_controller else None, trace=True):
        act = partial(template, *call.args, **call.kwargs)
        outcome = outcome_of(partial(run_async, partial(_called, act, SYNC_CALL)) if on_loop else act)
        if inspect.iscoroutine(outcome.value):
            outcome.value.close()
        body.check_runs(0, f"in a trace, {call.text}")
        forwarded = run_async(lambda: settled(partial(_called, template.forward, call)))

    what = f"in a trace, {call.text}"
    outcome.check_raised(impl.errors.TraceDoesNotAllowNestedTasksError, what)
    controller.check_unused(what)
    forwarded.check_value("forwarded", f"in a trace, forward of {call.text}")
    if call.function.is_async:
        after = run_async(lambda: awaited(lambda: template(*call.args, **call.kwargs)))
    else:
        after = outcome_of(lambda: template(*call.args, **call.kwargs))
    after.check_value("forwarded", f"{call.text} after a trace was left")


@rule("CTX-05")
@given(call=task_calls())
@example(call=SYNC_CALL)
@example(call=ASYNC_CALL)
def test_call_without_controller(impl: Adapter, call: CallRecipe) -> None:
    """In a task context without a controller, a call raises a system error with a code; the body does not run."""
    body = Body()
    template = made_from(impl, call, body)

    with in_task(impl):
        if call.function.is_async:
            outcome = run_async(lambda: awaited(lambda: template(*call.args, **call.kwargs)))
        else:
            outcome = outcome_of(lambda: template(*call.args, **call.kwargs))

    what = f"in a task context without controller, {call.text}"
    outcome.check_raised(impl.errors.RuntimeSystemError, what)
    check_equal(getattr(outcome.error, "code", None), "BadContext", f"{what}: the code")
    body.check_runs(0, what)


# Not a falsy exception: a future of the standard library ignores it, which is not the implementation's fault.
@rule("CTX-06")
@given(call=bare_calls(is_async=False), error=body_errors().filter(bool))
@example(call=SYNC_CALL, error=ValueError("m"))
def test_controller_errors(impl: Adapter, call: CallRecipe, error: Exception) -> None:
    """An exception of the controller's future is wrapped by a sync call, and raised unchanged by aio."""
    template = made_from(impl, call)

    with in_task(impl, Controller(error=error)):
        called = outcome_of(template)
        by_aio = run_async(lambda: awaited(template.aio))

    what = f"task() whose controller's future holds {described(error)}"
    called.check_raised(impl.errors.RuntimeUserError, what)
    wrapped: Any = called.error
    check_equal(wrapped.code, type(error).__name__, f"{what}: the code")
    check_same(wrapped.__cause__, error, f"{what}: the __cause__")
    by_aio.check_error(error, "await task.aio() of the same")


@rule("CTX-07")
@given(call=task_calls(), result=results())
@example(call=SYNC_KWARGS_CALL, result=None)
@example(call=ASYNC_KWARGS_CALL, result=0)
def test_forward_ignores_the_context(impl: Adapter, call: CallRecipe, result: object) -> None:
    """Outside, inside and in a trace, with and without a controller, forward runs the function and nothing else."""
    for place, entered in _places(impl).items():
        body = Body(result=result)
        template = made_from(impl, call, body)

        with entered() as controller:
            outcome = run_async(partial(settled, partial(_called, template.forward, call)))

        what = f"forward of {call.text} {place}"
        outcome.check_value(result, what)
        body.check_runs(1, what)
        check_values(body.runs[-1], call.values, f"{what}: what the function got")
        if controller is not None:
            controller.check_unused(what)


def _places(impl: Adapter) -> dict[str, Callable[[], AbstractContextManager[Controller | None]]]:
    """Return where a call may happen: by name, a context manager that gives the controller there."""
    return {
        "outside a task context": nullcontext,
        "in a task context": partial(_task_with_controller, impl, trace=False),
        "in a task context without controller": partial(in_task, impl),
        "in a trace": partial(_task_with_controller, impl, trace=True),
    }


@contextmanager
def _task_with_controller(impl: Adapter, *, trace: bool) -> Iterator[Controller]:
    controller = Controller()
    with in_task(impl, controller, trace=trace):
        yield controller


async def _called(act: Callable[..., Any], call: CallRecipe) -> Any:
    """Return what the act gives for the arguments of a call, on a running loop."""
    return act(*call.args, **call.kwargs)


def _gave(value: Any) -> Any:
    return value
