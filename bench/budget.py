"""What hostile sources cost as they grow, as JSON: CPU seconds of a build of each kind at doubling sizes.

    python bench/budget.py [--sizes N N ...]

A kind is linear if twice the size costs about twice the time; the bare interpreter's start is taken off.
"""

from __future__ import annotations

import argparse
import itertools
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

KINDS: dict[str, Callable[[int], str]] = {
    "doubling": lambda n: "a = 'x'\n" + "a = a + a\n" * n,
    "displays in displays": lambda n: "a0 = [0]\n" + "".join(f"a{i + 1} = [a{i}, a{i}]\n" for i in range(n)),
    "aliases of aliases": lambda n: "a0 = 0\n" + "".join(f"a{i + 1} = a{i}\n" for i in range(n)),
    "one name bound again": lambda n: "a = 0\n" + "a = a + 1\n" * n,
    "additions to __all__": lambda n: "__all__ = []\n" + "".join(f"n{i} = 1\n__all__ += ['n{i}']\n" for i in range(n)),
    "set differences": lambda n: f"a = {set(range(n))}\nb = {set(range(n))}\nc = a - b\n",
    "comprehensions": lambda n: "".join(f"a{i} = [j for j in range(2000)]\n" for i in range(n)),
    "elif": lambda n: "if x:\n    y = 0\n" + "".join(f"elif x == {i}:\n    y = {i}\n" for i in range(n // 4)),
    "try": lambda n: "".join(f"try:\n    x{i} = 1\nexcept OSError:\n    x{i} = 2\n" for i in range(n)),
    "bases, wide": lambda n: (
        "".join(f"class B{i}: ...\n" for i in range(n)) + f"class C({', '.join(f'B{i}' for i in range(n))}): ...\n"
    ),
    "bases, long": lambda n: "class C0: ...\n" + "".join(f"class C{i + 1}(C{i}): ...\n" for i in range(n)),
    "large defaults": lambda n: "a = 'x' * 9000\n" + "".join(f"def f{i}(x=a): ...\n" for i in range(n)),
    "decorators": lambda n: "def d(f):\n    return f\n" + "@d\n" * n + "def f(): ...\n",
}


def cost(source: str) -> float:
    """Return the CPU seconds of a build of a package of one module."""
    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder, "pkg")
        package.mkdir()
        (package / "__init__.py").write_text(f'"""Package."""\n{source}', encoding="utf-8")
        command = [str(Path(sys.executable).with_name("docgen")), "build", str(package), "--dialect", "material"]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([*command, "--out", str(Path(folder, "out"))], check=False, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sizes", type=int, nargs="+", default=[500, 1000, 2000, 4000])
    sizes = options.parse_args().sizes
    start = cost("")
    figures = {}
    for kind, source in KINDS.items():
        seconds = [max(cost(source(size)) - start, 0.001) for size in sizes]
        ratios = [round(later / earlier, 2) for earlier, later in itertools.pairwise(seconds)]
        figures[kind] = {"seconds": [round(each, 3) for each in seconds], "each doubling": ratios}
    print(json.dumps({"sizes": sizes, "start": round(start, 3), "kinds": figures}, indent=1))


if __name__ == "__main__":
    main()
