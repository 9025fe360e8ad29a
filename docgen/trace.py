"""What an answer rests on: the questions that were put to the library on the way to it, and what was noticed there.

Facts are numbered, and a set of facts is the bits of one integer: to join two sets costs next to nothing. Whoever keeps
an answer keeps its facts beside it, and hands both on when asked again. So each answer knows all that it rests on,
however often parts of it were found long before.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """Not a fact but a warning: an answer was asked for while it was being found, so what came depends on the order."""

    number: int


class Trace:
    """The facts of one build, and those that the answer now being found rests on."""

    def __init__(self) -> None:
        self.facts: list[object] = []
        self.current = 0
        self._numbers: dict[object, int] = {}

    def bit(self, fact: object) -> int:
        """Return the one bit that stands for a fact."""
        number = self._numbers.get(fact)
        if number is None:
            number = self._numbers[fact] = len(self.facts)
            self.facts.append(fact)
        return 1 << number

    def add(self, fact: object) -> None:
        """Note that the current answer rests on a fact."""
        self.current |= self.bit(fact)

    def begin(self) -> int:
        """Start on an answer inside another one; return what `end` wants."""
        outer, self.current = self.current, 0
        return outer

    def warn(self, warning: int) -> int:
        """Note that an answer was asked for while it was being found.

        Parameters:
            warning: What was returned when that happened before, else 0.

        Returns:
            The bit of the warning. What asked keeps it; the answer itself is the same in any order.
        """
        warning = warning or self.bit(Cycle(number=len(self.facts)))
        self.current |= warning
        return warning

    def end(self, outer: int, warning: int = 0) -> int:
        """Return what the inner answer rests on, but for a warning about itself; the outer one then rests on it too."""
        inner = self.current = self.current & ~warning
        self.current |= outer
        return inner

    def among(self, facts: int) -> Iterator[object]:
        """Yield the facts of a set, in the order in which they were first met."""
        while facts:
            lowest = facts & -facts
            yield self.facts[lowest.bit_length() - 1]
            facts ^= lowest


class Memo(Generic[K, V]):
    """Answers that are kept, each with what it rests on.

    Parameters:
        trace: Of the build.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._kept: dict[K, tuple[V, int]] = {}
        self._warnings: dict[K, int] = {}
        """Of the answers that are being found: 0, or the bit that marks what asked for them meanwhile."""

    def get(self, key: K, find: Callable[[], V], *, meanwhile: Callable[[], V] | None = None) -> V:
        """Return the answer to a key, found at the first time.

        Parameters:
            key: What is asked for.
            find: Finds it.
            meanwhile: Gives what is answered while it is being found, if it may be asked for then.
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
        """Return True if the answer to a key was found."""
        return key in self._kept

    def values(self) -> Iterator[V]:
        """Yield the answers that there are."""
        return (value for value, _ in self._kept.values())

    def clear(self) -> None:
        """Forget all answers."""
        self._kept.clear()
