"""Converts TOML tables to frozen values, and refuses unknown keys: dialects, configurations, `[tool.docgen]`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from docgen.errors import SettingError
from docgen.files import read_file
from docgen.findings import shown

T = TypeVar("T")

_MOST_DOTS = 10_000
"""Limit on the dots in one line, because reading a dotted key takes quadratic time."""


def read_toml(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file.

    Raises:
        SettingError: It cannot be read, or is not valid TOML.
    """
    try:
        return parse_toml(read_file(path).decode())
    except OSError as error:
        raise SettingError(f"{shown(str(path))}: cannot be read: {error.strerror}. Name a TOML file.") from error
    except ValueError as error:  # also a null byte in the path
        raise SettingError(f"{shown(str(path))}: not valid TOML: {error}. Correct the file.") from error


def parse_toml(text: str) -> dict[str, Any]:
    """Return the tables of a TOML text, in bounded time.

    Raises:
        ValueError: It is not valid TOML, is nested too deeply, or has a number of thousands of digits or a key of
            thousands of parts.
    """
    if any(line.count(".") > _MOST_DOTS for line in text.splitlines()):
        raise ValueError(f"a line has more than {_MOST_DOTS:,} dots")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def settings(table: Mapping[str, object], into: type[T], where: str) -> T:
    """Return a table as a value of a dataclass.

    Parameters:
        table: Keys and values, as parsed from TOML.
        into: The dataclass.
        where: The place of the table, for messages.

    Raises:
        SettingError: A key is unknown (the message names the nearest) or a value has the wrong type.
    """
    known = [field.name for field in fields(into)]  # type: ignore[arg-type] # typeshed's DataclassInstance has no public name
    for key in table:
        if key not in known:
            raise SettingError(f"{where}: unknown key {key}. {nearest(key, known)}Known keys are {', '.join(known)}.")
    try:
        return msgspec.convert(table, into)
    except msgspec.ValidationError as error:
        raise SettingError(f"{where}: {error}.") from error


def table_in(table: object, *names: str) -> dict[str, Any]:
    """Return a table inside a table, by the names on the way to it; empty if one of them is missing or no table."""
    for name in names:
        table = table.get(name) if isinstance(table, dict) else None
    return table if isinstance(table, dict) else {}


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the question whether the nearest known word was meant, with a space after it; empty if none is near."""
    in_lower_case = {one.lower(): one for one in known}
    found = get_close_matches(word.lower(), in_lower_case, n=1)
    return f"Did you mean {in_lower_case[found[0]]}? " if found else ""
