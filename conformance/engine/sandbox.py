"""Runs implementations in a sandbox of the system: bubblewrap on Linux.

Inside there is no network. Files are read-only, except in a temporary folder, which is also the home folder, and in a
folder for failing examples, if the user names one. Processes and shared memory of the machine are invisible.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from conformance.errors import TargetError

BUBBLEWRAP = "bwrap"
TEMPORARY = Path("/tmp")  # noqa: S108 - where the temporary folder is inside
HIDDEN = (TEMPORARY, Path("/var/tmp"))  # noqa: S108 - folders that every user can write to
TRY_SECONDS = 20
VARIABLES: Mapping[str, str] = dict.fromkeys(("TMPDIR", "TEMP", "TMP", "HOME"), str(TEMPORARY))
"""The environment variables that lead to the temporary folder."""
DEPTH = 2
"""How many processes of its own are between the one that is started and the one in the sandbox."""


class SandboxError(TargetError):
    """There is no sandbox on this machine, or it does not work."""


@cache
def sandbox() -> tuple[str, ...]:
    """Return the command that begins a sandbox; options and the command inside follow.

    Raises:
        SandboxError: There is none, or it does not work.
    """
    found = shutil.which(BUBBLEWRAP)
    if found is None:
        raise SandboxError(
            f"--sandbox: bubblewrap (the command {BUBBLEWRAP}) is not installed on this machine. Install it, or run "
            "without --sandbox in a container or a virtual machine."
        )
    command = (
        *(found, "--die-with-parent", "--unshare-net", "--unshare-pid", "--unshare-ipc", "--unshare-uts"),
        *("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"),
    )
    try:
        tried = subprocess.run([*command, "true"], capture_output=True, text=True, timeout=TRY_SECONDS, check=False)  # noqa: S603 - what was found
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SandboxError(f"--sandbox: {found} cannot be run: {error}.") from error
    if tried.returncode:
        why = (tried.stderr.strip().splitlines() or ["it does not say why"])[-1]
        raise SandboxError(f"--sandbox: {found} does not work on this machine: {why}.")
    return command


def options(scratch: Path, visible: Iterable[Path], writable: Iterable[Path] = ()) -> list[str]:
    """Return the options of a sandbox with a temporary folder.

    Parameters:
        scratch: The folder that is the temporary folder inside.
        visible: What the process needs to read, even if it is in a folder that is hidden.
        writable: Folders that it can write to besides the temporary one. They exist.
    """
    needed = sorted({path.resolve() for path in visible} | {path.absolute() for path in visible})
    hidden = [path for path in needed if any(path.is_relative_to(folder) for folder in HIDDEN)]
    # A path inside another one comes with that, and a link in it could not be mounted over.
    again = [path for path in hidden if not any(path != other and path.is_relative_to(other) for other in hidden)]
    hiding = [part for path in HIDDEN[1:] if path.is_dir() for part in ("--tmpfs", str(path))]
    shown = [part for path in again if path.exists() for part in ("--ro-bind", str(path), str(path))]
    written = [part for path in writable for part in ("--bind", str(path.resolve()), str(path.resolve()))]
    return ["--bind", str(scratch), str(TEMPORARY), *hiding, *shown, *written, "--chdir", str(Path.cwd())]
