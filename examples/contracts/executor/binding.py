"""How reproducers are composed: the lines that make an executor without this contract, then the script of the rule."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from conformance.engine.child.binding import Binding
from conformance.engine.child.scripts import of_example
from conformance.engine.child.subject import Subject
from conformance.engine.rules import scripts_in

BODIES = scripts_in(Path(__file__).parent / "reproducers")
"""Scripts by rule. Each calls `executor(max_workers)`."""


def scripts_for(rule_id: str, subject: Subject, drawn: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the scripts of a rule for an implementation, none if the rule has no script or the adapter no `head`."""
    head, body = getattr(subject.adapter, "head", ""), BODIES.get(rule_id)
    if not head or body is None:
        return ()
    return tuple(f"{first}{head}\n{script}" for first, script in of_example(body, drawn))


BINDING = Binding(scripts_for=scripts_for)
"""Read by the engine."""
