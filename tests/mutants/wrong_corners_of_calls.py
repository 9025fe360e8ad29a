"""Wrong in a corner case of a call only: for one kind of value or error, on one thread, during one other call."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import copy
import inspect
import threading
from typing import Any

from conformance.mutants.form import Mutant, mutant
from reference_impl.errors import InvalidValueError, RuntimeUserError, SyncTaskCallInAsyncContextError
from reference_impl.extend import AsyncFunctionTaskTemplate, TaskTemplate
from reference_impl.task import awaiting, function_task, threads
from reference_impl.task import controller as controller_module
from reference_impl.task.context import Context, current, inside
from reference_impl.task.controller import get_controller

# ---- calls ----


@mutant(TaskTemplate, "__call__", "CAL-12")
def keywords_bring_a_context_of_their_own(call: Any) -> Any:
    """A sync call with keywords runs in a copy of the caller's context variables."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        is_outside = current().task_context is None and self._call_as_synchronous
        if kwargs and is_outside:
            return contextvars.copy_context().run(call, self, *args, **kwargs)
        return call(self, *args, **kwargs)

    return broken


@mutant(TaskTemplate, "__call__", "CAL-12")
def sync_call_on_a_loop_runs_elsewhere(call: Any) -> Any:
    """Outside a task context, a sync call on a running loop runs on another thread."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        is_outside = current().task_context is None and self._call_as_synchronous
        if is_outside and asyncio._get_running_loop() is not None:
            with concurrent.futures.ThreadPoolExecutor(max_workers=1) as thread:
                return thread.submit(contextvars.copy_context().run, call, self, *args, **kwargs).result()
        return call(self, *args, **kwargs)

    return broken


@mutant(AsyncFunctionTaskTemplate, "__setstate__", "CAL-13")
def pickled_template_looks_like_no_function(_: Any) -> Any:
    """An unpickled template has neither the name nor the signature of its function."""
    return TaskTemplate.__setstate__


@mutant(awaiting, "wrapping", "CAL-05")
def error_with_a_cause_gives_way_to_it(original: Any) -> Any:
    """The cause of what an async call raises is the cause of the body's exception."""

    async def broken(unstarted: Any) -> Any:
        try:
            return await original(unstarted)
        except RuntimeUserError as error:
            cause = error.__cause__
            raise error from (cause.__cause__ if cause is not None and cause.__cause__ is not None else cause)

    return broken


@mutant(TaskTemplate, "__call__", "CAL-04")
def notes_are_part_of_the_message(call: Any) -> Any:
    """The message of what a sync call raises contains the notes of the body's exception, too."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return call(self, *args, **kwargs)
        except RuntimeUserError as error:
            notes = getattr(error.__cause__, "__notes__", ())
            if notes:
                error.args = ("\n".join([str(error), *notes]),)
            raise

    return broken


@mutant(TaskTemplate, "aio", "AIO-05")
def aio_remembers_where_it_was_called_first(aio: Any) -> Any:
    """A template whose aio was called outside a task context runs its body in one, too."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if vars(self).setdefault("_is_outside", current().task_context is None) and not current().in_trace:
            with inside(Context()):
                return await aio(self, *args, **kwargs)
        return await aio(self, *args, **kwargs)

    return broken


def _awaiting(is_sync: bool, name: str, *rules: str) -> Mutant:  # noqa: FBT001 - one of two
    """Return a mutant whose aio also awaits what the function returned."""

    def replacement(aio: Any) -> Any:
        async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
            result = await aio(self, *args, **kwargs)
            is_meant = self._call_as_synchronous is is_sync
            return await result if is_meant and inspect.isawaitable(result) else result

        return broken

    kind = "a sync" if is_sync else "an async"
    wrong = f"aio of {kind} task awaits what the function returned."
    return Mutant(name=name, wrong=wrong, caught_by=rules, owner=TaskTemplate, attribute="aio", replacement=replacement)


AWAITING = (
    _awaiting(True, "aio_awaits_the_result_of_sync", "AIO-01"),
    _awaiting(False, "aio_awaits_the_result_of_async", "AIO-02"),
)


