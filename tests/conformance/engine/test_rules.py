"""Reading the rules of a catalogue, and the errors for invalid entries."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conformance.engine.rules import Level, Profile, Source, ids_in, load_catalogue, scripts_in
from conformance.errors import CatalogueError

PROFILES = (Profile(name="strict", levels=frozenset({Level.MUST}), deciding=frozenset({Level.MUST})),)
PLAIN = 'name = "n"\nlevel = "MUST"\nstatement = "s"\nhint = "h"\n'

REFUSED = {
    "not TOML": ("[X-01", "rules.toml: "),
    "no table": ("X-01 = 3", "[X-01] expected a table, got 3"),
    "two fields missing": ('[X-01]\nname = "n"\nlevel = "MUST"', "[X-01] lacks statement, hint"),
    "unknown field": (f'[X-01]\n{PLAIN}authority = "a"\nwhy = "w"', "[X-01] has the unknown field why"),
    "id as a field": (f'[X-01]\n{PLAIN}authority = "a"\nid = "Y"', "[X-01] has the unknown field id"),
    "number as a statement": (
        f'[X-01]\n{PLAIN.replace(chr(34) + "s" + chr(34), "5")}authority = "a"',
        "[X-01] statement=5: expected a string",
    ),
    "number as a release": (f'[X-01]\n{PLAIN}authority = "a"\nsince = 2.1', "[X-01] since=2.1: expected a string"),
    "unknown level": (
        f'[X-01]\n{PLAIN.replace("MUST", "must")}authority = "a"',
        "[X-01] level='must': expected one of MUST, SHOULD, MAY, OBS",
    ),
    "unknown need": (f'[X-01]\n{PLAIN}authority = "a"\nneeds = "pithon"', "[X-01] needs='pithon': expected 'python'"),
    "neither source nor authority": (f"[X-01]\n{PLAIN}", "[X-01] needs either source or authority, and not both"),
    "source that is a string": (f'[X-01]\n{PLAIN}source = "page"', "[X-01] source: expected a table, got 'page'"),
    "source without a digest": (f'[X-01]\n{PLAIN}source = {{heading = "h"}}', "[X-01] source: lacks digest"),
    "digest that is a number": (
        f'[X-01]\n{PLAIN}source = {{heading = "h", digest = 4}}',
        "[X-01] source.digest=4: expected a string",
    ),
    "unknown profile": (
        f'[X-01]\n{PLAIN}authority = "a"\nprofiles = ["lax"]',
        "[X-01] names the profile lax, which the contract does not declare",
    ),
    "capability that is no list": (
        f'[X-01]\n{PLAIN}authority = "a"\ncapabilities = "one"',
        "[X-01] capabilities='one': expected a list of strings",
    ),
    "capability that is a number": (
        f'[X-01]\n{PLAIN}authority = "a"\ncapabilities = [1]',
        "[X-01] capabilities=1: expected a string",
    ),
}


def test_an_entry_is_a_rule(tmp_path: Path) -> None:
    """The contract has defaults for missing fields of an entry: the page, the first release, profiles per level."""
    text = f'[X-01]\n{PLAIN}source = {{heading = "h", digest = "d"}}\n\n[X-02]\n{PLAIN}authority = "a"\nsince = "2"'
    (tmp_path / "rules.toml").write_text(text, encoding="utf-8")

    first, second = load_catalogue(tmp_path, profiles=PROFILES, page="page.md", first_release="1").values()

    assert (first.id, first.level, first.since, first.authority) == ("X-01", Level.MUST, "1", None)
    assert first.source == Source(heading="h", digest="d", page="page.md")
    assert first.profiles == {"strict"}
    assert (second.since, second.authority, second.source) == ("2", "a", None)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_is_no_rule_is_refused(name: str, tmp_path: Path) -> None:
    """The message names the file, the entry and the error; nothing is dropped silently."""
    text, expected = REFUSED[name]
    (tmp_path / "rules.toml").write_text(text, encoding="utf-8")

    with pytest.raises(CatalogueError) as caught:
        load_catalogue(tmp_path, profiles=PROFILES)

    assert expected in str(caught.value)


def test_all_problems_of_a_catalogue_are_reported_at_once(tmp_path: Path) -> None:
    """An unreadable file does not hide the errors of another file."""
    (tmp_path / "a.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "b.toml").write_text(f'[X-01]\n{PLAIN}authority = "a"\n[X-02]\n', encoding="utf-8")
    (tmp_path / "c.toml").write_text(f'[X-01]\n{PLAIN}authority = "a"\n', encoding="utf-8")

    with pytest.raises(CatalogueError) as caught:
        load_catalogue(tmp_path, profiles=PROFILES)

    _, *problems = str(caught.value).splitlines()
    assert [line.split()[0] for line in problems] == ["a.toml:", "b.toml:", "c.toml:"]
    assert problems[1].strip() == "b.toml: [X-02] lacks name, level, statement, hint"
    assert problems[2].strip() == "c.toml: [X-01] is defined twice"


@pytest.mark.parametrize(
    "text", ["def test_x(:\n", "@rule(NAME)\ndef test_x(impl): ...\n", "@rule(1)\ndef test_x(i): ...\n"]
)
def test_a_suite_that_cannot_be_read_is_refused(text: str, tmp_path: Path) -> None:
    """A suite is read without importing it, so ids must be literal strings."""
    path = tmp_path / "test_x.py"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(CatalogueError, match=r"test_x\.py"):
        ids_in(path)


def test_ids_of_a_suite(tmp_path: Path) -> None:
    """A property may belong to several rules."""
    path = tmp_path / "test_x.py"
    path.write_text('@rule("X-01", "X-02")\n@given()\ndef test_x(impl): ...\ndef helper(): ...\n', encoding="utf-8")

    assert ids_in(path) == {"X-01", "X-02"}


@pytest.mark.parametrize("text", ["X-01 = [", "X-01 = 3"])
def test_reproducers_that_are_no_scripts_are_refused(text: str, tmp_path: Path) -> None:
    """The contract is wrong, not the implementation that is judged with it."""
    (tmp_path / "x.toml").write_text(text, encoding="utf-8")

    with pytest.raises(CatalogueError, match=r"x\.toml"):
        scripts_in(tmp_path)


WITHOUT_DOCGEN = """
import importlib, pkgutil, sys

class Refuses:
    def find_spec(self, name, *_):
        if name.partition(".")[0] == "docgen":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Refuses())
import conformance.engine.child, conformance.contracts.task_template.suite
for package in (conformance.engine.child, conformance.contracts.task_template.suite):
    for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(found.name)
"""


def test_the_process_of_an_implementation_needs_nothing_of_docgen() -> None:
    """A target has an environment of its own, in which docgen and its dependencies are missing."""
    ended = subprocess.run([sys.executable, "-c", WITHOUT_DOCGEN], capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stderr
