"""The interface between formats and the rest of docgen: pages made from a model, and models parsed from pages.

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
    """Contents of the reference, one line each, so that the next build can tell what it would lose."""
    extras: Mapping[str, bytes] = field(default_factory=dict)
    """Path relative to the root of the tree -> contents of a file beside the pages: inventories, lists of symbols."""
    findings: tuple[Finding, ...] = ()
    inputs: tuple[Path, ...] = ()
    """Files and folders that it was made from."""
    releases: tuple[str, ...] = ()
    """Releases that were read, as `NAME==VERSION`."""
    left_out: tuple[str, ...] = ()
    """Packages and modules beside the documented ones: tests, examples, private ones."""
    kept: Mapping[str, bytes] = field(default_factory=dict)
    """File name -> records that the next build can reuse."""
    lock: str = ""
    """Text of a lock file of everything that was read."""


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """The contents of published pages."""

    reference: Reference
    """The model, with `UNKNOWN` for facts that the pages do not have."""
    findings: tuple[Finding, ...] = ()
    inputs: tuple[Path, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    """Public path -> line, if there is a single page."""


LINE = 100
"""Weight of a line of a page in `Format.likeness`; the lower digits distinguish formats of one family."""


class Format(Protocol):
    """A format of reference pages."""

    @property
    def name(self) -> str:
        """Name on the command line."""

    @property
    def python(self) -> str:
        """Version of Python whose standard library and `repr` its pages show, unless the configuration names one."""

    @property
    def effects(self) -> Mapping[str, str]:
        """Effects of decorators that only packages of this family use, by dotted path."""

    @property
    def keys(self) -> type:
        """Dataclass of the configuration keys of this format, in addition to those of every reference."""

    def make(self, job: Job, configured: Configured, folder: Path | None) -> Made:
        """Return the pages of a reference.

        Parameters:
            job: The job.
            configured: Its configuration.
            folder: Folder of its last build; results that are still valid are reused.

        Raises:
            DocgenError: Sources, a configuration or a lock file cannot be read.
        """

    def likeness(self, path: Path) -> int | None:
        """Return how much of a page, or of a folder of pages, is in this format; None if it is not.

        The number can be compared with those of other formats for the same path: the lines that parsing and printing
        reproduce, minus those that they do not.
        """

    def parse(self, path: Path) -> Parsed:
        """Return the contents of a page or of a folder of pages.

        Raises:
            PageError: It is not in this format, or the format has no parser.
        """

    def shown(self, reference: Reference, target: str, config: ReferenceConfig) -> Reference:
        """Return the part of a reference that its pages show: the result of parsing them.

        Parameters:
            reference: The reference as it was read.
            target: Its origin: sources, or a dump.
            config: The configuration that it was read with.
        """
