"""Kinds that raise errors of an odd kind, or in odd places."""

from __future__ import annotations

import asyncio
import sys
from typing import Any, NoReturn

from tests.hostile.form import hostile


@hostile()
def raises_system_exit(_: object) -> NoReturn:
    """Raises SystemExit."""
    raise SystemExit(0)


@hostile()
def raises_keyboard_interrupt(_: object) -> NoReturn:
    """Raises KeyboardInterrupt."""
    raise KeyboardInterrupt


@hostile()
def raises_generator_exit(_: object) -> NoReturn:
    """Raises GeneratorExit."""
    raise GeneratorExit


@hostile()
def raises_cancelled(_: object) -> NoReturn:
    """Raises CancelledError."""
    raise asyncio.CancelledError


class Own(BaseException):
    """An error that is not an `Exception`."""


@hostile()
def raises_its_own_base_exception(_: object) -> NoReturn:
    """Raises a subclass of BaseException."""
    raise Own


class Silent(Exception):
    """An exception that cannot be described."""

    def __str__(self) -> str:
        raise RuntimeError("no word")

    __repr__ = __str__


@hostile()
def raises_what_cannot_be_described(_: object) -> NoReturn:
    """Raises an exception whose str and repr raise."""
    raise Silent


class Deaf(Exception):
    """An exception whose str raises KeyboardInterrupt."""

    def __str__(self) -> str:
        raise KeyboardInterrupt

    __repr__ = __str__


@hostile()
def raises_what_exits_when_described(_: object) -> NoReturn:
    """Raises an exception whose str raises KeyboardInterrupt."""
    raise Deaf


class Long(Exception):
    """An exception with a very long description."""

    def __str__(self) -> str:
        return "x" * (1 << 30)


@hostile()
def raises_a_gigabyte(_: object) -> NoReturn:
    """Raises an exception whose str is a gigabyte."""
    raise Long


class Changeling(Exception):
    """An exception with a false class and a false traceback."""

    @property  # type: ignore[misc]  # it lies
    def __class__(self) -> type:
        raise RuntimeError("no class")

    @property
    def __traceback__(self) -> Any:  # type: ignore[override]  # it lies
        raise RuntimeError("no traceback")

    def __getattr__(self, name: str) -> NoReturn:
        raise RuntimeError(f"no {name}")


@hostile()
def raises_an_exception_that_lies(_: object) -> NoReturn:
    """Raises an exception whose attributes raise."""
    raise Changeling


class Prickly:
    """Raises an error whatever is done with it."""

    def _raise(self, *_: object, **__: object) -> NoReturn:
        raise RuntimeError("do not touch")

    __str__ = __repr__ = __eq__ = __ne__ = __hash__ = __bool__ = __len__ = __iter__ = __lt__ = _raise
    __getattr__ = __call__ = __reduce_ex__ = __format__ = __dir__ = _raise

    @property  # type: ignore[misc]  # it raises
    def __class__(self) -> type:
        raise RuntimeError("do not ask")


@hostile(others="holds deviates", when="always")
def an_object_that_raises(_: object) -> object:
    """Returns an object that raises from each of its methods."""
    return Prickly()


class Bolting(Prickly):
    """Raises SystemExit whatever is done with it."""

    def _leave(self, *_: object, **__: object) -> NoReturn:
        raise SystemExit(0)

    __str__ = __repr__ = __eq__ = __ne__ = __hash__ = __bool__ = __len__ = __iter__ = __lt__ = _leave
    __getattr__ = __call__ = __reduce_ex__ = __format__ = __dir__ = _leave


@hostile(others="holds deviates", when="always")
def an_object_that_exits(_: object) -> object:
    """Returns an object that raises SystemExit from each of its methods."""
    return Bolting()


class Talkative:
    """Has a repr of half a gigabyte."""

    def __repr__(self) -> str:
        return "y" * (1 << 29)


@hostile()
def an_object_with_a_huge_repr(_: object) -> object:
    """Returns an object whose repr is half a gigabyte."""
    return Talkative()


@hostile()
def endless_recursion(honest: object) -> object:
    """Calls itself until the stack overflows."""
    return endless_recursion(honest)


@hostile()
def raises_a_chain_that_is_a_circle(_: object) -> NoReturn:
    """Raises an exception that is its own cause, through a chain of a hundred thousand."""
    first = last = ValueError("first")
    for _number in range(100_000):
        following = ValueError()
        last.__cause__ = following
        last = following
    last.__cause__ = first
    raise first


@hostile("gap")
def raises_the_suites_own_gap(_: object) -> NoReturn:
    """Raises the suite's own Gap, so that its faults do not count."""
    raise sys.modules["conformance.errors"].Gap("not my fault")
