"""Turns one job of the command line into pages: reads, describes and renders the reference."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from docgen.config import ReferenceConfig, format_settings, load_config
from docgen.errors import SettingError
from docgen.files import read_kept, read_page
from docgen.formats.flyte.descriptions import describe_reference
from docgen.formats.flyte.dialect import Dialect, Site, load_dialect
from docgen.formats.flyte.page_model import Class, Function, Package, Reference
from docgen.formats.flyte.readers import Read, dialect_of, read_reference
from docgen.formats.flyte.render import Renderer
from docgen.formats.seam import Made, Page
from docgen.incremental.pages import NAME as PAGES
from docgen.incremental.unchanged import FOLDER
from docgen.job import DEFAULT_FORMAT, Job
from docgen.sources.targets import version_named

UNITS = "units.json"
"""File beside the manifest with the units that the next build can reuse."""


def make(job: Job, folder: Path | None = None) -> Made:
    """Return the pages of a reference.

    Parameters:
        job: The reference.
        folder: Folder of the last build; results that are still valid are reused.

    Raises:
        DocgenError: Sources, a configuration or a page cannot be read; the readers name the classes.
    """
    config, dialect, site = configured(job)
    last = read_kept(folder / FOLDER / UNITS) if folder else None
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
        pages=pages,
        content=content(reference),
        findings=tuple(findings),
        inputs=tuple(inputs),
        releases=read.releases,
        left_out=read.left_out,
        kept=({PAGES: renderer.kept.dump()} if renderer.kept else {}) | ({UNITS: units} if units else {}),
        lock=read.lock,
    )


def _refuse_strangers(reference: Reference, described: Reference, docs_from: str) -> None:
    """Refuse descriptions of other packages, because silently ignoring all of them would look like success."""
    ours, theirs = ([package.name for package in each.packages] for each in (reference, described))
    if not set(ours) & set(theirs):
        message = f"describes {', '.join(theirs[:3]) or 'nothing'}, the reference is of {', '.join(ours[:3])}"
        raise SettingError(f"--docs-from {docs_from}: {message}. Name the package as it is named there: --as NAME.")


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The configuration keys of these formats, in addition to those of every reference."""

    variants: str = ""
    """Version in the front matter; if empty, that of the dialect."""
    weight: int = 4
    """Position of the reference in the menu of its site; 0 if it has none."""
    source_base: str = ""
    """URL prefix of a page's Markdown source, used in the footer."""
    html_base: str = ""
    """URL prefix of a page, without `.md`, used in the footer."""


def configured(job: Job) -> tuple[ReferenceConfig, Dialect, Site]:
    """Return configuration, dialect and site; the dialect supplies values that the configuration does not have."""
    loaded = load_config(Path(job.config) if job.config else None, job.changes, version_named(job.target))
    config = replace(loaded.config, lock="") if job.lock else loaded.config
    dialect = load_dialect(job.dialect or config.dialect or DEFAULT_FORMAT)
    keys = format_settings(loaded, Keys)
    given = {"title": config.title, "version": config.version, "variants": keys.variants}
    given |= {"source_base": keys.source_base, "html_base": keys.html_base}
    site = replace(dialect.site, weight=keys.weight, **{name: value for name, value in given.items() if value})
    include = read_page(Path(config.include)) if config.include else site.include
    return config, dialect, replace(site, include=include)


def read(job: Job, *, keeps_markup: bool = False) -> Read:
    """Return the reference of a job without rendering it.

    Parameters:
        job: Its target may be pages or a dump too.
        keeps_markup: Docstrings stay as they are written, so that a check can look for markup in them.
    """
    config, dialect, _ = configured(job)
    if keeps_markup:
        dialect = replace(dialect, reading=replace(dialect.reading, rewrites_roles=False))
    return read_reference(job.target, dialect, config, symbol=job.symbol or None, rename=job.rename or None)


def content(reference: Reference) -> tuple[str, ...]:
    """Return the contents of a reference, one line each: symbols, parameters, defaults, descriptions.

    A line is a dotted path, followed by ` default` or ` docs` unless it means the symbol itself.
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
