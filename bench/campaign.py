"""Simulate a campaign on clusters of several sizes, from the seconds in its journal, and print the figures as JSON.

    python -m bench.campaign build/campaign/campaign.jsonl [START_SECONDS]

Each series is divided into blocks as in `conformance.engine.drive`, and a block goes to the first free worker, as with
a scheduler. A worker that gets a block of a series for the first time starts a child, which takes START_SECONDS
(default: 2). The figures are the total time, the number of units, the longest one, and the share of the workers' time
that is spent on starting children or on waiting for the last unit.
"""

from __future__ import annotations

import heapq
import json
import sys
from collections import defaultdict
from pathlib import Path

import msgspec

from conformance.engine.blocks import Line
from conformance.engine.drive import BLOCKS_PER_WORKER, MOST_EXAMPLES
from conformance.engine.worker import BUDGETS

WORKERS = (1, 2, 4, 16, 64)


def seconds_in(path: Path) -> dict[str, list[float]]:
    """Return how long each verdict took, by series."""
    found: dict[str, list[float]] = defaultdict(list)
    with path.open("rb") as file:
        for raw in file:
            line = msgspec.json.decode(raw, type=Line)
            if line.result is not None:
                found[line.series].append(line.seconds)
    return found


def simulated(series: dict[str, list[float]], workers: int, start: float) -> dict[str, object]:
    """Return the figures for a number of workers."""
    verdicts = sum(map(len, series.values()))
    size = min(MOST_EXAMPLES // BUDGETS["default"], max(1, verdicts // (BLOCKS_PER_WORKER * workers)))
    units = []
    for key, seconds in series.items():
        blocks = -(-len(seconds) // size)
        units += [(key, sum(seconds[first::blocks])) for first in range(blocks)]
    free = [(0.0, number) for number in range(workers)]
    started: set[tuple[int, str]] = set()
    for key, took in units:
        at, number = free[0]
        extra = 0.0 if (number, key) in started else start
        started.add((number, key))
        heapq.heapreplace(free, (at + extra + took, number))
    work = sum(took for _, took in units)
    end = max(at for at, _ in free)
    return {
        "workers": workers,
        "units": len(units),
        "longest_unit_seconds": round(max(took for _, took in units), 1),
        "children_started": len(started),
        "seconds": round(end, 1),
        "times_faster": round((work + start * len(series)) / end, 1),
        "overhead": round(1 - work / (end * workers), 3),
    }


if __name__ == "__main__":
    if len(sys.argv) == 1:
        print(json.dumps({"skipped": "name the journal of a campaign: build/campaign/campaign.jsonl"}))
        sys.exit()
    recorded = seconds_in(Path(sys.argv[1]))
    start_seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 2.0  # noqa: PLR2004 - the arguments that there are
    figures = [simulated(recorded, workers, start_seconds) for workers in WORKERS]
    print(json.dumps({"verdicts": sum(map(len, recorded.values())), "runs": figures}, indent=2))
