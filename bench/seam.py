"""What it costs to give work to an executor as units, as JSON: python -m bench.seam [RUNS].

Two figures. The share of a default run of the reference implementation that the command's own process uses: it chooses
units, hands them over, takes in and writes down what comes back. And the most memory that this needs for few units
and for many, with units that return a canned answer at once.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

from conformance.engine import drive
from conformance.engine.blocks import Block, Hello, Line, Piece, Series
from conformance.engine.children import end_processes
from conformance.engine.contract import find_contract
from conformance.engine.journal import Journal
from conformance.engine.rules import Rule
from conformance.engine.targets import Target
from conformance.engine.verdicts import Result, Verdict
from docgen.work import LOCAL, opened

SERIES = (10, 100, 300)
"""How many implementations are judged by all rules, each rule a unit."""


def canned(unit: Piece) -> bytes:
    """Return at once what a block of rules that hold returns."""
    series = unit.series
    if not isinstance(unit, Block):
        return series.encoded(Line())
    lines = [Line(hello=Hello(version="1"))]
    lines += [
        Line(result=Result(rule=rule.id, verdict=Verdict.HOLDS, examples=100), seconds=0.1) for rule in unit.rules
    ]
    return b"".join(map(series.encoded, lines))


def driven(series: int, rules: Sequence[Rule], journal: Path) -> dict[str, object]:
    """Return the time and the peak of memory that many units take which do nothing."""
    contract = find_contract("task_template")

    def waiting() -> Iterator[tuple[Series, Sequence[Rule]]]:
        for seed in range(series):
            target = Target(text="reference_impl", adapter="none:Adapter")
            yield Series(contract=contract, target=target, examples=100, seed=seed, limit_seconds=10), rules

    work = waiting()
    run = drive.Drive(waiting=lambda: next(work, None), journal=Journal(journal), verdicts=series * len(rules))
    started = time.process_time()
    with opened(LOCAL, 2, end_processes=end_processes) as pool:
        deque(run.judged(pool), maxlen=0)
    took = time.process_time() - started
    return {
        "units": series * len(rules),
        "cpu_seconds": round(took, 2),
        "microseconds_per_unit": round(took / (series * len(rules)) * 1e6),
    }


def peak(series: int, rules: Sequence[Rule], journal: Path) -> int:
    """Return the most memory that was allocated at one time meanwhile, in KiB."""
    tracemalloc.start()
    driven(series, rules, journal)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return round(most / 1024)


IN_THIS_PROCESS = """
import json, resource, sys
from conformance.command.cli import conformance
began = resource.getrusage(resource.RUSAGE_SELF)
try:
    conformance(["run", "reference_impl", "--out", sys.argv[1]], standalone_mode=False)
finally:
    used, below = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    own = used.ru_utime + used.ru_stime - began.ru_utime - began.ru_stime
    print(json.dumps([own, below.ru_utime + below.ru_stime, used.ru_maxrss]), file=sys.stderr)
"""
"""Runs the command, and prints the CPU seconds of this process and of those below it."""


def share_of_a_run() -> dict[str, float]:
    """Return the CPU seconds of a default run: of the command's own process, of all others, and its size in MiB."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", IN_THIS_PROCESS, str(Path(folder) / "report.json")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=True,
        )
    own, others, size = json.loads(done.stderr.splitlines()[-1])
    return {
        "own_cpu_seconds": round(own, 2),
        "other_cpu_seconds": round(others, 2),
        "share": round(own / (own + others), 4),
        "own_mib": round(size / 1024),
    }


if __name__ == "__main__":
    runs = [share_of_a_run() for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 1)]
    drive.run_unit = canned  # type: ignore[attr-defined]  # imported there, and replaced here
    every = [rule for rule in find_contract("task_template").rules.values() if "strict" in rule.profiles]
    with tempfile.TemporaryDirectory() as scratch:
        lines = Path(scratch) / "run.jsonl"
        units = [{**driven(count, every, lines), "peak_kib": peak(count, every, lines)} for count in SERIES]
    print(
        json.dumps({"share": statistics.median(one["share"] for one in runs), "runs": runs, "units": units}, indent=2)
    )
