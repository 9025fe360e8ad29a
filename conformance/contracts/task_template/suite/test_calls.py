"""Rules CAL: what `task(...)` and `task.forward(...)` do outside a task context."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.calls import (
    ASYNC_CALL,
    ASYNC_KWARGS_CALL,
    ASYNC_MANY_CALL,
    ASYNC_POSITIONAL_CALL,
    ASYNC_TIMED_CALL,
    BASE_EXCEPTIONS,
    CHAINED,
    FULL_ASYNC_CALL,
    FULL_CALL,
    GROUP,
    INNER,
    MANY_CALL,
    MUTABLE_CALL,
    ORIGINS,
    POSITIONAL_CALL,
    SYNC_CALL,
    SYNC_KWARGS_CALL,
    TWO_PARAMETERS,
    CallRecipe,
    bare_calls,
    body_errors,
    results,
    task_calls,
)
from conformance.contracts.task_template.strategies.doubtful import FalsyError, Later, counting
from conformance.contracts.task_template.strategies.recipes import FunctionRecipe, ParameterRecipe, derived_class
from conformance.contracts.task_template.strategies.values import functions
from conformance.contracts.task_template.suite.doubles import (
    Body,
    Controller,
    Outcome,
    Trail,
    awaited,
    check_arguments,
    check_values,
    details_of,
    hooked,
    in_task,
    made_from,
    outcome_of,
    settled,
)
from conformance.contracts.task_template.suite.readings import coded, says
from conformance.engine.properties import at_most, calling, check, check_equal, check_same, described, run_async, shown
from conformance.engine.rules import rule
from conformance.errors import Deviation

WRAPPED = "wrapped function"

SOME = 40
"""Limit on examples if another property tries every kind of result or error."""

BAD_ARGUMENTS: tuple[tuple[tuple[Any, ...], dict[str, Any]], ...] = (
    ((), {}),
    ((1, 2), {}),
    ((1,), {"x": 1}),
    ((1,), {"unknown": 1}),
    ((), {"y": ""}),
)
"""Arguments that do not fit `f(x: int, *, y: str = "")`: missing, too many, twice, unknown, only the keyword."""


def call_outcome(template: Any, call: CallRecipe) -> Outcome:
    """Return how a call ends, including the await if the task is async. No loop runs during a sync call."""
    act = partial(template, *call.args, **call.kwargs)
    if not call.function.is_async:
        return outcome_of(act)
    # KeyboardInterrupt and SystemExit in a task of its own are raised by the loop.
    ended = outcome_of(lambda: run_async(lambda: awaited(act)))
    outcome: Outcome = ended if ended.error else ended.value
    return outcome


def check_is_user_error(impl: Adapter, outcome: Outcome, error: Exception, what: str) -> None:
    """Check that RuntimeUserError wraps an exception: class name as code, same message, itself as the cause."""
    outcome.check_raised(impl.errors.RuntimeUserError, what)
    wrapped: Any = outcome.error
    check(wrapped is not error, f"{what} raised the bare {described(error)}, expected RuntimeUserError from it")
    try:
        check_equal(wrapped.code, type(error).__name__, f"{what}: the code")
        check(
            says(wrapped, str(error)), f"{what}: the message: expected {shown(str(error))}, got {shown(str(wrapped))}"
        )
        check_same(wrapped.__cause__, error, f"{what}: the __cause__")
    except Deviation as deviation:
        # The wrapped error may be the template's own statement that it does not run bodies.
        raise deviation from wrapped


@rule("CAL-01")
@given(call=task_calls(is_async=False))
@example(call=SYNC_CALL)
@example(call=SYNC_KWARGS_CALL)
@example(call=MUTABLE_CALL)
@example(call=POSITIONAL_CALL)
@example(call=MANY_CALL)
def test_sync_call_passes_arguments(impl: Adapter, call: CallRecipe) -> None:
    """Each call runs the function once, with the arguments of the call and the function's own defaults."""
    body = Body()
    template = made_from(impl, call, body)

    for _ in range(2):
        with calling(call.text):
            template(*call.args, **call.kwargs)

    body.check_runs(2, f"{call.text}, twice")
    for values in body.runs:
        check_values(values, call.values, f"{call.text}: what the function got")


