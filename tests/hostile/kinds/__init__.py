"""The hostile kinds. Each module registers its kinds when it is imported."""

from __future__ import annotations

import importlib
import pkgutil


def load_all() -> None:
    """Import every module of kinds."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
