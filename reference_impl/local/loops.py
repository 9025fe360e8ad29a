"""An event loop beside sync code: what sync callers of a local run and of other conveniences wait for."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import contextvars
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


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
