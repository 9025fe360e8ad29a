"""The command `docgen diff`, and what `conformance parity` shares with it: options, reading, printing, exit codes.

The code that reads and compares is imported when the command runs, against the rule that imports are at the top: see
`cli`.
"""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import click

from docgen.command.options import REPEATABLE, SET
from docgen.findings import counted

if TYPE_CHECKING:
    from docgen.compare.report import Report
    from docgen.compare.sides.read import Side

FORMATS = ("text", "json", "sarif", "junit", "github", "markdown", "notes")
LEVELS = ("major", "minor", "patch", "docs")


class Options(TypedDict):
    """The options that both commands share."""

    only: tuple[str, ...]
    private: bool
    allow: Path | None
    form: str
    write: tuple[str, ...]
    config: str
    old_config: str
    changes: tuple[str, ...]
    trials: bool
    witness: bool
    runtime: bool


_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    click.option(
        "--only",
        multiple=True,
        metavar="PATH",
        help=f"Compare only this symbol and what is below it. * and ? are wildcards. {REPEATABLE}",
    ),
    click.option("--private", is_flag=True, help="Compare private symbols too."),
    click.option("--allow", type=click.Path(path_type=Path), metavar="FILE", help="TOML file of accepted differences."),
    click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True),
    click.option(
        "--write",
        multiple=True,
        metavar="FORMAT=FILE",
        help=f"Write the report in this format too, to a file. {REPEATABLE}",
    ),
    click.option("--config", default="", metavar="FILE", help="Configuration of both sides (TOML)."),
    click.option("--old-config", default="", metavar="FILE", help="Configuration of the old side, if it differs."),
    SET,
    click.option(
        "--trials",
        is_flag=True,
        help="Also compare the results of simple functions whose code changed, for sample arguments. This runs none of "
        "it.",
    ),
    click.option(
        "--witness",
        is_flag=True,
        help="Confirm breaking differences by programs. This installs releases and RUNS THE CODE OF BOTH SIDES.",
    ),
    click.option(
        "--runtime",
        is_flag=True,
        help="Show where inspect and the sources of an installed side disagree. This installs releases and RUNS THE "
        "CODE OF BOTH SIDES.",
    ),
)


def comparison_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a comparison."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.command(
    short_help="Show what breaks and what is new between two versions.",
    epilog="Example: docgen diff httpx==0.27.2 httpx==0.28.1 --level major",
)
@click.argument("old", required=False)
@click.argument("new", required=False)
@click.option(
    "--level",
    type=click.Choice(LEVELS),
    default="docs",
    show_default=True,
    help="Report differences of this level and above.",
)
@comparison_options
def diff(old: str | None, new: str | None, level: str, **options: Any) -> None:  # noqa: ANN401 - see `Options`
    """Compare the API of OLD with that of NEW: what breaks, what is new, which version number the change calls for.

    OLD and NEW are each a folder, an installed distribution, a wheel, an sdist, NAME==VERSION, git:REVISION[:PATH], a
    dump, a page or a folder of pages. Without NEW it is the working folder, and without OLD the latest release tag of
    its repository.

    Sources are read and nothing is run, except with --witness and --runtime.

    Exit codes: 0 no difference of the level, 1 differences, 2 wrong use, 3 a side could not be read completely, 4 an
    entry of --allow no longer matches a difference.
    """
    from docgen.sources.revisions import latest_release

    given = Options(**options)  # type: ignore[typeddict-item] # click gives the keys
    sys.exit(run(old or latest_release(), new or ".", level, given))


def run(old: str, new: str, level: str, options: Options) -> int:
    """Compare two sides, print the report, and return the exit code.

    Raises:
        DocgenError: A side or a file cannot be read.
    """
    from docgen.compare.allowed import read_allowed
    from docgen.compare.catalogue import Level
    from docgen.compare.report import Wanted, make_report

    files = files_asked_for(options)
    allowed = read_allowed(options["allow"])
    sides = read_sides(old, new, options)
    wanted = Wanted(
        level=Level(level),
        private=options["private"],
        only=options["only"],
        tries=options["trials"],
        allowed=allowed,
    )
    return print_report(make_report(*sides, wanted), options, files)


