"""The command `docgen history`: the releases of a distribution, read in parallel, and the life of each symbol.

What reads and compares is imported when the command runs, against the rule that imports stand at the top: see `cli`.
"""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import click
import msgspec

from docgen.model import Reference


@click.command(epilog="Example: docgen history httpx --from 0.27.0 --to 0.28.1")
@click.argument("name")
@click.option("--from", "first", required=True, metavar="VERSION", help="The oldest release.")
@click.option("--to", "last", required=True, metavar="VERSION", help="The newest release.")
@click.option("--only", multiple=True, metavar="PATH", help="Only this symbol and what is below it.")
@click.option("--format", "form", type=click.Choice(["markdown", "json"]), default="markdown", show_default=True)
@click.option("--config", default="", metavar="FILE", help="Configuration of the reference (TOML).")
def history(name: str, first: str, last: str, **options: Any) -> None:  # noqa: ANN401 - the options above
    """Print when each symbol of NAME, and each of its parameters, was added, changed and removed.

    Every release between the two is downloaded, read and compared with the next; nothing is installed.
    """
    from docgen.compare.history import History, history_of, to_text
    from docgen.sources.releases import released_versions

    versions = released_versions(name, first, last)
    with ProcessPoolExecutor(max_workers=min(len(versions), os.cpu_count() or 1)) as pool:
        dumps = pool.map(partial(read_release, name, config=options["config"]), versions)
        found = history_of(msgspec.json.decode(each, type=Reference) for each in dumps)
    wanted = {
        path: life
        for path, life in found.symbols.items()
        if not options["only"] or any(f"{path}.".startswith(f"{each}.") for each in options["only"])
    }
    told = History(distribution=found.distribution, versions=found.versions, symbols=wanted)
    if options["form"] == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(told), indent=1))
    else:
        click.echo(to_text(told), nl=False)


def read_release(name: str, version: str, *, config: str) -> bytes:
    """Return the reference of a release as JSON, so that another process can take it."""
    from docgen.compare.sides import read_side
    from docgen.config import load_config

    configured = load_config(Path(config) if config else None, (), version)
    side = read_side(f"{name}=={version}", configured.config)
    # The version that was asked for: what the sources say may be spelled otherwise.
    return msgspec.json.encode(msgspec.structs.replace(side.reference, version=version))
