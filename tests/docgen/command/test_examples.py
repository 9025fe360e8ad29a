"""`docgen examples`: wrong statements of examples about a package."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from docgen.command.cli import docgen

SOURCE = '''\
"""Makes things."""

from acme._private import hidden


class Thing:
    """A thing."""

    def __init__(self, size: int = 0) -> None:
        """Make one."""

    def grow(self, by: int) -> "Thing":
        """Grow."""
        return self

    async def save(self, *, path: str) -> None:
        """Save."""


def make(number: int, /, *, color: str = "red") -> Thing:
    """Make a thing.

    EXAMPLE
    """
    return Thing()


def open_all(**options: object) -> None:
    """Take anything."""


@hidden
async def wrapped() -> None:
    """Sync or async: its decorator decides."""
'''


def run(*arguments: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(docgen, arguments)


def examined(folder: Path, example: str, *options: str) -> Result:
    """Examine a package whose one docstring has an example."""
    package = folder / "acme"
    package.mkdir()
    (package / "__init__.py").write_text(SOURCE.replace("EXAMPLE", textwrap.indent(example, "    ").lstrip()))
    (package / "_private.py").write_text("def hidden(function):\n    return function\n")
    (package / "inner").mkdir()
    (package / "inner" / "__init__.py").touch()
    (package / "inner" / "deep.py").write_text('"""Deep."""\n\nX = 1\n')
    return run("examples", str(package), *options)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("make(1", "DG801 the example cannot be read as Python"),
        ("from acme import mak", "DG802 acme.mak is not a public symbol"),
        ("import acme\nacme.mak(1)", "DG802 acme.mak is not a public symbol"),
        ("import acme as a\na.Thing().grow\nthing = a.Thing()\nthing.grwo(1)", "DG802 acme.Thing has no member grwo"),
        ("from acme import make\nmake(1, colour='red')", "DG803 make takes no keyword colour"),
        ("from acme import make\nmake(number=1)", "DG803 make takes no keyword number"),
        ("from acme import Thing\nThing(sise=3)", "DG803 Thing takes no keyword sise"),
        ("from acme import Thing\nt = Thing(size=3)\nt.grow(bye=1)", "DG803 t.grow takes no keyword bye"),
        ("from acme import Thing\nt = Thing()\nt.save(path='x')", "DG804 the call of t.save is not awaited"),
        ("async def main() -> None: ...\nmain()", "DG804 the call of main is not awaited"),
        (
            "import asyncio\nasync def f() -> list[int]:\n    return asyncio.gather()",
            "DG804 f returns what asyncio.gather",
        ),
    ],
)
def test_a_wrong_example_is_named_with_its_line(code: str, message: str, tmp_path: Path) -> None:
    """Both in a block of Python and in a session; the line is the last line of the example."""
    lines = code.split("\n")
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    block = examined(tmp_path / "a", f"```python\n{code}\n```")
    session = examined(tmp_path / "b", "".join(f">>> {line}\n" for line in lines))

    first = SOURCE.split("EXAMPLE", maxsplit=1)[0].count("\n") + 1
    assert f"acme/__init__.py:{first + len(lines)}:1: {message}" in block.output
    assert f"acme/__init__.py:{first + len(lines) - 1}:1: {message}" in session.output
    assert (block.exit_code, session.exit_code) == (1, 1)


@pytest.mark.parametrize(
    "code",
    [
        "from acme import Thing, make\nmake(1, color='blue').grow(2)\nawait Thing().save(path='x')",
        "import acme\nacme.open_all(any=1)\nacme.__version__\nacme.make",
        "import other\nother.nothing(a=1)\nunknown.name",
        "from acme import Thing\nt = Thing()\nt = other()\nt.anything()",
        "from acme import Thing\nt = Thing()\nfor t in range(3):\n    t.anything",
        "import acme\nimport acme\nacme.make(1)",
        "class Own:\n    def make(self): ...\nOwn().make(x=1)",
        "make = print\nmake(end='')",
        "import acme\nacme.__nothing__\nacme._nothing\nfrom acme import deep",
        "import asyncio\nasync def f() -> list[int]:\n    return await asyncio.gather()\nasyncio.run(f())",
        "import asyncio\nasync def f() -> 'asyncio.Future[list[int]]':\n    return asyncio.gather()",
        "import asyncio\nasync def f() -> int:\n    async def g():\n        return asyncio.sleep(1)\n    return 1",
        "@app.command\nasync def main() -> None: ...\nmain()",
        "import acme\nacme.wrapped()",
    ],
)
def test_what_is_so_or_cannot_be_followed_is_left_alone(code: str, tmp_path: Path) -> None:
    """Names of other packages, names that are bound twice, and functions that accept any keyword."""
    result = examined(tmp_path, f"```python\n{code}\n```")

    assert result.exit_code == 0, result.output
    assert "1 example, 0 findings" in result.stderr


def test_other_languages_and_prose_are_no_examples(tmp_path: Path) -> None:
    """Only text that is marked as Python is read as Python."""
    result = examined(tmp_path, "```sh\nmake (\n```\n\n```\nno language (\n```\n\nProse (.")

    assert "0 examples, 0 findings" in result.stderr


@pytest.mark.parametrize(
    "code",
    [
        "def make(\n    args: *args,\n    kwargs: **kwargs,\n) -> Any",
        "@classmethod\ndef make(number: int) -> Thing",
        "class Thing(\n    size: int,\n)",
    ],
)
def test_signatures_are_no_examples(code: str, tmp_path: Path) -> None:
    """A reference prints them in blocks of Python, and they have no body."""
    result = examined(tmp_path, f"```python\n{code}\n```")

    assert "0 examples, 0 findings" in result.stderr


def test_pages_are_examined_too(tmp_path: Path) -> None:
    """A finding has the file and the line of the page."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "start.md").write_text("# Start\n\n```python\nimport acme\nacme.mak(1)\n```\n")

    result = examined(tmp_path, "Nothing.", "--pages", str(tmp_path / "docs"))

    assert "docs/start.md:5:1: DG802 acme.mak is not a public symbol" in result.output


