"""How the properties of the task template are given an implementation."""

from __future__ import annotations

from conformance.contracts.task_template.child.probes import PROBES
from conformance.contracts.task_template.child.reproduce import scripts_for
from conformance.contracts.task_template.child.subject import load_template
from conformance.engine.child.binding import Binding

BINDING = Binding(load=load_template, probes=PROBES, scripts_for=scripts_for, hooks=("pre", "post", "execute"))
"""The engine reads this. The hooks are the methods in which a template class connects to a session or a cluster."""
