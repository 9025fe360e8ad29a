"""Runs a campaign: judges releases of all lanes in one executor, and finds the release of each change of a verdict."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import math
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import msgspec

from conformance.campaign.file import Campaign
from conformance.campaign.lanes import Lane
from conformance.campaign.report import (
    CampaignReport,
    CampaignSettings,
    Change,
    Costs,
    LaneReport,
    ReleaseReport,
    worst,
)
from conformance.campaign.search import Search
from conformance.engine.blocks import Series
from conformance.engine.choice import budget, matching
from conformance.engine.contract import Contract
from conformance.engine.drive import Drive, Judged, Note, Progress
from conformance.engine.journal import Journal
from conformance.engine.reports.model import Shard, rule_entry
from conformance.engine.rules import Rule
from conformance.engine.shards import Durations, Work
from conformance.engine.stamps import stamp_of
from conformance.engine.verdicts import Result, Verdict
from docgen.work import LOCAL, Share, share_out

MINUTE = 60.0
FEWEST = 3
"""The fewest releases that can be bisected: a first, a last and one between them."""


@dataclass(frozen=True, kw_only=True)
class CampaignPlan:
    """The targets of a campaign, and where it runs."""

    campaign: Campaign
    contract: Contract
    lanes: Sequence[Lane]
    jobs: int = 1
    executor: str = LOCAL
    share: Share | None = None
    """The part of the campaign to do: every release, by these rules. None for the whole campaign."""
    durations: Durations = field(default_factory=Durations)
    """The durations of the rules, by which they are distributed."""

    @property
    def settings(self) -> CampaignSettings:
        """The settings in the report."""
        campaign = self.campaign
        return CampaignSettings(
            contract=self.contract.name,
            profiles=tuple(self.contract.profile(name).name for name in campaign.profiles or (None,)),
            examples=budget(str(campaign.examples)),
            seeds=tuple(dict.fromkeys(campaign.seeds)),
            limit_seconds=campaign.limit_seconds,
            chosen=", ".join(campaign.rules),
        )

    @property
    def rules(self) -> list[Rule]:
        """The rules of all profiles: the verdict on a rule does not depend on the profile."""
        profiles = set(self.settings.profiles)
        return [
            rule for rule in matching(self.contract.rules.values(), self.campaign.rules) if profiles & rule.profiles
        ]

    @cached_property
    def judged(self) -> list[Rule]:
        """The rules that are judged here. Neither a verdict nor its search depends on other rules."""
        if self.share is None:
            return self.rules
        seconds = [self.durations.of("", rule.id) for rule in self.rules]
        jobs = share_out(seconds, self.share.of)
        return [rule for rule, job in zip(self.rules, jobs, strict=True) if job == self.share.number]

    @property
    def shard(self) -> Shard | msgspec.UnsetType:
        """The part of the campaign that the report covers."""
        if self.share is None:
            return msgspec.UNSET
        return Shard.covering(
            self.share,
            self.settings,
            [(lane.name, lane.versions, lane.interpreter.version, self.is_bisected(lane)) for lane in self.lanes],
            [rule.id for rule in self.rules],
            self.durations.digest,
        )

    def is_bisected(self, lane: Lane) -> bool:
        """Return True if releases of a lane are judged only if those around them differ."""
        return len(lane.targets) >= max(self.campaign.bisect_from, FEWEST)

    @property
    def expected(self) -> int:
        """How many verdicts it will take, as far as that is known in advance."""
        releases = sum(FEWEST if self.is_bisected(lane) else len(lane.targets) for lane in self.lanes)
        return releases * len(self.settings.seeds) * len(self.judged)


@dataclass(kw_only=True)
class LaneRun:
    """The progress of one lane: which of its releases have been judged, with which results."""

    lane: Lane
    search: Search
    plan: CampaignPlan
    running: Counter[int] = field(default_factory=Counter)
    """How many seeds of a release are being judged."""
    found: dict[int, dict[str, list[str]]] = field(default_factory=dict)
    """The verdicts of the seeds so far, by release and rule."""
    varying: dict[int, set[str]] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)
    deviations: dict[int, tuple[Result, ...]] = field(default_factory=dict)
    """The deviations of the newest release that can be run, by seed."""
    places: dict[str, int] = field(default_factory=dict)
    """The release of each series that is being judged, by key."""

    def work(self) -> list[Work]:
        """Return what to judge next; nothing while something is being judged."""
        if self.running:
            return []
        rules = {rule.id: rule for rule in self.plan.judged}
        found: list[Work] = []
        for at, ids in sorted(self.search.wanted().items()):
            for series in self._with_each_seed(at):
                self.places[series.key] = at
                self.running[at] += 1
                found.append((series, [rules[each] for each in ids]))
        return found

    def _with_each_seed(self, at: int) -> list[Series]:
        """Return the series of a release, one per seed."""
        target, campaign = self.lane.targets[at], self.plan.campaign
        is_newest = all(other in self.search.broken for other in range(at + 1, self.search.length))
        return [
            Series(
                contract=self.plan.contract,
                target=target,
                examples=self.plan.settings.examples,
                seed=seed,
                limit_seconds=campaign.limit_seconds,
                memory_mib=campaign.memory_mib,
                is_sandboxed=campaign.sandbox,
                has_reproducers=is_newest,
                stamp=stamp_of(self.plan.contract, target),
            )
            for seed in self.plan.settings.seeds
        ]

    def take_in(self, judged: Judged) -> None:
        """Add the verdicts on one release with one seed."""
        at = self.places.pop(judged.series.key)
        if judged.error is not None:
            self.errors[at] = judged.error
        verdicts = self.found.setdefault(at, {})
        for rule, result in judged.found.items():
            verdicts.setdefault(rule, []).append(result.verdict.value)
        if judged.series.has_reproducers:
            found = judged.results_in_order(self.plan.judged)
            self.deviations[judged.series.seed] = tuple(one for one in found if one.verdict is Verdict.DEVIATES)
        self.running[at] -= 1
        if not self.running[at]:
            del self.running[at]
            self._conclude(at)

    def _conclude(self, at: int) -> None:
        """Pass a release that was judged with each seed on to the search."""
        if at in self.errors:
            self.search.broken.add(at)
            self.deviations.clear()
            return
        verdicts = self.found.pop(at)
        self.search.known.setdefault(at, {}).update({rule: worst(each) for rule, each in verdicts.items()})
        self.varying.setdefault(at, set()).update(rule for rule, each in verdicts.items() if len(set(each)) > 1)

    def report(self) -> LaneReport:
        """Return the results."""
        versions = self.lane.versions
        # The message is that of the first seed that shows the deviation.
        shown = {one.rule: one for seed in reversed(self.plan.settings.seeds) for one in self.deviations.get(seed, ())}
        return LaneReport(
            name=self.lane.name,
            python=self.lane.interpreter.version,
            is_bisected=self.search.is_bisected,
            releases=tuple(map(self._release, range(len(versions)))),
            changes=tuple(
                Change(
                    rule=rule,
                    release=versions[after],
                    after=versions[before],
                    before=self.search.known[before][rule],
                    now=self.search.known[after][rule],
                )
                for before, after, rule in self.search.changes()
            ),
            deviations=tuple(shown[rule] for rule in self.search.rules if rule in shown),
        )

    def _release(self, at: int) -> ReleaseReport:
        found = {rule: self.search.verdict(at, rule) for rule in self.search.rules}
        return ReleaseReport(
            version=self.lane.versions[at],
            target=self.lane.targets[at].text,
            error=self.errors.get(at),
            verdicts={rule: verdict for rule, (verdict, is_judged) in found.items() if is_judged},
            inferred={rule: verdict for rule, (verdict, is_judged) in found.items() if verdict and not is_judged},
            varying=tuple(rule for rule in self.search.rules if rule in self.varying.get(at, ())),
        )


@dataclass(kw_only=True)
class LaneRuns:
    """The progress of all lanes, and the pending work."""

    lanes: Sequence[LaneRun]
    waiting: deque[Work] = field(default_factory=deque)

    def next(self) -> Work | None:
        """Return the next release to judge, None if there is none at the moment."""
        for lane in self.lanes if not self.waiting else ():
            self.waiting.extend(lane.work())
            if self.waiting:
                break
        return self.waiting.popleft() if self.waiting else None

    def take_in(self, judged: Judged) -> None:
        """Add the verdicts on one release with one seed."""
        next(lane for lane in self.lanes if judged.series.key in lane.places).take_in(judged)


def run_campaign(
    plan: CampaignPlan, *, journal: Journal, progress: Progress = lambda *_: None, note: Note = lambda *_: None
) -> CampaignReport:
    """Run a campaign and return its report, which is marked as incomplete if an interrupt or the time limit ended it.

    Parameters:
        plan: What to run.
        journal: The file to which each verdict is written as soon as its block is done.
        progress: Called after each verdict.
        note: Called with remarks on how a release is run.

    Raises:
        ExecutorError: The executor does not answer, or can no longer be reached.
    """
    ids = [rule.id for rule in plan.judged]
    lanes = [
        LaneRun(
            lane=lane,
            plan=plan,
            search=Search(length=len(lane.targets), rules=ids, is_bisected=plan.is_bisected(lane)),
        )
        for lane in plan.lanes
    ]
    runs = LaneRuns(lanes=lanes)
    drive = Drive(
        waiting=runs.next,
        journal=journal,
        verdicts=plan.expected,
        limit_seconds=plan.campaign.limit_minutes * MINUTE or math.inf,
        progress=progress,
        note=note,
    )
    is_complete = drive.run(plan.executor, plan.jobs, runs.take_in)
    return CampaignReport(
        assay=importlib.metadata.version("assay"),
        created=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        settings=plan.settings,
        rules=tuple(rule_entry(rule, plan.contract.profile(plan.settings.profiles[0])) for rule in plan.rules),
        deciding=_deciding(plan),
        lanes=tuple(lane.report() for lane in lanes),
        costs=_costs(plan, lanes),
        is_complete=is_complete,
        shard=plan.shard,
    )


def _costs(plan: CampaignPlan, lanes: Sequence[LaneRun]) -> Costs:
    seeds = len(plan.settings.seeds)
    releases = sum(len(lane.targets) for lane in plan.lanes)
    known = [verdicts for lane in lanes for verdicts in lane.search.known.values()]
    return Costs(
        runs=len(known) * seeds,
        runs_of_all=releases * seeds,
        verdicts=sum(map(len, known)) * seeds,
        verdicts_of_all=releases * seeds * len(plan.rules),
    )


def _deciding(plan: CampaignPlan) -> Mapping[str, tuple[str, ...]]:
    profiles = [plan.contract.profile(name) for name in plan.settings.profiles]
    return {one.name: tuple(rule.id for rule in plan.rules if rule.decides(one)) for one in profiles}
