"""The records of a run: its actions, its folders, and the data that a running task has about it."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, cast

from reference_impl.errors import InvalidValueError
from reference_impl.local.tabs import Report
from reference_impl.task.context import current, inside
from reference_impl.values.bundle import CodeBundle
from reference_impl.values.frozen import FrozenDict, freeze, frozen_dict
from reference_impl.values.terse import Terse


def generate_random_name() -> str:
    """Return a unique name."""
    return str(uuid.uuid4())


@dataclass(frozen=True, kw_only=True, repr=False)
class ActionID(Terse):
    """Identifies an action, one execution of a task in a run.

    Parameters:
        name: The name of the action.
        run_name: The name of the run; by default that of the action, which is then the first one of its run.
        project: The project of the run.
        domain: The domain of the run.
        org: The organisation of the run.
    """

    name: str
    run_name: str | None = None
    project: str | None = None
    domain: str | None = None
    org: str | None = None

    def __post_init__(self) -> None:
        if self.run_name is None:
            freeze(self, run_name=self.name)

    @classmethod
    def create_random(cls) -> ActionID:
        """Return the first action of a new run."""
        return cls(name=generate_random_name())

    def new_sub_action(self, name: str | None = None) -> ActionID:
        """Return another action of the same run.

        Parameters:
            name: The name of the action; by default a unique one.
        """
        return replace(self, name=name or generate_random_name())

    def unique_id_str(self, salt: str | None = None) -> str:
        """Return project, domain, run, action and salt as one string, joined by `-`.

        Parameters:
            salt: A string to tell apart what belongs to the same action; an empty one is left out.
        """
        return "-".join(
            str(part) for part in (self.project, self.domain, self.run_name, self.name, salt or "") if part != ""
        )


@dataclass(frozen=True, repr=False)
class PathRewrite(Terse):
    """A prefix of paths, and the prefix that replaces it when inputs are read.

    Parameters:
        old_prefix: The prefix that is replaced.
        new_prefix: The prefix that replaces it.

    Raises:
        InvalidValueError: A prefix is empty, or both are equal.
    """

    old_prefix: str
    new_prefix: str

    def __post_init__(self) -> None:
        if not self.old_prefix or not self.new_prefix or self.old_prefix == self.new_prefix:
            raise InvalidValueError(
                f"{self.old_prefix!r} -> {self.new_prefix!r}: expected two different prefixes, neither of them empty."
            )

    @classmethod
    def from_str(cls, pattern: str) -> PathRewrite:
        """Return the rewrite that a string describes.

        Parameters:
            pattern: `old_prefix->new_prefix`.

        Raises:
            InvalidValueError: The string has another form, or a prefix is not allowed.
        """
        old, arrow, new = pattern.partition("->")
        if not arrow or "->" in new:
            raise InvalidValueError(f"pattern={pattern!r}: expected 'old_prefix->new_prefix'.")
        return cls(old, new)


@dataclass(frozen=True, kw_only=True, repr=False)
class RawDataPath(Terse):
    """The folder that the files of a task are stored in.

    Parameters:
        path: The folder.
        path_rewrite: How paths are rewritten when inputs are read.
    """

    path: str
    path_rewrite: PathRewrite | None = None

    @classmethod
    def from_local_folder(cls, local_folder: str | Path | None = None) -> RawDataPath:
        """Return the record of a folder on this machine.

        Parameters:
            local_folder: The folder, which is created if it is a Path; None means a new temporary folder.
        """
        if isinstance(local_folder, Path):
            local_folder.mkdir(parents=True, exist_ok=True)
        return cls(path=str(local_folder or tempfile.mkdtemp()))


@dataclass(frozen=True, repr=False)
class GroupData(Terse):
    """The group that actions belong to.

    Parameters:
        name: The name of the group.
    """

    name: str


@dataclass(frozen=True, repr=False)
class Checkpoints(Terse):
    """The checkpoints of an action.

    Parameters:
        prev_checkpoint_path: Where the checkpoint of the previous attempt is.
        checkpoint_path: Where the action stores its own checkpoint.
    """

    prev_checkpoint_path: str | None
    checkpoint_path: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class TaskContext(Terse):
    """The record of a running task. Both mappings are copied and cannot be changed.

    Parameters:
        action: The action that the task runs as.
        version: The version of the task.
        raw_data_path: The folder for files of the task.
        output_path: The folder for outputs of the task.
        run_base_dir: The folder of the run.
        report: The report of the task.
        input_path: Where the inputs of the task are.
        group_data: The group that the action belongs to.
        checkpoints: The checkpoints of the action.
        code_bundle: The code that the task is shipped with.
        compiled_image_cache: The images that were built.
        data: The data that `pre` methods provide.
        mode: Where the run takes place.
        interactive_mode: Whether the run was started in a notebook.
        custom_context: The keys and values that callers passed on.
        disable_run_cache: Whether cached results are ignored.
        in_driver_literal_conversion: Whether inputs are being converted for a call.
    """

    action: ActionID
    version: str
    raw_data_path: RawDataPath
    output_path: str
    run_base_dir: str
    report: Report
    input_path: str | None = None
    group_data: GroupData | None = None
    checkpoints: Checkpoints | None = None
    code_bundle: CodeBundle | None = None
    compiled_image_cache: Any = None
    data: Mapping[str, Any] = field(default_factory=FrozenDict)
    mode: Literal["local", "remote", "hybrid"] = "remote"
    interactive_mode: bool = False
    custom_context: Mapping[str, str] = field(default_factory=FrozenDict)
    disable_run_cache: bool = False
    in_driver_literal_conversion: bool = False

    def __post_init__(self) -> None:
        freeze(self, data=frozen_dict(self.data), custom_context=frozen_dict(self.custom_context))

    def replace(self, **changes: Any) -> TaskContext:
        """Return a copy of the record with some fields changed.

        Parameters:
            changes: The new values by field. `data` is merged over the present data, and None changes nothing in it.
        """
        if "data" in changes:
            changes["data"] = FrozenDict({**self.data, **(changes["data"] or {})})
        return replace(self, **changes)

    def __getitem__(self, key: str) -> Any:
        return self.data.get(key)

    def is_in_cluster(self) -> bool:
        """Return True if the task runs on a cluster."""
        return self.mode == "remote"


def ctx() -> TaskContext | None:
    """Return the record of the running task, None outside one."""
    # The template needs only a part of the record that a run fills in.
    return cast("TaskContext | None", current().task_context)


@contextmanager
def _inside_changed(**changes: Any) -> Iterator[None]:
    """Change the record of the running task within a block; outside a task, nothing changes."""
    task_context = ctx()
    if task_context is None:
        yield
        return
    with inside(replace(current(), task_context=task_context.replace(**changes))):
        yield


@contextmanager
def group(name: str) -> Iterator[None]:
    """Give the tasks that are called within a block a common group name.

    Parameters:
        name: The name of the group.
    """
    with _inside_changed(group_data=GroupData(name)):
        yield


@contextmanager
def custom_context(**context: str) -> Iterator[None]:
    """Pass keys and values on to all tasks that are called within a block.

    Parameters:
        context: The keys and values; they win over those that were passed on before.
    """
    with _inside_changed(custom_context={**get_custom_context(), **context}):
        yield


def get_custom_context() -> dict[str, str]:
    """Return the keys and values that callers passed on, as a new dict; empty outside a task."""
    task_context = ctx()
    return dict(task_context.custom_context) if task_context else {}
