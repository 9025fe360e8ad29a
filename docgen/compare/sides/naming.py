"""Renames an implementation to the names of its contract: those of another top-level package or class."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from docgen.model import Reference

_PATHS = frozenset(
    {"path", "target", "mro", "unknown_bases", "metaclass", "data_type", "inherited_from", "links", "name"}
)
"""Fields of the model that contain dotted paths."""


def top_of(reference: Reference) -> str:
    """Return the one top-level package of a reference, empty if there are several or none."""
    tops = {module.name.partition(".")[0] for module in reference.modules}
    return tops.pop() if len(tops) == 1 else ""


def renamed(reference: Reference, old: str, new: str) -> Reference:
    """Return a reference with one dotted path, and everything below it, under another one.

    Parameters:
        reference: The reference, which is not changed.
        old: A module or class, by its path.
        new: Its path in the result.
    """
    if old == new:
        return reference
    pattern = re.compile(rf"^{re.escape(old)}(?=\.|$)")
    renamed: Reference = msgspec.convert(
        _renamed(msgspec.to_builtins(reference), pattern, new, is_path=False), Reference
    )
    return renamed


def _renamed(value: Any, pattern: re.Pattern[str], new: str, *, is_path: bool) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        return {key: _renamed(each, pattern, new, is_path=key in _PATHS) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_renamed(each, pattern, new, is_path=is_path) for each in value]
    if isinstance(value, str) and is_path:
        return pattern.sub(new, value)
    return value
