"""Hostile input: a finding or a clear error, never a traceback, an incomplete tree or a file elsewhere."""

from __future__ import annotations

import os
import re
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from docgen.command.cli import docgen as command
from docgen.command.making import make
from docgen.job import Job
from tests.docgen.test_broken import docgen

FINE = "def fine(n: int = 1) -> int:\n    '''Fine.'''\n"


@dataclass(frozen=True, kw_only=True)
class Hostile:
    """A module `bad.py` next to a valid one."""

    bad: str | bytes
    documented: tuple[str, ...] = ()
    """Symbols of the bad module that are documented all the same."""
    message: str = ""
    """What a finding must say, with file and line; empty: nothing."""


def nested(depth: int, before: str, middle: str, after: str) -> str:
    """Return a text in that many pairs of others."""
    return before * depth + middle + after * depth


BODIES = """
def given(): return {0}
def refused(x):
    if x > {0}: raise ValueError(x)
class Refusing:
    def __post_init__(self):
        if self.x > {0}: raise ValueError(self.x)
def paired(): return 1, {0}
def keyed(): return {{{0}: 1}}
def built(x): return f"{{x:>{{{0}}}}}" + "%s" % {0}
def ended(): os._exit({0}) or ({0})._exit()
def __getattr__(name):
    if name in ({0}): return 1
    raise AttributeError({0})
setattr({0}, "x", 1)
({0}).x = 1
def f(): ...
"""
"""Code whose effect is described, and that has an expression in many places."""

