"""Measure what a static reference misses: docgen's model against the imported package, name by name.

    python bench/completeness.py [NAME==VERSION ...]

Each package is installed in an environment of its own, which may import it; docgen reads the sources of the same
release and imports nothing. A public symbol that `dir()` and `inspect` find at run time is *on a page*, *in a finding*,
or *missing*. A signature is *equal* when `inspect.signature` gives the same parameters, kinds, and says of the same
ones that they have a default. JSON on standard output, one object a package.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

PACKAGES = (
    "httpx",
    "click",
    "jinja2",
    "attrs",
    "pydantic",
    "rich",
    "starlette",
    "sqlalchemy",
    "networkx",
    "hypothesis",
)
"""Packages of many styles: data classes of three kinds, descriptors, compiled parts, lazy modules, heavy decorators."""

ENVIRONMENTS = Path("build") / "completeness"

AT_RUN_TIME = """
import importlib, inspect, json, pkgutil, sys, warnings
warnings.simplefilter("ignore")

def signature(value):
    try:
        found = inspect.signature(value)
    except (TypeError, ValueError):
        return None
    return [(p.name, str(p.kind.description), p.default is not p.empty) for p in found.parameters.values()]

def members(owner):
    for name in dir(owner):
        if name.startswith("_"):
            continue
        value = inspect.getattr_static(owner, name)
        if isinstance(value, property):
            yield name, "property", None
        elif inspect.isfunction(value) or isinstance(value, (staticmethod, classmethod)):
            yield name, "method", signature(getattr(owner, name))

def public(module):
    names = getattr(module, "__all__", None)
    for name in names if names is not None else dir(module):
        value = getattr(module, name, None)
        if names is None and (name.startswith("_") or getattr(value, "__module__", None) != module.__name__):
            continue
        if inspect.isclass(value):
            yield name, "class", None
            if value.__module__.partition(".")[0] == module.__name__.partition(".")[0]:
                for member, kind, found in members(value):
                    if kind == "method" and found:
                        found = [p for p in found if p[0] not in ("self", "cls")]
                    yield f"{name}.{member}", kind, found
        elif inspect.isfunction(value):
            yield name, "function", signature(value)

def modules(root):
    yield root
    for found in pkgutil.walk_packages(root.__path__, root.__name__ + "."):
        if any(part.startswith("_") for part in found.name.split(".")):
            continue
        try:
            yield importlib.import_module(found.name)
        except BaseException:
            continue

symbols = {}
for module in modules(importlib.import_module(sys.argv[1])):
    for name, kind, found in public(module):
        symbols[f"{module.__name__}.{name}"] = (kind, found)
json.dump(symbols, sys.stdout)
"""

IMPORT_NAMES = {"attrs": "attr"}
"""Distributions whose import package has another name."""


def environment(requirement: str) -> Path:
    """Return the Python of an environment with one distribution installed; made once."""
    home = ENVIRONMENTS / hashlib.sha256(requirement.encode()).hexdigest()[:12]
    python = home / "bin" / "python"
    if not (home / "ready").is_file():
        subprocess.run([sys.executable, "-m", "venv", home], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "-c", "constraints.txt", requirement], check=True)
        (home / "ready").touch()
    return python


def installed_version(python: Path, name: str) -> str:
    """Return the version of a distribution in an environment."""
    program = f"import importlib.metadata as m; print(m.version({name!r}))"
    return subprocess.run([python, "-c", program], capture_output=True, text=True, check=True).stdout.strip()


def at_run_time(python: Path, package: str) -> dict[str, tuple[str, list[list[object]] | None]]:
    """Return symbol -> (kind, parameters) as the imported package has them."""
    answer = subprocess.run([python, "-c", AT_RUN_TIME, package], capture_output=True, text=True, check=True)
    symbols: dict[str, tuple[str, list[list[object]] | None]] = json.loads(answer.stdout)
    return symbols


def parameters(function: dict[str, Any]) -> list[list[object]]:
    """Return the parameters of a function of the model in the form of AT_RUN_TIME."""
    return [
        [one["name"], one.get("kind", "positional or keyword"), one.get("default") is not None]
        for one in function.get("parameters", [])
    ]


def from_sources(target: str) -> tuple[dict[str, list[list[object]] | None], str]:
    """Return symbol -> parameters as docgen's model has them, and the findings as text."""
    command = [sys.executable, "-m", "docgen", "dump", target, "--dialect", "material"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if not answer.stdout.startswith("{"):
        raise SystemExit(f"docgen dump {target} printed no model:\n{answer.stderr[-800:]}")
    symbols: dict[str, list[list[object]] | None] = {}
    for package in json.loads(answer.stdout)["packages"]:
        for function in package.get("functions", []):
            symbols[f"{package['name']}.{function['name']}"] = parameters(function)
        for owner in package.get("classes", []):
            path = f"{package['name']}.{owner['name']}"
            symbols[path] = None
            symbols |= {f"{path}.{one['name']}": None for one in owner.get("properties", [])}
            symbols |= {f"{path}.{one['name']}": parameters(one) for one in owner.get("methods", [])}
    return symbols, answer.stderr


def measure(requirement: str) -> dict[str, object]:
    """Return the figures of one distribution."""
    name = requirement.partition("==")[0]
    python = environment(requirement)
    version = installed_version(python, name)
    live = at_run_time(python, IMPORT_NAMES.get(name, name))
    static, findings = from_sources(f"{name}=={version}")
    absent = [symbol for symbol in live if symbol not in static]
    found = [symbol for symbol in absent if symbol.rpartition(".")[2] in findings]
    with_signature = [symbol for symbol, (_, given) in live.items() if given is not None and symbol in static]
    equal = [symbol for symbol in with_signature if static[symbol] == live[symbol][1]]
    return {
        "package": f"{name}=={version}",
        "at_run_time": len(live),
        "on_pages": len(live) - len(absent),
        "in_findings": len(found),
        "missing": sorted(set(absent) - set(found))[:40],
        "missing_count": len(absent) - len(found),
        "signatures": len(with_signature),
        "signatures_equal": round(len(equal) / max(1, len(with_signature)), 4),
        "signatures_differ": sorted(set(with_signature) - set(equal))[:40],
    }


def main() -> None:
    """Measure each package named, or all of PACKAGES."""
    for requirement in sys.argv[1:] or PACKAGES:
        print(json.dumps(measure(requirement)), flush=True)


if __name__ == "__main__":
    main()
