"""The two options that run code: programs that confirm differences, and `inspect` next to the sources."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import jsonschema_rs
import pytest
from click.testing import CliRunner

from docgen.command.cli import docgen
from docgen.compare.at_run_time import at_run_time
from docgen.compare.catalogue import Level
from docgen.compare.report import Report, Wanted, make_report
from docgen.compare.sides.grounds import Ground, ask
from docgen.compare.sides.read import Side, read_side
from docgen.compare.witness import with_witnesses
from docgen.compare.writers.exchange import json_schema, to_json
from docgen.config import ReferenceConfig

OLD = """
from abc import ABC
from enum import Enum
from typing import NamedTuple
VALUE = 1
def keyword(a, b=1): return a
def inserted(a, b): return a
def default(a=1): return a
def manner(): return 1
def typed(a: int | str) -> None: ...
def gone(): ...
class Kept:
    here = 1
    def method(self, a): return a
    @classmethod
    def of_class(cls, a): return a
    def receiver(self): return self
    @property
    def set_(self): return 1
    @set_.setter
    def set_(self, value): ...
    def lost(self): ...
    @property
    def kind(self): return 1
class Roomy: ...
class Hashed: ...
class Error(ValueError): ...
class Plain(ABC): ...
class Color(Enum):
    RED = 1
class Point(NamedTuple):
    x: int
    y: int
"""
NEW = """
from abc import ABC, abstractmethod
from enum import Enum
from typing import NamedTuple
VALUE = 2
def keyword(a, c=1): return a
def inserted(a, z, b): return a
def default(a=2): return a
async def manner(): return 1
def typed(a: int) -> None: ...
class Kept:
    here = 1
    def method(self, a, b): return a
    @classmethod
    def of_class(cls, a, b): return a
    @classmethod
    def receiver(cls): return cls
    @property
    def set_(self): return 1
    def kind(self): return 1
class Roomy:
    __slots__ = ()
class Hashed:
    def __eq__(self, other): return True
class Error(Exception): ...
class Plain(ABC):
    @abstractmethod
    def asked(self): ...
class Color(Enum):
    RED = 2
class Point(NamedTuple):
    y: int
    x: int
"""
UNCONFIRMED = {"pkg.typed"}
"""What no program can show: a type checker refuses the call."""


def report(folder: Path, old: str, new: str) -> Report:
    """Return the report of two packages `pkg` of one module."""
    for name, text in (("old", old), ("new", new)):
        (folder / name / "pkg").mkdir(parents=True)
        (folder / name / "pkg" / "__init__.py").write_text(text, encoding="utf-8")
    before, after = (read_side(str(folder / name), ReferenceConfig()) for name in ("old", "new"))
    return make_report(before, after, Wanted(level=Level.MAJOR))


def test_programs_confirm_breaking_differences(tmp_path: Path) -> None:
    """Each difference that a program can show has one that works with the old side and fails with the new one."""
    judged = report(tmp_path, OLD, NEW)

    reported = with_witnesses(judged).differences

    assert len(reported) == len(judged.differences) > 15
    left = {each.symbol: each.confirmation for each in reported if not each.confirmation.startswith("confirmed: ")}
    assert set(left) == UNCONFIRMED, left
    assert not list(tmp_path.rglob("*.pyc"))


def test_what_works_with_both_sides_is_not_confirmed(tmp_path: Path) -> None:
    """The sources of neither side show a value that code changes during the import."""
    both = "exec('VALUE = 3')"

    (reported,) = with_witnesses(report(tmp_path, f"VALUE = 1\n{both}", f"VALUE = 2\n{both}")).differences

    assert reported.confirmation.startswith("not confirmed: the program fails with the old side too")


def test_a_dump_has_no_code(tmp_path: Path) -> None:
    """A side without code confirms nothing, and the report says so."""
    judged = report(tmp_path, "def f(): ...", "def g(a, b): ...")

    reported = with_witnesses(replace(judged, old=replace(judged.old, ground=None))).differences

    assert {each.confirmation for each in reported} == {"not confirmed: there is no code to run"}


def test_a_program_that_ends_its_process_does_not_end_the_others(tmp_path: Path) -> None:
    """After a program that kills its process, the others run in a new one."""
    ground = Ground(folder=tmp_path)

    answers = ask(ground, "programs", ["x = 1", "import os; os._exit(3)", "raise ValueError('no')"])

    assert [each.get("error", "") for each in answers] == [
        "",
        "the process ended or took too long",
        "ValueError: no",
    ]


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_command_shows_programs(tmp_path: Path, form: str) -> None:
    """`--witness` prints the programs, and JSON has them as fields."""
    report(tmp_path, "def f(a): ...", "def f(a, b): ...")

    line = ["diff", str(tmp_path / "old"), str(tmp_path / "new"), "--level", "major", "--witness", "--format", form]
    done = CliRunner().invoke(docgen, line)

    assert done.exit_code == 1
    assert "inspect.signature(f).bind(" in done.stdout
    assert "witness: 1 of 1 breaking differences confirmed by running both sides" in done.stderr


def installed(folder: Path, text: str) -> Side:
    """Return a package `pkg` of one module as a side whose code is installed."""
    (folder / "pkg").mkdir()
    (folder / "pkg" / "__init__.py").write_text(text, encoding="utf-8")
    return replace(read_side(str(folder), ReferenceConfig()), ground=Ground(folder=folder, is_installed=True))


def test_disagreements_of_inspect_and_sources_are_reported(tmp_path: Path) -> None:
    """Both are shown, with the trusted one and the reason."""
    text = """
