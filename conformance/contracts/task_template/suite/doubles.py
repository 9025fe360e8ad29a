"""Test doubles that a property passes to an implementation, and that record how they are used."""

from __future__ import annotations

import contextlib
import contextvars
import threading
import traceback
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from inspect import iscoroutine
from typing import Any

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.calls import CallRecipe
from conformance.contracts.task_template.strategies.recipes import FunctionRecipe, derived_class
from conformance.contracts.task_template.suite.readings import hook
from conformance.engine.properties import (
    ASYNC_SECONDS,
    CONTROL,
    calling,
    check,
    check_equal,
    check_same,
    described,
    run_async,
    shown,
)
from conformance.errors import Deviation, Gap


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a call ended: with a value, or with an exception."""

    value: Any = None
    error: BaseException | None = None

    def __str__(self) -> str:
        """Return what happened, as the end of a sentence: `returned 3`, `raised ValueError: x`."""
        return f"returned {shown(self.value)}" if self.error is None else f"raised {described(self.error)}"

    def check_value(self, expected: object, what: str) -> None:
        """Check that the call returned the expected object."""
        if self.error is not None:
            raise Deviation(f"{what} {self}, expected the value {shown(expected)}") from self.error
        check_same(self.value, expected, what)

    def check_error(self, expected: BaseException, what: str) -> None:
        """Check that the call raised the expected exception object."""
        if self.error is not expected:
            raise Deviation(
                f"{what} {self}, expected the body's own exception object {described(expected)}"
            ) from self.error

    def check_raised(self, kind: type[BaseException], what: str) -> None:
        """Check that the call raised an exception of a class."""
        if not isinstance(self.error, kind):
            raise Deviation(f"{what} {self}, expected {kind.__name__}") from self.error


@dataclass(frozen=True, kw_only=True)
class ErrorDetails:
    """The contents of an exception object, recorded before an implementation gets it."""

    error: BaseException
    args: tuple[Any, ...]
    cause: BaseException | None
    notes: tuple[str, ...]

    def check_intact(self, what: str) -> None:
        """Check that the exception is unchanged, and that its traceback shows where the body raised it."""
        check_same(self.error.__cause__, self.cause, f"{what}: the __cause__ of the body's exception")
        check_equal(self.error.args, self.args, f"{what}: the arguments of the body's exception")
        check_equal(notes_of(self.error), self.notes, f"{what}: the notes of the body's exception")
        shown_codes = [frame.f_code for frame, _ in traceback.walk_tb(self.error.__traceback__)]
        is_shown = Body.__call__.__code__ in shown_codes
        check(is_shown, f"{what}: expected the traceback of {described(self.error)} to show the body, it does not")


def details_of(error: BaseException) -> ErrorDetails:
    """Return the contents of an exception object, and remove its traceback."""
    error.__traceback__ = None
    return ErrorDetails(error=error, args=error.args, cause=error.__cause__, notes=notes_of(error))


def notes_of(error: BaseException) -> tuple[str, ...]:
    """Return the notes that were added to an exception."""
    return tuple(getattr(error, "__notes__", ()))


def outcome_of(call: Callable[[], Any]) -> Outcome:
    """Return how a call ended."""
    try:
        return Outcome(value=call())
    except (Deviation, Gap, *CONTROL):
        raise
    except BaseException as error:  # noqa: BLE001 - which exceptions come out is what the rules are about
        return Outcome(error=error)


async def awaited(make: Callable[[], Awaitable[Any]]) -> Outcome:
    """Return how a call and a single await of its result ended."""
    try:
        return Outcome(value=await make())
    except (Deviation, Gap, *CONTROL):
        raise
    except BaseException as error:  # noqa: BLE001 - as above
        return Outcome(error=error)


async def settled(make: Callable[[], Awaitable[Any]]) -> Outcome:
    """Return the same, but await once more if the result is a coroutine, because only AIO-02 judges that."""
    outcome = await awaited(make)
    return await awaited(lambda: outcome.value) if iscoroutine(outcome.value) else outcome


@dataclass(kw_only=True)
class Body:
    """The body of a function under test, which records its runs."""

    result: Any = None
    error: BaseException | None = None
    runs: list[tuple[Any, ...]] = field(default_factory=list)
    """The values of the parameters, one entry per run."""

    def __call__(self, *values: Any) -> Any:
        """Run once: record the values, then raise or return."""
        self.runs.append(values)
        if self.error is not None:
            raise self.error
        return self.result

    def check_runs(self, expected: int, what: str) -> None:
        """Check how often the body ran."""
        check(len(self.runs) == expected, f"{what}: the body ran {len(self.runs)} times, expected {expected}")


RESCUE_SECONDS = 0.5
"""A future that is still pending after this time completes itself."""


class Controller:
    """A controller that records submissions. It completes futures immediately, or when told to."""

    def __init__(self, result: Any = None, error: BaseException | None = None, *, waits: bool = False) -> None:
        self.result = result
        self.error = error
        self.waits = waits
        """Whether futures of `submit_sync` stay pending until the test completes them."""
        self.submitted: list[tuple[str, Any, tuple[Any, ...], Mapping[str, Any]]] = []
        """The method, the template and its arguments, in order of submission."""
        self.futures: list[Future[Any]] = []

    async def submit(self, _task: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Record an async submission, and return the result."""
        self.submitted.append(("submit", _task, args, kwargs))
        if self.error is not None:
            raise self.error
        return self.result

    def submit_sync(self, _task: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Record a sync submission, and return the future."""
        self.submitted.append(("submit_sync", _task, args, kwargs))
        future: Future[Any] = Future()
        self.futures.append(future)
        if self.waits:
            # An implementation that blocks on it continues eventually, so that there is a finding instead of a hang.
            rescue = threading.Timer(RESCUE_SECONDS, self.settle, (future,))
            rescue.daemon = True
            rescue.start()
        else:
            self.settle(future)
        return future

    def settle(self, future: Future[Any]) -> None:
        """Set the result or the error of a future, unless it is done."""
        if future.done():
            return
        if self.error is not None:
            future.set_exception(self.error)
        else:
            future.set_result(self.result)

    def check_submitted(self, expected: str, template: Any, call: CallRecipe, what: str, *, times: int = 1) -> None:
        """Check that exactly this call was submitted, by the expected method, and nothing else."""
        methods = [method for method, *_ in self.submitted]
        check(methods == [expected] * times, f"{what} used the controller's {methods}, expected {[expected] * times}")
        for _, submitted, args, kwargs in self.submitted:
            check_same(submitted, template, f"{what}: the template that was submitted")
            check_arguments((args, kwargs), call, f"{what}: what was submitted")

    def check_unused(self, what: str) -> None:
        """Check that nothing was submitted."""
        methods = [method for method, *_ in self.submitted]
        check(not methods, f"{what} submitted to the controller by {methods}, expected nothing")


class RefusingController(Controller):
    """A controller that raises its error at once, instead of by a future or when it is awaited."""

    def submit(self, _task: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Record an async submission, and raise."""
        self.submitted.append(("submit", _task, args, kwargs))
        raise self.error or LookupError("refused")

    def submit_sync(self, _task: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Record a sync submission, and raise."""
        self.submitted.append(("submit_sync", _task, args, kwargs))
        raise self.error or LookupError("refused")


def check_arguments(actual: tuple[tuple[Any, ...], Mapping[str, Any]], call: CallRecipe, what: str) -> None:
    """Check that positional and keyword arguments are those of the call: the same objects, passed in the same way."""
    args, kwargs = actual
    alike = len(args) == len(call.args) and set(kwargs) == set(call.kwargs)
    check(alike, f"{what}: expected those of {call.text}, got args {shown(args)} and kwargs {shown(kwargs)}")
    for value, expected in zip(args, call.args, strict=True):
        check_same(value, expected, what)
    for name, expected in call.kwargs.items():
        check_same(kwargs[name], expected, f"{what}, {name}=")


def check_values(actual: Any, expected: tuple[Any, ...], what: str) -> None:
    """Check that the values are the expected objects, in order."""
    fits = isinstance(actual, tuple) and len(actual) == len(expected)
    check(fits, f"{what}: expected {shown(expected)}, got {shown(actual)}")
    for value, due_value in zip(actual, expected, strict=True):
        check_same(value, due_value, what)


@dataclass(kw_only=True)
class Trail:
    """The steps that hooks and bodies record, in order: (who, value)."""

    steps: list[tuple[str, Any]] = field(default_factory=list)

    def note(self, who: str, what: Any = None) -> None:
        """Add a step."""
        self.steps.append((who, what))

    @property
    def order(self) -> list[str]:
        """The steps in order, with who took them."""
        return [who for who, _ in self.steps]

    def of(self, who: str) -> Any:
        """Return the value of the first step of `who`."""
        return next(what for name, what in self.steps if name == who)


def hooked(
    impl: Adapter,
    trail: Trail,
    *,
    pre: Callable[[], Any] = dict,
    post: Callable[[Any], Any] = lambda value: value,
) -> type[Any]:
    """Return a subclass of the template under test whose pre and post record steps on a trail.

    Parameters:
        impl: The implementation under test.
        trail: Records ("pre", (args, kwargs)) and ("post", value).
        pre: Returns the result of pre, or raises.
        post: Returns the result of post for the body's value, or raises.
    """

    def noted_pre(*args: Any, **kwargs: Any) -> Any:
        trail.note("pre", (args, kwargs))
        return pre()

    def noted_post(return_vals: Any) -> Any:
        trail.note("post", return_vals)
        return post(return_vals)

    hooks = {name: hook(impl, name, act) for name, act in (("pre", noted_pre), ("post", noted_post))}
    return derived_class(impl.template, "Hooked", **hooks)


def made_from(impl: Adapter, call: CallRecipe, body: Callable[..., Any] | None = None, **more: Any) -> Any:
    """Return the template of a call; an exception of the implementation is a deviation."""
    with calling(f"making the template of {call!r}"):
        return call.make(impl, body, **more)


def parent_of(template: Any) -> Any:
    """Return the environment that a template refers to, None if it is gone.

    Raises:
        Deviation: The template has no reference, or the reference cannot be called.
    """
    with calling("task.parent_env()"):
        return template.parent_env()


def on_a_thread(call: Callable[[], Any]) -> Outcome:
    """Return how a call ended on a thread of its own that has the caller's context variables.

    Raises:
        Deviation: It did not end in time.
    """
    context, actual = contextvars.copy_context(), []
    thread = threading.Thread(target=lambda: actual.append(context.run(outcome_of, call)), daemon=True)
    thread.start()
    thread.join(ASYNC_SECONDS)
    check(actual, f"hang: a call on a thread of its own was not finished after {ASYNC_SECONDS:g} s")
    return actual[0]


@contextlib.contextmanager
def in_task(
    impl: Adapter, controller: object | None = None, data: Mapping[str, Any] | None = None, *, trace: bool = False
) -> Iterator[None]:
    """Within it, code runs as in a running task whose calls go to the controller (None for no controller)."""
    with impl.install_controller(controller), impl.task_context(data, trace=trace):
        yield


_ELSEWHERE: dict[type[Any], str | None] = {}
"""Why a template class does not run bodies here, None if it does, by class; determined once per process."""


def needs_bodies_here(impl: Adapter) -> None:
    """Make the rule a gap unless `execute` runs bodies in this process, where the suite can observe them.

    A template may pass the source of its function to another interpreter, or run something else, so that nothing that a
    property puts into a body arrives there.

    Raises:
        Gap: The adapter declares it (`elsewhere`); or a body that records its run fails without running, while one that
            needs nothing works; or `forward` raises NotImplementedError.
    """
    if impl.template not in _ELSEWHERE:
        _ELSEWHERE[impl.template] = getattr(impl, "elsewhere", None) or _why_elsewhere(impl)
    if (why := _ELSEWHERE[impl.template]) is not None:
        raise Gap(f"{impl.template.__name__} does not run bodies in this process: {why}")


def _why_elsewhere(impl: Adapter) -> str | None:
    forwarded = outcome_of(lambda: impl.make(FunctionRecipe().define()).forward())
    if isinstance(forwarded.error, NotImplementedError):
        return described(forwarded.error)
    watched = Body()
    outcome = _executed(impl, watched)
    is_fine = outcome.error is None or bool(watched.runs)
    return None if is_fine or _executed(impl, None).error is not None else str(outcome)


def _executed(impl: Adapter, body: Body | None) -> Outcome:
    """Return how execute of a function without parameters ended."""
    with impl.task_context({}):
        return outcome_of(lambda: run_async(lambda: impl.make(FunctionRecipe().define(body)).execute()))
