"""The adapters of the hostile implementations, by name: `plain_KIND` and `template_KIND`.

They are honest in everything but what the kind does.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from conformance.contracts.task_template.adapters.reference import ReferenceAdapter
from reference_impl.extend import AsyncFunctionTaskTemplate
from tests.hostile.form import KINDS, Kind
from tests.hostile.kinds import load_all

load_all()


class Honest:
    """An implementation that keeps the small contract."""

    version = "1"
    capabilities = frozenset[str]()

    def act(self) -> object:
        """Return 7."""
        return 7

    def echo(self, value: object) -> object:
        """Return the value."""
        return value

    def total(self, numbers: list[int]) -> object:
        """Return the sum."""
        return sum(numbers)

    def refuse(self, value: object) -> object:
        """Raise an error."""
        raise ValueError(value)

    def record(self, **values: object) -> object:
        """Return the arguments."""
        return values

    async def later(self, value: object) -> object:
        """Return the value, as a coroutine."""
        return value

    def keep(self, value: object) -> object:
        """Return the same object."""
        return value


def plain(kind: Kind) -> type[Honest]:
    """Return a class that keeps the small contract, except for what the kind does."""
    if kind.when == "always":
        members = {"refuse": answering(kind, None), "capabilities": kind.claims, **lying(kind)}
        return type("Hostile", (Honest,), members)

    class Hostile(Honest):
        capabilities = kind.claims

        def act(self) -> object:
            return kind.run(7) if kind.when == "act" else 7

    return Hostile


def answering(kind: Kind, honest: object) -> Callable[..., object]:
    """Return a method that returns what the kind makes of a value."""
    return lambda _self, *_args, **_named: kind.run(honest)


def lying(kind: Kind) -> dict[str, Callable[..., object]]:
    """Return the methods of a class all of whose results the kind changes."""

    def changed(name: str) -> Callable[..., object]:
        return lambda self, *args, **named: kind.run(getattr(Honest, name)(self, *args, **named))

    async def later(_self: object, value: object) -> object:
        return kind.run(value)

    return {**{name: changed(name) for name in ("act", "echo", "total", "record", "keep")}, "later": later}


def template(kind: Kind) -> ReferenceAdapter:
    """Return the adapter of the model, whose override (or every operation) does what the kind does."""
    adapter = ReferenceAdapter()
    adapter.template = hostile_template(kind.name)
    return adapter


@functools.cache
def hostile_template(name: str) -> type[Any]:
    """Return a template class in which a kind is at work; scripts import it from here as `class_KIND`."""
    kind, base = KINDS[name], AsyncFunctionTaskTemplate

    def override(self: Any, *args: Any, **changes: Any) -> Any:
        found = base.override(self, *args, **changes)
        return kind.run(found) if kind.when != "load" else found

    def forward(self: Any, *args: Any, **named: Any) -> Any:
        return kind.run(base.forward(self, *args, **named))

    members: dict[str, Any] = {"override": override, "__module__": __name__, "__doc__": base.__doc__}
    if kind.when == "always":
        members["forward"] = forward
    return type(f"class_{name}", (base,), members)


_loaded: set[str] = set()


def __getattr__(name: str) -> Any:
    """Return an adapter by its name; a kind that is hostile while it is loaded acts here.

    Raises:
        AttributeError: There is no such kind.
    """
    shape, _, kind_name = name.partition("_")
    if kind_name not in KINDS:
        raise AttributeError(name)
    kind = KINDS[kind_name]
    if kind.when == "load" and kind.name not in _loaded:
        _loaded.add(kind.name)
        kind.run(None)
    if shape == "class":
        return hostile_template(kind.name)
    return plain(kind) if shape == "plain" else lambda: template(kind)
