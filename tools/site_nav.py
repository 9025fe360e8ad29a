"""Hooks of mkdocs: replace a nav entry for a folder by the pages below it, and ignore broken links of others.

Folders are listed as they are on disk when the site is built: `index.md` first, then pages, then folders, by name. A
missing folder (the output of `make site` is not committed) is left out, so that `mkdocs serve` works in a fresh clone
too. A link without a target in a docstring of the SDK causes no warning for this site.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig


def pages(folder: Path, root: Path) -> list[Any]:
    """Return the nav entries of a folder: paths of pages relative to `root`, and {name: entries} for each folder."""
    entries = sorted(folder.iterdir(), key=lambda path: (path.is_dir(), path.name != "index.md", path.name.lower()))
    nav: list[Any] = []
    for path in entries:
        if path.suffix == ".md":
            nav.append(path.relative_to(root).as_posix())
        elif path.is_dir() and (below := pages(path, root)):
            nav.append({path.name: below})
    return nav


def expand(nav: list[Any], root: Path) -> list[Any]:
    """Return the nav with every folder replaced by its pages; entries without a page are left out."""
    expanded: list[Any] = []
    for entry in nav:
        title, target = next(iter(entry.items())) if isinstance(entry, dict) else (None, entry)
        if isinstance(target, list):
            expanded.append({title: expand(target, root)})
        elif not target.endswith("/"):
            expanded.append(entry)
        elif (root / target).is_dir() and (below := pages(root / target, root)):
            expanded.append({title or Path(target).name: below})
    return expanded


FOREIGN = "'reference/flyte/"
"""The name of a page made from other projects' docstrings in a warning of mkdocs."""


def is_ours(record: logging.LogRecord) -> bool:
    """Return True if a warning is about a page that this project can repair."""
    return FOREIGN not in record.getMessage()


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Expand the nav before mkdocs reads it. mkdocs calls this once per build."""
    logging.getLogger("mkdocs.structure.pages").addFilter(is_ours)
    config.nav = expand(config.nav or [], Path(config.docs_dir))
    return config
