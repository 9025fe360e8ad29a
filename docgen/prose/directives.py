"""Converts directives of reST, `.. name:: argument`, to Markdown."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from docgen.prose import tables
from docgen.prose.inline import cross_reference
from docgen.prose.lines import fenced, indented

_OPTION = re.compile(r":(?P<name>[\w-]+):(?: +(?P<value>.*))?$")
_CELL = re.compile(r"(?P<row>[*-] +)?(?: *)(?P<dash>[-*])(?: |$)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Directive:
    """A directive.

    Attributes:
        name: Its name without the domain, in lower case.
        argument: The text after the two colons.
        options: The fields at the beginning of its block.
        content: The other lines of its block, without their common indentation.
        skipped: How many lines of the block precede the content.
    """

    name: str
    argument: str
    options: Mapping[str, str]
    content: list[str]
    skipped: int


class Converts(Protocol):
    """The part of the converter that a directive needs."""

    def blocks(self, lines: list[str], offset: int, depth: int = 0) -> list[str]:
        """Return the blocks in some lines as Markdown."""

    def inline(self, text: str) -> str:
        """Return a paragraph as Markdown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """A directive with the converter of its content."""

    directive: Directive
    converter: Converts
    offset: int
    depth: int

    def content(self, lead: str = "") -> list[str]:
        """Return the argument, if it begins the text, and the content as Markdown."""
        lines = [lead, *self.directive.content] if lead else self.directive.content
        block = self.converter.blocks(lines, self.offset + 1 + self.directive.skipped, self.depth + 1)
        while block and not block[0]:
            block = block[1:]
        while block and not block[-1]:
            block = block[:-1]
        return block


def read(name: str, argument: str, body: list[str]) -> Directive:
    """Return a directive.

    Parameters:
        name: The name as written.
        argument: The text after the two colons.
        body: The indented lines below.
    """
    margin = min((len(line) - len(line.lstrip()) for line in body if line.strip()), default=0)
    lines = [line[margin:] for line in body]
    options: dict[str, str] = {}
    index = 0
    # An argument may continue in the lines directly below; options precede the first blank line.
    while index < len(lines) and (found := _OPTION.match(lines[index])):
        options[found["name"].lower()] = (found["value"] or "").strip()
        index += 1
        while options and index < len(lines) and lines[index].startswith(" ") and lines[index].strip():
            options[found["name"].lower()] += f" {lines[index].strip()}"
            index += 1
    content = lines[index:]
    return Directive(
        name=name.rpartition(":")[2].lower(),
        argument=argument.strip(),
        options=options,
        content=content,
        skipped=index,
    )


def convert(directive: Directive, converter: Converts, offset: int, depth: int) -> list[str] | None:
    """Return the Markdown for a directive, None if it is unknown.

    Parameters:
        directive: The directive.
        converter: Converts its content.
        offset: Its line in the docstring.
        depth: How deep it is nested.
    """
    write = _WRITERS.get(directive.name)
    place = _Place(directive=directive, converter=converter, offset=offset, depth=depth)
    return write(place) if write else None


def _admonition(kind: str, title: str, content: list[str]) -> list[str]:
    quoted = title.replace('"', "'")
    heading = f'!!! {kind} "{quoted}"' if quoted else f"!!! {kind}"
    return [heading, *indented(content)]


def _named_admonition(kind: str, title: str = "") -> Callable[[_Place], list[str]]:
    return lambda place: _admonition(kind, title, place.content(place.directive.argument))


def _titled_admonition(place: _Place) -> list[str]:
    kind = place.directive.options.get("class", "note").split()[0:1] or ["note"]
    return _admonition(kind[0], place.directive.argument, place.content())


def _version(kind: str, words: str) -> Callable[[_Place], list[str]]:
    def write(place: _Place) -> list[str]:
        version, _, text = place.directive.argument.partition(" ")
        return _admonition(kind, f"{words} {version}".strip(), place.content(text))

    return write


def _code(language: str = "") -> Callable[[_Place], list[str]]:
    def write(place: _Place) -> list[str]:
        directive = place.directive
        caption = directive.options.get("caption", "")
        named = directive.argument.split()[0] if directive.argument else ""
        named = "" if named in {"none", "default"} else named
        title = [f"**{place.converter.inline(caption)}**", ""] if caption else []
        return [*title, *fenced(directive.content, language or named)]

    return write


def _interpreter(place: _Place) -> list[str]:
    directive = place.directive
    lines = directive.content
    if directive.argument and not any(line.strip() for line in lines):
        lines = [directive.argument]
    is_session = any(line.startswith(">>>") for line in lines)
    return fenced(lines, "pycon" if is_session else "python")


def _math(place: _Place) -> list[str]:
    directive = place.directive
    return fenced([directive.argument, *directive.content] if directive.argument else directive.content, "latex")


def _image(place: _Place) -> list[str]:
    options = place.directive.options
    picture = f"![{options.get('alt', '')}]({place.directive.argument})"
    target = options.get("target")
    picture = f"[{picture}]({target})" if target else picture
    content = place.content()
    return [picture, "", *content] if content else [picture]


def _heading(place: _Place) -> list[str]:
    content = place.content()
    title = [f"**{place.converter.inline(place.directive.argument)}**"] if place.directive.argument else []
    return [*title, "", *content] if title and content else title or content


def _plain(place: _Place) -> list[str]:
    return place.content(place.directive.argument)


def _content(place: _Place) -> list[str]:
    return place.content()


def _quote(place: _Place) -> list[str]:
    return [f"> {line}".rstrip() for line in place.content(place.directive.argument)]


