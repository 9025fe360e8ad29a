"""`docgen coverage` and `docgen doctor`."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from docgen.command.cli import docgen

SOURCE = '''\
"""A module."""


class Thing:
    """A thing.

    Args:
        size: Described once, for the attribute too.
    """

    def __init__(self, size: int, weight: int) -> None:
        self.size = size
        self.color = "red"

    def __len__(self) -> int:
        return 0

    def grow(self, by: int) -> None:
        pass

    def _hidden(self, way: int) -> None:
        pass
'''


def run(*arguments: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(docgen, arguments)


@pytest.fixture
def module(tmp_path: Path) -> Path:
    """A module with 4 symbols and 3 parameters, of which 2 and 1 are documented."""
    path = tmp_path / "acme.py"
    path.write_text(SOURCE)
    return path


def test_a_package_may_be_called_total(tmp_path: Path) -> None:
    """It has a row beside the one for everything."""
    (tmp_path / "total.py").write_text(SOURCE)

    found = json.loads(run("coverage", str(tmp_path / "total.py"), "--format", "json").output)

    assert found["modules"] == {"total": found["total"]}


def test_symbols_and_parameters_are_counted_once(module: Path) -> None:
    """A field is counted as a parameter; private and special names are not counted."""
    found = json.loads(run("coverage", str(module), "--format", "json").output)

    assert found["total"] == {
        "symbols": {"documented": 2, "total": 4, "percent": 50.0},
        "parameters": {"documented": 1, "total": 3, "percent": 33.3},
    }
    assert found["missing"] == ["acme.Thing(weight)", "acme.Thing.color", "acme.Thing.grow", "acme.Thing.grow(by)"]
    assert found["modules"] == {"acme": found["total"]}


@pytest.mark.parametrize(("limit", "code"), [("42.8", 0), ("42.9", 1)])
def test_a_limit_decides_on_the_exit_code(module: Path, limit: str, code: int) -> None:
    """Of 7 parts 3 are documented: 42.86 %."""
    result = run("coverage", str(module), "--fail-under", limit)

    assert result.exit_code == code
    assert "42.9 % of 7 symbols and parameters are documented" in result.output


def test_what_is_missing_is_named_with_its_place(module: Path) -> None:
    """An editor can jump to the place."""
    result = run("coverage", str(module), "--missing")

    assert "acme.py:18: acme.Thing.grow is not documented" in result.output


def test_the_badge_is_an_image_that_says_the_number(module: Path) -> None:
    """It is well-formed and has a text alternative."""
    badge = module.with_name("badge.svg")

    run("coverage", str(module), "--badge", str(badge))

    root = ET.fromstring(badge.read_text())  # noqa: S314 - we have just written it
    assert root.attrib["aria-label"] == "documented: 43 %"


def test_doctor_says_on_one_screen_what_it_finds(module: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Versions, package, style, formats, cache; also without configuration."""
    monkeypatch.chdir(module.parent)

    result = run("doctor", "acme.py")

    assert result.exit_code == 0, result.output
    assert len(result.output.splitlines()) < 24
    for label in ("assay", "libraries", "cache", "format", "library"):
        assert f"\n{label:11}" in f"\n{result.output}"
    assert "package    acme -: acme" in result.output
    assert "style      google (detected)" in result.output


def test_doctor_finds_pages_in_the_folder_of_a_site(module: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build puts them into `reference`, if the site has a first page of its own."""
    monkeypatch.chdir(module.parent)
    (module.parent / "docs").mkdir()
    (module.parent / "docs" / "index.md").write_text("# Acme\n")
    (module.parent / "pyproject.toml").write_text('[[tool.docgen.reference]]\ntarget = "acme.py"\nout = "docs"\n')
    assert run("build").exit_code == 0

    assert "output     docs/reference: " in run("doctor").output


def test_doctor_reports_what_is_wrong_and_ends_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A report on an unreadable project is a success."""
    monkeypatch.chdir(tmp_path)

    result = run("doctor")

    assert result.exit_code == 0
    assert "docgen init" in result.output
    assert "no Python package" in result.output
