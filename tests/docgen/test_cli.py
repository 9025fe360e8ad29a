"""The command: its output, its exit codes, and that bad input never ends in a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from docgen.command.cli import docgen

SOURCE = '''"""Tools."""

SIZE = 3


class Tool:
    """A tool."""

    def __init__(self, size: int = SIZE) -> None:
        """Make one."""

    def grow(self, by: int) -> "Tool":
        """Grow.

        Args:
            by: How much.
        """
        return self
'''


def run(*arguments: str) -> Result:
    """Run the command like a shell, with exit code and message for an error of docgen."""
    return CliRunner().invoke(docgen, list(arguments), catch_exceptions=False)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package of one module."""
    folder = tmp_path / "src" / "tools"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(SOURCE)
    return folder


def test_build_writes_a_tree_and_says_so(package: Path, tmp_path: Path) -> None:
    """Pages for home, package and class; one line that counts them."""
    result = run("build", str(package), "--dialect", "material", "--out", str(tmp_path / "out"))

    assert result.exit_code == 0
    assert "3 pages and 5 other files (8 written, 0 removed, 0 unchanged)" in result.stderr
    assert "How much." in (tmp_path / "out" / "tools" / "tool.md").read_text()


def test_one_symbol_is_printed(package: Path) -> None:
    """Without `--out`, only the page of one symbol is written to stdout."""
    result = run("build", str(package), "--symbol", "tools.Tool", "--as", "other", "--dialect", "flyte-2.6")

    assert result.stdout.startswith("---\ntitle: Tool\n")
    assert "**Package:** `other`" in result.stdout


@pytest.mark.parametrize("dialect", ["material", "flyte-2.1", "flyte-2.6", "seed"])
def test_check_is_silent_until_a_page_is_changed(package: Path, tmp_path: Path, dialect: str) -> None:
    """0 if committed pages equal the sources; 1 and a diff for a changed, missing or surplus page."""
    out = tmp_path / "out"
    options = [str(package), "--dialect", dialect, "--out", str(out)]
    run("build", *options)
    assert (run("check", *options).exit_code, run("check", *options).stdout) == (0, "")
    page = next(out.rglob("tool.md"))
    page.write_text(page.read_text().replace("Grow.", "Shrink."))
    (page.parent / "stray.md").write_text("stray\n")

    result = run("check", *options)

    assert result.exit_code == 1
    assert "-Shrink." in result.stdout
    assert "+Grow." in result.stdout
    assert "stray.md" in result.stdout


def test_dump_and_diff_speak_of_symbols(package: Path, tmp_path: Path) -> None:
    """A dump is JSON; a comparison with changed sources names the changes, in each format."""
    dump = tmp_path / "old.json"
    dump.write_text(run("dump", str(package)).stdout)
    assert json.loads(dump.read_text())["reference"]["distribution"] == "tools"
    init = package / "__init__.py"
    init.write_text(SOURCE.replace("by: int)", "by: int = 2)").replace("How much.", "By how much."))

    text = run("diff", str(dump), str(package))
    rows = run("diff", str(dump), str(package), "--format", "markdown", "--level", "minor")
    raw = run("diff", str(dump), str(package), "--format", "json")

    assert text.exit_code == 1
    assert "DG630 minor tools.Tool.grow: `by` optional now" in text.stdout
    assert "DG680 docs tools.Tool.grow" in text.stdout
    assert rows.stdout.count("`tools.Tool.grow`") == 1
    assert {entry["name"] for entry in json.loads(raw.stdout)["differences"]} == {"call-extended", "docs-changed"}


def test_no_difference_is_exit_code_0(package: Path) -> None:
    """A reference does not differ from itself."""
    result = run("diff", str(package), str(package))

    assert (result.exit_code, result.stdout) == (0, "")


def test_pages_can_be_compared_with_sources(package: Path, tmp_path: Path) -> None:
    """A folder of published pages is a reference; facts that pages do not show are not compared."""
    out = tmp_path / "pages"
    run("build", str(package), "--dialect", "flyte-2.1", "--out", str(out))

    assert run("diff", str(out), str(package)).stdout == ""
    assert run("parse", str(out), "--dialect", "flyte-2.1").exit_code == 0


def test_lint_names_descriptions_of_nothing(package: Path) -> None:
    """A described parameter that does not exist, and reST in Markdown, are findings."""
    init = package / "__init__.py"
    init.write_text(SOURCE.replace("by: How much.", "of: How much, see :class:`Tool`."))

    result = run("lint", str(package))

    assert result.exit_code == 1
    assert "DG701 tools.Tool.grow describes the parameter of" in result.stdout
    assert "DG702 tools.Tool.grow describes its parameters, but not by" in result.stdout


