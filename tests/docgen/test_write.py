"""Writing trees: completely or not at all; equal files and other people's files are not touched."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docgen.command.making import command_of
from docgen.errors import LossError, WriteError
from docgen.incremental import write
from docgen.incremental.manifest import Manifest, is_damaged, read_manifest
from docgen.incremental.unchanged import FOLDER, is_up_to_date, read_raw
from docgen.incremental.write import refuse_loss, write_tree
from docgen.job import Job
from docgen.sources.targets import find_sources
from docgen.stamps import settled_stamp, stamp

FILES = {"index.md": "home\n", "pkg/index.md": "package\n", "pkg/tool.md": "tool\n"}


def tree(folder: Path) -> dict[str, str]:
    """Return the text of every file below a folder, without docgen's records."""
    paths = (path for path in folder.rglob("*") if path.is_file() and FOLDER not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_text() for path in paths}


def test_a_tree_is_written_and_reported(tmp_path: Path) -> None:
    """Every file exists, folders are created, and the caller gets a report."""
    done = write_tree(tmp_path / "out", FILES, Manifest())

    assert tree(tmp_path / "out") == FILES
    assert (len(done.written), done.removed, done.unchanged) == (3, (), 0)


def test_equal_files_are_not_touched(tmp_path: Path) -> None:
    """A second build of the same pages changes no file, not even its time."""
    write_tree(tmp_path, FILES, Manifest())
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}

    done = write_tree(tmp_path, FILES, Manifest())

    assert done.written == ()
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_what_is_no_longer_written_is_removed_and_nothing_else(tmp_path: Path) -> None:
    """Obsolete pages and their empty folders are removed; files that docgen did not write are kept."""
    write_tree(tmp_path, {**FILES, "gone/index.md": "x"}, Manifest())
    (tmp_path / "pkg" / "mine.md").write_text("mine")

    done = write_tree(tmp_path, {"index.md": "home\n"}, Manifest())

    assert done.removed == ("gone/index.md", "pkg/index.md", "pkg/tool.md")
    assert tree(tmp_path) == {"index.md": "home\n", "pkg/mine.md": "mine"}
    assert not (tmp_path / "gone").exists()


def test_a_manifest_cannot_remove_what_lies_outside(tmp_path: Path) -> None:
    """A path in the manifest that leads out of the folder is ignored."""
    outside = tmp_path / "mine.md"
    outside.write_text("mine")
    folder = tmp_path / "out"
    write_tree(folder, FILES, Manifest())
    manifest = folder / FOLDER / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"index.md"', '"../mine.md"'))

    write_tree(folder, FILES, Manifest())

    assert outside.read_text() == "mine"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_no_room_leaves_the_tree_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """If the disk fills up during writing: one clear error, every old file unchanged, nothing left over."""
    write_tree(tmp_path, FILES, Manifest())
    written = write._write_new
    calls = 0

    def fail_on_the_second(path: str, data: bytes) -> None:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise OSError(number, os.strerror(number))
        written(path, data)

    monkeypatch.setattr(write, "_write_new", fail_on_the_second)
    with pytest.raises(WriteError, match="cannot be written"):
        write_tree(tmp_path, {path: f"new {text}" for path, text in FILES.items()}, Manifest())

    assert tree(tmp_path) == FILES


def test_a_file_in_place_of_the_folder_is_an_error(tmp_path: Path) -> None:
    """The error says that `--out` names a file, and the file is unchanged."""
    place = tmp_path / "out"
    place.write_text("mine")

    with pytest.raises(WriteError, match="cannot be written"):
        write_tree(place, FILES, Manifest())

    assert place.read_text() == "mine"


