"""Renders the page model as Markdown: which pages there are, their paths, and which ones the last build rendered.

The templates of the dialect, which `templates` loads, determine what a page shows.
"""

from __future__ import annotations

import importlib.machinery
from dataclasses import replace
from functools import cached_property
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.findings import Finding
from docgen.formats.flyte.dialect import Dialect, Site
from docgen.formats.flyte.page_model import Class, ClassKind, Function, Package, Reference, Variable
from docgen.formats.markdown import squeeze
from docgen.formats.seam import Page
from docgen.incremental.pages import StoredPages, digest_of
from docgen.incremental.unchanged import this_command
from docgen.stamps import stamp

if TYPE_CHECKING:
    from docgen.formats.flyte.templates import Templates

DEVICES = frozenset(
    {"aux", "con", "nul", "prn", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
)
"""File names that Windows reserves, whatever their suffix."""


class Renderer:
    """Renders the pages of one reference in one dialect.

    Parameters:
        dialect: The format.
        site: The values that the site adds.
        version: The version of the reference, for the pages that show it.
        folder: Folder of the last build; pages whose values are the same are reused.
    """

    def __init__(self, dialect: Dialect, site: Site, version: str, folder: Path | None = None) -> None:
        self.dialect = dialect
        self.site = site
        self.version = version
        self.findings: list[Finding] = []
        self.kept = StoredPages(folder, f"{dialect} {site} {version} {_versions(dialect)}") if folder else None
        self._digests: dict[int, tuple[Class | Package | Function, str]] = {}
        self._homes: dict[str, tuple[str, str]] = {}
        self._stems: dict[tuple[str, str], str] = {}

    @cached_property
    def _templates(self) -> Templates:
        """The templates, loaded when the first page has to be rendered."""
        from docgen.formats.flyte.templates import Templates  # noqa: PLC0415 - a build that renders nothing must not pay for jinja2

        filters = {"stem": self.stem, "is_alias": self.is_alias}
        return Templates(self.dialect, filters, {"site": self.site, "version": self.site.version or self.version})

    def reference(self, reference: Reference) -> tuple[Page, ...]:
        """Return all pages: home, indexes, packages and classes, in this order."""
        for package in reference.packages:
            self._name_files(package)
            for class_ in package.classes:
                place = (class_.package, class_.name)
                self._homes[class_.path or ""] = min(place, self._homes.get(class_.path or "", place), key=_shortest)
        if self.dialect.printing.is_flat:
            return self.package(_merged(reference))
        return (*self.indexes(reference), *(page for package in reference.packages for page in self.package(package)))

    def indexes(self, reference: Reference) -> tuple[Page, ...]:
        """Return the pages about several packages."""
        printing = self.dialect.printing
        classes = [c for package in reference.packages for c in package.classes]
        values = {
            "title": self.site.title or reference.distribution,
            "description": _root_text(reference.packages),
            "packages": reference.packages,
            "classes": [c for c in classes if c.kind != ClassKind.PROTOCOL],
            "protocols": [c for c in classes if c.kind == ClassKind.PROTOCOL],
            "functions": [(package, f) for package in reference.packages for f in package.functions],
        }
        index = f"{printing.index_name}.md"
        pages = [("home", index)]
        pages += [("packages", f"{printing.packages_folder}/{index}")] if printing.has_packages_page else []
        pages += [("classes", f"classes/{index}")] if printing.has_classes_page else []
        return tuple(self._page(template, path, **values) for template, path in pages)

    def package(self, package: Package) -> tuple[Page, ...]:
        """Return the page of a package, then those of its classes."""
        self._name_files(package)
        groups = {kind: [c for c in package.classes if c.kind == kind] for kind in ClassKind}
        index = self._page(
            "package",
            self._path(package.name, self.dialect.printing.index_name),
            package=package,
            classes=groups[ClassKind.CLASS],
            protocols=groups[ClassKind.PROTOCOL],
            errors=groups[ClassKind.ERROR],
        )
        return (index, *map(self.class_page, package.classes))

    def class_page(self, class_: Class) -> Page:
        """Return the page of a class."""
        return self._page("class", self._path(class_.package, self.stem(class_)), **{"class": class_})

    def stem(self, class_: Class) -> str:
        """Return the name of the page of a class, without suffix."""
        return self._stems.get((class_.package, class_.name), class_.name.lower())

    def is_alias(self, class_: Class) -> bool:
        """Return True if the class also has a page with a shorter name; a search needs only one of them."""
        place = (class_.package, class_.name)
        return bool(class_.path) and self._homes.get(class_.path or "", place) != place

    def _name_files(self, package: Package) -> None:
        """Number the files of classes whose names differ only in case, which would be one file on some systems."""
        taken = {self.dialect.printing.index_name: package.name}
        for class_ in package.classes:
            lower = class_.name.lower()
            names = chain((lower,), (f"{lower}-{number}" for number in count(2)))
            stem = next(name for name in names if name not in taken and name not in DEVICES)
            if lower in DEVICES:
                self._device(package, class_, stem)
            elif stem != lower and (package.name, class_.name) not in self._stems:
                self._collision(package, class_, taken[lower], stem)
            taken[stem] = class_.name
            self._stems[package.name, class_.name] = stem

    def _device(self, package: Package, class_: Class, stem: str) -> None:
        self.findings.append(
            Finding(
                path=self._path(package.name, stem),
                code="DG503",
                text=f"{package.name}.{class_.name} has the name of a device, which some systems refuse for files",
                hint=f"Its page is {stem}.md; links from outside to {class_.name.lower()}.md have no target.",
            )
        )

    def _collision(self, package: Package, class_: Class, other: str, stem: str) -> None:
        self.findings.append(
            Finding(
                path=self._path(package.name, stem),
                code="DG502",
                text=f"{package.name}.{class_.name} and {other} differ only in case",
                hint=f"Its page is {stem}.md; links from outside to {class_.name.lower()}.md lead to {other}.",
            )
        )

    def _path(self, package: str, stem: str) -> str:
        printing = self.dialect.printing
        folders = () if printing.is_flat else (printing.packages_folder, package)
        return "/".join(filter(None, (*folders, f"{stem}.md")))

    def _page(self, template: str, path: str, **values: object) -> Page:
        kept: str | None = None
        if self.kept is not None:
            essence = [(key, self._essence(each)) for key, each in values.items()]
            kept = self.kept.text(path, digest_of(template, essence))
        return Page(path=path, text=self._rendered(template, path, **values) if kept is None else kept)

    def _essence(self, value: object) -> object:
        """Return what a page shows of a value, with classes and packages, which other pages show too, as digests."""
        if isinstance(value, list | tuple):
            return [self._essence(each) for each in value]
        if not isinstance(value, Class | Package):
            return value
        if id(value) not in self._digests:
            if isinstance(value, Class):
                # Per method, because most methods are inherited and appear on several pages.
                methods = [self._of_method(each) for each in value.methods]
                digest = digest_of(replace(value, methods=()), methods, self.stem(value), self.is_alias(value))
            else:
                digest = digest_of(replace(value, classes=()), self._essence(value.classes))
            self._digests[id(value)] = (value, digest)
        return self._digests[id(value)][1]

    def _of_method(self, method: Function) -> str:
        if id(method) not in self._digests:
            self._digests[id(method)] = (method, digest_of(method))
        return self._digests[id(method)][1]

    def _rendered(self, template: str, path: str, **values: object) -> str:
        text = self._templates.text(template, values)
        printing = self.dialect.printing
        text = squeeze(text) if printing.squeezes_blank_lines else text
        return text + self._footer(path) if printing.has_footer else text

    def _footer(self, path: str) -> str:
        folder = path.removesuffix(".md").removesuffix(self.dialect.printing.index_name).rstrip("/")
        return f"---\n**Source**: {self.site.source_base}{path}\n**HTML**: {self.site.html_base}{folder}/\n"


def _versions(dialect: Dialect) -> tuple[object, ...]:
    """Return a digest that changes with the templates, their values or docgen itself."""
    engine = importlib.machinery.PathFinder.find_spec("jinja2")
    templates = (path for each in dialect.folders for path in sorted(each.iterdir()))
    return (stamp(str(engine and engine.origin)), *(stamp(str(path)) for path in templates), *this_command(()))


def _merged(reference: Reference) -> Package:
    """Return all packages merged into one, with sorted members and the docstring of the first package."""
    packages = reference.packages or (Package(name=reference.distribution),)
    return replace(
        packages[0],
        classes=tuple(sorted((c for each in packages for c in each.classes), key=_by_name)),
        functions=tuple(sorted((f for each in packages for f in each.functions), key=_by_name)),
        variables=tuple(sorted((v for each in packages for v in each.variables), key=_by_name)),
    )


def _root_text(packages: tuple[Package, ...]) -> str:
    """Return the text of the package that contains all others; empty if there is none."""
    roots = [root for root in packages if all(f"{each.name}.".startswith(f"{root.name}.") for each in packages)]
    return roots[0].docstring.text if roots else ""


def _by_name(value: Class | Function | Variable) -> str:
    return value.name


def _shortest(place: tuple[str, str]) -> tuple[int, tuple[str, str]]:
    return place[0].count("."), place
