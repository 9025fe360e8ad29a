"""Creates a virtual environment for each released implementation, and reuses it.

Each set of requirements has a folder in the user's cache folder, named by their digest. It is created under another
name and renamed when it is complete, so that an interrupted set-up is never mistaken for an environment.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.metadata
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from conformance.engine.interpreters import HERE, Interpreter
from conformance.engine.processes import remembered
from conformance.errors import InstallError, TargetError
from docgen.sources.cache import CACHE_ADVICE, cache_folder
from docgen.sources.installers import install_command, venv_command

BESIDE = ("cloudpickle", "hypothesis", "jsonschema-rs")
"""Requirements of the suite in each environment. The versions are those of the command's environment,
because with another version the same seed may draw other examples."""

INSTALL_SECONDS = 900
"""How long the installation of one environment may take."""
ABANDONED_SECONDS = 2 * INSTALL_SECONDS
"""A set-up that began longer ago than this was interrupted, and its remains are removed."""


def environment_for(requirements: Sequence[str], interpreter: Interpreter = HERE) -> Path:
    """Return the interpreter of an environment with the requirements, and create it if it does not exist.

    What the suite needs gets the same version as here, unless that version cannot be installed with the requirements.

    Parameters:
        requirements: Exact requirements in the form of pip: `sdk==2.12.1`.
        interpreter: The Python to create it with.

    Raises:
        TargetError: It cannot be created: no such release, no package index, no disk space.
    """
    wanted = sorted(requirements)
    here = [f"{name}=={version}" for name, version in versions_here().items()]
    key = "\n".join([interpreter.version, interpreter.base, *wanted, *here])
    folder = cache_folder() / "environments" / hashlib.sha256(key.encode()).hexdigest()[:16]
    python = folder / "bin" / "python"
    if not python.exists():
        what = ", ".join(requirements)
        with _alone(folder.name, what):
            # Another process may have created it while this one waited.
            if not python.exists():
                try:
                    _make(folder, [*wanted, *here], what, interpreter)
                except InstallError:
                    _make(folder, [*wanted, *BESIDE], what, interpreter)
    return python


@contextlib.contextmanager
def _alone(name: str, what: str) -> Iterator[None]:
    """Let one process at a time create an environment. If that process dies, the system releases the lock.

    Raises:
        TargetError: The cache cannot be written.
    """
    locks = cache_folder() / "locks"
    try:
        locks.mkdir(parents=True, exist_ok=True)
        file = (locks / name).open("ab")
    except OSError as error:
        raise TargetError(f"{what}: the environment cannot be created: {error}. {CACHE_ADVICE}") from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def versions_here() -> dict[str, str]:
    """Return the versions, in the environment of the command, of the packages that the suite needs."""
    return {name: importlib.metadata.version(name) for name in BESIDE}


def notes_on(python: Path) -> list[str]:
    """Return one line for each package of the suite whose version in an environment differs from the one here.

    Parameters:
        python: The interpreter of the environment.
    """
    folders = [str(folder) for folder in python.parent.parent.glob("lib/python*/site-packages")]
    found = {one.name.lower().replace("_", "-"): one.version for one in importlib.metadata.distributions(path=folders)}
    return [
        f"its environment has {name} {found[name]}, and the command has {version}: the same seed may draw other "
        f"examples. To get the same ones, install {name}=={found[name]} here."
        for name, version in versions_here().items()
        if found.get(name, version) != version
    ]


def _make(folder: Path, wanted: Sequence[str], what: str, interpreter: Interpreter) -> None:
    """Create an environment under a temporary name, then rename it.

    Raises:
        TargetError: It cannot be created.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _clear(folder)
        # What is left of an environment whose interpreter is gone: a tool that tidies caches may have removed it.
        shutil.rmtree(folder, ignore_errors=True)
        work = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise TargetError(f"{what}: the environment cannot be created: {error}. {CACHE_ADVICE}") from error
    try:
        _run(venv_command(work, interpreter.path), what, interpreter.version)
        _run([*install_command(work / "bin" / "python"), *wanted], what, interpreter.version)
        try:
            work.rename(folder)
        except OSError as error:
            # Another run may have been faster: then its environment is used.
            if not folder.exists():
                raise TargetError(f"{what}: the environment cannot be moved to {folder}: {error}.") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _clear(folder: Path) -> None:
    """Remove the remains of interrupted set-ups of the same environment."""
    for left in folder.parent.glob(f"{folder.name}-*"):
        if time.time() - left.stat().st_mtime > ABANDONED_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def _run(command: Sequence[str], what: str, version: str) -> None:
    """Run one step of the set-up.

    Parameters:
        command: The step.
        what: The requirements, for messages.
        version: The version of the environment's Python, for messages.

    Raises:
        InstallError: It fails. The message has the line that says why.
        TargetError: It cannot be run, or takes too long.
    """
    try:
        process = subprocess.Popen(  # noqa: S603 - no shell; the requirement is one argument
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
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
        raise InstallError(f"{what}: cannot be installed: {_reason(errors + output, version)}")


def _reason(output: str, version: str) -> str:
    """Return the line of an installer's output that states the error, and what to do about it.

    Parameters:
        output: What the installer printed.
        version: The version of the Python that it ran with.
    """
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if (asked := re.search(r"No matching distribution found for \S+?==(\S+)", output)) is not None:
        needed = re.search(rf"[ ;]{re.escape(asked[1])} Requires-Python ([^;]+?)(;|$)", output, re.MULTILINE)
        if needed is not None:
            return f"it needs Python {needed[1]}, not {version}. Run the command with that version."
    errors = [line for line in lines if line.lower().startswith("error")] or lines[-1:] or ["no message"]
    # pip prints a long list of versions first; "No matching distribution" is the line a reader understands.
    telling = next((line for line in errors if "No matching distribution" in line), errors[0])
    if any("No matching distribution" in line or "no version of" in line for line in lines):
        return f"{telling}. Is there such a release, and can the package index be reached?"
    if "subprocess-exited-with-error" in telling:
        cause = next((line for line in lines if re.match(r"\w*(Error|Exception): ", line)), telling)
        return f"one of its dependencies has no wheel for this machine and cannot be built: {cause}"
    return telling
