"""Finds the sources of a target: a folder, a source file, an archive, an installed package, a release or a revision.

The result is always a folder of sources that contains packages. Nothing of them is run, installed or imported.

The code that downloads, unpacks and looks for installed packages is imported where it is needed, against the rule that
imports are at the top, because importing it takes longer than reading a folder again after a change.
"""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from docgen.errors import TargetError
from docgen.findings import shown
from docgen.sources.layout import (
    ARCHIVE_SUFFIXES,
    PROJECT_FILES,
    SOURCE_SUFFIXES,
    Layout,
    archive_layout,
    file_layout,
    folder_layout,
)
from docgen.stamps import MODULES

if TYPE_CHECKING:
    from docgen.sources.cache import Kept

PINNED = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(\[[^\]]*\])?==(?P<version>[A-Za-z0-9][A-Za-z0-9._+!-]*)")
"""`NAME==VERSION`; extras are allowed and have no effect."""

REVISION = "git:"
"""Prefix of a target that names a git revision."""


@dataclass(frozen=True, kw_only=True)
class Sources:
    """The sources of one distribution."""

    distribution: str
    version: str
    """Empty if unknown."""
    root: Path
    """The folder that holds the packages."""
    packages: tuple[str, ...]
    """Top-level packages and modules, or a single requested dotted name, in alphabetical order."""
    digest: str = ""
    """SHA-256 of the archive; empty for folders."""
    archive: str = ""
    """File name of the archive; empty for folders."""
    pinned: str = ""
    """Name that the user gave for a release; empty for other targets."""
    left_out: tuple[str, ...] = ()
    """Packages and modules beside them that are not documented: tests, examples and private ones."""
    notes: tuple[str, ...] = ()
    """Notes from unpacking the archive, one sentence each."""
    watched: tuple[Path, ...] = ()
    """Paths, as `stamp` takes them, that determine which files are the sources, and their name and version: the
    archive; for a folder the packages in it, and the files of the project."""


def find_sources(target: str, *, python: str = "3.12") -> Sources:
    """Return the sources that a target names.

    Parameters:
        target: A folder, a source file, a wheel or source archive, `NAME==VERSION`, `git:REVISION`,
            `git:REVISION:PATH`, or the name of something installed.
        python: Version of Python that a release is downloaded for, if it has a wheel for that version.

    Raises:
        TargetError: It cannot be read.
        LayoutError: It contains no package.
        RevisionError: There is no such revision.
        DownloadError: The release does not exist, or the package index cannot be reached.
        ArchiveError: The archive is damaged, or would write outside its folder.
        CacheError: The cache cannot be written.
    """
    if pinned := PINNED.fullmatch(target.strip()):
        return release_sources(pinned["name"], pinned["version"], python=python)
    if target.startswith(REVISION):
        return _revision_sources(target.removeprefix(REVISION))
    path = Path(target)
    kind = _kind(path) if target else ""
    if kind == "folder":
        folder = path.resolve()
        if folder == Path(folder.anchor):
            raise TargetError(f"target {target}: is the whole file system. Name the folder of one project.")
        layout = folder_layout(folder)
        return replace(_sources(layout), watched=tuple(_watched(layout)))
    if kind == "file":
        return _file_sources(path.resolve())
    if re.fullmatch(r"\w[\w.-]*", target) and not target.endswith((*ARCHIVE_SUFFIXES, *SOURCE_SUFFIXES)):
        from docgen.sources.installed import installed_layout

        return _sources(installed_layout(target))
    raise TargetError(
        f"target {shown(target)}: no such file or folder, and not NAME==VERSION. Name a folder, a .py "
        "file, a wheel, a source archive, an installed package, git:REVISION or a release such as httpx==0.28.1."
    )


def release_sources(name: str, version: str, *, python: str = "3.12") -> Sources:
    """Return the unpacked sources of a release, from the cache or downloaded first."""
    from docgen.sources.releases import release_archive

    found = _archive_sources(release_archive(name, version, python))
    return replace(found, distribution=found.distribution or name, version=found.version or version, pinned=name)


def version_named(target: str) -> str:
    """Return the version in `NAME==VERSION` or in the name of an archive; empty for any other target."""
    if pinned := PINNED.fullmatch(target.strip()):
        return pinned["version"]
    if not target.endswith(ARCHIVE_SUFFIXES):
        return ""
    from docgen.sources.releases import archive_version

    return archive_version(Path(target).name)


