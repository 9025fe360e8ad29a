"""A campaign from its file to its page: the releases that are judged, the report, and how it is resumed."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest

from conformance.campaign import lanes as lanes_module
from conformance.campaign.file import Campaign, Entry, read_campaign
from conformance.campaign.lanes import Lane, lanes_of
from conformance.campaign.pages import to_markdown
from conformance.campaign.report import CampaignReport, Costs, to_json
from conformance.campaign.run import CampaignPlan, LaneRun, run_campaign
from conformance.campaign.search import Search
from conformance.campaign.shards import merge_campaigns
from conformance.engine.contract import Contract, find_contract
from conformance.engine.drive import Judged
from conformance.engine.interpreters import HERE, find_interpreter
from conformance.engine.journal import Journal
from conformance.engine.reports.model import rule_entry
from conformance.engine.targets import target_from
from conformance.engine.verdicts import Result, Verdict
from conformance.errors import UsageError
from docgen.work import Share
from tests.conformance.engine.stacks import conformance, write_stacks

RELEASES = 12
BETTER_FROM, UNDO_FROM, WORSE_FROM = 4, 5, 9
"""Releases, counted from 1, from which STK-02 holds, STK-03 holds, and STK-01 deviates."""

IMPLEMENTATIONS = f'''\
"""The releases of a stack."""


class Stack:
    number = 0

    def __init__(self):
        self.items = []

    def push(self, value):
        self.items.append(value)

    def pop(self):
        if not self.items and self.number < {BETTER_FROM}:
            return None
        return self.items.pop(0 if self.number >= {WORSE_FROM} else -1)

    def undo(self):
        self.items.pop()


class Release:
    def __init__(self):
        self.new = type("Stack", (Stack,), {{"number": self.number}})
        self.capabilities = frozenset({{"undo"}} if self.number >= {UNDO_FROM} else ())


for number in range(1, {RELEASES} + 1):
    globals()[f"V{{number}}"] = type(f"V{{number}}", (Release,), {{"number": number, "version": f"1.{{number}}"}})
'''


@pytest.fixture
def contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Contract:
    """A contract of three rules, in a folder with twelve releases of an implementation."""
    write_stacks(tmp_path, IMPLEMENTATIONS)
    monkeypatch.chdir(tmp_path)
    return find_contract(str(tmp_path / "stacks"))


def lane_of(contract: Contract, releases: int) -> Lane:
    """Return the first releases."""
    numbers = range(1, releases + 1)
    return Lane(
        name="stack",
        targets=tuple(target_from(f"mine:V{number}", contract) for number in numbers),
        versions=tuple(f"1.{number}" for number in numbers),
        interpreter=HERE,
    )


def ran(
    contract: Contract, journal: Journal, *, releases: int = RELEASES, share: Share | None = None, **more: object
) -> CampaignReport:
    """Return the report of a campaign of the first releases."""
    asked = msgspec.convert({"targets": ["stack"], "examples": 5, "limit_seconds": 2.0, **more}, Campaign)
    plan = CampaignPlan(campaign=asked, contract=contract, lanes=[lane_of(contract, releases)], jobs=2, share=share)
    return run_campaign(plan, journal=journal)


def test_a_campaign_finds_the_first_release_of_each_change(contract: Contract, tmp_path: Path) -> None:
    """Few releases are judged; the report says how many, and its page is Markdown with drawings for browsers."""
    report = ran(contract, Journal(tmp_path / "lines.jsonl"))

    (lane,) = report.lanes
    assert [(each.release, each.rule, each.before, each.now) for each in lane.changes] == [
        ("1.4", "STK-02", "deviates", "holds"),
        ("1.5", "STK-03", "gap", "holds"),
        ("1.9", "STK-01", "holds", "deviates"),
    ]
    assert lane.is_bisected
    assert report.costs.runs < report.costs.runs_of_all == RELEASES
    assert report.costs.verdicts < report.costs.verdicts_of_all / 2
    assert [one.rule for one in lane.deviations] == ["STK-01"]
    assert report.exit_code == 1
    assert {one.version: one.verdict("STK-02") for one in lane.releases} == {
        f"1.{number}": "holds" if number >= BETTER_FROM else "deviates" for number in range(1, RELEASES + 1)
    }
    page = to_markdown(report)
    drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert [ET.fromstring(each).tag for each in drawings] == ["svg", "svg"]  # noqa: S314 - our own
    assert "| 1.9 | STK-01 | holds → deviates |" in page
    # Wider than a phone only inside what scrolls.
    assert all("max-width" in each or "overflow-x:auto" in page.partition(each)[0][-40:] for each in drawings)


def test_shards_of_a_campaign_make_the_whole(contract: Contract, tmp_path: Path) -> None:
    """Two shards, each with its rules, are merged in any order into the report of one campaign, except its date."""
    whole = ran(contract, Journal(tmp_path / "whole.jsonl"))
    parts = [
        ran(contract, Journal(tmp_path / f"{number}.jsonl"), share=Share(number=number, of=2)) for number in (2, 1)
    ]

    assert sum(part.costs.verdicts for part in parts) == whole.costs.verdicts
    assert all(0 < part.costs.verdicts < whole.costs.verdicts for part in parts)
    merged = merge_campaigns(parts)
    assert to_json(msgspec.structs.replace(merged, created=whole.created)) == to_json(whole)
    # An incomplete set has no result.
    with pytest.raises(UsageError, match="Missing: 1/2"):
        merge_campaigns(parts[:1])
    with pytest.raises(UsageError, match="shard 2/2 was interrupted"):
        merge_campaigns([msgspec.structs.replace(parts[0], is_complete=False), parts[1]])


def test_a_shard_without_rules_judges_nothing(contract: Contract, tmp_path: Path) -> None:
    """With more shards than rules, some have nothing to do; no release is started for them."""
    report = ran(contract, Journal(tmp_path / "lines.jsonl"), share=Share(number=4, of=4))

    assert report.costs.runs == report.costs.verdicts == 0


def test_an_interrupted_campaign_goes_on(contract: Contract, tmp_path: Path) -> None:
    """No finding is judged again, and the report is that of one campaign."""
    lines = tmp_path / "lines.jsonl"
    whole = ran(contract, Journal(lines), releases=2, seeds=[0, 1])
    kept = lines.read_bytes().splitlines(keepends=True)
    assert sum(b'"result"' in line for line in kept) == 2 * 2 * 3

    lines.write_bytes(b"".join(kept[:-3]))
    again = ran(contract, Journal(lines, resumes=True), releases=2, seeds=[0, 1])

    assert to_json(msgspec.structs.replace(again, created="")) == to_json(msgspec.structs.replace(whole, created=""))
    assert lines.read_bytes().count(b'"result"') == 2 * 2 * 3


def test_a_campaign_goes_on_from_releases_that_are_complete(contract: Contract, tmp_path: Path) -> None:
    """Which releases are judged next depends on them, although nothing of them is left to do."""
    lines = tmp_path / "lines.jsonl"
    whole = ran(contract, Journal(lines))
    of_ends = re.compile(rb'"mine:V(1|12)"')
    lines.write_bytes(b"".join(filter(of_ends.search, lines.read_bytes().splitlines(keepends=True))))
    again = ran(contract, Journal(lines, resumes=True))

    assert to_json(msgspec.structs.replace(again, created="")) == to_json(msgspec.structs.replace(whole, created=""))


def judged_with_two_seeds(contract: Contract, *verdicts: Verdict) -> CampaignReport:
    """Return the report on one release in which the verdict on STK-01 depends on the seed, without running it."""
    asked = Campaign(targets=("stack",), examples=5, seeds=(0, 1))
    plan = CampaignPlan(campaign=asked, contract=contract, lanes=[lane_of(contract, 1)])
    run = LaneRun(lane=plan.lanes[0], plan=plan, search=Search(length=1, rules=["STK-01"], is_bisected=False))
    for (series, rules), verdict in zip(run.work(), verdicts, strict=True):
        found = {"STK-01": Result(rule="STK-01", verdict=verdict, message=f"seed {series.seed}")}
        run.take_in(Judged(series=series, rules=rules, found=found))
    costs = Costs(runs=2, runs_of_all=2, verdicts=2, verdicts_of_all=2)
    return CampaignReport(
        assay="0",
        created="",
        settings=plan.settings,
        rules=tuple(rule_entry(rule, contract.profile(None)) for rule in plan.rules),
        deciding={"default": ("STK-01",)},
        lanes=(run.report(),),
        costs=costs,
    )


def test_a_rule_has_to_hold_with_each_seed(contract: Contract) -> None:
    """The report says that the verdict depends on the seed, and has the message of the seed that shows it."""
    report = judged_with_two_seeds(contract, Verdict.HOLDS, Verdict.DEVIATES)

    (release,) = report.lanes[0].releases
    assert (release.verdicts, release.varying) == ({"STK-01": "deviates"}, ("STK-01",))
    assert [one.message for one in report.lanes[0].deviations] == ["seed 1"]
    assert report.exit_code == 1
    assert judged_with_two_seeds(contract, Verdict.HOLDS, Verdict.HOLDS).lanes[0].releases[0].varying == ()


def test_a_fault_of_the_suite_is_no_result(contract: Contract) -> None:
    """If the newest release has a breakdown, the exit code is 3."""
    assert judged_with_two_seeds(contract, Verdict.HOLDS, Verdict.BREAKDOWN).exit_code == 3


def test_a_campaign_ends_when_its_time_is_up(contract: Contract) -> None:
    """The findings so far are reported, as incomplete."""
    report = ran(contract, Journal(None), limit_minutes=1e-6)

    assert (report.is_complete, report.exit_code) == (False, 3)


# ---- the file ----


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("targets = []", "at least one entry in targets"),
        ("target = ['a']", "target is not a key. Did you mean targets?"),
        ("targets = [{ release = 'a' }]", r"release is not a key of targets\[0\]. Did you mean releases?"),
        ("targets = ['a']\nseeds = ['x']", "Expected `int`"),
        ("targets = [{ releases = 'a', each = 'day' }]", "Invalid enum value 'day'"),
        ("targets = ['a']\nlimit_seconds = 0", "Expected `float` > 0"),
        ("targets = ['a']\nlimit_seconds = nan", "Expected `float` > 0"),
        ("targets = ['a']\nlimit_seconds = inf", "Expected `float` <= 1000000"),
        ("targets = ['a']\nlimit_minutes = -1", "Expected `float` >= 0"),
        ("targets = ['a']\nmemory_mib = 0", "Expected `int` >= 1"),
        ("targets = [", "this is not TOML"),
    ],
)
def test_a_wrong_file_is_one_clear_line(tmp_path: Path, text: str, words: str) -> None:
    """The error for an unknown key names the nearest known one."""
    path = tmp_path / "campaign.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(UsageError, match=words):
        read_campaign(path)


def test_patterns_name_distributions_and_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each distribution is a lane, its releases in order; pre-releases are left out; a range can be thinned."""
    listed = ("2.0.0", "2.0.1", "2.1.0rc1", "2.1.0", "2.1.1", "3.0.0")
    monkeypatch.setattr(lanes_module, "listed_versions", lambda _: listed)
    asked = Campaign(
        targets=(
            "flyte>=2.0.1,<3",
            Entry(releases="flyteplugins-*", each="minor", class_="p.Task", beside="flyte=={version}"),
            "reference_impl",
        ),
        names=("flyteplugins-ray", "flyteplugins_spark", "other"),
    )

    found = lanes_of(asked, find_contract("task_template"))

    assert [(lane.name, lane.versions) for lane in found] == [
        ("flyte", ("2.0.1", "2.1.0", "2.1.1")),
        ("flyteplugins-ray:p.Task", ("2.0.1", "2.1.1", "3.0.0")),
        ("flyteplugins-spark:p.Task", ("2.0.1", "2.1.1", "3.0.0")),
        ("reference_impl", ("",)),
    ]
    assert found[1].targets[1].text == "flyteplugins-ray==2.1.1,flyte==2.1.1:p.Task"
    assert found[1].targets[1].swapped_class == "p.Task"


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("no-such-*", "List the distributions under names"),
        ("flyte>=9", "flyte has no such release"),
        ("flyte>>2", "is not a range of versions"),
        ("other>=1", "not an implementation that task_template knows by name"),
    ],
)
def test_an_entry_that_matches_nothing_is_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, entry: str, words: str
) -> None:
    """The message says what to write."""
    monkeypatch.setattr(lanes_module, "listed_versions", lambda _: ("2.0.0",))

    with pytest.raises(UsageError, match=words):
        lanes_of(Campaign(targets=(entry,)), find_contract("task_template"))