def read_sides(old: str, new: str, options: Options, *, dialect: str = "") -> tuple[Side, Side]:
    """Return both sides.

    Raises:
        DocgenError: One of them cannot be read, or neither has what `--only` names.
    """
    from docgen.compare.sides.documented import documented_names, names_in_docstrings
    from docgen.compare.sides.read import as_shown, read_side
    from docgen.compare.visibility import check_only
    from docgen.config import load_config
    from docgen.sources.targets import version_named

    def side(spec: str, config: str, *, private: bool) -> Side:
        configured = load_config(Path(config) if config else None, options["changes"], version_named(spec))
        return read_side(spec, configured.config, dialect=dialect, private=private)

    configs = (options["old_config"] or options["config"], options["config"])

    def read(documented: frozenset[str]) -> tuple[Side, Side]:
        private = options["private"] or bool(documented)
        first, second = (
            replace(side(spec, config, private=private), documented=documented)
            for spec, config in zip((old, new), configs, strict=True)
        )
        return first, second

    documented = documented_names(old) | documented_names(new)
    first, second = read(documented)
    # Reading both sides again doubles the cost: only for a project that someone works on.
    own = [side.reference for side in (first, second) if Path(side.spec).is_dir()]
    shown = frozenset(path for reference in own for path in names_in_docstrings(reference))
    if shown:
        first, second = read(documented | shown)
    check_only(options["only"], first.reference, second.reference)
    return as_shown(first, second), as_shown(second, first)


def files_asked_for(options: Options) -> dict[Path, str]:
    """Return the report files to write, each with its format.

    Raises:
        SettingError: A format is unknown, or no file is named.
    """
    from docgen.errors import SettingError

    files: dict[Path, str] = {}
    for each in options["write"]:
        form, _, file = each.partition("=")
        if form not in FORMATS or not file:
            raise SettingError(f"--write {each}: expected FORMAT=FILE. The formats are {', '.join(FORMATS)}.")
        files[Path(file)] = form
    return files


def print_report(report: Report, options: Options, files: Mapping[Path, str]) -> int:
    """Print a report, and what could not be compared to the error stream; return the exit code.

    Parameters:
        report: What was found.
        options: The options of the command.
        files: Further report files to write, each with its format.

    Raises:
        SettingError: A file cannot be written.
    """
    from docgen.compare.writers import WRITERS
    from docgen.errors import SettingError

    if options["witness"]:
        from docgen.compare.witness import with_witnesses

        report = with_witnesses(report)
    if options["runtime"]:
        from docgen.compare.at_run_time import at_run_time

        report = replace(report, run_time=tuple(map(at_run_time, (report.old, report.new))))
    for path, form in files.items():
        try:
            path.write_text(WRITERS[form](report), encoding="utf-8")
        except (OSError, ValueError) as error:  # a null byte in the path, for example
            raise SettingError(
                f"--write {form}={str(path)!r}: {error}. Name a file in a folder that exists."
            ) from error
    click.echo(WRITERS[options["form"]](report), nl=False)
    if options["witness"]:
        _print_witnesses(report, err=options["form"] != "text")
    _print_disagreements(report)
    for line in report.unread:
        click.echo(line, err=True)
    for unclear in report.unknown:
        click.echo(f"unknown: {unclear.symbol}: {unclear.text}", err=True)
    for entry in report.stale:
        click.echo(f"{options['allow']}: {entry.why_stale()}", err=True)
    click.echo(_summary(report), err=True)
    return report.exit_code


def _print_witnesses(report: Report, *, err: bool) -> None:
    """Print the program for each breaking difference, and its result; other formats have both as fields."""
    asked = [each for each in report.differences if each.confirmation]
    for each in asked:
        click.echo(f"{each.code} {each.symbol}: {each.confirmation}", err=err)
        for line in each.program.splitlines():
            click.echo(f"    {line}", err=err)
    confirmed = sum(each.confirmation.startswith("confirmed") for each in asked)
    click.echo(f"witness: {confirmed} of {len(asked)} breaking differences confirmed by running both sides", err=True)


def _print_disagreements(report: Report) -> None:
    """If `--runtime` was given, print where `inspect` and the sources of a side disagree; JSON has that as a field."""
    for side in report.run_time:
        if not side.is_installed:
            click.echo(f"runtime: {side.side}: not an installed distribution, nothing was run", err=True)
            continue
        for each in side.disagreements:
            click.echo(f"runtime: {side.side}: {each}", err=True)
        count = len(side.disagreements)
        click.echo(f"runtime: {side.side}: {count} signatures where inspect and the sources disagree", err=True)


def _summary(report: Report) -> str:
    is_whole = not (report.unread or report.unknown)
    nothing = "no differences" if is_whole else "nothing differs in the parts that were compared"
    found = ", ".join(f"{count} {level}" for level, count in report.counts.items() if count) or nothing
    not_compared = f", {counted(len(report.unknown), 'part')} not compared" if report.unknown else ""
    accepted = f", {len(report.accepted)} accepted" if report.accepted else ""
    unread = "; a side could not be read completely" if report.unread else ""
    suggested = f"; next version at least {report.suggested}" if report.suggested and not report.unread else ""
    return f"{' -> '.join(report.names)}: {found}{accepted}{not_compared}{unread}{suggested}"
