"""The how-to on contracts of one's own, word by word: its files are written, its commands run, its output is real."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "site" / "guide" / "own-contract.md"
FENCE = re.compile(r"^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"`(?P<path>[\w/]+\.\w+)`")
OF_LINES = {"python": ".py", "toml": ".toml"}
"""The ending of the file that a block of lines belongs to."""


def steps() -> Iterator[tuple[str, str, str]]:
    """Yield what a reader does, in order: a kind, a path, a text.

    A block of lines goes to the end of the file that is named before it; a console is commands and what they print.
    Blocks under a heading that only describes are not steps.
    """
    text = GUIDE.read_text(encoding="utf-8").partition("\n## Profiles and a model")[0]
    at = 0
    for block in FENCE.finditer(text):
        before, at = text[at : block.start()], block.end()
        ending = OF_LINES.get(block["kind"], "")
        names = [found for found in NAMED.findall(before) if ending and found.endswith(ending)]
        yield block["kind"], names[0] if names else "", block["text"]


def commands(console: str) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the words of each command of a console, and the lines that it prints."""
    for part in re.split(r"^\$ ", console, flags=re.MULTILINE)[1:]:
        first, *lines = part.splitlines()
        yield shlex.split(first), lines


@pytest.mark.thorough
def test_the_guide_is_true(tmp_path: Path) -> None:
    """Each line of output that the guide shows comes, in that order; `...` stands for others."""
    ran = 0
    for kind, path, text in steps():
        if kind in OF_LINES:
            assert path, f"no file is named before\n{text}"
            file = tmp_path / path
            there = file.read_text(encoding="utf-8") if file.exists() else ""
            file.write_text(f"{there}\n\n{text}" if there else text, encoding="utf-8")
            continue
        for words, lines in commands(text):
            done = subprocess.run(
                [sys.executable, *([] if words[0] == "pytest" else ["-P"]), "-m", *words],
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=False,
            )
            printed = iter((done.stdout + done.stderr).splitlines())
            missing = [line for line in lines if line != "..." and line not in printed]
            assert not missing, f"{shlex.join(words)} does not print {missing}, but\n{done.stdout}{done.stderr}"
            ran += 1

    assert ran >= 10
