"""Where the calls of tasks go while a task runs: the protocol, and the one in charge."""

from __future__ import annotations

import concurrent.futures
from typing import TYPE_CHECKING, Any, Protocol

from reference_impl.errors import RuntimeSystemError

if TYPE_CHECKING:
    from reference_impl.task.template import TaskTemplate


class Controller(Protocol):
    """What a task needs of whoever runs its calls."""

    async def submit(self, _task: TaskTemplate[Any, Any, Any], *args: Any, **kwargs: Any) -> Any:
        """Return the result of a task; for calls of async tasks."""

    def submit_sync(
        self,
        _task: TaskTemplate[Any, Any, Any],
        *args: Any,
        **kwargs: Any,
    ) -> concurrent.futures.Future[Any]:
        """Return a future of the result; for calls of sync tasks, which may block on it."""


class _InCharge:
    """The controller of this process, None until somebody is put in charge."""

    controller: Controller | None = None


def set_controller(controller: Controller | None) -> Controller | None:
    """Put a controller in charge of this process (None: nobody), and return the one before it."""
    before, _InCharge.controller = _InCharge.controller, controller
    return before


def get_controller() -> Controller:
    """Return the controller in charge.

    Raises:
        RuntimeSystemError: There is none; code "BadContext".
    """
    if _InCharge.controller is None:
        raise RuntimeSystemError(
            "BadContext",
            "a task was called inside a running task, but no controller is in charge. Start with run(task, ...).",
        )
    return _InCharge.controller
