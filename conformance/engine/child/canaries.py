"""Properties that must deviate: each tests a planted fault, and the judge of the rules judges it.

If one of them holds, the suite no longer finds faults in this process, and the rules that hold there prove nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from conformance.engine.properties import (
    calling,
    check,
    check_equal,
    check_instance,
    check_same,
    expect_raises,
    run_async,
)

CANARY = "canary-"
"""Prefix of the ids of their rules. A number follows, from 0."""


class Planted:
    """An implementation in which everything is wrong."""

    def number(self) -> int:
        """Return 5 where 4 is expected."""
        return 5

    def text(self) -> object:
        """Return a number where a string is expected."""
        return 4

    def record(self) -> dict[str, list[int]]:
        """Return a wrong number, two levels deep."""
        return {"a": [1, 3]}

    def accept(self) -> None:
        """Accept what should be refused."""

    def fail(self) -> None:
        """Raise an exception where none is expected."""
        raise LookupError("planted")

    async def later(self) -> int:
        """Return 5 where 4 is expected."""
        return 5


class Canaries:
    """The properties, and the number that the parent expects in their messages."""

    def __init__(self) -> None:
        self.salt = 0
        self._planted = Planted()

    def properties(self) -> Mapping[str, list[Callable[..., object]]]:
        """Return them by the ids of their rules."""
        found: tuple[Callable[..., object], ...] = (
            *(self._of_equality, self._of_class, self._of_identity, self._of_condition, self._of_records),
            *(self._of_refusal, self._of_failure, self._of_waiting, self._drawn()),
        )
        return {f"{CANARY}{number}": [one] for number, one in enumerate(found)}

    def _what(self) -> str:
        return f"the planted fault {self.salt}"

    def _of_equality(self, _impl: Any) -> None:
        check_equal(self._planted.number(), 4, self._what())

    def _of_class(self, _impl: Any) -> None:
        check_instance(self._planted.text(), str, self._what())

    def _of_identity(self, _impl: Any) -> None:
        check_same(self._planted.record(), self._planted.record(), self._what())

    def _of_condition(self, _impl: Any) -> None:
        check(self._planted.number() < len("four"), self._what())

    def _of_records(self, _impl: Any) -> None:
        check_equal(sorted(self._planted.record().items()), [("a", [1, 2])], self._what())

    def _of_refusal(self, _impl: Any) -> None:
        with expect_raises(LookupError, self._what()):
            self._planted.accept()

    def _of_failure(self, _impl: Any) -> None:
        with calling(self._what()):
            self._planted.fail()

    def _of_waiting(self, _impl: Any) -> None:
        check_equal(run_async(self._planted.later), 4, self._what())

    def _drawn(self) -> Callable[[Any], None]:
        @settings(phases=[Phase.explicit], database=None, deadline=None)
        @given(expected=st.integers())
        @example(expected=4)
        def of_drawing(impl: Any, expected: int) -> None:  # noqa: ARG001 - its name is how it is passed
            check_equal(self._planted.number(), expected, self._what())

        return of_drawing
