"""Measure the cost of growing awkward docstrings, from the text to the finished and checked page, as JSON.

    python -m bench.pages [--size N]

For each kind of `bench.docstrings`, it prints CPU seconds at a size and at twice the size, and their ratio. A kind is
linear if twice the size costs about twice the time. The docstring is read, shown on the page of a function, and looked
for there.
"""

from __future__ import annotations

import argparse
import json
import time

from bench.docstrings import KINDS
from docgen.formats.material.render import tree
from docgen.model import Docstring, Function, Module, Parameter, Reference, Signature
from docgen.prose.read import read_docstring
from docgen.prose.style import Style


def make_pages(raw: str) -> None:
    """Read a docstring and render the pages of a function that has it."""
    docstring = Docstring(raw=raw, sections=read_docstring(raw, Style.GOOGLE))
    function = Function(
        name="f", path="p.f", docstring=docstring, signature=Signature(parameters=(Parameter(name="x"),))
    )
    tree(Reference(distribution="p", version="1", modules=(Module(name="p", functions=(function,)),)))


def measure(size: int) -> dict[str, dict[str, float]]:
    """Return seconds at a size and at twice the size, and their ratio, by kind."""
    figures = {}
    for name, kind in KINDS.items():
        seconds = []
        for length in (size, 2 * size):
            raw = kind(length)
            start = time.process_time()
            make_pages(raw)
            seconds.append(time.process_time() - start)
        figures[name] = {
            "seconds": round(seconds[0], 3),
            "twice": round(seconds[1], 3),
            "growth": round(seconds[1] / seconds[0], 2),
        }
    return figures


def main() -> None:
    """Print the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--size", type=int, default=50_000, help="characters; default: %(default)s")
    print(json.dumps(measure(options.parse_args().size), indent=1))


if __name__ == "__main__":
    main()
