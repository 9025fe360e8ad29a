"""Rules CON, OVR, CAL, AIO, CTX, EXE and others for callers on any thread and loop, in any context."""

from __future__ import annotations

import contextvars
import copy
import inspect
import itertools
import json
import pickle
from collections.abc import Callable
from functools import partial
from typing import Any

import cloudpickle  # type: ignore[import-untyped]  # it has no type information
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.calls import (
    ASYNC_CALL,
    ASYNC_KWARGS_CALL,
    FULL_ASYNC_CALL,
    FULL_CALL,
    SYNC_CALL,
    SYNC_KWARGS_CALL,
    CallRecipe,
    bare_calls,
    body_errors,
    task_calls,
)
from conformance.contracts.task_template.strategies.origins import OverrideRecipe
from conformance.contracts.task_template.suite.acts import changes_of, check_unchanged, receiver_of
from conformance.contracts.task_template.suite.doubles import (
    Body,
    Controller,
    Outcome,
    RefusingController,
    Trail,
    check_arguments,
    check_values,
    details_of,
    hooked,
    in_task,
    made_from,
    needs_bodies_here,
    outcome_of,
    settled,
)
from conformance.contracts.task_template.suite.observe import snapshot
from conformance.contracts.task_template.suite.places import OUTSIDE, anywhere, inside, on_any_loop
from conformance.contracts.task_template.suite.test_calls import check_is_user_error
from conformance.contracts.task_template.suite.test_fields import FULL, importable, receivers
from conformance.contracts.task_template.suite.test_override import DERIVED, OTHER_CHANGE
from conformance.engine.properties import at_most, check, check_equal, check_same, described, run_async
from conformance.engine.rules import rule

SOME = 20
"""Examples at most, where each tries every place."""

# ---- outside a task context -----------------------------------------------------------------------------------------


@rule("CAL-12")
@at_most(SOME)
@given(call=task_calls(is_async=False))
@example(call=SYNC_KWARGS_CALL)
@example(call=FULL_CALL)
def test_sync_call_anywhere_outside(impl: Adapter, call: CallRecipe) -> None:
    """Wherever a sync call is made outside a task context, the body runs right there, with the caller's variables."""
    coming: contextvars.ContextVar[object] = contextvars.ContextVar("coming", default="unset")
    going: contextvars.ContextVar[object] = contextvars.ContextVar("going", default="unset")
    result, seen = object(), []
    tokens: list[contextvars.Token[object]] = []

    def body(*values: Any) -> object:
        seen.append((values, coming.get()))
        going.set(result)
        coming.reset(tokens.pop())  # a token can be used in the context that it was made in only, and not in a copy
        return result

    template = made_from(impl, call, body)
    for name, place in OUTSIDE.items():

        def act() -> tuple[object, object, object]:
            tokens.append(coming.set("of the caller"))
            return template(*call.args, **call.kwargs), going.get(), coming.get()

        what = f"{call.text} {name}"
        seen.clear()
        outcome = place(act)
        check(outcome.error is None, f"{what} {outcome}, expected a value")
        check_same(outcome.value[0], result, what)
        check_same(outcome.value[1], result, f"{what}: a context variable set in the body, read by the caller")
        check_equal(outcome.value[2], "unset", f"{what}: a context variable of the caller that the body resets")
        check_equal(len(seen), 1, f"{what}: how often the body ran")
        check_values(seen[0][0], call.values, f"{what}: what the function got")
        check_equal(seen[0][1], "of the caller", f"{what}: a context variable of the caller, read in the body")


@rule("CAL-04")
@at_most(SOME)
@given(call=bare_calls(is_async=False))
@example(call=SYNC_CALL)
@example(call=FULL_CALL)
def test_sync_error_anywhere_outside(impl: Adapter, call: CallRecipe) -> None:
    """Wherever a sync call is made outside a task context, an exception of the body is wrapped."""
    template = made_from(impl, call, body := Body())
    for name, place in OUTSIDE.items():
        body.error = ValueError("m")
        check_is_user_error(impl, place(template), body.error, f"task() {name}")


