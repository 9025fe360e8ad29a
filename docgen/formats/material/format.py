"""The entry point of the format `material`, as defined by `docgen.formats.seam`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from docgen.config import Configured, ReferenceConfig, format_settings
from docgen.content import content
from docgen.errors import PageError
from docgen.files import read_kept, read_page
from docgen.formats.material.render import Settings, key, tree
from docgen.formats.material.visible import visible
from docgen.formats.seam import LINE, Made, Parsed
from docgen.formats.seam import Page as MadePage
from docgen.incremental.pages import NAME as PAGES
from docgen.incremental.pages import StoredPages
from docgen.incremental.unchanged import FOLDER
from docgen.job import Job
from docgen.model import Reference
from docgen.narrow import described, narrowed
from docgen.reading import read_model
from docgen.sites import site_around
from docgen.sources.store import frozen_collector

UNITS = "units.json"
"""File beside the manifest with the units that the next build can reuse."""


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The configuration keys of this format, in addition to those of every reference."""

    source: str = ""
    """Address of a source file, with `{path}`, `{line}`, `{end_line}` and `{version}`; if empty, there are no links."""
    layout: Literal["auto", "class", "module"] = "auto"
    """Pages of classes: `class`: each has a page of its own; `module`: on that of their module; `auto`: by size."""
    html: Literal["escape", "keep"] = "escape"
    """HTML in docstrings: `escape` shows it as written; `keep` passes it, attribute lists and templates through."""
    inventories: dict[str, str] = field(default_factory=dict)
    """URL of the documentation of another project -> path of its `objects.inv`; `docgen inventories` fetches it."""
    history: str = ""
    """Output file of `docgen history NAME --format json`, from which pages say when symbols were added."""
    show_source: bool = False
    """Whether functions and properties show their source code, folded."""


def open_format(name: str) -> MaterialFormat:  # noqa: ARG001 - there is one
    """Return the format."""
    return MaterialFormat()


class MaterialFormat:
    """Markdown pages for any package and any engine that builds sites of Markdown."""

    name = "material"
    python = "3.12"
    effects: Mapping[str, str] = {}
    keys = Keys

    def make(self, job: Job, configured: Configured, folder: Path | None) -> Made:
        """Return the pages of a reference."""
        config, keys = configured.config, format_settings(configured, Keys)
        last = read_kept(folder / FOLDER / UNITS) if folder else None
        found = read_model(job.target, config, self.python, self.effects, last)
        reference = narrowed(found.reference, job.symbol, job.rename)
        inputs = [*found.files, *(Path(name) for name in (job.config, config.include, job.lock or config.lock) if name)]
        inputs += (Path(name) for name in (*keys.inventories.values(), keys.history) if name)
        if job.docs_from:
            texts = self.parse(Path(job.docs_from))
            reference = described(reference, texts.reference, job.docs_from)
            inputs += texts.inputs
        settings = Settings(
            title=config.title,
            source=keys.source,
            include=read_page(Path(config.include)) if config.include else "",
            layout=keys.layout,
            html=keys.html,
            inventories=tuple(keys.inventories.items()),
            history=keys.history,
            sources=str(found.prepared.inputs.root) if keys.show_source else "",
        )
        last_pages = StoredPages(folder, key(settings)) if folder else None
        site, looked_for = site_around(folder) if folder else (None, ())
        with frozen_collector():  # the collector would scan the large model again and again while pages are rendered
            made = tree(reference, settings, last_pages, (site, folder) if site and folder else None)
        kept: dict[str, bytes] = {PAGES: last_pages.dump()} if last_pages else {}
        if found.units and folder and (units := found.units.dump()):
            kept[UNITS] = units
        return Made(
            pages=tuple(MadePage(path=each.path, text=each.text) for each in made.pages),
            content=content(reference),
            extras={} if job.symbol else made.extras,
            findings=(*found.findings, *made.findings),
            inputs=(*inputs, *looked_for),
            releases=found.prepared.names,
            left_out=found.prepared.left_out,
            kept=kept,
            lock=found.prepared.lock,
        )

    def likeness(self, path: Path) -> int | None:
        """Return how many lines of a page, or how many pages of a folder, are in this format; None if it is not."""
        if path.is_dir():
            return len(self.parse(path).inputs)
        self.parse(path)
        return len(read_page(path).splitlines()) * LINE

    def parse(self, path: Path) -> Parsed:
        """Return the contents of a page or of a folder of pages."""
        # Imported only now: a build parses no pages, and a small one would spend a tenth of its time on the import.
        from docgen.formats.material.parse import parse_page, parse_tree  # noqa: PLC0415 - see above

        if path.is_dir():
            files = tuple(sorted(path.rglob("*.md")))
            if not files:
                raise PageError(str(path), 1, "the folder contains no pages. Name a folder that `docgen build` wrote.")
            return Parsed(reference=parse_tree(path), inputs=files)
        return Parsed(reference=parse_page(read_page(path), str(path)), inputs=(path,))

    def shown(self, reference: Reference, target: str, config: ReferenceConfig) -> Reference:  # noqa: ARG002 - the seam's signature
        """Return the part of a reference that its pages show."""
        return visible(reference)
