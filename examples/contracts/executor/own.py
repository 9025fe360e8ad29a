"""A small executor of threads that conforms to the contract: the model, of which the mutants are variants."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import (
    ALL_COMPLETED,
    FIRST_COMPLETED,
    FIRST_EXCEPTION,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    InvalidStateError,
)
from dataclasses import dataclass
from time import monotonic
from typing import Any, NamedTuple

LOG = logging.getLogger(__name__)

PENDING, RUNNING, CANCELLED, DONE = "pending", "running", "cancelled", "done"

Callback = Callable[[Future[Any]], object]


class Task(Future[Any]):
    """A future that shares no code with the one of the standard library."""

    def __init__(self) -> None:
        self.state = PENDING
        self.value: Any = None
        self.error: BaseException | None = None
        self.callbacks: list[Callback] = []
        self.changed = threading.Condition()

    def __repr__(self) -> str:
        return f"<Task {self.state}>"

    def cancel(self) -> bool:
        """Cancel the call unless it has started."""
        with self.changed:
            if self.state == CANCELLED:
                return True
            if self.state != PENDING:
                return False
            self.state = CANCELLED
            self.changed.notify_all()
        self.call_back()
        return True

    def cancelled(self) -> bool:
        """Return whether the call was cancelled."""
        return self.state == CANCELLED

    def running(self) -> bool:
        """Return whether the call has started and is not over."""
        return self.state == RUNNING

    def done(self) -> bool:
        """Return whether the call is over or cancelled."""
        return self.state in {CANCELLED, DONE}

    def result(self, timeout: float | None = None) -> Any:
        """Return the value of the call, or raise its exception."""
        self.await_end(timeout)
        if self.error is not None:
            raise self.error
        return self.value

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Return the exception of the call, None if it returned."""
        self.await_end(timeout)
        return self.error

    def await_end(self, timeout: float | None) -> None:
        """Wait until the call is over.

        Raises:
            CancelledError: The call was cancelled.
            TimeoutError: It is not over after this many seconds.
        """
        with self.changed:
            if not self.changed.wait_for(self.done, timeout):
                raise TimeoutError
        if self.state == CANCELLED:
            raise CancelledError

    def add_done_callback(self, fn: Callback) -> None:
        """Call a function with the future when it is done, at once if it is done already."""
        with self.changed:
            if not self.done():
                self.callbacks.append(fn)
                return
        self.notify(fn)

    def call_back(self) -> None:
        """Call the functions that wait for the end."""
        for fn in self.callbacks:
            self.notify(fn)

    def notify(self, fn: Callback) -> None:
        """Call a function with the future, and log what it raises."""
        try:
            fn(self)
        except Exception:
            LOG.exception("the callback %r of %r raised", fn, self)

    def set_running_or_notify_cancel(self) -> bool:
        """Return whether to run the call. If so, its state is now running.

        Raises:
            InvalidStateError: The call is running or over.
        """
        with self.changed:
            if self.state == CANCELLED:
                return False
            if self.state != PENDING:
                raise InvalidStateError(f"{self.state}, expected {PENDING} or {CANCELLED}")
            self.state = RUNNING
            return True

    def set_result(self, result: Any) -> None:
        """End the call with a value."""
        self.end(result, None)

    def set_exception(self, exception: BaseException | None) -> None:
        """End the call with an exception."""
        self.end(None, exception)

    def end(self, value: Any, error: BaseException | None) -> None:
        """Store the outcome of the call, wake up waiting threads, and call the callbacks.

        Raises:
            InvalidStateError: The future is done already.
        """
        with self.changed:
            if self.done():
                raise InvalidStateError(f"{self.state}, expected {PENDING} or {RUNNING}")
            self.value, self.error, self.state = value, error, DONE
            self.changed.notify_all()
        self.call_back()


@dataclass(frozen=True, kw_only=True)
class Work:
    """A call that waits for a worker."""

    future: Task
    fn: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def run(self) -> None:
        """Run the call unless it was cancelled."""
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            value = self.fn(*self.args, **self.kwargs)
        except BaseException as error:  # noqa: BLE001 - it is raised where the result is asked for
            self.future.set_exception(error)
        else:
            self.future.set_result(value)


