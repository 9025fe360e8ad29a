"""The report on a run. The JSON format is this model, and every other format is made from it alone."""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Mapping
from pathlib import Path

import msgspec

from conformance.engine.rules import Level, Profile, Rule
from conformance.engine.verdicts import Denominator, Result, Verdict
from conformance.errors import UsageError
from docgen.exchange import indented_json
from docgen.files import read_file
from docgen.work import Share

FORMAT = 2
"""Version of the JSON format. It changes if a reader of the old version would misread the new one."""
REQUIRED_SHARE = 0.8
"""If a smaller share of the MUST rules could be judged, the run has no result: "all passed" would mean little."""


class RuleEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A rule as the report repeats it, so that the report can be read without the catalogue."""

    id: str
    name: str
    level: Level
    statement: str
    since: str
    hint: str
    source: str
    """Page and section of the sentence that it is based on, or the authority in words."""
    decides: bool
    """Whether a deviation gives exit code 1 under the profile of the run."""

    @property
    def group(self) -> str:
        """The chapter: `OVR` of `OVR-15a`."""
        return self.id.partition("-")[0]


class TargetReport(msgspec.Struct, frozen=True, kw_only=True):
    """The results of one implementation."""

    target: str
    """The target as the user wrote it."""
    version: str = ""
    python: str = ""
    under_test: str = ""
    """Dotted path of the class under test, empty if the implementation is not a class."""
    capabilities: tuple[str, ...] = ()
    false_claims: Mapping[str, str] = {}
    """Capabilities that the adapter claims although their probe fails or no rule needs them, each with the reason."""
    error: str | None = None
    """Why it could not be run, None if it could."""
    results: tuple[Result, ...] = ()
    """One per rule, in catalogue order; fewer if the run was interrupted."""
    stale: tuple[str, ...] = ()
    """Expectations that no longer apply, one message each."""

    def counted(self, verdict: Verdict) -> int:
        """Return how many rules have the verdict."""
        return sum(result.verdict is verdict for result in self.results)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of a run. The same settings give the same report."""

    contract: str
    """Name of the contract."""
    profile: str
    examples: int
    seed: int
    limit_seconds: float
    chosen: str = ""
    """The options that selected rules, as one string. Empty: all rules of the profile."""


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """How many wrong implementations of one origin the suite caught when it was last graded."""

    made_by: str
    """Who wrote the wrong implementations, or which tool generated them."""
    mutants: int
    """How many there were, without those that no caller can tell from the original."""
    killed: int
    """How many of them at least one rule deviates on."""
    examples: int
    """The number of examples of each property."""

    def __str__(self) -> str:
        rate = self.killed / self.mutants if self.mutants else 0.0
        return (
            f"{self.killed} of {self.mutants} wrong implementations caught ({rate:.1%}) "
            f"with {self.examples} examples, made by {self.made_by}"
        )


