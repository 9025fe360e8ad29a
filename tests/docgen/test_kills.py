"""An interrupted build: at any moment, every file is old or new, and the next build is complete."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from docgen.command.cli import docgen
from docgen.incremental.unchanged import FOLDER

MODULES = 12
OLD = {f"m{number}.py": f'"""Module."""\ndef f{number}():\n    """Old text."""\n' for number in range(MODULES)}
NEW = {
    **{
        f"m{number}.py": f'"""Module."""\ndef f{number}():\n    """New text, {number}."""\n'
        for number in range(1, MODULES)
    },
    "added.py": '"""Added."""\ndef added(): ...\n',
}
CHANGES = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod"})
THOROUGH, SAMPLE = 200, 5
"""How often builds are cut off: in all, and by default."""


def make_package(folder: Path, files: Mapping[str, str]) -> Path:
    """Recreate the package, and return its folder."""
    package = folder / "pkg"
    shutil.rmtree(package, ignore_errors=True)
    package.mkdir(parents=True)
    (package / "__init__.py").write_text('"""Package."""\n')
    for name, text in files.items():
        (package / name).write_text(text)
    return package


def build(package: Path, out: Path) -> int:
    """Run the command, and return its exit code."""
    given = ["build", str(package), "--out", str(out), "--accept-loss", "pkg.m0"]
    return CliRunner().invoke(docgen, given).exit_code


def files_in(out: Path) -> dict[str, bytes]:
    """Return the files of an output folder, without its records."""
    found = (path for path in out.rglob("*") if path.is_file()) if out.exists() else iter(())
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in found if FOLDER not in path.parts}


def records_in(out: Path) -> list[str]:
    """Return the names of the records in an output folder."""
    return sorted(path.relative_to(out).as_posix() for path in (out / FOLDER).rglob("*"))


def changes(at: int, act: Callable[[], None]) -> Callable[[], None]:
    """Return a setup that acts directly before the change of the file system with that number."""

    def begin() -> None:
        count = 0

        def see(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal count
            is_write = (
                event == "open" and isinstance(arguments[2], int) and bool(arguments[2] & (os.O_WRONLY | os.O_RDWR))
            )
            if event in CHANGES or is_write:
                count += 1
                if count == at:
                    act()

        sys.addaudithook(see)

    return begin


def die() -> None:
    """End this process like `kill -9`."""
    os.kill(os.getpid(), signal.SIGKILL)


def fill_disk() -> None:
    """Fail like a full disk."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def longest_file(size: int, *, kills: bool) -> Callable[[], None]:
    """Return a setup that stops each file at a size: with an error, or by ending the process."""

    def begin() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL if kills else signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return begin


def cut_off(package: Path, out: Path, begin: Callable[[], None], seconds: float | None = None) -> int:
    """Build in a separate process with a disturbance; return how it ended."""
    child = os.fork()
    if child == 0:
        begin()
        try:
            code = build(package, out)
        except BaseException:  # noqa: BLE001 - the exit code says it
            code = 99
        os._exit(code)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """Return the current package, its earlier output, and the output of a full build."""
    folder = tmp_path_factory.mktemp("builds")
    old, fresh = folder / "old", folder / "fresh"
    assert build(make_package(folder, OLD), old) == 0
    package = make_package(folder, NEW)
    assert build(package, fresh) == 0
    return package, old, fresh


def ways(count: int, *, kills: bool) -> Iterator[tuple[str, int]]:
    """Yield ways to interrupt builds, spread evenly: at a change of the file system, or at a file size."""
    act = "kill" if kills else "full"
    for number in range(count):
        is_size = number % 4 == 3
        yield (
            f"{act} at {'size' if is_size else 'change'}",
            7 + 60 * number // 4 if is_size else 1 + number * 60 // count,
        )


def prepare(way: str, at: int) -> Callable[[], None]:
    """Return the setup that ends a process in a given way."""
    kills = way.startswith("kill")
    return longest_file(at, kills=kills) if way.endswith("size") else changes(at, die if kills else fill_disk)


def check(way: str, at: int, builds: tuple[Path, Path, Path], folder: Path, *, is_first: bool) -> int:
    """Interrupt a build, inspect the output, build again, and compare; return how the first build ended."""
    package, old, fresh = builds
    out = folder / "out"
    if not is_first:
        shutil.copytree(old, out, symlinks=True)
    ended = cut_off(package, out, prepare(way, at))
    before, expected = ({} if is_first else files_in(old)), files_in(fresh)

    between = files_in(out)
    assert ended in {0, 3, -signal.SIGKILL, -signal.SIGXFSZ}, (way, at)
    mixed = [path for path, data in between.items() if data not in (before.get(path), expected.get(path))]
    assert not mixed, (way, at)
    if way == "full at size":  # noticed before the first page is moved into its place
        assert between == before, (way, at)
    assert build(package, out) == 0, (way, at)
    assert files_in(out) == expected, (way, at)
    assert records_in(out) == records_in(fresh), (way, at)
    shutil.rmtree(out)
    return ended


@pytest.mark.skipif(sys.platform == "win32", reason="signals and limits of POSIX systems")
@pytest.mark.parametrize("kills", [True, False], ids=["killed", "no room"])
@pytest.mark.parametrize("is_first", [True, False], ids=["first build", "rebuild"])
def test_a_build_that_is_cut_off(
    builds: tuple[Path, Path, Path], tmp_path: Path, request: pytest.FixtureRequest, *, kills: bool, is_first: bool
) -> None:
    """Afterwards, every file is old or new, all are old after a full disk, and the next build is complete."""
    count = THOROUGH if request.config.getoption("--thorough") else SAMPLE

    ended = [check(*way, builds, tmp_path, is_first=is_first) for way in ways(count, kills=kills)]

    assert sum(each != 0 for each in ended) > count / 2, "most of the builds were cut off"


@pytest.mark.thorough
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX systems")
def test_builds_killed_at_spread_times(builds: tuple[Path, Path, Path], tmp_path: Path) -> None:
    """The same for kills at any time, and for several in a row."""
    package, old, fresh = builds
    out = tmp_path / "out"
    shutil.copytree(old, out)
    for number in range(THOROUGH):
        cut_off(package, out, lambda: None, number * 0.002)
        expected, before = files_in(fresh), files_in(old)
        assert all(data in (before.get(path), expected.get(path)) for path, data in files_in(out).items()), number
        if number % 5 == 4:
            assert build(package, out) == 0
            assert files_in(out) == expected, number
            assert records_in(out) == records_in(fresh), number
            shutil.rmtree(out)
            shutil.copytree(old, out)
