"""Rules EXE: how `execute` runs pre, the body and post inside a task context."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
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
    BASE_EXCEPTIONS,
    CHAINED,
    FULL_ASYNC_CALL,
    FULL_CALL,
    GROUP,
    MANY_CALL,
    MUTABLE_CALL,
    ORIGINS,
    REUSED_CALL,
    SYNC_CALL,
    SYNC_KWARGS_CALL,
    TIMED_CALL,
    CallRecipe,
    bare_calls,
    body_errors,
    context_data,
    results,
    task_calls,
)
from conformance.contracts.task_template.strategies.doubtful import FalsyError
from conformance.contracts.task_template.strategies.origins import OF_DECORATORS, base_of
from conformance.contracts.task_template.strategies.recipes import (
    POSITIONAL_ONLY,
    FunctionRecipe,
    ParameterRecipe,
    derived_class,
    type_of,
)
from conformance.contracts.task_template.suite.doubles import (
    Body,
    Outcome,
    Trail,
    awaited,
    check_arguments,
    check_values,
    details_of,
    hooked,
    in_task,
    made_from,
    needs_bodies_here,
    outcome_of,
)
from conformance.contracts.task_template.suite.readings import coded, hook
from conformance.engine.properties import at_most, calling, check, check_equal, check_same, described, run_async, shown
from conformance.engine.rules import rule

SOME = 12
"""Examples at most, where each runs sync bodies: an implementation may start a thread for each, and keep it."""


def execute(impl: Adapter, template: Any, call: CallRecipe, data: Mapping[str, Any] | None = None) -> Outcome:
    """Return how `await task.execute(...)` ends in a task context with that data."""

    async def scenario() -> Outcome:
        with in_task(impl, data=data):
            return await awaited(lambda: template.execute(*call.args, **call.kwargs))

    # KeyboardInterrupt and SystemExit in a task of its own are raised by the loop.
    ended = outcome_of(lambda: run_async(scenario))
    outcome: Outcome = ended if ended.error else ended.value
    return outcome


def noting(trail: Trail, call: CallRecipe, act: Callable[[], Any]) -> Callable[..., Any]:
    """Return a body that leaves a step with its values on the trail, then acts; async for an async call."""

    def body(*values: Any) -> Any:
        trail.note("body", values)
        return act()

    async def async_body(*values: Any) -> Any:
        return body(*values)

    return async_body if call.function.is_async else body


@rule("EXE-01")
@given(call=task_calls())
@example(call=SYNC_CALL)
@example(call=ASYNC_CALL)
def test_execute_needs_a_context(impl: Adapter, call: CallRecipe) -> None:
    """Outside a task context, execute raises before pre, the body or post runs; it is a coroutine function."""
    trail = Trail()
    template = made_from(impl, call, noting(trail, call, dict), template_class=hooked(impl, trail))

    check(inspect.iscoroutinefunction(template.execute), "task.execute is no coroutine function")
    outcome = run_async(lambda: awaited(lambda: template.execute(*call.args, **call.kwargs)))

    check(outcome.error is not None, f"outside a task context, execute as {call.text} {outcome}, expected an exception")
    check(not trail.steps, f"outside a task context, execute as {call.text} ran {trail.order}, expected nothing")


@rule("EXE-02")
@given(call=task_calls())
@example(call=SYNC_CALL)
@example(call=ASYNC_CALL)
def test_execute_fails_with_a_typed_error(impl: Adapter, call: CallRecipe) -> None:
    """Outside a task context, what execute raises is an error of the contract, or another one of the same package."""
    template = made_from(impl, call)

    outcome = run_async(lambda: awaited(lambda: template.execute(*call.args, **call.kwargs)))

    typed = (impl.errors.RuntimeSystemError, impl.errors.RuntimeUserError)
    packages = {kind.__module__.partition(".")[0] for kind in typed} - {"builtins"}
    is_own = isinstance(outcome.error, typed) or type(outcome.error).__module__.partition(".")[0] in packages
    what = f"outside a task context, execute as {call.text}"
    check(is_own, f"{what} {outcome}, expected RuntimeSystemError or RuntimeUserError")


@rule("EXE-03")
@at_most(SOME * 2)
@given(call=task_calls(), result=results())
@example(call=SYNC_KWARGS_CALL, result=None)
@example(call=ASYNC_KWARGS_CALL, result=0)
@example(call=TIMED_CALL, result=0)
@example(call=MUTABLE_CALL, result=[1])
@example(call=FULL_CALL, result=[])
@example(call=FULL_ASYNC_CALL, result=[])
@example(call=REUSED_CALL, result=[])
@example(call=ASYNC_TIMED_CALL, result={"a": 1})
@example(call=MANY_CALL, result=0)
@example(call=ASYNC_MANY_CALL, result=0)
def test_pre_body_post(impl: Adapter, call: CallRecipe, result: object) -> None:
    """Each execute runs pre, body and post once, in this order, with the arguments and with the body's result."""
    needs_bodies_here(impl)
    trail = Trail()
    template = made_from(impl, call, noting(trail, call, lambda: result), template_class=hooked(impl, trail))

    for _ in range(2):
        trail.steps.clear()
        outcome = execute(impl, template, call)
        what = f"execute as {call.text}"
        check(outcome.error is None, f"{what} {outcome}, expected a value")
        check_equal(trail.order, ["pre", "body", "post"], f"{what}: what ran")
        check_arguments(trail.of("pre"), call, f"{what}: what pre got")
        check_values(trail.of("body"), call.values, f"{what}: what the body got")
        check_same(trail.of("post"), result, f"{what}: what post got")


