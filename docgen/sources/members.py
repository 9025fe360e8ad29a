"""Write the members of an archive to disk: plan them first, from the headers alone, then write one by one.

Names and limits are checked and links are resolved before anything is written. Only regular files are written, into
folders that this loop has just created, and each file is opened so that no link is followed. A link to a member becomes
a copy of it.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from docgen.errors import ArchiveError, UnsafeArchiveError
from docgen.findings import shown

MAX_NAME_BYTES = 200
"""Longest part of a path. File systems allow 255 bytes."""
MAX_PATH_BYTES = 1_000
"""Longest path inside an archive, and longest target of a link. Systems allow 1,024 to 4,096 bytes for a whole path."""
MAX_LINKS = 40
"""Longest chain of links; Linux follows as many."""
MAX_NOTES = 20
"""Number of notes; the rest is counted."""
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How large an archive may be when it is unpacked."""

    members: int = 100_000
    """Files, links and folders together."""
    size_bytes: int = 4 << 30
    ratio: int = 200
    """Unpacked bytes for each byte of the archive."""
    free_bytes: int = 64 << 20
    """Unpacked size below which the ratio is not checked."""

    def of(self, packed_bytes: int) -> Limits:
        """Return the limits for an archive of this size, with the ratio applied."""
        return replace(self, size_bytes=min(self.size_bytes, max(self.free_bytes, packed_bytes * self.ratio)))


LIMITS = Limits()


@dataclass(frozen=True, kw_only=True)
class Member:
    """One member of an archive, as its header describes it."""

    name: str
    size_bytes: int = 0
    link: str | None = None
    """The target of a link, relative to its folder; None if the member is not a link."""
    is_folder: bool = False
    is_special: bool = False
    """A device, a pipe or a socket."""
    key: int | str = 0
    """Identifies the content in the archive."""


class Content(Protocol):
    """The content of a member."""

    def read(self, size: int = -1, /) -> bytes:
        """Return that many bytes, or fewer at the end."""
        ...


class Archive(Protocol):
    """An opened archive."""

    def members(self) -> Iterator[Member]:
        """Yield the members in their order."""
        ...

    def contents(self, wanted: Sequence[Member]) -> Iterator[tuple[Member, Content]]:
        """Yield some regular members with their content; read each before requesting the next one."""
        ...


def write_members(
    name: str, archive: Archive, into: Path, limits: Limits, *, is_partial: bool = False
) -> tuple[str, ...]:
    """Write the members of an archive into a new folder.

    Parameters:
        name: Name of the archive, for messages.
        archive: The opened archive.
        into: A folder that does not exist yet.
        limits: Limits that are checked before anything is written.
        is_partial: The archive is an extract, so a link that cannot be resolved is left out and not an error.

    Returns:
        One sentence for each member that was left out or has another name on disk.

    Raises:
        UnsafeArchiveError, ArchiveError: As in `unpack`.
    """
    plan = _Plan(name, limits)
    for member in archive.members():
        plan.add(member)
    copies = plan.resolve_links(is_partial=is_partial)
    into.mkdir(mode=0o700)
    made = {""}
    for member, content in archive.contents(tuple(plan.files.values())):
        _write(into, made, plan.place(member.name), _pieces(content, member))
    for place, source in copies:
        with (into / source).open("rb") as content:
            _write(into, made, place, iter(partial(content.read, CHUNK_BYTES), b""))
    more = len(plan.notes) - MAX_NOTES
    return (*plan.notes[:MAX_NOTES], *([f"and {more:,} more members are left out or renamed"] if more > 0 else []))


