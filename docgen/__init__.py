"""Sources in, Markdown reference out, and back: signatures are read statically, nothing documented is imported.

Public names are imported when they are first asked for, so that a command that finds nothing to do starts fast.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docgen.errors import DocgenError
    from docgen.findings import Finding
    from docgen.formats.flyte.compare import Difference
    from docgen.formats.flyte.dialect import Dialect, load_dialect
    from docgen.formats.flyte.page_model import Reference
    from docgen.formats.flyte.parse import parse_page
    from docgen.formats.flyte.readers import read_reference
    from docgen.formats.flyte.render import Renderer

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
    "Dialect": "formats.flyte.dialect",
    "Difference": "formats.flyte.compare",
    "DocgenError": "errors",
    "Finding": "findings",
    "Reference": "formats.flyte.page_model",
    "Renderer": "formats.flyte.render",
    "load_dialect": "formats.flyte.dialect",
    "parse_page": "formats.flyte.parse",
    "read_reference": "formats.flyte.readers",
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