@rule("CAL-02")
@at_most(SOME)
@given(call=task_calls(is_async=True))
@example(call=ASYNC_KWARGS_CALL)
@example(call=FULL_ASYNC_CALL)
def test_async_call_anywhere_outside(impl: Adapter, call: CallRecipe) -> None:
    """Wherever an async call is made, it gives a coroutine, and however that is awaited, it gives the result."""
    template = made_from(impl, call, body := Body(result=object()))
    for name, place in OUTSIDE.items():
        outcome = place(partial(template, *call.args, **call.kwargs))
        check(inspect.iscoroutine(outcome.value), f"{call.text} {name} {outcome}, expected a coroutine")
        outcome.value.close()
    body.check_runs(0, f"{call.text}, never awaited")
    for name, way in on_any_loop(partial(template, *call.args, **call.kwargs)).items():
        way().check_value(body.result, f"await {call.text} {name}")
        check_values(body.runs[-1], call.values, f"await {call.text} {name}: what the function got")


@rule("CAL-05")
@at_most(SOME)
@given(call=bare_calls(is_async=True))
@example(call=ASYNC_CALL)
@example(call=FULL_ASYNC_CALL)
def test_async_error_anywhere_outside(impl: Adapter, call: CallRecipe) -> None:
    """However the coroutine of an async call is awaited, an exception of the body is wrapped."""
    template = made_from(impl, call, body := Body())
    for name, way in on_any_loop(template).items():
        body.error = ValueError("m")
        check_is_user_error(impl, way(), body.error, f"await task() {name}")


@rule("CTX-07")
@at_most(SOME)
@given(call=task_calls(), error=st.none() | st.builds(ValueError))
@example(call=SYNC_KWARGS_CALL, error=None)
@example(call=SYNC_KWARGS_CALL, error=ValueError("m"))
@example(call=ASYNC_KWARGS_CALL, error=None)
def test_forward_anywhere(impl: Adapter, call: CallRecipe, error: Exception | None) -> None:
    """Wherever forward is called, in a task context and a trace too, it is the function, and submits nothing."""
    template = made_from(impl, call, body := Body(result=object(), error=error))
    before_it = None if error is None else details_of(error)
    controller = Controller()
    places = {
        **OUTSIDE,
        **{f"{name}, in a task": place for name, place in inside(impl, controller).items()},
        **{f"{name}, in a trace": place for name, place in inside(impl, controller, trace=True).items()},
    }
    for name, place in places.items():
        what, before = f"forward of {call.text} {name}", len(body.runs)
        outcome = place(partial(template.forward, *call.args, **call.kwargs))
        if call.function.is_async:
            check(inspect.iscoroutine(outcome.value), f"{what} {outcome}, expected a coroutine")
            outcome.value.close()
        else:
            if before_it is None:
                outcome.check_value(body.result, what)
            else:
                outcome.check_error(before_it.error, what)
                before_it.check_intact(what)
            check_equal(len(body.runs), before + 1, f"{what}: how often the body ran")
            check_values(body.runs[-1], call.values, f"{what}: what the function got")
        controller.check_unused(what)


@rule("AIO-01")
@at_most(SOME)
@given(call=task_calls(is_async=False))
@example(call=SYNC_KWARGS_CALL)
def test_aio_anywhere_outside(impl: Adapter, call: CallRecipe) -> None:
    """However aio of a sync task is awaited outside a task context, it gives the result."""
    template = made_from(impl, call, body := Body(result=object()))
    for name, way in on_any_loop(partial(template.aio, *call.args, **call.kwargs)).items():
        what = f"await task.aio as {call.text} {name}"
        way().check_value(body.result, what)
        check_values(body.runs[-1], call.values, f"{what}: what the function got")


@rule("AIO-02")
@at_most(SOME)
@given(call=task_calls(is_async=True))
@example(call=ASYNC_KWARGS_CALL)
def test_aio_of_async_anywhere_outside(impl: Adapter, call: CallRecipe) -> None:
    """However aio of an async task is awaited outside a task context, it gives the result."""
    template = made_from(impl, call, body := Body(result=object()))
    for name, way in on_any_loop(partial(template.aio, *call.args, **call.kwargs)).items():
        what, outcome = f"await task.aio as {call.text} {name}", way()
        if inspect.iscoroutine(outcome.value):
            outcome.value.close()
        outcome.check_value(body.result, what)
        check_values(body.runs[-1], call.values, f"{what}: what the function got")


