"""Parses the part of a page below a signature into the sections of a docstring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import msgspec

from docgen.formats.base import cells
from docgen.formats.base.blocks import END_OF_SECTION, SEPARATOR, UNDOCUMENTED, chunks, label_of, with_levels
from docgen.formats.base.descriptions import VERSIONED, columns, kind_and_title
from docgen.formats.base.inline import read
from docgen.formats.base.read_signatures import read_type, read_value
from docgen.formats.base.rows import CUT
from docgen.formats.base.sheet import CONTINUED
from docgen.model import UNKNOWN, Docstring, Parameter, ParameterKind, Signature, Unknown, Value
from docgen.prose.sections import Item, Section, SectionKind


@dataclass(kw_only=True)
class _Part:
    """A section being read: its lines of text, the rows of its table, and text that did not fit into the cells."""

    words: str = ""
    is_on_label: bool = False
    """Its text is a paragraph that begins on the line of the label."""
    lines: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    rests: list[list[str]] = field(default_factory=list)

    @property
    def kind(self) -> SectionKind:
        return kind_and_title(self.words)[0] if self.words else SectionKind.TEXT


def read_text(lines: list[str]) -> str:
    """Return the lines of a page as a canonical text."""
    return with_levels(read("\n".join(lines)), 1).strip("\n")


def read_cell(cell: str) -> str:
    """Return a cell as a canonical text."""
    return read(cells.read_text(cell.removesuffix(CONTINUED).strip()))


def with_rests(texts: list[str], cells_of: list[str], rests: list[list[str]]) -> list[str]:
    """Return the texts of cells, with the text below the table appended to those that continue there."""
    below = iter(rests)
    return [
        "\n\n".join(filter(None, (text, read_text(next(below, []))))) if cell.endswith(CONTINUED) else text
        for text, cell in zip(texts, cells_of, strict=True)
    ]


def read_docstring(
    lines: list[str], signature: Signature | None = None, inherited_from: str = ""
) -> tuple[Docstring | None, Signature | None]:
    """Return the docstring below a signature, and the signature with descriptions of its parameters.

    Parameters:
        lines: The lines of the page.
        signature: The signature of its function, None for a docstring without one.
        inherited_from: Path of the symbol that the docstring is inherited from.
    """
    sections: list[Section] = []
    for part in _parts(lines):
        if part.kind == SectionKind.PARAMETERS and signature and not isinstance(signature.parameters, Unknown):
            section, signature = _parameters(part, signature, signature.parameters)
        else:
            section = _section(part)
        if section.text or section.items or section.title or section.kind in VERSIONED:
            sections.append(section)
    docstring = Docstring(raw="", inherited_from=inherited_from, sections=tuple(sections)) if sections else None
    return docstring, signature


def marked_lines(lines: list[str]) -> Iterator[tuple[bool, str]]:
    """Yield (whether it is code, line) for lines of a page."""
    for is_code, chunk in chunks("\n".join(lines)):
        for line in chunk.split("\n"):
            yield is_code, line


def _parts(lines: list[str]) -> Iterator[_Part]:
    part = _Part()
    for (is_code, line), (_, following) in pairwise((*marked_lines(lines), (False, ""))):
        found = None if is_code else label_of(line)
        if found and found[0].startswith("`"):
            part.rests.append([])
        elif found or (not is_code and line == END_OF_SECTION):
            yield part
            part = _Part(words=found[0] if found else "", is_on_label=bool(found and found[1]))
            part.lines += [found[1]] if found and found[1] else []
        elif part.rests:
            part.rests[-1].append(line)
        elif not is_code and part.words and not part.heads and SEPARATOR.fullmatch(following):
            part.heads = cells.cells(line)
        elif part.heads and line.startswith("|"):
            part.rows += [] if SEPARATOR.fullmatch(line) else [cells.cells(line)]
        elif (part.rows and line) or (part.is_on_label and not line):
            # Text below a table, or below the paragraph of a label, belongs to no section.
            yield part
            part = _Part(lines=[line])
        elif line != UNDOCUMENTED or is_code:
            part.lines.append(line)
    yield part


def _section(part: _Part) -> Section:
    kind, title = kind_and_title(part.words) if part.words else (SectionKind.TEXT, "")
    fields = dict(columns(kind))
    items = [_item({fields[head]: cell for head, cell in zip(part.heads, row, strict=True)}) for row in part.rows]
    texts = _texts(part, [fields[head] for head in part.heads])
    return Section(
        kind=kind,
        title=title,
        text=read_text(part.lines),
        items=tuple(msgspec.structs.replace(item, text=text) for item, text in zip(items, texts, strict=True)),
    )


def _item(row: dict[str, str]) -> Item:
    return Item(
        name=cells.read_code(row.get("name", "")),
        annotation=cells.read_code(row.get("annotation", "")),
        default=cells.read_code(row.get("default", "")),
    )


def _texts(part: _Part, fields: list[str]) -> list[str]:
    """Return the descriptions of the rows of a part."""
    if "text" not in fields:
        return [""] * len(part.rows)
    raw = [row[fields.index("text")] for row in part.rows]
    return with_rests([read_cell(cell) for cell in raw], raw, part.rests)


def _parameters(part: _Part, signature: Signature, known: tuple[Parameter, ...]) -> tuple[Section, Signature]:
    """Return the section of a table of parameters, and the signature with the other facts in the table."""
    fields = dict(columns(SectionKind.PARAMETERS))
    texts = _texts(part, [fields[head] for head in part.heads])
    by_name = {parameter.name: parameter for parameter in known}
    items: list[Item] = []
    new: list[Parameter] = []
    for row, text in zip(part.rows, texts, strict=True):
        item = _item({fields[head]: cell for head, cell in zip(part.heads, row, strict=True)})
        name = item.name.lstrip("*")
        if name in by_name:
            parameter = by_name[name]
            annotation = item.annotation if parameter.annotation is None else ""
            default = item.default if parameter.default is None else ""
            own = Item(name=name, annotation=annotation, default=default, text=text)
            by_name[name] = msgspec.structs.replace(parameter, description=text)
        else:
            own = Item(name=name, text=text)
            new.append(_from_keywords(item, text))
        if own != Item(name=own.name):
            items.append(own)
    described = (*(by_name[parameter.name] for parameter in known), *new)
    section = Section(kind=SectionKind.PARAMETERS, text=read_text(part.lines), items=tuple(items))
    return section, msgspec.structs.replace(signature, parameters=described)


def _from_keywords(item: Item, text: str) -> Parameter:
    default: Value | Unknown | None = read_value(item.default)
    return Parameter(
        name=item.name.lstrip("*"),
        kind=ParameterKind.KEYWORD_ONLY,
        annotation=read_type(item.annotation),
        default=UNKNOWN if item.default.endswith(CUT) else default,
        description=text,
        is_from_keywords=True,
    )