@rule("CAL-01")
@at_most(SOME)
@given(call=bare_calls(is_async=False), result=results())
@example(call=SYNC_CALL, result=None)
@example(call=SYNC_CALL, result=0)
@example(call=SYNC_CALL, result=[])
@example(call=FULL_CALL, result=[])
@example(call=SYNC_CALL, result=ValueError("a value, not raised"))
def test_sync_call_gives_the_result(impl: Adapter, call: CallRecipe, result: object) -> None:
    """Every call returns the object that the function returned, for any kind of value."""
    template = made_from(impl, call, Body(result=result))

    for _ in range(2):
        call_outcome(template, call).check_value(result, call.text)


@rule("CAL-01")
@given(call=bare_calls(is_async=False))
@example(call=SYNC_CALL)
def test_sync_call_awaits_nothing(impl: Adapter, call: CallRecipe) -> None:
    """The result of a sync function is returned unchanged even if it can be awaited: a coroutine, a generator."""

    async def later() -> None:
        """Do nothing."""

    coroutine = later()
    try:
        for result in (Later(), coroutine, counting()):
            call_outcome(made_from(impl, call, Body(result=result)), call).check_value(result, call.text)
            forwarded = outcome_of(made_from(impl, call, Body(result=result)).forward)
            forwarded.check_value(result, f"forward of {call.text}")
    finally:
        coroutine.close()


@rule("CAL-01")
@at_most(5)
@given(call=bare_calls(is_async=False), result=results())
@example(call=SYNC_CALL, result=0)
def test_other_threads_are_outside(impl: Adapter, call: CallRecipe, result: object) -> None:
    """While one thread is in a task context, and after it was, a call on another one is outside of it."""
    body = Body(result=result)
    template = made_from(impl, call, body)
    controller = Controller("from the controller")
    actual: list[Outcome] = []

    with in_task(impl, controller):
        outcome_of(template)
        thread = threading.Thread(target=lambda: actual.append(outcome_of(template)), daemon=True)
        thread.start()
        thread.join(2)
    actual.append(outcome_of(template))

    check_equal(len(actual), 2, "calls that ended")
    actual[0].check_value(result, "task() on a thread of its own, while its starter is in a task context")
    actual[1].check_value(result, "task() after a task context was left")
    controller.check_submitted("submit_sync", template, call, "one call within the task context, two outside of it")


@rule("CAL-01")
@at_most(SOME)
@given(call=bare_calls(is_async=False), result=results())
@example(call=SYNC_CALL, result=None)
def test_sync_call_works_on_a_loop(impl: Adapter, call: CallRecipe, result: object) -> None:
    """Outside a task context, a running event loop makes no difference to a sync call."""
    template = made_from(impl, call, Body(result=result))

    async def scenario() -> Outcome:
        return outcome_of(template)

    run_async(scenario).check_value(result, "task() on a running event loop")


@rule("CAL-02")
@at_most(SOME)
@given(call=task_calls(is_async=True), result=results() | st.builds(Later))
@example(call=ASYNC_CALL, result=None)
@example(call=ASYNC_CALL, result=Later())  # awaited once too often, it is another value
@example(call=ASYNC_KWARGS_CALL, result=0)
@example(call=ASYNC_TIMED_CALL, result=0)
@example(call=ASYNC_POSITIONAL_CALL, result=0)
@example(call=ASYNC_MANY_CALL, result=0)
def test_async_call_is_an_unstarted_coroutine(impl: Adapter, call: CallRecipe, result: object) -> None:
    """The call returns a coroutine. The body runs once, when it is awaited, and the await returns its result."""
    body = Body(result=result)
    template = made_from(impl, call, body)

    async def scenario() -> None:
        for turn in range(2):
            with calling(call.text):
                coroutine = template(*call.args, **call.kwargs)
            check(inspect.iscoroutine(coroutine), f"{call.text} gave {shown(coroutine)}, expected a coroutine")
            for _ in range(3):  # time for a body that was scheduled instead of left alone
                await asyncio.sleep(0)
            body.check_runs(turn, f"{call.text}, {turn} times awaited")
            (await awaited(partial(_gave, coroutine))).check_value(result, f"await {call.text}")
            body.check_runs(turn + 1, f"await {call.text}, {turn + 1} times")
            check_values(body.runs[-1], call.values, f"{call.text}: what the function got")

    run_async(scenario)


