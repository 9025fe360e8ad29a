"""Interpreters of other versions are found where people install them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from conformance.engine import interpreters
from conformance.engine.interpreters import HERE, find_interpreter
from conformance.errors import UsageError


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is found but what a test puts into two folders."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    find_interpreter.cache_clear()


def program(path: Path, *lines: str) -> Path:
    """Write a program that prints some lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "\\n".join(lines)
    path.write_text(f"#!/bin/sh\nprintf '{text}\\n'\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_the_newest_patch_release_is_taken(tmp_path: Path) -> None:
    """3.99.10 is newer than 3.99.9, although it comes first in the alphabet."""
    for version in ("3.99.9", "3.99.10"):
        program(tmp_path / f"pyenv/versions/{version}/bin/python", version, "/opt", f"/opt/{version}")

    assert find_interpreter("3.99").version == "3.99.10"


def test_a_path_may_have_spaces(tmp_path: Path) -> None:
    """The answer of uv is a path, and not a list of words."""
    python = program(tmp_path / "my tools" / "python", "3.99.1", "/opt", "/opt/python")
    program(tmp_path / "bin" / "uv", str(python))

    assert find_interpreter("3.99").path == "/opt/python"


@pytest.mark.parametrize("name", ["**", "3.9[", sys.executable + "-none", "/bin/ls"])
def test_what_is_no_interpreter_is_one_clear_line(name: str) -> None:
    """Nor is a name with characters that mean something in a pattern."""
    with pytest.raises(UsageError, match="there is no such interpreter"):
        find_interpreter(name)


def test_the_interpreter_of_the_command_is_not_searched_for() -> None:
    """Its version is known."""
    assert find_interpreter(HERE.minor) is interpreters.HERE
