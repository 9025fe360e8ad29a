"""The command `conformance init`: writes an adapter to fill in, and a file of expected deviations."""

from __future__ import annotations

from pathlib import Path

import click

from conformance.command.options import CONTRACT
from conformance.engine.contract import find_contract
from conformance.errors import UsageError
from docgen import files
from docgen.errors import LayoutError
from docgen.sources.layout import folder_layout

STARTER = "starter"
"""The folder, in a contract and beside this module, with the files to start from. The ending `.txt` is removed."""


@click.command(
    short_help="Write an adapter to fill in.",
    epilog="Example: conformance init --contract promises",
)
@CONTRACT
def init(contract_name: str) -> None:
    """Write an adapter to fill in and a file of expected deviations into this folder. Nothing is replaced.

    With --contract, these are the starting files of that contract. Otherwise the adapter passes the package that is
    found here to a contract of your own.
    """
    texts = _of_contract(contract_name) if contract_name else {}
    texts = texts or _of_package(Path.cwd())
    if there := [name for name in texts if Path(name).exists()]:
        raise UsageError(f"{', '.join(there)}: exists in this folder. Move it away, or start in another folder.")
    for name, text in texts.items():
        files.write_whole(Path(name), text.encode())
        click.echo(f"Wrote  {name}")
    if not contract_name:
        click.echo("Next   if you have no contract yet: conformance new-contract NAME")
    contract = contract_name or "NAME"
    click.echo(
        f"Next   fill in adapter.py, then: conformance run --contract {contract} adapter:Adapter --expect expected.toml"
    )


def _of_contract(name: str) -> dict[str, str]:
    """Return the starting files of a contract, by name; empty if it has none."""
    return _starters(find_contract(name).folder / STARTER)


def _of_package(folder: Path) -> dict[str, str]:
    """Return an adapter for the package of a folder, and the other starting files.

    Raises:
        UsageError: The folder has no package, or several projects.
    """
    try:
        layout = folder_layout(folder)
    except LayoutError as error:
        raise UsageError(f"{error} For the adapter of a given contract: --contract NAME|FOLDER.") from error
    package = layout.packages[0]
    click.echo(f"Found  {layout.name or package} {layout.version}".rstrip())
    values = {"package": package, "name": repr(layout.name or package), "version": repr(layout.version)}
    return {
        name: text.format_map(values) if name.endswith(".py") else text
        for name, text in _starters(Path(__file__).parent / STARTER).items()
    }


def _starters(folder: Path) -> dict[str, str]:
    return {
        path.name.removesuffix(".txt"): path.read_text(encoding="utf-8")
        for path in sorted(folder.glob("*"))
        if path.is_file()
    }
