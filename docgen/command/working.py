"""Options for where a command does its long work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


JOBS = click.option("--jobs", type=click.IntRange(min=1), help="Processes at a time.  [default: one per core]")
EXECUTOR = click.option(
    "--executor",
    default="local",
    show_default=True,
    metavar="local|dask|dask://HOST:PORT",
    help="Where to do the work: here, on a local cluster of --jobs workers, or on the cluster of a scheduler.",
)


def executor_options(command: Command) -> Command:
    """Add `--jobs` and `--executor` to a command."""
    return JOBS(EXECUTOR(command))
