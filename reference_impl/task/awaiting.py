"""The coroutine that a call of an async task gives: the function's own, with its errors wrapped."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable
from typing import Any

from reference_impl.errors import RuntimeSystemError, RuntimeUserError


class Unstarted:
    """Holds a coroutine that nobody has awaited yet, and closes it if nobody ever does.

    The coroutine around it is what Python complains about then; one complaint is enough.
    """

    def __init__(self, awaitable: Awaitable[Any]) -> None:
        self.awaitable = awaitable

    def __del__(self) -> None:
        if inspect.iscoroutine(self.awaitable):
            self.awaitable.close()


async def wrapping(unstarted: Unstarted) -> Any:
    """Return what the awaitable gives; what it raises is wrapped as a sync call wraps it. Source: CAL-05."""
    try:
        return await unstarted.awaitable
    except (RuntimeSystemError, RuntimeUserError):
        raise
    except Exception as error:
        raise RuntimeUserError(type(error).__name__, str(error)) from error
