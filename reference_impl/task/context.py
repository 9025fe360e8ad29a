"""Where code runs: inside a running task or outside one, inside a trace or outside one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol


class RunningTask(Protocol):
    """What a template needs of the record of the running task; a run fills in a `models.TaskContext`."""

    def replace(self, *, data: Mapping[str, Any] | None) -> RunningTask:
        """Return the record with `data` merged over its present data; None changes nothing."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """The running task, None outside one, and whether a trace is between it and the code."""

    task_context: RunningTask | None = None
    in_trace: bool = False


_CURRENT = ContextVar("reference_impl.task.context", default=Context())  # noqa: B039 - a frozen value

current = _CURRENT.get
"""Return the Context that the caller runs in. A bound method of the variable: each call of a task asks it."""


@contextmanager
def inside(context: Context) -> Iterator[Context]:
    """Make `context` the current one within a block."""
    token = _CURRENT.set(context)
    try:
        yield context
    finally:
        _CURRENT.reset(token)
