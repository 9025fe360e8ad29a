"""An event loop in a background thread, on which sync code can run coroutines."""

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
    """An event loop in a daemon thread, which is started for the first coroutine.

    Parameters:
        name: The name of the thread.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def submit(self, coroutine: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        """Run a coroutine on the loop, with the caller's context variables, and return a future of its result.

        Parameters:
            coroutine: The coroutine.
        """
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
            # If a coroutine raises one of them, asyncio passes it on to the awaiter and also stops the loop.
            with contextlib.suppress(KeyboardInterrupt, SystemExit):
                loop.run_forever()
                is_stopped = True
        loop.close()

    def stop(self) -> None:
        """Stop the loop, on which nothing may be running any more."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)

    def is_current(self) -> bool:
        """Return True if the caller runs on this loop, and so must not wait for it."""
        try:
            return asyncio.get_running_loop() is self._loop
        except RuntimeError:
            return False


_BACKGROUND = LoopThread("reference_impl-loop")
"""The loop that all sync callers share.

Sync bodies run in threads of their own, so nothing blocks it, however deeply calls are nested; see `call_beside`.
"""

_BESIDE: contextvars.ContextVar[LoopThread] = contextvars.ContextVar("_BESIDE")
"""The loop of sync callers that `call_beside` called."""


def background() -> LoopThread:
    """Return the loop that the calling code runs coroutines on."""
    return _BESIDE.get(_BACKGROUND)


def call_beside(func: Callable[..., T], *args: object) -> T:
    """Call a sync function in a thread of its own and return its result. The caller's event loop is blocked meanwhile.

    The function gets a loop of its own to run coroutines on. With the shared loop, which may be the blocked one, it
    would wait forever.

    Parameters:
        func: The function.
        args: Its arguments.
    """
    beside, context = LoopThread("reference_impl-loop-beside"), contextvars.copy_context()
    context.run(_BESIDE.set, beside)
    try:
        with concurrent.futures.ThreadPoolExecutor(max_workers=1) as thread:
            return thread.submit(context.run, func, *args).result()
    finally:
        beside.stop()
