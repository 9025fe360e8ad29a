"""Wrong in execute: the order of pre, body and post, data, exceptions, cancellation."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.mutants.form import mutant
from reference_impl.errors import NotInTaskContextError, RuntimeUserError
from reference_impl.extend import AsyncFunctionTaskTemplate, TaskTemplate
from reference_impl.local.records import TaskContext, ctx
from reference_impl.task import context as context_module
from reference_impl.task import function_task, threads
from reference_impl.task.context import current, inside


async def body_of(self: Any, args: Any, kwargs: Any) -> Any:
    """Run the function as the reference does."""
    positional, named = function_task._as_function_takes(self.func, args, kwargs)
    if function_task.is_async(self.func):
        return await self.func(*positional, **named)
    return await threads.run_in_thread(self.func, *positional, **named)


def around(data: Any) -> Any:
    """Enter the task context with further data."""
    context = current()
    if context.task_context is None:
        raise NotInTaskContextError("NotInTaskContext", "no task")
    return inside(replace(context, task_context=context.task_context.replace(data=data)))


def _enter_for_good(data: Any) -> None:
    """Enter the task context with further data, and never leave it."""
    context = current()
    if context.task_context is not None:
        context_module._CURRENT.set(replace(context, task_context=context.task_context.replace(data=data)))


def executed(steps: Callable[[Any, Any, Any], Any]) -> Callable[[Any], Any]:
    """Return the replacement of execute by other steps, after a look at the context."""

    def replacement(_: Any) -> Any:
        async def execute(self: Any, *args: Any, **kwargs: Any) -> Any:
            if current().task_context is None:
                raise NotInTaskContextError("NotInTaskContext", "no task")
            return await steps(self, args, kwargs)

        return execute

    return replacement


EXECUTE = (AsyncFunctionTaskTemplate, "execute")

# ---- order, arguments, results ----


@mutant(*EXECUTE, "EXE-03")
def pre_is_not_run(_: Any) -> Any:
    """execute does not run pre."""

    async def steps(self: Any, args: Any, kwargs: Any) -> Any:
        with around({}):
            return await self.post(await body_of(self, args, kwargs))

    return executed(steps)(_)


@mutant(*EXECUTE, "EXE-03")
def post_is_not_run(_: Any) -> Any:
    """execute does not run post."""

    async def steps(self: Any, args: Any, kwargs: Any) -> Any:
        with around(await self.pre(*args, **kwargs)):
            return await body_of(self, args, kwargs)

    return executed(steps)(_)


@mutant(*EXECUTE, "EXE-03")
def post_is_not_run_for_none(_: Any) -> Any:
    """execute does not run post when the body returns None."""

    async def steps(self: Any, args: Any, kwargs: Any) -> Any:
        with around(await self.pre(*args, **kwargs)):
            value = await body_of(self, args, kwargs)
            return None if value is None else await self.post(value)

    return executed(steps)(_)


@mutant(*EXECUTE, "EXE-03")
def pre_is_run_twice(_: Any) -> Any:
    """execute runs pre twice for a sync body."""

    async def steps(self: Any, args: Any, kwargs: Any) -> Any:
        data = await self.pre(*args, **kwargs)
        if self._call_as_synchronous:
            data = await self.pre(*args, **kwargs)
        with around(data):
            return await self.post(await body_of(self, args, kwargs))

    return executed(steps)(_)


@mutant(*EXECUTE, "EXE-03")
def pre_gets_no_keywords(_: Any) -> Any:
    """pre gets positional arguments only."""

    async def steps(self: Any, args: Any, kwargs: Any) -> Any:
        with around(await self.pre(*args)):
            return await self.post(await body_of(self, args, kwargs))

    return executed(steps)(_)


@mutant(*EXECUTE, "EXE-03")
def body_gets_no_keywords(_: Any) -> Any:
    """A sync body under execute gets no keyword arguments if there are positional ones."""

    async def steps(self: Any, args: Any, kwargs: Any) -> Any:
        with around(await self.pre(*args, **kwargs)):
            return await self.post(await body_of(self, args, {} if args else kwargs))

    return executed(steps)(_)


@mutant(*EXECUTE, "EXE-03")
def body_runs_beside_pre(_: Any) -> Any:
    """execute runs the async body before pre."""

    async def steps(self: Any, args: Any, kwargs: Any) -> Any:
        value = await body_of(self, args, kwargs) if function_task.is_async(self.func) else None
        with around(await self.pre(*args, **kwargs)):
            if not function_task.is_async(self.func):
                value = await body_of(self, args, kwargs)
            return await self.post(value)

    return executed(steps)(_)


@mutant(*EXECUTE, "EXE-04")
def value_of_post_is_dropped(_: Any) -> Any:
    """execute returns what the body returned."""

    async def steps(self: Any, args: Any, kwargs: Any) -> Any:
        with around(await self.pre(*args, **kwargs)):
            value = await body_of(self, args, kwargs)
            await self.post(value)
            return value

    return executed(steps)(_)


@mutant(*EXECUTE, "EXE-04")
def falsy_value_of_post_is_dropped(_: Any) -> Any:
    """execute returns what the body returned when post returns something falsy."""

    async def steps(self: Any, args: Any, kwargs: Any) -> Any:
        with around(await self.pre(*args, **kwargs)):
            value = await body_of(self, args, kwargs)
            return await self.post(value) or value

    return executed(steps)(_)


@mutant(*EXECUTE, "EXE-04")
def none_of_post_is_dropped(_: Any) -> Any:
    """execute returns what the body returned when post returns None."""

    async def steps(self: Any, args: Any, kwargs: Any) -> Any:
        with around(await self.pre(*args, **kwargs)):
            value = await body_of(self, args, kwargs)
            answer = await self.post(value)
            return value if answer is None else answer

    return executed(steps)(_)


@mutant(*EXECUTE, "EXE-03")
def result_is_not_awaited(_: Any) -> Any:
    """execute gives post the coroutine of an async body."""

    async def steps(self: Any, args: Any, kwargs: Any) -> Any:
        with around(await self.pre(*args, **kwargs)):
            if function_task.is_async(self.func):
                return await self.post(self.func(*args, **kwargs))
            return await self.post(await body_of(self, args, kwargs))

    return executed(steps)(_)


@mutant(*EXECUTE, "EXE-01")
def execute_is_no_coroutine_function(execute: Any) -> Any:
    """execute is a plain function that returns a coroutine."""
    return lambda self, *args, **kwargs: execute(self, *args, **kwargs)  # noqa: PLW0108 - a plain function is the point


@mutant(*EXECUTE, "EXE-01")
def execute_needs_no_context(execute: Any) -> Any:
    """execute outside a context runs the function."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if current().task_context is None:
            return await body_of(self, args, kwargs)
        return await execute(self, *args, **kwargs)

    return broken


