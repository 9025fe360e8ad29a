"""Wrong in aio, outside a task context and inside one."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

from conformance.mutants.form import mutant
from reference_impl.errors import (
    RuntimeSystemError,
    RuntimeUserError,
)
from reference_impl.extend import TaskTemplate
from reference_impl.task import controller as controller_module
from reference_impl.task.context import Context, current, inside
from reference_impl.task.controller import get_controller

# ---- aio ----


@mutant(TaskTemplate, "aio", "AIO-01")
def aio_is_no_coroutine_function(aio: Any) -> Any:
    """aio is a plain function that returns a coroutine."""
    return lambda self, *args, **kwargs: aio(self, *args, **kwargs)  # noqa: PLW0108 - a plain function is the point


@mutant(TaskTemplate, "aio", "AIO-01", "AIO-05")
def aio_drops_keywords(aio: Any) -> Any:
    """aio drops keyword arguments of a sync task."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        return await aio(self, *args, **({} if self._call_as_synchronous and args else kwargs))

    return broken


@mutant(TaskTemplate, "aio", "AIO-02")
def aio_gives_a_coroutine(aio: Any) -> Any:
    """Outside a context the result of aio of an async task has to be awaited again."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if current().task_context is None and not self._call_as_synchronous:
            return self.forward(*args, **kwargs)
        return await aio(self, *args, **kwargs)

    return broken


@mutant(TaskTemplate, "aio", "AIO-03")
def aio_blocks_the_loop(aio: Any) -> Any:
    """Outside a context aio of a sync task runs it on the event loop."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if current().task_context is None and self._call_as_synchronous:
            return self.forward(*args, **kwargs)
        return await aio(self, *args, **kwargs)

    return broken


@mutant(TaskTemplate, "aio", "AIO-04b")
def aio_wraps_exceptions(aio: Any) -> Any:
    """aio wraps exceptions as a call does."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await aio(self, *args, **kwargs)
        except (RuntimeSystemError, RuntimeUserError):
            raise
        except Exception as error:
            raise RuntimeUserError(type(error).__name__, str(error)) from error

    return broken


@mutant(TaskTemplate, "aio", "AIO-04b")
def aio_wraps_exceptions_of_async(aio: Any) -> Any:
    """aio wraps exceptions of an async task."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await aio(self, *args, **kwargs)
        except (RuntimeSystemError, RuntimeUserError):
            raise
        except Exception as error:
            if self._call_as_synchronous:
                raise
            raise RuntimeUserError(type(error).__name__, str(error)) from error

    return broken


@mutant(TaskTemplate, "aio", "AIO-05")
def aio_submits_sync_tasks_as_async(aio: Any) -> Any:
    """In a context aio submits a sync task by submit."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if current().task_context is not None and not current().in_trace:
            return await get_controller().submit(self, *args, **kwargs)
        return await aio(self, *args, **kwargs)

    return broken


@mutant(TaskTemplate, "aio", "AIO-05")
def aio_submits_twice(aio: Any) -> Any:
    """In a context aio submits an async task twice when the first result is None."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = await aio(self, *args, **kwargs)
        if current().task_context is not None and result is None:
            result = await aio(self, *args, **kwargs)
        return result

    return broken


@mutant(TaskTemplate, "aio", "AIO-05")
def aio_runs_the_function_in_a_context(aio: Any) -> Any:
    """In a context aio of an async task runs the function itself."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if current().task_context is not None and not current().in_trace and not self._call_as_synchronous:
            get_controller()
            return await self.forward(*args, **kwargs)
        return await aio(self, *args, **kwargs)

    return broken


@mutant(TaskTemplate, "aio", "AIO-05")
def aio_submits_a_copy(aio: Any) -> Any:
    """In a context aio submits a copy of the template."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        return await aio(self.__copy__() if current().task_context is not None else self, *args, **kwargs)

    return broken


@mutant(TaskTemplate, "aio", "AIO-06")
def aio_submits_in_a_trace(aio: Any) -> Any:
    """aio submits in a trace."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        with inside(Context(task_context=current().task_context)):
            return await aio(self, *args, **kwargs)

    return broken


@mutant(TaskTemplate, "aio", "AIO-06")
def aio_of_sync_is_allowed_in_a_trace(aio: Any) -> Any:
    """aio of a sync task submits in a trace."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        context = Context(task_context=current().task_context) if self._call_as_synchronous else current()
        with inside(context):
            return await aio(self, *args, **kwargs)

    return broken


@mutant(TaskTemplate, "aio", "AIO-07")
def aio_without_controller_runs_the_function(aio: Any) -> Any:
    """In a context without controller aio runs the function."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await aio(self, *args, **kwargs)
        except RuntimeSystemError as error:
            if error.code != "BadContext":
                raise
            result = self.forward(*args, **kwargs)
            return await result if inspect.isawaitable(result) else result

    return broken


@mutant(controller_module, "get_controller", "AIO-07", "CTX-05")
def missing_controller_has_another_code(get: Any) -> Any:
    """A call in a context without controller has the code "NoController"."""

    def broken() -> Any:
        try:
            return get()
        except RuntimeSystemError as error:
            raise RuntimeSystemError("NoController", str(error)) from error

    return broken


@mutant(controller_module, "get_controller", "AIO-07", "CTX-05")
def missing_controller_is_a_runtime_error(get: Any) -> Any:
    """A call in a context without controller raises RuntimeError."""

    def broken() -> Any:
        try:
            return get()
        except RuntimeSystemError as error:
            raise RuntimeError(str(error)) from error

    return broken


@mutant(TaskTemplate, "aio", "AIO-08")
def aio_swallows_cancellation(aio: Any) -> Any:
    """In a context a cancelled aio returns None."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await aio(self, *args, **kwargs)
        except asyncio.CancelledError:
            if current().task_context is None:
                raise
            return None

    return broken


@mutant(TaskTemplate, "aio", "AIO-08")
def cancelled_aio_leaves_the_future(aio: Any) -> Any:
    """A cancelled aio leaves the future of submit_sync pending."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if current().task_context is None or not self._call_as_synchronous:
            return await aio(self, *args, **kwargs)
        return await asyncio.shield(asyncio.wrap_future(self._controller().submit_sync(self, *args, **kwargs)))

    return broken
