"""Small packages and their expected pages: definition of a case, and how to run it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner

from docgen.command.cli import docgen

PROJECT = '[project]\nname = "pkg"\nversion = "1.0"\n'
_MARK = re.compile(r"\b[a-z]+doc\b")
"""Words of docstrings that a reader must find again: `sizedoc`, `otterdoc`."""


@dataclass(frozen=True)
class Case:
    """A package and its expected pages.

    Parameters:
        name: Says what the case is about.
        source: Of `pkg/__init__.py`; every word in it that ends in `doc` has to be on a page.
        shows: Further text that has to be on a page.
        hides: Text that no page may hold.
        files: Further files by path.
    """

    name: str
    source: str
    shows: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    files: dict[str, str] = field(default_factory=dict)


def written(folder: Path, files: dict[str, str]) -> Path:
    """Write files below a folder and return it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dedent(text).lstrip("\n").encode())
    return folder


def run(monkeypatch: pytest.MonkeyPatch, folder: Path, *arguments: str) -> tuple[int, str]:
    """Return the exit code of the command in a folder, and its output."""
    monkeypatch.chdir(folder)
    result = CliRunner().invoke(docgen, list(arguments), catch_exceptions=False)
    return result.exit_code, result.output


def pages_of(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """Return the concatenated pages of the package of a case, and the output of the command."""
    sources = {"pkg/__init__.py": case.source} if case.source else {}
    folder = written(tmp_path / "in", {"pyproject.toml": PROJECT, **sources, **case.files})
    code, output = run(monkeypatch, folder, "build", ".", "--out", "../out")
    assert code == 0, output
    # And all pages as plain text, because links and colours separate the words of a type on the pages.
    files = [*sorted((tmp_path / "out").rglob("*.md")), tmp_path / "out" / "llms-full.txt"]
    return "\n".join(page.read_text() for page in files), output


def missing(case: Case, pages: str) -> list[str]:
    """Return the text that the pages should contain but do not, and the text that they must not contain but do."""
    text = " ".join(pages.split())
    marks = {mark for source in (case.source, *case.files.values()) for mark in _MARK.findall(source)}
    expected = [*sorted(marks - set(case.hides)), *case.shows]
    absent = [f"lost: {each}" for each in expected if " ".join(each.split()) not in text]
    return [*absent, *(f"shown: {each}" for each in case.hides if " ".join(each.split()) in text)]
