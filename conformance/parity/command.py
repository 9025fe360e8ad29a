"""The commands `conformance parity` and `conformance baseline`. The comparison is that of `docgen diff`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from conformance.parity.sides import matched
from docgen.command.diff import LEVELS, Options, comparison_options, files_asked_for, print_report, read_sides
from docgen.command.options import SET
from docgen.compare.allowed import read_allowed
from docgen.compare.catalogue import Level
from docgen.compare.report import NOT_READ, Wanted, make_report
from docgen.compare.sides.baseline import SUFFIX, to_baseline
from docgen.compare.sides.read import read_side
from docgen.config import load_config
from docgen.errors import DocgenError, SettingError
from docgen.files import write_whole
from docgen.sources.targets import version_named


@click.command(
    short_help="Compare an API with a contract, without running it.",
    epilog="Example: conformance parity . --against acme==1.0 --level major",
)
@click.argument("target")
@click.option(
    "--against", required=True, metavar="CONTRACT", help="The contract: a page, a folder of pages, a dump or a target."
)
@click.option(
    "--dialect", default="", metavar="NAME|FOLDER", help="Format of the page.  [default: the one that fits best]"
)
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
    help="Report differences of this level and above.",
)
@comparison_options
def parity(target: str, against: str, dialect: str, symbol: str, level: str, **options: Any) -> None:  # noqa: ANN401 - see `Options`
    """Compare the API of TARGET with a contract: names, calls, types, values and bases that the contract contains.

    TARGET and CONTRACT are each a folder, a package, a wheel, an sdist, NAME==VERSION, git:REVISION[:PATH], a dump, a
    page or a folder of pages. They are read, and none of their code is run, except with --witness and --runtime.

    Exit codes: 0 no difference of the level, 1 differences, 2 wrong use, 3 a side could not be read completely, 4 an
    entry of --allow no longer matches a difference.
    """
    given = Options(**options)  # type: ignore[typeddict-item] # click gives the keys
    try:
        files = files_asked_for(given)
        allowed = read_allowed(given["allow"])
        contract, ours = read_sides(against, target, given, dialect=dialect)
        pair = matched(contract, ours, symbol)
        wanted = Wanted(
            level=Level(level),
            private=given["private"],
            only=given["only"] or pair.only,
            tries=given["trials"],
            allowed=allowed,
        )
        code = print_report(make_report(contract, pair.implementation, wanted), given, files)
    except DocgenError as error:
        click.echo(f"conformance parity: {error}", err=True)
        sys.exit(error.exit_code)
    sys.exit(code)


@click.command(
    short_help="Print an API as a file to commit and compare with.",
    epilog="Example: conformance baseline . --out acme.api",
)
@click.argument("target")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="File to write; its name ends in .api.")
@click.option("--config", default="", metavar="FILE", help="Configuration of the reference (TOML).")
@SET
def baseline(target: str, out: Path | None, config: str, changes: tuple[str, ...]) -> None:
    """Print the API of TARGET as a file to commit: one line per symbol, as a side for `parity` and `docgen diff`.

    Exit codes: 0 written, 2 wrong use, 3 TARGET could not be read completely.
    """
    try:
        if out is not None and out.suffix != SUFFIX:
            raise SettingError(f"--out {out}: a baseline ends in {SUFFIX}. Name the file {out.stem}{SUFFIX}.")
        side = read_side(target, load_config(Path(config) if config else None, changes, version_named(target)).config)
        gaps = tuple(side.gaps())
        for gap in gaps:
            click.echo(gap, err=True)
        if gaps:
            sys.exit(NOT_READ)
        text = to_baseline(side.reference)
        if out is None:
            click.echo(text, nl=False)
        else:
            write_whole(out, text.encode())
    except (DocgenError, OSError) as error:
        click.echo(f"conformance baseline: {error}", err=True)
        sys.exit(getattr(error, "exit_code", NOT_READ))
