"""Finds installed packages without importing them."""

from __future__ import annotations

import importlib.machinery
import importlib.metadata
from pathlib import Path

from docgen.errors import TargetError
from docgen.findings import shown
from docgen.sources.layout import Layout


def installed_layout(name: str) -> Layout:
    """Return the layout of an installed package.

    Parameters:
        name: Its dotted import name, or the name of its distribution: `yaml` or `PyYAML`.

    Raises:
        TargetError: Nothing of that name is installed.
    """
    top = name.partition(".")[0]
    spec = importlib.machinery.PathFinder.find_spec(top) if top.isidentifier() else None
    places = list(spec.submodule_search_locations or []) if spec else []
    if spec is None or not (places or spec.origin):
        return _distribution_layout(name)
    root = Path(places[0]).parent if places else Path(str(spec.origin)).parent
    distributions = importlib.metadata.packages_distributions().get(top, [])
    version = importlib.metadata.version(distributions[0]) if distributions else ""
    return Layout(root=root, packages=(name,), name=distributions[0] if distributions else top, version=version)


def _distribution_layout(name: str) -> Layout:
    """Return the packages of an installed distribution.

    Raises:
        TargetError: No distribution of that name is installed, or it has no packages.
    """
    try:
        found = importlib.metadata.distribution(name)
    except (importlib.metadata.PackageNotFoundError, ValueError) as error:
        raise TargetError(
            f"target {shown(name)}: no such file or folder, and no package or distribution of that name is installed. "
            "Name a folder, a .py file, a wheel, git:REVISION or a release such as httpx==0.28.1."
        ) from error
    packages = {
        top
        for top, distributions in importlib.metadata.packages_distributions().items()
        if found.metadata["Name"] in distributions and top.isidentifier() and not top.startswith("_")
    }
    if not packages:
        raise TargetError(f"target {shown(name)}: the distribution has no package. Name another one, or a folder.")
    return Layout(
        root=Path(str(found.locate_file(""))).resolve(),
        packages=tuple(sorted(packages)),
        name=found.metadata["Name"],
        version=found.version,
    )