def test_lint_sees_the_markup_that_pages_hide(package: Path) -> None:
    """Pages turn reST roles into code, but lint still finds them."""
    init = package / "__init__.py"
    init.write_text(SOURCE.replace("Grow.", "Grow a :class:`Tool`."))

    result = run("lint", str(package), "--dialect", "material")

    assert "has reST markup in Markdown" in result.stdout


def test_a_build_that_would_lose_content_stops(package: Path, tmp_path: Path) -> None:
    """A missing method is named, and nothing is written until the loss is accepted."""
    out = tmp_path / "out"
    run("build", str(package), "--out", str(out))
    page = out / "tools" / "tool.md"
    before = page.read_text()
    (package / "__init__.py").write_text(SOURCE.partition("    def grow")[0])

    stopped = run("build", str(package), "--out", str(out))
    assert stopped.exit_code == 1
    assert "tools.Tool.grow" in stopped.stderr
    assert page.read_text() == before

    assert run("build", str(package), "--out", str(out), "--accept-loss", "tools.Tool.grow").exit_code == 0
    assert "grow" not in page.read_text()


def test_strict_makes_findings_an_error(package: Path, tmp_path: Path) -> None:
    """An unreadable file is always reported; with `--strict`, it also determines the exit code."""
    (package / "bad.py").write_text("def (:\n")
    options = [str(package), "--out", str(tmp_path / "out")]

    loose, strict = run("build", *options), run("build", *options, "--strict")

    assert (loose.exit_code, strict.exit_code) == (0, 1)
    assert "bad.py:1" in loose.stderr


@pytest.mark.parametrize(
    "case",
    [
        (["build", "nowhere_at_all", "--out", "out"], 2, "nowhere_at_all"),
        (["build", "PACKAGE"], 2, "--out"),
        (["build", "PACKAGE", "--out", "out", "--dialect", "flite-2.1"], 2, "Did you mean flyte-2.1?"),
        (["build", "PACKAGE", "--out", "out", "--set", "titel=x"], 2, "Did you mean title?"),
        (["build", "PACKAGE", "--symbol", "tools.Tol"], 2, "tools.Tol"),
        (["build", "PACKAGE", "--out", "README"], 3, "README"),
        (["build", "PACKAGE", "--symbol", "tools.Tool", "--docs-from", "README.md"], 2, "README.md:1"),
        (["check", "PACKAGE"], 2, "--out"),
        (["parse", "README.md"], 2, "README.md:1"),
        (["parse", "missing.md"], 2, "missing.md"),
        (["diff", "PACKAGE", "broken.json"], 2, "broken.json"),
        (["diff", "PACKAGE", "old.json"], 2, "schema version 0"),
        (["build"], 2, "pyproject.toml"),
    ],
)
def test_bad_input_is_one_line_and_its_exit_code(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: tuple[list[str], int, str]
) -> None:
    """One line: what was found, what was expected, what to do next. The folder is unchanged."""
    arguments, code, message = case
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "README": "",
        "README.md": "Words.\n",
        "broken.json": "{",
        "old.json": '{"schema_version": 0}',
    }.items():
        Path(name).write_text(text)
    before = sorted(path.name for path in tmp_path.iterdir())

    result = run(*[str(package) if argument == "PACKAGE" else argument for argument in arguments])

    assert result.exit_code == code, result.stderr
    assert message in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_unknown_keys_of_the_project_file_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error for a misspelled key in `[tool.docgen]` names the nearest known one."""
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text('[[tool.docgen.reference]]\ntarget = "x"\nout = "a"\ndialekt = "seed"\n')

    result = run("build")

    assert result.exit_code == 2
    assert "unknown key dialekt. Did you mean dialect?" in result.stderr


def test_references_listed_in_the_project_file_are_built(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a target, every reference of `pyproject.toml` is built; if there is none, the exit code is 5."""
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text(f'[[tool.docgen.reference]]\ntarget = "{package}"\nout = "a"\n')
    assert run("build").exit_code == 0
    assert (tmp_path / "a" / "index.md").is_file()

    Path("pyproject.toml").write_text("[tool.docgen]\n")
    for name in ("build", "check", "dump", "lint", "coverage", "examples", "inventories"):
        result = run(name)
        assert result.exit_code == 5, name
        assert "pyproject.toml lists no reference" in result.stderr


