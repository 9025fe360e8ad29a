"""Rules EXE on sync bodies: off the event loop, on a thread of their own that ends, and never a hang."""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.calls import (
    ASYNC_CALL,
    BASE_EXCEPTIONS,
    SYNC_CALL,
    SYNC_KWARGS_CALL,
    CallRecipe,
    bare_calls,
    context_data,
    results,
    task_calls,
)
from conformance.contracts.task_template.strategies.recipes import FunctionRecipe, ParameterRecipe, derived_class
from conformance.contracts.task_template.suite.doubles import (
    Body,
    Controller,
    Outcome,
    Trail,
    awaited,
    check_values,
    hooked,
    in_task,
    made_from,
    needs_bodies_here,
    on_a_thread,
    outcome_of,
)
from conformance.contracts.task_template.suite.readings import hook
from conformance.engine.properties import at_most, calling, check, check_equal, check_same, run_async
from conformance.engine.rules import rule

HANDSHAKE_SECONDS = 0.5
"""How long a sync body waits for the event loop before it gives up: only a blocked loop takes so long."""

HANG_SECONDS = 1.5
"""How long execute may take if the body raises at once, before it counts as a hang."""

SETTLE_SECONDS = 2.0
"""How long threads may take to end after their bodies did."""

FEW = 5
"""Examples at most: each runs sync bodies, for which an implementation may start threads that never end."""


def in_context(impl: Adapter, make: Callable[[], Awaitable[Any]], controller: object | None = None) -> Any:
    """Return what an awaitable gives within a task context; an exception of the implementation is a deviation."""

    async def scenario() -> Any:
        with in_task(impl, controller):
            return await make()

    with calling("await task.execute()"):
        return run_async(scenario)


@rule("EXE-10")
@at_most(FEW)
@given(call=bare_calls(is_async=False))
@example(call=SYNC_CALL)
def test_sync_body_runs_off_the_loop(impl: Adapter, call: CallRecipe) -> None:
    """The body runs on another thread than the loop, a daemon; while it waits, other coroutines go on."""
    needs_bodies_here(impl)
    told = threading.Event()

    def body() -> tuple[int, bool, bool]:
        thread = threading.current_thread()
        return threading.get_ident(), thread.daemon, told.wait(HANDSHAKE_SECONDS)

    template = made_from(impl, call, body)

    async def tell() -> None:
        told.set()

    async def both() -> Any:
        found, _ = await asyncio.gather(template.execute(), tell())
        return found

    thread, is_daemon, went_on = in_context(impl, both)

    check(thread != threading.get_ident(), "execute ran a sync body on the thread of the event loop")
    check(is_daemon, "execute ran a sync body on a thread that is no daemon: a stuck body would keep the process alive")
    check(went_on, f"execute of a sync body blocked the event loop: nothing else ran for {HANDSHAKE_SECONDS} s")


@rule("EXE-10")
@at_most(FEW)
@given(call=bare_calls(is_async=False))
@example(call=SYNC_CALL)
def test_lone_sync_body_runs_off_the_loop(impl: Adapter, call: CallRecipe) -> None:
    """The body runs on another thread than the loop, also where the loop has nothing else to do."""
    needs_bodies_here(impl)
    template = made_from(impl, call, threading.get_ident)
    loop = asyncio.new_event_loop()

    # Not by run_async, which has a task of its own on the loop.
    with in_task(impl), calling("loop.run_until_complete(task.execute())"):
        thread = loop.run_until_complete(template.execute())
    loop.close()

    check(thread != threading.get_ident(), "execute ran a lone sync body on the thread of the event loop")


@rule("EXE-11")
@at_most(FEW)
@given(call=bare_calls(is_async=False), result=results())
@example(call=SYNC_CALL, result=None)
def test_no_loop_in_the_body_thread(impl: Adapter, call: CallRecipe, result: object) -> None:
    """A sync body can start an event loop of its own: none runs in its thread."""
    needs_bodies_here(impl)

    async def inner() -> object:
        await asyncio.sleep(0)
        return result

    def body() -> object:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return asyncio.run(inner())
        return "a loop is running"

    template = made_from(impl, call, body)

    check_same(in_context(impl, template.execute), result, "asyncio.run(...) in a sync body under execute")


