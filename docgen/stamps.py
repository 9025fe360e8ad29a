"""Detects whether a file has changed, without reading it.

Only `os` is imported, and paths are strings: a build with nothing to do spends most of its time on imports.
"""
# ruff: noqa: PTH113, PTH116 - importing pathlib takes as long as everything done here

from __future__ import annotations

import os
import zlib

TICK_NANOSECONDS = 10_000_000
"""File systems stamp a change with the last tick of the clock, so two changes within one tick look like one."""
COARSE_TICK_NANOSECONDS = 2_000_000_000
"""The same, where time stamps are whole seconds."""

UNSETTLED = -2
"""Time of change for a file that is too fresh to be trusted; it matches no time of change, not even itself."""

Entry = tuple[str, int, int]
"""Path, time of change and size of a file or folder, as `stamp` returns them."""


MODULES = "*"
"""Last part of a path that denotes the modules and packages in a folder, regardless of its other files."""
_SUFFIXES = (".py", ".pyi")


def stamp(path: str) -> Entry:
    """Return the values that show whether a file has changed: path, time of change, size (-1 if it is missing).

    For the modules in a folder it returns the path, a checksum of their names, and their number.

    The time of change is the sum of the time of the content and that of the entry (`ctime`), because an edit that
    restores the former still changes the latter.
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
    for files that are as recent as its index.

    Parameters:
        path: Path of the file or folder.
        since: When reading began, in nanoseconds of the clock: a file that changed later may differ from what was read.
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
    """Return the entries directly in a folder that may be modules or packages."""
    return [entry for entry in _entries(folder) if entry.name.endswith(_SUFFIXES) or _is_package(entry)]


def _is_package(entry: os.DirEntry[str]) -> bool:
    """Return True if a folder contains modules, or contains packages like a namespace package."""
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
