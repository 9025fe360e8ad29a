"""wait()."""

from __future__ import annotations

from concurrent.futures import (
    ALL_COMPLETED,
    FIRST_COMPLETED,
    FIRST_EXCEPTION,
    Future,
    ThreadPoolExecutor,
)
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from conformance.engine.properties import at_most, check_equal, check_instance
from conformance.engine.rules import rule
from executor import tasks
from executor.acts import BRIEF, MANY, Beside, Gate, bounded, ended, fresh, lent
from executor.adapter import Executors
from executor.values import elements


def waited(impl: Executors, futures: list[Future[Any]], **options: Any) -> Any:
    """Return the result of wait(), if it returns within the patience."""
    shown = ", ".join(f"{name}={value!r}" for name, value in options.items())
    return bounded(lambda: impl.wait(futures, **options), f"wait({shown})")


@rule("WAI-01")
@given(given_values=elements())
@example(given_values=[])
@at_most(10)
def test_wait_returns_named_sets(impl: Executors, given_values: list[object]) -> None:
    """By name and by position."""
    found = waited(impl, [lent(impl).submit(tasks.identity, value) for value in given_values])

    check_instance(found, tuple, "wait()")
    check_equal(len(found), 2, "the length of what wait() returns")
    check_equal((found.done, found.not_done), tuple(found), "done and not_done, against the items")
    check_instance(found.done, set, "done")
    check_instance(found.not_done, set, "not_done")


@rule("WAI-02")
@given(count=st.integers(1, 5), wrong=st.integers(0, 5), by_name=st.booleans())
@example(count=3, wrong=1, by_name=False)
@at_most(20)
def test_wait_for_all(impl: Executors, count: int, wrong: int, by_name: bool) -> None:  # noqa: FBT001 - drawn
    """Both for values and for exceptions; this is the default of wait()."""
    with Gate() as gate:
        held = lent(impl).submit(tasks.hold, gate.folder)
        gate.await_started()
        futures: list[Future[Any]] = [held]
        futures += [lent(impl).submit(tasks.fail_at, index, wrong) for index in range(count)]
        options = {"return_when": ALL_COMPLETED} if by_name else {}
        with Beside(lambda: impl.wait(futures, **options)) as beside:
            for future in futures[1:]:
                ended(future, "submit(fail_at)")
            gate.open()
            found: Any = beside.outcome(f"wait() of {count + 1} futures")

    check_equal(found.done, set(futures), "done, when all have ended")
    check_equal(found.not_done, set(), "not_done, when all have ended")


@rule("WAI-03")
@given(raises=st.booleans())
@example(raises=False)
@example(raises=True)
@at_most(4)
def test_wait_for_the_first(impl: Executors, raises: bool) -> None:  # noqa: FBT001 - drawn
    """The other one waits at a gate that stays closed."""
    with Gate() as gate, Gate() as other, fresh(impl, 2) as executor:
        held = executor.submit(tasks.hold, gate.folder)
        first = executor.submit(tasks.hold, other.folder, raises=ValueError if raises else None)
        gate.await_started()
        other.await_started()
        with Beside(lambda: impl.wait([held, first], return_when=FIRST_COMPLETED)) as beside:
            other.open()
            found: Any = beside.outcome("wait(return_when=FIRST_COMPLETED) returns while one call still runs")
        gate.open()

    check_equal(found, ({first}, {held}), "wait(return_when=FIRST_COMPLETED)")


@rule("WAI-04")
def test_cancelled_is_completed(impl: Executors) -> None:
    """An executor may notify its waiters when a worker reaches the cancelled call: here it runs the next one."""
    with Gate() as gate, Gate() as other, fresh(impl, 1) as executor:
        executor.submit(tasks.hold, gate.folder)
        last = [executor.submit(tasks.identity, index) for index in range(MANY)][-1]
        behind = executor.submit(tasks.hold, other.folder)
        gate.await_started()
        with Beside(lambda: impl.wait([behind, last], return_when=FIRST_COMPLETED)) as beside:
            last.cancel()
            gate.open()
            found = beside.value("wait(return_when=FIRST_COMPLETED) returns when a call is cancelled")
        other.open()

    check_equal(found, ({last}, {behind}), "wait(return_when=FIRST_COMPLETED) of a cancelled call and one that runs")


