"""Git revisions, read from the object store of the current repository without a checkout.

Objects are read as they are stored: filters, hooks and attributes of the repository have no effect. The sources and
project files are written to the cache, under the id of the tree.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from packaging.version import InvalidVersion, Version

from docgen.errors import RevisionError
from docgen.findings import shown
from docgen.sources.cache import kept_tree
from docgen.sources.layout import PROJECT_FILES, SOURCE_SUFFIXES, Layout, file_layout, folder_layout
from docgen.sources.members import LIMITS, Content, Member, write_members

_WANTED_SUFFIXES = (*SOURCE_SUFFIXES, ".typed")
_WANTED_NAMES = (*PROJECT_FILES, "PKG-INFO")
_SECONDS = 120
"""Time limit of one call of git."""
_LINK, _SUBMODULE = "120000", "160000"


def revision_layout(target: str) -> tuple[Layout, tuple[str, ...]]:
    """Return the packages in a git revision, and what was noticed when it was read.

    Parameters:
        target: `REVISION` or `REVISION:PATH`, with a path from the top of the repository.

    Raises:
        RevisionError: There is no such revision or path, no repository, or no git.
        LayoutError: It holds no package.
    """
    revision, _, path = target.partition(":")
    path = path.strip("/")
    if ".." in path.split("/") or "\0" in target:
        raise RevisionError(
            f"git:{shown(target)}: the path leads out of the repository. Give one that starts at its top folder."
        )
    wanted = f"{revision}^{{tree}}"
    tree = _git("rev-parse", "--verify", "--end-of-options", wanted, revision=target).decode().strip()
    store = _Store(tree, path, target)
    key = hashlib.sha256(f"git {tree} {path}".encode()).hexdigest()
    kept = kept_tree(key, lambda into: write_members(f"git:{target}", store, into, LIMITS, is_partial=True))
    place = kept.tree / path
    if place.is_dir():
        return folder_layout(place), kept.notes
    if place.is_file() and place.suffix in SOURCE_SUFFIXES:
        return file_layout(place), kept.notes
    raise RevisionError(
        f"git:{shown(target)}: the revision has no folder or source file {path}. "
        "Give a path that starts at its top folder."
    )


class _Store:
    """The sources and project files of a tree, as an archive."""

    def __init__(self, tree: str, path: str, target: str) -> None:
        self.tree = tree
        self.path = PurePosixPath(path)
        self.target = target

    def members(self) -> Iterator[Member]:
        """Yield the sources below the path, and the files of projects and packages around it."""
        links: list[Member] = []  # not by blob: links of the same target share one
        for line in _git("ls-tree", "-r", "-z", "-l", "--full-tree", self.tree, revision=self.target).split(b"\0"):
            head, _, raw = line.partition(b"\t")
            name = os.fsdecode(raw)
            if not head or not self._is_wanted(PurePosixPath(name)):
                continue
            mode, _, blob, size = head.decode().split()
            if mode == _SUBMODULE:
                continue
            if not size.isdecimal():  # `BAD`
                raise self._missing(name)
            member = Member(name=name, size_bytes=int(size) if mode != _LINK else 0, key=blob)
            if mode == _LINK:
                links.append(member)
            else:
                yield member
        for member, content in self.contents(links):
            yield Member(name=member.name, link=os.fsdecode(content.read()), key=member.key)

    def _missing(self, name: str) -> RevisionError:
        text = f"git:{shown(self.target)}: {shown(name)} is not in the object store. Fetch it first."
        return RevisionError(text)

    def _is_wanted(self, name: PurePosixPath) -> bool:
        if name.suffix not in _WANTED_SUFFIXES and name.name not in _WANTED_NAMES:
            return False
        return self.path in (name, *name.parents) or name.parent in self.path.parents

    def contents(self, wanted: Sequence[Member]) -> Iterator[tuple[Member, Content]]:
        """Yield some members with their content."""
        if not wanted:
            return
        names = "".join(f"{member.key}\n" for member in wanted).encode()
        stream = io.BytesIO(_git("cat-file", "--batch", revision=self.target, stdin=names))
        for member in wanted:
            head = stream.readline().split()
            if len(head) != 3:  # noqa: PLR2004 - id, kind, size
                raise self._missing(member.name)
            yield member, io.BytesIO(stream.read(int(head[2])))
            stream.readline()


def latest_release() -> str:
    """Return the target that names this folder at the latest release tag that the current commit comes after.

    Raises:
        RevisionError: There is no repository around this folder, or no tag in it that is a version.
    """
    tags = os.fsdecode(_git("tag", "--merged", "HEAD", revision="HEAD")).split()
    versions = {tag: version for tag in tags if (version := _version(tag)) is not None}
    released = [tag for tag, version in versions.items() if not version.is_prerelease] or list(versions)
    if not released:
        raise RevisionError(
            "git: this repository has no tag that is a version. Name the old side: docgen diff OLD NEW."
        )
    here = os.fsdecode(_git("rev-parse", "--show-prefix", revision="HEAD")).strip()
    return f"git:{max(released, key=versions.__getitem__)}:{here}".removesuffix(":")


def _version(tag: str) -> Version | None:
    """Return the version that a tag names, with or without a prefix: `v2.0`, `release-2.0`, `pkg/2.0`."""
    found = re.search(r"\d.*$", tag)
    try:
        return Version(found[0]) if found else None
    except InvalidVersion:
        return None


def _git(*arguments: str, revision: str, stdin: bytes | None = None) -> bytes:
    """Return what git prints.

    Raises:
        RevisionError: It fails.
    """
    git = shutil.which("git")
    if git is None:
        raise RevisionError(f"git:{revision}: git was not found. Install it, or name a folder.")
    # A read must neither fetch nor write. The repository itself may name the program that a fetch runs, and versions of
    # git before 2.45 ignore the second variable, but not the third.
    environment = {
        **os.environ,
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "none",
        "LC_ALL": "C",
    }
    try:
        run = subprocess.run(  # noqa: S603 - git with our own arguments; the revision cannot be taken for an option
            [git, "--no-replace-objects", *arguments],
            input=stdin,
            stdin=None if stdin is not None else subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_SECONDS,
            env=environment,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise RevisionError(f"git:{revision}: git cannot be run: {error}. Name a folder instead.") from error
    if run.returncode:
        lines = run.stderr.decode("utf-8", "replace").strip().splitlines()
        said = [line for line in lines if not line.startswith("warning: ")]
        is_unknown = arguments[0] == "rev-parse" and not any("repository" in line for line in said)
        why = re.sub(r"^(fatal|error): ", "", said[0]) if said else "an object is missing or damaged"
        why = "there is no such revision" if is_unknown else why
        raise RevisionError(
            f"git:{shown(revision)}: {why}. Name a branch, tag or commit of the repository around this folder."
        )
    return run.stdout
