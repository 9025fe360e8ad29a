"""The options of commands that do long work: where it runs, in how many parts, and whether it goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from conformance.command.options import EXECUTOR, JOBS, SHARD
from conformance.command.output import lines_beside
from conformance.engine.journal import Journal
from conformance.errors import UsageError

Command = TypeVar("Command", bound=Callable[..., Any])

DURATIONS = click.option(
    "--durations",
    "durations_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="How long each rule takes, from --store-durations: then all shards take equally long.",
)
STORE_DURATIONS = click.option(
    "--store-durations",
    "durations_out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write how long each rule took to this file.",
)
RESUME = click.option(
    "--resume",
    is_flag=True,
    help="Go on with an interrupted run: what the .jsonl file next to --out has is not judged again.",
)


def work_options(command: Command) -> Command:
    """Add the options to a command, in the order in which its help shows them."""
    for option in (RESUME, STORE_DURATIONS, DURATIONS, SHARD, EXECUTOR, JOBS):
        command = option(command)
    return command


def journal_beside(out: Path | None, *, resumes: bool) -> Journal:
    """Return the journal of a run.

    Parameters:
        out: The file of the report. None: nothing is written.
        resumes: Whether to go on with the lines of an interrupted run.

    Raises:
        UsageError: There is nothing to go on with.
    """
    path = lines_beside(out)
    if resumes and path is None:
        raise UsageError("--resume: there is nothing to go on with. Name the report of the interrupted run with --out.")
    return Journal(path, goes_on=resumes)
