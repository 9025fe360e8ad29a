"""The journal of a run: what was found, as lines of JSON that are on disk as soon as a block is done.

Its last line says whether the run is complete. A run that was interrupted can be resumed from the other lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec

from conformance.engine.blocks import Line


class Journal:
    """Writes lines to disk at once. Without a footer as its last line, the run was interrupted."""

    def __init__(self, path: Path | None, *, resumes: bool = False) -> None:
        """Open the file.

        Parameters:
            path: The file. None: nothing is written.
            resumes: Whether to append to the lines that it has.

        Raises:
            OSError: It cannot be written.
        """
        self._path = path
        self._places = _places_in(path) if resumes and path is not None and path.is_file() else {}
        self._asked: set[str] = set()
        self._file: IO[bytes] | None = None
        if path is not None:
            self._file = path.open("ab" if self._places else "wb", buffering=0)
        self._count = 0
        self.error: OSError | None = None
        """Why lines are missing (a full disk, say); None if none are missing. The run continues without them."""

    def add(self, line: bytes) -> None:
        """Write one line about a series."""
        self._count += b'"result":' in line
        self._write(line)

    def finished(self, series: str) -> Iterator[Line]:
        """Yield the lines about a series that an earlier run has left."""
        if self._path is None or series not in self._places:
            return
        is_first = series not in self._asked
        self._asked.add(series)
        with self._path.open("rb") as file:
            for place in self._places[series]:
                file.seek(place)
                line = msgspec.json.decode(file.readline(), type=Line)
                self._count += is_first and line.result is not None
                yield line

    @property
    def others(self) -> int:
        """How many series of an earlier run were not used: those of another suite, implementation or setting."""
        return len(self._places.keys() - self._asked)

    def close(self, *, is_complete: bool) -> None:
        """Write the footer."""
        self._write(msgspec.json.encode(Line(footer=True, is_complete=is_complete, verdicts=self._count)) + b"\n")
        if self._file is not None:
            self._file.close()

    def _write(self, line: bytes) -> None:
        if self._file is not None and self.error is None:
            try:
                self._file.write(line)
            except OSError as error:
                self.error = error


def _places_in(path: Path) -> dict[str, list[int]]:
    """Return where the lines about each series begin. A line at the end that was cut off is removed from the file."""
    places: dict[str, list[int]] = defaultdict(list)
    with path.open("r+b") as file:
        place = 0
        for line in file:
            if not line.endswith(b"\n"):
                file.truncate(place)
                break
            try:
                found = msgspec.json.decode(line, type=Line)
            except (ValueError, RecursionError):  # a line that a crash of the machine has damaged
                found = Line(footer=True)
            if not found.footer:
                places[found.series].append(place)
            place += len(line)
    return dict(places)
