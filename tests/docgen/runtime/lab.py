"""Runs a source, and reads the same source statically."""

from __future__ import annotations

import itertools
import sys
import sysconfig
import tempfile
import types
from functools import cache
from pathlib import Path

from docgen.runtime.world import World
from docgen.sources.store import Library

_NUMBERS = itertools.count()


@cache
def folder() -> Path:
    """Return the folder that all modules of this test run are written to."""
    return Path(tempfile.mkdtemp(prefix="docgen-lab-"))


@cache
def world() -> World:
    """Return the one world that reads them: the standard library is read once, not once an example."""
    return World(Library([folder(), Path(sysconfig.get_path("stdlib"))]), sys.version_info[:2])


def twice(source: str) -> types.ModuleType | None:
    """Write a module, run it and return it; `world()` can read it under its `__name__`.

    None: Python refuses to run it, so there is no truth to compare with.
    """
    name = f"m{next(_NUMBERS)}"
    (folder() / f"{name}.py").write_text(source, encoding="utf-8")
    module = types.ModuleType(name)
    sys.modules[name] = module  # dataclasses look their module up
    try:
        # Without `dont_inherit` the future imports of this file would count there too.
        exec(compile(source, name, "exec", dont_inherit=True), vars(module))  # noqa: S102 - our own text
    except (TypeError, ValueError, AttributeError):  # the last: of a dataclass over fields of a class that is none
        return None
    finally:
        del sys.modules[name]
    return module
