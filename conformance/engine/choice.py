"""Which rules a run judges, and with how many examples."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from packaging.version import InvalidVersion, Version

from conformance.engine.rules import Rule
from conformance.engine.worker import BUDGETS
from conformance.errors import CatalogueError, UsageError

MOST_DIGITS = 9
"""Of a number of examples: more than this many could not be run in a year."""
MOST_SHOWN = 20
"""How many characters of a wrong budget a message repeats."""


def choose(
    rules: Iterable[Rule],
    *,
    profile: str,
    ids: Sequence[str] = (),
    levels: Sequence[str] = (),
    since: str | None = None,
) -> list[Rule]:
    """Return the rules of a profile that the options select, in the given order.

    Parameters:
        rules: All rules.
        profile: Only rules that belong to the profile of this name.
        ids: Only these rules and groups; all if empty.
        levels: Only these levels; all if empty.
        since: Only rules that are new in this release of the contract or a later one.

    Raises:
        UsageError: There is no rule or group of an id, or `since` is not a version.
        CatalogueError: `since` of a rule is not a version.
    """
    try:
        first = Version(since) if since else None
    except InvalidVersion as error:
        raise UsageError(f"--since {since}: this is not a version. Give one such as 2.1.2.") from error
    return [
        rule
        for rule in matching(rules, ids)
        if profile in rule.profiles
        and (not levels or rule.level.value in levels)
        and (first is None or _release_of(rule) >= first)
    ]


def _release_of(rule: Rule) -> Version:
    """Return the release since which a rule exists.

    Raises:
        CatalogueError: It is not a version.
    """
    try:
        return Version(rule.since)
    except InvalidVersion as error:
        raise CatalogueError(
            f"--since: rule {rule.id} of the catalogue has since={rule.since!r}, which is not a version."
        ) from error


def matching(rules: Iterable[Rule], ids: Sequence[str]) -> list[Rule]:
    """Return the rules with one of the ids or in one of the groups; every rule if no ids are given.

    Raises:
        UsageError: An id names neither a rule nor a group.
    """
    every = list(rules)
    known = {name.lower(): name for rule in every for name in (rule.id, rule.group)}
    unknown = [one for one in ids if one not in known.values()]
    if unknown:
        # Only upper and lower case: the ids of a group differ by a number, and no number is nearer than another.
        meant = [known[one.lower()] for one in unknown if one.lower() in known]
        remark = f" Did you mean {', '.join(meant)}?" if meant else ""
        raise UsageError(
            f"{', '.join(unknown)}: there is no such rule or group.{remark} `conformance rules` lists those "
            "of a contract."
        )
    return [rule for rule in every if not ids or rule.id in ids or rule.group in ids]


def budget(text: str) -> int:
    """Return the number of examples of a budget.

    Raises:
        UsageError: It is neither the name of a budget nor a whole number above zero.
    """
    if text in BUDGETS:
        return BUDGETS[text]
    if not text.isdecimal() or len(text) > MOST_DIGITS or int(text) == 0:
        raise UsageError(
            f"--examples {text[:MOST_SHOWN]}: expected {', '.join(BUDGETS)} or a whole number above 0, of at most "
            f"{MOST_DIGITS} digits."
        )
    return int(text)
