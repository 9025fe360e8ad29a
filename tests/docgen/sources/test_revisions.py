"""Git revisions are read from the object store; nothing is checked out or run."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from docgen.errors import DocgenError, RevisionError
from docgen.sources.revisions import latest_release
from docgen.sources.targets import find_sources

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder, without the user's configuration."""
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    run = subprocess.run(
        [str(shutil.which("git")), *identity, *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    return run.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a repository with two releases of a package, and work in it."""
    folder = tmp_path / "repository"
    (folder / "src" / "thing" / "inner").mkdir(parents=True)
    (folder / "tests").mkdir()
    (folder / "pyproject.toml").write_text('[project]\nname = "thing-kit"\nversion = "1.0"\n')
    (folder / "src" / "thing" / "__init__.py").write_text("A = 1\n")
    (folder / "src" / "thing" / "inner" / "__init__.py").write_text("B = 1\n")
    (folder / "src" / "thing" / "data.bin").write_bytes(bytes(100))
    (folder / "tests" / "test_it.py").write_text("")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "one")
    git(folder, "tag", "v1.0")
    (folder / "src" / "thing" / "__init__.py").write_text("A = 2\n")
    git(folder, "commit", "-q", "-a", "-m", "two")
    monkeypatch.setenv("ASSAY_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(folder)
    return folder


def test_revision_is_read_as_it_was(repository: Path) -> None:
    """A tag gives the sources of its commit, with any working tree; only sources are written."""
    (repository / "src" / "thing" / "__init__.py").write_text("A = 3\n")

    old, new = find_sources("git:v1.0"), find_sources("git:main")

    assert (old.distribution, old.version, old.packages) == ("thing-kit", "1.0", ("thing",))
    assert [(each.root / "thing" / "__init__.py").read_text() for each in (old, new)] == ["A = 1\n", "A = 2\n"]
    assert not (old.root / "thing" / "data.bin").exists()
    assert old.left_out == ()


@pytest.mark.parametrize(
    ("path", "package"),
    [
        ("src/thing", "thing"),
        ("src/thing/inner/", "thing.inner"),
        ("src", "thing"),
        ("src/thing/inner/__init__.py", "thing.inner"),
    ],
)
def test_path_in_a_revision(path: str, package: str, repository: Path) -> None:
    """A folder or a file of the revision has its dotted name in the project."""
    assert repository.is_dir()

    assert find_sources(f"git:v1.0:{path}").packages == (package,)


def test_links_of_the_same_target_are_all_there(repository: Path) -> None:
    """The object store has their common target once; each is read as the file in its own folder."""
    thing = repository / "src" / "thing"
    for name in ("one", "two"):
        (thing / name).mkdir()
        (thing / name / "__init__.py").write_text(f"NAME = {name!r}\n")
        (thing / name / "again.py").symlink_to("__init__.py")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "links")

    root = find_sources("git:main").root

    assert (root / "thing" / "one" / "again.py").read_text() == "NAME = 'one'\n"
    assert (root / "thing" / "two" / "again.py").read_text() == "NAME = 'two'\n"


def test_links_in_a_revision(repository: Path) -> None:
    """A link to a source file is read as the file; one out of the repository is left out, with a finding."""
    (repository / "src" / "thing" / "other.py").symlink_to("inner/__init__.py")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "three")

    assert (find_sources("git:HEAD").root / "thing" / "other.py").read_text() == "B = 1\n"

    (repository / "src" / "thing" / "out.py").symlink_to("/etc/passwd")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "four")

    found = find_sources("git:HEAD")

    assert found.notes == ("the link src/thing/out.py leads to no file that was read; it is left out",)
    assert not (found.root / "thing" / "out.py").exists()


def test_filters_of_the_repository_are_not_run(repository: Path) -> None:
    """A smudge filter, which git runs at every checkout, is not run."""
    mark = repository / "ran"
    git(repository, "config", "filter.loud.smudge", f"touch {mark}; cat")
    (repository / ".gitattributes").write_text("*.py filter=loud export-ignore\n")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "five")
    mark.unlink(missing_ok=True)

    assert find_sources("git:HEAD").packages == ("thing",)
    assert not mark.exists()


@pytest.mark.parametrize(
    "target", ["git:gone", "git:", "git:--help", "git:v1.0:gone", "git:HEAD:src/thing/data.bin", "git:HEAD:../x"]
)
def test_wrong_revision_is_one_line(target: str, repository: Path) -> None:
    """A missing revision or path, and options in place of a revision."""
    assert repository.is_dir()

    with pytest.raises(DocgenError, match=f"^git:{target[4:]}: ") as raised:
        find_sources(target)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["src/thing/__init__.py", "src/thing"])
def test_a_missing_object_is_not_fetched(name: str, repository: Path) -> None:
    """The program that the repository names for that is not run; the message names the file, or the folder's id."""
    identifier = git(repository, "rev-parse", f"main:{name}")
    (repository / ".git" / "objects" / identifier[:2] / identifier[2:]).unlink()
    ran = repository / "ran"
    for key, value in {
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": f"ext::sh -c touch% {ran}",
        "protocol.ext.allow": "always",
    }.items():
        git(repository, "config", key, value)

    message = f"{name} is not in the object store|{identifier}|an object is missing"
    with pytest.raises(RevisionError, match=message) as raised:
        find_sources("git:main")
    assert "\n" not in str(raised.value)
    assert not ran.exists()


def test_a_tag_that_is_not_text(repository: Path) -> None:
    """It is no version, and does not hide the tags that are."""
    subprocess.run([b"git", b"tag", b"v2.0-\xff"], cwd=repository, check=True)

    assert latest_release() == "git:v1.0"


def test_without_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Outside of a repository, the error is git's."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    with pytest.raises(RevisionError, match="not a git repository"):
        find_sources("git:HEAD")


def test_without_git(monkeypatch: pytest.MonkeyPatch) -> None:
    """If git is not on the path, one line says so."""
    monkeypatch.setenv("PATH", "")

    with pytest.raises(RevisionError, match="git was not found"):
        find_sources("git:HEAD")
