"""Small packages on disk, built into the model."""

from __future__ import annotations

import sysconfig
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from docgen.build.build import Built, build
from docgen.build.inputs import Inputs
from docgen.model import Module

STDLIB = Path(sysconfig.get_path("stdlib"))

BuiltOf = Callable[[Mapping[str, str]], Built]
"""Writes modules (file name -> text) into a package `p` and builds it."""
ModuleOf = Callable[[str], Module]
"""Writes the text of `p/__init__.py` and returns the module `p`."""


def inputs_of(root: Path, package: str = "p", *search: Path) -> Inputs:
    """Return the input of a build of one package."""
    return Inputs(distribution=package, version="1", root=root, packages=(package,), search=(*search, STDLIB))


@pytest.fixture
def built_of(tmp_path: Path) -> BuiltOf:
    """Write modules into a package `p`, and build it."""

    def make(files: Mapping[str, str]) -> Built:
        default = {} if "__init__.pyi" in files else {"__init__.py": ""}
        for name, text in {**default, **files}.items():
            path = tmp_path / "p" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return build(inputs_of(tmp_path))

    return make


@pytest.fixture
def module_of(built_of: BuiltOf) -> ModuleOf:
    """Write one module, and return its model."""
    return lambda text: built_of({"__init__.py": text}).reference.modules[0]
