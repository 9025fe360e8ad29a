"""Formats that people read, by jinja2: Markdown, the HTML matrix, the badge as SVG."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from conformance.engine.reports.exchange import badge_label, badge_parts
from conformance.engine.reports.model import Report
from conformance.engine.reports.text import why_no_result
from conformance.engine.rules import Level
from conformance.engine.verdicts import Result, Verdict

_HTML = Environment(
    loader=PackageLoader("conformance.engine.reports"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_MARKDOWN = _HTML.overlay(autoescape=False)


def to_markdown(report: Report) -> str:
    """Return a summary and the table of rules that do not hold everywhere, as Markdown."""
    _MARKDOWN.filters["cell"] = _cell
    return _MARKDOWN.get_template("report.md.jinja").render(_context(report))


def to_html(report: Report) -> str:
    """Return the whole matrix, target by rule, as one page that needs neither script nor network."""
    return _HTML.get_template("matrix.html.jinja").render(_context(report))


def to_svg(report: Report) -> str:
    """Return the badge as SVG, passed/required in it."""
    message, colour = badge_parts(report)
    return _HTML.get_template("badge.svg.jinja").render(label=badge_label(report), message=message, colour=colour)


def _context(report: Report) -> dict[str, Any]:
    """Return what the templates speak of: plain values, every decision already made."""
    runs = [target for target in report.targets if target.error is None]
    found = {target.target: {result.rule: result for result in target.results} for target in runs}
    rows = [
        {"rule": rule, "cells": [_cell_of(target.target, found[target.target].get(rule.id)) for target in runs]}
        for rule in report.rules
    ]
    groups = dict.fromkeys(rule.group for rule in report.rules)
    return {
        "report": report,
        "runs": runs,
        "without_result": {target.target: why for target in runs if (why := why_no_result(report, target))},
        "failed": [target for target in report.targets if target.error is not None],
        "rows": rows,
        "groups": list(groups),
        "levels": [level.value for level in Level if any(rule.level is level for rule in report.rules)],
        "verdicts": list(Verdict),
        "must": {target.target: str(report.denominator(target)) for target in runs},
        "passed": {target.target: str(report.passed(target)) for target in runs},
    }


def _cell_of(target: str, result: Result | None) -> dict[str, str]:
    """Return one cell of the matrix: its word, its class, and what there is to read."""
    if result is None:
        return {"target": target, "word": "not run", "kind": "none", "message": "", "reproducer": ""}
    word = "expected" if result.expected is not None else result.verdict.value
    message = "\n".join(filter(None, [f"Expected: {result.expected}" if result.expected else "", result.message]))
    return {
        "target": target,
        "word": word,
        "kind": word,
        "message": message,
        "reproducer": result.reproducer or "",
    }


def _cell(text: str) -> str:
    """Return a text as a cell of a Markdown table: one line, walls and markup harmless."""
    text = " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
    return text.replace("*", "\\*").replace("_", "\\_").replace("[", "\\[")
