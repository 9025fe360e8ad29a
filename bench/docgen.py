"""Measure docgen and its peers, as JSON: median CPU seconds of whole processes, and peak memory.

    python bench/docgen.py [NAME==VERSION ...] [--runs N] [--files N] [--no-peers]

All figures of a run are from one machine in one run; compare ratios, not seconds. Each peer gets a temporary
environment of its own; one that cannot be installed, or fails, is left out with the reason.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

# This file has the name of the package, so an import of the package here would find this file.
FIND = (
    "import sys, docgen.sources.targets as d\ns = d.find_sources(sys.argv[1])\nprint(s.root, s.packages[0], sep='\\n')"
)
PARSE = "import ast, pathlib, sys\nfor path in pathlib.Path(sys.argv[1]).rglob('*.py'): ast.parse(path.read_bytes())"
LOAD = "import griffe, sys\ngriffe.load(sys.argv[2], search_paths=[sys.argv[1]])"
QUARTODOC = (
    "import sys\nsys.path.insert(0, sys.argv[1])\nfrom quartodoc import MdRenderer, get_object\n"
    "text = MdRenderer().render(get_object(sys.argv[2], dynamic=False))\nopen(sys.argv[3], 'w').write(text)"
)
MKDOCSTRINGS = (
    "import pathlib, sys\nfrom mkdocs.commands.build import build\nfrom mkdocs.config import load_config\n"
    "root, name, out = sys.argv[1:]\npages = pathlib.Path(out, 'docs')\npages.mkdir(parents=True)\n"
    "for path in sorted(pathlib.Path(root, name).rglob('__init__.py')):\n"
    "    dotted = '.'.join(path.parent.relative_to(root).parts)\n"
    "    pathlib.Path(pages, dotted + '.md').write_text('::: ' + dotted + '\\n')\n"
    "handlers = {'python': {'paths': [root]}}\n"
    "settings = dict(site_name='x', docs_dir=str(pages), site_dir=str(pathlib.Path(out, 'site')))\n"
    "pathlib.Path(out, 'mkdocs.yml').write_text('site_name: x\\n')\n"
    "plugins = [{'mkdocstrings': {'handlers': handlers}}]\n"
    "build(load_config(str(pathlib.Path(out, 'mkdocs.yml')), plugins=plugins, **settings))"
)
FORMATS = ("material", "flyte-2.6")
"""The formats that are measured, each with an output folder of its own."""
PEERS: dict[str, tuple[str, list[str]]] = {
    "griffe dump": ("griffe", ["-m", "griffe", "dump", "{name}", "-s", "{root}", "-o", "{out}/dump.json"]),
    "mkdocstrings, one page a package": (
        "mkdocstrings[python] mkdocs<2",
        ["-c", MKDOCSTRINGS, "{root}", "{name}", "{out}"],
    ),
    "quartodoc, the root package": ("quartodoc", ["-c", QUARTODOC, "{root}", "{name}", "{out}/page.md"]),
    "pdoc (imports what it documents)": ("pdoc {release}", ["-m", "pdoc", "{name}", "-o", "{out}"]),
}
"""Name -> what is installed for it, arguments of its interpreter."""


def measure(command: list[str], runs: int, prepare: Callable[[int], object] = int) -> dict[str, float]:
    """Return the median CPU seconds of a command; before each run, `prepare` is called with its number."""
    # Without compiled modules beside the sources, every start would compile them, unlike in an installed package.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    seconds, code = [], 0
    for number in range(runs):
        prepare(number)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(command, check=False, capture_output=True, env=environment | {"PYTHONHASHSEED": "0"})
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        code = max(code, abs(done.returncode))
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return {"cpu_seconds": round(statistics.median(seconds), 4)} | ({"exit_code": code} if code else {})


def peak_mib(command: list[str]) -> float:
    """Return the peak memory of one run of a command, measured by a process of its own."""
    code = (
        "import resource, subprocess, sys\n"
        "subprocess.run(sys.argv[1:], capture_output=True)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, check=True)
    return round(int(done.stdout) / 1024, 1)


def environment_of(requirements: list[str], home: Path) -> tuple[str, str]:
    """Return the interpreter of a new environment with some distributions, or why there is none."""
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True, capture_output=True)
    python = str(home / "bin" / "python")
    install = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *requirements]
    done = subprocess.run(install, check=False, capture_output=True, text=True)
    last = (done.stderr.strip().splitlines() or [""])[-1]
    return (python, "") if done.returncode == 0 else ("", last)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("targets", nargs="*", default=["flyte==2.12.1", "sqlalchemy==2.0.36"])
    options.add_argument("--runs", type=int, default=5, help="of each command; the median counts")
    options.add_argument("--files", type=int, default=20, help="so many files, drawn at random, are changed one by one")
    options.add_argument("--no-peers", action="store_true", help="griffe.load only")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        griffe, why = environment_of(["griffe"], Path(folder) / "griffe")
        if not griffe:
            sys.exit(f"griffe, with which everything is compared, cannot be installed: {why}")
        found = {target: measure_target(target, griffe, Path(folder), given) for target in given.targets}
    print(json.dumps({"python": sys.version.split()[0], "targets": found}, indent=1))


def measure_target(target: str, griffe: str, folder: Path, given: argparse.Namespace) -> dict[str, object]:
    """Return all figures of a release, each beside that of `griffe.load`."""
    done = subprocess.run([sys.executable, "-c", FIND, target], capture_output=True, text=True, check=True)
    found, name = done.stdout.splitlines()
    home = folder / name
    shutil.copytree(Path(found) / name, home / "sources" / name)
    figures = measure_docgen(home, name, griffe, given)
    left_out = {} if given.no_peers else measure_peers(target, home, name, figures)
    base = figures["griffe.load"]["cpu_seconds"]
    for figure in figures.values():
        figure["of griffe.load"] = round(figure["cpu_seconds"] / base, 3)
    size = sum(path.stat().st_size for path in (home / "sources").rglob("*.py"))
    ratios = {name: ratios_of(name, figures, size) for name in FORMATS}
    return {"ratios": ratios, "figures": figures, "left out": left_out}


def ratios_of(format_: str, figures: dict[str, dict[str, float]], size: int) -> dict[str, float]:
    """Return the figures of a format that the budgets limit.

    Parameters:
        format_: Its name.
        figures: The figures of a release.
        size: The size of its sources in bytes.
    """
    full, bare = figures[f"{format_}, full"], figures["bare interpreter"]["cpu_seconds"]
    unchanged, changed = (figures[f"{format_}, {what} changed"]["cpu_seconds"] for what in ("nothing", "one file"))
    return {
        "full / griffe.load": full["of griffe.load"],
        "peak memory / griffe.load": round(full["peak_mib"] / figures["griffe.load"]["peak_mib"], 3),
        "nothing changed / bare interpreter": round(unchanged / bare, 2),
        "one file changed / full": round(changed / full["cpu_seconds"], 3),
        "full, seconds per MB of sources": round(full["cpu_seconds"] / size * 1e6, 4),
    }


def measure_docgen(home: Path, name: str, griffe: str, given: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Return the figures of the baseline, griffe and docgen; every full build writes into a folder of its own."""
    python, runs, root = sys.executable, given.runs, home / "sources"
    figures = {
        "bare interpreter": measure([python, "-c", "pass"], runs * 3),
        "ast.parse": measure([python, "-c", PARSE, str(root / name)], runs),
        "griffe.load": measure([griffe, "-c", LOAD, str(root), name], runs),
    }
    figures["griffe.load"]["peak_mib"] = peak_mib([griffe, "-c", LOAD, str(root), name])
    for format_ in FORMATS:
        figures |= measure_format(format_, home, name, given)
    return figures


