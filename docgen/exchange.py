"""Helpers for reports in formats that other tools read: JSON, SARIF 2.1.0, JUnit XML, GitHub's workflow commands."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import msgspec

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_UNPRINTABLE = {code: f"\\x{code:02x}" for code in range(32) if chr(code) not in "\t\n\r"}
"""Control characters, which XML does not allow, and what replaces them."""


def sarif_document(runs: list[dict[str, object]]) -> str:
    """Return SARIF 2.1.0 with some runs, as indented JSON."""
    return indented_json({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": runs})


def indented_json(value: object, *, indent: int = 2) -> str:
    """Return a value as JSON over several lines, ending in a newline."""
    return msgspec.json.format(msgspec.json.encode(value), indent=indent).decode() + "\n"


def xml_text(text: str) -> str:
    """Return a string that XML can contain."""
    return text.translate(_UNPRINTABLE)


def count_cases(suite: ET.Element) -> None:
    """Add the counts that readers of JUnit expect. The time is left out, so that equal runs give equal reports."""
    suite.set("tests", str(len(suite)))
    for attribute, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(sum(case.find(kind) is not None for case in suite)))


def junit_document(root: ET.Element) -> str:
    """Return the test suites of a report as an indented document."""
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def github_text(text: str, *, is_property: bool = False) -> str:
    """Return a string as an argument of a workflow command: one line, with percent signs and separators escaped."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if is_property else text
