"""Measure what a static reference misses, by comparing docgen's model with the imported package, name by name.

    python -m bench.completeness [NAME==VERSION ...]

Each package is installed in an environment of its own, which may import it (`bench/at_run_time.py`); docgen reads the
sources of the same release and imports nothing. A public symbol that `dir()` and `inspect` find at run time is *in the
model*, *in a finding* (one that names it and is in the file that should have bound it, or one that says that the whole
file or a base class was not read), *imported* (defined in another module, and visible in one without `__all__` that
imports it for its own use), or *missing*. Members of classes written in C are counted separately.

A signature is *equal* if `inspect.signature` gives the same parameters with the same kinds, and the same ones have a
default; constructors are compared too. *defaults_equal* is the share of those defaults whose repr is the same,
*lines_equal* the share of functions and classes whose first line equals that of `inspect.getsourcelines`.
It prints JSON, one object per package. All environments have the same Python version (`--python`).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.config import load_config
from docgen.model import Class, ClassKind, Function, Module, Reference, Value, Variable
from docgen.reading import read_model
from docgen.sources.targets import find_sources
from docgen.symbols import Index

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docgen.findings import Finding

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

SHOWN = 40
"""Longest list of names in the output."""

NOT_COUNTED = frozenset({"native member"})
"""Kinds of files without readable sources."""

WHOLE_FILE = frozenset({"DG101", "DG102"})
"""Findings that say that nothing in a file was read."""


VERSIONS = """
import importlib.metadata as m, json, re
names = {re.sub(r"[-_.]+", "-", each.name).lower(): each.version for each in m.distributions()}
print(json.dumps({name: version for name, version in names.items() if name not in ("pip", "setuptools")}))
"""
"""Prints distribution -> version of an environment."""

Parameters = list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The facts of a symbol in the model."""

    parameters: Parameters | None = None
    """None if it has none to compare."""
    line: int | None = None


@dataclass(frozen=True, kw_only=True)
class Static:
    """The facts in the model."""

    symbols: dict[str, Facts]
    findings: tuple[Finding, ...]


def interpreter(version: str) -> str:
    """Return the command of a Python version, or this interpreter if there is none."""
    interpreters = sorted(Path(sys.base_prefix).parent.glob(f"{version}*/bin/python"))
    return str(interpreters[-1]) if interpreters else shutil.which(f"python{version}") or sys.executable


