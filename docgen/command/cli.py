"""The command: options, exit codes, printing. Other modules read, build and write.

Each command imports what it needs when it runs, against the rule that imports are at the top: `docgen --help` and a
build with nothing to do should not spend time on importing jinja2 and the rest.
"""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.command.comment import comment
from docgen.command.coverage import coverage
from docgen.command.diff import diff
from docgen.command.doctor import doctor
from docgen.command.examples import examples
from docgen.command.history import history
from docgen.command.init import init
from docgen.command.inventories import inventories
from docgen.command.options import AS, REPEATABLE, STRICT, SYMBOL, job_options, jobs_asked_for, reading_options
from docgen.errors import DocgenError, SettingError
from docgen.findings import counted, enumerated, message, shown

if TYPE_CHECKING:
    from docgen.job import Job

FINDINGS, UNABLE = 1, 3
"""Exit codes other than 0 and those of errors."""


class Commands(click.Group):
    """A group of commands that prints an error of docgen or of the file system as one line and exits with its code."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Run a command."""
        try:
            return super().invoke(ctx)
        except (DocgenError, OSError) as error:
            ctx.exit(_print_error(error))


def _print_error(error: DocgenError | OSError) -> int:
    """Print an error as one line, and return the exit code that it gives.

    Raises:
        OSError: The error itself, if it is not about a path that the user gave.
    """
    if isinstance(error, DocgenError):
        click.echo(f"docgen: {message(error)}", err=True)
        return error.exit_code
    if error.filename is None:
        raise error
    # The cause may be anything: a name that is too long, a folder that was removed in the meantime.
    name = shown(str(error.filename))
    click.echo(f"docgen: {name}: cannot be used: {error.strerror}. Name another path, or try again.", err=True)
    return UNABLE


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog='Completion in the shell: eval "$(_DOCGEN_COMPLETE=bash_source docgen)", or zsh_source.',
)
@click.version_option(package_name="assay")
def docgen() -> None:
    """Regenerate, check and compare API references, without importing what they document.

    Exit codes: 0 as expected, 1 findings, 2 wrong use, 3 could not run, 4 stale expectations, 5 nothing was run.
    """


