"""Errors, contexts and cached results when a task calls another one in a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reference_impl import TaskEnvironment, ctx, run, with_runcontext
from reference_impl.errors import (
    BaseRuntimeError,
    CustomError,
    NonRecoverableError,
    OOMError,
    RuntimeSystemError,
    RuntimeUnknownError,
    RuntimeUserError,
)

env = TaskEnvironment("local")
raised: list[Exception] = []
bodies: list[int] = []


class QuotaError(RuntimeUserError):
    """An error class that a user defines."""


@env.task(retries=2)
async def fail() -> None:
    """Raise the error that the test prepared."""
    bodies.append(len(bodies))
    raise raised[-1]


@env.task(cache="auto")
def kept(number: int) -> int:
    """Count how often the body runs."""
    bodies.append(number)
    return number


@env.task
async def twice(number: int) -> int:
    """Call the task twice with the same input, then with another one."""
    task: Any = kept  # a call gives a result or a coroutine of one, and no type says which
    return int(await task.aio(number) + await task.aio(number) + await task.aio(-number))


@env.task
async def folders() -> list[str]:
    """Write to the folders of this action, and return them."""
    context = ctx()
    assert context is not None
    places = [context.output_path, context.raw_data_path.path]
    for place in places:
        Path(place, "note").write_text("here", encoding="utf-8")  # noqa: ASYNC240 - a test may block
    return places


@env.task
async def two_folders() -> list[list[str]]:
    """Return the folders of two actions of one run."""
    task: Any = folders
    return [await task(), await task()]


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (ValueError("v"), RuntimeUserError, "ValueError"),
        (QuotaError("Quota", "q"), RuntimeUserError, "Quota"),  # the caller may not have the class
        (CustomError("Own", "c"), RuntimeUserError, "Own"),
        (OOMError("OOMKilled", "o"), OOMError, "OOMKilled"),  # what a caller may answer with more memory
        (RuntimeSystemError("Disk", "s"), RuntimeSystemError, "Disk"),
        (RuntimeUnknownError("Odd", "u"), RuntimeUnknownError, "Odd"),
    ],
    ids=lambda value: getattr(value, "__name__", None) or str(value),
)
def test_error_arrives_with_code_and_text(error: Exception, kind: type[BaseRuntimeError], code: str) -> None:
    """A caller gets the code, message and cause of an error, and its class if that says what happened to the task."""
    raised.append(error)

    with pytest.raises(BaseRuntimeError) as caught:
        run(fail)

    assert type(caught.value) is kind
    assert (caught.value.code, str(caught.value)) == (code, str(error))
    assert caught.value.__cause__ is error


@pytest.mark.parametrize(("error", "attempts"), [(ValueError("v"), 3), (NonRecoverableError("n"), 1)], ids=repr)
def test_task_is_tried_again(error: Exception, attempts: int) -> None:
    """A task with two retries has three attempts, but only one if the error says that retrying is useless."""
    raised.append(error)
    bodies.clear()

    with pytest.raises(RuntimeUserError):
        run(fail)

    assert len(bodies) == attempts


@env.task(retries=2)
async def spoiling(items: list[int]) -> list[int]:
    """Change the input, then fail at first."""
    items.append(len(bodies))
    bodies.append(len(items))
    if len(bodies) < 3:
        raise ConnectionError
    return items


def test_each_attempt_gets_the_inputs_of_the_first() -> None:
    """Neither the next attempt nor the caller sees what a failed attempt did to its inputs."""
    bodies.clear()
    given = [7]

    assert run(spoiling, given).outputs()[0] == [7, 2]
    assert given == [7]


def test_cached_result_is_kept_for_the_same_inputs() -> None:
    """The body runs once for each different input, unless the run asks for no cache."""
    bodies.clear()

    assert run(twice, 7).outputs()[0] == 7
    assert bodies == [7, -7]

    with_runcontext(disable_run_cache=True).run(twice, 7)
    assert bodies == [7, -7, 7, 7, -7]


@env.task(cache="auto")
async def kept_list(number: int) -> list[int]:
    """Return a mutable value."""
    return [number]


@env.task
async def changing() -> list[int]:
    """Change a cached result, and call the task again."""
    task: Any = kept_list
    (await task(1)).append(2)
    again: list[int] = await task(1)
    return again


def test_kept_result_cannot_be_changed() -> None:
    """A caller that changes a cached result does not change what the next caller gets."""
    assert run(changing).outputs()[0] == [1]
    assert run(changing).outputs()[0] == [1]


def test_each_action_has_its_folders(tmp_path: Path) -> None:
    """The folders of an action exist, and two actions of a run do not share one for their outputs."""
    run_here = with_runcontext(run_base_dir=str(tmp_path), raw_data_path=str(tmp_path / "raw"))

    (first, raw), (second, same_raw) = run_here.run(two_folders).outputs()[0]

    assert first != second
    assert raw == same_raw == str(tmp_path / "raw")
    assert len(list(tmp_path.rglob("note"))) == 3
