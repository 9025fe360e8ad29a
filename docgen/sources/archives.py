"""Wheels, zip files and tar files, unpacked by our own loop (`members`).

`tarfile` and `zipfile` read headers and bytes and never extract: how safe their extraction is depends on the patch
level of the interpreter.
"""

from __future__ import annotations

import bz2
import errno
import gzip
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
from pathlib import Path

from docgen.errors import ArchiveError, CacheError, DocgenError, UnsafeArchiveError
from docgen.findings import shown
from docgen.sources.cache import CACHE_ADVICE
from docgen.sources.members import CHUNK_BYTES, LIMITS, MAX_PATH_BYTES, Archive, Content, Limits, Member, write_members

_ZIP_SUFFIXES = (".whl", ".zip")
_INSTALLED = re.compile(r"[^/]+\.data/(?:purelib|platlib)/")
"""Where a wheel stores files that an installer moves beside the others."""

HEADER_BYTES = 4 << 20
"""Longest header of one member, extended headers included."""


def unpack(archive: Path, into: Path, limits: Limits = LIMITS) -> tuple[str, ...]:
    """Unpack an archive.

    Parameters:
        archive: The file; its name says of which kind it is.
        into: A folder that does not exist yet, in one that only this user can write to.
        limits: Checked before anything is written.

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
    except Exception as error:  # code from outside: the decoders may raise anything
        if isinstance(error, OSError) and _is_of_disk(error, into):
            raise CacheError(f"{archive.name}: cannot be unpacked: {error.strerror}. {CACHE_ADVICE}") from error
        raise ArchiveError(f"{archive.name}: cannot be unpacked: {_reason(error)}. Download it again.") from error


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
    """Return the decompressed stream of a tar file; its first bytes say how it is compressed."""
    head = file.read(3)
    file.seek(0)
    if head.startswith(b"\x1f\x8b"):
        return gzip.GzipFile(fileobj=file)
    if head.startswith(b"BZ"):
        return bz2.BZ2File(file)
    return lzma.LZMAFile(file) if head == b"\xfd7z" else file


def _refuse_large_directory(name: str, file: io.BufferedReader, limits: Limits = LIMITS) -> None:
    """Refuse a zip file with too many members before `zipfile` creates an object for each.

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
            yield Member(
                name=_INSTALLED.sub("", info.filename, count=1) if self.is_wheel else info.filename,
                size_bytes=info.file_size,
                link=self._target(info) if stat.S_ISLNK(mode) else None,
                is_folder=info.is_dir(),
                is_special=stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK),
                key=number,
            )

    def _target(self, info: zipfile.ZipInfo) -> str:
        """Return the target of a link, cut off if it is too long to be one."""
        with self.opened.open(info) as content:
            return content.read(MAX_PATH_BYTES + 1).decode("utf-8", "surrogateescape")

    def contents(self, wanted: Sequence[Member]) -> Iterator[tuple[Member, Content]]:
        for member in wanted:
            with self.opened.open(self._infos[int(member.key)]) as content:
                yield member, content


class _Metered:
    """A file that lets its reader have only the bytes allowed so far.

    `tarfile` reads extended headers whole, however long they claim to be.
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
            elif info.islnk():  # relative to the top of the archive
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
                opened.members = []  # else the list grows until the end
                number += 1
            self._stream.seek(opened.offset)
            # `tarfile` treats a damaged header as the end of the archive; the real end is a block of zeros.
            if self._stream.read(tarfile.BLOCKSIZE).strip(b"\0"):
                raise tarfile.ReadError("the header of a member is damaged")


def _next(opened: tarfile.TarFile, metered: _Metered) -> tarfile.TarInfo | None:
    metered.allowed_bytes = HEADER_BYTES
    return opened.next()
