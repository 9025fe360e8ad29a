"""Writes pages to disk: all or none, only those that changed, and never over a file of the user.

A folder that docgen wrote contains a record of its files. The next build removes those that it no longer writes, leaves
every other file alone, and refuses to lose content that the last one had.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from docgen.errors import LossError, WriteError
from docgen.files import read_file
from docgen.incremental.manifest import (
    STAGE,
    Manifest,
    is_inside,
    read_manifest,
    read_written,
    strangers,
    write_manifest,
    write_records,
    write_written,
)
from docgen.incremental.unchanged import FOLDER

try:
    import fcntl
except ImportError:  # on Windows, two builds into one folder are not prevented
    fcntl = None  # type: ignore[assignment] # see above

_LISTED = 20
"""How many names a message lists."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a build changed on disk, as paths relative to the folder."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int


def write_tree(  # noqa: PLR0913 - what the caller may do without are keywords
    folder: Path,
    files: Mapping[str, str | bytes],
    manifest: Manifest,
    records: Mapping[str, bytes] = MappingProxyType({}),
    *,
    overwrite: Collection[str] = (),
    notify: Callable[[str], None] = lambda _: None,
) -> Written:
    """Write a tree.

    Parameters:
        folder: The output folder, created if it is missing.
        files: Path relative to the folder -> content.
        manifest: The record of this build for the next one; its `files` are filled in here.
        records: Records that the next build can reuse, stored beside the manifest, by file name.
        overwrite: Paths of files, or of folders of files, that docgen did not write and may replace.
        notify: Called with a line when another build holds the folder.

    Raises:
        WriteError: The folder cannot be written, two files collide, or a file of the user is in the place of a page.
            No page was changed.
    """
    _refuse_collisions(folder, files)
    _refuse_links(folder, files)
    is_new = not folder.exists()
    try:
        with _locked(folder, notify):
            return _write_tree(folder, files, manifest, records, overwrite)
    except OSError as error:
        if is_new:
            shutil.rmtree(folder, ignore_errors=True)
        raise WriteError(f"{folder}: cannot be written: {error.strerror}. {_advice(error)}") from error


def _write_tree(
    folder: Path,
    files: Mapping[str, str | bytes],
    manifest: Manifest,
    records: Mapping[str, bytes],
    overwrite: Collection[str],
) -> Written:
    ours = read_written(folder)
    changed = {path: text for path, text in files.items() if not _is_equal(folder / path, text)}
    _refuse_foreign(folder, [path for path in changed if path not in ours and not _is_named(path, overwrite)])
    removed = tuple(sorted(path for path in ours if path not in files and os.path.lexists(folder / path)))
    try:
        _stage(folder, changed)
        write_written(folder, {*ours, *files})
        _move(folder, changed)
    finally:
        shutil.rmtree(folder / FOLDER / STAGE, ignore_errors=True)
    for path in removed:
        _remove(folder, path)
    write_records(folder, records)  # before the manifest, because it is trusted only if the manifest lists the pages
    write_manifest(folder, manifest, files)
    write_written(folder, files)
    return Written(written=tuple(sorted(changed)), removed=removed, unchanged=len(files) - len(changed))


@contextmanager
def _locked(folder: Path, notify: Callable[[str], None]) -> Iterator[None]:
    """Lock the folder against other builds, and remove everything but records, such as the stage of a killed build."""
    home = folder / FOLDER
    home.mkdir(parents=True, exist_ok=True)
    _clear(path for path in strangers(folder) if path.name == "lock")
    with (home / "lock").open("ab") as lock:
        if fcntl is not None:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                notify(f"{folder}: waiting for another build that writes there")
                fcntl.flock(lock, fcntl.LOCK_EX)
        _clear(strangers(folder))
        yield


def _clear(paths: Iterable[Path]) -> None:
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def refuse_loss(folder: Path, symbols: Iterable[str], accepted: Sequence[str]) -> None:
    """Stop if a build has less content than the last one in this folder.

    Parameters:
        folder: The output folder.
        symbols: The contents of the build, one line each.
        accepted: Symbols that may be lost, each with everything below it.

    Raises:
        LossError: Content would be lost that is not accepted.
    """
    previous = read_manifest(folder)
    held = tuple(symbols)
    if previous is None or previous.content == held:
        return
    now = set(held)
    lost = [symbol for symbol in previous.content if symbol not in now]
    lost = [symbol for symbol in lost if not any(_is_below(symbol, name) for name in accepted)]
    if lost:
        raise LossError(
            f"{folder}: this build would lose {len(lost)} of what the last one had:{_listed(lost)}\n"
            f"Nothing was written. If that is intended: --accept-loss {lost[0].split(' ')[0]}"
        )


