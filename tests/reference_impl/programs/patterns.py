"""Call tasks with the patterns of asyncio and of decorators."""

import asyncio
import functools
from collections.abc import Callable
from typing import Any

import flyte

env = flyte.TaskEnvironment("patterns")


def announced(function: Callable[..., Any]) -> Callable[..., Any]:
    """Say that a function is called."""

    @functools.wraps(function)
    def wrapper(*args: object, **kwargs: object) -> object:
        print("call", function.__name__, args, sorted(kwargs.items()))
        return function(*args, **kwargs)

    return wrapper


@env.task
async def slow(place: int) -> int:
    """Wait, the first the longest."""
    await asyncio.sleep(0.02 * (3 - place))
    return place


@env.task
async def never() -> int:
    """Wait for too long."""
    await asyncio.sleep(60)
    return 0


@env.task
async def broken(place: int) -> int:
    """Fail."""
    raise IndexError(place)


@env.task
@announced
def decorated(left: int, right: int = 2) -> int:
    """Add, behind a decorator."""
    return left + right


@env.task
async def as_they_come() -> list[int]:
    """Take results in the order of their end."""
    return [await next_one for next_one in asyncio.as_completed([slow(place) for place in range(3)])]


@env.task
async def in_a_group() -> list[int]:
    """Start all in a task group."""
    async with asyncio.TaskGroup() as group:
        started = [group.create_task(slow(place)) for place in range(3)]
    return [task.result() for task in started]


@env.task
async def one_at_a_time() -> list[int]:
    """Hold the others back."""
    gate = asyncio.Semaphore(1)

    async def guarded(place: int) -> int:
        async with gate:
            return await slow(place)

    return list(await asyncio.gather(*(guarded(place) for place in range(3))))


@env.task
async def impatient() -> list[str]:
    """Give up on tasks, by time and by will."""
    seen = []
    try:
        await asyncio.wait_for(never(), 0.05)
    except TimeoutError:
        seen.append("too late")
    waiting = asyncio.create_task(never())
    await asyncio.sleep(0.01)
    waiting.cancel()
    try:
        await waiting
    except asyncio.CancelledError:
        seen.append("cancelled")
    results = await asyncio.gather(broken(1), slow(2), return_exceptions=True)
    return seen + [f"{type(result).__name__} {result}" for result in results]


@env.task
async def through_decorators(left: int) -> int:
    """Call a decorated function."""
    return await decorated.aio(left, right=5)


def made(factor: int) -> Any:
    """Return a task made in a function."""
    own = flyte.TaskEnvironment(f"made-{factor}")

    @own.task
    def times(number: int) -> int:
        """Multiply."""
        return number * factor

    return times


def main() -> None:
    """Print what each pattern gives."""
    flyte.init()
    for task in (as_they_come, in_a_group, one_at_a_time, impatient):
        print(task.short_name, flyte.run(task).outputs()[0])
    print(flyte.run(through_decorators, 3).outputs()[0], decorated(1), decorated.interface)
    tasks = [made(factor) for factor in range(3)]
    print([(task.name, task(2), flyte.run(task, 3).outputs()[0]) for task in tasks])
    print(functools.partial(decorated, right=10)(1))


if __name__ == "__main__":
    main()
