"""`conformance init`: from nothing to a run against the user's own implementation."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.engine.contract import find_contract

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
CATALOGUE = """\
[CNT-01]
name = "counts-up"
level = "MUST"
statement = "count(n) returns n + 1."
hint = "Add one."
authority = "the meaning of counting"
"""
SUITE = '''\
"""The properties of a counter."""

from conformance.engine.properties import check_equal
from conformance.engine.rules import rule


@rule("CNT-01")
def test_counts_up(impl):
    """One more."""
    check_equal(impl.api.count(1), 2, "count(1)")
'''


def command(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder."""
    line = [sys.executable, "-m", "conformance", *arguments]
    return subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def test_what_a_contract_starts_from_runs_once_it_is_filled_in(tmp_path: Path) -> None:
    """The adapter works for an implementation with the expected names, and finds its faults."""
    (tmp_path / "my_sdk.py").write_text(SDK)

    started = command(tmp_path, "init", "--contract", "task_template")
    judged = command(
        tmp_path, "run", "adapter:Adapter", "--rule", "CON-11", "--examples", "smoke", "--expect", "expected.toml"
    )

    assert started.returncode == 0, started.stderr
    assert "adapter.py" in started.stdout
    assert "CON-11" in judged.stdout
    assert "breakdown        0" in judged.stdout, judged.stdout + judged.stderr


def test_what_an_adapter_may_have_besides_is_there_as_comments() -> None:
    """With the comments uncommented, it has every optional member of the task template's adapters."""
    starter = find_contract("task_template").folder / "starter" / "adapter.py.txt"
    code, besides = starter.read_text(encoding="utf-8").split("    #\n", 1)

    tree = ast.parse(code + re.sub(r"^    # ?", "    ", besides, flags=re.MULTILINE))

    members = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    optional = {"make_env", "task_context", "install_controller", "serialization_context", "register_plugin"}
    assert optional <= members


def test_without_a_contract_the_package_of_the_folder_is_adapted(tmp_path: Path) -> None:
    """The adapter gives the properties of a user's contract access to the package, and names no other package."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "my-counter"\nversion = "2.0"\n')
    (tmp_path / "counter").mkdir()
    (tmp_path / "counter" / "__init__.py").write_text("def count(number):\n    return number + 1\n")
    for name, text in {"contract.toml": "", "catalogue/cnt.toml": CATALOGUE, "suite/test_counter.py": SUITE}.items():
        (tmp_path / "counting" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "counting" / name).write_text(text)

    started = command(tmp_path, "init")
    judged = command(tmp_path, "run", "--contract", "counting", "adapter:Adapter", "--expect", "expected.toml")

    assert started.returncode == 0, started.stderr
    assert "Found  my-counter 2.0" in started.stdout
    written = started.stdout + "".join((tmp_path / name).read_text() for name in ("adapter.py", "expected.toml"))
    assert not any(word in written.lower() for word in ("flyte", "template", "{"))
    assert judged.returncode == 0, judged.stdout + judged.stderr
    assert "MUST judged      1/1" in judged.stdout


@pytest.mark.parametrize("arguments", [[], ["--contract", "task_template"]])
def test_nothing_is_replaced(arguments: list[str], tmp_path: Path) -> None:
    """If a file of the same name exists, it stops before it writes anything."""
    (tmp_path / "counter.py").touch()
    (tmp_path / "expected.toml").write_text("mine")

    result = command(tmp_path, "init", *arguments)

    assert result.returncode == 2
    assert "expected.toml" in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["counter.py", "expected.toml"]


def test_a_folder_without_a_package_is_said_to_be_one(tmp_path: Path) -> None:
    """The message says how to continue without a package."""
    result = command(tmp_path, "init")

    assert result.returncode == 2
    assert "contains no Python package" in result.stderr
    assert "--contract" in result.stderr
