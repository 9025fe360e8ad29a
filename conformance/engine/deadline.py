"""How long somebody is waited for: a limit in seconds, without the time in which the machine was busy with others.

Standard library only: the parent waits for its child with it, and the child stops itself with it.
"""

from __future__ import annotations

import os
from pathlib import Path

# Not `import time`: an implementation may put a clock of its own into that module.
from time import monotonic

MOST_STRETCH = 6
"""A limit is stretched to at most so many times its length."""

NANOSECONDS = 1e9


class Deadline:
    """A limit on what a process does from now on."""

    def __init__(self, limit_seconds: float, *, pid: int | None = None) -> None:
        """Start to wait.

        Parameters:
            limit_seconds: How long, on a machine that has nothing else to do.
            pid: The process that is waited for; this one if left out.
        """
        self._pid = os.getpid() if pid is None else pid
        self._limit = limit_seconds
        self._start = monotonic()
        self._starved_before = starved_seconds(self._pid)

    def seconds_left(self) -> float:
        """Return how long to wait before asking again; 0 when the time is up."""
        passed = monotonic() - self._start
        if passed < self._limit:
            return self._limit - passed
        starved = starved_seconds(self._pid) - self._starved_before
        granted = self._limit + min(max(starved, 0.0), self._limit * (MOST_STRETCH - 1))
        return max(granted - passed, 0.0)


def starved_seconds(pid: int) -> float:
    """Return how long the threads of a process have waited for a core, in seconds; 0 where the system does not say.

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
