"""Releases by name and version: downloaded by pip, or read from the links that pip found.

No code of a release runs. A wheel for any Python and platform will do. For a release without wheels, this module
downloads the source archive from the address that pip found, because pip itself cannot download it without running the
build backend in it. Only pip's configuration decides which index is used, and how.
"""

from __future__ import annotations

import re
import ssl
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from packaging.tags import Tag
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from docgen.errors import DownloadError
from docgen.files import read_file
from docgen.sources.cache import beginning, digest_of, move_into_place, private_folder
from docgen.sources.installers import pip_command
from docgen.sources.layout import ARCHIVE_SUFFIXES

DOWNLOAD_SECONDS = 300
"""Time limit of one download."""
MAX_DOWNLOAD_BYTES = 2 << 30
"""Of a source archive."""
FEW = 2
"""Number of releases from which on one call of pip downloads them together."""

_LINK = re.compile(
    r"(?:https?|file)://[^\s#'\"]+?/([^/\s#'\"]+(?:\.whl|\.zip|\.tar\.gz|\.tgz|\.tar\.bz2|\.tar\.xz))(?=[\s#'\"]|$)"
)
"""An archive among the links in the log of pip."""

_DIGEST = "digest"
"""File beside a downloaded archive, with the digest that it had after the download."""


@dataclass(frozen=True, kw_only=True)
class _Link:
    """An archive that the package index offers."""

    address: str
    file: str
    version: Version
    tags: tuple[Tag, ...] = ()
    """Tags of a wheel, sorted; empty for a source archive."""


def release_archive(name: str, version: str, python: str) -> Path:
    """Return the archive of a release, downloaded if it is not in the cache.

    Parameters:
        name: Of the distribution.
        version: Of the release.
        python: Version of Python whose wheel is preferred: `3.12`.

    Raises:
        DownloadError: The release does not exist, or the package index cannot be reached.
        CacheError: The cache cannot be written.
    """
    place = _place(name, version)
    if (kept := _kept(place)) is not None:
        return kept
    with beginning(place.parent) as work:
        _put(_download(name, version, python, work), place, work)
    kept = _kept(place)
    if kept is None:
        raise DownloadError(f"{name}=={version}: the download was changed while it was stored. Try again.")
    return kept


def download_together(releases: Sequence[tuple[str, str]], python: str) -> None:
    """Download the releases that are not in the cache with one call of pip, because pip starts slowly.

    If that fails, `release_archive` downloads them one by one, and its error names the release at fault.
    """
    missing = [each for each in dict.fromkeys(releases) if _kept(_place(*each)) is None]
    if len(missing) < FEW:
        return
    with beginning(private_folder("releases")) as work:
        pins = [f"{name}=={version}" for name, version in missing]
        try:
            answer = run_pip([*_wheel_for(python), *pins], work)
        except DownloadError:
            return
        if answer.error:
            return
        came = tuple(_named(path.name for path in work.iterdir()))
        for name, version in missing:
            for owner, link in came:
                if owner == canonicalize_name(name) and link.version == _version(version):
                    _put(work / link.file, _place(name, version), work)


def listed_versions(name: str) -> tuple[str, ...]:
    """Return every version of a distribution that the package index lists, the oldest first; pre-releases too.

    Raises:
        DownloadError: There is no such distribution, or the package index cannot be reached.
    """
    run = _pip("index", "versions", "--pre", name)
    listed = re.search(r"^Available versions: (.*)$", run.stdout, re.MULTILINE)
    if listed is None:
        raise DownloadError(f"{name}: the package index lists no release of it. Check the spelling and the network.")
    return tuple(sorted((each.strip() for each in listed[1].split(",")), key=release_order))


def released_versions(name: str, first: str, last: str) -> tuple[str, ...]:
    """Return the versions of a distribution from one to another, the oldest first; both are among them.

    Pre-releases between them are left out.

    Raises:
        DownloadError: There is no such distribution or version, or the package index cannot be reached.
    """
    known = listed_versions(name)
    for version in (first, last):
        if version not in known:
            raise DownloadError(
                f"{name}=={version}: the package index lists no such release. The newest one is {known[-1]}."
            )
    low, high = release_order(first), release_order(last)
    return tuple(
        each
        for each in known
        if low <= release_order(each) <= high and (each in (first, last) or not release_order(each).is_prerelease)
    )


