"""The test data of other generators: cases that were hard for their authors are on our pages."""

from __future__ import annotations

import ast
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from docgen.build.build import build
from docgen.build.inputs import Inputs
from docgen.formats.base.complete import losses
from docgen.formats.material.render import Renderer
from docgen.prose.read import read_docstring
from docgen.prose.style import Style
from docgen.prose.words import lost_words, markup_words, words

PEERS = Path(__file__).parents[3] / "build" / "peers"
"""Where `python -m bench.peers` unpacks their source distributions."""
FOLDERS = ("testdata", "testpackages", "fixtures")
"""Names of the folders that hold such data."""


def specimens() -> list[Path]:
    """Return the outermost packages and modules in folders of test data."""
    folders = [path for name in FOLDERS for path in sorted(PEERS.rglob(name)) if path.is_dir()]
    inside = [path for folder in folders for path in sorted(folder.iterdir())]
    return [path for path in inside if (path / "__init__.py").is_file() or path.suffix == ".py"]


@pytest.mark.parametrize("path", specimens(), ids=lambda path: f"{path.relative_to(PEERS).parts[0]}-{path.stem}")
def test_pages_of_a_specimen_lose_nothing(path: Path) -> None:
    """Every public name and every word of its docstring is on a page, or a finding names the file."""
    stdlib = Path(sysconfig.get_path("stdlib"))
    inputs = Inputs(distribution=path.stem, version="", root=path.parent, packages=(path.stem,), search=(stdlib,))
    built = build(inputs)
    renderer = Renderer(built.reference)
    pages = {page.path: page.text for page in renderer.pages()}
    shown = words("\n".join(pages.values()))
    unread = {finding.path for finding in built.findings}

    lost = [str(finding) for _, finding in losses(renderer.projection.full, renderer.projection.places, pages)]
    absent = {
        (name, *missing)
        for file in ([path] if path.is_file() else sorted(path.rglob("*.py")))
        if file.relative_to(path.parent).as_posix() not in unread and not _is_private(file.relative_to(path.parent))
        for name, raw in _public(file)
        if (missing := (words(name) + words(raw) - markup_words(raw)).keys() - shown.keys())
    }

    assert lost == []
    assert absent == set()


def test_the_specimens_are_there() -> None:
    """Without them, the tests above check nothing."""
    if not PEERS.is_dir():
        pytest.skip("the test data of others is not there; `python -m bench.peers` brings it")

    assert specimens()


def _is_private(path: Path) -> bool:
    return any(part.startswith("_") and part != "__init__.py" for part in path.parts)


def _public(file: Path) -> Iterator[tuple[str, str]]:
    """Yield (name, docstring) of the public definitions at the top level of a file and in its public classes."""
    tree = _tree(file)
    if tree is None:
        return
    listed = [node for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"]
    if listed:  # what it leaves out is not public
        return
    yield "", ast.get_docstring(tree) or ""
    bodies = [tree.body]
    for body in bodies:
        for node in body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.name[0] != "_":
                yield node.name, ast.get_docstring(node) or ""
                if isinstance(node, ast.ClassDef):
                    bodies.append(node.body)


def strings() -> Iterator[tuple[str, int, str]]:
    """Yield (file, line, text) of each multi-line string in the tests of others; most are docstrings."""
    for file in sorted(PEERS.rglob("*.py")):
        if "test" in file.as_posix() and (tree := _tree(file)) is not None:
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.count("\n") > 1:
                    yield file.name, node.lineno, node.value


def _tree(file: Path) -> ast.Module | None:
    """Return the syntax tree of a file; None if it does not parse, as some intentionally do not."""
    try:
        return ast.parse(file.read_bytes())
    except SyntaxError:
        return None


@pytest.mark.parametrize("style", [Style.GOOGLE, Style.NUMPY, Style.SPHINX, Style.EPYTEXT])
def test_texts_of_the_tests_of_others_lose_no_word(style: Style) -> None:
    """Every word of the docstrings in the tests of others is in a section, in any style."""
    if not PEERS.is_dir():
        pytest.skip("the tests of others are not there; `python -m bench.peers` brings them")

    lost = [(name, line, lost_words(raw, read_docstring(raw, style))) for name, line, raw in strings()]

    assert lost
    assert [each for each in lost if each[2]] == []
