"""The formats of a report, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from conformance.report.model import Report, to_json
from conformance.report.text import to_text

FORMATS: Mapping[str, Callable[[Report], str]] = {
    "text": to_text,
    "json": to_json,
}
"""Each takes a report and returns the whole text of a file, newline at the end included."""
