"""Define a template of one's own for tasks that are commands, and build function tasks by hand."""

import asyncio
from dataclasses import dataclass
from typing import Any

import flyte
from flyte.extend import AsyncFunctionTaskTemplate, TaskTemplate
from flyte.models import NativeInterface, SerializationContext


@dataclass(kw_only=True)
class CommandTask(TaskTemplate):
    """A task that is a command line."""

    command: str

    def __post_init__(self) -> None:
        super().__post_init__()
        self.task_type = "command"

    async def execute(self, **inputs: Any) -> Any:
        """Return the command line of a call."""
        return self.command.format(**inputs)

    def forward(self, **inputs: Any) -> Any:
        """Return the command line in capitals, so that it can be recognised."""
        return self.command.format(**inputs).upper()

    def container_args(self, sctx: SerializationContext) -> list[str]:
        """Return what the container runs."""
        return ["sh", "-c", self.command, sctx.version]


def repeat(text: str, count: int = 2) -> str:
    """Repeat a text."""
    return text * count


interface = NativeInterface({"who": (str, "you")}, {"o0": str})
greet = CommandTask(name="greet", command="hi {who}", interface=interface)
by_hand = AsyncFunctionTaskTemplate(name="repeat", func=repeat, interface=NativeInterface.from_callable(repeat))
commands = flyte.TaskEnvironment.from_task("commands", greet)
env = flyte.TaskEnvironment("caller", depends_on=[commands])


@env.task
async def call(who: str) -> str:
    """Call the command from a task."""
    return await greet(who=who)


def main() -> None:
    """Print what is known of both, and what they give."""
    flyte.init()
    print(greet.name, greet.short_name, greet.task_type, greet.command, greet.forward(who="a"))
    print(greet.container_args(SerializationContext(version="v1")), greet.parent_env_name, list(commands.tasks))
    changed = greet.override(command="bye {who}", short_name="bye")
    print(changed.command, changed.short_name, type(changed).__name__, greet.command)
    print(flyte.run(call, "bob").outputs()[0], flyte.run(greet, who="ann").outputs()[0])
    print(by_hand("a"), by_hand("a", count=3), by_hand.interface, by_hand.retries, by_hand.cache.behavior)
    print(flyte.run(by_hand, "b").outputs()[0], by_hand == by_hand.override(), by_hand == by_hand.override(retries=1))
    for wrong in ({}, {"name": "x"}, {"name": "x", "func": repeat}, {"name": "x", "func": repeat, "extra": 1}):
        try:
            AsyncFunctionTaskTemplate(**wrong)
        except TypeError:
            print("refused:", sorted(wrong))
    base = TaskTemplate(name="base", interface=NativeInterface({}, {}))
    print(asyncio.run(base.pre()), asyncio.run(base.post(5)), base.source_file, base.sql(None), base.config(None))


if __name__ == "__main__":
    main()