@docgen.command(
    short_help="Write the reference of a package.",
    epilog="Example: docgen build httpx==0.28.1 --out build/reference",
)
@job_options
@click.option(
    "--accept-loss",
    multiple=True,
    metavar="NAME",
    help=f"Symbol that may be lost, with everything below it. {REPEATABLE}",
)
@click.option(
    "--overwrite",
    multiple=True,
    metavar="PATH",
    help=f"File in DIR that docgen did not write and may replace. {REPEATABLE}",
)
@click.option(
    "--lock", default="", metavar="FILE", help="Write a lock file: the digest of every archive that was read."
)
def build(accept_loss: tuple[str, ...], overwrite: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401 - one keyword per option of a job
    """Write the reference of TARGET: a folder, .py file, installed package, archive, NAME==VERSION or git:REVISION.

    Without TARGET, write each reference that pyproject.toml lists under [[tool.docgen.reference]].
    """
    jobs = jobs_asked_for(options)
    may = _Permissions(accept_loss=accept_loss, overwrite=overwrite)
    is_listed = options["target"] is None
    if len(jobs) > 1:
        sys.exit(max(_build_apart(jobs, partial(_build_quietly, may=may, is_listed=is_listed))))
    sys.exit(_build(jobs[0], may, is_listed=is_listed))


@dataclass(frozen=True, kw_only=True)
class _Permissions:
    """The changes that the user allows a build to make in the output folder."""

    accept_loss: tuple[str, ...]
    overwrite: tuple[str, ...]


def _build_apart(jobs: tuple[Job, ...], build_one: Callable[[Job], tuple[int, str, str]]) -> list[int]:
    """Build several references, each in a process of its own, as many at a time as there are cores; return the codes.

    Their output is printed in the order of the jobs. If one fails, the others are still built.
    """
    import os
    from concurrent.futures import ProcessPoolExecutor

    codes = []
    _progress(f"reading {', '.join(job.target for job in jobs)}")
    with ProcessPoolExecutor(max_workers=min(len(jobs), os.cpu_count() or 1)) as pool:
        for code, out, err in pool.map(build_one, jobs):
            click.echo(out, nl=False)
            click.echo(err, nl=False, err=True)
            codes.append(code)
    return codes


def _build_quietly(job: Job, may: _Permissions, *, is_listed: bool) -> tuple[int, str, str]:
    """Build in another process, and return exit code, output and messages. An error is a message, too."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = _build(job, may, is_listed=is_listed)
        except (DocgenError, OSError) as error:
            code = _print_error(error)
    return code, out.getvalue(), err.getvalue()


def _build(job: Job, may: _Permissions, *, is_listed: bool) -> int:
    from docgen.command.making import Run, command_of, home_of, make, write
    from docgen.incremental.manifest import is_damaged
    from docgen.incremental.write import refuse_loss
    from docgen.sources.lock import write_lock

    if not job.out and not job.symbol:
        raise SettingError(
            "build: expected --out DIR, because a reference has many pages, or --symbol PATH. "
            "`docgen init` sets up a reference of this project."
        )
    started = time.time_ns()
    folder = home_of(job.out, may.overwrite)
    if job.out and folder != Path(job.out):
        click.echo(f"{job.out}: the folder has its own index.md; the pages go to {folder}", err=True)
    if job.out and is_damaged(folder):
        click.echo(f"{folder}: the records of the last build are damaged; building from scratch", err=True)
    _progress(f"reading {job.target}")
    made = make(job, folder if job.out and not job.symbol else None)
    _print_findings(made.findings)
    _print_left_out(made.left_out)
    if job.lock:
        write_lock(Path(job.lock), made.lock)
    code = FINDINGS if made.findings and job.strict else 0
    if not job.out:
        click.echo("".join(page.text for page in made.pages), nl=False)
        return code
    if not job.symbol:
        refuse_loss(folder, made.content, may.accept_loss)
    command = command_of(job, None if is_listed else sys.argv[1:])
    run = Run(started=started, command=command, exit_code=code)
    done = write(folder, made, run, overwrite=may.overwrite, notify=_progress)
    summary = f"{len(done.written)} written, {len(done.removed)} removed, {done.unchanged} unchanged"
    made_of = counted(len(made.pages), "page") + (
        f" and {counted(len(made.extras), 'other file')}" if made.extras else ""
    )
    click.echo(f"{folder}: {made_of} ({summary}), {counted(len(made.findings), 'finding')}", err=True)
    return code


@docgen.command(
    short_help="Exit with 1 and a diff if committed pages are out of date.",
    epilog="Example: docgen check src/acme --out docs/reference",
)
@job_options
@click.option("--corpus", metavar="DIR", help="Compare with published pages, and count exact, near and missing ones.")
def check(corpus: str | None, **options: Any) -> None:  # noqa: ANN401 - one keyword per option of a job
    """Compare the committed reference with what the sources say now; exit with 1 and a diff if they differ.

    Without TARGET, compare each reference that pyproject.toml lists under [[tool.docgen.reference]].
    """
    from docgen.command.check import corpus_table, differences
    from docgen.command.making import files_of, home_of, make

    code = 0
    for job in jobs_asked_for(options):
        if not (corpus or job.out):
            raise SettingError("check: nothing to compare with. Give --out DIR (the committed pages) or --corpus DIR.")
        _progress(f"reading {job.target}")
        made = make(job)
        _print_findings(made.findings)
        if corpus:
            table = corpus_table(files_of(made), Path(corpus))
            click.echo(table.text)
            code = max(code, 0 if table.is_exact else FINDINGS)
            continue
        for changed in differences(files_of(made), home_of(job.out), is_whole=not job.symbol):
            code = FINDINGS
            click.echo(changed)
        code = max(code, FINDINGS if made.findings and job.strict else 0)
    sys.exit(code)


@docgen.command(short_help="Print the API model of a package as JSON.", epilog="Example: docgen dump > acme.json")
@reading_options
@SYMBOL
@AS
@STRICT
def dump(**options: Any) -> None:  # noqa: ANN401 - one keyword per option of a job
    """Print the API model of TARGET as JSON.

    Without TARGET, that of the reference in pyproject.toml, or of the project in this folder.
    """
    from docgen.command.making import read
    from docgen.dump import to_json

    jobs = jobs_asked_for(options, or_here=True)
    if len(jobs) > 1:
        listed = ", ".join(job.target for job in jobs)
        raise SettingError(f"dump: pyproject.toml lists {len(jobs)} references ({listed}). Name the TARGET of one.")
    (job,) = jobs
    found = read(job)
    _print_findings(found.findings)
    click.echo(to_json(found.reference), nl=False)
    sys.exit(FINDINGS if found.findings and job.strict else 0)


@docgen.command(
    short_help="Print the API model of published pages as JSON.",
    epilog="Example: docgen parse docs/reference/acme/index.md",
)
@click.argument("page", type=click.Path(path_type=Path))
@click.option(
    "--dialect", default="", metavar="NAME|FOLDER", help="Format of the page.  [default: the one that fits best]"
)
def parse(page: Path, dialect: str) -> None:
    """Print the API model of a published page, or of a folder of pages, as JSON."""
    from docgen.dump import to_json
    from docgen.formats.registry import open_format, recognise

    found = (open_format(dialect) if dialect else recognise(page)).parse(page)
    _print_findings(found.findings)
    click.echo(to_json(found.reference), nl=False)
    sys.exit(FINDINGS if found.findings else 0)


@docgen.command(short_help="List the formats of pages.", epilog="Example: docgen formats")
def formats() -> None:
    """List the formats of pages that come with docgen."""
    from docgen.formats.registry import format_names

    for name in format_names():
        click.echo(name)


for each in (comment, coverage, diff, doctor, examples, history, init, inventories):
    docgen.add_command(each)


@docgen.command(short_help="Report problems in docstrings and values.", epilog="Example: docgen lint")
@reading_options
@SYMBOL
def lint(**options: Any) -> None:  # noqa: ANN401 - one keyword per option of a job
    """Report problems in the docstrings and values of TARGET: wrong parameter names, reST in Markdown, local paths.

    Without TARGET, the references of pyproject.toml, or the project in this folder.
    """
    from docgen.command.making import read
    from docgen.lint import lint_reference

    found = [
        finding for job in jobs_asked_for(options, or_here=True) for finding in lint_reference(read(job).reference)
    ]
    for finding in found:
        click.echo(str(finding))
    click.echo(counted(len(found), "finding"), err=True)
    sys.exit(FINDINGS if found else 0)


def _print_left_out(names: Sequence[str]) -> None:
    """Print in one line the packages and modules that are not documented."""
    if names:
        click.echo(f"docgen: left out: {enumerated(names)}. To document one of them, give it as the target.", err=True)


def _print_findings(findings: Iterable[object]) -> None:
    for finding in findings:
        click.echo(str(finding), err=True)


def _progress(text: str) -> None:
    """Show one line on a terminal, which the next output overwrites; show nothing in a pipe."""
    if sys.stderr.isatty():
        click.echo(f"\r{text} ...\r", nl=False, err=True)
