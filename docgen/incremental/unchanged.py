"""Is there anything to do? Answered from the manifest alone, before anything heavy is imported.

Only `json`, `os` and `sys` are imported here, and paths are text: most of what a build with nothing to do costs is
imports.
"""
# ruff: noqa: PTH109, PTH116, PTH118, PTH120, PTH123 - pathlib costs as much to import as all that is done here

from __future__ import annotations

import json
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = ".docgen"
"""Folder of the manifest, inside the output folder."""
NAME = "manifest.json"
VERSION = 1
"""Of the manifest; one of another version is as good as none."""


def repeat(arguments: Sequence[str]) -> int | None:
    """Say again what the last build said, if the same command would only repeat it.

    Returns:
        Its exit code; None if the build must run.
    """
    place = arguments.index("--out") + 1 if "--out" in arguments else len(arguments)
    manifest = read_raw(arguments[place]) if place < len(arguments) else None
    if manifest is None or not is_up_to_date(manifest, this_command(arguments)):
        return None
    for finding in manifest["findings"]:
        sys.stderr.write(f"{finding}\n")
    sys.stderr.write(f"{arguments[place]}: nothing changed, {len(manifest['files'])} files left as they are\n")
    return int(manifest["exit_code"])


def read_raw(folder: str) -> dict | None:  # type: ignore[type-arg] # typing.Any costs an import
    """Return the manifest of a folder as its file has it, None if there is none that can be read."""
    try:
        with open(os.path.join(folder, FOLDER, NAME), encoding="utf-8") as file:
            raw = json.load(file)
    except (OSError, ValueError):
        return None
    return raw if isinstance(raw, dict) and raw.get("version") == VERSION else None


def is_up_to_date(manifest: dict, command: Sequence[str]) -> bool:  # type: ignore[type-arg] # see above
    """Say whether nothing that was read or written has changed since, and the command is the same."""
    if manifest["command"] != list(command) or not manifest["inputs"]:
        return False
    return all(_is_as_it_was(*entry) for entry in (*manifest["inputs"], *manifest["outputs"]))


def _is_as_it_was(path: str, changed: int, size: int) -> bool:
    try:
        status = os.stat(path)
    except OSError:
        return size == -1
    return status.st_mtime_ns == changed and status.st_size == size


def this_command(arguments: Sequence[str]) -> tuple[str, ...]:
    """Return what the result depends on beside files: command line, working folder, interpreter, docgen's own code."""
    own = (
        os.path.join(folder, name)
        for folder, _, names in os.walk(os.path.dirname(os.path.dirname(__file__)))
        for name in names
    )
    newest = max(stamp(path)[1] for path in own if path.endswith(".py"))
    return (*arguments, os.getcwd(), sys.version, str(newest))


def stamp(path: str) -> tuple[str, int, int]:
    """Return what tells whether a file has changed: path, time of change, size; a size of -1 says it is not there."""
    try:
        status = os.stat(path)
    except OSError:
        return path, 0, -1
    return path, status.st_mtime_ns, status.st_size
