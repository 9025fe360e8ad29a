"""Read Python files as griffe sees them, one module at a time and only when asked for.

The only module that calls griffe. Beside griffe's tree of objects it keeps what that tree leaves out and the static
runtime needs: the AST node of
each object, and whether annotations of the module are kept as text. Every file that cannot be read becomes a finding.
"""

from __future__ import annotations

import ast
import gc
import io
import re
import tokenize
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import griffe

from docgen.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SOURCE_SUFFIXES = (".py", ".pyi")
"""In the order in which they are looked for, the stub first where it is preferred."""

COMPILED_SUFFIXES = (".so", ".pyd")
"""A compiled module has no sources to read."""

_MAKES_NAMES = re.compile(r"\b(globals|vars|locals)\(\)|\bexec\(|sys\.modules\[__name__\]")
"""What the text of a module holds if it binds names that are written nowhere; a look at the tree decides."""

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True, kw_only=True, eq=False)
class Source:
    """A module as read."""

    name: str
    path: Path
    is_package: bool
    tree: ast.Module
    signatures: dict[ast.AST, tuple[tuple[str, griffe.ParameterKind], ...]]
    """Names and kinds of the parameters of each `def` that griffe entered, in order. Not of getters.

    Nested functions and dependencies.
    """
    has_future_annotations: bool
    """`from __future__ import annotations`: at run time annotations are text, not objects."""
    name_makers: tuple[ast.AST, ...] = ()
    """Where code binds names of the module that are written nowhere: `globals()[...] = ...`, `exec(...)`."""


@dataclass(frozen=True, kw_only=True)
class RawParameter:
    """A parameter as the source writes it."""

    name: str
    kind: griffe.ParameterKind
    annotation: ast.expr | None
    default: ast.expr | None


class _NodeKeeper(griffe.Extension):
    """Keeps the nodes that griffe visits, because its expressions lose how an annotation was written."""

    def __init__(self) -> None:
        self.tree: ast.Module | None = None
        self.signatures: dict[ast.AST, tuple[tuple[str, griffe.ParameterKind], ...]] = {}

    def on_module_node(self, *, node: Any, agent: Any, **kwargs: Any) -> None:  # noqa: ANN401, ARG002 - griffe's signature
        """Keep the tree of the module."""
        self.tree = node

    def on_function_instance(self, *, node: Any, func: griffe.Function, agent: Any, **kwargs: Any) -> None:  # noqa: ANN401, ARG002 - griffe's signature
        """Keep the signature of each function beside its node, and let go of the rest."""
        any_kind = griffe.ParameterKind.positional_or_keyword
        self.signatures[node] = tuple((each.name, each.kind or any_kind) for each in func.parameters)


