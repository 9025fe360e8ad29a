"""The inputs of a build."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """The sources of one distribution, and the folders of those of its dependencies."""

    distribution: str
    version: str
    root: Path
    """The folder that contains the documented packages."""
    packages: tuple[str, ...]
    """Dotted names of the packages to document."""
    private: tuple[str, ...] = ()
    """Packages of the same distribution that have no pages: names re-exported from them count as defined there."""
    shows_private: bool = False
    """Private modules, names and members are described too, which a comparison may ask for."""
    only: tuple[str, ...] = ()
    """The packages and modules below `packages` that get pages; if empty, every public one."""
    search: tuple[Path, ...] = ()
    """Further folders: dependencies and the standard library, unpacked."""
    effects: tuple[tuple[str, str], ...] = ()
    """Effects of decorators in addition to those that come with docgen."""
    callables: tuple[str, ...] = ()
    """Objects that are documented as a function with the same signature, by dotted path."""
    links: tuple[tuple[str, str], ...] = ()
    """Package and address of its reference, for `[text][package.Name]` in docstrings inherited from it."""
    overrides: tuple[tuple[str, str], ...] = ()
    """Symbol path and a value that cannot be determined statically."""