@rule("AIO-04b")
@at_most(SOME)
@given(call=bare_calls())
@example(call=SYNC_CALL)
@example(call=ASYNC_CALL)
def test_aio_reraises_anywhere_outside(impl: Adapter, call: CallRecipe) -> None:
    """However aio is awaited outside a task context, it raises the body's own exception object."""
    template = made_from(impl, call, body := Body())
    for name, way in on_any_loop(partial(settled, template.aio)).items():
        body.error = ValueError("m")
        before = details_of(body.error)
        flat(way()).check_error(body.error, f"await task.aio() {name}")
        before.check_intact(f"await task.aio() {name}")


def flat(outcome: Outcome) -> Outcome:
    """Return the outcome in an outcome: how an act ended that returned how something in it ended."""
    return outcome.value if isinstance(outcome.value, Outcome) else outcome


# ---- in a task context ----------------------------------------------------------------------------------------------


@rule("CTX-02")
@at_most(SOME)
@given(call=task_calls(is_async=False))
@example(call=SYNC_KWARGS_CALL)
def test_sync_call_anywhere_inside(impl: Adapter, call: CallRecipe) -> None:
    """Wherever a sync call is made in a task context and off a loop, the controller gets it, and gives its result."""
    template = made_from(impl, call, body := Body())
    controller = Controller(object())
    for name, place in inside(impl, controller).items():
        controller.submitted.clear()
        what = f"in a task context, {call.text} {name}"
        place(partial(template, *call.args, **call.kwargs)).check_value(controller.result, what)
        controller.check_submitted("submit_sync", template, call, what)
    body.check_runs(0, f"{call.text} in a task context")


@rule("AIO-05", "CTX-01")
@at_most(SOME)
@given(call=task_calls())
@example(call=SYNC_KWARGS_CALL)
@example(call=ASYNC_KWARGS_CALL)
def test_submission_anywhere_inside(impl: Adapter, call: CallRecipe) -> None:
    """However a call is awaited in a task context, the controller gets it, and gives its result."""
    template = made_from(impl, call, body := Body())
    controller = Controller(object())
    act, due = (template, "submit") if call.function.is_async else (template.aio, "submit_sync")
    for make in (act, template.aio):
        with in_task(impl, controller):
            for name, way in on_any_loop(partial(make, *call.args, **call.kwargs)).items():
                controller.submitted.clear()
                what = f"in a task context, {call.text} awaited {name}"
                way().check_value(controller.result, what)
                controller.check_submitted(due, template, call, what)
    body.check_runs(0, f"{call.text} in a task context")


@rule("AIO-05", "CTX-01", "CTX-02")
@at_most(10)
@given(call=bare_calls(), error=body_errors().filter(bool))
@example(call=SYNC_CALL, error=ValueError("m"))
@example(call=ASYNC_CALL, error=TimeoutError("m"))
def test_failed_submission_is_not_repeated(impl: Adapter, call: CallRecipe, error: Exception) -> None:
    """A call whose submission fails raises, and was submitted once; the body does not run in its place."""
    template = made_from(impl, call, body := Body())
    due = "submit" if call.function.is_async else "submit_sync"
    ways = {"await task.aio()": lambda: run_async(template.aio)}
    ways["task()"] = (lambda: run_async(partial(settled, template))) if call.function.is_async else template
    for (name, way), kind in itertools.product(ways.items(), (Controller, RefusingController)):
        controller = kind(error=error)
        with in_task(impl, controller):
            outcome = flat(outcome_of(way))
        what = f"in a task context, {name} for which the controller raises {described(error)}"
        check(outcome.error is not None, f"{what}, {outcome}, expected an exception")
        controller.check_submitted(due, template, call, what)
    body.check_runs(0, "a call whose submission fails")


@rule("CTX-04", "AIO-06")
@at_most(SOME)
@given(call=bare_calls())
@example(call=SYNC_CALL)
@example(call=ASYNC_CALL)
def test_trace_refuses_anywhere(impl: Adapter, call: CallRecipe) -> None:
    """Wherever a call is made in a trace, it is refused, and nothing is submitted."""
    template = made_from(impl, call, body := Body())
    controller = Controller()
    kind = impl.errors.TraceDoesNotAllowNestedTasksError
    for name, place in inside(impl, controller, trace=True).items():
        place(template).check_raised(kind, f"in a trace, task() {name}")
    with in_task(impl, controller, trace=True):
        for name, way in on_any_loop(template.aio).items():
            way().check_raised(kind, f"in a trace, await task.aio() {name}")
    controller.check_unused("a call in a trace")
    body.check_runs(0, "a call in a trace")


