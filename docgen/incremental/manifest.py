"""The manifest beside the pages: which files a build wrote, from which inputs, and with which content.

Every file is checked when it is read: one that is damaged counts as missing, so that the next build starts from
nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path, PurePosixPath

from docgen.files import LARGEST, read_kept, write_whole
from docgen.incremental.unchanged import FOLDER, NAME, VERSION, read_raw
from docgen.stamps import Entry, stamp

CONTENT = "content.txt"
"""File with the contents of the reference, separate from the manifest, which is read more often."""
FILES = "files.txt"
"""Paths of the files that docgen wrote, one a line. To be committed with pages that are committed: without it a build
cannot tell its own pages from files of the user's."""
STAGE = "stage"
"""Folder in which new files are written before they are moved to their places."""
_IGNORED = f"*\n!.gitignore\n!{FILES}\n"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The record of the last build."""

    command: tuple[str, ...] = ()
    """The command line, and the other inputs of the result: working directory, versions."""
    inputs: tuple[Entry, ...] = ()
    """Stamps of every file and folder that was read."""
    files: tuple[str, ...] = ()
    """Paths of the written files, relative to the folder."""
    findings: tuple[str, ...] = ()
    """Findings, to be printed again."""
    exit_code: int = 0
    content: tuple[str, ...] = ()
    """Symbols, parameters, defaults and described parameters."""


def read_manifest(folder: Path) -> Manifest | None:
    """Return the manifest of a folder, None if it is missing or damaged."""
    raw = read_raw(str(folder))
    content = read_kept(folder / FOLDER / CONTENT)
    if raw is None or raw.get("content_digest") != _digest(content):
        return None
    return Manifest(
        command=tuple(raw["command"]),
        inputs=tuple((path, changed, size) for path, changed, size in raw["inputs"]),
        files=tuple(raw["files"]),
        findings=tuple(raw["findings"]),
        exit_code=raw["exit_code"],
        content=tuple(content.decode(errors="replace").splitlines()),
    )


def is_damaged(folder: Path) -> bool:
    """Return True if a folder has records that cannot be used."""
    has_strangers = any(path.name != STAGE for path in strangers(folder))
    return has_strangers or ((folder / FOLDER / NAME).exists() and read_manifest(folder) is None)


def strangers(folder: Path) -> Sequence[Path]:
    """Return the entries among the records of a folder that are not records: folders, pipes, links, large files."""
    home = folder / FOLDER
    if not home.is_dir():
        return ()
    with os.scandir(home) as found:
        return [Path(entry.path) for entry in found if _is_stranger(entry)]


def _is_stranger(entry: os.DirEntry[str]) -> bool:
    try:
        return not entry.is_file(follow_symlinks=False) or entry.stat().st_size > LARGEST
    except FileNotFoundError:  # a file that another build is writing
        return False


def tracked(folder: Path) -> Sequence[str]:
    """Return the paths of the pages in an output folder, relative to it."""
    found = (path.relative_to(folder) for path in folder.rglob("*.md"))
    return sorted(path.as_posix() for path in found if path.parts[0] != FOLDER)


def read_written(folder: Path) -> frozenset[str]:
    """Return the paths of the files in a folder that docgen wrote, relative to it, without paths outside of it."""
    lines = read_kept(folder / FOLDER / FILES).decode(errors="replace").splitlines()
    raw = read_raw(str(folder))
    return frozenset(path for path in [*lines, *(raw["files"] if raw else ())] if is_inside(path))


def is_inside(path: str) -> bool:
    """Return True if a relative path stays below the folder that it is relative to."""
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and ".." not in parts and "\0" not in path


def write_written(folder: Path, paths: Iterable[str]) -> None:
    """Record which files of a folder docgen wrote.

    Before pages are moved into place these are the old and the new ones, so that a build that is killed halfway leaves
    no file that the next one would take for the user's.
    """
    home = folder / FOLDER
    home.mkdir(exist_ok=True)
    _replace(home / ".gitignore", _IGNORED)
    _replace(home / FILES, "".join(f"{path}\n" for path in sorted(paths)))


def write_manifest(folder: Path, manifest: Manifest, files: Iterable[str]) -> None:
    """Write the manifest of a folder whose files have been written; an equal one is not touched."""
    # Not asdict: it would copy every line of the content.
    raw = {each.name: getattr(manifest, each.name) for each in fields(manifest)}
    raw |= {"version": VERSION, "files": sorted(files)}
    raw["outputs"] = [stamp(str(folder / path)) for path in raw["files"]]
    content = "".join(f"{line}\n" for line in raw.pop("content"))
    raw["content_digest"] = _digest(content.encode())
    _replace(folder / FOLDER / CONTENT, content)
    _replace(folder / FOLDER / NAME, json.dumps(raw) + "\n")


def write_records(folder: Path, records: Mapping[str, bytes]) -> None:
    """Write the records that the next build can reuse beside the manifest; an equal file is not touched."""
    for name, data in records.items():
        write_whole(folder / FOLDER / name, data)


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _replace(path: Path, text: str) -> None:
    write_whole(path, text.encode(errors="surrogateescape"))
