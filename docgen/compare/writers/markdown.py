"""Writes a report as Markdown: for a comment on a pull request, and for release notes."""

from __future__ import annotations

from collections.abc import Iterator

from docgen.compare.catalogue import Level
from docgen.compare.differences import Difference
from docgen.compare.report import Report
from docgen.compare.writers.text import LONGEST_LINE, affected, place_of
from docgen.formats.markdown import cell

_MARK = "<!-- assay: api of {} -->"
"""First line of a comment, by which the next run finds and updates it; there is one for each distribution."""
_MOST_CHARACTERS = 60_000
"""Rows beyond this number are only counted, because a comment is limited to 65,536 characters."""
_HEADINGS = {
    Level.MAJOR: "Breaking changes",
    Level.MINOR: "New and deprecated",
    Level.PATCH: "Other changes",
    Level.DOCS: "Documentation",
}


def to_comment(report: Report) -> str:
    """Return a summary, and a table for each level; the tables of harmless levels are folded."""
    mark = _MARK.format(report.new.reference.distribution)
    lines = [mark, f"**API: {' → '.join(report.names)}**", "", _summary(report), ""]
    room = _MOST_CHARACTERS
    for level, heading in _HEADINGS.items():
        rows = [each for each in report.differences if each.level is level]
        if rows:
            table = [*_table(rows, f"{heading} ({len(rows)})", room, is_folded=level is not Level.MAJOR), ""]
            room -= sum(map(len, table))
            lines += table
    for title, entries in (
        ("Not read", report.unread),
        ("Unknown", [f"`{e.symbol}`: {e.text}" for e in report.unknown]),
    ):
        if entries:
            lines += [f"**{title}**", "", *(f"- {each}" for each in entries), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _summary(report: Report) -> str:
    counts = ", ".join(f"{count} {level}" for level, count in report.counts.items() if count)
    accepted = f"; {len(report.accepted)} accepted" if report.accepted else ""
    suggested = f" Next version: at least {report.suggested}." if report.suggested else ""
    is_whole = not (report.unread or report.unknown)
    nothing = "No differences" if is_whole else "Nothing differs in the parts that were compared"
    return f"{counts or nothing}{accepted}.{suggested}"


def _table(rows: list[Difference], heading: str, room: int, *, is_folded: bool) -> Iterator[str]:
    if is_folded:
        yield f"<details><summary>{heading}</summary>"
    else:
        yield f"### {heading}"
    yield ""
    yield "| Symbol | What | Code | Where |"
    yield "|-|-|-|-|"
    for number, each in enumerate(rows):
        row = f"| `{each.symbol}` | {cell(_what(each))} | {each.code} | {place_of(each)} |"
        room -= len(row)
        if room < 0:
            yield f"| | and {len(rows) - number} more | | |"
            break
        yield row
    if is_folded:
        yield ""
        yield "</details>"


def _what(each: Difference) -> str:
    """Return the text of a difference, with the call that shows it, and the other symbols with the same cause."""
    witness = f" ({each.witness})" if each.witness and not each.affects else ""
    return each.text + witness + _also(each)


def to_release_notes(report: Report) -> str:
    """Return sections in the form of a changelog, one line for each difference, without those of documentation."""
    lines: list[str] = []
    for level, heading in _HEADINGS.items():
        rows = [each for each in report.differences if each.level is level and level is not Level.DOCS]
        if rows:
            lines += [f"### {heading}", "", *(f"- `{each.symbol}`: {each.text}{_also(each)}." for each in rows), ""]
    return "\n".join(lines).rstrip("\n") + "\n" if lines else "No changes of the API.\n"


def _also(difference: Difference) -> str:
    return affected(difference, LONGEST_LINE, "`")
