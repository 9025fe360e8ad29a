"""Names that are private by convention, and that documentation tells people to import: their users would notice."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from docgen.compare.visibility import is_private_name
from docgen.examples import Example, examples_in, examples_in_page
from docgen.model import Reference

_FOLDERS = ("docs", "doc", "site", "examples")
_PAGES = 400
"""How many pages of a project are read."""


def documented_names(reference: Reference, project: Path | None) -> frozenset[str]:
    """Return the dotted paths of private names that examples import.

    Parameters:
        reference: Its docstrings are read.
        project: Top folder of the project, whose Markdown pages are read; None: there is none.
    """
    tops = {module.name.partition(".")[0] for module in reference.modules}
    examples = (*examples_in(reference), *(_of_pages(project) if project is not None else ()))
    return frozenset(
        path
        for example in examples
        for path in _imported(example.code)
        if path.partition(".")[0] in tops and any(map(is_private_name, path.split(".")))
    )


def _of_pages(project: Path) -> Iterator[Example]:
    folders = (project / name for name in _FOLDERS)
    pages = (*sorted(project.glob("*.md")), *(page for folder in folders for page in sorted(folder.rglob("*.md"))))
    for page in pages[:_PAGES]:
        try:
            yield from examples_in_page(page.read_text(encoding="utf-8"), page.name)
        except (OSError, UnicodeDecodeError):
            continue


def _imported(code: str) -> Iterable[str]:
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
