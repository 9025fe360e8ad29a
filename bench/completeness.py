"""Measure what a static reference misses: docgen's pages against the imported package, name by name.

    python -m bench.completeness [--dialect D] [NAME==VERSION ...]

Each package is installed in an environment of its own, which may import it (`bench/at_run_time.py`); docgen reads the
sources of the same release and imports nothing. A public symbol that `dir()` and `inspect` find at run time is *on a
page* (in the model, and its name stands on the page of its module or class), *in a finding* (one that names it and
lies in the file that should have bound it, or one that says of the whole file or of a base class that it was not
read), or *missing*. What the dialect does not show by design is counted apart: members of classes written in C; where
it lists no values of classes, those too.

A signature is *equal* when `inspect.signature` gives the same parameters, kinds, and says of the same ones that they
have a default; constructors are compared too. *defaults_equal* is the share of those defaults whose repr is the same.
JSON on standard output, one object a package. All environments are of the Python version that the dialect names.
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

from docgen.formats.flyte.dialect import load_dialect
from docgen.formats.flyte.jobs import configured, read
from docgen.formats.flyte.page_model import ClassKind
from docgen.formats.flyte.render import Renderer
from docgen.job import Job
from docgen.sources.targets import find_sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docgen.findings import Finding
    from docgen.formats.flyte.page_model import Class, Function, Reference

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

NOT_COUNTED = {
    False: frozenset({"attribute", "enumeration member", "nested class", "native member"}),
    True: frozenset({"native member"}),
}
"""What a dialect does not show by design, by whether it lists the values that classes hold."""

WHOLE_FILE = frozenset({"DG101", "DG102"})
"""Findings that say of a file that nothing in it was read."""


VERSIONS = """
import importlib.metadata as m, json, re
names = {re.sub(r"[-_.]+", "-", each.name).lower(): each.version for each in m.distributions()}
print(json.dumps({name: version for name, version in names.items() if name not in ("pip", "setuptools")}))
"""
"""Prints distribution -> version of an environment."""

Parameters = list[dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Static:
    """What the reference says."""

    symbols: dict[str, Parameters | None]
    """Symbol -> parameters; None: it has none to compare."""
    findings: tuple[Finding, ...]


def interpreter(version: str) -> str:
    """Return the command of a Python version; this one where there is no other."""
    beside = sorted(Path(sys.base_prefix).parent.glob(f"{version}*/bin/python"))
    return str(beside[-1]) if beside else shutil.which(f"python{version}") or sys.executable


def environment(requirement: str, version: str) -> Path:
    """Return the Python of an environment with one distribution installed; made once."""
    home = ENVIRONMENTS / hashlib.sha256(f"{requirement} {version}".encode()).hexdigest()[:12]
    python = home / "bin" / "python"
    if not (home / "ready").is_file():
        subprocess.run([interpreter(version), "-m", "venv", home], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", requirement], check=True)
        (home / "ready").touch()
    return python


def answer(python: Path, program: str, *arguments: str) -> str:
    """Return what a program prints in an environment."""
    command = [str(python), "-c", program, *arguments]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return str(printed).strip()


def at_run_time(python: Path, packages: Iterable[str]) -> dict[str, Any]:
    """Return symbol -> what it is, as the imported packages have them."""
    program = Path(__file__).with_name("at_run_time.py").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(answer(python, program, *packages))
    return found


def parameters(function: Function | None) -> Parameters:
    """Return the parameters of a function of the model in the form of `at_run_time`; no constructor takes nothing."""
    shown = function.parameters if function else ()
    return [{"name": each.name, "kind": str(each.kind), "default": each.default} for each in shown]


def class_symbols(class_: Class, path: str, text: str) -> Iterator[tuple[str, Parameters | None]]:
    """Yield a class and those members of it that stand on its page."""
    # Nobody calls a protocol; the signature that `inspect` tells of one is not its own.
    yield path, None if class_.kind == ClassKind.PROTOCOL else parameters(class_.constructor)
    for property_ in class_.properties:
        if stands_on(property_.name, text):
            yield f"{path}.{property_.name}", None
    for attribute in class_.attributes:
        if stands_on(attribute.name, text):
            yield f"{path}.{attribute.name}", None
    for method in class_.methods:
        if stands_on(method.name, text):
            yield f"{path}.{method.name}", parameters(method)


def stands_on(name: str, text: str) -> bool:
    """Say whether a page shows a name as a heading or in the code of a table."""
    return f"`{name}`" in text or f"### {name}()" in text


def on_pages(reference: Reference, renderer: Renderer) -> dict[str, Parameters | None]:
    """Return symbol -> parameters of what is both in the model and on its page."""
    symbols: dict[str, Parameters | None] = {}
    for package in reference.packages:
        index, *pages = (page.text for page in renderer.package(package))
        for function in package.functions:
            if stands_on(function.name, index):
                symbols[f"{package.name}.{function.name}"] = parameters(function)
        for variable in package.variables:
            if stands_on(variable.name, index):
                symbols[f"{package.name}.{variable.name}"] = None
        for class_, page in zip(package.classes, pages, strict=True):
            symbols |= class_symbols(class_, f"{package.name}.{class_.name}", page)
    return symbols


def from_sources(target: str, dialect_name: str, dependencies: list[str]) -> Static:
    """Return what docgen says of a release."""
    job = Job(target=target, dialect=dialect_name, changes=(f"dependencies={json.dumps(dependencies)}",))
    _, dialect, site = configured(job)
    found = read(job)
    return Static(
        symbols=on_pages(found.reference, Renderer(dialect, site, found.reference.version)), findings=found.findings
    )


def is_told(symbol: str, owner: str, static: Static) -> bool:
    """Say whether a finding tells of a symbol.

    By its name, because its whole file or a base was not read, or because code binds names in its module and the
    whole class or function is unknown.

    Parameters:
        symbol: Dotted path of the symbol.
        owner: Dotted path of the class or module that binds it at run time.
        static: What docgen says.
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


