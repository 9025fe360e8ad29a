"""Sources in, Markdown reference out, and back: signatures are read statically, nothing documented is imported.

Public names are imported when they are first asked for, so that a command that finds nothing to do starts fast.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docgen.compare import Difference
    from docgen.dialect import Dialect, load_dialect
    from docgen.errors import DocgenError
    from docgen.findings import Finding
    from docgen.model import Reference
    from docgen.parse import parse_page
    from docgen.readers import read_reference
    from docgen.render import Renderer

__all__ = [
    "Dialect",
    "Difference",
    "DocgenError",
    "Finding",
    "Reference",
    "Renderer",
    "load_dialect",
    "parse_page",
    "read_reference",
]

_HOMES = {
    "Dialect": "dialect",
    "Difference": "compare",
    "DocgenError": "errors",
    "Finding": "findings",
    "Reference": "model",
    "Renderer": "render",
    "load_dialect": "dialect",
    "parse_page": "parse",
    "read_reference": "readers",
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
