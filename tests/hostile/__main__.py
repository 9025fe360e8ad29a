"""Prints a table of all hostile kinds: verdicts, wall time, leftovers, and whether each is as it should be.

    python -m tests.hostile                     the small contract, all kinds
    python -m tests.hostile --rules             all rules of the task template
    python -m tests.hostile KIND...             some kinds

The exit code is 1 if anything is not as it should be.
"""

from __future__ import annotations

import argparse
import sys

from conformance.contracts.task_template import NAME
from conformance.engine.contract import find_contract
from tests.hostile.form import KINDS
from tests.hostile.kinds import load_all
from tests.hostile.runs import SMALL, judged, run_small, run_template

SHOWN = 3
"""How many problems of a kind are printed."""


def main() -> int:
    """Run, print, and return the exit code."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("kinds", nargs="*", metavar="KIND")
    options.add_argument("--rules", action="store_true", help="judge by all rules of the task template")
    options.add_argument("--limit", type=float, default=2.0, help="seconds per rule")
    given = options.parse_args()
    load_all()
    contract, profile = (find_contract(NAME), "strict") if given.rules else (find_contract(str(SMALL)), "default")
    rules = [rule.id for rule in judged(contract, profile)]
    run = run_template if given.rules else run_small
    bad = 0
    for name in given.kinds or KINDS:
        found = run(KINDS[name], limit_seconds=given.limit)
        troubles = found.troubles(rules, limit_seconds=60 + 10 * given.limit * len(rules))
        bad += bool(troubles)
        mark = "NO" if troubles else "ok"
        left = f"{len(found.left)} left"
        sys.stdout.write(f"{mark} {name:<42} {found.counted():<40} {found.seconds:6.1f} s  {left}\n")
        for one in troubles[:SHOWN]:
            sys.stdout.write(f"      {one[:400]}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{bad} of {len(given.kinds or KINDS)} not as they should be\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
