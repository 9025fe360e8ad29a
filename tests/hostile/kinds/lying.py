"""Kinds whose results lie about what they are."""

from __future__ import annotations

import itertools
import random

from tests.hostile.form import hostile


class Everything:
    """Is equal to everything, is true, and has every attribute."""

    def __eq__(self, other: object) -> bool:
        return True

    def __ne__(self, other: object) -> bool:
        return False

    __hash__ = None  # type: ignore[assignment]  # as Python does where only __eq__ is defined

    def __iter__(self) -> object:
        return iter(())

    def __getattr__(self, name: str) -> object:
        return Everything()


class ClassLiar(Everything):
    """Says that it is an int."""

    @property  # type: ignore[misc]  # it lies
    def __class__(self) -> type:
        return int


class LyingText(str):
    """A string that is equal to everything."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


class LyingNumber(int):
    """An integer that is equal to everything."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


class LyingRecord(dict[str, object]):
    """A dictionary that hides its contents."""

    def items(self) -> object:  # type: ignore[override]  # it lies
        return Everything()

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = None


@hostile(others="holds deviates", when="always", is_quick=True)
def none_for_everything(_: object) -> object:
    """Returns None from everything."""
    return None


@hostile("deviates holds", others="holds deviates", when="always")
def equal_to_everything(_: object) -> object:
    """Returns an object that is equal to everything."""
    return Everything()


@hostile("deviates holds", others="holds deviates", when="always")
def lies_about_its_class(_: object) -> object:
    """Returns an object that is equal to everything and says that it is an integer."""
    return ClassLiar()


@hostile("deviates", others="holds deviates", when="always")
def a_lying_string(_: object) -> object:
    """Returns a string that is equal to everything."""
    return LyingText()


@hostile("deviates holds", others="holds deviates", when="always")
def a_lying_number(_: object) -> object:
    """Returns an integer that is equal to everything."""
    return LyingNumber()


@hostile("deviates", others="holds deviates", when="always")
def a_lying_dictionary(_: object) -> object:
    """Returns a dictionary that is equal to everything."""
    return LyingRecord()


_calls = itertools.count()


@hostile("holds deviates breakdown", others="holds deviates breakdown", when="always")
def another_answer_each_time(honest: object) -> object:
    """Gives the right answer every second time."""
    return honest if next(_calls) % 2 else None


@hostile("holds deviates breakdown", others="holds deviates breakdown", when="always")
def right_at_random(honest: object) -> object:
    """Gives a wrong answer one time in ten, at random."""
    return honest if random.SystemRandom().random() > 0.1 else None


@hostile("holds", others="holds gap deviates", claims="extra")
def claims_what_it_lacks(honest: object) -> object:
    """Claims a capability that it does not have."""
    return honest
