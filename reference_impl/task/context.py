"""The context that code runs in: inside or outside a running task, inside or outside a trace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol


class RunningTask(Protocol):
    """The part of the record of the running task that a template needs; a run fills in a `models.TaskContext`."""

    def replace(self, *, data: Mapping[str, Any] | None) -> RunningTask:
        """Return the record with `data` merged over its present data; None changes nothing."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """Where code runs.

    Parameters:
        task_context: The record of the running task, None outside one.
        in_trace: Whether the code runs inside a trace.
    """

    task_context: RunningTask | None = None
    in_trace: bool = False


_CURRENT = ContextVar("reference_impl.task.context", default=Context())  # noqa: B039 - a frozen value

current = _CURRENT.get
"""Return the Context that the caller runs in. It is the variable's own method because every call of a task uses it."""


@contextmanager
def inside(context: Context) -> Iterator[Context]:
    """Make a context the current one within a block.

    Parameters:
        context: The context.
    """
    token = _CURRENT.set(context)
    try:
        yield context
    finally:
        _CURRENT.reset(token)