@rule("CAL-02")
@at_most(SOME)
@given(call=task_calls(is_async=True), result=results())
@example(call=ASYNC_CALL, result=None)
@example(call=ASYNC_KWARGS_CALL, result=0)
def test_async_calls_are_apart(impl: Adapter, call: CallRecipe, result: object) -> None:
    """Two calls before the first await give two coroutines, and each of them runs the body."""
    body = Body(result=result)
    template = made_from(impl, call, body)

    async def scenario() -> list[Outcome]:
        with calling(f"{call.text}, twice"):
            pending = [template(*call.args, **call.kwargs) for _ in range(2)]
        return [await awaited(partial(_gave, coroutine)) for coroutine in pending]

    for outcome in run_async(scenario):
        outcome.check_value(result, f"await {call.text}, called twice before")
    body.check_runs(2, f"{call.text}, called twice and then awaited twice")


@rule("CAL-02")
@at_most(SOME)
@given(call=task_calls(is_async=True), result=results())
@example(call=ASYNC_CALL, result=None)
def test_async_call_needs_no_loop(impl: Adapter, call: CallRecipe, result: object) -> None:
    """Without a running event loop, the call also gives a coroutine, which is awaited on a loop that starts later."""
    body = Body(result=result)
    template = made_from(impl, call, body)

    with calling(call.text):
        coroutine = template(*call.args, **call.kwargs)
    check(inspect.iscoroutine(coroutine), f"{call.text} without a loop gave {shown(coroutine)}, expected a coroutine")
    body.check_runs(0, f"{call.text}, not awaited")

    run_async(lambda: awaited(partial(_gave, coroutine))).check_value(result, f"await {call.text}")
    body.check_runs(1, f"await {call.text}")


@rule("CAL-02")
@given(call=bare_calls(is_async=True))
@example(call=ASYNC_CALL)
def test_async_call_suspends_where_its_body_does(impl: Adapter, call: CallRecipe) -> None:
    """Two async calls run interleaved: a body that waits for another one gets its turn."""

    async def scenario() -> None:
        arrived = asyncio.Event()

        async def wait() -> str:
            await arrived.wait()
            return "waited"

        async def arrive() -> str:
            arrived.set()
            return "arrived"

        waiting, arriving = made_from(impl, call, wait), made_from(impl, call, arrive)
        actual = await asyncio.gather(waiting(), arriving())
        check_equal(actual, ["waited", "arrived"], "gather(waiting(), arriving())")

    with calling("gather(waiting(), arriving())"):
        run_async(scenario)


@rule("CAL-03")
@at_most(SOME)
@given(call=task_calls(is_async=False), result=results())
@example(call=SYNC_KWARGS_CALL, result=None)
@example(call=SYNC_CALL, result=False)
@example(call=MUTABLE_CALL, result=None)
@example(call=POSITIONAL_CALL, result=None)
@example(call=MANY_CALL, result=0)
def test_forward_gives_what_the_function_gives(impl: Adapter, call: CallRecipe, result: object) -> None:
    """Forward passes on the arguments and the result, the same objects, including a coroutine that is not awaited."""
    body = Body(result=result)
    template = made_from(impl, call, body)

    for turn in (1, 2):
        outcome = outcome_of(lambda: template.forward(*call.args, **call.kwargs))
        outcome.check_value(result, f"forward of {call.text}")
        body.check_runs(turn, f"forward, {turn} times")
        check_values(body.runs[-1], call.values, f"forward of {call.text}: what the function got")