def test_an_interpreter_that_is_not_here_is_one_clear_line() -> None:
    """The interpreter of the command needs no search."""
    assert find_interpreter(HERE.minor) is HERE
    with pytest.raises(UsageError, match=r"Python 2\.1: there is no such interpreter"):
        find_interpreter("2.1")


# ---- the command ----


def asked_for(
    contract: Contract, *lines: str, out: str = "out", options: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    """Run the command with a file that names the first release, which is installed."""
    home = contract.folder.parent
    text = "\n".join(['contract = "stacks"', 'targets = ["mine:V1"]', "examples = 5", *lines])
    (home / "campaign.toml").write_text(text, encoding="utf-8")
    return conformance(home, "campaign", "campaign.toml", "--out", out, *options)


def test_the_command_writes_report_page_and_lines(contract: Contract) -> None:
    """Exit code 1: the newest release deviates."""
    answer = asked_for(contract)

    assert answer.returncode == 1, answer.stderr
    assert "mine:V1, Python" in answer.stdout
    assert sorted(path.name for path in Path("out").iterdir()) == ["campaign.json", "campaign.jsonl", "campaign.md"]


@pytest.mark.thorough
def test_the_command_judges_and_merges_shards(contract: Contract) -> None:
    """A shard has a report but no page; the merged report has a page; a missing shard is a usage error."""
    answers = [asked_for(contract, out=f"out-{number}", options=["--shard", f"{number}/2"]) for number in (1, 2)]

    assert max(answer.returncode for answer in answers) == 1, answers
    assert "shard 1/2 of a campaign" in answers[0].stdout
    home = contract.folder.parent
    assert not (home / "out-1" / "campaign.md").exists()
    missing = conformance(home, "merge", "out-1/campaign.json")
    assert (missing.returncode, "Missing: 2/2" in missing.stderr) == (2, True)
    merged = conformance(home, "merge", "out-1/campaign.json", "out-2/campaign.json")
    (home / "merged.json").write_text(merged.stdout, encoding="utf-8")
    page = conformance(home, "report", "merged.json", "--format", "markdown")
    assert "mine:V1" in page.stdout, page.stderr


def test_a_campaign_without_a_result_says_how_to_go_on(contract: Contract) -> None:
    """Exit code 3, and one line about the saved results."""
    answer = asked_for(contract, "limit_minutes = 1e-6")

    assert answer.returncode == 3
    assert answer.stderr == "The verdicts so far are in out/campaign.jsonl; --resume continues from there.\n"
