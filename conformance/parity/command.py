"""The command `conformance parity`: options, exit codes, printing. The comparison is that of `docgen diff`."""

from __future__ import annotations

import sys
from typing import Any

import click

from conformance.parity.sides import matched
from docgen.command.diff import LEVELS, Options, comparison_options, read_sides, tell
from docgen.compare.allowed import read_allowed
from docgen.compare.catalogue import Level
from docgen.compare.report import Wanted, make_report
from docgen.errors import DocgenError


@click.command()
@click.argument("target")
@click.option(
    "--against", required=True, metavar="CONTRACT", help="The contract: a page, a folder of pages, a dump or a target."
)
@click.option("--dialect", default="", help="Format of the page.  [default: recognised]")
@click.option(
    "--symbol",
    default="",
    metavar="PATH",
    help="The class of the implementation, if its path differs from the contract's.",
)
@click.option(
    "--level",
    type=click.Choice(LEVELS),
    default="patch",
    show_default=True,
    help="Report differences of this level and graver ones.",
)
@comparison_options
def parity(target: str, against: str, dialect: str, symbol: str, level: str, **options: Any) -> None:  # noqa: ANN401 - see `Options`
    """Compare the API of TARGET with a contract: names, calls, types, values, bases, as far as the contract says them.

    TARGET and CONTRACT are each a folder, a package, a wheel, an sdist, NAME==VERSION, git:REVISION[:PATH], a dump, a
    page or a folder of pages. They are read, never imported.

    Exit codes: 0 no difference of the level, 1 differences, 2 wrong use, 3 a side could not be read whole, 4 an entry
    of --allow holds no difference any more.
    """
    given = Options(**options)  # type: ignore[typeddict-item] # click gives the keys
    try:
        allowed = read_allowed(given["allow"])
        contract, ours = read_sides(against, target, given, dialect=dialect)
        pair = matched(contract, ours, symbol)
        wanted = Wanted(level=Level(level), private=given["private"], only=given["only"] or pair.only, allowed=allowed)
        code = tell(make_report(contract, pair.implementation, wanted), given)
    except DocgenError as error:
        click.echo(f"conformance parity: {error}", err=True)
        sys.exit(error.exit_code)
    sys.exit(code)
