"""Targets: sources are found by any kind of name, and nothing is run, imported or written elsewhere."""

from __future__ import annotations

import io
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from docgen.errors import ArchiveError, DocgenError, DownloadError, LayoutError, TargetError, UnsafeArchiveError
from docgen.sources import releases
from docgen.sources.interpreters import standard_library
from docgen.sources.releases import Answer
from docgen.sources.targets import dependency_roots, find_sources, release_sources


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Separate the releases of these tests from the user's."""
    monkeypatch.setenv("ASSAY_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def wheel(path: Path, members: dict[str, str]) -> Path:
    """Write a wheel with these members."""
    with zipfile.ZipFile(path, "w") as opened:
        for name, text in members.items():
            opened.writestr(name, text)
    return path


def sdist(path: Path, members: dict[str, str]) -> Path:
    """Write a source archive with these members."""
    with tarfile.open(path, "w:gz") as opened:
        for name, text in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            opened.addfile(info, io.BytesIO(text.encode()))
    return path


METADATA = "Metadata-Version: 2.1\nName: Thing-Kit\nVersion: 1.2\n"


def test_package_folder(tmp_path: Path) -> None:
    """The folder of a package, even a nested one, is documented under its dotted name."""
    (tmp_path / "top" / "inner").mkdir(parents=True)
    for folder in ("top", "top/inner"):
        (tmp_path / folder / "__init__.py").touch()

    assert find_sources(str(tmp_path / "top")).packages == ("top",)
    assert find_sources(str(tmp_path / "top" / "inner")).packages == ("top.inner",)
    assert find_sources(str(tmp_path / "top" / "inner")).root == tmp_path


def test_project_folder(tmp_path: Path) -> None:
    """A project has the packages in its `src`, and its name and version."""
    (tmp_path / "src" / "pack").mkdir(parents=True)
    (tmp_path / "src" / "pack" / "__init__.py").touch()
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "pack-kit"\nversion = "0.3"\n')

    found = find_sources(str(tmp_path))

    assert (found.distribution, found.version, found.packages) == ("pack-kit", "0.3", ("pack",))


def test_wheel_and_source_archive(tmp_path: Path) -> None:
    """Archives are unpacked once, and contain their own name and version."""
    members = {"thing/__init__.py": "", "one.py": "", "thing_kit-1.2.dist-info/METADATA": METADATA}
    built = wheel(tmp_path / "thing_kit-1.2-py3-none-any.whl", members)
    raw = sdist(tmp_path / "thing_kit-1.2.tar.gz", {"t-1.2/PKG-INFO": METADATA, "t-1.2/src/thing/__init__.py": ""})

    for archive, packages in ((built, ("one", "thing")), (raw, ("thing",))):
        found = find_sources(str(archive))
        assert (found.distribution, found.version, found.packages) == ("Thing-Kit", "1.2", packages)
        assert len(found.digest) == 64
        assert find_sources(str(archive)) == found


@pytest.mark.parametrize("name", ["../evil.py", "/etc/evil.py", "a/../../evil.py", "C:\\evil.py", "..\\evil.py"])
def test_archive_that_would_write_elsewhere_is_refused(name: str, tmp_path: Path) -> None:
    """No member leaves its folder, and nothing of the archive is left behind."""
    archives = [
        wheel(tmp_path / "bad-1.0-py3-none-any.whl", {"good.py": "", name: "x"}),
        sdist(tmp_path / "bad-1.0.tar.gz", {"good.py": "", name: "x"}),
    ]

    for archive in archives:
        with pytest.raises(UnsafeArchiveError, match="outside its folder"):
            find_sources(str(archive))
    assert not list(tmp_path.rglob("evil.py"))
    assert not list((tmp_path / "cache").rglob("good.py"))


def test_link_out_of_an_archive_is_refused(tmp_path: Path) -> None:
    """A link to a place outside counts like a path."""
    path = tmp_path / "bad-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as opened:
        info = tarfile.TarInfo("way_out")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc"
        opened.addfile(info)

    with pytest.raises(UnsafeArchiveError):
        find_sources(str(path))


def test_damaged_archive(tmp_path: Path) -> None:
    """The error for an invalid archive says so."""
    path = tmp_path / "bad-1.0-py3-none-any.whl"
    path.write_bytes(b"not a zip")

    with pytest.raises(ArchiveError, match="cannot be unpacked"):
        find_sources(str(path))


UNKNOWN = [
    "no/such/folder",
    "no_such_package_anywhere",
    "name==",
    "a b",
    "x>=1",
    "",
    "a\nb",
    "a\0b",
    "n" * 5_000,
    "g.whl",
]


@pytest.mark.parametrize("target", UNKNOWN, ids=ascii)
def test_unknown_target(target: str) -> None:
    """An unknown name is a usage error, and one line lists valid targets."""
    with pytest.raises(TargetError, match="httpx==") as raised:
        find_sources(target)

    assert raised.value.exit_code == 2
    assert str(raised.value).isprintable()
    assert len(str(raised.value)) < 400


def test_file_of_another_kind(tmp_path: Path) -> None:
    """The message lists the kinds that are read."""
    (tmp_path / "notes.txt").touch()

    with pytest.raises(TargetError, match=r"notes\.txt.*\.py.*\.whl"):
        find_sources(str(tmp_path / "notes.txt"))


def test_folder_without_package(tmp_path: Path) -> None:
    """An empty folder is no target."""
    with pytest.raises(LayoutError, match="no Python package: it is empty") as raised:
        find_sources(str(tmp_path))
    assert raised.value.exit_code == 3


def test_installed_package_is_found_without_being_imported() -> None:
    """An installed package is looked up on the path only."""
    before = set(sys.modules)

    found = find_sources("jinja2")

    assert found.packages == ("jinja2",)
    assert found.distribution.lower() == "jinja2"
    assert not {name for name in set(sys.modules) - before if name.startswith("jinja2")}


def test_distribution_is_found_by_its_own_name_too() -> None:
    """A distribution may have another name than its packages."""
    found = find_sources("MarkupSafe")

    assert (found.packages, found.distribution) == (("markupsafe",), "MarkupSafe")


def test_pip_without_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without network, one line says so, and no incomplete release stays in the cache."""
    monkeypatch.setattr(
        "docgen.sources.releases.pip_command",
        lambda: [sys.executable, "-c", "raise SystemExit('Temporary failure in name resolution')"],
    )

    with pytest.raises(DownloadError, match="cannot be reached") as raised:
        release_sources("thing", "1.0")
    assert "\n" not in str(raised.value)
    assert raised.value.exit_code == 3


class Index:
    """Replaces pip: has a wheel of each release except those in `absent`, and counts its calls."""

    def __init__(self, *absent: str) -> None:
        self.absent = absent
        self.calls: list[tuple[str, ...]] = []

    def __call__(self, arguments: Sequence[str], into: Path) -> Answer:
        """Download, all or nothing."""
        pins = tuple(each for each in arguments if "==" in each)
        self.calls.append(pins)
        if missing := [pin for pin in pins if pin in self.absent]:
            return Answer(error=f"no matching distribution for {missing}", log="")
        for pin in pins:
            name, version = pin.split("==")
            wheel(into / f"{name.replace('-', '_')}-{version}-py3-none-any.whl", {f"{name[0]}/__init__.py": ""})
        return Answer(error="", log="")


def test_dependencies_come_with_one_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """Releases that are missing from the cache are downloaded together, each into its place."""
    index = Index()
    monkeypatch.setattr(releases, "run_pip", index)

    roots, found = dependency_roots(("a-part==1.0", "b==2.1", "c==3"))
    again, _ = dependency_roots(("a-part==1.0", "b==2.1", "c==3", "d==4"))

    assert [each.packages for each in found] == [("a",), ("b",), ("c",)]
    assert again[:3] == roots
    assert index.calls == [("a-part==1.0", "b==2.1", "c==3"), ("d==4",)]


def test_a_dependency_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the common call fails, one call for each finds the missing release."""
    index = Index("b==2.1")
    monkeypatch.setattr(releases, "run_pip", index)

    with pytest.raises(DownloadError, match=r"b==2\.1"):
        dependency_roots(("a==1.0", "b==2.1"))

    assert index.calls == [("a==1.0", "b==2.1"), ("a==1.0",), ("b==2.1",)]


@pytest.mark.network
def test_release_that_does_not_exist() -> None:
    """The error for a wrong version names the newest existing ones."""
    with pytest.raises(DownloadError, match="newest known"):
        find_sources("httpx==0.0.0.1")


@pytest.mark.network
def test_release_is_downloaded_once(cache: Path) -> None:
    """The second time, a release comes from the cache, byte for byte the same."""
    first = find_sources("click==8.1.8")
    archive = next((cache / "sources" / "releases" / "click-8.1.8").glob("*.whl"))
    before = archive.stat()

    assert find_sources("click==8.1.8") == first
    assert archive.stat() == before
    assert first.packages == ("click",)


def test_standard_library_of_this_interpreter() -> None:
    """The sources for the running version are available; those of another one can be configured."""
    own = f"{sys.version_info.major}.{sys.version_info.minor}"

    assert standard_library("2.0") is None
    assert (standard_library(own) or Path()).joinpath("os.py").is_file()
    assert standard_library("2.0", "/somewhere") == Path("/somewhere")


def test_every_error_is_ours() -> None:
    """A caller catches one base class."""
    assert issubclass(TargetError, DocgenError)
    assert issubclass(DownloadError, DocgenError)
    assert issubclass(UnsafeArchiveError, DocgenError)
