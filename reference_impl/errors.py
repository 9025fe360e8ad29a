"""The error classes of the package: those for wrong use of it, and those that running tasks raise.

All of them derive from `TaskError`. An error for wrong use is also the built-in error that a caller expects
(ValueError, TypeError or AttributeError), so that code written for another implementation of the contract catches it.
Its class even has the `__name__` of that error, because programs print it and it becomes the `code` of a task that
failed. The qualified name, which tracebacks and pickle use, is its own.
"""

from __future__ import annotations

from typing import Any, Literal, NoReturn

ErrorKind = Literal["system", "unknown", "user"]
"""Whose fault a runtime error is."""


class TaskError(Exception):
    """The base class of all errors of this package."""

    def __init_subclass__(cls) -> None:
        builtin = next((base for base in (ValueError, TypeError, AttributeError) if issubclass(cls, base)), None)
        if builtin is not None and cls.__module__ == __name__:  # a user's subclass has the name that the user gave it
            cls.__name__ = builtin.__name__

    def __reduce__(self) -> tuple[Any, ...]:
        # The default calls the class with `args`, but constructors of subclasses take more.
        return _rebuild, (type(self), self.args), self.__dict__


def _rebuild(kind: type[TaskError], args: tuple[Any, ...]) -> TaskError:
    """Return an unpickled error without its attributes, which pickle restores."""
    error = kind.__new__(kind)
    error.args = args
    return error


class InvalidValueError(TaskError, ValueError):
    """A value has the right type but is not allowed."""


class InvalidTypeError(TaskError, TypeError):
    """A value has the wrong type, or an argument does not exist."""


class LockedFieldError(InvalidValueError):
    """An override names a field that is fixed once the task is defined.

    Parameters:
        field: The name of the field.
        hint: What to do instead.
    """

    def __init__(self, field: str, hint: str) -> None:
        super().__init__(f"override({field}=...): this field is fixed once the task is defined. {hint}")
        self.field = field
        """The name of the field."""


class FrozenFieldError(TaskError, AttributeError):
    """A field of a task template is assigned or deleted.

    Parameters:
        task: The name of the task.
        field: The name of the field.
    """

    def __init__(self, task: str, field: str) -> None:
        super().__init__(
            f"{field}=... on task {task!r}: a task template cannot be changed. Use task.override({field}=...), which "
            "returns a changed copy."
        )
        self.field = field
        """The name of the field."""


class FrozenContainerError(TaskError, TypeError):
    """A dict or list that belongs to a frozen value is changed.

    Parameters:
        container: "dict" or "list".
    """

    def __init__(self, container: str) -> None:
        super().__init__(
            f"this {container} belongs to a value that cannot be changed. Make a copy of it ({container}(...)), change "
            "the copy, and pass it to override() or to a new value."
        )


class BaseRuntimeError(TaskError, RuntimeError):
    """An error of a running task.

    Parameters:
        code: What went wrong, as a short name; usually the name of an error class.
        kind: Whose fault it is.
        root_cause_message: What went wrong, in words.
        worker: Where it happened, if that is known.
    """

    def __init__(self, code: str, kind: ErrorKind, root_cause_message: str, worker: str | None = None) -> None:
        super().__init__(root_cause_message)
        self.code = code
        """What went wrong, as a short name."""
        self.kind = kind
        """Whose fault it is."""
        self.worker = worker
        """Where it happened, if that is known."""

    def _reraise(self, *_args: object) -> NoReturn:
        # Code that uses the error as a result (the sum of the results of `map`) should see it, not a TypeError.
        raise self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _reraise
    __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = _reraise


class InitializationError(BaseRuntimeError):
    """`init()` has not been called, or without a value that is needed."""


class RuntimeSystemError(BaseRuntimeError):
    """A task failed because of the system that runs it.

    Parameters:
        code: What went wrong, as a short name.
        message: What went wrong, in words.
        worker: Where it happened, if that is known.
    """

    def __init__(self, code: str, message: str, worker: str | None = None) -> None:
        super().__init__(code, "system", message, worker)


class UnionRpcError(RuntimeSystemError):
    """The cluster did not answer as expected."""


class RuntimeUserError(BaseRuntimeError):
    """A task failed because of the user's code.

    Parameters:
        code: The class name of the original exception.
        message: The message of the original exception.
        worker: Where it happened, if that is known.
    """

    def __init__(self, code: str, message: str, worker: str | None = None) -> None:
        super().__init__(code, "user", message, worker)


class RuntimeUnknownError(BaseRuntimeError):
    """A task failed, and it is not known whose fault it is.

    Parameters:
        code: What went wrong, as a short name.
        message: What went wrong, in words.
        worker: Where it happened, if that is known.
    """

    def __init__(self, code: str, message: str, worker: str | None = None) -> None:
        super().__init__(code, "unknown", message, worker)


