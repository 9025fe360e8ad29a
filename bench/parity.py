"""Compare three tools over the committed pairs of example packages: docgen, griffe's check, mypy's stubtest.

    python -m bench.parity [--missed]

Each pair is a package before and after one edit, with a proof of whether the edit breaks a user of the package
(`tests/docgen/compare/pairs`). A tool has *found* a breaking edit if it reports anything, has the *level right* if it
calls it breaking, and gives a *false alarm* if it calls a harmless edit breaking. griffe calls everything that it finds
breaking. stubtest has no levels, so its reports count as breaking; it compares the imported package after the edit with
the sources before the edit, read as stubs. If mypy refuses these, the pair counts as not found. It prints a JSON list
with one object per tool; `--missed` adds the cases.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import griffe

from docgen.compare.catalogue import Level
from docgen.compare.engine import compare
from docgen.compare.rules.hooks import Calls
from tests.docgen.compare.test_pairs import Pair, pairs, reference, write_package


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The result of a tool for a pair."""

    something: bool
    breaking: bool


@dataclass(kw_only=True)
class Score:
    """The score of a tool."""

    breaking: int = 0
    found: int = 0
    level_right: int = 0
    harmless: int = 0
    false_alarms: int = 0
    missed: list[str] = field(default_factory=list)
    """Breaking edits whose level is not right."""
    alarmed: list[str] = field(default_factory=list)
    """Harmless edits that are called breaking."""

    def add(self, pair: Pair, answer: Answer) -> None:
        """Count a pair."""
        if pair.is_breaking:
            self.breaking += 1
            self.found += answer.something
            self.level_right += answer.breaking
            self.missed += [] if answer.breaking else [pair.case]
        else:
            self.harmless += 1
            self.false_alarms += answer.breaking
            self.alarmed += [pair.case] if answer.breaking else []


def ours(pair: Pair, folder: Path) -> Answer:
    """Return docgen's result for a pair."""
    old, new = _sides(pair, folder)
    calls = (Calls(old, ("pkg",)), Calls(new, ("pkg",)))
    differences = compare(reference(old), reference(new), calls=calls, tries=pair.file == "trials").differences
    reported = [each.level for each in differences if each.level is not Level.DOCS]
    return Answer(something=bool(reported), breaking=Level.MAJOR in reported)


def griffes(pair: Pair, folder: Path) -> Answer:
    """Return the result of griffe's check for a pair."""
    old, new = (griffe.load("pkg", search_paths=[str(side)]) for side in _sides(pair, folder))
    reported = any(True for _ in griffe.find_breaking_changes(old, new))
    return Answer(something=reported, breaking=reported)


def _sides(pair: Pair, folder: Path) -> tuple[Path, Path]:
    return write_package(folder / "old", pair.before), write_package(folder / "new", pair.after)


def stubtests(tested: Sequence[Pair], folder: Path) -> Mapping[str, Answer]:
    """Return stubtest's result for each pair, by case, from one run over all packages under separate names."""
    names: dict[str, Pair] = {}
    for number, pair in enumerate(tested):
        name = f"pkg_{number:04}"
        names[name] = pair
        _write_as(name, pair.before, folder / "stubs", suffix=".pyi")
        _write_as(name, pair.after, folder / "now", suffix=".py")
    left = set(names)
    while left:
        lines = _stubtest(sorted(left), folder)
        refused = {found[1] for line in lines if (found := re.match(r"\S*?stubs/(pkg_\d+)/\S*: error: ", line))}
        if not refused & left:
            break
        left -= refused
    broken = {found[1] for line in lines if (found := re.match(r"error: (pkg_\d+)", line))} if left else set()
    return {
        pair.case: Answer(something=name in broken & left, breaking=name in broken & left)
        for name, pair in names.items()
    }


def _write_as(name: str, text: str, folder: Path, *, suffix: str) -> None:
    with tempfile.TemporaryDirectory() as work:
        package = write_package(Path(work), re.sub(r"\bpkg\b", name, text)) / "pkg"
        for path in package.rglob("*.py"):
            target = folder / name / path.relative_to(package).with_suffix(suffix)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")


def _stubtest(names: Iterable[str], folder: Path) -> list[str]:
    command = [sys.executable, "-m", "mypy.stubtest", *names]
    variables = {**os.environ, "MYPYPATH": str(folder / "stubs"), "PYTHONPATH": str(folder / "now")}
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)
    return [*done.stdout.splitlines(), *done.stderr.splitlines()]


def measured(tested: Sequence[Pair]) -> Mapping[str, Score]:
    """Return the score of each tool over pairs."""
    scores = {"docgen": Score(), "griffe": Score(), "stubtest": Score()}
    with tempfile.TemporaryDirectory() as work:
        by_case = stubtests(tested, Path(work, "stubtest"))
        for number, pair in enumerate(tested):
            folder = Path(work, str(number))
            scores["docgen"].add(pair, ours(pair, folder))
            scores["griffe"].add(pair, griffes(pair, folder))
            scores["stubtest"].add(pair, by_case[pair.case])
    return scores


def main() -> None:
    """Print the scores."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--missed", action="store_true", help="add the cases that a tool gets wrong")
    wanted = parser.parse_args()
    table = [{"tool": tool, **vars(score)} for tool, score in measured(pairs()).items()]
    shown = [
        {name: fact for name, fact in row.items() if wanted.missed or isinstance(fact, int | str)} for row in table
    ]
    print(json.dumps(shown, indent=1))


if __name__ == "__main__":
    main()
