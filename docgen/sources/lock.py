"""The lock of a reference: which archives it was read from, name by name, with the digest of each.

Written on request, compared at every other build. A release comes as another archive on another platform, so that a
line holds the name of the archive too: only the same archive must have the same digest. One configuration may serve
several releases and platforms: each adds its lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from docgen.errors import LockError, WriteError
from docgen.findings import Finding
from docgen.sources.targets import Sources

_ADVICE = (
    "Do not use the archive unless you know why it changed; then write the lock anew with docgen build --lock FILE."
)


def lock_text(releases: Iterable[Sources]) -> str:
    """Return the text of a lock file: for each archive that was read `NAME==VERSION ARCHIVE sha256:DIGEST`, sorted."""
    return "".join(f"{line}\n" for line in sorted({_line(each) for each in releases if each.digest}))


def write_lock(path: Path, text: str) -> None:
    """Write the lines of a lock into its file: other archives keep theirs; an equal file is not touched.

    Raises:
        LockError: The file that is there is no lock.
        WriteError: It cannot be written.
    """
    known = {line.rpartition(" ")[0]: line for line in _lines(_read(path))} if path.exists() else {}
    known |= {line.rpartition(" ")[0]: line for line in text.splitlines()}
    whole = "".join(f"{line}\n" for line in sorted(known.values()))
    try:
        if path.is_file() and path.read_text(encoding="utf-8") == whole:
            return
        new = path.with_name(f"{path.name}.new")
        new.write_text(whole, encoding="utf-8")
        new.replace(path)
    except OSError as error:
        raise WriteError(f"{path}: the lock cannot be written: {error.strerror}. Name a file in a folder.") from error


def check_lock(path: Path, releases: Iterable[Sources], pins: Iterable[str]) -> tuple[Finding, ...]:
    """Compare what was read with a lock file.

    Parameters:
        path: The lock file.
        releases: Everything that was read. A release that the lock does not list is not judged.
        pins: `NAME==VERSION` of the dependencies: each should be in the lock.

    Returns:
        A finding for each pin that the lock does not list, and for each release that it knows as another archive only,
        of another platform or Python.

    Raises:
        LockError: There is no such file, it is none, or an archive has another digest.
    """
    locked = _read(path)
    findings: list[Finding] = []
    for pin in sorted(pin for pin in pins if _normal(pin) not in locked):
        text = f"{pin} is pinned in the configuration and not in the lock: its digest was not compared"
        hint = f"Add it: docgen build --lock {path}."
        findings.append(Finding(path=str(path), code="DG303", text=text, hint=hint))
    wrong: list[str] = []
    for each in releases:
        archives = locked.get(_normal(_pin(each)), {})
        due = archives.get(each.archive)
        if due is None and archives and each.digest:
            text = (
                f"{_pin(each)} was read from {each.archive}, which the lock does not list: its digest was not compared"
            )
            hint = f"The lock lists {', '.join(sorted(archives))}. Write it anew on this platform to compare."
            findings.append(Finding(path=str(path), code="DG302", text=text, hint=hint))
        elif due is not None and due != f"sha256:{each.digest}":
            wrong.append(f"{_pin(each)}: read was {each.archive} with sha256:{each.digest}, due was {due}")
    if wrong:
        raise LockError(f"{path}: {'; '.join(wrong)}. {_ADVICE}")
    return tuple(findings)


def _read(path: Path) -> dict[str, dict[str, str]]:
    """Return pin -> archive -> digest as a lock file has them; empty lines and comments count for nothing."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise LockError(f"{path}: the lock cannot be read: {why}. Write it with docgen build --lock {path}.") from error
    locked: dict[str, dict[str, str]] = {}
    for number, line in enumerate(lines, start=1):
        parts = line.split()
        if not parts or line.startswith("#"):
            continue
        if len(parts) != 3 or not parts[2].startswith("sha256:"):  # noqa: PLR2004 - pin, archive, digest
            raise LockError(
                f"{path}:{number}:1: no line of a lock: {line[:80]!r}. "
                "Due is NAME==VERSION ARCHIVE sha256:DIGEST; write the lock anew with docgen build --lock FILE."
            )
        locked.setdefault(_normal(parts[0]), {})[parts[1]] = parts[2]
    return locked


def _lines(locked: dict[str, dict[str, str]]) -> list[str]:
    return [f"{pin} {archive} {digest}" for pin, archives in locked.items() for archive, digest in archives.items()]


def _normal(pin: str) -> str:
    """Return a pin in one spelling, extras left out."""
    name, _, version = re.sub(r"\[[^\]]*\]", "", pin).strip().partition("==")
    return f"{re.sub(r'[-_.]+', '-', name).lower()}=={version}"


def _line(release: Sources) -> str:
    return f"{_normal(_pin(release))} {release.archive} sha256:{release.digest}"


def _pin(release: Sources) -> str:
    return f"{release.pinned or release.distribution}=={release.version}"
