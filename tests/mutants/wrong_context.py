"""Wrong in calls inside a task context and in traces."""

from __future__ import annotations

import asyncio
from typing import Any

from conformance.mutants.form import mutant
from reference_impl.errors import (
    RuntimeSystemError,
    SyncTaskCallInAsyncContextError,
    TraceDoesNotAllowNestedTasksError,
)
from reference_impl.extend import TaskTemplate
from reference_impl.task.context import current
from reference_impl.task.controller import get_controller

# ---- calls inside a task context ----


@mutant(TaskTemplate, "_submit", "CTX-01", "CTX-02")
def context_is_not_seen(_: Any) -> Any:
    """A call in a context runs the function itself."""
    return lambda self, *args, **kwargs: self.forward(*args, **kwargs)


@mutant(TaskTemplate, "_submit", "CTX-01")
def async_submission_drops_keywords(submit: Any) -> Any:
    """A call of an async task in a context submits positional arguments only."""
    return lambda self, *args, **kwargs: submit(
        self, *args, **(kwargs if self._call_as_synchronous or not args else {})
    )


@mutant(TaskTemplate, "_submit", "CTX-02")
def sync_submission_forgets_names(submit: Any) -> Any:
    """A call of a sync task in a context submits keyword arguments by position."""
    return lambda self, *args, **kwargs: (
        submit(self, *args, *kwargs.values()) if self._call_as_synchronous else submit(self, *args, **kwargs)
    )


@mutant(TaskTemplate, "_submit", "CTX-02")
def sync_call_gives_the_future(submit: Any) -> Any:
    """A call of a sync task in a context gives the future."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not self._call_as_synchronous or asyncio._get_running_loop() is not None:
            return submit(self, *args, **kwargs)
        return self._controller().submit_sync(self, *args, **kwargs)

    return broken


@mutant(TaskTemplate, "_submit", "CTX-02")
def sync_call_does_not_wait(submit: Any) -> Any:
    """A call of a sync task in a context waits a hundredth of a second at most, and gives None."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not self._call_as_synchronous or asyncio._get_running_loop() is not None:
            return submit(self, *args, **kwargs)
        try:
            return self._controller().submit_sync(self, *args, **kwargs).result(timeout=0.01)
        except TimeoutError:
            return None

    return broken


@mutant(TaskTemplate, "_submit", "CTX-03")
def sync_call_blocks_the_loop(submit: Any) -> Any:
    """A call of a sync task in a context and on a loop blocks it."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not self._call_as_synchronous:
            return submit(self, *args, **kwargs)
        return self._controller().submit_sync(self, *args, **kwargs).result()

    return broken


@mutant(TaskTemplate, "_submit", "CTX-03")
def refused_call_submits(submit: Any) -> Any:
    """A call of a sync task that is refused on a loop submits all the same."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return submit(self, *args, **kwargs)
        except SyncTaskCallInAsyncContextError:
            self._controller().submit_sync(self, *args, **kwargs)
            raise

    return broken


@mutant(TaskTemplate, "_submit", "CTX-03")
def refusal_has_another_class(submit: Any) -> Any:
    """A call of a sync task on a loop raises RuntimeSystemError."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return submit(self, *args, **kwargs)
        except SyncTaskCallInAsyncContextError as error:
            raise RuntimeSystemError("BadContext", str(error)) from error

    return broken


@mutant(TaskTemplate, "_submit", "CTX-04")
def trace_is_not_seen_by_async(submit: Any) -> Any:
    """A call of an async task is allowed in a trace."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self._call_as_synchronous:
            return submit(self, *args, **kwargs)
        return get_controller().submit(self, *args, **kwargs)

    return broken


@mutant(TaskTemplate, "_submit", "CTX-04")
def trace_is_seen_when_awaited(submit: Any) -> Any:
    """A call of an async task in a trace raises when its result is awaited."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self._call_as_synchronous or not current().in_trace:
            return submit(self, *args, **kwargs)

        async def later() -> Any:
            return await submit(self, *args, **kwargs)

        return later()

    return broken


@mutant(TaskTemplate, "_submit", "CTX-04")
def trace_runs_the_function(submit: Any) -> Any:
    """A call in a trace runs the function itself."""
    return lambda self, *args, **kwargs: (
        self.forward(*args, **kwargs) if current().in_trace else submit(self, *args, **kwargs)
    )


@mutant(TaskTemplate, "_controller", "CTX-04", "AIO-06")
def trace_raises_system_error(controller: Any) -> Any:
    """A call in a trace raises RuntimeSystemError."""

    def broken(self: Any) -> Any:
        try:
            return controller(self)
        except TraceDoesNotAllowNestedTasksError as error:
            raise RuntimeSystemError("Trace", str(error)) from error

    return broken


@mutant(TaskTemplate, "_submit", "CTX-05")
def call_without_controller_runs_the_function(submit: Any) -> Any:
    """A call in a context without controller runs the function."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return submit(self, *args, **kwargs)
        except RuntimeSystemError as error:
            if error.code != "BadContext":
                raise
            return self.forward(*args, **kwargs)

    return broken


@mutant(TaskTemplate, "_submit", "CTX-01", "CTX-02")
def submission_of_a_copy(submit: Any) -> Any:
    """A call in a context submits an override of the template."""
    return lambda self, *args, **kwargs: submit(self.__copy__(), *args, **kwargs)
