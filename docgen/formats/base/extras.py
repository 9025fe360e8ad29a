"""Files beside the pages: an inventory for other projects, and lists of symbols and texts for programs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from docgen.formats.base.blocks import chunks
from docgen.formats.base.cells import ANCHORS, with_spans
from docgen.formats.base.code import ADDRESS, with_fences
from docgen.formats.base.descriptions import summary_text
from docgen.formats.base.inventory import write_inventory
from docgen.formats.base.places import INDEX
from docgen.formats.base.projection import Projection
from docgen.model import Class, ClassKind, Docstring, Function, Module, Property, Receiver, Reference, VariableKind
from docgen.prose.summary import summary

_REFERENCE = re.compile(r"\[(?P<title>(?:[^\[\]`]|`[^`]*`)*)\]\[[^\[\]]*\]")
_OUTSIDE = re.compile(rf"\[(?P<code>`[^`]+`)\]\(https?:{ADDRESS}\)")
"""A name with a link to another project; the name is clear without the link."""
_BADGE = re.compile(r'<span class="md-tag">(?P<word>[^<]+)</span>')
_ALIAS_ROLES = {"class": "class", "function": "function", "module": "module", "variable": "data"}


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A symbol in these lists."""

    path: str
    """Public path."""
    role: str
    """Its role in Sphinx: `module`, `class`, `exception`, `function`, `method`, `attribute`, `data`, `property`, ..."""
    page: str
    """Path of its page, relative to the root of the reference."""
    summary: str = ""
    """First sentence of its docstring."""


def entries(projection: Projection) -> Iterator[Entry]:
    """Yield every symbol of a reference, in the order of the model."""
    places = projection.places
    for module in projection.full.modules:
        page = places.modules[module.name]
        yield Entry(path=module.name, role="module", page=page, summary=_first(module.docstring))
        for path, role, text in _of_module(module):
            yield Entry(path=path, role=role, page=places.pages[path], summary=text)


def _of_module(module: Module) -> Iterator[tuple[str, str, str]]:
    for class_ in module.classes:
        yield from _of_class(class_, f"{module.name}.{class_.name}")
    for function in module.functions:
        yield f"{module.name}.{function.name}", "function", _first(function.docstring)
    for variable in module.variables:
        role = "function" if variable.kind == VariableKind.CALLABLE else "data"
        yield f"{module.name}.{variable.name}", role, summary(_plain(variable.description))
    for alias in module.aliases:
        yield f"{module.name}.{alias.name}", _ALIAS_ROLES.get(alias.kind, "data"), f"Alias of {alias.target}."


def _of_class(class_: Class, path: str) -> Iterator[tuple[str, str, str]]:
    is_exception = class_.kind == ClassKind.EXCEPTION
    yield path, "exception" if is_exception else "class", _first(class_.docstring)
    for attribute in class_.attributes:
        yield f"{path}.{attribute.name}", "attribute", summary(_plain(attribute.description))
    members: list[Function | Property] = [*class_.properties, *class_.methods]
    for member in members:
        yield f"{path}.{member.name}", _role(member), _first(member.docstring)
    for inner in class_.classes:
        yield from _of_class(inner, f"{path}.{inner.name}")


def _role(member: Function | Property) -> str:
    if isinstance(member, Property):
        return "property"
    return {Receiver.CLASS: "classmethod", Receiver.NONE: "staticmethod"}.get(member.receiver, "method")


def _first(docstring: Docstring | None) -> str:
    return summary(_plain(summary_text(docstring)))


def _plain(text: str) -> str:
    """Return a string with its references replaced by their titles."""
    return _REFERENCE.sub(lambda found: found["title"], text)


def inventory(reference: Reference, listed: Iterable[Entry], *, has_folders: bool = True) -> bytes:
    """Return the inventory of a reference, for Sphinx and mkdocstrings to link to.

    Parameters:
        reference: The reference, for its names and version.
        listed: Its symbols.
        has_folders: The site turns `page.md` into `page/`, not `page.html`.
    """
    rows = [(each.path, each.role, _address(each.page, each.path, has_folders=has_folders)) for each in listed]
    return write_inventory(reference.distribution, reference.version, rows)


