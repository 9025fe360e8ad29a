"""What `conformance run TARGET` names: which adapter, in which environment, with which template class.

| target | is |
|-|-|
| `reference_impl`, `flyte` | a known implementation, installed beside the command |
| `flyte==2.12.1` | a release, in an environment of its own |
| `plugin==2.12.1,flyte==2.12.1:dotted.Class` | several releases in one environment: a plugin's class beside that SDK |
| `flyte[sandbox]==2.12.1:dotted.Class` | a release with what some of its classes need |
| `TARGET:dotted.Class` | one of these, with another template class swapped in |
| `module:attribute` | an adapter in the user's own code |
| any other name | an adapter that an installed distribution offers (entry-point group `conformance.adapters`) |
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from conformance.engine.environments import environment_for
from conformance.errors import TargetError, UsageError, perhaps

KNOWN = Path(__file__).parent.parent / "contracts/task_template/adapters" / "known.toml"
ENTRY_POINTS = "conformance.adapters"

_RELEASE = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?P<extras>\[[A-Za-z0-9._,-]+\])?==(?P<version>[A-Za-z0-9.!+_-]+)"
)

_BETWEEN = re.compile(r",(?![^\[]*\])")
"""A comma between two releases, not one between the extras of one."""


class Pin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A requirement that some releases need beside them."""

    releases: str
    requirement: str
    reason: str
    extra: str = ""
    """Only where the release is asked for with this extra; empty: always."""


class Known(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An implementation that the suite knows by name."""

    adapter: str
    pins: tuple[Pin, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Target:
    """An implementation under test, as it was named and as it is started."""

    text: str
    """As the user wrote it: the name in every report."""
    adapter: str
    """`module:attribute`, imported in the child process."""
    template: str | None = None
    requirements: tuple[str, ...] = ()
    """What its own environment holds; empty: the environment of the command."""

    def python(self) -> Path:
        """Return the interpreter that it runs in; its environment is made if need be.

        Raises:
            TargetError: The environment cannot be made.
        """
        return environment_for(self.requirements) if self.requirements else Path(sys.executable)


def known() -> Mapping[str, Known]:
    """Return the implementations that the suite knows, by name."""
    return msgspec.toml.decode(KNOWN.read_bytes(), type=dict[str, Known])


def target_from(text: str) -> Target:
    """Return what a target names.

    Raises:
        UsageError: It names nothing.
    """
    base, _, rest = text.partition(":")
    if text.startswith("exec:"):
        raise UsageError(
            f"{text}: implementations in other languages cannot be run yet. Write an adapter: MODULE:ATTRIBUTE."
        )
    releases = [_RELEASE.fullmatch(one) for one in _BETWEEN.split(base)]
    if all(releases):
        return _release(text, [one for one in releases if one], rest or None)
    installed = _installed_adapters()
    if base in installed:
        return Target(text=text, adapter=installed[base], template=rest or None)
    if rest:
        return Target(text=text, adapter=text)
    raise UsageError(
        f"{text}: no such target{_meant(text, installed)}. Known here: {', '.join(sorted(installed))}; "
        "or NAME==VERSION, TARGET:dotted.Class, MODULE:ATTRIBUTE."
    )


def _meant(text: str, installed: Iterable[str]) -> str:
    """Return the target that is meant, perhaps, as a remark; empty if none is near."""
    if text.endswith(".py"):
        return f" (for an adapter in this file: {Path(text).stem}:ATTRIBUTE)"
    return perhaps(text, installed)


def _installed_adapters() -> dict[str, str]:
    """Return adapters by name: those we know whose package is here, and those that distributions offer."""
    offered = {entry.name: entry.value for entry in importlib.metadata.entry_points(group=ENTRY_POINTS)}
    ours = {name: one.adapter for name, one in known().items() if importlib.util.find_spec(name) is not None}
    return {**offered, **ours}


def _release(text: str, releases: Sequence[re.Match[str]], template: str | None) -> Target:
    """Return releases as a target, all in one environment.

    A distribution that we do not know (a plugin, say) runs with the adapter of the known implementation that stands or
    is needed beside it; its template class has to be named.
    """
    table = known()
    here = [release for release in releases if release["name"] in table]
    if not here and template is None:
        raise UsageError(
            f"{text}: {releases[0]['name']} is not known by name. Say which template class: {text}:dotted.Class."
        )
    named = {release["name"] for release in releases}
    pins = [
        pin.requirement
        for release in here
        for pin in table[release["name"]].pins
        if is_within(release["version"], pin.releases) and has_extra(release, pin.extra)
        # What the user asks for is the user's business.
        if pin.requirement.partition("==")[0] not in named
    ]
    return Target(
        text=text,
        adapter=table[here[0]["name"] if here else "flyte"].adapter,
        template=template,
        requirements=(*(release[0] for release in releases), *pins),
    )


def has_extra(release: re.Match[str], extra: str) -> bool:
    """Return whether a release is asked for with an extra; the empty one is there always."""
    return not extra or extra in (release["extras"] or "").strip("[]").split(",")


def is_within(version: str, releases: str) -> bool:
    """Return whether a version lies in a range such as `>=2.0.0,<2.2.0`; versions compare by their numbers.

    Raises:
        TargetError: The range uses another operator.
    """
    number = version_key(version)
    for bound in releases.split(","):
        match = re.fullmatch(r"\s*(>=|<=|<|>|==)\s*(\S+)\s*", bound)
        if match is None:
            raise TargetError(
                f"{bound!r} in {KNOWN.name} is no version bound: >=, >, <=, < or == and a version are due."
            )
        due = version_key(match[2])
        holds = {">=": number >= due, ">": number > due, "<=": number <= due, "<": number < due, "==": number == due}
        if not holds[match[1]]:
            return False
    return True


def version_key(version: str) -> tuple[int, ...]:
    """Return the numbers of a version, in order; what is no number counts as its end: `2.1.0b3` as `2.1.0`."""
    leading = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(part) for part in leading[0].split(".")) if leading else ()
