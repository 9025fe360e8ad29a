"""Measure the share of a full build that the evaluation budget costs: python -m bench.budget_share TARGET [--pairs N].

Builds with and without the budget alternate, each in a process of its own, and their CPU seconds are compared pair by
pair, which cancels out the other load of the machine. Without the budget nothing is counted and no limit is checked.
"""

from __future__ import annotations

import argparse
import ast
import gc
import json
import os
import statistics
import tempfile
from pathlib import Path
from typing import NoReturn

from docgen.command.making import Run, make, write
from docgen.job import Job
from docgen.runtime.budget import Budget, Meter, written
from docgen.runtime.evaluate import Evaluator
from docgen.runtime.notes import Notes
from docgen.runtime.values import Opaque, Scope, Value


def value(self: Evaluator, node: ast.expr, scope: Scope) -> Value:
    """Return the value of an expression like the evaluator, without counting."""
    handler = self._HANDLERS.get(type(node))
    found = handler(self, node, scope) if handler else None
    return Opaque(text=written(node)) if found is None else found


def switch_off() -> None:
    """Remove the budget in this process."""
    Evaluator._value = value  # type: ignore[method-assign] # noqa: SLF001 - every expression passes there
    Evaluator.evaluate = value  # type: ignore[method-assign]
    Budget.charge = lambda *_: None  # type: ignore[method-assign]
    Budget.refuse = lambda *_: None  # type: ignore[method-assign]
    Notes.shows = lambda *_: True  # type: ignore[method-assign]
    Meter.shows = lambda *_: True  # type: ignore[method-assign]


def seconds(target: str, *, has_budget: bool) -> float:
    """Return the CPU seconds of one build in a process of its own."""
    child = os.fork()
    if not child:
        build(target, has_budget=has_budget)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit("a build failed")
    return usage.ru_utime + usage.ru_stime


def build(target: str, *, has_budget: bool) -> NoReturn:
    """Build in the forked process, which ends here."""
    gc.disable()  # as the command does
    if not has_budget:
        switch_off()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder, "out")
        write(out, make(Job(target=target, out=str(out)), out), Run(started=0))
    os._exit(0)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("target")
    options.add_argument("--pairs", type=int, default=15)
    asked = options.parse_args()
    seconds(asked.target, has_budget=True)  # after this, files are in the system's cache
    shares = []
    for number in range(asked.pairs):
        order = (True, False) if number % 2 else (False, True)
        found = {each: seconds(asked.target, has_budget=each) for each in order}
        shares.append(found[True] / found[False] - 1)
    middle = statistics.quantiles(shares, n=4)
    print(json.dumps({"pairs": asked.pairs, "percent": [round(100 * each, 1) for each in middle]}))


if __name__ == "__main__":
    main()
