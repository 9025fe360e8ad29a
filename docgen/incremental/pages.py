"""Reuses pages of the last build whose values are the same and whose files are unchanged."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from docgen.files import read_kept
from docgen.incremental.unchanged import FOLDER, read_raw
from docgen.stamps import stamp

NAME = "pages.json"


class StoredPages:
    """The pages of an output folder, by the digest of their values.

    Parameters:
        folder: The output folder.
        key: What pages depend on besides their values: dialect, site, versions. Pages of another key are ignored.
    """

    def __init__(self, folder: Path, key: str) -> None:
        self.digests: dict[str, str] = {}
        """Path -> digest of the values of the page in this build."""
        self._folder = folder
        self._key = key
        self._last: Mapping[str, str] = {}
        raw = read_raw(str(folder))
        self._stamps = {path: (path, changed, size) for path, changed, size in raw["outputs"]} if raw else {}
        if raw:
            self._last = _read(folder / FOLDER / NAME, key)

    def text(self, path: str, digest: str) -> str | None:
        """Return the text of a page made from values with a given digest, None if it must be rendered."""
        self.digests[path] = digest
        place = str(self._folder / path)
        if self._last.get(path) != digest or self._stamps.get(place) != stamp(place):
            return None
        return Path(place).read_bytes().decode()

    def forget(self, path: str) -> None:
        """Have the next build render a page."""
        self.digests.pop(path, None)

    def dump(self) -> bytes:
        """Return the records that the next build can reuse."""
        return msgspec.json.encode({"key": self._key, "pages": self.digests})


def digest_of(*values: object) -> str:
    """Return the digest of values of the model."""
    return hashlib.blake2b(msgspec.json.encode(values), digest_size=16).hexdigest()


def _read(path: Path, key: str) -> Mapping[str, str]:
    try:
        raw = msgspec.json.decode(read_kept(path))
        pages = raw["pages"] if raw["key"] == key else {}
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
    return pages if isinstance(pages, dict) else {}
