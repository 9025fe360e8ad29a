"""House rules that no other tool checks: the direction of imports, and what is public."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("reference_impl", "docgen", "conformance")

GRANTED: dict[str, list[str]] = {
    "reference_impl": [],
    "docgen": [],
    "conformance": ["docgen"],
    "conformance.contracts.task_template.adapters": ["conformance", "reference_impl"],
    "tests.mutants": ["conformance", "conformance.contracts.task_template.adapters", "reference_impl"],
}
"""Which of our other packages a package may import. Source: the architecture, the arrow between the packages."""

_ENGINE = ["conformance.errors", "conformance.engine"]
_BELOW_TASK = ["reference_impl.errors", "reference_impl.values", "reference_impl.schema"]

_BASIC = ["docgen.errors", "docgen.files", "docgen.findings", "docgen.settings", "docgen.stamps", "docgen.trace"]
_MODEL = ["docgen.prose", "docgen.model", "docgen.symbols"]
_READ = [*_BASIC, *_MODEL, "docgen.sources", "docgen.runtime", "docgen.incremental", "docgen.build"]
_ASKED = ["docgen.config", "docgen.job", "docgen.reading", "docgen.sites"]
_OF_MODEL = [
    "docgen.content",
    "docgen.coverage",
    "docgen.dump",
    "docgen.examples",
    "docgen.fragments",
    "docgen.lint",
    "docgen.narrow",
    "docgen.overrides",
    "docgen.order",
]
_OF_COMPARE = [
    "docgen.compare.catalogue",
    "docgen.compare.differences",
    "docgen.compare.standard",
    "docgen.compare.visibility",
]
_COMPARE = [*_OF_COMPARE, "docgen.compare.rules", "docgen.compare.sides"]
_FAMILY = [*_READ, *_ASKED, *_OF_MODEL, "docgen.formats"]

FOLDERS: dict[str, list[str]] = {
    "docgen.errors": [],
    "docgen.exchange": [],
    "docgen.findings": [],
    "docgen.order": [],
    "docgen.progress": [],
    "docgen.sites": ["docgen.files", "docgen.settings"],
    "docgen.stamps": [],
    "docgen.trace": [],
    "docgen.files": ["docgen.errors"],
    "docgen.work": ["docgen.errors"],
    "docgen.settings": ["docgen.errors", "docgen.files", "docgen.findings"],
    "docgen.prose": [],
    "docgen.model": ["docgen.prose"],
    "docgen.symbols": ["docgen.model"],
    "docgen.content": _MODEL,
    "docgen.coverage": _MODEL,
    "docgen.dump": [*_BASIC, *_MODEL],
    "docgen.examples": [*_BASIC, *_MODEL],
    "docgen.fragments": ["docgen.examples", *_MODEL],
    "docgen.lint": [*_BASIC, *_MODEL],
    "docgen.narrow": [*_BASIC, *_MODEL],
    "docgen.overrides": [*_BASIC, *_MODEL],
    "docgen.sources": [*_BASIC, "docgen.model"],
    "docgen.runtime": [*_BASIC, "docgen.model", "docgen.sources"],
    "docgen.incremental": [*_BASIC, "docgen.sources"],
    "docgen.build": [*_BASIC, *_MODEL, "docgen.sources", "docgen.runtime", "docgen.incremental"],
    "docgen.config": [*_BASIC, "docgen.sources"],
    "docgen.job": _BASIC,
    "docgen.reading": [*_READ, "docgen.config", "docgen.overrides"],
    "docgen.formats": [*_BASIC, *_MODEL, "docgen.config", "docgen.job"],
    "docgen.formats.base": [*_BASIC, *_MODEL, "docgen.formats"],
    "docgen.formats.material": [*_FAMILY, "docgen.formats.base"],
    "docgen.formats.flyte": [*_FAMILY, "docgen.formats.base"],
    "docgen.trials": ["docgen.errors", "docgen.files"],
    "docgen.compare.catalogue": _BASIC,
    "docgen.compare.differences": [*_MODEL, "docgen.compare.catalogue"],
    "docgen.compare.standard": _MODEL,
    "docgen.compare.visibility": [*_BASIC, *_MODEL, "docgen.sources"],
    "docgen.compare.rules": [*_READ, "docgen.order", "docgen.trials", *_OF_COMPARE],
    "docgen.compare.sides": [*_FAMILY, *_OF_COMPARE, "docgen.compare.rules"],
    "docgen.compare": [*_FAMILY, *_COMPARE, "docgen.exchange", "docgen.trials"],
    "docgen.command": [
        *_READ,
        *_ASKED,
        *_OF_MODEL,
        "docgen.formats",
        "docgen.compare",
        *_COMPARE,
        "docgen.progress",
        "docgen.work",
    ],
    "docgen.plugin": [
        *_BASIC,
        "docgen.sources",
        "docgen.incremental",
        "docgen.job",
        "docgen.sites",
        "docgen.formats",
        "docgen.command",
    ],
    "reference_impl.errors": [],
    "reference_impl.values": ["reference_impl.errors"],
    "reference_impl.schema": ["reference_impl.errors", "reference_impl.values"],
    "reference_impl.task": _BELOW_TASK,
    "reference_impl.local": [*_BELOW_TASK, "reference_impl.task"],
    "conformance.errors": [],
    "conformance.engine": ["conformance.errors"],
    "conformance.engine.child": _ENGINE,
    "conformance.contracts": [*_ENGINE, "conformance.engine.child"],
    "conformance.campaign": _ENGINE,
    "conformance.parity": ["conformance.errors"],
    "conformance.mutants": [*_ENGINE, "conformance.engine.child", "conformance.command.options"],
    "conformance.authoring": [*_ENGINE, "conformance.mutants"],
    "conformance.command.options": [],
    "conformance.pytest": _ENGINE,
    "conformance.command": [*_ENGINE, "conformance.campaign", "conformance.mutants", "conformance.command.options"],
}
"""What a folder of a package, or a module that all of them use, may import of that package; others may import all.

