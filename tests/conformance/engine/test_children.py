"""Children wait for the next block of their series, but not too many of them, and not for ever."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.engine.children import MOST_WAITING, Children


class Idle:
    """In place of a child: records that it is ended."""

    def __init__(self, name: str, ended: list[str]) -> None:
        self.name = name
        self.ended = ended

    def close(self) -> None:
        """Record the end."""
        self.ended.append(self.name)


class NoTimer:
    """In place of the timer: never goes off."""

    daemon = False

    def __init__(self, *_: object) -> None:
        pass

    def start(self) -> None:
        """Do nothing."""

    def cancel(self) -> None:
        """Do nothing."""


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401 - takes stand-ins in place of workers
    """No children, and no timer that ends them."""
    monkeypatch.setattr("threading.Timer", NoTimer)
    return Children()


def test_a_child_goes_on_with_its_series(children: Any) -> None:  # noqa: ANN401 - see above
    """A child of another series has another implementation."""
    ended: list[str] = []
    children.give_back("a", Idle("a", ended))
    children.give_back("b", Idle("b", ended))

    assert children.take("b", lambda: Idle("new", ended)).name == "b"
    assert children.take("b", lambda: Idle("new", ended)).name == "new"
    assert children.take("a", lambda: Idle("new", ended)).name == "a"
    assert ended == []


def test_the_one_that_has_waited_longest_makes_room(children: Any) -> None:  # noqa: ANN401 - see above
    """Each takes memory of the machine."""
    ended: list[str] = []
    for number in range(MOST_WAITING + 2):
        children.give_back(str(number), Idle(str(number), ended))

    assert ended == ["0", "1"]


def test_the_end_of_a_series_ends_its_children(children: Any) -> None:  # noqa: ANN401 - see above
    """Those of other series wait on, until everything ends."""
    ended: list[str] = []
    for series in ("a", "b", "a"):
        children.give_back(series, Idle(series, ended))

    children.end("a")
    assert ended == ["a", "a"]
    children.end()
    assert ended == ["a", "a", "b"]
