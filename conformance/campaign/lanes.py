"""Lanes: the releases of one implementation with one interpreter, the oldest first."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from conformance.campaign.file import Campaign, Entry
from conformance.engine.contract import Contract
from conformance.engine.interpreters import HERE, Interpreter, find_interpreter
from conformance.engine.targets import Target, target_from
from conformance.errors import UsageError
from docgen.sources.releases import listed_versions, release_order

_PATTERN = re.compile(r"(?P<name>[A-Za-z0-9*?._\-]+)(?P<extras>\[[^\]]*\])?(?P<versions>.*)")


@dataclass(frozen=True, kw_only=True)
class Lane:
    """Releases of one implementation."""

    name: str
    """The distribution, followed by the class if it is not the adapter's."""
    targets: tuple[Target, ...]
    """The oldest first; just one if it is judged as it is installed here."""
    versions: tuple[str, ...]
    """Versions of the releases; one empty string if it is judged as it is installed here."""
    interpreter: Interpreter


def lanes_of(campaign: Campaign, contract: Contract) -> list[Lane]:
    """Return the lanes of a campaign, in the order of its file.

    Raises:
        UsageError: An entry matches nothing, or names a target that does not exist.
        DownloadError: The package index does not answer.
    """
    interpreters = [find_interpreter(name) for name in campaign.pythons] or [HERE]
    found: list[Lane] = []
    for text in campaign.targets:
        entry = Entry(releases=text) if isinstance(text, str) else text
        here = _as_it_is(entry, contract)
        found += [here] if here is not None else _rows(entry, campaign, contract, interpreters)
    return found


def _as_it_is(entry: Entry, contract: Contract) -> Lane | None:
    """Return the lane of an implementation that is installed here, None if the entry is about releases."""
    is_adapter = ":" in entry.releases
    is_known = entry.releases in contract.known or any(
        each.name == entry.releases for each in importlib.metadata.entry_points(group="conformance.adapters")
    )
    if not is_adapter and not is_known:
        return None
    text = f"{entry.releases}:{entry.class_}" if entry.class_ else entry.releases
    return Lane(name=text, targets=(target_from(text, contract),), versions=("",), interpreter=HERE)


def _rows(entry: Entry, campaign: Campaign, contract: Contract, interpreters: Iterable[Interpreter]) -> Iterator[Lane]:
    """Yield a lane for each distribution that an entry matches, and each interpreter.

    Raises:
        UsageError: It matches none, or a distribution has no such release.
    """
    parts = _PATTERN.fullmatch(entry.releases.replace(" ", ""))
    if parts is None:
        raise UsageError(f"targets: {entry.releases}: expected a name and versions, such as sdk>=2.0 or sdk-plugin-*.")
    extras = parts["extras"] or ""
    for name in _names(parts["name"], campaign, contract):
        versions = chosen_versions(name, parts["versions"], entry)
        for interpreter in interpreters:
            targets = [_target(f"{name}{extras}", version, entry, contract) for version in versions]
            yield Lane(
                name=f"{name}:{entry.class_}" if entry.class_ else name,
                targets=tuple(replace(target, interpreter=interpreter) for target in targets),
                versions=tuple(versions),
                interpreter=interpreter,
            )


def _names(pattern: str, campaign: Campaign, contract: Contract) -> list[str]:
    """Return the distributions that a pattern matches. They are not searched for on the package index.

    Raises:
        UsageError: It matches none.
    """
    if not set("*?") & set(pattern):
        return [pattern]
    installed = {each.name for each in importlib.metadata.distributions() if each.name}
    known: set[str] = {canonicalize_name(name) for name in (*campaign.names, *contract.known, *installed)}
    found = sorted(name for name in known if fnmatchcase(name, re.sub(r"[-_.]+", "-", pattern).lower()))
    if not found:
        raise UsageError(
            f"targets: {pattern}: matches no distribution that is installed here or known to the contract. "
            "List the distributions under names = [...]."
        )
    return found


def chosen_versions(name: str, specifier: str, entry: Entry) -> Sequence[str]:
    """Return the versions of a distribution that an entry asks for, the oldest first.

    Raises:
        UsageError: There are none.
    """
    try:
        wanted = SpecifierSet(specifier)
    except InvalidSpecifier as error:
        raise UsageError(
            f"targets: {entry.releases}: {specifier} is not a range of versions such as >=2.0,<3."
        ) from error
    versions = [
        each
        for each in listed_versions(name)
        if wanted.contains(each, prereleases=True) and (entry.pre or not release_order(each).is_prerelease)
    ]
    if entry.each == "minor":
        # The last one of each wins.
        versions = list({release_order(each).release[:2]: each for each in versions}.values())
    if not versions:
        raise UsageError(f"targets: {entry.releases}: {name} has no such release.")
    return versions


def _target(name: str, version: str, entry: Entry, contract: Contract) -> Target:
    """Return one release as a target.

    Raises:
        UsageError: It cannot be judged, for instance because the contract knows no adapter for it.
    """
    text = f"{name}=={version}"
    if entry.beside:
        companion = entry.beside.replace("{version}", version)
        try:
            Requirement(companion)
        except InvalidRequirement as error:
            raise UsageError(f"targets: beside = {entry.beside!r}: expected a release such as sdk==2.0.0.") from error
        text = f"{text},{companion}"
    return target_from(f"{text}:{entry.class_}" if entry.class_ else text, contract)
