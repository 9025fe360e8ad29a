"""Measure time and memory of runs on the reference implementation, as JSON, for the budgets of conformance.

    python bench/conformance.py [BUDGET...]      smoke and default if none is named

Examples per second are shown beside those of array-api-tests (65, measured on two cores), the suite most similar to
this one.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ARRAY_API_TESTS = 65
"""Examples per second, overall."""


def measured(examples: str) -> dict[str, object]:
    """Return the figures of one run: times in seconds, examples, and the size of the largest process in MiB."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "conformance", "run", "reference_impl", "--examples", examples, "--out", str(out)],
            stdout=subprocess.DEVNULL,
            check=False,
        )
        seconds = time.monotonic() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        (target,) = json.loads(out.read_text(encoding="utf-8"))["targets"]
    tried = sum(result.get("examples", 0) for result in target["results"])
    return {
        "examples": examples,
        "exit_code": done.returncode,
        "rules": len(target["results"]),
        "seconds": round(seconds, 2),
        "cpu_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2),
        "tried": tried,
        "examples_per_second": round(tried / seconds),
        "largest_process_mib": round(after.ru_maxrss / 1024),
    }


if __name__ == "__main__":
    runs = [measured(budget) for budget in sys.argv[1:] or ("smoke", "default")]
    print(json.dumps({"cores": os.cpu_count(), "array_api_tests": ARRAY_API_TESTS, "runs": runs}, indent=2))