@rule("CAL-03")
@at_most(SOME)
@given(call=task_calls(is_async=True), result=results())
@example(call=ASYNC_KWARGS_CALL, result=None)
@example(call=ASYNC_POSITIONAL_CALL, result=None)
@example(call=ASYNC_MANY_CALL, result=0)
def test_forward_of_async_gives_the_coroutine(impl: Adapter, call: CallRecipe, result: object) -> None:
    """Forward of an async task gives the function's coroutine, not started and not awaited."""
    body = Body(result=result)
    template = made_from(impl, call, body)

    with calling(f"forward of {call.text}"):
        coroutine = template.forward(*call.args, **call.kwargs)
    check(inspect.iscoroutine(coroutine), f"forward of {call.text} gave {shown(coroutine)}, expected a coroutine")
    body.check_runs(0, f"forward of {call.text}, not awaited")

    run_async(lambda: awaited(lambda: coroutine)).check_value(result, f"await forward of {call.text}")
    check_values(body.runs[-1], call.values, f"forward of {call.text}: what the function got")


@rule("CAL-03")
@at_most(SOME)
@given(call=bare_calls(), error=body_errors() | st.sampled_from(BASE_EXCEPTIONS).map(lambda kind: kind("end")))
@example(call=SYNC_CALL, error=ValueError())
@example(call=ASYNC_CALL, error=ValueError())
def test_forward_lets_exceptions_out(impl: Adapter, call: CallRecipe, error: BaseException) -> None:
    """Forward passes on the function's own exception object unchanged."""
    before = details_of(error)
    template = made_from(impl, call, Body(error=error))

    run_async(lambda: _forwarded(template)).check_error(error, "forward()")
    before.check_intact("forward()")


@rule("CAL-03")
@given(call=bare_calls(), message=st.sampled_from(["", "message"]))
@example(call=SYNC_CALL, message="message")
def test_forward_lets_runtime_errors_out(impl: Adapter, call: CallRecipe, message: str) -> None:
    """`forward` raises the contract's own errors like any other: the same object."""
    for name in ("RuntimeUserError", "RuntimeSystemError"):
        error = coded(impl, name, message=message)
        template = made_from(impl, call, Body(error=error))
        run_async(partial(_forwarded, template)).check_error(error, "forward()")


async def _forwarded(template: Any) -> Outcome:
    """Return how `forward()` ends, including the await if it gives a coroutine."""
    return await settled(partial(_in_coroutine, template.forward))


async def _in_coroutine(call: Callable[[], Any]) -> Any:
    return call()


@rule("CAL-04")
@at_most(SOME)
@given(call=task_calls(is_async=False), error=body_errors() | st.builds(StopIteration, st.integers()))
@example(call=SYNC_CALL, error=ValueError())  # an empty message
@example(call=SYNC_CALL, error=INNER)
@example(call=SYNC_KWARGS_CALL, error=GROUP)
@example(call=SYNC_CALL, error=CHAINED)
@example(call=SYNC_CALL, error=OSError(2, "m"))
@example(call=SYNC_CALL, error=KeyError("k"))  # its str() is not its argument
@example(call=SYNC_CALL, error=RuntimeError(" padded\n"))  # a base of the errors that pass
@example(call=SYNC_CALL, error=StopIteration(1))
@example(call=FULL_CALL, error=ValueError("m"))
@example(call=SYNC_CALL, error=FalsyError("m"))
@example(call=SYNC_CALL, error=ValueError("long " * 200))
def test_sync_error_is_a_user_error(impl: Adapter, call: CallRecipe, error: Exception) -> None:
    """Each time a sync body raises an Exception, the call raises RuntimeUserError from it, and does not touch it."""
    before = details_of(error)
    body = Body(error=error)
    template = made_from(impl, call, body)

    for turn in (1, 2):
        what = f"task() whose body raises {described(error)}"
        check_is_user_error(impl, call_outcome(template, call), error, what)
        before.check_intact(what)
        body.check_runs(turn, f"{what}, {turn} times")


