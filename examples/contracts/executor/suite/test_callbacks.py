"""add_done_callback()."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from conformance.engine.properties import at_most, calling, check, check_equal, check_same
from conformance.engine.rules import rule
from executor import tasks
from executor.acts import MANY, Gate, fresh, happens, lent, value_of
from executor.adapter import Executors
from executor.values import error_kinds, values

Seen = list[Any]


@contextmanager
def held_call(impl: Executors, value: object = None) -> Iterator[Future[Any]]:
    """Yield the future of a call that runs until the end of the block, and then wait for its end."""
    with Gate() as gate:
        future = lent(impl).submit(tasks.hold, gate.folder, value)
        gate.await_started()
        yield future
        gate.open()
        value_of(future, "submit(hold)")


def arrived(seen: Seen, count: int, what: str) -> None:
    """Wait until this many callbacks were called."""
    happens(lambda: len(seen) >= count, what)


@rule("CBK-01")
@given(value=values())
@at_most(10)
def test_callback_gets_the_future(impl: Executors, value: object) -> None:
    """Once, and nothing but the future."""
    seen: Seen = []
    with held_call(impl, value) as future:
        future.add_done_callback(lambda *args: seen.append(args))
        check_equal(seen, [], "callbacks that were called while the call runs")
    arrived(seen, 1, "the callback is called")
    last: Seen = []
    future.add_done_callback(last.append)

    check_equal(len(seen), 1, "how often the callback was called")
    check_equal(len(seen[0]), 1, "the number of arguments of the callback")
    check_same(seen[0][0], future, "the argument of the callback")


@rule("CBK-02")
@given(count=st.integers(2, 6))
@example(count=3)
@at_most(5)
def test_callbacks_in_order(impl: Executors, count: int) -> None:
    """First in, first called."""
    seen: Seen = []
    with held_call(impl) as future:
        for index in range(count):
            future.add_done_callback(lambda _, index=index: seen.append(index))  # type: ignore[misc]
    arrived(seen, count, f"{count} callbacks are called")

    check_equal(seen, [*range(count)], "the order of callbacks")


@rule("CBK-03")
@given(value=values())
@at_most(10)
def test_callback_at_once(impl: Executors, value: object) -> None:
    """Before the method returns."""
    future = lent(impl).submit(tasks.identity, value)
    value_of(future, "submit()")
    seen: Seen = []

    future.add_done_callback(seen.append)
    found = list(seen)

    check_equal(len(found), 1, "calls of the callback when add_done_callback() of a done future returns")
    check_same(found[0], future, "the argument of the callback")


def raising(kind: type[Exception]) -> Callable[[object], None]:
    """Return a callback that raises."""

    def callback(_: object) -> None:
        raise kind("raised by a callback")

    return callback


@rule("CBK-04")
@given(kind=error_kinds(), value=values())
@example(kind=ValueError, value=None)
@at_most(5)
def test_callback_that_raises(impl: Executors, kind: type[Exception], value: object) -> None:
    """The callback after it is called."""
    seen: Seen = []
    with silence(), held_call(impl, value) as future:
        future.add_done_callback(raising(kind))
        future.add_done_callback(seen.append)
    arrived(seen, 1, f"the callback after one that raises {kind.__name__} is called")

    check_equal(value_of(future, "submit(hold)"), value, f"result() after a callback that raises {kind.__name__}")


class Records(logging.Handler):
    """Collects log records."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Collect a record."""
        self.found.append(record)


@contextmanager
def silence() -> Iterator[Records]:
    """Collect the log records of a block instead of printing them."""
    records, root = Records(), logging.getLogger()
    handlers, root.handlers = root.handlers, [records]
    try:
        yield records
    finally:
        root.handlers = handlers


@rule("CBK-05")
@given(kind=error_kinds())
@at_most(5)
def test_callback_is_logged(impl: Executors, kind: type[Exception]) -> None:
    """Any record with the exception will do."""
    seen: Seen = []
    with silence() as records:
        with held_call(impl) as future:
            future.add_done_callback(raising(kind))
            future.add_done_callback(seen.append)
        arrived(seen, 1, "the callback is called")

        logged = [record for record in records.found if record.exc_info and record.exc_info[0] is kind]

    check(logged, f"a callback raised {kind.__name__}: expected a log record with it, got {len(records.found)} records")


@rule("CBK-06")
@given(kind=error_kinds())
@at_most(10)
def test_late_callback_that_raises(impl: Executors, kind: type[Exception]) -> None:
    """The caller of add_done_callback() does not see the exception."""
    future = lent(impl).submit(tasks.identity, 0)
    value_of(future, "submit()")

    with silence(), calling(f"add_done_callback() of a done future, with a callback that raises {kind.__name__}"):
        future.add_done_callback(raising(kind))


@rule("CBK-07")
def test_callback_when_cancelled(impl: Executors) -> None:
    """The call never runs, and the callback is called all the same."""
    seen: Seen = []
    with Gate() as gate, fresh(impl, 1) as executor:
        executor.submit(tasks.hold, gate.folder)
        futures = [executor.submit(tasks.identity, index) for index in range(MANY)]
        gate.await_started()
        futures[-1].add_done_callback(lambda future: seen.append(future.cancelled()))
        futures[-1].cancel()
        arrived(seen, 1, "the callback of a cancelled future is called")
        gate.open()

    check_equal(seen, [True], "cancelled() within the callback of a cancelled future")


@rule("CBK-08")
@given(value=values())
@example(value=None)
@at_most(5)
def test_callback_sees_it_done(impl: Executors, value: object) -> None:
    """The value can be taken."""
    seen: Seen = []
    with held_call(impl, value) as future:
        future.add_done_callback(lambda one: seen.append((one.done(), one.result(timeout=0))))
    arrived(seen, 1, "a callback that asks done() and result() is called")

    check_equal(seen, [(True, value)], "done() and result() within a callback")


@rule("CBK-09")
def test_callback_in_this_process(impl: Executors) -> None:
    """For calls in any process."""
    seen: Seen = []
    with held_call(impl) as future:
        future.add_done_callback(lambda _: seen.append(os.getpid()))
    arrived(seen, 1, "the callback is called")

    check_equal(seen, [os.getpid()], "the process of the callback")


@rule("CBK-10")
@given(count=st.integers(2, 3))
@example(count=2)
@at_most(3)
def test_callback_as_often_as_added(impl: Executors, count: int) -> None:
    """The same function counts again."""
    seen: Seen = []
    last: Seen = []
    callback = seen.append
    with held_call(impl) as future:
        for _ in range(count):
            future.add_done_callback(callback)
        future.add_done_callback(last.append)
    arrived(last, 1, "the last callback is called")

    check_equal(len(seen), count, f"calls of a callback that was added {count} times")


@rule("CBK-11")
@given(value=values())
@at_most(5)
def test_callback_may_submit(impl: Executors, value: object) -> None:
    """One call leads to the next."""
    seen: Seen = []
    executor = lent(impl)
    with silence(), held_call(impl) as future:
        future.add_done_callback(lambda _: seen.append(executor.submit(tasks.identity, value)))
    arrived(seen, 1, "a callback that submits a call is called, and submit() returns")

    check_equal(value_of(seen[0], "submit() in a callback"), value, "result() of a call that a callback submitted")
