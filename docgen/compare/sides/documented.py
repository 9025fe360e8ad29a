"""Names that are private by convention, but that documentation tells users to import."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from docgen.compare.visibility import is_private_name
from docgen.examples import Example, examples_in, examples_in_page
from docgen.files import read_kept
from docgen.model import Docstring, Reference
from docgen.symbols import Index

_PRIVATE = re.compile(r"\b(?:from|import)\s[^\n]*(?<!\w)_[A-Za-z]")
"""A quick test for examples that import a private name; the syntax tree decides."""
_FOLDERS = ("docs", "doc", "site", "examples")
_PAGES = 400
"""Limit on the pages of a project that are read."""


def documented_names(spec: str) -> frozenset[str]:
    """Return the dotted paths of private names that examples in the Markdown pages of a project import.

    Parameters:
        spec: A side of a comparison; the top folder of a project contains its packages, or a folder `src` with them.
            Any other side has no pages.
    """
    project = Path(spec)
    try:
        if not spec or not project.is_dir():
            return frozenset()
    except (OSError, ValueError):  # no path looks like this
        return frozenset()
    return frozenset(
        path
        for example in _examples(project)
        for path in _imported(example.code)
        if any(map(is_private_name, path.split("."))) and _is_own(path.partition(".")[0], project)
    )


def names_in_docstrings(reference: Reference) -> frozenset[str]:
    """Return the dotted paths of private names that examples in the docstrings of a reference import from it."""
    docstrings = (getattr(symbol, "docstring", None) for symbol in Index(reference).public.values())
    if not any(isinstance(each, Docstring) and _PRIVATE.search(each.raw) for each in docstrings):
        return frozenset()
    tops = {module.name.partition(".")[0] for module in reference.modules}
    return frozenset(
        path
        for example in examples_in(reference)
        for path in _imported(example.code)
        if path.partition(".")[0] in tops and any(map(is_private_name, path.split(".")))
    )


def _is_own(package: str, project: Path) -> bool:
    return any((project / folder / package).is_dir() for folder in ("", "src"))


def _examples(project: Path) -> Iterator[Example]:
    folders = (project / name for name in _FOLDERS)
    pages = (*sorted(project.glob("*.md")), *(page for folder in folders for page in sorted(folder.rglob("*.md"))))
    for page in pages[:_PAGES]:
        try:
            yield from examples_in_page(read_kept(page).decode(), page.name)
        except UnicodeDecodeError:
            continue


def _imported(code: str) -> Iterator[str]:
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
