"""Caches, retries and timeouts: what a task is declared with, and what a failed attempt does."""

import hashlib
import inspect
import json
from datetime import timedelta

import flyte
from flyte import Cache, RetryStrategy, Timeout

attempts: list[int] = []


class SourcePolicy:
    """A cache policy: the version is the digest of what a task is asked to do."""

    def get_version(self, salt: str, params: object) -> str:
        """Return the digest of the salt and the function's source."""
        source = inspect.getsource(params.func)
        return hashlib.sha256(f"{salt}{source}".encode()).hexdigest()


env = flyte.TaskEnvironment(name="policies", cache="auto")


@env.task(cache=Cache(behavior="override", version_override="v7", ignored_inputs=("verbose",), serialize=True))
def score(text: str, verbose: int = 0) -> int:
    """Score a text."""
    return len(text) + verbose * 0


@env.task(cache="disable", retries=2, timeout=timedelta(minutes=3))
async def flaky(limit: int) -> int:
    """Fail until it was tried often enough."""
    attempts.append(limit)
    if len(attempts) < limit:
        raise ConnectionError(f"attempt {len(attempts)}")
    return len(attempts)


@env.task(retries=RetryStrategy(count=4), timeout=Timeout(max_runtime=timedelta(seconds=9), max_queued_time=60))
def careful() -> str:
    """Be declared with objects instead of numbers."""
    return "done"


def main() -> None:
    """Print the declarations, then run the flaky task."""
    cache = score.cache
    print(json.dumps([cache.behavior, cache.version_override, cache.serialize, cache.ignored_inputs, cache.salt]))
    print(json.dumps([careful.cache.behavior, careful.cache.is_enabled(), flaky.cache.is_enabled()]))
    print(json.dumps([flaky.retries.count, careful.retries.count, score.retries.count]))
    print(flaky.timeout, careful.timeout.max_runtime, careful.timeout.max_queued_time)
    print(Cache("auto", ignored_inputs="one").get_ignored_inputs(), Cache("disable").get_ignored_inputs())
    custom = Cache("auto", policies=[SourcePolicy()], salt="s")
    print(len(custom.policies), custom.salt, custom.behavior, RetryStrategy(3) == RetryStrategy(count=3))
    for behavior in ("sometimes", "on"):
        try:
            Cache(behavior)
        except ValueError:
            print("no such behavior:", behavior)
    flyte.init()
    print(flyte.run(flaky, 2).outputs()[0], attempts)
    print(flyte.run(careful.override(cache="disable")).outputs()[0], score("four"))


if __name__ == "__main__":
    main()
