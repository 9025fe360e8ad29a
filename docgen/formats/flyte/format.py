"""The entry point of this family of formats, as defined by `docgen.formats.seam`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from docgen.config import Configured, ReferenceConfig
from docgen.errors import PageError
from docgen.files import read_page
from docgen.formats.flyte import jobs
from docgen.formats.flyte.dialect import Dialect, load_dialect, own_effects
from docgen.formats.flyte.lift import lift
from docgen.formats.flyte.readers import PAGE_SUFFIXES, package_pages, read_reference
from docgen.formats.flyte.recognise import likeness
from docgen.formats.flyte.visible import visible_reference
from docgen.formats.seam import Made, Parsed
from docgen.job import Job
from docgen.model import Reference


def open_format(name: str) -> DialectFormat:
    """Return the format of a dialect.

    Raises:
        DialectError: There is no such dialect, or it is wrong.
    """
    return DialectFormat(load_dialect(name))


SAMPLE = 8
"""How many pages of a folder are read to distinguish the dialects."""


class DialectFormat:
    """One dialect of the family.

    Parameters:
        dialect: Its flags and templates.
    """

    keys = jobs.Keys

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect

    @property
    def name(self) -> str:
        """Name of the dialect."""
        return self.dialect.name

    @property
    def effects(self) -> Mapping[str, str]:
        """Effects of the SDK's own decorators."""
        return own_effects()

    @property
    def python(self) -> str:
        """Version of Python that the published pages were made with."""
        return self.dialect.reading.python

    def make(self, job: Job, configured: Configured, folder: Path | None) -> Made:  # noqa: ARG002 - read again by `jobs`
        """Return the pages of a reference."""
        return jobs.make(replace(job, dialect=job.dialect or self.name), folder)

    def likeness(self, path: Path) -> int | None:
        """Return how much of a page, or of some pages of a folder, is in this dialect; None if it is not."""
        if path.suffix in PAGE_SUFFIXES:
            return likeness(read_page(path), self.dialect, str(path))
        pages = package_pages(path, self.dialect)
        looked_at = pages[:: max(1, len(pages) // SAMPLE)]
        return sum(likeness(read_page(each), self.dialect, str(each)) for each in looked_at) or None

    def parse(self, path: Path) -> Parsed:
        """Return the contents of a page or of a folder of pages."""
        if path.suffix not in PAGE_SUFFIXES and not package_pages(path, self.dialect):
            raise PageError(str(path), 1, f"not a page (.md, .txt), and not a folder of pages in format {self.name}.")
        found = read_reference(str(path), self.dialect, ReferenceConfig())
        return Parsed(
            reference=lift(found.reference, self.dialect.printing),
            findings=found.findings,
            inputs=found.inputs,
            lines=found.lines,
        )

    def shown(self, reference: Reference, target: str, config: ReferenceConfig) -> Reference:
        """Return what the pages of a target show; a dump is returned unchanged, because its sources are not at hand."""
        if Path(target).suffix == ".json":
            return reference
        found = read_reference(target, self.dialect, config)
        printing = self.dialect.printing
        return lift(visible_reference(found.reference, printing), printing)
