"""One property per way to end."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from conformance.contracts.task_template.suite.offers import offered
from conformance.engine.properties import at_most, calling, check, check_equal, expect_raises, run_async
from conformance.engine.rules import rule
from conformance.errors import Deviation, Gap
from tests.conformance.planted import implementation

SEEN: list[int] = []
"""State, on purpose: the examples of a property that fails once."""


def _body() -> None:
    """Do nothing."""


@rule("FINE")
def test_fine(impl: Any) -> None:
    """Nothing is wrong."""


@rule("CHECKED")
@given(number=st.integers(0, 1000))
def test_checked(impl: Any, number: int) -> None:
    """A deviation, shrunk to the smallest example."""
    check(number < 10, f"{number} is too much")


@rule("GAP")
def test_gap(impl: Any) -> None:
    """A gap, by a missing field."""
    offered(impl, "retries")


@rule("GAP-TYPE")
def test_gap_type(impl: Any) -> None:
    """A gap, by a missing public type."""
    impl.types["Cache"]


@rule("GAP-ERROR")
def test_gap_error(impl: Any) -> None:
    """A gap, by a missing exception class, also where an exception is expected."""
    with expect_raises(ValueError, "anything"):
        raise impl.errors.RuntimeUserError


@rule("GAP-METHOD")
def test_gap_method(impl: Any) -> None:
    """A gap, by an adapter's method that is not offered."""
    impl.interface_of(_body)


@rule("GAP-SOMETIMES")
@given(number=st.integers(0, 10))
def test_gap_sometimes(impl: Any, number: int) -> None:
    """Some examples cannot be judged; the others hold, so the rule does."""
    if number > 5:
        raise Gap("large numbers are not offered")


@rule("RAISED")
def test_raised(impl: Any) -> None:
    """The implementation raises where no error is expected."""
    impl.make(_body).raise_error()


@rule("CALLED")
def test_called(impl: Any) -> None:
    """The same, with the call shown."""
    with calling("raise_error()"):
        impl.make(_body).raise_error()


@rule("NONE")
def test_none(impl: Any) -> None:
    """The suite fails on a result of the implementation, but not on the model: the implementation is to blame."""
    result = impl.make(_body).give_none() if impl.name == "planted" else implementation
    check_equal(result.__name__, implementation.__name__, "name")


@rule("SUITE")
@given(number=st.integers())
def test_suite(impl: Any, number: int) -> None:
    """The suite itself is wrong, whatever the implementation."""
    raise LookupError(f"of the suite, {number}")


@rule("ADAPTER")
def test_adapter(impl: Any) -> None:
    """The adapter is wrong."""
    impl.context_data()


@rule("ADAPTER-CALLED")
def test_adapter_called(impl: Any) -> None:
    """The adapter is wrong, also where a call is shown."""
    with calling("context_data()"):
        impl.context_data()


@rule("REFUSED")
def test_refused(impl: Any) -> None:
    """The implementation does not take what a valid call gives it: seen in the adapter, and not its fault."""
    with calling("make_strict(1)"):
        impl.make_strict(1)


@rule("NO-EXAMPLE")
@given(number=st.integers().filter(lambda _: False))
def test_no_example(impl: Any, number: int) -> None:
    """The suite's strategy gives nothing."""


@rule("CANCELLED")
@given(number=st.integers(0, 3))
def test_cancelled(impl: Any, number: int) -> None:
    """A BaseException that is not an Exception: a deviation like any other."""
    if number > 1:
        with calling("cancel()"):
            raise asyncio.CancelledError


@rule("ONCE")
@given(number=st.integers())
def test_once(impl: Any, number: int) -> None:
    """Fails on its first example only, never again."""
    SEEN.append(number)
    if len(SEEN) == 1:
        raise Deviation("only once")


@rule("CAPPED")
@at_most(3)
@given(number=st.integers())
def test_capped(impl: Any, number: int) -> None:
    """At most three examples."""


@rule("HANG")
def test_hang(impl: Any) -> None:
    """A hang."""
    implementation.hang()


@rule("HANG-THREAD")
def test_hang_thread(impl: Any) -> None:
    """A hang in a thread that is waited for."""
    implementation.hang_in_thread()


@rule("HANG-LOOP")
def test_hang_loop(impl: Any) -> None:
    """A blocked event loop."""
    run_async(implementation.block_loop)


@rule("HANG-AWAIT")
def test_hang_await(impl: Any) -> None:
    """An awaitable that never ends."""
    run_async(implementation.never, timeout_seconds=0.2)


@rule("LEAVE")
def test_leave(impl: Any) -> None:
    """The process is ended."""
    implementation.leave()


@rule("CRASH")
def test_crash(impl: Any) -> None:
    """The interpreter crashes."""
    implementation.crash()


@rule("MEMORY")
def test_memory(impl: Any) -> None:
    """Memory is eaten up."""
    implementation.eat_memory()


@rule("GARBAGE")
def test_garbage(impl: Any) -> None:
    """Garbage on every file descriptor."""
    implementation.write_garbage()


@rule("CLOSE")
def test_close(impl: Any) -> None:
    """Every file descriptor is closed."""
    implementation.close_all()


@rule("NOISE")
def test_noise(impl: Any) -> None:
    """Much output, which does no harm."""
    implementation.print_much()


@rule("BEHIND")
def test_behind(impl: Any) -> None:
    """A process is left behind."""
    implementation.leave_process_behind()


@rule("UNPRINTABLE")
def test_unprintable(impl: Any) -> None:
    """A message with characters that no file can contain and no terminal should get."""
    raise Deviation("\ud800 \x1b[31m \0 \uffff ]]> <b> | é 日")


@rule("FORK")
@at_most(3)
@given(number=st.integers())
def test_fork(impl: Any, number: int) -> None:
    """The process is copied, and both go on."""
    implementation.fork_and_go_on()


@rule("AFTER-FORK")
def test_after_fork(impl: Any) -> None:
    """Nothing is wrong here, whatever came before."""


@rule("SPOIL")
def test_spoil(impl: Any) -> None:
    """The process is spoilt, so that the suite itself fails; with the model it does not."""
    if impl.name == "planted":
        implementation.spoil_the_process()
    check(isinstance(sorted([2, 1]), list), "no list")


@rule("AFTER-SPOIL")
@given(text=st.text())
def test_after_spoil(impl: Any, text: str) -> None:
    """Nothing is wrong here, whatever came before."""
    check(isinstance(sorted(text), list) and Path.cwd() and os.environ, "the process is spoilt")
