"""The coroutine that calling an async task returns: that of the function, with its errors wrapped."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable
from typing import Any

from reference_impl.errors import RuntimeSystemError, RuntimeUserError


class Unstarted:
    """Holds a coroutine that has not been awaited, and closes it when it is dropped.

    Python then warns about the coroutine around it only, and not about both.

    Parameters:
        awaitable: The coroutine, or another awaitable.
    """

    def __init__(self, awaitable: Awaitable[Any]) -> None:
        self.awaitable = awaitable
        """What the function returned."""

    def __del__(self) -> None:
        if inspect.iscoroutine(self.awaitable):
            self.awaitable.close()


async def wrapping(unstarted: Unstarted) -> Any:
    """Return the result of an awaitable, with its errors wrapped as in a sync call.

    Parameters:
        unstarted: Holds the awaitable.

    Raises:
        RuntimeUserError: The awaitable raised an exception; its class name is the code, and it is the cause.

    Source:
        Rule CAL-05.
    """
    try:
        return await unstarted.awaitable
    except (RuntimeSystemError, RuntimeUserError):
        raise
    except Exception as error:
        raise RuntimeUserError(type(error).__name__, str(error)) from error
