"""A task over many arguments."""

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
    """Calls a task once per tuple of arguments, in order; `aio` is the form for async code."""

    def __call__(
        self,
        func: Mapped,
        *args: Iterable[Any],
        group_name: str | None = None,
        concurrency: int = 0,  # noqa: ARG002 - the signature is the SDK's
        return_exceptions: bool = True,
    ) -> Iterator[Any]:
        """Yield the results in order, by default exceptions in place of results. In a coroutine it blocks.

        Parameters:
            func: A task, or a partial of one that leaves one input open.
            args: Iterables of arguments, taken together as `zip` does.
            group_name: The name that the calls share.
            concurrency: How many calls run at a time; here always one.
            return_exceptions: Whether an exception is yielded rather than raised.

        Raises:
            InvalidTypeError: It is neither, or the partial leaves none or several inputs open.
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
        """Yield the results in order, as the sync form does, without blocking the event loop."""
        task = _checked(func)
        bound = func if isinstance(func, functools.partial) else functools.partial(task)
        for values in zip(*args, strict=False):
            try:
                with group(f"{task.name}_{group_name or 'map'}"):
                    result = await task.aio(*bound.args, *values, **bound.keywords)
            except Exception as error:
                # Outside a run `aio` gives the function's own exception; a map gives the same inside and outside.
                result = as_reported(error)
                if not return_exceptions:
                    raise result from error
            yield result


def _call(func: Mapped, values: tuple[Any, ...]) -> Any:
    """Call the task; in a coroutine inside a run too, where a direct call is refused because it blocks."""
    in_coroutine = current().task_context is not None and asyncio._get_running_loop() is not None  # noqa: SLF001 - get_running_loop raises where there is none
    return call_beside(func, *values) if in_coroutine else func(*values)


def _checked(func: Mapped) -> TaskTemplate[Any, Any, Any]:
    """Return the task; of a partial, after a look at what it leaves open."""
    task = func.func if isinstance(func, functools.partial) else func
    if not isinstance(task, TaskTemplate):
        raise InvalidTypeError(f"map({func!r}, ...): a task or a partial of one is due, not {type(func).__name__}.")
    if isinstance(func, functools.partial):
        names = list(task.native_interface.inputs)
        left = [name for name in names[len(func.args) :] if name not in func.keywords]
        if left != names[len(func.args) :][:1]:  # the values come by place
            raise InvalidTypeError(
                f"map({func!r}, ...): the partial leaves {', '.join(left) or 'nothing'} open; one input is due, and it "
                "has to be the first after those that are given by place."
            )
    return task


map = _Map()  # noqa: A001 - the name is the SDK's
"""The one mapper: `map(task, xs)` in sync code, `map.aio(task, xs)` in async code."""