def measure_format(format_: str, home: Path, name: str, given: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Return the figures of a format. This edits the sources."""
    runs, package, out, fresh = given.runs, home / "sources" / name, home / f"{format_}-out", home / f"{format_}-fresh"
    build = [str(Path(sys.executable).with_name("docgen")), "build", str(package), "--dialect", format_, "--out"]
    measure([*build, str(out)], 1)
    files = sorted(package.rglob("*.py"))
    chosen = random.Random(0).sample(files, min(given.files, len(files)))  # noqa: S311 - a draw, no secret
    full = measure([*build, str(fresh)], runs, lambda _: shutil.rmtree(fresh, ignore_errors=True))
    full["peak_mib"] = peak_mib([*build, str(home / f"{format_}-peak")])
    return {
        f"{format_}, full": full,
        f"{format_}, nothing changed": measure([*build, str(out)], runs * 3),
        f"{format_}, one file changed": measure([*build, str(out)], len(chosen), lambda number: edit(chosen[number])),
    }


def measure_peers(target: str, home: Path, name: str, figures: dict[str, dict[str, float]]) -> dict[str, str]:
    """Add one run of each peer to the figures; return the peers that are left out, with the reason."""
    left_out = {}
    for number, (peer, (requirements, arguments)) in enumerate(PEERS.items()):
        wanted = requirements.format(release=target).split()
        python, why = environment_of(wanted, home / f"peer-{number}")
        if not python:
            left_out[peer] = why
            continue
        out = home / f"peer-{number}-out"
        out.mkdir()
        values = {"{name}": name, "{root}": str(home / "sources"), "{out}": str(out)}
        command = [python, *arguments]
        for key, value in values.items():
            command = [each.replace(key, value) for each in command]
        figures[peer] = measure(command, 1)
    return left_out


def edit(path: Path) -> None:
    """Change a file so that all its lines move but its meaning stays: a blank line goes before them.

    The edits accumulate, and each costs only what depends on its own file.
    """
    path.write_bytes(b"\n" + path.read_bytes())


if __name__ == "__main__":
    main()
