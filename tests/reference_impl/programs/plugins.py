"""Write a plugin: a template class of one's own, with set-up and clean-up around the body."""

import json
from dataclasses import dataclass, field
from typing import NamedTuple

import flyte
from flyte.extend import AsyncFunctionTaskTemplate, TaskPluginRegistry, TaskTemplate
from flyte.models import NativeInterface, SerializationContext

events: list[str] = []


@dataclass
class Pool:
    """The configuration that asks for the plugin."""

    workers: int = 1


@dataclass(kw_only=True)
class PoolTask(AsyncFunctionTaskTemplate):
    """A task with a pool of workers around its body."""

    plugin_config: Pool
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Say which kind of task this is."""
        super().__post_init__()
        self.task_type = "pool"
        self.notes = [*self.notes, f"{self.plugin_config.workers} workers"]

    async def pre(self, *args: object, **kwargs: object) -> dict[str, list[int]]:
        """Start the pool."""
        events.append(f"start {self.plugin_config.workers} for {sorted(kwargs.items())}")
        return {"pool": list(range(self.plugin_config.workers))}

    async def post(self, return_vals: object) -> object:
        """Stop the pool."""
        events.append(f"stop with {return_vals}, pool {flyte.ctx().data['pool']}")
        return return_vals

    def custom_config(self, sctx: SerializationContext) -> dict[str, str]:
        """Tell the backend how many workers there are."""
        return {"workers": str(self.plugin_config.workers), "version": sctx.version}


class Report(NamedTuple):
    """What the pool gives."""

    size: int
    label: str


TaskPluginRegistry.register(Pool, PoolTask)
env = flyte.TaskEnvironment(name="pool", plugin_config=Pool(workers=3))
plain = flyte.TaskEnvironment(name="plain")


@env.task
async def spread(items: list[int], label: str = "x") -> Report:
    """Use the pool."""
    pool = flyte.ctx()["pool"]
    return Report(len(items) * len(pool), label)


@plain.task
def simple(count: int) -> tuple[int, str]:
    """Give two values."""
    return count + 1, "n" * count


def main() -> None:
    """Print what the plugin made, then run it."""
    context = SerializationContext(version="v3")
    print(
        type(spread).__name__,
        spread.task_type,
        spread.plugin_config.workers,
        spread.notes,
        isinstance(spread, TaskTemplate),
    )
    print(spread.custom_config(context), spread.config(context), simple.custom_config(context), simple.sql(context))
    big = spread.override(retries=2)
    print(type(big).__name__, big.task_type, big.plugin_config is spread.plugin_config, big.retries.count)
    print(list(spread.interface.inputs), list(spread.interface.outputs), simple.interface.outputs)
    print(
        spread.native_interface is spread.interface, spread.interface.required_inputs(), simple.source_file == __file__
    )
    print(json.dumps(simple.json_schema["properties"]["count"]), spread.json_schema["required"])
    direct = AsyncFunctionTaskTemplate(
        name="direct", interface=NativeInterface.from_callable(len_of), func=len_of, retries=1
    )
    print(
        direct.name, direct.short_name, direct("four"), direct.parent_env, direct.cache.behavior, direct.retries.count
    )
    print(TaskPluginRegistry.find(Pool) is PoolTask)
    flyte.init()
    outputs = flyte.run(spread, [1, 2], label="run").outputs()
    print(tuple(outputs), outputs[0], len(outputs), flyte.run(simple, 2).outputs()[1])
    print(events)


def len_of(text: str) -> int:
    """Return the length of a text."""
    return len(text)


if __name__ == "__main__":
    main()
