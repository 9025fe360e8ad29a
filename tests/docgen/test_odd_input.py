"""Generated hostile and broken input: a sample by default, all of it with `--thorough`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from conformance.command.cli import conformance
from conformance.errors import ConformanceError
from docgen.command.cli import docgen

ROOT = Path(__file__).parents[2]


def bench(*arguments: str) -> str:
    """Run a bench that fails on any problem, and return its output."""
    command = [sys.executable, "-m", *arguments]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr[-2000:]
    return answer.stdout


def test_some_hostile_packages() -> None:
    """Small ones of every kind are built within the limits, without a traceback."""
    assert "0 failed" in bench("bench.hostile", "--scale", "0.02", "--every", "100")


@pytest.mark.thorough
@pytest.mark.parametrize("dialect", ["material", "flyte-2.6"])
def test_all_hostile_packages(dialect: str) -> None:
    """The same for all of them, in the size that the limits are meant for."""
    assert "0 failed" in bench("bench.hostile", "--dialect", dialect)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "reader", ["sources", "docstrings", "pages", "dumps", "baselines", "configuration", "archives"]
)
def test_a_long_fuzz(reader: str) -> None:
    """Half an hour of random damage for each reader: no traceback, no hang, nothing written outside the output."""
    assert "0 failed" in bench("bench.fuzz", "--reader", reader, "--seconds", "1800")


@pytest.mark.thorough
def test_all_odd_command_lines() -> None:
    """Every option of every command, with paths and values that it cannot have."""
    assert "0 failed" in bench("bench.commands")


@pytest.mark.parametrize(
    ("command", "table"),
    [
        (["build"], "tool = true"),
        (["check"], "tool.docgen = 1"),
        (["build"], "tool.docgen = [1]"),
        (["build"], "[tool.docgen]\nreference = 1"),
        (["init", "--no-build"], "tool = 'x'"),
        (["init", "--no-build"], "project = 1"),
        (["init", "--no-build"], "tool.poetry = []"),
        (["init", "--no-build"], "project = { urls = 'x' }\ntool.poetry.urls = [1]"),
    ],
)
def test_values_in_place_of_tables_are_no_tracebacks(
    command: list[str], table: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a hand-written project file, a value in place of a table counts as missing, or is a one-line error."""
    (tmp_path / "pkg.py").write_text("def f(): ...\n")
    (tmp_path / "pyproject.toml").write_text(table)
    monkeypatch.chdir(tmp_path)

    answer = CliRunner().invoke(docgen, command)

    assert answer.exit_code in (0, 2), answer.output
    assert answer.exception is None or isinstance(answer.exception, SystemExit)


def test_arguments_are_not_repeated_at_length(tmp_path: Path) -> None:
    """A word of thousands of characters is cut, and characters that would move the cursor are escaped."""
    (tmp_path / "pkg.py").write_text("x = 1\n")

    long, odd = (
        CliRunner().invoke(docgen, ["build", str(tmp_path / "pkg.py"), "--dialect", "flyte-2.6", "--symbol", name])
        for name in ("x" * 5_000, "a\x1b[31mb")
    )

    assert len(long.stderr) < 500
    assert "\x1b" not in odd.stderr
    assert r"a\x1b[31mb" in odd.stderr


FOUND = {
    "a table of a key that has a value": ["--set", "links=1", "--set", "links.a=b"],
    "a version that is none": ["--set", "python=3.x"],
    "a version of thousands of digits": ["--set", f"python=3.{'9' * 5_000}"],
    "a null byte in a path": ["--config", "a\0b"],
    "a null byte in a name": ["--set", "include=a\0b"],
    "a path that is too long": ["--set", f"dialect={'x' * 5_000}"],
    "a key of thousands of parts": ["--config", "dots.toml"],
}
"""What fuzzing found in configurations."""


