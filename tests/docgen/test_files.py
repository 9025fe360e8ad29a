"""Files that a user names are written completely, and never through a link."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from docgen.files import write_whole


def test_file_is_replaced(tmp_path: Path) -> None:
    """It has the new bytes, and no other file is left."""
    path = tmp_path / "f"
    path.write_bytes(b"old")

    write_whole(path, b"new")

    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_equal_file_is_not_touched(tmp_path: Path) -> None:
    """It keeps its time, so that no watcher reacts."""
    path = tmp_path / "f"
    path.write_bytes(b"same")
    os.utime(path, (1, 1))

    write_whole(path, b"same")

    assert path.stat().st_mtime == 1


def test_link_in_the_way_is_not_followed(tmp_path: Path) -> None:
    """A link with the name of the temporary file is removed, and its target is unchanged."""
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    (tmp_path / "f.new").symlink_to(victim)

    write_whole(tmp_path / "f", b"new")

    assert victim.read_bytes() == b"mine"
    assert (tmp_path / "f").read_bytes() == b"new"


def test_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For any error, the old file is unchanged, and no other file is left."""
    path = tmp_path / "f"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")

    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_device_is_written_to() -> None:
    """`/dev/null` is not replaced by a file."""
    write_whole(Path(os.devnull), b"gone")

    assert not Path(os.devnull).is_file()