class Pool(Executor):
    """At most `max_workers` threads, each started when a call comes and no worker is idle."""

    def __init__(
        self,
        max_workers: int | None = None,
        initializer: Callable[..., object] | None = None,
        initargs: tuple[Any, ...] = (),
    ) -> None:
        self.max_workers = 4 if max_workers is None else max_workers
        self.initializer, self.initargs = initializer, initargs
        self.waiting: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        self.threads: list[threading.Thread] = []
        self.lock = threading.Lock()
        self.idle = threading.Semaphore(0)
        self.is_shut_down = self.is_broken = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Return the future of a call.

        Raises:
            BrokenExecutor: An initializer failed.
            RuntimeError: The pool is shut down.
        """
        with self.lock:
            if self.is_broken:
                raise BrokenExecutor("an initializer failed")
            if self.is_shut_down:
                raise RuntimeError("the pool is shut down")
            work = Work(future=Task(), fn=fn, args=args, kwargs=kwargs)
            self.waiting.put(work)
            self.start_worker()
        return work.future

    def start_worker(self) -> None:
        """Start one more worker, if none is idle and there may be more."""
        if not self.idle.acquire(blocking=False) and len(self.threads) < self.max_workers:
            self.threads.append(threading.Thread(target=self.work, daemon=True))
            self.threads[-1].start()

    def map(
        self,
        fn: Callable[..., Any],
        *iterables: Iterable[Any],
        timeout: float | None = None,
        chunksize: int = 1,  # noqa: ARG002 - threads need no chunks
    ) -> Iterator[Any]:
        """Return the values of calls, in the order of the iterables."""
        deadline = None if timeout is None else monotonic() + timeout
        futures = [self.submit(fn, *args) for args in zip(*iterables, strict=False)]
        return (future.result(seconds_to(deadline)) for future in futures)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - as documented
        """Accept no more calls. If asked to, cancel the waiting calls, and wait for the others."""
        with self.lock:
            self.is_shut_down = True
            if cancel_futures:
                self.drop(lambda future: future.cancel())
            for _ in self.threads:
                self.waiting.put(None)
        for thread in self.threads if wait else ():
            thread.join()

    def drop(self, end: Callable[[Task], object]) -> None:
        """Remove all waiting calls, and end their futures."""
        while True:
            try:
                work = self.waiting.get_nowait()
            except queue.Empty:
                return
            if work is not None:
                end(work.future)

    def work(self) -> None:
        """Run calls until there are no more. Each worker runs this method."""
        if not self.is_ready():
            return
        while (work := self.waiting.get()) is not None:
            work.run()
            self.idle.release()

    def is_ready(self) -> bool:
        """Call the initializer. If it fails, the pool is broken."""
        try:
            if self.initializer is not None:
                self.initializer(*self.initargs)
        except BaseException:
            LOG.exception("the initializer %r raised", self.initializer)
            with self.lock:
                self.is_broken = True
                self.drop(lambda future: future.set_exception(BrokenExecutor("an initializer failed")))
                for _ in self.threads:
                    self.waiting.put(None)
            return False
        return True


class DoneAndNotDone(NamedTuple):
    """The result of `wait`."""

    done: set[Future[Any]]
    not_done: set[Future[Any]]


def seconds_to(deadline: float | None) -> float | None:
    """Return how many seconds are left, at least 0; None if there is no deadline."""
    return None if deadline is None else max(deadline - monotonic(), 0.0)


def wait(fs: Iterable[Future[Any]], timeout: float | None = None, return_when: str = ALL_COMPLETED) -> DoneAndNotDone:
    """Wait for futures: for all, for the first, or for the first that raises."""
    futures = set(fs)
    deadline = None if timeout is None else monotonic() + timeout
    news: queue.SimpleQueue[Future[Any]] = queue.SimpleQueue()
    for future in futures:
        future.add_done_callback(news.put)
    seen: set[Future[Any]] = set()
    while len(seen) < len(futures):
        try:
            latest = news.get(timeout=seconds_to(deadline))
        except queue.Empty:
            break
        seen.add(latest)
        if return_when == FIRST_COMPLETED or (return_when == FIRST_EXCEPTION and has_raised(latest)):
            break
    done = {future for future in futures if future.done()}
    return DoneAndNotDone(done, futures - done)


def has_raised(future: Future[Any]) -> bool:
    """Return whether a future that is done has an exception."""
    return not future.cancelled() and future.exception() is not None


def as_completed(fs: Iterable[Future[Any]], timeout: float | None = None) -> Iterator[Future[Any]]:
    """Return an iterator over futures, in the order in which they are done."""
    futures = set(fs)
    deadline = None if timeout is None else monotonic() + timeout
    before = [future for future in futures if future.done()]
    news: queue.SimpleQueue[Future[Any]] = queue.SimpleQueue()
    for future in futures.difference(before):
        future.add_done_callback(news.put)
    return completions(before, news, len(futures) - len(before), deadline)


def completions(
    before: Iterable[Future[Any]], news: queue.SimpleQueue[Future[Any]], count: int, deadline: float | None
) -> Iterator[Future[Any]]:
    """Yield the futures that were done before, then the others as they are done.

    Raises:
        TimeoutError: The next one is not done at the deadline.
    """
    yield from before
    for _ in range(count):
        try:
            yield news.get(timeout=seconds_to(deadline))
        except queue.Empty:
            raise TimeoutError from None
