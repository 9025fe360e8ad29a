"""Measure whether pages lose anything that is in the sources, and the cost of checking it.

    python -m bench.law [NAME==VERSION ...]

Each release is read and rendered in the format `material`. The docstrings are then read again from the syntax trees,
without docgen's model: those of every module, class, function, overload and property that has a public path, and the
strings below attributes. A word counts as shown if it is on the page of its symbol; names of roles, directives, fields
and sections are not words. The build's own check is stricter: it looks at the place of the symbol on its page, and
counts words.

It prints JSON, one object per package: docstrings, their words, the share of words on pages, some missing ones,
findings by code, CPU seconds in total and of the build's own check, and the share of the latter.
"""

from __future__ import annotations

import argparse
import ast
import json
import time
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

from docgen.config import load_config
from docgen.formats.base.complete import losses
from docgen.formats.material.render import Renderer
from docgen.model import Function, Module
from docgen.prose.words import markup_words, words
from docgen.reading import Read, read_model

PACKAGES = (
    "httpx==0.28.1",
    "click==8.2.1",
    "attrs==25.3.0",
    "pydantic==2.12.5",
    "rich==14.0.0",
    "starlette==0.46.2",
    "networkx==3.4.2",
    "scikit-image==0.25.2",
    "xarray==2025.4.0",
    "django==5.2",
    "trio==0.30.0",
    "fastapi==0.115.12",
    "pytest==8.3.5",
    "sqlalchemy==2.0.36",
    "numpy==2.2.5",
    "hypothesis==6.131.0",
)
SHOWN = 20
"""Longest list in the output."""
PYTHON = "3.12"


def measure(release: str) -> dict[str, object]:
    """Return the figures of one release."""
    start = time.process_time()
    found = read_model(release, load_config(None, ()).config, PYTHON)
    renderer = Renderer(found.reference)
    pages = tuple(renderer.pages())
    findings = Counter(each.code for each in (*found.findings, *renderer.noticed(pages)))
    seconds = time.process_time() - start
    texts = {page.path: page.text for page in pages}
    start = time.process_time()
    tuple(losses(renderer.projection.full, renderer.projection.places, texts))
    law = time.process_time() - start

    on_page = cache(lambda path: frozenset(words(texts.get(path, ""))))
    docstrings = counted = 0
    lost: dict[str, list[str]] = {}
    for path, page, raw in written(found, renderer):
        docstrings += 1
        counts = words(raw) - markup_words(raw)
        counted += counts.total()
        if missing := counts.keys() - on_page(page):
            lost[path] = sorted(missing)
    return {
        "package": release,
        "docstrings": docstrings,
        "words": counted,
        "share_on_pages": round(1 - sum(map(len, lost.values())) / max(1, counted), 6),
        "not_on_pages": dict(list(lost.items())[:SHOWN]),
        "findings": dict(sorted(findings.items())),
        "seconds": round(seconds, 2),
        "law_seconds": round(law, 2),
        "law_share": round(law / seconds, 3),
    }


def written(found: Read, renderer: Renderer) -> Iterator[tuple[str, str, str]]:
    """Yield (public path, page, docstring) for each public symbol that has one, with the docstring as in its file."""
    root = found.prepared.inputs.root
    in_file = cache(lambda file: dict(_docstrings(root / file)))
    places = renderer.projection.places
    for path, symbol in renderer.projection.index.public.items():
        is_module = isinstance(symbol, Module)
        page = places.modules[path] if is_module else places.pages.get(path, "")
        locations = [symbol.location]
        if isinstance(symbol, Function):
            locations += [each.location for each in symbol.overloads]
        for place in dict.fromkeys(locations):
            raw = in_file(place.file).get(0 if is_module else place.line) if place else None
            if raw:
                yield path, page, raw


def _docstrings(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (first line, docstring) for the definitions in a file; the line of the module is 0."""
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError):
        return
    if raw := ast.get_docstring(tree, clean=False):
        yield 0, raw
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and (
            raw := ast.get_docstring(node, clean=False)
        ):
            yield min([node.lineno, *(each.lineno for each in node.decorator_list)]), raw
        if isinstance(node, ast.ClassDef | ast.Module):
            yield from _below(node.body)


def _below(body: list[ast.stmt]) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of each string below an assignment."""
    for before, node in pairwise(body):
        if isinstance(before, ast.Assign | ast.AnnAssign) and isinstance(node, ast.Expr):
            value = node.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield before.lineno, value.value


def main() -> None:
    """Measure each release named, or all of PACKAGES."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("releases", nargs="*", default=PACKAGES, metavar="NAME==VERSION")
    for release in parser.parse_args().releases:
        print(json.dumps(measure(release), indent=1), flush=True)


if __name__ == "__main__":
    main()