@rule("EXE-03")
@at_most(SOME)
@given(call=task_calls(), name=st.sampled_from(["pre", "post"]), result=results())
@example(call=SYNC_KWARGS_CALL, name="pre", result=0)
@example(call=SYNC_KWARGS_CALL, name="post", result=0)
@example(call=ASYNC_KWARGS_CALL, name="pre", result=0)
@example(call=ASYNC_KWARGS_CALL, name="post", result=0)
def test_each_hook_runs_alone(impl: Adapter, call: CallRecipe, name: str, result: object) -> None:
    """A subclass may have one hook only, of its own or from its base: it runs once, with what it is to get."""
    needs_bodies_here(impl)
    trail = Trail()

    def act(*args: Any, **kwargs: Any) -> Any:
        trail.note(name, (args, kwargs))
        return {} if name == "pre" else args[0]

    hooks = derived_class(impl.template, "Hooked", **{name: hook(impl, name, act)})
    for kind in (hooks, derived_class(hooks, "Below")):
        trail.steps.clear()
        template = made_from(impl, call, noting(trail, call, lambda: result), template_class=kind)
        what = f"execute as {call.text} of a class whose only hook is {name}"
        execute(impl, template, call).check_value(result, what)
        check_equal(trail.order, ["pre", "body"] if name == "pre" else ["body", "post"], f"{what}: what ran")
        if name == "pre":
            check_arguments(trail.of("pre"), call, f"{what}: what pre got")
        else:
            check_same(trail.of("post")[0][0], result, f"{what}: what post got")


@rule("EXE-03")
@at_most(SOME)
@given(is_async=st.booleans(), value=results())
@example(is_async=False, value=0)
@example(is_async=True, value=None)
def test_pre_gets_names_as_names(impl: Adapter, value: object, *, is_async: bool) -> None:
    """Arguments passed by name reach pre by name, also where the body takes them by position only (see NIF-13)."""
    needs_bodies_here(impl)
    parameters = (ParameterRecipe(name="x", kind=POSITIONAL_ONLY), ParameterRecipe(name="y"))
    function = FunctionRecipe(parameters=parameters, is_async=is_async)
    call = CallRecipe(function=function, kwargs={"x": value, "y": value})
    trail = Trail()
    template = made_from(impl, call, template_class=hooked(impl, trail))

    execute(impl, template, call)

    check(trail.steps, f"execute as {call.text} did not run pre")
    check_arguments(trail.of("pre"), call, f"execute as {call.text}: what pre got")


