"""Capabilities are declared and probed: what an adapter claims is tried once, before any rule is judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.contracts.task_template.adapter import Adapter
from conformance.engine.properties import described
from conformance.errors import Gap, MemberGap


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
    "task_resolver": lambda impl: impl.make(_body).task_resolver,
}
"""Per capability the smallest thing that works only where it is offered. One without a probe is believed."""


@dataclass(frozen=True, kw_only=True)
class Probed:
    """What became of the capabilities that an adapter claims."""

    offered: frozenset[str]
    lies: Mapping[str, str]
    """Capabilities whose probe fails, each with what it raised: findings."""
    gaps: Mapping[str, str]
    """Capabilities that the adapter takes back for this class, each with the reason."""


def probed(impl: Adapter) -> Probed:
    """Return what is there of what an adapter claims; one that its adapter takes back by a gap is no lie."""
    lies: dict[str, str] = {}
    gaps: dict[str, str] = {}
    for capability in sorted(impl.capabilities & PROBES.keys()):
        try:
            PROBES[capability](impl)
        except MemberGap as error:
            lies[capability] = described(error)
        except Gap as gap:
            gaps[capability] = str(gap)
        except BaseException as error:  # noqa: BLE001 - a probe of an unknown implementation may raise anything
            lies[capability] = described(error)
    return Probed(offered=impl.capabilities - lies.keys() - gaps.keys(), lies=lies, gaps=gaps)
