"""The children that judge rules under pytest: one for each implementation and its settings, for the whole session."""

from __future__ import annotations

from dataclasses import dataclass, field

from conformance.engine.choice import budget
from conformance.engine.contract import Contract
from conformance.engine.targets import Target
from conformance.engine.worker import Worker, launch_of
from conformance.errors import ConformanceError

Key = tuple[str, str, str, int, bool]
"""Folder of the contract, target, budget, seed, and whether there is a sandbox."""


@dataclass
class Workers:
    """The workers that tests have asked for."""

    _found: dict[Key, Worker | ConformanceError] = field(default_factory=dict)
    """An error for those that cannot be started: trying again for every rule would take minutes."""

    def of(self, target: Target, contract: Contract, *, examples: str, seed: int, is_sandboxed: bool) -> Worker:
        """Return the worker of a target, the same one each time.

        Parameters:
            target: The implementation.
            contract: The contract.
            examples: A budget: smoke, default, deep or a number.
            seed: Seed of all random choices.
            is_sandboxed: Whether the implementation runs in a sandbox of the system.

        Raises:
            ConformanceError: It cannot be started; the same error each time.
        """
        key = (str(contract.folder), target.text, examples, seed, is_sandboxed)
        if key not in self._found:
            try:
                launch = launch_of(target, contract, examples=budget(examples), seed=seed, is_sandboxed=is_sandboxed)
                self._found[key] = Worker(launch)
            except ConformanceError as error:
                self._found[key] = error
        found = self._found[key]
        if isinstance(found, ConformanceError):
            raise found.with_traceback(None)
        return found

    def close(self) -> None:
        """End all child processes."""
        for worker in self._found.values():
            if isinstance(worker, Worker):
                worker.close()
