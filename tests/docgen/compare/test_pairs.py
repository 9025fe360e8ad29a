"""Pairs of tiny packages, before and after one edit: the differences, their level, and a program that proves it.

The edits follow the chapters of the language reference and of the typing specification (`pairs/*.toml`).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from docgen.build.build import build
from docgen.build.inputs import Inputs
from docgen.compare.catalogue import Level, catalogue
from docgen.compare.engine import compare
from docgen.compare.rules.hooks import Calls
from docgen.model import Reference
from docgen.sources.interpreters import own_python, standard_library

FOLDER = Path(__file__).with_name("pairs")
MARK = "# file: "
PROVEN_ON_REQUEST = ("bodies", "operations", "outcomes", "releases", "surfaces", "trials")
"""Files of pairs that each run compares, and whose programs run with `--thorough` only: processes take time."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One edit of a package."""

    case: str
    before: str
    after: str
    expects: tuple[str, ...]
    """Names of kinds of differences, the gravest first; those of texts left out."""
    program: str = ""
    """Works with the package before; fails with the package after, if one of the differences is major."""
    reason: str = ""
    """What a type checker says, where no program fails."""
    client: str = ""
    """A module that a type checker accepts with the package before, and refuses after, if a difference is major."""
    file: str = ""
    """Where the pair is written."""

    @property
    def is_breaking(self) -> bool:
        """Whether the edit breaks a user of the package."""
        return any(catalogue()[name].level is Level.MAJOR for name in self.expects)


def pairs() -> list[Pair]:
    """Return every pair of the table."""
    tables = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
    return [
        Pair(**{**entry, "expects": tuple(entry["expects"]), "file": file})
        for file, table in tables.items()
        for entry in table["pair"]
    ]


def as_parameters(chosen: Iterable[Pair]) -> list[ParameterSet]:
    """Return pairs as parameters of a test that needs processes, with marks for those that are not essential."""
    thorough = pytest.mark.thorough
    return [
        pytest.param(each, id=each.case, marks=thorough if each.file in PROVEN_ON_REQUEST else ()) for each in chosen
    ]


def write_package(folder: Path, text: str) -> Path:
    """Write a package `pkg` below a folder: each `# file: NAME` begins a file of it."""
    package = folder / "pkg"
    name = "__init__.py"
    lines: dict[str, list[str]] = {name: []}
    for line in text.strip("\n").split("\n"):
        if line.startswith(MARK):
            name = line.removeprefix(MARK)
            lines[name] = []
        else:
            lines[name].append(line)
    for path, content in lines.items():
        (package / path).parent.mkdir(parents=True, exist_ok=True)
        (package / path).write_text("\n".join(content) + "\n", encoding="utf-8")
    return folder


def reference(folder: Path) -> Reference:
    """Return the reference of the package below a folder."""
    library = standard_library(own_python())
    search = (library,) if library else ()
    return build(Inputs(distribution="pkg", version="1", root=folder, packages=("pkg",), search=search)).reference


def works(folder: Path, program: str) -> bool:
    """Return True if a program ends without an error when it can import the package below a folder."""
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0


def accepts(folder: Path, client: str) -> bool:
    """Return True if mypy reports nothing for a module that uses the package below a folder."""
    (folder / "pkg" / "py.typed").touch()
    (folder / "client.py").write_text(client, encoding="utf-8")
    cache = Path(tempfile.gettempdir()) / "pairs-mypy"
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(cache), "client.py"]
    output = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout
    return not any(line.startswith("client.py") and ": error:" in line for line in output.splitlines())


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: pair.case)
def test_an_edit_is_found_at_its_level(pair: Pair, tmp_path: Path) -> None:
    """The comparison names exactly the kinds of differences of an edit."""
    old, new = (write_package(tmp_path / side, text) for side, text in (("old", pair.before), ("new", pair.after)))

    calls = (Calls(old, ("pkg",)), Calls(new, ("pkg",)))

    found = compare(reference(old), reference(new), calls=calls, tries=pair.file == "trials")

    reported = [each.name for each in found.differences if each.level is not Level.DOCS]
    assert sorted(reported) == sorted(pair.expects), "\n".join(
        f"{each.symbol}: {each.text}" for each in found.differences
    )
    assert not found.unknown


@pytest.mark.parametrize("pair", as_parameters(each for each in pairs() if each.program))
def test_a_program_proves_the_level_of_an_edit(pair: Pair, tmp_path: Path) -> None:
    """The program works before the edit, and fails after it exactly if the edit is called breaking."""
    old, new = (write_package(tmp_path / side, text) for side, text in (("old", pair.before), ("new", pair.after)))

    assert works(old, pair.program)
    assert works(new, pair.program) is not pair.is_breaking


@pytest.mark.parametrize("pair", pairs(), ids=lambda pair: pair.case)
def test_an_edit_has_a_proof(pair: Pair) -> None:
    """Each edit has a program; if it breaks only type checkers, a module for them or their error."""
    assert pair.program or pair.client or (pair.reason and pair.is_breaking)
    assert set(pair.expects) <= set(catalogue())


def test_each_kind_of_difference_has_a_pair() -> None:
    """Two kinds are not about sources: documented and unknown."""
    shown = {name for pair in pairs() for name in pair.expects}

    assert set(catalogue()) - shown == {"docs-changed", "unknown"}


@pytest.mark.thorough
@pytest.mark.parametrize("pair", [each for each in pairs() if each.client], ids=lambda pair: pair.case)
def test_a_type_checker_proves_the_level_of_an_edit(pair: Pair, tmp_path: Path) -> None:
    """A type checker accepts the client of a pair before the edit, and refuses it after a breaking one."""
    old, new = (write_package(tmp_path / side, text) for side, text in (("old", pair.before), ("new", pair.after)))

    assert accepts(old, pair.client)
    assert accepts(new, pair.client) is not pair.is_breaking


@pytest.mark.parametrize("pair", as_parameters(pairs()))
def test_nothing_differs_from_itself(pair: Pair, tmp_path: Path) -> None:
    """A package compared with itself has no differences."""
    same = reference(write_package(tmp_path, pair.before))

    found = compare(same, same)

    assert found.differences == ()
