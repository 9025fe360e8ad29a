"""The executor of loky: its processes are started afresh, and import what they need."""

from __future__ import annotations

from concurrent.futures import Executor, Future, as_completed, wait
from typing import Any

import cloudpickle  # type: ignore[import-untyped]
import loky  # type: ignore[import-not-found]  # installed for the target

from executor import tasks
from executor.adapter import BASIC

# The workers cannot import this contract, so its functions are pickled by value.
cloudpickle.register_pickle_by_value(tasks)


class Loky:
    """loky.ProcessPoolExecutor."""

    name = "loky"
    head = "from loky import ProcessPoolExecutor as executor\n"
    version = loky.__version__
    capabilities = BASIC | {"bare-futures", "initializer", "pickling", "processes", "worker-death"}
    wait = staticmethod(wait)
    as_completed = staticmethod(as_completed)

    def executor(self, max_workers: int | None, **options: Any) -> Executor:
        """Return a new pool of processes."""
        pool: Executor = loky.ProcessPoolExecutor(max_workers, **options)
        return pool

    def future(self) -> Future[Any]:
        """Return a new future."""
        future: Future[Any] = loky._base.Future()  # noqa: SLF001 - it has no public name
        return future