@mutant(*EXECUTE, "EXE-01")
def execute_runs_pre_before_it_looks(execute: Any) -> Any:
    """execute outside a context runs pre, then fails."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if current().task_context is None:
            await self.pre(*args, **kwargs)
        return await execute(self, *args, **kwargs)

    return broken


@mutant(*EXECUTE, "EXE-02")
def missing_context_is_an_assertion(execute: Any) -> Any:
    """execute outside a context raises AssertionError."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if current().task_context is None:
            raise AssertionError("no task context")
        return await execute(self, *args, **kwargs)

    return broken


# ---- data ----


@mutant(TaskContext, "replace", "EXE-05")
def data_of_pre_replaces(replace_: Any) -> Any:
    """The dict of pre takes the place of the context's data."""

    def broken(self: Any, **changes: Any) -> Any:
        result = replace_(self, **changes)
        if changes.get("data"):
            object.__setattr__(result, "data", dict(changes["data"]))
        return result

    return broken


@mutant(TaskContext, "replace", "EXE-05")
def data_of_context_wins(replace_: Any) -> Any:
    """The context's data win over the dict of pre."""

    def broken(self: Any, **changes: Any) -> Any:
        if changes.get("data"):
            changes["data"] = {**changes["data"], **self.data}
        return replace_(self, **changes)

    return broken


