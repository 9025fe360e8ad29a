"""A map yields the same results inside and outside a run, in sync and in async code."""

from __future__ import annotations

import asyncio

import pytest

from reference_impl import TaskEnvironment, map, run  # noqa: A004 - the name is the SDK's
from reference_impl.errors import RuntimeUserError

env = TaskEnvironment("mapping")


@env.task
def inverse(number: int) -> float:
    """Divide by a number, which fails for zero."""
    return 1 / number


def shown(results: list[object]) -> list[str]:
    """Return results and errors as strings."""
    return [f"{item.code}: {item}" if isinstance(item, RuntimeUserError) else str(item) for item in results]


@env.task
def mapped() -> list[str]:
    """Map in sync code."""
    return shown(list(map(inverse, [0, 4])))


@env.task
async def mapped_async() -> list[str]:
    """Map in async code."""
    return shown([item async for item in map.aio(inverse, [0, 4])])


def test_failures_stand_in_their_places() -> None:
    """By default, the error of a failed call is yielded, with the same class and code wherever the map runs."""
    expected = ["ZeroDivisionError: division by zero", "0.25"]

    outside: list[object] = [mapped(), asyncio.run(mapped_async.aio())]
    inside: list[object] = [run(mapped).outputs()[0], run(mapped_async).outputs()[0]]

    assert outside == [expected, expected]
    assert inside == [expected, expected]


@env.task
def total(limit: int) -> float:
    """Map and call, in sync code that is itself mapped."""
    return float(sum(map(inverse, range(1, limit))) + inverse(1))


@env.task
async def blocking() -> list[float]:
    """Map in the sync form in a coroutine, then go on without blocking."""
    return [*map(total, [2, 3]), await total.aio(2)]


def test_sync_form_works_in_a_coroutine_too() -> None:
    """A map that blocks its event loop does not deadlock, however deeply the tasks call other tasks."""
    assert run(blocking).outputs()[0] == [2.0, 2.5, 2.0]


def test_failure_is_raised_on_demand() -> None:
    """With `return_exceptions=False`, the first error is raised, with its cause."""

    async def collect() -> list[object]:
        return [item async for item in map.aio(inverse, [4, 0], return_exceptions=False)]

    with pytest.raises(RuntimeUserError) as caught:
        asyncio.run(collect())

    assert isinstance(caught.value.__cause__, ZeroDivisionError)
