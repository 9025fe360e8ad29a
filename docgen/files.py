"""Files that a user names: read as text, written whole."""

from __future__ import annotations

from pathlib import Path

from docgen.errors import PageError


def read_page(path: Path) -> str:
    """Return the text of a page.

    Raises:
        PageError: There is no such file, or it is not text.
    """
    try:
        return path.read_bytes().decode()
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
    except (OSError, ValueError):  # a name that is too long, or holds a null byte
        return False


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that every reader finds the old one or the new one, and never a part.

    An equal file is not touched. What is there and is not a file, a pipe or a device, is written to directly.

    Raises:
        OSError: It cannot be written; what was there is untouched.
    """
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    if path.is_file() and path.read_bytes() == data:
        return
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)  # of a write that was cut off, or put there by someone else
    try:
        with new.open("xb") as file:
            file.write(data)
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
