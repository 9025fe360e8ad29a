"""Decides from the manifest alone whether there is anything to do, before anything heavy is imported.

Only `json`, `os` and `sys` are imported here, and paths are strings: most of what a build with nothing to do
costs is imports.
"""
# ruff: noqa: PTH109, PTH118, PTH120 - importing pathlib costs as much as everything that is done here

from __future__ import annotations

import json
import os
import sys

from docgen.files import read_file
from docgen.stamps import stamp

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER = ".docgen"
"""Folder of the manifest, inside the output folder."""
NAME = "manifest.json"
VERSION = 2
"""Version of the manifest; one of another version counts as missing."""


def repeat(arguments: Sequence[str]) -> int | None:
    """Repeat the output of the last build, if the same command would produce nothing else.

    Returns:
        The exit code of the last build; None if the build must run.
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
    """Return the unchecked manifest in a folder; None if the file is missing or cannot be read."""
    try:
        raw = json.loads(read_file(os.path.join(folder, FOLDER, NAME)))
    except (OSError, ValueError, RecursionError):
        return None
    return raw if isinstance(raw, dict) and raw.get("version") == VERSION and _is_whole(raw) else None


def _is_whole(raw: dict) -> bool:  # type: ignore[type-arg] # see above
    """Return True if every key has a value of its type; a damaged manifest counts as missing."""
    lists = [raw.get(key) for key in ("command", "files", "findings", "inputs", "outputs")]
    if not all(isinstance(each, list) for each in lists) or not isinstance(raw.get("exit_code"), int):
        return False
    command, files, findings, inputs, outputs = lists
    is_text = all(isinstance(each, str) for each in (*command, *files, *findings))  # type: ignore[misc] # lists, see above
    return is_text and all(
        isinstance(each, list) and [type(part) for part in each] == [str, int, int]
        for each in (*inputs, *outputs)  # type: ignore[misc] # lists, see above
    )


def is_up_to_date(manifest: dict, command: Sequence[str]) -> bool:  # type: ignore[type-arg] # see above
    """Return True if no file that was read or written has changed since, and the command is the same."""
    if manifest["command"] != list(command) or not manifest["inputs"]:
        return False
    return all(stamp(path) == (path, changed, size) for path, changed, size in manifest["inputs"] + manifest["outputs"])


def this_command(arguments: Sequence[str]) -> tuple[str, ...]:
    """Return the inputs of the result besides files: command line, working folder, interpreter, docgen's own code."""
    home = os.path.dirname(os.path.dirname(__file__))
    own = (os.path.join(folder, name) for folder, _, names in os.walk(home) for name in names)
    newest = max(stamp(path)[1] for path in own if not path.endswith(".pyc"))
    return (*arguments, os.getcwd(), sys.version, str(newest))
