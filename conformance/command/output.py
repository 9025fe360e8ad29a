"""Output of commands: files, written completely or not at all, and remarks."""

from __future__ import annotations

import os
from pathlib import Path

import click

from conformance.engine.journal import Journal
from conformance.errors import OutputError, UsageError
from docgen import files


def writable(path: Path) -> Path:
    """Return the path of an output file, after creating its folder.

    Raises:
        UsageError: The file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A pipe without a reader is refused, without waiting for one.
        os.close(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NONBLOCK", 0), 0o666))
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}. Name another file with --out.") from error
    return path


def write_whole(path: Path, text: str) -> None:
    """Write a file completely or not at all. Anything but a regular file (a pipe, a device) is written directly.

    Raises:
        OutputError: It cannot be written, because the disk is full, say.
    """
    try:
        files.write_whole(path, text.encode())
    except OSError as error:
        raise OutputError(
            f"{path}: cannot be written: {error.strerror}. Free some disk space, or name another file with --out."
        ) from error


def show_note(target: str, text: str) -> None:
    """Print a remark on how a target is run to standard error, so that it stays out of the report."""
    click.echo(f"{target}: {text}", err=True)


def journal_path(out: Path | None) -> Path | None:
    """Return the file of the journal that belongs to a report."""
    return None if out is None else out.with_suffix(".jsonl")


def check_journal(journal: Journal, lines: Path | None) -> None:
    """Check that a journal is complete; called last, when the report has been written.

    Raises:
        OutputError: Some lines could not be written, so that the run cannot be resumed from it.
    """
    if journal.error is not None:
        raise OutputError(f"{lines}: some lines are missing: {journal.error.strerror}.")


def advice_to_resume(lines: Path | None) -> str:
    """Return a sentence on how to continue an unfinished run, with a space before it; empty if nothing was written.

    Parameters:
        lines: The journal of the run.
    """
    return "" if lines is None else f" The verdicts so far are in {lines}; --resume continues from there."
