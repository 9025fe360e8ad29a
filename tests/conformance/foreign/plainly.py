"""A template that is a plain class: not a dataclass, with few fields and values of its own."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

FIELDS: Mapping[str, Any] = {"short_name": "", "env_vars": None, "queue": None, "timeout": None}
"""The fields that may be left out, with their defaults."""
LOCKED = {"name", "interface"}


class TaskError(Exception):
    """Raised where a body is to blame."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Task:
    """A function and its settings."""

    def __init__(self, *, name: str, interface: inspect.Signature, func: Callable[..., Any], **given: Any) -> None:
        if unknown := given.keys() - FIELDS.keys():
            raise TypeError(f"unknown fields: {sorted(unknown)}")
        self.name, self.interface, self.func = name, interface, func
        for field, default in FIELDS.items():
            self._set(field, given.get(field, default))

    def _set(self, field: str, value: Any) -> None:
        if field == "short_name":
            value = value or self.name
        if field == "env_vars" and value is not None:
            value = MappingProxyType(dict(value))
        setattr(self, field, value)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    __hash__ = None  # type: ignore[assignment]  # as the contract has it

    def __repr__(self) -> str:
        return f"<Task {self.name}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function, and wrap what a sync one raises."""
        if inspect.iscoroutinefunction(self.func):
            return self._awaited(args, kwargs)
        try:
            return self.forward(*args, **kwargs)
        except TaskError:
            raise
        except Exception as error:
            raise TaskError(type(error).__name__, str(error)) from error

    async def _awaited(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
        return await self.forward(*args, **kwargs)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""
        return self.func(*args, **kwargs)

    def override(self, **changes: Any) -> Task:
        """Return another task."""
        if locked := LOCKED & changes.keys():
            raise ValueError(f"locked: {sorted(locked)}")
        if unknown := changes.keys() - FIELDS.keys():
            raise TypeError(f"unknown fields: {sorted(unknown)}")
        other = copy.copy(self)
        for field, value in changes.items():
            if value is not None:
                other._set(field, value)
        return other