def signature_figures(live: dict[str, Any], static: dict[str, Parameters | None]) -> dict[str, object]:
    """Return how many signatures and defaults are equal, and which are not."""
    differ: dict[str, tuple[str, str]] = {}
    compared = defaults = equal_defaults = 0
    for symbol, found in live.items():
        ours, theirs = static.get(symbol), found["parameters"]
        if ours is None or theirs is None:
            continue
        compared += 1
        if [*map(_shape, ours)] != [*map(_shape, theirs)]:
            differ[symbol] = (_signature(ours), _signature(theirs))
            continue
        for our, their in zip(ours, theirs, strict=True):
            if their["default"] is not None:
                defaults += 1
                equal_defaults += our["default"] == their["default"]
    return {
        "signatures": compared,
        "signatures_equal": round(1 - len(differ) / max(1, compared), 4),
        "defaults_equal": round(equal_defaults / max(1, defaults), 4),
        "signatures_differ": dict(sorted(differ.items())[:SHOWN]),
    }


def _shape(parameter: dict[str, Any]) -> tuple[object, ...]:
    return parameter["name"], parameter["kind"], parameter["default"] is not None


def _signature(parameters: Parameters) -> str:
    marks = {"variadic positional": "*", "variadic keyword": "**", "keyword-only": "[kw]", "positional-only": "[pos]"}
    return ", ".join(
        f"{marks.get(str(each['kind']), '')}{each['name']}{'=' if each['default'] is not None else ''}"
        for each in parameters
    )


def measure(requirement: str, dialect: str, *, reads_dependencies: bool = False) -> dict[str, object]:
    """Return the figures of one distribution."""
    name = requirement.partition("==")[0]
    python = environment(requirement, load_dialect(dialect).reading.python)
    versions = json.loads(answer(python, VERSIONS))
    target = f"{name}=={versions.pop(_normal(name))}"
    pins = [f"{other}=={version}" for other, version in versions.items() if reads_dependencies]
    sources = find_sources(target)
    everything = at_run_time(python, sources.packages)
    static = from_sources(target, dialect, pins)
    not_counted = NOT_COUNTED[load_dialect(dialect).reading.lists_attributes]
    live = {symbol: found for symbol, found in everything["symbols"].items() if found["kind"] not in not_counted}
    absent = [symbol for symbol in live if symbol not in static.symbols]
    told = [symbol for symbol in absent if is_told(symbol, live[symbol]["definer"], static)]
    missing = sorted(set(absent) - set(told))
    return {
        "package": target,
        "dialect": dialect,
        "at_run_time": len(live),
        "on_pages": len(live) - len(absent),
        "in_findings": len(told),
        "missing": len(missing),
        "kinds": Counter(found["kind"] for found in live.values()),
        "not_shown_by_design": Counter(
            found["kind"] for found in everything["symbols"].values() if found["kind"] in not_counted
        ),
        "not_importable": everything["failed"][:SHOWN],
        "only_in_findings": sorted(told)[:SHOWN],
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
    parser.add_argument("--dialect", default="material")
    parser.add_argument("--dependencies", action="store_true", help="read the sources of what it depends on too")
    given = parser.parse_args()
    for requirement in given.requirements:
        found = measure(requirement, given.dialect, reads_dependencies=given.dependencies)
        print(json.dumps(found, indent=1), flush=True)


if __name__ == "__main__":
    main()
