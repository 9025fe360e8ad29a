"""Renders the model as Markdown pages: which pages there are, and which of them the last build has rendered."""

from __future__ import annotations

import importlib.machinery
import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import jinja2
import msgspec

from docgen.errors import RenderError
from docgen.findings import Finding
from docgen.formats.base import cells
from docgen.formats.base.check import broken_links
from docgen.formats.base.complete import losses
from docgen.formats.base.extras import entries, inventory, navigation, overview, symbols, whole
from docgen.formats.base.inline import Html
from docgen.formats.base.inventory import PYTHON, python_inventory, read_inventory
from docgen.formats.base.places import INDEX, Layout, Placed, Places
from docgen.formats.base.projection import Projection
from docgen.formats.base.sheet import Sheet, anchor, escaped
from docgen.formats.material import bodies, facts
from docgen.formats.material.life import read_lives
from docgen.formats.material.listing import Listing
from docgen.formats.material.picture import Families, picture
from docgen.incremental.pages import digest_of
from docgen.incremental.unchanged import this_command
from docgen.model import Class, Function, Module, Property, Reference
from docgen.prose.sections import SectionKind
from docgen.sites import Site
from docgen.stamps import stamp
from docgen.symbols import members

HOME = f"{INDEX}.md"
"""The page that lists the modules."""
TEMPLATES = Path(__file__).parent / "templates"
"""The look of the pages."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of a project for the pages of its reference."""

    title: str = ""
    """Title of the first page; if empty, the name of the distribution."""
    source: str = ""
    """URL of a source file, with `{path}`, `{line}`, `{end_line}` and `{version}`; if empty, there are no links."""
    include: str = ""
    """Markdown that the first page shows above the modules."""
    layout: Layout = "auto"
    """Pages of classes: `class`, `module`, or `auto`: on the page of their module if it is small."""
    html: Html = "escape"
    """HTML in docstrings: `escape` shows it as written; `keep` passes it, attribute lists and templates through."""
    inventories: tuple[tuple[str, str], ...] = ()
    """(URL of the documentation of another project, path of its `objects.inv`)."""
    history: str = ""
    """File that `docgen history --format json` wrote; if empty, pages do not say when symbols were added."""
    sources: str = ""
    """Folder that contains the packages, for the source of functions; if empty, it is not shown."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """One file of a reference."""

    path: str
    """Relative to the root of the tree, with slashes."""
    text: str


class Kept(Protocol):
    """The pages of the last build."""

    def text(self, path: str, digest: str) -> str | None:
        """Return the text of a page made from values with a given digest, None if it must be rendered."""

    def forget(self, path: str) -> None:
        """Have the next build render a page."""


def outside(settings: Settings) -> Mapping[str, str]:
    """Return the symbols of the inventories: dotted path -> address. The first inventory that has a symbol wins.

    The standard library comes last, so that a project can name another inventory for its links.
    """
    found = dict(python_inventory())
    for base, file in reversed(settings.inventories):
        found.update(read_inventory(Path(file), base))
    return found


def project(reference: Reference, settings: Settings) -> Projection:
    """Return the projection that the pages of a reference are made from."""
    return Projection(reference, settings.layout, settings.html, outside(settings))


class Renderer:
    """Renders the pages of one reference.

    Parameters:
        reference: As it was read.
        settings: The settings of the project.
        kept: The pages of the last build, None to render all.
    """

    def __init__(self, reference: Reference, settings: Settings | None = None, kept: Kept | None = None) -> None:
        self.settings = settings or Settings()
        self.projection = project(reference, self.settings)
        self.findings: list[Finding] = list(_collisions(self.projection.places))
        self.findings += self.projection.inheritance.findings(self._page_of)
        self._kept = kept
        self._around = ""
        self._reused: set[str] = set()
        self.families = Families(self.projection.index)
        self.lives = read_lives(self.settings.history)
        self._notes = self.lives.notes()
        self.listing = Listing(self.settings.sources)
        self._environment = _environment(self)

    def _page_of(self, path: str) -> str:
        """Return the page of a class by the path of its definition."""
        return self.projection.places.pages.get(self.projection.index.public_path(path), HOME)

    def pages(self) -> Iterator[Page]:
        """Yield the pages: the first one, then those of each module, its classes after it."""
        full = self.projection.full
        if self._kept is not None:
            self._around = self._digest_around()
        title = self.settings.title or full.distribution
        include = self.settings.include.strip()
        yield self._page(
            "home",
            HOME,
            (title, include, full.distribution, full.version, [(each.name, each.docstring) for each in full.modules]),
            lambda: {
                "title": title,
                "include": include,
                "reference": full,
                "modules": list(map(self.projection.outline, full.modules)),
                "sheet": self._sheet(HOME),
            },
        )
        classes: dict[str, list[Placed]] = {}
        for placed in self.projection.places.classes.values():
            classes.setdefault(placed.module.name, []).append(placed)
        for module in full.modules:
            yield from self._of_module(module, classes.get(module.name, []))

    def noticed(self, pages: tuple[Page, ...]) -> Iterator[Finding]:
        """Yield the findings of rendering, and those about losses on the pages.

        Pages reused from the last build lacked nothing; a page that lacks something is rendered and reported each time.
        """
        yield from self.findings
        for broken in broken_links({page.path: page.text for page in pages}, self._reused):
            self._forget(broken.path)
            yield broken
        fresh = {page.path: page.text for page in pages if page.path not in self._reused}
        for path, lost in losses(self.projection.full, self.projection.places, fresh):
            self._forget(path)
            yield lost

    def _forget(self, path: str) -> None:
        if self._kept is not None:
            self._kept.forget(path)

    def _digest_around(self) -> str:
        """Return the digest of what any page may depend on besides its subject: the targets and kinds of names."""
        index = self.projection.index
        foreign = [(base.path, [member.name for member in members(base)]) for base in index.reference.bases]
        aliases = [(module.name, module.aliases) for module in index.reference.modules]
        orders = [(path, class_.mro, self.families.bases[path]) for path, class_ in index.classes.items()]
        variables = sorted(self.projection.type_variables)
        left_out = self.projection.inheritance.left_out
        return digest_of(
            self.projection.places.pages, index.public_paths, aliases, foreign, orders, variables, left_out
        )

    def _of_module(self, module: Module, classes: list[Placed]) -> Iterator[Page]:
        page = self.projection.places.modules[module.name]
        below = self.projection.places.below.get(module.name, [])
        shared = [placed for placed in classes if not placed.is_alone]
        essence = (
            msgspec.structs.replace(module, classes=()),
            list(map(_essence_of_row, module.classes)),
            [placed.class_ for placed in shared],
            [(each.name, each.docstring) for each in below],
        )
        yield self._page(
            "module",
            page,
            essence,
            lambda: {
                "module": self.projection.module(module),
                "below": list(map(self.projection.outline, below)),
                "shared": [(placed, self._shown(placed)) for placed in shared],
                "sheet": self._sheet(page, module.name),
            },
        )
        for placed in classes:
            if placed.is_alone:
                yield self._page("class", placed.page, (placed.name, placed.class_), partial(self._of_class, placed))

    def _of_class(self, placed: Placed) -> dict[str, object]:
        sheet = self._sheet(placed.page, placed.module.name, placed.path)
        return {"class": self._shown(placed), "placed": placed, "sheet": sheet}

    def _shown(self, placed: Placed) -> Class:
        return self.projection.class_(placed.class_, placed.owner, placed.module.name)

    def _sheet(self, page: str, module: str = "", class_: str = "") -> Sheet:
        return Sheet(
            page,
            places=self.projection.places,
            names=self.projection.names,
            module=module,
            class_=class_,
            treatment=self.settings.html,
            notes=self._notes,
        )

    def _page(self, template: str, path: str, essence: object, values: Callable[[], dict[str, object]]) -> Page:
        """Return a page.

        Parameters:
            template: Its name.
            path: The path of the page.
            essence: The part of the model that the page is made from.
            values: Returns the values for the template.
        """
        kept: str | None = None
        if self._kept is not None:
            kept = self._kept.text(path, digest_of(template, self._around, essence, self.listing.digests(essence)))
        if kept is not None:
            self._reused.add(path)
            return Page(path=path, text=kept)
        try:
            text = self._environment.get_template(f"{template}.jinja").render(values())
        except jinja2.TemplateError as error:
            raise RenderError(f"template {template} of {path}: {error}. Correct the template.") from error
        return Page(path=path, text=text.rstrip("\n") + "\n")


class Tree(msgspec.Struct, frozen=True, kw_only=True):
    """All files of a reference."""

    pages: tuple[Page, ...]
    extras: Mapping[str, bytes]
    """Files beside the pages: name -> content."""
    findings: tuple[Finding, ...] = ()


def tree(
    reference: Reference,
    settings: Settings | None = None,
    kept: Kept | None = None,
    around: tuple[Site, Path] | None = None,
) -> Tree:
    """Return the pages of a reference, the files beside them, and the findings.

    Parameters:
        reference: As it was read.
        settings: The settings of the project.
        kept: The pages of the last build, None to render all.
        around: The site that the reference is part of, and its folder there.
    """
    renderer = Renderer(reference, settings, kept)
    found = tuple(renderer.pages())
    projection = renderer.projection
    listed = tuple(entries(projection))
    prefix, start = (around[0].prefix(around[1]), around[0].start) if around else ("", "")
    extras = {
        "objects.inv": inventory(projection.full, listed, has_folders=not around or around[0].has_folders),
        "symbols.json": symbols(projection.full, listed),
        "llms.txt": overview(projection, renderer.settings.title).encode(),
        "llms-full.txt": whole((page.path, page.text) for page in found).encode(errors="replace"),
        "nav.yml": navigation(projection, prefix, start).encode(),
    }
    return Tree(pages=found, extras=extras, findings=tuple(renderer.noticed(found)))


def pages(
    reference: Reference, settings: Settings | None = None, kept: Kept | None = None
) -> tuple[tuple[Page, ...], tuple[Finding, ...]]:
    """Return the pages of a reference, and the findings."""
    renderer = Renderer(reference, settings, kept)
    found = tuple(renderer.pages())
    return found, tuple(renderer.noticed(found))


def key(settings: Settings) -> str:
    """Return what pages depend on besides the model: settings, inventories, templates, jinja2, docgen itself."""
    engine = importlib.machinery.PathFinder.find_spec("jinja2")
    files = [str(engine and engine.origin), str(PYTHON), settings.history, *(file for _, file in settings.inventories)]
    stamps = [stamp(file) for file in (*files, *map(str, sorted(TEMPLATES.iterdir())))]
    return f"material {settings} {stamps} {this_command(())}"


def _essence_of_row(class_: Class) -> object:
    """Return everything that the row of a class in a table depends on."""
    sections = class_.docstring.sections if class_.docstring else ()
    if any(each.kind != SectionKind.TEXT for each in sections):
        # Members may use up such a section, and the following one would then begin the docstring.
        return class_
    return class_.name, class_.kind, class_.docstring, class_.deprecation


def _collisions(places: Places) -> Iterator[Finding]:
    """Yield a finding for each class whose page is numbered."""
    for placed in places.classes.values():
        if placed.is_numbered:
            page = posixpath.basename(placed.page)
            yield Finding(
                path=placed.page,
                code="DG502",
                text=f"{placed.path} has the name of another page, apart from case",
                hint=f"Its page is {page}; links from outside to {placed.name.lower()}.md lead elsewhere.",
            )


def _environment(renderer: Renderer) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,  # checking the template files again for every page takes a tenth of the time
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - Markdown, not HTML; what texts may do is settled before they come here
    )
    source = renderer.settings.source.replace("{version}", renderer.projection.full.version)

    lives = renderer.lives

    def function_facts(function: Function, sheet: Sheet, is_member: bool) -> Iterator[str]:  # noqa: FBT001 - called by templates
        words = facts.function_words(function, is_member=is_member)
        yield from facts.function_facts(function, sheet, source, words)
        yield facts.history_text(lives.of(function.path), function.path, sheet)

    def class_facts(class_: Class, sheet: Sheet) -> Iterator[str]:
        yield from facts.class_facts(class_, sheet, source)
        yield facts.history_text(lives.of(class_.path), class_.path, sheet)

    def property_facts(property_: Property, sheet: Sheet) -> Iterator[str]:
        yield from facts.property_facts(property_, sheet, source)
        yield facts.history_text(lives.of(property_.path), property_.path, sheet)

    def pictured(placed: Placed, sheet: Sheet) -> str:
        index = renderer.projection.index
        original = index.classes.get(placed.class_.path)
        if original is None:
            return ""
        return picture(original, placed.path, renderer.families, lambda path: sheet.address(index.public_path(path)))

    environment.filters |= {
        "escaped": escaped,
        "anchor": anchor,
        "span": cells.span,
        "table": lambda rows, head: cells.table(tuple(head), rows),
        "apart": bodies.apart,
        "paragraphs": lambda texts: "".join(f"{text}\n\n" for text in texts if text),
        "function_facts": function_facts,
        "class_facts": class_facts,
        "property_facts": property_facts,
        "pictured": pictured,
        "listing": renderer.listing.shown,
        "inherited": lambda placed, sheet: bodies.inherited_members(placed, renderer.projection.inheritance, sheet),
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
