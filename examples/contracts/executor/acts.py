"""Steps of the properties. Each has a time limit, so that a hang becomes a deviation."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future
from pathlib import Path
from typing import Any, Self

from conformance.engine.deadline import Deadline
from conformance.engine.properties import check
from conformance.errors import Deviation
from executor.adapter import Executors

PATIENCE = 8.0
"""Seconds within which every expected step happens on an idle machine."""
BRIEF = 0.02
"""A timeout that is meant to run out, in seconds."""
MOMENT = 0.03
"""How long a property waits for something that must not happen, in seconds."""
MANY = 8
"""More calls than a pool of one worker can have started or fetched."""
POLL = 0.001


@contextlib.contextmanager
def fresh(impl: Executors, workers: int = 2, **options: Any) -> Iterator[Executor]:
    """Provide a new executor, and shut it down without waiting: a property that fails must not hang."""
    executor = impl.executor(workers, **options)
    try:
        yield executor
    finally:
        with contextlib.suppress(Exception):
            executor.shutdown(wait=False)


_lent: list[tuple[Executors, Executor]] = []


def lent(impl: Executors) -> Executor:
    """Return an executor of two workers that all examples of a property share: some pools take long to start."""
    if _lent and _lent[0][0] is impl:
        return _lent[0][1]
    for _, old in _lent:
        with contextlib.suppress(Exception):
            old.shutdown(wait=False)
    _lent[:] = [(impl, impl.executor(2))]
    return _lent[0][1]


class Gate:
    """A place where calls wait: a folder, in which a file named `open` lets them continue."""

    def __init__(self) -> None:
        self.folder = tempfile.mkdtemp(prefix="gate-")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def open(self) -> None:
        """Let every call continue."""
        Path(self.folder, "open").touch()

    def count(self, name: str) -> int:
        """Return how many files have a name that begins like this."""
        return len(list(Path(self.folder).glob(f"{name}-*")))

    def await_count(self, name: str, least: int, what: str) -> None:
        """Wait until there are this many files.

        Raises:
            Deviation: There are fewer when the patience is over.
        """
        happens(lambda: self.count(name) >= least, what)

    def await_started(self, least: int = 1) -> None:
        """Wait until this many calls of `tasks.hold` run.

        Raises:
            Deviation: There are fewer when the patience is over.
        """
        self.await_count("started", least, f"{least} submitted calls start")


def happens(condition: Callable[[], object], what: str) -> None:
    """Wait until a condition is true.

    Raises:
        Deviation: It is not true when the patience is over.
    """
    deadline = Deadline(PATIENCE)
    while not condition():
        check(deadline.seconds_left(), f"{what}: did not happen within {PATIENCE:g} s")
        time.sleep(POLL)


def ended(future: Future[Any], what: str) -> Future[Any]:
    """Wait until a future is done, and return it.

    Raises:
        Deviation: It is not done when the patience is over.
    """
    happens(future.done, f"{what}: the end of the call")
    return future


def value_of(future: Future[Any], what: str) -> Any:
    """Return the value of a future.

    Raises:
        Deviation: It has none when the patience is over, or it raises.
    """
    try:
        return ended(future, what).result(timeout=PATIENCE)
    except Deviation:
        raise
    except BaseException as error:
        raise Deviation(f"{what} raised {type(error).__name__}: {error}, expected a value") from error


def error_of(future: Future[Any], what: str) -> BaseException:
    """Return what result() of a future raises.

    Raises:
        Deviation: The call does not end within the patience, or result() returns.
    """
    ended(future, what)
    try:
        value = future.result(timeout=PATIENCE)
    except BaseException as error:  # noqa: BLE001 - that is what is asked for
        return error
    raise Deviation(f"{what} returned {value!r}, expected an exception")


def is_cancelled(future: Future[Any], what: str) -> bool:
    """Return whether a future that is done raises CancelledError."""
    ended(future, what)
    try:
        future.result(timeout=PATIENCE)
    except CancelledError:
        return True
    except BaseException:  # noqa: BLE001 - the call's own exception
        return False
    return False


def linger(is_over: Callable[[], bool] = lambda: False) -> None:
    """Wait a moment for an event that must not happen. Too short a wait misses faults, but reports no false ones."""
    until = time.monotonic() + MOMENT
    while not is_over() and time.monotonic() < until:
        time.sleep(POLL)


class Beside:
    """A function that runs in a thread during a block, which may wait for its end."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act = act
        self._found: list[object] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._run, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Do not wait for the thread: a function that hangs must not hang the property."""

    def _run(self) -> None:
        try:
            self._found.append(self._act())
        except BaseException as error:  # noqa: BLE001 - handed to the block
            self._found.append(error)

    def is_over(self) -> bool:
        """Return whether the function has returned or raised."""
        return bool(self._found)

    def linger(self) -> None:
        """Give the function a moment to end too early."""
        linger(self.is_over)

    def outcome(self, what: str) -> Any:
        """Return the value that the function returned or the exception that it raised.

        Raises:
            Deviation: There is neither when the patience is over.
        """
        happens(self.is_over, what)
        return self._found[0]

    def value(self, what: str) -> Any:
        """Return what the function returned.

        Raises:
            Deviation: It raised, or does not end within the patience.
        """
        found = self.outcome(what)
        if isinstance(found, BaseException):
            raise Deviation(f"{what} raised {type(found).__name__}: {found}") from found
        return found


def bounded(act: Callable[[], object], what: str) -> Any:
    """Return the value or exception of a function that ends within the patience.

    Raises:
        Deviation: It does not.
    """
    with Beside(act) as watched:
        return watched.outcome(what)