@rule("EXE-03")
@at_most(SOME)
@given(call=bare_calls(), result=results())
@example(call=SYNC_CALL, result=None)
@example(call=SYNC_CALL, result=False)
@example(call=ASYNC_CALL, result=0)
@example(call=SYNC_CALL, result=iter([1]))
@example(call=REUSED_CALL, result=[])
@example(call=SYNC_CALL, result=ValueError("a value, not raised"))
def test_execute_gives_the_result(impl: Adapter, call: CallRecipe, result: object) -> None:
    """With the default hooks, execute returns the object that the body returned."""
    needs_bodies_here(impl)
    template = made_from(impl, call, Body(result=result))

    execute(impl, template, call).check_value(result, "await task.execute()")


@rule("EXE-04")
@at_most(SOME)
@given(call=bare_calls(), result=results(), last=results())
@example(call=SYNC_CALL, result=1, last=None)
@example(call=ASYNC_CALL, result=1, last=None)
@example(call=SYNC_CALL, result=1, last=0)
@example(call=ASYNC_CALL, result=None, last=2)
def test_post_has_the_last_word(impl: Adapter, call: CallRecipe, result: object, last: object) -> None:
    """`execute` returns the object that post returned."""
    needs_bodies_here(impl)
    hooks = hooked(impl, Trail(), post=lambda _: last)
    template = made_from(impl, call, Body(result=result), template_class=hooks)

    what = f"execute whose body returns {shown(result)} and whose post returns {shown(last)}"
    execute(impl, template, call).check_value(last, what)


@rule("EXE-04b")
@at_most(SOME)
@given(call=bare_calls(), result=results(), last=results())
@example(call=SYNC_CALL, result=1, last=2)
@example(call=ASYNC_CALL, result=1, last=2)
def test_value_of_post_is_dropped(impl: Adapter, call: CallRecipe, result: object, last: object) -> None:
    """The result of execute is the body's own value, whatever post returns."""
    needs_bodies_here(impl)
    hooks = hooked(impl, Trail(), post=lambda _: last)
    template = made_from(impl, call, Body(result=result), template_class=hooks)

    what = f"execute whose body returns {shown(result)} and whose post returns {shown(last)}"
    execute(impl, template, call).check_value(result, what)


@rule("EXE-05")
@at_most(SOME * 2)
@given(call=bare_calls(), data=context_data(), added=context_data())
@example(call=SYNC_CALL, data={"a": 1, "b": 2}, added={"b": None, "c": 0})
@example(call=ASYNC_CALL, data={"a": 1, "b": 2}, added={"b": None, "c": 0})
@example(call=SYNC_CALL, data={"a": 1}, added={})
@example(call=SYNC_CALL, data={"a": {"b": 1}}, added={"a": {"c": 2}})
@example(call=ASYNC_CALL, data={}, added={"a": 1})
@example(call=ASYNC_CALL, data={}, added=dict.fromkeys("abcdefghijkl", 1))
def test_pre_fills_the_context(
    impl: Adapter, call: CallRecipe, data: dict[str, object], added: dict[str, object]
) -> None:
    """The body and post see the data of the context with this pre's values over it; pre and the caller see it bare."""
    needs_bodies_here(impl)
    seen: dict[str, object] = {}
    given_data, given_added = dict(data), dict(added)
    turns: Mapping[str, dict[str, object]] = {"first": given_added, "second": given_added, "third": {}}
    of_pre: list[dict[str, object]] = []

    def look(place: str, value: Any = None) -> Any:
        seen[place] = dict(impl.context_data() or {})
        return value

    def pre() -> dict[str, object]:
        look("pre")
        return of_pre[-1]

    hooks = hooked(impl, Trail(), pre=pre, post=lambda value: look("post", value))
    template = made_from(impl, call, noting(Trail(), call, lambda: look("body")), template_class=hooks)

    async def scenario() -> None:
        with in_task(impl, data=given_data):
            for turn, own in turns.items():
                of_pre.append(own)
                merged = {**data, **own}
                with calling(f"the {turn} execute"):
                    await template.execute()
                look("after")
                for place, expected in {"pre": data, "body": merged, "post": merged, "after": data}.items():
                    what = f"the {turn} execute with pre returning {shown(own)}: the context's data, seen in {place}"
                    check_data(seen.pop(place, None), expected, what)

    run_async(scenario)
    check_data(given_added, added, "the dictionary that pre returned, after execute")
    check_data(given_data, data, "the data of the caller's context, after execute")