def _description(place: _Place) -> list[str]:
    """Return the text of a directive that describes an object: its signature, and the text below it."""
    signature = place.directive.argument.replace("`", "")
    return [f"- `{signature}`" if signature else "-", "", *indented(place.content())]


def _author(place: _Place) -> list[str]:
    return [f"Author: {place.directive.argument}"]


def _object(place: _Place) -> list[str]:
    """Return a reference to the object whose own docstring Sphinx would put here."""
    name = place.directive.argument
    return [cross_reference(name, name), "", *place.content()] if name else place.content()


def _names(place: _Place) -> list[str]:
    names = [line.strip() for line in (place.directive.argument, *place.directive.content) if line.strip()]
    return [f"- `{name}`" for name in names]


def _nothing(place: _Place) -> list[str]:
    return [] if not place.directive.content else place.content()


def _table(place: _Place) -> list[str]:
    return _heading(place)


def _list_table(place: _Place) -> list[str] | None:
    rows: list[tables.Row] = []
    margin = 0
    for line in place.directive.content:
        found = _CELL.match(line)
        if found and (found["row"] or (rows and found.start("dash") == margin)):
            if found["row"]:
                rows.append([])
                margin = found.start("dash")
            rows[-1].append([line[found.end() :].strip()])
        elif rows:
            rows[-1][-1].append(line.strip())
        elif line.strip():
            return None
    return _titled_table(place, rows)


def _csv_table(place: _Place) -> list[str] | None:
    delimiter = {"tab": "\t", "space": " "}.get(
        place.directive.options.get("delim", ""), place.directive.options.get("delim") or ","
    )
    lines = [line for line in place.directive.content if line.strip()]
    if "file" in place.directive.options or not lines:
        return None
    head = place.directive.options.get("header")
    read_rows = csv.reader([*([head] if head else []), *lines], delimiter=delimiter[0], skipinitialspace=True)
    rows: list[tables.Row] = [[[cell] for cell in row] for row in read_rows]
    return _titled_table(place, rows, heads=1 if head else 0)


def _titled_table(place: _Place, rows: list[tables.Row], heads: int = 0) -> list[str] | None:
    rows = [row for row in rows if row]
    if not rows:
        return None
    count = place.directive.options.get("header-rows", "")
    heads = int(count) if count.isdigit() else heads
    head = rows[0] if heads else None
    title = place.directive.argument
    lead = [f"**{place.converter.inline(title)}**", ""] if title else []
    return [*lead, *tables.to_table(head, rows[1:] if heads else rows, place.converter.inline)]


_WRITERS: dict[str, Callable[[_Place], list[str] | None]] = {
    "note": _named_admonition("note"),
    "warning": _named_admonition("warning"),
    "tip": _named_admonition("tip"),
    "hint": _named_admonition("tip", "Hint"),
    "important": _named_admonition("note", "Important"),
    "caution": _named_admonition("warning", "Caution"),
    "attention": _named_admonition("warning", "Attention"),
    "danger": _named_admonition("danger"),
    "error": _named_admonition("danger", "Error"),
    "todo": _named_admonition("note", "Todo"),
    "seealso": _named_admonition("info", "See also"),
    "admonition": _titled_admonition,
    "versionadded": _version("note", "Added in version"),
    "version-added": _version("note", "Added in version"),
    "versionchanged": _version("note", "Changed in version"),
    "version-changed": _version("note", "Changed in version"),
    "deprecated": _version("warning", "Deprecated since version"),
    "version-deprecated": _version("warning", "Deprecated since version"),
    "versionremoved": _version("warning", "Removed in version"),
    "version-removed": _version("warning", "Removed in version"),
    **dict.fromkeys(("code", "code-block", "sourcecode", "parsed-literal", "prompt", "highlight-block"), _code()),
    **dict.fromkeys(("testcode", "testsetup", "testcleanup"), _code("python")),
    **dict.fromkeys(("doctest",), _code("pycon")),
    **dict.fromkeys(("testoutput",), _code("text")),
    **dict.fromkeys(("ipython", "jupyter-execute", "exec_code", "plot", "exec"), _interpreter),
    **dict.fromkeys(("graphviz", "digraph", "graph", "mermaid", "raw", "productionlist"), _code()),
    "math": _math,
    **dict.fromkeys(("image", "figure"), _image),
    **dict.fromkeys(("rubric", "centered", "topic", "sidebar", "dropdown", "details", "tab-item", "tab"), _heading),
    "table": _table,
    "list-table": _list_table,
    "csv-table": _csv_table,
    **dict.fromkeys(("epigraph", "highlights", "pull-quote"), _quote),
    **dict.fromkeys(
        ("compound", "container", "class", "rst-class", "only", "glossary", "hlist", "line-block"), _content
    ),
    **dict.fromkeys(
        (
            *(
                "function",
                "method",
                "classmethod",
                "staticmethod",
                "attribute",
                "property",
                "data",
                "exception",
                "module",
            ),
            *("describe", "option", "envvar", "confval", "type", "decorator", "decoratormethod"),
        ),
        _description,
    ),
    **dict.fromkeys(("sectionauthor", "moduleauthor", "codeauthor"), _author),
    **dict.fromkeys(
        tuple(f"auto{each}" for each in ("module", "class", "function", "method", "attribute", "data", "exception")),
        _object,
    ),
    **dict.fromkeys(("autosummary", "toctree", "inheritance-diagram"), _names),
    **dict.fromkeys(
        (
            "contents",
            "currentmodule",
            "highlight",
            "tabularcolumns",
            "default-role",
            "index",
        ),
        _nothing,
    ),
}
"""Known directives -> functions that convert them."""
