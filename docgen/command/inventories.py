"""The command `docgen inventories`: fetch the inventories of other projects, so that builds find them on disk."""
# ruff: noqa: PLC0415 - `docgen --help` should not import what only one command needs

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from docgen.command.options import jobs_asked_for, reading_options
from docgen.errors import DownloadError

MOST_BYTES = 64 * 1024 * 1024
"""Size limit of one inventory in bytes. The largest known ones have 2 MB."""
SECONDS = 30
"""Seconds that a server may take to answer."""
NOT_RUN = 5
_HEAD = b"# Sphinx inventory version 2"


@click.command(short_help="Fetch the inventories that references link to.", epilog="Example: docgen inventories")
@reading_options
def inventories(**options: Any) -> None:  # noqa: ANN401 - one keyword per option of a job
    """Fetch the inventories (`objects.inv`) that the configuration names, into the files named there.

    For example, `inventories = {"https://docs.pydantic.dev/latest" = "inventories/pydantic.inv"}` lets pages link to
    pydantic. Builds read the file and never fetch it, so commit it. The standard library needs no inventory.
    """
    from docgen.command.making import opened
    from docgen.files import read_kept, write_whole

    named = {
        (str(address), Path(str(file)))
        for job in jobs_asked_for(options)
        for address, file in opened(job)[0].own.get("inventories", {}).items()
    }
    for address, file in sorted(named):
        raw = fetched(f"{address.rstrip('/')}/objects.inv")
        file.parent.mkdir(parents=True, exist_ok=True)
        is_new = read_kept(file) != raw
        write_whole(file, raw)
        click.echo(f"{file}: {len(raw):,} bytes from {address}{'' if is_new else ', as before'}")
    if not named:
        click.echo("docgen: nothing was run, because the configuration names no inventories", err=True)
        sys.exit(NOT_RUN)


def fetched(address: str) -> bytes:
    """Return the bytes that a server sends for an address.

    Raises:
        DownloadError: It does not answer, or its answer is not an inventory or is too large.
    """
    if not address.startswith(("https://", "http://")):
        raise DownloadError(f"{address}: expected an address that begins with https://.")
    import urllib.request
    from http.client import HTTPException

    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 - checked above
            raw: bytes = answer.read(MOST_BYTES + 1)
    except (OSError, ValueError, HTTPException) as error:
        raise DownloadError(f"{address}: cannot be fetched: {error}. Check the address under `inventories`.") from error
    if len(raw) > MOST_BYTES:
        raise DownloadError(f"{address}: larger than {MOST_BYTES // 2**20} MiB. Check the address under `inventories`.")
    if not raw.startswith(_HEAD):
        raise DownloadError(f"{address}: expected an inventory in version 2 of Sphinx's format. Check the address.")
    return raw
