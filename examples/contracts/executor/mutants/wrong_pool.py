"""Mutants of the pool."""

from __future__ import annotations

import gc
import itertools
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor
from time import monotonic
from typing import Any

from conformance.mutants.form import mutant
from executor import own
from executor.own import CANCELLED, DONE, RUNNING, Pool, Task, Work

# ---- the calls of submit


@mutant(Pool, "submit", "SUB-01")
def falsy_arguments_are_dropped(submit: Any) -> Any:
    """Falsy arguments do not reach the callable."""
    return lambda self, fn, /, *args, **kwargs: submit(self, fn, *filter(None, args), **kwargs)


@mutant(Pool, "submit", "SUB-01")
def nones_are_not_given(submit: Any) -> Any:
    """Keyword arguments that are None do not reach the callable."""
    return lambda self, fn, /, *args, **kwargs: submit(
        self, fn, *args, **{name: value for name, value in kwargs.items() if value is not None}
    )


class Wrapper:
    """A future in all but its class."""

    def __init__(self, future: Any) -> None:
        self._future = future

    def __getattr__(self, name: str) -> Any:
        return getattr(self._future, name)

    def __eq__(self, other: object) -> bool:
        return self._future is getattr(other, "_future", other)

    def __hash__(self) -> int:
        return hash(self._future)


@mutant(Pool, "submit", "SUB-02")
def future_is_no_future(submit: Any) -> Any:
    """submit() returns something that behaves like a future."""
    return lambda self, fn, /, *args, **kwargs: Wrapper(submit(self, fn, *args, **kwargs))


@mutant(Pool, "submit", "SUB-03")
def timeout_is_taken(submit: Any) -> Any:
    """The keyword argument timeout of submit() is kept from the callable."""
    return lambda self, fn, /, *args, timeout=None, **kwargs: submit(self, fn, *args, **kwargs)


@mutant(Pool, "submit", "SUB-03")
def fn_has_a_name(submit: Any) -> Any:
    """The callable of submit() can be given by name."""

    def broken(self: Any, fn: Any, *args: Any, **kwargs: Any) -> Any:
        return submit(self, fn, *args, **kwargs)

    return broken


