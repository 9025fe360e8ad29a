"""The processes that are running for us: known, so that an interrupt ends them whatever they are at.

Standard library only. Each of them leads a session of its own, so that what it starts ends with it.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

MARK_VARIABLE = "CONFORMANCE_CHILD"
"""Environment variable by which a process is known as one that a child started, wherever it has gone."""

_running: set[subprocess.Popen[Any]] = set()


def remember(process: subprocess.Popen[Any]) -> None:
    """Let `end_all` end a process too."""
    _running.add(process)


def forget(process: subprocess.Popen[Any]) -> None:
    """Take a process that has ended off the list."""
    _running.discard(process)


@contextmanager
def remembered(process: subprocess.Popen[Any]) -> Iterator[None]:
    """Let `end_all` end a process too; it is gone when the block is left, whatever happened."""
    remember(process)
    try:
        yield
    finally:
        kill_group(process)
        process.wait()
        forget(process)


def end_all() -> None:
    """End every process that is running for us, and what it started, from any thread."""
    for process in tuple(_running):
        kill_group(process)


def kill_group(process: subprocess.Popen[Any]) -> None:
    """End a process and all that it started in its session, if it is still there."""
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return


def kill_marked(mark: str) -> None:
    """End what carries a mark in its environment: it left the session of its child, or outlived it.

    Only Linux says what stands in the environment of a process; elsewhere such a process goes on.
    """
    # A process that forks while it is looked for shows up in the next round.
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
"""How often processes are looked for at most: one that forks faster than this is not caught."""


def marked(mark: str) -> list[int]:
    """Return the processes that carry a mark in their environment, bar those that have ended. Source: proc(5)."""
    entry = f"{MARK_VARIABLE}={mark}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            # The environment of a process that has ended and was not waited for is empty.
            if entry in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found
