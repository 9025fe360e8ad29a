"""as_completed()."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from conformance.engine.properties import at_most, check, check_equal, check_instance, check_same
from conformance.engine.rules import rule
from executor import tasks
from executor.acts import BRIEF, MANY, Gate, bounded, ended, fresh, lent
from executor.adapter import Executors


def everything(futures: Iterator[Future[Any]], what: str) -> list[Future[Any]]:
    """Return what an iterator yields, if it ends within the patience."""
    found: Any = bounded(lambda: list(futures), what)
    check_instance(found, list, f"{what} raised {found!r}, expected futures")
    return list(found)


@rule("COM-01")
@given(count=st.integers(0, 5), wrong=st.integers(0, 5))
@example(count=0, wrong=0)
@example(count=3, wrong=1)
@at_most(20)
def test_completed_gives_each(impl: Executors, count: int, wrong: int) -> None:
    """Including those that raise."""
    futures = [lent(impl).submit(tasks.fail_at, index, wrong) for index in range(count)]

    found = everything(impl.as_completed(futures), f"as_completed() of {count} futures")

    check_equal(len(found), count, "the number of futures that as_completed() yields")
    check_equal(set(found), set(futures), "the futures that as_completed() yields")
    check(all(one.done() for one in found), "a future that as_completed() yielded is not done")


@rule("COM-02")
@given(times=st.integers(2, 4), is_done=st.booleans())
@example(times=2, is_done=True)
@example(times=2, is_done=False)
@at_most(6)
def test_completed_of_duplicates(impl: Executors, times: int, is_done: bool) -> None:  # noqa: FBT001 - drawn
    """Done before or not."""
    with Gate() as gate:
        future = lent(impl).submit(tasks.hold, gate.folder)
        gate.await_started()
        if is_done:
            gate.open()
            ended(future, "submit(hold)")
        futures = impl.as_completed([future] * times)
        gate.open()
        found = everything(futures, f"as_completed() of one future, given {times} times")

    check_equal(found, [future], f"as_completed() of one future, given {times} times")


@rule("COM-03")
@given(count=st.integers(1, 3), at=st.integers(0, 3))
@example(count=2, at=0)
@at_most(6)
def test_completed_before_comes_first(impl: Executors, count: int, at: int) -> None:
    """At any position among the others."""
    with Gate() as gate, Gate() as other, fresh(impl, 2) as executor:
        before = [ended(executor.submit(tasks.identity, index), "submit()") for index in range(count)]
        held = executor.submit(tasks.hold, gate.folder)
        gate.await_started()
        futures = impl.as_completed([*before[:at], held, *before[at:]])
        found: Any = bounded(lambda: [next(futures) for _ in before], "the first futures of as_completed()")
        gate.open()
        rest = everything(futures, "the rest of as_completed()")
        other.open()

    check_equal(set(found), set(before), "the futures that as_completed() yields first")
    check_equal(rest, [held], "the futures that as_completed() yields then")


@rule("COM-04")
def test_completed_as_they_complete(impl: Executors) -> None:
    """Another order than the given one."""
    with Gate() as gate, Gate() as other, fresh(impl, 2) as executor:
        late = executor.submit(tasks.hold, gate.folder)
        early = executor.submit(tasks.hold, other.folder)
        gate.await_started()
        other.await_started()
        futures = impl.as_completed([late, early])
        other.open()
        first = bounded(lambda: next(futures), "next(as_completed()) while another call runs")
        gate.open()
        second = bounded(lambda: next(futures), "next(as_completed())")

    check_same(first, early, "the first future of as_completed()")
    check_same(second, late, "the second future of as_completed()")


@rule("COM-05")
@given(timeout=st.sampled_from((0, 0.0, BRIEF)))
@example(timeout=0)
@at_most(4)
def test_completed_times_out(impl: Executors, timeout: float) -> None:
    """First what is done, then the exception."""
    with Gate() as gate, fresh(impl, 2) as executor:
        over = ended(executor.submit(tasks.identity, 0), "submit()")
        held = executor.submit(tasks.hold, gate.folder)
        gate.await_started()
        futures = impl.as_completed([held, over], timeout=timeout)
        first = bounded(lambda: next(futures), f"next(as_completed(timeout={timeout}))")
        error = bounded(lambda: next(futures), f"the second next(as_completed(timeout={timeout}))")
        gate.open()

    check_same(first, over, f"the first future of as_completed(timeout={timeout})")
    check(isinstance(error, TimeoutError), "next() while a call runs")


@rule("COM-06")
def test_completed_gives_cancelled(impl: Executors) -> None:
    """It will not run, and is yielded."""
    with Gate() as gate, fresh(impl, 1) as executor:
        executor.submit(tasks.hold, gate.folder)
        last = [executor.submit(tasks.identity, index) for index in range(MANY)][-1]
        gate.await_started()
        futures = impl.as_completed([last])
        last.cancel()
        gate.open()
        found = everything(futures, "as_completed() of a cancelled future")

    check_equal(found, [last], "as_completed() of a cancelled future")


@rule("COM-07")
def test_completed_of_several_executors(impl: Executors) -> None:
    """One of them is the standard library's."""
    with ThreadPoolExecutor(1) as other, fresh(impl, 1) as third, Gate() as gate:
        futures = [executor.submit(tasks.hold, gate.folder) for executor in (lent(impl), other, third)]
        gate.open()
        found = everything(impl.as_completed(futures), "as_completed() of futures of three executors")

    check_equal(set(found), set(futures), "as_completed() of futures of three executors")


@rule("COM-08")
def test_completed_returns_an_iterator(impl: Executors) -> None:
    """It is not a list."""
    futures = impl.as_completed([lent(impl).submit(tasks.identity, 0)])

    check_same(iter(futures), futures, "iter(as_completed())")
    everything(futures, "as_completed()")
