"""The report of the running task."""

from __future__ import annotations

from reference_impl.local.report import Report, current_report, flush, get_tab, log, replace

__all__ = ["Report", "current_report", "flush", "get_tab", "log", "replace"]
