"""Text files that a user names."""

from __future__ import annotations

from pathlib import Path

from docgen.errors import PageError


def read_page(path: Path) -> str:
    """Return the text of a page.

    Raises:
        PageError: There is no such file, or it is no text.
    """
    try:
        return path.read_bytes().decode()
    except OSError as error:
        raise PageError(
            str(path), 1, f"cannot be read: {error.strerror}. Name the file of a reference page."
        ) from error
    except UnicodeDecodeError as error:
        raise PageError(str(path), 1, "is no text in UTF-8. Name the file of a reference page.") from error
