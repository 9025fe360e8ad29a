"""Archives onto disk, member by member, by a loop of our own: wheels, zip files and tar files.

Members are planned first, from the headers alone: names are judged, limits held, links resolved. Only then is anything
written, and only regular files into folders that this loop has just made itself, each opened so that no link is
followed. `tarfile` and `zipfile` are asked for headers and bytes and never extract: what their own extraction lets
through depends on the patch level of the interpreter.
"""

from __future__ import annotations

import bz2
import errno
import gzip
import hashlib
import io
import lzma
import os
import posixpath
import re
import stat
import struct
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from docgen.errors import ArchiveError, CacheError, DocgenError, UnsafeArchiveError
from docgen.findings import shown
from docgen.sources.cache import CACHE_ADVICE

_ZIP_SUFFIXES = (".whl", ".zip")
_INSTALLED = re.compile(r"[^/]+\.data/(?:purelib|platlib)/")
"""Where a wheel keeps files that the installer puts beside the others."""

MAX_NAME_BYTES = 200
"""Of one part of a path. File systems allow 255, and temporary names need some of them."""
MAX_PATH_BYTES = 1_000
"""Of a path inside the archive. Systems allow 1,024 to 4,096 for a whole path."""
MAX_LINKS = 40
"""Links that lead to links. As many as Linux follows."""
HEADER_BYTES = 4 << 20
"""What the headers of one member may take, extended ones included."""
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How large an archive may be when it is unpacked."""

    members: int = 200_000
    size_bytes: int = 4 << 30
    ratio: int = 200
    """Unpacked bytes for each byte of the archive."""
    free_bytes: int = 64 << 20
    """Below this unpacked size the ratio does not count."""

    def of(self, packed_bytes: int) -> Limits:
        """Return the limits for an archive of a size: what it cannot honestly hold is not unpacked."""
        return replace(self, size_bytes=min(self.size_bytes, max(self.free_bytes, packed_bytes * self.ratio)))


LIMITS = Limits()


@dataclass(frozen=True, kw_only=True)
class Member:
    """One member of an archive, as its header describes it."""

    name: str
    size_bytes: int = 0
    link: str | None = None
    """What a link leads to, from its own folder; None for a member that is no link."""
    is_folder: bool = False
    is_special: bool = False
    """A device, a pipe or a socket."""
    key: int | str = 0
    """What the archive finds the content by."""


class Content(Protocol):
    """The content of a member."""

    def read(self, size: int = -1, /) -> bytes:
        """Return so many bytes, or fewer at the end."""
        ...


class Archive(Protocol):
    """An opened archive."""

    def members(self) -> Iterator[Member]:
        """Yield the members in their order."""
        ...

    def contents(self, wanted: Sequence[Member]) -> Iterator[tuple[Member, Content]]:
        """Yield some regular members with their content, each to be read before the next one is asked for."""
        ...


def unpack(archive: Path, into: Path, limits: Limits = LIMITS) -> tuple[str, ...]:
    """Unpack an archive.

    Parameters:
        archive: The file; its name says of which kind it is.
        into: A folder that does not exist yet, in one that only this user can write to.
        limits: Held before anything is written.

    Returns:
        One sentence for each member that was left out or has another name on disk.

    Raises:
        UnsafeArchiveError: A member would be written outside the folder, or the archive exceeds a limit.
        ArchiveError: It is damaged, encrypted, or contradicts itself.
    """
    try:
        with _opened(archive) as opened:
            return write_members(archive.name, opened, into, limits.of(archive.stat().st_size))
    except DocgenError:
        raise
    except Exception as error:  # code from outside: the decoders raise whatever they stumble on
        if isinstance(error, OSError) and _is_of_disk(error, into):
            raise CacheError(f"{archive.name}: cannot be unpacked: {error.strerror}. {CACHE_ADVICE}") from error
        raise ArchiveError(f"{archive.name}: cannot be unpacked: {_reason(error)}. Download it again.") from error


def write_members(
    name: str, archive: Archive, into: Path, limits: Limits, *, is_partial: bool = False
) -> tuple[str, ...]:
    """Write the members of an archive below a folder that is made here.

    Parameters:
        name: Of the archive, for messages.
        archive: Opened.
        into: A folder that does not exist yet.
        limits: Held before anything is written.
        is_partial: Not every member is there; a link that leads astray is left out then, and no reason to refuse all.

    Returns:
        One sentence for each member that was left out or has another name on disk.

    Raises:
        UnsafeArchiveError, ArchiveError: As `unpack` raises them.
    """
    plan = _Plan(name, limits)
    for member in archive.members():
        plan.add(member)
    copies = plan.resolve_links(is_partial=is_partial)
    into.mkdir(mode=0o700)
    made = {""}
    for member, content in archive.contents(tuple(plan.files.values())):
        _write(into, made, plan.places[member.name], _pieces(content, member))
    for place, source in copies:
        with (into / source).open("rb") as content:
            _write(into, made, place, iter(partial(content.read, CHUNK_BYTES), b""))
    return tuple(plan.notes)


class _Plan:
    """What of an archive is written where."""

    def __init__(self, archive: str, limits: Limits) -> None:
        self.archive = archive
        self.limits = limits
        self.files: dict[str, Member] = {}
        self.links: dict[str, Member] = {}
        self.folders: set[str] = set()
        self.places: dict[str, str] = {}
        """Name of a member -> path on disk; another one where the file system could not hold the name."""
        self.notes: list[str] = []
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
        name = self._inside(member.name)
        member = replace(member, name=name)
        if member.is_special:
            self.notes.append(f"the member {shown(name)} is a device or a pipe; it is left out")
        elif member.is_folder:
            self.folders.add(name)
        elif not name:
            raise self._unsafe("a member without a name would be written")
        elif member.link is not None:
            self.files.pop(name, None)
            self.links[name] = member
        else:
            # Of two members of one name the later one counts, as it does for every other tool.
            self.links.pop(name, None)
            self.files[name] = member
            self.places[name] = self._place(name)

    def resolve_links(self, *, is_partial: bool) -> list[tuple[str, str]]:
        """Return the files that stand for links, as path on disk and the path they are copied from.

        Parameters:
            is_partial: A link that leads astray is left out.

        Raises:
            UnsafeArchiveError: A link leads outside, or the copies exceed the limits.
            ArchiveError: A link leads to nothing or in a circle, or a file is a folder too.
        """
        self._note_parents()
        copies = []
        for name, member in self.links.items():
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
            self.places[name] = self._place(member.name)
            copies.append((self.places[name], self.places[target]))
        return copies

    def _note_parents(self) -> None:
        parents: set[str] = set()
        for name in (*self.files, *self.links, *self.folders):
            parent = posixpath.dirname(name)
            while parent and parent not in parents:
                parents.add(parent)
                parent = posixpath.dirname(parent)
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
                    f"{self.archive}: the link {shown(name)} leads to {shown(target)}, which is no member. "
                    "Download it again."
                )
            link = str(self.links[target].link)
            if link.startswith("/") or "\0" in link:
                raise self._unsafe(f"the link {shown(name)} to {shown(link)} leads")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(target), link))
            if target == ".." or target.startswith("../"):
                raise self._unsafe(f"the link {shown(name)} to {shown(link)} leads")
            target = "" if target == "." else target
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

    def _place(self, name: str) -> str:
        """Return the path of a member on disk, with a short unique name where the file system could not hold it."""
        parts = name.split("/")
        if len(os.fsencode(name)) > MAX_PATH_BYTES:
            parts = [*parts[:1], _short(name)]
        place = "/".join(_short(part) if _is_too_long(part) else part for part in parts)
        if place != name:
            self.notes.append(f"the name {shown(name)} does not fit into a file system; the file is called {place}")
        return place

    def _hold_limits(self) -> None:
        limits = self.limits
        if self._members > limits.members:
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
        made: The folders below it that were made so far; a folder that is there and not among them is not ours.
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
    """Yield the content of a member, as much of it as the header announced.

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
    except UnicodeEncodeError:  # bytes that are no UTF-8: not every system can hold them
        return True


