"""A time limit that does not count the time in which the machine was busy with other processes.

The parent limits its child with it, and the child limits itself; so it needs only the standard library.
"""

from __future__ import annotations

import os
from pathlib import Path

# Not `import time`, because an implementation may replace the clock in that module.
from time import monotonic

MOST_STRETCH = 6
"""The most that a limit is extended by on a busy machine, as a multiple of its length."""

MOST_PROCESSES = 64
"""The maximum number of processes to inspect: an implementation may start thousands, and this is done repeatedly."""
NANOSECONDS = 1e9
PROCESSES = Path("/proc")
"""Where Linux shows processes."""


class Deadline:
    """A limit on the time that a process gets from now on."""

    def __init__(self, limit_seconds: float, *, pid: int | None = None) -> None:
        """Start the clock.

        Parameters:
            limit_seconds: The limit on an idle machine.
            pid: The process that is limited; the current one by default.
        """
        self._pid = os.getpid() if pid is None else pid
        self._limit = limit_seconds
        self._start = monotonic()
        self._starved_before = starved_seconds(self._pid)
        self._starved = 0.0

    def follow(self, pid: int) -> None:
        """Limit another process from now on: one that was started when the deadline was."""
        self._pid, self._starved_before = pid, 0.0

    def seconds_left(self) -> float:
        """Return how many seconds to wait before asking again; 0 when the time is up."""
        passed = monotonic() - self._start
        if passed < self._limit:
            return self._limit - passed
        # Waits of a worker that has ended meanwhile are no longer reported; what they granted stays granted.
        self._starved = max(self._starved, starved_seconds(self._pid) - self._starved_before)
        granted = self._limit + min(self._starved, self._limit * (MOST_STRETCH - 1))
        return max(granted - passed, 0.0)


def starved_seconds(pid: int) -> float:
    """Return how many seconds a process and those that it started have waited for a core.

    An implementation may do its work in a pool of processes, and wait for that. Threads and processes that have ended
    do not count, nor does what the system does not report.

    Source: Linux, Documentation/scheduler/sched-stats.rst, /proc/PID/schedstat; proc(5), /proc/PID/task/TID/children.
    """
    waited, pending, seen = 0, [pid], 0
    while pending and seen < MOST_PROCESSES:
        tasks = tasks_of(pending.pop())
        seen += 1
        waited += sum(_number(task / "schedstat", 1) for task in tasks)
        pending += [int(child) for task in tasks for child in _words(task / "children") if child.isdecimal()]
    return waited / NANOSECONDS


def tasks_of(pid: int) -> list[Path]:
    """Return the folders in which Linux shows the threads of a process; none for one that has ended."""
    try:
        return list((PROCESSES / str(pid) / "task").iterdir())
    except OSError:
        return []


def _number(file: Path, place: int) -> int:
    words = _words(file)[place : place + 1]
    return int(words[0]) if words and words[0].isdecimal() else 0


def _words(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError):  # it has ended meanwhile, or the system does not have the file
        return []
