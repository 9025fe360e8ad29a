"""The commands that run pip and uv: the only place that knows which of the two is available and how to call it."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

from docgen.errors import DownloadError


def pip_command() -> list[str]:
    """Return the command that runs pip: this interpreter's, else one on PATH, else one that uv provides.

    Raises:
        DownloadError: pip was not found.
    """
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    for name in ("pip3", "pip"):
        if found := shutil.which(name):
            return [found]
    if found := shutil.which("uvx"):
        return [found, "pip"]
    raise DownloadError(
        "pip was not found, and docgen needs it to download releases. Install pip, or give the wheel as a file."
    )


def venv_command(folder: Path, python: str = sys.executable) -> list[str]:
    """Return the command that creates a virtual environment; without pip in it, if uv is on PATH.

    Parameters:
        folder: The folder of the environment.
        python: The interpreter to create it with.
    """
    return [python, "-m", "venv", *(["--without-pip"] if shutil.which("uv") else []), str(folder)]


def install_command(python: Path) -> list[str]:
    """Return the command that installs into the environment of an interpreter; append requirements to it.

    Parameters:
        python: The interpreter, of an environment that `venv_command` made.
    """
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--quiet", "--python", str(python)]
    return [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
