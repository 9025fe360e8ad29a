"""Tables: writes code and text as cells, and splits rows into cells. No value can add a column or a row.

Renderers differ in how they treat a bar within code: some split a row before they look for code, some after. So no code
span in a table contains one: code with a bar, or with a link, is an element `<code>` in which a bar is an entity.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from docgen.formats.base.code import ADDRESS, linked, without_markup

_TICKS = re.compile("`+")
_BREAK = "<br><br>"
_SPAN = r"(?P<ticks>`+)(?!`)(?P<body>.+?)(?<!`)(?P=ticks)(?!`)"
_SPAN_OR_BAR = re.compile(rf"\\[^|]|{_SPAN}|(?P<bar>\\?\|)", re.DOTALL)
_PIECE = re.compile(
    rf"{_SPAN}|<code>(?P<element>.*?)</code>|\\?\|"
    rf"|\[(?P<title>(?:\\.|`[^`]*`|[^\[\]\\`])*)\]\({ADDRESS}\)"
)
_ELEMENT_OR_BAR = re.compile(r"<code>(?P<inner>.*?)</code>|\\\||&#124;")
_NAME = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_RAW = re.compile(r"<(?:!|(?:script|style|textarea|title|iframe|xmp|noembed|noframes|plaintext)\b)", re.IGNORECASE)
"""Markup whose end an HTML parser without knowledge of code spans never finds; mkdocs runs one over each page."""
_ELEMENT = re.compile(r"<code>(?P<inner>.*?)</code>")
_CELL_END = re.compile(r"(?<!\\)\|")
ANCHOR = re.compile(r'<a id="(?P<id>[^"(]+)"(?:></a>| href="#(?P=id)"(?: data-search-exclude)?>)')
"""The target of a link to a symbol: an empty element, or a link to itself around its name."""
NO_SEARCH = " data-search-exclude"
"""Attribute of elements that Material leaves out of its search."""
ANCHORS = re.compile(rf'<(?:a id="[^"]+"(?: href="[^"]+")?|span(?={NO_SEARCH}))(?:{NO_SEARCH})?>|</(?:a|span)>')
"""The tags of all anchors, including those of parameters, and of elements that are left out of the search."""
_ESCAPED_BAR = r"\|"
_BAR_ESCAPED_BEFORE = "&#124;"
"""Placeholder for a bar that the text itself had escaped, so that the reader of a cell can distinguish it."""


def span(code: str) -> str:
    """Return code as a code span, with as many backticks as its own backticks require; empty for no code."""
    if not code:
        return ""
    if "`" not in code and code[0] != " " != code[-1]:
        return f"`{code}`"
    ticks = "`" * (max(map(len, _TICKS.findall(code)), default=0) + 1)
    pad = " " if code[0] in "` " or code[-1] in "` " else ""
    return f"{ticks}{pad}{code}{pad}{ticks}"


def element(code: str) -> str:
    """Return code as an element in which nothing looks like markup."""
    return f"<code>{linked(code, _nowhere)}</code>"


def is_raw(code: str) -> bool:
    """Return True if code must be an element, because an HTML parser would take it for markup in a code span."""
    return "<" in code and _RAW.search(code) is not None


@lru_cache(maxsize=8192)
def code_cell(code: str) -> str:
    """Return code on one line as the text of a cell; empty for no code."""
    return linked_code(code, _nowhere)


def _nowhere(_name: str) -> str:
    return ""


def linked_code(code: str, address_of: Callable[[str], str]) -> str:
    """Return code as the text of a cell, with links on the names in it.

    Parameters:
        code: A type or a value, on one line.
        address_of: Returns the address of the symbol that a dotted name in the code means, empty for none.
    """
    if not code.strip():
        return ""
    if _NAME.fullmatch(code):
        address = address_of(code)
        return f"[{span(code)}]({address})" if address else span(code)
    shown = linked(code, address_of)
    is_element = "](" in shown or "|" in code or code != code.strip() or is_raw(code)
    return f"<code>{shown}</code>" if is_element else span(code)


def read_code(cell: str) -> str:
    """Undo `code_cell` and `linked_code`."""
    return _PIECE.sub(_plain, ANCHORS.sub("", cell)).strip()


def with_spans(text: str) -> str:
    """Return Markdown with the code of its elements as code spans, without links."""
    return _ELEMENT.sub(lambda found: span(without_markup(found["inner"])).replace("|", _ESCAPED_BAR), text)


def _plain(found: re.Match[str]) -> str:
    if found["ticks"]:
        return _body(found)
    if found["element"] is not None:
        return without_markup(found["element"])
    return read_code(found["title"]) if found["title"] is not None else "|"


def _body(found: re.Match[str]) -> str:
    body = str(found["body"])
    has_pad = len(body) > 2 and body[0] == body[-1] == " " and body.strip()  # noqa: PLR2004 - the pad on both sides
    return body[1:-1] if has_pad else body


def text_cell(text: str) -> str:
    """Return paragraphs as the text of a cell: bars escaped, a break between paragraphs.

    Parameters:
        text: The text of a page, with each paragraph on a line of its own.
    """
    return _SPAN_OR_BAR.sub(_without_bar, text).replace("\n\n", _BREAK)


def _without_bar(found: re.Match[str]) -> str:
    if found["bar"]:
        return _ESCAPED_BAR if found["bar"] == "|" else _BAR_ESCAPED_BEFORE
    # The reader of a cell takes each such entity for a bar, so a span must not contain one.
    has_bar = found["ticks"] and ("|" in found["body"] or _BAR_ESCAPED_BEFORE in found["body"])
    return element(_body(found)) if has_bar else str(found[0])


def read_text(cell: str) -> str:
    """Undo `text_cell`."""
    return _ELEMENT_OR_BAR.sub(_read, cell.strip()).replace(_BREAK, "\n\n")


def _read(found: re.Match[str]) -> str:
    if found["inner"] is not None:
        return span(without_markup(found["inner"]))
    return "|" if found[0] == _ESCAPED_BAR else _ESCAPED_BAR


def row(cells: Iterable[str]) -> str:
    """Return cells as a row."""
    return "|" + "|".join(f" {cell} " if cell else "  " for cell in cells) + "|"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table without its empty columns; if all are empty, the first one is kept."""
    lines = tuple(rows)
    kept = [place for place in range(len(head)) if any(line[place] for line in lines)] or [0]
    shown = (head, tuple("-" for _ in head), *lines)
    return "\n".join(row(line[place] for place in kept) for line in shown)


def cells(line: str) -> list[str]:
    """Return the cells of a row."""
    return [cell.strip() for cell in _CELL_END.split(line.strip())[1:-1]]