def check_data(actual: object, expected: Mapping[str, object], what: str) -> None:
    """Check that a dictionary has these keys, with these objects as values."""
    check(
        isinstance(actual, dict) and set(actual) == set(expected),
        f"{what}: expected {shown(expected)}, got {shown(actual)}",
    )
    for key, value in expected.items():
        check_same(actual[key] if isinstance(actual, dict) else None, value, f"{what}: {key!r}")


@rule("EXE-05", "EXE-06")
@at_most(SOME)
@given(outer=bare_calls(is_async=True), inner=bare_calls())
@example(outer=ASYNC_CALL, inner=SYNC_CALL)
@example(outer=ASYNC_CALL, inner=ASYNC_CALL)
def test_nested_executes(impl: Adapter, outer: CallRecipe, inner: CallRecipe) -> None:
    """An execute within a body sees the data of both, and the body's own data is back when it ends."""
    needs_bodies_here(impl)
    seen: dict[str, object] = {}

    def look(place: str) -> None:
        seen[place] = dict(impl.context_data() or {})

    inner_hooks = hooked(impl, Trail(), pre=lambda: {"inner": 1, "both": "inner"})
    nested = made_from(impl, inner, noting(Trail(), inner, lambda: look("inner body")), template_class=inner_hooks)

    async def body() -> None:
        look("before")
        await nested.execute()
        look("after")

    outer_hooks = hooked(impl, Trail(), pre=lambda: {"outer": 1, "both": "outer"})
    template = made_from(impl, outer, body, template_class=outer_hooks)

    outcome = execute(impl, template, outer, {"data": 1})
    check(outcome.error is None, f"execute of a task whose body executes another one {outcome}, expected a value")
    own = {"data": 1, "outer": 1, "both": "outer"}
    expected = {"before": own, "inner body": {**own, "inner": 1, "both": "inner"}, "after": own}
    check_equal(seen, expected, "the context's data, seen in the outer body, in the inner one and after it")


@rule("EXE-06")
@at_most(SOME * 2)
@given(
    call=bare_calls(),
    data=context_data(),
    failing=st.sampled_from(["nothing", "pre", "body", "post"]),
    kind=st.sampled_from([ValueError, KeyboardInterrupt, asyncio.CancelledError]),
)
@example(call=SYNC_CALL, data={"a": 1}, failing="nothing", kind=ValueError)
@example(call=ASYNC_CALL, data={"a": 1}, failing="nothing", kind=ValueError)
@example(call=SYNC_CALL, data={"a": 1}, failing="body", kind=ValueError)
@example(call=ASYNC_CALL, data={"a": 1}, failing="body", kind=ValueError)
@example(call=ASYNC_CALL, data={"a": 1}, failing="body", kind=KeyboardInterrupt)
@example(call=ASYNC_CALL, data={"a": 1}, failing="body", kind=asyncio.CancelledError)
@example(call=SYNC_CALL, data={}, failing="post", kind=ValueError)
@example(call=SYNC_CALL, data={}, failing="post", kind=asyncio.CancelledError)
@example(call=ASYNC_CALL, data={}, failing="pre", kind=ValueError)
def test_execute_restores_the_context(
    impl: Adapter, call: CallRecipe, data: dict[str, object], failing: str, kind: type[BaseException]
) -> None:
    """Whatever fails, the caller's task context holds after execute what it held before."""
    needs_bodies_here(impl)
    if failing == "body" and not call.function.is_async:
        kind = ValueError  # EXE-18 is about the others
    error = kind(failing)

    def act(place: str, value: Any = None) -> Any:
        if place == failing:
            raise error
        return value

    hooks = hooked(impl, Trail(), pre=lambda: act("pre", {"added": 1}), post=lambda value: act("post", value))
    template = made_from(impl, call, noting(Trail(), call, lambda: act("body")), template_class=hooks)
    seen: list[dict[str, object] | None] = []

    def look() -> None:
        now = impl.context_data()
        seen.append(None if now is None else dict(now))

    async def scenario() -> None:
        look()
        with in_task(impl, data=data):
            look()
            # In this coroutine, because a task would have a context of its own.
            outcome = await awaited(template.execute)
            look()
        look()
        expected = None if failing == "nothing" else error
        check(outcome.error is expected, f"execute whose {failing} fails {outcome}")

    run_async(scenario)
    before, inside, after, outside = seen
    check_equal(after, inside, f"the data of the task context after an execute whose {failing} fails")
    check_equal(outside, before, "the data of the task context after it was left")


