"""Find the standard library's sources of a Python version on this machine."""

from __future__ import annotations

import shutil
import sys
import sysconfig
from pathlib import Path


def standard_library(python: str, given: str = "") -> Path | None:
    """Return the folder of the standard library's sources of a Python version, None if this machine has none.

    Parameters:
        python: `3.12`.
        given: A folder that the configuration names, which takes precedence.
    """
    if given:
        return Path(given)
    if python == own_python():
        return Path(sysconfig.get_path("stdlib"))
    # Version managers keep their interpreters side by side.
    neighbours = Path(sys.base_prefix).parent.glob(f"*{python}*/lib/python{python}")
    command = shutil.which(f"python{python}")
    beside = Path(command).resolve().parents[1] / "lib" / f"python{python}" if command else Path()
    return next((each for each in (*sorted(neighbours), beside) if (each / "os.py").is_file()), None)


def own_python() -> str:
    """Return the version of the interpreter that runs docgen: `3.12`."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"
