"""Runs a sync function in a thread, so that the event loop is not blocked."""

from __future__ import annotations

import asyncio
import contextvars
import random
import threading
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def run_in_thread(func: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a sync function in a daemon thread of its own and return its result.

    The thread has a copy of the caller's context variables and no event loop, and ends before this returns. If the call
    is cancelled, the caller continues at once, and the function runs to its end.

    Parameters:
        func: The function.
        args: Its positional arguments.
        kwargs: Its keyword arguments.

    Raises:
        BaseException: The exception that the function raised. StopIteration becomes RuntimeError, as in any coroutine.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()
    context = contextvars.copy_context()

    def body() -> None:
        try:
            settle = _settled(future, future.set_result, context.run(func, *args, **kwargs))
        except StopIteration as error:
            settle = _settled(future, future.set_exception, _stopped(error))
        except BaseException as error:  # noqa: BLE001 - it is raised again in the caller's thread
            settle = _settled(future, future.set_exception, error)
        try:
            loop.call_soon_threadsafe(settle)
        except RuntimeError:
            return  # the loop is closed, so nothing waits for the result any more

    caller = threading.current_thread().name
    thread = threading.Thread(
        target=body, daemon=True, name=f"sync-executor-{random.getrandbits(32):08x}_from_{caller}"
    )
    thread.start()
    try:
        return await future
    finally:
        if future.done() and not future.cancelled():
            thread.join()  # it has nothing left to do


def _settled(future: asyncio.Future[T], settle: Callable[..., None], value: object) -> Callable[[], None]:
    """Return a function that settles the future, unless it was cancelled in the meantime."""
    return lambda: None if future.done() else settle(value)


def _stopped(error: StopIteration) -> RuntimeError:
    """Return the RuntimeError that PEP 479 makes of StopIteration, which a future cannot store."""
    raised = RuntimeError("the function raised StopIteration")
    raised.__cause__ = error
    return raised
