"""Taking over from the last build: whatever was edited, the result is that of a build from nothing."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docgen.command.making import make
from docgen.formats.flyte import jobs
from docgen.formats.flyte.build import Unit
from docgen.incremental import units
from docgen.incremental.manifest import Manifest
from docgen.incremental.unchanged import FOLDER, stamp
from docgen.incremental.write import write_tree
from docgen.job import Job

START = {
    "p/__init__.py": '"""A package."""\n\nfrom p.shapes import Circle, Shape\nfrom p.tools import area, LIMIT\n'
    '__all__ = ["Circle", "Shape", "area", "LIMIT", "absent"]\n',
    "p/shapes.py": "from __future__ import annotations\nfrom p.base import Base\nfrom p.deco import wrap\n"
    'class Shape(Base):\n    """A shape."""\n    sides: int = 0\n    @wrap\n    def draw(self, width=2):\n'
    '        """Draw it."""\nclass Circle(Shape):\n    """Round."""\n',
    "p/base.py": 'from p.tools import LIMIT\nclass Base:\n    """The base."""\n    def scale(self, by=LIMIT): ...\n'
    "    @property\n    def name(self) -> str: ...\nclass Other:\n    def turn(self): ...\n",
    "p/tools.py": "from p.deco import wrap\nLIMIT = 10\nOTHER = 20\n@wrap\n"
    'def area(shape, limit=LIMIT):\n    """Area."""\n',
    "p/deco.py": "def wrap(f):\n    return f\ndef quiet(f):\n    def inner(*args): ...\n    return inner\n",
    "p/extra/__init__.py": "from p.shapes import *\nfrom p.base import gone\nX = 1\n",
    "p/extra/more.py": "try:\n    import p.optional\nexcept ImportError:\n    def fallback(): ...\n"
    "else:\n    def found(): ...\n",
}
"""A small package in which each module rests on others in another way; `absent` and `gone` are findings."""

Edit = Callable[[dict[str, str]], None]


def replaced(path: str, old: str, new: str) -> Edit:
    """Return an edit that replaces a text in a file, if the file is there."""

    def edit(files: dict[str, str]) -> None:
        if path in files:
            files[path] = files[path].replace(old, new)

    return edit


def moved(path: str, to: str) -> Edit:
    """Return an edit that moves a file onto another place, if it is there."""

    def edit(files: dict[str, str]) -> None:
        if path in files:
            files[to] = files.pop(path)

    return edit


def written(path: str, text: str) -> Edit:
    """Return an edit that writes a file."""
    return lambda files: files.update({path: text})


def deleted(path: str) -> Edit:
    """Return an edit that deletes a file."""

    def edit(files: dict[str, str]) -> None:
        files.pop(path, None)

    return edit


def repaired(path: str) -> Edit:
    """Return an edit that gives a file its first text again."""
    return written(path, START[path])


EDITS: dict[str, Edit] = {
    "rename a function": replaced("p/tools.py", "def area(", "def surface("),
    "rename it back": replaced("p/tools.py", "def surface(", "def area("),
    "delete a module": deleted("p/base.py"),
    "move a module": moved("p/tools.py", "p/extra/tools.py"),
    "a file takes the place of a package": moved("p/extra/__init__.py", "p/extra.py"),
    "change a base class": replaced("p/shapes.py", "class Shape(Base)", "class Shape"),
    "change the base of another module": replaced("p/base.py", "class Base:", "class Base(ValueError):"),
    "change an inherited method": replaced("p/base.py", "def scale(self, by=LIMIT)", "def scale(self, by, to=OTHER)"),
    "change a constant": replaced("p/tools.py", "LIMIT = 10", "LIMIT = 11"),
    "change a docstring": replaced("p/shapes.py", "A shape.", "A shape <with> | signs."),
    "shift the lines": replaced("p/__init__.py", '"""A package."""\n', '"""A package."""\n\n# one more\n'),
    "break a file": replaced("p/shapes.py", "class Circle", "class Circle("),
    "add to __all__": replaced("p/__init__.py", '"area", "LIMIT"', '"area", "LIMIT", "Base"'),
    "take from __all__": replaced("p/__init__.py", '"Circle", "Shape"', '"Shape"'),
    "change a decorator": replaced("p/deco.py", "    return f\n", "    return unknown(f)\n"),
    "use another decorator": replaced("p/tools.py", "@wrap", "@staticmethod"),
    "what was absent is there": written("p/optional.py", "def option(): ...\n"),
    "and gone again": deleted("p/optional.py"),
    "a stub beside": written("p/extra/more_pb2.pyi", "class Message: ...\n"),
    "a new package": written("p/fresh/__init__.py", "from p import *\n"),
    "a folder without __init__": written("p/space/inner.py", "def lost(): ...\n"),
    "a name that differs in case": written("p/extra/names.py", "class Name: ...\nclass NAME: ...\n"),
    "a name that is bound below": replaced("p/base.py", "class Other:", "gone = 1\nclass Other:"),
    "a cycle of imports": replaced("p/deco.py", "def wrap(f)", "from p.tools import *\ndef wrap(f)"),
    "a cycle of values": replaced("p/tools.py", "LIMIT = 1", "from p.base import LIMIT as LIMIT\nOTHER = 1"),
    **{f"repair {path}": repaired(path) for path in START},
}


@dataclass
class Project:
    """A folder of sources that is built again and again, each time beside a build from nothing."""

    home: Path
    files: dict[str, str] = field(default_factory=lambda: dict(START))

    def build(self, out: str) -> tuple[dict[str, bytes], tuple[str, ...]]:
        """Return the pages and findings of a build into a folder, as the command does it."""
        folder = self.home / out
        job = Job(target=str(self.home / "src" / "p"), dialect="material", out=str(folder))
        made = make(job, folder)
        inputs = tuple(stamp(str(path.absolute())) for path in made.inputs)
        manifest = Manifest(command=("x",), inputs=inputs, content=made.content)
        write_tree(folder, {page.path: page.text for page in made.pages}, manifest, made.kept)
        pages = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.md")}
        return pages, tuple(map(str, made.findings))

    def write(self) -> None:
        """Bring the folder of sources to the state of `files`; what is equal is not touched."""
        source = self.home / "src"
        for path in [each for each in source.rglob("*.py*") if str(each.relative_to(source)) not in self.files]:
            path.unlink()
        for name, text in self.files.items():
            path = source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() or path.read_text() != text:
                path.write_text(text)

    def check(self, what: str) -> None:
        """Build on top of the last build and from nothing, and compare."""
        self.write()
        shutil.rmtree(self.home / "fresh", ignore_errors=True)
        assert self.build("again") == self.build("fresh"), f"another result after: {what}"


@settings(max_examples=15)
@given(names=st.lists(st.sampled_from(sorted(EDITS)), min_size=1, max_size=5))
def test_a_build_after_edits_is_that_from_nothing(names: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Pages and findings are the same, byte for byte, whatever was edited since the last build."""
    project = Project(tmp_path_factory.mktemp("project"))
    project.check("nothing")

    for name in names:
        EDITS[name](project.files)
        project.check(name)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project that was built once."""
    made = Project(tmp_path)
    made.check("nothing")
    return made


@pytest.mark.parametrize("name", sorted(EDITS))
def test_each_edit_alone(name: str, project: Project) -> None:
    """Each kind of edit by itself, so that a failure names it."""
    EDITS[name](project.files)

    project.check(name)


def found_anew(project: Project, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the units that a build does not take over."""
    anew: list[str] = []
    get = units.Units.get

    def spy(self: units.Units[Unit], key: str, find: Callable[[], Unit]) -> Unit:
        def seen() -> Unit:
            anew.append(key)
            return find()

        return get(self, key, seen)

    monkeypatch.setattr(units.Units, "get", spy)
    project.write()
    project.build("again")
    return anew