@mutant(TaskContext, "replace", "EXE-05")
def falsy_data_are_dropped(replace_: Any) -> Any:
    """Falsy values in the dict of pre are dropped."""

    def broken(self: Any, **changes: Any) -> Any:
        if changes.get("data"):
            changes["data"] = {name: value for name, value in changes["data"].items() if value}
        return replace_(self, **changes)

    return broken


@mutant(*EXECUTE, "EXE-05")
def data_are_not_seen_by_post(_: Any) -> Any:
    """post does not see the dict of pre."""

    async def steps(self: Any, args: Any, kwargs: Any) -> Any:
        with around(await self.pre(*args, **kwargs)):
            value = await body_of(self, args, kwargs)
        return await self.post(value)

    return executed(steps)(_)


@mutant(*EXECUTE, "EXE-05")
def data_are_not_seen_by_sync_bodies(_: Any) -> Any:
    """A sync body does not see the dict of pre."""

    async def steps(self: Any, args: Any, kwargs: Any) -> Any:
        data = await self.pre(*args, **kwargs)
        if self._call_as_synchronous:
            value = await body_of(self, args, kwargs)
            with around(data):
                return await self.post(value)
        with around(data):
            return await self.post(await body_of(self, args, kwargs))

    return executed(steps)(_)


@mutant(*EXECUTE, "EXE-06", "EXE-05")
def context_stays_changed(_: Any) -> Any:
    """After execute the caller's context holds the data of pre."""

    async def steps(self: Any, args: Any, kwargs: Any) -> Any:
        _enter_for_good(await self.pre(*args, **kwargs))
        return await self.post(await body_of(self, args, kwargs))

    return executed(steps)(_)


@mutant(*EXECUTE, "EXE-06")
def context_stays_changed_after_an_error(execute: Any) -> Any:
    """After an execute that raises, the caller's context holds the data of pre."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        seen: list[Any] = []
        pre = self.pre

        async def spied(*args: Any, **kwargs: Any) -> Any:
            seen.append(await pre(*args, **kwargs))
            return seen[-1]

        vars(self)["pre"] = spied
        try:
            return await execute(self, *args, **kwargs)
        except Exception:
            if seen:
                _enter_for_good(seen[-1])
            raise
        finally:
            del vars(self)["pre"]

    return broken


@mutant(*EXECUTE, "EXE-19")
def data_are_shared_between_executes(_: Any) -> Any:
    """Executes that run at the same time share one dict of data."""
    shared: dict[str, Any] = {}

    async def steps(self: Any, args: Any, kwargs: Any) -> Any:
        shared.update(await self.pre(*args, **kwargs) or {})
        with around({}):
            task_context: Any = ctx()
            object.__setattr__(task_context, "data", {**task_context.data, **shared})
            return await self.post(await body_of(self, args, kwargs))

    return executed(steps)(_)


@mutant(*EXECUTE, "EXE-19")
def data_live_on_the_template(_: Any) -> Any:
    """The data of pre are kept on the template until the body starts."""

    async def steps(self: Any, args: Any, kwargs: Any) -> Any:
        vars(self)["_data"] = await self.pre(*args, **kwargs)
        await asyncio.sleep(0)
        with around(vars(self)["_data"]):
            return await self.post(await body_of(self, args, kwargs))

    return executed(steps)(_)


# ---- exceptions ----


@mutant(*EXECUTE, "EXE-07")
def execute_wraps_exceptions(execute: Any) -> Any:
    """execute wraps exceptions as a call does."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await execute(self, *args, **kwargs)
        except Exception as error:
            raise RuntimeUserError(type(error).__name__, str(error)) from error

    return broken


