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
    """Text and attributes come back; errors travel between processes."""
    back = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes

    assert (type(back), str(back), vars(back)) == (type(error), str(error), vars(error))


def test_one_base() -> None:
    """Every error class of the package has the one base."""
    classes = [found for _, found in inspect.getmembers(errors, inspect.isclass) if issubclass(found, BaseException)]

    assert len(classes) > 10
    assert [found for found in classes if not issubclass(found, errors.TaskError)] == []


def test_errors_of_wrong_use_go_by_the_builtin_name() -> None:
    """A program that prints the class name sees what it would catch; the qualified name tells which one it is."""
    error = errors.LockedFieldError("name", "Define another.")

    assert (type(error).__name__, repr(error).partition("(")[0]) == ("ValueError", "ValueError")
    assert type(error).__qualname__ == "LockedFieldError"
    assert errors.FrozenFieldError.__name__ == "AttributeError"
    assert errors.FrozenContainerError.__name__ == "TypeError"
    assert errors.RuntimeUserError.__name__ == "RuntimeUserError"


def test_errors_of_users_go_by_their_own_names() -> None:
    """A subclass that is written elsewhere keeps its name, also where it is a built-in error too."""

    class OwnError(errors.CustomError, ValueError):
        """A user's error."""

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
