"""Formats for people, made with jinja2: Markdown, the HTML matrix, the badge as SVG."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from conformance.engine.reports.exchange import badge_label, badge_parts
from conformance.engine.reports.model import Report, TargetReport
from conformance.engine.reports.text import why_no_result
from conformance.engine.rules import Level
from conformance.engine.verdicts import Result, Verdict

if TYPE_CHECKING:
    from jinja2 import Template


@cache
def _template(name: str) -> Template:
    """Return a template by its file name. The values in HTML and SVG are escaped, those in Markdown are not."""
    # It takes a quarter of the time that the command needs to start, and most runs print text.
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape  # noqa: PLC0415

    environment = Environment(
        loader=PackageLoader("conformance.engine.reports"),
        autoescape=select_autoescape(["html.jinja", "svg.jinja"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = cell
    return environment.get_template(name)


def to_markdown(report: Report) -> str:
    """Return a summary and a table of the rules that do not hold for every target, as Markdown."""
    return _template("report.md.jinja").render(_context(report))


def to_html(report: Report, back: str = "") -> str:
    """Return the matrix of all rules and targets as one HTML page without external files.

    Parameters:
        report: The report.
        back: Address of the page that it links back to; empty for no link.
    """
    return _template("matrix.html.jinja").render(_context(report), back=back)


def to_svg(report: Report) -> str:
    """Return the badge as SVG, with passed/required in it."""
    message, colour = badge_parts(report)
    return _template("badge.svg.jinja").render(label=badge_label(report), message=message, colour=colour)


def _context(report: Report) -> dict[str, Any]:
    """Return the values for the templates, which decide nothing themselves."""
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
        "changes": list(_changes(report, runs)),
    }


def _changes(report: Report, runs: list[TargetReport]) -> Iterator[dict[str, Any]]:
    """Yield, for each two releases of one implementation that follow each other, the rules whose verdicts differ."""
    for name, releases in _releases(runs).items():
        for old, new in pairwise(releases):
            before = {result.rule: result.verdict for result in old.results}
            after = {result.rule: result.verdict for result in new.results}
            both = [rule for rule in report.rules if rule.id in before and rule.id in after]
            changed = [rule for rule in both if before[rule.id] != after[rule.id]]
            gained = [rule.id for rule in changed if after[rule.id] is Verdict.HOLDS]
            lost = [rule.id for rule in changed if before[rule.id] is Verdict.HOLDS]
            others = [rule.id for rule in changed if rule.id not in {*gained, *lost}]
            kinds = {"now hold": gained, "no longer hold": lost, "changed in another way": others}
            yield {
                "name": name,
                "old": old.version,
                "new": new.version,
                "kinds": {kind: rules for kind, rules in kinds.items() if rules},
            }


def _releases(runs: list[TargetReport]) -> dict[str, list[TargetReport]]:
    """Return the releases of each implementation, in the order of their versions; only where there are several."""
    found: dict[str, list[TargetReport]] = {}
    for run in runs:
        name, _, version = run.target.partition("==")
        if version and re.fullmatch(r"[\w.!+-]+", version):
            found.setdefault(name, []).append(run)
    several = {name: listed for name, listed in found.items() if len(listed) > 1}
    if not several:
        return {}
    from docgen.sources.releases import release_order  # noqa: PLC0415 - slow to import, and seldom needed

    return {
        name: sorted(listed, key=lambda run: release_order(run.target.partition("==")[2]))
        for name, listed in several.items()
    }


def _cell_of(target: str, result: Result | None) -> dict[str, str]:
    """Return one cell of the matrix: its word, its class, the message and the reproducer."""
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


def cell(text: str) -> str:
    """Return a string as a cell of a Markdown table: one line, with bars and markup escaped."""
    text = " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
    return text.replace("*", "\\*").replace("_", "\\_").replace("[", "\\[")