@rule("WAI-05")
@given(values=st.integers(0, 2))
@example(values=1)
@at_most(4)
def test_wait_for_an_exception(impl: Executors, values: int) -> None:
    """Calls that return do not count, and the one at the gate is not waited for."""
    with Gate() as gate, Gate() as other, fresh(impl, 2) as executor:
        returned = [ended(executor.submit(tasks.identity, index), "submit()") for index in range(values)]
        held = executor.submit(tasks.hold, gate.folder)
        raising = executor.submit(tasks.hold, other.folder, raises=ValueError)
        gate.await_started()
        other.await_started()
        with Beside(lambda: impl.wait([held, raising, *returned], return_when=FIRST_EXCEPTION)) as beside:
            other.open()
            found: Any = beside.outcome("wait(return_when=FIRST_EXCEPTION) returns when a call raises")
        gate.open()

    check_equal(found, ({raising, *returned}, {held}), "wait(return_when=FIRST_EXCEPTION)")


@rule("WAI-06")
@given(count=st.integers(1, 3))
@example(count=1)
@at_most(4)
def test_wait_without_an_exception(impl: Executors, count: int) -> None:
    """All have returned when it returns."""
    with Gate() as gate:
        returned = [ended(lent(impl).submit(tasks.identity, 0), "submit()") for _ in range(count)]
        held = lent(impl).submit(tasks.hold, gate.folder)
        gate.await_started()
        early = waited(impl, [held, *returned], return_when=FIRST_EXCEPTION, timeout=BRIEF)
        with Beside(lambda: impl.wait([held, *returned], return_when=FIRST_EXCEPTION)) as beside:
            ended(lent(impl).submit(tasks.identity, 0), "submit()")
            gate.open()
            found: Any = beside.outcome("wait(return_when=FIRST_EXCEPTION)")

    check_equal(early, (set(returned), {held}), f"wait(return_when=FIRST_EXCEPTION, timeout={BRIEF}) while a call runs")
    check_equal(found, ({held, *returned}, set()), "wait(return_when=FIRST_EXCEPTION) of calls that return")


@rule("WAI-07")
@given(timeout=st.sampled_from((0, 0.0, BRIEF)))
@example(timeout=0)
@at_most(4)
def test_wait_times_out(impl: Executors, timeout: float) -> None:
    """The finished futures are returned."""
    with Gate() as gate:
        over = ended(lent(impl).submit(tasks.identity, 0), "submit()")
        held = lent(impl).submit(tasks.hold, gate.folder)
        gate.await_started()
        found = waited(impl, [held, over], timeout=timeout)
        gate.open()

    check_equal(found, ({over}, {held}), f"wait(timeout={timeout}) while a call runs")


@rule("WAI-08")
@given(times=st.integers(2, 4))
@example(times=2)
@at_most(5)
def test_wait_for_duplicates(impl: Executors, times: int) -> None:
    """It ends, and returns the future."""
    with Gate() as gate:
        future = lent(impl).submit(tasks.hold, gate.folder)
        gate.open()
        found = waited(impl, [future] * times)

    check_equal(found, ({future}, set()), f"wait() of one future, given {times} times")


@rule("WAI-09")
def test_wait_for_several_executors(impl: Executors) -> None:
    """One of them is the standard library's."""
    with ThreadPoolExecutor(1) as other, fresh(impl, 1) as third, Gate() as gate:
        futures = [executor.submit(tasks.hold, gate.folder) for executor in (lent(impl), other, third)]
        gate.open()
        found = waited(impl, futures)

    check_equal(found, (set(futures), set()), "wait() of futures of three executors")


@rule("WAI-10")
def test_wait_for_what_is_done(impl: Executors) -> None:
    """A value, an exception, and a cancelled call."""
    with Gate() as gate, fresh(impl, 1) as executor:
        over = ended(executor.submit(tasks.identity, 0), "submit()")
        wrong = ended(executor.submit(tasks.fail, ValueError), "submit()")
        executor.submit(tasks.hold, gate.folder)
        futures = [executor.submit(tasks.identity, index) for index in range(MANY)]
        gate.await_started()
        futures[-1].cancel()
        gate.open()
        value = executor.submit(tasks.identity, 0)
        ended(value, "a call behind a cancelled one")
        found = waited(impl, [over, wrong, futures[-1]], timeout=0)

    check_equal(found, ({over, wrong, futures[-1]}, set()), "wait(timeout=0) of futures that are done")


@rule("WAI-11")
@given(return_when=st.sampled_from((ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION)))
@example(return_when=FIRST_COMPLETED)
@at_most(3)
def test_wait_for_nothing(impl: Executors, return_when: str) -> None:
    """There is nothing to wait for."""
    check_equal(waited(impl, [], return_when=return_when), (set(), set()), f"wait([], return_when={return_when})")
