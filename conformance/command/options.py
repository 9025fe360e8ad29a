"""What several commands share: the option that names the contract."""

from __future__ import annotations

import click

CONTRACT = click.option(
    "--contract",
    "contract_name",
    default="",
    metavar="NAME|FOLDER",
    help="The contract: your own as a folder, or one that comes with the command, by name.  [default: that one]",
)
