"""What the suite needs to know about `plainly`: written as the guide writes one."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from typing import Any, ClassVar

from plainly import FIELDS, Task, TaskError  # type: ignore[import-not-found]  # found from this folder

from conformance.errors import Gap


class Errors:
    """The exception classes."""

    RuntimeUserError = TaskError

    def __getattr__(self, name: str) -> Any:
        raise Gap(f"no exception class {name}")


class PlainAdapter:
    """Drives `plainly`."""

    name, version = "plainly", "1.0"
    template = Task
    errors = Errors()
    types: ClassVar[dict[str, Any]] = {"AsyncFunctionTaskTemplate": Task}
    capabilities: frozenset[str] = frozenset()

    def fields(self) -> frozenset[str]:
        """Return the fields that are offered."""
        return frozenset({"name", "interface", "func", *FIELDS})

    def make(self, func: Callable[..., Any], **fields: Any) -> Any:
        """Return a template."""
        return Task(func=func, **{"name": "task", "interface": self.interface_of(func), **fields})

    def interface_of(self, func: Callable[..., Any]) -> inspect.Signature:
        """Return an interface, which functions with `*args` do not have."""
        signature = inspect.signature(func)
        if any(one.kind in (one.VAR_POSITIONAL, one.VAR_KEYWORD) for one in signature.parameters.values()):
            raise ValueError("no *args and no **kwargs")
        return signature


class Made(Task):  # type: ignore[misc]  # its base is found from this folder only
    """A template with a constructor of another form."""

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__(**values)


class FactoryAdapter(PlainAdapter):
    """Makes templates in a way that only the adapter knows."""

    template = Made
    types: ClassVar[dict[str, Any]] = {}

    def make(self, func: Callable[..., Any], **fields: Any) -> Any:
        """Return a template."""
        return Made({"func": func, "name": "task", "interface": self.interface_of(func), **fields})


class HangingAdapter(PlainAdapter):
    """Never gets to a template."""

    def make(self, func: Callable[..., Any], **fields: Any) -> Any:
        """Hang."""
        while True:
            pass


class LeavingAdapter(PlainAdapter):
    """Ends the process in place of making a template."""

    def make(self, func: Callable[..., Any], **fields: Any) -> Any:
        """End everything."""
        os._exit(3)


class LeavingTask(Task):  # type: ignore[misc]  # the same as above
    """Ends the process in place of a change."""

    def override(self, **changes: Any) -> Any:
        """End everything."""
        os._exit(5)


class LeavingTaskAdapter(PlainAdapter):
    """Drives a class that ends the process."""

    template = LeavingTask
    types: ClassVar[dict[str, Any]] = {"AsyncFunctionTaskTemplate": LeavingTask}

    def make(self, func: Callable[..., Any], **fields: Any) -> Any:
        """Return a template."""
        return LeavingTask(func=func, **{"name": "task", "interface": self.interface_of(func), **fields})
