"""The options of commands that do long work: where it runs, in how many parts, and whether it goes on."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from conformance.command.options import EXECUTOR, JOBS, SHARD
from conformance.command.output import lines_beside
from conformance.engine.journal import Journal
from conformance.errors import OutputError, UsageError

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


DATABASE = click.option(
    "--database",
    multiple=True,
    metavar="FOLDER|redis://HOST|github:OWNER/REPO",
    help="Keep examples on which a rule deviates, and try those first that are kept. May be repeated.",
)


def work_options(command: Command) -> Command:
    """Add the options to a command, in the order in which its help shows them."""
    for option in (DATABASE, RESUME, STORE_DURATIONS, DURATIONS, SHARD, EXECUTOR, JOBS):
        command = option(command)
    return command


def places_from(texts: Sequence[str]) -> tuple[str, ...]:
    """Return the places where failing examples are kept, in the form that a child process takes.

    Raises:
        UsageError: One is not a place, or what it needs is not installed.
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
    """Check that a Redis answers. A child that cannot reach it would say that of each rule.

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
        raise OutputError(f"--database {place}: no Redis answers there: {error}.") from error


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
