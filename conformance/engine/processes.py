"""The processes that the engine has started, so that an interrupt can end all of them.

Each leads a session of its own, so that the processes it starts end with it.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MARK_VARIABLE = "PROCESS_MARK"
"""The environment variable that marks every process a child starts, also one that leaves its session.

The name is neutral, so that an implementation does not recognise the suite by it.
"""

_running: dict[subprocess.Popen[Any], Callable[[], object]] = {}


def remember(process: subprocess.Popen[Any], end: Callable[[], object] | None = None) -> None:
    """Register a process for `end_all`.

    Parameters:
        process: The process.
        end: Called to end it; by default it is killed with everything in its session.
    """
    _running[process] = end or (lambda: kill_group(process))


def forget(process: subprocess.Popen[Any]) -> None:
    """Unregister a process that has ended."""
    _running.pop(process, None)


@contextmanager
def remembered(process: subprocess.Popen[Any]) -> Iterator[None]:
    """Register a process for `end_all` within a block. When the block ends, the process is ended too."""
    remember(process)
    try:
        yield
    finally:
        kill_group(process)
        process.wait()
        forget(process)


def end_all() -> None:
    """End every registered process and what it started. May be called from any thread."""
    for end in tuple(_running.values()):
        end()


def kill_group(process: subprocess.Popen[Any]) -> None:
    """End a process and everything in its session, if it is still running."""
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return


def kill_marked(mark: str) -> None:
    """End every process with a mark in its environment: one that left the session of its child, or outlived it.

    Only Linux shows the environment of a process; on other systems such a process keeps running.
    """
    # A process that forks during the search is found in the next round.
    for _ in range(ROUNDS):
        found = marked(mark)
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue
        if not found:
            return


ROUNDS = 5
"""The most rounds of the search: a process that forks faster than this is not found."""


def marked(mark: str) -> list[int]:
    """Return the running processes that have a mark in their environment. Source: proc(5)."""
    entry = f"{MARK_VARIABLE}={mark}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # The environment of a zombie is empty.
            if entry in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found
