"""The command `docgen examples`: whether examples are true, and whether they run."""
# ruff: noqa: PLC0415 - `docgen --help` must not pay for what a command needs

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.command.options import job_options, jobs_asked_for

if TYPE_CHECKING:
    from docgen.examples import Example
    from docgen.findings import Finding

FINDINGS = 1
_SECONDS = 30
"""Time limit of one example."""
_RUNNER = """\
import ast, asyncio, doctest, inspect, sys
text = sys.stdin.read()
if sys.argv[1] == "session":
    test = doctest.DocTestParser().get_doctest(text, {}, "example", None, 0)
    sys.exit(bool(doctest.DocTestRunner(verbose=False).run(test).failed))
ran = eval(compile(text, "<example>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), {"__name__": "__main__"})
if inspect.iscoroutine(ran):
    asyncio.run(ran)
"""
"""What a child process runs: a session by `doctest`, other code as a program in which `await` is allowed."""


@click.command(epilog="Example: docgen examples src/acme --pages docs")
@job_options
@click.option("--pages", multiple=True, metavar="DIR", help="Look at the Markdown pages in this folder too.")
@click.option("--run", "runs", is_flag=True, help="Run each example in a process of its own: only code you trust.")
@click.option("--python", default=sys.executable, metavar="FILE", help="Interpreter that examples are run with.")
def examples(pages: tuple[str, ...], runs: bool, python: str, **options: Any) -> None:  # noqa: ANN401, FBT001 - click's options
    """Check the examples in docstrings and pages against TARGET: they parse, names are public, keywords exist.

    Without --run nothing is run.
    """
    from docgen.command.making import read
    from docgen.examples import check_examples, examples_in

    number, findings = 0, 0
    for job in jobs_asked_for(options):
        found = read(job)
        shown = [*examples_in(found.reference), *_in_pages(pages)]
        problems = list(check_examples(shown, found.reference))
        if runs:
            problems += _run(shown, python, found.prepared.inputs.root)
        for problem in problems:
            click.echo(str(problem))
        number, findings = number + len(shown), findings + len(problems)
    click.echo(f"{number} examples, {findings} findings", err=True)
    sys.exit(FINDINGS if findings else 0)


def _in_pages(folders: Iterable[str]) -> Iterator[Example]:
    from docgen.examples import examples_in_page

    for folder in folders:
        for page in sorted(Path(folder).rglob("*.md")):
            yield from examples_in_page(page.read_text(encoding="utf-8", errors="replace"), page.as_posix())


def _run(shown: Iterable[Example], python: str, root: Path) -> Iterator[Finding]:
    """Yield a finding for each example that fails in a process of its own, with the packages at `root` on its path."""
    from docgen.findings import Finding, shortened

    path = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH", "")]))
    for example in shown:
        command = [python, "-c", _RUNNER, "session" if example.session else "code"]
        try:
            done = subprocess.run(  # noqa: S603 - the user asked for it
                command,
                input=example.session or example.code,
                env={**os.environ, "PYTHONPATH": path},
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
            said = (done.stderr or done.stdout).strip().splitlines()
            text = f"the example failed: {shortened(said[-1] if said else f'exit code {done.returncode}')}"
            has_failed = done.returncode != 0
        except subprocess.TimeoutExpired:
            text, has_failed = f"the example did not end within {_SECONDS} s", True
        if has_failed:
            hint = "Run it by hand, and correct the example or the code."
            yield Finding(path=example.file, line=example.line, code="DG805", text=text, hint=hint)
