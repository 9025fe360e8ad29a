"""What pages show in consoles is true: commands are accepted, and their output is real."""

from __future__ import annotations

import importlib
import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import click
import pytest

from conformance.engine.contract import find_contract

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


VERDICTS = [(page, lines) for page in START_PAGES for lines in blocks(page) if lines[0].startswith("$ conformance run")]


@pytest.mark.parametrize(("page", "lines"), VERDICTS, ids=[page.stem for page, _ in VERDICTS])
def test_verdicts_on_the_first_pages_are_as_many_as_there_are_rules(page: Path, lines: list[str]) -> None:
    """The model implementation holds every rule of its profile, and each figure says how many these are."""
    levels = Counter(
        rule.level.value for rule in find_contract("task_template").rules.values() if "strict" in rule.profiles
    )
    expected = {f"{level} judged": f"{count}/{count}" for level, count in levels.items()}
    expected |= {"holds": str(levels.total()), "passed/required": f"{levels.total()}/{levels.total()}"}

    rows = [row for line in lines if len(row := re.split(r"\s{2,}", line.strip())) > 1 and row[0] in expected]

    assert rows, page
    assert [row[:2] for row in rows] == [[row[0], expected[row[0]]] for row in rows]


@pytest.mark.network
@pytest.mark.thorough
@pytest.mark.parametrize(("page", "lines"), VERDICTS, ids=[page.stem for page, _ in VERDICTS])
def test_verdicts_on_the_first_pages_are_real(page: Path, lines: list[str], tmp_path: Path) -> None:
    """They are those that the command prints, for every implementation that is shown."""
    printed = [line.rstrip() for line in run(lines[0].removeprefix("$ "), tmp_path).splitlines()]

    assert [line for line in lines[1:] if line.rstrip() not in ["...", *printed]] == [], page


GUIDES = [
    [ROOT / "site" / "guide" / f"{name}.md" for name in names.split()]
    for names in (
        "own-rule",
        "own-rule own-mutant",
        "own-rule accept-a-deviation",
        "parity",
        "own-format",
        "hold-against-the-contract",
    )
]
"""Guides that are followed to the letter; some go on from another one."""
STEP = re.compile(
    r"(?:`(?P<file>[\w./-]+)`[^`\n]*:\n\n)?^```(?P<kind>python|toml|console)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
"""A block, and the file that it is the text of, where the line above it ends in the name of one."""


def follow(page: Path, folder: Path) -> None:
    """Do what a guide says: write the files that it shows, run the commands, and compare what they print."""
    for step in STEP.finditer(page.read_text(encoding="utf-8")):
        if step["kind"] != "console":
            if step["file"]:
                (folder / step["file"]).parent.mkdir(parents=True, exist_ok=True)
                (folder / step["file"]).write_text(step["text"], encoding="utf-8")
            continue
        for command, output in shown_runs(step["text"]):
            log = run(command, folder)
            printed = iter(log.splitlines())
            missing = [line for line in output if line not in {"...", ""} and line not in printed]
            assert not missing, f"{page.name}: {command}\n{log}"


def shown_runs(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each command of a console, and the lines that it prints."""
    for piece in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *output = piece.splitlines()
        yield command, output


def run(command: str, folder: Path) -> str:
    """Return what a command prints in a folder; our commands and `python` are those of this environment."""
    words = shlex.split(command)
    if words[0] in COMMANDS:
        words = [sys.executable, "-m", *words]
    elif words[0] == "python":
        words[0] = sys.executable
    answer = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    return answer.stdout + answer.stderr


@pytest.mark.parametrize("pages", GUIDES, ids=lambda pages: pages[-1].stem)
def test_a_guide_can_be_followed_to_the_letter(pages: list[Path], tmp_path: Path) -> None:
    """The files that it shows are written, its commands run, and what they print is what it shows."""
    if pages[-1].stem == "own-format":
        shutil.copytree(ROOT / "docgen", tmp_path / "docgen", ignore=shutil.ignore_patterns("__pycache__"))

    for page in pages:
        follow(page, tmp_path)
