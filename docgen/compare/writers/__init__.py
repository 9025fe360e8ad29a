"""A report as text, JSON, SARIF, JUnit XML, GitHub annotations and Markdown."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from docgen.compare.report import Report
from docgen.compare.writers.exchange import to_github, to_json, to_junit, to_sarif
from docgen.compare.writers.markdown import to_comment, to_release_notes
from docgen.compare.writers.text import to_text

WRITERS: Mapping[str, Callable[[Report], str]] = {
    "text": to_text,
    "json": to_json,
    "sarif": to_sarif,
    "junit": to_junit,
    "github": to_github,
    "markdown": to_comment,
    "notes": to_release_notes,
}
"""Name for `--format` -> function that writes the format."""
