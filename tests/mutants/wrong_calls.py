"""Wrong in forward and in calls outside a task context."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import contextvars
import inspect
from typing import Any

from conformance.mutants.form import mutant
from reference_impl.errors import (
    RuntimeSystemError,
    RuntimeUserError,
    TraceDoesNotAllowNestedTasksError,
)
from reference_impl.extend import AsyncFunctionTaskTemplate, TaskTemplate
from reference_impl.task import awaiting
from reference_impl.task.context import current

# ---- forward ----


@mutant(AsyncFunctionTaskTemplate, "forward", "CAL-01", "CAL-03", "OVR-28")
def forward_drops_keywords(_: Any) -> Any:
    """forward drops keyword arguments."""
    return lambda self, *args, **kwargs: self.func(*args)


@mutant(AsyncFunctionTaskTemplate, "forward", "CAL-01", "CAL-03")
def forward_drops_none_keywords(_: Any) -> Any:
    """forward drops keyword arguments that are None."""
    return lambda self, *args, **kwargs: self.func(
        *args, **{name: value for name, value in kwargs.items() if value is not None}
    )


@mutant(AsyncFunctionTaskTemplate, "forward", "CAL-03")
def forward_copies_lists(_: Any) -> Any:
    """forward returns a copy of a list."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = self.func(*args, **kwargs)
        return result.copy() if isinstance(result, (list, dict)) else result

    return broken


@mutant(AsyncFunctionTaskTemplate, "forward", "CAL-03", "CAL-01")
def forward_turns_falsy_into_none(_: Any) -> Any:
    """forward returns None for a falsy result."""
    return lambda self, *args, **kwargs: self.func(*args, **kwargs) or None


@mutant(AsyncFunctionTaskTemplate, "forward", "CAL-03")
def forward_wraps_exceptions(_: Any) -> Any:
    """forward wraps an exception as a call does."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return self.func(*args, **kwargs)
        except Exception as error:
            raise RuntimeUserError(type(error).__name__, str(error)) from error

    return broken


@mutant(AsyncFunctionTaskTemplate, "forward", "CAL-03")
def forward_raises_a_copy(_: Any) -> Any:
    """forward raises another exception of the same class and text."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return self.func(*args, **kwargs)
        except ValueError as error:
            raise type(error)(*error.args) from error

    return broken


@mutant(AsyncFunctionTaskTemplate, "forward", "CAL-01")
def second_call_gives_first_result(_: Any) -> Any:
    """A template remembers the result of its first call."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if inspect.iscoroutinefunction(self.func):
            return self.func(*args, **kwargs)
        state = vars(self)
        if "_first" not in state:
            state["_first"] = self.func(*args, **kwargs)
        return state["_first"]

    return broken


@mutant(AsyncFunctionTaskTemplate, "forward", "CAL-01", "CAL-03")
def equal_arguments_are_called_once(_: Any) -> Any:
    """A sync task called again with equal arguments gives the result of the first time."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        key = f"{args!r}{kwargs!r}"
        known = vars(self).setdefault("_known", {})
        if inspect.iscoroutinefunction(self.func) or key not in known:
            known[key] = self.func(*args, **kwargs)
        return known[key]

    return broken


@mutant(AsyncFunctionTaskTemplate, "forward", "CTX-07")
def forward_asks_the_context(forward: Any) -> Any:
    """forward inside a task context goes to the controller."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if current().task_context is not None:
            return self._submit(*args, **kwargs)
        return forward(self, *args, **kwargs)

    return broken


@mutant(AsyncFunctionTaskTemplate, "forward", "CTX-07", "CTX-04")
def forward_is_refused_in_a_trace(forward: Any) -> Any:
    """forward raises in a trace."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if current().in_trace:
            raise TraceDoesNotAllowNestedTasksError("forward")
        return forward(self, *args, **kwargs)

    return broken


@mutant(AsyncFunctionTaskTemplate, "forward", "CAL-10")
def forward_runs_pre(forward: Any) -> Any:
    """forward runs pre."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        coroutine = self.pre(*args, **kwargs)
        if inspect.iscoroutine(coroutine):
            with contextlib.suppress(StopIteration):
                coroutine.send(None)
        return forward(self, *args, **kwargs)

    return broken


# ---- calls outside a task context ----


def _call(self: Any, args: Any, kwargs: Any) -> Any:
    """Call as the reference does, without wrapping."""
    if current().task_context is not None:
        return self._submit(*args, **kwargs)
    return self.forward(*args, **kwargs)


@mutant(TaskTemplate, "__call__", "CAL-01")
def call_drops_keywords(call: Any) -> Any:
    """A call outside a context passes positional arguments only, when there are any."""
    return lambda self, *args, **kwargs: call(self, *args, **({} if args else kwargs))


@mutant(TaskTemplate, "__call__", "CAL-14")
def call_does_not_go_through_forward(call: Any) -> Any:
    """A call outside a context calls the function itself."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if current().task_context is None and not inspect.iscoroutinefunction(self.func):
            try:
                return self.func(*args, **kwargs)
            except (RuntimeSystemError, RuntimeUserError):
                raise
            except Exception as error:
                raise RuntimeUserError(type(error).__name__, str(error)) from error
        return call(self, *args, **kwargs)

    return broken


