"""shutdown() and the with statement."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from conformance.engine.properties import at_most, check, check_equal, check_same, expect_raises
from conformance.engine.rules import rule
from conformance.errors import Deviation
from executor import tasks
from executor.acts import MANY, Beside, Gate, bounded, ended, fresh, is_cancelled, value_of
from executor.adapter import Executors
from executor.values import values


def shut_down(executor: Executor, what: str, **options: bool) -> None:
    """Shut an executor down within the patience.

    Raises:
        Deviation: shutdown() raises, or does not return.
    """
    error = bounded(lambda: executor.shutdown(**options), what)
    if error is not None:
        raise Deviation(f"{what} raised {type(error).__name__}: {error}")


def done_after_shutdown(executor: Executor, futures: list[Future[Any]], **options: bool) -> list[bool]:
    """Return the results of done() of futures after shutdown(wait=True) has returned."""
    executor.shutdown(wait=True, **options)
    return [future.done() for future in futures]


@rule("SHU-01")
@given(wait=st.booleans())
@example(wait=True)
@at_most(4)
def test_submit_after_shutdown(impl: Executors, wait: bool) -> None:  # noqa: FBT001 - drawn
    """Used or not."""
    with fresh(impl) as executor:
        value_of(executor.submit(tasks.identity, 0), "submit()")
        shut_down(executor, f"shutdown(wait={wait})", wait=wait)
        with expect_raises(RuntimeError, f"submit() after shutdown(wait={wait})"):
            executor.submit(tasks.identity, 1)


@rule("SHU-02")
@given(wait=st.booleans())
@example(wait=True)
@at_most(4)
def test_map_after_shutdown(impl: Executors, wait: bool) -> None:  # noqa: FBT001 - drawn
    """It is map() that raises, and not its iterator."""
    with fresh(impl) as executor:
        value_of(executor.submit(tasks.identity, 0), "submit()")
        shut_down(executor, f"shutdown(wait={wait})", wait=wait)
        with expect_raises(RuntimeError, f"map() after shutdown(wait={wait})"):
            executor.map(tasks.identity, [1])


@rule("SHU-03")
@given(count=st.integers(1, 3))
@example(count=2)
@at_most(3)
def test_shutdown_waits(impl: Executors, count: int) -> None:
    """The gate is opened only after a moment."""
    with Gate() as gate, fresh(impl, 1) as executor:
        futures = [executor.submit(tasks.hold, gate.folder, index) for index in range(count)]
        gate.await_started()
        with Beside(lambda: done_after_shutdown(executor, futures)) as beside:
            beside.linger()
            gate.open()
            over = beside.value("shutdown()")

    check_equal(over, [True] * count, "done() when shutdown() has returned")


@rule("SHU-04")
@given(value=values())
@example(value=None)
@at_most(3)
def test_shutdown_without_waiting(impl: Executors, value: object) -> None:
    """The call goes on and returns."""
    with Gate() as gate, fresh(impl, 1) as executor:
        future = executor.submit(tasks.hold, gate.folder, value)
        gate.await_started()
        shut_down(executor, "shutdown(wait=False) while a call runs", wait=False)
        was_done = future.done()
        gate.open()

        check_same(was_done, False, "done() when shutdown(wait=False) has returned")
        check_equal(value_of(future, "submit(hold)"), value, "result() of a call that ran at shutdown(wait=False)")


@rule("SHU-05")
@given(wait=st.booleans())
@example(wait=False)
@example(wait=True)
@at_most(4)
def test_pending_calls_still_run(impl: Executors, wait: bool) -> None:  # noqa: FBT001 - drawn
    """They are behind a call that is running."""
    what = f"a call that was pending at shutdown(wait={wait})"
    with Gate() as gate, fresh(impl, 1) as executor:
        executor.submit(tasks.hold, gate.folder)
        futures = [executor.submit(tasks.identity, index) for index in range(MANY)]
        gate.await_started()
        with Beside(lambda: executor.shutdown(wait=wait)) as beside:
            beside.linger()
            gate.open()
            found = [value_of(future, what) for future in futures]
            beside.value(f"shutdown(wait={wait})")

    check_equal(found, [*range(MANY)], f"values of calls that were pending at shutdown(wait={wait})")


@rule("SHU-06")
@given(wait=st.booleans())
@example(wait=False)
@example(wait=True)
@at_most(4)
def test_cancel_futures(impl: Executors, wait: bool) -> None:  # noqa: FBT001 - drawn
    """The executor may have started some of them, but not the last one."""
    what = f"shutdown(wait={wait}, cancel_futures=True)"
    with Gate() as gate, fresh(impl, 1) as executor:
        executor.submit(tasks.hold, gate.folder)
        futures = [executor.submit(tasks.note, gate.folder, f"ran{index}", index) for index in range(MANY)]
        gate.await_started()
        with Beside(lambda: executor.shutdown(wait=wait, cancel_futures=True)) as beside:
            beside.linger()
            gate.open()
            beside.value(what)
        cancelled = [index for index, future in enumerate(futures) if is_cancelled(future, f"a call pending at {what}")]
        ran = [index for index in cancelled if gate.count(f"ran{index}")]

    check(MANY - 1 in cancelled, f"{what} behind a running call, max_workers=1: expected the last call cancelled")
    check_equal(ran, [], f"calls that {what} cancelled and that ran all the same")


@rule("SHU-07")
@given(wait=st.booleans(), value=values())
@example(wait=False, value=None)
@example(wait=True, value=0)
@at_most(4)
def test_cancel_futures_keeps_running(impl: Executors, wait: bool, value: object) -> None:  # noqa: FBT001 - drawn
    """The call at the gate has started."""
    what = f"shutdown(wait={wait}, cancel_futures=True)"
    with Gate() as gate, fresh(impl, 1) as executor:
        future = executor.submit(tasks.hold, gate.folder, value)
        gate.await_started()
        with Beside(lambda: executor.shutdown(wait=wait, cancel_futures=True)) as beside:
            beside.linger()
            gate.open()
            beside.value(what)

        check_equal(value_of(future, f"a call that ran at {what}"), value, f"result() of a call that ran at {what}")


@rule("SHU-08")
@given(value=values())
@example(value=None)
@at_most(4)
def test_cancel_futures_keeps_done(impl: Executors, value: object) -> None:
    """Finished calls are not changed."""
    with fresh(impl, 1) as executor:
        futures = [ended(executor.submit(tasks.identity, value), "submit()") for _ in range(2)]
        shut_down(executor, "shutdown(cancel_futures=True)", cancel_futures=True)

        for future in futures:
            check_same(future.cancelled(), False, "cancelled() of a finished call after shutdown(cancel_futures=True)")
            check_equal(value_of(future, "submit()"), value, "result() after shutdown(cancel_futures=True)")


@rule("SHU-09")
def test_cancel_and_wait(impl: Executors) -> None:
    """The gate is opened only after a moment."""
    with Gate() as gate, fresh(impl, 1) as executor:
        future = executor.submit(tasks.hold, gate.folder)
        others = [executor.submit(tasks.identity, index) for index in range(MANY)]
        gate.await_started()
        with Beside(lambda: done_after_shutdown(executor, [future, *others], cancel_futures=True)) as beside:
            beside.linger()
            gate.open()
            over = beside.value("shutdown(wait=True, cancel_futures=True)")

    check_equal(over, [True] * (MANY + 1), "done() when shutdown(wait=True, cancel_futures=True) has returned")


@rule("SHU-10")
@given(first=st.booleans(), second=st.booleans())
@example(first=True, second=True)
@example(first=False, second=True)
@at_most(4)
def test_shutdown_twice(impl: Executors, first: bool, second: bool) -> None:  # noqa: FBT001 - drawn
    """The second time there is nothing to do."""
    with fresh(impl) as executor:
        future = executor.submit(tasks.identity, 1)
        value_of(future, "submit()")
        shut_down(executor, f"shutdown(wait={first})", wait=first)
        shut_down(executor, f"the second shutdown(wait={second})", wait=second)

        check_equal(value_of(future, "submit()"), 1, "result() after two times shutdown()")


@rule("SHU-11")
def test_cancel_futures_by_name(impl: Executors) -> None:
    """A second positional argument is one too many."""
    with fresh(impl) as executor:
        shutdown: Any = executor.shutdown
        with expect_raises(TypeError, "shutdown(True, True)"):
            shutdown(True, True)


@rule("SHU-12")
@given(value=values())
@example(value=None)
@at_most(5)
def test_results_outlive_the_executor(impl: Executors, value: object) -> None:
    """The executor was not used before."""
    with fresh(impl) as executor:
        future = executor.submit(tasks.identity, value)
        mapped = executor.map(tasks.identity, [value, 1])
        shut_down(executor, "shutdown()")

        check_equal(value_of(future, "submit()"), value, "result() after shutdown()")
        check_equal(
            bounded(lambda: list(mapped), "list(map()) after shutdown()"), [value, 1], "list(map()) after shutdown()"
        )


@rule("CTX-01")
def test_with_gives_the_executor(impl: Executors) -> None:
    """`with pool as executor`."""
    executor = impl.executor(1)
    with executor as given_by_with:
        check_same(given_by_with, executor, "what the with statement gives")


@rule("CTX-02")
@given(count=st.integers(1, 3), value=values())
@example(count=2, value=None)
@at_most(3)
def test_with_waits(impl: Executors, count: int, value: object) -> None:
    """The gate is opened from another thread than the block."""
    futures: list[Future[Any]] = []

    def block() -> list[bool]:
        with impl.executor(1) as executor:
            futures.extend(executor.submit(tasks.hold, gate.folder, (value, index)) for index in range(count))
        return [future.done() for future in futures]

    with Gate() as gate, Beside(block) as beside:
        gate.await_started()
        beside.linger()
        gate.open()
        found = beside.value("a with block")

    check_equal(found, [True] * count, "done() of the calls of a with block when it has ended")
    expected = [(value, index) for index in range(count)]
    check_equal([value_of(one, "submit()") for one in futures], expected, "values of the calls of a with block")


@rule("CTX-03")
def test_with_shuts_down(impl: Executors) -> None:
    """The executor is shut down at the end of the block."""
    with impl.executor(1) as executor:
        value_of(executor.submit(tasks.identity, 0), "submit()")

    with expect_raises(RuntimeError, "submit() after the with block"):
        executor.submit(tasks.identity, 0)


@rule("CTX-04")
def test_with_passes_exceptions_on(impl: Executors) -> None:
    """The executor does not catch exceptions of the block."""
    error = KeyError("of the block")
    executor = impl.executor(1)
    futures: list[Future[Any]] = []

    def block() -> None:
        with executor:
            futures.append(executor.submit(tasks.identity, 0))
            raise error

    with expect_raises(KeyError, "a with block that raises KeyError") as caught:
        block()

    check_same(caught.value, error, "what leaves a with block that raises")
    check_equal(value_of(futures[0], "submit()"), 0, "result() of a call of a with block that raises")
    with expect_raises(RuntimeError, "submit() after the with block"):
        executor.submit(tasks.identity, 0)
