"""The lock of a reference: written on request, compared by every other build."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from docgen.command.cli import docgen
from docgen.config import load_config
from docgen.errors import LockError
from docgen.sources.lock import check_lock, lock_text, write_lock
from docgen.sources.targets import Sources

ROOT = Path(__file__).parents[3]


def release(name: str = "one", digest: str = "a", archive: str = "one-1-py3-none-any.whl") -> Sources:
    """Return the record of a read release."""
    return Sources(
        distribution=name, version="1", root=Path(), packages=(name,), digest=digest * 64, archive=archive, pinned=name
    )


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """Return a lock file that lists one release."""
    path = tmp_path / "p.lock"
    path.write_text(lock_text([release()]))
    return path


def test_lock_lists_name_archive_and_digest(lock: Path) -> None:
    """One requirement per release, sorted; a folder has no digest and is not listed."""
    folder = Sources(distribution="p", version="1", root=Path(), packages=("p",))

    assert lock.read_text() == f"# one-1-py3-none-any.whl\none==1 \\\n    --hash=sha256:{'a' * 64}\n"
    assert [line for line in lock_text([release("two"), release(), folder]).split() if "==" in line] == [
        "one==1",
        "two==1",
    ]
    assert check_lock(lock, [release(), folder], ["one==1"]) == ()


def test_another_digest_is_an_error_with_both_digests(lock: Path) -> None:
    """The same archive with another digest stops the build."""
    with pytest.raises(
        LockError, match=r"expected one-1-py3-none-any.whl with sha256:a{64}, got sha256:b{64}.*--lock"
    ) as caught:
        check_lock(lock, [release(digest="b")], [])

    assert caught.value.exit_code == 4


def test_dependency_that_is_not_locked_is_a_finding(lock: Path) -> None:
    """A pin that is missing from the lock is reported; a missing documented release is not."""
    (finding,) = check_lock(lock, [release()], ["one==1", "two==1"])

    assert (finding.code, finding.text.split()[0]) == ("DG303", "two==1")
    assert check_lock(lock, [release(), release("new")], ["One[extra]==1"]) == ()


def test_lines_of_other_archives_are_kept(lock: Path) -> None:
    """A build adds the archives that it read, in order, and replaces lines for the same archive."""
    write_lock(lock, lock_text([release("a_b"), release(digest="c"), release(archive="one-1-cp312.whl")]))

    assert lock.read_text().splitlines() == [
        "# one-1-py3-none-any.whl",
        "a-b==1 \\",
        f"    --hash=sha256:{'a' * 64}",
        "# one-1-cp312.whl",
        "# one-1-py3-none-any.whl",
        "one==1 \\",
        f"    --hash=sha256:{'a' * 64} \\",
        f"    --hash=sha256:{'c' * 64}",
    ]


def test_lock_of_another_tool_is_compared(tmp_path: Path) -> None:
    """If it has no archive names, any of its digests matches, and no other one."""
    path = tmp_path / "requirements.txt"
    hashes = f"--hash=sha256:{'a' * 64} \\\n    --hash=sha256:{'b' * 64}\n    # via two\n"
    path.write_text(f'# made by a tool\n\none==1 ; python_version >= "3.8" \\\n    {hashes}')

    assert check_lock(path, [release(), release(digest="b")], ["one==1"]) == ()
    with pytest.raises(LockError, match="got sha256:ccc"):
        check_lock(path, [release(digest="c")], [])


def test_archive_of_another_platform_is_a_finding(lock: Path) -> None:
    """The finding says that its digest is unknown."""
    (finding,) = check_lock(lock, [release(digest="c", archive="one-1-cp312-cp312-macosx.whl")], ["one==1"])

    assert finding.code == "DG302"
    assert "one-1-py3-none-any.whl" in finding.hint


@pytest.mark.parametrize("text", ["one==1\n", "one==1 --hash=md5:1\n", "a b c d\n", "one>=1 --hash=sha256:" + "a" * 64])
def test_damaged_lock_is_reported_with_its_line(text: str, tmp_path: Path) -> None:
    """An invalid line is an error, and so is a missing lock."""
    path = tmp_path / "p.lock"
    path.write_text(f"# comment\n\n{text}")

    with pytest.raises(LockError, match=r"p\.lock:3:1"):
        check_lock(path, [], [])
    with pytest.raises(LockError, match="--lock"):
        check_lock(tmp_path / "gone.lock", [], [])


def wheel(folder: Path, body: str) -> Path:
    """Write a wheel with one module and return it."""
    path = folder / "toy-1-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("toy/__init__.py", body)
        archive.writestr("toy-1.dist-info/METADATA", "Name: toy\nVersion: 1\n")
    return path


def test_build_writes_the_lock_and_then_keeps_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--lock` writes it next to the configuration; the key `lock` compares, and a changed archive is an error."""
    monkeypatch.setenv("ASSAY_CACHE", str(tmp_path / "cache"))
    config = tmp_path / "toy.toml"
    config.write_text('dialect = "material"\nlock = "toy.lock"\n')
    target = wheel(tmp_path, "def f(): ...\n")
    command = ["build", str(target), "--config", str(config), "--out", str(tmp_path / "out")]

    without = CliRunner().invoke(docgen, command)
    written = CliRunner().invoke(docgen, [*command, "--lock", str(tmp_path / "toy.lock")])
    kept = CliRunner().invoke(docgen, command)
    wheel(tmp_path, "def g(): ...\n")
    changed = CliRunner().invoke(docgen, command)

    assert (without.exit_code, written.exit_code, kept.exit_code, changed.exit_code) == (4, 0, 0, 4)
    assert "toy-1-py3-none-any.whl" in (tmp_path / "toy.lock").read_text()
    assert "expected toy-1-py3-none-any.whl with sha256:" in changed.output
    assert list((tmp_path / "out").rglob("index.md"))


def test_examples_are_locked() -> None:
    """Every example with dependencies has a lock that lists each of them, for all releases."""
    for path in (ROOT / "examples").glob("*.toml"):
        releases = ("0", *(each["version"] for each in load_config(path).config.since), "")
        for config in (load_config(path, version=release).config for release in releases):
            fixed = [pin for pin in config.dependencies if "{version}" not in pin]
            assert not fixed or check_lock(Path(config.lock), [], fixed) == ()
