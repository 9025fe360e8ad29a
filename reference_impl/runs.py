"""Running a task here and now: `init`, `run`, and what a run gives back."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from reference_impl.context import ActionID, Checkpoints, Context, RawDataPath, TaskContext, inside
from reference_impl.errors import InitializationError, InvalidTypeError, InvalidValueError
from reference_impl.local import local_controller
from reference_impl.report import Report
from reference_impl.syncify import syncify
from reference_impl.template import TaskTemplate

logger = logging.getLogger("flyte")
"""The logger that user code writes to. Source: the SDK's public name."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What `init` was told; nothing here leaves the process."""

    project: str | None = None
    domain: str | None = None
    org: str | None = None


class _State:
    """What `init` was told last, None before."""

    settings: Settings | None = None


@syncify
async def init(
    org: str | None = None,
    project: str | None = None,
    domain: str | None = None,
    **_options: Any,
) -> None:
    """Remember organisation, project and domain; everything that a cluster would need is accepted and left alone."""
    _State.settings = Settings(project=project, domain=domain, org=org)


@syncify
async def init_from_config(_path: str | Path | None = None, **_options: Any) -> None:
    """Do what `init()` does: runs of this process need no configuration."""
    _State.settings = Settings()


def is_initialized() -> bool:
    """Return whether `init` was called."""
    return _State.settings is not None


def current_project() -> str | None:
    """Return the project that `init` was told.

    Raises:
        InitializationError: It was not called.
    """
    return _settings().project


def current_domain() -> str | None:
    """Return the domain that `init` was told.

    Raises:
        InitializationError: It was not called.
    """
    return _settings().domain


def _settings() -> Settings:
    """Return what `init` was told."""
    if _State.settings is None:
        raise InitializationError("NotInitialized", "user", "init() was not called. Call it once, before this.")
    return _State.settings


class Outputs(tuple[Any, ...]):  # noqa: SLOT001 - the names are kept beside the items
    """The outputs of a run in order, and by name: the fields of a NamedTuple, else o0, o1, ..."""

    named_outputs: dict[str, Any]
    """The outputs by name."""

    def __new__(cls, named: Mapping[str, Any]) -> Self:
        """Return the values of a mapping from names, in its order."""
        outputs = super().__new__(cls, named.values())
        outputs.named_outputs = dict(named)
        return outputs

    def __getattr__(self, name: str) -> Any:
        named = self.__dict__.get("named_outputs", {})
        if name not in named:
            raise AttributeError(f"no output {name!r}. There are: {', '.join(named) or 'none'}.")
        return named[name]

    def __repr__(self) -> str:
        return f"Outputs({', '.join(f'{name}={value!r}' for name, value in self.named_outputs.items())})"


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run that is over: its name, where it left its files, and its outputs."""

    name: str
    url: str
    _outputs: Outputs

    @syncify
    async def wait(self, quiet: bool = False, wait_for: Literal["terminal", "running"] = "terminal") -> None:  # noqa: FBT001, FBT002 - the signature is the contract's
        """Return at once: the run is over."""

    @syncify
    async def outputs(self) -> Outputs:
        """Return the outputs, in order and by name; for a task without outputs, one None."""
        return self._outputs

    def done(self) -> bool:
        """Return True: the run is over."""
        return True


@dataclass(frozen=True, kw_only=True)
class Runner:
    """How runs are made. `mode` is always "local"; what only a cluster could use is accepted and left alone."""

    name: str | None = None
    custom_context: Mapping[str, str] | None = None
    raw_data_path: str | None = None
    run_base_dir: str | None = None
    disable_run_cache: bool = False

    @syncify
    async def run(self, task: TaskTemplate[Any, Any, Any], *args: Any, **kwargs: Any) -> Run:
        """Run a task to its end; as the function `run`."""
        if not isinstance(task, TaskTemplate):
            raise InvalidTypeError(
                f"run({task!r}): a task is due, not {type(task).__name__}. Decorate the function with @env.task."
            )
        context = self._context()
        controller = local_controller()
        with inside(Context(task_context=context)):
            found = await controller.outputs(task, *args, **kwargs)
        named = dict(zip(task.native_interface.outputs, found, strict=True)) or {"o0": None}
        return Run(name=str(context.action.run_name), url=context.run_base_dir, _outputs=Outputs(named))

    def _context(self) -> TaskContext:
        """Return the context of the first action of a new run."""
        settings = _State.settings or Settings()
        start = ActionID.create_random() if self.name is None else ActionID(name=self.name)
        action = ActionID(name=start.name, project=settings.project, domain=settings.domain, org=settings.org)
        base = Path(self.run_base_dir or Path(tempfile.gettempdir(), "reference_impl")) / action.name
        raw = self.raw_data_path or str(base / "raw_data")
        return TaskContext(
            action=action,
            version="na",
            raw_data_path=RawDataPath(path=raw),
            output_path=str(base / "a0"),
            run_base_dir=str(base),
            report=Report(action.name),
            checkpoints=Checkpoints(prev_checkpoint_path=raw, checkpoint_path=raw),
            mode="local",
            custom_context=self.custom_context or {},
            disable_run_cache=self.disable_run_cache,
        )


def with_runcontext(mode: str | None = None, **options: Any) -> Runner:
    """Return a runner with a name, custom context, folders or without kept results.

    Raises:
        InvalidValueError: The mode is not "local": there is no cluster here.
    """
    if mode not in (None, "local"):
        raise InvalidValueError(f"mode={mode!r}: there is no cluster here. Use 'local', or leave it out.")
    known = Runner.__dataclass_fields__
    return Runner(**{name: value for name, value in options.items() if name in known})


@syncify
async def run(task: TaskTemplate[Any, Any, Any], *args: Any, **kwargs: Any) -> Run:
    """Run a task to its end, with a task context around it, and return the finished run.

    Raises:
        RuntimeUserError: The task failed; the code is the class name of what it raised.
        InvalidTypeError: An argument is not of its type.
        InvalidValueError: Arguments too many, too few or unknown.
    """
    finished: Run = await Runner().run.aio(task, *args, **kwargs)
    return finished
