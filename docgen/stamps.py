"""What tells whether a file has changed, without reading it.

Only `os` is imported, and paths are strings: a build with nothing to do spends most of its time on imports.
"""
# ruff: noqa: PTH113, PTH116 - pathlib costs as much to import as all that is done here

from __future__ import annotations

import os
import zlib

TICK_NANOSECONDS = 10_000_000
"""File systems stamp changes with the clock of the last tick: two changes within one tick look like one."""
COARSE_TICK_NANOSECONDS = 2_000_000_000
"""The same, where time stamps are whole seconds."""

UNSETTLED = -2
"""Time of change of what is too fresh to be trusted; it equals no other one, not even itself."""

Entry = tuple[str, int, int]
"""Path, time of change and size of a file or folder, as `stamp` returns them."""


MODULES = "*"
"""Last part of a path that stands for the modules and packages in a folder, whatever else is in it."""
_SUFFIXES = (".py", ".pyi")


def stamp(path: str) -> Entry:
    """Return what tells whether a file has changed: path, time of change, size; a size of -1 means it is missing.

    For the modules in a folder it returns the path, a checksum of their names, and their number.

    The time of change adds up the time of the content and that of the entry (`ctime`): an edit that restores the
    former still moves the latter.
    """
    folder, last = os.path.split(path)
    if last == MODULES:
        names = sorted(entry.name for entry in _modules(folder))
        return path, zlib.crc32("\0".join(names).encode(errors="surrogateescape")), len(names)
    try:
        status = os.stat(path)
    except OSError:
        return path, 0, -1
    return path, status.st_mtime_ns + status.st_ctime_ns, status.st_size


def settled_stamp(path: str, since: int) -> Entry:
    """Return the stamp of a file, or one that equals no later stamp if the file is too fresh to be trusted.

    A file that changed within the last tick of the clock may change once more without a new stamp. Source: git's rule
    for files that are as young as its index.

    Parameters:
        path: Of the file or folder.
        since: When reading began, in nanoseconds of the clock: what changed later may differ from what was read.
    """
    entry = stamp(path)
    if entry[2] == -1:
        return entry
    folder, last = os.path.split(path)
    times = [os.stat(path).st_ctime_ns] if last != MODULES else [each.stat().st_ctime_ns for each in _modules(folder)]
    changed = max(times, default=0)
    tick = TICK_NANOSECONDS if changed % 1_000_000_000 else COARSE_TICK_NANOSECONDS
    return entry if since - changed >= tick else (path, UNSETTLED, entry[2])


def _modules(folder: str) -> list[os.DirEntry[str]]:
    """Return what may be a module or a package right in a folder."""
    return [entry for entry in _entries(folder) if entry.name.endswith(_SUFFIXES) or _is_package(entry)]


def _is_package(entry: os.DirEntry[str]) -> bool:
    """Return True if a folder holds modules, or packages (a namespace package does)."""
    if not entry.name.replace("-", "_").isidentifier() or not entry.is_dir():
        return False
    inner = _entries(entry.path)
    return any(each.name.endswith(_SUFFIXES) for each in inner) or any(
        each.name.isidentifier() and os.path.isfile(f"{each.path}/__init__.py") for each in inner
    )


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError:
        return []
