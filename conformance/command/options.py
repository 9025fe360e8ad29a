"""Options of several commands: the contract, and where long work is done."""

from __future__ import annotations

import click

from docgen.command.working import EXECUTOR, JOBS

__all__ = ["CONTRACT", "EXECUTOR", "JOBS", "SHARD"]

CONTRACT = click.option(
    "--contract",
    "contract_name",
    default="",
    metavar="NAME|FOLDER",
    help="Folder of your own contract, or name of a built-in one.  [default: the built-in one]",
)
SHARD = click.option(
    "--shard",
    metavar="K/N",
    help="Do only part K of N. `conformance merge` merges the reports of all parts.",
)
