"""The command `docgen examples`: whether examples are true, and whether they run."""
# ruff: noqa: PLC0415 - `docgen --help` must not pay for what a command needs

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docgen.command.options import job_options, jobs_asked_for
from docgen.errors import SettingError

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
"""Begin of the names of files that repeat what stands in other pages."""


@click.command(epilog="Example: docgen examples src/acme --pages docs")
@job_options
@click.option("--pages", multiple=True, metavar="PATH", help="Look at this page, or the pages in this folder, too.")
@click.option("--run", "runs", is_flag=True, help="Run each example in a process of its own: only code you trust.")
@click.option("--setup", type=_FILE, help="Python file that is run before each example: names that they take as given.")
@click.option("--python", default=sys.executable, metavar="FILE", help="Interpreter that examples are run with.")
def examples(pages: tuple[str, ...], runs: bool, setup: Path | None, python: str, **options: Any) -> None:  # noqa: ANN401, FBT001 - click's options
    """Check the examples in docstrings and pages against TARGET: they parse, names are public, keywords exist.

    Without TARGET, the references of pyproject.toml, or the project in this folder. Without --run nothing is run.
    """
    from docgen.command.making import read
    from docgen.examples import check_examples, examples_in

    number, findings, left_out = 0, 0, 0
    for job in jobs_asked_for(options, or_here=True):
        found = read(job)
        shown = [*examples_in(found.reference), *_in_pages(pages)]
        problems = list(check_examples(shown, found.reference))
        if runs:
            given = setup.read_text(encoding="utf-8") if setup else ""
            ready, fragments = _runs(shown, found.reference, given)
            problems += _failures(ready, python, found.prepared.inputs.root)
            left_out += fragments
        for problem in problems:
            click.echo(str(problem))
        number, findings = number + len(shown), findings + len(problems)
    fragments_said = f", {left_out} fragments not run" if left_out else ""
    click.echo(f"{number} examples, {findings} findings{fragments_said}", err=True)
    sys.exit(FINDINGS if findings else 0)


def _in_pages(paths: Iterable[str]) -> Iterator[Example]:
    from docgen.examples import examples_in_page

    for path in map(Path, paths):
        if not path.exists():
            raise SettingError(f"--pages {path}: there is no such page or folder.")
        inside = (
            each for each in sorted(path.rglob("*")) if each.suffix in _PAGES and not each.name.startswith(_LISTS)
        )
        for page in inside if path.is_dir() else (path,):
            yield from examples_in_page(page.read_text(encoding="utf-8", errors="replace"), page.as_posix())


def _runs(shown: Sequence[Example], reference: Reference, given: str) -> tuple[list[tuple[Example, str]], int]:
    """Return the examples that can be run, each with what its process is told, and how many cannot.

    Parameters:
        shown: All of them.
        reference: What they are about.
        given: What the user has run before each of them.
    """
    from docgen.examples import bound_names, parsed_or_none
    from docgen.fragments import Fragments, entries
    from docgen.symbols import Index

    before = parsed_or_none(given)
    names = {name for node in (ast.walk(before) if before else ()) for name in bound_names(node)}
    fragments = Fragments(Index(reference), shown, names)
    ready: list[tuple[Example, str]] = []
    trees = [(example, tree) for example in shown if (tree := parsed_or_none(example.code)) is not None]
    for example, tree in trees:
        setup = fragments.setup(tree)
        if setup is not None:
            told = {
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
            ready.append((example, json.dumps(told)))
    return ready, len(trees) - len(ready)


def _failures(ready: Iterable[tuple[Example, str]], python: str, root: Path) -> Iterator[Finding]:
    """Yield a finding for each example that fails in a process of its own, with the packages at `root` on its path."""
    from docgen.findings import Finding, shortened

    program = Path(__file__).with_name("run_example.py").read_text(encoding="utf-8")
    path = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH", "")]))
    for example, told in ready:
        try:
            done = subprocess.run(  # noqa: S603 - the user asked for it
                [python, "-c", program],
                input=told,
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
