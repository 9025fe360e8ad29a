"""Finds formats by name: those that come with docgen, and folders of the user."""

from __future__ import annotations

import importlib
from pathlib import Path

from docgen.errors import DialectError, PageError
from docgen.files import is_file
from docgen.formats.seam import Format
from docgen.settings import nearest

FORMATS = Path(__file__).parent
"""One folder for each format or family of formats."""


def format_names() -> tuple[str, ...]:
    """Return the names of the formats that come with docgen, in alphabetical order."""
    return tuple(sorted(_homes()))


def open_format(name: str) -> Format:
    """Return a format.

    Parameters:
        name: Name of a format that comes with docgen, or path of a folder that `inherits` from one.

    Raises:
        DialectError: There is no such format.
    """
    home = _homes().get(name) or _home_of_folder(Path(name))
    if home is None:
        names = format_names()
        raise DialectError(
            f"format {name}: no such format. {nearest(name, names)}"
            f"Known are {', '.join(names)}, or give a folder with a dialect.toml."
        )
    format_: Format = importlib.import_module(f"docgen.formats.{home}.format").open_format(name)
    return format_


def recognise(path: Path) -> Format:
    """Return the format of a page or of a folder of pages: the one that reproduces most of it.

    Raises:
        PageError: It is in none of them; the message is that of the format that got furthest.
    """
    best: tuple[int, Format] | None = None
    errors: list[PageError] = []
    for name in format_names():
        candidate = open_format(name)
        try:
            likeness = candidate.likeness(path)
        except PageError as error:
            errors.append(error)
            continue
        if likeness is not None and (best is None or likeness > best[0]):
            best = (likeness, candidate)
    if best is None:
        problem = PageError(str(path), 1, "not a reference page. Name a page (.md, .txt) or a folder of pages.")
        raise max(errors, key=lambda error: error.line, default=problem)
    return best[1]


def _homes() -> dict[str, str]:
    """Return the folder of each format, by name."""
    homes: dict[str, str] = {}
    for module in sorted(FORMATS.glob("*/format.py")):
        family = module.parent
        dialects = sorted(each.parent.name for each in family.glob("dialects/*/dialect.toml"))
        homes |= dict.fromkeys(dialects or [family.name], family.name)
    return homes


def _home_of_folder(folder: Path) -> str | None:
    """Return the family of the format in a folder of the user, following `inherits`."""
    seen: set[Path] = set()
    while is_file(folder / "dialect.toml") and folder.resolve() not in seen:
        seen.add(folder.resolve())
        inherits = _inherited(folder)
        if home := _homes().get(inherits):
            return home
        folder = folder.parent / inherits
    return None


def _inherited(folder: Path) -> str:
    from docgen.settings import read_toml  # noqa: PLC0415 - needed for folders of the user's only

    return str(read_toml(folder / "dialect.toml").get("inherits", "material"))
