"""What several commands share: the contract, and where long work is done."""

from __future__ import annotations

import click

from docgen.work import LOCAL

CONTRACT = click.option(
    "--contract",
    "contract_name",
    default="",
    metavar="NAME|FOLDER",
    help="The contract: your own as a folder, or one that comes with the command, by name.  [default: that one]",
)
JOBS = click.option("--jobs", type=click.IntRange(min=1), help="Processes at a time.  [default: one per core]")
EXECUTOR = click.option(
    "--executor",
    default=LOCAL,
    show_default=True,
    metavar="local|dask|dask://HOST:PORT",
    help="Where the work is done: here, on a cluster of --jobs workers here, or on the cluster of a scheduler.",
)
SHARD = click.option(
    "--shard",
    metavar="K/N",
    help="Do part K of N only, in one of N jobs. `conformance merge` puts the reports together.",
)
