"""Code that several commands share: the options of a job, and how jobs are made from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.errors import NoReferenceError, SettingError

if TYPE_CHECKING:
    from docgen.job import Job

PROJECT_FILE = Path("pyproject.toml")

_Option = Callable[[Any], Any]
REPEATABLE = "May be repeated."
"""The last sentence of the help of every option that may be given several times."""
SET = click.option(
    "--set",
    "changes",
    multiple=True,
    metavar="KEY=VALUE",
    help=f"Change one key of the configuration. {REPEATABLE}",
)
_TARGET = click.argument("target", required=False)
_CONFIGURATION: tuple[_Option, ...] = (
    click.option(
        "--dialect",
        default="",
        metavar="NAME|FOLDER",
        help="Format of the pages (`docgen formats` lists them), or your own folder.",
    ),
    click.option("--config", default="", metavar="FILE", help="Configuration of the reference (TOML)."),
    SET,
)
SYMBOL = click.option("--symbol", default="", metavar="PATH", help="Only this symbol, by its public import path.")
AS = click.option("--as", "rename", default="", metavar="NAME", help="Name of the package in the output.")
STRICT = click.option("--strict", is_flag=True, help="Exit with 1 if there are findings.")
_PAGES: tuple[_Option, ...] = (
    SYMBOL,
    AS,
    click.option("--docs-from", default="", metavar="PATH", help="Page or folder to take the descriptions from."),
    click.option(
        "--out", default="", metavar="DIR", help="Folder for the pages. Without it, the page of --symbol is printed."
    ),
    STRICT,
)
_OF_ONE = {"symbol": "--symbol", "rename": "--as", "docs_from": "--docs-from", "out": "--out", "lock": "--lock"}
"""Options that make sense for one reference only, by their names in `Job`."""


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that only reads a reference its target and the options of a configuration."""
    for option in reversed((_TARGET, *_CONFIGURATION)):
        command = option(command)
    return command


def job_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that makes pages the options of a job."""
    for option in reversed(_PAGES):
        command = option(command)
    return reading_options(command)


def jobs_asked_for(options: dict[str, Any], *, or_here: bool = False) -> tuple[Job, ...]:
    """Return the job that the command line describes, or, without a target, those that `pyproject.toml` lists.

    An option on the command line replaces the key of that name in `pyproject.toml`; `--set` is added.

    Parameters:
        options: The options of the command line.
        or_here: Whether to use the project in this folder if `pyproject.toml` lists no job.

    Raises:
        SettingError: The project file has no table `[tool.docgen]`, or it is wrong; or it lists several references, and
            an option is for one of them.
        NoReferenceError: It lists none.
    """
    from docgen.job import Job, has_jobs, jobs_of  # noqa: PLC0415 - `docgen --help` must not pay for it

    if options["target"] is not None:
        return (Job(**options),)
    given = {name: value for name, value in options.items() if value}
    if or_here and not has_jobs(PROJECT_FILE):
        return (Job(**{**given, "target": "."}),)
    jobs = jobs_of(PROJECT_FILE)
    if not jobs:
        raise NoReferenceError(
            f"nothing was run, because {PROJECT_FILE} lists no reference. Add a table [[tool.docgen.reference]], or "
            "name a TARGET."
        )
    if len(jobs) > 1 and (unclear := [flag for name, flag in _OF_ONE.items() if name in given]):
        listed = ", ".join(job.target for job in jobs)
        raise SettingError(
            f"{unclear[0]}: {PROJECT_FILE} lists {len(jobs)} references ({listed}). Name the TARGET of one of them."
        )
    return tuple(replace(job, **{**given, "changes": (*job.changes, *given.get("changes", ()))}) for job in jobs)
