"""The two executors of the standard library."""

from __future__ import annotations

import concurrent.futures
import platform
import sys
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

from executor.adapter import BASIC

NEWER = {"python-3.13"} if sys.version_info >= (3, 13) else set[str]()


class Standard:
    """What both adapters share."""

    version = platform.python_version()
    wait = staticmethod(concurrent.futures.wait)
    as_completed = staticmethod(concurrent.futures.as_completed)

    def future(self) -> Future[Any]:
        """Return a new future."""
        return Future()


class Threads(Standard):
    """ThreadPoolExecutor."""

    name = "ThreadPoolExecutor"
    head = "from concurrent.futures import ThreadPoolExecutor as executor\n"
    capabilities = BASIC | NEWER | {"bare-futures", "default-workers", "initializer", "same-process"}

    def executor(self, max_workers: int | None, **options: Any) -> Executor:
        """Return a new pool of threads."""
        return ThreadPoolExecutor(max_workers, **options)

    def default_workers(self, processors: int) -> int:
        """Return four more than processors, and 32 at most."""
        return min(32, processors + 4)


class Processes(Standard):
    """ProcessPoolExecutor."""

    name = "ProcessPoolExecutor"
    head = "from concurrent.futures import ProcessPoolExecutor as executor\n"
    capabilities = BASIC | NEWER | {"default-workers", "initializer", "pickling", "processes", "worker-death"}

    def executor(self, max_workers: int | None, **options: Any) -> Executor:
        """Return a new pool of processes."""
        return ProcessPoolExecutor(max_workers, **options)

    def default_workers(self, processors: int) -> int:
        """Return one per processor."""
        return processors
