"""Removes what a process of an implementation may leave behind: temporary files and shared memory.

The process gets a temporary folder of its own, which is removed with everything in it. Shared memory has no folder of
its own: the process reports what it opens, and what is new and no longer open in any process is removed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - where Linux shows shared memory and semaphores
MOST_BYTES = 1 << 30
"""Limit of the temporary folder of a process."""
MOST_NAME_BYTES = 1 << 20
"""How much is read of the names of shared memory."""


class Scratch:
    """The temporary folder of one process."""

    def __init__(self) -> None:
        self.shared: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in remove()
        """The names of the shared memory that the process has opened; `child/supervisor.py` writes them."""
        try:
            self.folder = Path(tempfile.mkdtemp(prefix="assay-"))
        except BaseException:
            self.shared.close()
            raise
        self._shared_before = shared_names()

    @property
    def variables(self) -> Mapping[str, str]:
        """The environment variables that lead to it."""
        return dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(self.folder))

    def is_overfull(self, share: float = 1.0) -> bool:
        """Return True if it contains more than a share of `MOST_BYTES`."""
        return sum(sizes_below(self.folder)) > share * MOST_BYTES

    def remove(self) -> None:
        """Remove it, and what the process left in shared memory. The process has ended."""
        remove_tree(self.folder)
        if self.shared.closed:
            return
        self.shared.seek(0)
        opened = self.shared.read(MOST_NAME_BYTES).decode(errors="replace").splitlines()
        self.shared.close()
        left = (shared_names() - self._shared_before).intersection(opened)
        for name in left - shared_in_use() if left else ():
            with contextlib.suppress(OSError):
                (SHARED_MEMORY / name).unlink()


def sizes_below(folder: Path) -> Iterator[int]:
    """Yield the sizes of the files below a folder, as far as they can be read."""
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                yield Path(parent, name).lstat().st_size


def remove_tree(folder: Path) -> None:
    """Remove a folder, even if the permissions of folders in it forbid that."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        for parent, names, _ in os.walk(folder):
            for one in (Path(parent), *(Path(parent, name) for name in names)):
                with contextlib.suppress(OSError):
                    if not one.is_symlink():  # what a link leads to is not ours
                        one.chmod(0o700)
        shutil.rmtree(folder, ignore_errors=True)


def shared_names() -> frozenset[str]:
    """Return the names of this user's shared memory and semaphores; none where a system does not show them."""
    try:
        return frozenset(
            one.name for one in os.scandir(SHARED_MEMORY) if one.stat(follow_symlinks=False).st_uid == os.getuid()
        )
    except OSError:
        return frozenset()


def shared_in_use() -> frozenset[str]:
    """Return the names of shared memory that a process has open or mapped. Source: proc(5), maps and fd."""
    paths: list[str] = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            paths += (process / "maps").read_text(encoding="utf-8", errors="replace").splitlines()
            for descriptor in (process / "fd").iterdir():
                with contextlib.suppress(OSError):
                    paths.append(str(descriptor.readlink()))
    return frozenset(path.rpartition(f"{SHARED_MEMORY}/")[2] for path in paths if str(SHARED_MEMORY) in path)
