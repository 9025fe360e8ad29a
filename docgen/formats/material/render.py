"""Model in, Markdown pages out: which pages there are, and which of them the last build has made already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import jinja2

from docgen.findings import Finding
from docgen.formats.base import cells
from docgen.formats.base.inline import Html
from docgen.formats.base.inventory import read_inventory
from docgen.formats.base.places import INDEX, Layout, Placed
from docgen.formats.base.projection import Projection
from docgen.formats.base.sheet import Sheet, anchor, escaped
from docgen.formats.material import bodies, facts
from docgen.model import Class, Function, Module, Property, Reference

HOME = f"{INDEX}.md"
"""The page that lists the modules."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a project decides about the pages of its reference."""

    title: str = ""
    """Of the first page; empty: the name of the distribution."""
    source: str = ""
    """Address of a source file, with `{path}`, `{line}` and `{end_line}`; empty: sources are not linked."""
    include: str = ""
    """Markdown that the first page shows above the modules."""
    layout: Layout = "auto"
    """Where classes stand: `class`, `module`, or `auto`: small modules hold their classes."""
    html: Html = "escape"
    """What becomes of HTML in docstrings: `escape` shows it as written, `keep` lets it through."""
    inventories: tuple[tuple[str, str], ...] = ()
    """(address of the documentation of another project, path of its `objects.inv`)."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """One file of a reference."""

    path: str
    """Relative to the root of the tree, with slashes."""
    text: str


class Kept(Protocol):
    """The pages of the last build."""

    def text(self, path: str, digest: str) -> str | None:
        """Return the text of a page made of values of a digest, None if it must be rendered."""


def outside(settings: Settings) -> Mapping[str, str]:
    """Return the symbols of the inventories: dotted path -> address. The first inventory that has a symbol wins."""
    found: dict[str, str] = {}
    for base, file in reversed(settings.inventories):
        found.update(read_inventory(Path(file), base))
    return found


def project(reference: Reference, settings: Settings) -> Projection:
    """Return what the pages of a reference are made of."""
    return Projection(reference, settings.layout, settings.html, outside(settings))


class Renderer:
    """Renders the pages of one reference.

    Parameters:
        reference: As it was read.
        settings: What the project decides.
        kept: The pages of the last build, None to render all.
    """

    def __init__(self, reference: Reference, settings: Settings | None = None, kept: Kept | None = None) -> None:
        self.settings = settings or Settings()
        self.projection = project(reference, self.settings)
        self.findings: list[Finding] = []
        self._kept = kept
        self._environment = _environment(self)

    def pages(self) -> Iterator[Page]:
        """Yield the pages: the first one, then those of each module, its classes after it."""
        reference = self.projection.reference
        sheet = self._sheet(HOME)
        title = self.settings.title or reference.distribution
        yield self._page(
            "home", HOME, title=title, include=self.settings.include.strip(), reference=reference, sheet=sheet
        )
        classes: dict[str, list[tuple[Placed, Class]]] = {}
        for placed in self.projection.places.classes.values():
            classes.setdefault(placed.module.name, []).append((placed, self.projection.classes[placed.path]))
        for module in reference.modules:
            yield from self._of_module(module, classes.get(module.name, []))

    def _of_module(self, module: Module, classes: list[tuple[Placed, Class]]) -> Iterator[Page]:
        page = self.projection.places.modules[module.name]
        below = [each for each in self.projection.reference.modules if each.name.rpartition(".")[0] == module.name]
        shared = [(placed, class_) for placed, class_ in classes if not placed.is_alone]
        yield self._page(
            "module", page, module=module, below=below, shared=shared, sheet=self._sheet(page, module.name)
        )
        for placed, class_ in classes:
            if placed.is_alone:
                sheet = self._sheet(placed.page, module.name, placed.path)
                yield self._page("class", placed.page, **{"class": class_}, placed=placed, sheet=sheet)

    def _sheet(self, page: str, module: str = "", class_: str = "") -> Sheet:
        return Sheet(
            page,
            places=self.projection.places,
            names=self.projection.names,
            module=module,
            class_=class_,
            treatment=self.settings.html,
        )

    def _page(self, template: str, path: str, **values: object) -> Page:
        text = self._environment.get_template(f"{template}.jinja").render(values)
        return Page(path=path, text=text.rstrip("\n") + "\n")


def pages(
    reference: Reference, settings: Settings | None = None, kept: Kept | None = None
) -> tuple[tuple[Page, ...], tuple[Finding, ...]]:
    """Return the pages of a reference, and what was noticed on the way."""
    renderer = Renderer(reference, settings, kept)
    return tuple(renderer.pages()), tuple(renderer.findings)


def _environment(renderer: Renderer) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - Markdown, not HTML; what texts may do is settled before they come here
    )
    source = renderer.settings.source

    def function_facts(function: Function, sheet: Sheet, is_member: bool) -> Iterator[str]:  # noqa: FBT001 - called by templates
        words = facts.function_words(function, is_member=is_member)
        return facts.function_facts(function, sheet, source, words)

    def class_facts(class_: Class, sheet: Sheet) -> Iterator[str]:
        return facts.class_facts(class_, sheet, source)

    def property_facts(property_: Property, sheet: Sheet) -> Iterator[str]:
        return facts.property_facts(property_, sheet, source)

    environment.filters |= {
        "escaped": escaped,
        "anchor": anchor,
        "span": cells.span,
        "table": lambda rows, head: cells.table(tuple(head), rows),
        "apart": bodies.apart,
        "function_facts": function_facts,
        "class_facts": class_facts,
        "property_facts": property_facts,
        "inherited": lambda class_, sheet: bodies.inherited_members(class_, renderer.projection.inheritance, sheet),
    }
    environment.filters |= {
        each.__name__: each
        for each in (
            bodies.alias_rows,
            bodies.attribute_groups,
            bodies.attribute_rows,
            bodies.brief_methods,
            bodies.class_body,
            bodies.constructor_body,
            bodies.function_body,
            bodies.functions_of,
            bodies.module_facts,
            bodies.module_rows,
            bodies.property_body,
            bodies.property_rows,
            bodies.rests,
            bodies.same_as_parameters,
            bodies.shows_constructor,
            bodies.summary_rows,
            bodies.variable_groups,
            bodies.variable_rows,
        )
    }
    return environment
