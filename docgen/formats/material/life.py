"""Reads when symbols were added, changed and removed from the output of `docgen history --format json`."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from docgen.errors import SettingError
from docgen.files import read_file


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A change that a release made to a symbol."""

    version: str
    text: str


class Life(msgspec.Struct, frozen=True, kw_only=True):
    """When a symbol or a parameter was added and removed; empty if that was not in the releases that were read."""

    added: str = ""
    removed: str = ""
    changes: tuple[Change, ...] = ()
    parameters: dict[str, Life] = {}


class Lives(msgspec.Struct, frozen=True, kw_only=True):
    """The symbols of a distribution over its releases."""

    symbols: dict[str, Life] = {}
    """By public path; symbols that never changed are left out."""

    def of(self, path: str) -> Life:
        """Return the life of a symbol, given by its public path; for a constructor, that of its class."""
        return self.symbols.get(path, _NONE)

    def notes(self) -> dict[str, str]:
        """Return the note in a table row about a symbol, given by its public path: the first event of its life."""
        lives = ((path, next(events_of(life), None)) for path, life in self.symbols.items())
        return {path: event[0].capitalize() for path, event in lives if event and not event[1]}


_NONE = Life()


def read_lives(file: str) -> Lives:
    """Return the lives in a file, none if no file is given.

    Raises:
        SettingError: It cannot be read.
    """
    if not file:
        return Lives()
    try:
        return msgspec.json.decode(read_file(file), type=Lives)
    except (OSError, ValueError, RecursionError) as error:
        make = f"Write it again: docgen history NAME --from OLD --to NEW --format json > {file}"
        raise SettingError(f"history = {file!r}: cannot be read: {error}. {make}") from error


LONGEST = 80
"""Length limit of a change that a page shows, in characters."""


def events_of(life: Life) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Yield (event, parameters, details) in the order of a page: `("added in 1.2", ("timeout",), "")`.

    Without parameters, the event is about the whole symbol.
    """
    if life.added:
        yield f"added in {life.added}", (), ""
    for event in ("added", "removed"):
        names: dict[str, list[str]] = {}
        for name, each in life.parameters.items():
            if version := getattr(each, event):
                names.setdefault(version, []).append(name)
        for version, those in names.items():
            yield f"{event} in {version}", tuple(those), ""
    texts: dict[str, list[str]] = {}
    for change in life.changes:
        if change.text.partition("`")[2].partition("`")[0] not in life.parameters:
            texts.setdefault(change.version, []).append(change.text)
    for version, changes in texts.items():
        text = "; ".join(changes)
        yield f"changed in {version}", (), text if len(text) <= LONGEST else ""