@mutant(TaskTemplate, "aio", "AIO-04b")
def aio_with_keywords_wraps(aio: Any) -> Any:
    """aio with keywords wraps what the body raises."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await aio(self, *args, **kwargs)
        except Exception as error:
            if kwargs and current().task_context is None:
                raise RuntimeUserError(type(error).__name__, str(error)) from error
            raise

    return broken


@mutant(TaskTemplate, "aio", "AIO-03")
def second_aio_blocks_the_loop(aio: Any) -> Any:
    """While one aio of a sync task runs, another one blocks the loop until it gets its turn, or 0.8 s are over."""
    one = threading.Lock()

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        has_turn = one.acquire(timeout=0.8)
        try:
            return await aio(self, *args, **kwargs)
        finally:
            if has_turn:
                one.release()

    return broken


@mutant(TaskTemplate, "_submit", "CTX-02")
def call_waits_for_a_moment_only(submit: Any) -> Any:
    """A sync call in a task context gives up when the controller takes longer than 0.05 s."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not self._call_as_synchronous or current().in_trace or asyncio._get_running_loop() is not None:
            return submit(self, *args, **kwargs)
        return self._controller().submit_sync(self, *args, **kwargs).result(timeout=0.05)

    return broken


@mutant(controller_module, "get_controller", "CTX-02")
def controller_is_that_of_the_thread(get: Any) -> Any:
    """A controller that was installed on the main thread is not known on others."""

    def broken() -> Any:
        name = threading.current_thread().name
        if threading.current_thread() is not threading.main_thread() and not name.startswith("sync-executor"):
            raise InvalidValueError("no controller on this thread")
        return get()

    return broken


@mutant(TaskTemplate, "_submit", "CTX-03")
def only_the_loop_of_the_main_thread_counts(submit: Any) -> Any:
    """In a task context, a sync call blocks a running loop of another thread than the main one."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self._call_as_synchronous and threading.current_thread() is not threading.main_thread():
            return self._controller().submit_sync(self, *args, **kwargs).result()
        return submit(self, *args, **kwargs)

    return broken


@mutant(TaskTemplate, "_controller", "CTX-04", "AIO-06")
def controller_is_asked_before_the_trace(controller: Any) -> Any:
    """In a trace without controller, the error of a call is about the controller."""

    def broken(self: Any) -> Any:
        get_controller()
        return controller(self)

    return broken


@mutant(TaskTemplate, "_submit", "CTX-04")
def loop_is_looked_at_before_the_trace(submit: Any) -> Any:
    """In a trace on a running loop, the error of a sync call is about the loop."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self._call_as_synchronous and asyncio._get_running_loop() is not None:
            raise SyncTaskCallInAsyncContextError("on a loop")
        return submit(self, *args, **kwargs)

    return broken


# ---- execute ----


@mutant(AsyncFunctionTaskTemplate, "execute", "EXE-05")
def data_of_the_last_execute_is_kept(execute: Any) -> Any:
    """What pre returned once is in the data of each later execute of the same template."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        kept, pre = vars(self).setdefault("_is_kept", {}), self.pre

        async def adding(*given: Any, **named: Any) -> Any:
            kept.update(await pre(*given, **named) or {})
            return dict(kept)

        twin = copy.copy(self)
        vars(twin)["pre"] = adding
        return await execute(twin, *args, **kwargs)

    return broken


@mutant(AsyncFunctionTaskTemplate, "execute", "EXE-03")
def pre_gets_what_the_body_gets(execute: Any) -> Any:
    """What the body takes by position only is passed to pre by position, too."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        positional, named = function_task._as_function_takes(self.func, args, kwargs)
        return await execute(self, *positional, **named)

    return broken


@mutant(AsyncFunctionTaskTemplate, "source_file", "EXT-03")
def source_file_of_an_object_is_that_of_its_class(source_file: Any) -> Any:
    """The source file of an object is the one in which its class defines `__call__`."""

    def broken(self: Any) -> Any:
        found = source_file(self)
        return found or getattr(getattr(type(self.func).__call__, "__code__", None), "co_filename", None)

    return broken


@mutant(threads, "run_in_thread", "EXE-10")
def lone_body_runs_on_the_loop(original: Any) -> Any:
    """A sync body runs on the thread of the loop if the loop has no other task."""

    async def broken(func: Any, /, *args: Any, **kwargs: Any) -> Any:
        if len(asyncio.all_tasks()) == 1:
            return func(*args, **kwargs)
        return await original(func, *args, **kwargs)

    return broken


@mutant(AsyncFunctionTaskTemplate, "execute", "EXE-07")
def group_of_exceptions_is_opened(execute: Any) -> Any:
    """Of a group of exceptions that a body raises, the first one comes out."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await execute(self, *args, **kwargs)
        except ExceptionGroup as group:
            raise group.exceptions[0] from group

    return broken


@mutant(threads, "_stopped", "EXE-17")
def own_stop_iteration_hangs(stopped: Any) -> Any:
    """A subclass of StopIteration is handed to the future as it is, which refuses it: execute never ends."""
    return lambda error: stopped(error) if type(error) is StopIteration else error