def test_examples_run_in_processes_of_their_own(tmp_path: Path) -> None:
    """Each has the package on its path; a failure is a finding with the last line of its output."""
    example = (
        "```python\nimport acme\nawait acme.Thing().save(path='')\n```\n\n```python\nraise ValueError('no')\n```\n\n"
    )
    result = examined(tmp_path, f"{example}>>> 1 + 1\n3\n", "--run")

    assert result.exit_code == 1
    assert "DG805 the example failed: ValueError: no" in result.output
    assert result.output.count("DG805") == 2
    assert "3 examples, 2 findings" in result.stderr


def test_a_page_about_several_packages_is_checked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may import all of them, wherever they are; an error in it is one finding."""
    tables = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.py").write_text(f'"""{name}."""\n\n{name.upper()} = 1\n')
        tables.append(f'[[tool.docgen.reference]]\ntarget = "{name}/{name}.py"\nout = "docs/{name}"\n')
    (tmp_path / "pyproject.toml").write_text("".join(tables))
    (tmp_path / "start.md").write_text("```python\nimport one, two\n```\n\n```python\nmake(1\n```\n")
    monkeypatch.chdir(tmp_path)

    result = run("examples", "--pages", "start.md", "--run")

    assert result.output.count("start.md:") == 1
    assert "start.md:6:1: DG801" in result.output
    assert "2 examples, 1 finding" in result.stderr


def test_names_that_an_example_takes_for_granted_are_bound(tmp_path: Path) -> None:
    """From the package, the standard library, `typing`, and other examples; with unbound names it is a fragment."""
    blocks = (
        "thing = Thing()",
        "assert isinstance(thing.grow(1), Thing)\nassert json.dumps([1])\nx: List[int] = []",
        "other.anything",
    )
    result = examined(tmp_path, "\n\n".join(f"```python\n{each}\n```" for each in blocks), "--run")

    assert "3 examples, 0 findings, 1 fragment not run" in result.stderr, result.output


def test_a_file_can_bind_what_examples_take_for_granted(tmp_path: Path) -> None:
    """It is run before each of them, in the same process."""
    (tmp_path / "setup.py").write_text("other = 'given'\n")

    result = examined(
        tmp_path, "```python\nassert other == 'taken'\n```", "--run", "--setup", str(tmp_path / "setup.py")
    )

    assert "DG805 the example failed: AssertionError" in result.output
    assert "1 example, 1 finding\n" in result.stderr


@pytest.mark.parametrize(("end", "findings"), [("gather(*all_)", 1), ("gather(*[])", 1), ("sleep(0, [n])", 0)])
def test_a_coroutine_function_that_nothing_calls_is_called(end: str, findings: int, tmp_path: Path) -> None:
    """It gets an argument of the annotated type; its result must not be awaitable."""
    code = (
        "import asyncio\n\ndef later(function):\n    return function\n\n"
        "@later\nasync def collect(n: int) -> List[int]:\n"
        "    all_ = [asyncio.sleep(0, each) for each in range(n)]\n"
        f"    result = {'await ' * (1 - findings)}asyncio.{end}\n"
        "    for each in all_:\n        each.close()\n    return result"
    )
    result = examined(tmp_path, f"```python\n{code}\n```", "--run")

    assert f"1 example, {findings} finding" in result.stderr, result.output
    assert ("an `await` is missing: collect(3) returns an awaitable" in result.output) == bool(findings)


def test_the_published_contract_page_lacks_an_await() -> None:
    """The fault in its example of `aio` is found both by reading and by running it."""
    pages = Path(__file__).parents[4] / "shared" / "seed"
    if not pages.is_dir():
        pytest.skip("the published page is not beside the repository")
    setup = Path(__file__).with_name("setup_of_contract_page.py")

    result = run("examples", "reference_impl", "--pages", str(pages), "--setup", str(setup), "--run")

    assert "DG804 my_new_parent_task returns what asyncio.gather returns, without awaiting it" in result.output
    assert "an `await` is missing: my_new_parent_task(3) returns an awaitable" in result.output
