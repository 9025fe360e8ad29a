"""The cache: private to the user, verified at every use, and clean after interrupted work."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from docgen.errors import CacheError
from docgen.sources import cache
from docgen.sources.cache import Kept, beginning, cache_folder, kept_tree, private_folder


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Separate the cache of these tests from the user's."""
    monkeypatch.setenv("ASSAY_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


class Filling:
    """Unpacks one file, and counts the calls."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, into: Path) -> tuple[str, ...]:
        """Write the file."""
        self.count += 1
        (into / "p").mkdir(parents=True)
        (into / "p" / "a.py").write_text("A = 1\n")
        return ("a link was left out",)


def test_named_folder_goes_first(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`$ASSAY_CACHE` names the cache; without it, the platform determines it."""
    named = cache_folder()
    monkeypatch.delenv("ASSAY_CACHE")

    assert named == folder
    assert cache_folder().name == "assay"


def test_cache_is_private(folder: Path) -> None:
    """Nobody else can enter it, with any mask and any earlier mode."""
    (folder / "sources").mkdir(parents=True)
    (folder / "sources").chmod(0o777)
    folder.chmod(0o777)

    place = private_folder("trees")

    assert [each.stat().st_mode & 0o777 for each in (place, place.parent)] == [0o700, 0o700]
    assert folder.stat().st_mode & 0o777 == 0o777, "a folder that the user named is not ours to change"


def test_cache_of_another_user_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The owner of the folder could change its contents."""
    private_folder("trees")
    monkeypatch.setattr(os, "getuid", lambda: 12_345)

    with pytest.raises(CacheError, match=r"belongs to another user.*ASSAY_CACHE"):
        private_folder("trees")


def test_cache_that_cannot_be_written_is_one_line(folder: Path) -> None:
    """There is a file in place of the folder."""
    folder.write_text("")

    with pytest.raises(CacheError, match="ASSAY_CACHE") as raised:
        private_folder("trees")
    assert raised.value.exit_code == 3


def test_tree_is_made_once() -> None:
    """The second time, it comes from the cache, with the same remarks."""
    fill = Filling()

    first, second = kept_tree("key", fill), kept_tree("key", fill)

    assert first == second
    assert (fill.count, first.notes) == (1, ("a link was left out",))
    assert (first.tree / "p" / "a.py").read_text() == "A = 1\n"


def change_text(tree: Path) -> None:
    """Change a file."""
    (tree / "p" / "a.py").write_text("A = 2\n")


def change_text_and_set_the_time_back(tree: Path) -> None:
    """Change a file without changing its size and time."""
    path = tree / "p" / "a.py"
    before = path.stat()
    path.write_text("A = 2\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def add_file(tree: Path) -> None:
    """Add a file."""
    (tree / "p" / "b.py").write_text("")


def remove_file(tree: Path) -> None:
    """Remove a file."""
    (tree / "p" / "a.py").unlink()


def put_link(tree: Path) -> None:
    """Replace a file by a link with the same content."""
    (tree.parent / "a.py").write_text("A = 1\n")
    (tree / "p" / "a.py").unlink()
    (tree / "p" / "a.py").symlink_to(tree.parent / "a.py")


def damage_ledger(tree: Path) -> None:
    """Truncate the ledger in the middle."""
    ledger = tree.parent / "ledger.json"
    ledger.write_text(ledger.read_text()[:20])


def other_ledger(tree: Path) -> None:
    """Replace the ledger by something else."""
    (tree.parent / "ledger.json").write_text("[]")


@pytest.mark.parametrize(
    "change",
    [change_text, change_text_and_set_the_time_back, add_file, remove_file, put_link, damage_ledger, other_ledger],
    ids=lambda change: change.__name__,
)
def test_changed_tree_is_made_anew(change: object) -> None:
    """A tree that differs from what was written is not read."""
    assert callable(change)
    fill = Filling()
    kept = kept_tree("key", fill)
    change(kept.tree)

    again = kept_tree("key", fill)

    assert fill.count == 2
    assert [path.name for path in again.tree.rglob("*")] == ["p", "a.py"]
    assert (again.tree / "p" / "a.py").read_text() == "A = 1\n"


def test_copied_tree_is_taken_as_it_is() -> None:
    """After a backup is restored, all times differ, and the bytes decide."""
    fill = Filling()
    kept = kept_tree("key", fill)
    os.utime(kept.tree / "p" / "a.py", ns=(1, 1))

    assert kept_tree("key", fill) == kept
    assert fill.count == 1


def test_tree_of_a_faster_process_stays_where_it_is() -> None:
    """If two processes unpack the same archive, the slower one uses the tree of the other."""
    fast, slow = Filling(), Filling()
    first: list[Kept | int] = []

    def unpack_slowly(into: Path) -> tuple[str, ...]:
        kept = kept_tree("key", fast)
        first.extend([kept, (kept.tree / "p").stat().st_ino])
        return slow(into)

    second = kept_tree("key", unpack_slowly)

    assert [second, (second.tree / "p").stat().st_ino] == first
    assert (fast.count, slow.count) == (1, 1)


def test_work_that_fails_leaves_nothing(folder: Path) -> None:
    """A partly unpacked archive is never used."""

    def fail(into: Path) -> tuple[str, ...]:
        (into / "p").mkdir(parents=True)
        raise CacheError("full")

    with pytest.raises(CacheError):
        kept_tree("key", fail)

    assert not list((folder / "sources" / "trees").iterdir())


def test_remains_of_killed_work_are_removed() -> None:
    """Unfinished work from long ago is removed; that of a running process is kept."""
    place = private_folder("trees")
    for name, age in ((".begun-old", cache.ABANDONED_SECONDS + 60), (".begun-new", 0)):
        (place / name).mkdir()
        os.utime(place / name, (time.time() - age,) * 2)

    with beginning(place):
        pass

    assert [path.name for path in place.iterdir()] == [".begun-new"]
