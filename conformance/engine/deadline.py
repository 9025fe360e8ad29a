"""A time limit that does not count the time in which the machine was busy with other processes.

The parent limits its child with it, and the child limits itself; so it needs only the standard library.
"""

from __future__ import annotations

import os
from pathlib import Path

# Not `import time`: an implementation may put a clock of its own into that module.
from time import monotonic

MOST_STRETCH = 6
"""The most that a limit is extended by on a busy machine, as a multiple of its length."""

NANOSECONDS = 1e9


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

    def follow(self, pid: int) -> None:
        """Limit another process from now on: one that was started when the deadline was."""
        self._pid, self._starved_before = pid, 0.0

    def seconds_left(self) -> float:
        """Return how many seconds to wait before asking again; 0 when the time is up."""
        passed = monotonic() - self._start
        if passed < self._limit:
            return self._limit - passed
        starved = starved_seconds(self._pid) - self._starved_before
        granted = self._limit + min(max(starved, 0.0), self._limit * (MOST_STRETCH - 1))
        return max(granted - passed, 0.0)


def starved_seconds(pid: int) -> float:
    """Return how many seconds the threads of a process have waited for a core; 0 if the system does not report it.

    Threads that have ended do not count. Source: Linux, Documentation/scheduler/sched-stats.rst, /proc/PID/schedstat.
    """
    try:
        waits = [int((task / "schedstat").read_text(encoding="ascii").split()[1]) for task in tasks_of(pid)]
    except (OSError, ValueError, IndexError):
        return 0.0
    return sum(waits) / NANOSECONDS


def tasks_of(pid: int) -> list[Path]:
    """Return the folders in which Linux shows the threads of a process."""
    return list(Path(f"/proc/{pid}/task").iterdir())
