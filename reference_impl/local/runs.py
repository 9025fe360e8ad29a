"""Running a task here and now: `init`, `run`, and what a run gives back."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

from reference_impl.errors import InitializationError, InvalidTypeError
from reference_impl.local.controller import local_controller
from reference_impl.local.records import ActionID, Checkpoints, RawDataPath, TaskContext
from reference_impl.local.syncify import syncify
from reference_impl.local.tabs import Report
from reference_impl.task.context import Context, inside
from reference_impl.task.template import TaskTemplate
from reference_impl.values.text import nearest

logger = logging.getLogger("flyte")
"""The logger that user code writes to. Source: the SDK's public name."""


_TOLD: dict[str, str | None] = {}
"""What `init` was told last, by name; empty before. Nothing of it leaves the process."""

INIT_OPTIONS = (
    "api_key auth_client_config auth_type batch_size ca_cert_file_path client_credentials_secret client_id command "
    "endpoint headless http_proxy_url image_builder images insecure insecure_skip_verify load_plugin_type_transformers "
    "local_persistence log_format log_level path_or_config proxy_command reset_root_logger root_dir rpc_retries "
    "source_config_path storage sync_local_sys_paths"
)
"""Options of `init` and `init_from_config` that only a cluster could use: accepted, and left alone."""

RUN_OPTIONS = (
    "annotations cache_lookup_scope copy_bundle_to copy_style debug domain dry_run env_vars interactive_mode "
    "interruptible labels log_format log_level notifications overwrite_cache preserve_original_types project queue "
    "reset_root_logger service_account version"
)
"""Options of `with_runcontext` that only a cluster could use: accepted, and left alone."""


def _check_options(call: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Raise for the first option that there is not."""
    for name in given:
        if name not in known:
            raise InvalidTypeError(f"{call}({name}=...): no such option.{nearest(name, known)}")


@syncify
async def init(
    org: str | None = None,
    project: str | None = None,
    domain: str | None = None,
    **options: Any,
) -> None:
    """Remember organisation, project and domain; everything that a cluster would need is accepted and left alone.

    Raises:
        InvalidTypeError: There is no such option.
    """
    _check_options("init", options, ["org", "project", "domain", *INIT_OPTIONS.split()])
    _TOLD.update(project=project, domain=domain, org=org)


@syncify
async def init_from_config(_path: str | Path | None = None, **options: Any) -> None:
    """Do what `init` does: runs of this process need no configuration.

    Raises:
        InvalidTypeError: There is no such option.
    """
    await init.aio(**options)


def is_initialized() -> bool:
    """Return whether `init` was called."""
    return bool(_TOLD)


def current_project() -> str:
    """Return the project that `init` was told.

    Raises:
        InitializationError: It was told none.
    """
    return _told("project")


def current_domain() -> str:
    """Return the domain that `init` was told.

    Raises:
        InitializationError: It was told none.
    """
    return _told("domain")


def _told(what: str) -> str:
    """Return what `init` was told, if it was."""
    value = _TOLD.get(what)
    if value is None:
        code = f"{what.capitalize()}NotInitializedError"
        raise InitializationError(code, "user", f"no {what} is known. Call init({what}=...) once, before this.")
    return value


class ActionOutputs(tuple[Any, ...]):  # noqa: SLOT001 - the names are kept beside the items
    """The outputs of a run in order, and by name: o0, o1, ..., the fields of a NamedTuple by their own names too."""

    named_outputs: dict[str, Any]
    """The outputs by place: o0, o1, ..."""

    def __new__(cls, named: Mapping[str, Any]) -> Self:
        """Return the values of a mapping from the names that the interface gives them, in its order."""
        outputs = super().__new__(cls, named.values())
        outputs.named_outputs = {f"o{place}": value for place, value in enumerate(outputs)}
        vars(outputs).update(named, **outputs.named_outputs)
        return outputs

    def __repr__(self) -> str:
        # Text stands in double quotes and all else as str() shows it: what user programs print is compared.
        texts = {name: f'"{value}"' if isinstance(value, str) else value for name, value in self.named_outputs.items()}
        return f"ActionOutputs({', '.join(f'{name}={text}' for name, text in texts.items())})"


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run that is over: its name, where it left its files, and its outputs.

    The name is that of every run without a cluster; the one that `with_runcontext` gives is its action's.
    """

    name: str = "dry-run"
    url: str
    _outputs: ActionOutputs

    @syncify
    async def wait(self, quiet: bool = False, wait_for: Literal["terminal", "running"] = "terminal") -> None:  # noqa: FBT001, FBT002 - the signature is the contract's
        """Return at once: the run is over."""

    @syncify
    async def outputs(self) -> ActionOutputs:
        """Return the outputs, in order and by name; for a task without outputs, one None."""
        return self._outputs

    def done(self) -> bool:
        """Return True: the run is over."""
        return True


@dataclass(frozen=True, kw_only=True)
class Runner:
    """How runs are made: in this process, whose `mode` is "local" (or None); what a cluster could use is left alone."""

    mode: str | None = None
    name: str | None = None
    custom_context: Mapping[str, str] | None = None
    raw_data_path: str | None = None
    run_base_dir: str | None = None
    disable_run_cache: bool = False

    @syncify
    async def run(self, task: TaskTemplate[Any, Any, Any], *args: Any, **kwargs: Any) -> Run:
        """Run a task to its end; as the function `run`.

        Raises:
            InitializationError: The mode is another than "local"; code "ClientNotInitializedError".
        """
        if not isinstance(task, TaskTemplate):
            raise InvalidTypeError(
                f"run({task!r}): a task is due, not {type(task).__name__}. Decorate the function with @env.task."
            )
        if self.mode not in (None, "local"):
            raise InitializationError(
                "ClientNotInitializedError", "user", f"mode={self.mode!r}: there is no cluster here. Use mode='local'."
            )
        context = self._context()
        controller = local_controller()
        with inside(Context(task_context=context)):
            found = await controller.outputs(task, *args, **kwargs)
        named = dict(zip(task.native_interface.outputs, found, strict=True)) or {"o0": None}
        return Run(url=context.run_base_dir, _outputs=ActionOutputs(named))

    def _context(self) -> TaskContext:
        """Return the context of the first action of a new run."""
        action = ActionID.create_random() if self.name is None else ActionID(name=self.name)
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
        InvalidTypeError: There is no such option.
    """
    known = Runner.__dataclass_fields__
    _check_options("with_runcontext", options, [*known, *RUN_OPTIONS.split()])
    return Runner(mode=mode, **{name: value for name, value in options.items() if name in known})


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
