"""Formats that other tools read: JSON, SARIF 2.1.0, JUnit XML, GitHub annotations."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import msgspec

from docgen.compare.at_run_time import SideAtRunTime
from docgen.compare.catalogue import Level, catalogue
from docgen.compare.differences import Difference, Unclear
from docgen.compare.report import Report
from docgen.compare.writers.text import affected, place_of
from docgen.exchange import count_cases, github_text, junit_document, sarif_document, xml_text

SCHEMA_VERSION = 1
"""Version of the JSON form of a report."""
_SARIF_LEVELS = {Level.MAJOR: "error", Level.MINOR: "warning", Level.PATCH: "note", Level.DOCS: "note"}
_GITHUB_LEVELS = {Level.MAJOR: "error", Level.MINOR: "warning", Level.PATCH: "notice", Level.DOCS: "notice"}


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A report as JSON."""

    schema_version: int
    old: str
    new: str
    suggested_version: str
    """Lowest version that may follow that of the old side; empty if that is unknown."""
    differences: tuple[Difference, ...]
    accepted: tuple[Difference, ...]
    unknown: tuple[Unclear, ...]
    unread: tuple[str, ...]
    stale: tuple[dict[str, Any], ...]
    """Entries of the allowlist that match no difference any more."""
    run_time: tuple[SideAtRunTime, ...]
    """With `--runtime`: where `inspect` and the sources disagree, the old side first."""
    exit_code: int


def to_json(report: Report) -> str:
    """Return the report as indented JSON, in the form of `json_schema`."""
    old, new = report.names
    document = Document(
        schema_version=SCHEMA_VERSION,
        old=old,
        new=new,
        suggested_version=report.suggested,
        differences=report.differences,
        accepted=report.accepted,
        unknown=report.unknown,
        unread=report.unread,
        stale=tuple(asdict(entry) for entry in report.stale),
        run_time=report.run_time,
        exit_code=report.exit_code,
    )
    return _indented(document)


def json_schema() -> str:
    """Return the JSON Schema of `to_json`."""
    return _indented(msgspec.json.schema(Document))


def _indented(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=1).decode() + "\n"


def to_sarif(report: Report) -> str:
    """Return the report as SARIF 2.1.0: a rule for each kind of difference, a result for each difference."""
    kinds = tuple(catalogue().values())
    index = {kind.code: position for position, kind in enumerate(kinds)}
    rules = [
        {
            "id": kind.code,
            "name": kind.name,
            "shortDescription": {"text": kind.statement},
            **({"help": {"text": kind.hint}} if kind.hint else {}),
            "defaultConfiguration": {"level": _SARIF_LEVELS[kind.level]},
        }
        for kind in kinds
    ]
    results = [_sarif_result(each, index[each.code]) for each in report.differences]
    results += [
        {**_sarif_result(each, index[each.code]), "suppressions": [{"kind": "external"}]} for each in report.accepted
    ]
    driver = {"name": "docgen diff", "rules": rules}
    run: dict[str, object] = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [_sarif_invocation(report)],
        "results": results,
    }
    return sarif_document([run])


def _sarif_invocation(report: Report) -> dict[str, object]:
    """Return whether both sides could be read, and what could not be compared."""
    notes = [
        *({"level": "error", "message": {"text": text}} for text in report.unread),
        *({"level": "note", "message": {"text": f"{each.symbol}: {each.text}"}} for each in report.unknown),
    ]
    extra = {"toolExecutionNotifications": notes} if notes else {}
    return {"executionSuccessful": not report.unread, "exitCode": report.exit_code, **extra}


def _sarif_result(each: Difference, index: int) -> dict[str, object]:
    place: dict[str, object] = {"logicalLocations": [{"fullyQualifiedName": each.symbol}]}
    if each.location is not None:
        region = {"startLine": each.location.line, "endLine": max(each.location.line, each.location.end_line)}
        place["physicalLocation"] = {"artifactLocation": {"uri": quote(each.location.file)}, "region": region}
    return {
        "ruleId": each.code,
        "ruleIndex": index,
        "level": _SARIF_LEVELS[each.level],
        "message": {"text": f"{each.symbol}: {each.text}{affected(each, 200)}"},
        "locations": [place],
        "partialFingerprints": {"difference/v1": f"{each.code}:{each.symbol}:{each.parameter}"},
    }


def to_junit(report: Report) -> str:
    """Return the report as JUnit XML: a case for each difference, one that passes if there is none.

    Accepted differences are skipped tests. Anything that could not be read is an error.
    """
    root = ET.Element("testsuites", name="docgen diff")
    suite = ET.SubElement(root, "testsuite", name=" -> ".join(report.names))
    for each, kind in (*((d, "failure") for d in report.differences), *((d, "skipped") for d in report.accepted)):
        case = ET.SubElement(suite, "testcase", classname=each.symbol, name=f"{each.code} {each.name}")
        text = xml_text(f"{place_of(each)}: {each.text}{affected(each, 200)}")
        ET.SubElement(case, kind, message=xml_text(each.text)).text = text
    for text in (*report.unread, *(f"{each.symbol}: {each.text}" for each in report.unknown)):
        case = ET.SubElement(suite, "testcase", classname="docgen", name="read")
        ET.SubElement(case, "error", message=xml_text(text))
    if len(suite) == 0:
        ET.SubElement(suite, "testcase", classname="docgen", name="no differences")
    count_cases(suite)
    return junit_document(root)


def to_github(report: Report) -> str:
    """Return a workflow command for each difference, which GitHub shows beside the changed line.

    Commands for anything that could not be read or compared have no line.
    """
    unread = [f"::error title=Could not be read::{github_text(text)}" for text in report.unread]
    unknown = [
        f"::notice title=Could not be compared::{github_text(f'{each.symbol}: {each.text}')}" for each in report.unknown
    ]
    return "".join(f"{line}\n" for line in (*unread, *map(_annotation, report.differences), *unknown))


def _annotation(each: Difference) -> str:
    location = each.location
    where = f"file={github_text(location.file, is_property=True)},line={location.line}," if location else ""
    title = github_text(f"{each.code} {each.level}: {each.symbol}", is_property=True)
    message = each.text + affected(each, 200)
    return f"::{_GITHUB_LEVELS[each.level]} {where}title={title}::{github_text(message)}"
