"""One reference as requested by the command line or `pyproject.toml`."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from docgen.errors import SettingError
from docgen.settings import read_toml, settings, table_in

DEFAULT_FORMAT = "material"


@dataclass(frozen=True, kw_only=True)
class Job:
    """The settings of one reference, with the same names on the command line and in `[[tool.docgen.reference]]`."""

    target: str
    """The documented package, as on the command line: a folder, an archive, `NAME==VERSION`, `git:REVISION`."""
    dialect: str = ""
    """Format of the pages; if empty, that of the configuration, or else `material`."""
    symbol: str = ""
    """Dotted path of a single symbol to document."""
    rename: str = ""
    """Name of the package on the pages."""
    docs_from: str = ""
    """Page or folder of pages that the descriptions are taken from."""
    out: str = ""
    """Folder for the pages."""
    config: str = ""
    """Configuration file of the reference (TOML)."""
    changes: tuple[str, ...] = ()
    """`key=value` each, which override the configuration; `--set` on the command line."""
    strict: bool = False
    """Exit with 1 if there are findings."""
    lock: str = ""
    """Lock file to write; if given, the lock file of the configuration is not compared."""
    keys: dict[str, Any] = field(default_factory=dict)
    """Keys that override those of the configuration file. In `pyproject.toml` they are beside the other keys."""


@dataclass(frozen=True, kw_only=True)
class _Settings:
    """The table `[tool.docgen]` of a `pyproject.toml`."""

    reference: tuple[dict[str, Any], ...] = field(default=())


def has_jobs(pyproject: Path) -> bool:
    """Return True if a `pyproject.toml` has a table `[tool.docgen]`.

    Raises:
        SettingError: It is not valid TOML.
    """
    return pyproject.exists() and "docgen" in table_in(read_toml(pyproject), "tool")


def jobs_of(pyproject: Path) -> tuple[Job, ...]:
    """Return the references that a `pyproject.toml` lists under `[[tool.docgen.reference]]`.

    Keys that are not those of a job belong to the configuration of the reference, which is checked when it is opened.

    Raises:
        SettingError: There is no table `[tool.docgen]`, or a value has the wrong type.
    """
    table = table_in(read_toml(pyproject), "tool").get("docgen") if pyproject.exists() else None
    if not isinstance(table, dict):
        raise SettingError(f"{pyproject} has no table [tool.docgen]. Run `docgen init` to add one, or name a target.")
    listed = settings(table, _Settings, f"{pyproject}, [tool.docgen]").reference
    return tuple(_job(each, f"{pyproject}, [[tool.docgen.reference]]") for each in listed)


def _job(table: dict[str, Any], where: str) -> Job:
    own = {name for each in fields(Job) if (name := each.name) != "keys"}
    if "target" not in table:
        raise SettingError(f'{where}: has no target. Name the package to document: target = "."')
    keys = {key: value for key, value in table.items() if key not in own}
    return replace(settings({key: value for key, value in table.items() if key in own}, Job, where), keys=keys)
