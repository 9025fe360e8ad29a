"""Wrong in the threads of sync bodies."""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from collections.abc import Callable
from typing import Any

from conformance.mutants.form import mutant
from reference_impl.extend import AsyncFunctionTaskTemplate
from reference_impl.task import function_task, threads
from reference_impl.task.context import current, inside
from tests.mutants.wrong_execution import around

EXECUTE = (AsyncFunctionTaskTemplate, "execute")


# ---- threads ----


@mutant(threads, "run_in_thread", "EXE-10")
def sync_bodies_run_on_the_loop(_: Any) -> Any:
    """execute runs a sync body on the event loop."""

    async def broken(func: Any, *args: Any, **kwargs: Any) -> Any:
        return contextvars.copy_context().run(func, *args, **kwargs)

    return broken


@mutant(threads, "run_in_thread", "EXE-10")
def loop_waits_for_the_thread(_: Any) -> Any:
    """The event loop waits for the thread of a sync body."""

    async def broken(func: Any, *args: Any, **kwargs: Any) -> Any:
        return _joined(lambda: func(*args, **kwargs))

    return broken


def _joined(call: Callable[[], Any]) -> Any:
    outcome: list[Any] = []
    context = contextvars.copy_context()

    def body() -> None:
        try:
            outcome.append((context.run(call), None))
        except BaseException as error:  # noqa: BLE001 - whatever it is, it comes out
            outcome.append((None, error))

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    thread.join()
    value, error = outcome[0]
    if error is not None:
        raise error
    return value


@mutant(threads, "run_in_thread", "EXE-10")
def thread_is_no_daemon(run: Any) -> Any:
    """The thread of a sync body is no daemon."""

    async def broken(func: Any, *args: Any, **kwargs: Any) -> Any:
        before = threading.current_thread

        def start(**given: Any) -> threading.Thread:
            return threading.Thread(**{**given, "daemon": False})

        own = type("Threading", (), {"Thread": staticmethod(start), "current_thread": staticmethod(before)})
        original, threads.threading = threads.threading, own  # type: ignore[attr-defined,assignment]  # put back at once
        try:
            coroutine = run(func, *args, **kwargs)
            return await coroutine
        finally:
            threads.threading = original  # type: ignore[attr-defined]  # as above

    return broken


@mutant(threads, "run_in_thread", "EXE-12")
def threads_are_left(run: Any) -> Any:
    """Each sync body under execute leaves a thread."""

    async def broken(func: Any, *args: Any, **kwargs: Any) -> Any:
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        return await run(func, *args, **kwargs)

    return broken


@mutant(threads, "run_in_thread", "EXE-11")
def thread_has_a_loop(run: Any) -> Any:
    """The thread of a sync body runs an event loop."""

    async def broken(func: Any, *args: Any, **kwargs: Any) -> Any:
        async def body() -> Any:
            return func(*args, **kwargs)

        return await run(lambda: _finished(body()))

    return broken


def _finished(coroutine: Any) -> Any:
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        loop.close()


@mutant(threads, "run_in_thread", "EXE-13")
def context_variables_are_lost(run: Any) -> Any:
    """A sync body does not see the caller's context variables."""

    async def broken(func: Any, *args: Any, **kwargs: Any) -> Any:
        context = contextvars.Context()
        here = current()

        def body() -> Any:
            with inside(here):
                return func(*args, **kwargs)

        return await run(context.run, body)

    return broken


@mutant(threads, "run_in_thread", "EXE-13")
def context_variables_come_back(run: Any) -> Any:
    """What a sync body sets of context variables reaches the caller."""

    async def broken(func: Any, *args: Any, **kwargs: Any) -> Any:
        contexts: list[contextvars.Context] = []

        def body() -> Any:
            try:
                return func(*args, **kwargs)
            finally:
                contexts.append(contextvars.copy_context())

        try:
            return await run(body)
        finally:
            for variable, value in contexts[0].items() if contexts else ():
                if variable.get(None) is not value:
                    variable.set(value)

    return broken


@mutant(threads, "run_in_thread", "EXE-17")
def stop_iteration_is_a_result(run: Any) -> Any:
    """A sync body that raises StopIteration gives its value."""

    async def broken(func: Any, *args: Any, **kwargs: Any) -> Any:
        def body() -> Any:
            try:
                return func(*args, **kwargs)
            except StopIteration as stop:
                return stop.value

        return await run(body)

    return broken


@mutant(threads, "_stopped", "EXE-17")
def stop_iteration_hangs(_: Any) -> Any:
    """A sync body that raises StopIteration hangs."""
    return lambda error: error


@mutant(threads, "run_in_thread", "EXE-18")
def exits_are_swallowed(run: Any) -> Any:
    """A sync body that raises SystemExit gives None."""

    async def broken(func: Any, *args: Any, **kwargs: Any) -> Any:
        def body() -> Any:
            try:
                return func(*args, **kwargs)
            except SystemExit:
                return None

        return await run(body)

    return broken


@mutant(threads, "run_in_thread", "EXE-18")
def exits_hang(run: Any) -> Any:
    """A sync body that raises KeyboardInterrupt hangs."""

    async def broken(func: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await run(func, *args, **kwargs)
        except KeyboardInterrupt:
            await asyncio.get_running_loop().create_future()

    return broken


@mutant(threads, "run_in_thread", "EXE-18")
def exits_become_errors(run: Any) -> Any:
    """A sync body that raises CancelledError raises RuntimeError."""

    async def broken(func: Any, *args: Any, **kwargs: Any) -> Any:
        def body() -> Any:
            try:
                return func(*args, **kwargs)
            except asyncio.CancelledError as error:
                raise RuntimeError("cancelled") from error

        return await run(body)

    return broken


@mutant(*EXECUTE, "EXE-20")
def async_callable_is_not_awaited(execute: Any) -> Any:
    """execute does not await an object with an async __call__."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if hasattr(self.func, "__code__") or hasattr(self.func, "func"):
            return await execute(self, *args, **kwargs)
        with around(await self.pre(*args, **kwargs)):
            return await self.post(self.func(*args, **kwargs))

    return broken


@mutant(threads, "run_in_thread", "EXE-22", "EXE-11")
def thread_looks_like_a_loop(run: Any) -> Any:
    """A sync body sees the event loop of its caller as running."""

    async def broken(func: Any, *args: Any, **kwargs: Any) -> Any:
        loop = asyncio.get_running_loop()

        def body() -> Any:
            asyncio._set_running_loop(loop)
            try:
                return func(*args, **kwargs)
            finally:
                asyncio._set_running_loop(None)

        return await run(body)

    return broken


@mutant(function_task, "_as_function_takes", "NIF-13")
def positional_only_is_not_known(_: Any) -> Any:
    """execute hands a positional-only parameter over by name."""
    return lambda func, args, kwargs: (args, kwargs)
