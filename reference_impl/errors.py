"""Every error class of the package: wrong use of it, and the errors that running tasks raise.

Both kinds share one base, `TaskError`. Errors of wrong use are also the built-in error that a caller would expect
(ValueError, TypeError, AttributeError), so that code written for another implementation of the contract catches them
unchanged. They go by that error's name, too: programs print `type(error).__name__`, and it becomes the `code` of a
task that failed. The qualified name, which tracebacks and pickle use, tells them apart.
"""

from __future__ import annotations

from typing import Any, Literal, NoReturn

ErrorKind = Literal["system", "unknown", "user"]
"""Whose fault a runtime error is."""


class TaskError(Exception):
    """The base of every error of this package."""

    def __init_subclass__(cls) -> None:
        builtin = next((base for base in (ValueError, TypeError, AttributeError) if issubclass(cls, base)), None)
        if builtin is not None and cls.__module__ == __name__:  # subclasses of users are called what users call them
            cls.__name__ = builtin.__name__

    def __reduce__(self) -> tuple[Any, ...]:
        # The default would call the class with `args`, which are fewer than the constructors of subclasses take.
        return _rebuild, (type(self), self.args), self.__dict__


def _rebuild(kind: type[TaskError], args: tuple[Any, ...]) -> TaskError:
    """Return an unpickled error; its attributes follow as state."""
    error = kind.__new__(kind)
    error.args = args
    return error


class InvalidValueError(TaskError, ValueError):
    """A value of the right type that is not allowed here."""


class InvalidTypeError(TaskError, TypeError):
    """A value of a type that is not allowed here."""


class LockedFieldError(InvalidValueError):
    """An override names a field that is fixed once the task is defined."""

    def __init__(self, field: str, hint: str) -> None:
        super().__init__(f"override({field}=...): this field is fixed once the task is defined. {hint}")
        self.field = field


class FrozenFieldError(TaskError, AttributeError):
    """Somebody assigns or deletes an attribute of a finished task template."""

    def __init__(self, task: str, field: str) -> None:
        super().__init__(
            f"{field}=... on task {task!r}: a task template cannot be changed once it is made. "
            f"Use task.override({field}=...), which returns a changed copy."
        )
        self.field = field


class FrozenContainerError(TaskError, TypeError):
    """Somebody changes a dict or list that a value owns."""

    def __init__(self, container: str) -> None:
        super().__init__(
            f"this {container} belongs to a value that does not change. Make a copy of it ({container}(...)), "
            "change that, and hand it to override() or to a new value."
        )


class BaseRuntimeError(TaskError, RuntimeError):
    """An error of a running task: a code, whose fault it is, a message, and the worker where it happened, if known."""

    def __init__(self, code: str, kind: ErrorKind, root_cause_message: str, worker: str | None = None) -> None:
        super().__init__(root_cause_message)
        self.code = code
        self.kind = kind
        self.worker = worker

    def _reraise(self, *_args: object) -> NoReturn:
        # Code that treats the error as a result (sum over the results of `map`) should see the error, not a TypeError.
        raise self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _reraise
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = _reraise


class InitializationError(BaseRuntimeError):
    """Something needs `init()` to have been called."""


class RuntimeSystemError(BaseRuntimeError):
    """A task failed because of the system that runs it."""

    def __init__(self, code: str, message: str, worker: str | None = None) -> None:
        super().__init__(code, "system", message, worker)


class UnionRpcError(RuntimeSystemError):
    """The cluster did not answer as it should."""


class RuntimeUserError(BaseRuntimeError):
    """A task failed because of the user's code; `code` is the class name of the original exception."""

    def __init__(self, code: str, message: str, worker: str | None = None) -> None:
        super().__init__(code, "user", message, worker)


class RuntimeUnknownError(BaseRuntimeError):
    """A task failed and nobody knows whose fault it is."""

    def __init__(self, code: str, message: str, worker: str | None = None) -> None:
        super().__init__(code, "unknown", message, worker)


class OOMError(RuntimeUserError):
    """A task ran out of memory."""


