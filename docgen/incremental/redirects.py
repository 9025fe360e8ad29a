"""Redirects from the address of a page that has moved to the new place of its symbol.

A redirect is a small HTML page at the old address, so that it works with every generator and every host. It is stored
with the symbol of the old page, not with its new address, so that a page that moves twice redirects to its last place.
"""

from __future__ import annotations

import html
import json
import posixpath
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from docgen.files import read_kept

NAME = "redirects.json"
"""File beside the pages, to be committed with them: path of an old page -> dotted path of its symbol."""
SYMBOLS = "symbols.json"
"""List of the symbols of a reference, beside its pages."""
_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{name} has moved</title>
<link rel="canonical" href="{address}">
<meta name="robots" content="noindex">
<meta http-equiv="refresh" content="0; url={address}">
<script>location.replace({script} + (location.hash || "{anchor}"))</script>
</head>
<body><p><a href="{address}">{name} has moved</a>.</p></body>
</html>
"""


def redirects(
    folder: Path, before: Collection[str], files: Mapping[str, str | bytes], *, has_folders: bool = True
) -> dict[str, bytes]:
    """Return the files that redirect from pages that have moved to the new places of their symbols.

    Parameters:
        folder: The output folder of the last build.
        before: Paths of the files that docgen wrote there.
        files: The files of this build: path -> content.
        has_folders: Whether the site turns `page.md` into `page/`, not `page.html`.
    """
    known = _read(folder / NAME)
    removed = [path for path in before if path.endswith(".md") and path not in files]
    if not removed and not known:
        return {}
    listed, listed_before = symbols_in(_bytes(files.get(SYMBOLS))), symbols_in(read_kept(folder / SYMBOLS))
    new = [symbol for symbol in listed if symbol not in listed_before]
    served = {_served(path, has_folders=has_folders) for path in files if path.endswith(".md")}
    moved = {**known, **_of_pages(removed, listed_before)}
    targets: dict[str, str] = {}
    made: dict[str, bytes] = {}
    for page, symbol in sorted(moved.items()):
        now = symbol if symbol in listed else _renamed(symbol, new)
        place = _served(page, has_folders=has_folders)
        if now and place not in served:
            targets[page] = now
            made[place] = _redirect(place, now, listed[now], has_folders=has_folders)
    return {**made, NAME: _dumped(targets)} if targets else {}


def _of_pages(pages: Iterable[str], listed: Mapping[str, str]) -> dict[str, str]:
    """Return the symbol that each page is about: the first one that is listed on it."""
    first: dict[str, str] = {}
    for symbol, address in listed.items():
        first.setdefault(address.partition("#")[0], symbol)
    return {page: first[page] for page in pages if page in first}


def _renamed(symbol: str, new: Iterable[str]) -> str:
    """Return the only new symbol with the name of a removed one; empty if there is none, or several."""
    name = symbol.rpartition(".")[2]
    same = [each for each in new if each.rpartition(".")[2] == name]
    return same[0] if len(same) == 1 else ""


def _served(page: str, *, has_folders: bool) -> str:
    """Return the path of the HTML file that a site makes from a page."""
    stem = page.removesuffix(".md")
    is_first = stem == "index" or stem.endswith("/index")
    return f"{stem}/index.html" if has_folders and not is_first else f"{stem}.html"


def _redirect(place: str, symbol: str, address: str, *, has_folders: bool) -> bytes:
    page, _, anchor = address.partition("#")
    target = _served(page, has_folders=has_folders)
    path = posixpath.relpath(target, posixpath.dirname(place) or ".")
    path = path.removesuffix("index.html") or "./" if has_folders else path
    hashed = f"#{anchor}" if anchor else ""
    return _PAGE.format(
        name=html.escape(symbol), address=html.escape(path + hashed), script=json.dumps(path), anchor=hashed
    ).encode()


def _dumped(targets: Mapping[str, str]) -> bytes:
    return (json.dumps(targets, indent=1, ensure_ascii=False) + "\n").encode()


def symbols_in(raw: bytes) -> dict[str, str]:
    """Return a list of symbols: dotted path -> page and anchor, relative to the folder of the reference.

    Parameters:
        raw: The contents of `symbols.json`.
    """
    try:
        return {str(each["path"]): str(each["address"]) for each in json.loads(raw)["symbols"]}
    except (ValueError, KeyError, TypeError, RecursionError):  # the format writes no list, or it was edited by hand
        return {}


def _read(path: Path) -> dict[str, str]:
    try:
        found: Any = json.loads(read_kept(path))
    except (ValueError, RecursionError):
        return {}
    return {str(page): str(symbol) for page, symbol in found.items()} if isinstance(found, dict) else {}


def _bytes(content: str | bytes | None) -> bytes:
    return content.encode() if isinstance(content, str) else content or b""
