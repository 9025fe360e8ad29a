"""Records what an answer depends on: the questions to the library that it needed, and the observations on the way.

Facts are numbered, and a set of facts is the bits of one integer, so joining two sets costs next to nothing. A cached
answer is stored with its facts, and both are passed on when it is used again. So each answer knows everything that it
depends on, even if parts of it were found long before.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """A warning, not a fact: an answer was requested while it was being found, so the result depends on the order."""

    number: int


class Trace:
    """The facts of one build, and those that the answer currently being found depends on."""

    def __init__(self) -> None:
        self.facts: list[object] = []
        self.current = 0
        self._numbers: dict[object, int] = {}

    def bit(self, fact: object) -> int:
        """Return the bit of a fact."""
        number = self._numbers.get(fact)
        if number is None:
            number = self._numbers[fact] = len(self.facts)
            self.facts.append(fact)
        return 1 << number

    def add(self, fact: object) -> None:
        """Record that the current answer depends on a fact."""
        self.current |= self.bit(fact)

    def begin(self) -> int:
        """Start an answer inside another one; return the argument for `end`."""
        outer, self.current = self.current, 0
        return outer

    def warn(self, warning: int) -> int:
        """Record that an answer was requested while it was being found.

        Parameters:
            warning: The previous result for the same answer, 0 the first time.

        Returns:
            The bit of the warning. The answer that made the request keeps it; the requested one is the same in any
            order.
        """
        warning = warning or self.bit(Cycle(number=len(self.facts)))
        self.current |= warning
        return warning

    def end(self, outer: int, warning: int = 0) -> int:
        """Return the facts of the inner answer, except a warning about itself, and add them to the outer answer."""
        inner = self.current = self.current & ~warning
        self.current |= outer
        return inner

    def among(self, facts: int) -> Iterator[object]:
        """Yield the facts of a set, in the order in which they were first recorded."""
        while facts:
            lowest = facts & -facts
            yield self.facts[lowest.bit_length() - 1]
            facts ^= lowest


class Memo(Generic[K, V]):
    """Cached answers, each with the facts that it depends on.

    Parameters:
        trace: The trace of the build.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._kept: dict[K, tuple[V, int]] = {}
        self._warnings: dict[K, int] = {}
        """For each answer that is being found: 0, or the bit of the warning if it was requested meanwhile."""

    def get(self, key: K, find: Callable[[], V], *, meanwhile: Callable[[], V] | None = None) -> V:
        """Return the answer for a key, which is found on first use.

        Parameters:
            key: The question.
            find: Finds the answer.
            meanwhile: Returns a provisional answer for requests while the real one is being found, if there may be any.
        """
        kept = self._kept.get(key)
        if kept is not None:
            self._trace.current |= kept[1]
            return kept[0]
        if meanwhile is not None and key in self._warnings:
            self._warnings[key] = self._trace.warn(self._warnings[key])
            return meanwhile()
        self._warnings[key] = 0
        outer = self._trace.begin()
        facts = 0
        try:
            value = find()
        finally:
            facts = self._trace.end(outer, self._warnings.pop(key))
        self._kept[key] = (value, facts)
        return value

    def __contains__(self, key: K) -> bool:
        """Return True if the answer for a key was found."""
        return key in self._kept

    def values(self) -> Iterator[V]:
        """Yield all answers found so far."""
        return (value for value, _ in self._kept.values())

    def clear(self) -> None:
        """Forget all answers."""
        self._kept.clear()
