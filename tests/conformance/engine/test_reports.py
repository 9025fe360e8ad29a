"""All formats have the same content, in the form that their readers expect."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema_rs
import msgspec
import pytest

from conformance.campaign.shards import has_campaign
from conformance.engine.reports import change, formats, pages
from conformance.engine.reports.model import (
    Report,
    RuleEntry,
    Settings,
    TargetReport,
    from_json,
    report_schema,
    to_json,
)
from conformance.engine.reports.text import detail_of, to_text
from conformance.engine.rules import Level
from conformance.engine.verdicts import Result, Verdict
from conformance.errors import UsageError
from conformance.mutants.grades import has_grades

AWKWARD = "found <b>|*x*</b> & \x00 ::error::%0A é\nsecond line"


def entry(identifier: str, level: Level = Level.MUST, *, decides: bool = True) -> RuleEntry:
    """Return a rule as a report repeats it."""
    return RuleEntry(
        id=identifier,
        name="some-name",
        level=level,
        statement="It | <holds>.",
        since="2.0.0",
        hint="Do.",
        source="observed",
        decides=decides,
    )


def result(identifier: str, verdict: Verdict, message: str = "", expected: str | None = None) -> Result:
    """Return a result."""
    return Result(rule=identifier, verdict=verdict, message=message, expected=expected)


def report(*results: Result, **more: object) -> Report:
    """Return a report of one target with these results; each rule decides."""
    target = TargetReport(target="one==1.0", version="1.0", under_test="one.Template", results=results)
    given = {
        "assay": "0.1.0",
        "created": "2026-01-01T00:00:00+00:00",
        "settings": Settings(contract="task_template", profile="strict", examples=5, seed=0, limit_seconds=10),
        "rules": tuple(entry(one.rule) for one in results),
        "targets": (target,),
        **more,
    }
    return msgspec.convert(given, Report)


HOLDS = [result(f"AAA-0{number}", Verdict.HOLDS) for number in range(5)]
MIXED = report(
    *HOLDS,
    result("BBB-01", Verdict.DEVIATES, AWKWARD),
    result("BBB-02", Verdict.DEVIATES, "known", expected="a reason"),
    result("BBB-03", Verdict.GAP, "not offered: x"),
)


@pytest.mark.parametrize(
    ("results", "more", "expected"),
    [
        (HOLDS, {}, 0),
        ([*HOLDS, result("B-1", Verdict.DEVIATES)], {}, 1),
        ([*HOLDS, result("B-1", Verdict.DEVIATES, expected="known")], {}, 0),
        ([*HOLDS, result("B-1", Verdict.GAP)], {}, 0),  # 5 of 6 judged
        ([*HOLDS[:3], result("B-1", Verdict.GAP)], {}, 3),  # 3 of 4 judged: less than 80 %
        ([*HOLDS, result("B-1", Verdict.BREAKDOWN)], {}, 3),
        (HOLDS, {"is_complete": False}, 3),
        (HOLDS, {"targets": (TargetReport(target="x", results=tuple(HOLDS), stale=("y",)),)}, 4),
        (HOLDS, {"targets": (TargetReport(target="x", results=tuple(HOLDS), false_claims={"context": "y"}),)}, 1),
        (HOLDS, {"targets": (TargetReport(target="x", error="no such release"),)}, 3),
        ([], {}, 5),
    ],
)
def test_exit_codes(results: list[Result], more: dict[str, object], expected: int) -> None:
    """0 as expected, 1 findings, 3 could not run or too little was judged, 4 stale expectations, 5 nothing was run."""
    assert report(*results, **more).exit_code == expected


def test_a_deviation_that_does_not_decide_is_no_finding() -> None:
    """A deviation that the profile only reports gives exit code 0."""
    rules = (*(entry(one.rule) for one in HOLDS), entry("B-1", Level.SHOULD, decides=False))

    assert report(*HOLDS, result("B-1", Verdict.DEVIATES), rules=rules).exit_code == 0


@pytest.mark.parametrize(
    ("verdict", "due_passed", "due_exit"),
    [(Verdict.HOLDS, "6/6", 0), (Verdict.DEVIATES, "5/6", 1), (Verdict.GAP, "5/5", 0)],
)
def test_a_claimed_optional_rule_counts(verdict: Verdict, due_passed: str, due_exit: int) -> None:
    """A rule of level MAY is required if its capability is claimed, and does not count otherwise."""
    rules = (*(entry(one.rule) for one in HOLDS), entry("B-1", Level.MAY))
    judged = report(*HOLDS, result("B-1", verdict), rules=rules)

    assert str(judged.passed(judged.targets[0])) == due_passed
    assert judged.exit_code == due_exit


def test_gaps_say_why() -> None:
    """The text lists the reasons, the most frequent one first."""
    gaps = [result(f"G-{number}", Verdict.GAP, "not offered: context" if number else "no x") for number in range(3)]

    lines = to_text(report(*HOLDS, *gaps)).splitlines()

    at = next(number for number, line in enumerate(lines) if "gaps, the most frequent reasons" in line)
    assert lines[at + 1 : at + 3] == ["    2 x not offered: context", "    1 x no x"]


@pytest.mark.parametrize("name", ["text", "markdown", "html", "github"])
@pytest.mark.parametrize(
    ("verdict", "why"),
    [
        (Verdict.GAP, "only 5/8 MUST rules could be judged, and 80% are required"),
        (Verdict.BREAKDOWN, "the suite or the adapter failed on 3 of 8 rules"),
    ],
)
def test_a_run_without_result_says_why(name: str, verdict: Verdict, why: str) -> None:
    """No format presents a run that proves nothing as a result."""
    printed = formats.FORMATS[name](report(*HOLDS, *(result(f"G-{number}", verdict, "x") for number in range(3))))

    assert why.replace("%", "%25") in printed if name == "github" else why in printed
    assert why not in formats.FORMATS[name](MIXED)


@pytest.mark.parametrize(("verdict", "expected"), [(Verdict.DEVIATES, True), (Verdict.BREAKDOWN, False)])
def test_only_a_deviation_has_a_hint(verdict: Verdict, *, expected: bool) -> None:
    """Advice about a deviation does not help the author of a broken adapter."""
    assert ("hint: Do." in to_text(report(*HOLDS, result("B-1", verdict, "x")))) is expected


def test_json_comes_back_and_keeps_its_schema(tmp_path: Path) -> None:
    """The JSON report conforms to the published schema, and loses nothing."""
    path = tmp_path / "report.json"
    path.write_text(to_json(MIXED), encoding="utf-8")
    published = (Path(formats.__file__).parent / "report.schema.json").read_text(encoding="utf-8")

    assert from_json(path) == MIXED
    assert published == report_schema(), "write report_schema() to report.schema.json: the report has changed"
    jsonschema_rs.validate(json.loads(published), json.loads(to_json(MIXED)))


@pytest.mark.parametrize("text", ["", "[]", '{"format": 1}', "no json"])
def test_a_file_that_is_not_a_report_is_one_clear_line(text: str, tmp_path: Path) -> None:
    """The error for any other file names it."""
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(UsageError, match=r"other\.json: this is not a report of format 2"):
        from_json(path)


def test_a_report_of_another_format_is_not_misread(tmp_path: Path) -> None:
    """The number changes if a reader would otherwise misread a field."""
    path = tmp_path / "later.json"
    path.write_text(to_json(msgspec.structs.replace(MIXED, format=3)), encoding="utf-8")

    with pytest.raises(UsageError, match="a report of format 3, and this version reads format 2"):
        from_json(path)


def test_a_file_of_other_bytes_is_one_clear_line(tmp_path: Path) -> None:
    """Also one in which a string is not UTF-8."""
    path = tmp_path / "other.json"
    path.write_bytes(b'{"assay": "\xff"}')

    with pytest.raises(UsageError, match="this is not a report"):
        from_json(path)
    assert not has_campaign(path)
    assert not has_grades(path)


def test_junit_is_well_formed_and_counts() -> None:
    """Deviations that decide fail; expected ones and gaps are skipped; control characters do not break the XML."""
    suite = ET.fromstring(formats.FORMATS["junit"](MIXED))[0]  # noqa: S314 - our own text

    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped"), suite.get("errors")) == (
        "8",
        "1",
        "2",
        "0",
    )


def test_sarif_separates_new_deviations_from_known_ones() -> None:
    """One result per deviation; expected ones are suppressed with their reason; rules are found by index."""
    (run,) = json.loads(formats.FORMATS["sarif"](MIXED))["runs"]

    assert [one["ruleId"] for one in run["results"]] == ["BBB-01", "BBB-02"]
    assert [one.get("suppressions", [{}])[0].get("justification") for one in run["results"]] == [None, "a reason"]
    assert all(run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"] for one in run["results"])


@pytest.mark.network
def test_sarif_is_what_its_schema_says(sarif_schema: dict[str, object]) -> None:
    """The schema of SARIF 2.1.0 from OASIS accepts a report with every verdict."""
    document = json.loads(formats.FORMATS["sarif"](MIXED))

    assert [str(each) for each in jsonschema_rs.validator_for(sarif_schema).iter_errors(document)] == []


@pytest.mark.network
@pytest.mark.thorough
def test_junit_is_what_its_schema_says(junit_schema: Callable[[str], list[str]]) -> None:
    """The schema of Jenkins accepts a report with every verdict."""
    assert junit_schema(formats.FORMATS["junit"](MIXED)) == []


def test_github_commands_are_one_line_each() -> None:
    """A finding cannot break out of its command with any message."""
    lines = formats.FORMATS["github"](MIXED).splitlines()

    assert [line.split(" ")[0] for line in lines] == ["::error", "::notice"]
    assert "%250A" in lines[0], "a percent sign of the message has to be escaped"


def test_markdown_tables_keep_their_columns() -> None:
    """A vertical bar in a statement is escaped, so that each row of a table has all columns."""
    text = formats.FORMATS["markdown"](MIXED).replace("\\|", "")
    rows = [line for line in text.splitlines() if line.startswith("| `BBB")]

    assert len(rows) == 3
    assert {row.count("|") for row in rows} == {5}
    assert "<holds>" not in text


def test_html_needs_nothing_else_and_escapes() -> None:
    """One script, for the text filter; no external resources; markup in messages is shown as text."""
    page = formats.FORMATS["html"](MIXED)

    assert page.count("<script") == page.count("<script>\n//") == 1
    assert "src=" not in page
    assert "http://" not in page
    assert "https://" not in page
    assert "<b>" not in page
    assert "&lt;b&gt;" in page


@pytest.mark.parametrize(
    ("one", "message"),
    [(report(*HOLDS), "5/5"), (MIXED, "6/8"), (report(*HOLDS, is_complete=False), "no result")],
)
def test_the_badge_shows_its_denominator(one: Report, message: str) -> None:
    """It shows passed/required, or that there is no result."""
    assert json.loads(formats.FORMATS["badge-json"](one))["message"] == message
    ET.fromstring(formats.FORMATS["badge"](one))  # noqa: S314 - our own text


def test_text_is_at_most_15_lines_a_rule() -> None:
    """A long message and a long script are cut; a script that fits is shown whole."""
    long = result("BBB-01", Verdict.DEVIATES, "\n".join(["line"] * 40))
    short_script = msgspec.structs.replace(long, reproducer="one\n" * 12)
    long_script = msgspec.structs.replace(long, reproducer="one\n" * 30)

    for one in (long, short_script, long_script):
        assert len(detail_of(entry("BBB-01"), one, "x").splitlines()) <= 15
    assert detail_of(entry("BBB-01"), short_script, "x").count("one") == 12
    assert "30 lines, in the JSON report" in detail_of(entry("BBB-01"), long_script, "x")


def test_a_long_line_shows_that_it_was_cut() -> None:
    """The other formats have all of it."""
    long = result("BBB-01", Verdict.DEVIATES, "the constructor lacks " + "x" * 400)

    line = detail_of(entry("BBB-01"), long, "x").splitlines()[1].strip()

    assert line.startswith("the constructor lacks x")
    assert line.endswith("x ...")
    assert len(line) == 300


def test_a_script_that_has_room_without_the_hint_takes_its_place() -> None:
    """The script is more useful than the hint; the message is kept."""
    result = Result(rule="BBB-01", verdict=Verdict.DEVIATES, message="found\nwith", reproducer="one\n" * 13)

    lines = detail_of(entry("BBB-01"), result, "x").splitlines()

    assert [line.strip() for line in lines[1:]] == ["found", *["one"] * 13]


def test_deviations_of_one_cause_are_shown_together() -> None:
    """The first is shown in full, with its script if it has one, and the others on one line each."""
    raised = functools.partial(Result, verdict=Verdict.DEVIATES, cause="TypeError at one.task:7 in override")
    found = report(
        *HOLDS,
        raised(rule="OVR-01", message="override() raised TypeError: x, expected no exception\nwith a = 1"),
        raised(rule="OVR-02", message="override(b=2) raised TypeError: x, expected no exception"),
        raised(rule="EQ-01", message="t.override() == t raised TypeError: x", reproducer="t.override()"),
        result("OVR-03", Verdict.DEVIATES, "override() changed: timeout was 60, is None"),
        result("OVR-04", Verdict.DEVIATES, "override(retries=1) changed: timeout was 60, is None"),
        result("OVR-05", Verdict.DEVIATES, "override(name='a') was accepted"),
    )

    text = to_text(found)

    details = text[text.index("one==1.0: ") :]
    heads = [line.split()[1] for line in details.splitlines() if line.startswith("one==1.0: ")]
    assert heads == ["EQ-01", "OVR-03", "OVR-05"]
    assert "2 more deviations with the same TypeError at one.task:7 in override" in details
    assert "    OVR-02 (MUST): override(b=2) raised TypeError: x, expected no exception" in details
    assert "1 more deviation that may have the same cause" in details
    assert "    OVR-04 (MUST): override(retries=1) changed: timeout was 60, is None" in details
    assert "with a = 1" not in details


def test_diff_names_what_changed_and_what_got_worse() -> None:
    """Two releases are compared although their names differ."""
    old = report(result("A-1", Verdict.HOLDS), result("A-2", Verdict.DEVIATES), result("A-3", Verdict.HOLDS))
    new = report(result("A-1", Verdict.DEVIATES), result("A-2", Verdict.HOLDS), result("A-3", Verdict.HOLDS))

    changes = change.changes_between(old, new)

    assert [(one.rule, one.before, one.after, one.is_worse) for one in changes] == [
        ("A-1", "holds", "deviates", True),
        ("A-2", "deviates", "holds", False),
    ]


def test_diff_refuses_reports_without_a_common_target() -> None:
    """That nothing was compared does not mean that nothing has changed."""
    two, three = (msgspec.structs.replace(MIXED.targets[0], target=name) for name in ("two", "three"))
    old, new = (msgspec.structs.replace(MIXED, targets=targets) for targets in (MIXED.targets, (two, three)))

    with pytest.raises(UsageError, match=r"no target is in both: one==1\.0 and two, three"):
        change.changes_between(old, new)


def test_releases_follow_each_other_in_the_order_of_versions() -> None:
    """A release candidate comes before its release, in whatever order the report has them."""
    names = ("one==2.0.0", "one==2.0.0rc1", "one==1.10")
    verdicts = (Verdict.HOLDS, Verdict.DEVIATES, Verdict.HOLDS)
    targets = tuple(
        TargetReport(target=name, version=name.partition("==")[2], results=(result("A-1", verdict),))
        for name, verdict in zip(names, verdicts, strict=True)
    )

    page = pages.to_html(report(result("A-1", Verdict.HOLDS), targets=targets))

    assert page.index("1.10 to 2.0.0rc1") < page.index("2.0.0rc1 to 2.0.0<")


def test_a_reason_with_control_characters_does_not_break_the_xml() -> None:
    """TOML can write any character in the reason of an expectation."""
    one = report(*HOLDS, result("BBB-01", Verdict.DEVIATES, "known", expected="a \x01 reason"))

    (case,) = ET.fromstring(formats.FORMATS["junit"](one)).iter("skipped")  # noqa: S314 - our own text

    assert case.get("message") == "a \\x01 reason"


def test_merge_refuses_what_cannot_be_compared() -> None:
    """Reports with different settings, or of the same target twice, are not merged."""
    other = msgspec.structs.replace(MIXED, settings=msgspec.structs.replace(MIXED.settings, seed=1))
    renamed = msgspec.structs.replace(MIXED, targets=(msgspec.structs.replace(MIXED.targets[0], target="two"),))

    assert [one.target for one in change.merge([MIXED, renamed]).targets] == ["one==1.0", "two"]
    with pytest.raises(UsageError, match=r"different settings.*seed is 0 in one and 1 in another"):
        change.merge([MIXED, other])
    with pytest.raises(UsageError, match="more than one"):
        change.merge([MIXED, MIXED])


def test_a_merged_report_is_complete_if_all_parts_are() -> None:
    """An interrupted job has no result, and neither has the whole."""
    other = msgspec.structs.replace(MIXED, targets=(msgspec.structs.replace(MIXED.targets[0], target="other"),))

    assert change.merge([MIXED, other]).is_complete
    assert not change.merge([MIXED, msgspec.structs.replace(other, is_complete=False)]).is_complete
