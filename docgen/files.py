"""Reads files that a user names or an earlier run left, in bounded time and memory, and writes files atomically.

Paths are used as they come, and `pathlib` is not imported: a build with nothing to do spends most of its time on
imports.
"""

from __future__ import annotations

import errno
import os
import stat

from docgen.errors import PageError, SettingError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 256 * 1024 * 1024
"""Limit on the bytes that are read from one file, so that a damaged one does not fill the memory."""


def size_of(path: str | Path) -> int:
    """Return the size of a file in bytes.

    Raises:
        OSError: It does not exist, or it is a pipe, a socket or a device, from which reading might never end.
        ValueError: No file can have this name.
    """
    status = os.stat(path)  # noqa: PTH116 - see above
    if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
        raise OSError(errno.EINVAL, "Not a regular file", str(path))
    return status.st_size


def read_file(path: str | Path) -> bytes:
    """Return the contents of a file.

    Raises:
        OSError: It cannot be read, is not a regular file, or is larger than `LARGEST`.
        ValueError: No file can have this name.
    """
    if size_of(path) > LARGEST:
        raise OSError(errno.EFBIG, f"Larger than {LARGEST:,} bytes", str(path))
    with open(path, "rb") as file:  # noqa: PTH123 - see above
        return file.read()


def read_kept(path: str | Path) -> bytes:
    """Return the contents of a file of an earlier run; nothing, as for a damaged one, if it cannot be read."""
    try:
        return read_file(path)
    except OSError:
        return b""


def read_text(path: str | Path, advice: str) -> str:
    """Return the text of a file that a setting or an earlier command names.

    Parameters:
        path: The file.
        advice: What to do if it cannot be read, as a sentence.

    Raises:
        SettingError: It cannot be read, or is not UTF-8 text.
    """
    try:
        return read_file(path).decode()
    except OSError as error:
        raise SettingError(f"{path}: cannot be read: {error.strerror}. {advice}") from error
    except ValueError as error:  # not UTF-8, or a null byte in its name
        raise SettingError(f"{path}: not a file of UTF-8 text: {error}. {advice}") from error


def read_page(path: Path) -> str:
    """Return the text of a page.

    Raises:
        PageError: There is no such file, or it is not text.
    """
    try:
        return read_file(path).decode()
    except OSError as error:
        raise PageError(
            str(path), 1, f"cannot be read: {error.strerror}. Name the file of a reference page."
        ) from error
    except UnicodeDecodeError as error:
        raise PageError(str(path), 1, "not UTF-8 text. Name the file of a reference page.") from error
    except ValueError as error:  # a null byte
        raise PageError(repr(str(path)), 1, "no file can have this name. Name the file of a reference page.") from error


def is_file(path: Path) -> bool:
    """Return True if the file exists; False also for a path that no file can have."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that is too long, or contains a null byte
        return False


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that every reader finds the old contents or the new ones, and never a part.

    A file with the same contents is not touched, and one that is replaced keeps its permissions. A pipe or a device is
    written to directly.

    Raises:
        OSError: It cannot be written; the old contents are unchanged.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
        return
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)  # left by an interrupted write, or put there by someone else
    try:
        with new.open("xb") as file:
            file.write(data)
        if path.is_file():
            new.chmod(stat.S_IMODE(path.stat().st_mode))
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
