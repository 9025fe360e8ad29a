"""The lock of a reference: which archives it was read from, as requirements with the digest of each.

It is written on request and compared in every other build; pip and uv can read the same file. A release may have
another archive on another platform, so the names of the archives are above it as comments: only the same archive must
have the same digest. One configuration may serve several releases and platforms, each of which adds its own lines.

The reader of requirements is imported only if there is a lock file, against the rule that imports are at the top,
because a build without one does not need it.
"""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from docgen.errors import LockError, WriteError
from docgen.files import read_file, write_whole
from docgen.findings import Finding
from docgen.sources.layout import ARCHIVE_SUFFIXES
from docgen.sources.targets import Sources

_ADVICE = (
    "Do not use the archive unless you know why it changed; then write the lock again with docgen build --lock FILE."
)
_HASH = re.compile(r"\s--hash=sha256:([0-9a-f]{64})(?=\s|$)")

Locked = dict[str, dict[str, str]]
"""`NAME==VERSION` -> file name of an archive -> its digest. In a file of another tool, which names no archives, the
digest replaces the name."""


def lock_text(releases: Iterable[Sources]) -> str:
    """Return the text of a lock file: a requirement for each release that was read from an archive, sorted."""
    locked: Locked = {}
    for each in releases:
        if each.digest:
            locked.setdefault(_pin(each), {})[each.archive] = each.digest
    return _text(locked)


def write_lock(path: Path, text: str) -> None:
    """Add the lines of a lock to its file; lines of other archives are kept, and an equal file is not touched.

    Raises:
        LockError: The existing file is not a lock.
        WriteError: It cannot be written.
    """
    locked = _read(path) if path.exists() else {}
    for pin, archives in _parse(text, str(path)).items():
        locked[pin] = {**locked.get(pin, {}), **archives}
    try:
        write_whole(path, _text(locked).encode())
    except OSError as error:
        raise WriteError(f"{path}: the lock cannot be written: {error.strerror}. Name a file in a folder.") from error


def check_lock(path: Path, releases: Iterable[Sources], pins: Iterable[str]) -> tuple[Finding, ...]:
    """Compare what was read with a lock file.

    Parameters:
        path: The lock file.
        releases: Everything that was read. A release that the lock does not list is not judged.
        pins: `NAME==VERSION` of the dependencies: each should be in the lock.

    Returns:
        A finding for each pin that the lock does not list, and for each release that it lists only as another archive,
        for another platform or Python.

    Raises:
        LockError: The file is missing, is not a lock, or an archive has another digest.
    """
    locked = _read(path)
    findings: list[Finding] = []
    for pin in sorted(pin for pin in pins if _normal(pin) not in locked):
        text = f"{pin} is pinned in the configuration but not in the lock: its digest was not compared"
        hint = f"Add it: docgen build --lock {path}."
        findings.append(Finding(path=str(path), code="DG303", text=text, hint=hint))
    wrong: list[str] = []
    for each in releases:
        pin = _pin(each)
        archives = locked.get(pin, {})
        if not archives or not each.digest or each.digest in archives.values():
            continue
        if each.archive in archives or set(archives) == set(archives.values()):
            due = archives.get(each.archive) or " or ".join(sorted(archives))
            wrong.append(f"{pin}: expected {each.archive} with sha256:{due}, got sha256:{each.digest}")
        else:
            text = f"{pin} was read from {each.archive}, which the lock does not list: its digest was not compared"
            hint = f"The lock lists {', '.join(sorted(archives))}. Write it again on this platform to compare."
            findings.append(Finding(path=str(path), code="DG302", text=text, hint=hint))
    if wrong:
        raise LockError(f"{path}: {'; '.join(wrong)}. {_ADVICE}")
    return tuple(findings)


def _text(locked: Locked) -> str:
    lines: list[str] = []
    for pin, archives in sorted(locked.items()):
        lines += [f"# {archive}" for archive, digest in sorted(archives.items()) if archive != digest]
        hashes = [f"    --hash=sha256:{digest}" for _, digest in sorted(archives.items())]
        lines += " \\\n".join([pin, *hashes]).split("\n")
    return "".join(f"{line}\n" for line in lines)


def _read(path: Path) -> Locked:
    """Return the contents of a lock file.

    Raises:
        LockError: It cannot be read, or is not a lock.
    """
    try:
        text = read_file(path).decode()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise LockError(f"{path}: the lock cannot be read: {why}. Write it with docgen build --lock {path}.") from error
    return _parse(text, str(path))


def _parse(text: str, where: str) -> Locked:
    """Return the contents of a lock: requirements with digests, and the names of the archives above each.

    Raises:
        LockError: A line is not a pinned requirement with digests.
    """
    from packaging.requirements import InvalidRequirement, Requirement

    locked: Locked = {}
    archives: list[str] = []
    for number, line in _logical_lines(text):
        if line.startswith("#"):
            archives += [line[1:].strip()] if line.endswith(ARCHIVE_SUFFIXES) else []
            continue
        digests = _HASH.findall(line)
        try:
            requirement = Requirement(_HASH.sub("", line).strip())
        except InvalidRequirement:
            requirement = None
        pins = [each.version for each in requirement.specifier if each.operator == "=="] if requirement else []
        if requirement is None or not digests or len(pins) != 1:
            raise LockError(
                f"{where}:{number}:1: expected NAME==VERSION --hash=sha256:DIGEST, got {line[:80]!r}. "
                "Write the lock again with docgen build --lock FILE."
            )
        names = archives if len(archives) == len(digests) else digests
        locked.setdefault(_normal(f"{requirement.name}=={pins[0]}"), {}).update(zip(names, digests, strict=True))
        archives = []
    return locked


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of a requirements file with their numbers, continued ones as one; empty lines are left out."""
    whole, start = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        start = start if whole else number
        whole += line.removesuffix("\\") if line.endswith("\\") else line
        if line.endswith("\\"):
            continue
        if whole.strip():
            yield start, whole.strip() if whole.strip().startswith("#") else re.sub(r"\s+#.*", "", whole).strip()
        whole = ""


def _normal(pin: str) -> str:
    """Return a pin in canonical spelling, without extras."""
    name, _, version = re.sub(r"\[[^\]]*\]", "", pin).strip().partition("==")
    return f"{re.sub(r'[-_.]+', '-', name).lower()}=={version}"


def _pin(release: Sources) -> str:
    return _normal(f"{release.pinned or release.distribution}=={release.version}")