def test_a_folder_that_could_not_be_filled_is_not_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first build that fails leaves nothing at all."""

    def fail(path: str, data: bytes) -> None:
        raise OSError(errno.ENOSPC, f"{path} {len(data)}")

    monkeypatch.setattr(write, "_write_new", fail)
    with pytest.raises(WriteError, match="Make room on the disk"):
        write_tree(tmp_path / "out", FILES, Manifest())

    assert not (tmp_path / "out").exists()


def test_names_that_differ_in_case_collide(tmp_path: Path) -> None:
    """On a file system without case, one of two files would be lost: an error before anything is written."""
    with pytest.raises(WriteError, match=r"a\.md and A\.md"):
        write_tree(tmp_path / "out", {"a.md": "", "A.md": ""}, Manifest())

    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("path", ["../outside.md", "/tmp/docgen-outside.md", "link/page.md"])  # noqa: S108 - must not be written
def test_no_file_is_written_outside_the_folder(tmp_path: Path, path: str) -> None:
    """Neither by a path that leads out nor through a link."""
    folder = tmp_path / "out"
    folder.mkdir()
    (tmp_path / "elsewhere").mkdir()
    (folder / "link").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(WriteError, match=r"is outside|is a link"):
        write_tree(folder, {path: "x"}, Manifest())

    assert list((tmp_path / "elsewhere").iterdir()) == []


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(st.dictionaries(st.sampled_from(["a.md", "p/a.md", "p/q/b.md"]), st.text()), max_size=4))
def test_a_folder_holds_what_the_last_build_wrote(
    tmp_path_factory: pytest.TempPathFactory, steps: list[dict[str, str]]
) -> None:
    """After any builds, the folder equals a full build of the last step."""
    folder = tmp_path_factory.mktemp("out")

    for files in steps:
        write_tree(folder, files, Manifest())

    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.md")}
    assert found == {path: text.encode() for path, text in (steps[-1] if steps else {}).items()}


def test_lost_content_stops_a_build_until_it_is_accepted(tmp_path: Path) -> None:
    """Symbols that only the last build has are named; accepting one accepts its members."""
    held = ("p", "p.C", "p.C.f", "p.C.f(a)", "p.C.f(a) default", "p.Cat")
    write_tree(tmp_path, FILES, Manifest(content=held))

    with pytest.raises(LossError, match=r"lose 5 (.|\n)*p\.C\.f\(a\) default(.|\n)*--accept-loss p\.C"):
        refuse_loss(tmp_path, ["p"], [])
    with pytest.raises(LossError, match=r"lose 1 (.|\n)*p\.Cat"):
        refuse_loss(tmp_path, ["p"], ["p.C"])

    refuse_loss(tmp_path, ["p"], ["p.C", "p.Cat"])
    refuse_loss(tmp_path, [*held, "p.New"], [])


def test_a_folder_without_manifest_has_nothing_to_lose(tmp_path: Path) -> None:
    """The first build succeeds, and so does one after an unreadable manifest."""
    refuse_loss(tmp_path, [], [])
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "manifest.json").write_text("{")

    assert read_manifest(tmp_path) is None
    refuse_loss(tmp_path, [], [])


@pytest.mark.parametrize("change", ["input", "input gone", "output", "output gone", "new file", "command"])
def test_any_change_makes_a_build_necessary(tmp_path: Path, change: str) -> None:
    """A build is unnecessary only if the command and all read or written files are the same."""
    source, out = tmp_path / "source", tmp_path / "out"
    source.mkdir()
    (source / "a.py").write_text("one")
    inputs = tuple(stamp(str(path)) for path in (source, source / "a.py"))
    write_tree(out, FILES, Manifest(command=("build",), inputs=inputs))
    manifest = read_raw(str(out))
    assert manifest
    assert is_up_to_date(manifest, ("build",))

    if change.startswith("input"):
        (source / "a.py").unlink() if "gone" in change else (source / "a.py").write_text("longer")
    elif change.startswith("output"):
        (out / "index.md").unlink() if "gone" in change else (out / "index.md").write_text("longer")
    elif change == "new file":
        (source / "b.py").write_text("new")

    assert not is_up_to_date(manifest, ("other",) if change == "command" else ("build",))


def test_a_file_of_the_user_is_never_replaced(tmp_path: Path) -> None:
    """A page with the name of a file that docgen did not write stops the build, which names the file."""
    write_tree(tmp_path, FILES, Manifest())
    (tmp_path / "notes.md").write_text("mine")

    with pytest.raises(WriteError, match=r"did not write 1 (.|\n)*notes\.md(.|\n)*--overwrite notes\.md"):
        write_tree(tmp_path, {**FILES, "index.md": "new\n", "notes.md": "page\n"}, Manifest())

    assert tree(tmp_path) == {**FILES, "notes.md": "mine"}


def test_a_file_of_the_user_is_replaced_on_request(tmp_path: Path) -> None:
    """Files that `overwrite` names, by path or by folder, belong to docgen from then on."""
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "tool.md").write_text("mine")
    (tmp_path / "index.md").write_text("mine")

    write_tree(tmp_path, FILES, Manifest(), overwrite=("pkg", "index.md"))

    assert tree(tmp_path) == FILES
    assert write_tree(tmp_path, {"index.md": "home\n"}, Manifest()).removed == ("pkg/index.md", "pkg/tool.md")


def test_committed_pages_are_known_without_the_manifest(tmp_path: Path) -> None:
    """A clone has the pages and their list, but no records of docgen; they may still be replaced."""
    write_tree(tmp_path, FILES, Manifest())
    (tmp_path / FOLDER / "manifest.json").unlink()
    (tmp_path / FOLDER / "content.txt").unlink()

    done = write_tree(tmp_path, {"index.md": "new\n"}, Manifest())

    assert done.written == ("index.md",)
    assert tree(tmp_path) == {"index.md": "new\n"}
    assert "!files.txt" in (tmp_path / FOLDER / ".gitignore").read_text()


@pytest.mark.parametrize("link", [FOLDER, "pkg", "pkg/tool.md"])
def test_nothing_is_written_through_a_link(tmp_path: Path, link: str) -> None:
    """A link below the output, with any target, stops the build before anything is written."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder = tmp_path / "out"
    (folder / link).parent.mkdir(parents=True)
    (folder / link).symlink_to(elsewhere)

    with pytest.raises(WriteError, match="is a link"):
        write_tree(folder, FILES, Manifest())

    assert list(elsewhere.iterdir()) == []
    assert not (folder / "index.md").exists()


