"""Kinds that block the interpreter, and kinds that block signals."""

from __future__ import annotations

import ctypes
import re
import signal
import time

from tests.hostile.form import hostile


@hostile()
def hang_in_a_pattern(honest: object) -> object:
    """Matches a catastrophic pattern, which holds the interpreter's lock."""
    return re.match(r"(a+)+$", "a" * 64 + "b") or honest


@hostile()
def hang_in_a_power(_: object) -> object:
    """Raises an integer to a huge power."""
    return 3 ** (10**9)


class Never:
    """Never finishes a comparison."""

    def __lt__(self, other: object) -> bool:
        while True:
            pass


@hostile()
def hang_in_a_sort(_: object) -> object:
    """Sorts objects whose comparison never ends."""
    return sorted([Never(), Never()])


@hostile()
def hang_in_c(_: object) -> object:
    """Waits in C, with the interpreter's lock held."""
    return ctypes.PyDLL(None).pause()


@hostile(is_quick=True)
def hang_with_every_signal_blocked(_: object) -> object:
    """Blocks every signal, then loops."""
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    while True:
        pass


@hostile()
def hang_with_every_signal_ignored(_: object) -> object:
    """Ignores every signal that can be ignored, then sleeps."""
    for one in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(one, signal.SIG_IGN)
    while True:
        time.sleep(1)


@hostile("holds deviates")
def blocks_signals_and_returns(honest: object) -> object:
    """Blocks every signal, also for later rules."""
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    return honest


@hostile("holds")
def alarm_later(honest: object) -> object:
    """Sets a timer whose signal would end the process in a later rule."""
    signal.setitimer(signal.ITIMER_REAL, 0.01, 0.01)
    return honest


@hostile("holds")
def alarm_that_raises(honest: object) -> object:
    """Sets a timer whose handler raises in a later rule."""

    def late(*_: object) -> None:
        raise RuntimeError("too late")

    signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, 0.3, 0.01)
    return honest


@hostile()
def stops_itself(_: object) -> object:
    """Stops its process."""
    signal.raise_signal(signal.SIGSTOP)
    return None
