"""Calls a task once for each item of an iterable."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

from reference_impl.errors import InvalidTypeError, as_reported
from reference_impl.local.loops import call_beside
from reference_impl.local.records import group
from reference_impl.task.context import current
from reference_impl.task.template import TaskTemplate

Mapped = TaskTemplate[Any, Any, Any] | functools.partial[Any]
"""A task, or a partial of one that leaves one input open."""


class _Map:
    """Calls a task once for each tuple of arguments, in order. `aio` is the form for async code."""

    def __call__(
        self,
        func: Mapped,
        *args: Iterable[Any],
        group_name: str | None = None,
        concurrency: int = 0,  # noqa: ARG002 - the signature is the SDK's
        return_exceptions: bool = True,
    ) -> Iterator[Any]:
        """Yield the results in order. In a coroutine, this blocks the event loop.

        Parameters:
            func: A task, or a partial of one that leaves one input open.
            args: Iterables of arguments, which are combined as `zip` does.
            group_name: The group name of the calls.
            concurrency: How many calls run at a time on a cluster; here it is always one.
            return_exceptions: Whether an exception is yielded in place of a result, or raised.

        Raises:
            InvalidTypeError: `func` is neither a task nor a partial of one, or does not leave exactly one input open.
        """
        task = _checked(func)
        with group(f"{task.name}_{group_name or 'map'}"):
            for values in zip(*args, strict=False):
                try:
                    result = _call(func, values)
                except Exception as error:
                    if not return_exceptions:
                        raise
                    result = error
                yield result

    async def aio(
        self,
        func: Mapped,
        *args: Iterable[Any],
        group_name: str | None = None,
        concurrency: int = 0,  # noqa: ARG002 - the signature is the SDK's
        return_exceptions: bool = True,
    ) -> AsyncIterator[Any]:
        """Yield the results in order, without blocking the event loop.

        Parameters:
            func: A task, or a partial of one that leaves one input open.
            args: Iterables of arguments, which are combined as `zip` does.
            group_name: The group name of the calls.
            concurrency: How many calls run at a time on a cluster; here it is always one.
            return_exceptions: Whether an exception is yielded in place of a result, or raised.

        Raises:
            InvalidTypeError: `func` is neither a task nor a partial of one, or does not leave exactly one input open.
        """
        task = _checked(func)
        bound = func if isinstance(func, functools.partial) else functools.partial(task)
        for values in zip(*args, strict=False):
            try:
                with group(f"{task.name}_{group_name or 'map'}"):
                    result = await task.aio(*bound.args, *values, **bound.keywords)
            except Exception as error:
                # Outside a run, `aio` raises the function's own exception; a map yields the same error in both cases.
                result = as_reported(error)
                if not return_exceptions:
                    raise result from error
            yield result


def _call(func: Mapped, values: tuple[Any, ...]) -> Any:
    """Call the task. In a coroutine inside a run, where a direct call is refused, another thread makes the call."""
    in_coroutine = current().task_context is not None and asyncio._get_running_loop() is not None  # noqa: SLF001 - get_running_loop() raises without a loop
    return call_beside(func, *values) if in_coroutine else func(*values)


def _checked(func: Mapped) -> TaskTemplate[Any, Any, Any]:
    """Return the task itself after checking what a partial of it leaves open."""
    task = func.func if isinstance(func, functools.partial) else func
    if not isinstance(task, TaskTemplate):
        raise InvalidTypeError(f"map({func!r}, ...): expected a task or a partial of one, got {type(func).__name__}.")
    if isinstance(func, functools.partial):
        names = list(task.native_interface.inputs)
        left = [name for name in names[len(func.args) :] if name not in func.keywords]
        if left != names[len(func.args) :][:1]:  # the values are passed by position
            raise InvalidTypeError(
                f"map({func!r}, ...): expected a partial that leaves one input open, the first after those given by "
                f"position, but it leaves {', '.join(left) or 'none'}."
            )
    return task


map = _Map()  # noqa: A001 - the name is the SDK's
"""Maps a task over iterables: `map(task, xs)` in sync code, `map.aio(task, xs)` in async code."""
