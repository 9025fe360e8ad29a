"""Keeps children alive between two blocks of rules, because starting one takes a second or more."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from conformance.engine.processes import end_all
from conformance.engine.worker import Worker

IDLE_SECONDS = 60.0
"""After this time without a block, idle children are ended: the worker of a cluster that started them may live on."""
MOST_WAITING = 4
"""The most idle children. A worker of a cluster gets blocks of several series in turn; a child takes about 100 MiB."""


@dataclass
class Children:
    """The idle children of this process, which wait for the next block of their series."""

    _waiting: list[tuple[str, Worker]] = field(default_factory=list)
    """Each with the key of its series, the one that has been waiting longest first."""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _timer: threading.Timer | None = None

    def take(self, series: str, start: Callable[[], Worker]) -> Worker:
        """Return a child of a series: an idle one if there is one, otherwise a new one.

        Parameters:
            series: Key of the series.
            start: Starts a new child.

        Raises:
            ConformanceError: A new one does not start.
        """
        with self._lock:
            place = next((at for at, (key, _) in enumerate(self._waiting) if key == series), None)
            if place is not None:
                return self._waiting.pop(place)[1]
        return start()

    def give_back(self, series: str, worker: Worker) -> None:
        """Keep a child for the next block of its series."""
        with self._lock:
            self._waiting.append((series, worker))
            replaced = self._waiting.pop(0)[1] if len(self._waiting) > MOST_WAITING else None
            if self._timer is not None:
                self._timer.cancel()
            self._timer = threading.Timer(IDLE_SECONDS, self.end)
            self._timer.daemon = True
            self._timer.start()
        if replaced is not None:
            replaced.close()

    def end(self, series: str | None = None) -> None:
        """End the children that wait: those of a series, or all of them."""
        with self._lock:
            ended = [worker for key, worker in self._waiting if series in (key, None)]
            self._waiting = [each for each in self._waiting if each[1] not in ended]
            if self._timer is not None and not self._waiting:
                self._timer.cancel()
        for worker in ended:
            worker.close()


CHILDREN = Children()
"""The children of this process."""


def end_processes() -> None:
    """End the children that wait for a rule, and everything else that was started to judge one."""
    CHILDREN.end()
    end_all()