class Library:
    """Modules by dotted name, looked for in folders and read on demand.

    Parameters:
        roots: Folders that hold top-level packages, first match wins. The first root holds what is documented:
            griffe enters its modules, while elsewhere only names are looked up.
    """

    def __init__(self, roots: Sequence[Path]) -> None:
        self.roots = tuple(roots)
        self.findings: list[Finding] = []
        self._sources: dict[str, Source | None] = {}
        self._folders: dict[str, tuple[Path, ...]] = {}

    def folders(self, name: str) -> tuple[Path, ...]:
        """Return the folders that hold the submodules of a package, the roots for the empty name.

        More than one only for a namespace package, whose parts lie in several roots.
        """
        if not name:
            return self.roots
        if name not in self._folders:
            parent, _, last = name.rpartition(".")
            candidates = [folder / last for folder in self.folders(parent)]
            regular = [folder for folder in candidates if _module_file(folder / "__init__")]
            spaces = [folder for folder in candidates if folder.is_dir()]
            self._folders[name] = tuple(regular[:1] or spaces)
        return self._folders[name]

    def find(self, name: str) -> Path | None:
        """Return the file of a module, None if there is none (a namespace package has none either)."""
        parent, _, last = name.rpartition(".")
        for folder in self.folders(parent):
            found = _module_file(folder / last / "__init__") or _module_file(folder / last)
            if found:
                return found
        return None

    def exists(self, name: str) -> bool:
        """Say whether a module, a package or a namespace package of that name is there."""
        return self.find(name) is not None or bool(self.folders(name))

    def submodules(self, name: str, root: Path) -> tuple[str, ...]:
        """Return the names of the modules and packages right below a package, in alphabetical order.

        Parameters:
            name: Of the package.
            root: The root that counts; other roots may hold other parts of a namespace package.
        """
        found: set[str] = set()
        for folder in self.folders(name):
            if not folder.is_relative_to(root):
                continue
            for entry in _entries(folder):
                if _is_loop(entry, folder):
                    continue
                if entry.suffix in SOURCE_SUFFIXES and entry.stem.isidentifier() and entry.stem != "__init__":
                    found.add(entry.stem)
                elif entry.name.isidentifier() and entry.is_dir() and _holds_python(entry):
                    found.add(entry.name)
        return tuple(sorted(found))

    def files(self, package: str, root: Path) -> tuple[Path, ...]:
        """Return every file of a package that Python could import, private and compiled ones included, in order."""
        found: set[Path] = set()
        for folder in self.folders(package):
            if folder.is_relative_to(root):
                found.update(
                    path for path in folder.rglob("*") if path.suffix in (*SOURCE_SUFFIXES, *COMPILED_SUFFIXES)
                )
        single = self.find(package)
        return tuple(sorted(found | ({single} if single else set())))

    def read_file(self, path: Path, root: Path) -> None:
        """Read a file for the sake of its findings; one that a stub or source beside it stands for needs none."""
        parts = list(path.relative_to(root).with_suffix("").parts)
        if path.suffix in COMPILED_SUFFIXES:
            stem = path.with_name(path.name.partition(".")[0])
            if not _module_file(stem):
                text = "a compiled module has no sources"
                hint = "What it defines is missing from the reference. A stub (.pyi) beside it would tell."
                self.findings.append(Finding(path=self.display(path), code="DG102", text=text, hint=hint))
            return
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if name in self._sources and self.find(name) == path:
            return
        with self._reporting(path):
            if not path.is_file():  # a pipe would be waited for, for ever
                raise OSError(f"{path.name} is no file")
            ast.parse(_decoded(path.read_bytes()), str(path))

    def read(self, name: str) -> Source | None:
        """Return a module as read, None if there is no such file or it is unreadable (then with a finding)."""
        if name not in self._sources:
            path = self.find(name)
            self._sources[name] = self._read(name, path) if path else None
        return self._sources[name]

    def display(self, path: Path) -> str:
        """Return a path as findings show it: relative to the root it was found in."""
        for root in self.roots:
            if path.is_relative_to(root):
                return path.relative_to(root).as_posix()
        return path.name

    def _read(self, name: str, path: Path) -> Source | None:
        keeper = _NodeKeeper()
        with self._reporting(path):
            code = _decoded(path.read_bytes())
            if path.is_relative_to(self.roots[0]):
                griffe.visit(name, path, code, extensions=griffe.Extensions(keeper))
            else:  # of a dependency only a few names are ever asked for
                keeper.tree = ast.parse(code, str(path))
        if keeper.tree is None:
            return None
        name_makers = _name_makers(keeper.tree) if _MAKES_NAMES.search(code) else ()
        _strip_bodies(keeper.tree)
        return Source(
            name=name,
            path=path,
            is_package=path.stem == "__init__",
            tree=keeper.tree,
            signatures=keeper.signatures,
            has_future_annotations=_has_future_annotations(keeper.tree),
            name_makers=name_makers,
        )

    @contextmanager
    def _reporting(self, path: Path) -> Iterator[None]:
        """Turn whatever stops the reading of one file into a finding: it costs that file, not the build."""
        try:
            yield
        except SyntaxError as error:
            self._unread(path, error.msg, error.lineno, error.offset)
        except Exception as error:  # noqa: BLE001 - code from outside: griffe, the compiler and the file system may raise anything
            self._unread(path, str(error) or type(error).__name__, 1, 1)

    def _unread(self, path: Path, why: str, line: int | None, column: int | None) -> None:
        self.findings.append(
            Finding(
                path=self.display(path),
                line=line or 1,
                column=column or 1,
                code="DG101",
                text=f"cannot be read as Python: {why}",
                hint="What it defines is missing from the reference. Repair the file, or exclude it.",
            )
        )


def parameters(node: FunctionNode, source: Source) -> tuple[RawParameter, ...]:
    """Return the parameters of a function in the order of its signature, the receiver included.

    griffe tells names, kinds and order; annotations and defaults are the nodes as written.
    """
    known = source.signatures.get(node) or [(name, kind) for name, _, kind, _ in griffe.get_parameters(node.args)]
    arguments = node.args
    written = {a.arg: a.annotation for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}
    written |= {a.arg: a.annotation for a in (arguments.vararg, arguments.kwarg) if a}
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: dict[str, ast.expr | None] = {
        a.arg: default for a, default in zip(reversed(positional), reversed(arguments.defaults), strict=False)
    }
    defaults |= {a.arg: default for a, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)}
    return tuple(
        RawParameter(
            name=name,
            kind=kind or griffe.ParameterKind.positional_or_keyword,
            annotation=written.get(name),
            default=defaults.get(name),
        )
        for name, kind in known
    )


