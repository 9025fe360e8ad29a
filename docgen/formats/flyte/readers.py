"""Reads a reference from sources, a dump, a folder of pages or one page.

The parser of pages is imported only where it is needed, against the rule that imports are at the top, because a build
from sources does not need it.
"""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from docgen.config import ReferenceConfig
from docgen.errors import EmptyReferenceError, PageError
from docgen.files import read_page
from docgen.findings import Finding
from docgen.formats.flyte.build import Unit, build
from docgen.formats.flyte.dialect import Dialect, dialect_names, load_dialect, own_effects
from docgen.formats.flyte.page_model import Class, Package, Reference
from docgen.incremental.units import Units
from docgen.reading import prepare

PAGE_SUFFIXES = (".md", ".txt", ".markdown")


@dataclass(frozen=True, kw_only=True)
class Read:
    """A reference, and the findings of reading it."""

    reference: Reference
    findings: tuple[Finding, ...] = ()
    inputs: tuple[Path, ...] = ()
    """Files and folders that it was read from."""
    releases: tuple[str, ...] = ()
    """Other releases that were read, as `NAME==VERSION`."""
    left_out: tuple[str, ...] = ()
    """Packages and modules beside the documented ones: tests, examples, private ones."""
    lock: str = ""
    """Text of a lock file of everything that was read."""
    lines: dict[str, int] = field(default_factory=dict)
    """For a single page: the line of each symbol."""
    units: Units[Unit] | None = None
    """For sources: the units that the next build can reuse."""


def read_reference(  # noqa: PLR0913 - what of it is wanted, and what is known already, are keywords
    spec: str,
    dialect: Dialect,
    config: ReferenceConfig,
    *,
    symbol: str | None = None,
    rename: str | None = None,
    last: bytes | None = None,
) -> Read:
    """Return the reference that an argument of the command line names.

    Parameters:
        spec: A target (as `find_sources` takes it), a page (`.md`, `.txt`) or a folder of pages.
        dialect: For pages, the dialect they are written in; for sources, the dialect they are read for.
        config: The configuration of the reference, for sources.
        symbol: For sources, a single requested symbol.
        rename: For sources, the name of the package in the result.
        last: For sources, `Units.dump()` of their last build.

    Raises:
        DocgenError: It cannot be read; the readers document which subclass they raise.
    """
    path = Path(spec)
    if path.suffix in PAGE_SUFFIXES:
        from docgen.formats.flyte.parse import parse_page

        page = parse_page(read_page(path), dialect, spec)
        return Read(
            reference=_around(page.value),
            findings=page.findings,
            inputs=(path,),
            lines=page.lines,
        )
    if is_tree(path, dialect):
        from docgen.formats.flyte.parse import parse_tree

        tree = parse_tree(path, dialect)
        files = tuple(sorted(path.rglob("*.md")))
        return Read(reference=tree.reference, findings=tree.findings, inputs=files)
    prepared = prepare(spec, config, dialect.reading.python, own_effects())
    built = build(prepared.inputs, dialect.reading, symbol=symbol, rename=rename, last=last)
    if not built.reference.packages:
        raise EmptyReferenceError(
            spec, prepared.inputs.packages, len(built.files), (*prepared.findings, *built.findings)
        )
    return Read(
        left_out=prepared.left_out,
        reference=built.reference,
        findings=(*prepared.findings, *built.findings),
        inputs=(*sorted({file.parent for file in built.files}), *built.files, *prepared.watched),
        releases=prepared.names,
        units=built.units,
        lock=prepared.lock,
    )


def dialect_of(spec: str, default: Dialect) -> Dialect:
    """Return the dialect of pages: recognised by content for one page, by layout for a folder; else the default.

    Raises:
        PageError: It is a page, but not a reference page in any dialect.
    """
    path = Path(spec)
    known = (default, *map(load_dialect, dialect_names()))
    if path.suffix not in PAGE_SUFFIXES:
        return max(known, key=lambda dialect: len(package_pages(path, dialect)))
    from docgen.formats.flyte.recognise import likeness

    text, found, errors = read_page(path), dict[str, int](), list[PageError]()
    for dialect in known[1:]:
        try:
            found[dialect.name] = likeness(text, dialect, spec)
        except PageError as error:
            errors.append(error)
    if not found:
        raise max(errors, key=lambda error: error.line)
    return load_dialect(max(found, key=lambda name: found[name]))


def is_tree(folder: Path, dialect: Dialect) -> bool:
    """Return True if a folder contains the pages of a reference."""
    return bool(package_pages(folder, dialect))


def package_pages(folder: Path, dialect: Dialect) -> list[Path]:
    """Return the index pages of the packages in a folder of pages, empty if it is not one of this dialect."""
    printing = dialect.printing
    return list((folder / printing.packages_folder).glob(f"*/{printing.index_name}.md"))


def _around(value: Class | Package) -> Reference:
    """Return a reference that contains one class or package and nothing else."""
    package = value if isinstance(value, Package) else Package(name=value.package, classes=(value,))
    return Reference(distribution=package.name.partition(".")[0], version="", packages=(package,))
