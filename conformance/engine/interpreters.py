"""Finds an interpreter of another minor version on this machine: `3.13`, or the path of one."""

from __future__ import annotations

import glob
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from conformance.errors import UsageError

ASK_SECONDS = 20
_ASK = "import sys; print('.'.join(map(str, sys.version_info[:3])), sys.base_prefix, sys.executable, sep='\\n')"


@dataclass(frozen=True, kw_only=True)
class Interpreter:
    """An interpreter that environments can be made with."""

    path: str
    version: str
    """`3.13.1`."""
    base: str
    """The installation that it belongs to."""

    @property
    def minor(self) -> str:
        """The version without its last part: `3.13`."""
        return self.version.rpartition(".")[0]


HERE = Interpreter(path=sys.executable, version=".".join(map(str, sys.version_info[:3])), base=sys.base_prefix)
"""The interpreter that runs the command."""


@cache
def find_interpreter(name: str) -> Interpreter:
    """Return the interpreter with a minor version, or at a path.

    Raises:
        UsageError: There is none.
    """
    if name == HERE.minor:
        return HERE
    for candidate in _candidates(name):
        found = _asked(candidate)
        if found is not None and (name == found.minor or os.sep in name):
            return found
    raise UsageError(
        f"Python {name}: there is no such interpreter on this machine. Install it, or give the path of one. "
        f"The command runs with {HERE.version}."
    )


def _candidates(name: str) -> Iterator[str]:
    if os.sep in name:
        yield name
        return
    if on_path := shutil.which(f"python{name}"):
        yield on_path
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    installed = root.glob(f"versions/{glob.escape(name)}.*/bin/python")
    yield from (str(path) for path in sorted(installed, key=_numbers_in, reverse=True))
    if uv := shutil.which("uv"):
        found = subprocess.run(  # noqa: S603 - uv with our own arguments
            [uv, "python", "find", name], capture_output=True, text=True, errors="replace", check=False
        )
        yield from found.stdout.splitlines()


def _numbers_in(path: Path) -> list[int]:
    """Return the numbers in the path of an interpreter, by which 3.13.10 is newer than 3.13.9."""
    return [int(number) for number in re.findall(r"[0-9]+", str(path))]


def _asked(path: str) -> Interpreter | None:
    """Return the interpreter at a path, None if the program is not one."""
    try:
        run = subprocess.run(  # noqa: S603 - an interpreter of the user
            [path, "-c", _ASK], capture_output=True, text=True, errors="replace", check=False, timeout=ASK_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match run.stdout.splitlines():
        case [version, base, executable] if not run.returncode:
            return Interpreter(version=version, base=base, path=executable)
    return None
