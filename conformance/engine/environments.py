"""An environment of its own for each released implementation, made once and kept.

A folder per set of requirements, named by their digest, below the user's cache folder. It is made under another name
and renamed when it is complete, so that an interrupted set-up is never taken for an environment.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from conformance.engine.processes import remembered
from conformance.errors import InstallError, TargetError
from docgen.sources.cache import CACHE_ADVICE, cache_folder
from docgen.sources.installers import install_command, venv_command

BESIDE = ("cloudpickle", "hypothesis", "jsonschema-rs")
"""What the suite needs in the environment of an implementation, at the versions that the command itself has: with
another version the same seed may draw other examples."""

INSTALL_SECONDS = 900
"""How long the installation of one environment may take."""
ABANDONED_SECONDS = 2 * INSTALL_SECONDS
"""A set-up that began so long ago is over, whatever it has left."""


def environment_for(requirements: Sequence[str]) -> Path:
    """Return the interpreter of an environment with the requirements, made if it is not there yet.

    What the suite needs has the version that it has here, unless that cannot be had or the requirements forbid it.

    Parameters:
        requirements: As pip takes them, exact: `sdk==2.12.1`.

    Raises:
        TargetError: It cannot be made: no such release, no package index, no room.
    """
    wanted = sorted(requirements)
    here = [f"{name}=={version}" for name, version in versions_here().items()]
    key = "\n".join([sys.version.split()[0], sys.base_prefix, *wanted, *here])
    folder = cache_folder() / "environments" / hashlib.sha256(key.encode()).hexdigest()[:16]
    python = folder / "bin" / "python"
    if not python.exists():
        what = ", ".join(requirements)
        try:
            _make(folder, [*wanted, *here], what)
        except InstallError:
            _make(folder, [*wanted, *BESIDE], what)
    return python


def versions_here() -> dict[str, str]:
    """Return the versions of what the suite needs, as they are installed beside the command."""
    return {name: importlib.metadata.version(name) for name in BESIDE}


def notes_on(python: Path) -> list[str]:
    """Return one line per package that has another version in an environment than here.

    Parameters:
        python: The interpreter of the environment.
    """
    folders = [str(folder) for folder in python.parent.parent.glob("lib/python*/site-packages")]
    found = {one.name.lower().replace("_", "-"): one.version for one in importlib.metadata.distributions(path=folders)}
    return [
        f"{name} {found[name]} stands in its environment, and {version} beside the command: the same seed may draw "
        f"other examples. Install {name}=={found[name]} here to have the same."
        for name, version in versions_here().items()
        if found.get(name, version) != version
    ]


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
        raise TargetError(f"{what}: no environment can be made: {error}. {CACHE_ADVICE}") from error
    try:
        _run(venv_command(work), what)
        _run([*install_command(work / "bin" / "python"), *wanted], what)
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
        InstallError: It fails. The message holds the last line that says why.
        TargetError: It cannot be run, or takes too long.
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
        raise InstallError(f"{what}: cannot be installed: {_reason(errors + output)}")


def _reason(output: str) -> str:
    """Return the line of an installer's output that says what is wrong, and what to do about it."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if (asked := re.search(r"No matching distribution found for \S+?==(\S+)", output)) is not None:
        needed = re.search(rf"[ ;]{re.escape(asked[1])} Requires-Python ([^;]+?)(;|$)", output, re.MULTILINE)
        if needed is not None:
            return (
                f"it needs Python {needed[1]}, and this is {platform.python_version()}. Run the command with that one."
            )
    errors = [line for line in lines if line.lower().startswith("error")] or lines[-1:] or ["no message"]
    # Of "could not find a version (from versions: ...)" and "no matching distribution" the second is readable.
    telling = next((line for line in errors if "No matching distribution" in line), errors[0])
    if any("No matching distribution" in line or "no version of" in line for line in lines):
        return f"{telling}. Is there such a release, and can the package index be reached?"
    if "subprocess-exited-with-error" in telling:
        cause = next((line for line in lines if re.match(r"\w*(Error|Exception): ", line)), telling)
        return f"something that it depends on has no wheel for this machine and cannot be built: {cause}"
    return telling
