"""What a build leaves beside its pages: which files it wrote, from what, and what they held.

Imported before anything heavy: a build with nothing to do looks at the manifest and ends.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

FOLDER = ".docgen"
"""Folder of the manifest, inside the output folder."""
_NAME = "manifest.json"
_CONTENT = "content.txt"
_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a build knows of the last one."""

    command: tuple[str, ...] = ()
    """The command line, and what else the result depends on: working directory, versions."""
    inputs: tuple[tuple[str, int, int], ...] = ()
    """Path, time of change in nanoseconds and size of every file and folder that was read."""
    files: tuple[str, ...] = ()
    """Paths of what was written, relative to the folder."""
    outputs: tuple[tuple[str, int, int], ...] = ()
    """The same of what was written."""
    findings: tuple[str, ...] = ()
    """What was noticed, to be said again."""
    exit_code: int = 0
    content: tuple[str, ...] = ()
    """Symbols, parameters, defaults and described parameters; read only where a loss is looked for."""


def output_folder(arguments: Sequence[str]) -> Path | None:
    """Return the folder that a command line writes to, None if it names none."""
    place = arguments.index("--out") + 1
    return Path(arguments[place]) if place < len(arguments) else None


def this_command(arguments: Sequence[str]) -> tuple[str, ...]:
    """Return what the result depends on beside files: command line, working folder, interpreter, docgen's own code."""
    own = [stamp(path) for path in (Path(__file__).parent, *sorted(Path(__file__).parent.glob("*.py")))]
    newest = max(changed for _, changed, _ in own)
    return (*arguments, str(Path.cwd()), sys.version, str(newest))


def stamp(path: Path) -> tuple[str, int, int]:
    """Return what tells whether a file has changed; a size of -1 says that it is not there."""
    try:
        status = os.stat(path)  # noqa: PTH116 - called for every file of a package: the plain call is the fast one
    except OSError:
        return str(path), 0, -1
    return str(path), status.st_mtime_ns, status.st_size


def read_manifest(folder: Path) -> Manifest | None:
    """Return the manifest of a folder, None if there is none that can be read."""
    try:
        raw = json.loads((folder / FOLDER / _NAME).read_bytes())
        content = (folder / FOLDER / _CONTENT).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return None
    if not isinstance(raw, dict) or raw.pop("version", None) != _VERSION:
        return None
    return Manifest(
        command=tuple(raw["command"]),
        inputs=tuple(tuple(entry) for entry in raw["inputs"]),
        files=tuple(raw["files"]),
        outputs=tuple(tuple(entry) for entry in raw["outputs"]),
        findings=tuple(raw["findings"]),
        exit_code=raw["exit_code"],
        content=tuple(content),
    )


def write_manifest(folder: Path, manifest: Manifest, files: Iterable[str]) -> None:
    """Write the manifest of a folder whose files are written; an equal one is not touched."""
    raw = asdict(manifest) | {"version": _VERSION, "files": sorted(files)}
    raw["outputs"] = [stamp(folder / path) for path in raw["files"]]
    content = raw.pop("content")
    home = folder / FOLDER
    home.mkdir(exist_ok=True)
    _replace(home / _CONTENT, "".join(f"{line}\n" for line in content))
    _replace(home / _NAME, json.dumps(raw, indent=0) + "\n")
    _replace(home / ".gitignore", "*\n")


def is_up_to_date(manifest: Manifest, command: tuple[str, ...]) -> bool:
    """Say whether the same command has nothing to do: nothing that was read or written has changed since."""
    if manifest.command != command or not manifest.inputs:
        return False
    return all(stamp(Path(path)) == (path, *rest) for path, *rest in (*manifest.inputs, *manifest.outputs))


def _replace(path: Path, text: str) -> None:
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).replace(path)