HOSTILE = {
    "syntax error": Hostile(bad="x = 1\ndef f(:\n", message=r"bad\.py:2:\d+: DG101"),
    "latin-1 undeclared": Hostile(bad="x = 'é'\n".encode("latin-1"), message=r"bad\.py:1:1: DG101"),
    "latin-1 declared": Hostile(
        bad="# coding: latin-1\ndef café(): '''é'''\n".encode("latin-1"), documented=("broken.bad.café",)
    ),
    "utf-16": Hostile(bad="def f(): ...\n".encode("utf-16"), message=r"bad\.py:1:\d+: DG101"),
    "unknown encoding": Hostile(bad=b"# coding: nonsense\nx = 1\n", message=r"bad\.py:1:1: DG101"),
    "byte order mark": Hostile(bad=b"\xef\xbb\xbfdef f(): ...\n", documented=("broken.bad.f",)),
    "null bytes": Hostile(bad=b"x = 1\x00\n", message=r"bad\.py:1:\d+: DG101"),
    "empty": Hostile(bad=""),
    "import of itself": Hostile(
        bad="from broken.bad import x\nfrom .bad import *\ndef f(): ...\n", documented=("broken.bad.f",)
    ),
    "alias cycle": Hostile(bad="a = b\nb = c\nc = a\nclass D(D): ...\ndef f(x=a): ...\n", documented=("broken.bad.f",)),
    "base cycle": Hostile(bad="class A(B): ...\nclass B(A): ...\nB.x = A\nA.y = B\n", documented=("broken.bad.A",)),
    "__all__ from outside": Hostile(
        bad="import os\n__all__ = os.environ['X'].split()\ndef f(): ...\n",
        documented=("broken.bad.f",),
        message=r"bad\.py:2:1: DG104",
    ),
    "__all__ of odd things": Hostile(
        bad="__all__ = ['f', 1, None, ['x']]\ndef f(): ...\n", message=r"bad\.py:1:1: DG10[34]"
    ),
    "deep expression": Hostile(bad=f"x = {'1 + ' * 20_000}1\ndef f(): ...\n", message="DG101|DG10[67]|DG205"),
    "deep brackets": Hostile(bad=f"x = {nested(90, '[', '1', ']')}\ndef f(y=x): ...\n", documented=("broken.bad.f",)),
    "too deep brackets": Hostile(bad=f"x = {nested(5000, '(', '1', ')')}\n", message=r"bad\.py:1:\d+: DG101"),
    "deep attributes": Hostile(bad=f"x = a{'.b' * 3000}\ndef f(): ...\n", message="DG101|DG10[67]|DG205"),
    "deep annotation": Hostile(bad=f"def f(x: {nested(80, 'list[', 'int', ']')}): ...\n", documented=("broken.bad.f",)),
    "deep classes": Hostile(
        bad="".join(f"{' ' * n}class C{n}:\n" for n in range(80)) + " " * 80 + "pass\n", documented=("broken.bad.C0",)
    ),
    "long chain of bases": Hostile(
        bad="class C0: ...\n" + "".join(f"class C{n}(C{n - 1}): ...\n" for n in range(1, 300)),
        documented=("broken.bad.C299",),
    ),
    "long chain of names": Hostile(
        bad="x0 = 1\n" + "".join(f"x{n} = x{n - 1}\n" for n in range(1, 1000)) + "def f(y=x999): ...\n",
        documented=("broken.bad.f",),
    ),
    "huge numbers": Hostile(
        bad="A = 10 ** 10 ** 10\nB = 'x' * 10 ** 10\nC = 1 << 10 ** 9\nD = [0] * 10 ** 9\ndef f(a=A, b=B): ...\n",
        documented=("broken.bad.f",),
    ),
    "huge literals in bodies": Hostile(bad=BODIES.format(f"0x{'f' * 5000}"), documented=("broken.bad.f",)),
    "deep expressions in bodies": Hostile(bad=BODIES.format(f"{'1 * ' * 1500}1"), documented=("broken.bad.f",)),
    "local names of each other": Hostile(
        bad="def f(x):\n    a0 = x\n"
        + "".join(f"    a{n} = a{n - 1} or a{n - 1}\n" for n in range(1, 1500))
        + "    return a1499\n",
        documented=("broken.bad.f",),
    ),
    "format with many fields": Hostile(
        bad=f"def f():\n    return '{'{0}' * 20_000}'.format({'x' * 20_000})\n", documented=("broken.bad.f",)
    ),
    "huge literals": Hostile(bad=f"A = {'9' * 5000}\ndef f(): ...\n"),
    "names in other case": Hostile(
        bad="class Foo: ...\nclass FOO: ...\nclass foo: ...\n", documented=("broken.bad.FOO",), message="DG502"
    ),
    "names of devices": Hostile(
        bad="".join(f"class {name}: ...\n" for name in ("CON", "Aux", "nul", "COM1", "PRN", "index", "Index")),
        documented=("broken.bad.CON", "broken.bad.Aux"),
        message="DG503",
    ),
    "markup": Hostile(
        bad="class C:\n    '''# H\n\n    <script>alert(1)</script> {{ 7 * 7 }} {% raw %} {# x #} | ``` \\\\ [a](../x)\n"
        "    '''\n",
        documented=("broken.bad.C",),
    ),
    "surrogates": Hostile(bad="def f(x='\\ud800'): '''\\ud800'''\n", documented=("broken.bad.f",)),
    "control characters": Hostile(bad="def f(x='\\x00\\x1b[31m'): '''a\\x0cb\\x00'''\n", documented=("broken.bad.f",)),
}


def write(folder: Path, case: Hostile) -> Path:
    """Write the package and return its folder."""
    package = folder / "broken"
    package.mkdir()
    (package / "__init__.py").write_text(FINE)
    data = case.bad if isinstance(case.bad, bytes) else case.bad.encode()
    (package / "bad.py").write_bytes(data)
    return package


