"""Model in, Markdown pages out. The only module that knows jinja2.

What a page shows, and where, is in the templates of the dialect; how a text, a type or a name is spelt there is in the
filters of this module, steered by the flags of the dialect.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import jinja2

from docgen.dialect import Dialect, Printing, Site
from docgen.errors import RenderError
from docgen.findings import Finding
from docgen.markdown import cell, escape_entities, first_sentence, squeeze, summary
from docgen.model import Class, ClassKind, Function, Package, Receiver, Reference, Variable
from docgen.spelling import code_cell, declared, shown_name, shown_type

DEVICES = frozenset(
    {"aux", "con", "nul", "prn", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
)
"""Names that no file can have on Windows, whatever its suffix."""

_MARKS = re.compile("`+")


@dataclass(frozen=True, kw_only=True)
class Page:
    """One file of a reference."""

    path: str
    """Relative to the root of the tree, with slashes."""
    text: str


class Renderer:
    """Renders the pages of one reference in one dialect.

    Parameters:
        dialect: The format.
        site: What the site adds.
        version: Of the reference, for the pages that show it.
    """

    def __init__(self, dialect: Dialect, site: Site, version: str) -> None:
        self.dialect = dialect
        self.site = site
        self.findings: list[Finding] = []
        self._homes: dict[str, tuple[str, str]] = {}
        self._stems: dict[tuple[str, str], str] = {}
        printing = dialect.printing
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(dialect.folders),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            undefined=jinja2.StrictUndefined,
            autoescape=False,  # noqa: S701 - Markdown, not HTML; entities are a flag of the dialect
        )
        self._environment.filters |= _filters(printing) | {"stem": self.stem, "is_alias": self.is_alias}
        self._environment.globals |= {"printing": printing, "site": site, "version": site.version or version}

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
        """Return the pages that speak of several packages."""
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
        """Say whether the class has a page of a shorter name too; one of them is enough for a search."""
        place = (class_.package, class_.name)
        return bool(class_.path) and self._homes.get(class_.path or "", place) != place

    def _name_files(self, package: Package) -> None:
        """Number the files of classes whose names differ only in case: where case does not count they would be one."""
        taken = {self.dialect.printing.index_name: package.name}
        for class_ in package.classes:
            lower = class_.name.lower()
            names = (lower, *(f"{lower}-{number}" for number in range(2, len(taken) + 3)))
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
                text=f"{package.name}.{class_.name} has the name of a device, of which some systems make no file",
                hint=f"Its page is {stem}.md; links from outside to {class_.name.lower()}.md lead nowhere.",
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
        try:
            text = self._environment.get_template(f"{template}.jinja").render(values)
        except jinja2.TemplateError as error:
            raise RenderError(
                f"dialect {self.dialect.name}, template {template}: {error}. Repair the template."
            ) from error
        printing = self.dialect.printing
        text = squeeze(text) if printing.squeezes_blank_lines else text
        return Page(path=path, text=text + self._footer(path) if printing.has_footer else text)

    def _footer(self, path: str) -> str:
        folder = path.removesuffix(".md").removesuffix(self.dialect.printing.index_name).rstrip("/")
        return f"---\n**Source**: {self.site.source_base}{path}\n**HTML**: {self.site.html_base}{folder}/\n"


def _merged(reference: Reference) -> Package:
    """Return all packages as one, members in alphabetical order; it speaks with the docstring of the first."""
    packages = reference.packages or (Package(name=reference.distribution),)
    return replace(
        packages[0],
        classes=tuple(sorted((c for each in packages for c in each.classes), key=_by_name)),
        functions=tuple(sorted((f for each in packages for f in each.functions), key=_by_name)),
        variables=tuple(sorted((v for each in packages for v in each.variables), key=_by_name)),
    )


def _root_text(packages: tuple[Package, ...]) -> str:
    """Return the text of the package that all others lie in; empty where there is none."""
    roots = [root for root in packages if all(f"{each.name}.".startswith(f"{root.name}.") for each in packages)]
    return roots[0].docstring.text if roots else ""


def _by_name(value: Class | Function | Variable) -> str:
    return value.name


def _filters(printing: Printing) -> dict[str, Callable[..., object]]:
    prose = partial(escape_entities, where=printing.entities)

    def shown_cell(text: str) -> str:
        return cell(prose(text), escapes_code=printing.escapes_bars_in_code)

    def shown_summary(text: str) -> str:
        shown = prose(text) if printing.escapes_summaries else text
        sentence = summary(shown, printing.summaries)
        return cell(sentence, escapes_code=printing.escapes_bars_in_code)

    return {
        "prose": prose,
        "cell": lambda text: _padded(shown_cell(text)),
        "summary": shown_summary,
        "sentence": first_sentence,
        "quoted": _quoted,
        "padded": _padded,
        "code": lambda code: "" if code is None else _code(code_cell(code, printing)),
        "escaped": lambda name: name.replace("_", r"\_"),
        "anchor": str.lower,
        "declared": partial(declared, printing=printing),
        "shown_name": partial(shown_name, printing=printing),
        "shown_type": lambda typed: _code(shown_type(typed, printing)),
        "awaited": _awaited,
        "arrow": _arrow,
    }


def _shortest(place: tuple[str, str]) -> tuple[int, tuple[str, str]]:
    return place[0].count("."), place


def _padded(text: str) -> str:
    """Return a cell's text with the blank before it; an empty cell is one blank wide, not two."""
    return f" {text}" if text else ""


def _quoted(text: str) -> str:
    """Return a text as a double-quoted scalar of YAML."""
    escaped = text.replace("\\", r"\\").replace('"', r"\"")
    return f'"{escaped}"'


def _code(text: str) -> str:
    """Return a text as inline code, with as many marks as its own marks demand; empty for no text."""
    marks = "`" * (max(map(len, _MARKS.findall(text)), default=0) + 1)
    pad = " " if "`" in text else ""
    return f"{marks}{pad}{text}{pad}{marks}" if text else ""


def _awaited(function: Function, owner: str | None) -> str:
    """Return how a function that can be awaited is named, up to its attribute `aio`."""
    if function.receiver == Receiver.INSTANCE:
        owner = f"<{owner} instance>"
    return ".".join(filter(None, (function.parent or owner, function.name)))


def _arrow(function: Function) -> str:
    return f" -> {function.returns}" if function.returns not in (None, "None") else ""
