"""Functions for sync and async code: `f(...)` blocks, `await f.aio(...)` does not."""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine
from typing import Any, Generic, ParamSpec, TypeVar

from reference_impl.errors import SyncTaskCallInAsyncContextError
from reference_impl.local.loops import background

P = ParamSpec("P")
T = TypeVar("T")


class _Syncified(Generic[P, T]):
    """A coroutine function that sync code can call."""

    def __init__(self, function: Callable[P, Coroutine[Any, Any, T]], owner: object = None) -> None:
        functools.update_wrapper(self, function, updated=())
        self._function = function
        self._owner = owner

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
        if background().is_current():
            name = self._function.__name__
            raise SyncTaskCallInAsyncContextError(
                f"{name}(...) would block the event loop that it has to run on. Use `await {name}.aio(...)`."
            )
        return background().submit(self.aio(*args, **kwargs)).result()

    def aio(self, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, T]:
        """Return the coroutine, for async code.

        Parameters:
            args: The positional arguments.
            kwargs: The keyword arguments.
        """
        function: Callable[..., Coroutine[Any, Any, T]] = self._function
        return function(*args, **kwargs) if self._owner is None else function(self._owner, *args, **kwargs)

    def __get__(self, owner: object, kind: type) -> Any:
        return self if owner is None else _Syncified(self._function, owner)


def syncify(function: Callable[P, Coroutine[Any, Any, T]]) -> _Syncified[P, T]:
    """Return a function that runs a coroutine function and blocks; its `aio` returns the coroutine.

    Parameters:
        function: The coroutine function, or method.
    """
    return _Syncified(function)
