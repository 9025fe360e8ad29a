"""Reads docstrings into sections."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from docgen.prose.blocks import Converter, Problem
from docgen.prose.examples import fence_code
from docgen.prose.fields import read_fields
from docgen.prose.items import GOOGLE_HEADS, NUMPY_HEADS, ReadHead, listed_head, read_items
from docgen.prose.lines import BLANK, PROMPT, Lines, clean, fenced
from docgen.prose.markup import find_names, is_epytext, is_rest
from docgen.prose.sections import Item, Section
from docgen.prose.sections import SectionKind as Kind
from docgen.prose.split import Form, Part, split
from docgen.prose.style import Style

_VERSION = re.compile(r"(?:version:? *)?(?P<version>v?\d[\w.]*?)(?:[:.,] *| +|$)")
_WITH_CODE = frozenset({Kind.EXAMPLES, Kind.ADMONITION})
_RESULTS = frozenset({Kind.RETURNS, Kind.YIELDS, Kind.RECEIVES})


class Markdown(msgspec.Struct, frozen=True, kw_only=True):
    """A text in Markdown.

    Attributes:
        text: The Markdown.
        problems: Markup that was not understood; its text is included as a block of code.
    """

    text: str
    problems: tuple[Problem, ...] = ()


def read_docstring(raw: str, style: Style, problems: list[Problem] | None = None) -> tuple[Section, ...]:
    """Return the sections of a docstring, in order; prose after a section is a section of its own.

    Parameters:
        raw: The docstring in the source or `__doc__`, with its indentation.
        style: The style of the package. Unambiguous sections of other styles are read as well; `PLAIN` reads none.
        problems: Markup that was not understood is added here; its text is in the sections, as a block of code.

    Returns:
        Empty for a docstring without text.
    """
    text = clean(raw)
    joined = "\n".join(text)
    if not joined.strip():
        return ()
    converter = _converter(joined, style)
    lines = Lines.of(text)
    if style is Style.PLAIN:
        sections = _text(converter, lines, 0, len(text))
    else:
        sections = [section for part in split(lines, style) for section in _sections(converter, lines, part)]
    if problems is not None:
        problems += converter.problems
    return tuple(sections)


def to_markdown(text: str, style: Style) -> Markdown:
    """Return a string with the markup of a style as Markdown that plain Material for MkDocs renders.

    Parameters:
        text: The text, without its common indentation. Markdown is returned unchanged, except for unambiguous reST, and
            for characters that would not show as written: `<T>`, `__init__`, the stars of `*args`.
        style: NumPy, Sphinx and epytext docstrings are reST unless they show signs of Markdown; others are if they
            show signs of reST and none of Markdown.
    """
    converter = _converter(text, style)
    return Markdown(text=converter.convert(text.split("\n"), 0), problems=tuple(converter.problems))


def _converter(text: str, style: Style) -> Converter:
    return Converter(names=find_names(text), is_rest=is_rest(text, style), is_epytext=is_epytext(text, style))


def _sections(converter: Converter, lines: Lines, part: Part) -> list[Section]:
    """Return the sections of a part of a docstring; a list of fields has several."""
    match part.form:
        case Form.TEXT:
            return _text(converter, lines, part.start, part.stop)
        case Form.FIELDS:
            return read_fields(lines, part.start, part.stop, converter.convert)
        case Form.DIRECTIVE:
            version, _, lead = part.lead.partition(" ")
            below = lines.below(part.start, part.stop, part.indent)
            return [Section(kind=part.kind, title=version, text=converter.convert([lead, *below], part.start - 1))]
        case Form.GOOGLE:
            return [_google_section(converter, lines, part)]
        case Form.NUMPY:
            return [_section_with_items(converter, lines, part, NUMPY_HEADS)]
        case Form.LIST:
            return [_section_with_items(converter, lines, part, dict.fromkeys(GOOGLE_HEADS, listed_head))]


def _text(converter: Converter, lines: Lines, start: int, stop: int) -> list[Section]:
    while start < stop and lines.indents[start] == BLANK:
        start += 1
    text = converter.convert(lines.dedented(start, stop), start)
    return [Section(kind=Kind.TEXT, text=text)] if text else []


def _google_section(converter: Converter, lines: Lines, part: Part) -> Section:
    if part.lead:
        return _section_with_lead(converter, lines, part)
    if part.is_literal:
        below = lines.dedented(part.start, part.stop)
        if below and not below[0].startswith(PROMPT):
            return Section(kind=part.kind, title=part.title, text="\n".join(fenced(below)))
    if part.kind is Kind.DEPRECATED:
        below = lines.dedented(part.start, part.stop)
        if below and (version := _VERSION.match(below[0])):
            below[0] = below[0][version.end() :]
            return Section(kind=part.kind, title=version["version"], text=converter.convert(below, part.start))
    return _section_with_items(converter, lines, part, GOOGLE_HEADS)


def _section_with_lead(converter: Converter, lines: Lines, part: Part) -> Section:
    """Return a section whose text begins on the line of its heading."""
    below = lines.below(part.start, part.stop, part.indent)
    read_head = GOOGLE_HEADS.get(part.kind)
    head = read_head(part.lead) if read_head else None
    text = converter.convert([head.text if head else part.lead, *below], part.start - 1)
    if head:
        return Section(kind=part.kind, title=part.title, items=tuple(head.items(text)))
    if part.kind in _RESULTS:
        return Section(kind=part.kind, title=part.title, items=(Item(text=text),))
    return Section(kind=part.kind, title=part.title, text=text)


def _section_with_items(converter: Converter, lines: Lines, part: Part, heads: Mapping[Kind, ReadHead]) -> Section:
    read_head = heads.get(part.kind)
    if part.kind in _WITH_CODE:
        below = fence_code(lines.dedented(part.start, part.stop))
        return Section(kind=part.kind, title=part.title, text=converter.convert(below, part.start))
    if read_head is None:
        return Section(kind=part.kind, title=part.title, text=_joined(_text(converter, lines, part.start, part.stop)))
    text, items = read_items(lines, part.start, part.stop, read_head, converter.convert)
    if text and part.kind in _RESULTS:
        # It is prose; text like `type: text` further down is a part of it.
        text = _joined(_text(converter, lines, part.start, part.stop))
        return Section(kind=part.kind, title=part.title, items=(Item(text=text),))
    return Section(kind=part.kind, title=part.title, text=text, items=items)


def _joined(sections: list[Section]) -> str:
    return "\n\n".join(section.text for section in sections)