def test_only_what_rests_on_a_file_is_found_anew(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed module costs its own names and those that rest on it, no others."""
    EDITS["change a constant"](project.files)

    anew = found_anew(project, monkeypatch)

    assert "member p area listed" in anew
    assert "member p Circle listed" in anew, "its inherited method takes the constant as a default"
    assert "member p.extra.more fallback bound" not in anew
    assert "below p" not in anew


def test_a_touched_file_costs_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text counts, not the time."""
    os.utime(project.home / "src/p/base.py", (1, 1))

    assert not found_anew(project, monkeypatch)


@pytest.mark.parametrize("damage", [b"", b"x", b'{"key": 1}', b"\xff\n{}", None])
def test_what_is_damaged_is_as_good_as_nothing(damage: bytes | None, project: Project) -> None:
    """Neither an error nor another result."""
    for name in (jobs.UNITS, "pages.json", "manifest.json"):
        path = project.home / "again" / FOLDER / name
        path.write_bytes(path.read_bytes()[:-9] if damage is None else damage)

    project.check("damage")


def test_what_was_found_is_kept_as_text(project: Project) -> None:
    """A reader finds the questions and answers behind each unit with nothing but a JSON reader."""
    _, _, text = (project.home / "again" / FOLDER / jobs.UNITS).read_bytes().partition(b"\n")

    kept = json.loads(text)

    assert "member p area listed" in kept["units"]
    assert ["find", "p.tools"] in [fact["question"] for fact in kept["facts"]]