@rule("EXE-07")
@at_most(SOME * 2)
@given(call=task_calls(), error=body_errors() | st.builds(KeyboardInterrupt, st.just("async only")))
@example(call=SYNC_CALL, error=ValueError())
@example(call=SYNC_CALL, error=CHAINED)
@example(call=SYNC_CALL, error=GROUP)
@example(call=ASYNC_CALL, error=OSError(2, "m"))
@example(call=SYNC_KWARGS_CALL, error=TypeError("m"))
@example(call=ASYNC_CALL, error=ValueError())
@example(call=ASYNC_CALL, error=KeyboardInterrupt())
@example(call=SYNC_CALL, error=KeyError("k"))
@example(call=ASYNC_CALL, error=IndexError())
@example(call=ASYNC_CALL, error=StopAsyncIteration())
@example(call=SYNC_CALL, error=FalsyError())
@example(call=ASYNC_CALL, error=FalsyError())
def test_body_error_skips_post(impl: Adapter, call: CallRecipe, error: BaseException) -> None:
    """`execute` raises the body's own exception object, unchanged, and post does not run."""
    needs_bodies_here(impl)
    if not isinstance(error, Exception) and not call.function.is_async:
        return  # EXE-18 is about these
    before = details_of(error)
    trail = Trail()
    body = noting(trail, call, Body(error=error))
    template = made_from(impl, call, body, template_class=hooked(impl, trail))

    for _ in range(2):
        trail.steps.clear()
        what = f"execute whose body raises {described(error)}"
        execute(impl, template, call).check_error(error, what)
        check_equal(trail.order, ["pre", "body"], f"{what}: what ran")
        before.check_intact(what)


@rule("EXE-07")
@at_most(SOME)
@given(call=bare_calls())
@example(call=SYNC_CALL)
@example(call=ASYNC_CALL)
def test_execute_lets_runtime_errors_out(impl: Adapter, call: CallRecipe) -> None:
    """The errors of the contract come out of execute as the same objects, too."""
    needs_bodies_here(impl)
    for name in ("RuntimeUserError", "RuntimeSystemError"):
        error = coded(impl, name)
        template = made_from(impl, call, Body(error=error))
        execute(impl, template, call).check_error(error, f"execute whose body raises {name}")


@rule("EXE-08")
@at_most(SOME * 2)
@given(
    call=bare_calls(),
    failing=st.sampled_from(["pre", "post"]),
    error=body_errors() | st.sampled_from(BASE_EXCEPTIONS).map(lambda kind: kind("end")),
)
@example(call=SYNC_CALL, failing="pre", error=ValueError())
@example(call=SYNC_CALL, failing="post", error=ValueError())
@example(call=ASYNC_CALL, failing="pre", error=ValueError())
@example(call=ASYNC_CALL, failing="post", error=ValueError())
@example(call=SYNC_CALL, failing="pre", error=KeyError("k"))
@example(call=SYNC_CALL, failing="post", error=KeyError("k"))
@example(call=ASYNC_CALL, failing="pre", error=OSError(2, "m"))
def test_hook_errors_come_out(impl: Adapter, call: CallRecipe, failing: str, error: BaseException) -> None:
    """`execute` raises an exception object of pre or post unchanged; after one of pre nothing else runs."""
    needs_bodies_here(impl)
    trail = Trail()

    def fail(_: Any = None) -> Any:
        raise error

    hooks = hooked(impl, trail, pre=fail) if failing == "pre" else hooked(impl, trail, post=fail)
    template = made_from(impl, call, noting(trail, call, dict), template_class=hooks)

    what = f"execute whose {failing} raises {described(error)}"
    execute(impl, template, call).check_error(error, what)
    check_equal(trail.order, ["pre"] if failing == "pre" else ["pre", "body", "post"], f"{what}: what ran")


