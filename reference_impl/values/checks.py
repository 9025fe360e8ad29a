"""The checks that the values share. An error names the argument, shows its value and says what was expected."""

from __future__ import annotations

from datetime import timedelta

from reference_impl.errors import InvalidTypeError, InvalidValueError


def need_int(name: str, value: object, *, least: int = 0) -> int:
    """Return the value if it is an int of at least `least`.

    Parameters:
        name: The argument, as the error message names it.
        value: What the caller gave.
        least: The smallest value that is allowed.

    Raises:
        InvalidTypeError: The value is not an int; a bool does not count as one.
        InvalidValueError: The value is below `least`.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidTypeError(f"{name}={value!r}: expected an int, got {type(value).__name__}.")
    if value < least:
        raise InvalidValueError(f"{name}={value!r}: expected an int of at least {least}.")
    return value


def need(name: str, value: object, kinds: tuple[type, ...], expected: str) -> None:
    """Check that the value is an instance of one of the types.

    Parameters:
        name: The argument, as the error message names it.
        value: What the caller gave.
        kinds: The types that are allowed.
        expected: The same types in words, for the message.

    Raises:
        InvalidTypeError: The value is not an instance of any of them.
    """
    if not isinstance(value, kinds):
        raise InvalidTypeError(f"{name}={value!r}: expected {expected}, got {type(value).__name__}.")


def need_duration(name: str, value: object, *, least_seconds: int = 0) -> timedelta:
    """Return the value as a timedelta; an int stands for seconds.

    Parameters:
        name: The argument, as the error message names it.
        value: What the caller gave.
        least_seconds: The shortest duration that is allowed.

    Raises:
        InvalidTypeError: The value is neither an int nor a timedelta.
        InvalidValueError: The duration is shorter than `least_seconds`.
    """
    if isinstance(value, bool) or not isinstance(value, (int, timedelta)):
        raise InvalidTypeError(f"{name}={value!r}: expected seconds or a timedelta, got {type(value).__name__}.")
    duration = value if isinstance(value, timedelta) else timedelta(seconds=value)
    if duration.total_seconds() < least_seconds:
        raise InvalidValueError(f"{name}={value!r}: expected at least {least_seconds} seconds.")
    return duration
