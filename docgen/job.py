"""One reference as the command line or `pyproject.toml` asks for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docgen.errors import SettingError
from docgen.settings import read_toml, settings

DEFAULT_FORMAT = "material"


@dataclass(frozen=True, kw_only=True)
class Job:
    """What one reference is made of. The same keys on the command line and in `[[tool.docgen.reference]]`."""

    target: str
    dialect: str = ""
    """Format of the pages; empty: that of the configuration, else `material`."""
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