@mutant(TaskTemplate, "__call__", "CAL-14")
def forward_is_skipped_for_keywords(call: Any) -> Any:
    """A call with keywords calls the function itself."""
    return lambda self, *args, **kwargs: (
        self.func(*args, **kwargs) if kwargs and current().task_context is None else call(self, *args, **kwargs)
    )


@mutant(TaskTemplate, "__call__", "CAL-12")
def call_runs_on_a_thread(call: Any) -> Any:
    """A call outside a context runs the sync body on another thread."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if current().task_context is not None or not self._call_as_synchronous:
            return call(self, *args, **kwargs)
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            return pool.submit(call, self, *args, **kwargs).result()

    return broken


@mutant(TaskTemplate, "__call__", "CAL-12")
def call_runs_in_a_copied_context(call: Any) -> Any:
    """A call outside a context runs the sync body in a copy of the context."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if current().task_context is not None or not self._call_as_synchronous:
            return call(self, *args, **kwargs)
        return contextvars.copy_context().run(call, self, *args, **kwargs)

    return broken


@mutant(TaskTemplate, "__call__", "CAL-04")
def sync_exceptions_are_not_wrapped(_: Any) -> Any:
    """An exception of a sync body comes out of a call as it is."""
    return lambda self, *args, **kwargs: _call(self, args, kwargs)


def _wrapping(make: Any) -> Any:
    """Return the replacement of a call whose exceptions are made by `make(error)`, raised from their cause."""

    def replacement(call: Any) -> Any:
        def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return call(self, *args, **kwargs)
            except RuntimeUserError as error:
                cause = error.__cause__
                if not isinstance(cause, Exception) or isinstance(cause, RuntimeUserError):
                    raise
                raise make(error) from cause

        return broken

    return replacement


@mutant(TaskTemplate, "__call__", "CAL-04")
def code_is_the_qualified_name(call: Any) -> Any:
    """The code of a wrapped exception is its qualified class name with the module."""
    return _wrapping(
        lambda error: RuntimeUserError(
            f"{type(error.__cause__).__module__}.{type(error.__cause__).__name__}", str(error)
        )
    )(call)


@mutant(TaskTemplate, "__call__", "CAL-04")
def message_is_the_repr(call: Any) -> Any:
    """The message of a wrapped exception is its repr."""
    return _wrapping(lambda error: RuntimeUserError(error.code, repr(error.__cause__)))(call)


@mutant(TaskTemplate, "__call__", "CAL-04")
def message_is_the_first_argument(call: Any) -> Any:
    """The message of a wrapped exception is its first argument."""
    return _wrapping(lambda error: RuntimeUserError(error.code, "".join(map(str, error.__cause__.args[:1]))))(call)


@mutant(TaskTemplate, "__call__", "CAL-04")
def message_is_stripped(call: Any) -> Any:
    """The message of a wrapped exception has no blanks around it."""
    return _wrapping(lambda error: RuntimeUserError(error.code, str(error).strip()))(call)


@mutant(TaskTemplate, "__call__", "CAL-04")
def message_is_cut(call: Any) -> Any:
    """The message of a wrapped exception is cut to 255 characters."""
    return _wrapping(lambda error: RuntimeUserError(error.code, str(error)[:255]))(call)


@mutant(TaskTemplate, "__call__", "CAL-04")
def cause_is_lost(call: Any) -> Any:
    """A wrapped exception is not the cause."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return call(self, *args, **kwargs)
        except RuntimeUserError as error:
            if error.__cause__ is not None and not isinstance(error.__cause__, RuntimeUserError):
                error.__cause__ = None
            raise

    return broken


@mutant(TaskTemplate, "__call__", "CAL-04")
def exceptions_become_system_errors(call: Any) -> Any:
    """An exception of a sync body comes out as RuntimeSystemError."""
    return _wrapping(lambda error: RuntimeSystemError(error.code, str(error)))(call)


@mutant(TaskTemplate, "__call__", "CAL-04")
def lookup_errors_are_not_wrapped(_: Any) -> Any:
    """KeyError and IndexError come out of a call as they are."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return _call(self, args, kwargs)
        except (RuntimeSystemError, RuntimeUserError, LookupError):
            raise
        except Exception as error:
            raise RuntimeUserError(type(error).__name__, str(error)) from error

    return broken


