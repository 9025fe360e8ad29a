"""What a target names, as folders of sources: a folder, an installed package, an archive, or `NAME==VERSION`.

Releases are brought by pip's own `download`, wheels only, so that no code of theirs runs. They are unpacked into a
cache and never installed or imported.

What downloads, unpacks and looks for installed packages is imported where that is done, against the rule that imports
stand at the top: it takes longer to import than reading a folder again after a change takes.
"""
# ruff: noqa: PLC0415 - see above

from __future__ import annotations

import hashlib
import importlib.machinery
import importlib.util
import os
import re
import shutil
import sys
import sysconfig
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from docgen.errors import DownloadError, TargetError, UnsafeArchiveError

if TYPE_CHECKING:
    from collections.abc import Sequence

PINNED = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(\[[^\]]*\])?==(?P<version>[A-Za-z0-9][A-Za-z0-9._+!-]*)")
"""`NAME==VERSION`; extras are allowed and mean nothing here."""

_RELEASE = re.compile(r"\d+(?:\.\d+)*")
_PRE = re.compile(r"[._-]?(?:a|b|rc|alpha|beta|pre|dev)")

ARCHIVE_SUFFIXES = (".whl", ".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")

DOWNLOAD_SECONDS = 300
"""Time limit of one download."""

FEW = 2
"""From so many releases on, one call of pip brings them together."""

NOT_DOCUMENTED = (".dist-info", ".data", ".egg-info", ".libs")
"""Ends of the names of folders in a wheel that hold no package."""


@dataclass(frozen=True, kw_only=True)
class Sources:
    """The sources of one distribution."""

    distribution: str
    version: str
    """Empty where nothing says it."""
    root: Path
    """The folder that the packages lie in."""
    packages: tuple[str, ...]
    """Top-level packages and modules, or the one dotted name that was asked for, in alphabetical order."""
    digest: str = ""
    """SHA-256 of the archive; empty for folders."""
    archive: str = ""
    """File name of the archive; empty for folders."""
    pinned: str = ""
    """Name that the release was asked for by; empty where it was not asked for by name."""


def find_sources(target: str, *, python: str = "3.12") -> Sources:
    """Return the sources that a target names.

    Parameters:
        target: A folder, a wheel or source archive, `NAME==VERSION`, or the import name of something installed.
        python: Version of Python that a release is downloaded for.

    Raises:
        TargetError: It names nothing that can be read.
        DownloadError: The release does not exist, or the package index cannot be reached.
        UnsafeArchiveError: The archive would write outside its folder.
    """
    path = Path(target)
    if pinned := PINNED.fullmatch(target.strip()):
        return release_sources(pinned["name"], pinned["version"], python=python)
    if path.is_dir():
        return _folder_sources(path.resolve())
    if path.is_file() and path.name.endswith(ARCHIVE_SUFFIXES):
        return _archive_sources(path.resolve())
    if re.fullmatch(r"\w+(\.\w+)*", target):
        return _installed_sources(target)
    raise TargetError(
        f"target {target}: no such file or folder, and no NAME==VERSION. "
        "Name a folder, a wheel, a source archive, an installed package or a release such as httpx==0.28.1."
    )


def release_sources(name: str, version: str, *, python: str = "3.12") -> Sources:
    """Return the unpacked sources of a release, from the cache or downloaded first."""
    folder = _place(name, version)
    if not folder.is_dir():
        import tempfile

        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".download-") as temporary:
            made = Path(temporary) / "release"
            made.mkdir()
            archive = _download(name, version, python, made)
            _unpack(archive, made / "unpacked")
            _move_into_place(made, folder)
    archive = next(path for path in sorted(folder.iterdir()) if path.is_file())
    found = _unpacked_sources(folder / "unpacked", name, version, archive)
    return replace(found, pinned=name)


def version_named(target: str) -> str:
    """Return the version in `NAME==VERSION` or in the name of an archive; empty for any other target."""
    if pinned := PINNED.fullmatch(target.strip()):
        return pinned["version"]
    name = Path(target).name
    suffix = next((suffix for suffix in ARCHIVE_SUFFIXES if name.endswith(suffix)), "")
    return name.removesuffix(suffix).split("-")[1] if suffix and "-" in name else ""


