"""The executor of a client of distributed. The cluster is one worker in this process, with threads."""

from __future__ import annotations

from concurrent.futures import Executor, as_completed, wait
from importlib.metadata import version
from typing import Any

import distributed

from executor.adapter import BASIC

HEAD = """\
from distributed import Client


def executor(max_workers):
    client = Client(processes=False, n_workers=1, threads_per_worker=max_workers, dashboard_address=None)
    return client.get_executor()
"""

CLIENT: Any = distributed.Client  # without types


class Dask:
    """ClientExecutor. Each adapter has clusters of its own, one for each number of workers."""

    name = "distributed"
    head = HEAD
    version = version("distributed")
    capabilities = BASIC
    wait = staticmethod(wait)
    as_completed = staticmethod(as_completed)

    def __init__(self) -> None:
        self._clients: dict[int, Any] = {}

    def executor(self, max_workers: int | None, **options: Any) -> Executor:
        """Return a new executor of the client whose only worker has this many threads."""
        workers = max_workers or 1
        if workers not in self._clients:
            self._clients[workers] = CLIENT(
                processes=False, n_workers=1, threads_per_worker=workers, dashboard_address=None
            )
        executor: Executor = self._clients[workers].get_executor(**options)
        return executor
