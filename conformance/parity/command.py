"""The command `conformance parity`: options, exit codes, printing."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from conformance.errors import ConformanceError
from conformance.parity.allowed import judge, read_allowed
from conformance.parity.sides import Comparison, compare_with_contract
from docgen.errors import DocgenError
from docgen.formats.flyte.compare import Change, Difference

FINDINGS, STALE = 1, 4

_WORDS = {Change.REMOVED: "missing in the implementation", Change.ADDED: "not in the contract"}
"""What a change is called if the old side is a contract and the new one an implementation."""


@click.command()
@click.argument("target")
@click.option(
    "--against", required=True, metavar="PAGE", help="The contract: a page, a folder of pages, a dump or a target."
)
@click.option("--dialect", default="", help="Format of the page.  [default: recognised]")
@click.option(
    "--symbol",
    default="",
    metavar="PATH",
    help="The class of the implementation, if its path differs from the contract's.",
)
@click.option("--allow", type=click.Path(path_type=Path), metavar="FILE", help="A TOML file of accepted differences.")
def parity(target: str, against: str, dialect: str, symbol: str, allow: Path | None) -> None:
    """Compare the API of TARGET with a published reference: names, order, kinds, types, defaults where it shows them.

    TARGET is a folder, a package, a wheel, an sdist or NAME==VERSION. It is read, never imported.
    """
    try:
        allowed = read_allowed(allow)
        comparison = compare_with_contract(target, against, dialect=dialect, symbol=symbol)
    except (ConformanceError, DocgenError) as error:
        click.echo(f"conformance parity: {error}", err=True)
        sys.exit(error.exit_code)
    differences, stale = judge(comparison.differences, allowed)
    contradictions = [finding for finding in comparison.findings if finding.path == against]
    for line in (*map(str, contradictions), *(_line(each, comparison, against) for each in differences)):
        click.echo(line)
    for entry in stale:
        click.echo(f"{allow}: {entry.path} no longer covers a difference. Remove the entry.", err=True)
    accepted = len(comparison.differences) - len(differences)
    click.echo(f"{target} against {against}: {len(differences)} differences, {accepted} accepted", err=True)
    sys.exit(FINDINGS if differences or contradictions else STALE if stale else 0)


def _line(difference: Difference, comparison: Comparison, against: str) -> str:
    """Return a difference as a finding: place on the page, code, symbol, what is wrong."""
    said = ": ".join(filter(None, (_WORDS.get(difference.change, str(difference.change)), difference.sides)))
    also = f" (also {', '.join(difference.affects)})" if difference.affects else ""
    place = f"{against}:{comparison.line(difference.path)}:1"
    return f"{place}: {difference.change.code} {difference.path}: {said}{also}"
