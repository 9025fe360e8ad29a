"""Rules as data, and how they are read.

The catalogue of a contract (`catalogue/*.toml`, one file per group) holds the rules as data; its suite
(`suite/test_*.py`) holds at least one property per rule, tied to it by `@rule("OVR-02")`. This module is
read in the child process too, beside implementations with few packages installed: standard library only.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from conformance.errors import CatalogueError

Property = TypeVar("Property", bound=Callable[..., object])

RULE_ATTRIBUTE = "conformance_rules"
"""The attribute in which `@rule` stores the ids on a property: a tuple, usually of one."""

FIRST_RELEASE = "0"
"""The release that a rule is part of since, if neither the rule nor its contract says."""


class Level(StrEnum):
    """How binding a rule is: MUST, SHOULD and MAY as in RFC 2119, OBS for the vendor's own behaviour."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"
    """Optional: an implementation that claims the capability has to keep the rule, for any other it is a gap that does
    not count."""
    OBS = "OBS"


@dataclass(frozen=True, kw_only=True)
class Profile:
    """Which rules an implementation is judged by, and which of them decide. A contract declares its profiles."""

    name: str
    levels: frozenset[Level]
    """A rule of one of these levels belongs to the profile, unless the rule itself lists its profiles."""
    deciding: frozenset[Level]
    """The levels whose deviations give exit code 1."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """The sentence of the published page that a rule rests on."""

    heading: str
    digest: str
    """SHA-256 of the sentence in hexadecimal. It detects a changed sentence without repeating it."""
    page: str


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One fact about an implementation that can be checked from outside."""

    id: str
    name: str
    level: Level
    statement: str
    hint: str
    """What an implementer can do about a deviation."""
    source: Source | None = None
    authority: str | None = None
    """The reason for the rule if no sentence of the page states it. Exactly one of `source` and `authority` is set."""
    since: str = FIRST_RELEASE
    """The first release of the contract that has the rule."""
    capabilities: frozenset[str] = frozenset()
    """The capabilities that an implementation needs before the rule can be judged."""
    no_mutant: str | None = None
    """Why no wrong variant of the model can break the rule, if none can."""
    needs: str | None = None
    """"python" if the rule passes functions or spies, which cannot be sent to another process."""
    profiles: frozenset[str] = frozenset()
    """Names of the profiles that it belongs to."""

    @property
    def group(self) -> str:
        """The chapter: `OVR` of `OVR-15a`."""
        return self.id.partition("-")[0]

    def decides(self, profile: Profile) -> bool:
        """Return whether a deviation gives exit code 1 under `profile`."""
        return profile.name in self.profiles and self.level in profile.deciding


def rule(*ids: str) -> Callable[[Property], Property]:
    """Tie a property to the rules that it checks. Write `@rule("OVR-02")` above `@given`."""

    def tie(function: Property) -> Property:
        setattr(function, RULE_ATTRIBUTE, ids)
        return function

    return tie


def load_catalogue(
    folder: Path, *, profiles: Iterable[Profile], page: str = "", first_release: str = FIRST_RELEASE
) -> Mapping[str, Rule]:
    """Return all rules by id, in the order of files and of entries within a file.

    Parameters:
        folder: The folder of the catalogue, one TOML file per group.
        profiles: The profiles of the contract.
        page: The page that a rule quotes unless it names another.
        first_release: `since` of a rule that does not give one.

    Raises:
        CatalogueError: Entries lack a field or have an unknown one, or an id occurs twice. The message lists them all.
    """
    levels = {profile.name: profile.levels for profile in profiles}
    rules: dict[str, Rule] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        for identifier, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if identifier in rules:
                problems.append(f"{path.name}: [{identifier}] is defined twice")
            try:
                rules[identifier] = _rule_from(identifier, {"since": first_release, **entry}, levels, page)
            except (TypeError, ValueError) as error:
                problems.append(f"{path.name}: [{identifier}] {error}")
    if problems:
        raise CatalogueError("the catalogue cannot be used:\n  " + "\n  ".join(problems))
    return rules


def ids_in(path: Path) -> frozenset[str]:
    """Return the ids of the rules that have a property in a module of a suite, read without importing it."""
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    ties = (
        decorator
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Name)
        and decorator.func.id == rule.__name__
    )
    return frozenset(ast.literal_eval(argument) for tie in ties for argument in tie.args)


def _rule_from(identifier: str, entry: Mapping[str, object], levels: Mapping[str, frozenset[Level]], page: str) -> Rule:
    """Return one rule.

    Parameters:
        identifier: Its id.
        entry: Its table in the catalogue.
        levels: The levels of each profile, by name.
        page: The page that it quotes unless it names another.

    Raises:
        TypeError: A field is missing or unknown.
        ValueError: A field has a value that is not allowed.
    """
    plain = dict(entry)
    level = Level(str(plain.pop("level", "")))
    source = plain.pop("source", None)
    if (source is None) == ("authority" not in plain):
        raise ValueError("needs either source or authority, and not both")
    profiles = frozenset(_texts(plain.pop("profiles", [name for name, judged in levels.items() if level in judged])))
    if unknown := profiles - levels.keys():
        raise ValueError(f"names the profile {', '.join(sorted(unknown))}, which the contract does not declare")
    capabilities = plain.pop("capabilities", ())
    return Rule(
        id=identifier,
        level=level,
        source=Source(**{"page": page, **source}) if isinstance(source, dict) else None,
        profiles=profiles,
        capabilities=frozenset(_texts(capabilities)),
        **plain,  # type: ignore[arg-type]  # the values come from a data file; a test reads all of them
    )


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"expected a list of strings, got {value!r}")
    return tuple(map(str, value))
