"""The probes of the capabilities that an adapter of the task template may claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from conformance.contracts.task_template.adapter import Adapter


def _body(x: int = 1) -> int:
    return x


class _Silent:
    """A controller that is never called."""


def _context(impl: Adapter) -> None:
    with impl.task_context({}):
        if impl.context_data() is None:
            raise LookupError("context_data() is None inside task_context()")


def _trace(impl: Adapter) -> None:
    with impl.task_context({}, trace=True):
        pass


def _controller(impl: Adapter) -> None:
    with impl.install_controller(_Silent()):
        pass


PROBES: Mapping[str, Callable[[Adapter], Any]] = {
    "context": _context,
    "trace": _trace,
    "controller": _controller,
    "environment": lambda impl: impl.make_env(),
    "json_schema": lambda impl: impl.make(_body).json_schema,
    "container_args": lambda impl: (impl.make(_body).container_args, impl.serialization_context()),
    "plugins": lambda impl: impl.register_plugin,
    "task_resolver": lambda impl: impl.make(_body).task_resolver,
}
"""For each capability, the smallest call that works only if it is offered. Capabilities without a probe are trusted."""