@mutant(awaiting, "wrapping", "CAL-05")
def async_exceptions_are_not_wrapped(_: Any) -> Any:
    """An exception of an async body comes out of a call as it is."""

    async def broken(unstarted: Any) -> Any:
        return await unstarted.awaitable

    return broken


@mutant(awaiting, "wrapping", "CAL-05")
def async_code_is_lost(_: Any) -> Any:
    """A wrapped exception of an async body has the code "Error"."""

    async def broken(unstarted: Any) -> Any:
        try:
            return await unstarted.awaitable
        except (RuntimeSystemError, RuntimeUserError):
            raise
        except Exception as error:
            raise RuntimeUserError("Error", str(error)) from error

    return broken


@mutant(TaskTemplate, "__call__", "CAL-06")
def user_errors_are_wrapped_twice(_: Any) -> Any:
    """A RuntimeUserError of a sync body is wrapped again."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return _call(self, args, kwargs)
        except RuntimeSystemError:
            raise
        except Exception as error:
            raise RuntimeUserError(type(error).__name__, str(error)) from error

    return broken


@mutant(TaskTemplate, "__call__", "CAL-06")
def system_errors_are_wrapped(_: Any) -> Any:
    """A RuntimeSystemError of a sync body is wrapped."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return _call(self, args, kwargs)
        except RuntimeUserError:
            raise
        except Exception as error:
            raise RuntimeUserError(type(error).__name__, str(error)) from error

    return broken


@mutant(TaskTemplate, "__call__", "CAL-06")
def errors_of_subclasses_are_wrapped(_: Any) -> Any:
    """An error of a subclass of RuntimeUserError is wrapped."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return _call(self, args, kwargs)
        except Exception as error:
            if type(error) in {RuntimeUserError, RuntimeSystemError} or current().task_context is not None:
                raise
            raise RuntimeUserError(type(error).__name__, str(error)) from error

    return broken


@mutant(TaskTemplate, "__call__", "CAL-08")
def exits_are_wrapped(_: Any) -> Any:
    """SystemExit, KeyboardInterrupt and the like are wrapped."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return _call(self, args, kwargs)
        except (RuntimeSystemError, RuntimeUserError):
            raise
        except BaseException as error:
            raise RuntimeUserError(type(error).__name__, str(error)) from error

    return broken


@mutant(TaskTemplate, "__call__", "CAL-08")
def cancellation_is_wrapped(call: Any) -> Any:
    """CancelledError of a sync body is wrapped."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return call(self, *args, **kwargs)
        except asyncio.CancelledError as error:
            raise RuntimeUserError("CancelledError", str(error)) from error

    return broken


@mutant(awaiting, "wrapping", "CAL-08")
def async_cancellation_is_wrapped(wrapping: Any) -> Any:
    """CancelledError of an async body is wrapped."""

    async def broken(unstarted: Any) -> Any:
        try:
            return await wrapping(unstarted)
        except asyncio.CancelledError as error:
            raise RuntimeUserError("CancelledError", str(error)) from error

    return broken


@mutant(TaskTemplate, "__call__", "CAL-02")
def async_call_starts_the_body(call: Any) -> Any:
    """A call of an async task runs the body up to its first await."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = call(self, *args, **kwargs)
        if current().task_context is not None or not inspect.iscoroutine(result):
            return result
        try:
            yielded = result.send(None)
        except StopIteration as stop:
            return _given(stop.value)
        return _resumed(result, yielded)

    return broken


async def _given(value: Any) -> Any:
    return value


async def _resumed(coroutine: Any, yielded: Any) -> Any:
    if yielded is None:
        await asyncio.sleep(0)
    else:
        yielded._asyncio_future_blocking = False
        await yielded
    return await coroutine


@mutant(TaskTemplate, "__call__", "CAL-02")
def async_call_gives_a_future_of_a_coroutine(call: Any) -> Any:
    """The result of an async call has to be awaited twice."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = call(self, *args, **kwargs)
        return _given(result) if inspect.iscoroutine(result) and current().task_context is None else result

    return broken


@mutant(TaskTemplate, "__call__", "CAL-02")
def async_call_gives_a_value(call: Any) -> Any:
    """A call of an async task without a running loop runs it and gives its value."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = call(self, *args, **kwargs)
        if not inspect.iscoroutine(result) or asyncio._get_running_loop() is not None:
            return result
        return asyncio.run(result)

    return broken


@mutant(TaskTemplate, "__call__", "CAL-10")
def call_runs_post(call: Any) -> Any:
    """A call outside a context runs post on its result."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = call(self, *args, **kwargs)
        if self._call_as_synchronous and current().task_context is None:
            try:
                self.post(result).send(None)
            except StopIteration as stop:
                return stop.value
        return result

    return broken
