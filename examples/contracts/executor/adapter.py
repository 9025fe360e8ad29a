"""What the contract needs from an implementation. An adapter is a class of a few lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import Any, Protocol

BASIC = frozenset({"asynchronous", "concurrent", "max-workers"})
"""Capabilities of nearly every executor."""


class Executors(Protocol):
    """Makes executors of one kind."""

    version: str
    head: str
    """Lines of a script that define `executor`, a function of `max_workers`, without using this contract."""
    capabilities: frozenset[str]
    """Some of these:

    - `asynchronous`: calls run in workers, not in the caller
    - `concurrent`: several at the same time
    - `max-workers`: the number of workers is the requested one
    - `default-workers`: without `max_workers`, as the page says for this kind of pool; needs `default_workers`
    - `initializer`: `executor` takes `initializer` and `initargs`
    - `same-process`: calls run in this process
    - `processes`: calls run in processes that the executor starts
    - `worker-death`: if such a process is killed, that can be noticed
    - `pickling`: arguments and values are pickled
    - `bare-futures`: `future` makes futures that belong to no executor
    - `python-3.13`: the interpreter is 3.13 or later
    """

    def executor(self, max_workers: int | None, **options: Any) -> Executor:
        """Return a new executor; None: with as many workers as it has by default."""

    def future(self) -> Future[Any]:
        """Return a new future that belongs to no executor."""

    def default_workers(self, processors: int) -> int:
        """Return how many workers the page promises where a process may use this many processors."""

    def wait(self, futures: Iterable[Future[Any]], **options: Any) -> Any:
        """Do what `concurrent.futures.wait` does."""

    def as_completed(self, futures: Iterable[Future[Any]], **options: Any) -> Iterator[Future[Any]]:
        """Do what `concurrent.futures.as_completed` does."""
