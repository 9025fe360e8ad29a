"""`[tool.conformance]` in `pyproject.toml`: defaults for the options of the command."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from conformance.errors import UsageError
from docgen.files import read_file
from docgen.settings import nearest, parse_toml, table_in

KEYS: Mapping[str, str] = {
    "contract": "contract_name",
    "profile": "profile",
    "examples": "examples",
    "seed": "seed",
    "limit": "limit_seconds",
    "memory": "memory_mib",
    "sandbox": "is_sandboxed",
    "jobs": "jobs",
    "executor": "executor",
    "database": "database",
    "expect": "expectation_file",
    "out": "out",
    "format": "format_name",
}
"""The keys, which are named like the options, and the parameter of the command that each one sets."""


def read_config(path: Path) -> dict[str, object]:
    """Return the defaults of the command's parameters, none if there is no such file, or no such table in it.

    Raises:
        UsageError: The file is not TOML, or the table has an unknown key; the message names the nearest known one.
    """
    if not path.is_file():
        return {}
    try:
        table = table_in(parse_toml(read_file(path).decode()), "tool").get("conformance", {})
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be read as TOML: {error}.") from error
    if not isinstance(table, dict):
        raise UsageError(f"{path}: expected tool.conformance to be a table, got {table!r}.")
    problems = [f"{key} is not a key of it. {nearest(key, KEYS)}" for key in table if key not in KEYS]
    if problems:
        raise UsageError(f"{path}: [tool.conformance]: {''.join(problems)}Its keys are {', '.join(KEYS)}.")
    found = {KEYS[key]: value for key, value in table.items()}
    if isinstance(found.get("database"), str):  # a single place needs no list
        found["database"] = [found["database"]]
    return found
