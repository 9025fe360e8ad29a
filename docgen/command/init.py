"""The command `docgen init`: from a repository without configuration to a reference and a site around it."""
# ruff: noqa: PLC0415 - `docgen --help` should not import what only one command needs

from __future__ import annotations

import importlib.util
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docgen.command.options import PROJECT_FILE
from docgen.errors import SettingError
from docgen.files import read_text, write_whole
from docgen.findings import counted
from docgen.settings import parse_toml
from docgen.sites import DOCS, MKDOCS_FILE, STARTS, read_site

if TYPE_CHECKING:
    from docgen.sources.targets import Sources

SITE_FILE = Path(MKDOCS_FILE)
_SITE = """\
site_name: {name}
{rest}theme:
  name: material
  font: false  # no request leaves the reader's machine
  features:
    - content.code.copy
    - navigation.indexes
    - navigation.prune
    - navigation.top
    - search.highlight
    - toc.follow
  palette:
    - media: "(prefers-color-scheme: light)"
      scheme: default
      toggle:
        icon: material/weather-night
        name: Switch to dark mode
    - media: "(prefers-color-scheme: dark)"
      scheme: slate
      toggle:
        icon: material/weather-sunny
        name: Switch to light mode
plugins:
  - search
  - docgen  # builds the reference, and keeps it up to date in `mkdocs serve`
markdown_extensions:
  - admonition
  - pymdownx.details
  - pymdownx.highlight
  - pymdownx.superfences
  - toc:
      permalink: true
"""
_LINK = """\
extra:
  social:
    - icon: fontawesome/brands/{host}
      link: {address}
      name: Sources
"""
"""A link at the foot of each page. With `repo_url` instead, each reader's browser would send requests to the host."""


@dataclass(frozen=True, kw_only=True)
class _Plan:
    """The files and settings that `init` writes."""

    sources: Sources
    target: str
    """The project, relative to this folder."""
    docs: Path
    """Folder of the pages of the site."""
    out: str
    """Folder of the pages of the reference."""
    source: str
    """Address of a line of the sources; empty if none is known."""


@click.command(
    short_help="Set up a reference of the project in this folder.",
    epilog="Example: cd my-project && docgen init && mkdocs serve",
)
@click.option("--no-build", is_flag=True, help="Write the configuration only.")
def init(no_build: bool) -> None:  # noqa: FBT001 - click's option
    """Set up a reference of the project in this folder: find its packages, write a configuration, build.

    Appends [[tool.docgen.reference]] to pyproject.toml, a table for each project of a workspace. Writes a mkdocs.yml if
    there is none; an existing one gets the plugin, and an entry in its navigation. Other files are not changed.
    """
    plans = _plans()
    tables = [_table(plan) for plan in plans]
    text = _appended("\n".join(tables))
    site = _site(plans)
    for plan in plans:
        _print_line("Found", _found(plan.sources))
        if plan.sources.left_out:
            _print_line("Left out", ", ".join(plan.sources.left_out))
        _print_line(
            "Sources", plan.source or 'no address known: set `source = "https://.../{path}#L{line}"` to link to them'
        )
    # The site comes first, because `nav.yml` of a reference has the addresses that pages have in the site around it.
    try:
        for path, content in site.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, content.encode())
        if not no_build:
            for plan, table in zip(plans, tables, strict=True):
                _build(plan, parse_toml(table)["tool"]["docgen"]["reference"][0])
        write_whole(PROJECT_FILE.resolve(), text.encode())
    except BaseException:  # an interrupt too: with these files, the next attempt would find a site
        for path in site:
            path.unlink(missing_ok=True)
        raise
    for wrote in (f"{PROJECT_FILE}: [[tool.docgen.reference]]", *map(str, site)):
        _print_line("Wrote", wrote)
    if SITE_FILE not in site and SITE_FILE.exists():
        _add_to_site(plans)
    has_mkdocs = all(importlib.util.find_spec(name) for name in ("mkdocs", "material"))
    _print_line("Next", "mkdocs serve" if has_mkdocs else "pip install mkdocs-material && mkdocs serve")


def _plans() -> list[_Plan]:
    """Return the plan for the project in this folder, or for each project of a workspace."""
    from docgen.command.project import source_address
    from docgen.settings import read_toml, table_in
    from docgen.sources.layout import inner_projects
    from docgen.sources.targets import find_sources

    table = read_toml(PROJECT_FILE) if PROJECT_FILE.exists() else {}
    if "docgen" in table_in(table, "tool"):
        raise SettingError(f"{PROJECT_FILE} has a table [tool.docgen] already. Run `docgen build`, or edit the table.")
    docs, here = _docs_folder(), Path.cwd()
    inner = inner_projects(here)
    found = []
    for folder in inner if len(inner) > 1 else (here,):
        target = folder.relative_to(here).as_posix()
        sources = find_sources(target)
        out = docs / "reference" if folder == here else docs / "reference" / folder.name
        source = source_address(Path(), sources.root)
        found.append(_Plan(sources=sources, target=target, docs=docs, out=out.as_posix(), source=source))
    return found


