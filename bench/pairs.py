"""Measure the results and the cost of `docgen diff` for pairs of releases, beside griffe, as JSON.

    python bench/pairs.py NAME==OLD..NEW [...] [--runs N]

For each pair: lines at level major and the longest of them, griffe's breaking changes, CPU seconds as a ratio to a
plain `griffe.load` of both releases, also with a committed baseline as the old side, and peak memory in MiB. The
releases are in the cache before anything is measured. The version of griffe is the one that is installed with docgen.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

FIND = "import sys, docgen.sources.targets as d\ns = d.find_sources(sys.argv[1])\nprint(s.root, *s.packages, sep='\\n')"
LOAD = (
    "import griffe, sys\n"
    "for root in sys.argv[1:3]:\n"
    "    for name in sys.argv[3:]:\n"
    "        try: griffe.load(name, search_paths=[root])\n"
    "        except ImportError: pass"
)
CHECK = (
    "import griffe, sys\n"
    "sides = [griffe.load(sys.argv[3], search_paths=[root], resolve_aliases=True, allow_inspection=False)"
    " for root in sys.argv[1:3]]\n"
    "print(len(list(griffe.find_breaking_changes(*sides))))"
)


def run(*command: str) -> tuple[subprocess.CompletedProcess[str], float, float]:
    """Run a command in a process that measures it; return its output, its CPU seconds and its peak memory in MiB."""
    code = (
        "import json, resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], capture_output=True, text=True)\n"
        "use = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(json.dumps([done.stdout, done.stderr, done.returncode, use.ru_utime + use.ru_stime, use.ru_maxrss]))"
    )
    # Installed packages have their bytecode; without it each command would compile docgen again.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    measured = subprocess.run(
        [sys.executable, "-c", code, *command], env=kept, capture_output=True, text=True, check=True
    )
    stdout, stderr, status, seconds, kib = json.loads(measured.stdout)
    return subprocess.CompletedProcess(command, status, stdout, stderr), seconds, kib / 1024


def least(runs: int, *command: str) -> float:
    """Return the CPU seconds of the cheapest of some runs, to exclude the other load of the machine."""
    return min(run(*command)[1] for _ in range(runs))


def measure(pair: str, runs: int, folder: Path) -> dict[str, object]:
    """Return the figures of one pair, `NAME==OLD..NEW`."""
    name, _, versions = pair.partition("==")
    old, new = (f"{name}=={version}" for version in versions.split(".."))
    (old_root, *packages), (new_root, *_) = (
        run(sys.executable, "-c", FIND, each)[0].stdout.split() for each in (old, new)
    )
    diff = (sys.executable, "-m", "docgen", "diff")
    done, _, peak = run(*diff, old, new, "--level", "major")
    lines = done.stdout.splitlines()
    base = folder / f"{name}.api"
    run(sys.executable, "-m", "conformance", "baseline", old, "--out", str(base))
    check = run(sys.executable, "-c", CHECK, old_root, new_root, packages[0])[0]
    load = least(runs, sys.executable, "-c", LOAD, old_root, new_root, *packages)
    return {
        "major": len(lines),
        "longest line": max(map(len, lines), default=0),
        "griffe": int(check.stdout) if check.returncode == 0 else check.stderr.strip().splitlines()[-1],
        "of griffe.load": round(least(runs, *diff, old, new, "--level", "major") / load, 2),
        "of griffe.load, baseline": round(least(runs, *diff, str(base), new, "--level", "major") / load, 2),
        "baseline kB": round(base.stat().st_size / 1000, 1),
        "peak MiB": round(peak),
    }


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("pairs", nargs="+", metavar="NAME==OLD..NEW")
    options.add_argument("--runs", type=int, default=3, help="of each command; the cheapest counts")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for pair in given.pairs:
            print(json.dumps({pair: measure(pair, given.runs, Path(folder))}), flush=True)


if __name__ == "__main__":
    main()