def environment(requirement: str, version: str) -> Path:
    """Return the Python of an environment with one distribution installed, which is created once."""
    home = ENVIRONMENTS / hashlib.sha256(f"{requirement} {version}".encode()).hexdigest()[:12]
    python = home / "bin" / "python"
    if not (home / "ready").is_file():
        subprocess.run([interpreter(version), "-m", "venv", home], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", requirement], check=True)
        (home / "ready").touch()
    return python


def answer(python: Path, program: str, *arguments: str) -> str:
    """Return the output of a program in an environment."""
    command = [str(python), "-c", program, *arguments]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return str(printed).strip()


def at_run_time(python: Path, packages: Iterable[str]) -> dict[str, Any]:
    """Return symbol -> its kind, according to the imported packages."""
    program = Path(__file__).with_name("at_run_time.py").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(answer(python, program, *packages))
    return found


def parameters(function: Function | None) -> Parameters:
    """Return the parameters of a function of the model in the form of `at_run_time`; empty without a constructor."""
    shown = function.signature.parameters if function else ()
    return [
        {
            "name": each.name,
            "kind": str(each.kind),
            "default": each.default.text if isinstance(each.default, Value) else None,
        }
        for each in (shown if isinstance(shown, tuple) else ())
        if not each.is_from_keywords
    ]


def facts_of(function: Function) -> Facts:
    """Return the facts of a function in the model, without parameters if an unknown decorator may have changed them."""
    line = function.location.line if function.location else None
    return Facts(parameters=parameters(function) if function.is_signature_known else None, line=line)


def class_symbols(class_: Class, path: str, index: Index) -> Iterator[tuple[str, Facts]]:
    """Yield a class and its members, including inherited ones."""
    line = class_.location.line if class_.location else None
    constructor = class_.constructor if isinstance(class_.constructor, Function) else None
    # Protocols are not called; the signature that `inspect` gives for one is not its own.
    is_called = class_.kind is not ClassKind.PROTOCOL
    yield path, Facts(parameters=parameters(constructor) if is_called else None, line=line)
    for name, held in index.held(class_).items():
        member = held.member
        if isinstance(member, Class):
            yield from class_symbols(member, f"{path}.{name}", index)
        else:
            yield f"{path}.{name}", facts_of(member) if isinstance(member, Function) else Facts()


def in_model(reference: Reference) -> dict[str, Facts]:
    """Return the facts of each public path in the model, following aliases."""
    index = Index(reference)
    symbols: dict[str, Facts] = {}
    for module in reference.modules:
        own: list[Class | Function | Variable] = [*module.classes, *module.functions, *module.variables]
        named: list[tuple[str, object]] = [(f"{module.name}.{each.name}", each) for each in own]
        for alias in module.aliases:
            symbols[f"{module.name}.{alias.name}"] = Facts()
            target = index.public.get(index.public_path(alias.target))
            named += [(f"{module.name}.{alias.name}", target)] if target and not isinstance(target, Module) else []
        for path, symbol in named:
            if isinstance(symbol, Class):
                symbols.update(class_symbols(symbol, path, index))
            else:
                symbols[path] = facts_of(symbol) if isinstance(symbol, Function) else Facts()
    return symbols


def from_sources(target: str, python: str, dependencies: list[str]) -> Static:
    """Return docgen's results for a release."""
    config = load_config(None, (f"dependencies={json.dumps(dependencies)}",)).config
    found = read_model(target, config, python)
    return Static(symbols=in_model(found.reference), findings=found.findings)


def is_reported(symbol: str, owner: str, static: Static) -> bool:
    """Return True if a finding covers a symbol.

    It names the symbol, or says that the whole file or a base was not read, or that code binds names in its module and
    the whole class or function is unknown.

    Parameters:
        symbol: Dotted path of the symbol.
        owner: Dotted path of the class or module that binds it at run time.
        static: The results of docgen.
    """
    name = re.compile(rf"\b{re.escape(symbol.rpartition('.')[2])}\b")
    for each in static.findings:
        module = re.sub(r"(/__init__)?\.\w+$", "", each.path).replace("/", ".").partition(".cpython")[0]
        is_here = f"{symbol}.".startswith(f"{module}.") or f"{owner}.".startswith(f"{module}.")
        if is_here and (each.code in WHOLE_FILE or name.search(each.text)):
            return True
        if each.code == "DG109" and symbol.startswith(f"{module}."):
            top = symbol.removeprefix(f"{module}.").partition(".")[0]
            if f"{module}.{top}" not in static.symbols:
                return True
        if each.code in {"DG109", "DG202"} and owner.rpartition(".")[2] in each.text:
            return True
    return False


def is_imported(symbol: str, live: dict[str, Any]) -> bool:
    """Return True if a symbol, or the class it is a member of, was defined in a module other than the given one.

    In a module without `__all__`, this is an import for its own use, which the model does not include.
    """
    while symbol:
        found = live.get(symbol)
        if found is not None and found["kind"] in {"class", "function", "callable", "type"}:
            return str(found["definer"]) not in {"None", symbol.rpartition(".")[0]}
        symbol = symbol.rpartition(".")[0]
    return False


def signature_figures(live: dict[str, Any], static: dict[str, Facts]) -> dict[str, object]:
    """Return how many signatures, defaults and lines are equal, and which ones differ."""
    differ: dict[str, tuple[str, str]] = {}
    lines: dict[str, tuple[int, int]] = {}
    compared = defaults = equal_defaults = with_line = 0
    for symbol, found in live.items():
        ours = static.get(symbol)
        if ours is not None and ours.line and found["line"]:
            with_line += 1
            lines |= {symbol: (ours.line, found["line"])} if ours.line != found["line"] else {}
        if ours is None or ours.parameters is None or found["parameters"] is None:
            continue
        theirs = found["parameters"]
        compared += 1
        if [*map(_shape, ours.parameters)] != [*map(_shape, theirs)]:
            differ[symbol] = (_signature(ours.parameters), _signature(theirs))
            continue
        for our, their in zip(ours.parameters, theirs, strict=True):
            if their["default"] is not None:
                defaults += 1
                equal_defaults += our["default"] == their["default"]
    return {
        "signatures": compared,
        "signatures_equal": round(1 - len(differ) / max(1, compared), 4),
        "defaults_equal": round(equal_defaults / max(1, defaults), 4),
        "lines": with_line,
        "lines_equal": round(1 - len(lines) / max(1, with_line), 4),
        "signatures_differ": dict(sorted(differ.items())[:SHOWN]),
        "lines_differ": dict(sorted(lines.items())[:SHOWN]),
    }


def _shape(parameter: dict[str, Any]) -> tuple[object, ...]:
    return parameter["name"], parameter["kind"], parameter["default"] is not None


def _signature(parameters: Parameters) -> str:
    marks = {"variadic positional": "*", "variadic keyword": "**", "keyword-only": "[kw]", "positional-only": "[pos]"}
    return ", ".join(
        f"{marks.get(str(each['kind']), '')}{each['name']}{'=' if each['default'] is not None else ''}"
        for each in parameters
    )


def measure(requirement: str, version: str, *, reads_dependencies: bool = False) -> dict[str, object]:
    """Return the figures of one distribution."""
    name = requirement.partition("==")[0]
    python = environment(requirement, version)
    versions = json.loads(answer(python, VERSIONS))
    target = f"{name}=={versions.pop(_normal(name))}"
    pins = [f"{other}=={release}" for other, release in versions.items() if reads_dependencies]
    everything = at_run_time(python, find_sources(target).packages)
    static = from_sources(target, version, pins)
    live = {symbol: found for symbol, found in everything["symbols"].items() if found["kind"] not in NOT_COUNTED}
    absent = [symbol for symbol in live if symbol not in static.symbols]
    reported = [symbol for symbol in absent if is_reported(symbol, live[symbol]["definer"], static)]
    imported = [symbol for symbol in set(absent) - set(reported) if is_imported(symbol, live)]
    missing = sorted(set(absent) - {*reported, *imported})
    return {
        "package": target,
        "at_run_time": len(live),
        "in_model": len(live) - len(absent),
        "in_findings": len(reported),
        "imported": len(imported),
        "missing": len(missing),
        "kinds": Counter(found["kind"] for found in live.values()),
        "not_importable": everything["failed"][:SHOWN],
        "only_in_findings": sorted(reported)[:SHOWN],
        "missing_names": [f"{symbol} ({live[symbol]['kind']})" for symbol in missing[:SHOWN]],
        "findings": Counter(each.code for each in static.findings),
        **signature_figures(live, static.symbols),
    }


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def main() -> None:
    """Measure each package named, or all of PACKAGES."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("requirements", nargs="*", default=PACKAGES, metavar="NAME==VERSION")
    parser.add_argument("--python", default="3.12", help="version of Python; default: %(default)s")
    parser.add_argument("--dependencies", action="store_true", help="read the sources of what it depends on too")
    given = parser.parse_args()
    for requirement in given.requirements:
        found = measure(requirement, given.python, reads_dependencies=given.dependencies)
        print(json.dumps(found, indent=1), flush=True)


if __name__ == "__main__":
    main()
