"""What docgen costs, as JSON: median CPU seconds of whole processes and peak memory, beside what others cost.

    python bench/docgen.py [NAME==VERSION] [--runs N]

All figures of one run are from one machine in one run; compare ratios, not seconds. Peers that are not installed are
left out and named.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

# This file has the name of the package: imported here, it would find itself.
FIND = "import sys, docgen.sources as d\ns = d.find_sources(sys.argv[1])\nprint(s.root, s.packages[0], sep='\\n')"
PARSE = "import ast, pathlib, sys\nfor path in pathlib.Path(sys.argv[1]).rglob('*.py'): ast.parse(path.read_bytes())"
LOAD = "import griffe, sys\ngriffe.load(sys.argv[2], search_paths=[sys.argv[1]])"
PEERS = {
    "griffe dump": ("griffecli", ["-m", "griffe", "dump", "{name}", "-s", "{root}", "-o", "{out}/dump.json"]),
    "pdoc (imports what it documents)": ("pdoc", ["-m", "pdoc", "{name}", "-o", "{out}"]),
}
"""Name -> module that must be installed, arguments of the interpreter."""


def measure(command: list[str], runs: int, prepare: Callable[[int], object] = int) -> dict[str, float]:
    """Return the median CPU seconds of a command; before each run, `prepare` is called with its number."""
    seconds = []
    for number in range(runs):
        prepare(number)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=False, capture_output=True, env={**os.environ, "PYTHONHASHSEED": "0"})
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return {"cpu_seconds": round(statistics.median(seconds), 4)}


def peak_mib(command: list[str]) -> float:
    """Return the peak memory of one run of a command, measured by a process of its own."""
    code = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], capture_output=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, check=True)
    return round(int(done.stdout) / 1024, 1)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("target", nargs="?", default="flyte==2.12.1")
    options.add_argument("--runs", type=int, default=5)
    given = options.parse_args()
    done = subprocess.run([sys.executable, "-c", FIND, given.target], capture_output=True, text=True, check=True)
    found, name = done.stdout.splitlines()
    with tempfile.TemporaryDirectory() as folder:
        root, out = Path(folder) / "sources", Path(folder) / "out"
        shutil.copytree(Path(found) / name, root / name)
        figures = measure_all(root, name, out, given.runs)
    base = figures["griffe.load"]["cpu_seconds"]
    for figure in figures.values():
        figure["of griffe.load"] = round(figure["cpu_seconds"] / base, 3)
    print(json.dumps({"target": given.target, "python": sys.version.split()[0], "figures": figures}, indent=1))


def measure_all(root: Path, name: str, out: Path, runs: int) -> dict[str, dict[str, float]]:
    """Return the figures by name; every full build writes into a folder of its own."""
    python = sys.executable
    build = [str(Path(python).with_name("docgen")), "build", str(root / name), "--dialect", "flyte-2.6", "--out"]
    subprocess.run([*build, str(out)], check=False, capture_output=True)
    fresh, changed = out.with_name("fresh"), root / name / "__init__.py"
    figures = {
        "bare interpreter": measure([python, "-c", "pass"], runs * 3),
        "ast.parse": measure([python, "-c", PARSE, str(root / name)], runs),
        "griffe.load": measure([python, "-c", LOAD, str(root), name], runs),
        "docgen, full": measure([*build, str(fresh)], runs, lambda _: shutil.rmtree(fresh, ignore_errors=True)),
        "docgen, nothing changed": measure([*build, str(out)], runs * 3),
        "docgen, one file changed": measure([*build, str(out)], runs, lambda number: edit(changed, number)),
    }
    figures["griffe.load"]["peak_mib"] = peak_mib([python, "-c", LOAD, str(root), name])
    figures["docgen, full"]["peak_mib"] = peak_mib([*build, str(out.with_name("peak"))])
    for peer, (module, arguments) in PEERS.items():
        if find_spec(module) is None:
            print(f"{peer}: not installed, left out", file=sys.stderr)
            continue
        figures[peer] = measure([python, *(each.format(name=name, root=root, out=out) for each in arguments)], runs)
    return figures


def edit(path: Path, number: int) -> None:
    """Change a file without changing what it says."""
    with path.open("a", encoding="utf-8") as file:
        file.write(f"\n# {number}\n")


if __name__ == "__main__":
    main()
