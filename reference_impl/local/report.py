"""Functions that write to the report of the running task. Outside a task, what they write is dropped."""

from __future__ import annotations

import asyncio
from pathlib import Path

from reference_impl.local.records import ctx
from reference_impl.local.syncify import syncify
from reference_impl.local.tabs import MAIN_TAB, Report, Tab

__all__ = ["Report", "current_report", "flush", "get_tab", "log", "replace"]

REPORT_FILE = "report.html"
"""The name of the file, in the output folder of a task, that its report is written to."""


def current_report() -> Report:
    """Return the report of the running task; outside one, a new report that is not shown anywhere."""
    context = ctx()
    return Report("dummy") if context is None else context.report


def get_tab(name: str, /, create_if_missing: bool = True) -> Tab:  # noqa: FBT001, FBT002 - the signature is the contract's
    """Return a tab of the report of the running task.

    Parameters:
        name: The name of the tab.
        create_if_missing: Whether a tab that does not exist is added.

    Raises:
        InvalidValueError: The tab does not exist and is not to be added.
    """
    return current_report().get_tab(name, create_if_missing=create_if_missing)


@syncify
async def log(content: str, do_flush: bool = False) -> None:  # noqa: FBT001, FBT002 - the signature is the contract's
    """Add HTML to the main tab.

    Parameters:
        content: The HTML.
        do_flush: Whether the report is written to its file.
    """
    get_tab(MAIN_TAB).log(content)
    if do_flush:
        await flush.aio()


@syncify
async def replace(content: str, do_flush: bool = False) -> None:  # noqa: FBT001, FBT002 - the signature is the contract's
    """Replace the content of the main tab.

    Parameters:
        content: The HTML.
        do_flush: Whether the report is written to its file.
    """
    get_tab(MAIN_TAB).replace(content)
    if do_flush:
        await flush.aio()


@syncify
async def flush() -> None:
    """Write the report of the running task to its file. Outside a task, nothing is written."""
    context = ctx()
    if context is not None:
        await asyncio.to_thread(_write, Path(context.output_path), context.report.get_final_report())


def _write(folder: Path, html: str) -> None:
    """Write a report to its file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / REPORT_FILE).write_text(html, encoding="utf-8")
