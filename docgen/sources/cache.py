"""The cache of downloads and unpacked archives: private to the user, and verified at every use.

Its folder `sources` can be entered by its owner alone. There, each unpacked archive is stored under the digest of the
archive, beside a ledger of what was written. A tree that differs from its ledger is unpacked again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from docgen.errors import CacheError
from docgen.files import read_file, size_of, write_whole

VARIABLE = "ASSAY_CACHE"
"""Environment variable that names another cache folder."""

CACHE_ADVICE = f"Free some room, or set ${VARIABLE} to a folder that can be written."

ABANDONED_SECONDS = 3_600
"""Age from which an unfinished folder counts as left behind by a process that was killed."""

_LEDGER, _TREE, _BEGUN = "ledger.json", "tree", ".begun-"
_LEDGER_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Kept:
    """An unpacked archive in the cache."""

    tree: Path
    notes: tuple[str, ...]
    """One sentence for each member that was left out or renamed when the archive was unpacked."""


def cache_folder() -> Path:
    """Return the cache folder: `$ASSAY_CACHE`, else `assay` in the user's cache folder."""
    given = os.environ.get(VARIABLE)
    if given:
        return Path(given)
    import platformdirs  # noqa: PLC0415 - it takes longer to import than a build with little to do takes

    return Path(platformdirs.user_cache_dir("assay", appauthor=False))


def private_folder(name: str) -> Path:
    """Return a folder in the cache that only this user can enter; create it if it does not exist.

    Raises:
        CacheError: It cannot be made, or belongs to another user.
    """
    folder = cache_folder() / "sources"
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.stat()
        if hasattr(os, "getuid") and status.st_uid != os.getuid():
            raise CacheError(
                f"{folder}: belongs to another user, who could change what docgen reads. "
                f"Set ${VARIABLE} to a folder of your own."
            )
        if stat.S_IMODE(status.st_mode) & 0o077:
            folder.chmod(0o700)
        (folder / name).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise CacheError(f"{folder}: the cache cannot be written: {error.strerror}. {CACHE_ADVICE}") from error
    return folder / name


@contextmanager
def beginning(folder: Path) -> Iterator[Path]:
    """Provide a new folder inside `folder` for unfinished work, and remove it at the end.

    Folders that killed processes left behind are removed first.

    Raises:
        CacheError: The folder cannot be written.
    """
    for left in folder.glob(f"{_BEGUN}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > ABANDONED_SECONDS:
                shutil.rmtree(left, ignore_errors=True)
    try:
        work = Path(tempfile.mkdtemp(prefix=_BEGUN, dir=folder))
    except OSError as error:
        raise CacheError(f"{folder}: the cache cannot be written: {error.strerror}. {CACHE_ADVICE}") from error
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def move_into_place(made: Path, place: Path) -> None:
    """Move a finished folder to its place. If another process got there first, its copy is as good as ours.

    Raises:
        CacheError: It cannot be moved there.
    """
    try:
        made.rename(place)
    except OSError as error:
        if not place.is_dir():
            raise CacheError(f"{place}: cannot be written: {error.strerror}. {CACHE_ADVICE}") from error


def kept_tree(key: str, fill: Callable[[Path], tuple[str, ...]]) -> Kept:
    """Return an unpacked archive from the cache; unpack it if it is missing or was changed.

    Parameters:
        key: Digest of what is unpacked.
        fill: Unpacks it into a folder that it creates, and returns the notes.

    Raises:
        CacheError: The cache cannot be written.
    """
    folder = private_folder("trees")
    place = folder / key
    if (kept := _verified(place)) is not None:
        return kept
    with beginning(folder) as work:
        made = work / "made"
        made.mkdir(mode=0o700)
        notes = fill(made / _TREE)
        ledger = _Ledger(notes=notes, stamp=_stamp(made / _TREE), content=_content(made / _TREE))
        ledger.write(made)
        # Another process may have finished first, and may be reading that tree by now.
        if (kept := _verified(place)) is not None:
            return kept
        with suppress(FileNotFoundError):
            place.rename(work / "damaged")
        move_into_place(made, place)
    return Kept(tree=place / _TREE, notes=notes)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, as hexadecimal digits.

    Raises:
        OSError: It cannot be read, or is not a regular file.
    """
    size_of(path)
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


@dataclass(frozen=True, kw_only=True)
class _Ledger:
    """What a tree looked like when it was written."""

    notes: tuple[str, ...]
    stamp: str
    """Digest of names, sizes and times: if it is equal, nothing was touched."""
    content: str
    """Digest of names and bytes: decides if the times differ, for example after a copy."""

    def write(self, folder: Path) -> None:
        raw = {"version": _LEDGER_VERSION, "notes": self.notes, "stamp": self.stamp, "content": self.content}
        write_whole(folder / _LEDGER, json.dumps(raw).encode())


def _verified(place: Path) -> Kept | None:
    """Return the tree at a place, None if it is missing or differs from its ledger."""
    try:
        raw = json.loads(read_file(place / _LEDGER))
        if raw["version"] != _LEDGER_VERSION:
            return None
        ledger = _Ledger(notes=tuple(map(str, raw["notes"])), stamp=str(raw["stamp"]), content=str(raw["content"]))
        stamp = _stamp(place / _TREE)
        if stamp != ledger.stamp:
            if _content(place / _TREE) != ledger.content:
                return None
            _Ledger(notes=ledger.notes, stamp=stamp, content=ledger.content).write(place)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return Kept(tree=place / _TREE, notes=ledger.notes)


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        yield entry
        if entry.is_dir(follow_symlinks=False):
            yield from _entries(entry.path)


def _stamp(tree: Path) -> str:
    lines = []
    for entry in _entries(str(tree)):
        if entry.is_dir(follow_symlinks=False):
            continue
        # A user can set the modification time back, but not the time of the last change of the inode.
        status = entry.stat(follow_symlinks=False)
        lines.append(f"{entry.path[len(str(tree)) :]}\0{status.st_size}\0{status.st_mtime_ns}\0{status.st_ctime_ns}\0")
    return hashlib.sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def _content(tree: Path) -> str:
    total = hashlib.sha256()
    for entry in _entries(str(tree)):
        if entry.is_dir(follow_symlinks=False):
            continue
        total.update(f"{entry.path[len(str(tree)) :]}\0".encode("utf-8", "surrogateescape"))
        total.update(
            b"not a file" if not entry.is_file(follow_symlinks=False) else bytes.fromhex(digest_of(Path(entry.path)))
        )
    return total.hexdigest()