@rule("EXE-09")
@at_most(SOME)
@given(call=bare_calls(), data=context_data())
@example(call=SYNC_CALL, data={"a": 1})
@example(call=ASYNC_CALL, data={})
def test_pre_may_return_none(impl: Adapter, call: CallRecipe, data: dict[str, object]) -> None:
    """With a pre that returns None, the body sees the data of the context as it was."""
    needs_bodies_here(impl)
    seen: list[object] = []
    hooks = hooked(impl, Trail(), pre=lambda: None)
    look = noting(Trail(), call, lambda: seen.append(dict(impl.context_data() or {})))
    template = made_from(impl, call, look, template_class=hooks)

    outcome = execute(impl, template, call, data)

    check(outcome.error is None, f"execute whose pre returns None {outcome}, expected a value")
    check_data(seen[0], data, "the context's data, seen in the body after a pre that returned None")


@rule("EXE-14")
@given(value=results(), origin=st.sampled_from(ORIGINS))
@example(value="seen", origin="constructor")
def test_async_body_shares_the_context(impl: Adapter, value: object, origin: str) -> None:
    """A context variable that an async body sets is set for the caller afterwards."""
    needs_bodies_here(impl)
    variable: contextvars.ContextVar[object] = contextvars.ContextVar("variable", default="unset")
    call = CallRecipe(function=FunctionRecipe(is_async=True), origin=origin)

    async def body() -> None:
        variable.set(value)

    template = made_from(impl, call, body)

    async def scenario() -> object:
        with in_task(impl):
            await template.execute()
        return variable.get()

    check_same(run_async(scenario), value, "a context variable set in an async body, read by the caller of execute")


@rule("EXE-15")
@at_most(SOME)
@given(call=bare_calls(is_async=True), data=context_data())
@example(call=ASYNC_CALL, data={"a": 1})
def test_cancellation_reaches_an_async_body(impl: Adapter, call: CallRecipe, data: dict[str, object]) -> None:
    """A cancelled execute raises CancelledError in the body, which may tidy up, and at the awaiter; post is out."""
    needs_bodies_here(impl)
    trail = Trail()

    async def body() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)  # tidying up may take its time
            trail.note("cancelled")
            raise

    template = made_from(impl, call, body, template_class=hooked(impl, trail, pre=lambda: {"added": 1}))
    seen: list[dict[str, object]] = []

    ended: list[Outcome] = []

    async def run() -> None:
        with in_task(impl, data=data):
            ended.append(await awaited(template.execute))
            seen.append(dict(impl.context_data() or {}))

    async def scenario(waiting: Callable[..., Any]) -> Outcome:
        running = waiting(run())
        for _ in range(5):
            await asyncio.sleep(0)
        running.cancel()
        await awaited(lambda: running)  # a gather raises by itself
        return ended[-1]

    for waiting in (asyncio.ensure_future, asyncio.gather):
        outcome = run_async(partial(scenario, waiting))
        outcome.check_raised(asyncio.CancelledError, f"await task.execute(), cancelled in {waiting.__name__}")
    check_equal(trail.order, ["pre", "cancelled"] * 2, "what ran of two cancelled executes")
    for after in seen:
        check_data(after, data, "the context's data after a cancelled execute")


@rule("EXE-15")
@at_most(SOME)
@given(call=bare_calls(is_async=True), result=results())
@example(call=ASYNC_CALL, result=None)
def test_async_body_may_refuse_cancellation(impl: Adapter, call: CallRecipe, result: object) -> None:
    """A body that catches its cancellation and returns makes execute return: it was the body's to answer."""
    needs_bodies_here(impl)
    trail = Trail()

    async def body() -> object:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            trail.note("cancelled")
        return result

    template = made_from(impl, call, body, template_class=hooked(impl, trail))

    async def run() -> Outcome:
        with in_task(impl):
            return await awaited(template.execute)

    async def scenario() -> Outcome:
        running = asyncio.ensure_future(run())
        for _ in range(5):
            await asyncio.sleep(0)
        running.cancel()
        return await running

    run_async(scenario).check_value(result, "execute of a body that catches its cancellation")
    check_equal(trail.order, ["pre", "cancelled", "post"], "what ran of it")


