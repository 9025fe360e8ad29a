"""The error classes."""

from __future__ import annotations

import inspect
import pickle

import pytest

from reference_impl import errors

MADE = [
    errors.RuntimeUserError("C", "text"),
    errors.RuntimeSystemError("C", "text", worker="w"),
    errors.CustomError("C", "text"),
    errors.NonRecoverableError("text"),
    errors.TaskTimeoutError("text"),
    errors.RuntimeDataValidationError("x", "text", "task"),
    errors.LockedFieldError("name", "Define another."),
]


@pytest.mark.parametrize("error", MADE, ids=lambda error: type(error).__name__)
def test_errors_survive_pickling(error: errors.TaskError) -> None:
    """An unpickled error has its message and attributes."""
    back = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes

    assert (type(back), str(back), vars(back)) == (type(error), str(error), vars(error))


def test_one_base() -> None:
    """Every error class of the package derives from TaskError."""
    classes = [found for _, found in inspect.getmembers(errors, inspect.isclass) if issubclass(found, BaseException)]

    assert len(classes) > 10
    assert [found for found in classes if not issubclass(found, errors.TaskError)] == []


def test_errors_of_wrong_use_go_by_the_builtin_name() -> None:
    """The name of an error class is that of the built-in error; the qualified name is its own."""
    error = errors.LockedFieldError("name", "Define another.")

    assert (type(error).__name__, repr(error).partition("(")[0]) == ("ValueError", "ValueError")
    assert type(error).__qualname__ == "LockedFieldError"
    assert errors.FrozenFieldError.__name__ == "AttributeError"
    assert errors.FrozenContainerError.__name__ == "TypeError"
    assert errors.RuntimeUserError.__name__ == "RuntimeUserError"


def test_errors_of_users_go_by_their_own_names() -> None:
    """A subclass of the user's keeps its name, even if it is also a built-in error."""

    class OwnError(errors.CustomError, ValueError):
        """An error class that a user defines."""

    assert OwnError.__name__ == "OwnError"
    assert str(OwnError("CODE", "text")) == "text"


def test_an_error_as_a_value_raises_itself() -> None:
    """Calculating with an error, as with a result of `map`, raises it."""
    error = errors.RuntimeUserError("C", "text")

    with pytest.raises(errors.RuntimeUserError) as caught:
        sum([1, error])  # type: ignore[list-item] # the mistake under test

    assert caught.value is error


def test_from_exception() -> None:
    """The code is the class name, the exception is the cause."""
    cause = ValueError("bad")

    error = errors.CustomError.from_exception(cause)

    assert (error.code, str(error), error.__cause__) == ("ValueError", "bad", cause)