Source: the architecture, the folders of each package.
"""

CLOSING = {("reference_impl.task.template", "reference_impl.task.environment")}
"""Imports for the type checker that may close a cycle.

The contract page prescribes that a template refers to its environment, and an environment makes templates.
"""

THIRD_PARTY = {
    "reference_impl": set[str](),
    "docgen": {"click", "griffe", "jinja2", "msgspec", "packaging", "platformdirs"},
    "docgen.plugin": {"jinja2", "mkdocs"},
    "docgen.work": {"dask", "distributed"},
    "conformance": {
        "click",
        "cloudpickle",
        "hypothesis",
        "jinja2",
        "jsonschema_rs",
        "msgspec",
        "packaging",
        "pytest",
        "_pytest",
        "redis",
    },
}
"""What a package, or a folder of it, may import beyond the standard library and ourselves."""


def own_modules() -> Iterator[Path]:
    """Yield every module of the three packages, relative to the root."""
    for package in PACKAGES:
        yield from (path.relative_to(ROOT) for path in (ROOT / package).rglob("*.py"))


def home(name: str, table: Iterable[str] = tuple(GRANTED)) -> str | None:
    """Return the longest entry of a table that a dotted name belongs to; None if there is none."""
    owners = sorted((own for own in table if f"{name}.".startswith(f"{own}.")), key=len, reverse=True)
    return owners[0] if owners else None


def dotted(path: Path) -> str:
    """Return the name that a module is imported by."""
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path) -> list[str]:
    """Return the dotted names that a module imports anywhere in it, deferred imports included."""
    names: list[str] = []
    package = list(path.parent.parts)
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            anchor = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*anchor, *filter(None, [node.module])])
            # What is imported from a package may be a module of it.
            names += [module, *(f"{module}.{alias.name}" for alias in node.names)]
    return names


@pytest.mark.parametrize("path", sorted(own_modules()), ids=str)
def test_imports_point_one_way(path: Path) -> None:
    """A module imports from our other packages only what the table allows it."""
    here = home(".".join(path.with_suffix("").parts))
    assert here is not None

    wrong = [name for name in imports_of(path) if (there := home(name)) and there not in (here, *GRANTED[here])]

    assert not wrong, f"{here} may import {GRANTED[here] or 'none of our packages'}, but {path} imports {wrong}"


@pytest.mark.parametrize("path", sorted(own_modules()), ids=str)
def test_folders_import_what_lies_below_them(path: Path) -> None:
    """A module imports from its own package only what the table allows its folder."""
    here = home(dotted(path), FOLDERS)
    names = [name for name in imports_of(path) if name.partition(".")[0] == path.parts[0]] if here else []

    wrong = [name for name in names if home(name, FOLDERS) not in (here, *FOLDERS[here or ""])]

    assert not wrong, f"{here} may import {FOLDERS[here or '']}, but {path} imports {wrong}"


@pytest.mark.parametrize("package", PACKAGES)
def test_modules_do_not_import_each_other_in_circles(package: str) -> None:
    """Following imports, deferred ones included, never leads from a module back to itself."""
    modules = {dotted(path): path for path in own_modules() if path.parts[0] == package}
    arrows = {
        name: {to for to in imports_of(path) if to in modules and (name, to) not in CLOSING}
        for name, path in modules.items()
    }

    TopologicalSorter(arrows).prepare()  # raises CycleError, which names the modules of a cycle


def test_examples_in_docstrings_are_true() -> None:
    """Each `>>>` of our modules gives the output below it."""
    with_examples = [path for path in sorted(own_modules()) if ">>>" in (ROOT / path).read_text(encoding="utf-8")]

    results = {
        path: doctest.testmod(importlib.import_module(".".join(path.with_suffix("").parts))) for path in with_examples
    }

    assert [path for path, result in results.items() if result.failed] == []
    assert sum(result.attempted for result in results.values()) > 0


@pytest.mark.parametrize("path", sorted(own_modules()), ids=str)
def test_third_party_imports_are_granted(path: Path) -> None:
    """A package imports only the libraries it declares; the reference implementation imports none at load."""
    package = home(dotted(path), THIRD_PARTY)
    assert package is not None
    allowed = THIRD_PARTY[package] | set(sys.stdlib_module_names) | set(PACKAGES) | {"__future__"}

    wrong = {name for name in imports_of(path) if name.partition(".")[0] not in allowed}

    assert not wrong, f"{path} imports {sorted(wrong)}; granted to {package}: {sorted(THIRD_PARTY[package])}"


def test_what_is_kept_of_texts_is_bounded() -> None:
    """A function of docgen that caches results by a text forgets old ones, because texts are unbounded.

    A process may read one release after the other, or build again at every change.
    """
    kept = [
        f"{dotted(path)}.{node.name}"
        for path in own_modules()
        if home(dotted(path)) == "docgen"
        for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
        and any(
            ast.unparse(each) in {"cache", "functools.cache", "lru_cache(maxsize=None)"} for each in node.decorator_list
        )
        and any(each.annotation is not None and "str" in ast.unparse(each.annotation) for each in node.args.args)
    ]

    assert not kept


@pytest.mark.parametrize("package", PACKAGES)
def test_public_names_exist_and_are_documented(package: str) -> None:
    """`__all__` of a package lists existing, documented names, each once."""
    module = importlib.import_module(package)

    names: list[str] = list(module.__all__)

    assert len(names) == len(set(names))
    assert module.__doc__
    for name in names:
        public = getattr(module, name)
        needs_text = inspect.isclass(public) or inspect.isroutine(public)
        assert public.__doc__ or not needs_text, f"{package}.{name} has no docstring"


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_are_typed(package: str) -> None:
    """Each package carries the marker of PEP 561."""
    module = importlib.import_module(package)

    assert module.__file__ is not None
    assert Path(module.__file__).with_name("py.typed").is_file()


@pytest.mark.skipif("ASSAY_WHEEL" not in os.environ, reason="the wheel is tested by `make test`")
@pytest.mark.parametrize("package", PACKAGES)
def test_the_wheel_is_what_is_tested(package: str) -> None:
    """Under `make test` the packages come from the installed wheel, never from the working tree."""
    module = importlib.import_module(package)

    assert module.__file__ is not None
    assert Path(module.__file__).is_relative_to(sysconfig.get_path("purelib"))


def test_reference_loads_standard_library_only() -> None:
    """Importing the reference implementation with every submodule loads nothing beyond the standard library."""
    program = (
        "import importlib, pkgutil, sys; before = set(sys.modules); import reference_impl\n"
        "for found in pkgutil.walk_packages(reference_impl.__path__, 'reference_impl.'):\n"
        "    importlib.import_module(found.name)\n"
        "tops = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(*sorted(tops - set(sys.stdlib_module_names) - {'reference_impl'}))"
    )

    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert answer.stdout.split() == []


VENDOR = re.compile(r"flyte|syncif|union\.ai|\baio\b|task.?template", re.IGNORECASE)
"""Words of the SDK whose published reference is one of the formats."""


def trunk_files() -> Iterator[Path]:
    """Yield every file of docgen outside its vendor's formats, except compiled modules, relative to the root."""
    for path in sorted((ROOT / "docgen").rglob("*")):
        if path.is_file() and path.suffix != ".pyc" and not path.is_relative_to(ROOT / "docgen" / "formats" / "flyte"):
            yield path.relative_to(ROOT)


@pytest.mark.parametrize("path", list(trunk_files()), ids=str)
def test_the_trunk_knows_no_vendor(path: Path) -> None:
    """Outside the folder of its formats, no file of docgen contains a word of the SDK."""
    text = (ROOT / path).read_text(encoding="utf-8", errors="replace")  # an inventory is compressed
    found = [line for line in text.splitlines() if VENDOR.search(line)]

    assert not found


def test_the_trunk_works_without_the_vendor(tmp_path: Path) -> None:
    """With the folder of the vendor's formats removed, pages of any package are made as before."""
    home = tmp_path / "home"
    shutil.copytree(ROOT / "docgen", home / "docgen", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.rmtree(home / "docgen" / "formats" / "flyte")
    source = tmp_path / "tool.py"
    source.write_text('"""A tool."""\n\n\ndef run(path: str) -> int:\n    """Run it."""\n')
    command = [sys.executable, "-m", "docgen", "build", str(source), "--out", str(tmp_path / "out")]

    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=home)

    assert result.returncode == 0, result.stderr
    assert "def run(path: str) -> int" in (tmp_path / "out" / "tool" / "index.md").read_text(encoding="utf-8")
