"""`docgen diff` on real folders: sides that cannot be read completely, restrictions, and private symbols."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from docgen.command.cli import docgen

GOOD = {"__init__.py": "def f(a): ...\n"}
BROKEN = {"__init__.py": "def f(a: ...\n"}
BROKEN_PART = {"__init__.py": "def f(a): ...\n", "part.py": "def g(:\n"}
NEWER = {"__init__.py": "def f(a): ...\n", "part.py": "x = lambda: (yield) = 1\n"}
EMPTY = {"__init__.py": ""}
BASELESS = {"__init__.py": "from nowhere import Base\nclass A(Base):\n    def f(self): ...\n"}


def package(folder: Path, files: dict[str, str]) -> str:
    """Write a package `pkg` below a folder, and return the folder."""
    for name, text in files.items():
        path = folder / "pkg" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return str(folder)


def diff(folder: Path, old: dict[str, str], new: dict[str, str], *options: str) -> Result:
    """Compare two packages."""
    sides = package(folder / "old", old), package(folder / "new", new)
    return CliRunner().invoke(docgen, ["diff", *sides, *options])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param(GOOD, BROKEN, "DG101", id="new side broken"),
        pytest.param(BROKEN, GOOD, "DG101", id="old side broken"),
        pytest.param(BROKEN, BROKEN, "DG101", id="both broken alike"),
        pytest.param(BROKEN_PART, BROKEN_PART, "pkg/part.py", id="a module broken on both sides"),
        pytest.param(GOOD, BROKEN_PART, "pkg/part.py", id="a new module broken"),
        pytest.param(NEWER, NEWER, "pkg/part.py", id="syntax that this interpreter does not read"),
        pytest.param(GOOD, EMPTY, "has no public symbol", id="new side empty"),
        pytest.param(EMPTY, EMPTY, "has no public symbol", id="both empty"),
        pytest.param(BASELESS, BASELESS, "`nowhere.Base` was not compared", id="a base without sources"),
    ],
)
def test_a_side_that_was_not_read_whole_is_exit_three(
    tmp_path: Path, old: dict[str, str], new: dict[str, str], message: str
) -> None:
    """The finding is shown, and the summary does not say that there are no differences."""
    done = diff(tmp_path, old, new)

    assert done.exit_code == 3
    assert message in done.stderr
    assert "no differences" not in done.stderr


def test_a_symbol_that_one_side_lacks_is_a_removal(tmp_path: Path) -> None:
    """`--only` names a symbol of either side."""
    done = diff(
        tmp_path, {"__init__.py": "def f(): ...\ndef g(): ...\n"}, {"__init__.py": "def f(): ...\n"}, "--only", "pkg.g"
    )

    assert done.exit_code == 1
    assert "DG601 major pkg.g" in done.stdout


def test_a_pattern_that_fits_nothing_is_wrong_use(tmp_path: Path) -> None:
    """It would compare nothing, and find no differences."""
    done = diff(tmp_path, GOOD, GOOD, "--only", "pkg.ff")

    assert done.exit_code == 2
    assert "Did you mean pkg.f?" in done.stderr


PRIVATE_OLD = {
    "__init__.py": "def _f(a): ...\nclass A:\n    def _m(self): ...\nclass _B:\n    x = 1\n",
    "_core.py": "def c(): ...\n",
}
PRIVATE_NEW = {"__init__.py": "def _f(a, b): ...\nclass A: ...\nclass _B: ...\n", "_core.py": "d = 1\n"}


def test_private_symbols_are_shown_on_request(tmp_path: Path) -> None:
    """Functions, members, classes and modules whose names begin with an underscore."""
    plain = diff(tmp_path / "plain", PRIVATE_OLD, PRIVATE_NEW, "--level", "major")
    shown = diff(tmp_path / "private", PRIVATE_OLD, PRIVATE_NEW, "--level", "major", "--private")

    assert "DG" not in plain.stdout
    reported = {line.split()[3].rstrip(":") for line in shown.stdout.splitlines()}
    assert reported == {"pkg._f", "pkg.A._m", "pkg._B.x", "pkg._core.c"}


def test_private_names_that_examples_import_are_reported(tmp_path: Path) -> None:
    """The documentation tells users to use them."""
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "README.md").write_text("```python\nfrom pkg import _f\nfrom pkg._core import c\n```\n")

    done = diff(tmp_path, PRIVATE_OLD, PRIVATE_NEW, "--level", "major")

    reported = {line.split()[3].rstrip(":") for line in done.stdout.splitlines()}
    assert reported == {"pkg._f", "pkg._core.c"}


def test_private_names_that_docstrings_import_are_reported(tmp_path: Path) -> None:
    """An example of a docstring is documentation too."""
    shown = '"""Use it.\n\n>>> from pkg._p import v\n>>> v(1)\n"""\ndef f(a): ...\n'
    old = {"__init__.py": shown, "_p.py": "def v(a): ...\ndef other(a): ...\n"}
    new = {"__init__.py": shown, "_p.py": "def v(): ...\ndef other(): ...\n"}

    found = diff(tmp_path, old, new)

    assert found.stdout.count("DG620") == 1
    assert "pkg._p.v: `a` removed" in found.stdout


def test_tests_in_a_package_are_shown_on_request(tmp_path: Path) -> None:
    """Helpers of tests are private, and `--private` shows them."""
    old = {"__init__.py": "def f(): ...\n", "tests/__init__.py": "def helper(a): ...\n"}
    new = {"__init__.py": "def f(): ...\n", "tests/__init__.py": "def helper(): ...\n"}

    assert diff(tmp_path, old, new).exit_code == 0
    assert "pkg.tests.helper: `a` removed" in diff(tmp_path, old, new, "--private").stdout
