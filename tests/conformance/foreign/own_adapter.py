"""Implementations whose only template class is one of `swapped`, so that it is not swapped in."""

from __future__ import annotations

from typing import Any, ClassVar

from swapped import ForgetfulLonerTask, LonerTask  # type: ignore[import-not-found]  # found from this folder

from conformance.contracts.task_template.adapters.reference import ReferenceAdapter


class LonerAdapter(ReferenceAdapter):
    """Drives the reference implementation with a template class of its own."""

    own: ClassVar[type[Any]] = LonerTask

    def __init__(self) -> None:
        super().__init__()
        self.types = {**self.types, self.template_name: self.own}
        self.template = self.own


class ForgetfulLonerAdapter(LonerAdapter):
    """The same with another template class."""

    own: ClassVar[type[Any]] = ForgetfulLonerTask


class UnwrittenAdapter(LonerAdapter):
    """Gives its class a configuration that no script can contain."""

    def configuration(self) -> dict[str, Any]:
        """Return an object that has no source text."""
        return {"plugin_config": object()}
