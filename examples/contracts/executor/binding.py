"""How reproducers are composed: the lines that make an executor without this contract, then the script of the rule."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.engine.child.binding import Binding, scripts_in
from conformance.engine.child.subject import Subject

BODIES = scripts_in(Path(__file__).parent / "reproducers")
"""Scripts by rule. Each calls `executor(max_workers)`."""


def scripts_for(rule_id: str, subject: Subject, _drawn: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the script of a rule for an implementation, none if the rule has no script or the adapter no `head`."""
    head = getattr(subject.adapter, "head", "")
    return (f"{head}\n{BODIES[rule_id]}",) if head and rule_id in BODIES else ()


BINDING = Binding(scripts_for=scripts_for)
"""Read by the engine."""
