"""Reads Python files, one module at a time and on demand; the only module that calls griffe.

A module is stored as its syntax tree, because griffe's tree of objects does not show how an annotation was written.
griffe reads signatures, and only those that are requested. Every file that cannot be read becomes a finding.
"""

from __future__ import annotations

import ast
import gc
import hashlib
import importlib.util
import re
import sys
import time
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import griffe
import msgspec

from docgen.findings import Finding
from docgen.model import ParameterKind
from docgen.sources import trees
from docgen.sources.facts import Facts, facts_of
from docgen.sources.interpreters import own_python
from docgen.sources.layout import SOURCE_SUFFIXES, STUBS, TESTS, entries_of
from docgen.sources.newer import parse_newer
from docgen.sources.trees import FunctionNode
from docgen.stamps import UNSETTLED, settled_stamp, stamp
from docgen.trace import Memo, Trace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LARGEST_SOURCE = 16 * 1024 * 1024
"""Bytes of the largest file that is read: its syntax tree takes up to a hundred times as much memory."""
COMPILED_SUFFIXES = (".so", ".pyd")
"""A compiled module has no sources to read."""

_OLD_NAMES = re.compile(r"\b(?:async|await)\b")


class Question(NamedTuple):
    """A question about files that an answer depends on, and that the next build asks again."""

    kind: str
    """`find`, `folders` and `submodules` of a module, or the `text` of a file."""
    name: str
    """Name of the module, or path of the file."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Source:
    """A module that has been read."""

    name: str
    path: Path
    is_package: bool
    tree: ast.Module
    length: int
    """Characters of its text."""
    facts: Facts
    """Its facts besides the names that it binds: bodies, conditions, comments."""
    has_future_annotations: bool
    """It has `from __future__ import annotations`, so that annotations are strings at run time."""
    name_makers: tuple[tuple[str, ast.AST], ...] = ()
    """Places where code binds names that the source does not show: those of a class (`setattr(Class, name, ...)`), by
    its name, or, under an empty name, those of the module (`globals()[...] = ...`, `exec(...)`).
    """


_KINDS: Mapping[griffe.ParameterKind, ParameterKind] = {each: ParameterKind(each) for each in griffe.ParameterKind}
"""The model's word for each kind that griffe knows."""


class RawParameter(msgspec.Struct, frozen=True, kw_only=True):
    """A parameter as written in the source."""

    name: str
    kind: ParameterKind
    annotation: ast.expr | None
    default: ast.expr | None


