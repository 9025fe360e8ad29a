"""What properties are written with: each helper knows whose fault a failure is.

A property is a plain function of an adapter and of what hypothesis draws:

    @rule("OVR-02")
    @given(changes=overrides())
    @example(changes={})
    def test_override_keeps_receiver(impl: Adapter, changes: dict[str, object]) -> None:

How a property ends decides the verdict:

- it returns: **holds**;
- `Deviation`, raised by the helpers below: **deviates**;
- `Gap`, raised by an adapter, by `offered` or for a public type or error that is not there: **gap**;
- any other exception: **deviates** where its traceback goes through the implementation (see `isolate`), or where it was
  raised inside `calling(...)` or `run_async(...)`. An exception that only went through the suite and the adapter is the
  fault of nobody yet: the property is then run against the model implementation. If it fails there in the same way, the
  suite is wrong, **breakdown**; if not, what the implementation handed out was, **deviates**.

So `calling` is not needed for a verdict: it makes the message show the call. A bare `assert` is not used, because
`python -O` strips it. The child process has neither pytest nor the command's packages: import hypothesis and
`conformance.*` only.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from hypothesis import settings
from hypothesis.errors import StopTest, UnsatisfiedAssumption
from hypothesis.stateful import run_state_machine_as_test

from conformance.engine.deadline import Deadline
from conformance.errors import Deviation, Gap

Result = TypeVar("Result")
Property = TypeVar("Property", bound=Callable[..., object])
Expected = TypeVar("Expected", bound=BaseException)

CONTROL = (StopTest, UnsatisfiedAssumption)
"""The exceptions by which hypothesis steers a property: never a failure."""

ASYNC_SECONDS = 3.0
"""How long one asynchronous step of a property may take before it counts as a hang; the limit of a rule is 10 s."""


def check(condition: object, message: str) -> None:
    """Let the rule deviate unless `condition` is true. The message shows the call, what came and what was due.

    Raises:
        Deviation: The condition is false.
    """
    if not condition:
        raise Deviation(message)


def check_equal(actual: object, expected: object, what: str) -> None:
    """Let the rule deviate unless `came == due`.

    Raises:
        Deviation: They differ.
    """
    # Not `!=`: an implementation's value may define it apart from `==`.
    if not actual == expected:
        raise Deviation(f"{what}: expected {shown(expected)}, got {shown(actual)}")


def check_same(actual: object, expected: object, what: str) -> None:
    """Let the rule deviate unless `came is due`.

    Raises:
        Deviation: They are two objects.
    """
    if actual is not expected:
        equal = "an equal but other object" if actual == expected else shown(actual)
        raise Deviation(f"{what}: expected the very same object {shown(expected)}, got {equal}")


def check_instance(actual: object, kind: type | tuple[type, ...], what: str) -> None:
    """Let the rule deviate unless `came` is of `kind`.

    Raises:
        Deviation: It is of another class.
    """
    if not isinstance(actual, kind):
        names = " or ".join(one.__name__ for one in (kind if isinstance(kind, tuple) else (kind,)))
        raise Deviation(f"{what}: expected {names}, got {shown(actual)} of class {type(actual).__name__}")


def shown(value: object, *, limit: int = 200) -> str:
    """Return `repr(value)`, cut to `limit` characters; a repr that fails is replaced by the class."""
    try:
        text = repr(value)
    except Exception as error:  # noqa: BLE001 - the repr of an unknown implementation may raise anything
        text = f"<{type(value).__name__} whose repr raises {type(error).__name__}>"
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


@contextlib.contextmanager
def calling(what: str) -> Iterator[None]:
    """Let the rule deviate, with the call shown, when anything is raised inside.

    Parameters:
        what: The call, as a user writes it: `override(retries=0)`.

    Raises:
        Deviation: Something was raised. Deviations and gaps pass as they are.
    """
    try:
        yield
    except (Deviation, Gap, *CONTROL):
        raise
    except BaseException as error:
        raise Deviation(f"{what} raised {described(error)}, expected no exception") from error


def described(error: BaseException) -> str:
    """Return class and message of an exception, on one line."""
    try:
        message = " ".join(str(error).split())
    except Exception:  # noqa: BLE001 - the str of an unknown exception may raise anything
        message = "(its str raises)"
    return f"{type(error).__name__}: {message}"[:300] if message else type(error).__name__


@dataclass
class Caught(Generic[Expected]):
    """What `expect_raises` caught, once its block is left."""

    error: Expected | None = None

    @property
    def value(self) -> Expected:
        """The exception.

        Raises:
            RuntimeError: The block has not been left yet.
        """
        if self.error is None:
            raise RuntimeError("nothing is caught before the block of expect_raises is left")
        return self.error


@contextlib.contextmanager
def expect_raises(kind: type[Expected] | tuple[type[Expected], ...], what: str) -> Iterator[Caught[Expected]]:
    """Let the rule deviate unless `kind` is raised inside.

    Parameters:
        kind: The class of the exception that is due, or several.
        what: The call, as a user writes it: `override(name=None)`.

    Yields:
        Where the exception is found afterwards: `caught.value`.

    Raises:
        Deviation: Nothing was raised, or something else. Gaps pass as they are.
    """
    names = " or ".join(one.__name__ for one in (kind if isinstance(kind, tuple) else (kind,)))
    caught: Caught[Expected] = Caught()
    try:
        yield caught
    except kind as error:
        caught.error = error
    except (Deviation, Gap, *CONTROL):
        raise
    except BaseException as error:
        raise Deviation(f"{what} raised {described(error)}, expected {names}") from error
    else:
        raise Deviation(f"{what} was accepted, expected {names}")


def at_most(examples: int) -> Callable[[Property], Property]:
    """Cap the budget of a slow property (threads, sleeping bodies): `@at_most(10)`, directly above `@given`."""

    def cap(property_: Property) -> Property:
        budget = settings().max_examples
        return settings(max_examples=min(examples, budget))(property_)

    return cap


def run_machine(machine: Any, *, steps: int = 20) -> None:  # noqa: ANN401 - as hypothesis declares it
    """Run one sequence-drawing state machine; a failing step raises what the step raised.

    Parameters:
        machine: A machine's class, or what gives a machine that knows the implementation; called once per sequence.
        steps: The longest sequence.
    """
    # The budget of the run; derandomised, because the seed of a rule does not reach a machine.
    run_state_machine_as_test(machine, settings=settings(stateful_step_count=steps, derandomize=True))


def run_async(make: Callable[[], Awaitable[Result]], *, timeout_seconds: float = ASYNC_SECONDS) -> Result:
    """Return what the awaitable gives on an event loop of its own; whatever it raises comes out as it is.

    Parameters:
        make: Called on the loop, gives the awaitable: usually an `async def` of the property itself.
        timeout_seconds: How long it may take.

    Raises:
        Deviation: It did not end in time. (A blocked loop cannot be stopped from inside: the limit of the rule does.)
    """
    loop = asyncio.new_event_loop()
    try:
        asyncio.set_event_loop(loop)
        return loop.run_until_complete(_bounded(make, timeout_seconds))
    finally:
        _abandon(loop)


async def _bounded(make: Callable[[], Awaitable[Result]], timeout_seconds: float) -> Result:
    """Await within a limit, without touching what comes out: `asyncio.wait_for` would turn it into its own errors."""
    task = asyncio.ensure_future(make())
    deadline = Deadline(timeout_seconds)
    while not task.done() and (seconds := deadline.seconds_left()):
        await asyncio.wait({task}, timeout=seconds)
    if not task.done():
        # Without an await: a body that swallows its cancellation must not hang the suite.
        task.cancel()
        raise Deviation(f"hang: not finished after {timeout_seconds:g} s")
    return task.result()


def _abandon(loop: asyncio.AbstractEventLoop) -> None:
    """Close a loop without waiting for long: tasks are cancelled, threads of its executor are left to themselves."""
    try:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left and not loop.is_closed():
            loop.run_until_complete(asyncio.wait(left, timeout=0.2))
    finally:
        asyncio.set_event_loop(None)
        loop.close()
