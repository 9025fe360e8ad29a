"""The records of a run: its actions, its folders, and what a running task knows of it."""

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
    """Return a name that nobody else has."""
    return str(uuid.uuid4())


@dataclass(frozen=True, kw_only=True, repr=False)
class ActionID(Terse):
    """One action of a run; the first action of a run carries the run's name."""

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
        """Return another action of the same run."""
        return replace(self, name=name or generate_random_name())

    def unique_id_str(self, salt: str | None = None) -> str:
        """Return project, domain, run and action as one text, and the salt if there is one."""
        return "-".join(
            str(part) for part in (self.project, self.domain, self.run_name, self.name, salt or "") if part != ""
        )


@dataclass(frozen=True, repr=False)
class PathRewrite(Terse):
    """A prefix of paths and what it is replaced with when inputs are read.

    Raises:
        InvalidValueError: One is empty, or both are equal.
    """

    old_prefix: str
    new_prefix: str

    def __post_init__(self) -> None:
        if not self.old_prefix or not self.new_prefix or self.old_prefix == self.new_prefix:
            raise InvalidValueError(
                f"{self.old_prefix!r} -> {self.new_prefix!r}: two prefixes, neither empty nor equal, are due."
            )

    @classmethod
    def from_str(cls, pattern: str) -> PathRewrite:
        """Return the rewrite that `old->new` describes."""
        old, arrow, new = pattern.partition("->")
        if not arrow or "->" in new:
            raise InvalidValueError(f"pattern={pattern!r}: 'old_prefix->new_prefix' is due.")
        return cls(old, new)


@dataclass(frozen=True, kw_only=True, repr=False)
class RawDataPath(Terse):
    """The folder where files of a task go."""

    path: str
    path_rewrite: PathRewrite | None = None

    @classmethod
    def from_local_folder(cls, local_folder: str | Path | None = None) -> RawDataPath:
        """Return a folder of this machine; a Path is created, None is a new temporary folder."""
        if isinstance(local_folder, Path):
            local_folder.mkdir(parents=True, exist_ok=True)
        return cls(path=str(local_folder or tempfile.mkdtemp()))


@dataclass(frozen=True, repr=False)
class GroupData(Terse):
    """The name that actions of one block share."""

    name: str


@dataclass(frozen=True, repr=False)
class Checkpoints(Terse):
    """Where an action finds the checkpoint of an earlier attempt, and where it leaves its own."""

    prev_checkpoint_path: str | None
    checkpoint_path: str | None


@dataclass(frozen=True, kw_only=True, repr=False)
class TaskContext(Terse):
    """What a running task knows of its run.

    `data` is what `pre` methods hand to the body, `custom_context` what callers hand on.
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
        """Return the context with changes; `data` is merged over the present data, None leaves it alone."""
        if "data" in changes:
            changes["data"] = FrozenDict({**self.data, **(changes["data"] or {})})
        return replace(self, **changes)

    def __getitem__(self, key: str) -> Any:
        return self.data.get(key)

    def is_in_cluster(self) -> bool:
        """Return whether the task runs on a cluster."""
        return self.mode == "remote"


def ctx() -> TaskContext | None:
    """Return the record of the running task, None outside one."""
    # The template asks less of the record than a run fills in.
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
