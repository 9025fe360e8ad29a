"""Values and exceptions that careless code mistakes for something else: falsy, equal to everything, awaitable."""

from __future__ import annotations

from collections.abc import Generator, Iterator


class Everything:
    """A value that is equal to everything, as some test doubles are."""

    def __eq__(self, other: object) -> bool:
        """Return True."""
        return True

    def __hash__(self) -> int:
        """Return the same hash for all instances."""
        return 0


class Undecided:
    """A value that can be neither compared nor tested for truth, as an array of several numbers."""

    __hash__ = None  # type: ignore[assignment]  # as lists have it

    def __bool__(self) -> bool:
        """Raise ValueError."""
        raise ValueError("neither true nor false")

    def __eq__(self, other: object) -> bool:
        """Raise ValueError."""
        raise ValueError("neither equal nor unequal")


def counting() -> Iterator[int]:
    """Yield one number; its generator is a result that can be read only once."""
    yield 1


class Unequal:
    """A value that is not even equal to itself, as NaN, and has a hash."""

    def __eq__(self, other: object) -> bool:
        """Return False."""
        return False

    def __hash__(self) -> int:
        """Return the same hash for all."""
        return 0


class Later:
    """An awaitable value, which only the user should await."""

    def __await__(self) -> Generator[None, None, str]:
        """Return something other than the value itself."""
        yield from ()
        return "awaited"


class Nested:
    """A namespace, so that the class inside has a qualified name that differs from its name."""

    class InnerError(Exception):
        """An exception whose `__qualname__` is longer than its `__name__`."""


class FalsyError(Exception):
    """An exception that is falsy."""

    def __bool__(self) -> bool:
        """Return False."""
        return False


class Unhashable:
    """A value that compares by identity and has no hash."""

    __hash__ = None  # type: ignore[assignment]  # as lists have it