@rule("CTX-05", "AIO-07")
@at_most(SOME)
@given(call=bare_calls())
@example(call=SYNC_CALL)
@example(call=ASYNC_CALL)
def test_no_controller_anywhere(impl: Adapter, call: CallRecipe) -> None:
    """Wherever a call is made in a task context without a controller, it raises the system error that says so.

    Also after the template went to a controller, which is gone.
    """
    template = made_from(impl, call, body := Body())
    with in_task(impl, Controller()):
        outcome_of(lambda: run_async(template.aio))
    ways = {f"await task.aio() {name}": way for name, way in on_any_loop(template.aio).items()}
    if call.function.is_async:
        ways |= {f"await task() {name}": way for name, way in on_any_loop(template).items()}
    else:
        ways |= {f"task() {name}": partial(place, template) for name, place in inside(impl, None).items()}
    with in_task(impl):
        for name, way in ways.items():
            outcome, what = way(), f"in a task context without controller, {name}"
            outcome.check_raised(impl.errors.RuntimeSystemError, what)
            check_equal(getattr(outcome.error, "code", None), "BadContext", f"{what}: the code")
    body.check_runs(0, "a call in a task context without controller")


# ---- execute --------------------------------------------------------------------------------------------------------


@rule("EXE-03")
@at_most(6)
@given(call=task_calls())
@example(call=SYNC_KWARGS_CALL)
@example(call=ASYNC_KWARGS_CALL)
def test_execute_anywhere(impl: Adapter, call: CallRecipe) -> None:
    """However execute is awaited, pre, body and post run once, with the data of pre, and the data is restored."""
    needs_bodies_here(impl)
    trail, result = Trail(), object()
    coming: contextvars.ContextVar[object] = contextvars.ContextVar("coming", default="unset")

    def body(*values: Any) -> object:
        trail.note("body", (values, coming.get(), dict(impl.context_data() or {})))
        return result

    hooks = hooked(impl, trail, pre=lambda: {"own": 1})
    template = made_from(impl, call, body, template_class=hooks)

    async def act() -> tuple[object, dict[str, object]]:
        coming.set("of the caller")
        return await template.execute(*call.args, **call.kwargs), dict(impl.context_data() or {})

    with in_task(impl, data={"outer": 0}):
        for name, way in on_any_loop(act).items():
            trail.steps.clear()
            what, outcome = f"execute as {call.text}, awaited {name}", way()
            check(outcome.error is None, f"{what} {outcome}, expected a value")
            check_same(outcome.value[0], result, what)
            check_equal(outcome.value[1], {"outer": 0}, f"{what}: the context's data afterwards")
            check_equal(trail.order, ["pre", "body", "post"], f"{what}: what ran")
            check_arguments(trail.of("pre"), call, f"{what}: what pre got")
            values, seen, data = trail.of("body")
            check_values(values, call.values, f"{what}: what the body got")
            check_equal(seen, "of the caller", f"{what}: a context variable of the caller, read in the body")
            check_equal(data, {"outer": 0, "own": 1}, f"{what}: the context's data, seen in the body")
            check_same(trail.of("post"), result, f"{what}: what post got")


# ---- what has nothing to do with running ----------------------------------------------------------------------------


@rule("OVR-03")
@at_most(SOME)
@given(call=receivers())
@example(call=OverrideRecipe(template=FULL))
def test_override_anywhere(impl: Adapter, call: OverrideRecipe) -> None:
    """Override applies the passed fields and keeps the others, wherever it is called."""
    receiver, changes = receiver_of(impl, call), changes_of(impl, OTHER_CHANGE)
    before, due = snapshot(impl, receiver), snapshot(impl, receiver.override(**changes))
    for name, place in anywhere(impl).items():
        for named, expected in (({}, before), (changes, due)):
            outcome, what = place(partial(receiver.override, **named)), f"override({', '.join(named)}) {name}"
            check(outcome.error is None, f"{what} {outcome}, expected a template")
            check_unchanged(expected.differences(outcome.value, besides=DERIVED), what)


