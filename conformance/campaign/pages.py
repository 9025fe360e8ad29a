"""The page of a campaign for a site: Markdown with drawings in it, readable on a phone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from conformance.campaign.report import CampaignReport, LaneReport, ReleaseReport
from conformance.engine.reports.pages import cell
from conformance.engine.verdicts import Verdict

WIDTH, HEIGHT = 320.0, 120.0
"""Size of a trend, in units of its drawing, which is as wide as the page, but at most 480 pixels."""
LEFT, TOP = 34.0, 8.0
CELL = 12.0
"""Side of a square of the matrix."""
LABEL = 56.0
"""Width of the names of rules beside it."""
MOST_LABELS = 4
"""Releases that are named below a trend."""
COLOURS = {"holds": "#2e7d32", "deviates": "#c62828", "gap": "#9e9e9e", "breakdown": "#f9a825", "": "none"}
LINES = ("#1565c0", "#6a1b9a", "#00695c", "#ad1457")
"""Colours of the profiles."""


def to_markdown(report: CampaignReport) -> str:
    """Return the page: for each lane the trend, the first release of each change, and the rules that do not hold."""
    environment = Environment(
        loader=PackageLoader("conformance.campaign"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - Markdown; what goes into drawings is escaped by the filter below
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = cell
    lanes = [_lane(report, lane) for lane in report.lanes]
    return environment.get_template("campaign.md.jinja").render(report=report, lanes=lanes)


def _lane(report: CampaignReport, lane: LaneReport) -> dict[str, Any]:
    """Return the values for the part of the page that is about one lane."""
    statements = {rule.id: rule.statement for rule in report.rules}
    return {
        "lane": lane,
        "trend": _trend(report, lane),
        "matrix": _matrix(report, lane),
        "passed": {
            name: report.passed(lane.newest, name) if lane.newest else None for name in report.settings.profiles
        },
        "changes": [(change, statements[change.rule]) for change in lane.changes],
        "deviations": [(one, statements[one.rule]) for one in lane.deviations],
        "broken": [one for one in lane.releases if one.error is not None],
        "varying": sorted({rule for one in lane.releases for rule in one.varying}),
    }


def _trend(report: CampaignReport, lane: LaneReport) -> dict[str, Any] | None:
    """Return the lines of a drawing: the share of deciding rules that hold, by release; None for a single release."""
    shown = [one for one in lane.releases if one.verdicts]
    if len(lane.releases) <= 1 or len(shown) <= 1:
        return None
    places = {
        one.version: LEFT + at * (WIDTH - LEFT - TOP) / (len(lane.releases) - 1) for at, one in enumerate(lane.releases)
    }
    shares = {name: [_share(report, one, name) for one in shown] for name in report.settings.profiles}
    lowest = min(min(each) for each in shares.values())
    # The axis begins at a round number below the lowest value, so that changes are visible.
    floor = max(0.0, int(lowest * 20) / 20 - 0.05)

    def height(share: float) -> float:
        return round(TOP + (1 - (share - floor) / (1 - floor)) * (HEIGHT - TOP - 24), 1)

    every = max(1, -(-(len(shown) - 1) // (MOST_LABELS - 1)))
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "marks": [(f"{share:.0%}", height(share)) for share in (1.0, floor)],
        "labels": [(one.version, places[one.version]) for one in shown[::every]],
        "lines": [
            {
                "name": name,
                "colour": LINES[at % len(LINES)],
                "points": [
                    (round(places[one.version], 1), height(share)) for one, share in zip(shown, each, strict=True)
                ],
                "texts": [f"{name} {one.version}: {share:.1%}" for one, share in zip(shown, each, strict=True)],
            }
            for at, (name, each) in enumerate(shares.items())
        ],
    }


def _share(report: CampaignReport, release: ReleaseReport, profile: str) -> float:
    holding, deciding = report.passed(release, profile)
    return holding / deciding if deciding else 1.0


def _matrix(report: CampaignReport, lane: LaneReport) -> dict[str, Any] | None:
    """Return the squares of a drawing: a row per rule that does not hold everywhere; None for a single release."""
    if len(lane.releases) <= 1:
        return None
    rows = [
        (rule.id, [one.verdict(rule.id) for one in lane.releases])
        for rule in report.rules
        if any(one.verdict(rule.id) not in {Verdict.HOLDS.value, ""} for one in lane.releases)
    ]
    head = 14 + 6 * max((len(one.version) for one in lane.releases), default=0)
    return {
        "width": LABEL + CELL * len(lane.releases),
        "height": head + CELL * len(rows),
        "columns": [(one.version, LABEL + CELL * (at + 0.75), head - 4) for at, one in enumerate(lane.releases)],
        "rows": [
            {"rule": rule, "y": head + CELL * at, "squares": _squares(lane.releases, rule, verdicts)}
            for at, (rule, verdicts) in enumerate(rows)
        ],
        "cell": CELL,
    }


def _squares(releases: Sequence[ReleaseReport], rule: str, verdicts: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {
            "x": LABEL + CELL * at,
            "colour": COLOURS[verdict],
            "opacity": 1 if rule in one.verdicts else 0.45,
            "text": f"{one.version} {rule}: {verdict or 'not judged'}",
        }
        for at, (one, verdict) in enumerate(zip(releases, verdicts, strict=True))
    ]
