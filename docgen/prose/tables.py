"""Reads tables of reST into rows of cells, and writes rows as a table of Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

Cell = list[str]
Row = list[Cell]

_SIMPLE_RULE = re.compile(r"=+(?: +=+)*$")
_SPAN_RULE = re.compile(r"-+(?: +-+)*$")
_MOST_BORDERS = 3
_GRID_RULE = re.compile(r"\+(?:[-=]+\+)+$")


def is_simple_rule(line: str) -> bool:
    """Return True if a line is the border of a simple table."""
    return _SIMPLE_RULE.match(line) is not None


def is_grid_rule(line: str) -> bool:
    """Return True if a line is the border of a grid table."""
    return _GRID_RULE.match(line) is not None


def simple_end(lines: list[str], start: int) -> int | None:
    """Return the index of the line after the simple table that opens at a line; None if it is never closed.

    A table has two borders, or three if the second one closes its head.
    """
    borders = 0
    for index in range(start, len(lines)):
        line = lines[index]
        if line.startswith("=") and is_simple_rule(line):
            borders += 1
            is_last = index + 1 == len(lines) or not lines[index + 1].strip()
            if borders > 1 and is_last:
                return index + 1
            if borders > _MOST_BORDERS:
                return None
    return None


def read_simple(lines: list[str]) -> tuple[Row | None, list[Row]] | None:
    """Return the head, if there is one, and the rows of a simple table; None if a cell spans columns."""
    columns = [found.span() for found in re.finditer(r"=+", lines[0])]
    starts = [start for start, _ in columns]
    ends = [*starts[1:], None]
    groups: list[list[Row]] = [[]]
    for line in lines[1:]:
        if line.startswith("=") and is_simple_rule(line):
            groups.append([])
        elif line and not _SPAN_RULE.match(line.strip()):
            if any(line[end:start].strip() for (_, end), (start, _) in pairwise(columns)):
                return None
            cells = [line[start:end].strip() for start, end in zip(starts, ends, strict=True)]
            if cells[0] or not groups[-1]:
                groups[-1].append([[cell] for cell in cells])
            else:
                for row, cell in zip(groups[-1][-1], cells, strict=True):
                    row.append(cell)
    filled = [group for group in groups if group]
    if len(filled) == 1 or not filled:
        return None, filled[0] if filled else []
    head = [[part for row in filled[0] for part in row[column]] for column in range(len(starts))]
    return head, [row for group in filled[1:] for row in group]


def grid_end(lines: list[str], start: int) -> int:
    """Return the index of the line after a grid table."""
    index = start
    while index < len(lines) and lines[index][:1] in {"+", "|"}:
        index += 1
    return index


def read_grid(lines: list[str]) -> tuple[Row | None, list[Row]] | None:
    """Return the head, if there is one, and the rows of a grid table; None if a cell spans rows or columns."""
    columns = [index for index, character in enumerate(lines[0]) if character == "+"]
    head: Row | None = None
    rows: list[Row] = []
    current: Row = [[] for _ in columns[1:]]
    for line in lines[1:]:
        if any(column >= len(line) or line[column] not in "+|" for column in columns):
            return None
        if is_grid_rule(line):
            if [index for index, character in enumerate(line) if character == "+"] != columns:
                return None
            rows.append(current)
            current = [[] for _ in columns[1:]]
            if "=" in line:
                head, rows = [[part for row in rows for part in row[n]] for n in range(len(columns) - 1)], []
            continue
        cells = [line[start + 1 : end] for start, end in pairwise(columns)]
        if line.startswith("+"):
            return None
        for cell, part in zip(current, cells, strict=True):
            cell.append(part.strip())
    return head, rows


def to_table(head: Row | None, rows: list[Row], convert: Callable[[str], str]) -> list[str]:
    """Return a table of Markdown.

    Parameters:
        head: The cells of the head; None for an empty head, since Markdown has no table without one.
        rows: The rows; short ones are filled up.
        convert: Converts the text of a cell to Markdown.
    """
    width = max(len(row) for row in [head or [], *rows])

    def line(row: Row) -> str:
        cells = [_cell(cell, convert) for cell in row] + [""] * (width - len(row))
        return f"| {' | '.join(cells)} |"

    return [line(head or []), f"|{' --- |' * width}", *map(line, rows)]


def _cell(cell: Cell, convert: Callable[[str], str]) -> str:
    paragraphs = "\n".join(cell).strip().split("\n\n")
    text = "<br>".join(convert(" ".join(paragraph.split())) for paragraph in paragraphs if paragraph.strip())
    return text.replace("|", "\\|")