def release_order(version: str) -> tuple[tuple[int, ...], bool]:
    """Return what sorts releases from the oldest to the newest; a pre-release goes before its release."""
    numbers = _RELEASE.match(version)
    release = [int(number) for number in numbers[0].split(".")] if numbers else []
    while release and release[-1] == 0:
        release.pop()
    return tuple(release), _PRE.match(version, numbers.end() if numbers else 0) is None


def dependency_roots(pins: tuple[str, ...], *, python: str = "3.12") -> tuple[tuple[Path, ...], tuple[Sources, ...]]:
    """Return the folders of pinned dependencies, in the order given, and what was read.

    Raises:
        TargetError: A pin is not of the form `NAME==VERSION`.
    """
    releases: list[tuple[str, str]] = []
    for pin in pins:
        pinned = PINNED.fullmatch(pin.strip())
        if pinned is None:
            raise TargetError(f"dependency {pin}: not pinned. Write NAME==VERSION.")
        releases.append((pinned["name"], pinned["version"]))
    _bring(releases, python)
    found = [release_sources(name, version, python=python) for name, version in releases]
    return tuple(dict.fromkeys(each.root for each in found)), tuple(found)


def cache_folder() -> Path:
    """Return the folder that releases are kept in: `$ASSAY_CACHE`, else the user's cache folder."""
    given = os.environ.get("ASSAY_CACHE")
    base = os.environ.get("XDG_CACHE_HOME")
    return Path(given) if given else Path(base or Path.home() / ".cache") / "assay"


def standard_library(python: str, given: str = "") -> Path | None:
    """Return the folder of the standard library's sources of a Python version, None if this machine has none.

    Parameters:
        python: `3.12`.
        given: A folder that the configuration names; it goes first.
    """
    if given:
        return Path(given)
    if python == f"{sys.version_info.major}.{sys.version_info.minor}":
        return Path(sysconfig.get_path("stdlib"))
    # Version managers keep their interpreters side by side.
    neighbours = Path(sys.base_prefix).parent.glob(f"*{python}*/lib/python{python}")
    command = shutil.which(f"python{python}")
    beside = Path(command).resolve().parents[1] / "lib" / f"python{python}" if command else Path()
    return next((each for each in (*sorted(neighbours), beside) if (each / "os.py").is_file()), None)


def _normal(name: str) -> str:
    """Return the name of a distribution as archives write it."""
    return re.sub(r"[-_.]+", "_", name).lower()


def _place(name: str, version: str) -> Path:
    return cache_folder() / "sources" / f"{_normal(name)}-{version}"


def _move_into_place(made: Path, folder: Path) -> None:
    try:
        made.rename(folder)
    except OSError:
        # Another process was faster: its copy is as good as ours.
        if not folder.is_dir():
            raise


# -- download


def _bring(releases: Sequence[tuple[str, str]], python: str) -> None:
    """Bring those releases that are not in the cache with one call of pip, which starts slowly.

    What does not come so is left to be brought by itself: then an error names the release that is at fault.
    """
    missing = [(name, version) for name, version in dict.fromkeys(releases) if not _place(name, version).is_dir()]
    if len(missing) < FEW:
        return
    import tempfile

    folder = cache_folder() / "sources"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".download-") as temporary:
        together = Path(temporary) / "together"
        together.mkdir()
        try:
            _run_pip([f"{name}=={version}" for name, version in missing], python, together)
        except DownloadError:
            return
        wheels = {tuple(path.name.split("-")[:2]): path for path in together.iterdir()}
        for name, version in missing:
            wheel = wheels.get((_normal(name), version))
            if wheel is not None:
                made = Path(temporary) / f"{_normal(name)}-{version}"
                made.mkdir()
                _unpack(wheel.rename(made / wheel.name), made / "unpacked")
                _move_into_place(made, _place(name, version))


