"""What becomes of an error, of a context and of a cached result when a task calls another one in a run."""

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
    """An error class of the user's own."""


@env.task(retries=2)
async def fail() -> None:
    """Raise what is due."""
    bodies.append(len(bodies))
    raise raised[-1]


@env.task(cache="auto")
def kept(number: int) -> int:
    """Count how often the body runs."""
    bodies.append(number)
    return number


@env.task
async def twice(number: int) -> int:
    """Ask for the same thing twice, then for another."""
    task: Any = kept  # a call gives a result or a coroutine of one, and no type says which
    return int(await task.aio(number) + await task.aio(number) + await task.aio(-number))


@env.task
async def folders() -> list[str]:
    """Say where this action may write, after writing there."""
    context = ctx()
    assert context is not None
    places = [context.output_path, context.raw_data_path.path]
    for place in places:
        Path(place, "note").write_text("here", encoding="utf-8")  # noqa: ASYNC240 - a test may block
    return places


@env.task
async def two_folders() -> list[list[str]]:
    """Ask two actions of one run."""
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
    """Code, text and cause cross the border of a task; of the classes only those that say what became of it."""
    raised.append(error)

    with pytest.raises(BaseRuntimeError) as caught:
        run(fail)

    assert type(caught.value) is kind
    assert (caught.value.code, str(caught.value)) == (code, str(error))
    assert caught.value.__cause__ is error


@pytest.mark.parametrize(("error", "attempts"), [(ValueError("v"), 3), (NonRecoverableError("n"), 1)], ids=repr)
def test_task_is_tried_again(error: Exception, attempts: int) -> None:
    """A task with two retries has three attempts, and one after an error that no retry can help."""
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
    """What a failed attempt did to its inputs is not seen by the next one, nor by the caller."""
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
    """Give something that can be changed."""
    return [number]


@env.task
async def changing() -> list[int]:
    """Change a kept result, and ask for it again."""
    task: Any = kept_list
    (await task(1)).append(2)
    again: list[int] = await task(1)
    return again


def test_kept_result_cannot_be_changed() -> None:
    """What one caller does to a result is not what the next one gets."""
    assert run(changing).outputs()[0] == [1]
    assert run(changing).outputs()[0] == [1]


def test_each_action_has_its_folders(tmp_path: Path) -> None:
    """Two actions of a run may write where they are told to, and do not share the folder of their outputs."""
    run_here = with_runcontext(run_base_dir=str(tmp_path), raw_data_path=str(tmp_path / "raw"))

    (first, raw), (second, same_raw) = run_here.run(two_folders).outputs()[0]

    assert first != second
    assert raw == same_raw == str(tmp_path / "raw")
    assert len(list(tmp_path.rglob("note"))) == 3