@rule("CAL-05")
@at_most(SOME)
@given(call=task_calls(is_async=True), error=body_errors())
@example(call=ASYNC_CALL, error=ValueError())
@example(call=ASYNC_CALL, error=INNER)
@example(call=ASYNC_KWARGS_CALL, error=GROUP)
@example(call=ASYNC_CALL, error=CHAINED)
@example(call=ASYNC_CALL, error=OSError(2, "m"))
@example(call=FULL_ASYNC_CALL, error=ValueError("m"))
@example(call=ASYNC_CALL, error=KeyError("k"))
@example(call=ASYNC_CALL, error=RuntimeError(" padded\n"))  # a base of the errors that pass
@example(call=ASYNC_CALL, error=FalsyError("m"))
@example(call=ASYNC_CALL, error=ValueError("long " * 200))
def test_async_error_is_a_user_error(impl: Adapter, call: CallRecipe, error: Exception) -> None:
    """Each time an Exception leaves an async body, the await of the call raises RuntimeUserError from it."""
    before = details_of(error)
    body = Body(error=error)
    template = made_from(impl, call, body)

    for turn in (1, 2):
        what = f"await task() whose body raises {described(error)}"
        check_is_user_error(impl, call_outcome(template, call), error, what)
        before.check_intact(what)
        body.check_runs(turn, f"{what}, {turn} times")


@rule("CAL-05b")
@given(call=bare_calls(is_async=True), error=body_errors())
@example(call=ASYNC_CALL, error=ValueError())
def test_async_error_is_bare(impl: Adapter, call: CallRecipe, error: Exception) -> None:
    """The exception object of an async body reaches the awaiter as it is."""
    template = made_from(impl, call, Body(error=error))

    call_outcome(template, call).check_error(error, f"await task() whose body raises {described(error)}")


@rule("CAL-06")
@given(
    call=bare_calls(),
    name=st.sampled_from(["RuntimeUserError", "RuntimeSystemError"]),
    is_subclass=st.booleans(),
    text=st.sampled_from(["", "message"]),
)
@example(call=SYNC_CALL, name="RuntimeUserError", is_subclass=False, text="message")
@example(call=SYNC_CALL, name="RuntimeSystemError", is_subclass=True, text="")
@example(call=ASYNC_CALL, name="RuntimeUserError", is_subclass=True, text="message")
@example(call=ASYNC_CALL, name="RuntimeSystemError", is_subclass=False, text="message")
def test_runtime_errors_pass(impl: Adapter, call: CallRecipe, name: str, text: str, *, is_subclass: bool) -> None:
    """An error of the contract is raised as the same object, without a new cause."""
    error = coded(impl, name, message=text, is_subclass=is_subclass)
    template = made_from(impl, call, Body(error=error))

    for _ in range(2):
        call_outcome(template, call).check_error(error, f"task() whose body raises a {type(error).__name__}")
        check_same(error.__cause__, None, f"the __cause__ of the {type(error).__name__} after the call")


@rule("CAL-07")
@given(call=bare_calls(is_async=False))
@example(call=SYNC_CALL)
def test_unknown_error_is_relabelled(impl: Adapter, call: CallRecipe) -> None:
    """RuntimeUnknownError is neither a user error nor a system error, so it is wrapped like any other exception."""
    error = coded(impl, "RuntimeUnknownError")
    template = made_from(impl, call, Body(error=error))

    check_is_user_error(impl, call_outcome(template, call), error, "task() whose body raises RuntimeUnknownError")


