"""Docstrings on a page: one block for each section, under a label in bold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from docgen.formats.base import cells
from docgen.formats.base.blocks import END_OF_SECTION, is_one_paragraph, label, paragraphs
from docgen.formats.base.descriptions import columns, heading, leading_texts
from docgen.formats.base.rows import CUT
from docgen.formats.base.sheet import Sheet
from docgen.formats.base.signatures import starred, value_text
from docgen.model import Docstring, Function, Parameter, Unknown
from docgen.prose.sections import Item, Section, SectionKind

_TYPED = ("annotation",)
_SECTIONS_WITH_LINKS = (SectionKind.SEE_ALSO, SectionKind.METHODS, SectionKind.FUNCTIONS, SectionKind.CLASSES)


def docstring_text(
    docstring: Docstring | None,
    sheet: Sheet,
    level: int,
    function: Function | None = None,
) -> str:
    """Return the text of a docstring on a page, including the table of parameters; empty if there is none.

    Parameters:
        docstring: The canonical docstring.
        sheet: The page.
        level: The level of its highest heading.
        function: The function that it belongs to; None for that of a module, a class or a property.
    """
    sections = docstring.sections if docstring else ()
    blocks: list[str] = []
    has_table = function is None or any(each.kind == SectionKind.PARAMETERS for each in sections)
    place = -1 if has_table else leading_texts(sections)
    before: Section | None = None
    for number, section in enumerate((*sections, None)):
        if number == place and function is not None:
            blocks += _from_keywords(function, sheet)
        if section is None:
            break
        if before is not None and _runs_into(before, section):
            blocks.append(END_OF_SECTION)
        if section.kind == SectionKind.PARAMETERS and function:
            blocks += _parameters(section, function, sheet, level)
        else:
            blocks += _section(section, sheet, level)
        before = section
    return "\n\n".join(blocks)


def _runs_into(before: Section, section: Section) -> bool:
    """Return True if the end of the prose of a section would not be visible."""
    if section.kind != SectionKind.TEXT or before.kind == SectionKind.TEXT:
        return False
    if before.items:
        return any(paragraphs(item.text)[1] for item in before.items)
    return not is_one_paragraph(before.text)


def _section(section: Section, sheet: Sheet, level: int) -> Iterator[str]:
    words, text = heading(section), sheet.text(section.text, level)
    if words and not section.items and is_one_paragraph(section.text):
        yield f"{label(words)} {text.lstrip()}"
        return
    if words:
        yield label(words)
    if text:
        yield text
    if section.items:
        heads = columns(section.kind)
        yield cells.table(
            tuple(head for head, _ in heads),
            (tuple(_field(item, field, section.kind, sheet) for _, field in heads) for item in section.items),
        )
        yield from _rests([item.text for item in section.items], [_title(item) for item in section.items], sheet, level)


def _field(item: Item, field: str, kind: SectionKind, sheet: Sheet) -> str:
    if field == "text":
        return sheet.cell(item.text)
    value = str(getattr(item, field))
    is_linked = field in _TYPED or kind in _SECTIONS_WITH_LINKS
    return sheet.written(value) if is_linked else cells.code_cell(value)


def _title(item: Item) -> str:
    return (item.name or item.annotation).lstrip("*")


def _rests(texts: list[str], titles: list[str], sheet: Sheet, level: int) -> Iterator[str]:
    """Yield the parts of texts that do not fit into cells: lists, code, and text after these."""
    for text, title in zip(texts, titles, strict=True):
        rest = paragraphs(text)[1]
        if rest:
            yield label(cells.span(CUT if not title or "*" in title else title))
            yield sheet.text(rest, level)


def _parameters(section: Section, function: Function, sheet: Sheet, level: int) -> Iterator[str]:
    parameters = function.signature.parameters
    if isinstance(parameters, Unknown):
        yield from _section(section, sheet, level)
        return
    yield label(heading(section))
    if section.text:
        yield sheet.text(section.text, level)
    items = {item.name: item for item in section.items}
    if not items:
        yield from _hidden(function, sheet)
        return
    yield _table(parameters, items, function.path, sheet)
    texts = [items.get(each.name, Item()).text for each in parameters]
    yield from _rests(texts, [each.name for each in parameters], sheet, level)


def _table(parameters: Iterable[Parameter], items: dict[str, Item], function: str, sheet: Sheet) -> str:
    rows = []
    for parameter in parameters:
        item = items.get(parameter.name, Item())
        name = sheet.parameter(function, parameter.name, starred(parameter))
        written = sheet.type(parameter.annotation) or sheet.written(item.annotation)
        default = value_text(parameter.default)
        shown = default if parameter.is_from_keywords else short(default)
        rows.append((name, written, cells.code_cell(shown or item.default), sheet.cell(item.text)))
    return cells.table(("Parameter", "Type", "Default", "Description"), rows)


LONGEST_DEFAULT = 60
"""Length limit of a default in a table; the signature above shows it completely."""


def short(text: str) -> str:
    """Return the default of a parameter as its row shows it."""
    return text if len(text) <= LONGEST_DEFAULT else text[: LONGEST_DEFAULT - 1] + CUT


def _from_keywords(function: Function, sheet: Sheet) -> Iterator[str]:
    """Yield a section with the parameters that the signature does not show, for a docstring without such a section."""
    for table in _hidden(function, sheet):
        yield label("Parameters")
        yield table


def _hidden(function: Function, sheet: Sheet) -> Iterator[str]:
    """Yield the table of the parameters that the signature does not show, if there are any."""
    parameters = function.signature.parameters
    hidden = () if isinstance(parameters, Unknown) else tuple(each for each in parameters if each.is_from_keywords)
    if hidden:
        yield _table(hidden, {}, function.path, sheet)
