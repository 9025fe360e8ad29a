"""An environment of its own for each released implementation, made once and kept.

A folder per set of requirements, named by their digest, below the user's cache folder. It is made under another name
and renamed when it is complete, so that an interrupted set-up is never taken for an environment.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from conformance.errors import TargetError
from conformance.processes import remembered

BESIDE = ("cloudpickle", "hypothesis", "jsonschema-rs")
"""What the suite needs in the environment of an implementation."""

CACHE_VARIABLE = "ASSAY_CACHE"
INSTALL_SECONDS = 900
"""How long the installation of one environment may take."""
ABANDONED_SECONDS = 2 * INSTALL_SECONDS
"""A set-up that began so long ago is over, whatever it has left."""


def cache_folder() -> Path:
    """Return the folder for what is made once: `$ASSAY_CACHE`, else `assay` in the user's cache folder."""
    named = os.environ.get(CACHE_VARIABLE)
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(named) if named else Path(base) / "assay"


def environment_for(requirements: Sequence[str]) -> Path:
    """Return the interpreter of an environment with the requirements, made if it is not there yet.

    Parameters:
        requirements: As pip takes them, exact: `flyte==2.12.1`.

    Raises:
        TargetError: It cannot be made: no such release, no package index, no room.
    """
    wanted = sorted({*requirements, *BESIDE})
    key = "\n".join([sys.version.split()[0], sys.base_prefix, *wanted])
    folder = cache_folder() / "environments" / hashlib.sha256(key.encode()).hexdigest()[:16]
    python = folder / "bin" / "python"
    if not python.exists():
        _make(folder, wanted, ", ".join(requirements))
    return python


def _make(folder: Path, wanted: Sequence[str], what: str) -> None:
    """Make an environment beside its place, then rename it into place.

    Raises:
        TargetError: It cannot be made.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _clear(folder)
        work = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise TargetError(
            f"{what}: no environment can be made: {error}. Set ${CACHE_VARIABLE} to a folder that can be written."
        ) from error
    try:
        uv = shutil.which("uv")
        _run([sys.executable, "-m", "venv", *(["--without-pip"] if uv else []), str(work)], what)
        python = str(work / "bin" / "python")
        pip = (
            [uv, "pip", "install", "--quiet", "--python", python] if uv else [python, "-m", "pip", "install", "--quiet"]
        )
        quiet = [] if uv else ["--disable-pip-version-check", "--no-input"]
        _run([*pip, *quiet, *wanted], what)
        try:
            work.rename(folder)
        except OSError as error:
            # Another run may have been faster; its environment is as good as ours.
            if not folder.exists():
                raise TargetError(f"{what}: the environment cannot be put into {folder}: {error}.") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _clear(folder: Path) -> None:
    """Remove what set-ups of the same environment left behind that were cut off too hard to do so themselves."""
    for left in folder.parent.glob(f"{folder.name}-*"):
        if time.time() - left.stat().st_mtime > ABANDONED_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def _run(command: Sequence[str], what: str) -> None:
    """Run one step of the set-up.

    Raises:
        TargetError: It fails or takes too long. The message holds the last line that says why.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - no shell; the requirement is one argument
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    except OSError as error:
        raise TargetError(f"{what}: {command[0]} cannot be run: {error}.") from error
    with remembered(process):
        try:
            output, errors = process.communicate(timeout=INSTALL_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise TargetError(
                f"{what}: the installation took more than {INSTALL_SECONDS} s. Is the package index slow?"
            ) from error
    if process.returncode != 0:
        raise TargetError(f"{what}: cannot be installed: {_reason(errors + output)}")


def _reason(output: str) -> str:
    """Return the line of an installer's output that says what is wrong, and what to do about it."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith("error")] or lines[-1:] or ["no message"]
    # Of "could not find a version (from versions: ...)" and "no matching distribution" the second is readable.
    telling = next((line for line in errors if "No matching distribution" in line), errors[0])
    if any("No matching distribution" in line or "no version of" in line for line in lines):
        return f"{telling}. Is there such a release, and can the package index be reached?"
    return telling
