"""Writing to the report of the running task; outside one, what is written is dropped."""

from __future__ import annotations

import asyncio
from pathlib import Path

from reference_impl.local.records import ctx
from reference_impl.local.syncify import syncify
from reference_impl.local.tabs import MAIN_TAB, Report, Tab

__all__ = ["Report", "current_report", "flush", "get_tab", "log", "replace"]

REPORT_FILE = "report.html"
"""The name of the file that a report is written to, in the output folder of its task."""


def current_report() -> Report:
    """Return the report of the running task; outside one, a report that nobody sees."""
    context = ctx()
    return Report("dummy") if context is None else context.report


def get_tab(name: str, /, create_if_missing: bool = True) -> Tab:  # noqa: FBT001, FBT002 - the signature is the contract's
    """Return a tab of the current report, by default a new one where there is none.

    Raises:
        InvalidValueError: There is none, and none is to be made.
    """
    return current_report().get_tab(name, create_if_missing=create_if_missing)


@syncify
async def log(content: str, do_flush: bool = False) -> None:  # noqa: FBT001, FBT002 - the signature is the contract's
    """Add a piece of HTML to the main tab."""
    get_tab(MAIN_TAB).log(content)
    if do_flush:
        await flush.aio()


@syncify
async def replace(content: str, do_flush: bool = False) -> None:  # noqa: FBT001, FBT002 - the signature is the contract's
    """Put a piece of HTML in place of all that is on the main tab."""
    get_tab(MAIN_TAB).replace(content)
    if do_flush:
        await flush.aio()


@syncify
async def flush() -> None:
    """Write the report of the running task to its output folder; outside a task do nothing."""
    context = ctx()
    if context is not None:
        await asyncio.to_thread(_write, Path(context.output_path), context.report.get_final_report())


def _write(folder: Path, html: str) -> None:
    """Write the file of a report."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / REPORT_FILE).write_text(html, encoding="utf-8")
