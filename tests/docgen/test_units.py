"""Reuse of the last build: after any edits, the result is that of a full build."""

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
from docgen.incremental.unchanged import FOLDER
from docgen.incremental.write import write_tree
from docgen.job import Job
from docgen.sources.store import Library
from docgen.stamps import stamp
from tests.docgen.edits import EDITS, START, write


@dataclass
class Project:
    """A folder of sources that is rebuilt repeatedly, and compared with a full build each time."""

    home: Path
    files: dict[str, str] = field(default_factory=lambda: dict(START))

    def build(self, out: str) -> tuple[dict[str, bytes], tuple[str, ...]]:
        """Return the pages and findings of a build into a folder, like the command."""
        folder = self.home / out
        job = Job(target=str(self.home / "src" / "p"), dialect="material", out=str(folder))
        result = make(job, folder)
        inputs = tuple(stamp(str(path.absolute())) for path in result.inputs)
        manifest = Manifest(command=("x",), inputs=inputs, content=result.content)
        write_tree(folder, {page.path: page.text for page in result.pages}, manifest, result.kept)
        pages = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.md")}
        return pages, tuple(map(str, result.findings))

    def write(self) -> None:
        """Bring the folder of sources to the state of `files`."""
        write(self.home / "src", self.files)

    def check(self, what: str) -> None:
        """Run an incremental and a full build, and compare them."""
        self.write()
        shutil.rmtree(self.home / "fresh", ignore_errors=True)
        assert self.build("again") == self.build("fresh"), f"another result after: {what}"


@settings(max_examples=5)
@given(names=st.lists(st.sampled_from(sorted(EDITS)), min_size=1, max_size=5))
def test_a_build_after_edits_is_that_from_nothing(names: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Pages and findings are the same, byte for byte, after any edits since the last build."""
    project = Project(tmp_path_factory.mktemp("project"))
    project.check("nothing")

    for name in names:
        EDITS[name](project.files)
        project.check(name)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project that was built once."""
    project = Project(tmp_path)
    project.check("nothing")
    return project


@pytest.mark.parametrize("name", sorted(EDITS))
def test_each_edit_alone(name: str, project: Project) -> None:
    """Each kind of edit separately, so that a failure names it."""
    EDITS[name](project.files)

    project.check(name)


def found_anew(project: Project, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the units that a build does not reuse."""
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
    """After a change of a module, only its own names and those that depend on it are found again."""
    EDITS["change a constant"](project.files)

    anew = found_anew(project, monkeypatch)

    assert "symbol p area plain" in anew
    assert "symbol p Circle plain" in anew, "its inherited method takes the constant as a default"
    assert "symbol p.extra.more fallback plain" not in anew
    assert "below p" not in anew


def test_a_touched_file_costs_nothing(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text counts, not the time."""
    os.utime(project.home / "src/p/base.py", (1, 1))

    assert not found_anew(project, monkeypatch)


@pytest.mark.parametrize("damage", [b"", b"x", b'{"key": 1}', b"\xff\n{}", None])
def test_what_is_damaged_is_as_good_as_nothing(damage: bytes | None, project: Project) -> None:
    """It causes neither an error nor another result."""
    for name in (jobs.UNITS, "manifest.json"):
        path = project.home / "again" / FOLDER / name
        path.write_bytes(path.read_bytes()[:-9] if damage is None else damage)

    project.check("damage")


def test_what_was_found_is_kept_as_text(project: Project) -> None:
    """A JSON reader suffices to find the questions and answers of each unit."""
    _, _, text = (project.home / "again" / FOLDER / jobs.UNITS).read_bytes().partition(b"\n")

    kept = json.loads(text)

    assert "symbol p area plain" in kept["units"]
    assert ["find", "p.tools"] in [fact["question"] for fact in kept["facts"]]


def test_what_is_asked_for_twice_was_not_reused(tmp_path: Path) -> None:
    """Only units of the last build count as reused, so a first build that depends on the order is not repeated."""
    stored = units.Units(Library((tmp_path,)), "key", None, units.Storage(str))

    asked = [stored.get("unit", lambda: "found") for _ in range(2)]

    assert asked == ["found", "found"]
    assert not stored.has_reused


@given(numbers=st.sets(st.integers(0, 3_000)))
def test_a_set_of_facts_is_read_as_it_was_written(numbers: set[int]) -> None:
    """Few facts among thousands take the space of their numbers, many that of a bit each."""
    facts = sum(1 << number for number in numbers)

    assert units.unpacked(units.packed(facts)) == facts


def test_one_fact_of_thousands_takes_little_room() -> None:
    """Otherwise, the file would grow with the square of the package."""
    assert len(units.packed(1 << 100_000 | 1 << 99_999 | 1)) < 20
    assert len(units.packed((1 << 4_000) - 1)) == len("0x") + 1_000
