"""Modules of the interpreter that are written in C, whose contents only the running interpreter can show.

Code of the standard library that is written in Python may itself be documented, so it is read and never run.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import inspect
import sys
import textwrap
from functools import lru_cache

from docgen.runtime.plain import NotPlainError, plain
from docgen.runtime.values import Collection, Constant, Native, Opaque, Value

OF_THE_MACHINE = frozenset({("sys", "platform"), ("os", "name")})
"""Values that depend on the machine that docgen runs on. Pages must not, so both sides of such a condition count."""

SAFE_MODULES = frozenset({"hashlib", "os", "re", "types"})
"""Modules of the standard library with computed names, which the interpreter loads anyway."""


MARGINS = {"textwrap.dedent": textwrap.dedent, "inspect.cleandoc": inspect.cleandoc}
"""Functions that change the indentation of a string, by path."""


@lru_cache(maxsize=4096)
def native_module(name: str) -> object | None:
    """Return a module of the interpreter that is written in C, None for any other.

    Code of the standard library that is written in Python may itself be documented, so it is read and never run.
    """
    if name in SAFE_MODULES or name in sys.builtin_module_names:
        return importlib.import_module(name)
    if name not in sys.stdlib_module_names:
        return None
    spec = importlib.machinery.PathFinder.find_spec(name)
    is_compiled = spec is not None and isinstance(spec.loader, importlib.machinery.ExtensionFileLoader)
    return importlib.import_module(name) if is_compiled else None


def native_member(module: str, name: str) -> Value | None:
    """Return the value of a name in a module of the interpreter that is written in C, None if it is not bound."""
    native = native_module(module)
    found = None if native is None else getattr(native, name, None)  # None itself has a docstring since Python 3.13
    if found is None:
        return None
    if isinstance(found, type) or callable(found):
        return Native(value=found)
    if isinstance(found, tuple):
        return Opaque(text=f"{module}.{name}", kind=type(found).__name__)
    return Constant(value=found) if isinstance(found, str | int | float | bool) else None


def method_of(owner: Constant | Collection, name: str) -> Value | None:
    """Return a method of a constant, bound to it (`"".join`); None if there is none or the constant is unknown."""
    try:
        found = getattr(plain(owner), name, None)
    except (NotPlainError, TypeError):
        return None
    return Native(value=found) if callable(found) else None


def is_interpreters(module: str) -> bool:
    """Return True if a module belongs to the standard library, which a reader of the findings cannot change."""
    return module.partition(".")[0] in sys.stdlib_module_names
