"""Digests of an implementation and of what judges it: if one changes, verdicts of an earlier run are not reused."""

from __future__ import annotations

import ast
import hashlib
import importlib.machinery
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from conformance.engine.contract import Contract
from conformance.engine.environments import versions_here
from conformance.engine.targets import Target

ENGINE = Path(__file__).parent
_SUITE = frozenset({"conformance", "hypothesis"})
"""Packages that an adapter may import without depending on them: the suite has a digest of its own."""


def stamp_of(contract: Contract, target: Target) -> str:
    """Return a digest of a contract, of the engine, and of an implementation as it is at the moment.

    A release is identified by its version. For an implementation in the environment of the command, the digest covers
    the files of its adapter and of the packages that the adapter's module imports. Nothing is imported.
    """
    parts = [
        *(digest_of(contract.folder), digest_of(ENGINE), target.interpreter.version),
        *(f"{name}=={version}" for name, version in versions_here().items()),
        *(digest_of_module(name) for name in (contract.model.packages if contract.model else ())),
        *target.requirements,
    ]
    if not target.requirements:
        parts += [digest_of_module(name) for name in modules_around(target.adapter.partition(":")[0])]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def modules_around(name: str) -> list[str]:
    """Return the top-level packages that a module belongs to and imports from, without the standard library."""
    tops = {name.partition(".")[0]}
    path = _source_of(name)
    if path is not None:
        tops |= set(_imported(path))
    return sorted(tops - _SUITE - set(sys.stdlib_module_names))


def _imported(path: Path) -> Iterator[str]:
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module.partition(".")[0]


def _source_of(name: str) -> Path | None:
    """Return the file of a module, found without importing the packages above it."""
    top, *rest = name.split(".")
    place = _place_of(top)
    if place is None or place.is_file():
        return place
    place = place.joinpath(*rest)
    found = [place / "__init__.py", place.with_name(f"{place.name}.py")]
    return next((path for path in found if path.is_file()), None)


def _place_of(top: str) -> Path | None:
    """Return the folder of a package, or the file of a module; None if it is not installed."""
    spec = importlib.machinery.PathFinder.find_spec(top, [str(Path.cwd()), *sys.path])
    if spec is None:
        return None
    if spec.submodule_search_locations:
        return Path(next(iter(spec.submodule_search_locations)))
    return Path(spec.origin) if spec.origin else None


def digest_of_module(top: str) -> str:
    """Return a digest of a top-level package or module; its name if it is not installed."""
    place = _place_of(top)
    return digest_of(place) if place is not None else top


@cache
def digest_of(place: Path) -> str:
    """Return a digest of a file, or of the files below a folder without bytecode."""
    total = hashlib.sha256()
    for path in sorted(_files(place)):
        total.update(f"{path.relative_to(place.parent)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _files(place: Path) -> Iterable[Path]:
    every = place.rglob("*") if place.is_dir() else [place]
    return [path for path in every if path.is_file() and path.suffix != ".pyc"]
