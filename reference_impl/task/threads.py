"""Sync code beside an event loop: a thread for a function."""

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
    """Return what a sync function returns, called on a daemon thread of its own while the event loop goes on.

    The thread has a copy of the caller's context variables and no event loop, and is gone when this returns. On
    cancellation the awaiter goes at once, and the function runs on to its end.

    Raises:
        BaseException: What the function raises, the same object. StopIteration becomes RuntimeError, as in any
            coroutine.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()
    context = contextvars.copy_context()

    def body() -> None:
        try:
            settle = _settled(future, future.set_result, context.run(func, *args, **kwargs))
        except StopIteration as error:
            settle = _settled(future, future.set_exception, _stopped(error))
        except BaseException as error:  # noqa: BLE001 - whatever it is, it must not get lost
            settle = _settled(future, future.set_exception, error)
        try:
            loop.call_soon_threadsafe(settle)
        except RuntimeError:
            # The loop is closed: nobody waits any more.
            return

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
    """Return a function that settles a future, unless it was cancelled meanwhile."""
    return lambda: None if future.done() else settle(value)


def _stopped(error: StopIteration) -> RuntimeError:
    """Return what Python makes of a StopIteration in a coroutine (PEP 479); a future cannot hold one."""
    raised = RuntimeError("the function raised StopIteration")
    raised.__cause__ = error
    return raised
