"""Writes a report as lines for people and editors: `path:line: CODE level symbol: what differs`."""

from __future__ import annotations

from docgen.compare.differences import Difference
from docgen.compare.report import Report

LONGEST_LINE = 200
"""Length limit in characters; longer lines are cut, the names of affected symbols first."""
_CUT = " ..."


def to_text(report: Report) -> str:
    """Return one line for each difference."""
    return "".join(f"{line_of(each)}\n" for each in report.differences)


def line_of(difference: Difference) -> str:
    """Return a difference on one line: place, code, level, symbol, what differs, what it also affects, a hint."""
    head = f"{place_of(difference)}: {difference.code} {difference.level} {difference.symbol}: "
    also = affected(difference, LONGEST_LINE // 2)
    text = difference.text if len(head) + len(difference.text) + len(also) <= LONGEST_LINE else _cut(difference, head)
    line = f"{head}{text}"
    if difference.witness and len(line) + len(also) + len(difference.witness) + 3 <= LONGEST_LINE:
        line += f" ({difference.witness})"
    for rest in (affected(difference, LONGEST_LINE - len(line)), f". {difference.hint}" if difference.hint else ""):
        if len(line) + len(rest) <= LONGEST_LINE:
            line += rest
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - len(_CUT)]}{_CUT}"


def _cut(difference: Difference, head: str) -> str:
    room = LONGEST_LINE - len(head) - len(affected(difference, 0)) - len(_CUT)
    text = difference.text
    return text if len(text) <= room + len(_CUT) or room <= 0 else f"{text[:room].rstrip()}{_CUT}"


def place_of(difference: Difference) -> str:
    """Return `path:line` of a difference, or the name of the symbol's package if that is unknown."""
    location = difference.location
    return f"{location.file}:{location.line}" if location else f"{difference.symbol.partition('.')[0]}:1"


def affected(difference: Difference, room: int, quote: str = "") -> str:
    """Return the other symbols with the same cause: as many names as there is room for, and how many more.

    Parameters:
        difference: The difference.
        room: Available width in characters.
        quote: Quotation mark around each name.
    """
    if not difference.affects:
        return ""
    count = len(difference.affects)
    for shown in (3, 2, 1):
        names = ", ".join(f"{quote}{name}{quote}" for name in difference.affects[:shown])
        more = f" and {count - shown} more" if count > shown else ""
        text = f" (also affects {names}{more})"
        if len(text) <= room:
            return text
    return f" (also affects {count} more)"
