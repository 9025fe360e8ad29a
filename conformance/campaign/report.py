"""The report of a campaign: the verdict on each rule in each release, and the releases in which verdicts changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from conformance.engine.reports.model import RuleEntry, Shard
from conformance.engine.rules import Level
from conformance.engine.verdicts import Result, Verdict
from conformance.errors import UsageError
from docgen.exchange import indented_json
from docgen.files import read_file
from docgen.findings import counted

FORMAT = 1
"""Version of the JSON format."""


class CampaignSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a campaign. The same settings give the same report."""

    contract: str
    profiles: tuple[str, ...]
    examples: int
    seeds: tuple[int, ...]
    limit_seconds: float
    chosen: str = ""
    """The rules and groups that were asked for. Empty: all rules of the profiles."""


class ReleaseReport(msgspec.Struct, frozen=True, kw_only=True):
    """One release."""

    version: str
    """Empty if it was judged as it was installed on the machine of the campaign."""
    target: str
    error: str | None = None
    """Why it could not be run; None if it could be, or was not tried."""
    verdicts: Mapping[str, str] = {}
    """By rule: the worst verdict of all seeds."""
    inferred: Mapping[str, str] = {}
    """By rule: the verdict on which the judged releases around this one agree."""
    varying: tuple[str, ...] = ()
    """Rules whose verdict depends on the seed."""

    def verdict(self, rule: str) -> str:
        """Return the verdict on a rule, empty if it is not known."""
        return self.verdicts.get(rule) or self.inferred.get(rule, "")


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict that changed with a release."""

    rule: str
    release: str
    """The first one with the new verdict."""
    after: str
    """The last one before it that has the old verdict; those between them could not be run."""
    before: str
    now: str


class LaneReport(msgspec.Struct, frozen=True, kw_only=True):
    """The releases of one implementation with one interpreter, the oldest first."""

    name: str
    python: str
    is_bisected: bool
    releases: tuple[ReleaseReport, ...]
    changes: tuple[Change, ...]
    """In the order of releases."""
    deviations: tuple[Result, ...] = ()
    """Of the newest release that could be run, with messages and reproducers."""

    @property
    def newest(self) -> ReleaseReport | None:
        """The newest release that could be run, None if none could."""
        return next((one for one in reversed(self.releases) if one.verdicts), None)


class Costs(msgspec.Struct, frozen=True, kw_only=True):
    """How much was run. A run is one release with one seed."""

    runs: int
    """Releases that were judged, times the seeds."""
    runs_of_all: int
    """How many runs judging every release would take."""
    verdicts: int
    verdicts_of_all: int


class CampaignReport(msgspec.Struct, frozen=True, kw_only=True):
    """A whole campaign."""

    campaign: int = FORMAT
    assay: str
    created: str
    """Date and time in UTC: the only field in which two equal campaigns differ."""
    settings: CampaignSettings
    rules: tuple[RuleEntry, ...]
    deciding: Mapping[str, tuple[str, ...]]
    """By profile: the rules whose deviations decide."""
    lanes: tuple[LaneReport, ...]
    costs: Costs
    is_complete: bool = True
    """False if it was interrupted, or its time ran out."""
    shard: Shard | msgspec.UnsetType = msgspec.UNSET
    """Absent: this is the whole campaign."""

    @property
    def exit_code(self) -> int:
        """0 as expected, 1 a newest release deviates, 3 could not run, 5 nothing was run."""
        if not self.rules or not self.lanes:
            return 5
        newest = [lane.newest for lane in self.lanes]
        found = [one for one in newest if one is not None]
        if not self.is_complete or len(found) < len(newest) or any(_has(one, Verdict.BREAKDOWN) for one in found):
            return 3
        deciding = {rule for rules in self.deciding.values() for rule in rules}
        return 1 if any(one.verdicts.get(rule) == Verdict.DEVIATES for one in found for rule in deciding) else 0

    def passed(self, release: ReleaseReport, profile: str) -> tuple[int, int]:
        """Return how many of the deciding rules of a profile hold in a release, and how many decide there.

        A rule of level MAY decides only if the implementation claims its capability.
        """
        levels = {rule.id: rule.level for rule in self.rules}
        asked = [
            release.verdict(rule)
            for rule in self.deciding[profile]
            if release.verdict(rule) and not (levels[rule] is Level.MAY and release.verdict(rule) == Verdict.GAP)
        ]
        return sum(verdict == Verdict.HOLDS for verdict in asked), len(asked)


def _has(release: ReleaseReport, verdict: Verdict) -> bool:
    return verdict in release.verdicts.values()


_GRAVITY = (Verdict.DEVIATES, Verdict.BREAKDOWN, Verdict.GAP, Verdict.HOLDS)


def worst(verdicts: Sequence[str]) -> str:
    """Return the worst verdict: a rule has to hold with each seed."""
    return next(one.value for one in _GRAVITY if one in verdicts)


def to_json(report: CampaignReport) -> str:
    """Return the report as JSON: keys in a fixed order, a newline at the end."""
    return indented_json(report, indent=1)


def from_json(path: Path) -> CampaignReport:
    """Return the report in a file.

    Raises:
        UsageError: It cannot be read, or is not the report of a campaign.
    """
    try:
        report = msgspec.json.decode(read_file(path), type=CampaignReport)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: this is not the report of a campaign: {error}.") from error
    if report.campaign != FORMAT:
        raise UsageError(
            f"{path}: this is the report of a campaign in format {report.campaign}, and this version reads format "
            f"{FORMAT}. Run the campaign again with this version, or read the report with the one that wrote it."
        )
    return report


def to_text(report: CampaignReport) -> str:
    """Return the report for a terminal: a paragraph per lane."""
    settings = report.settings
    head = (
        f"conformance {report.assay}: {_what(report)} of {settings.contract}, {counted(len(report.rules), 'rule')}, "
        f"{counted(settings.examples, 'example')}, seeds {', '.join(map(str, settings.seeds))}"
    )
    parts = [head, *("\n".join(_lane_lines(report, lane)) for lane in report.lanes)]
    costs = report.costs
    parts.append(
        f"{costs.runs} runs and {costs.verdicts} verdicts; every release would take {costs.runs_of_all} runs and "
        f"{costs.verdicts_of_all} verdicts."
    )
    if not report.is_complete:
        parts.append("This campaign is not complete: it has no result. --resume continues it.")
    return "\n\n".join(parts) + "\n"


def _what(report: CampaignReport) -> str:
    """Return what a report is about: a campaign, or a part of one."""
    shard = report.shard
    return "campaign" if isinstance(shard, msgspec.UnsetType) else f"shard {shard.number}/{shard.of} of a campaign"


def _lane_lines(report: CampaignReport, lane: LaneReport) -> Iterator[str]:
    yield f"{lane.name}, Python {lane.python}, {counted(len(lane.releases), 'release')}" + (
        ", bisected" if lane.is_bisected else ""
    )
    for one in lane.releases:
        if one.error is not None:
            yield f"  {one.version or lane.name:<12} could not run: {one.error}"
    if lane.newest is not None:
        passed = (f"{name} {'/'.join(map(str, report.passed(lane.newest, name)))}" for name in report.settings.profiles)
        yield f"  {lane.newest.version or 'now':<12} {', '.join(passed)}"
    for change in lane.changes:
        yield f"  {change.release:<12} {change.rule}: {change.before} -> {change.now}"
