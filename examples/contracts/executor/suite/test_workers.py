"""Initializers, broken pools, and what has to be pickled."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from conformance.engine.properties import at_most, check, check_equal, check_instance
from conformance.engine.rules import rule
from executor import tasks
from executor.acts import MANY, Gate, bounded, ended, error_of, fresh, happens, value_of
from executor.adapter import Executors


@rule("INI-01")
@given(workers=st.integers(1, 3), name=st.sampled_from(("worker", "w")))
@example(workers=2, name="worker")
@at_most(3)
def test_initializer_runs_first(impl: Executors, workers: int, name: str) -> None:
    """Each worker that runs a call has signed in, once, with the arguments."""
    with Gate() as gate, fresh(impl, workers, initializer=tasks.sign_in, initargs=(gate.folder, name)) as executor:
        calls = [executor.submit(tasks.worker_at_meeting, gate.folder, workers) for _ in range(workers)]
        seen = {value_of(call, "submit()") for call in calls}
        times = {worker: gate.count(f"{name}-{worker[0]}-{worker[1]}") for worker in seen}

    check_equal(len(seen), workers, f"workers that ran {workers} calls at the same time")
    check_equal(
        set(times.values()), {1}, "how often each worker has called initializer(*initargs) before its first call"
    )


def refused(executor: Executor, what: str) -> BaseException:
    """Return the exception that submit() of a breaking pool finally raises, or that its future raises."""
    found: list[Any] = []

    def is_refused() -> bool:
        found.append(bounded(lambda: executor.submit(tasks.identity, 0), "submit()"))
        return isinstance(found[-1], BaseException)

    happens(is_refused, what)
    error: BaseException = found[-1]
    return error


@rule("INI-02")
@given(kind=st.sampled_from((ValueError, KeyError, OSError)), count=st.integers(1, 3))
@example(kind=ValueError, count=2)
@at_most(3)
def test_failing_initializer_breaks(impl: Executors, kind: type[Exception], count: int) -> None:
    """No call waits forever."""
    with fresh(impl, 1, initializer=tasks.fail, initargs=(kind,)) as executor:
        errors = [call_of(executor) for _ in range(count)]

    for error in errors:
        check_instance(error, BrokenExecutor, f"the error of a call after an initializer that raises {kind.__name__}")


def call_of(executor: Executor) -> BaseException:
    """Return the error of a call, whether submit() raises it or the future."""
    future: Any = bounded(lambda: executor.submit(tasks.identity, 0), "submit()")
    return future if isinstance(future, BaseException) else error_of(future, "submit() with a failing initializer")


@rule("INI-03")
@given(kind=st.sampled_from((ValueError, KeyError, OSError)))
@example(kind=ValueError)
@at_most(2)
def test_broken_pool_takes_nothing(impl: Executors, kind: type[Exception]) -> None:
    """After some time."""
    with fresh(impl, 1, initializer=tasks.fail, initargs=(kind,)) as executor:
        call_of(executor)
        error = refused(executor, f"submit() raises after an initializer that raises {kind.__name__}")

    check_instance(error, BrokenExecutor, "what submit() of a broken pool raises")


@rule("INI-04")
def test_broken_is_a_runtime_error(impl: Executors) -> None:
    """Code that catches RuntimeError is right."""
    with fresh(impl, 1, initializer=tasks.fail, initargs=(ValueError,)) as executor:
        errors = [call_of(executor), refused(executor, "submit() raises after a failing initializer")]

    for error in errors:
        check_instance(error, RuntimeError, "the error of a broken pool")


@rule("INI-05")
def test_no_initargs(impl: Executors) -> None:
    """It is called with nothing."""
    with fresh(impl, 1, initializer=tasks.sign_in) as executor:
        check_equal(
            value_of(executor.submit(tasks.identity, 1), "submit()"), 1, "result() with an initializer of no arguments"
        )


@rule("BRK-01")
def test_death_breaks_the_call(impl: Executors) -> None:
    """The call that killed its worker."""
    with fresh(impl, 1) as executor:
        error = error_of(executor.submit(tasks.die), "a call that kills its process")

    check_instance(error, BrokenExecutor, "result() of a call that killed its process")


@rule("BRK-02")
def test_death_breaks_pending_calls(impl: Executors) -> None:
    """Calls that are queued behind it."""
    with Gate() as gate, fresh(impl, 1) as executor:
        executor.submit(tasks.die_when_open, gate.folder)
        futures = [executor.submit(tasks.identity, index) for index in range(MANY)]
        gate.await_started()
        gate.open()
        error = error_of(futures[-1], "a call that was pending when a worker died")

    check_instance(error, BrokenExecutor, "result() of a call that was pending when a worker died")


@rule("BRK-03")
def test_death_breaks_the_pool(impl: Executors) -> None:
    """It accepts no more calls."""
    with fresh(impl, 1) as executor:
        ended(executor.submit(tasks.die), "a call that kills its process")
        error = refused(executor, "submit() raises after the death of a worker")

    check_instance(error, BrokenExecutor, "what submit() raises after the death of a worker")


@rule("BRK-04")
def test_broken_pool_shuts_down(impl: Executors) -> None:
    """shutdown() does not wait for the dead worker."""
    with fresh(impl, 2) as executor:
        ended(executor.submit(tasks.die), "a call that kills its process")

        check_equal(bounded(executor.shutdown, "shutdown() of a broken pool"), None, "shutdown() of a broken pool")


def stays_of_use(impl: Executors, call: Callable[..., object], *args: object) -> None:
    """Let the rule deviate unless a call raises and the next one returns."""
    with fresh(impl, 1) as executor:
        future: Any = bounded(lambda: executor.submit(call, *args), "submit() with what cannot be pickled")
        if not isinstance(future, BaseException):
            error = error_of(future, f"{call.__name__}, with what cannot be pickled")
            check(
                not isinstance(error, BrokenExecutor), f"result() raised {error!r}, expected why it cannot be pickled"
            )

        check_equal(value_of(executor.submit(tasks.identity, 1), "the next submit()"), 1, "result() of the next call")


@rule("PCK-01")
def test_unpicklable_argument(impl: Executors) -> None:
    """A lock cannot be sent."""
    stays_of_use(impl, tasks.identity, tasks.lock())


@rule("PCK-02")
def test_unpicklable_result(impl: Executors) -> None:
    """A lock cannot be sent back."""
    stays_of_use(impl, tasks.lock)
