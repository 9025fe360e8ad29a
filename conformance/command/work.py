"""Options of `conformance run`: where the work is done, in how many parts, and whether a run is resumed."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from conformance.command.options import EXECUTOR, JOBS, SHARD
from conformance.command.output import journal_path, writable
from conformance.engine.journal import Journal
from conformance.errors import OutputError, UsageError

Command = TypeVar("Command", bound=Callable[..., Any])

DURATIONS = click.option(
    "--durations",
    "durations_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="How long each rule takes, as --store-durations wrote it, so that all shards take equally long.",
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
    help="Continue an interrupted run: rules with a verdict in the .jsonl file next to --out are not judged again.",
)


DATABASE = click.option(
    "--database",
    multiple=True,
    metavar="FOLDER|redis://HOST|github:OWNER/REPO",
    help="Store the examples on which a rule deviates, and try stored ones first. May be repeated.",
)


def work_options(command: Command) -> Command:
    """Add the options to a command, in the order in which its help shows them."""
    for option in (DATABASE, RESUME, STORE_DURATIONS, DURATIONS, SHARD, EXECUTOR, JOBS):
        command = option(command)
    return command


def places_from(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the places where failing examples are stored, in the form that a child process takes.

    Raises:
        UsageError: One of them is not such a place, or the package that it needs is not installed.
    """
    places = []
    for text in texts:
        if text.startswith("github:"):
            if not re.fullmatch(r"github:[^/\s]+/[^/\s]+", text):
                raise UsageError(f"--database {text}: expected github:OWNER/REPO.")
            places.append(text)
        elif "://" in text:
            if not text.startswith("redis://"):
                raise UsageError(f"--database {text}: expected a folder, redis://HOST:PORT or github:OWNER/REPO.")
            _check_redis(text)
            places.append(text)
        else:
            places.append(str(Path(text).resolve()))
    return tuple(places)


def _check_redis(place: str) -> None:
    """Check that a Redis server answers. Otherwise a child would report it for each rule.

    Raises:
        UsageError: The package is not installed.
        OutputError: It does not answer.
    """
    try:
        redis = importlib.import_module("redis")
    except ImportError as error:
        raise UsageError(f"--database {place}: this needs the package redis. Install assay[redis].") from error
    try:
        redis.Redis.from_url(place, socket_connect_timeout=5).ping()
    except (OSError, ValueError, redis.RedisError) as error:
        raise OutputError(f"--database {place}: no Redis server answers there: {error}.") from error


def open_journal(out: Path | None, *, resumes: bool) -> Journal:
    """Return the journal of a run.

    Parameters:
        out: The file of the report. None: nothing is written.
        resumes: Whether to append to the lines of an interrupted run.

    Raises:
        UsageError: There is nothing to resume, the file cannot be written, or it is that of the report.
    """
    path = journal_path(out)
    if resumes and path is None:
        raise UsageError("--resume: there is nothing to resume. Name the report of the interrupted run with --out.")
    if out is not None and path == out:
        raise UsageError(
            f"--out {out}: each verdict is written at once to the .jsonl file next to the report. Name the report "
            f"{out.with_suffix('.json').name}."
        )
    return Journal(None if path is None else writable(path), resumes=resumes)