@rule("CAL-08")
@given(call=bare_calls(), kind=st.sampled_from([*BASE_EXCEPTIONS, asyncio.CancelledError, BaseException]))
@example(call=SYNC_CALL, kind=KeyboardInterrupt)
@example(call=SYNC_CALL, kind=SystemExit)
@example(call=SYNC_CALL, kind=GeneratorExit)
@example(call=SYNC_CALL, kind=asyncio.CancelledError)
@example(call=ASYNC_CALL, kind=KeyboardInterrupt)
@example(call=ASYNC_CALL, kind=SystemExit)
@example(call=ASYNC_CALL, kind=asyncio.CancelledError)
def test_base_exceptions_pass(impl: Adapter, call: CallRecipe, kind: type[BaseException]) -> None:
    """An exception that ends the program, a generator or a task is raised by a call as the same object."""
    error = kind("end")
    template = made_from(impl, call, Body(error=error))

    call_outcome(template, call).check_error(error, f"task() whose body raises {kind.__name__}")


@rule("CAL-09")
@given(is_async=st.booleans(), origin=st.sampled_from(ORIGINS), arguments=st.sampled_from(BAD_ARGUMENTS))
@example(is_async=False, origin="constructor", arguments=((), {}))
@example(is_async=True, origin="constructor", arguments=((), {}))
def test_wrong_arguments_are_a_user_error(
    impl: Adapter, origin: str, arguments: tuple[tuple[Any, ...], dict[str, Any]], *, is_async: bool
) -> None:
    """Arguments that do not fit raise RuntimeUserError, code TypeError, from the call itself; the body never runs."""
    call = ASYNC_KWARGS_CALL if is_async else SYNC_KWARGS_CALL
    body = Body()
    template = made_from(impl, CallRecipe(function=call.function, origin=origin), body)
    args, kwargs = arguments

    outcome = outcome_of(lambda: template(*args, **kwargs))

    what = f"task(*{args}, **{kwargs}) of {call.function!r}"
    if inspect.iscoroutine(outcome.value):
        outcome.value.close()
    outcome.check_raised(impl.errors.RuntimeUserError, what)
    check_equal(getattr(outcome.error, "code", None), "TypeError", f"{what}: the code")
    body.check_runs(0, what)


@rule("CAL-10")
@given(call=task_calls(), error=st.none() | body_errors())
@example(call=SYNC_CALL, error=None)
@example(call=ASYNC_CALL, error=None)
@example(call=SYNC_CALL, error=ValueError("m"))
@example(call=ASYNC_CALL, error=ValueError("m"))
def test_hooks_stay_out_of_calls(impl: Adapter, call: CallRecipe, error: Exception | None) -> None:
    """Neither a call nor forward runs pre or post, even if the body fails: these belong to execute."""
    trail = Trail()
    template = made_from(impl, call, Body(error=error), template_class=hooked(impl, trail))

    for act in (template, template.forward):
        call_outcome(act, call)

    check(not trail.steps, f"{call.text} and its forward ran {trail.order}, expected neither pre nor post")


@rule("CAL-11")
@given(is_async=st.booleans(), value=results(), result=results())
@example(is_async=False, value="text for an int", result=None)
@example(is_async=True, value="text for an int", result=None)
def test_types_are_not_checked(impl: Adapter, value: object, result: object, *, is_async: bool) -> None:
    """A value that does not match the annotation is passed and returned unchanged."""
    parameters = (ParameterRecipe(name="x", annotation=int),)
    call = CallRecipe(function=FunctionRecipe(parameters=parameters, returns=int, is_async=is_async), args=(value,))
    body = Body(result=result)
    template = made_from(impl, call, body)

    call_outcome(template, call).check_value(result, call.text)
    check_values(body.runs[-1], (value,), f"{call.text}: what the function got")