class OOMError(RuntimeUserError):
    """A task ran out of memory."""


class TaskInterruptedError(RuntimeUserError):
    """A task was interrupted."""


class RetriesExhaustedError(RuntimeUserError):
    """A task failed in all its attempts."""


class InvalidImageNameError(RuntimeUserError):
    """The name of a task's image is not valid."""


class ImagePullBackOffError(RuntimeUserError):
    """The image of a task cannot be pulled."""


class PrimaryContainerNotFoundError(RuntimeUserError):
    """The pod of a task has no container with the name of the primary container."""


class NotInTaskContextError(RuntimeUserError):
    """A function that only works in a running task was called outside one."""


class RuntimeDataValidationError(RuntimeUserError):
    """An input or output of a task does not have the declared type.

    Parameters:
        var: The name of the input or output.
        e: What is wrong with it.
        task_name: The name of the task.
    """

    def __init__(self, var: str, e: Exception | str, task_name: str = "") -> None:
        super().__init__("DataValidationError", f"task {task_name!r}, variable {var!r}: {e}")


class CustomError(RuntimeUserError):
    """An error with a code that the user chose.

    Parameters:
        code: The code.
        message: What went wrong, in words.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message, "user")

    @classmethod
    def from_exception(cls, e: Exception) -> CustomError:
        """Return an error with the class name of an exception as its code, and with its message.

        Parameters:
            e: The exception, which becomes the cause.
        """
        error = cls(type(e).__name__, str(e))
        error.__cause__ = e
        return error


class NonRecoverableError(RuntimeUserError):
    """An error after which the task is not tried again.

    Parameters:
        message: What went wrong, in words.
        code: What went wrong, as a short name.
    """

    def __init__(self, message: str, code: str = "NonRecoverableError") -> None:
        super().__init__(code, message)


class _NamedError(RuntimeUserError):
    """The base of user errors whose code is the name of their class."""

    _WORKER: str | None = "user"
    """The worker that the errors of a class name."""

    def __init__(self, message: str) -> None:
        super().__init__(type(self).__name__, message, self._WORKER)


class TaskTimeoutError(_NamedError):
    """A task ran for longer than its timeout."""


class InlineIOMaxBytesBreached(_NamedError):  # noqa: N818 - the name is the contract's
    """Inputs or outputs are larger than `max_inline_io_bytes`."""


class ActionAbortedError(_NamedError):
    """The task was aborted."""


class ModuleLoadError(_NamedError):
    """The module of a task cannot be loaded."""


class DeploymentError(_NamedError):
    """A task cannot be deployed."""


class ImageBuildError(_NamedError):
    """The image of a task cannot be built."""


class CodeBundleError(_NamedError):
    """The code of a task cannot be packed."""


class RemoteTaskNotFoundError(_NamedError):
    """The cluster has no task of that name."""


class RemoteTaskUsageError(_NamedError):
    """A task of the cluster was used in a way that only a task of this process supports."""


class OnlyAsyncIOSupportedError(_NamedError):
    """An async library other than asyncio was used."""


class ParameterMaterializationError(_NamedError):
    """A parameter of an app has no value."""


class SlowDownError(_NamedError):
    """The cluster receives more requests than it can handle."""


class TraceDoesNotAllowNestedTasksError(_NamedError):
    """A task was called inside a trace. `task.forward(...)`, which calls its function directly, works there."""

    _WORKER = None


class SyncTaskCallInAsyncContextError(_NamedError):
    """A sync task was called in a running event loop and would have blocked it. Use `await task.aio(...)` there."""

    _WORKER = None


class ActionNotFoundError(TaskError, RuntimeError):
    """The run has no action of that name."""


CROSSING = (
    *(ImagePullBackOffError, InvalidImageNameError, OOMError, PrimaryContainerNotFoundError, RetriesExhaustedError),
    *(RuntimeSystemError, RuntimeUnknownError, TaskInterruptedError),
)
"""The error classes that a caller of a task receives as they are; any other error becomes a RuntimeUserError."""


def as_reported(error: Exception) -> BaseRuntimeError:
    """Return the error that a caller of a task receives; it has the code and message of the original one.

    Parameters:
        error: The error that the task raised.
    """
    if isinstance(error, RuntimeDataValidationError):  # raised by the run, not by the task
        return error
    if not isinstance(error, BaseRuntimeError):
        return RuntimeUserError(type(error).__name__, str(error), "user")
    kind = next((kind for kind in CROSSING if isinstance(error, kind)), RuntimeUserError)
    return kind(error.code, str(error), error.worker or "")
