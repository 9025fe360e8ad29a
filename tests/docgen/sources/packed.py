"""Archives made for tests, honest and hostile ones."""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path


def wheel(path: Path, members: Mapping[str, str]) -> Path:
    """Write a wheel with these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, text in members.items():
            opened.writestr(name, text)
    return path


def zip_link(path: Path, name: str, target: str, members: Mapping[str, str]) -> Path:
    """Write a zip file with these members and a symbolic link."""
    wheel(path, members)
    with zipfile.ZipFile(path, "a") as opened:
        info = zipfile.ZipInfo(name)
        info.create_system = 3  # Unix, whose modes know links
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        opened.writestr(info, target)
    return path


def sdist(path: Path, members: Mapping[str, str], links: Iterable[tarfile.TarInfo] = (), mode: str = "w:gz") -> Path:
    """Write a source archive with these members, after some that are not files."""
    with tarfile.open(path, mode, format=tarfile.PAX_FORMAT) as opened:  # type: ignore[call-overload] # a mode it knows
        for link in links:
            opened.addfile(link)
        for name, text in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            opened.addfile(info, io.BytesIO(text.encode()))
    return path


def tar_link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tarfile.TarInfo:
    """Return the header of a link, or of another member without content."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info
