"""Code that several commands share: the options of a job, and how jobs are made from them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from docgen.job import Job

PROJECT_FILE = Path("pyproject.toml")

_JOB_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.argument("target", required=False),
    click.option(
        "--dialect", default="", help="Format of the pages (`docgen formats` lists them), or your own folder."
    ),
    click.option("--symbol", default="", metavar="PATH", help="Only this symbol, by its public import path."),
    click.option("--as", "rename", default="", metavar="NAME", help="Name of the package on the pages."),
    click.option("--docs-from", default="", metavar="PAGE", help="Page or folder to take the descriptions from."),
    click.option(
        "--out", default="", metavar="DIR", help="Folder for the pages. Without it, the page of --symbol is printed."
    ),
    click.option("--config", default="", metavar="FILE", help="Configuration of the reference (TOML)."),
    click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="Change one key of the configuration."),
    click.option("--strict", is_flag=True, help="Exit with 1 if there are findings."),
)


def job_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a job."""
    for option in reversed(_JOB_OPTIONS):
        command = option(command)
    return command


def jobs_asked_for(options: dict[str, Any], *, or_here: bool = False) -> tuple[Job, ...]:
    """Return the job that the command line describes, or, without a target, those that `pyproject.toml` lists.

    Parameters:
        options: The options of the command line.
        or_here: Whether to use the project in this folder if `pyproject.toml` lists no job.

    Raises:
        SettingError: The project file has no table `[tool.docgen]`, or it is wrong.
    """
    from docgen.job import Job, has_jobs, jobs_of  # noqa: PLC0415 - `docgen --help` must not pay for it

    if options["target"] is not None:
        return (Job(**options),)
    if or_here and not has_jobs(PROJECT_FILE):
        return (Job(**{**options, "target": "."}),)
    return jobs_of(PROJECT_FILE)
