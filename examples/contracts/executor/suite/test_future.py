"""The futures that an executor returns."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from conformance.engine.properties import at_most, check, check_equal, check_instance, check_same
from conformance.engine.rules import rule
from executor import tasks
from executor.acts import BRIEF, MANY, Beside, Gate, bounded, error_of, fresh, lent, value_of
from executor.adapter import Executors
from executor.values import error_args, error_kinds, values


@contextlib.contextmanager
def pending_call(impl: Executors) -> Iterator[tuple[Gate, Future[Any], Future[Any]]]:
    """Yield a gate, the future of a call that waits there, and that of a call behind it, which has not started."""
    with Gate() as gate, fresh(impl, 1) as executor:
        first = executor.submit(tasks.hold, gate.folder, "first")
        for _ in range(MANY):
            executor.submit(tasks.identity, 0)
        last = executor.submit(tasks.note, gate.folder, "ran", "last")
        gate.await_started()
        yield gate, first, last
        gate.open()


@rule("FUT-01")
@given(value=values())
@example(value=None)
@example(value=0)
@example(value=())
def test_result_is_the_value(impl: Executors, value: object) -> None:
    """Both calls return the same value."""
    future = lent(impl).submit(tasks.identity, value)

    check_equal(value_of(future, f"submit(identity, {value!r})"), value, "result()")
    check_equal(future.result(), value, "result() once more")


@rule("FUT-02")
@given(kind=error_kinds(), args=error_args())
@example(kind=KeyError, args=("",))
@at_most(50)
def test_result_raises_what_the_call_raised(impl: Executors, kind: type[Exception], args: tuple[object, ...]) -> None:
    """result() raises what exception() returns."""
    future = lent(impl).submit(tasks.fail, kind, *args)
    raised = error_of(future, f"submit(fail, {kind.__name__})")

    check_same(future.exception(), raised, "exception(), against what result() raised")
    check(type(raised) is kind, f"result(): expected {kind.__name__}, got {raised!r}")
    check_equal(raised.args, kind(*args).args, f"the arguments of the {kind.__name__}")


@rule("FUT-03")
@given(value=values())
@example(value=None)
@at_most(20)
def test_exception_is_none(impl: Executors, value: object) -> None:
    """A value, falsy or not, is no exception."""
    future = lent(impl).submit(tasks.identity, value)
    value_of(future, f"submit(identity, {value!r})")

    check_same(future.exception(), None, f"exception() of a call that returned {value!r}")


@rule("FUT-03")
@given(kind=error_kinds())
@at_most(10)
def test_returned_exception_is_a_value(impl: Executors, kind: type[Exception]) -> None:
    """An exception that is returned is not raised."""
    future = lent(impl).submit(tasks.identity, kind("returned"))

    found = value_of(future, f"submit(identity, {kind.__name__}('returned'))")

    check(type(found) is kind, f"result() of a call that returned a {kind.__name__}: got {found!r}")
    check_same(future.exception(), None, f"exception() of a call that returned a {kind.__name__}")


@rule("FUT-04")
@given(timeout=st.sampled_from((0, 0.0, BRIEF)), value=values())
@example(timeout=0, value=None)
@at_most(10)
def test_result_times_out(impl: Executors, timeout: float, value: object) -> None:
    """The call waits for a gate, and goes on after the timeout."""
    with Gate() as gate:
        (future,) = [lent(impl).submit(tasks.hold, gate.folder, value)]
        gate.await_started()
        error = bounded(lambda: future.result(timeout=timeout), f"result(timeout={timeout})")
        check_instance(error, TimeoutError, f"result(timeout={timeout}) of a running call")
        gate.open()

        check_equal(value_of(future, "submit(hold)"), value, "result() after a timeout")


@rule("FUT-05")
@given(timeout=st.sampled_from((0, 0.0, BRIEF)), value=values())
@example(timeout=0, value=None)
@at_most(10)
def test_exception_times_out(impl: Executors, timeout: float, value: object) -> None:
    """The call waits for a gate, and goes on after the timeout."""
    with Gate() as gate:
        (future,) = [lent(impl).submit(tasks.hold, gate.folder, value)]
        gate.await_started()
        error = bounded(lambda: raised_by(lambda: future.exception(timeout=timeout)), f"exception(timeout={timeout})")
        check_instance(error, TimeoutError, f"exception(timeout={timeout}) of a running call")
        gate.open()

        check_equal(value_of(future, "submit(hold)"), value, "result() after a timeout")


def raised_by(act: Any) -> object:
    """Return what a function raises, and None if it returns: an exception that is returned is not raised."""
    try:
        act()
    except BaseException as error:  # noqa: BLE001 - handed on
        return error
    return None


@rule("FUT-06")
@given(timeout=st.sampled_from((None, 30, 30.5)), value=values())
@example(timeout=None, value=0)
@at_most(10)
def test_timeout_of_int_or_float(impl: Executors, timeout: float | None, value: object) -> None:
    """Each is enough for a call that may continue at once."""
    with Gate() as gate:
        future = lent(impl).submit(tasks.hold, gate.folder, value)
        gate.await_started()
        with Beside(lambda: (future.result(timeout), future.exception(timeout))) as beside:
            gate.open()

            check_equal(
                beside.outcome(f"result({timeout})"), (value, None), f"result({timeout}) and exception({timeout})"
            )


@rule("FUT-07")
@given(value=values())
@at_most(10)
def test_running_while_it_runs(impl: Executors, value: object) -> None:
    """The call has reported that it runs."""
    with Gate() as gate:
        future = lent(impl).submit(tasks.hold, gate.folder, value)
        gate.await_started()
        states = future.running(), future.done(), future.cancelled()
        gate.open()

    check_equal(states, (True, False, False), "running(), done(), cancelled() of a running call")


@rule("FUT-08")
@given(value=values(), raises=st.booleans())
@example(value=None, raises=False)
@example(value=0, raises=True)
@at_most(20)
def test_done_when_it_is_over(impl: Executors, value: object, raises: bool) -> None:  # noqa: FBT001 - drawn
    """Both for a call that returns and for one that raises."""
    executor = lent(impl)
    future = executor.submit(tasks.fail, ValueError, 1) if raises else executor.submit(tasks.identity, value)
    bounded(future.exception, "exception()")

    states = future.running(), future.done(), future.cancelled()

    check_equal(states, (False, True, False), "running(), done(), cancelled() of a call that is over")


@rule("FUT-09")
def test_pending_is_cancelled(impl: Executors) -> None:
    """The only worker is busy."""
    with pending_call(impl) as (_, _, last):
        check_same(bounded(last.cancel, "cancel()"), True, "cancel() of a call that has not started")


@rule("FUT-10")
def test_cancelled_says_so(impl: Executors) -> None:
    """It is done, but does not run."""
    with pending_call(impl) as (_, _, last):
        before = last.cancelled(), last.done(), last.running()
        last.cancel()
        after = last.cancelled(), last.done(), last.running()

    check_equal(before, (False, False, False), "cancelled(), done(), running() of a call that has not started")
    check_equal(after, (True, True, False), "cancelled(), done(), running() after cancel()")


@rule("FUT-11")
def test_cancelled_result_raises(impl: Executors) -> None:
    """At once: there is nothing to wait for."""
    with pending_call(impl) as (_, _, last):
        last.cancel()
        error = bounded(last.result, "result() of a cancelled future")

    check_instance(error, CancelledError, "result() of a cancelled future")


@rule("FUT-12")
def test_cancelled_exception_raises(impl: Executors) -> None:
    """It is raised and not returned."""
    with pending_call(impl) as (_, _, last):
        last.cancel()
        error = bounded(lambda: raised_by(last.exception), "exception() of a cancelled future")

    check_instance(error, CancelledError, "exception() of a cancelled future")


@rule("FUT-13")
def test_cancelled_does_not_run(impl: Executors) -> None:
    """The call would leave a file."""
    with Gate() as gate, fresh(impl, 1) as executor:
        executor.submit(tasks.hold, gate.folder)
        futures = [executor.submit(tasks.note, gate.folder, f"ran{index}") for index in range(MANY)]
        gate.await_started()
        cancelled = [index for index, future in enumerate(futures) if future.cancel()]
        gate.open()
        for index, future in enumerate(futures):
            if index not in cancelled:
                value_of(future, "submit(note)")
        value_of(executor.submit(tasks.identity, 0), "submit() after cancelled calls")

        ran = [index for index in cancelled if gate.count(f"ran{index}")]

    check(cancelled, f"cancel() of {MANY} calls behind a running one, max_workers=1: expected True of the last ones")
    check_equal(ran, [], "cancelled calls that ran")


@rule("FUT-14")
@given(value=values())
@at_most(5)
def test_running_is_not_cancelled(impl: Executors, value: object) -> None:
    """The call goes on and returns."""
    with Gate() as gate:
        future = lent(impl).submit(tasks.hold, gate.folder, value)
        gate.await_started()
        said = future.cancel()
        states = future.cancelled(), future.done()
        gate.open()

        check_same(said, False, "cancel() of a running call")
        check_equal(states, (False, False), "cancelled(), done() after cancel() of a running call")
        check_equal(value_of(future, "submit(hold)"), value, "result() after cancel() of a running call")


@rule("FUT-15")
@given(value=values())
@at_most(10)
def test_done_is_not_cancelled(impl: Executors, value: object) -> None:
    """The value stays."""
    future = lent(impl).submit(tasks.identity, value)
    value_of(future, "submit()")

    check_same(future.cancel(), False, "cancel() of a finished call")
    check_same(future.cancelled(), False, "cancelled() after cancel() of a finished call")
    check_equal(value_of(future, "submit()"), value, "result() after cancel() of a finished call")


@rule("FUT-16")
def test_cancel_twice(impl: Executors) -> None:
    """It is still cancelled."""
    with pending_call(impl) as (_, _, last):
        last.cancel()
        check_same(last.cancel(), True, "the second cancel() of a call that has not started")


@rule("FUT-17")
@given(value=values(), raises=st.booleans())
@example(value=None, raises=False)
@example(value=None, raises=True)
@at_most(5)
def test_result_wakes_up(impl: Executors, value: object, raises: bool) -> None:  # noqa: FBT001 - drawn
    """The thread waits before the gate is opened."""
    with Gate() as gate:
        future = lent(impl).submit(tasks.hold, gate.folder, value, raises=ValueError if raises else None)
        gate.await_started()
        with Beside(future.result) as beside:
            gate.open()
            found = beside.outcome("a thread in result() wakes up")

    if raises:
        check_instance(found, ValueError, "result() in a waiting thread")
    else:
        check_equal(found, value, "result() in a waiting thread")


@rule("FUT-18")
def test_cancel_wakes_up(impl: Executors) -> None:
    """The thread waits for a call that will not run."""
    with pending_call(impl) as (_, _, last), Beside(last.result) as beside:
        last.cancel()
        error = beside.outcome("a thread in result() wakes up when the future is cancelled")

    check_instance(error, CancelledError, "result() in a waiting thread")


@rule("FUT-19")
@given(kind=error_kinds())
@at_most(5)
def test_traceback_names_the_place(impl: Executors, kind: type[Exception]) -> None:
    """The text may be that of the cause."""
    error = error_of(lent(impl).submit(tasks.fail, kind, 1), "submit(fail)")

    text = "".join(traceback.format_exception(error))

    check("in fail" in text, f"the traceback of a {kind.__name__}: expected the function 'fail' in it, got\n{text}")


@rule("FUT-20")
@given(kind=error_kinds(), args=error_args())
@at_most(10)
def test_cause_is_kept(impl: Executors, kind: type[Exception], args: tuple[object, ...]) -> None:
    """The cause of the exception is kept."""
    error = error_of(lent(impl).submit(tasks.fail_with_cause, kind, *args), "submit(fail_with_cause)")

    check(
        type(error.__cause__) is kind, f"the cause of the exception: expected {kind.__name__}, got {error.__cause__!r}"
    )
    check(error.__traceback__ is not None, "the traceback of the exception: expected one, got None")
