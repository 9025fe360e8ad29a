"""Threads for sync functions, and the background loop."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from reference_impl.local.loops import LoopThread
from reference_impl.task.threads import run_in_thread


def test_cancelling_leaves_the_function_to_its_end() -> None:
    """If it is cancelled, the caller continues at once, and the function runs to its end. EXE-16."""
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
    """A function that ends after its loop is closed raises no error."""
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


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt])
def test_the_loop_outlives_what_ends_an_interpreter(kind: type[BaseException]) -> None:
    """SystemExit or KeyboardInterrupt of a coroutine reaches its caller; the next coroutine runs as usual."""
    loop = LoopThread("ending")

    async def quit_now() -> None:
        raise kind

    async def nested() -> None:
        await asyncio.gather(quit_now(), asyncio.sleep(0))

    for coroutine in (quit_now(), nested()):
        with pytest.raises(kind):
            loop.submit(coroutine).result(timeout=20)

    loop.submit(asyncio.sleep(0)).result(timeout=20)
    loop.stop()


@pytest.mark.parametrize("turns", range(5))
def test_cancelled_at_any_turn_nothing_is_left(turns: int) -> None:
    """Sync functions that are cancelled at any moment leave no thread, and others return their results."""
    before = threading.active_count()

    async def main() -> list[object]:
        waiting = [asyncio.ensure_future(run_in_thread(abs, -number)) for number in range(20)]
        for _ in range(turns):
            await asyncio.sleep(0)
        for task in waiting[::2]:
            task.cancel()
        return list(await asyncio.gather(*waiting, return_exceptions=True))

    results = asyncio.run(main())

    assert results[1::2] == list(range(1, 20, 2))
    assert all(isinstance(found, (int, asyncio.CancelledError)) for found in results)
    limit = time.monotonic() + 10
    while threading.active_count() > before and time.monotonic() < limit:
        time.sleep(0.01)
    assert threading.active_count() <= before


def test_one_loop_for_all_callers() -> None:
    """Coroutines of two callers run on the same loop, which `is_current` recognises."""
    loop = LoopThread("test-loop")

    async def where() -> tuple[asyncio.AbstractEventLoop, bool]:
        return asyncio.get_running_loop(), loop.is_current()

    first, second = loop.submit(where()).result(5), loop.submit(where()).result(5)
    loop.stop()

    assert first == second
    assert first[1]
    assert not loop.is_current()
