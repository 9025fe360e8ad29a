"""The user's view of a comparison: formats, accepted differences, baselines, exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
from click.testing import CliRunner, Result

from docgen.command.cli import docgen
from docgen.compare.allowed import Allowed, judge
from docgen.compare.catalogue import Level
from docgen.compare.differences import Difference, Unclear
from docgen.compare.report import Report
from docgen.compare.sides.read import read_side
from docgen.compare.versions import next_version
from docgen.compare.writers.exchange import json_schema, to_github, to_junit, to_sarif
from docgen.compare.writers.text import LONGEST_LINE, line_of
from docgen.config import ReferenceConfig
from docgen.model import Location

OLD = """
class Base:
    def hook(self, a, b=1): return a
class A(Base): pass
class B(Base): pass
def f(a): return a
"""
NEW = """
class Base:
    def hook(self, a): return a
class A(Base): pass
class B(Base): pass
def f(a, *, c=None): return a
"""


@pytest.fixture
def sides(tmp_path: Path) -> tuple[str, str]:
    """The folders of two versions of a package."""
    for side, text in (("old", OLD), ("new", NEW)):
        (tmp_path / side / "pkg").mkdir(parents=True)
        (tmp_path / side / "pkg" / "__init__.py").write_text(text)
    return str(tmp_path / "old"), str(tmp_path / "new")


def run(*arguments: str) -> Result:
    """Run `docgen diff`."""
    return CliRunner().invoke(docgen, ["diff", *arguments], catch_exceptions=False)


def some(**facts: object) -> Difference:
    """Return a difference with distinctive facts."""
    known = {"code": "DG620", "name": "parameter-removed", "level": Level.MAJOR, "symbol": "p.f", "text": "`a` removed"}
    return Difference(**{**known, **facts})  # type: ignore[arg-type] # fields of Difference


def test_a_line_says_where_what_and_whom(sides: tuple[str, str]) -> None:
    """Place, code, level, symbol, the difference, what it also affects."""
    result = run(*sides)

    first, second = result.stdout.splitlines()
    assert first.startswith(f"{sides[1]}/pkg/__init__.py:3: DG620 major pkg.Base.hook: `b` removed")
    assert "also affects pkg.A.hook, pkg.B.hook" in first
    assert "DG629 minor pkg.f: `c` added, optional" in second
    assert result.exit_code == 1


@pytest.mark.parametrize(("level", "lines", "code"), [("major", 1, 1), ("minor", 2, 1), ("docs", 2, 1)])
def test_the_level_decides_what_is_reported(sides: tuple[str, str], level: str, lines: int, code: int) -> None:
    """Differences below the level are neither printed nor counted."""
    result = run(*sides, "--level", level)

    assert (len(result.stdout.splitlines()), result.exit_code) == (lines, code)


def test_long_defaults_are_shown_where_they_differ(tmp_path: Path) -> None:
    """Two addresses with a common start are not cut before their first difference."""
    address = "https://example.org/a/long/folder/with/the/file/lib-{}.js"
    for side, version in (("old", "4.1"), ("new", "5.2")):
        (tmp_path / side / "pkg").mkdir(parents=True)
        (tmp_path / side / "pkg" / "__init__.py").write_text(f"def f(a={address.format(version)!r}): ...\n")

    line = run(str(tmp_path / "old"), str(tmp_path / "new")).stdout

    assert "lib-4.1.js" in line
    assert "lib-5.2.js" in line


def test_nothing_of_the_level_is_exit_code_0(sides: tuple[str, str]) -> None:
    """A compatible change passes a check for breaking ones."""
    result = run(*sides, "--level", "major", "--only", "pkg.f")

    assert (result.stdout, result.exit_code) == ("", 0)


def test_json_is_of_its_schema(sides: tuple[str, str]) -> None:
    """The JSON form conforms to its schema, and names the version that the changes require."""
    document = json.loads(run(*sides, "--format", "json").stdout)

    assert jsonschema_rs.is_valid(json.loads(json_schema()), document)
    assert [each["code"] for each in document["differences"]] == ["DG620", "DG629"]
    assert document["differences"][0]["affects"] == ["pkg.A.hook", "pkg.B.hook"]


def test_sarif_points_at_the_changed_line(sides: tuple[str, str]) -> None:
    """Each result refers to the rule of its kind, and has a place."""
    (run_,) = json.loads(run(*sides, "--format", "sarif").stdout)["runs"]

    rules = run_["tool"]["driver"]["rules"]
    first = run_["results"][0]
    assert rules[first["ruleIndex"]]["id"] == first["ruleId"] == "DG620"
    assert first["level"] == "error"
    assert first["locations"][0]["physicalLocation"]["region"]["startLine"] == 3


AWKWARD = "found <b>|*x*</b> & \x00\x1b ::error::%0A é\nsecond line, with: all"


@pytest.fixture
def awkward(tmp_path: Path) -> Report:
    """A report with every possible part, in texts that its readers could misread."""
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "__init__.py").write_text("def f(a): ...\n")
    side = read_side(str(tmp_path), ReferenceConfig())
    place = Location(file="a folder/é%#?.py", line=3, end_line=1)
    differences = (
        some(text=AWKWARD, symbol="pkg.é", affects=(AWKWARD,), new_location=place),
        some(level=Level.DOCS, code="DG680", witness=AWKWARD),
    )
    return Report(
        old=side,
        new=side,
        differences=differences,
        accepted=differences,
        unknown=(Unclear(symbol="pkg", text=AWKWARD),),
        unread=(AWKWARD,),
        suggested="1.0",
    )


@pytest.mark.network
def test_sarif_is_what_its_schema_says(awkward: Report, sarif_schema: dict[str, object]) -> None:
    """The schema of SARIF 2.1.0 from OASIS accepts a report with all parts."""
    document = json.loads(to_sarif(awkward))

    wrong = [str(each) for each in jsonschema_rs.validator_for(sarif_schema).iter_errors(document)]

    assert not wrong
    assert len(document["runs"][0]["results"]) == 4


@pytest.mark.network
@pytest.mark.thorough
def test_junit_is_what_its_schema_says(awkward: Report, junit_schema: Callable[[str], list[str]]) -> None:
    """The schema of Jenkins accepts a report with all parts, and refuses a test without a name."""
    text = to_junit(awkward)

    assert junit_schema(text) == []
    assert junit_schema(text.replace("<testcase classname", "<testcase name2", 1)) != []


def test_no_text_breaks_out_of_a_github_annotation(awkward: Report) -> None:
    """Each annotation is one line; no part of a message is a property or a command."""
    lines = to_github(awkward).split("\n")

    assert [line.partition(" ")[0] for line in lines] == ["::error", "::error", "::notice", "::notice", ""]
    assert lines[1].startswith("::error file=a folder/é%25#?.py,line=3,title=DG620 major%3A pkg.é::found <b>")
    assert "%0Asecond line, with: all" in lines[1]
    assert "::error::%250A" in lines[1]


def test_junit_counts_failures(sides: tuple[str, str]) -> None:
    """Each difference is a case that failed."""
    suite = ET.fromstring(run(*sides, "--format", "junit").stdout.split("\n", 1)[1])[0]  # noqa: S314 - our own text

    assert (suite.get("tests"), suite.get("failures")) == ("2", "2")


def test_github_annotations_are_one_line_each(sides: tuple[str, str]) -> None:
    """A breaking change is an error at its line, a compatible one a warning."""
    first, second = run(*sides, "--format", "github").stdout.splitlines()

    assert first.startswith("::error file=")
    assert ",line=3,title=DG620 major%3A pkg.Base.hook::" in first
    assert second.startswith("::warning ")


def test_markdown_folds_what_breaks_nothing(sides: tuple[str, str]) -> None:
    """A comment can be found again by its first line; release notes are sections of a changelog."""
    comment, notes = (run(*sides, "--format", form).stdout for form in ("markdown", "notes"))

    assert comment.startswith("<!-- assay:")
    assert "### Breaking changes (1)" in comment
    assert "<details><summary>New and deprecated (1)</summary>" in comment
    assert notes.startswith("### Breaking changes\n\n- `pkg.Base.hook`: `b` removed")


@pytest.mark.parametrize("affects", [(), ("pkg.sub.Other.method",), tuple(f"pkg.sub.C{n}.method" for n in range(77))])
@pytest.mark.parametrize("length", [10, 150, 400])
def test_no_line_is_longer_than_200_characters(length: int, affects: tuple[str, ...]) -> None:
    """A long text is cut, but the number of affected symbols is shown."""
    line = line_of(
        some(symbol="pkg.sub.Class.method", text="x" * length, affects=affects, hint="Do something about it.")
    )

    assert len(line) <= LONGEST_LINE
    assert not affects or "also affects" in line


@pytest.mark.parametrize(
    ("entry", "is_held"),
    [
        (Allowed(code="DG620", symbol="p.f", reason="r"), True),
        (Allowed(code="parameter-removed", symbol="p.f", reason="r"), True),
        (Allowed(symbol="p.g", reason="r"), True),  # one that it affects
        (Allowed(code="DG620", symbol="p.*", reason="r"), True),
        (Allowed(code="DG620", symbol="p.f", parameter="a", reason="r"), True),
        (Allowed(code="DG620", symbol="p.f", parameter="b", reason="r"), False),
        (Allowed(code="DG621", symbol="p.f", reason="r"), False),
        (Allowed(symbol="p.f", level=Level.MINOR, reason="r"), False),  # it was accepted as a minor one
        (Allowed(symbol="p.f", text="`a` removed", reason="r"), True),
        (Allowed(symbol="p.f", text="`b` removed", reason="r"), False),
        (Allowed(symbol="p.f", reason="r", expires=date(2026, 1, 1)), False),
        (Allowed(symbol="p.f", reason="r", expires=date(2026, 2, 1)), True),
    ],
)
def test_an_entry_holds_what_it_names(entry: Allowed, *, is_held: bool) -> None:
    """Code or name, symbol, parameter, text and level must all match, and the entry must not have expired."""
    verdict = judge([some(parameter="a", affects=("p.g",))], [entry], today=date(2026, 2, 1))

    assert bool(verdict.accepted) is is_held
    assert bool(verdict.stale) is not is_held


def test_thousands_of_entries_are_not_each_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only those that name a symbol of the difference, and patterns; the first one in the file counts."""
    compared: list[str] = []
    covers = Allowed.covers

    def counted(entry: Allowed, difference: Difference) -> bool:
        compared.append(entry.symbol)
        return covers(entry, difference)

    monkeypatch.setattr(Allowed, "covers", counted)
    entries = [Allowed(symbol=f"p.x{number}", reason="r") for number in range(1000)]
    wild, plain = Allowed(code="DG620", symbol="p.*", reason="r"), Allowed(symbol="p.f", reason="r")

    verdict = judge([some()], [*entries, wild, plain])

    assert compared == ["p.*"]
    assert len(verdict.accepted) == 1
    assert plain in verdict.stale


