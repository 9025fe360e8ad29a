"""Pages onto disk: all of them or none, nothing that is equal, and nothing that is not ours.

A folder that docgen wrote holds a manifest of what it wrote. The next build removes what it no longer writes, leaves
everything else alone, and refuses to lose content that the last one had.
"""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from docgen.errors import LossError, WriteError
from docgen.incremental.manifest import Manifest, read_manifest, write_kept, write_manifest
from docgen.incremental.unchanged import FOLDER

_LISTED = 20
"""So many names of lost symbols are listed."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a build changed on disk, as paths relative to the folder."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int


def write_tree(
    folder: Path, files: Mapping[str, str], manifest: Manifest, kept: Mapping[str, bytes] = MappingProxyType({})
) -> Written:
    """Write a tree.

    Parameters:
        folder: Made if it is not there.
        files: Path relative to the folder -> text.
        manifest: What the next build needs to know; its `files` are filled in here.
        kept: What lies beside the manifest, by file name: what the next build can take over.

    Raises:
        WriteError: The folder cannot be written, or two files collide. Nothing was changed.
    """
    _refuse_collisions(folder, files)
    previous = read_manifest(folder)
    changed = {path: text for path, text in files.items() if not _is_equal(folder / path, text)}
    removed = tuple(sorted(path for path in (previous.files if previous else ()) if path not in files))
    try:
        _write(folder, changed)
        for path in removed:
            _remove(folder, path)
        write_manifest(folder, manifest, files)
        write_kept(folder, kept)
    except OSError as error:
        raise WriteError(f"{folder}: cannot be written: {error.strerror}. {_advice(error)}") from error
    return Written(written=tuple(sorted(changed)), removed=removed, unchanged=len(files) - len(changed))


def refuse_loss(folder: Path, symbols: Iterable[str], accepted: Sequence[str]) -> None:
    """Stop where a build has less content than the last one in this folder.

    Parameters:
        folder: The output folder.
        symbols: What the build holds, as `manifest.content` lists it.
        accepted: Symbols that may go, each with everything below it.

    Raises:
        LossError: Something would be lost that is not accepted.
    """
    previous = read_manifest(folder)
    held = tuple(symbols)
    if previous is None or previous.content == held:
        return
    now = set(held)
    lost = [symbol for symbol in previous.content if symbol not in now]
    lost = [symbol for symbol in lost if not any(_is_below(symbol, name) for name in accepted)]
    if lost:
        shown = "".join(f"\n    {symbol}" for symbol in lost[:_LISTED])
        more = f"\n    and {len(lost) - _LISTED} more" if len(lost) > _LISTED else ""
        raise LossError(
            f"{folder}: this build would lose {len(lost)} of what the last one had:{shown}{more}\n"
            f"Nothing was written. If that is meant: --accept-loss {lost[0].split(' ')[0]}"
        )


def _is_below(symbol: str, name: str) -> bool:
    return symbol.startswith(name) and symbol[len(name) : len(name) + 1] in ("", ".", "(", " ")


def _refuse_collisions(folder: Path, files: Mapping[str, str]) -> None:
    seen: dict[str, str] = {}
    for path in files:
        other = seen.setdefault(path.lower(), path)
        if other != path:
            raise WriteError(
                f"{folder}: {other} and {path} are one file where case does not count. Rename one of them."
            )
    root = folder.resolve()
    parents = {parent: (folder / parent).resolve() for parent in {path.rpartition("/")[0] for path in files}}
    for path in files:
        parent, _, name = path.rpartition("/")
        place = os.path.join(parents[parent], name)  # noqa: PTH118 - one path a page: text is cheaper
        is_inside = parents[parent].is_relative_to(root)
        if not is_inside or (os.path.islink(place) and not Path(place).resolve().is_relative_to(root)):  # noqa: PTH114 - the same
            raise WriteError(f"{folder}: {path} lies outside, by a link. Remove the link.")


def _is_equal(path: Path, text: str) -> bool:
    try:
        return path.read_bytes() == text.encode()
    except OSError:
        return False


def _write(folder: Path, files: Mapping[str, str]) -> None:
    """Write all files beside their places first; only when all are on disk, move them there."""
    is_new = not folder.exists()
    stage: Path | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not files:
            return
        stage = Path(tempfile.mkdtemp(prefix=".docgen-", dir=folder))
        for number, text in enumerate(files.values()):
            _write_new(f"{stage}/{number}", text.encode())
        for parent in {path.rpartition("/")[0] for path in files}:
            (folder / parent).mkdir(parents=True, exist_ok=True)
        for number, path in enumerate(files):
            os.replace(f"{stage}/{number}", f"{folder}/{path}")  # noqa: PTH105 - thousands of files: text is cheaper
    except OSError:
        if is_new:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        if stage:
            shutil.rmtree(stage, ignore_errors=True)


def _write_new(path: str, data: bytes) -> None:
    """Write a file that is not there yet, with the rights that the user gives new files."""
    with open(path, "xb", buffering=0) as file:  # noqa: PTH123 - thousands of files: text is cheaper
        while data:
            data = data[file.write(data) :]


def _remove(folder: Path, path: str) -> None:
    # A manifest is a file like any other: what somebody wrote into it must not reach outside.
    if not (folder / path).parent.resolve().is_relative_to(folder.resolve()):
        return
    with suppress(FileNotFoundError):
        (folder / path).unlink()
    for parent in (folder / path).parents:
        if parent == folder or not parent.is_relative_to(folder):
            return
        try:
            parent.rmdir()
        except OSError:  # not empty: somebody else's files are in it
            return


def _advice(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "Make room on the disk."
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return "Make it writable, or give another --out."
    return f"See whether {FOLDER} and the files beside it are what they should be, or give another --out."
