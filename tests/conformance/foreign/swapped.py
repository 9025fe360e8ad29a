"""Template classes like those of plugins, which are swapped in for that of the reference implementation."""

from __future__ import annotations

import dataclasses
import inspect
import time
from typing import TYPE_CHECKING, Any

import jinja2

from reference_impl.errors import InitializationError, RuntimeUserError
from reference_impl.extend import AsyncFunctionTaskTemplate, TaskPluginRegistry, TaskTemplate
from reference_impl.models import SerializationContext

if TYPE_CHECKING:
    from crew import Crew  # type: ignore[import-not-found]  # found from this folder


class BoxTask(TaskTemplate[Any, Any, Any]):
    """Runs an image, not a function, and has a constructor of its own."""

    def __init__(self, name: str, image: str, command: list[str]) -> None:
        super().__init__(name=name, image=image, interface=None)  # type: ignore[arg-type]  # a box has none
        self.command = command


class CrateTask(TaskTemplate[Any, Any, Any]):
    """Runs an image too, and hands on whatever else it is given."""

    def __init__(self, name: str, image: str, **fields: Any) -> None:
        super().__init__(name=name, image=image, interface=None, **fields)  # type: ignore[arg-type]  # the same


class ChoosyTask(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """Takes functions only, no other callables."""

    def __post_init__(self) -> None:
        if not inspect.isfunction(self.func):
            raise TypeError("a function is expected")
        super().__post_init__()


class ElsewhereTask(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """Runs the source of its function without its surroundings, as a sandboxed interpreter does."""

    async def execute(self, *args: Any, **kwargs: Any) -> Any:
        """Run the function with no globals but the builtins."""
        bare = type(self.func)(self.func.__code__, {})
        return bare(*args, **kwargs)


class RemoteTask(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """Runs nothing before it has a connection."""

    async def execute(self, *args: Any, **kwargs: Any) -> Any:
        """Look for a connection first."""
        raise InitializationError("NoConnection", "system", "there is no connection")


class LackingTask(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """Needs a package that is not installed."""

    async def execute(self, *args: Any, **kwargs: Any) -> Any:
        """Import a package that does not exist."""
        try:
            import no_such_package  # type: ignore[import-not-found]  # noqa: F401, PLC0415 - not there, and late, on purpose
        except ImportError as error:
            raise ImportError("install the extra `box`") from error


class SourceTask(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """Is made from the source of its function, each time anew."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Return without the source, as releases of cloudpickle from 3.1.3 on do."""
        super().__setstate__(state)
        self.func.__code__ = self.func.__code__.replace(co_filename="<dynamic-code>")

    def override(self, **changes: Any) -> Any:
        """Read the source again."""
        inspect.getsource(self.func)
        return super().override(**changes)


class DecliningTask(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """Runs something, but not its function, and says so."""

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "task_type", "declining")

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Decline."""
        raise NotImplementedError("no forward here")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Decline as well, with an error of the kind that bodies raise."""
        try:
            return self.forward(*args, **kwargs)
        except NotImplementedError as error:
            raise RuntimeUserError(type(error).__name__, str(error)) from error

    async def execute(self, *args: Any, **kwargs: Any) -> Any:
        """Run something."""


class PickyTask(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """Cannot be reused."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.reusable is not None:
            raise RuntimeUserError("NoReuse", "one task, one cluster")


class ServedTask(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """Needs a session with an engine, which does not come up."""

    async def pre(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Fail in another package."""
        return {"session": jinja2.Environment(autoescape=True).from_string("{{ session")}


class WaitingTask(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """Waits for an engine that does not come up."""

    async def pre(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Wait in another package."""
        return {"session": jinja2.Environment(autoescape=True).from_string("{{ wait(600) }}").render(wait=time.sleep)}


class SleepyTask(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """Waits for no engine."""

    async def pre(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Wait by itself."""
        time.sleep(600)  # noqa: ASYNC251 - the fault that is to be found
        return {}


@dataclasses.dataclass(frozen=True)
class Settings:
    """What a NeedyTask needs, and the suite cannot make up."""

    captain: Captain | None = None


class NeedyTask(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """Cannot be serialized before its user has named a captain."""

    def __post_init__(self) -> None:
        if not isinstance(self.plugin_config, Settings):
            raise TypeError("Settings are expected")
        super().__post_init__()

    def container_args(self, serialize_context: SerializationContext) -> list[str]:
        """Refuse without a captain."""
        if getattr(self.plugin_config, "captain", None) is None:
            raise ValueError("no captain is named")
        return super().container_args(serialize_context)


TaskPluginRegistry.register(Settings, NeedyTask)


@dataclasses.dataclass
class Worker:
    """What a fleet consists of."""

    name: str
    count: int


@dataclasses.dataclass
class Fleet:
    """A configuration that needs arguments, all of which can be made up."""

    first: Worker
    others: list[Worker]
    label: str | None


class Captain:
    """A class whose values cannot be made up."""

    def __init__(self, licence: str) -> None:
        self.licence = licence


@dataclasses.dataclass
class Ship:
    """A configuration that needs a value that cannot be made up."""

    captain: Captain


class FleetTask(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """Needs a Fleet when it runs."""

    async def pre(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Look at the fleet."""
        assert isinstance(self.plugin_config, Fleet)
        return {"first": self.plugin_config.first.name}


class ShipTask(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """Needs a Ship."""


class LooseTask(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """Has a constructor that passes on all its arguments, and a configuration."""

    def __init__(self, **fields: Any) -> None:
        super().__init__(**fields)


TaskPluginRegistry.register(Fleet, FleetTask)
TaskPluginRegistry.register(Ship, ShipTask)
TaskPluginRegistry.register(Worker, LooseTask)


@dataclasses.dataclass(frozen=True)
class Manned:
    """A configuration that is useless without arguments, and whose annotations need an import."""

    crew: Crew | None = None
    label: Captain | None = None


class MannedTask(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """Puts a launcher with the size of the crew in front of the arguments that the contract names."""

    def __post_init__(self) -> None:
        if not isinstance(self.plugin_config, Manned):
            raise TypeError("a crew is expected")
        super().__post_init__()

    def container_args(self, serialize_context: SerializationContext) -> list[str]:
        """Launch the crew."""
        assert isinstance(self.plugin_config, Manned)
        assert self.plugin_config.crew is not None
        _, *options = super().container_args(serialize_context)
        return ["launch", f"--crew={self.plugin_config.crew.size}", *options]


@dataclasses.dataclass(kw_only=True)
class QuietTask(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """Declares a default of its own."""

    debuggable: bool = False


class MutedTask(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """Has the contract's default, and another value."""

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "debuggable", False)


class Bare:
    """A configuration of a class that is not a dataclass."""


class BareTask(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """Starts a command of its own without the options."""

    def container_args(self, serialize_context: SerializationContext) -> list[str]:
        """Drop the arguments that the contract names."""
        return ["bare", serialize_context.version]


class RenamedTask(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """Starts a command of its own, and is not that of a plugin."""

    def container_args(self, serialize_context: SerializationContext) -> list[str]:
        """Rename the command."""
        return ["renamed", *super().container_args(serialize_context)[1:]]


TaskPluginRegistry.register(Manned, MannedTask)
TaskPluginRegistry.register(Bare, BareTask)


class ForgetfulTask(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """Takes environment variables, and drops them."""

    def __post_init__(self) -> None:
        self.env_vars = None
        super().__post_init__()


class StubbornTask(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """Runs on a queue of its own, whatever queue it is given."""

    def __post_init__(self) -> None:
        self.queue = "stubborn"
        super().__post_init__()


class PairlessTask(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """Refuses any other setting together with a queue, and containers that are reused."""

    def __post_init__(self) -> None:
        if self.reusable is not None:
            raise RuntimeError("no reuse here")
        if self.queue is not None and self.links:
            raise RuntimeError("nothing goes with a queue")
        super().__post_init__()


PAIRS = ("queue", "links", "env_vars", "secrets", "timeout", "docs", "triggers", "parent_env_name")
"""Fields of which a LonerTask takes one at a time."""


class LonerTask(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """Takes each field, but no two together."""

    def __post_init__(self) -> None:
        if sum(bool(getattr(self, name)) for name in PAIRS) > 1:
            raise RuntimeError("one thing at a time")
        super().__post_init__()


class ForgetfulLonerTask(LonerTask):
    """Drops the only field that it takes if that is a queue."""

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "queue", None)


class NamingTask(AsyncFunctionTaskTemplate[Any, Any, Any]):
    """Sets its type in its own constructor, to a string that is created anew each time."""

    def __init__(self, **fields: Any) -> None:
        super().__init__(**{**fields, "task_type": "NAMING".lower()})

    def override(self, **changes: Any) -> Any:
        """Go through the constructor again."""
        changed = super().override(**changes)
        values = {one.name: getattr(changed, one.name) for one in dataclasses.fields(changed) if one.init}
        return type(self)(**values)