def _address(page: str, path: str, *, has_folders: bool) -> str:
    folder = page.removesuffix(f"{INDEX}.md") if page.endswith(f"/{INDEX}.md") else f"{page.removesuffix('.md')}/"
    return f"{folder if has_folders else page.removesuffix('.md') + '.html'}#{path}"


def symbols(reference: Reference, listed: Iterable[Entry]) -> bytes:
    """Return the symbols of a reference as JSON.

    Parameters:
        reference: The reference, for its names and version.
        listed: Its symbols.
    """
    rows = [
        {"path": each.path, "role": each.role, "address": f"{each.page}#{each.path}", "summary": each.summary}
        for each in listed
    ]
    whole = {"project": reference.distribution, "version": reference.version, "symbols": rows}
    return msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n"


def overview(projection: Projection, title: str = "") -> str:
    """Return `llms.txt`: the pages of a reference, with a sentence about each. Source: https://llmstxt.org."""
    reference = projection.full
    lines = [f"# {title or reference.distribution}", "", f"> API reference of {reference.distribution}."]
    for module in reference.modules:
        page = projection.places.modules[module.name]
        lines += ["", f"## {module.name}", "", _line(module.name, page, _first(module.docstring))]
        placed = (projection.places.classes[f"{module.name}.{each.name}"] for each in module.classes)
        alone = (each for each in placed if each.is_alone)
        lines += [_line(each.name, each.page, _first(each.class_.docstring)) for each in alone]
    return "\n".join(lines) + "\n"


def _line(name: str, page: str, text: str) -> str:
    return f"- [{name}]({page}){f': {text}' if text else ''}"


def whole(pages: Iterable[tuple[str, str]]) -> str:
    """Return `llms-full.txt`: every page, one after the other, without markup that only HTML needs.

    Parameters:
        pages: (path, text) of each.
    """
    return "\n".join(f"<!-- {path} -->\n\n{_without_markup(text)}" for path, text in pages)


def _without_markup(text: str) -> str:
    parts = (chunk if is_code else _plain_markdown(chunk) for is_code, chunk in chunks(with_fences(text)))
    return "\n".join(parts)


def _plain_markdown(text: str) -> str:
    text = ANCHORS.sub("", _BADGE.sub(r"*\g<word>*", with_spans(text)))
    return _OUTSIDE.sub(r"\g<code>", text)


def navigation(projection: Projection, prefix: str = "", start: str = "", title: str = "Reference") -> str:
    """Return an mkdocs configuration with the pages of a reference as its navigation, for `INHERIT`.

    Parameters:
        projection: The reference.
        prefix: Folder of the reference within the site, empty for the root.
        start: First page of the site, which precedes the reference; empty if it has none.
        title: Title of this part of the navigation.
    """
    places = projection.places
    classes: Mapping[str, list[tuple[str, str]]] = {module: [] for module in places.modules}
    for placed in places.classes.values():
        if placed.is_alone:
            classes[placed.module.name].append((placed.name, placed.page))
    lines = ["nav:", *([f"  - {_path('', start)}"] if start else [])]
    lines += [f"  - {json.dumps(title, ensure_ascii=False)}:", f"      - {_path(prefix, f'{INDEX}.md')}"]
    for module, page in places.modules.items():
        if not classes[module]:
            lines.append(f"      - {json.dumps(module)}: {_path(prefix, page)}")
            continue
        lines += [f"      - {json.dumps(module, ensure_ascii=False)}:", f"          - {_path(prefix, page)}"]
        lines += [
            f"          - {json.dumps(name, ensure_ascii=False)}: {_path(prefix, path)}"
            for name, path in classes[module]
        ]
    return "\n".join(lines) + "\n"


def _path(prefix: str, page: str) -> str:
    return json.dumps(f"{prefix.strip('/')}/{page}".lstrip("/"), ensure_ascii=False)
