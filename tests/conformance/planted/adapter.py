"""Adapters of the planted implementation: a right one, and wrong ones."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from types import SimpleNamespace
from typing import Any

from conformance.errors import Gap
from tests.conformance.planted.implementation import Template, leave


class PlantedAdapter:
    """The smallest possible adapter; a member that is not offered raises NotImplementedError."""

    name = "planted"
    version = "1"
    capabilities = frozenset({"pickle"})
    template = Template
    errors = SimpleNamespace()
    types: Mapping[str, Any] = {}

    def fields(self) -> frozenset[str]:
        """No fields."""
        return frozenset()

    def make(self, func: Callable[..., Any], **fields: Any) -> Template:
        """A template that ignores its function."""
        return Template()

    def interface_of(self, func: Callable[..., Any]) -> None:
        """No interface."""
        raise NotImplementedError

    def task_context(self, data: object = None, *, trace: bool = False) -> AbstractContextManager[Any]:
        """No context."""
        raise NotImplementedError

    def make_strict(self, *values: int) -> None:
        """Call the implementation with too much."""
        Template.take_nothing(*values)

    def context_data(self) -> None:
        """Broken: raises outside the implementation."""
        raise LookupError("of the adapter")


class LyingAdapter(PlantedAdapter):
    """Claims a context, which it does not have."""

    capabilities = frozenset({"context"})


class ModestAdapter(PlantedAdapter):
    """Claims an environment, and withdraws it with a reason."""

    capabilities = frozenset({"environment"})

    def make_env(self, **fields: Any) -> None:
        """Not for this class of templates."""
        raise Gap("not for this class")


class DeadlyAdapter(PlantedAdapter):
    """Claims a capability that ends the process when it is probed."""

    capabilities = frozenset({"environment"})

    def make_env(self, **fields: Any) -> None:
        """Leave."""
        leave()


class StubbornAdapter(PlantedAdapter):
    """Claims a capability that raises something other than an Exception."""

    capabilities = frozenset({"environment"})

    def make_env(self, **fields: Any) -> None:
        """Raise."""
        raise GeneratorExit("of the adapter")


class FailingAdapter(PlantedAdapter):
    """Cannot be made."""

    def __init__(self) -> None:
        raise OSError("no licence")


class SlowAdapter(PlantedAdapter):
    """Its constructor never ends."""

    def __init__(self) -> None:
        time.sleep(600)


class CrookedAdapter(PlantedAdapter):
    """Has everything, in the wrong shape."""

    version = None  # type: ignore[assignment]  # wrong on purpose
    capabilities = ("pickle", 4)  # type: ignore[assignment]  # the same

    def fields(self) -> frozenset[str]:
        """Return something other than a string."""
        return frozenset({None})  # type: ignore[arg-type]  # the same


class NeedyAdapter(PlantedAdapter):
    """Cannot be made without an argument, like most classes that are not adapters."""

    def __init__(self, size: int) -> None:
        self.size = size


class FlatAdapter(PlantedAdapter):
    """Has a value where a method is expected."""

    fields: frozenset[str] = frozenset()  # type: ignore[assignment]  # wrong on purpose


class MisspeltAdapter(PlantedAdapter):
    """Claims a capability that does not exist."""

    capabilities = frozenset({"pickel"})


class RenamedAdapter(PlantedAdapter):
    """Claims fields by names that are not the contract's, one of them nearly."""

    def fields(self) -> frozenset[str]:
        """Return a misspelt name and one of its own."""
        return (super().fields() - {"env_vars"}) | {"env_var", "colour"}


not_an_adapter = SimpleNamespace(make=print)
