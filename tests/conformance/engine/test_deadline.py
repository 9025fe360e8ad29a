"""A limit applies to the time that an implementation needs, not to other load of the machine."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import pytest

from conformance.engine import deadline
from conformance.engine.deadline import MOST_STRETCH, Deadline, starved_seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """The time, and how long the process has waited for a core, both set by the test."""
    now = {"time": 100.0, "starved": 7.0}
    monkeypatch.setattr(deadline, "monotonic", lambda: now["time"])
    monkeypatch.setattr(deadline, "starved_seconds", lambda _: now["starved"])
    return now


def test_an_idle_machine_grants_the_limit(clock: dict[str, float]) -> None:
    """After the limit, the time is up."""
    waiting = Deadline(10)

    assert waiting.seconds_left() == 10
    clock["time"] += 9
    assert waiting.seconds_left() == 1
    clock["time"] += 1
    assert waiting.seconds_left() == 0


def test_time_without_a_core_does_not_count(clock: dict[str, float]) -> None:
    """Time that other processes took is added, up to a multiple of the limit."""
    waiting = Deadline(10)
    clock["time"] += 12
    clock["starved"] += 5

    assert waiting.seconds_left() == 3
    clock["starved"] += 1000
    assert waiting.seconds_left() == 10 * MOST_STRETCH - 12
    clock["time"] += 1000
    assert waiting.seconds_left() == 0


def test_a_thread_that_ended_takes_nothing_away(clock: dict[str, float]) -> None:
    """The system no longer counts its waits."""
    waiting = Deadline(10)
    clock["starved"] = 0
    clock["time"] += 9.5

    assert waiting.seconds_left() == 0.5
    clock["time"] += 1
    assert waiting.seconds_left() == 0


def test_the_system_says_how_long_a_process_waited() -> None:
    """Never negative, never decreasing for a process of one thread, 0 for a missing process."""
    seen = [starved_seconds(os.getpid()) for _ in range(3)]

    assert all(0 <= before <= after for before, after in itertools.pairwise(seen))
    assert starved_seconds(2**30) == 0


def test_another_process_can_be_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of its waiting counts, because it began with the limit."""
    monkeypatch.setattr(deadline, "starved_seconds", lambda pid: {1: 5.0, 2: 3.0}[pid])
    monkeypatch.setattr(deadline, "monotonic", iter([0.0, 12.0, 12.0]).__next__)
    limit = Deadline(10.0, pid=1)
    assert limit.seconds_left() == 0

    limit.follow(2)

    assert limit.seconds_left() == 1.0


def shown(proc: Path, pid: int, waited: str, children: str = "") -> None:
    """Write the files with which Linux describes a process of one thread."""
    task = proc / str(pid) / "task" / str(pid)
    task.mkdir(parents=True)
    (task / "schedstat").write_text(waited)
    (task / "children").write_text(children)


def test_workers_count_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that waits for its pool waits as long as the pool does; an ended process counts nothing."""
    monkeypatch.setattr(deadline, "PROCESSES", tmp_path)
    shown(tmp_path, 1, "5 1000000000 3\n", "2 3 4 ")
    shown(tmp_path, 2, "5 2000000000 3\n")
    shown(tmp_path, 3, "odd")

    assert starved_seconds(1) == 3.0


def test_thousands_of_processes_are_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search stops early, so that an implementation that starts thousands does not delay the judge."""
    monkeypatch.setattr(deadline, "PROCESSES", tmp_path)
    shown(tmp_path, 1, "0 1000000000 0\n", "1 1 ")

    assert starved_seconds(1) == deadline.MOST_PROCESSES


def test_waits_that_are_no_longer_reported_stay_granted(clock: dict[str, float]) -> None:
    """A worker may end between two measurements."""
    waiting = Deadline(10)
    clock["time"] += 12
    clock["starved"] += 5
    assert waiting.seconds_left() == 3

    clock["starved"] -= 4

    assert waiting.seconds_left() == 3
