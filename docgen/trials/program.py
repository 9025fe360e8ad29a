"""The sources of a package as a trial looks names up in them: which statement binds a name of a module."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from docgen.files import read_kept

MOST_BYTES = 120_000
"""Source that is parsed for the trials of one side; trials begin with the shortest modules."""
MOST_STEPS = 100_000
"""Steps of all trials of one side together."""
_DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class Module:
    """One module: its statements, by the names that they bind.

    Parameters:
        name: Dotted name.
        tree: Its syntax tree.
        lines: Its source.
        is_package: It is an `__init__`.
    """

    def __init__(self, name: str, tree: ast.Module, lines: Sequence[bytes] = (), *, is_package: bool) -> None:
        self.name = name
        self.tree = tree
        self._lines = lines
        self.is_package = is_package
        self.package = name if is_package else name.rpartition(".")[0]

    def code(self, node: ast.stmt | ast.alias) -> bytes:
        """Return the source lines of a statement."""
        return b"\n".join(self._lines[node.lineno - 1 : node.end_lineno])

    @cached_property
    def all_names(self) -> frozenset[str]:
        """Every name that a statement binds."""
        return frozenset(name for node in self.tree.body for name, _ in _bound(node))

    @cached_property
    def bindings(self) -> Mapping[str, ast.stmt | ast.alias]:
        """The only statement that binds each name; names that several statements bind or change are left out."""
        found: dict[str, ast.stmt | ast.alias | None] = {}
        for node in self.tree.body:
            for name, binding in _bound(node):
                found[name] = None if name in found else binding
        changed = {name for node in self.tree.body for name in _changed(node)}
        return {name: each for name, each in found.items() if each is not None and name not in changed}

    @cached_property
    def imports(self) -> Mapping[str, tuple[str, str]]:
        """Name -> module and the name in it, empty for the module itself."""
        found: dict[str, tuple[str, str]] = {}
        for node in self.tree.body:
            if isinstance(node, ast.Import):
                for each in node.names:
                    top = each.name.partition(".")[0]
                    found[each.asname or top] = (each.name if each.asname else top, "")
            elif isinstance(node, ast.ImportFrom):
                above = self.package.split(".")
                parts = above[: len(above) - node.level + 1] if node.level else []
                module = ".".join([*parts, *([node.module] if node.module else [])])
                for each in node.names:
                    found[each.asname or each.name] = (module, each.name)
        return found


def _bound(node: ast.stmt) -> Iterator[tuple[str, ast.stmt | ast.alias]]:
    """Yield the names that a statement of a module binds."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name, node
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            yield alias.asname or alias.name.partition(".")[0], alias
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            yield from ((name, node) for name in _stored(target))
    elif isinstance(node, ast.AnnAssign):
        yield from ((name, node) for name in _stored(node.target) if node.value is not None)
    elif not isinstance(node, ast.Expr):
        # Twice, because it may be bound to one of several values.
        yield from ((name, node) for name in _stored(node) for _ in range(2))


def _stored(node: ast.AST) -> Iterator[str]:
    """Yield the names that some code assigns or defines."""
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            yield each.id
        elif isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield each.name


def _changed(node: ast.stmt) -> Iterator[str]:
    """Yield the names whose objects a statement of a module may change."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if not isinstance(target, ast.Name):
                yield from (each.id for each in ast.walk(target) if isinstance(each, ast.Name))
    elif not isinstance(node, _DEFINITIONS | ast.Import | ast.ImportFrom | ast.AnnAssign):
        yield from (each.id for each in ast.walk(node) if isinstance(each, ast.Name))


class Program:
    """The modules of some packages below a folder, each read and parsed when it is first needed.

    Parameters:
        root: The folder that contains the packages.
        packages: Their dotted names.
    """

    def __init__(self, root: Path, packages: tuple[str, ...]) -> None:
        self.root = root
        self.packages = packages
        self.steps = MOST_STEPS
        """Steps that the trials of the program may still take together."""
        self._left = MOST_BYTES
        self._files: dict[str, tuple[Path | None, bytes]] = {}
        self._modules: dict[str, Module | None] = {}
        self._yielding: dict[ast.AST, bool] = {}

    def has(self, module: str) -> bool:
        """Return True if a module is one of the packages or below them."""
        return any(module == each or module.startswith(f"{each}.") for each in self.packages)

    def text(self, name: str) -> bytes:
        """Return the source of a module, empty if it has none."""
        return self._file(name)[1]

    def home(self, path: str) -> str:
        """Return the module that defines the symbol of a path, empty if it has no source."""
        module = path.rpartition(".")[0]
        while module and not self.text(module):
            module = module.rpartition(".")[0]
        return module

    def module(self, name: str) -> Module | None:
        """Return a module, None if it has no readable source, or if enough was parsed already."""
        if name not in self._modules:
            file, text = self._file(name)
            self._modules[name] = None
            if file is not None and len(text) <= self._left:
                self._left -= len(text)
                self._modules[name] = _parsed(name, text, is_package=file.name == "__init__.py")
        return self._modules[name]

    def is_yielding(self, node: ast.AST) -> bool:
        """Return True if a function is a generator."""
        if node not in self._yielding:
            self._yielding[node] = _yields(getattr(node, "body", []))
        return self._yielding[node]

    def _file(self, name: str) -> tuple[Path | None, bytes]:
        if name not in self._files:
            path = self.root.joinpath(*name.split("."))
            files = (path / "__init__.py", path.with_name(f"{path.name}.py")) if self.has(name) else ()
            found = next((each for each in files if each.is_file()), None)
            self._files[name] = (found, read_kept(found) if found else b"")
        return self._files[name]


def _parsed(name: str, text: bytes, *, is_package: bool) -> Module | None:
    try:
        return Module(name, ast.parse(text), text.splitlines(), is_package=is_package)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None  # The report says that the file could not be read.


def _yields(body: list[ast.stmt]) -> bool:
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(node, _DEFINITIONS | ast.Lambda):
            pending += ast.iter_child_nodes(node)
    return False
