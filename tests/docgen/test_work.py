"""Units run on any executor: none is lost or runs twice, and one that ends its process is abandoned."""

from __future__ import annotations

import importlib.util
import os
import signal
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from docgen.errors import ExecutorError, SettingError
from docgen.progress import Progress
from docgen.work import CLUSTER, LOCAL, LOST, TRIES, Done, opened, run_units

NEEDS_CLUSTER = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="distributed is not installed: assay[distributed]"
)


@dataclass(frozen=True)
class Step:
    """A unit that leaves a mark and returns its number; it may end its process first."""

    number: int
    folder: str = ""
    deaths: int = 0
    """How many processes it ends before it succeeds."""

    @property
    def key(self) -> str:
        """Its number."""
        return str(self.number)


def run_step(step: Step) -> int:
    """Run a unit in a worker process."""
    if step.folder:
        marks = [path for path in Path(step.folder).iterdir() if path.name.startswith(f"{step.number}-")]
        (Path(step.folder) / f"{step.number}-{len(marks)}").touch()
        if len(marks) < step.deaths:
            os.kill(os.getpid(), signal.SIGKILL)
    return step.number


def taken_from(steps: Iterator[Step]) -> Callable[[], Step | None]:
    """Return a function that returns the next unit."""
    return lambda: next(steps, None)


@pytest.mark.parametrize("executor", [LOCAL, pytest.param(CLUSTER, marks=[NEEDS_CLUSTER, pytest.mark.thorough])])
def test_a_lost_worker_costs_a_retry_and_no_result(tmp_path: Path, executor: str) -> None:
    """One unit ends its process once and then succeeds, another always does; each is returned once."""
    deaths = {3: 1, 5: 99}
    steps = iter([Step(number, str(tmp_path), deaths.get(number, 0)) for number in range(8)])

    with opened(executor, 2) as pool:
        found = list(run_units(taken_from(steps), run_step, pool))

    assert sorted((one.unit.number, one.result, one.lost) for one in found) == [
        (number, None if number == 5 else number, LOST if number == 5 else "") for number in range(8)
    ]
    # A broken pool of processes ends its other units too, so each may have begun one more time.
    assert len(list(tmp_path.glob("3-*"))) in {2, 3}
    assert len(list(tmp_path.glob("5-*"))) in {3, 4}


def test_a_unit_is_not_blamed_for_the_workers_that_others_ended(tmp_path: Path) -> None:
    """Four units of a pool end their processes twice each: all succeed, because none did so three times."""
    steps = iter([Step(number, str(tmp_path), TRIES - 1) for number in range(4)])

    with opened(LOCAL, 4) as pool:
        found = list(run_units(taken_from(steps), run_step, pool))

    assert sorted(one.unit.number for one in found if not one.lost) == list(range(4))


def test_memory_does_not_grow_with_the_number_of_units() -> None:
    """Ten times as many units need the same memory."""

    def peak(number: int) -> int:
        steps = (Step(each) for each in range(number))
        tracemalloc.start()
        with opened(LOCAL, 2, end_processes=lambda: None) as pool:
            assert sum(one.result is not None for one in run_units(taken_from(steps), run_step, pool)) == number
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(100)

    assert peak(2_000) < 1.5 * peak(200) + 20_000


def test_no_more_units_are_out_than_run() -> None:
    """The next unit starts when one is done, so it can depend on that result."""
    taken: list[int] = []
    done: list[Done[Step, int]] = []

    def take() -> Step | None:
        taken.append(len(done))
        return Step(len(taken)) if len(taken) <= 6 else None

    with opened(LOCAL, 2, end_processes=lambda: None) as pool:
        for one in run_units(take, run_step, pool):
            done.append(one)
            assert len(taken) - len(done) <= 2

    assert len(done) == 6


@pytest.mark.parametrize("name", ["spark", "dask:8786", "dask//x"])
def test_an_unknown_executor_is_wrong_use(name: str) -> None:
    """The message lists the known ones."""
    with pytest.raises(SettingError, match=r"Give local, dask or dask://HOST:8786"), opened(name, 1):
        pass


@NEEDS_CLUSTER
def test_a_scheduler_that_does_not_answer_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what to start."""
    monkeypatch.setattr("docgen.work.CONNECT_SECONDS", 0.5)

    with pytest.raises(ExecutorError, match="no scheduler answers there"), opened("dask://127.0.0.1:9", 1):
        pass


def test_progress_says_how_many_and_how_long() -> None:
    """There is no estimate at first or after the last; time and work before the line was first shown do not count."""
    progress = Progress(things="releases", total=4, _first=(0, 0.0))

    assert progress.line("sdk", 0, 9.0) == "sdk: 0/4 releases"
    assert progress.line("sdk", 1, 3000.0) == "sdk: 1/4 releases, 2 h 30 min left"
    assert progress.line("sdk", 4, 9.0) == "sdk: 4/4 releases"
    assert Progress(things="releases", total=9, _first=(5, 100.0)).line("sdk", 6, 110.0).endswith(", 30 s left")
