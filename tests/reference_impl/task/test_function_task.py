"""Calls, aio, execute, pickling and the command line of function tasks."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import functools
import gc
import inspect
import pathlib
import pickle
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextvars import ContextVar
from typing import Any

import cloudpickle  # type: ignore[import-untyped] # it has no types
import pytest

import reference_impl as flyte
from reference_impl.errors import (
    NotInTaskContextError,
    RuntimeSystemError,
    RuntimeUserError,
    SyncTaskCallInAsyncContextError,
    TraceDoesNotAllowNestedTasksError,
)
from reference_impl.extend import AsyncFunctionTaskTemplate
from reference_impl.models import ActionID, CodeBundle, NativeInterface, RawDataPath, SerializationContext, TaskContext
from reference_impl.report import Report
from reference_impl.task.context import Context, inside
from reference_impl.task.controller import set_controller

env = flyte.TaskEnvironment("calls")


@env.task
def double(x: int) -> int:
    """Return twice the number."""
    return 2 * x


@env.task
async def double_async(x: int) -> int:
    """Return twice the number, later."""
    return 2 * x


class Tag(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """Records the order of its steps."""

    async def pre(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Pass the arguments on as data."""
        return {"pre": (args, kwargs)}

    async def post(self, return_vals: Any) -> Any:
        """Return what was seen."""
        context = flyte.ctx()
        assert context is not None
        return return_vals, context["pre"], context["given"]


def make(func: Callable[..., Any], kind: type[Any] = AsyncFunctionTaskTemplate) -> Any:
    """Return a template of a function."""
    interface = NativeInterface.from_callable(func)
    return kind(name=getattr(func, "__name__", "body"), func=func, interface=interface)


def within(data: dict[str, Any] | None = None, *, trace: bool = False) -> contextlib.AbstractContextManager[Context]:
    """Enter a task context with data, and perhaps a trace."""
    task_context = TaskContext(
        action=ActionID(name="action"),
        version="v1",
        raw_data_path=RawDataPath(path="raw"),
        output_path="out",
        run_base_dir="base",
        report=Report("report"),
        data=data or {},
    )
    return inside(Context(task_context=task_context, in_trace=trace))


class Recorder:
    """A controller that records what is submitted and answers with a number."""

    def __init__(self) -> None:
        self.seen: list[tuple[Any, ...]] = []
        self.future: Future[Any] = Future()

    async def submit(self, _task: Any, *args: Any, **kwargs: Any) -> int:
        """Record an async call."""
        self.seen.append(("submit", _task.name, args, kwargs))
        return 1

    def submit_sync(self, _task: Any, *args: Any, **kwargs: Any) -> Future[Any]:
        """Record a sync call."""
        self.seen.append(("submit_sync", _task.name, args, kwargs))
        return self.future


@pytest.fixture
def controller() -> Iterator[Recorder]:
    """The controller of one test."""
    recorder = Recorder()
    before = set_controller(recorder)
    yield recorder
    set_controller(before)


def raising(error: BaseException) -> Callable[[], None]:
    """Return a function that raises an error."""

    def body() -> None:
        raise error

    return body


def raising_async(error: BaseException) -> Callable[[], Any]:
    """Return a coroutine function that raises an error."""

    async def body() -> None:
        raise error

    return body


def test_calls_outside() -> None:
    """Outside a task context, a call has the result of the function, sync or async. CAL-01, CAL-02."""
    coroutine = double_async(2)

    assert double(2) == 4
    assert inspect.iscoroutine(coroutine)
    assert asyncio.run(coroutine) == 4


@pytest.mark.parametrize("make_body", [raising, raising_async])
def test_exceptions_are_wrapped(make_body: Callable[[BaseException], Callable[[], Any]]) -> None:
    """A call wraps the exception of a sync or async function, which is the cause. CAL-04, CAL-05."""
    error = ValueError("bad")
    task = make(make_body(error))

    with pytest.raises(RuntimeUserError, match="bad") as caught:
        asyncio.run(task()) if make_body is raising_async else task()

    assert caught.value.code == "ValueError"
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("make_body", [raising, raising_async])
@pytest.mark.parametrize("error", [RuntimeUserError("C", "u"), RuntimeSystemError("C", "s"), KeyboardInterrupt()])
def test_some_exceptions_pass(make_body: Callable[[BaseException], Callable[[], Any]], error: BaseException) -> None:
    """Errors of tasks, and exceptions that do not derive from Exception, are not wrapped. CAL-06, CAL-08."""
    task = make(make_body(error))

    with pytest.raises(type(error)) as caught:
        asyncio.run(task()) if make_body is raising_async else task()

    assert caught.value is error


def test_a_call_that_nobody_awaits_complains_once() -> None:
    """Python warns once about a coroutine that is not awaited, and not at all if it is closed."""
    with warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always")
        forgotten = [double_async(1)]
        forgotten.clear()
        gc.collect()
        double_async(1).close()
        gc.collect()

    assert [complaint.category for complaint in complaints] == [RuntimeWarning]


