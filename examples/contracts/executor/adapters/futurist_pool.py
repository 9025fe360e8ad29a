"""The executor of futurist (OpenStack): a pool of threads that counts what it does."""

from __future__ import annotations

from concurrent.futures import Executor, Future, as_completed, wait
from importlib.metadata import version
from typing import Any

import futurist  # type: ignore[import-not-found]  # installed for the target

from executor.adapter import BASIC


class Futurist:
    """futurist.ThreadPoolExecutor."""

    name = "futurist"
    head = "from futurist import ThreadPoolExecutor as executor\n"
    version = version("futurist")
    capabilities = BASIC | {"bare-futures", "same-process"}
    wait = staticmethod(wait)
    as_completed = staticmethod(as_completed)

    def executor(self, max_workers: int | None, **options: Any) -> Executor:
        """Return a new pool of threads."""
        pool: Executor = futurist.ThreadPoolExecutor(max_workers, **options)
        return pool

    def future(self) -> Future[Any]:
        """Return a new future."""
        future: Future[Any] = futurist.Future()
        return future
