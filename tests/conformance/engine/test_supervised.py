"""A process that ran code of an implementation leaves nothing behind, whatever that code did."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.engine.scratch import SHARED_MEMORY, Scratch, remove_tree, shared_names
from conformance.engine.supervised import HAS_SUPERVISOR, Supervised

pytestmark = pytest.mark.skipif(not HAS_SUPERVISOR, reason="only Linux lets a process adopt orphans")

DAEMON = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execve(sys.executable, [sys.executable, "-c", "import time; time.sleep(90) # " + sys.argv[1]], {})
    os._exit(0)
os.wait()
print("daemon", flush=True)
time.sleep(90)
"""


def script(folder: Path, text: str) -> Path:
    """Write a script."""
    path = folder / "script.py"
    path.write_text(text, encoding="utf-8")
    return path


@contextlib.contextmanager
def started(folder: Path, text: str, *arguments: str) -> Iterator[Supervised]:
    """Start a script, and wait for the first line that it prints, or for its end."""
    reads, writes = os.pipe()
    with (
        os.fdopen(reads, "rb") as output,
        Supervised(
            Path(sys.executable),
            script(folder, text),
            arguments,
            environment=dict(os.environ),
            memory_mib=256,
            log=writes,
        ) as process,
    ):
        os.close(writes)
        output.readline()
        yield process


def found(words: str) -> list[str]:
    """Return the processes with some words on their command line."""
    lines: list[str] = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            lines.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return [line for line in lines if words in line]


def opened() -> set[str]:
    """Return what this process has open."""
    return {str(path.readlink()) for path in Path("/proc/self/fd").iterdir() if path.is_symlink()}


@pytest.mark.parametrize("obstacle", ["no interpreter", "no temporary folder"])
def test_a_process_that_cannot_be_started_leaves_nothing(
    obstacle: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No folder and no open file."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    if obstacle == "no temporary folder":
        monkeypatch.setattr("tempfile.mkdtemp", lambda **_: (tmp_path / "none" / "x").mkdir())
    before = opened()

    with pytest.raises(FileNotFoundError):
        Supervised(tmp_path / "none", tmp_path / "script.py", [], environment={}, memory_mib=256)

    assert (opened(), list(tmp_path.iterdir())) == (before, [])


@pytest.mark.parametrize(
    ("text", "expected"), [("raise SystemExit(3)", "exit 3"), ("import os; os.abort()", "signal 6")]
)
def test_how_it_ended_is_known(text: str, expected: str, tmp_path: Path) -> None:
    """The end is an exit code or a signal."""
    with started(tmp_path, text) as process:
        assert process.how_it_ended(30) == expected


GONE = """
import os, socket
from conformance.engine.child import supervisor
ours, theirs = socket.socketpair()
theirs.close()
pid = os.fork()
if pid == 0:
    os._exit(3)
os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
supervisor.wait(pid, ours.fileno())
"""


def test_a_keeper_goes_on_if_the_parent_is_gone() -> None:
    """Nobody is left to hear how the process ended, but what it has started still has to be ended."""
    done = subprocess.run([sys.executable, "-c", GONE], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_a_daemon_is_found_without_its_environment(tmp_path: Path) -> None:
    """Neither its session nor its parent nor an environment variable identifies it."""
    with started(tmp_path, DAEMON, str(tmp_path)) as process:
        assert process.how_it_ended(0) == ""
        assert len(found(str(tmp_path))) > 1

    assert found(str(tmp_path)) == []


def test_nothing_outlives_the_command(tmp_path: Path) -> None:
    """When the command is killed, its processes end and their folders are removed."""
    command = f"""
import os, subprocess, sys, tempfile, time
from pathlib import Path
from conformance.engine.supervised import Supervised
tempfile.tempdir = {str(tmp_path)!r}
process = Supervised(Path(sys.executable), Path({str(script(tmp_path, DAEMON))!r}), [{str(tmp_path)!r}],
               environment=dict(os.environ), memory_mib=256, log=subprocess.PIPE)
process.process.stdout.readline()
print("started", flush=True)
time.sleep(90)
"""
    with subprocess.Popen([sys.executable, "-c", command], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"started\n"
        parent.send_signal(signal.SIGKILL)

    def left() -> list[str]:
        return [*found(str(tmp_path)), *map(str, tmp_path.glob("assay-*"))]

    until = time.monotonic() + 30
    while left() and time.monotonic() < until:
        time.sleep(0.05)
    assert left() == []


def test_an_interrupt_in_the_keeper_is_not_the_end(tmp_path: Path) -> None:
    """A signal to the supervisor does not reach its process, and the supervisor continues."""
    with started(tmp_path, "print('here', flush=True); import time; time.sleep(90)", str(tmp_path)) as process:
        process.process.send_signal(signal.SIGTERM)
        assert process.how_it_ended(0.2) == ""

    assert found(str(tmp_path)) == []


def test_a_folder_is_removed_with_what_is_closed_in_it() -> None:
    """Missing permissions are restored; a link is removed, but not its target."""
    scratch = Scratch()
    (scratch.folder / "closed" / "inner").mkdir(parents=True)
    (scratch.folder / "closed" / "inner" / "file").write_text("x", encoding="utf-8")
    (scratch.folder / "link").symlink_to(Path(__file__).parent)
    (scratch.folder / "closed").chmod(0)

    scratch.remove()

    assert not scratch.folder.exists()
    assert Path(__file__).exists()


def test_a_tree_that_is_gone_is_no_error(tmp_path: Path) -> None:
    """Both the supervisor and the parent remove it."""
    remove_tree(tmp_path / "gone")


@pytest.mark.skipif(not SHARED_MEMORY.is_dir(), reason="this system does not show shared memory")
def test_only_shared_memory_of_the_process_is_removed() -> None:
    """Shared memory that is older, foreign or still open in a process is kept."""
    name, other = f"assay-test-{os.getpid()}", f"assay-other-{os.getpid()}"
    scratches = [Scratch() for _ in range(3)]
    (SHARED_MEMORY / other).write_bytes(b"x")
    try:
        for scratch in scratches:
            scratch.shared.write(f"{name}\n../{other}\n".encode())
            scratch.shared.flush()
        with (SHARED_MEMORY / name).open("wb"):
            scratches[0].remove()
            assert name in shared_names()
        scratches[1].remove()
        assert name not in shared_names()
        assert other in shared_names()
    finally:
        (SHARED_MEMORY / other).unlink()
        scratches[2].remove()


@pytest.mark.skipif(not SHARED_MEMORY.is_dir(), reason="this system does not show shared memory")
def test_a_process_tells_what_shared_memory_it_opens(tmp_path: Path) -> None:
    """Including shared memory that its tracker does not know, and files."""
    name = f"assay-test-{os.getpid()}"
    text = f"""
from multiprocessing import resource_tracker, shared_memory
from pathlib import Path
Path("/dev/shm/{name}-file").write_text("x")
block = shared_memory.SharedMemory(name="{name}-block", create=True, size=10)
resource_tracker.unregister(block._name, "shared_memory")
"""
    with started(tmp_path, text) as process:
        assert process.how_it_ended(30) == "exit 0"

    assert not [one for one in shared_names() if one.startswith(name)]