@mutant(*EXECUTE, "EXE-07")
def execute_returns_none_on_errors(execute: Any) -> Any:
    """execute returns None when the body raises LookupError."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await execute(self, *args, **kwargs)
        except LookupError:
            return None

    return broken


@mutant(*EXECUTE, "EXE-07")
def post_is_run_after_errors(_: Any) -> Any:
    """post is run with None when the body raises."""

    async def steps(self: Any, args: Any, kwargs: Any) -> Any:
        with around(await self.pre(*args, **kwargs)):
            try:
                value = await body_of(self, args, kwargs)
            except Exception:
                await self.post(None)
                raise
            return await self.post(value)

    return executed(steps)(_)


@mutant(threads, "run_in_thread", "EXE-07")
def thread_raises_a_copy(run: Any) -> Any:
    """An exception of a sync body comes out as another one of the same class."""

    async def broken(func: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await run(func, *args, **kwargs)
        except ValueError as error:
            raise type(error)(*error.args) from error

    return broken


@mutant(*EXECUTE, "EXE-08")
def error_of_pre_is_ignored(_: Any) -> Any:
    """The body runs although pre raised."""

    async def steps(self: Any, args: Any, kwargs: Any) -> Any:
        try:
            data = await self.pre(*args, **kwargs)
        except Exception:  # noqa: BLE001 - this is what is wrong
            data = {}
        with around(data):
            return await self.post(await body_of(self, args, kwargs))

    return executed(steps)(_)


@mutant(*EXECUTE, "EXE-08")
def error_of_post_is_ignored(_: Any) -> Any:
    """An exception of post is ignored."""

    async def steps(self: Any, args: Any, kwargs: Any) -> Any:
        with around(await self.pre(*args, **kwargs)):
            value = await body_of(self, args, kwargs)
            try:
                return await self.post(value)
            except Exception:  # noqa: BLE001 - this is what is wrong
                return value

    return executed(steps)(_)


@mutant(*EXECUTE, "EXE-08")
def post_is_run_after_an_error_of_pre(_: Any) -> Any:
    """post is run although pre raised."""

    async def steps(self: Any, args: Any, kwargs: Any) -> Any:
        try:
            data = await self.pre(*args, **kwargs)
        except Exception:
            await self.post(None)
            raise
        with around(data):
            return await self.post(await body_of(self, args, kwargs))

    return executed(steps)(_)


# ---- cancellation ----


@mutant(*EXECUTE, "EXE-15")
def cancellation_is_swallowed(execute: Any) -> Any:
    """A cancelled execute returns None."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await execute(self, *args, **kwargs)
        except asyncio.CancelledError:
            if self._call_as_synchronous:
                raise
            return None

    return broken


@mutant(*EXECUTE, "EXE-15")
def cancellation_does_not_reach_the_body(_: Any) -> Any:
    """An async body runs on when execute is cancelled."""

    async def steps(self: Any, args: Any, kwargs: Any) -> Any:
        with around(await self.pre(*args, **kwargs)):
            if not function_task.is_async(self.func):
                return await self.post(await body_of(self, args, kwargs))
            return await self.post(await asyncio.shield(asyncio.ensure_future(self.func(*args, **kwargs))))

    return executed(steps)(_)


@mutant(*EXECUTE, "EXE-15")
def post_is_run_after_cancellation(_: Any) -> Any:
    """post is run when execute is cancelled."""

    async def steps(self: Any, args: Any, kwargs: Any) -> Any:
        with around(await self.pre(*args, **kwargs)):
            try:
                value = await body_of(self, args, kwargs)
            except asyncio.CancelledError:
                await self.post(None)
                raise
            return await self.post(value)

    return executed(steps)(_)


# ---- the base template ----


@mutant(TaskTemplate, "execute", "EXE-21")
def base_execute_gives_none(_: Any) -> Any:
    """execute of the base template gives None."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        return None

    return broken


@mutant(TaskTemplate, "forward", "EXE-21")
def base_forward_gives_none(_: Any) -> Any:
    """forward of the base template gives None."""
    return lambda self, *args, **kwargs: None


@mutant(TaskTemplate, "pre", "EXE-21")
def base_pre_gives_none(_: Any) -> Any:
    """pre of the base template gives None."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        return None

    return broken


@mutant(TaskTemplate, "post", "EXE-21")
def base_post_drops_falsy_values(_: Any) -> Any:
    """post of the base template gives None for a falsy argument."""

    async def broken(self: Any, return_vals: Any) -> Any:
        return return_vals or None

    return broken


@mutant(TaskTemplate, "pre", "EXE-21")
def base_pre_gives_one_dict(_: Any) -> Any:
    """pre of the base template gives the arguments by name."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        return kwargs

    return broken