def release_order(version: str) -> Version:
    """Return a key that sorts releases from the oldest to the newest; text that is not a version comes first.

    >>> sorted(["2.0.0", "2.0.0rc2", "2.0.0rc1", "1!1.0", "odd"], key=release_order)
    ['odd', '2.0.0rc1', '2.0.0rc2', '2.0.0', '1!1.0']
    """
    return _version(version) or Version("0.dev0")


def archive_version(file: str) -> str:
    """Return the version in the file name of an archive, empty where there is none."""
    return next((str(link.version) for _, link in _named([file])), "")


def archive_name(file: str) -> str:
    """Return the name of the distribution in the file name of an archive; the name of the file where there is none."""
    return next((name for name, _ in _named([file])), file.partition("-")[0])


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What pip printed."""

    error: str
    """Empty if it succeeded."""
    log: str


def run_pip(arguments: Sequence[str], into: Path) -> Answer:
    """Have pip download into a folder, without dependencies.

    Raises:
        DownloadError: It cannot be run, or does not end.
    """
    run = _pip("download", "-vv", "--no-deps", "--dest", str(into), *arguments)
    return Answer(
        error=(run.stderr or f"exit code {run.returncode}") if run.returncode else "", log=run.stdout + run.stderr
    )


def _pip(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pip; the last argument says what for.

    Raises:
        DownloadError: It cannot be run, or does not end.
    """
    try:
        return subprocess.run(  # noqa: S603 - pip with our own arguments
            [*pip_command(), *arguments, "--disable-pip-version-check", "--no-input"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=DOWNLOAD_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DownloadError(
            f"{arguments[-1]}: pip did not answer: {error}. Try again, or give the archive as a file."
        ) from error


def _wheel_for(python: str) -> list[str]:
    return ["--only-binary=:all:", "--ignore-requires-python", "--python-version", python]


def _place(name: str, version: str) -> Path:
    return private_folder("releases") / f"{canonicalize_name(name)}-{version}"


def _kept(place: Path) -> Path | None:
    """Return the archive at a place in the cache, None if it is missing or was changed."""
    try:
        digest = read_file(place / _DIGEST).decode()
        archive = next(path for path in place.iterdir() if path.name.endswith(ARCHIVE_SUFFIXES))
        return archive if digest_of(archive) == digest else None
    except (OSError, ValueError, StopIteration):
        return None


def _put(archive: Path, place: Path, work: Path) -> None:
    made = work / f"made-{place.name}"
    made.mkdir(mode=0o700)
    archive.rename(made / archive.name)
    (made / _DIGEST).write_text(digest_of(made / archive.name), encoding="utf-8")
    # Another process may have finished first, and may be reading that archive by now.
    if _kept(place) is not None:
        return
    with suppress(FileNotFoundError):
        place.rename(work / f"damaged-{place.name}")
    move_into_place(made, place)


def _download(name: str, version: str, python: str, into: Path) -> Path:
    """Return the archive of a release in a folder: the wheel that fits, else any wheel, else the source archive.

    Raises:
        DownloadError: There is no such release, or none of its archives can be downloaded.
    """
    pin = f"{name}=={version}"
    answer = run_pip([*_wheel_for(python), pin], into)
    if not answer.error and (found := _archive_in(into)):
        return found
    links = [link for owner, link in _links(answer.log) if owner == canonicalize_name(name)]
    wanted = [link for link in links if link.version == _version(version)]
    wheels = sorted((link for link in wanted if link.tags), key=lambda link: _preference(link, python))
    if wheels:
        answer = run_pip([*_wheel_of(wheels[0].tags[0]), pin], into)
        if found := _archive_in(into):
            return found
    sdists = sorted((link for link in wanted if not link.tags), key=lambda link: link.file)
    if sdists:
        return _read_file(sdists[0], into / sdists[0].file, pin)
    raise DownloadError(_why_not(pin, answer.error, {link.version for link in links}))


def _archive_in(folder: Path) -> Path | None:
    return next((path for path in sorted(folder.iterdir()) if path.name.endswith(ARCHIVE_SUFFIXES)), None)


def _links(log: str) -> Iterator[tuple[str, _Link]]:
    """Yield every archive that pip looked at, with the name of its distribution."""
    addresses = {urllib.parse.unquote(found[1]): found[0] for found in _LINK.finditer(log)}
    for name, link in _named(addresses):
        yield name, _Link(address=addresses[link.file], file=link.file, version=link.version, tags=link.tags)


def _named(files: Iterable[str]) -> Iterator[tuple[str, _Link]]:
    """Yield the archives among files, with the name of their distribution."""
    for file in files:
        try:
            if file.endswith(".whl"):
                name, version, _, tags = parse_wheel_filename(file)
                yield name, _Link(address="", file=file, version=version, tags=tuple(sorted(tags, key=str)))
            elif file.endswith(ARCHIVE_SUFFIXES):
                # Suffixes of old source archives that today's rules do not know.
                known = re.sub(r"\.(tgz|tar\.bz2|tar\.xz)$", ".tar.gz", file)
                name, version = parse_sdist_filename(known)
                yield name, _Link(address="", file=file, version=version)
        except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
            continue


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _preference(link: _Link, python: str) -> tuple[bool, bool, int, bool, str]:
    """Return a sort key for wheels that pip refused: any platform, then the nearest Python, then Linux on x86-64."""
    tag = link.tags[0]
    digits = re.sub(r"\D", "", tag.interpreter)
    minor = int(digits[1:] or 0) if digits.startswith("3") else 0
    wanted = int(python.partition(".")[2] or 0)
    is_usual = "x86_64" in tag.platform and "linux" in tag.platform
    return tag.platform != "any", minor > wanted, abs(minor - wanted), not is_usual, link.file


def _wheel_of(tag: Tag) -> list[str]:
    """Return the options with which pip accepts a wheel with this tag."""
    python = re.sub(r"\D", "", tag.interpreter)
    implementation = re.sub(r"\d.*", "", tag.interpreter)
    chosen = ["--python-version", python, "--implementation", implementation, "--abi", tag.abi]
    return ["--only-binary=:all:", "--ignore-requires-python", *chosen, "--platform", tag.platform]


def _read_file(link: _Link, into: Path, pin: str) -> Path:
    """Read a source archive from its address, with the certificates that pip is configured with.

    Raises:
        DownloadError: It cannot be read.
    """
    context = ssl.create_default_context(cafile=_certificates())
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context))
    try:
        with opener.open(link.address, timeout=DOWNLOAD_SECONDS) as answer, into.open("xb") as file:
            left = MAX_DOWNLOAD_BYTES
            while left > 0 and (piece := answer.read(1 << 20)):
                left -= file.write(piece)
        if left <= 0:
            raise DownloadError(f"{pin}: {link.file} is larger than {MAX_DOWNLOAD_BYTES:,} bytes. Give it as a file.")
    except (OSError, ValueError) as error:
        raise DownloadError(
            f"{pin}: {link.file} cannot be read from the package index: {error}. Try again, or give it as a file."
        ) from error
    return into


