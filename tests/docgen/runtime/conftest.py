"""Small packages on disk, read by the static runtime."""

from __future__ import annotations

import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest

from docgen.runtime.budget import Limits
from docgen.runtime.world import World
from docgen.sources.store import Library

PYTHON = tuple(map(int, sysconfig.get_python_version().split(".")))
STDLIB = Path(sysconfig.get_path("stdlib"))


class WorldOf(Protocol):
    """Writes modules (file name -> text) into a package `p` and returns the world that reads it."""

    def __call__(self, files: Mapping[str, str], limits: Limits | None = None) -> World:
        """Write and read."""


@pytest.fixture
def world_of(tmp_path: Path) -> WorldOf:
    """Write modules into a package `p`, and read it."""

    def make(files: Mapping[str, str], limits: Limits | None = None) -> World:
        for name, text in {"__init__.py": "", **files}.items():
            path = tmp_path / "p" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return World(Library([tmp_path, STDLIB]), (PYTHON[0], PYTHON[1]), limits=limits)

    return make