def test_an_entry_holds_one_change() -> None:
    """A further change of the same symbol is open, unless the entry is a pattern."""
    changes = [some(), some(text="`b` removed")]

    one = judge(changes, [Allowed(code="DG620", symbol="p.f", reason="r")])
    wild = judge(changes, [Allowed(code="DG620", symbol="p.*", reason="r")])

    assert (len(one.open), len(wild.open)) == (1, 0)


def test_a_stale_entry_is_exit_code_4_beside_open_differences(sides: tuple[str, str], tmp_path: Path) -> None:
    """An entry that matches nothing is reported, regardless of other results."""
    allow = tmp_path / "allow.toml"
    allow.write_text('[[allow]]\ncode = "DG601"\nsymbol = "pkg.gone"\nreason = "r"\n')

    result = run(*sides, "--allow", str(allow))

    assert result.exit_code == 4
    assert "DG601 pkg.gone no longer matches a difference" in result.stderr


def test_an_entry_that_has_expired_says_so(sides: tuple[str, str], tmp_path: Path) -> None:
    """Its difference is open again, and the date is given as the reason."""
    allow = tmp_path / "allow.toml"
    allow.write_text('[[allow]]\ncode = "DG620"\nsymbol = "pkg.A.hook"\nreason = "r"\nexpires = 2020-01-01\n')

    result = run(*sides, "--level", "major", "--allow", str(allow))

    assert result.exit_code == 4
    assert "DG620 pkg.A.hook expired on 2020-01-01" in result.stderr
    assert "pkg.Base.hook" in result.stdout


