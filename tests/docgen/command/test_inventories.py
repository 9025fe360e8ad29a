"""`docgen inventories`: an inventory of another project becomes a file of this one, or nothing changes."""

from __future__ import annotations

import urllib.request
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner

from docgen.command.cli import docgen
from docgen.formats.base.inventory import LARGEST

ADDRESS = "https://docs.example/latest"
HEAD = b"# Sphinx inventory version 2\n# Project: other\n# Version: 1\n# zlib\n"
INVENTORY = HEAD + zlib.compress(b"other.Thing py:class 1 api.html#$ -\n")
KEYS = f'target = "shop.py"\nout = "docs"\ninventories = {{"{ADDRESS}" = "inventories/other.inv"}}\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one module that uses a class of another project."""
    (tmp_path / "pyproject.toml").write_text(f"[[tool.docgen.reference]]\n{KEYS}")
    (tmp_path / "shop.py").write_text('"""Shop."""\nfrom other import Thing\n\n\ndef buy() -> Thing:\n    """Buy."""\n')
    monkeypatch.chdir(tmp_path)
    return tmp_path


def answering(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> list[str]:
    """Have every address answer with something, and return the list of requested addresses."""
    asked: list[str] = []

    def urlopen(address: str, timeout: float) -> BytesIO:  # noqa: ARG001 - as it is called
        asked.append(address)
        return BytesIO(raw)

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    return asked


def test_an_inventory_is_fetched_once_and_builds_read_the_file(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command requests `objects.inv`; the build then links to the project and requests nothing."""
    asked = answering(monkeypatch, INVENTORY)

    fetched = CliRunner().invoke(docgen, ["inventories"])
    again = CliRunner().invoke(docgen, ["inventories"])
    built = CliRunner().invoke(docgen, ["build"])

    assert (fetched.exit_code, built.exit_code) == (0, 0), fetched.output + built.output
    assert asked == [f"{ADDRESS}/objects.inv"] * 2
    assert fetched.output == f"inventories/other.inv: {len(INVENTORY)} bytes from {ADDRESS}\n"
    assert again.output.endswith(", as before\n")
    assert f"-> *[Thing]({ADDRESS}/api.html#other.Thing)*" in (project / "docs" / "shop" / "index.md").read_text()


def test_something_else_replaces_no_inventory(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error page does not change the file."""
    answering(monkeypatch, b"<html>Not found</html>")
    (project / "inventories").mkdir()
    (project / "inventories" / "other.inv").write_bytes(INVENTORY)

    result = CliRunner().invoke(docgen, ["inventories"])

    assert result.exit_code == 3
    assert "expected an inventory" in result.output
    assert (project / "inventories" / "other.inv").read_bytes() == INVENTORY


@pytest.mark.parametrize(
    ("packed", "message"),
    [(zlib.compress(b"x" * (LARGEST + 1)), "larger than"), (zlib.compress(b"x")[:-1], "ends too early")],
)
def test_an_inventory_is_unpacked_within_limits(project: Path, packed: bytes, message: str) -> None:
    """The error for a small file that unpacks to gigabytes, or is truncated, is one line."""
    (project / "inventories").mkdir()
    (project / "inventories" / "other.inv").write_bytes(HEAD + packed)

    result = CliRunner().invoke(docgen, ["build"])

    assert result.exit_code == 3
    assert message in result.output


def test_without_inventories_nothing_is_run(project: Path) -> None:
    """The exit code says so."""
    (project / "pyproject.toml").write_text('[[tool.docgen.reference]]\ntarget = "shop.py"\nout = "docs"\n')

    assert CliRunner().invoke(docgen, ["inventories"]).exit_code == 5
