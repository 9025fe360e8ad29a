"""One reference from the command line to its pages: read, described, rendered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from docgen.command.config import ReferenceConfig, load_config
from docgen.errors import SettingError
from docgen.files import read_page
from docgen.findings import Finding
from docgen.formats.flyte.descriptions import describe_reference
from docgen.formats.flyte.dialect import Dialect, Site, load_dialect
from docgen.formats.flyte.page_model import Class, Function, Package, Reference
from docgen.formats.flyte.readers import Read, dialect_of, read_reference
from docgen.formats.flyte.render import Page, Renderer
from docgen.incremental.pages import NAME as PAGES
from docgen.incremental.unchanged import FOLDER
from docgen.settings import read_toml, settings
from docgen.sources.targets import version_named

DEFAULT_DIALECT = "material"


@dataclass(frozen=True, kw_only=True)
class Job:
    """What one reference is made of. The same keys on the command line and in `[[tool.docgen.reference]]`."""

    target: str
    dialect: str = ""
    """Empty: that of the configuration, else `material`."""
    symbol: str = ""
    """Dotted path of the one symbol that is wanted."""
    rename: str = ""
    """Name that the package gets on the pages."""
    docs_from: str = ""
    """Page or folder of pages that the descriptions are taken from."""
    out: str = ""
    config: str = ""
    changes: tuple[str, ...] = ()
    """`key=value` each, onto the configuration; `--set` on the command line."""
    strict: bool = False
    lock: str = ""
    """Lock file to write; the one that the configuration names is not compared with then."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A reference and its pages."""

    reference: Reference
    pages: tuple[Page, ...]
    findings: tuple[Finding, ...]
    inputs: tuple[Path, ...]
    releases: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    """Packages and modules beside the documented ones."""
    kept: Mapping[str, bytes] = field(default_factory=dict)
    """File name -> what the next build can take over."""
    lock: str = ""
    """Text of the lock of everything that was read."""


@dataclass(frozen=True, kw_only=True)
class _Settings:
    """The table `[tool.docgen]` of a `pyproject.toml`."""

    reference: tuple[dict[str, Any], ...] = field(default=())


def jobs_of(pyproject: Path) -> tuple[Job, ...]:
    """Return the references that a `pyproject.toml` lists under `[[tool.docgen.reference]]`.

    Raises:
        SettingError: There is none, or a key is unknown.
    """
    table = read_toml(pyproject).get("tool", {}).get("docgen")
    if table is None:
        raise SettingError(f"{pyproject}: has no table [tool.docgen]. Name a target, or list references there.")
    listed = settings(table, _Settings, f"{pyproject}, [tool.docgen]").reference
    return tuple(settings(each, Job, f"{pyproject}, [[tool.docgen.reference]]") for each in listed)


UNITS = "units.json"
"""Beside the manifest: what the next build can take over of the model."""


def make(job: Job, folder: Path | None = None) -> Made:
    """Return the pages of a reference.

    Parameters:
        job: The reference.
        folder: Where the last build of it lies; what still holds of that is taken over.

    Raises:
        DocgenError: Something that it needs cannot be read; which of its classes, the readers say.
    """
    config, dialect, site = configured(job)
    last = _bytes(folder / FOLDER / UNITS) if folder else None
    read = read_reference(job.target, dialect, config, symbol=job.symbol or None, rename=job.rename or None, last=last)
    reference = read.reference
    inputs = [*read.inputs, *(path for folder in dialect.folders for path in (folder, *sorted(folder.iterdir())))]
    inputs += [Path(name) for name in (job.config, config.include, job.lock or config.lock) if name]
    findings = list(read.findings)
    if job.docs_from:
        described = read_reference(job.docs_from, dialect_of(job.docs_from, dialect), config)
        _refuse_strangers(reference, described.reference, job.docs_from)
        reference = describe_reference(reference, described.reference)
        inputs += described.inputs
    renderer = Renderer(dialect, site, reference.version, folder)
    pages = _one(renderer, reference) if job.symbol else renderer.reference(reference)
    findings += renderer.findings
    units = read.units.dump() if read.units and folder else None
    return Made(
        reference=reference,
        pages=pages,
        findings=tuple(findings),
        inputs=tuple(inputs),
        releases=read.releases,
        left_out=read.left_out,
        kept=({PAGES: renderer.kept.dump()} if renderer.kept else {}) | ({UNITS: units} if units else {}),
        lock=read.lock,
    )


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _refuse_strangers(reference: Reference, described: Reference, docs_from: str) -> None:
    """Refuse descriptions of other packages: to take none of them in silence would look like success."""
    ours, theirs = ([package.name for package in each.packages] for each in (reference, described))
    if not set(ours) & set(theirs):
        said = f"describes {', '.join(theirs[:3]) or 'nothing'}, the reference is of {', '.join(ours[:3])}"
        raise SettingError(f"--docs-from {docs_from}: {said}. Give the package the name it has there: --as NAME.")


