"""Helpers to write properties with. Each of them knows whose fault a failure is.

A property is a plain function of an adapter and of what hypothesis draws:

    @rule("OVR-02")
    @given(changes=overrides())
    @example(changes={})
    def test_override_keeps_receiver(impl: Adapter, changes: dict[str, object]) -> None:

How a property ends decides the verdict:

- it returns: **holds**;
- `Deviation`, raised by the helpers below: **deviates**;
- `Gap`, raised by an adapter: **gap**; also any failure of an example that has called `leave_out`;
- any other exception: **deviates** if its traceback goes through the implementation, or if it was raised inside
  `calling(...)`. If the exception only went through the suite and the adapter, the property is run on the model of the
  contract. If it fails there in the same way, the suite is wrong: **breakdown**. If not, **deviates**.

So `calling` is not needed for a verdict: it makes the message show the call. Do not use a bare `assert`, because
`python -O` removes it. The child process has neither pytest nor the command's packages: import only hypothesis, the
engine and the contract itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Generic, TypeVar

from hypothesis import settings
from hypothesis.errors import StopTest, UnsatisfiedAssumption

from conformance.engine.deadline import Deadline
from conformance.errors import Deviation, Gap

Result = TypeVar("Result")
Property = TypeVar("Property", bound=Callable[..., object])
Expected = TypeVar("Expected", bound=BaseException)

CONTROL = (StopTest, UnsatisfiedAssumption)
"""The exceptions by which hypothesis controls a property. They are never a failure."""

ASYNC_SECONDS = 3.0
"""How long one asynchronous step of a property may take before it counts as a hang; the limit of a rule is 10 s."""


def check(condition: object, message: str) -> None:
    """Let the rule deviate unless `condition` is true. The message shows the call, what was expected and what it got.

    Raises:
        Deviation: The condition is false.
    """
    if not condition:
        raise Deviation(message)


def check_equal(actual: object, expected: object, what: str) -> None:
    """Let the rule deviate unless `actual == expected`.

    Raises:
        Deviation: They differ.
    """
    # Not `!=`: the class of an implementation may define it independently of `==`.
    if not actual == expected:
        raise Deviation(f"{what}: expected {', got '.join(shown_both(expected, actual))}")


def check_same(actual: object, expected: object, what: str) -> None:
    """Let the rule deviate unless `actual is expected`.

    Raises:
        Deviation: They are different objects.
    """
    if actual is not expected:
        got = "an equal object that is not the same" if actual == expected else shown(actual)
        is_constant = expected is None or isinstance(expected, bool)
        raise Deviation(f"{what}: expected {'' if is_constant else 'the same object, '}{shown(expected)}, got {got}")


def check_instance(actual: object, kind: type | tuple[type, ...], what: str) -> None:
    """Let the rule deviate unless `actual` is an instance of `kind`.

    Raises:
        Deviation: It is an instance of another class.
    """
    if not isinstance(actual, kind):
        names = " or ".join(one.__name__ for one in (kind if isinstance(kind, tuple) else (kind,)))
        raise Deviation(f"{what}: expected {names}, got {shown(actual)} of class {type(actual).__name__}")


def shown(value: object, *, limit: int = 200) -> str:
    """Return `repr(value)`, cut to `limit` characters; if repr() fails, the name of the class."""
    return _cut(_repr(value), 0, limit)


def shown_both(first: object, second: object, *, limit: int = 200) -> tuple[str, str]:
    """Return the repr of two values, each cut to `limit` characters such that the first difference is in it."""
    texts = _repr(first), _repr(second)
    pairs = enumerate(itertools.zip_longest(*texts))
    difference = next((index for index, (one, other) in pairs if one != other), 0)
    is_long = max(map(len, texts)) > limit
    start = max(0, difference - limit // 3) if is_long else 0
    return _cut(texts[0], start, limit), _cut(texts[1], start, limit)


def _repr(value: object) -> str:
    """Return `repr(value)`, or the name of the class if repr() fails."""
    try:
        return repr(value)
    except Exception as error:  # noqa: BLE001 - the repr of an unknown implementation may raise anything
        return f"<{type(value).__name__} whose repr raises {type(error).__name__}>"


def _cut(text: str, start: int, limit: int) -> str:
    """Return at most `limit` characters of a text from `start` on, with dots where something is left out."""
    text = text if start == 0 else f"...{text[start:]}"
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


@contextlib.contextmanager
def calling(what: str) -> Iterator[None]:
    """Let the rule deviate if anything is raised inside. The message shows the call.

    Parameters:
        what: The call, as a user writes it: `override(retries=0)`.

    Raises:
        Deviation: Something was raised. Deviations and gaps are passed on unchanged.
    """
    try:
        yield
    except (Deviation, Gap, *CONTROL):
        raise
    except BaseException as error:
        raise Deviation(f"{what} raised {described(error)}, expected no exception") from error


LEFT_OUT: ContextVar[list[str] | None] = ContextVar("left_out", default=None)
"""The parts that the running example has left out. None outside of examples."""


def leave_out(what: str) -> None:
    """Record that the example continues without something that the implementation does not offer.

    If it fails, that is a gap: it may have failed for want of just that. If it passes, it counts as any other.

    Parameters:
        what: What is not offered, as a gap says it: `public type not offered: Link`.
    """
    left_out = LEFT_OUT.get()
    if left_out is not None and what not in left_out:
        left_out.append(what)


@contextlib.contextmanager
def trying(**values: object) -> Iterator[None]:
    """Note the values that a property tries, if it tries several in one example. Reproducers are made with them.

    Parameters:
        values: By the names that they have in the script of the rule: `changes={"retries": 0}`.

    Raises:
        Deviation: A deviation that was raised inside, with the values noted.
    """
    try:
        yield
    except Deviation as deviation:
        deviation.tried = {**values, **deviation.tried}
        raise


def described(error: BaseException) -> str:
    """Return the class and the message of an exception, on one line."""
    try:
        message = " ".join(str(error).split())
    except Exception:  # noqa: BLE001 - the str of an unknown exception may raise anything
        message = "(its str raises)"
    return f"{type(error).__name__}: {message}"[:300] if message else type(error).__name__


@dataclass
class Caught(Generic[Expected]):
    """The exception that `expect_raises` caught, available after its block."""

    error: Expected | None = None

    @property
    def value(self) -> Expected:
        """The exception.

        Raises:
            RuntimeError: The block has not ended yet.
        """
        if self.error is None:
            raise RuntimeError("nothing is caught before the block of expect_raises has ended")
        return self.error


@contextlib.contextmanager
def expect_raises(kind: type[Expected] | tuple[type[Expected], ...], what: str) -> Iterator[Caught[Expected]]:
    """Let the rule deviate unless `kind` is raised inside.

    Parameters:
        kind: The class of the expected exception, or several of which one is expected.
        what: The call, as a user writes it: `override(name=None)`.

    Yields:
        An object whose `value` is the exception once the block has ended.

    Raises:
        Deviation: Nothing was raised, or another exception. Gaps are passed on unchanged.
    """
    names = " or ".join(one.__name__ for one in (kind if isinstance(kind, tuple) else (kind,)))
    caught: Caught[Expected] = Caught()
    try:
        yield caught
    except (Deviation, Gap, *CONTROL):
        raise
    except kind as error:
        caught.error = error
    except BaseException as error:
        raise Deviation(f"{what} raised {described(error)}, expected {names}") from error
    else:
        raise Deviation(f"{what} was accepted, expected {names}")


def at_most(examples: int) -> Callable[[Property], Property]:
    """Limit the examples of a slow property (threads, sleeps). Write `@at_most(10)` directly above `@given`."""

    def cap(property_: Property) -> Property:
        budget = settings().max_examples
        return settings(max_examples=min(examples, budget))(property_)

    return cap


def run_async(make: Callable[[], Awaitable[Result]], *, timeout_seconds: float = ASYNC_SECONDS) -> Result:
    """Return the result of an awaitable on a new event loop. Its exceptions are passed on unchanged.

    Parameters:
        make: Called on the loop, returns the awaitable; usually an `async def` within the property.
        timeout_seconds: How long it may take.

    Raises:
        Deviation: It did not end in time. (If it blocks the loop, only the limit of the rule ends it.)
    """
    loop = asyncio.new_event_loop()
    try:
        asyncio.set_event_loop(loop)
        return loop.run_until_complete(_bounded(make, timeout_seconds))
    finally:
        _abandon(loop)


async def _bounded(make: Callable[[], Awaitable[Result]], timeout_seconds: float) -> Result:
    """Await within a limit. `asyncio.wait_for` would replace some exceptions by its own."""
    task = asyncio.ensure_future(make())
    deadline = Deadline(timeout_seconds)
    while not task.done() and (seconds := deadline.seconds_left()):
        await asyncio.wait({task}, timeout=seconds)
    if not task.done():
        # Not awaited: a body that ignores its cancellation must not hang the suite.
        task.cancel()
        raise Deviation(f"hang: not finished after {timeout_seconds:g} s")
    return task.result()


def _abandon(loop: asyncio.AbstractEventLoop) -> None:
    """Close a loop without waiting long: cancel its tasks and leave the threads of its executor alone."""
    try:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left and not loop.is_closed():
            loop.run_until_complete(asyncio.wait(left, timeout=0.2))
    finally:
        asyncio.set_event_loop(None)
        loop.close()
