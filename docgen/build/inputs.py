"""What a build reads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Inputs:
    """What is read: the sources of one distribution, and where those of its dependencies lie."""

    distribution: str
    version: str
    root: Path
    """The folder that contains the documented packages."""
    packages: tuple[str, ...]
    """Dotted names of the packages to document."""
    private: tuple[str, ...] = ()
    """Names of packages of the same distribution that have no pages: what others offer from them is their own."""
    shows_private: bool = False
    """Private modules, names and members are described too, as a comparison may ask."""
    only: tuple[str, ...] = ()
    """Those packages and modules below `packages` that get pages; empty: every public one."""
    search: tuple[Path, ...] = ()
    """Further folders: dependencies and the standard library, unpacked."""
    effects: tuple[tuple[str, str], ...] = ()
    """Effects of decorators beside those that come with docgen."""
    callables: tuple[str, ...] = ()
    """Objects that are documented as the function they are called like, by dotted path."""
    links: tuple[tuple[str, str], ...] = ()
    """Package and address of its reference, for `[text][package.Name]` in docstrings inherited from it."""
    overrides: tuple[tuple[str, str], ...] = ()
    """Symbol path and one value that no static reader can know."""
