"""Traces: functions whose calls a run on a cluster records. Tasks cannot be called inside a trace."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

from reference_impl.task.context import Context, current, inside

Func = TypeVar("Func", bound=Callable[..., Any])


def _traced() -> Context:
    """Return the context inside a trace. Outside a task it is the present one, so that tasks can be called."""
    context = current()
    return context if context.task_context is None else replace(context, in_trace=True)


def trace(func: Func) -> Func:
    """Return the function with a trace around each call; a coroutine or generator function remains one.

    Parameters:
        func: The function.
    """
    if inspect.iscoroutinefunction(func):
        wrapper: Any = _coroutine(func)
    elif inspect.isasyncgenfunction(func):
        wrapper = _async_generator(func)
    elif inspect.isgeneratorfunction(func):
        wrapper = _generator(func)
    else:
        wrapper = _function(func)
    named: Any = functools.wraps(func)(wrapper)
    traced: Func = named
    return traced


def _function(func: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        with inside(_traced()):
            return func(*args, **kwargs)

    return call


def _coroutine(func: Callable[..., Any]) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        with inside(_traced()):
            return await func(*args, **kwargs)

    return call


# Other code runs between two items of a generator, so there is a trace around each step, not around the whole.


def _generator(func: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Iterator[Any]:
        context = _traced()
        items = iter(func(*args, **kwargs))
        while True:
            with inside(context):
                try:
                    item = next(items)
                except StopIteration:
                    return
            yield item

    return call


def _async_generator(func: Callable[..., Any]) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        context = _traced()
        items = aiter(func(*args, **kwargs))
        while True:
            with inside(context):
                try:
                    item = await anext(items)
                except StopAsyncIteration:
                    return
            yield item

    return call