def test_aio_outside() -> None:
    """One await returns the value, the loop goes on, and exceptions are not wrapped. AIO-02, AIO-03, AIO-04b."""
    error = ValueError("bad")

    def slow() -> str:
        time.sleep(0.1)
        return threading.current_thread().name

    async def main() -> tuple[Any, Any, str, int]:
        coming = asyncio.ensure_future(make(slow).aio())
        ticks = 0
        while not coming.done():
            await asyncio.sleep(0.005)
            ticks += 1
        with pytest.raises(ValueError, match="bad") as caught:
            await make(raising(error)).aio()
        assert caught.value is error
        return await double.aio(2), await double_async.aio(3), coming.result(), ticks

    twice, thrice, thread, ticks = asyncio.run(main())

    assert (twice, thrice) == (4, 6)
    assert thread.startswith("sync-executor-")
    assert ticks >= 3


def test_calls_in_a_context(controller: Recorder) -> None:
    """A call inside a task goes to the controller with its arguments; the body does not run. CTX-01, CTX-02."""
    controller.future.set_result(7)

    with within():
        assert double(1, x=2) == 7  # type: ignore[misc] # handed on as it is
        assert asyncio.run(double_async(x=3)) == 1
        assert asyncio.run(double.aio(4)) == 7

    assert controller.seen == [
        ("submit_sync", "calls.double", (1,), {"x": 2}),
        ("submit", "calls.double_async", (), {"x": 3}),
        ("submit_sync", "calls.double", (4,), {}),
    ]


def test_a_sync_call_does_not_block_the_loop(controller: Recorder) -> None:
    """In a running event loop, a sync call is refused, and the message names aio. CTX-03."""

    async def main() -> None:
        double(1)

    with within(), pytest.raises(SyncTaskCallInAsyncContextError, match="aio"):
        asyncio.run(main())
    assert controller.seen == []


def test_traces_allow_no_tasks(controller: Recorder) -> None:
    """Inside a trace, a call is refused at once, and forward works. CTX-04."""
    with within(trace=True):
        for task in (double, double_async):
            with pytest.raises(TraceDoesNotAllowNestedTasksError, match="forward"):
                task(1)
        assert double.forward(2) == 4
    assert controller.seen == []


def test_no_controller() -> None:
    """Without a controller, a call inside a task raises RuntimeSystemError. CTX-05, AIO-07."""
    before = set_controller(None)
    try:
        with within():
            with pytest.raises(RuntimeSystemError) as caught:
                double(1)
            with pytest.raises(RuntimeSystemError):
                asyncio.run(double.aio(1))
    finally:
        set_controller(before)

    assert caught.value.code == "BadContext"


def test_cancelling_aio_cancels_the_call(controller: Recorder) -> None:
    """Cancelling the awaiter cancels the future of the controller. AIO-08."""

    async def main() -> None:
        waiting = asyncio.ensure_future(double.aio(1))
        await asyncio.sleep(0.01)
        waiting.cancel()
        await waiting

    with within(), pytest.raises(asyncio.CancelledError):
        asyncio.run(main())
    assert controller.future.cancelled()


