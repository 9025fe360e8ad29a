"""Pages have the same bytes on every machine, with any user settings and place of the sources."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.fuzz import SMALL
from docgen.incremental.unchanged import FOLDER

PACKAGE = {
    "__init__.py": SMALL,
    "sets.py": '"""Sets."""\nA = {"c", "b", "a", "ä", "I", "i"}\nB = frozenset(A)\nC = {"z": 1, **dict.fromkeys(A)}\n'
    "__all__ = sorted({'A', 'B', 'C', 'istanbul', 'Istanbul', '\u0131nce'})\ndef istanbul(x=A): ...\n"
    "class Istanbul:\n    '''A city.'''\ndef \u0131nce(): '''Thin.'''\n",
    "times.py": '"""Times."""\nimport datetime\nEPOCH = datetime.datetime.fromtimestamp(0)\nclass É: ...\n',
}
SETTINGS = {
    "another hash seed": {"PYTHONHASHSEED": "1"},
    "no locale": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    "a German locale": {"LC_ALL": "de_DE.UTF-8", "LANGUAGE": "de"},
    "a Turkish locale": {"LC_ALL": "tr_TR.UTF-8", "LANGUAGE": "tr"},
    "a locale that is not UTF-8": {"LC_ALL": "tr_TR.ISO-8859-9", "PYTHONUTF8": "0"},
    "another time zone": {"TZ": "Pacific/Kiritimati"},
}


def pages(folder: Path, environment: dict[str, str], *, umask: int = 0o022, cores: int = 0) -> dict[str, bytes]:
    """Return the files of a build of the package in a folder, in a separate process."""
    package = folder / "pkg"
    package.mkdir(parents=True)
    for name, text in PACKAGE.items():
        (package / name).write_text(text, encoding="utf-8")
    out = folder / "out"

    def begin() -> None:
        os.umask(umask)
        if cores and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])

    command = [sys.executable, "-m", "docgen", "build", str(package), "--out", str(out)]
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "TZ", "PYTHON"))}
    answer = subprocess.run(
        command,
        env={**plain, "PYTHONHASHSEED": "0", **environment},
        preexec_fn=begin,
        cwd=folder,
        capture_output=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr.decode(errors="replace")
    found = sorted(path for path in out.rglob("*") if path.is_file() and FOLDER not in path.parts)
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in found}


@pytest.mark.skipif(sys.platform == "win32", reason="settings of POSIX systems")
def test_pages_depend_on_the_sources_alone(tmp_path: Path) -> None:
    """All settings at once, another umask, another path and one core change no byte."""
    together = {name: value for each in SETTINGS.values() for name, value in each.items()}

    plain = pages(tmp_path / "plain", {})
    other = pages(tmp_path / "a längerer path" / "with blanks", together, umask=0o077, cores=1)

    assert "pkg/sets/index.md" in plain
    assert other == plain


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform == "win32", reason="settings of POSIX systems")
@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS.keys())
def test_pages_do_not_depend_on_a_setting(setting: dict[str, str], tmp_path: Path) -> None:
    """Each setting alone changes no byte either."""
    assert pages(tmp_path / "one", setting) == pages(tmp_path / "plain", {})