@rule("EXE-12")
def test_threads_end(impl: Adapter) -> None:
    """After fifty executes of sync bodies, some of which raise or are cancelled, no other thread is alive."""
    needs_bodies_here(impl)
    good = made_from(impl, SYNC_CALL, Body(result=1))
    bad = made_from(impl, SYNC_CALL, Body(error=ValueError("bad")))
    slow = made_from(impl, SYNC_CALL, lambda: time.sleep(0.01))
    before = set(threading.enumerate())

    async def many() -> None:
        for _ in range(20):
            await good.execute()
            await awaited(bad.execute)
        for _ in range(10):
            running = asyncio.ensure_future(slow.execute())
            await asyncio.sleep(0)
            running.cancel()
            await awaited(lambda: running)  # noqa: B023 - awaited at once

    in_context(impl, many)

    deadline = time.monotonic() + SETTLE_SECONDS
    while (left := set(threading.enumerate()) - before) and time.monotonic() < deadline:
        time.sleep(0.02)
    check(not left, f"50 executes of a sync body left {len(left)} threads alive, expected none")


@rule("EXE-13")
@at_most(FEW)
@given(call=bare_calls(is_async=False), value=results(), data=context_data())
@example(call=SYNC_CALL, value="seen", data={"a": 1})
def test_sync_body_sees_context_variables(
    impl: Adapter, call: CallRecipe, value: object, data: Mapping[str, object]
) -> None:
    """A sync body reads the caller's context variables and task context; what it sets stays with it."""
    needs_bodies_here(impl)
    coming: contextvars.ContextVar[object] = contextvars.ContextVar("coming", default="unset")
    going: contextvars.ContextVar[object] = contextvars.ContextVar("going", default="unset")

    def body() -> tuple[object, object, object]:
        before = going.get()
        going.set(value)
        return coming.get(), before, dict(impl.context_data() or {})

    template = made_from(impl, call, body)

    async def scenario() -> None:
        with in_task(impl, data=data):
            for turn, told in (("first", value), ("second", object())):
                coming.set(told)
                seen, before, task_data = await template.execute()
                what = f"in the sync body of the {turn} execute"
                check_same(seen, told, f"a context variable of the caller, read {what}")
                check_same(before, "unset", f"a context variable that only bodies set, read {what}")
                # A template class of its own may add keys in `pre`; what the context held stays.
                kept = {key: found for key, found in task_data.items() if key in data}
                check_equal(kept, dict(data), f"the data of the task context, read {what}")
                check_same(going.get(), "unset", f"a context variable set {what}, read by the caller")

    with calling("await task.execute()"):
        run_async(scenario)


@rule("EXE-16")
@at_most(FEW)
@given(call=bare_calls(is_async=False))
@example(call=SYNC_CALL)
def test_cancellation_leaves_a_sync_body_alone(impl: Adapter, call: CallRecipe) -> None:
    """A cancelled execute of a sync body raises CancelledError at once; the body runs to its end."""
    needs_bodies_here(impl)
    started, told, ended = threading.Event(), threading.Event(), threading.Event()

    def body() -> None:
        started.set()
        told.wait(HANDSHAKE_SECONDS)
        ended.set()

    template = made_from(impl, call, body)

    async def cancel() -> tuple[Outcome, bool]:
        running = asyncio.ensure_future(template.execute())
        # The body's thread cannot set an event of the loop by itself.
        while not started.is_set() and not running.done():  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        running.cancel()
        outcome = await awaited(lambda: running)
        was_early = not ended.is_set()
        told.set()
        return outcome, was_early

    outcome, was_early = in_context(impl, cancel)

    outcome.check_raised(asyncio.CancelledError, "a cancelled await task.execute() of a sync body")
    check(was_early, "a cancelled await task.execute() waited for its sync body, expected CancelledError at once")
    check(ended.wait(SETTLE_SECONDS), "the sync body did not run to its end after execute was cancelled")


