"""Threads for sync functions, and the loop in the background."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from reference_impl.threads import LoopThread, run_in_thread


def test_cancelling_leaves_the_function_to_its_end() -> None:
    """The awaiter goes at once; the function runs on, and its result goes nowhere. EXE-16."""
    started, go, ended = threading.Event(), threading.Event(), threading.Event()

    def body() -> None:
        started.set()
        go.wait(5)
        ended.set()

    async def main() -> float:
        waiting = asyncio.ensure_future(run_in_thread(body))
        await asyncio.to_thread(started.wait, 5)
        start = time.perf_counter()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return time.perf_counter() - start

    seconds = asyncio.run(main())
    go.set()

    assert seconds < 1
    assert ended.wait(5)


def test_a_closed_loop_is_no_trouble() -> None:
    """A function that ends after its loop is closed ends quietly."""
    go, threads = threading.Event(), list[threading.Thread]()

    def body() -> None:
        threads.append(threading.current_thread())
        go.wait(5)

    async def main() -> None:
        waiting = asyncio.ensure_future(run_in_thread(body))
        await asyncio.sleep(0.01)
        waiting.cancel()

    asyncio.run(main())
    go.set()
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()


def test_one_loop_for_all_callers() -> None:
    """Coroutines of two callers run on the same loop, which knows itself."""
    loop = LoopThread("test-loop")

    async def where() -> tuple[asyncio.AbstractEventLoop, bool]:
        return asyncio.get_running_loop(), loop.is_current()

    first, second = loop.submit(where()).result(5), loop.submit(where()).result(5)
    loop.stop()

    assert first == second
    assert first[1]
    assert not loop.is_current()