@pytest.mark.parametrize("is_async", [False, True])
def test_execute_in_order(is_async: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """The dict of pre is merged over the data for body and post; the result is that of post. EXE-03 to EXE-06."""

    def look(x: int) -> Any:
        context = flyte.ctx()
        assert context is not None
        return x, context["pre"], context["given"]

    async def look_async(x: int) -> Any:
        return look(x)

    task = make(look_async if is_async else look, Tag)
    with within({"given": 1, "pre": "old"}) as context:
        found = asyncio.run(task.execute(2))
        assert flyte.ctx() is context.task_context

    pre: Any = ((2,), {})
    assert found == ((2, pre, 1), pre, 1)


def test_execute_needs_a_context() -> None:
    """Outside a task context, execute raises NotInTaskContextError and the body does not run. EXE-01, EXE-02."""
    with pytest.raises(NotInTaskContextError, match="run"):
        asyncio.run(make(raising(AssertionError("the body ran"))).execute())


@pytest.mark.parametrize(
    "error", [StopIteration(1), SystemExit(3), KeyboardInterrupt(), GeneratorExit(), asyncio.CancelledError()]
)
def test_execute_never_hangs(error: BaseException) -> None:
    """Every exception of a sync body ends execute; StopIteration becomes RuntimeError. EXE-17, EXE-18."""
    task = make(raising(error))
    expected = RuntimeError if isinstance(error, StopIteration) else type(error)

    async def main() -> None:
        await asyncio.wait_for(task.execute(), timeout=5)

    with within(), pytest.raises(expected):
        asyncio.run(main())


def test_bodies_run_off_the_loop() -> None:
    """A sync body has a daemon thread without a loop, sees context variables, leaves no thread. EXE-10 to EXE-13."""
    variable: ContextVar[str] = ContextVar("variable", default="default")

    def body() -> tuple[bool, str, str]:
        async def inner() -> str:
            return variable.get()

        before = variable.get()
        variable.set("changed")
        return threading.current_thread().daemon, before, asyncio.run(inner())

    async def main() -> Any:
        variable.set("caller's")
        found = await asyncio.gather(*(make(body).execute() for _ in range(20)))
        return found, variable.get()

    before = threading.active_count()
    with within():
        found, after = asyncio.run(main())

    assert found == [(True, "caller's", "changed")] * 20
    assert after == "caller's"
    assert threading.active_count() == before


class Callable_:  # noqa: N801 - the name of the type it imitates
    """An object with an async `__call__`."""

    async def __call__(self, x: int) -> int:
        """Return twice the number."""
        return 2 * x


@pytest.mark.parametrize(
    ("func", "is_async"),
    [
        (Callable_(), True),
        (functools.partial(double.func), False),
        (functools.partial(double_async.func), True),
        (lambda x: 2 * x, False),
    ],
)
def test_callables_of_every_shape(func: Callable[..., Any], is_async: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Partials and callable objects are async if the function that they call is. CON-13, CON-17, EXE-20."""
    task = make(func)

    assert task._call_as_synchronous is not is_async
    with within():
        assert asyncio.run(task.execute(x=2)) == 4


def test_positional_only_parameters() -> None:
    """Arguments given by name reach positional-only parameters. NIF-13."""

    def sub(a: int, b: int, /, c: int = 0) -> int:
        return a - b - c

    with within():
        assert asyncio.run(make(sub).execute(b=1, a=5, c=2)) == 2


def test_positional_only_parameter_left_out_has_its_default() -> None:
    """An argument given by name keeps its position if one before it is left out; a missing one is an error. NIF-13."""

    def sub(a: int = 10, b: int = 0, /, *, c: int = 0) -> int:
        return a - b - c

    def needy(a: int, b: int = 0, /) -> int:
        return a - b

    with within():
        assert asyncio.run(make(sub).execute(b=1, c=2)) == 7
        assert asyncio.run(make(sub).execute(3, b=1)) == 2
        with pytest.raises(TypeError):
            asyncio.run(make(needy).execute(b=1))


def test_looks_like_its_function() -> None:
    """A task has the name, docstring, signature and module of its function. CAL-13."""
    assert double.__name__ == "double"  # type: ignore[attr-defined] # taken over from the function
    assert double.__doc__ == "Return twice the number."
    assert inspect.signature(double) == inspect.signature(double.func)
    assert inspect.unwrap(double) is double.func
    if sys.version_info >= (3, 12):
        assert inspect.iscoroutinefunction(double_async)
        assert not inspect.iscoroutinefunction(double)


@pytest.mark.parametrize("library", [pickle, cloudpickle])
@pytest.mark.parametrize("task", [double, double_async, double.override(retries=2)])
def test_pickling(library: Any, task: Any) -> None:
    """A module-level task can be pickled; its environment is left out. PKL-01, PKL-02."""
    back = library.loads(library.dumps(task))

    assert back.parent_env is None
    assert back.func is task.func
    assert back.__name__ == task.__name__
    assert back == copy.copy(back)
    assert back.retries == task.retries
    assert task.parent_env() is env


@pytest.mark.parametrize("how", [copy.copy, copy.deepcopy])
def test_copies_keep_the_environment(how: Callable[[Any], Any]) -> None:
    """A copy, shallow or deep, is equal and has the same environment. PKL-03, PKL-04."""
    twin = how(double)

    assert twin == double
    assert twin is not double
    assert twin.parent_env is double.parent_env


def test_source_file() -> None:
    """`source_file` is that of the unwrapped function; None if it is not written in Python. EXT-03, EXT-04."""

    @functools.wraps(double.func)
    def wrapper(x: int) -> int:
        return double.func(x)

    wrapper_function: Any = wrapper  # as a decorator in another file returns it
    wrapper_function.__code__ = wrapper_function.__code__.replace(co_filename="/lib/decorators.py")

    assert make(wrapper).source_file == __file__
    assert AsyncFunctionTaskTemplate(name="len", func=len, interface=NativeInterface({}, {})).source_file is None


ROOT = pathlib.Path(__file__).parent


@pytest.mark.parametrize(
    ("bundle", "present", "absent"),
    [
        (None, ["--resolver"], ["--pkl", "--tgz", "--dest"]),
        (CodeBundle(computed_version="1", tgz="t.tgz"), ["--tgz", "--dest", "--resolver"], ["--pkl"]),
        (CodeBundle(computed_version="1", pkl="p.pkl"), ["--pkl", "--dest"], ["--tgz", "--resolver"]),
    ],
)
def test_container_args(bundle: CodeBundle | None, present: list[str], absent: list[str]) -> None:
    """The command line depends on the context and on how the code is packed. ARG-01, ARG-02."""
    args = double.container_args(SerializationContext("v1", code_bundle=bundle, root_dir=ROOT, input_path="in"))

    assert args[:3] == ["a0", "--inputs", "in"]
    assert set(present) <= set(args)
    assert not set(absent) & set(args)


def test_container_args_need_a_root() -> None:
    """A task that is found by its module needs the folder that module names start from. ARG-03."""
    with pytest.raises(RuntimeSystemError, match="root_dir") as caught:
        double.container_args(SerializationContext("v1"))

    assert caught.value.code == "SerializationError"