def check_same_anywhere(impl: Adapter, what: str, act: Callable[[], object]) -> None:
    """Check that an act returns an equal value everywhere."""
    expected = act()
    for name, place in anywhere(impl).items():
        outcome = place(act)
        check(outcome.error is None, f"{what} {name} {outcome}, expected a value")
        check_equal(outcome.value, expected, f"{what} {name}")


@rule("CON-20")
@at_most(SOME)
@given(call=receivers())
@example(call=OverrideRecipe(template=FULL))
def test_repr_anywhere(impl: Adapter, call: OverrideRecipe) -> None:
    """Wherever a template is printed, it prints the same."""
    check_same_anywhere(impl, "repr(task)", partial(repr, receiver_of(impl, call)))


@rule("EQ-01")
@at_most(SOME)
@given(call=receivers())
@example(call=OverrideRecipe(template=FULL))
def test_equality_anywhere(impl: Adapter, call: OverrideRecipe) -> None:
    """Wherever templates are compared, one equals itself and its override() without arguments."""
    template = receiver_of(impl, call)
    check_same_anywhere(impl, "task == task", lambda: template == template)  # noqa: PLR0124 - `==` of one object
    check_same_anywhere(impl, "task == task.override()", lambda: template == template.override())


@rule("JSN-02")
@at_most(SOME)
@given(call=receivers())
@example(call=OverrideRecipe(template=FULL))
def test_schema_anywhere(impl: Adapter, call: OverrideRecipe) -> None:
    """Wherever the schema of a template is read, it is the same."""
    template = receiver_of(impl, call)
    check_same_anywhere(impl, "task.json_schema", lambda: json.dumps(template.json_schema))


def check_copies_anywhere(
    impl: Adapter, origin: str, what: str, act: Callable[[Any], Any], besides: tuple[str, ...] = ()
) -> None:
    """Check that a copy of a template has its values, wherever the copy is made."""
    template = receiver_of(impl, importable(origin, is_async=False)[0])
    before = snapshot(impl, template)
    for name, place in anywhere(impl).items():
        outcome = place(partial(act, template))
        check(outcome.error is None, f"{what} {name} {outcome}, expected a template")
        check_unchanged(before.differences(outcome.value, besides=besides), f"{what} {name}")


FEW_ORIGINS = st.sampled_from(["constructor", "decorator", "subclass"])
"""Origins of which each is tried."""


@rule("PKL-01")
@at_most(3)
@given(origin=FEW_ORIGINS)
@example(origin="decorator")
def test_pickle_anywhere(impl: Adapter, origin: str) -> None:
    """Wherever a template is pickled, it keeps its values but the environment."""

    def carried(template: Any) -> Any:
        return pickle.loads(cloudpickle.dumps(template))  # noqa: S301 - our own bytes

    check_copies_anywhere(impl, origin, "a pickle", carried, ("parent_env", "func"))


@rule("PKL-03")
@at_most(3)
@given(origin=FEW_ORIGINS)
@example(origin="decorator")
def test_copy_anywhere(impl: Adapter, origin: str) -> None:
    """Wherever a template is copied, it keeps its values."""
    check_copies_anywhere(impl, origin, "copy.copy(task)", copy.copy)


@rule("PKL-04")
@at_most(3)
@given(origin=FEW_ORIGINS)
@example(origin="decorator")
def test_deepcopy_anywhere(impl: Adapter, origin: str) -> None:
    """Wherever a template is copied deeply, it keeps its values."""
    check_copies_anywhere(impl, origin, "copy.deepcopy(task)", copy.deepcopy)


@rule("ENV-03")
@at_most(4)
@given(is_async=st.booleans())
@example(is_async=False)
def test_declaration_anywhere(impl: Adapter, *, is_async: bool) -> None:
    """Wherever an environment is made and a task declared in it, the task has the environment's settings."""
    template = importable("decorator", is_async=is_async)[0]
    expected = snapshot(impl, receiver_of(impl, template))
    for name, place in anywhere(impl).items():
        outcome = place(partial(receiver_of, impl, template))
        check(outcome.error is None, f"declaring a task {name} {outcome}, expected a template")
        own = ("name", "parent_env", "parent_env_name", "interface")
        check_unchanged(expected.differences(outcome.value, besides=own), f"a task that was declared {name}")