@rule("CAL-12")
@given(call=task_calls(is_async=False), value=results(), on_loop=st.booleans())
@example(call=SYNC_CALL, value="seen", on_loop=False)
@example(call=SYNC_KWARGS_CALL, value="seen", on_loop=False)
@example(call=SYNC_CALL, value="seen", on_loop=True)
def test_sync_body_runs_in_place(impl: Adapter, call: CallRecipe, value: object, *, on_loop: bool) -> None:
    """The body runs on the caller's thread, also on one with a loop; context variables pass in both directions."""
    coming: contextvars.ContextVar[object] = contextvars.ContextVar("coming", default="unset")
    going: contextvars.ContextVar[object] = contextvars.ContextVar("going", default="unset")

    def body(*_: object) -> tuple[int, object]:
        going.set(value)
        return threading.get_ident(), coming.get()

    def scenario() -> tuple[Any, object]:
        coming.set(value)
        template = made_from(impl, call, body)
        with calling(call.text):
            return template(*call.args, **call.kwargs), going.get()

    act = partial(run_async, partial(_in_coroutine, scenario)) if on_loop else scenario
    (thread, seen_inside), seen_after = contextvars.Context().run(act)

    check_equal(thread, threading.get_ident(), "the thread of the body of task()")
    check_same(seen_inside, value, "a context variable of the caller, read in the body of task()")
    check_same(seen_after, value, "a context variable set in the body of task(), read by the caller")


@rule("CAL-13")
@given(
    function=functions(),
    documented=st.sampled_from([None, "", "Do it.", "Do.\n\nAt length, é."]),
    origin=st.sampled_from([*ORIGINS, "pickle"]),
    shape=st.sampled_from(["function", "wrapped function"]),
)
@example(
    function=FunctionRecipe(name="g", parameters=SYNC_KWARGS_CALL.function.parameters),
    documented="Do it.",
    origin="constructor",
    shape="function",
)
@example(function=FunctionRecipe(parameters=TWO_PARAMETERS), documented="Do it.", origin="constructor", shape=WRAPPED)
@example(function=FunctionRecipe(parameters=TWO_PARAMETERS), documented="Do it.", origin="pickle", shape="function")
@example(function=FunctionRecipe(is_async=True), documented=None, origin="override", shape=WRAPPED)
def test_template_looks_like_its_function(
    impl: Adapter, function: FunctionRecipe, documented: str | None, origin: str, shape: str
) -> None:
    """The template has the attributes that functools.wraps copies, and inspect.signature finds the function's own."""
    recipe = FunctionRecipe(
        name="work",
        parameters=function.parameters,
        returns=function.returns,
        is_async=function.is_async,
        doc=documented,
        is_postponed=function.is_postponed,
    )
    template = made_from(impl, CallRecipe(function=recipe, origin=origin, shape=shape))

    wrapped = template.func
    for name in ("__name__", "__doc__"):
        with calling(f"task.{name}"):
            actual = getattr(template, name)
        check_equal(actual, getattr(wrapped, name), f"task.{name}")
    with calling("task.__wrapped__"):
        check_same(template.__wrapped__, wrapped, "task.__wrapped__")
    with calling("inspect.signature(task)"):
        check_equal(inspect.signature(template), inspect.signature(wrapped), "inspect.signature(task)")


@rule("CAL-14")
@given(call=task_calls(), result=results())
@example(call=SYNC_KWARGS_CALL, result=None)
@example(call=ASYNC_KWARGS_CALL, result=0)
def test_call_goes_through_forward(impl: Adapter, call: CallRecipe, result: object) -> None:
    """A subclass that overrides forward gets each call, with its arguments; the function itself does not run."""
    seen: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def forward(self: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ARG001 - a method
        seen.append((args, kwargs))
        return _in_coroutine(partial(_gave, result)) if call.function.is_async else result

    body = Body()
    template = made_from(impl, call, body, template_class=derived_class(impl.template, "Forwarding", forward=forward))

    seen.clear()  # what a template that was used before got

    for turn in (1, 2):
        call_outcome(template, call).check_value(result, f"{call.text} with a forward of its own")
        check_equal(len(seen), turn, f"calls of forward after {turn} calls of the task")
        check_arguments(seen[-1], call, "what forward got")
    body.check_runs(0, f"{call.text} with a forward of its own")


def _gave(value: Any) -> Any:
    return value
