"""The checks that value types share. Each says what came, what was due and what to do."""

from __future__ import annotations

from datetime import timedelta

from reference_impl.errors import InvalidTypeError, InvalidValueError


def need_int(name: str, value: object, *, least: int = 0) -> int:
    """Return the whole number, bool excluded.

    Raises:
        InvalidTypeError: The value is no int.
        InvalidValueError: It is below `least`.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidTypeError(f"{name}={value!r}: a whole number is due, not {type(value).__name__}.")
    if value < least:
        raise InvalidValueError(f"{name}={value!r}: a whole number of at least {least} is due.")
    return value


def need(name: str, value: object, kinds: tuple[type, ...], due: str) -> None:
    """Raise InvalidTypeError unless the value is an instance of one of the types; `due` names them for the message."""
    if not isinstance(value, kinds):
        raise InvalidTypeError(f"{name}={value!r}: {due} is due, not {type(value).__name__}.")


def need_duration(name: str, value: object, *, least_seconds: int = 0) -> timedelta:
    """Return whole seconds or a timedelta as a timedelta.

    Raises:
        InvalidTypeError: The value is neither.
        InvalidValueError: It is shorter than `least_seconds`.
    """
    if isinstance(value, bool) or not isinstance(value, (int, timedelta)):
        raise InvalidTypeError(f"{name}={value!r}: whole seconds or a timedelta is due, not {type(value).__name__}.")
    span = value if isinstance(value, timedelta) else timedelta(seconds=value)
    if span.total_seconds() < least_seconds:
        raise InvalidValueError(f"{name}={value!r}: at least {least_seconds} seconds are due.")
    return span