def test_options_change_the_references_of_the_project_file(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--strict` and `--set` hold for each of them; an option for one of several asks for its target."""
    monkeypatch.chdir(tmp_path)
    (package / "__init__.py").write_text(f"{SOURCE}\n\ndef f(a=unknown()):\n    ...\n")
    table = f'[[tool.docgen.reference]]\ntarget = "{package}"\nout = "a"\n'
    Path("pyproject.toml").write_text(table)

    assert [run("build").exit_code, run("build", "--strict").exit_code] == [0, 1]
    assert run("check").exit_code == 0
    assert run("check", "--set", "title=Other").exit_code == 1
    assert run("build", "--out", "b").exit_code == 0
    assert (tmp_path / "b" / "index.md").is_file()

    Path("pyproject.toml").write_text(table + table.replace('"a"', '"c"'))
    for arguments in (["build", "--out", "b"], ["check", "--symbol", "tools.Tool"], ["dump"]):
        refused = run(*arguments)
        assert refused.exit_code == 2
        assert "lists 2 references" in refused.stderr
        assert "Name the TARGET" in refused.stderr


@pytest.mark.parametrize("arguments", [["lint"], ["coverage", "--missing"]])
def test_one_symbol_can_be_read(arguments: list[str], package: Path) -> None:
    """`--symbol` leaves out everything else."""
    (package / "__init__.py").write_text(SOURCE.replace("by: How much.", "size: How much."))

    assert "Tool" in run(*arguments, str(package), "--symbol", "tools.Tool").stdout
    assert "Tool" not in run(*arguments, str(package), "--symbol", "tools.SIZE").stdout


def test_the_model_of_one_symbol_has_no_other(package: Path) -> None:
    """`--as` names the package in the model, too."""
    found = run("dump", str(package), "--symbol", "tools.SIZE", "--as", "other")

    (module,) = json.loads(found.stdout)["reference"]["modules"]
    assert module["name"] == "other"
    assert [each["name"] for each in module["variables"]] == ["SIZE"]
    assert "classes" not in module


def command(*arguments: str, hash_seed: str = "0") -> subprocess.CompletedProcess[str]:
    """Run the command in a separate process."""
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    line = [sys.executable, "-m", "docgen", *arguments]
    return subprocess.run(line, capture_output=True, text=True, timeout=60, check=False, env=environment)


def test_nothing_changed_touches_nothing_and_repeats_what_was_noticed(package: Path, tmp_path: Path) -> None:
    """Running it again reads no sources: same exit code, same findings, no file touched."""
    (package / "bad.py").write_text("def (:\n")
    arguments = ("build", str(package), "--out", str(tmp_path / "out"), "--strict")
    first = command(*arguments)
    times = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}

    second = command(*arguments)

    assert (first.returncode, second.returncode) == (1, 1)
    assert "nothing changed" in second.stderr
    assert "bad.py:1" in second.stderr
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == times
    (package / "bad.py").write_text("x = 1\n")
    assert "nothing changed" not in command(*arguments).stderr


def test_an_unchanged_build_imports_nothing_heavy(package: Path, tmp_path: Path) -> None:
    """Neither click nor jinja2 nor msgspec, which is why it is fast."""
    arguments = ["build", str(package), "--out", str(tmp_path / "out")]
    command(*arguments)
    code = (
        "import sys, docgen.__main__ as m; sys.argv[1:] = " + repr(arguments) + "\n"
        "try: m.main()\nexcept SystemExit as e: assert e.code == 0\n"
        "print(sorted({'click', 'jinja2', 'msgspec'} & set(sys.modules)))"
    )
    line = [sys.executable, "-c", code]

    done = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)

    assert "nothing changed" in done.stderr
    assert done.stdout.strip() == "[]"


def test_output_does_not_depend_on_the_hash_seed(package: Path, tmp_path: Path) -> None:
    """Two processes with different hash seeds write the same bytes."""
    trees = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        command("build", str(package), "--dialect", "flyte-2.6", "--out", str(out), hash_seed=seed)
        trees.append({path.relative_to(out): path.read_bytes() for path in out.rglob("*.md")})

    assert trees[0]
    assert trees[0] == trees[1]


def test_references_are_built_apart_and_reported_in_order(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each in a separate process: a failure does not stop the others, but sets the common exit code."""
    monkeypatch.chdir(tmp_path)
    targets = {"a": package, "b": tmp_path / "nowhere", "b" * 300: package, "c": package}
    listed = (f'[[tool.docgen.reference]]\ntarget = "{target}"\nout = "{out}"\n' for out, target in targets.items())
    Path("pyproject.toml").write_text("".join(listed))

    done = command("build")

    lines = [line for line in done.stderr.splitlines() if " pages " in line or "no such file" in line or "bb" in line]
    assert done.returncode == 3
    assert [line.partition(":")[0] for line in lines] == ["a", "docgen", "docgen", "c"]
    assert (tmp_path / "c" / ".docgen" / "manifest.json").is_file()