@pytest.mark.parametrize(
    ("old", "new"),
    [("def f(:\n", "def f(a): ...\n"), ("def f(a): ...\n", "def f(:\n"), ("def f(:\n", "def f(:\n"), ("\n", "\n")],
    ids=["old", "new", "both", "both empty"],
)
def test_a_side_that_cannot_be_read_is_exit_code_3(tmp_path: Path, old: str, new: str) -> None:
    """A syntax error or a package without symbols is never "no differences"."""
    for side, text in (("old", old), ("new", new)):
        (tmp_path / side / "pkg").mkdir(parents=True)
        (tmp_path / side / "pkg" / "__init__.py").write_text(text)

    result = run(str(tmp_path / "old"), str(tmp_path / "new"))

    assert result.exit_code == 3
    assert "pkg/__init__.py:1" in result.stderr or "has no public symbol" in result.stderr
    assert "no differences" not in result.stderr


def test_sides_of_one_version_are_named_as_on_the_command_line(tmp_path: Path) -> None:
    """A working folder and the tag before it have the same version; a base without sources says what to do."""
    for side in ("old", "new"):
        (tmp_path / side / "pkg").mkdir(parents=True)
        (tmp_path / side / "pkg" / "__init__.py").write_text("import fuse\nclass A(fuse.Operations): ...\n")
        (tmp_path / side / "pyproject.toml").write_text('[project]\nname = "pkg"\nversion = "1.0"\n')
    old, new = str(tmp_path / "old"), str(tmp_path / "new")

    result = run(old, new)

    assert f"pkg 1.0 ({old}) -> pkg 1.0 ({new}): nothing differs in the parts" in result.stderr
    assert "Name its release under `dependencies`" in result.stderr


@pytest.mark.parametrize(
    ("version", "levels", "expected"),
    [
        ("1.2.3", [Level.MAJOR, Level.MINOR], "2.0.0"),
        ("1.2.3", [Level.MINOR, Level.DOCS], "1.3.0"),
        ("1.2.3", [Level.DOCS], "1.2.4"),
        ("1.2.3", [], "1.2.4"),
        ("0.2.3", [Level.MAJOR], "0.3.0"),
        ("0.2.3", [Level.MINOR], "0.2.4"),
        ("1.2", [Level.MINOR], "1.3.0"),
        ("2.0.0a1", [Level.PATCH], "2.0.1"),
        ("unknown", [Level.MAJOR], ""),
    ],
)
def test_the_next_version_follows_from_the_levels(version: str, levels: list[Level], expected: str) -> None:
    """Semantic versioning; below 1.0, breaking changes increment the middle number."""
    assert next_version(version, levels) == expected