@rule("EXE-20")
@at_most(SOME)
@given(call=bare_calls(is_async=True), result=results())
@example(call=ASYNC_CALL, result=None)
@example(call=ASYNC_CALL, result=1)
def test_async_callable_is_awaited(impl: Adapter, call: CallRecipe, result: object) -> None:
    """`execute` awaits a callable object with an async __call__, and returns its result."""
    needs_bodies_here(impl)
    ended: list[str] = []

    async def body() -> object:
        await asyncio.sleep(0)
        ended.append("body")
        return result

    if base_of(call.origin) in OF_DECORATORS:  # a decorator may ask for the name of its function
        call = replace(call, origin="constructor")
    template = made_from(impl, replace(call, shape="async object"), body)

    outcome = execute(impl, template, call)
    if inspect.iscoroutine(outcome.value):
        outcome.value.close()
        check(False, "execute of an object with an async __call__ returned its coroutine, expected its result")
    outcome.check_value(result, "execute of an object with an async __call__")
    check_equal(ended, ["body"], "the bodies that ran to their end")


@rule("EXE-20")
@at_most(SOME)
@given(call=task_calls(is_async=True), error=body_errors())
@example(call=ASYNC_KWARGS_CALL, error=ValueError("m"))
def test_async_callable_gets_arguments(impl: Adapter, call: CallRecipe, error: Exception) -> None:
    """An object with an async __call__ gets the arguments, and its exception comes out of execute unchanged."""
    needs_bodies_here(impl)
    if base_of(call.origin) in OF_DECORATORS:
        call = replace(call, origin="constructor")
    body = Body(error=error)
    template = made_from(impl, replace(call, shape="async object"), body)

    execute(impl, template, call).check_error(error, f"execute as {call.text} of an object with an async __call__")
    check_values(body.runs[-1], call.values, f"execute as {call.text}: what the object got")


async def given_by(hook: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return what a hook gives, awaited if it can be: the contract does not say that hooks are coroutine functions."""
    value = hook(*args, **kwargs)
    return await value if inspect.isawaitable(value) else value


@rule("EXE-21")
@given(call=task_calls(), value=results())
@example(call=SYNC_CALL, value=None)
@example(call=SYNC_KWARGS_CALL, value=0)
def test_base_template_hooks(impl: Adapter, call: CallRecipe, value: object) -> None:
    """The base template knows neither execute nor forward; its pre gives an empty dictionary, its post the argument."""
    with calling("TaskTemplate(name=..., interface=...)"):
        base = type_of(impl, "TaskTemplate")(name="base", interface=impl.interface_of(call.function.define()))

    for name, outcome in {
        "execute": execute(impl, base, call),
        "forward": outcome_of(lambda: base.forward(*call.args, **call.kwargs)),
    }.items():
        outcome.check_raised(NotImplementedError, f"{name} of the base template")
    outside = outcome_of(lambda: run_async(lambda: base.execute(*call.args, **call.kwargs)))
    outside.check_raised(NotImplementedError, "execute of the base template outside a task context")
    for _ in range(2):
        actual = run_async(lambda: awaited(lambda: given_by(base.pre, *call.args, **call.kwargs)))
        check(
            actual.error is None and actual.value == {},
            f"pre of the base template {actual}, expected an empty dictionary",
        )
        actual.value["changed"] = "by the caller"
        run_async(lambda: awaited(lambda: given_by(base.post, value))).check_value(value, "post of the base template")


@rule("EXE-21")
@given(call=task_calls(), value=results())
@example(call=SYNC_CALL, value=None)
@example(call=ASYNC_KWARGS_CALL, value=0)
def test_function_template_inherits_the_hooks(impl: Adapter, call: CallRecipe, value: object) -> None:
    """The function template has the hooks of the base one: pre gives an empty dictionary, post the argument.

    A class that was swapped in may have hooks of its own: those are what it is for, and not judged.
    """
    template = made_from(impl, call)
    plain = type_of(impl, "AsyncFunctionTaskTemplate")

    if impl.template.pre is plain.pre:
        actual = run_async(lambda: awaited(lambda: given_by(template.pre, *call.args, **call.kwargs)))
        check(
            actual.error is None and actual.value == {},
            f"task.pre as {call.text} {actual}, expected an empty dictionary",
        )
    if impl.template.post is plain.post:
        run_async(lambda: awaited(lambda: given_by(template.post, value))).check_value(value, "task.post")
