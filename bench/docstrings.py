"""Measure what reading docstrings costs, and how many words are kept, as JSON.

    python -m bench.docstrings [FOLDER ...] [--size N]

It first prints figures of the packages in the given folders, by default some that are installed here: docstrings,
words, the share of words in sections, problems, and CPU microseconds per docstring, with griffe's parser of the same
style beside ours. Then it prints the cost of awkward docstrings as they grow: CPU seconds at a size and at twice the
size. A kind is linear if twice the size costs about twice the time.
"""

from __future__ import annotations

import argparse
import ast
import importlib.util
import json
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, cast

import griffe

from docgen.prose.blocks import Problem
from docgen.prose.read import read_docstring
from docgen.prose.style import Style, detect_style
from docgen.prose.summary import summary
from docgen.prose.words import lost_words, words

INSTALLED = ("click", "griffe", "hypothesis", "pydantic", "_pytest", "asyncio")

KINDS: dict[str, Callable[[int], str]] = {
    "prose": lambda n: "Word text here. " * (n // 16),
    "fences": lambda n: "```\nx\n" * (n // 6),
    "fences that never close": lambda n: "~~~~\nReturns:\n    x\n" * (n // 20),
    "headings without sections": lambda n: "Args:\n\n" * (n // 7),
    "items": lambda n: "Args:\n" + "    a (int): b\n" * (n // 15),
    "items with open brackets": lambda n: "Args:\n" + "    a (int: b\n" * (n // 14),
    "underlined headings": lambda n: "Parameters\n----------\nx : int\n    text\n" * (n // 40),
    "rules": lambda n: "====\nx\n" * (n // 7),
    "fields": lambda n: "".join(f":type x{i}: int\n:param x{i}: y\n" for i in range(n // 30)),
    "nested lists": lambda n: "".join(" " * i + "- x\n" for i in range(int((2 * n) ** 0.5))),
    "nested quotes": lambda n: "x\n" + "".join(" " * i + "x\n\n" for i in range(1, int((2 * n) ** 0.5))),
    "nested directives": lambda n: "".join("   " * i + ".. note::\n\n" for i in range(int((n / 1.5) ** 0.5))),
    "literal blocks": lambda n: "a::\n\n  b\n\n" * (n // 11),
    "definitions": lambda n: "a\n  b\n" * (n // 6),
    "doctests": lambda n: ">>> a\n\n\n\n" * (n // 9),
    "tables": lambda n: "=== ===\nx   y\n" * (n // 14),
    "grids": lambda n: "+---+\n| a |\n+---+\n" * (n // 18),
    "backticks": lambda n: "``a`b " * (n // 6),
    "stars": lambda n: "*a " * (n // 3),
    "brackets": lambda n: "[`" * (n // 2),
    "open links": lambda n: "`a <" * (n // 4),
    "colons": lambda n: ":a" * (n // 2),
    "underscores": lambda n: ".. _x: http://y\n\n" + "a_ " * (n // 3),
    "bars": lambda n: "|a" * (n // 2),
    "angles": lambda n: "<a" * (n // 2),
    "braces": lambda n: "L{" * (n // 2),
    "addresses": lambda n: "http://a" * (n // 8),
    "blanks in a type": lambda n: "Parameters\n----------\nx" + " " * n + ": int",
    "tabs": lambda n: "\t" * (n // 8) + "a",
    "blank lines": lambda n: "a" + "\n" * n + "b",
    "one long type": lambda n: "Returns:\n    " + "a of " * (n // 5) + "x: y",
    "abbreviations": lambda n: "e.g. " * (n // 5),
    "all styles at once": lambda n: (
        "Args:\n    a: `b` *c* :class:`D`\n\nParameters\n----------\nx : int\n    y\n\n:param z: q\n\n"
        "```\nReturns:\n```\n" * (n // 110)
    ),
}
"""Awkward docstrings of about n characters."""


def docstrings_in(folder: Path) -> Iterator[str]:
    """Yield the docstrings of the modules in a folder; files that do not parse are left out."""
    for path in sorted(folder.rglob("*.py")):
        yield from docstrings_of(path)


def docstrings_of(path: Path) -> Iterator[str]:
    """Yield the docstrings of a module; none if it does not parse."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            raw = ast.get_docstring(node, clean=False)
            if raw and raw.strip():
                yield raw


def use(raw: str, style: Style) -> None:
    """Read a docstring and the first sentences of its sections."""
    for section in read_docstring(raw, style):
        summary(section.text)


def measure_package(folder: Path) -> dict[str, object]:
    """Return the figures of a package."""
    raws = list(docstrings_in(folder))
    style = detect_style(raws)
    problems: list[Problem] = []
    start = time.process_time()
    read = [read_docstring(raw, style, problems) for raw in raws]
    ours = time.process_time() - start
    start = time.process_time()
    if style in {Style.GOOGLE, Style.NUMPY, Style.SPHINX}:
        parser = cast("Literal['google', 'numpy', 'sphinx']", style.value)
        for raw in raws:
            griffe.Docstring(raw).parse(parser)
    theirs = time.process_time() - start
    total = sum(words(raw).total() for raw in raws)
    lost = sum(lost_words(raw, sections).total() for raw, sections in zip(raws, read, strict=True))
    return {
        "style": style.value,
        "docstrings": len(raws),
        "lines": sum(raw.count("\n") + 1 for raw in raws),
        "words": total,
        "share_kept": round(1 - lost / max(total, 1), 6),
        "problems": len(problems),
        "microseconds_a_docstring": round(ours / len(raws) * 1e6, 1),
        "microseconds_of_griffe": round(theirs / len(raws) * 1e6, 1),
    }


def measure_growth(size: int) -> dict[str, list[float]]:
    """Return CPU seconds at a size and at twice the size, over all styles, by kind."""
    figures: dict[str, list[float]] = {}
    for name, kind in KINDS.items():
        figures[name] = []
        for length in (size, 2 * size):
            raw = kind(length)
            start = time.process_time()
            for style in Style:
                use(raw, style)
            figures[name].append(round(time.process_time() - start, 4))
    return figures


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folders", nargs="*", type=Path)
    options.add_argument("--size", type=int, default=100_000)
    arguments = options.parse_args()
    logging.disable()  # griffe logs parts of docstrings that it cannot read
    specs = [importlib.util.find_spec(name) for name in INSTALLED]
    installed = [Path(spec.submodule_search_locations[0]) for spec in specs if spec and spec.submodule_search_locations]
    packages = {folder.name: measure_package(folder) for folder in arguments.folders or installed}
    print(json.dumps({"packages": packages, "growth": measure_growth(arguments.size)}, indent=1))


if __name__ == "__main__":
    main()