@pytest.mark.parametrize("kill_at", range(1, 13))
def test_a_killed_build_leaves_whole_files_and_the_next_one_cleans_up(tmp_path: Path, kill_at: int) -> None:
    """After a kill at any change of the file system each page is old or new, and the next build equals a fresh one."""
    folder, fresh = tmp_path / "out", tmp_path / "fresh"
    old, new = (
        {**FILES, "gone.md": "gone\n"},
        {**{path: f"new {text}" for path, text in FILES.items()}, "add.md": "x\n"},
    )
    write_tree(folder, old, Manifest())
    write_tree(fresh, new, Manifest())

    killed = os.fork()
    if killed == 0:
        _die_at_change(kill_at)
        write_tree(folder, new, Manifest())
        os._exit(0)
    os.waitpid(killed, 0)
    between = tree(folder)
    write_tree(folder, new, Manifest())

    assert all(text in (old.get(path), new.get(path)) for path, text in between.items())
    assert tree(folder) == new
    names = [sorted(path.name for path in (each / FOLDER).iterdir()) for each in (folder, fresh)]
    assert names[0] == names[1]


def _die_at_change(number: int) -> None:
    """End this process, as a kill would, right before its `number`-th file is made, moved or removed."""
    calls = 0

    def count(event: str, _: object) -> None:
        nonlocal calls
        calls += event in {"os.rename", "os.remove", "os.mkdir"}
        if calls == number:
            os._exit(9)

    sys.addaudithook(count)


@pytest.mark.parametrize("name", ["manifest.json", "content.txt", "files.txt", "pages.json", "units.json"])
@pytest.mark.parametrize("damage", [b"", b"\x00\xff", b"[]", b'{"version": 2, "files": 3}', b"[" * 100_000])
def test_damaged_state_is_a_build_from_nothing(tmp_path: Path, name: str, damage: bytes) -> None:
    """With any contents of the records, the next build writes the same tree."""
    kept = {"pages.json": b"{}", "units.json": b"{}"}
    write_tree(tmp_path, FILES, Manifest(content=("pkg",)), kept)
    (tmp_path / FOLDER / name).write_bytes(damage)

    refuse_loss(tmp_path, [] if name == "content.txt" else ["pkg"], ())
    write_tree(tmp_path, FILES, Manifest(content=("pkg",)), kept)

    assert tree(tmp_path) == FILES
    assert read_manifest(tmp_path) is not None


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _folder(path: Path) -> None:
    (path / "inner").mkdir(parents=True)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(path))  # the path of a socket must be short


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _endless(path: Path) -> None:
    path.touch()
    os.truncate(path, 8 * 1024**3)