class _Plan:
    """Which members of an archive are written, and where."""

    def __init__(self, archive: str, limits: Limits) -> None:
        self.archive = archive
        self.limits = limits
        self.files: dict[str, Member] = {}
        self.links: dict[str, Member] = {}
        self.folders: set[str] = set()
        self.notes: list[str] = []
        self._places: dict[str, str] = {}
        self._members = 0
        self._size_bytes = 0

    def add(self, member: Member) -> None:
        """Plan one member.

        Raises:
            UnsafeArchiveError: It leads outside, or with it the archive exceeds a limit.
        """
        self._members += 1
        self._size_bytes += member.size_bytes
        self._hold_limits()
        name = self._key(self._inside(member.name))
        member = replace(member, name=name)
        if member.is_special:
            self.notes.append(f"the member {shown(name)} is not a regular file; it is left out")
        elif member.is_folder:
            self.folders.add(name)
        elif not name:
            raise self._unsafe("a member without a name would be written")
        elif member.link is not None:
            if len(member.link) > MAX_PATH_BYTES:
                raise ArchiveError(f"{self.archive}: the link {shown(name)} is too long. Download it again.")
            self.files.pop(name, None)
            self.links[name] = member
        else:
            # Of two members with the same name, the later one wins, as in every other tool.
            self.links.pop(name, None)
            self.files[name] = member

    def resolve_links(self, *, is_partial: bool) -> list[tuple[str, str]]:
        """Return the files that replace links, as the path on disk and the path they are copied from.

        Parameters:
            is_partial: A link that cannot be resolved is left out.

        Raises:
            UnsafeArchiveError: A link leads outside, or the copies exceed the limits.
            ArchiveError: A link has no target or is in a cycle, or a file is a folder too.
        """
        self._note_parents()
        copies = []
        for name in self.links:
            try:
                target = self._target(name)
            except ArchiveError:
                if not is_partial:
                    raise
                self.notes.append(f"the link {shown(name)} leads to no file that was read; it is left out")
                continue
            if target is None:
                self.notes.append(f"the link {shown(name)} leads to a folder; it is left out")
                continue
            self._size_bytes += self.files[target].size_bytes
            self._hold_limits()
            copies.append((self.place(name), self.place(target)))
        return copies

    def _note_parents(self) -> None:
        parents: set[str] = set()
        for name in (*self.files, *self.links, *self.folders):
            parent = posixpath.dirname(name)
            while parent and parent not in parents:
                parents.add(parent)
                parent = posixpath.dirname(parent)
            self._hold_limits(len(parents))
        self.folders |= parents
        for name in self.files:
            if name in self.folders:
                raise ArchiveError(
                    f"{self.archive}: the member {shown(name)} is both a file and a folder. Download it again."
                )

    def _target(self, name: str) -> str | None:
        """Return the file that a link leads to in the end, None if that is a folder."""
        target = name
        for _ in range(MAX_LINKS):
            if target in self.files:
                return target
            if target in self.folders or not target:
                return None
            if target not in self.links:
                raise ArchiveError(
                    f"{self.archive}: the link {shown(name)} leads to {shown(target)}, which is not in the archive. "
                    "Download it again."
                )
            link = str(self.links[target].link)
            if link.startswith("/") or "\0" in link:
                raise self._unsafe(f"the link {shown(name)} to {shown(link)} leads")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(target), link))
            if target == ".." or target.startswith("../"):
                raise self._unsafe(f"the link {shown(name)} to {shown(link)} leads")
            target = "" if target == "." else self._key(target)
        raise ArchiveError(f"{self.archive}: the link {shown(name)} leads in a circle. Download it again.")

    def _inside(self, name: str) -> str:
        """Return the name of a member in one spelling, `/` between its parts; empty for the folder itself."""
        path = name.replace("\\", "/")
        parts = [part for part in path.split("/") if part not in ("", ".")]
        if path.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", path) or "\0" in path:
            raise self._unsafe(f"the member {shown(name)} would be written")
        return "/".join(parts)

    def _unsafe(self, what: str) -> UnsafeArchiveError:
        return UnsafeArchiveError(f"{self.archive}: {what} outside its folder. Do not use this archive.")

    def _key(self, path: str) -> str:
        """Return the path to use for a member: its own, or a short unique one if its own is too long."""
        if len(path) <= MAX_PATH_BYTES:
            return path
        first = path.partition("/")[0]
        short = f"{first if len(first) < MAX_NAME_BYTES else _short(first)}/{_short(path)}"
        self._note_name(path, short)
        return short

    def place(self, name: str) -> str:
        """Return the path of a member on disk, with short unique names for parts that are too long."""
        if name not in self._places:
            place = "/".join(_short(part) if _is_too_long(part) else part for part in name.split("/"))
            if place != name:
                self._note_name(name, place)
            self._places[name] = place
        return self._places[name]

    def _note_name(self, name: str, place: str) -> None:
        self.notes.append(f"the name {shown(name)} does not fit into a file system; the file is called {shown(place)}")

    def _hold_limits(self, folders: int = 0) -> None:
        limits = self.limits
        if self._members + folders > limits.members:
            raise UnsafeArchiveError(
                f"{self.archive}: more than {limits.members:,} members. Unpack it yourself and name the folder."
            )
        if self._size_bytes > limits.size_bytes:
            raise UnsafeArchiveError(
                f"{self.archive}: would unpack to more than {limits.size_bytes:,} bytes. "
                "If that is meant, unpack it yourself and name the folder."
            )


# -- writing


def _write(into: Path, made: set[str], place: str, pieces: Iterator[bytes]) -> None:
    """Write one file below a folder.

    Parameters:
        into: The folder.
        made: The folders created in it so far; any other folder found there is not ours.
        place: Path of the file, relative to the folder.
        pieces: Its content.
    """
    parent, _, _ = place.rpartition("/")
    if parent not in made:
        parts = parent.split("/")
        for depth in range(1, len(parts) + 1):
            folder = "/".join(parts[:depth])
            if folder not in made:
                (into / folder).mkdir(mode=0o700)
                made.add(folder)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(into / place, flags, 0o600), "wb") as file:
        file.writelines(pieces)


def _pieces(content: Content, member: Member) -> Iterator[bytes]:
    """Yield the content of a member, as many bytes as its header announces.

    Raises:
        EOFError: There is less.
    """
    left = member.size_bytes
    while left:
        piece = content.read(min(left, CHUNK_BYTES))
        if not piece:
            raise EOFError(f"the member {shown(member.name)} ends early")
        left -= len(piece)
        yield piece
    content.read(1)  # at its end a zip file compares the checksum


def _is_too_long(part: str) -> bool:
    try:
        return len(part.encode()) > MAX_NAME_BYTES
    except UnicodeEncodeError:  # not UTF-8: not every system can store or print it
        return True


def _short(name: str) -> str:
    """Return a short unique name for a file, with the same suffix."""
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:16]
    stem, suffix = posixpath.splitext(posixpath.basename(name))
    kept = re.sub(r"\W", "_", stem[:40], flags=re.ASCII)
    return f"{kept}-{digest}{suffix}" if re.fullmatch(r"[.]\w{1,8}", suffix, re.ASCII) else f"{kept}-{digest}"