def _certificates() -> str | None:
    """Return the file of certificates that pip is configured with, None for the system's."""
    run = subprocess.run(  # noqa: S603 - pip with our own arguments
        [*pip_command(), "config", "list", "--disable-pip-version-check"], capture_output=True, text=True, check=False
    )
    named = re.findall(r"^(?:global|download|:env:)\.cert='([^'\n]+)'$", run.stdout, re.MULTILINE)
    return named[-1] if named else None


def _why_not(pin: str, errors: str, offered: set[Version]) -> str:
    """Return why a release cannot be downloaded.

    Parameters:
        pin: `NAME==VERSION`.
        errors: What pip printed.
        offered: Versions of the archives that pip looked at.
    """
    listed = re.search(r"from versions: ([^)]*)\)", errors)
    known = [_version(each.strip()) for each in listed[1].split(",")] if listed else []
    versions = offered | {each for each in known if each is not None}
    if not versions:
        if re.search(r"connection|resolve|Temporary failure|unreachable|timed out|ProxyError", errors, re.IGNORECASE):
            return f"{pin}: the package index cannot be reached. Check the network, or give the archive as a file."
        return f"{pin}: the package index has no distribution of that name. Check the spelling, or give a file."
    if _version(pin.partition("==")[2]) not in versions:
        newest = ", ".join(str(each) for each in sorted(versions)[-5:])
        return f"{pin}: there is no such release. The newest known are {newest}."
    last = next((line for line in reversed(errors.splitlines()) if line.startswith("ERROR:")), "no reason given")
    return f"{pin}: pip cannot download it: {last.removeprefix('ERROR:').strip()}. Give the archive as a file."