def _download(name: str, version: str, python: str, into: Path) -> Path:
    """Bring the wheel of a release.

    Raises:
        DownloadError: It cannot be had.
    """
    errors = _run_pip([f"{name}=={version}"], python, into)
    archives = [path for path in into.iterdir() if path.name.endswith(ARCHIVE_SUFFIXES)]
    if not errors and archives:
        return archives[0]
    raise DownloadError(_why_not(name, version, errors))


def _run_pip(pins: Sequence[str], python: str, into: Path) -> str:
    """Have pip download releases into a folder; return what it says of an error, empty if there is none.

    Raises:
        DownloadError: It does not answer.
    """
    import subprocess

    options = ["--no-deps", "--only-binary=:all:", "--python-version", python, "--dest", str(into)]
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    command = [*_pip(), "download", *options, *quiet, *pins]
    try:
        run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=DOWNLOAD_SECONDS)  # noqa: S603 - pip with our own arguments
    except (OSError, subprocess.TimeoutExpired) as error:
        raise DownloadError(
            f"{', '.join(pins)}: pip did not answer: {error}. Try again, or give the wheel as a file."
        ) from error
    return (run.stderr or f"exit code {run.returncode}") if run.returncode else ""


def _pip() -> list[str]:
    """Return the command that runs pip: this interpreter's, else one on PATH."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    for name in ("pip3", "pip"):
        if found := shutil.which(name):
            return [found]
    if found := shutil.which("uvx"):
        return [found, "pip"]
    raise DownloadError("pip was not found, and releases are brought by it. Install pip, or give the wheel as a file.")


def _why_not(name: str, version: str, errors: str) -> str:
    known = re.search(r"from versions: ([^)]*)\)", errors)
    versions = [each.strip() for each in known[1].split(",")] if known and known[1] != "none" else []
    if versions:
        newest = ", ".join(versions[-5:])
        return f"{name}=={version}: there is no such release with a wheel. The newest known are {newest}."
    if re.search(r"connection|resolve|Temporary failure|unreachable|timed out|ProxyError", errors, re.IGNORECASE):
        return (
            f"{name}=={version}: the package index cannot be reached. Check the network, or give the wheel as a file."
        )
    return (
        f"{name}=={version}: the package index has no wheel of that name. "
        "Check the spelling. A release that is a source archive only has to be given as a file, so that no code runs."
    )


# -- archives


def _unpack(archive: Path, into: Path) -> None:
    """Unpack an archive.

    Raises:
        UnsafeArchiveError: A member would be written outside the folder; nothing is left.
        TargetError: It is damaged.
    """
    import tarfile
    import zipfile

    into.mkdir()
    try:
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as opened:
                for member in opened.infolist():
                    _refuse_unsafe(archive, member.filename)
                opened.extractall(into)  # noqa: S202 - every member was judged above
        else:
            with tarfile.open(archive) as opened_tar:
                for tar_member in opened_tar.getmembers():
                    _refuse_unsafe(archive, tar_member.name)
                opened_tar.extractall(into, filter="data")
    except tarfile.FilterError as error:
        shutil.rmtree(into)
        raise UnsafeArchiveError(f"{archive.name}: {error}. Do not use this archive.") from error
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, OSError) as error:
        shutil.rmtree(into)
        raise TargetError(f"{archive.name}: cannot be unpacked: {error}. Download it again.") from error


def _refuse_unsafe(archive: Path, member: str) -> None:
    path = PurePosixPath(member.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", member):
        raise UnsafeArchiveError(
            f"{archive.name}: the member {member} would be written outside its folder. Do not use this archive."
        )


def _archive_sources(archive: Path) -> Sources:
    folder = cache_folder() / "archives" / _digest(archive)
    if not folder.is_dir():
        import tempfile

        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".unpack-") as temporary:
            _unpack(archive, Path(temporary) / "unpacked")
            _move_into_place(Path(temporary) / "unpacked", folder)
    name, _, rest = archive.name.partition("-")
    return _unpacked_sources(folder, name, rest.partition("-")[0], archive)


def _digest(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _unpacked_sources(folder: Path, name: str, version: str, archive: Path) -> Sources:
    """Return the sources in an unpacked archive; a source archive has one folder around everything."""
    root = folder
    entries = [entry for entry in sorted(folder.iterdir()) if entry.is_dir()]
    if len(entries) == 1 and ((entries[0] / "pyproject.toml").is_file() or (entries[0] / "PKG-INFO").is_file()):
        root = entries[0] / "src" if (entries[0] / "src").is_dir() else entries[0]
    told, told_version = _metadata(folder)
    return Sources(
        distribution=told or name,
        version=told_version or version,
        root=root,
        packages=top_level(root),
        digest=_digest(archive),
        archive=archive.name,
    )


def _metadata(folder: Path) -> tuple[str, str]:
    """Return name and version from the metadata of an unpacked archive, empty where there is none."""
    for path in (*sorted(folder.glob("*.dist-info/METADATA")), *sorted(folder.glob("*/PKG-INFO"))):
        head, _, _ = path.read_text(encoding="utf-8", errors="replace").partition("\n\n")
        fields = {
            name: value.strip() for name, _, value in (line.partition(":") for line in reversed(head.splitlines()))
        }
        return fields.get("Name", ""), fields.get("Version", "")
    return "", ""


def top_level(root: Path) -> tuple[str, ...]:
    """Return the packages and modules right in a folder, in alphabetical order."""
    found: set[str] = set()
    for entry in root.iterdir():
        if entry.is_dir() and entry.name.isidentifier() and not entry.name.endswith(NOT_DOCUMENTED):
            if next(entry.rglob("*.py"), None) or next(entry.rglob("*.pyi"), None):
                found.add(entry.name)
        elif entry.suffix == ".py" and entry.stem.isidentifier() and entry.stem != "setup":
            found.add(entry.stem)
    return tuple(sorted(found))


# -- folders and installed packages


def _folder_sources(folder: Path) -> Sources:
    """Return the sources of a folder: a package itself, or a project or unpacked archive with packages in it."""
    if (folder / "__init__.py").is_file():
        top = folder
        while (top.parent / "__init__.py").is_file():
            top = top.parent
        dotted = ".".join(folder.relative_to(top.parent).parts)
        name, version = _project(top.parent)
        return Sources(distribution=name or dotted, version=version, root=top.parent, packages=(dotted,))
    root = folder / "src" if (folder / "src").is_dir() else folder
    packages = tuple(name for name in top_level(root) if (root / name / "__init__.py").is_file()) or top_level(root)
    if not packages:
        raise TargetError(f"target {folder.name}: the folder holds no Python package. Name the package's own folder.")
    name, version = _project(folder)
    return Sources(distribution=name or packages[0], version=version, root=root, packages=packages)


def _project(folder: Path) -> tuple[str, str]:
    """Return name and version of the project that a folder belongs to, empty where nothing says them."""
    for each in (folder, folder.parent):
        path = each / "pyproject.toml"
        if path.is_file():
            try:
                project = tomllib.loads(path.read_text(encoding="utf-8")).get("project", {})
            except (tomllib.TOMLDecodeError, UnicodeDecodeError):
                break
            return str(project.get("name", "")), str(project.get("version", ""))
    return _metadata(folder)


def _installed_sources(name: str) -> Sources:
    """Return the sources of something installed, found without importing it."""
    import importlib.metadata

    top = name.partition(".")[0]
    spec = importlib.machinery.PathFinder.find_spec(top)
    places = list(spec.submodule_search_locations or []) if spec else []
    if spec is None or not (places or spec.origin):
        raise TargetError(
            f"target {name}: no such file or folder, and no package of that name is installed. "
            "Name a folder, a wheel, an installed package or a release such as httpx==0.28.1."
        )
    root = Path(places[0]).parent if places else Path(str(spec.origin)).parent
    distributions = importlib.metadata.packages_distributions().get(top, [])
    version = importlib.metadata.version(distributions[0]) if distributions else ""
    return Sources(
        distribution=distributions[0] if distributions else top, version=version, root=root, packages=(name,)
    )
