"""The small executor that is the model of the contract."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from typing import Any

from executor import own
from executor.adapter import BASIC


class Own:
    """`executor.own`: threads, and nothing beyond the contract."""

    name = "own"
    head = "from executor.own import Pool as executor\n"
    version = "1"
    capabilities = BASIC | {"bare-futures", "initializer", "same-process"}
    wait = staticmethod(own.wait)
    as_completed = staticmethod(own.as_completed)

    def executor(self, max_workers: int | None, **options: Any) -> Executor:
        """Return a new pool of threads."""
        return own.Pool(max_workers, **options)

    def future(self) -> Future[Any]:
        """Return a new future."""
        return own.Task()
