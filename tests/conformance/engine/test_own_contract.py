"""A user's contract: the command accepts a folder outside the package."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from conformance import engine
from conformance.contracts.task_template import NAME
from conformance.engine.child.subject import Subject
from conformance.errors import TargetError
from conformance.pytest.items import RuleModule
from tests.conformance.engine.stacks import REPRODUCERS, conformance, write_stacks


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A contract of three rules in `stacks/`, and two implementations next to it."""
    return write_stacks(tmp_path, reproducers=REPRODUCERS)


def test_a_folder_is_a_contract(folder: Path) -> None:
    """Each of the three rules gets its verdict, and a deviation a reproducer that needs only the implementation."""
    answer = conformance(folder, "run", "--contract", "stacks", "--format", "json", "mine:Right", "mine:Wrong")

    assert answer.returncode == 1, answer.stderr
    report = json.loads(answer.stdout)
    right, wrong = ({one["rule"]: one for one in target["results"]} for target in report["targets"])
    assert {rule: one["verdict"] for rule, one in right.items()} == {
        "STK-01": "holds",
        "STK-02": "holds",
        "STK-03": "gap",
    }
    assert {rule: one["verdict"] for rule, one in wrong.items()} == {
        "STK-01": "deviates",
        "STK-02": "deviates",
        "STK-03": "gap",
    }
    assert wrong["STK-01"]["reproducer"].startswith("from mine import Wrong\nimpl = Wrong()\nvalues = [0, 1]\n")
    assert (report["settings"]["contract"], report["settings"]["profile"]) == ("stacks", "default")


def test_a_folder_has_reports_of_all_kinds(folder: Path) -> None:
    """Text and HTML show the contract's own rules."""
    text = conformance(folder, "run", "--contract", "stacks", "mine:Wrong", "--out", "report.json")
    page = conformance(folder, "report", "report.json", "--format", "html")

    assert "STK-02 deviates (SHOULD): pop() of an empty stack raises IndexError." in text.stdout
    assert "strength" not in text.stdout
    assert page.returncode == 0, page.stderr
    assert "pop() returns the value that was pushed last." in page.stdout


def test_the_configuration_names_a_contract(folder: Path) -> None:
    """`contract` in the table of the configuration is the default of every command that reads rules."""
    (folder / "pyproject.toml").write_text('[tool.conformance]\ncontract = "stacks"\n', encoding="utf-8")

    answers = [conformance(folder, "rules"), conformance(folder, "explain", "STK-01")]

    assert [line.split()[0] for line in answers[0].stdout.splitlines()] == ["STK-01", "STK-02", "STK-03"]
    assert "decides in: default" in answers[1].stdout


def test_a_suite_that_cannot_be_read_is_one_clear_line_under_pytest(folder: Path) -> None:
    """It is wrong use, and not an error of the plugin."""
    module = folder / "stacks" / "suite" / "test_stacks.py"
    module.write_text("def", encoding="utf-8")
    collector = SimpleNamespace(config=SimpleNamespace(option=SimpleNamespace(impl=["mine:Right"])), path=module)

    with pytest.raises(pytest.UsageError, match="cannot be read as Python"):
        list(RuleModule.collect(collector))  # type: ignore[arg-type]  # what it reads of a collector


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("version", 3, "expected version of the adapter to be a string, got 3"),
        ("capabilities", "undo", "expected capabilities of the adapter to be a set of strings, got 'undo'"),
        ("capabilities", {1}, "expected capabilities of the adapter to be a set of strings, got {1}"),
    ],
)
def test_an_adapter_of_a_wrong_form_is_one_clear_line(name: str, value: object, words: str) -> None:
    """Reports have its version and its capabilities."""
    adapter = type("Adapter", (), {name: value})

    with pytest.raises(TargetError, match=re.escape(words)):
        Subject(adapter(), path="mine:Adapter")


def test_a_list_of_capabilities_is_a_set() -> None:
    """A user need not know that the engine has a set of them."""
    adapter = type("Adapter", (), {"capabilities": ["undo"]})

    assert Subject(adapter()).capabilities == {"undo"}


def test_a_suite_of_a_folder_runs_under_pytest(folder: Path) -> None:
    """The plugin collects the rules of the contract that a suite belongs to."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "stacks/suite", "--impl", "mine:Right"]

    answer = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

    assert "2 passed, 1 skipped" in answer.stdout, answer.stdout


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nothing", "neither a contract known by name (task_template) nor a folder with a contract.toml"),
        ("task-template", "Did you mean task_template?"),
        ("json", "cannot be that name"),
    ],
)
def test_what_is_not_a_contract_is_one_clear_line(folder: Path, name: str, words: str) -> None:
    """A wrong name is a usage error, which says what to write instead."""
    (folder / "json").mkdir()
    (folder / "json" / "contract.toml").touch()

    answer = conformance(folder, "rules", "--contract", name)

    assert answer.returncode == 2
    assert words in answer.stderr


def test_the_engine_knows_no_contract() -> None:
    """No file of the engine names the vendor or the default contract."""
    folder = Path(engine.__file__).parent
    words = ("flyte", NAME, "TaskTemplate", "reference_impl")
    paths = [path for pattern in ("*.py", "*.jinja", "*.json") for path in folder.rglob(pattern)]

    found = [(path.name, word) for path in paths for word in words if word in path.read_text(encoding="utf-8")]

    assert found == []
    assert len(paths) > len(words)
