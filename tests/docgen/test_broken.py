"""Packages that break other generators: each is documented, or a finding with file and line names the missing part."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True, kw_only=True)
class Broken:
    """A package of a few files, and the expected result of docgen."""

    files: dict[str, str]
    documented: tuple[str, ...]
    """Symbols that must be in the model."""
    finding: str = ""
    """`file:line` that a finding must name; empty: there is nothing to complain of."""
    dumped: str = ""
    """The same for the finding of `docgen dump`, where that names another place."""


BROKEN = {
    "optional dependency missing": Broken(
        files={
            "__init__.py": "import not_there_at_all\n\ndef work(x: not_there_at_all.Thing) -> int:\n    '''Work.'''\n"
        },
        documented=("broken.work",),
    ),
    "module raises at import": Broken(
        files={
            "__init__.py": "'''Root.'''\n",
            "loud.py": "raise RuntimeError('no')\n\ndef quiet(a: int = 1) -> str:\n    '''Be quiet.'''\n",
        },
        documented=("broken.loud.quiet",),
    ),
    "root import fails": Broken(
        files={"__init__.py": "from . import nowhere\n", "part.py": "class Part:\n    '''A part.'''\n"},
        documented=("broken.part.Part",),
    ),
    "syntax error in one file": Broken(
        files={
            "__init__.py": "from .good import fine\n__all__ = ['fine']\n",
            "good.py": "def fine(n: int) -> int:\n    '''Fine.'''\n",
            "bad.py": "x = 1\ndef broken(:\n    pass\n",
        },
        documented=("broken.fine",),
        finding="bad.py:2",
    ),
    "compiled extension": Broken(
        files={
            "__init__.py": "from ._fast import speed\nfrom .slow import pace\n__all__ = ['pace', 'speed']\n",
            "_fast.cpython-311-x86_64-linux-gnu.so": "\x7fELF",
            "slow.py": "def pace() -> None:\n    '''Go slowly.'''\n",
        },
        documented=("broken.pace",),
        finding="__init__.py:1",
        dumped="_fast.cpython-311-x86_64-linux-gnu.so:1",
    ),
    "alias that cannot be resolved": Broken(
        files={
            "__init__.py": "from .there import here\nfrom .there import missing\n__all__ = ['here', 'missing']\n",
            "there.py": "def here() -> None:\n    '''Here.'''\n",
        },
        documented=("broken.here",),
        finding="__init__.py:2",
    ),
    "computed __all__": Broken(
        files={
            "__init__.py": "from . import one, two\nfrom .one import *\nfrom .two import *\n"
            "__all__ = one.__all__ + [n for n in two.__all__]\n__all__ += ['own']\ndef own() -> None: '''Own.'''\n",
            "one.py": "__all__ = ['first']\ndef first() -> None: '''First.'''\ndef hidden() -> None: '''No.'''\n",
            "two.py": "__all__ = ['second']\ndef second() -> None: '''Second.'''\n",
        },
        documented=("broken.first", "broken.own", "broken.second"),
    ),
    "circular re-exports": Broken(
        files={
            "__init__.py": "from .a import *\n",
            "a.py": "from .b import *\nfrom .b import loop\ndef left() -> None: '''Left.'''\n",
            "b.py": "from .a import *\nfrom .a import loop\ndef right() -> None: '''Right.'''\n",
        },
        documented=("broken.a.left", "broken.b.right"),
    ),
}
"""The eight that separate generators."""


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write a package called `broken` and return its folder."""
    package = folder / "broken"
    for name, text in files.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return package


def docgen(*arguments: str | Path, program: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command in a separate process, after `program`."""
    code = f"{program}\nimport sys\nfrom docgen.__main__ import main\nsys.exit(main())"
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def symbols(model: str) -> set[str]:
    """Return the dotted paths of the classes and functions of a model's JSON."""
    return {
        f"{module['name']}.{symbol['name']}"
        for module in json.loads(model)["reference"]["modules"]
        for symbol in [*module.get("classes", []), *module.get("functions", [])]
    }


@pytest.mark.parametrize("case", BROKEN.values(), ids=BROKEN.keys())
def test_broken_package_is_documented_or_reported(case: Broken, tmp_path: Path) -> None:
    """Readable parts are in the model; others are findings with file and line, and exit code 1 when strict."""
    package = write(tmp_path, case.files)

    answer = docgen("dump", package)
    strict = docgen("build", package, "--dialect", "material", "--strict", "--out", tmp_path / "out")

    assert "Traceback" not in answer.stderr + strict.stderr
    assert symbols(answer.stdout) >= set(case.documented)
    if case.finding:
        assert (case.dumped or case.finding) in answer.stderr
        assert case.finding in strict.stderr
        assert strict.returncode == 1


HOSTILE = """
import os, socket
os.remove({victim!r})
socket.create_connection(("127.0.0.1", 9))
raise RuntimeError("I was imported")

def documented(x: int = 1) -> int:
    '''Documented all the same.'''
"""

WATCH = """
import sys
def hook(event, arguments):
    text = " ".join(map(str, arguments))
    if event in ("socket.connect", "os.remove") and ("9)" in text or {victim!r} in text):
        sys.stderr.write(f"SEEN {{event}} {{text}}\\n")
    if event == "import" and str(arguments[0]).partition(".")[0] == "broken":
        sys.stderr.write(f"SEEN import {{text}}\\n")
    if event == "exec" and {package!r} in getattr(arguments[0], "co_filename", ""):
        sys.stderr.write(f"SEEN exec {{text}}\\n")
sys.addaudithook(hook)
"""


@pytest.mark.parametrize("command", ["dump", "build"])
def test_documented_package_is_never_imported(command: str, tmp_path: Path) -> None:
    """A package that raises, deletes and connects when imported is documented, and an audit hook sees no event."""
    victim = tmp_path / "victim.txt"
    victim.write_text("still here")
    package = write(tmp_path, {"__init__.py": HOSTILE.format(victim=str(victim))})
    watch = WATCH.format(victim=str(victim), package=str(package))
    out: list[str | Path] = [] if command == "dump" else ["--dialect", "material", "--out", tmp_path / "out"]

    answer = docgen(command, package, *out, program=watch)

    assert "SEEN" not in answer.stderr
    assert victim.read_text() == "still here"
    pages = answer.stdout + "".join(path.read_text() for path in (tmp_path / "out").rglob("*.md"))
    assert "documented" in pages


def test_the_watch_sees_an_import(tmp_path: Path) -> None:
    """The audit hook of the test above works: it reports a real import."""
    victim = tmp_path / "victim.txt"
    victim.write_text("gone soon")
    package = write(tmp_path, {"__init__.py": HOSTILE.format(victim=str(victim))})
    watch = WATCH.format(victim=str(victim), package=str(package))
    code = f"{watch}\nsys.path.insert(0, {str(tmp_path)!r})\nimport broken"

    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert "SEEN import" in answer.stderr
    assert "SEEN exec" in answer.stderr
    assert not victim.exists()
