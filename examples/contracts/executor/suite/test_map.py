"""map()."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import example, given
from hypothesis import strategies as st

from conformance.engine.properties import (
    at_most,
    calling,
    check,
    check_equal,
    check_instance,
    check_same,
    expect_raises,
)
from conformance.engine.rules import rule
from executor import tasks
from executor.acts import BRIEF, Gate, bounded, fresh, lent
from executor.adapter import Executors
from executor.values import elements, timeouts, values


@rule("MAP-01")
@given(one=elements())
@example(one=[])
@example(one=[None, 0, "", ()])
@example(one=[1, 1.0, True])
def test_map_is_like_map(impl: Executors, one: list[object]) -> None:
    """Falsy values are values."""
    found = bounded(lambda: list(lent(impl).map(tasks.identity, one)), f"list(map(identity, {one}))")

    check_equal(found, one, f"list(map(identity, {one}))")


@rule("MAP-02")
@given(count=st.integers(2, 4))
@example(count=2)
@at_most(5)
def test_map_keeps_order(impl: Executors, count: int) -> None:
    """Each call ends after the next one."""
    with Gate() as gate, fresh(impl, count) as executor:
        values = executor.map(tasks.finish_after, [gate.folder] * count, range(count), [count] * count)

        check_equal(bounded(lambda: list(values), "list(map())"), [*range(count)], "values of calls that end backwards")


@rule("MAP-03")
@given(one=elements(), other=elements())
@example(one=[], other=[1])
@example(one=[1, 2], other=[3])
def test_map_ends_with_the_shortest(impl: Executors, one: list[object], other: list[object]) -> None:
    """The rest of the longer iterable is not used."""
    found = bounded(lambda: list(lent(impl).map(tasks.echo, one, other)), f"list(map(echo, {one}, {other}))")

    expected: list[object] = [(pair, {}) for pair in zip(one, other, strict=False)]
    check_equal(found, expected, f"list(map(echo, {one}, {other}))")


@rule("MAP-04")
@given(one=elements())
@example(one=[1, 2, 3])
@at_most(20)
def test_map_collects_at_once(impl: Executors, one: list[object]) -> None:
    """A generator is exhausted when map() returns."""
    taken: list[object] = []

    def given_one_by_one() -> Iterator[object]:
        for element in one:
            taken.append(element)
            yield element

    values = lent(impl).map(tasks.identity, given_one_by_one())
    before_use = list(taken)
    bounded(lambda: list(values), "list(map())")

    check_equal(before_use, one, "elements that were taken when map() returned")


@rule("MAP-05")
@given(count=st.integers(1, 4))
@example(count=2)
@at_most(10)
def test_map_runs_before_it_is_asked(impl: Executors, count: int) -> None:
    """All calls run although no value is taken."""
    with Gate() as gate:
        values = lent(impl).map(tasks.note, [gate.folder] * count, ["ran"] * count, range(count))
        gate.await_count("ran", count, f"{count} calls of map() run before a value is taken")
        bounded(lambda: list(values), "list(map())")


@rule("MAP-06")
@given(count=st.integers(1, 5), data=st.data())
@at_most(30)
def test_map_raises_at_its_element(impl: Executors, count: int, data: st.DataObject) -> None:
    """The values before it come first."""
    wrong = data.draw(st.integers(0, count - 1), label="wrong")
    values = lent(impl).map(tasks.fail_at, range(count), [wrong] * count)

    for index in range(wrong):
        check_equal(bounded(lambda: next(values), f"next() number {index}"), index, f"next() number {index}")
    error = bounded(lambda: next(values), f"next() number {wrong}")

    check_instance(error, KeyError, f"next() of the call that raises KeyError({wrong})")
    check_equal(getattr(error, "args", None), (wrong,), "the arguments of the KeyError")


@rule("MAP-06")
def test_map_raises_at_its_last_element(impl: Executors) -> None:
    """Two values, then the exception."""
    values = lent(impl).map(tasks.fail_at, range(3), [2] * 3)

    found = [bounded(lambda: next(values), f"next() number {index}") for index in range(3)]

    check_equal(found[:2], [0, 1], "the values before the exception")
    check(isinstance(found[2], KeyError), f"next() of the call that raises KeyError(2): got {found[2]!r}")


@rule("MAP-07")
@given(timeout=st.sampled_from((0, 0.0, BRIEF)))
@example(timeout=0)
@at_most(5)
def test_map_times_out(impl: Executors, timeout: float) -> None:
    """The call waits for a gate that stays closed."""
    with Gate() as gate, fresh(impl, 1) as executor:
        values = executor.map(tasks.hold, [gate.folder], timeout=timeout)
        error = bounded(lambda: next(values), f"next() of map(timeout={timeout})")
        gate.open()

    name = type(error).__name__
    check(
        name == "TimeoutError",
        f"next() of map(timeout={timeout}) of a call that runs: expected TimeoutError, got {error!r}",
    )


@rule("MAP-08")
@given(one=elements(), timeout=timeouts())
@example(one=[0, None], timeout=30)
@at_most(20)
def test_map_timeout_of_int_or_float(impl: Executors, one: list[object], timeout: float) -> None:
    """There is enough time."""
    found = bounded(lambda: list(lent(impl).map(tasks.identity, one, timeout=timeout)), f"map(timeout={timeout})")

    check_equal(found, one, f"list(map(identity, {one}, timeout={timeout}))")


@rule("MAP-09")
@given(one=elements(), chunksize=st.integers(1, 8))
@example(one=[0, None, ""], chunksize=2)
@example(one=[1, 2], chunksize=5)
@at_most(50)
def test_chunks_change_no_result(impl: Executors, one: list[object], chunksize: int) -> None:
    """The values are joined again for any chunk size."""
    call = f"list(map(identity, {one}, chunksize={chunksize}))"
    with calling(call):
        values = lent(impl).map(tasks.identity, one, chunksize=chunksize)

    check_equal(bounded(lambda: list(values), call), one, call)


@rule("MAP-10")
@given(value=values())
@at_most(10)
def test_map_returns_an_iterator(impl: Executors, value: object) -> None:
    """It is not a list."""
    values = lent(impl).map(tasks.identity, [value])

    check_same(iter(values), values, "iter(map())")
    check_equal(bounded(lambda: next(values), "next(map())"), value, "next(map())")
    with expect_raises(StopIteration, "next() after the last value of map()"):
        next(values)


@rule("MAP-11")
@given(value=values(), count=st.integers(2, 4))
@example(value=None, count=2)
@at_most(20)
def test_map_calls_once_per_element(impl: Executors, value: object, count: int) -> None:
    """Equal elements are separate calls."""
    with Gate() as gate:
        calls = lent(impl).map(tasks.note, [gate.folder] * count, ["ran"] * count, [value] * count)
        found = bounded(lambda: list(calls), "list(map())")

        check_equal(found, [value] * count, f"values of {count} equal calls")
        check_equal(gate.count("ran"), count, f"calls that ran for {count} equal elements")


@rule("MAP-12")
def test_timeout_error_is_the_builtin(impl: Executors) -> None:
    """`except TimeoutError` is enough. MAP-07 is about errors with other names."""
    with Gate() as gate, fresh(impl, 1) as executor:
        values = executor.map(tasks.hold, [gate.folder], timeout=BRIEF)
        error = bounded(lambda: next(values), f"next() of map(timeout={BRIEF})")
        gate.open()

    is_alike = type(error).__name__ == "TimeoutError" and not isinstance(error, TimeoutError)
    check(not is_alike, f"next() of map(timeout={BRIEF}): expected the built-in TimeoutError, got {type(error)!r}")
