"""Call tasks in every way there is: as functions, from one another, mapped, traced."""

import asyncio
import inspect
import json
from collections.abc import AsyncIterator

import flyte

env = flyte.TaskEnvironment(name="calls")
seen: list[str] = []


@flyte.trace
async def fetch(key: str) -> str:
    """Pretend to ask a slow service."""
    seen.append(f"fetch {key}")
    await asyncio.sleep(0)
    return f"<{key}>"


@flyte.trace
def parse(text: str) -> int:
    """Count the characters."""
    return len(text)


@flyte.trace
async def count(limit: int) -> AsyncIterator[int]:
    """Yield numbers one by one."""
    for number in range(limit):
        yield number


@env.task
def add(left: int, right: int = 1) -> int:
    """Add."""
    return left + right


@env.task
async def fetch_all(keys: list[str]) -> list[str]:
    """Fetch every key, at the same time."""
    return list(await asyncio.gather(*(fetch(key) for key in keys)))


@env.task
def total(numbers: list[int]) -> int:
    """Add from a body that cannot await: calls, a map, a trace."""
    result = 0
    for number in numbers:
        result = add(result, right=number)
    mapped = list(flyte.map(add, numbers))
    return result * 1000 + sum(mapped) + parse("abc")


@env.task
async def everything(limit: int) -> dict[str, int]:
    """Call the others from a body that can."""
    keys = [f"k{number}" async for number in count(limit)]
    texts = await fetch_all(keys)
    pure = add.forward(40, right=2)
    mapped = [value async for value in flyte.map.aio(add, range(limit), concurrency=2)]
    return {"texts": len("".join(texts)), "pure": pure, "mapped": sum(mapped), "total": await total.aio([1, 2, 3])}


async def elsewhere() -> list[object]:
    """Call tasks from a coroutine of our own, where no run is going on."""
    waiting = fetch_all(["a"])
    is_coroutine = inspect.iscoroutine(waiting)
    return [is_coroutine, await waiting, await add.aio(1, right=1), await fetch_all.forward(["b"]), await fetch("c")]


def main() -> None:
    """Print what each way of calling gives."""
    print(add(1), add(1, 2), add(left=5, right=5), add.forward(2), total([1, 2, 3]), parse("four"))
    print(json.dumps(asyncio.run(elsewhere())))
    print(asyncio.run(everything(2)) == {"texts": 8, "pure": 42, "mapped": 3, "total": 6012})
    flyte.init()
    print(json.dumps(flyte.run(everything, limit=3).outputs()[0], sort_keys=True))
    print(flyte.run(total, [4, 5]).outputs()[0], flyte.run(add, 1, right=9).outputs()[0])
    print(seen, fetch.__name__, parse.__doc__)


if __name__ == "__main__":
    main()
