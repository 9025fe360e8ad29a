"""Derive variants of tasks and environments without touching what they derive from."""

import copy
import json
from datetime import timedelta

import flyte
from flyte import Cache, Resources, ReusePolicy
from flyte.extend import AsyncFunctionTaskTemplate

base = flyte.TaskEnvironment(
    name="base", resources=Resources(cpu=1), env_vars={"LEVEL": "info"}, secrets="token", interruptible=True, queue="q1"
)


@base.task(retries=1, max_inline_io_bytes=1024)
async def work(size: int = 1) -> int:
    """Square the size."""
    return size * size


def show(task: AsyncFunctionTaskTemplate) -> str:
    """Return what can be overridden, as one line of JSON."""
    resources = [task.resources.cpu, task.resources.memory, task.resources.gpu]
    timeout = task.timeout.total_seconds() if isinstance(task.timeout, timedelta) else task.timeout
    basics = [task.name, task.short_name, task.retries.count, timeout, task.cache.behavior, task.interruptible]
    return json.dumps(
        [*basics, resources, dict(task.env_vars or {}), task.secrets, task.queue, task.max_inline_io_bytes]
    )


def main() -> None:
    """Print each variant, and that the first one stayed what it was."""
    before = show(work)
    print(before)
    print(show(work.override(resources=Resources(cpu=4, memory="2Gi", gpu="T4:1"))))
    print(show(work.override(retries=5, timeout=timedelta(minutes=1), short_name="big")))
    print(show(work.override(env_vars={"LEVEL": "debug"}, secrets="other", queue="q2", max_inline_io_bytes=9)))
    print(show(work.override(cache=Cache("override", version_override="v1")).override(interruptible=False)))
    print(show(work.override(cache="auto", retries=None, queue=None)), work.override() == work, work.override() is work)
    warm = work.override(reusable=ReusePolicy(replicas=2))
    print(warm.reusable.replicas, work.reusable, warm.override(reusable="off", resources=Resources(cpu=3)).reusable)
    for wrong in ({"name": "other"}, {"image": "img"}, {"interface": None}, {"docs": None}):
        try:
            work.override(**wrong)
        except ValueError:
            print("fixed:", *wrong)
    try:
        warm.override(resources=Resources(cpu=2))
    except ValueError:
        print("a warm container keeps its resources")
    print(show(work) == before, base.tasks["base.work"] is work, work.override(retries=3).parent_env() is base)

    bigger = base.clone_with("bigger", resources=Resources(cpu=8), env_vars={"LEVEL": "warn"}, depends_on=[base])
    print(bigger.name, bigger.resources.cpu, bigger.env_vars, bigger.queue, bigger.interruptible, bigger.tasks)
    print(base.resources.cpu, base.env_vars, [one.name for one in bigger.depends_on], base.depends_on)
    print(copy.copy(work) is work, copy.copy(Resources(cpu=2)) == Resources(cpu=2))
    flyte.init()
    print(flyte.run(work.override(retries=2), size=6).outputs()[0], flyte.run(work).outputs()[0])


if __name__ == "__main__":
    main()
