"""The command `docgen doctor`: one screen for a bug report."""
# ruff: noqa: PLC0415 - `docgen --help` should not import what only one command needs

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from docgen.command.options import jobs_asked_for
from docgen.errors import DocgenError
from docgen.findings import counted

if TYPE_CHECKING:
    from docgen.job import Job

LIBRARIES = ("griffelib", "jinja2", "msgspec", "click", "mkdocs", "mkdocs-material")


@click.command(short_help="Print facts for a bug report.", epilog="Example: docgen doctor > report.txt")
@click.argument("target", required=False)
def doctor(target: str | None) -> None:
    """Print facts for a bug report: versions, and what docgen finds for TARGET or the references of this project."""
    for label, text in _surroundings():
        _print_line(label, text)
    try:
        jobs = jobs_asked_for({"target": target})
    except DocgenError as error:
        _print_line("config", str(error))
        jobs = jobs_asked_for({"target": "."})
    for job in jobs:
        click.echo()
        try:
            for label, text in _of_job(job):
                _print_line(label, text)
        except DocgenError as error:
            _print_line("error", str(error))


def _surroundings() -> Iterator[tuple[str, str]]:
    from docgen.sources.cache import cache_folder

    yield "assay", f"{_version('assay')}, Python {platform.python_version()} on {platform.system()} ({sys.platform})"
    yield "libraries", ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)
    cache = cache_folder()
    yield "cache", f"{cache}{'' if cache.is_dir() else ' (nothing in it yet)'}"


def _of_job(job: Job) -> Iterator[tuple[str, str]]:
    from docgen.command.making import home_of, opened
    from docgen.command.project import docstring_style
    from docgen.incremental.manifest import is_damaged, read_manifest
    from docgen.sources.interpreters import own_python, standard_library
    from docgen.sources.targets import find_sources

    yield "target", job.target
    configured, format_ = opened(job)
    config = configured.config
    python = config.python or format_.python
    yield "format", f"{format_.name}, pages as of Python {python}"
    library = standard_library(python, config.stdlib)
    instead = f"that of Python {python} was not found; that of Python {own_python()} is read instead"
    yield "library", str(library) if library and library.is_dir() else instead
    sources = find_sources(job.target, python=python)
    yield "package", f"{sources.distribution or '-'} {sources.version or '-'}: {', '.join(sources.packages)}"
    yield "sources", f"{sources.root}{f', from {sources.archive}' if sources.archive else ''}"
    if sources.left_out:
        yield "left out", ", ".join(sources.left_out)
    yield "style", config.docstrings if config.docstrings != "auto" else f"{docstring_style(sources)} (detected)"
    if job.out:
        folder = home_of(job.out)
        last = read_manifest(folder)
        state = (
            f"{counted(len(last.files), 'file')}, {counted(len(last.findings), 'finding')}" if last else "never built"
        )
        yield "output", f"{folder}: {'damaged; it will be built from scratch' if is_damaged(folder) else state}"


def _version(name: str) -> str:
    import importlib.metadata

    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "-"


def _print_line(label: str, text: str) -> None:
    click.echo(f"{label:11}{text}")
