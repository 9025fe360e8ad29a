"""Measure the reference implementation against a release of the SDK, in one run on one machine.

    python bench/template.py [--sdk NAME==VERSION] [--python INTERPRETER] [--rounds N]

Each figure is the best of several rounds, which alternate between a process of the reference and one of the SDK (in an
environment of its own, or that of `--python`). It prints one JSON object: for each figure both values (with the unit in
its name), their ratio, the largest allowed ratio, and whether it is kept. The exit code is 1 if one is not.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

SDK = "flyte==2.12.1"
"""The release that the budgets refer to."""

ROOT = Path(__file__).resolve().parent.parent

ENVIRONMENTS = ROOT / "build" / "bench"
"""Folder of the environments of releases, which are created once."""

IMPORT = "import time; start = time.perf_counter(); import {package}; print(time.perf_counter() - start)"

BODY = """
import asyncio, contextlib, gc, json, sys, threading, time, timeit
from typing import Dict, List, Optional

side = sys.argv[1]
if side == "reference":
    import reference_impl
    reference_impl.install("flyte")
import flyte
from flyte import models, report

env = flyte.TaskEnvironment("bench", env_vars={"A": "b"}, resources=flyte.Resources(cpu=1))

@env.task(retries=2)
def task(x: int, y: float = 2.0, name: Optional[str] = None, items: List[int] = [], table: Dict[str, int] = {}) -> int:
    return x

class Link:
    name, icon_uri = "l", ""

    def get_link(self, **known):
        return ""

each = [
    {"short_name": "s"}, {"resources": flyte.Resources(cpu=2)}, {"cache": "disable"}, {"retries": 3}, {"timeout": 5},
    {"env_vars": {"C": "d"}}, {"secrets": ["k"]}, {"max_inline_io_bytes": 5}, {"pod_template": "p"}, {"queue": "q"},
    {"interruptible": True}, {"links": (Link(),)},
]

def override_each():
    for changes in each:
        task.override(**changes)

def best(call, number):
    return min(timeit.repeat(call, number=number, repeat=9, timer=time.process_time)) / number * 1e6

context = models.TaskContext(
    action=models.ActionID(name="action", run_name="run"),
    version="v1",
    raw_data_path=models.RawDataPath(path="raw"),
    output_path="out",
    run_base_dir="base",
    report=report.Report("report"),
)
if side == "reference":
    from reference_impl.task.context import Context, inside
    within = lambda: inside(Context(task_context=context))
else:
    from flyte._context import Context, internal_ctx
    within = lambda: Context(internal_ctx().data.replace(task_context=context))

async def thousand():
    with within():
        start = time.perf_counter()
        await asyncio.gather(*(task.execute(x=n) for n in range(1000)))
        return time.perf_counter() - start

before = threading.active_count()
seconds = min(asyncio.run(thousand()) for _ in range(3))
bare = task.func
print(json.dumps({
    "override_us": best(lambda: task.override(retries=3, queue="q"), 2000),
    "override_nothing_us": best(task.override, 2000),
    "override_each_us": best(override_each, 200) / len(each),
    "call_overhead_us": best(lambda: task(1), 20000) - best(lambda: bare(1), 20000),
    "json_schema_us": best(lambda: task.json_schema, 1000),
    "execute_1000_seconds": seconds,
    "threads_left": threading.active_count() - before,
}))
"""


class Budget(NamedTuple):
    """A figure and the largest ratio of the reference's value to the SDK's."""

    figure: str
    largest_ratio: float


BUDGETS = (
    Budget("import_seconds", 1 / 6),
    Budget("override_us", 1 / 3),
    Budget("override_nothing_us", 1 / 3),
    Budget("override_each_us", 1 / 3),
    Budget("call_overhead_us", 0.75),
    Budget("json_schema_us", 1 / 5),
    Budget("execute_1000_seconds", 1.0),
)


def environment_of(requirement: str) -> Path:
    """Return the interpreter of an environment with one distribution, which is created if necessary."""
    home = ENVIRONMENTS / requirement
    python = home / "bin" / "python"
    if not (home / "ready").is_file():
        subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", requirement], check=True)
        (home / "ready").touch()
    return python


def ask(python: Path, *arguments: str) -> str:
    """Return the output of a program in the environment of an interpreter, without its warnings."""
    answer = subprocess.run(
        [python, "-W", "ignore", "-c", *arguments], capture_output=True, text=True, cwd=ROOT, check=False
    )
    if answer.returncode:
        raise SystemExit(f"{python}: the measured program failed:\n{answer.stderr[-2000:]}")
    return answer.stdout.strip().splitlines()[-1]


def round_of(python: Path, side: str, package: str) -> dict[str, float]:
    """Return every figure of one side, measured once."""
    seconds = min(float(ask(python, IMPORT.format(package=package))) for _ in range(3))
    figures: dict[str, float] = json.loads(ask(python, BODY, side))
    return {"import_seconds": seconds, **figures}


def measure(sdk: Path, rounds: int) -> dict[str, dict[str, float]]:
    """Return the best of each figure by side; the sides alternate, so that both see the same machine."""
    sides = {"reference": (Path(sys.executable), "reference_impl"), "sdk": (sdk, "flyte")}
    best: dict[str, dict[str, float]] = {}
    for _ in range(rounds):
        for side, (python, package) in sides.items():
            found = round_of(python, side, package)
            known = best.setdefault(side, found)
            best[side] = {figure: min(value, known[figure]) for figure, value in found.items()}
    return best


def main() -> int:
    """Print the figures; return 1 if a budget is not kept or a thread is left."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--sdk", default=SDK, help="the release to measure against, NAME==VERSION")
    options.add_argument("--python", type=Path, help="an interpreter that has the release")
    options.add_argument("--rounds", type=int, default=5, help="how often each side is measured")
    given = options.parse_args()
    best = measure(given.python or environment_of(given.sdk), given.rounds)
    figures = {}
    for figure, largest in BUDGETS:
        ours, theirs = best["reference"][figure], best["sdk"][figure]
        figures[figure] = {
            "reference": round(ours, 4),
            "sdk": round(theirs, 4),
            "ratio": round(ours / theirs, 3),
            "largest_ratio": round(largest, 3),
            "kept": ours <= theirs * largest,
        }
    left = {side: int(best[side]["threads_left"]) for side in best}
    print(json.dumps({"sdk": given.sdk, "figures": figures, "threads_left": left}, indent=1))
    return 0 if all(found["kept"] for found in figures.values()) and not left["reference"] else 1


if __name__ == "__main__":
    sys.exit(main())
