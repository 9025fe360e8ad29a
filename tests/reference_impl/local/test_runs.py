"""Runs in this process: inputs, outputs, errors, retries, cached results, contexts and traces."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import reference_impl as flyte
from reference_impl.errors import (
    NonRecoverableError,
    RuntimeDataValidationError,
    RuntimeUserError,
    SyncTaskCallInAsyncContextError,
)

env = flyte.TaskEnvironment("runs")
attempts: list[int] = []


class Pair(NamedTuple):
    """Two named outputs."""

    left: int
    right: str


@env.task
def add(x: int, y: int = 1) -> int:
    """Add."""
    return x + y


@env.task
async def add_async(x: int) -> int:
    """Add, through a sync task."""
    return await add.aio(x) + await add.aio(x, y=2)  # type: ignore[operator] # both are numbers


@env.task
def pair(x: int) -> Pair:
    """Return two."""
    return Pair(x, str(x))


@env.task
def nothing() -> None:
    """Return nothing."""


@env.task
def wrong() -> int:
    """Return a value of another type than the declared one."""
    return "text"  # type: ignore[return-value] # the mistake under test


@env.task
def fails(x: int) -> int:
    """Fail."""
    raise LookupError(f"no {x}")


@env.task
def parent(x: int) -> list[str]:
    """Call other tasks, and return what they returned and raised."""
    items = [x]
    seen = [str(changes(items)), str(items), str(add(x)), str(pair(x))]
    try:
        fails(x)
    except RuntimeUserError as error:
        seen.append(f"{error.code} {error}")
    return seen


@env.task
def changes(items: list[int]) -> list[int]:
    """Change the argument."""
    items.append(9)
    return items


@env.task(retries=2)
def flaky(until: int) -> int:
    """Fail until the third attempt."""
    attempts.append(until)
    if len(attempts) < until:
        raise ConnectionError
    return len(attempts)


@env.task(retries=5)
def hopeless() -> int:
    """Fail for good."""
    attempts.append(0)
    raise NonRecoverableError("never")


@env.task(cache="auto")
def kept(x: int) -> int:
    """Count the calls."""
    attempts.append(x)
    return len(attempts)


@env.task
def passed_on() -> list[str]:
    """Return what callers passed on, here and one level down."""
    with flyte.custom_context(more="2"), flyte.group("g"):
        context = flyte.ctx()
        assert context is not None
        assert context.group_data is not None
        inherited: Any = heard()
        return [*inherited, context.mode, context.group_data.name]


@env.task
def heard() -> list[str]:
    """Return what callers passed on."""
    return [f"{name}={value}" for name, value in sorted(flyte.get_custom_context().items())]


@pytest.fixture(autouse=True)
def _nobody_tried() -> None:
    """Count attempts anew in each test."""
    attempts.clear()


def test_outputs() -> None:
    """Outputs are in order and have names; a task without outputs has one None."""
    assert flyte.run(add, 1).outputs() == (2,)
    assert flyte.run(add, x=1, y=5).outputs().o0 == 6
    assert flyte.run(pair, 3).outputs() == (3, "3")
    assert flyte.run(nothing).outputs() == (None,)
    assert flyte.run(add_async, 1).wait() is None


def test_aio() -> None:
    """Every blocking function has an async form."""

    async def main() -> Any:
        await flyte.init.aio(project="p", domain="d")
        run = await flyte.run.aio(add_async, 1)
        await run.wait.aio()
        return await run.outputs.aio()

    assert asyncio.run(main()) == (5,)
    assert (flyte.current_project(), flyte.current_domain()) == ("p", "d")


def test_calls_inside() -> None:
    """Arguments are copied, errors have a code and a message, and several outputs are a tuple."""
    assert flyte.run(parent, 1).outputs()[0] == ["[1, 9]", "[1]", "2", "(1, '1')", "LookupError no 1"]


@pytest.mark.parametrize(
    ("args", "kwargs", "error"),
    [
        ((), {}, ValueError),
        ((1, 2, 3), {}, ValueError),
        ((1,), {"z": 1}, ValueError),
        (("1",), {}, TypeError),
        ((True,), {}, TypeError),
        ((1.0,), {}, TypeError),
    ],
)
def test_inputs_are_checked(args: tuple[Any, ...], kwargs: dict[str, Any], error: type[Exception]) -> None:
    """Arguments that are missing, too many, unknown or of another type are refused before the task runs."""
    with pytest.raises(error):
        flyte.run(add, *args, **kwargs)


def test_outputs_are_checked() -> None:
    """A result of another type than the declared one is a RuntimeDataValidationError."""
    with pytest.raises(RuntimeDataValidationError, match="o0"):
        flyte.run(wrong)


def test_attempts() -> None:
    """A failed task is tried again as often as its retries say, unless the error says that retrying is useless."""
    assert flyte.run(flaky, 3).outputs()[0] == 3
    attempts.clear()
    with pytest.raises(RuntimeUserError) as caught:
        flyte.run(flaky, 4)
    assert (caught.value.code, len(attempts)) == ("ConnectionError", 3)
    attempts.clear()
    with pytest.raises(RuntimeUserError, match="never"):
        flyte.run(hopeless)
    assert len(attempts) == 1


def test_kept_results() -> None:
    """A result is reused for the same inputs, unless the run disables the cache."""
    assert [flyte.run(kept, x).outputs()[0] for x in (1, 1, 2)] == [1, 1, 2]
    assert flyte.with_runcontext(disable_run_cache=True).run(kept, 1).outputs()[0] == 3
    assert flyte.run(kept.override(cache="disable"), 1).outputs()[0] == 4


def test_contexts() -> None:
    """What a run and its tasks pass on reaches nested tasks; a group ends with its block."""
    runner = flyte.with_runcontext(mode="local", custom_context={"given": "1"}, name="n")

    run = runner.run(passed_on)

    assert run.outputs()[0] == ["given=1", "more=2", "local", "g"]
    assert run.name == "dry-run"
    assert Path(run.url).name == "n"
    assert flyte.ctx() is None
    assert flyte.get_custom_context() == {}


def test_only_tasks_can_be_run() -> None:
    """A plain function is refused, and the message says how to make a task of it."""
    with pytest.raises(TypeError, match="@env"):
        flyte.run(len, "text")  # type: ignore[arg-type] # the mistake under test


def test_blocking_forms_do_not_deadlock() -> None:
    """A blocking call on the loop that it has to run on is refused."""

    @flyte.TaskEnvironment("deadlock").task
    async def inside() -> int:
        flyte.run(add, 1)
        return 1

    with pytest.raises(RuntimeUserError, match="aio") as caught:
        flyte.run(inside)
    assert caught.value.code == SyncTaskCallInAsyncContextError.__name__


@flyte.trace
def traced(x: int) -> int:
    """Call the plain function."""
    return add.forward(x)  # type: ignore[return-value] # a number


@flyte.trace
def items(x: int) -> Iterator[int]:
    """Yield some."""
    yield from range(x)


@flyte.trace
async def items_async(x: int) -> AsyncIterator[int]:
    """Yield some, later."""
    for item in range(x):
        yield item


@flyte.trace
async def calls_a_task(x: int) -> int:
    """Call a task, which is not allowed in a trace."""
    return await add.aio(x)  # type: ignore[return-value] # a number


@env.task
async def traces(x: int) -> list[int]:
    """Use every kind of traced function, and call tasks between the steps of a generator."""
    found = [traced(x)]
    for item in items(2):
        found += [item, await add.aio(item)]  # type: ignore[list-item] # numbers
    found += [item async for item in items_async(2)]
    try:
        await calls_a_task(x)
    except RuntimeUserError as error:
        found.append(len(error.code))
    return found


def test_traces() -> None:
    """Tasks cannot be called inside a trace, but between the steps of one; outside a run a trace has no effect."""
    assert flyte.run(traces, 1).outputs()[0] == [2, 0, 1, 1, 2, 0, 1, len("TraceDoesNotAllowNestedTasksError")]
    assert (traced(1), list(items(2)), asyncio.run(calls_a_task(1))) == (2, [0, 1], 2)


@env.task
def odd_names(task: int, func: int, context: int) -> int:
    """Take inputs that have the names of parameters of `run` and of the controller."""
    return task + func + context


@env.task
async def calls_odd_names() -> int:
    """Pass the inputs on by name."""
    total: Any = await odd_names.aio(task=1, func=2, context=3)
    return int(total)


def test_inputs_may_have_any_name() -> None:
    """Inputs may have any name, wherever the task is called from."""
    assert flyte.run(calls_odd_names).outputs()[0] == 6
    assert flyte.run(odd_names, 1, func=2, context=3).outputs()[0] == 6
    assert asyncio.run(odd_names.aio(task=1, func=2, context=3)) == 6
