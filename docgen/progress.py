"""A line on a terminal that shows the progress of long work and the time left."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass

MINUTE = 60
HOUR = 60 * MINUTE


@dataclass(kw_only=True)
class Progress:
    """Writes the line to standard error, over the last one; writes nothing if that is not a terminal."""

    things: str
    """The unit of the count: verdicts, releases."""
    total: int
    """How many there are, or are expected to be."""
    _is_shown: bool = False
    _first: tuple[int, float] | None = None
    """How many were done when the line was first shown, and when that was."""

    def show(self, what: str, done: int) -> None:
        """Show how many are done.

        Parameters:
            what: The current piece of work.
            done: How many are done.
        """
        if not sys.stderr.isatty():
            return
        self._is_shown = True
        now = time.monotonic()
        # The time before is left out: starting processes takes long, and what an earlier run did took no time at all.
        self._first = self._first or (done, now)
        sys.stderr.write(f"\r{self.line(what, done, now)}\033[K")
        sys.stderr.flush()

    def finish(self) -> None:
        """Leave the line as it is, so that the next output begins on a new line."""
        if self._is_shown:
            sys.stderr.write("\n")

    def line(self, what: str, done: int, now: float) -> str:
        """Return the line. It says how much time is left once some were done after the line was first shown.

        >>> Progress(things="verdicts", total=180, _first=(5, 100.0)).line("sdk", 45, 130.0)
        'sdk: 45/180 verdicts, 1 min 42 s left'
        """
        text = f"{what}: {done}/{self.total} {self.things}"
        before, began = self._first or (done, now)
        left = self.total - done
        if done <= before or left <= 0:
            return text
        return f"{text}, {duration((now - began) / (done - before) * left)} left"


def duration(seconds: float) -> str:
    """Return a time in the two units that matter.

    >>> duration(7.2), duration(90), duration(7500)
    ('8 s', '1 min 30 s', '2 h 5 min')
    """
    whole = -int(-seconds // 1)
    if whole < MINUTE:
        return f"{whole} s"
    if whole < HOUR:
        return f"{whole // MINUTE} min {whole % MINUTE} s"
    return f"{whole // HOUR} h {whole % HOUR // MINUTE} min"
