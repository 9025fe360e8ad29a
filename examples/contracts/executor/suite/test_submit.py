"""submit()."""

from __future__ import annotations

import os
from concurrent.futures import Future
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from conformance.engine.properties import at_most, calling, check, check_equal, check_instance, expect_raises
from conformance.engine.rules import rule
from executor import tasks
from executor.acts import Gate, bounded, error_of, fresh, happens, lent, linger, value_of
from executor.adapter import Executors
from executor.values import error_args, error_kinds, keywords, values


@rule("SUB-01")
@given(args=st.lists(values(), max_size=3), named=st.dictionaries(st.sampled_from("abc"), values(), max_size=2))
@example(args=[], named={})
@example(args=[None], named={})
@example(args=[0, ""], named={"a": None})
@example(args=[()], named={"a": 0})
def test_submit_runs_the_call(impl: Executors, args: list[object], named: dict[str, object]) -> None:
    """The callable receives the arguments of submit()."""
    future = lent(impl).submit(tasks.echo, *args, **named)

    check_equal(value_of(future, "submit(echo)"), (tuple(args), named), "the arguments that the callable got")


@rule("SUB-02")
@given(value=values())
@at_most(10)
def test_submit_returns_a_future(impl: Executors, value: object) -> None:
    """Code that expects a future can use it."""
    check_instance(lent(impl).submit(tasks.identity, value), Future, "submit()")


@rule("SUB-03")
@given(named=keywords())
@example(named={"key": "k"})
@example(named={"timeout": 0})
@example(named={"fn": 1})
@example(named={"self": 1})
@example(named={"args": (), "kwargs": {}})
def test_keywords_belong_to_the_call(impl: Executors, named: dict[str, object]) -> None:
    """The executor reserves no name."""
    call = f"submit(echo, {', '.join(f'{name}={value!r}' for name, value in named.items())})"
    with calling(call):
        future: Any = lent(impl).submit(tasks.echo, **named)

    check_equal(value_of(future, call), ((), named), "the arguments that the callable got")


@rule("SUB-04")
@given(value=values(), count=st.integers(2, 4))
@example(value=None, count=2)
@at_most(20)
def test_each_submit_is_a_call(impl: Executors, value: object, count: int) -> None:
    """Two equal calls are two calls."""
    with Gate() as gate:
        futures = [lent(impl).submit(tasks.note, gate.folder, "ran", value) for _ in range(count)]
        for future in futures:
            check_equal(value_of(future, "submit(note)"), value, "result()")

        check_equal(gate.count("ran"), count, f"calls that ran after {count} of submit() with equal arguments")


@rule("SUB-05")
@given(value=values())
@at_most(10)
def test_submit_does_not_wait(impl: Executors, value: object) -> None:
    """The call waits for a gate that only opens after submit()."""
    with Gate() as gate:
        future: Any = bounded(lambda: lent(impl).submit(tasks.hold, gate.folder, value), "submit() of a long call")
        check(not future.done(), "submit(hold).done() before the gate was opened: expected False, got True")
        gate.open()

        check_equal(value_of(future, "submit(hold)"), value, "result()")


@rule("SUB-06")
@given(kind=error_kinds(), args=error_args())
@example(kind=ValueError, args=())
@example(kind=StopIteration, args=(0,))
def test_call_raises_in_the_future(impl: Executors, kind: type[Exception], args: tuple[object, ...]) -> None:
    """Class and arguments arrive."""
    error = error_of(lent(impl).submit(tasks.fail, kind, *args), f"submit(fail, {kind.__name__}, *{args})")

    check(type(error) is kind, f"result(): expected {kind.__name__}, got {type(error).__name__}: {error}")
    check_equal(error.args, kind(*args).args, f"the arguments of the {kind.__name__} that result() raised")


@rule("SUB-07")
@given(kind=st.sampled_from((SystemExit, GeneratorExit, KeyboardInterrupt)))
@example(kind=SystemExit)
@at_most(4)
def test_exit_requests_are_exceptions_too(impl: Executors, kind: type[BaseException]) -> None:
    """The worker survives, and the next call finds it."""
    with fresh(impl, 1) as executor:
        error = error_of(executor.submit(tasks.fail, kind), f"submit(fail, {kind.__name__})")

        check(type(error) is kind, f"result(): expected {kind.__name__}, got {type(error).__name__}: {error}")
        check_equal(value_of(executor.submit(tasks.identity, 1), "the next submit()"), 1, "result() of the next call")


@rule("SUB-08")
@given(workers=st.integers(1, 3))
@example(workers=1)
@at_most(4)
def test_at_most_max_workers(impl: Executors, workers: int) -> None:
    """With calls for twice the workers, the gate sees only as many as there are workers."""
    with Gate() as gate, fresh(impl, workers) as executor:
        futures = [executor.submit(tasks.hold, gate.folder, index) for index in range(2 * workers)]
        gate.await_started(workers)
        linger()
        at_once = gate.count("started")
        gate.open()
        for future in futures:
            value_of(future, "submit(hold)")

        check_equal(at_once, workers, f"calls that ran at the same time with max_workers={workers}")


@rule("SUB-09")
@given(workers=st.integers(1, 4))
@example(workers=2)
@at_most(4)
def test_max_workers_at_once(impl: Executors, workers: int) -> None:
    """The calls end only once they have met."""
    with Gate() as gate, fresh(impl, workers) as executor:
        value_of(executor.submit(tasks.identity, 0), "submit()")
        futures = [executor.submit(tasks.meet, gate.folder, index, workers) for index in range(workers)]
        for future in futures:
            check(value_of(future, f"{workers} calls that wait for each other, max_workers={workers}"), "they met")


@rule("SUB-10")
@given(workers=st.integers(-3, 0))
@example(workers=0)
@at_most(4)
def test_max_workers_above_zero(impl: Executors, workers: int) -> None:
    """There is no pool without workers."""
    with expect_raises(ValueError, f"the constructor with max_workers={workers}"):
        impl.executor(workers)


@rule("SUB-11")
@given(others=st.booleans())
@example(others=False)
@at_most(2)
def test_default_workers_of_this_process(impl: Executors, others: bool) -> None:  # noqa: FBT001 - drawn
    """A process that may use one processor gets the same pool as on a machine with one processor."""
    before = os.sched_getaffinity(0)
    here = before if others else {min(before)}
    os.sched_setaffinity(0, here)
    try:
        expected = impl.default_workers(len(here))
        with Gate() as gate, fresh(impl, None) as executor:  # type: ignore[arg-type]  # None is the default
            futures = [executor.submit(tasks.hold, gate.folder, index) for index in range(expected + 2)]
            gate.await_started(expected)
            linger()
            at_once = gate.count("started")
            gate.open()
            for future in futures:
                value_of(future, "submit(hold)")
    finally:
        os.sched_setaffinity(0, before)

    check_equal(at_once, expected, f"calls that ran at the same time with {len(here)} processors for this process")


@rule("SUB-12")
@given(value=values())
@at_most(10)
def test_task_may_submit(impl: Executors, value: object) -> None:
    """One worker waits for the other."""
    executor = lent(impl)

    future = executor.submit(lambda: executor.submit(tasks.identity, value).result())

    happens(future.done, "the end of a call that submits another one and waits for it")
    check_equal(value_of(future, "submit()"), value, "result() of a call that submits another one")
