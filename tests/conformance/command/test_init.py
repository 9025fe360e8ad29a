"""`conformance init`: from nothing to a run against an implementation of one's own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SDK = '''\
"""A task template from nothing."""

import dataclasses
import inspect


@dataclasses.dataclass(kw_only=True)
class Task:
    name: str
    interface: inspect.Signature
    func: object
    retries: int = 0


class UserError(Exception):
    pass
'''


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder."""
    line = [sys.executable, "-m", "conformance", *arguments]
    return subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def test_what_is_written_runs_once_it_is_filled_in(tmp_path: Path) -> None:
    """The adapter works for an implementation with the names that it has, and finds what that one does wrong."""
    (tmp_path / "my_sdk.py").write_text(SDK)

    started = command(tmp_path, "init")
    judged = command(
        tmp_path, "run", "adapter:Adapter", "--rule", "CON-11", "--examples", "smoke", "--expect", "expected.toml"
    )

    assert started.returncode == 0, started.stderr
    assert "adapter.py" in started.stdout
    assert "CON-11" in judged.stdout
    assert "breakdown        0" in judged.stdout, judged.stdout + judged.stderr


def test_nothing_is_replaced(tmp_path: Path) -> None:
    """A second time, or beside a file of the same name, it stops before it writes anything."""
    (tmp_path / "expected.toml").write_text("mine")

    result = command(tmp_path, "init")

    assert result.returncode == 2
    assert "expected.toml" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["expected.toml"]