@contextmanager
def frozen_collector() -> Iterator[None]:
    """Keep the garbage collector out while trees grow: they hold no garbage, and it costs up to half of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def raw_docstring(node: ast.AST) -> str | None:
    """Return the docstring of a module, class or function exactly as written, its indentation included."""
    if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return None
    raw = ast.get_docstring(node, clean=False)
    # Half of a surrogate pair is a text to Python, and no file can hold it.
    return raw if raw is None or raw.isascii() else raw.encode("utf-8", "backslashreplace").decode("utf-8")


def _name_makers(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Return the places where running the module, or one of its functions, binds names that no reader can see."""
    found: list[ast.AST] = []
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else []
        is_item = any(isinstance(each, ast.Subscript) and _is_namespace(each.value) for each in targets)
        if is_item or (isinstance(node, ast.Call) and _binds_names(node)):
            found.append(node)
    return tuple(found)


def _binds_names(call: ast.Call) -> bool:
    """Say whether a call is `globals().update(...)`, `setattr(module, name, ...)` of this module, or `exec(text)`."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr in {"update", "setdefault"} and _is_namespace(function.value)
    name = function.id if isinstance(function, ast.Name) else ""
    if name == "setattr" and call.args:
        return ast.unparse(call.args[0]) == "sys.modules[__name__]"
    # With a namespace of its own it binds nothing here.
    return name == "exec" and (len(call.args) == 1 or any(_is_namespace(arg) for arg in call.args[1:]))


def _is_namespace(node: ast.expr) -> bool:
    return ast.unparse(node) in {"globals()", "vars()", "locals()"} if isinstance(node, ast.Call) else False


def _strip_bodies(tree: ast.Module) -> None:
    """Leave of function bodies what can be asked of them: docstring, nested definitions and what is returned.

    Bodies are most of a tree; without them a whole package stays in memory cheaply.
    """
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [*node.body[:1], *_kept(node.body[1:], has_nested=_has_nested(node.body))]
        pending += [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt | ast.ExceptHandler)]


def _has_nested(body: list[ast.stmt]) -> bool:
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in body)


def _kept(body: list[ast.stmt], *, has_nested: bool) -> list[ast.stmt]:
    """Return the definitions and returns in a function body, blocks flattened.

    Beside a nested function assignments stay too: they may give it another docstring.
    """
    kept: list[ast.stmt] = []
    for node in body:
        is_kept = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Return)
        if is_kept or (has_nested and isinstance(node, ast.Assign)):
            kept.append(node)
        elif not isinstance(node, ast.Expr | ast.Assign):
            blocks = [[child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]]
            blocks += [handler.body for handler in getattr(node, "handlers", [])]
            kept += [each for block in blocks for each in _kept(block, has_nested=_has_nested(block))]
    return kept


def _module_file(stem: Path) -> Path | None:
    """Return `stem.py`, or the stub of a module that was generated or compiled, or None.

    A generated protobuf module builds its classes while it runs; only the stub beside it says which.
    """
    source, stub = stem.with_name(f"{stem.name}.py"), stem.with_name(f"{stem.name}.pyi")
    if stem.name.endswith("_pb2") and stub.is_file():
        return stub
    return next((path for path in (source, stub) if path.is_file()), None)


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:  # gone, forbidden, or a loop of links
        return []


def _is_loop(entry: Path, folder: Path) -> bool:
    """Say whether an entry is a link to a folder that it lies in."""
    try:
        return entry.is_symlink() and folder.resolve().is_relative_to(entry.resolve())
    except (OSError, RuntimeError):  # a link to itself
        return True


def _holds_python(folder: Path) -> bool:
    """Say whether a folder is a package, or holds one without being one itself (a namespace package)."""
    if _module_file(folder / "__init__"):
        return True
    entries = _entries(folder)
    return any(entry.suffix in SOURCE_SUFFIXES for entry in entries) or any(
        _module_file(entry / "__init__") for entry in entries if entry.is_dir() and entry.name.isidentifier()
    )


def _decoded(data: bytes) -> str:
    """Decode a source file by its own declaration (PEP 263); the line ends are Python's."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return io.TextIOWrapper(io.BytesIO(data), encoding, newline=None).read()


def _has_future_annotations(tree: ast.Module) -> bool:
    return any(
        isinstance(statement, ast.ImportFrom)
        and statement.module == "__future__"
        and any(alias.name == "annotations" for alias in statement.names)
        for statement in tree.body
    )
