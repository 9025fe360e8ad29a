"""The navigation of a site: replaces an entry for a reference by all of its pages, and names modules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import TypeAlias, Union

from mkdocs.structure import StructureItem
from mkdocs.structure.nav import Section
from mkdocs.structure.pages import Page

Nav: TypeAlias = list[Union[str, dict[str, "str | Nav"]]]  # noqa: UP007 - a name in a string is part of it
"""A navigation in the form of `mkdocs.yml`: paths of pages, and titles with a path or with further entries."""


def with_references(nav: Nav, references: Mapping[str, Nav]) -> Nav:
    """Return a navigation in which each entry for a reference has the pages of the reference below it.

    Such an entry is its folder (`reference/`), or its first page if no other page of it is named, because a user who
    lists pages has chosen them.

    Parameters:
        nav: The navigation that the user wrote.
        references: Folder of a reference, with a slash at its end, relative to the documentation folder -> its pages.
    """
    named = list(_paths(nav))
    found: dict[str, Nav] = {}
    for folder, pages in references.items():
        inside = [path for path in named if path.startswith(folder)]
        if len(inside) == 1:
            found[inside[0]] = pages
    return _expanded(nav, {path: pages for path, pages in found.items() if path.endswith(("/", "/index.md"))})


def modules(pages: Nav) -> dict[str, str]:
    """Return the modules of a reference by their pages: path -> dotted name.

    Parameters:
        pages: The pages of the reference, in the order of its modules.
    """
    found: dict[str, str] = {}
    for entry in pages:
        if isinstance(entry, dict):
            name, below = next(iter(entry.items()))
            first = below[0] if isinstance(below, list) else below
            if isinstance(first, str):
                found[first] = name
    return found


def names_of_folders(pages: Mapping[str, str]) -> dict[str, str]:
    """Return the last part of the module name for each folder, which mkdocs would otherwise show in title case.

    Parameters:
        pages: Path of the page of a module -> its dotted name.
    """
    found: dict[str, str] = {}
    for path, dotted in pages.items():
        names = dotted.split(".")
        folders = [str(parent) for parent in PurePosixPath(path).parents][: len(names)]
        found |= dict(zip(folders, reversed(names), strict=True)) if len(folders) == len(names) else {}
    return found


def with_names(items: Sequence[StructureItem], names: Mapping[str, str], depth: int = 1) -> list[StructureItem]:
    """Return a navigation that mkdocs generated from the files, with names for some of the folders.

    A folder whose only page is its index becomes that page.

    Parameters:
        items: One level of the navigation; the levels below are changed in place.
        names: Folder, relative to the documentation folder -> its name.
        depth: How many folders deep the sections of this level are.
    """
    done: list[StructureItem] = []
    for item in items:
        if isinstance(item, Section):
            item.children = with_names(item.children, names, depth + 1)
            done.append(_named(item, names.get(_folder(item, depth))))
        else:
            done.append(item)
    return done


def _named(section: Section, name: str | None) -> StructureItem:
    """Return a section with another name, or its only page."""
    if name is None:
        return section
    section.title = name
    only = section.children[0] if len(section.children) == 1 else None
    if not isinstance(only, Page) or not only.is_index:
        return section
    only.title, only.parent = name, section.parent
    return only


def _folder(item: StructureItem, depth: int) -> str:
    """Return the folder of a section of the navigation: the first parts of the path of its first page."""
    while isinstance(item, Section):
        item = item.children[0]
    return "/".join(item.file.src_uri.split("/")[:depth]) if isinstance(item, Page) else ""


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