import sys
def same(a, *, b=1): ...
def replaced(a): ...
def removed(a): ...
def passed_on(a): ...
exec("replaced = lambda a, b: a; del removed; passed_on = lambda *args, **kwargs: None")
class Kept:
    def method(self, a): ...
if sys.platform == "plan9":
    def elsewhere(a): ...
"""
    found = at_run_time(installed(tmp_path, text))

    assert found.is_installed
    reported = {each.symbol: (each.trusted, each.run_time) for each in found.disagreements}
    assert reported == {
        "pkg.replaced": ("inspect", "(a, b)"),
        "pkg.removed": ("inspect", "AttributeError: module 'pkg' has no attribute 'removed'"),
        "pkg.passed_on": ("sources", "(*args, **kwargs)"),
        "pkg.elsewhere": ("sources", "AttributeError: module 'pkg' has no attribute 'elsewhere'"),
    }


def test_json_has_what_inspect_says(tmp_path: Path) -> None:
    """The field `run_time` has both sides, and conforms to the schema."""
    side = installed(tmp_path, "def f(a): ...\nexec('f = lambda a, b: a')\n")
    asked = replace(make_report(side, side, Wanted()), run_time=(at_run_time(side),))

    document = json.loads(to_json(asked))

    assert jsonschema_rs.is_valid(json.loads(json_schema()), document)
    (reported,) = document["run_time"]
    assert reported["is_installed"] is True
    assert reported["disagreements"] == [
        {
            "symbol": "pkg.f",
            "sources": "(a)",
            "run_time": "(a, b)",
            "trusted": "inspect",
            "reason": "a call uses it: running code has changed what is written",
        }
    ]


def test_only_an_installed_side_is_asked(tmp_path: Path) -> None:
    """The sources of a folder may be built differently, so they are not run for `--runtime`."""
    report(tmp_path, "def f(a): ...", "def f(a): ...")

    line = ["diff", str(tmp_path / "old"), str(tmp_path / "new"), "--runtime", "--format", "json"]
    done = CliRunner().invoke(docgen, line)

    assert done.stderr.count("not an installed distribution, nothing was run") == 2
    assert [each["is_installed"] for each in json.loads(done.stdout)["run_time"]] == [False, False]


def test_help_says_that_code_is_run() -> None:
    """Only these two options run code of the compared sides, and their help says so."""
    reported = " ".join(CliRunner().invoke(docgen, ["diff", "--help"]).stdout.split())

    assert reported.count("RUNS THE CODE OF BOTH SIDES") == 2


@pytest.mark.parametrize("junk", [b"{\n", b"\xff\n", b"[1]\n", b"[" * 100_000 + b"\n"])
def test_code_that_writes_among_the_answers_gives_none(junk: bytes, tmp_path: Path) -> None:
    """Code of a side can write to the file of answers; an invalid line counts as no answer."""
    (tmp_path / "p.py").write_text(
        f"import sys\nwith open(sys.argv[2], 'ab') as answers:\n    answers.write({junk!r})\n"
    )

    answers = ask(Ground(folder=tmp_path), "programs", ["import p"])

    assert answers == [{"error": "the process ended or took too long"}]