class Shard(msgspec.Struct, frozen=True, kw_only=True):
    """Which part of a run a report covers."""

    number: int
    """From 1."""
    of: int
    run: str
    """Digest of what was run and how it was split: the same in all parts of one run."""

    @classmethod
    def covering(cls, share: Share, *parts: object) -> Shard:
        """Return the description of a share of a run for a report.

        Parameters:
            share: The part that is run here.
            parts: Everything that determines the contents of the run; equal parts have equal representations.
        """
        whole = (importlib.metadata.version("assay"), *parts, share.of)
        return cls(number=share.number, of=share.of, run=hashlib.sha256(repr(whole).encode()).hexdigest()[:16])


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A whole run, or a part of one."""

    format: int = FORMAT
    assay: str
    """Version of the suite."""
    created: str
    """Date and time in UTC, ISO 8601: the only field in which two equal runs differ."""
    settings: Settings
    rules: tuple[RuleEntry, ...]
    targets: tuple[TargetReport, ...]
    strength: tuple[Measure, ...] = ()
    """How many wrong implementations the suite catches, the most independent figure first."""
    is_complete: bool = True
    """False if the run was interrupted."""
    shard: Shard | msgspec.UnsetType = msgspec.UNSET
    """Absent: the report covers the whole run. In a part, a target has results for the rules that the part judged."""

    def rules_by_id(self) -> Mapping[str, RuleEntry]:
        """Return the rules by id."""
        return {rule.id: rule for rule in self.rules}

    def deviations(self, target: TargetReport) -> tuple[Result, ...]:
        """Return the deviations that decide and are not expected, in catalogue order."""
        deciding = {rule.id for rule in self.rules if rule.decides}
        return tuple(
            result
            for result in target.results
            if result.verdict is Verdict.DEVIATES and result.expected is None and result.rule in deciding
        )

    def denominator(self, target: TargetReport, level: Level = Level.MUST) -> Denominator:
        """Return how many rules of a level could be judged, and how many the run has."""
        required = {rule.id for rule in self._asked(target) if rule.level is level}
        judged = sum(result.rule in required and result.verdict.is_judged for result in target.results)
        return Denominator(judged=judged, required=len(required))

    def passed(self, target: TargetReport) -> Denominator:
        """Return how many of the deciding rules hold or deviate as expected, and how many there are: the badge.

        A rule of level MAY counts only if the implementation claims its capability.
        """
        optional = {rule.id for rule in self.rules if rule.level is Level.MAY}
        unclaimed = {one.rule for one in target.results if one.rule in optional and one.verdict is Verdict.GAP}
        required = {rule.id for rule in self._asked(target) if rule.decides} - unclaimed
        good = sum(
            result.rule in required and (result.verdict is Verdict.HOLDS or result.expected is not None)
            for result in target.results
        )
        return Denominator(judged=good, required=len(required))

    def _asked(self, target: TargetReport) -> list[RuleEntry]:
        """Return the rules that the target was to be judged by."""
        found = {result.rule for result in target.results}
        return [rule for rule in self.rules if self.shard is msgspec.UNSET or rule.id in found]

    def has_result(self, target: TargetReport) -> bool:
        """Return whether enough MUST rules could be judged and the suite itself did not fail."""
        must = self.denominator(target)
        is_enough = must.judged >= REQUIRED_SHARE * must.required
        return target.error is None and is_enough and not target.counted(Verdict.BREAKDOWN)

    @property
    def exit_code(self) -> int:
        """0 as expected, 1 findings, 3 could not run, 4 stale expectations, 5 nothing was run."""
        if not self.rules or not self.targets:
            return 5
        if not self.is_complete or not all(map(self.has_result, self.targets)):
            return 3
        if any(self.deviations(target) or target.false_claims for target in self.targets):
            return 1
        return 4 if any(target.stale for target in self.targets) else 0


def rule_entry(rule: Rule, profile: Profile) -> RuleEntry:
    """Return a rule as a report under `profile` repeats it."""
    return RuleEntry(
        id=rule.id,
        name=rule.name,
        level=rule.level,
        statement=rule.statement,
        since=rule.since,
        hint=rule.hint,
        source=source_of(rule),
        decides=rule.decides(profile),
    )


def source_of(rule: Rule) -> str:
    """Return the source of a rule: a page and its section, or the authority that the catalogue names."""
    if rule.source is None:
        return rule.authority or ""
    return f"page {rule.source.page}, section {rule.source.heading}"


def to_json(report: Report) -> str:
    """Return the report as JSON: keys in a fixed order, two spaces, a newline at the end."""
    return indented_json(report)


def from_json(path: Path) -> Report:
    """Return the report in a file.

    Raises:
        UsageError: There is no such file, or it is not a report of this format.
    """
    try:
        report = msgspec.json.decode(read_file(path), type=Report)
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be read: {error.strerror}. Give a report written by `conformance run --out`."
        ) from error
    except (ValueError, RecursionError) as error:
        meant = path.with_suffix(".json") if path.suffix == ".jsonl" else "a report written by `conformance run --out`"
        raise UsageError(f"{path}: this is not a report of format {FORMAT}: {error}. Give {meant}.") from error
    if report.format != FORMAT:
        raise UsageError(
            f"{path}: this is a report of format {report.format}, and this version reads format {FORMAT}. Run the "
            "rules again with this version, or read the report with the one that wrote it."
        )
    return report


def report_schema() -> str:
    """Return the JSON Schema of the report. It is published as `report.schema.json` in this folder."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(Report)}
    return indented_json(schema)