@pytest.mark.parametrize("dialect", ["material", "flyte-2.6"])
@pytest.mark.parametrize("case", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_module_costs_itself_at_most(case: Hostile, dialect: str, tmp_path: Path) -> None:
    """The rest of the package is documented; errors have file and line; nothing raises."""
    package = write(tmp_path, case)

    result = make(Job(target=str(package), dialect=dialect))
    pages = CliRunner().invoke(command, ["build", str(package), "--dialect", dialect, "--out", str(tmp_path / "out")])

    assert (pages.exception, pages.exit_code) == (None, 0) or isinstance(pages.exception, SystemExit), pages.output
    assert set(result.content) >= {"broken.fine", *case.documented}
    # This format defines the file of a page: it has no finding for names that differ in case.
    message = case.message if dialect == "flyte-2.6" or case.message not in {"DG502", "DG503"} else ""
    assert re.search(message, pages.output), f"due {case.message}, found {pages.output[-500:]}"
    assert {path.name for path in tmp_path.iterdir()} == {"broken", "out"}


@pytest.mark.parametrize("lines", [5_000, pytest.param(50_000, marks=pytest.mark.thorough)])
def test_a_long_module_takes_seconds(lines: int, tmp_path: Path) -> None:
    """It is documented completely, in at most a minute for 50,000 lines."""
    count = lines // 2
    case = Hostile(bad="".join(f"def f{n}(a: int, b: str = 'x') -> None:\n    '''Do {n}.'''\n" for n in range(count)))
    package = write(tmp_path, case)

    started = time.process_time() + sum(os.times()[2:4])
    answer = docgen("build", package, "--dialect", "material", "--out", tmp_path / "out")

    assert "Traceback" not in answer.stderr
    assert f"f{count - 1}" in (tmp_path / "out" / "broken" / "bad" / "index.md").read_text()
    assert sum(os.times()[2:4]) + time.process_time() - started < 60


def loop_of_links(package: Path) -> None:
    """Make a folder that contains a link to itself, and one to its parent."""
    (package / "sub").mkdir()
    (package / "sub" / "__init__.py").write_text(FINE)
    (package / "sub" / "again").symlink_to(package / "sub")
    (package / "up").symlink_to(package)
    (package / "self.py").symlink_to(package / "self.py")


def dangling_link(package: Path) -> None:
    """Make a link to nothing."""
    (package / "gone.py").symlink_to(package / "nowhere.py")


def link_outside(package: Path) -> None:
    """Make a link to a file outside the package."""
    (package.parent / "secret.txt").write_text("def secret(): ...\n")
    (package / "out.py").symlink_to(package.parent / "secret.txt")


def folder_called_like_a_module(package: Path) -> None:
    """Make a folder with the name of a module."""
    (package / "folder.py").mkdir()


def pipe(package: Path) -> None:
    """Make a module that is a pipe, which blocks its reader forever."""
    os.mkfifo(package / "pipe.py")


def unreadable(package: Path) -> None:
    """Make a module without read permission."""
    (package / "locked.py").write_text(FINE)
    (package / "locked.py").chmod(0)


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes of POSIX systems")
@pytest.mark.parametrize(
    "spoil", [loop_of_links, dangling_link, link_outside, folder_called_like_a_module, pipe, unreadable]
)
def test_hostile_folder(spoil: Callable[[Path], None], tmp_path: Path) -> None:
    """Links, pipes and folders in place of modules cause neither a traceback nor an endless wait."""
    package = write(tmp_path, Hostile(bad=""))
    spoil(package)

    answer = docgen("build", package, "--dialect", "material", "--out", tmp_path / "out")

    assert "Traceback" not in answer.stderr
    assert answer.returncode == 0, answer.stderr
    assert "fine" in (tmp_path / "out" / "broken" / "index.md").read_text()


FULL_DISK = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX systems")
@pytest.mark.parametrize("limit", [0, 1, 200, 700])
def test_no_room_leaves_what_was_there(limit: int, tmp_path: Path) -> None:
    """If files can grow no further, the build ends with one line, and the last tree is complete."""
    package = write(tmp_path, Hostile(bad="class A: ...\n"))
    out = tmp_path / "out"
    docgen("build", package, "--dialect", "material", "--out", out)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    (package / "bad.py").write_text("class A:\n    '''" + "Long. " * 500 + "'''\nclass B: ...\n")

    answer = docgen("build", package, "--dialect", "material", "--out", out, program=FULL_DISK.format(limit=limit))

    assert answer.returncode == 3, answer.stderr
    assert "Traceback" not in answer.stderr
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("name", ["../evil.py", "/evil.py", "toy/../../evil.py", "C:\\evil.py", "toy\\..\\..\\evil.py"])
def test_archive_that_reaches_outside_is_one_line(name: str, tmp_path: Path) -> None:
    """A wheel with such a member is refused completely, and nothing of it is left."""
    path = tmp_path / "toy-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("toy/__init__.py", FINE)
        archive.writestr(name, "evil = 1\n")

    program = f"import os; os.environ['ASSAY_CACHE'] = {str(tmp_path / 'cache')!r}"
    answer = docgen("build", path, "--dialect", "material", "--out", tmp_path / "out", program=program)

    assert answer.returncode == 3
    assert "would be written outside" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert not [each for each in tmp_path.rglob("*") if "evil" in each.name]
