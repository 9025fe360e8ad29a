"""Runs a task in this process: `init`, `run`, and the result of a run."""

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
"""The logger of user programs. Source: the SDK's public name."""


_SETTINGS: dict[str, str | None] = {}
"""What was last passed to `init`, by name; empty before the first call."""

INIT_OPTIONS = (
    "api_key auth_client_config auth_type batch_size ca_cert_file_path client_credentials_secret client_id command "
    "endpoint headless http_proxy_url image_builder images insecure insecure_skip_verify load_plugin_type_transformers "
    "local_persistence log_format log_level path_or_config proxy_command reset_root_logger root_dir rpc_retries "
    "source_config_path storage sync_local_sys_paths"
)
"""Options of `init` and `init_from_config` that only a cluster uses. They are accepted and ignored."""

RUN_OPTIONS = (
    "annotations cache_lookup_scope copy_bundle_to copy_style debug domain dry_run env_vars interactive_mode "
    "interruptible labels log_format log_level notifications overwrite_cache preserve_original_types project queue "
    "reset_root_logger service_account version"
)
"""Options of `with_runcontext` that only a cluster uses. They are accepted and ignored."""


def _check_options(call: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Raise InvalidTypeError for the first option that does not exist."""
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
    """Store the organisation, the project and the domain of later runs.

    Parameters:
        org: The organisation.
        project: The project.
        domain: The domain.
        options: Options that only a cluster uses; they are ignored.

    Raises:
        InvalidTypeError: An option does not exist.
    """
    _check_options("init", options, ["org", "project", "domain", *INIT_OPTIONS.split()])
    _SETTINGS.update(project=project, domain=domain, org=org)


@syncify
async def init_from_config(_path: str | Path | None = None, **options: Any) -> None:
    """Do what `init` does. The file is not read, because runs in this process need no configuration.

    Parameters:
        _path: The configuration file.
        options: As for `init`.

    Raises:
        InvalidTypeError: An option does not exist.
    """
    await init.aio(**options)


def is_initialized() -> bool:
    """Return True if `init` was called."""
    return bool(_SETTINGS)


def current_project() -> str:
    """Return the project that was passed to `init`.

    Raises:
        InitializationError: None was passed; code "ProjectNotInitializedError".
    """
    return _setting("project")


def current_domain() -> str:
    """Return the domain that was passed to `init`.

    Raises:
        InitializationError: None was passed; code "DomainNotInitializedError".
    """
    return _setting("domain")


def _setting(name: str) -> str:
    """Return a setting that was passed to `init`."""
    value = _SETTINGS.get(name)
    if value is None:
        code = f"{name.capitalize()}NotInitializedError"
        raise InitializationError(code, "user", f"the {name} is not known. Call init({name}=...) first.")
    return value


class ActionOutputs(tuple[Any, ...]):  # noqa: SLOT001 - the outputs are also attributes
    """The outputs of a run, in order. Each is also an attribute: `o0`, `o1`, and the fields of a NamedTuple by name.

    Parameters:
        named: The outputs by the names that the interface has, in its order.
    """

    named_outputs: dict[str, Any]
    """The outputs by the names `o0`, `o1` and so on."""

    def __new__(cls, named: Mapping[str, Any]) -> Self:
        """Return the outputs that a mapping contains.

        Parameters:
            named: The outputs by the names that the interface has, in its order.
        """
        outputs = super().__new__(cls, named.values())
        outputs.named_outputs = {f"o{place}": value for place, value in enumerate(outputs)}
        vars(outputs).update(named, **outputs.named_outputs)
        return outputs

    def __repr__(self) -> str:
        # As in the SDK, whose programs print it: strings in double quotes, everything else as str() shows it.
        texts = {name: f'"{value}"' if isinstance(value, str) else value for name, value in self.named_outputs.items()}
        return f"ActionOutputs({', '.join(f'{name}={text}' for name, text in texts.items())})"


@dataclass(frozen=True, kw_only=True)
class Run:
    """A finished run.

    Parameters:
        name: The name of the run. Without a cluster it is always the same; `with_runcontext` names the action only.
        url: The folder with the files of the run.
    """

    name: str = "dry-run"
    url: str
    _outputs: ActionOutputs

    @syncify
    async def wait(self, quiet: bool = False, wait_for: Literal["terminal", "running"] = "terminal") -> None:  # noqa: FBT001, FBT002 - the signature is the contract's
        """Return at once, because the run is finished.

        Parameters:
            quiet: Whether progress is not shown.
            wait_for: The state to wait for.
        """

    @syncify
    async def outputs(self) -> ActionOutputs:
        """Return the outputs; those of a task without outputs are one None."""
        return self._outputs

    def done(self) -> bool:
        """Return True, because the run is finished."""
        return True


@dataclass(frozen=True, kw_only=True)
class Runner:
    """Starts runs with given options.

    Parameters:
        mode: Where runs take place: "local" or None, both of which mean this process.
        name: The name of the first action; by default a unique one.
        custom_context: Keys and values that are passed on to all tasks of the run.
        raw_data_path: The folder for files of the tasks.
        run_base_dir: The folder that contains the folders of runs.
        disable_run_cache: Whether cached results are ignored.
    """

    mode: str | None = None
    name: str | None = None
    custom_context: Mapping[str, str] | None = None
    raw_data_path: str | None = None
    run_base_dir: str | None = None
    disable_run_cache: bool = False

    @syncify
    async def run(self, task: TaskTemplate[Any, Any, Any], *args: Any, **kwargs: Any) -> Run:
        """Run a task and return the finished run.

        Parameters:
            task: The task.
            args: Its positional arguments.
            kwargs: Its keyword arguments.

        Raises:
            InitializationError: The mode is not "local"; code "ClientNotInitializedError".
            RuntimeUserError: The task failed; the code is the class name of the exception.
            InvalidTypeError: `task` is not a task, or an argument does not have the declared type.
            InvalidValueError: There are too many or too few arguments, or a name is unknown.
        """
        if not isinstance(task, TaskTemplate):
            raise InvalidTypeError(
                f"run({task!r}): expected a task, got {type(task).__name__}. Decorate the function with @env.task."
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
    """Return a runner, which starts runs with given options.

    Parameters:
        mode: Where runs take place: "local" or None, both of which mean this process.
        options: Other fields of `Runner`, and options that only a cluster uses, which are ignored.

    Raises:
        InvalidTypeError: An option does not exist.
    """
    known = Runner.__dataclass_fields__
    _check_options("with_runcontext", options, [*known, *RUN_OPTIONS.split()])
    return Runner(mode=mode, **{name: value for name, value in options.items() if name in known})


@syncify
async def run(task: TaskTemplate[Any, Any, Any], *args: Any, **kwargs: Any) -> Run:
    """Run a task in a task context and return the finished run.

    Parameters:
        task: The task.
        args: Its positional arguments.
        kwargs: Its keyword arguments.

    Raises:
        RuntimeUserError: The task failed; the code is the class name of the exception.
        InvalidTypeError: `task` is not a task, or an argument does not have the declared type.
        InvalidValueError: There are too many or too few arguments, or a name is unknown.
    """
    finished: Run = await Runner().run.aio(task, *args, **kwargs)
    return finished
