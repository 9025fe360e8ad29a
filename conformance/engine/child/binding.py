"""How the properties of a contract are given an implementation, in the child process.

A contract that needs more than the defaults has a module `binding` in its folder, with a `Binding` called `BINDING`:

    BINDING = Binding(load=load_stack, probes={"undo": lambda impl: impl.undo()})

By default an adapter is any object that properties can use: `TARGET` names it as `module:attribute`, and a class is
called without arguments first.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from conformance.engine.child.scripts import of_example
from conformance.engine.child.subject import Subject, instance_from, object_from
from conformance.engine.rules import scripts_in
from conformance.errors import TargetError

ScriptsFor = Callable[[str, Any, Mapping[str, Any]], tuple[str, ...]]
"""Takes the id of a rule, the subject and the example that failed. Returns scripts, the most readable first."""


def load_plain(path: str, swapped_class: str | None) -> Subject:
    """Return the object that a target names.

    Raises:
        TargetError: There is no such object, or the target names a class to swap in.
    """
    if swapped_class is not None:
        raise TargetError(f"{path}:{swapped_class}: this contract does not test one class in place of another.")
    found = object_from(path)
    return Subject(instance_from(path, found) if isinstance(found, type) else found, path=path)


@dataclass(frozen=True, kw_only=True)
class Binding:
    """The parts of a contract that the child process needs. Each has a default."""

    load: Callable[[str, str | None], Subject] = load_plain
    """Takes `module:attribute` and the dotted path of a swapped class, if there is one. Raises `TargetError`."""
    probes: Mapping[str, Callable[[Any], object]] = field(default_factory=dict)
    """Per capability, a call that fails if an adapter claims the capability without having it."""
    scripts_for: ScriptsFor | None = None
    """Default: the scripts of the folder `reproducers`, with the object that the target names as `impl`."""
    hooks: tuple[str, ...] = ()
    """Methods in which a swapped class may wait for a service: if that fails, the rule is a gap."""


def binding_of(contract: str) -> Binding:
    """Return the binding of a contract, by the name of its package."""
    if find_spec(f"{contract}.binding") is None:
        return Binding()
    found: Binding = importlib.import_module(f"{contract}.binding").BINDING
    return found


def plain_scripts(contract: str) -> ScriptsFor:
    """Return the function that finds the scripts of a contract that does not compose them itself."""
    folder = Path(next(iter(importlib.import_module(contract).__path__)))
    bodies = scripts_in(folder / "reproducers")

    def scripts_for(rule_id: str, subject: Subject, drawn: Mapping[str, Any]) -> tuple[str, ...]:
        module, _, attribute = subject.path.partition(":")
        call = f"impl = {attribute}()" if isinstance(object_from(subject.path), type) else f"impl = {attribute}"
        head = f"from {module} import {attribute}\n{call}\n"
        body = bodies.get(rule_id)
        return () if body is None else tuple(first + head + one for first, one in of_example(body, drawn))

    return scripts_for
