"""Releases: any archive of a release can be read, and none of its code runs.

pip itself is asked, with a folder of archives in the place of an index.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

from docgen.errors import DownloadError
from docgen.sources import releases
from docgen.sources.releases import archive_version, release_archive, release_order
from docgen.sources.targets import find_sources
from tests.docgen.sources.packed import sdist, wheel

pytestmark = pytest.mark.skipif(importlib.util.find_spec("pip") is None, reason="pip is not installed here")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give pip a folder of archives as its only index."""
    folder = tmp_path / "index"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("ASSAY_CACHE", str(tmp_path / "cache"))
    return folder


def offer(folder: Path, *tags: str, name: str = "thing", version: str = "1.0", requires: str = "") -> None:
    """Put wheels of a release into an index."""
    more = f"Requires-Python: {requires}\n" if requires else ""
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{more}\n"
    for tag in tags:
        info = f"{name}-{version}.dist-info"
        members = {
            f"{name}/__init__.py": f"TAG = {tag!r}\n",
            f"{info}/METADATA": metadata,
            f"{info}/WHEEL": f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n",
            f"{info}/RECORD": "",
        }
        wheel(folder / f"{name}-{version}-{tag}.whl", members)


WHEELS = [
    (("py2-none-any",), "py2-none-any"),
    (("cp37-cp37m-manylinux2010_x86_64", "cp39-cp39-win32"), "cp39-cp39-win32"),
    (("cp315-cp315-macosx_11_0_arm64", "cp315-cp315-win_amd64"), "cp315-cp315-macosx_11_0_arm64"),
    (("cp38-abi3-macosx_10_9_x86_64",), "cp38-abi3-macosx_10_9_x86_64"),
    (("pp39-pypy39_pp73-win_amd64",), "pp39-pypy39_pp73-win_amd64"),
]


@pytest.mark.parametrize(("tags", "chosen"), WHEELS, ids=[" ".join(tags) for tags, _ in WHEELS])
def test_any_wheel_will_do(tags: tuple[str, ...], chosen: str, index: Path) -> None:
    """Wheels for other Pythons and platforms are read, too: first those for any platform, then the nearest Python."""
    offer(index, *tags)

    found = find_sources("thing==1.0")

    assert (found.root / "thing" / "__init__.py").read_text() == f"TAG = {chosen!r}\n"


def test_wheel_that_asks_for_another_python(index: Path) -> None:
    """`Requires-Python` restricts where it can be installed, not where it can be read."""
    offer(index, "py3-none-any", requires=">=3.99")

    assert find_sources("thing==1.0").packages == ("thing",)


@pytest.mark.parametrize("file", ["thing-1.0.tar.gz", "thing-1.0.zip"])
def test_source_archive_is_read_and_not_run(file: str, index: Path, tmp_path: Path) -> None:
    """Without a wheel, the source archive is read; its build script, which pip would run, is not run."""
    mark = tmp_path / "ran"
    script = f"import pathlib; pathlib.Path({str(mark)!r}).touch()\nimport setuptools; setuptools.setup(name='thing')\n"
    members = {
        "thing-1.0/setup.py": script,
        "thing-1.0/thing/__init__.py": "A = 1\n",
        "thing-1.0/PKG-INFO": "Name: thing\nVersion: 1.0\n",
    }
    (wheel if file.endswith(".zip") else sdist)(index / file, members)

    found = find_sources("thing==1.0")

    assert (found.packages, found.archive, found.version) == (("thing",), file, "1.0")
    assert not mark.exists()


def test_release_that_does_not_exist_names_those_that_do(index: Path) -> None:
    """The newest known releases, in the order of versions."""
    for version in ("1.0", "2.0rc1", "2.0", "10.0"):
        offer(index, "py3-none-any", version=version)

    with pytest.raises(DownloadError, match=r"no such release\. The newest known are 1\.0, 2\.0rc1, 2\.0, 10\.0\.$"):
        find_sources("thing==3.0")


def test_unknown_distribution_is_one_line(index: Path) -> None:
    """The index does not have the name."""
    assert index.is_dir()

    with pytest.raises(DownloadError, match="no distribution of that name") as raised:
        find_sources("thing==1.0")
    assert "\n" not in str(raised.value)


def test_spelling_of_name_and_version(index: Path) -> None:
    """`Some.Thing==1.0.0` is `some-thing==1.0`, for the index and in the cache."""
    offer(index, "py3-none-any", name="some_thing")

    assert release_archive("Some.Thing", "1.0", "3.12") == release_archive("some-thing", "1.0", "3.12")
    assert find_sources("some-thing==1.0.0").packages == ("some_thing",)


def test_damaged_download_is_fetched_again(index: Path) -> None:
    """An archive in the cache that differs from the downloaded one is not read."""
    offer(index, "py3-none-any")
    first = release_archive("thing", "1.0", "3.12")
    before = first.read_bytes()
    first.write_bytes(before + b" ")

    assert release_archive("thing", "1.0", "3.12").read_bytes() == before


def test_pip_that_hangs_is_one_line(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A time limit ends it."""
    offer(index, "py3-none-any")
    monkeypatch.setattr(releases, "DOWNLOAD_SECONDS", 0.01)

    with pytest.raises(DownloadError, match="did not answer"):
        find_sources("thing==1.0")


def test_order_of_releases() -> None:
    """Pre-releases precede their release, in order; an epoch follows all; trailing zeros do not count."""
    ordered = ("1.0.dev1", "1.0a1", "1.0rc1", "1.0rc2", "1.0", "1.0.post1", "1.0.1", "2.1", "1!0.1")

    assert tuple(sorted(set(ordered), key=release_order)) == ordered
    assert release_order("2.1") == release_order("2.1.0")


VERSIONS = [
    ("thing-1.0-py3-none-any.whl", "1.0"),
    ("some.thing-1.0.post1.tar.gz", "1.0.post1"),
    ("thing-kit-2.0.tar.bz2", "2.0"),
    ("thing.zip", ""),
    ("odd-name.whl", ""),
]


@pytest.mark.parametrize(("file", "version"), VERSIONS)
def test_version_in_the_name_of_an_archive(file: str, version: str) -> None:
    """Read according to the packaging standards; empty if there is none."""
    assert archive_version(file) == version
