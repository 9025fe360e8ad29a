"""A page is never larger than a stated multiple of the sources of its package."""

from __future__ import annotations

from itertools import islice, product
from pathlib import Path
from string import ascii_lowercase

import pytest
from click.testing import CliRunner

from docgen.command.cli import docgen
from docgen.formats.base import members
from docgen.formats.flyte import build as flyte
from docgen.formats.seam import Made, Page
from docgen.formats.size import ALWAYS, PER_BYTE, limited

NAMES = [f"{a}{b}0" for a, b in islice(product(ascii_lowercase, repeat=2), 400)]
FIELDS = "".join(f" {name}: int = 0\n" for name in NAMES)
PARAMETERS = ", ".join(f"{name}=0" for name in NAMES)
COPIES = range(24)
LONG = f"A = tuple[{', '.join(['int'] * 2_000)}]\n"
VALUES = f"V = ({', '.join('0' * 2_500)})\n"

SOURCES = {
    "a type that is used often": LONG + "".join(f"def f{n}(x: A) -> A: ...\n" for n in COPIES),
    "a value that is used often": VALUES + "".join(f"def f{n}(x=V): ...\n" for n in COPIES),
    "the fields of a base": f"from dataclasses import dataclass\n@dataclass\nclass B:\n{FIELDS}"
    + "".join(f"@dataclass\nclass K{n}(B): ...\n" for n in COPIES),
    "the constructor of a base": f"class B:\n def __init__(self, {PARAMETERS}): ...\n"
    + "".join(f"class K{n}(B): ...\n" for n in COPIES),
    "the keys of a dictionary": f"from typing import *\nclass T(TypedDict):\n{FIELDS.replace(' = 0', '')}"
    + "".join(f"def f{n}(**words: Unpack[T]): ...\n" for n in COPIES),
    "the function of partials": f"from functools import partial\ndef f({PARAMETERS}): ...\n"
    + "".join(f"p{n} = partial(f, {n})\n" for n in COPIES),
    "the function of partial methods": f"from functools import *\nclass K:\n def f(self, {PARAMETERS}): ...\n"
    + "".join(f" p{n} = partialmethod(f, {n})\n" for n in COPIES),
}
"""What a page says more often than its sources."""


def size_of(pages: list[Path]) -> int:
    """Return the size in bytes of the largest of some files."""
    return max(path.stat().st_size for path in pages)


@pytest.mark.parametrize("dialect", ["material", pytest.param("flyte-2.6", marks=pytest.mark.thorough)])
@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES.keys())
def test_what_is_said_often_is_limited(source: str, dialect: str, tmp_path: Path) -> None:
    """One text gets at most a quarter of the module's allowance beyond its sources; then it is as written."""
    (tmp_path / "pkg.py").write_text(f'"""Module."""\n{source}')
    given = ["--dialect", dialect, "--out", str(tmp_path / "out")]

    answer = CliRunner().invoke(docgen, ["build", str(tmp_path / "pkg.py"), *given])

    assert answer.exit_code == 0, answer.output
    assert size_of(list(tmp_path.rglob("*.md"))) <= PER_BYTE * len(source) + ALWAYS
    if dialect == "material":
        assert "more than a quarter of what the module has left" in answer.output


def page(count: int) -> str:
    """Return a page of many sections of a hundred bytes each, a fence with a comment in the last one before the end."""
    section = "## Name\n\n" + "x" * 60 + "\n\n"
    return "# Title\n\n" + section * count + "```python\n# a comment\n" + "#\n" * ALWAYS + "```\n"


def test_a_page_that_is_too_large_ends_before_a_heading(tmp_path: Path) -> None:
    """The limit depends only on the sources; the rest of the page is left out, with a finding."""
    (tmp_path / "m.py").write_text("#" * 1_000)
    (tmp_path / "c.toml").write_text("#" * 100_000)
    pages = (Page(path="a.md", text=page(500)), Page(path="b.md", text="# B\n"))
    inputs = (tmp_path / "m.py", tmp_path / "c.toml", tmp_path / "gone.py")

    result = limited(Made(pages=pages, content=(), inputs=inputs))

    text = result.pages[0].text
    assert result.pages[1] == pages[1]
    assert ALWAYS * 3 // 10 < len(text) <= PER_BYTE * 1_000 + ALWAYS
    assert "```" not in text
    assert text.endswith("x\n\nThe rest of this page is left out: it is too large for its sources.\n")
    assert [(each.path, each.code) for each in result.findings] == [("a.md", "DG508")]


def test_a_page_within_its_limit_is_as_it_was(tmp_path: Path) -> None:
    """Large sources may have a large page."""
    (tmp_path / "m.py").write_text("#" * 10_000)
    result = Made(pages=(Page(path="a.md", text=page(10)),), content=(), inputs=(tmp_path / "m.py",))

    assert limited(result) == result


@pytest.mark.parametrize(("base", "room"), [("Base", 1), ("_Base", members.COPY)])
def test_inherited_members_are_listed_while_there_is_room(
    base: str, room: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Classes that inherit too much show a number of inherited members; links to one lead to the base."""
    monkeypatch.setattr(members, "MOST_INHERITED", 2 * room)
    monkeypatch.setattr(members, "INHERITED_PER_MEMBER", 0)
    body = "    def run(self): ...\n    def stop(self): ...\n"
    derived = "".join(f"class K{n}({base}):\n    'See `K{n}.run`.'\n" for n in range(4))
    (tmp_path / "pkg.py").write_text(f"class {base}:\n{body}{derived}")
    given = ["--dialect", "material", "--out", str(tmp_path / "out")]

    answer = CliRunner().invoke(docgen, ["build", str(tmp_path / "pkg.py"), *given])

    text = "".join(path.read_text() for path in (tmp_path / "out" / "pkg").glob("*.md"))
    assert answer.output.count("DG508") == 1
    assert "the 2 members that pkg.K1 inherits are left out" in answer.output
    assert text.count("- 2 members from its bases, which are not listed") == 3


def test_pages_repeat_inherited_members_while_there_is_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If pages list all members of a class, inherited ones are left out when the module has too many."""
    monkeypatch.setattr(flyte, "_INHERITED", ALWAYS)
    (tmp_path / "pkg.py").write_text("class B:\n def run(self): ...\nclass K(B):\n def walk(self): ...\n")
    given = ["--dialect", "flyte-2.6", "--out", str(tmp_path / "out")]

    answer = CliRunner().invoke(docgen, ["build", str(tmp_path / "pkg.py"), *given])

    page = (tmp_path / "out" / "pkg" / "k.md").read_text()
    assert "walk()" in page
    assert "run()" not in page
    assert answer.output.count("DG205") == 1
