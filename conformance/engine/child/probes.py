"""Probes capabilities: each one that an adapter claims is tried once, before any rule is judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from conformance.engine.child.subject import Subject
from conformance.engine.properties import described
from conformance.errors import Gap, MemberGap

Probes = Mapping[str, Callable[[Any], object]]
"""Per capability, the smallest call that works only if it is offered."""


@dataclass(frozen=True, kw_only=True)
class Probed:
    """The capabilities that an adapter claims, after they were probed."""

    offered: frozenset[str]
    false_claims: Mapping[str, str]
    """Capabilities whose probe fails, each with its exception; these are findings."""
    gaps: Mapping[str, str]
    """Capabilities that the adapter withdraws for this class, each with the reason."""


def probed(subject: Subject, probes: Probes) -> Probed:
    """Try each capability that an adapter claims, and return the results. One without a probe is trusted.

    If its probe raises `Gap`, the adapter withdraws a capability, which is not a false claim.
    """
    false_claims: dict[str, str] = {}
    gaps: dict[str, str] = {}
    for capability in sorted(subject.capabilities & probes.keys()):
        try:
            probes[capability](subject)
        except MemberGap as error:
            false_claims[capability] = described(error)
        except Gap as gap:
            gaps[capability] = str(gap)
        except BaseException as error:  # noqa: BLE001 - a probe of an unknown implementation may raise anything
            false_claims[capability] = described(error)
    return Probed(
        offered=subject.capabilities - false_claims.keys() - gaps.keys(), false_claims=false_claims, gaps=gaps
    )