def ending(impl: Adapter, call: CallRecipe, error: BaseException) -> Outcome:
    """Return how execute ends if the sync body raises. A hang is a deviation, and so is a post that runs."""
    trail = Trail()
    template = made_from(impl, call, Body(error=error), template_class=hooked(impl, trail))

    async def scenario() -> Any:
        with in_task(impl):
            return await template.execute()

    # Caught outside the loop, because a GeneratorExit from a future closes the coroutines in the loop silently.
    outcome = outcome_of(lambda: run_async(scenario, timeout_seconds=HANG_SECONDS))
    check("post" not in trail.order, f"execute whose sync body raises {type(error).__name__} ran post, expected not")
    return outcome


class OwnStop(StopIteration):
    """The end of an iterator, as a class of the user's own."""


class OwnEnd(BaseException):
    """An exception of the user's own that `except Exception` does not catch."""


class OwnExit(SystemExit):
    """An end of the program, as a class of the user's own."""


@rule("EXE-17")
@at_most(FEW)
@given(call=bare_calls(is_async=False), value=results(), kind=st.sampled_from([StopIteration, OwnStop]))
@example(call=SYNC_CALL, value=None, kind=StopIteration)
@example(call=SYNC_CALL, value=1, kind=StopIteration)
@example(call=SYNC_CALL, value=1, kind=OwnStop)
def test_stop_iteration_ends_execute(impl: Adapter, call: CallRecipe, value: object, kind: type[StopIteration]) -> None:
    """A sync body that raises StopIteration, as `next(...)` does, ends execute with an exception."""
    needs_bodies_here(impl)
    outcome = ending(impl, call, kind(value))

    check(outcome.error is not None, f"execute whose sync body raises {kind.__name__} {outcome}, expected an exception")


@rule("EXE-18")
@at_most(FEW)
@given(
    call=bare_calls(is_async=False),
    kind=st.sampled_from([*BASE_EXCEPTIONS, asyncio.CancelledError, OwnEnd, OwnExit]),
)
@example(call=SYNC_CALL, kind=OwnEnd)
@example(call=SYNC_CALL, kind=OwnExit)
@example(call=SYNC_CALL, kind=SystemExit)
@example(call=SYNC_CALL, kind=KeyboardInterrupt)
@example(call=SYNC_CALL, kind=GeneratorExit)
@example(call=SYNC_CALL, kind=asyncio.CancelledError)
def test_base_exceptions_end_execute(impl: Adapter, call: CallRecipe, kind: type[BaseException]) -> None:
    """A sync body that raises one of these ends execute with it."""
    needs_bodies_here(impl)
    ending(impl, call, kind("end")).check_raised(kind, f"execute whose sync body raises {kind.__name__}")


@rule("EXE-19")
@at_most(FEW)
@given(is_async=st.booleans(), count=st.integers(2, 5), shared=st.booleans())
@example(is_async=False, count=3, shared=True)
@example(is_async=False, count=12, shared=True)  # more than a pool of threads for few processors
@example(is_async=True, count=3, shared=True)
@example(is_async=True, count=2, shared=False)
def test_concurrent_executes_are_apart(impl: Adapter, count: int, *, is_async: bool, shared: bool) -> None:
    """Executes that meet in their bodies see their own arguments and their own pre's data, in the body and in post."""
    needs_bodies_here(impl)
    call = CallRecipe(
        function=FunctionRecipe(parameters=(ParameterRecipe(name="x", annotation=int),), is_async=is_async)
    )
    meet = threading.Barrier(count)
    gathering = asyncio.Barrier(count)
    in_post: dict[int, object] = {}

    def own() -> object:
        data = impl.context_data() or {}
        # Each pre also has a key of its own, so that data of another execute shows.
        keys = [name for name in data if name.startswith("of ")]
        return data.get("own") if keys == [f"of {data.get('own')}"] else data

    def body(x: int) -> tuple[int, object]:
        meet.wait(HANDSHAKE_SECONDS * 2)
        return x, own()

    async def async_body(x: int) -> tuple[int, object]:
        await gathering.wait()
        return x, own()

    def pre(x: int) -> dict[str, int]:
        return {"own": x, f"of {x}": x}

    def post(return_vals: Any) -> Any:
        in_post[return_vals[0]] = own()
        return return_vals

    acts = {"pre": pre, "post": post}
    members = {name: hook(impl, name, act, yields=True) for name, act in acts.items()}
    hooks = derived_class(impl.template, "Hooked", **members)
    made = [
        made_from(impl, call, async_body if is_async else body, template_class=hooks)
        for _ in range(1 if shared else count)
    ]

    async def together() -> Any:
        return await asyncio.gather(*(made[number % len(made)].execute(number) for number in range(count)))

    actual = in_context(impl, together)

    what = f"{count} executes of {'one template' if shared else 'templates'} at the same time"
    check_equal(actual, [(number, number) for number in range(count)], f"{what}: (argument, own data) in each body")
    check_equal(in_post, {number: number for number in range(count)}, f"{what}: own data in post, by argument")


