"""The navigation of a site: an entry that names a reference stands for all of its pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias, Union

Nav: TypeAlias = list[Union[str, dict[str, "str | Nav"]]]  # noqa: UP007 - a name in a string is part of it
"""As `mkdocs.yml` has it: paths of pages, and titles with a path or with further entries."""


def with_references(nav: Nav, references: Mapping[str, Nav]) -> Nav:
    """Return a navigation in which each entry for a reference has the pages of the reference below it.

    That is an entry for its folder (`reference/`), or for its first page if no other page of it is named: a user who
    lists pages chooses them.

    Parameters:
        nav: As the user writes it.
        references: Folder of a reference, with a slash at its end, relative to the documentation folder -> its pages.
    """
    named = list(_paths(nav))
    found: dict[str, Nav] = {}
    for folder, pages in references.items():
        inside = [path for path in named if path.startswith(folder)]
        if len(inside) == 1:
            found[inside[0]] = pages
    return _expanded(nav, {path: pages for path, pages in found.items() if path.endswith(("/", "/index.md"))})


def _expanded(nav: Nav, references: Mapping[str, Nav]) -> Nav:
    done: Nav = []
    for entry in nav:
        title, below = next(iter(entry.items())) if isinstance(entry, dict) else ("", entry)
        if isinstance(below, list):
            done.append({title: _expanded(below, references)})
        elif below in references:
            done.append({title or "Reference": references[below]})
        else:
            done.append(entry)
    return done


def _paths(nav: Nav) -> Iterator[str]:
    """Yield every path that a navigation names."""
    for entry in nav:
        below = next(iter(entry.values())) if isinstance(entry, dict) else entry
        if isinstance(below, list):
            yield from _paths(below)
        elif isinstance(below, str):  # mkdocs reports anything else
            yield below