def dependency_roots(pins: tuple[str, ...], *, python: str = "3.12") -> tuple[tuple[Path, ...], tuple[Sources, ...]]:
    """Return the folders of pinned dependencies, in the given order, and their sources.

    Raises:
        TargetError: A pin is not of the form `NAME==VERSION`.
    """
    releases: list[tuple[str, str]] = []
    for pin in pins:
        pinned = PINNED.fullmatch(pin.strip())
        if pinned is None:
            raise TargetError(f"dependency {pin}: not pinned. Write NAME==VERSION.")
        releases.append((pinned["name"], pinned["version"]))
    if not releases:
        return (), ()
    from docgen.sources.releases import download_together

    download_together(releases, python)
    found = [release_sources(name, version, python=python) for name, version in releases]
    return tuple(dict.fromkeys(each.root for each in found)), tuple(found)


def is_moving(target: str) -> bool:
    """Return True if a target may name other sources next time, and no file shows that: a branch, a tag, `HEAD~1`."""
    revision = target.removeprefix(REVISION).partition(":")[0]
    return target.startswith(REVISION) and not re.fullmatch("[0-9a-f]{40}", revision)


def _kind(path: Path) -> str:
    """Return `folder` or `file`; empty if there is neither, or if no path can look like this."""
    try:
        return "folder" if path.is_dir() else "file" if path.is_file() else ""
    except (OSError, ValueError):
        return ""


def _file_sources(path: Path) -> Sources:
    if path.suffix in SOURCE_SUFFIXES:
        return _sources(file_layout(path))
    if path.name.endswith(ARCHIVE_SUFFIXES):
        return _archive_sources(path)
    raise TargetError(
        f"target {shown(path.name)}: docgen cannot read this kind of file. "
        f"Name a source file ({', '.join(SOURCE_SUFFIXES)}) or an archive ({', '.join(ARCHIVE_SUFFIXES)})."
    )


def _archive_sources(archive: Path) -> Sources:
    from docgen.sources.archives import unpack
    from docgen.sources.cache import digest_of, kept_tree
    from docgen.sources.releases import archive_name, archive_version

    digest = digest_of(archive)
    # The suffix decides how the same bytes are unpacked.
    kept = kept_tree(f"{digest}-{archive.suffix[1:]}", lambda into: unpack(archive, into))
    found = _unpacked(kept, archive.name)
    return replace(
        found,
        distribution=found.distribution or archive_name(archive.name),
        version=found.version or archive_version(archive.name),
        digest=digest,
        archive=archive.name,
        watched=(archive,),
    )


def _revision_sources(revision: str) -> Sources:
    from docgen.sources.revisions import revision_layout

    layout, notes = revision_layout(revision)
    return replace(_sources(layout), version=layout.version or revision.partition(":")[0], notes=notes)


def _unpacked(kept: Kept, name: str) -> Sources:
    return replace(_sources(archive_layout(kept.tree, name), has_name=False), notes=kept.notes)


def _sources(layout: Layout, *, has_name: bool = True) -> Sources:
    """Return a layout as sources.

    Parameters:
        layout: The layout that was found.
        has_name: If the name of the distribution is unknown, use that of the first package.
    """
    return Sources(
        distribution=layout.name or (layout.packages[0] if has_name else ""),
        version=layout.version,
        root=layout.root,
        packages=layout.packages,
        left_out=layout.left_out,
    )


def _watched(layout: Layout) -> Iterator[Path]:
    """Yield the folders that a package could be added to, and the files that may contain name and version."""
    yield layout.root / MODULES
    for package in layout.packages:
        first, *inner = package.split(".")
        yield from (layout.root.joinpath(first, *inner[:depth]) / MODULES for depth in range(len(inner)))
        yield from (folder / MODULES for folder in _namespaces(layout.root.joinpath(first, *inner)))
    for folder in (layout.root, layout.root.parent):
        yield from (folder / name for name in (*PROJECT_FILES, "PKG-INFO"))


def _namespaces(folder: Path) -> Iterator[Path]:
    """Yield a folder and the folders in it that are not packages themselves but may contain some."""
    if folder.name.isidentifier() and folder.is_dir() and not (folder / "__init__.py").is_file():
        yield folder
        for each in sorted(folder.iterdir()):
            yield from _namespaces(each)