@rule("EXE-13")
@at_most(2)
@given(value=results())
@example(value="seen")
def test_sync_body_sees_context_variables_anywhere(impl: Adapter, value: object) -> None:
    """A sync body reads the caller's context variables where the event loop runs on another thread than the first."""
    needs_bodies_here(impl)
    coming: contextvars.ContextVar[object] = contextvars.ContextVar("coming", default="unset")
    template = made_from(impl, SYNC_CALL, coming.get)

    async def scenario() -> Any:
        coming.set(value)
        with in_task(impl):
            return await template.execute()

    outcome = on_a_thread(lambda: run_async(scenario))
    outcome.check_value(value, "a context variable of the caller, read by a sync body; the loop runs on a thread")


@rule("EXE-19")
@at_most(2)
@given(numbers=st.just(range(8)))
def test_executes_on_several_loops_are_apart(impl: Adapter, numbers: range) -> None:
    """Executes on event loops of several threads see their own pre's data."""
    needs_bodies_here(impl)
    call = CallRecipe(function=FunctionRecipe(parameters=(ParameterRecipe(name="x", annotation=int),), is_async=True))

    pre = hook(impl, "pre", lambda x: {"own": x})

    async def body(x: int) -> tuple[int, object]:
        await asyncio.sleep(0)
        return x, (impl.context_data() or {}).get("own")

    template = made_from(impl, call, body, template_class=derived_class(impl.template, "Hooked", pre=pre))
    actual: dict[int, object] = {}

    async def scenario(number: int) -> Outcome:
        with impl.task_context({"own": "nobody's"}):
            return await awaited(lambda: template.execute(number))

    def run(number: int) -> None:
        actual[number] = run_async(lambda: scenario(number)).value

    threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SETTLE_SECONDS)

    check_equal(actual, {number: (number, number) for number in numbers}, "(argument, own data) by thread")


@rule("EXE-22")
@at_most(FEW)
@given(inner=task_calls(is_async=False), outer=bare_calls(is_async=False), result=results())
@example(inner=SYNC_CALL, outer=SYNC_CALL, result=None)
@example(inner=SYNC_KWARGS_CALL, outer=SYNC_CALL, result=0)
def test_nested_call_from_a_sync_body(impl: Adapter, inner: CallRecipe, outer: CallRecipe, result: object) -> None:
    """A sync body calls a sync task as a function: the controller gets the call, and its result is returned."""
    needs_bodies_here(impl)
    unused = Body()
    nested = made_from(impl, inner, unused)
    controller = Controller(result)
    template = made_from(impl, outer, lambda: (nested(*inner.args, **inner.kwargs),))

    actual = in_context(impl, template.execute, controller)

    what = f"{inner.text} in a sync body under execute"
    check_values(actual, (result,), what)
    controller.check_submitted("submit_sync", nested, inner, what)
    unused.check_runs(0, what)


@rule("EXE-22")
@at_most(FEW)
@given(inner=bare_calls(is_async=True), result=results())
@example(inner=ASYNC_CALL, result=None)
def test_nested_call_from_an_async_body(impl: Adapter, inner: CallRecipe, result: object) -> None:
    """An async body awaits an async task: the controller gets the call, and its result is returned."""
    needs_bodies_here(impl)
    unused = Body()
    nested = made_from(impl, inner, unused)
    controller = Controller(result)

    async def body() -> tuple[object]:
        return (await nested(),)

    template = made_from(impl, ASYNC_CALL, body)

    check_values(in_context(impl, template.execute, controller), (result,), "await task() in an async body")
    controller.check_submitted("submit", nested, inner, "await task() in an async body")
    unused.check_runs(0, "await task() in an async body")