def _listed(names: Sequence[str]) -> str:
    shown = "".join(f"\n    {name}" for name in names[:_LISTED])
    return shown + (f"\n    and {len(names) - _LISTED} more" if len(names) > _LISTED else "")


def _is_below(symbol: str, name: str) -> bool:
    return symbol.startswith(name) and symbol[len(name) : len(name) + 1] in ("", ".", "(", " ")


def _refuse_collisions(folder: Path, files: Iterable[str]) -> None:
    seen: dict[str, str] = {}
    for path in files:
        other = seen.setdefault(path.lower(), path)
        if other != path:
            raise WriteError(
                f"{folder}: {other} and {path} are the same file on systems that ignore case. Rename one of them."
            )


def _refuse_links(folder: Path, files: Iterable[str]) -> None:
    """Refuse paths outside the folder, and writing through a link below it, which may lead anywhere."""
    for path in files:
        if not is_inside(path):
            raise WriteError(f"{folder}: {path} is outside this folder. Give the symbol another name.")
    parents = {"/".join(path.split("/")[:depth]) for path in files for depth in range(1, path.count("/") + 1)}
    for path in (FOLDER, *sorted(parents), *files):
        if os.path.islink(f"{folder}/{path}"):  # noqa: PTH114 - thousands of files: strings are cheaper
            raise WriteError(f"{folder}: {path} is a link, and docgen does not write through links. Remove it.")


def _is_named(path: str, names: Collection[str]) -> bool:
    """Return True if a path, or a folder that contains it, is among the names; `.` names every path."""
    return any(name in (".", path) or path.startswith(f"{name.rstrip('/')}/") for name in names)


def _refuse_foreign(folder: Path, paths: Sequence[str]) -> None:
    """Refuse to replace files that docgen did not write."""
    foreign = [path for path in paths if os.path.lexists(f"{folder}/{path}")]
    if foreign:
        raise WriteError(
            f"{folder}: docgen did not write {len(foreign)} of the files that its pages would replace:"
            f"{_listed(foreign)}\n"
            f"Nothing was written. Move them, give another --out, or replace them: --overwrite {foreign[0]}"
        )


def _is_equal(path: Path, data: str | bytes) -> bool:
    try:
        return read_file(path) == _bytes(data)
    except OSError:
        return False


def _stage(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write all files into the stage, so that none is moved to its place before all are on disk."""
    stage = folder / FOLDER / STAGE
    stage.mkdir()
    for number, data in enumerate(files.values()):
        _write_new(f"{stage}/{number}", _bytes(data))
    for parent in {path.rpartition("/")[0] for path in files}:
        (folder / parent).mkdir(parents=True, exist_ok=True)
    in_the_way = next((path for path in files if os.path.isdir(f"{folder}/{path}")), None)  # noqa: PTH112 - thousands of files: strings are cheaper
    if in_the_way:
        raise IsADirectoryError(errno.EISDIR, f"{in_the_way} is a folder, but a page has to be written there")


def _move(folder: Path, files: Iterable[str]) -> None:
    """Move staged files to their places."""
    for number, path in enumerate(files):
        os.replace(f"{folder}/{FOLDER}/{STAGE}/{number}", f"{folder}/{path}")  # noqa: PTH105 - thousands of files: strings are cheaper


def _bytes(data: str | bytes) -> bytes:
    return data if isinstance(data, bytes) else data.encode()


def _write_new(path: str, data: bytes) -> None:
    """Write a file that does not exist yet, with the mode that the user's umask gives new files."""
    with open(path, "xb", buffering=0) as file:  # noqa: PTH123 - thousands of files: strings are cheaper
        while data:
            data = data[file.write(data) :]


def _remove(folder: Path, path: str) -> None:
    # Users can edit the record, and its entries must not reach outside the folder through a link.
    if not (folder / path).parent.resolve().is_relative_to(folder.resolve()):
        return
    with suppress(FileNotFoundError, IsADirectoryError, PermissionError):
        (folder / path).unlink()
    for parent in (folder / path).parents:
        if parent == folder or not parent.is_relative_to(folder):
            return
        try:
            parent.rmdir()
        except OSError:  # not empty: it contains files of the user
            return


def _advice(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "Make room on the disk."
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return "Make it writable, or give another --out."
    return f"Check {FOLDER} and the files beside it, or give another --out."
