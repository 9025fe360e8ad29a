"""Follow who asked for a run, through every task below it."""

import asyncio
import json

import flyte

env = flyte.TaskEnvironment(name="audit")
log: list[str] = []


@env.task
async def leaf(step: str) -> str:
    """Say on whose behalf this step runs."""
    group = flyte.ctx().group_data.name if flyte.ctx().group_data else None
    log.append(step)
    return json.dumps([step, flyte.get_custom_context(), group], sort_keys=True)


@env.task
def plain(step: str) -> str:
    """Do the same on a thread of its own."""
    return json.dumps([step, flyte.get_custom_context()], sort_keys=True)


@env.task
def chain(step: str) -> str:
    """Hand on to another task from a body that cannot await."""
    with flyte.custom_context(via="chain"):
        return plain(step)


@env.task
async def main_task(user: str) -> list[str]:
    """Run steps on behalf of a user."""
    context = flyte.ctx()
    lines = [json.dumps([context.mode, context.is_in_cluster(), context.data, context["nothing"], context.version])]
    lines.append(json.dumps([context.action.name is not None, context.action.run_name is not None]))
    lines.append(await leaf("before"))
    with flyte.custom_context(user=user):
        lines.append(await leaf("one"))
        with flyte.custom_context(role="admin", user=user.upper()):
            lines.append(await plain.aio("two"))
        lines.extend(await asyncio.gather(leaf("three"), leaf("four"), chain.aio("five")))
        with flyte.group("late"):
            lines.append(await leaf("six"))
    lines.append(await leaf("after"))
    return lines


def main() -> None:
    """Run with and without a context given from outside."""
    print(flyte.ctx(), flyte.get_custom_context())
    with flyte.custom_context(user="nobody"), flyte.group("outside"):
        print(flyte.ctx(), flyte.get_custom_context())
    flyte.init()
    for line in flyte.run(main_task, user="ann").outputs()[0]:
        print(line)
    runner = flyte.with_runcontext(mode="local", custom_context={"tenant": "t1"})
    for line in runner.run(main_task, "bob").outputs()[0]:
        print(line)
    print(sorted(log), flyte.ctx())


if __name__ == "__main__":
    main()
