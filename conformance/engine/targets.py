"""Resolves the TARGET of `conformance run`: which adapter, in which environment, testing which class.

| target | is |
|-|-|
| `NAME` | an implementation that the contract knows by name, installed beside the command |
| `NAME==1.2.0` | a release, in an environment of its own |
| `PLUGIN==1.0.0,NAME==1.2.0:dotted.Class` | several releases in one environment, and the class of a plugin |
| `NAME[extra]==1.2.0:dotted.Class` | a release with the packages that some of its classes need |
| `TARGET:dotted.Class` | one of these, with another class in place of the one that the adapter tests |
| `module:attribute` | an adapter in the user's own code |
| any other name | an adapter that an installed distribution offers (entry-point group `conformance.adapters`) |
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from conformance.engine.contract import Contract
from conformance.engine.environments import environment_for
from conformance.engine.interpreters import HERE, Interpreter
from conformance.errors import UsageError
from docgen.settings import nearest

ENTRY_POINTS = "conformance.adapters"
"""The entry-point group by which a distribution offers its adapter."""

_BETWEEN = re.compile(r",(?![^\[]*\])")
"""A comma between two releases, not one between the extras of one."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """An implementation under test, as it was named and as it is started."""

    text: str
    """The target as the user wrote it, which is its name in every report."""
    adapter: str
    """`module:attribute`, imported in the child process."""
    swapped_class: str | None = None
    """Dotted path of the class that takes the place of the one that the adapter tests."""
    requirements: tuple[str, ...] = ()
    """Requirements of its own environment. If empty, it runs in the environment of the command."""
    interpreter: Interpreter = HERE
    """The Python that the environment is created with."""

    def python(self) -> Path:
        """Return the interpreter that it runs in, after creating its environment if necessary.

        Raises:
            TargetError: The environment cannot be created.
        """
        return environment_for(self.requirements, self.interpreter) if self.requirements else Path(sys.executable)


def target_from(text: str, contract: Contract) -> Target:
    """Return the target that a user names.

    Raises:
        UsageError: There is no such target.
    """
    base, _, rest = text.partition(":")
    if text.startswith("exec:"):
        raise UsageError(
            f"{text}: implementations in other languages cannot be run yet. Write an adapter: MODULE:ATTRIBUTE."
        )
    releases = [exact_release(one) for one in _BETWEEN.split(base)]
    if all(releases):
        return _release(text, [one for one in releases if one], rest or None, contract)
    installed = _installed_adapters(contract)
    if base in installed:
        return Target(text=text, adapter=installed[base], swapped_class=rest or None)
    if rest:
        return Target(text=text, adapter=text)
    raise UsageError(
        f"{text}: there is no such target. {_meant(text, installed)}Give MODULE:ATTRIBUTE, NAME==VERSION"
        + (f", or a name that is known here: {', '.join(sorted(installed))}." if installed else ".")
    )


def _meant(text: str, installed: Iterable[str]) -> str:
    """Return a sentence with the target that the user may have meant, and a space; empty if no name is near."""
    if text.endswith(".py"):
        return f"For an adapter in this file, write {Path(text).stem}:ATTRIBUTE. "
    return nearest(text, installed)


def _installed_adapters(contract: Contract) -> dict[str, str]:
    """Return adapters by name: those that installed distributions offer, and the known ones whose package is here."""
    offered = {entry.name: entry.value for entry in importlib.metadata.entry_points(group=ENTRY_POINTS)}
    ours = {name: one.adapter for name, one in contract.known.items() if importlib.util.find_spec(name) is not None}
    return {**offered, **ours}


def _release(text: str, releases: Sequence[Requirement], swapped_class: str | None, contract: Contract) -> Target:
    """Return releases as a target, all in one environment.

    A distribution that the contract does not know (a plugin, say) runs with the adapter of the known implementation
    that is named beside it, or that the contract has for plugins; the class to test has to be named.

    Raises:
        UsageError: No class is named for a distribution that is not known.
    """
    here = [release for release in releases if canonicalize_name(release.name) in contract.known]
    host = canonicalize_name(here[0].name) if here else contract.adapter_for_plugins
    if not here and (swapped_class is None or not host):
        raise UsageError(
            f"{text}: {releases[0].name} is not an implementation that {contract.name} knows by name. "
            f"Name the class to test, {text}:dotted.Class, or an adapter, MODULE:ATTRIBUTE."
        )
    named = {canonicalize_name(release.name) for release in releases}
    pins = [
        pin.requirement
        for release in here
        for pin in contract.known[canonicalize_name(release.name)].pins
        if is_within(release, pin.releases)
        and (not pin.extra or pin.extra in release.extras)
        # A version that the user asks for wins over ours.
        and canonicalize_name(Requirement(pin.requirement).name) not in named
    ]
    return Target(
        text=text,
        adapter=contract.known[host].adapter,
        swapped_class=swapped_class,
        requirements=(*map(str, releases), *pins),
    )


def exact_release(text: str) -> Requirement | None:
    """Return a requirement that names one release, such as `sdk[extra]==2.12.1`; None for any other text."""
    try:
        found = Requirement(text)
    except InvalidRequirement:
        return None
    bounds = list(found.specifier)
    is_exact = len(bounds) == 1 and bounds[0].operator == "==" and not bounds[0].version.endswith(".*")
    return found if is_exact and found.marker is None and found.url is None else None


def is_within(release: Requirement, releases: str) -> bool:
    """Return whether an exact release is in a range such as `>=2.1.0,<2.1.3`; pre-releases count."""
    (bound,) = release.specifier
    return SpecifierSet(releases).contains(bound.version, prereleases=True)
