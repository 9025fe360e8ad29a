"""The formats of a report, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from conformance.engine.reports.exchange import to_badge_json, to_github, to_junit, to_sarif
from conformance.engine.reports.model import Report, to_json
from conformance.engine.reports.pages import to_html, to_markdown, to_svg
from conformance.engine.reports.text import to_text

FORMATS: Mapping[str, Callable[[Report], str]] = {
    "badge": to_svg,
    "badge-json": to_badge_json,
    "github": to_github,
    "html": to_html,
    "json": to_json,
    "junit": to_junit,
    "markdown": to_markdown,
    "sarif": to_sarif,
    "text": to_text,
}
"""Each takes a report and returns the whole text of a file, newline at the end included."""
