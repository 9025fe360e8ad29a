"""The protocol of controllers, which run the calls of tasks within a task, and the current controller."""

from __future__ import annotations

import concurrent.futures
from typing import Any, Protocol

from reference_impl.errors import RuntimeSystemError


class Controller(Protocol):
    """Runs the tasks that a running task calls.

    `_task` is a `TaskTemplate`. The annotation does not say so: the template needs this protocol, and modules do not
    import each other in circles.
    """

    async def submit(self, _task: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the result of an async task."""

    def submit_sync(self, _task: Any, *args: Any, **kwargs: Any) -> concurrent.futures.Future[Any]:
        """Return a future of the result of a sync task; the caller may block on it."""


class _InCharge:
    """Holds the controller of this process, None until one is set."""

    def __init__(self) -> None:
        self.controller: Controller | None = None


_IN_CHARGE = _InCharge()


def set_controller(controller: Controller | None) -> Controller | None:
    """Set the controller of this process and return the one that was set before.

    Parameters:
        controller: The new controller; None means that there is none.
    """
    before, _IN_CHARGE.controller = _IN_CHARGE.controller, controller
    return before


def get_controller() -> Controller:
    """Return the controller of this process.

    Raises:
        RuntimeSystemError: No controller is set; code "BadContext".
    """
    if _IN_CHARGE.controller is None:
        raise RuntimeSystemError(
            "BadContext",
            "a task was called inside a running task, but no controller is set. Start the outer task with "
            "run(task, ...).",
        )
    return _IN_CHARGE.controller
