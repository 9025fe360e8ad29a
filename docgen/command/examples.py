"""The command `docgen examples`: checks that examples match the API, and can run them."""
# ruff: noqa: PLC0415 - `docgen --help` should not import what only one command needs

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.command.options import REPEATABLE, jobs_asked_for, reading_options
from docgen.command.working import executor_options
from docgen.errors import SettingError
from docgen.files import read_file
from docgen.findings import counted

if TYPE_CHECKING:
    from docgen.examples import Example
    from docgen.findings import Finding
    from docgen.model import Reference

FINDINGS = 1
_SECONDS = 30
"""Time limit of one example."""
_PAGES = (".md", ".markdown", ".txt")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_LISTS = "llms"
"""Prefix of the names of files that repeat the contents of other pages."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A unit: one example that is run in a process of its own."""

    number: int
    """Its place among all examples."""
    file: str
    line: int
    request: str
    """What its process reads from standard input, as JSON; see `run_example`."""
    python: str
    path: str
    """Folders of the packages, as they are put on the path."""

    @property
    def key(self) -> str:
        """Identifies the unit."""
        return f"{self.file}:{self.line} {self.number}"


@click.command(
    short_help="Check the examples in docstrings and pages.",
    epilog="Example: docgen examples src/acme --pages docs",
)
@reading_options
@click.option(
    "--pages",
    multiple=True,
    metavar="PATH",
    help=f"Also check this page, or the pages in this folder. {REPEATABLE}",
)
@click.option("--run", "runs", is_flag=True, help="Run each example, in a process of its own. Only for trusted code.")
@click.option("--setup", type=_FILE, help="Python file to run before each example, for names that examples rely on.")
@click.option("--python", default=sys.executable, metavar="FILE", help="Interpreter that examples are run with.")
@executor_options
@click.option("--shard", metavar="K/N", help="Check only part K of N of the examples.")
def examples(pages: tuple[str, ...], runs: bool, setup: Path | None, python: str, **options: Any) -> None:  # noqa: ANN401, FBT001 - click's options
    """Check the examples in docstrings and pages against TARGET: do they parse, are names public, do keywords exist?

    Without TARGET, the references of pyproject.toml, or the project in this folder. Without --run nothing is run.
    """
    from docgen.command.making import read
    from docgen.examples import check_examples, examples_in
    from docgen.work import part_of, share_from

    shard, executor, workers = options.pop("shard"), options.pop("executor"), options.pop("jobs")
    reads = [read(job) for job in jobs_asked_for(options, or_here=True)]
    path = os.pathsep.join(dict.fromkeys(str(one.prepared.inputs.root) for one in reads))
    in_pages = list(_in_pages(pages))
    seen: set[Example] = set()
    printed: set[str] = set()
    left_out = 0
    for found in reads:
        every = [*examples_in(found.reference), *in_pages]
        shown = part_of(every, share_from(shard)) if shard else every
        # An example in a page may be about any of the references: it is checked against each of them, and run once.
        new = [example for example in shown if example not in seen]
        seen.update(new)
        problems = list(check_examples(shown, found.reference))
        if runs:
            given = read_file(setup).decode() if setup else ""
            # An example may use names that another example defines, even one in another shard.
            ready, fragments = _runs(new, found.reference, given, every)
            trials = [
                Trial(number=at, file=example.file, line=example.line, request=request, python=python, path=path)
                for at, (example, request) in enumerate(ready)
            ]
            problems += _failures(trials, executor, workers)
            left_out += fragments
        for problem in dict.fromkeys(map(str, problems)):
            if problem not in printed:
                click.echo(problem)
                printed.add(problem)
    not_run = f", {counted(left_out, 'fragment')} not run" if left_out else ""
    click.echo(f"{counted(len(seen), 'example')}, {counted(len(printed), 'finding')}{not_run}", err=True)
    sys.exit(FINDINGS if printed else 0)


def _in_pages(paths: Iterable[str]) -> Iterator[Example]:
    from docgen.examples import examples_in_page

    for path in map(Path, paths):
        if not path.exists():
            raise SettingError(f"--pages {path}: there is no such page or folder.")
        inside = (
            each for each in sorted(path.rglob("*")) if each.suffix in _PAGES and not each.name.startswith(_LISTS)
        )
        for page in inside if path.is_dir() else (path,):
            yield from examples_in_page(read_file(page).decode(errors="replace"), page.as_posix())


def _runs(
    shown: Sequence[Example], reference: Reference, given: str, every: Sequence[Example]
) -> tuple[list[tuple[Example, str]], int]:
    """Return the examples that can be run, each with the request for its process, and the number of the others.

    Parameters:
        shown: The examples of this job.
        reference: The reference that they are checked against.
        given: The user's code that is run before each of them.
        every: All examples, of all jobs.
    """
    from docgen.examples import bound_names, parsed_or_none
    from docgen.fragments import Fragments, entries
    from docgen.symbols import Index

    before = parsed_or_none(given)
    names = {name for node in (ast.walk(before) if before else ()) for name in bound_names(node)}
    fragments = Fragments(Index(reference), every, names)
    ready: list[tuple[Example, str]] = []
    trees = [(example, tree) for example in shown if (tree := parsed_or_none(example.code)) is not None]
    for example, tree in trees:
        setup = fragments.setup(tree)
        if setup is not None:
            request = {
                "setup": given + "\n" + setup,
                "session": example.session,
                "code": example.code,
                "entries": [
                    {
                        "name": name,
                        "arguments": arguments,
                        "call": f"{name}({', '.join(map(repr, arguments.values()))})",
                    }
                    for name, arguments in ([] if example.session else entries(tree))
                ],
            }
            ready.append((example, json.dumps(request)))
    return ready, len(trees) - len(ready)


def _failures(trials: Sequence[Trial], executor: str, workers: int | None) -> list[Finding]:
    """Return a finding for each example that fails, in the order of the examples."""
    from docgen.findings import Finding
    from docgen.progress import Progress
    from docgen.work import default_jobs, opened, run_units

    left = iter(trials)
    progress = Progress(things="examples", total=len(trials))
    found: dict[int, Finding] = {}
    # The process of an example ends when its time is up, so there is nothing to end after an interrupt.
    with opened(executor, workers or default_jobs(), end_processes=lambda: None) as pool:
        for count, done in enumerate(run_units(lambda: next(left, None), run_trial, pool), 1):
            progress.show("running", count)
            if text := done.lost or done.result:
                hint = "Run it by hand, and correct the example or the code."
                found[done.unit.number] = Finding(
                    path=done.unit.file, line=done.unit.line, code="DG805", text=text, hint=hint
                )
    progress.finish()
    return [found[number] for number in sorted(found)]


def run_trial(trial: Trial) -> str:
    """Run an example in a process of its own, with the packages on its path; return how it fails, or ""."""
    from docgen.findings import shortened

    program = Path(__file__).with_name("run_example.py").read_text(encoding="utf-8")
    path = os.pathsep.join(filter(None, [trial.path, os.environ.get("PYTHONPATH", "")]))
    try:
        done = subprocess.run(  # noqa: S603 - the user asked for it
            [trial.python, "-c", program],
            input=trial.request,
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"the example did not end within {_SECONDS} s"
    if not done.returncode:
        return ""
    lines = (done.stderr or done.stdout).strip().splitlines()
    return f"the example failed: {shortened(lines[-1] if lines else f'exit code {done.returncode}')}"
