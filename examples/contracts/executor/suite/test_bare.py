"""Futures that belong to no executor: what executors and unit tests do with them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from conformance.engine.properties import at_most, check, check_equal, check_same, expect_raises
from conformance.engine.rules import rule
from executor.acts import Beside, bounded
from executor.adapter import Executors
from executor.values import error_args, error_kinds, values


def states(future: Future[Any]) -> tuple[bool, bool, bool]:
    """Return the results of running(), done() and cancelled()."""
    return future.running(), future.done(), future.cancelled()


def cancelled(future: Future[Any]) -> None:
    """Cancel a future."""
    future.cancel()


def returned(future: Future[Any]) -> None:
    """Let a future have the value 0, which is falsy."""
    future.set_result(0)


def raised(future: Future[Any]) -> None:
    """Let a future have an exception."""
    future.set_exception(KeyError(0))


def cancelled_and_told(future: Future[Any]) -> None:
    """Cancel a future, and let its executor learn of it."""
    future.cancel()
    future.set_running_or_notify_cancel()


ENDS: tuple[Callable[[Future[Any]], None], ...] = (cancelled, returned, raised, cancelled_and_told)
"""The ways in which a future becomes done."""


@rule("BAR-01")
def test_new_future_is_pending(impl: Executors) -> None:
    """Nothing has happened."""
    future = impl.future()

    check_equal(states(future), (False, False, False), "running(), done(), cancelled() of a new future")
    with expect_raises(TimeoutError, "result(timeout=0) of a new future"):
        future.result(timeout=0)


@rule("BAR-02")
def test_notify_starts(impl: Executors) -> None:
    """It runs, and cannot be cancelled."""
    future = impl.future()

    check_same(future.set_running_or_notify_cancel(), True, "set_running_or_notify_cancel() of a new future")
    check_equal(states(future), (True, False, False), "running(), done(), cancelled() after it")
    check_same(future.cancel(), False, "cancel() after it")


@rule("BAR-03")
def test_notify_of_cancelled(impl: Executors) -> None:
    """The call is not to be run."""
    future = impl.future()
    future.cancel()

    check_same(future.set_running_or_notify_cancel(), False, "set_running_or_notify_cancel() of a cancelled future")
    check_equal(states(future), (False, True, True), "running(), done(), cancelled() after it")
    check_same(future.cancel(), True, "cancel() after it")


@rule("BAR-04")
def test_notify_wakes_up(impl: Executors) -> None:
    """A thread waits in wait() for a future that is cancelled."""
    future = impl.future()
    with Beside(lambda: impl.wait([future])) as beside:
        future.cancel()
        future.set_running_or_notify_cancel()
        found: Any = beside.outcome("a thread in wait() wakes up when the future is cancelled")

    check_equal(found, ({future}, set()), "wait() of a future that is cancelled meanwhile")


@rule("BAR-05")
@given(end=st.sampled_from((returned, raised)), is_first=st.booleans())
@example(end=returned, is_first=True)
@at_most(10)
def test_notify_once(impl: Executors, end: Callable[[Future[Any]], None], is_first: bool) -> None:  # noqa: FBT001 - drawn
    """The page says that it is refused, but not with which exception."""
    future = impl.future()
    if is_first:
        future.set_running_or_notify_cancel()
    else:
        end(future)
    before = states(future)

    try:
        future.set_running_or_notify_cancel()
    except Exception:  # noqa: BLE001 - any exception is right
        check_equal(states(future), before, "running(), done(), cancelled() after a refused call")
    else:
        what = "a second" if is_first else "a late"
        check(False, f"{what} set_running_or_notify_cancel() was accepted, expected an exception")


@rule("BAR-06")
@given(value=values(), starts=st.booleans())
@example(value=None, starts=True)
@example(value=0, starts=False)
def test_set_result(impl: Executors, value: object, starts: bool) -> None:  # noqa: FBT001 - drawn
    """Even for a future that was never started."""
    future = impl.future()
    if starts:
        future.set_running_or_notify_cancel()

    future.set_result(value)

    check_equal(states(future), (False, True, False), "running(), done(), cancelled() after set_result()")
    check_same(bounded(future.result, "result()"), value, "result()")
    check_same(bounded(future.exception, "exception()"), None, "exception()")


@rule("BAR-07")
@given(kind=error_kinds(), args=error_args())
@example(kind=ValueError, args=())
def test_set_exception(impl: Executors, kind: type[Exception], args: tuple[object, ...]) -> None:
    """The very exception that was given."""
    future = impl.future()
    error = kind(*args)

    future.set_exception(error)

    check_equal(states(future), (False, True, False), "running(), done(), cancelled() after set_exception()")
    check_same(bounded(future.exception, "exception()"), error, "exception()")
    check_same(bounded(future.result, "result()"), error, "what result() raises")


def stays(impl: Executors, end: Callable[[Future[Any]], None], act: Callable[[Future[Any]], None], what: str) -> None:
    """Let the rule deviate unless a done future refuses an act and is not changed by it."""
    future = impl.future()
    end(future)
    before = states(future), bounded(future.result, "result()")

    with expect_raises(InvalidStateError, f"{what} of a future that is {end.__name__}"):
        act(future)

    after = states(future), bounded(future.result, "result()")
    check_equal(after[0], before[0], f"running(), done(), cancelled() after a refused {what}")
    check(
        type(after[1]) is type(before[1]), f"result() after a refused {what}: expected {before[1]!r}, got {after[1]!r}"
    )


@rule("BAR-08")
@given(end=st.sampled_from(ENDS), value=values())
@example(end=cancelled, value=None)
@example(end=cancelled_and_told, value=1)
@example(end=returned, value="other")
@example(end=raised, value=None)
def test_set_result_of_done(impl: Executors, end: Callable[[Future[Any]], None], value: object) -> None:
    """The first end counts."""
    stays(impl, end, lambda future: future.set_result(value), "set_result()")


@rule("BAR-09")
@given(end=st.sampled_from(ENDS), kind=error_kinds())
@example(end=cancelled, kind=ValueError)
@example(end=cancelled_and_told, kind=ValueError)
@example(end=returned, kind=ValueError)
@example(end=raised, kind=OSError)
def test_set_exception_of_done(impl: Executors, end: Callable[[Future[Any]], None], kind: type[Exception]) -> None:
    """The first end counts."""
    stays(impl, end, lambda future: future.set_exception(kind("late")), "set_exception()")
