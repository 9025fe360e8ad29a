"""Reads sources into an API model, and makes pages, comparisons and histories from it; imports nothing it documents.

Public names are imported at their first use, so that a command that finds nothing to do starts fast.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docgen.compare.engine import compare
    from docgen.compare.sides.read import Side, read_side
    from docgen.errors import DocgenError
    from docgen.findings import Finding
    from docgen.formats.registry import open_format
    from docgen.model import Reference
    from docgen.symbols import Index

__all__ = ["DocgenError", "Finding", "Index", "Reference", "Side", "compare", "open_format", "read_side"]

_HOMES = {
    "DocgenError": "errors",
    "Finding": "findings",
    "Index": "symbols",
    "Reference": "model",
    "Side": "compare.sides.read",
    "compare": "compare.engine",
    "open_format": "formats.registry",
    "read_side": "compare.sides.read",
}
"""The module that each public name is defined in."""


def __getattr__(name: str) -> object:
    """Return a public name, imported at its first use.

    Raises:
        AttributeError: There is no such name.
    """
    if name not in _HOMES:
        raise AttributeError(f"module 'docgen' has no attribute {name!r}")
    return getattr(importlib.import_module(f"docgen.{_HOMES[name]}"), name)
