"""Rules as data, and how they are read.

The catalogue of a contract (`catalogue/*.toml`, one file per group) contains the rules as data; its suite
(`suite/test_*.py`) contains at least one property per rule, tied to it by `@rule("OVR-02")`. This module is read in the
child process too, beside implementations with few packages installed: standard library only.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from conformance.errors import CatalogueError

Property = TypeVar("Property", bound=Callable[..., object])

RULE_ATTRIBUTE = "conformance_rules"
"""The attribute in which `@rule` stores the ids on a property: a tuple, usually of one."""

FIRST_RELEASE = "0"
"""The release since which a rule exists, if neither the rule nor its contract says."""


PYTHON = "python"
"""`needs` of a rule that passes functions or spies, which cannot be sent to another process."""

_REQUIRED = ("name", "level", "statement", "hint")
_OPTIONAL = ("authority", "since", "no_mutant", "needs")
_LISTS = ("capabilities", "profiles")
"""The fields of an entry: strings that it must have, strings that it may have, and lists of strings."""

_MOST_DOTS = 10_000
"""Most dots in a line of a TOML file: the time for a key grows with the square of its parts."""


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
    """The sentence of the published page that a rule is based on."""

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
    """`PYTHON`, or None."""
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
        CatalogueError: A file is not TOML, an entry is not a rule, or an id occurs twice. All problems are listed.
    """
    levels = {profile.name: profile.levels for profile in profiles}
    rules: dict[str, Rule] = {}
    problems: list[str] = []
    for path in sorted(folder.glob("*.toml")):
        try:
            entries = _tables(path)
        except (OSError, ValueError) as error:
            problems.append(f"{path.name}: {error}")
            continue
        for identifier, entry in entries.items():
            if identifier in rules:
                problems.append(f"{path.name}: [{identifier}] is defined twice")
            try:
                rules[identifier] = _rule_from(identifier, entry, levels, page, first_release)
            except ValueError as error:
                problems.append(f"{path.name}: [{identifier}] {error}")
    if problems:
        raise CatalogueError("the catalogue cannot be used:\n  " + "\n  ".join(problems))
    return rules


def ids_in(path: Path) -> frozenset[str]:
    """Return the ids of the rules that have a property in a module of a suite, read without importing it.

    Raises:
        CatalogueError: It is not Python, or an id is not written as a string.
    """
    try:
        tree = ast.parse(path.read_bytes(), str(path))
    except (OSError, SyntaxError, ValueError) as error:
        raise CatalogueError(f"{path}: cannot be read as Python: {error}.") from error
    ties = (
        decorator
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Name)
        and decorator.func.id == rule.__name__
    )
    arguments = [argument for tie in ties for argument in tie.args]
    found = [each.value for each in arguments if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    if len(found) < len(arguments):
        raise CatalogueError(f'{path}: an id of a rule is not written as a string. Write @{rule.__name__}("OVR-02").')
    return frozenset(found)


def _tables(path: Path) -> dict[str, Any]:
    """Return the tables of a TOML file. `docgen.settings.parse_toml` is not at hand in the process of a target.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is not a regular file, is not valid TOML, or is nested too deeply.
    """
    if not path.is_file():
        raise ValueError("it is not a regular file")
    text = path.read_text(encoding="utf-8")
    if any(line.count(".") > _MOST_DOTS for line in text.splitlines()):
        raise ValueError(f"a line has more than {_MOST_DOTS:,} dots")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def scripts_in(folder: Path) -> dict[str, str]:
    """Return the scripts of a folder of TOML files by the ids of the rules that they show, each ending in a newline.

    Raises:
        CatalogueError: A file is not TOML, or has anything but strings.
    """
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            scripts = _tables(path)
        except (OSError, ValueError) as error:
            raise CatalogueError(f"{path}: {error}.") from error
        for rule, body in scripts.items():
            if not isinstance(body, str):
                raise CatalogueError(f"{path}: {rule}: expected a script as a string, got {body!r}.")
            found[rule] = body.strip("\n") + "\n"
    return found


def _rule_from(
    identifier: str, entry: object, levels: Mapping[str, frozenset[Level]], page: str, first_release: str
) -> Rule:
    """Return one rule.

    Parameters:
        identifier: Its id.
        entry: Its table in the catalogue.
        levels: The levels of each profile, by name.
        page: The page that it quotes unless it names another.
        first_release: The release that it is part of since, unless it names another.

    Raises:
        ValueError: It is no table, a field is missing or unknown, or has a value that is not allowed.
    """
    table = _table(entry, "", required=_REQUIRED, optional=(*_OPTIONAL, "source", *_LISTS))
    texts = {name: _text(name, value) for name, value in table.items() if name in (*_REQUIRED, *_OPTIONAL)}
    lists = {name: _texts(name, table[name]) for name in _LISTS if name in table}
    if ("source" in table) == ("authority" in table):
        raise ValueError("needs either source or authority, and not both")
    if texts["level"] not in Level.__members__:
        raise ValueError(f"level={texts['level']!r}: expected one of {', '.join(Level)}")
    level = Level(texts.pop("level"))
    if texts.get("needs", PYTHON) != PYTHON:
        raise ValueError(f"needs={texts['needs']!r}: expected {PYTHON!r}, or no such field")
    profiles = frozenset(lists.get("profiles", [name for name, judged in levels.items() if level in judged]))
    if unknown := profiles - levels.keys():
        raise ValueError(f"names the profile {', '.join(sorted(unknown))}, which the contract does not declare")
    return Rule(
        id=identifier,
        level=level,
        source=_source(table["source"], page) if "source" in table else None,
        profiles=profiles,
        capabilities=frozenset(lists.get("capabilities", ())),
        **{"since": first_release, **texts},
    )


def _source(value: object, page: str) -> Source:
    """Return the basis of a rule; it quotes `page` unless it names another page.

    Raises:
        ValueError: It is no table, or a field is missing, unknown or no string.
    """
    table = _table(value, "source: ", required=("heading", "digest"), optional=("page",))
    texts = {name: _text(f"source.{name}", each) for name, each in table.items()}
    return Source(heading=texts["heading"], digest=texts["digest"], page=texts.get("page", page))


def _table(value: object, where: str, *, required: Sequence[str], optional: Sequence[str]) -> Mapping[str, object]:
    """Return a table.

    Raises:
        ValueError: It is none, or a field is missing or unknown.
    """
    if not isinstance(value, dict):
        raise ValueError(f"{where}expected a table, got {value!r}")  # noqa: TRY004 - all problems of an entry have one class
    known = (*required, *optional)
    if missing := [name for name in required if name not in value]:
        raise ValueError(f"{where}lacks {', '.join(missing)}")
    if unknown := [name for name in value if name not in known]:
        raise ValueError(f"{where}has the unknown field {', '.join(unknown)}; known are {', '.join(known)}")
    return value


def _text(name: str, value: object) -> str:
    """Return a string.

    Raises:
        ValueError: It is none.
    """
    if not isinstance(value, str):
        raise ValueError(f"{name}={value!r}: expected a string")  # noqa: TRY004 - all problems of an entry have one class
    return value


def _texts(name: str, value: object) -> tuple[str, ...]:
    """Return a list of strings.

    Raises:
        ValueError: It is none.
    """
    if not isinstance(value, list):
        raise ValueError(f"{name}={value!r}: expected a list of strings")  # noqa: TRY004 - the same
    return tuple(_text(name, each) for each in value)
