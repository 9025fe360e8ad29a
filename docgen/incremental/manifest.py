"""What a build leaves beside its pages: which files it wrote, from what, and what they held."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from docgen.incremental.unchanged import FOLDER, NAME, VERSION, read_raw, stamp

CONTENT = "content.txt"
"""Beside the manifest, which is read more often: what the reference held."""


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a build knows of the last one."""

    command: tuple[str, ...] = ()
    """The command line, and what else the result depends on: working directory, versions."""
    inputs: tuple[tuple[str, int, int], ...] = ()
    """Path, time of change in nanoseconds and size of every file and folder that was read."""
    files: tuple[str, ...] = ()
    """Paths of what was written, relative to the folder."""
    findings: tuple[str, ...] = ()
    """What was noticed, to be said again."""
    exit_code: int = 0
    content: tuple[str, ...] = ()
    """Symbols, parameters, defaults and described parameters."""


def read_manifest(folder: Path) -> Manifest | None:
    """Return the manifest of a folder, None if there is none that can be read."""
    raw = read_raw(str(folder))
    try:
        content = (folder / FOLDER / CONTENT).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return None
    if raw is None:
        return None
    return Manifest(
        command=tuple(raw["command"]),
        inputs=tuple((path, changed, size) for path, changed, size in raw["inputs"]),
        files=tuple(raw["files"]),
        findings=tuple(raw["findings"]),
        exit_code=raw["exit_code"],
        content=tuple(content),
    )


def write_manifest(folder: Path, manifest: Manifest, files: Iterable[str]) -> None:
    """Write the manifest of a folder whose files are written; an equal one is not touched."""
    # Not asdict: it would copy every line of the content.
    raw = {each.name: getattr(manifest, each.name) for each in fields(manifest)}
    raw |= {"version": VERSION, "files": sorted(files)}
    raw["outputs"] = [stamp(str(folder / path)) for path in raw["files"]]
    content = raw.pop("content")
    home = folder / FOLDER
    home.mkdir(exist_ok=True)
    _replace(home / CONTENT, "".join(f"{line}\n" for line in content))
    _replace(home / NAME, json.dumps(raw) + "\n")
    _replace(home / ".gitignore", "*\n")


def write_kept(folder: Path, kept: Mapping[str, bytes]) -> None:
    """Write what the next build can take over beside the manifest; an equal file is not touched."""
    for name, data in kept.items():
        _replace_bytes(folder / FOLDER / name, data)


def _replace(path: Path, text: str) -> None:
    _replace_bytes(path, text.encode())


def _replace_bytes(path: Path, data: bytes) -> None:
    if path.exists() and path.read_bytes() == data:
        return
    new = path.with_name(f"{path.name}.new")
    new.write_bytes(data)
    new.replace(path)
