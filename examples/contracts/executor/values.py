"""What properties draw: values that can be pickled and compared, the falsy ones most of all."""

from __future__ import annotations

from hypothesis import strategies as st

EMPTY: tuple[object, ...] = (None, False, 0, 0.0, "", b"", (), [], {}, set(), frozenset())
"""What an implementation takes for nothing if it asks `if value:`."""

ERRORS = (ValueError, KeyError, OSError, RuntimeError, ZeroDivisionError, StopIteration, NotImplementedError)
"""Exceptions that a call may raise; built-in ones, which have the same identity in every process."""


def values() -> st.SearchStrategy[object]:
    """Return values of every kind; an exception or a function is a value too, but is not equal to its copy."""
    plain = st.sampled_from(EMPTY) | st.integers() | st.text(max_size=5) | st.booleans()
    return plain | st.lists(plain, max_size=3) | st.dictionaries(st.text(max_size=3), plain, max_size=2)


def keywords() -> st.SearchStrategy[dict[str, object]]:
    """Return keyword arguments, among them names that an executor may want for itself."""
    own = ("self", "fn", "func", "args", "kwargs", "timeout", "key", "priority", "retries", "pure", "chunksize", "x")
    return st.dictionaries(st.sampled_from(own), values(), max_size=3)


def elements() -> st.SearchStrategy[list[object]]:
    """Return the elements of an iterable."""
    return st.lists(values(), max_size=6)


def error_kinds() -> st.SearchStrategy[type[Exception]]:
    """Return classes of exceptions."""
    return st.sampled_from(ERRORS)


def error_args() -> st.SearchStrategy[tuple[object, ...]]:
    """Return arguments of exceptions. OSError and its like make others of two."""
    return st.tuples() | st.tuples(st.integers() | st.text(max_size=5))


def timeouts() -> st.SearchStrategy[float]:
    """Return timeouts that are long enough for anything, as int and as float."""
    return st.sampled_from((30, 30.5))