@pytest.mark.parametrize("arguments", FOUND.values(), ids=FOUND.keys())
def test_odd_configurations_are_one_line(arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An impossible configuration is a usage error, in one line."""
    (tmp_path / "pkg.py").write_text("x = 1\n")
    (tmp_path / "dots.toml").write_text(f"a{'.b' * 400_000} = 1\n")
    monkeypatch.chdir(tmp_path)

    answer = CliRunner().invoke(docgen, ["build", str(tmp_path / "pkg.py"), *arguments, "--out", str(tmp_path / "out")])

    assert answer.exit_code == 2, answer.output
    assert isinstance(answer.exception, SystemExit)


FILES: dict[str, tuple[str | bytes, list[str]]] = {
    "mkdocs.yml": ("docs_dir: a\0b\n", ["build", "pkg.py", "--out", "out"]),
    "zensical.toml": ('[project]\ndocs_dir = "a\\u0000b"\n', ["build", "pkg.py", "--out", "out"]),
    "pyproject.toml": (f"a = {'[' * 5_000}", ["build", ".", "--out", "out"]),
    "PKG-INFO": (b"Name: \0\xff\nVersion: \n\n", ["build", ".", "--out", "out"]),
}


@pytest.mark.parametrize("name", FILES)
def test_odd_files_around_a_package(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package is documented all the same, in pages without control characters."""
    content, arguments = FILES[name]
    (tmp_path / "pkg.py").write_text("def f(): ...\n")
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    monkeypatch.chdir(tmp_path)

    answer = CliRunner().invoke(docgen, arguments)

    assert answer.exit_code == 0, answer.output
    pages = [path.read_text() for path in (tmp_path / "out").rglob("*.md")]
    assert pages
    assert "\0" not in "".join(pages)


@pytest.mark.parametrize(
    "arguments", [["campaign", "deep.toml"], ["rules", "--contract", "."], ["--config", "deep.toml", "rules"]]
)
def test_deep_toml_is_one_line(arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Brackets in brackets in a campaign, in a contract, and in a project file."""
    for name in ("deep.toml", "contract.toml"):
        (tmp_path / name).write_text(f"a = {'[' * 5_000}")
    monkeypatch.chdir(tmp_path)

    answer = CliRunner().invoke(conformance, arguments)

    assert isinstance(answer.exception, ConformanceError)
    assert "nested too deeply" in str(answer.exception)


@pytest.mark.parametrize(
    ("was", "now"),
    [('"pkg.T"', '"pkg... _a: b."'), ('"stores x - x"', '"stores x"'), ('"stores x - x"', '"stores x - x y"')],
)
def test_odd_strings_in_a_dump_are_no_tracebacks(was: str, now: str, tmp_path: Path) -> None:
    """A path below no module, and an action with more or fewer words, which fuzzing found."""
    source = "import typing\nT = typing.TypeVar('T')\nclass K:\n    def __init__(self, x): self.x = x\n"
    (tmp_path / "pkg.py").write_text(source)
    whole = CliRunner().invoke(docgen, ["dump", str(tmp_path / "pkg.py")]).stdout
    assert was in whole
    (tmp_path / "odd.json").write_text(whole.replace(was, now))
    (tmp_path / "pkg.py").write_text("class K:\n    def __init__(self, x): ...\n")

    answer = CliRunner().invoke(docgen, ["diff", str(tmp_path / "odd.json"), str(tmp_path / "pkg.py")])

    assert isinstance(answer.exception, SystemExit | None), answer.exception
    assert answer.exit_code in (0, 1), answer.output


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["build", "pkg.py", "--out", "out", "--docs-from", "x" * 5_000], 3),
        (["diff", "pkg.py", "pkg.py", "--write", "json=a\0b"], 2),
    ],
    ids=["a page whose name is too long", "a report in a file that there cannot be"],
)
def test_odd_names_of_files_are_one_line(
    arguments: list[str], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any error of the file system about a user's file name is one line, too."""
    (tmp_path / "pkg.py").write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)

    answer = CliRunner().invoke(docgen, arguments)

    assert answer.exit_code == code, answer.output
    assert isinstance(answer.exception, SystemExit)


GIVEN = {
    "--config": ["build", "pkg.py", "--out", "out", "--config"],
    "--lock": ["build", "pkg.py", "--out", "out", "--lock"],
    "--allow": ["diff", "pkg.py", "pkg.py", "--allow"],
    "a dump": ["diff", "pkg.py"],
}
"""Options that take a file."""


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX systems")
@pytest.mark.parametrize("arguments", GIVEN.values(), ids=GIVEN.keys())
@pytest.mark.parametrize("name", ["pipe.json", "zero.json", "large.json"])
def test_files_that_cannot_be_read_to_their_end_are_one_line(
    arguments: list[str], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe without a writer, a device without end, and a file of gigabytes."""
    (tmp_path / "pkg.py").write_text("x = 1\n")
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "zero.json").symlink_to("/dev/zero")
    (tmp_path / "large.json").touch()
    os.truncate(tmp_path / "large.json", 8 * 1024**3)
    monkeypatch.chdir(tmp_path)

    answer = CliRunner().invoke(docgen, [*arguments, name])

    assert answer.exit_code in {2, 3, 4}, answer.output
    assert isinstance(answer.exception, SystemExit)
    assert name in answer.output


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX systems")
@pytest.mark.parametrize("name", ["setup.py", "setup.cfg", "PKG-INFO", "mkdocs.yml", "zensical.toml"])
def test_pipes_in_a_project_are_not_waited_for(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Optional project files that cannot be read are skipped."""
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "__init__.py").write_text("x = 1\n")
    os.mkfifo(tmp_path / name)
    monkeypatch.chdir(tmp_path)

    answer = CliRunner().invoke(docgen, ["build", "pkg", "--out", "out"])

    assert answer.exit_code == 0, answer.output


NAMES = r"""
import collections, enum, typing
E = enum.Enum('E', ['\ud800', 'a'])
N = collections.namedtuple('N', ['\ud800'])
D = typing.TypedDict('\ud800', {'\ud800': int})
"""


def test_names_that_are_no_text(tmp_path: Path) -> None:
    """Half of a surrogate pair in the name of a member is shown as its escape."""
    (tmp_path / "pkg.py").write_text(f'"""Module."""{NAMES}')

    answer = CliRunner().invoke(docgen, ["build", str(tmp_path / "pkg.py"), "--out", str(tmp_path / "out")])

    assert answer.exit_code == 0, answer.output
    assert "\\ud800" in "".join(path.read_text() for path in (tmp_path / "out").rglob("*.md"))


def test_bounds_of_type_variables_do_not_double(tmp_path: Path) -> None:
    """Each variable is bound to a type with the previous one twice; forty of them took 22 GB."""
    links = (f"T{n + 1} = TypeVar('T{n + 1}', bound=dict[T{n}, T{n}])\n" for n in range(40))
    source = f"from typing import TypeVar\nT0 = TypeVar('T0')\n{''.join(links)}def f(x: T40, y: T2): ...\n"
    (tmp_path / "pkg.py").write_text(source)

    answer = CliRunner().invoke(docgen, ["dump", str(tmp_path / "pkg.py")])

    assert answer.exit_code == 0, answer.output
    assert len(answer.output) < 500_000


@pytest.mark.parametrize("damage", ["comment", "end"])
def test_pages_that_somebody_has_edited(damage: str, tmp_path: Path) -> None:
    """A page without a part of its code is read, or refused in one line."""
    (tmp_path / "pkg.py").write_text("def f(x): ...\n")
    CliRunner().invoke(docgen, ["build", str(tmp_path / "pkg.py"), "--out", str(tmp_path / "out")])
    page = tmp_path / "out" / "pkg" / "index.md"
    text = page.read_text()
    page.write_text(text.replace("<!-- def f(x) -->", "") if damage == "comment" else text.replace("</code>", ""))

    answer = CliRunner().invoke(docgen, ["parse", str(page), "--dialect", "material"])

    assert isinstance(answer.exception, SystemExit | None), answer.exception
    assert answer.exit_code in (0, 1, 2)


@pytest.mark.parametrize("row", ["|", "||", "| |", "|x"])
def test_odd_rows_in_the_table_of_modules(row: str, tmp_path: Path) -> None:
    """The first page shows the order of the modules as far as it can be read."""
    (tmp_path / "pkg.py").write_text("def f(x): ...\n")
    CliRunner().invoke(docgen, ["build", str(tmp_path / "pkg.py"), "--out", str(tmp_path / "out")])
    home = tmp_path / "out" / "index.md"
    home.write_text(f"{home.read_text()}{row}\n")

    answer = CliRunner().invoke(docgen, ["parse", str(tmp_path / "out"), "--dialect", "material"])

    assert answer.exit_code == 0, answer.output


def test_the_whole_file_system_is_no_target() -> None:
    """Reading it would take minutes."""
    answer = CliRunner().invoke(docgen, ["dump", str(Path(os.sep).resolve())])

    assert answer.exit_code == 2, answer.output
    assert "Name the folder of one project" in answer.stderr