def _short(name: str) -> str:
    """Return a short name for a file, different for every name, with the same suffix."""
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:16]
    stem, suffix = posixpath.splitext(posixpath.basename(name))
    kept = re.sub(r"\W", "_", stem[:40], flags=re.ASCII)
    return f"{kept}-{digest}{suffix}" if re.fullmatch(r"[.]\w{1,8}", suffix, re.ASCII) else f"{kept}-{digest}"


def _is_of_disk(error: OSError, into: Path) -> bool:
    """Return True if an error comes from writing below a folder, and not from reading an archive."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT) or str(error.filename).startswith(str(into))


def _reason(error: Exception) -> str:
    text = " ".join(str(error).split()) or type(error).__name__
    return shown(text, 200).rstrip(".")


# -- formats


@contextmanager
def _opened(path: Path) -> Iterator[Archive]:
    with path.open("rb") as file:
        if path.name.endswith(_ZIP_SUFFIXES):
            _refuse_large_directory(path.name, file)
            with zipfile.ZipFile(file) as opened:
                yield _Zip(path.name, opened, is_wheel=path.name.endswith(".whl"))
        else:
            with closing(_decompressed(file)) as stream:
                yield _Tar(stream)


def _decompressed(file: io.BufferedReader) -> io.BufferedIOBase:
    """Return what a tar file reads like without its compression, which its first bytes tell."""
    head = file.read(3)
    file.seek(0)
    if head.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=file)
    if head.startswith(b"BZ"):
        return bz2.BZ2File(file)
    return lzma.LZMAFile(file) if head == b"\xfd7z" else file


def _refuse_large_directory(name: str, file: io.BufferedReader, limits: Limits = LIMITS) -> None:
    """Refuse a zip file with too many members before `zipfile` makes an object of each.

    Raises:
        UnsafeArchiveError: It has too many.
    """
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - (1 << 16) - 98))
    tail = file.read()
    file.seek(0)
    place, large = tail.rfind(b"PK\x05\x06"), tail.rfind(b"PK\x06\x06")
    size = 0
    with suppress(struct.error):
        size = struct.unpack_from("<L", tail, place + 12)[0] if place >= 0 else 0
        size = struct.unpack_from("<Q", tail, large + 40)[0] if large >= 0 else size
    smallest = 46  # bytes of an entry without its name
    if size > limits.members * smallest * 4:
        raise UnsafeArchiveError(
            f"{name}: more than {limits.members:,} members. Unpack it yourself and name the folder."
        )


class _Zip:
    def __init__(self, name: str, opened: zipfile.ZipFile, *, is_wheel: bool) -> None:
        self.name = name
        self.opened = opened
        self.is_wheel = is_wheel
        self._infos = opened.infolist()

    def members(self) -> Iterator[Member]:
        for number, info in enumerate(self._infos):
            if info.flag_bits & 0x1:
                raise ArchiveError(f"{self.name}: {shown(info.filename)} is encrypted. Decrypt the archive first.")
            if "\0" in info.orig_filename:
                raise UnsafeArchiveError(
                    f"{self.name}: the member {shown(info.orig_filename)} has a null byte in its name. "
                    "Do not use this archive."
                )
            mode = info.external_attr >> 16
            is_link = stat.S_ISLNK(mode)
            if is_link and info.file_size > MAX_PATH_BYTES:
                raise ArchiveError(f"{self.name}: the link {shown(info.filename)} is too long. Download it again.")
            yield Member(
                name=_INSTALLED.sub("", info.filename, count=1) if self.is_wheel else info.filename,
                size_bytes=info.file_size,
                link=self.opened.read(info).decode("utf-8", "surrogateescape") if is_link else None,
                is_folder=info.is_dir(),
                is_special=stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK),
                key=number,
            )

    def contents(self, wanted: Sequence[Member]) -> Iterator[tuple[Member, Content]]:
        for member in wanted:
            with self.opened.open(self._infos[int(member.key)]) as content:
                yield member, content


class _Metered:
    """A file whose reader may take so much and no more, until more is allowed.

    `tarfile` reads extended headers whole, however long they say they are.
    """

    def __init__(self, file: io.BufferedIOBase) -> None:
        self._file = file
        self.allowed_bytes = HEADER_BYTES
        self.tell = file.tell
        self.seek = file.seek

    def read(self, size: int = -1) -> bytes:
        if size < 0 or size > self.allowed_bytes:
            raise tarfile.ReadError("the header of a member is too long")
        self.allowed_bytes -= size
        return self._file.read(size)


class _Tar:
    def __init__(self, stream: io.BufferedIOBase) -> None:
        self._stream = stream

    def members(self) -> Iterator[Member]:
        for number, info, _ in self._infos():
            link = None
            if info.issym():
                link = info.linkname
            elif info.islnk():  # named from the top of the archive
                depth = posixpath.normpath(info.name).count("/")
                link = info.linkname if info.linkname.startswith("/") else "../" * depth + info.linkname
            yield Member(
                name=info.name,
                size_bytes=info.size if info.isreg() else 0,
                link=link,
                is_folder=info.isdir(),
                is_special=not (info.isreg() or info.isdir() or link is not None) or info.issparse(),
                key=number,
            )

    def contents(self, wanted: Sequence[Member]) -> Iterator[tuple[Member, Content]]:
        by_number = {member.key: member for member in wanted}
        for number, info, opened in self._infos():
            content = opened.extractfile(info) if number in by_number else None
            if content is not None:
                yield by_number[number], content

    def _infos(self) -> Iterator[tuple[int, tarfile.TarInfo, tarfile.TarFile]]:
        self._stream.seek(0)
        metered = _Metered(self._stream)
        with tarfile.open(fileobj=metered, mode="r:") as opened:  # type: ignore[call-overload] # it has what is used
            number = 0
            while (info := _next(opened, metered)) is not None:
                metered.allowed_bytes = info.size + CHUNK_BYTES
                yield number, info, opened
                opened.members = []  # or each is kept until the end
                number += 1
            self._stream.seek(opened.offset)
            # At a header that is damaged `tarfile` stops as if it were the end, which is a block of zeros.
            if self._stream.read(tarfile.BLOCKSIZE).strip(b"\0"):
                raise tarfile.ReadError("the header of a member is damaged")


def _next(opened: tarfile.TarFile, metered: _Metered) -> tarfile.TarInfo | None:
    metered.allowed_bytes = HEADER_BYTES
    return opened.next()
