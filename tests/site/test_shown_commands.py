"""What pages show in consoles is true: commands are accepted, and their output is real."""

from __future__ import annotations

import importlib
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "site").glob("*.md"))]
PAGES += sorted([*(ROOT / "site" / "guide").glob("*.md"), *(ROOT / "site" / "understand").glob("*.md")])
COMMANDS = {"docgen": "docgen.command.cli:docgen", "conformance": "conformance.command.cli:conformance"}
BLOCK = re.compile(r"^(?P<margin> *)```(?:console|sh)\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path) -> Iterator[list[str]]:
    """Yield the lines of each console of a page, its margin removed and lines that end in a backslash joined."""
    for found in BLOCK.finditer(page.read_text(encoding="utf-8")):
        text = re.sub(f"^{found['margin']}", "", found["text"], flags=re.MULTILINE)
        yield re.sub(r"\\\n\s*", "", text).splitlines()


def shown(page: Path) -> Iterator[list[str]]:
    """Yield the words of each command of ours that a page shows."""
    for lines in blocks(page):
        for line in lines:
            words = shlex.split(line.removeprefix("$ "), comments=True) if line.startswith(("$ ", *COMMANDS)) else []
            while words and Path(words[0]).name not in COMMANDS:
                del words[0]  # `make ...`, or a variable before the command
            if words:
                yield [Path(words[0]).name, *words[1:]]


EVERY = [(page, words) for page in PAGES for words in shown(page)]


@pytest.mark.parametrize(("page", "words"), EVERY, ids=lambda each: each.stem if isinstance(each, Path) else None)
def test_the_command_line_accepts_what_pages_show(page: Path, words: Sequence[str]) -> None:
    """Each command exists, and its options and arguments are ones that it takes."""
    module, _, attribute = COMMANDS[words[0]].partition(":")
    group: click.Group = getattr(importlib.import_module(module), attribute)
    name, *arguments = words[1 : words.index(">") if ">" in words else None]
    command = group if name == "--help" else group.get_command(click.Context(group), name)
    assert command is not None, f"{page}: {' '.join(words)}"

    if command is group:
        assert arguments == []
    else:
        command.make_context(name, arguments)  # raises where an option or argument is wrong


def with_output(page: Path) -> list[tuple[list[str], list[str]]]:
    """Return the words of each docgen command whose output a page shows, and that output."""
    runs = [lines for lines in blocks(page) if lines and lines[0].startswith("$ docgen") and len(lines) > 1]
    return [(shlex.split(lines[0].removeprefix("$ ")), lines[1:]) for lines in runs]


START_PAGES = (ROOT / "README.md", ROOT / "site" / "index.md")


@pytest.mark.network
@pytest.mark.parametrize(
    ("words", "output"),
    [pytest.param(*each, id=f"{page.stem} {each[0][1]}") for page in START_PAGES for each in with_output(page)],
)
def test_output_on_the_first_pages_is_real(words: list[str], output: list[str], tmp_path: Path) -> None:
    """Each line that the README and the start page show comes in that order; `...` stands for others."""
    command = [sys.executable, "-m", "docgen", *words[1:]]

    answer = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    printed = iter((answer.stdout + answer.stderr).splitlines())
    missing = [line for line in output if line != "..." and line not in printed]
    assert not missing, answer.stdout + answer.stderr