@pytest.mark.parametrize("name", ["manifest.json", "content.txt", "files.txt", "pages.json", "units.json", "lock"])
@pytest.mark.parametrize("make", [_pipe, _folder, _socket, _device, _endless])
def test_state_that_is_no_file_is_a_build_from_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, make: Callable[[Path], None]
) -> None:
    """It is reported and replaced, without waiting for it or reading it."""
    monkeypatch.chdir(tmp_path)
    kept = {"pages.json": b"{}", "units.json": b"{}"}
    write_tree(tmp_path, FILES, Manifest(content=("pkg",)), kept)
    (tmp_path / FOLDER / name).unlink()
    make(tmp_path / FOLDER / name)

    assert is_damaged(tmp_path)
    refuse_loss(tmp_path, [] if name in {"content.txt", "manifest.json"} else ["pkg"], ())
    write_tree(tmp_path, FILES, Manifest(content=("pkg",)), kept)

    assert tree(tmp_path) == FILES
    assert not is_damaged(tmp_path)
    assert read_manifest(tmp_path) is not None


def test_a_page_that_is_a_pipe_is_replaced(tmp_path: Path) -> None:
    """Like any page that was changed."""
    write_tree(tmp_path, FILES, Manifest())
    (tmp_path / "index.md").unlink()
    os.mkfifo(tmp_path / "index.md")

    write_tree(tmp_path, FILES, Manifest())

    assert tree(tmp_path) == FILES


def test_two_builds_do_not_write_at_a_time(tmp_path: Path) -> None:
    """While one build uses the folder, another one says so and waits."""
    write_tree(tmp_path, FILES, Manifest())
    messages: list[str] = []
    with (tmp_path / FOLDER / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        def release(line: str) -> None:
            messages.append(line)
            fcntl.flock(lock, fcntl.LOCK_UN)

        write_tree(tmp_path, {"index.md": "new\n"}, Manifest(), notify=release)

    assert messages == [f"{tmp_path}: waiting for another build that writes there"]
    assert tree(tmp_path) == {"index.md": "new\n"}


def test_a_fresh_file_is_not_trusted_by_its_stamp(tmp_path: Path) -> None:
    """A very recent file may change again under the same stamp, so no later stamp equals its own."""
    path = tmp_path / "a.py"
    path.write_text("x = 1\n")

    assert settled_stamp(str(path), time.time_ns()) != stamp(str(path))
    assert settled_stamp(str(path), time.time_ns() + 3_000_000_000) == stamp(str(path))


def test_an_edit_that_keeps_size_and_time_is_noticed(tmp_path: Path) -> None:
    """The time of the entry changes even if the edit restores the time of the content."""
    path = tmp_path / "a.py"
    path.write_text("x = 1\n")
    before, status = stamp(str(path)), path.stat()

    time.sleep(0.02)
    path.write_text("x = 2\n")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))

    assert path.stat().st_mtime_ns == status.st_mtime_ns
    assert stamp(str(path)) != before


NOTICED = {
    "a package beside the documented one": ("src/bb/__init__.py", "def f(): ...\n"),
    "a module beside it": ("src/cc.py", "def f(): ...\n"),
    "a package in the same namespace": ("src/space/two/__init__.py", "def f(): ...\n"),
    "the version of the project": ("pyproject.toml", '[project]\nname = "aa"\nversion = "2.0"\n'),
}


@pytest.mark.parametrize(("path", "text"), NOTICED.values(), ids=NOTICED.keys())
def test_what_decides_which_files_are_read_is_watched(tmp_path: Path, path: str, text: str) -> None:
    """A new package or module counts as a change, other new files do not."""
    files = {
        "pyproject.toml": '[project]\nname = "aa"\nversion = "1.0"\n',
        "src/aa/__init__.py": "def f(): ...\n",
        "src/space/one/__init__.py": "def f(): ...\n",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    watched = find_sources(str(tmp_path)).watched
    before = [stamp(str(each)) for each in watched]
    (tmp_path / "src" / "notes.txt").write_text("x")
    (tmp_path / "out").mkdir()
    assert [stamp(str(each)) for each in watched] == before

    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(text)

    assert [stamp(str(each)) for each in watched] != before


def test_a_branch_is_looked_at_each_time() -> None:
    """No watched file shows the target of a revision's name; a commit does not change."""
    assert command_of(Job(target="git:main"), ["build"]) == ()
    assert command_of(Job(target=f"git:{'0123456789' * 4}:src"), ["build"])
