"""What a format is to the rest of docgen: pages made of a model, and models read from pages.

A format is a folder below `docgen/formats/` with a module `format` that has a function `open_format(name)`. Its name is
that of the folder, or, for a family of formats that differ in details, that of a folder in its `dialects/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from docgen.config import Configured, ReferenceConfig
from docgen.findings import Finding
from docgen.job import Job
from docgen.model import Reference


@dataclass(frozen=True, kw_only=True)
class Page:
    """One file of a reference."""

    path: str
    """Relative to the root of the tree, with slashes."""
    text: str


@dataclass(frozen=True, kw_only=True)
class Made:
    """A reference and its pages."""

    pages: tuple[Page, ...]
    content: tuple[str, ...]
    """What the reference holds, one line each, so that the next build can tell what it would lose."""
    beside: Mapping[str, bytes] = field(default_factory=dict)
    """Path relative to the root of the tree -> what is written beside the pages: inventories, lists of symbols."""
    findings: tuple[Finding, ...] = ()
    inputs: tuple[Path, ...] = ()
    """Files and folders that it was made from."""
    releases: tuple[str, ...] = ()
    """What was read: one `NAME==VERSION` each."""
    left_out: tuple[str, ...] = ()
    """Packages and modules beside the documented ones: tests, examples, private ones."""
    kept: Mapping[str, bytes] = field(default_factory=dict)
    """File name -> what the next build can reuse."""
    lock: str = ""
    """Text of the lock of everything that was read."""


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """What published pages say."""

    reference: Reference
    """`UNKNOWN` wherever the pages do not say it."""
    findings: tuple[Finding, ...] = ()
    inputs: tuple[Path, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    """Public path -> line, where they are one page."""


LINE = 100
"""What a line of a page counts in `Format.likeness`; the digits below tell formats of one family apart."""


class Format(Protocol):
    """A format of reference pages."""

    @property
    def name(self) -> str:
        """Name, as the command line takes it."""

    @property
    def python(self) -> str:
        """Version of Python whose standard library and `repr` its pages show, where the configuration names none."""

    @property
    def effects(self) -> Mapping[str, str]:
        """Effects of decorators that only packages of this family use, by dotted path."""

    @property
    def keys(self) -> type:
        """Dataclass of the keys that a configuration may have for this format, beside those of every reference."""

    def make(self, job: Job, configured: Configured, folder: Path | None) -> Made:
        """Return the pages of a reference.

        Parameters:
            job: What is wanted.
            configured: Its configuration.
            folder: Where the last build of it is; what still holds of that is reused.

        Raises:
            DocgenError: Sources, a configuration or a lock file cannot be read.
        """

    def likeness(self, path: Path) -> int | None:
        """Return how much of a page, or of a folder of pages, is in this format; None if it is not.

        The number compares with those of other formats for the same path: lines that come back when the page is read
        and printed again, less those that do not.
        """

    def parse(self, path: Path) -> Parsed:
        """Return what a page, or a folder of pages, says.

        Raises:
            PageError: It is not in this format, or the format has no parser.
        """

    def shown(self, reference: Reference, target: str, config: ReferenceConfig) -> Reference:
        """Return what the pages of a reference say of it: what parsing them would return.

        Parameters:
            reference: As it was read.
            target: What it was read from: sources, or a dump.
            config: What it was read with.
        """