def _docs_folder() -> Path:
    """Return the folder of the pages: that of an existing site, else `docs`, unless another tool reads that."""
    if site := read_site(Path()):
        return site.docs
    # `sphinx-quickstart` puts its configuration into the folder itself, or into `source` in it.
    is_for_sphinx = any(Path(DOCS, inner, "conf.py").exists() for inner in ("", "source", "src"))
    return Path("apidocs" if is_for_sphinx else DOCS)


def _add_to_site(plans: list[_Plan]) -> None:
    """Add the lines that the references need to the configuration of the site, and print what is left to the user."""
    from docgen.command.site_file import with_reference

    for plan in plans:
        page = (Path(plan.out) / STARTS[0]).relative_to(plan.docs).as_posix()
        edited = with_reference(read_text(SITE_FILE, "Correct the file, and run again."), page)
        if edited.added:
            write_whole(SITE_FILE.resolve(), edited.text.encode())
            _print_line("Added", f"{SITE_FILE}: {', '.join(f'`{line}`' for line in edited.added)}")
        for line in edited.to_add:
            _print_line("To do", f"{SITE_FILE}: add {line}")


def _found(sources: Sources) -> str:
    from docgen.command.project import docstring_style

    named = " ".join(part for part in (sources.distribution, sources.version) if part)
    listed = ", ".join(sources.packages)
    noun = "package" if len(sources.packages) == 1 else "packages"
    root = sources.root.resolve().relative_to(Path.cwd()).as_posix()
    place = "this folder" if root == "." else f"{root}/"
    style = docstring_style(sources)
    return f"{named or 'a project without a name'}: {noun} {listed} in {place}, docstrings {style}"


def _table(plan: _Plan) -> str:
    """Return the table to append to the project file."""
    keys = {"target": plan.target, "out": plan.out, **({"source": plan.source} if plan.source else {})}
    # A JSON string is a TOML string.
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in keys.items()]
    return "\n".join(["[[tool.docgen.reference]]", *lines, ""])


def _appended(table: str) -> str:
    """Return the text of the project file with a table at its end.

    Raises:
        SettingError: The file defines `tool` in a way that does not allow appending a table.
    """
    before = read_text(PROJECT_FILE, "Correct the file, and run again.") if PROJECT_FILE.exists() else ""
    gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    try:
        parse_toml(before + gap + table)
    except ValueError as error:
        raise SettingError(f"{PROJECT_FILE}: a table cannot be appended ({error}). Add it by hand:\n{table}") from error
    return before + gap + table


def _site(plans: list[_Plan]) -> dict[Path, str]:
    """Return the files of the site that are missing: its configuration, and a first page."""
    from docgen.command.project import HOSTS, description, repository_address

    first = plans[0]
    name = (first.sources.distribution or first.sources.packages[0]) if len(plans) == 1 else Path.cwd().name
    files: dict[Path, str] = {}
    if not SITE_FILE.exists() and not read_site(Path()):
        rest = "" if first.docs == Path(DOCS) else f"docs_dir: {first.docs.as_posix()}\n"
        address = repository_address(first.source)
        host = next((each for each in HOSTS if each in address), "")
        link = _LINK.format(host=host, address=address) if host else ""
        files[SITE_FILE] = _SITE.format(name=json.dumps(name, ensure_ascii=False), rest=rest) + link
    if not any((first.docs / start).exists() for start in STARTS):
        pages = ((plan, (Path(plan.out) / STARTS[0]).relative_to(first.docs).as_posix()) for plan in plans)
        titles = ((f" of {plan.sources.distribution}" if len(plans) > 1 else "", page) for plan, page in pages)
        links = "".join(f"- [API reference{of}]({page})\n" for of, page in titles)
        summary = description(Path())
        files[first.docs / STARTS[0]] = "\n\n".join(filter(None, [f"# {name}", summary, links]))
    return files


def _build(plan: _Plan, table: dict[str, str]) -> None:
    from docgen.command.making import Run, command_of, make, write
    from docgen.job import Job

    keys = {key: value for key, value in table.items() if key not in {"target", "out"}}
    job = Job(target=table["target"], out=table["out"], keys=keys)
    started = time.time_ns()
    made = make(job, Path(plan.out))
    write(Path(plan.out), made, Run(started=started, command=command_of(job)))
    built = f"{counted(len(made.pages), 'page')}, {counted(len(made.findings), 'finding')}"
    _print_line("Built", f"{plan.out}: {built}{' (`docgen build` lists them)' if made.findings else ''}")


def _print_line(label: str, text: str) -> None:
    click.echo(f"{label:9}{text}")