def configured(job: Job) -> tuple[ReferenceConfig, Dialect, Site]:
    """Return configuration, dialect and what the site adds; where the configuration is silent, the dialect speaks."""
    config = load_config(Path(job.config) if job.config else None, job.changes, version_named(job.target))
    config = replace(config, lock="") if job.lock else config
    dialect = load_dialect(job.dialect or config.dialect or DEFAULT_DIALECT)
    given = {name: getattr(config, name) for name in ("title", "version", "variants", "source_base", "html_base")}
    site = replace(dialect.site, weight=config.weight, **{name: value for name, value in given.items() if value})
    include = read_page(Path(config.include)) if config.include else site.include
    return config, dialect, replace(site, include=include)


def read(job: Job, *, keeps_markup: bool = False) -> Read:
    """Return the reference of a job without rendering it.

    Parameters:
        job: Its target may be pages or a dump too.
        keeps_markup: Docstrings come as they are written, for a reader who looks for markup in them.
    """
    config, dialect, _ = configured(job)
    if keeps_markup:
        dialect = replace(dialect, reading=replace(dialect.reading, rewrites_roles=False))
    return read_reference(job.target, dialect, config, symbol=job.symbol or None, rename=job.rename or None)


def content(reference: Reference) -> tuple[str, ...]:
    """Return what a reference holds, one line each: symbols, parameters, defaults, descriptions.

    A line is a dotted path and, after a blank, what of it: nothing for the symbol itself, `default` or `docs`.
    """
    lines: list[str] = []
    for package in reference.packages:
        lines += _package_content(package)
    return tuple(lines)


def _package_content(package: Package) -> list[str]:
    lines = [package.name, *(f"{package.name}.{each.name}" for each in package.variables)]
    for function in package.functions:
        lines += _function_content(f"{package.name}.{function.name}", function)
    for class_ in package.classes:
        lines += _class_content(f"{package.name}.{class_.name}", class_)
    return lines


def _class_content(path: str, class_: Class) -> list[str]:
    lines = [path]
    if class_.constructor:
        lines += _function_content(path, class_.constructor)[1:]
    lines += [f"{path}.{each.name}" for each in class_.properties]
    lines += [f"{path}.{each.name}" for each in class_.attributes]
    for method in class_.methods:
        lines += _function_content(f"{path}.{method.name}", method)
    return lines


def _function_content(path: str, function: Function) -> list[str]:
    lines = [path]
    for parameter in function.parameters:
        name = f"{path}({parameter.name})"
        lines.append(name)
        lines += [f"{name} default"] if parameter.default is not None else []
        lines += [f"{name} docs"] if parameter.description else []
    return lines


def _one(renderer: Renderer, reference: Reference) -> tuple[Page, ...]:
    """Return the one page of a reference of one symbol: that of the class, else that of the package."""
    package = reference.packages[0]
    return tuple(map(renderer.class_page, package.classes)) or renderer.package(package)


def tracked(folder: Path) -> Sequence[str]:
    """Return the paths of the pages in an output folder, relative to it."""
    found = (path.relative_to(folder) for path in folder.rglob("*.md"))
    return sorted(path.as_posix() for path in found if path.parts[0] != FOLDER)