@mutant(Pool, "submit", "SUB-04", "MAP-11")
def equal_calls_are_one(submit: Any) -> Any:
    """A call that was made before is not made again."""
    made: dict[str, Any] = {}

    def broken(self: Any, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        key = f"{id(self)} {fn.__name__} {args!r} {kwargs!r}"
        if key not in made:
            made[key] = submit(self, fn, *args, **kwargs)
        return made[key]

    return broken


@mutant(Pool, "submit", "SUB-05")
def some_calls_are_waited_for(submit: Any) -> Any:
    """submit() waits for a call whose last argument is falsy."""

    def broken(self: Any, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        future = submit(self, fn, *args, **kwargs)
        if args and not args[-1]:
            future.exception()
        return future

    return broken


@mutant(Work, "run", "SUB-07")
def exit_ends_the_worker(_: Any) -> Any:
    """A call that raises SystemExit ends its worker, and its future never ends."""

    def broken(self: Any) -> None:
        if self.future.set_running_or_notify_cancel():
            try:
                self.future.set_result(self.fn(*self.args, **self.kwargs))
            except Exception as error:  # noqa: BLE001 - as the original does, but for BaseException
                self.future.set_exception(error)

    return broken


@mutant(Work, "run", "FUT-13")
def cancelled_calls_run(_: Any) -> Any:
    """A cancelled call is run, and its value thrown away."""

    def broken(self: Any) -> None:
        is_due = self.future.set_running_or_notify_cancel()
        try:
            value = self.fn(*self.args, **self.kwargs)
        except BaseException as error:  # noqa: BLE001 - as the original does
            if is_due:
                self.future.set_exception(error)
        else:
            if is_due:
                self.future.set_result(value)

    return broken


@mutant(Pool, "__init__", "SUB-08")
def one_worker_more(init: Any) -> Any:
    """There is one worker more than asked for."""
    return lambda self, max_workers=None, *args, **kwargs: init(self, (max_workers or 4) + 1, *args, **kwargs)


@mutant(Pool, "__init__", "SUB-09")
def three_workers_at_most(init: Any) -> Any:
    """There are three workers at most."""
    return lambda self, max_workers=None, *args, **kwargs: init(self, min(max_workers or 3, 3), *args, **kwargs)


@mutant(Pool, "start_worker", "SUB-09")
def one_worker_is_enough(start: Any) -> Any:
    """A second worker is started only if the first is dead."""
    return lambda self: None if any(thread.is_alive() for thread in self.threads) else start(self)


@mutant(Pool, "submit", "SUB-12", "CBK-11")
def workers_may_not_submit(submit: Any) -> Any:
    """submit() raises if a worker calls it."""

    def broken(self: Any, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        if threading.current_thread() in self.threads:
            raise RuntimeError("a worker")
        return submit(self, fn, *args, **kwargs)

    return broken


# ---- the calls of map

Map = Callable[..., Iterator[Any]]


def mapped(make: Callable[..., Iterator[Any]]) -> Any:
    """Return the replacement of map() that is `make(map, self, fn, iterables, options)`."""
    return lambda original: lambda self, fn, *iterables, **options: make(original, self, fn, iterables, options)


@mutant(Pool, "map", "MAP-01")
def nones_are_left_out(original: Map) -> Any:
    """map() leaves out values that are None."""
    return mapped(
        lambda map_, self, fn, iterables, options: (
            one for one in map_(self, fn, *iterables, **options) if one is not None
        )
    )(original)


@mutant(Pool, "map", "MAP-02")
def values_as_they_come(_: Map) -> Any:
    """map() gives values in the order in which calls end."""

    def broken(self: Any, fn: Any, *iterables: Any, timeout: Any = None, chunksize: int = 1) -> Any:
        futures = [self.submit(fn, *args) for args in zip(*iterables, strict=False)]
        return (future.result() for future in own.as_completed(futures, timeout))

    return broken


@mutant(Pool, "map", "MAP-03")
def longest_counts(original: Map) -> Any:
    """map() fills the shorter iterables up with None."""
    return mapped(
        lambda map_, self, fn, iterables, options: (
            map_(self, fn, *zip(*itertools.zip_longest(*iterables), strict=True), **options)
            if any(iterables)
            else map_(self, fn, *iterables, **options)
        )
    )(original)


@mutant(Pool, "map", "MAP-03")
def lengths_have_to_be_equal(_: Map) -> Any:
    """map() refuses iterables of different lengths."""

    def broken(self: Any, fn: Any, *iterables: Any, timeout: Any = None, chunksize: int = 1) -> Any:
        deadline = None if timeout is None else monotonic() + timeout
        futures = [self.submit(fn, *args) for args in zip(*iterables, strict=True)]
        return (future.result(own.seconds_to(deadline)) for future in futures)

    return broken


def lazily(map_: Any, self: Any, fn: Any, iterables: Any, options: Any) -> Iterator[Any]:
    """Do nothing before the first value is asked for."""
    yield from map_(self, fn, *iterables, **options)


@mutant(Pool, "map", "MAP-04", "MAP-05", "SHU-02")
def map_is_lazy(original: Map) -> Any:
    """map() does nothing before the first value is asked for."""
    return mapped(lazily)(original)


@mutant(Pool, "map", "MAP-05", "SHU-02")
def calls_are_lazy(original: Map) -> Any:
    """map() collects the iterables, and makes the calls when the first value is asked for."""
    return mapped(
        lambda map_, self, fn, iterables, options: lazily(map_, self, fn, [[*one] for one in iterables], options)
    )(original)


@mutant(Pool, "map", "MAP-06")
def exceptions_come_first(original: Map) -> Any:
    """map() waits for all values before it gives the first one."""

    def broken(map_: Any, self: Any, fn: Any, iterables: Any, options: Any) -> Iterator[Any]:
        found = map_(self, fn, *iterables, **options)
        return (one for one in itertools.chain.from_iterable(map(list, [found])))

    return mapped(broken)(original)


@mutant(Pool, "map", "MAP-06")
def exceptions_are_values(_: Map) -> Any:
    """map() ends at an exception, as if there were no more elements."""

    def broken(self: Any, fn: Any, *iterables: Any, timeout: Any = None, chunksize: int = 1) -> Any:
        deadline = None if timeout is None else monotonic() + timeout
        futures = [self.submit(fn, *args) for args in zip(*iterables, strict=False)]
        good = itertools.takewhile(lambda one: not isinstance(raised(one, deadline), KeyError), futures)
        return (future.result() for future in good)

    return broken


def raised(future: Any, deadline: float | None) -> Any:
    """Return the exception of a future."""
    return future.exception(own.seconds_to(deadline))


@mutant(Pool, "map", "MAP-07", "MAP-12")
def map_has_all_time(original: Map) -> Any:
    """map() takes no notice of its timeout."""
    return mapped(
        lambda map_, self, fn, iterables, options: map_(self, fn, *iterables, **{**options, "timeout": None})
    )(original)


def renamed(map_: Any, self: Any, fn: Any, iterables: Any, options: Any) -> Iterator[Any]:
    """Give the values, and turn TimeoutError into another class of this name."""
    kind = type("TimeoutError", (Exception,), {})
    values = map_(self, fn, *iterables, **options)

    def each() -> Iterator[Any]:
        try:
            yield from values
        except TimeoutError as error:
            raise kind from error

    return each()


@mutant(Pool, "map", "MAP-12")
def timeout_error_of_its_own(original: Map) -> Any:
    """map() raises a TimeoutError of its own."""
    return mapped(renamed)(original)


@mutant(Pool, "map", "MAP-08")
def map_timeout_has_to_be_float(original: Map) -> Any:
    """map() refuses a timeout that is an int."""

    def broken(map_: Any, self: Any, fn: Any, iterables: Any, options: Any) -> Iterator[Any]:
        if isinstance(options.get("timeout"), int) and options["timeout"] > 0:
            raise TypeError(options["timeout"])
        return iter(map_(self, fn, *iterables, **options))

    return mapped(broken)(original)


@mutant(Pool, "map", "MAP-09")
def last_chunk_is_lost(original: Map) -> Any:
    """With chunks, map() loses those elements at the end that do not fill one."""

    def broken(map_: Any, self: Any, fn: Any, iterables: Any, options: Any) -> Iterator[Any]:
        size, rows = options.get("chunksize", 1), [*zip(*iterables, strict=False)]
        whole = rows[: len(rows) // size * size]
        return iter(map_(self, fn, *zip(*whole, strict=True), **options)) if whole else iter(())

    return mapped(broken)(original)


@mutant(Pool, "map", "MAP-10")
def map_gives_a_list(original: Map) -> Any:
    """map() returns an iterable that is not an iterator."""

    class Values:
        def __init__(self, values: Iterator[Any]) -> None:
            self.values = values

        def __iter__(self) -> Iterator[Any]:
            return self.values

        def __next__(self) -> Any:
            return next(self.values)

    return mapped(lambda map_, self, fn, iterables, options: Values(map_(self, fn, *iterables, **options)))(original)


@mutant(Pool, "map", "SHU-12")
def values_end_with_the_pool(original: Map) -> Any:
    """The iterator of map() ends when the pool is shut down."""

    def broken(map_: Any, self: Any, fn: Any, iterables: Any, options: Any) -> Iterator[Any]:
        return itertools.takewhile(lambda _: not self.is_shut_down, map_(self, fn, *iterables, **options))

    return mapped(broken)(original)


# ---- the end


@mutant(Pool, "submit", "SHU-01", "CTX-03")
def shut_down_takes_calls(submit: Any) -> Any:
    """submit() takes a call after shutdown(), which never runs."""

    def broken(self: Any, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        return Task() if self.is_shut_down else submit(self, fn, *args, **kwargs)

    return broken


@mutant(Pool, "shutdown", "SHU-03", "CTX-02")
def shutdown_does_not_wait(shutdown: Any) -> Any:
    """shutdown(wait=True) returns at once."""
    return lambda self, wait=True, *, cancel_futures=False: shutdown(self, False, cancel_futures=cancel_futures)


@mutant(Pool, "shutdown", "SHU-04")
def shutdown_always_waits(shutdown: Any) -> Any:
    """shutdown(wait=False) waits."""
    return lambda self, wait=True, *, cancel_futures=False: shutdown(self, True, cancel_futures=cancel_futures)


@mutant(Pool, "shutdown", "SHU-05")
def not_waiting_cancels(shutdown: Any) -> Any:
    """shutdown(wait=False) cancels pending calls."""
    return lambda self, wait=True, *, cancel_futures=False: shutdown(
        self, wait, cancel_futures=cancel_futures or not wait
    )


@mutant(Pool, "shutdown", "SHU-06")
def cancel_futures_is_ignored(shutdown: Any) -> Any:
    """shutdown(cancel_futures=True) cancels nothing."""
    return lambda self, wait=True, *, cancel_futures=False: shutdown(self, wait)


@mutant(Pool, "shutdown", "SHU-06")
def cancel_futures_only_when_waiting(shutdown: Any) -> Any:
    """shutdown(wait=False, cancel_futures=True) cancels nothing."""
    return lambda self, wait=True, *, cancel_futures=False: shutdown(self, wait, cancel_futures=cancel_futures and wait)


@mutant(Pool, "drop", "SHU-06")
def one_call_is_not_cancelled(_: Any) -> Any:
    """shutdown(cancel_futures=True) forgets the last call, which then runs."""

    def broken(self: Any, end: Any) -> None:
        works = []
        while True:
            try:
                works.append(self.waiting.get_nowait())
            except queue.Empty:
                break
        for work in works[:-1]:
            if work is not None:
                end(work.future)
        for work in works[-1:]:
            self.waiting.put(work)

    return broken


def cancel_all(state: str) -> None:
    """Cancel every future that is in a state."""
    for one in gc.get_objects():
        if isinstance(one, Task) and one.state == state:
            with one.changed:
                one.state = CANCELLED
                one.changed.notify_all()


@mutant(Pool, "shutdown", "SHU-07")
def running_calls_are_cancelled(shutdown: Any) -> Any:
    """shutdown(cancel_futures=True) cancels running calls too."""

    def broken(self: Any, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002
        if cancel_futures:
            cancel_all(RUNNING)
        shutdown(self, wait, cancel_futures=cancel_futures)

    return broken


@mutant(Pool, "shutdown", "SHU-08")
def finished_calls_are_cancelled(shutdown: Any) -> Any:
    """shutdown(cancel_futures=True) cancels finished calls too."""

    def broken(self: Any, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002
        if cancel_futures:
            cancel_all(DONE)
        shutdown(self, wait, cancel_futures=cancel_futures)

    return broken


@mutant(Pool, "shutdown", "SHU-09")
def cancelling_does_not_wait(shutdown: Any) -> Any:
    """shutdown(wait=True, cancel_futures=True) returns at once."""
    return lambda self, wait=True, *, cancel_futures=False: shutdown(
        self, wait and not cancel_futures, cancel_futures=cancel_futures
    )


@mutant(Pool, "shutdown", "SHU-10")
def shut_down_only_once(shutdown: Any) -> Any:
    """A second shutdown() raises."""

    def broken(self: Any, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002
        if self.is_shut_down:
            raise RuntimeError("shut down already")
        shutdown(self, wait, cancel_futures=cancel_futures)

    return broken


@mutant(Pool, "shutdown", "SHU-11")
def cancel_futures_by_position(shutdown: Any) -> Any:
    """cancel_futures can be given without its name."""
    return lambda self, wait=True, cancel_futures=False: shutdown(self, wait, cancel_futures=cancel_futures)


# ---- with


@mutant(Pool, "__enter__", "CTX-01")
def with_gives_nothing(_: Any) -> Any:
    """The with statement gives a wrapper of the pool."""
    return Wrapper


@mutant(Pool, "__exit__", "CTX-02")
def with_does_not_wait(_: Any) -> Any:
    """A with block ends while its calls still run."""

    def broken(self: Any, *_args: object) -> None:
        self.shutdown(wait=False)

    return broken


@mutant(Pool, "__exit__", "CTX-03")
def with_leaves_it_open(_: Any) -> Any:
    """A pool takes calls after its with block."""
    return lambda self, *_args: own.wait([self.submit(int)]) and None


@mutant(Pool, "__exit__", "CTX-04")
def with_catches(leave: Any) -> Any:
    """A with block swallows exceptions."""

    def broken(self: Any, *args: object) -> bool:
        leave(self, *args)
        return True

    return broken


# ---- initializers


@mutant(Pool, "__init__", "INI-01")
def initargs_are_ignored(init: Any) -> Any:
    """The initializer is called without its arguments."""
    return lambda self, max_workers=None, initializer=None, initargs=(): init(self, max_workers, initializer)


@mutant(Pool, "is_ready", "INI-01")
def initializer_only_once(is_ready: Any) -> Any:
    """Only the first worker calls the initializer."""
    return lambda self: len(self.threads) > 1 or is_ready(self)


@mutant(Work, "run", "INI-01")
def initializer_is_not_called(run: Any) -> Any:
    """The first call of a worker comes before its initializer: both at once."""
    return lambda self: threading.Thread(target=run, args=(self,)).start()


@mutant(Pool, "is_ready", "INI-02")
def failing_initializer_is_ignored(_: Any) -> Any:
    """A worker whose initializer raises runs calls."""

    def broken(self: Any) -> bool:
        try:
            if self.initializer is not None:
                self.initializer(*self.initargs)
        except ValueError:
            own.LOG.exception("initializer")
        return True

    return broken


@mutant(Pool, "submit", "INI-03", "INI-04")
def broken_pool_raises_another_error(submit: Any) -> Any:
    """submit() of a broken pool raises an OSError."""

    def broken(self: Any, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        try:
            return submit(self, fn, *args, **kwargs)
        except BrokenExecutor as error:
            raise OSError from error

    return broken


@mutant(Pool, "__init__", "INI-05")
def initargs_are_needed(init: Any) -> Any:
    """An initializer without initargs gets None."""
    return lambda self, max_workers=None, initializer=None, initargs=((),): init(
        self, max_workers, initializer, initargs if initargs != ((),) else ("", "", "")
    )
