"""Formats for other tools: JUnit XML, SARIF 2.1.0, GitHub annotations, the JSON of the badge."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from conformance.engine.reports.model import Report, RuleEntry, TargetReport
from conformance.engine.reports.text import detail_of, why_no_result
from conformance.engine.rules import Level
from conformance.engine.verdicts import Result, Verdict
from docgen.exchange import count_cases, github_text, indented_json, junit_document, sarif_document, xml_text

_SARIF_LEVELS = {Level.MUST: "error", Level.SHOULD: "warning", Level.MAY: "warning", Level.OBS: "note"}


def findings(report: Report, target: TargetReport) -> Iterator[tuple[RuleEntry, Result]]:
    """Yield the deviations of a target, including expected ones, and the breakdowns."""
    rules = report.rules_by_id()
    for result in target.results:
        if result.verdict in (Verdict.DEVIATES, Verdict.BREAKDOWN):
            yield rules[result.rule], result


def to_junit(report: Report) -> str:
    """Return the report as JUnit XML: a suite per target, a case per rule; gaps and expected deviations are skipped."""
    rules = report.rules_by_id()
    root = ET.Element("testsuites", name="conformance")
    for target in report.targets:
        suite = ET.SubElement(root, "testsuite", name=target.target)
        for result in target.results:
            rule = rules[result.rule]
            case = ET.SubElement(
                suite, "testcase", classname=f"{target.target}.{rule.group}", name=f"{rule.id} {rule.name}"
            )
            kind = _junit_kind(rule, result)
            if kind is not None:
                text = xml_text(detail_of(rule, result, target.target))
                first, *others = text.splitlines()
                message = result.expected or (others[0].strip() if others else first)
                ET.SubElement(case, kind, message=xml_text(message)).text = text
        if target.error is not None:
            case = ET.SubElement(suite, "testcase", classname=target.target, name="start")
            ET.SubElement(case, "error", message=xml_text(target.error))
        count_cases(suite)
    return junit_document(root)


def _junit_kind(rule: RuleEntry, result: Result) -> str | None:
    """Return the name of the element for the verdict on a rule, None if the rule holds."""
    if result.verdict is Verdict.DEVIATES:
        return "failure" if rule.decides and result.expected is None else "skipped"
    return {Verdict.BREAKDOWN: "error", Verdict.GAP: "skipped"}.get(result.verdict)


def to_sarif(report: Report) -> str:
    """Return the report as SARIF 2.1.0: a run per target, a rule per rule, a result per deviation."""
    return sarif_document([_sarif_run(report, target) for target in report.targets])


def _sarif_run(report: Report, target: TargetReport) -> dict[str, object]:
    index = {rule.id: position for position, rule in enumerate(report.rules)}
    rules = [
        {
            "id": rule.id,
            "name": rule.name,
            "shortDescription": {"text": rule.statement},
            "help": {"text": rule.hint},
            "defaultConfiguration": {"level": _SARIF_LEVELS[rule.level]},
        }
        for rule in report.rules
    ]
    results = [
        {
            "ruleId": rule.id,
            "ruleIndex": index[rule.id],
            "level": _SARIF_LEVELS[rule.level] if rule.decides else "note",
            "message": {"text": result.message},
            "locations": [{"logicalLocations": [{"fullyQualifiedName": target.under_test, "kind": "type"}]}],
            "partialFingerprints": {"rule/v1": f"{target.under_test}:{rule.id}"},
            **(
                {"suppressions": [{"kind": "external", "justification": result.expected}]}
                if result.expected is not None
                else {}
            ),
        }
        for rule, result in findings(report, target)
        if result.verdict is Verdict.DEVIATES
    ]
    notices = [
        {"level": "error", "message": {"text": f"{rule.id}: {result.message}"}}
        for rule, result in findings(report, target)
        if result.verdict is Verdict.BREAKDOWN
    ]
    notices += [{"level": "error", "message": {"text": target.error}}] if target.error else []
    return {
        "tool": {"driver": {"name": "conformance", "version": report.assay, "rules": rules}},
        "automationDetails": {"id": f"conformance/{target.target}"},
        "invocations": [{"executionSuccessful": report.has_result(target), "toolExecutionNotifications": notices}],
        "results": results,
    }


def to_github(report: Report) -> str:
    """Return one workflow command per finding: an error if it decides and is not expected, otherwise a notice."""
    lines = []
    for target in report.targets:
        for rule, result in findings(report, target):
            is_error = result.expected is None and (rule.decides or result.verdict is Verdict.BREAKDOWN)
            title = f"{target.target}: {rule.id} {result.verdict.value}"
            text = f"{rule.statement}\n{result.message}"
            lines.append(_annotation("error" if is_error else "notice", title, text))
    lines += [_annotation("error", one.target, one.error) for one in report.targets if one.error]
    lines += [
        _annotation("error", one.target, f"no result: {why}")
        for one in report.targets
        if (why := why_no_result(report, one))
    ]
    return "".join(lines)


def _annotation(kind: str, title: str, text: str) -> str:
    """Return a workflow command of GitHub: one line."""
    return f"::{kind} title={github_text(title, is_property=True)}::{github_text(text)}\n"


def to_badge_json(report: Report) -> str:
    """Return the badge of the first target as JSON: label, message passed/required, colour."""
    passed, colour = badge_parts(report)
    badge = {"schemaVersion": 1, "label": badge_label(report), "message": passed, "color": colour}
    return indented_json(badge)


def badge_label(report: Report) -> str:
    """Return the left half of the badge."""
    return f"conformance {report.settings.profile}"


def badge_parts(report: Report) -> tuple[str, str]:
    """Return the right half of the badge and its colour; several targets count together."""
    if not report.targets or not report.is_complete or not all(map(report.has_result, report.targets)):
        return "no result", "grey"
    counts = [report.passed(target) for target in report.targets]
    judged, required = sum(one.judged for one in counts), sum(one.required for one in counts)
    return f"{judged}/{required}", "green" if judged == required else "orange"
