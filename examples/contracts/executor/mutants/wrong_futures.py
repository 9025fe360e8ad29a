"""Mutants of futures."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

from conformance.mutants.form import mutant
from executor.own import CANCELLED, DONE, PENDING, RUNNING, Task

LONG_SECONDS = 20

# ---- values and exceptions


@mutant(Task, "result", "FUT-01")
def value_is_given_once(result: Any) -> Any:
    """The second result() returns None."""

    def once(self: Any, timeout: float | None = None) -> Any:
        value = result(self, timeout)
        self.value = None
        return value

    return once


@mutant(Task, "result", "FUT-01", "BAR-06")
def falsy_value_is_none(result: Any) -> Any:
    """result() returns None for every falsy value."""
    return lambda self, timeout=None: result(self, timeout) or None


@mutant(Task, "result", "FUT-02", "BAR-07")
def result_raises_a_copy(result: Any) -> Any:
    """result() raises another exception of the same class."""

    def copy(self: Any, timeout: float | None = None) -> Any:
        try:
            return result(self, timeout)
        except Exception as error:  # noqa: BLE001 - whatever the call raised
            raise type(error)(*error.args) from None

    return copy


@mutant(Task, "set_exception", "SUB-06", "FUT-02")
def exception_loses_its_arguments(set_exception: Any) -> Any:
    """An exception of a call arrives without its arguments."""
    return lambda self, exception: set_exception(self, type(exception)())


@mutant(Task, "set_exception", "SUB-06")
def exception_is_wrapped(set_exception: Any) -> Any:
    """An exception of a call arrives as a RuntimeError."""
    return lambda self, exception: set_exception(self, RuntimeError(str(exception)))


@mutant(Task, "set_result", "FUT-03")
def returned_exception_is_raised(set_result: Any) -> Any:
    """A call that returns an exception is treated as one that raised it."""

    def broken(self: Any, result: Any) -> None:
        if isinstance(result, BaseException):
            self.set_exception(result)
        else:
            set_result(self, result)

    return broken


@mutant(Task, "exception", "FUT-03")
def exception_is_false(exception: Any) -> Any:
    """exception() returns False if there is none."""
    return lambda self, timeout=None: exception(self, timeout) or False


@mutant(Task, "set_exception", "FUT-19")
def traceback_is_dropped(set_exception: Any) -> Any:
    """The traceback of an exception is taken off."""
    return lambda self, exception: set_exception(self, exception.with_traceback(None))


@mutant(Task, "set_exception", "FUT-20")
def cause_is_dropped(set_exception: Any) -> Any:
    """The cause of an exception is taken off."""

    def broken(self: Any, exception: Any) -> None:
        exception.__cause__ = None
        set_exception(self, exception)

    return broken


# ---- time


@mutant(Task, "result", "FUT-04")
def late_result_is_none(result: Any) -> Any:
    """result() returns None when the time is over."""

    def broken(self: Any, timeout: float | None = None) -> Any:
        try:
            return result(self, timeout)
        except TimeoutError:
            if not self.done():
                return None
            raise

    return broken


@mutant(Task, "exception", "FUT-05")
def late_exception_is_none(exception: Any) -> Any:
    """exception() returns None when the time is over."""

    def broken(self: Any, timeout: float | None = None) -> Any:
        try:
            return exception(self, timeout)
        except TimeoutError:
            return None

    return broken


@mutant(Task, "await_end", "FUT-04", "FUT-05")
def no_time_is_all_time(await_end: Any) -> Any:
    """A timeout of 0 is treated as None."""
    return lambda self, timeout: await_end(self, timeout or None)


@mutant(Task, "await_end", "FUT-04")
def timeout_cancels(await_end: Any) -> Any:
    """A call that is not over in time is given up."""

    def broken(self: Any, timeout: float | None) -> None:
        try:
            await_end(self, timeout)
        except TimeoutError:
            self.state = CANCELLED
            raise

    return broken


@mutant(Task, "await_end", "FUT-06")
def timeout_has_to_be_int(await_end: Any) -> Any:
    """A long timeout that is a float is refused."""

    def broken(self: Any, timeout: float | None) -> None:
        if isinstance(timeout, float) and timeout > LONG_SECONDS:
            raise TypeError(timeout)
        await_end(self, timeout)

    return broken


@mutant(Task, "end", "FUT-17")
def end_wakes_nobody(_: Any) -> Any:
    """A thread that waits in result() sleeps on."""

    def broken(self: Any, value: Any, error: Any) -> None:
        self.value, self.error, self.state = value, error, DONE
        self.call_back()

    return broken


@mutant(Task, "cancel", "FUT-18")
def cancel_wakes_nobody(_: Any) -> Any:
    """A thread that waits for a cancelled call sleeps on."""

    def broken(self: Any) -> bool:
        if self.state == PENDING:
            self.state = CANCELLED
            self.call_back()
        return bool(self.state == CANCELLED)

    return broken


# ---- states


@mutant(Task, "running", "FUT-07", "BAR-02")
def never_running(_: Any) -> Any:
    """running() is always false."""
    return lambda _self: False


@mutant(Task, "running", "FUT-08", "BAR-06")
def running_for_ever(_: Any) -> Any:
    """running() stays true when the call is over."""
    return lambda self: self.state in {RUNNING, DONE}


@mutant(Task, "running", "FUT-10", "BAR-03")
def cancelled_runs(_: Any) -> Any:
    """running() is true of a cancelled future."""
    return lambda self: self.state in {RUNNING, CANCELLED}


@mutant(Task, "cancelled", "FUT-10", "BAR-03")
def cancelled_does_not_say_so(_: Any) -> Any:
    """cancelled() is always false."""
    return lambda _self: False


@mutant(Task, "cancelled", "FUT-08")
def raised_is_cancelled(cancelled: Any) -> Any:
    """cancelled() is true of a call that raised."""
    return lambda self: cancelled(self) or self.error is not None


@mutant(Task, "running", "BAR-01")
def new_future_runs(_: Any) -> Any:
    """running() is true of a future that has not started."""
    return lambda self: self.state in {PENDING, RUNNING}


# ---- cancelling


@mutant(Task, "cancel", "FUT-09")
def cancel_does_not_say(cancel: Any) -> Any:
    """cancel() returns None for True."""
    return lambda self: cancel(self) or False if self.done() else (cancel(self) and None)


@mutant(Task, "cancel", "FUT-09", "FUT-10")
def nothing_is_cancelled(_: Any) -> Any:
    """cancel() always refuses."""
    return lambda _self: False


@mutant(Task, "result", "FUT-11")
def cancelled_result_is_none(result: Any) -> Any:
    """result() of a cancelled future returns None."""
    return lambda self, timeout=None: None if self.state == CANCELLED else result(self, timeout)


@mutant(Task, "exception", "FUT-12")
def cancelled_exception_is_none(exception: Any) -> Any:
    """exception() of a cancelled future returns None."""
    return lambda self, timeout=None: None if self.state == CANCELLED else exception(self, timeout)


@mutant(Task, "cancel", "FUT-14")
def running_is_said_to_be_cancelled(cancel: Any) -> Any:
    """cancel() of a running call returns True."""
    return lambda self: cancel(self) or self.state == RUNNING


@mutant(Task, "cancel", "FUT-15")
def done_is_said_to_be_cancelled(cancel: Any) -> Any:
    """cancel() of a finished call returns True."""
    return lambda self: cancel(self) or self.state == DONE


@mutant(Task, "cancel", "FUT-15")
def done_is_cancelled(cancel: Any) -> Any:
    """cancel() of a finished call takes its value away."""

    def broken(self: Any) -> bool:
        if self.state == DONE:
            self.state = CANCELLED
        return bool(cancel(self))

    return broken


@mutant(Task, "cancel", "FUT-16")
def cancelled_only_once(cancel: Any) -> Any:
    """A second cancel() returns False."""
    return lambda self: self.state == PENDING and cancel(self)


# ---- callbacks


@mutant(Task, "call_back", "CBK-01")
def callbacks_twice(call_back: Any) -> Any:
    """Callbacks are called twice."""

    def broken(self: Any) -> None:
        call_back(self)
        call_back(self)

    return broken


@mutant(Task, "notify", "CBK-01", "CBK-03")
def callback_gets_the_value(notify: Any) -> Any:
    """A callback is called with the value in place of the future."""
    return lambda self, fn: notify(self, lambda _: fn(self.value))


@mutant(Task, "call_back", "CBK-02")
def callbacks_backwards(call_back: Any) -> Any:
    """The last callback is called first."""

    def broken(self: Any) -> None:
        self.callbacks.reverse()
        call_back(self)

    return broken


@mutant(Task, "add_done_callback", "CBK-03")
def late_callback_is_lost(add: Any) -> Any:
    """A callback that is added to a done future is not called."""
    return lambda self, fn: None if self.done() else add(self, fn)


@mutant(Task, "add_done_callback", "CBK-03")
def late_callback_in_a_thread(add: Any) -> Any:
    """A callback that is added to a done future is called a little later, in another thread."""
    return lambda self, fn: threading.Timer(0.01, add, (self, fn)).start() if self.done() else add(self, fn)


@mutant(Task, "call_back", "CBK-04")
def callback_stops_the_others(_: Any) -> Any:
    """The callbacks after one that raises are not called."""

    def broken(self: Any) -> None:
        with contextlib.suppress(Exception):
            for fn in self.callbacks:
                fn(self)

    return broken


@mutant(Task, "notify", "CBK-05")
def callback_fails_silently(_: Any) -> Any:
    """What a callback raises is not logged."""

    def broken(self: Any, fn: Any) -> None:
        with contextlib.suppress(Exception):
            fn(self)

    return broken


@mutant(Task, "add_done_callback", "CBK-06")
def late_callback_raises(add: Any) -> Any:
    """What a callback of a done future raises leaves add_done_callback()."""
    return lambda self, fn: fn(self) if self.done() else add(self, fn)


@mutant(Task, "cancel", "CBK-07", "BAR-04", "COM-06")
def cancel_calls_nobody(_: Any) -> Any:
    """Callbacks are not called when the future is cancelled."""

    def broken(self: Any) -> bool:
        with self.changed:
            if self.state == PENDING:
                self.state = CANCELLED
                self.changed.notify_all()
            return bool(self.state == CANCELLED)

    return broken


@mutant(Task, "end", "CBK-08")
def callbacks_before_the_end(end: Any) -> Any:
    """Callbacks are called before the future is done."""

    def broken(self: Any, value: Any, error: Any) -> None:
        if not self.done():
            self.call_back()
            self.callbacks.clear()
        end(self, value, error)

    return broken


@mutant(Task, "add_done_callback", "CBK-10")
def callback_only_once(add: Any) -> Any:
    """A callback that was added before is not added again."""
    return lambda self, fn: None if fn in self.callbacks else add(self, fn)


# ---- what executors do


@mutant(Task, "set_running_or_notify_cancel", "BAR-02")
def start_does_not_say(start: Any) -> Any:
    """set_running_or_notify_cancel() returns 1 for True."""
    return lambda self: int(start(self))


@mutant(Task, "set_running_or_notify_cancel", "BAR-03", "FUT-13")
def cancelled_is_started(start: Any) -> Any:
    """set_running_or_notify_cancel() says that a cancelled call is to be run."""

    def broken(self: Any) -> bool:
        start(self)
        return True

    return broken


@mutant(Task, "set_running_or_notify_cancel", "BAR-05")
def started_again(start: Any) -> Any:
    """set_running_or_notify_cancel() of a running future returns True."""
    return lambda self: self.state == RUNNING or start(self)


@mutant(Task, "set_running_or_notify_cancel", "BAR-05")
def started_when_done(start: Any) -> Any:
    """set_running_or_notify_cancel() of a done future returns False."""
    return lambda self: False if self.state == DONE else start(self)


@mutant(Task, "set_result", "BAR-06")
def result_of_pending_is_lost(set_result: Any) -> Any:
    """set_result() of a future that was never started does nothing."""
    return lambda self, result: None if self.state == PENDING else set_result(self, result)


@mutant(Task, "set_result", "BAR-08")
def result_replaces_result(set_result: Any) -> Any:
    """set_result() of a done future replaces its value."""

    def broken(self: Any, result: Any) -> None:
        if self.state == DONE:
            self.state = RUNNING
        set_result(self, result)

    return broken


@mutant(Task, "set_result", "BAR-08")
def result_of_cancelled_is_ignored(set_result: Any) -> Any:
    """set_result() of a cancelled future does nothing."""
    return lambda self, result: None if self.state == CANCELLED else set_result(self, result)


@mutant(Task, "set_exception", "BAR-09")
def exception_of_done_is_ignored(set_exception: Any) -> Any:
    """set_exception() of a finished future does nothing."""
    return lambda self, exception: None if self.state == DONE else set_exception(self, exception)


@mutant(Task, "set_exception", "BAR-07", "FUT-08")
def exception_leaves_it_running(set_exception: Any) -> Any:
    """set_exception() wakes up waiting threads, but leaves done() false."""

    def broken(self: Any, exception: Any) -> None:
        set_exception(self, exception)
        self.state = "raised"

    return broken
