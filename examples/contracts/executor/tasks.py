"""What properties let an executor run: functions that can be pickled and that also work in another process.

They meet the test through files in a folder, because events and locks do not cross a process. A function that waits for
a file gives up when the folder is gone or after `GIVE_UP` seconds, so that no worker is left behind.
"""

from __future__ import annotations

import os
import signal
import threading
import time
import uuid
from pathlib import Path

GIVE_UP = 60.0
"""Seconds after which a call that nobody releases ends. No verdict depends on it."""
POLL = 0.002


def echo(*args: object, **kwargs: object) -> tuple[tuple[object, ...], dict[str, object]]:
    """Return the arguments."""
    return args, kwargs


def identity(value: object) -> object:
    """Return the argument."""
    return value


def fail(kind: type[BaseException], *args: object) -> None:
    """Raise an exception."""
    raise kind(*args)


def fail_at(index: int, wrong: int) -> int:
    """Return the index, or raise KeyError if it is the wrong one."""
    if index == wrong:
        raise KeyError(index)
    return index


def fail_with_cause(kind: type[BaseException], *args: object) -> None:
    """Raise an exception with a cause."""
    try:
        fail(kind, *args)
    except kind as error:
        raise RuntimeError(*args) from error


def note(folder: str, name: object, value: object = None) -> object:
    """Leave a new file whose name begins with `name`, and return the value."""
    Path(folder, f"{name}-{uuid.uuid4().hex}").touch()
    return value


def until(folder: str, name: str) -> None:
    """Wait until there is a file with this name."""
    path, give_up = Path(folder, name), time.monotonic() + GIVE_UP
    while not path.exists() and path.parent.exists() and time.monotonic() < give_up:
        time.sleep(POLL)


def hold(folder: str, value: object = None, *, raises: type[Exception] | None = None) -> object:
    """Leave a file that says that the call runs, wait until the gate is open, then return the value or raise."""
    note(folder, "started")
    until(folder, "open")
    if raises is not None:
        raise raises(value)
    return value


def meet(folder: str, name: int, others: int) -> bool:
    """Wait until this many calls run at the same time. Return whether they did."""
    note(folder, "here")
    give_up = time.monotonic() + GIVE_UP
    while (missing := len(list(Path(folder).glob("here-*"))) < others) and time.monotonic() < give_up:
        if not Path(folder).exists():
            break
        time.sleep(POLL)
    return not missing and name >= 0


def finish_after(folder: str, index: int, count: int) -> int:
    """Return the index, after the call of the next index has returned."""
    if index + 1 < count:
        until(folder, f"after-{index + 1}")
    Path(folder, f"after-{index}").touch()
    return index


def worker() -> tuple[int, int]:
    """Return which worker this is: process and thread."""
    return os.getpid(), threading.get_ident()


def sign_in(folder: str = "", name: str = "worker") -> None:
    """Leave a file that names this worker: an initializer."""
    if folder:
        pid, thread = worker()
        note(folder, f"{name}-{pid}-{thread}")


def worker_at_meeting(folder: str, others: int) -> tuple[int, int]:
    """Return which worker this is, once this many calls run at the same time."""
    meet(folder, 0, others)
    return worker()


def die() -> None:
    """Kill this process."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_when_open(folder: str) -> None:
    """Kill this process when the gate is open."""
    hold(folder)
    die()


def lock(*_: object) -> object:
    """Return what cannot be pickled."""
    return threading.Lock()