class TaskInterruptedError(RuntimeUserError):
    """A task was interrupted."""


class RetriesExhaustedError(RuntimeUserError):
    """A task failed in all its attempts."""


class InvalidImageNameError(RuntimeUserError):
    """The image of a task has a name that is none."""


class ImagePullBackOffError(RuntimeUserError):
    """The image of a task cannot be fetched."""


class PrimaryContainerNotFoundError(RuntimeUserError):
    """The pod of a task has no container of the name that runs the task."""


class NotInTaskContextError(RuntimeUserError):
    """Something needs a running task around it."""


class RuntimeDataValidationError(RuntimeUserError):
    """A value that goes into or comes out of a task is not of the declared type."""

    def __init__(self, var: str, e: Exception | str, task_name: str = "") -> None:
        super().__init__("DataValidationError", f"task {task_name!r}, variable {var!r}: {e}")


class CustomError(RuntimeUserError):
    """An error with a code of the user's own."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message, "user")

    @classmethod
    def from_exception(cls, e: Exception) -> CustomError:
        """Return an error with the exception's class name as code, its text as message and itself as cause."""
        error = cls(type(e).__name__, str(e))
        error.__cause__ = e
        return error


class NonRecoverableError(RuntimeUserError):
    """An error after which another attempt makes no sense."""

    def __init__(self, message: str, code: str = "NonRecoverableError") -> None:
        super().__init__(code, message)


class _NamedError(RuntimeUserError):
    """A user error whose code is the name of its class."""

    _WORKER: str | None = "user"

    def __init__(self, message: str) -> None:
        super().__init__(type(self).__name__, message, self._WORKER)


class TaskTimeoutError(_NamedError):
    """A task ran for longer than its timeout."""


class InlineIOMaxBytesBreached(_NamedError):  # noqa: N818 - the name is the contract's
    """Inputs or outputs are larger than `max_inline_io_bytes`."""


class ActionAbortedError(_NamedError):
    """Somebody else ended the task."""


class ModuleLoadError(_NamedError):
    """The module of a task cannot be loaded."""


class DeploymentError(_NamedError):
    """A task cannot be deployed."""


class ImageBuildError(_NamedError):
    """The image of a task cannot be built."""


class CodeBundleError(_NamedError):
    """The code of a task cannot be packed."""


class RemoteTaskNotFoundError(_NamedError):
    """There is no such task on the cluster."""


class RemoteTaskUsageError(_NamedError):
    """A task of the cluster is used as only one of this process can be."""


class OnlyAsyncIOSupportedError(_NamedError):
    """Something awaits in another way than asyncio does."""


class ParameterMaterializationError(_NamedError):
    """A parameter of an app has no value."""


class SlowDownError(_NamedError):
    """The cluster gets more than it can take."""


class TraceDoesNotAllowNestedTasksError(_NamedError):
    """A task is called inside a trace. Inside one, `task.forward(...)` runs the plain function."""

    _WORKER = None


class SyncTaskCallInAsyncContextError(_NamedError):
    """A sync task is called in a running event loop, which the call would block. `await task.aio(...)` does not."""

    _WORKER = None


class ActionNotFoundError(TaskError, RuntimeError):
    """There is no such action."""


CROSSING = (
    *(ImagePullBackOffError, InvalidImageNameError, OOMError, PrimaryContainerNotFoundError, RetriesExhaustedError),
    *(RuntimeSystemError, RuntimeUnknownError, TaskInterruptedError),
)
"""The error classes that say what became of a task, and that a caller can tell apart."""


def as_reported(error: Exception) -> BaseRuntimeError:
    """Return the error as a caller gets it: code and text cross the border of a task, classes of the user do not."""
    if isinstance(error, RuntimeDataValidationError):  # raised at the border itself
        return error
    if not isinstance(error, BaseRuntimeError):
        return RuntimeUserError(type(error).__name__, str(error), "user")
    kind = next((kind for kind in CROSSING if isinstance(error, kind)), RuntimeUserError)
    return kind(error.code, str(error), error.worker or "")
