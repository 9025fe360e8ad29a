"""The rules: what one says, and where all of them are kept.

The catalogue of a contract (`catalogue/*.toml`, one file per group) holds the rules as data; its suite
(`suite/test_*.py`) holds at least one property per rule, tied to it by `@rule("OVR-02")`. This module is
read in the child process too, beside implementations with few packages installed: standard library only.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import TypeVar

from conformance.errors import CatalogueError

Property = TypeVar("Property", bound=Callable[..., object])

CATALOGUE = Path(__file__).parent.parent / "contracts/task_template/catalogue"
RULE_ATTRIBUTE = "conformance_rules"
"""Where `@rule` leaves the ids on a property: a tuple, usually of one."""

FIRST_RELEASE = "2.0.0"
"""`since` of a rule that does not say: the release that the contract starts from."""


class Level(StrEnum):
    """How binding a rule is. Source: the contract, "Levels"; MAY is ours, in the sense of RFC 2119."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"
    """What an implementation need not have. Whoever claims the capability has to keep the rule; else it is a gap that
    counts nowhere."""
    OBS = "OBS"


class Profile(StrEnum):
    """Which rules are held against an implementation, and which of them decide. Source: the contract, "Profiles"."""

    FLYTE = "flyte"
    STRICT = "strict"

    @property
    def deciding(self) -> frozenset[Level]:
        """The levels whose deviations give exit code 1."""
        return frozenset({Level.MUST, Level.MAY, Level.OBS if self is Profile.FLYTE else Level.SHOULD})


_PROFILES_OF = {
    Level.MUST: frozenset(Profile),
    Level.SHOULD: frozenset(Profile),
    Level.MAY: frozenset(Profile),
    Level.OBS: frozenset({Profile.FLYTE}),
}


@dataclass(frozen=True, kw_only=True)
class Source:
    """The sentence of the published page that a rule rests on."""

    heading: str
    digest: str
    """SHA-256 of the sentence, 64 hexadecimal digits: it shows a change without repeating the words."""
    page: str = "AsyncFunctionTaskTemplate"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One fact about an implementation that can be checked from outside."""

    id: str
    name: str
    level: Level
    statement: str
    hint: str
    """What an implementer does about a deviation."""
    source: Source | None = None
    authority: str | None = None
    """On what the rule rests where no sentence of the page says it. Exactly one of `source` and `authority` is set."""
    since: str = FIRST_RELEASE
    """The first release of the contract that has it."""
    capabilities: frozenset[str] = frozenset()
    """What an implementation has to offer for the rule to be judged."""
    no_mutant: str | None = None
    """Why no wrong variant of the reference implementation can break it, where that is so."""
    needs: str | None = None
    """"python" where the rule passes functions or spies, which cannot cross a wire."""
    profiles: frozenset[Profile] = frozenset(Profile)
    """The profiles that it belongs to; where the catalogue does not say, `flyte` alone for OBS, all for the others."""

    @property
    def group(self) -> str:
        """The chapter: `OVR` of `OVR-15a`."""
        return self.id.partition("-")[0]

    def decides(self, profile: Profile) -> bool:
        """Return whether a deviation gives exit code 1 under `profile`."""
        return profile in self.profiles and self.level in profile.deciding


def rule(*ids: str) -> Callable[[Property], Property]:
    """Tie a property to the rules that it checks: `@rule("OVR-02")`, above `@given`."""

    def tie(function: Property) -> Property:
        setattr(function, RULE_ATTRIBUTE, ids)
        return function

    return tie


def load_catalogue(folder: Path = CATALOGUE) -> Mapping[str, Rule]:
    """Return all rules by id, in the order of files and of entries within a file.

    Raises:
        CatalogueError: An entry misses a field, has one that nobody knows, or an id occurs twice. All are named.
    """
    rules: dict[str, Rule] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        for identifier, entry in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if identifier in rules:
                problems.append(f"{path.name}: [{identifier}] is there twice")
            try:
                rules[identifier] = _rule_from(identifier, entry)
            except (TypeError, ValueError) as error:
                problems.append(f"{path.name}: [{identifier}] {error}")
    if problems:
        raise CatalogueError("the catalogue cannot be used:\n  " + "\n  ".join(problems))
    return rules


@cache
def catalogue() -> Mapping[str, Rule]:
    """Return the rules of this package, read once."""
    return load_catalogue()


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


def _rule_from(identifier: str, entry: dict[str, object]) -> Rule:
    """Return one rule.

    Raises:
        TypeError: A field is missing or unknown.
        ValueError: A field has a value that is not one of its words.
    """
    plain = dict(entry)
    level = Level(str(plain.pop("level", "")))
    source = plain.pop("source", None)
    if (source is None) == ("authority" not in plain):
        raise ValueError("has to have exactly one of source and authority")
    profiles = plain.pop("profiles", None)
    capabilities = plain.pop("capabilities", ())
    return Rule(
        id=identifier,
        level=level,
        source=Source(**source) if isinstance(source, dict) else None,
        profiles=_PROFILES_OF[level] if profiles is None else frozenset(map(Profile, _texts(profiles))),
        capabilities=frozenset(_texts(capabilities)),
        **plain,  # type: ignore[arg-type]  # the values come from a data file; a test reads all of them
    )


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"has {value!r} where a list of words is due")
    return tuple(map(str, value))
