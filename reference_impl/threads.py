"""Sync code beside an event loop: a thread for a function, a loop for a coroutine."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import contextvars
import random
import threading
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

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


class LoopThread:
    """An event loop on a daemon thread, started when the first coroutine comes."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Return a future of the coroutine, which runs on the loop with the caller's context variables."""
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._run, args=(self._loop,), daemon=True, name=self._name).start()
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    @staticmethod
    def _run(loop: asyncio.AbstractEventLoop) -> None:
        """Run the loop until it is stopped."""
        is_stopped = False
        while not is_stopped:
            # A body raised one of them: asyncio has given it to whoever awaits the body, and lets it end the loop, too.
            with contextlib.suppress(KeyboardInterrupt, SystemExit):
                loop.run_forever()
                is_stopped = True
        loop.close()

    def stop(self) -> None:
        """End the loop; nothing may be running on it any more."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)

    def is_current(self) -> bool:
        """Return whether the caller runs on this very loop, which it must not block."""
        try:
            return asyncio.get_running_loop() is self._loop
        except RuntimeError:
            return False


_BACKGROUND = LoopThread("reference_impl-loop")
"""The one loop for sync callers.

Enough for any depth of calls: sync bodies run on threads of their own, so nothing blocks it but `call_beside`.
"""

_BESIDE: contextvars.ContextVar[LoopThread] = contextvars.ContextVar("_BESIDE")
"""The loop for sync callers while the one above stands still."""


def background() -> LoopThread:
    """Return the loop for sync callers."""
    return _BESIDE.get(_BACKGROUND)


def call_beside(func: Callable[..., T], *args: object) -> T:
    """Return what a sync function returns, called on a thread of its own while the caller's event loop stands still.

    For code that blocks in a coroutine: what it calls gets another loop, and so does not wait for the one that waits.
    """
    beside, context = LoopThread("reference_impl-loop-beside"), contextvars.copy_context()
    context.run(_BESIDE.set, beside)
    try:
        with concurrent.futures.ThreadPoolExecutor(max_workers=1) as thread:
            return thread.submit(context.run, func, *args).result()
    finally:
        beside.stop()
