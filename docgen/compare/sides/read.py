"""Reads one side of a comparison: sources, a release, a git revision, a dump, published pages.

The readers of pages and sources are imported where they are needed, against the rule that imports are at the top,
because comparing two dumps needs neither.
"""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from docgen.compare.rules.hooks import Calls
from docgen.compare.sides.baseline import SUFFIX, from_baseline
from docgen.config import ReferenceConfig
from docgen.dump import from_json
from docgen.errors import PageError
from docgen.files import read_page
from docgen.findings import Finding
from docgen.model import Reference

if TYPE_CHECKING:
    from docgen.compare.sides.grounds import Ground

PAGE_SUFFIXES = (".md", ".markdown", ".txt")
_SOURCE_SUFFIXES = (".py", ".pyi")
_UNREAD = "DG101"
_NOT_OFFERED = frozenset({"tests", "test", "testing"})


@dataclass(frozen=True, kw_only=True)
class Side:
    """A reference, and facts about its origin."""

    spec: str
    """Its name on the command line."""
    reference: Reference
    findings: tuple[Finding, ...] = ()
    """The findings from reading it."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """For a single page: public path -> line."""
    prefix: str = ""
    """Path from the working folder to the files of the reference; empty if they are in the cache."""
    format: str = ""
    """Name of the format of the pages that it was read from; empty if it was not read from pages."""
    config: ReferenceConfig = field(default_factory=ReferenceConfig)
    """The configuration that it was read with."""

    says_texts: bool = True
    """Whether it contains docstrings; a baseline does not, which is not a difference."""
    calls: Calls | None = None
    """The calls in its sources; None if it was not read from sources."""
    documented: frozenset[str] = frozenset()
    """Private names that are compared because documentation of one of the sides tells users to import them."""
    ground: Ground | None = None
    """Where its code can run; None if it has no code, like pages, dumps and baselines."""
    own_names: Mapping[str, str] = field(default_factory=dict)
    """Path in reports -> path on the side itself, if it is compared under other names."""

    @property
    def name(self) -> str:
        """The name of the side in reports."""
        version = self.reference.version
        return f"{self.reference.distribution} {version}" if version else self.spec

    def gaps(self) -> Iterator[str]:
        """Yield the reasons why the side could not be read completely, one sentence each."""
        unread = [path for path in self.reference.unread if _counts(path)]
        reported = {each.path: each for each in self.findings if each.code == _UNREAD}
        for path in unread:
            yield str(reported[path]) if path in reported else f"{path}: could not be read"
        if not any(
            (module.classes, module.functions, module.variables, module.aliases) != ((), (), (), ())
            for module in self.reference.modules
        ):
            yield f"{self.spec}: has no public symbol. Name a package, or the folder that contains it."


def _counts(path: str) -> bool:
    """Return True if a file that could not be read may define something public; compiled modules never have sources."""
    parts = PurePath(path).parts
    return PurePath(path).suffix in _SOURCE_SUFFIXES and not _NOT_OFFERED & set(parts[1:])


def read_side(spec: str, config: ReferenceConfig, *, dialect: str = "", private: bool = False) -> Side:
    """Return the reference that an argument of the command line names.

    Parameters:
        spec: A folder, a source file, a wheel, an sdist, an installed package, `NAME==VERSION`, `git:REVISION[:PATH]`,
            a dump (`.json`), a baseline (`.api`), a page (`.md`, `.txt`) or a folder of pages.
        config: The configuration of the reference, used for sources.
        dialect: Format of pages; if empty, it is recognised.
        private: Read private symbols of sources too.

    Raises:
        DocgenError: It cannot be read; the readers document which subclass they raise.
    """
    path = Path(spec) if spec and "\0" not in spec else None
    if path is not None and path.suffix == SUFFIX:
        return Side(spec=spec, reference=from_baseline(read_page(path), spec), says_texts=False)
    if path is not None and path.suffix == ".json":
        return Side(spec=spec, reference=from_json(read_page(path), spec))
    if path is not None and (path.suffix in PAGE_SUFFIXES or _is_tree_of_pages(path)):
        return _read_pages(path, dialect)
    return _read_sources(spec, config, private=private)


def _read_pages(path: Path, dialect: str = "") -> Side:
    from docgen.formats.registry import open_format, recognise

    format_ = open_format(dialect) if dialect else recognise(path)
    parsed = format_.parse(path)
    return Side(
        spec=str(path),
        reference=parsed.reference,
        findings=parsed.findings,
        lines=parsed.lines,
        format=format_.name,
    )


def as_shown(side: Side, other: Side) -> Side:
    """Return a side reduced to the facts that pages show, if the other side was read from pages.

    A single page, whose lines are known, is compared with all facts of the other side: facts that the page does not
    have are unknown there, and the additional facts make the findings more exact.
    """
    if side.format or not other.format or other.lines:
        return side
    from docgen.formats.registry import open_format

    shown = open_format(other.format).shown(side.reference, side.spec, side.config)
    return replace(side, reference=shown)


def _is_tree_of_pages(path: Path) -> bool:
    """Return True if a folder contains pages and no sources."""
    if not path.is_dir() or next(path.rglob("*.py"), None) or next(path.rglob("*.pyi"), None):
        return False
    if next(path.rglob("*.md"), None) is None:
        return False
    try:
        _read_pages(path)
    except PageError:
        return False
    return True


def _read_sources(spec: str, config: ReferenceConfig, *, private: bool = False) -> Side:
    from docgen.build.build import build
    from docgen.reading import prepare
    from docgen.sources.interpreters import own_python

    python = config.python or own_python()
    prepared = prepare(spec, config, python)
    built = build(replace(prepared.inputs, shows_private=private), python=python)
    root = prepared.inputs.root
    is_own = Path(spec).exists() and not Path(spec).is_file()
    return Side(
        spec=spec,
        reference=built.reference,
        findings=(*prepared.findings, *built.findings),
        prefix=_relative(root) if is_own else "",
        config=config,
        calls=Calls(root, prepared.inputs.packages),
        ground=_ground(spec, root),
    )


def _ground(spec: str, root: Path) -> Ground:
    """Return where the code of sources can run: releases are installed first, others run where they were read."""
    from docgen.compare.sides.grounds import Ground
    from docgen.sources.layout import ARCHIVE_SUFFIXES
    from docgen.sources.targets import PINNED, REVISION

    if PINNED.fullmatch(spec.strip()):
        return Ground(requirement=spec.strip(), is_installed=True)
    if spec.endswith(ARCHIVE_SUFFIXES) and Path(spec).is_file():
        return Ground(requirement=str(Path(spec).resolve()), is_installed=True)
    return Ground(folder=root, is_installed=not (spec.startswith(REVISION) or Path(spec).exists()))


def _relative(folder: Path) -> str:
    """Return a folder relative to the working folder, with a slash at its end; empty for the working folder."""
    try:
        shown = folder.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        shown = folder.as_posix()
    return "" if shown == "." else f"{shown}/"