class Library:
    """Modules by dotted name, which are searched for in folders and read on demand.

    Parameters:
        roots: Folders that contain top-level packages; the first match wins. The first root contains the documented
            packages.
    """

    def __init__(self, roots: Sequence[Path]) -> None:
        self.roots = tuple(roots)
        self.trace = Trace()
        self.looked_in: dict[str, int] = {}
        """Modification time of each searched folder at the first search; -1 if it does not exist."""
        self.texts: dict[str, tuple[int, int, str]] = {}
        """Modification time, size and digest of each file at the time of reading."""
        self._sources: Memo[str, Source | None] = Memo(self.trace)
        self._twins: Memo[str, Source | None] = Memo(self.trace)
        self._found: Memo[str, Path | None] = Memo(self.trace)
        self._folders: dict[str, tuple[Path, ...]] = {}
        self._stubs: dict[str, tuple[Path, ...]] = {}

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings so far, in order."""
        return tuple(fact for fact in self.trace.facts if isinstance(fact, Finding))

    def folders(self, name: str) -> tuple[Path, ...]:
        """Return the folders that hold the submodules of a package, the roots for the empty name.

        There is more than one only for a namespace package, whose parts are in several roots, and if there is a folder
        of stubs for the package, which comes last.
        """
        if not name:
            return self.roots
        if name not in self._folders:
            parent, _, last = name.rpartition(".")
            above = self.folders(parent)
            stubs = set(self._stub_folders(parent)) if parent else set()
            plain = self._first([folder / last for folder in above if folder not in stubs])
            self._folders[name] = (*plain, *self._stub_folders(name))
        return self._folders[name]

    def _stub_folders(self, name: str) -> tuple[Path, ...]:
        """Return the folders with stubs for the submodules of a package: below `package-stubs` (PEP 561)."""
        if name not in self._stubs:
            parent, _, last = name.rpartition(".")
            above = [folder / last for folder in self._stub_folders(parent)] if parent else []
            self._stubs[name] = self._first(above if parent else [root / f"{last}{STUBS}" for root in self.roots])
        return self._stubs[name]

    def _first(self, candidates: Sequence[Path]) -> tuple[Path, ...]:
        """Return the first folder that is a regular package; if there is none, all existing folders."""
        self._look(*candidates)
        regular = [folder for folder in candidates if _module_file(folder / "__init__")]
        return tuple(regular[:1] or [folder for folder in candidates if folder.is_dir()])

    def find(self, name: str) -> Path | None:
        """Return the file of a module, or None (a namespace package has none either)."""
        return self._found.get(name, lambda: self._find(name))

    def _find(self, name: str) -> Path | None:
        self.trace.add(Question("find", name))
        parent, _, last = name.rpartition(".")
        for folder in self.folders(parent):
            self._look(folder, folder / last)
            found = _module_file(folder / last / "__init__") or _module_file(folder / last)
            if found:
                return found
        return next((path for path in self._stub_files(name) if path.is_file()), None)

    def _stub_files(self, name: str) -> tuple[Path, ...]:
        """Return the possible places of stubs of a module other than beside it."""
        parent, _, last = name.rpartition(".")
        suffix = SOURCE_SUFFIXES[1]
        packages = [folder / f"__init__{suffix}" for folder in self._stub_folders(name)]
        modules = [folder / f"{last}{suffix}" for folder in (self._stub_folders(parent) if parent else ())]
        self._look(*(path.parent for path in (*packages, *modules)))
        return (*packages, *modules)

    def exists(self, name: str) -> bool:
        """Return True if a module, a package or a namespace package of that name exists."""
        if self.find(name) is not None:
            return True
        self.trace.add(Question("folders", name))
        return bool(self.folders(name))

    def submodules(self, name: str, root: Path, *, with_tests: bool = False) -> tuple[str, ...]:
        """Return the names of the modules and packages directly below a package, in alphabetical order.

        Parameters:
            name: The name of the package.
            root: The root to search; other roots may contain other parts of a namespace package.
            with_tests: Include tests inside a package, and their configuration.
        """
        self.trace.add(Question("submodules", name))
        found: set[str] = set()
        for folder in self.folders(name):
            if not folder.is_relative_to(root):
                continue
            inner = [entry for entry in entries_of(folder) if entry.is_dir()]
            self._look(folder, *inner, *(each for entry in inner for each in entries_of(entry) if each.is_dir()))
            for entry in entries_of(folder):
                if _is_loop(entry, folder):
                    continue
                if entry.suffix in SOURCE_SUFFIXES and entry.stem.isidentifier() and entry.stem != "__init__":
                    found.add(entry.stem)
                elif entry.name.isidentifier() and entry.is_dir() and _holds_python(entry):
                    found.add(entry.name)
        return tuple(sorted(found if with_tests else found - TESTS))

    def files(self, package: str, root: Path) -> tuple[Path, ...]:
        """Return every file of a package that Python could import, including private and compiled ones, in order."""
        found: set[Path] = set()
        for folder in self.folders(package):
            if folder.is_relative_to(root):
                found.update(
                    path for path in folder.rglob("*") if path.suffix in (*SOURCE_SUFFIXES, *COMPILED_SUFFIXES)
                )
        single = self.find(package)
        return tuple(sorted(found | ({single} if single and single.is_relative_to(root) else set())))

    def read_file(self, path: Path, root: Path) -> None:
        """Read a file only for its findings; a compiled module with a stub or source beside it needs none."""
        parts = list(path.relative_to(root).with_suffix("").parts)
        parts[0] = parts[0].removesuffix(STUBS)
        if path.suffix in COMPILED_SUFFIXES:
            stem = path.with_name(path.name.partition(".")[0])
            if not _module_file(stem):
                text = "a compiled module has no sources"
                hint = "Its contents are missing from the reference. A stub (.pyi) beside it would be read instead."
                self.trace.add(Finding(path=self.display(path), code="DG102", text=text, hint=hint))
            return
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        if name in self._sources and self.find(name) == path:
            self.read(name)
        else:
            self._parsed(path)

    def read(self, name: str) -> Source | None:
        """Return a module, None if there is no such file or it is unreadable (then with a finding)."""
        return self._sources.get(name, lambda: self._read(name))

    def read_twin(self, name: str) -> Source | None:
        """Return the stub of a module that has sources too, or None.

        It is beside the source or in a folder of stubs, and has facts that the source lacks: types, and names defined
        in C. If a module has only a stub, `read` returns that.
        """
        return self._twins.get(name, lambda: self._read_twin(name))

    def _read_twin(self, name: str) -> Source | None:
        path = self.find(name)
        if path is None or path.suffix != SOURCE_SUFFIXES[0]:
            return None
        for twin in (path.with_suffix(SOURCE_SUFFIXES[1]), *self._stub_files(name)):
            self.trace.add(Question("text", str(twin)))
            if twin.is_file():
                return self._source(name, twin)
        return None

    # -- what an answer depends on

    def answer(self, question: Question) -> str:
        """Return the current answer to a question, as text, without using an earlier one."""
        if question.kind == "text":
            return self._text_answer(Path(question.name))
        if question.kind == "find":
            return str(self.find(question.name) or "")
        if question.kind == "folders":
            return "\n".join(map(str, self.folders(question.name)))
        if question.kind == "submodules":
            return "\n".join(self.submodules(question.name, self.roots[0]))
        return ""  # `read`: answered by `find` and `text`

    def resume(self, folders: Mapping[str, int], texts: Mapping[str, tuple[int, int, str]]) -> bool:
        """Continue from the searches of an earlier library; return whether no file was added or removed since."""
        self.texts.update(texts)
        self._look(*folders)
        return all(changed == self.looked_in[folder] != UNSETTLED for folder, changed in folders.items())

    def _text_answer(self, path: Path) -> str:
        """Return the digest of a file; one with the same time and size as before is not read again."""
        known = self.texts.get(str(path))
        if known is None or known[:2] != stamp(str(path))[1:]:
            try:
                self._bytes(path)
            except OSError:
                self.texts.pop(str(path), None)
                return ""
        return self.texts[str(path)][2]

    def _bytes(self, path: Path) -> bytes:
        """Return the contents of a file, and record that the answer depends on it."""
        self.trace.add(Question("text", str(path)))
        # Before reading, so that the next build notices later changes.
        _, changed, size = settled_stamp(str(path), time.time_ns())
        if not path.is_file():  # reading a pipe might never end
            raise OSError(f"{path.name} is not a file")
        if size > LARGEST_SOURCE:
            raise OSError(f"{path.name} is larger than {LARGEST_SOURCE // 2**20} MiB")
        data = path.read_bytes()
        self.texts[str(path)] = (changed, size, hashlib.blake2b(data, digest_size=16).hexdigest())
        return data

    def _look(self, *folders: str | Path) -> None:
        for folder in map(str, folders):
            if folder not in self.looked_in:
                _, changed, size = settled_stamp(folder, time.time_ns())
                self.looked_in[folder] = changed if size >= 0 else -1

    def display(self, path: Path) -> str:
        """Return a path for findings: relative to the root it was found in."""
        for root in self.roots:
            if path.is_relative_to(root):
                return path.relative_to(root).as_posix()
        return path.name

    def _read(self, name: str) -> Source | None:
        self.trace.add(Question("read", name))
        path = self.find(name)
        return None if path is None else self._source(name, path)

    def _source(self, name: str, path: Path) -> Source | None:
        parsed = self._parsed(path)
        if parsed is None:
            return None
        text, tree = parsed
        trees.name_metaclasses(tree, text)
        trees.name_simple_enums(tree, text)
        name_makers = trees.name_makers(tree, text)
        # How calls of the standard library end is the same for each reference.
        facts = facts_of(tree, text, has_outcomes=name.partition(".")[0] not in sys.stdlib_module_names)
        trees.strip_bodies(tree)
        return Source(
            name=name,
            path=path,
            is_package=path.stem == "__init__",
            tree=tree,
            length=len(text),
            has_future_annotations=_has_future_annotations(tree),
            name_makers=name_makers,
            facts=facts,
        )

    def _parsed(self, path: Path) -> tuple[str, ast.Module] | None:
        """Return text and tree of a file; an error skips only that file, with a finding."""
        try:
            text = importlib.util.decode_source(self._bytes(path))
            return text, _tree(text, path)
        except SyntaxError as error:
            self._unread(path, error.msg, error.lineno, error.offset)
        except OSError as error:
            self._unread(path, error.strerror or str(error), 1, 1, advice="Replace it by one that can be read.")
        except Exception as error:  # noqa: BLE001 - code from outside: the compiler and the file system may raise anything
            self._unread(path, str(error) or type(error).__name__, 1, 1)
        return None

    def _unread(self, path: Path, why: str, line: int | None, column: int | None, *, advice: str = "") -> None:
        newer = f"if its syntax is newer than Python {own_python()}, run docgen with that Python"
        self.trace.add(
            Finding(
                path=self.display(path),
                line=line or 1,
                column=column or 1,
                code="DG101",
                text=f"cannot be read as Python: {why}",
                hint=f"Its contents are missing from the reference. {advice or f'Repair the file; or, {newer}.'}",
            )
        )


def _tree(text: str, path: Path) -> ast.Module:
    """Return the syntax tree of a file.

    Raises:
        SyntaxError: It is not Python, or is written for a newer Python than this one.
    """
    with warnings.catch_warnings():
        # Warnings of the compiler about escapes in strings concern only the authors of the package.
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text, str(path))
        except SyntaxError:
            found = _of_other_python(text, path)
            if found is None:
                raise
            return found


def _of_other_python(text: str, path: Path) -> ast.Module | None:
    """Return the tree of a text according to the grammar of an older or newer Python; None if neither fits."""
    try:
        if _OLD_NAMES.search(text):  # before Python 3.7 `async` and `await` were ordinary names
            return ast.parse(text, str(path), feature_version=(3, 6))
    except (SyntaxError, ValueError):
        pass
    if sys.version_info >= (3, 12):
        return None
    try:
        return parse_newer(text, lambda plain: ast.parse(plain, str(path)))
    except (SyntaxError, ValueError):
        return None


def parameters(node: FunctionNode) -> tuple[RawParameter, ...]:
    """Return the parameters of a function as griffe reads them: in the order of the signature, receiver included."""
    return tuple(
        RawParameter(
            name=name,
            kind=_KINDS[kind or griffe.ParameterKind.positional_or_keyword],
            annotation=annotation if isinstance(annotation, ast.expr) else None,
            # For `*args` and `**kwargs`, griffe's default is an empty value as text; the source has no default.
            default=default if isinstance(default, ast.expr) else None,
        )
        for name, annotation, kind, default in griffe.get_parameters(node.args)
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


def _module_file(stem: Path) -> Path | None:
    """Return `stem.py`, or the stub of a module that was generated or compiled, or None.

    A generated protobuf module builds its classes while it runs; only the stub beside it says which.
    """
    source, stub = stem.with_name(f"{stem.name}.py"), stem.with_name(f"{stem.name}.pyi")
    if stem.name.endswith("_pb2") and stub.is_file():
        return stub
    return next((path for path in (source, stub) if path.is_file()), None)


def _is_loop(entry: Path, folder: Path) -> bool:
    """Return True if an entry is a link to a folder that contains it."""
    try:
        return entry.is_symlink() and folder.resolve().is_relative_to(entry.resolve())
    except (OSError, RuntimeError):  # a link to itself
        return True


def _holds_python(folder: Path) -> bool:
    """Return True if a folder is a package, or contains one without being one itself (a namespace package)."""
    if _module_file(folder / "__init__"):
        return True
    entries = entries_of(folder)
    return any(entry.suffix in SOURCE_SUFFIXES for entry in entries) or any(
        _module_file(entry / "__init__") for entry in entries if entry.is_dir() and entry.name.isidentifier()
    )


def _has_future_annotations(tree: ast.Module) -> bool:
    return any(
        isinstance(statement, ast.ImportFrom)
        and statement.module == "__future__"
        and any(alias.name == "annotations" for alias in statement.names)
        for statement in tree.body
    )
