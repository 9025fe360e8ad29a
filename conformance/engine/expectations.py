"""Known deviations: a file of the adopter's, so that a run is red for news only.

    [[expect]]
    rule = "OVR-15a"
    target = "sdk==2.12.1"        # a name or a pattern; every target if left out
    reason = "falsy values are dropped"
    link = "https://..."          # where it is discussed; may be left out
    expires = 2027-06-30          # may be left out

An entry that does not apply any more is stale, and an error: the rule holds, or the entry has expired.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from conformance.engine.verdicts import Result, Verdict
from conformance.errors import UsageError


class Expectation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A deviation that is known."""

    rule: str
    reason: str
    target: str = "*"
    link: str = ""
    expires: dt.date | None = None
    """The last day on which it is accepted."""

    def covers(self, target: str, rule_id: str) -> bool:
        """Return whether it speaks of a rule of a target."""
        return self.rule == rule_id and fnmatchcase(target, self.target)

    def is_expired(self, today: dt.date) -> bool:
        """Return whether its last day is over."""
        return self.expires is not None and self.expires < today


class ExpectationFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole file."""

    expect: tuple[Expectation, ...] = ()


def read_expectations(path: Path | None, known: Container[str]) -> tuple[Expectation, ...]:
    """Return the known deviations in a file, none if there is no file to read.

    Parameters:
        path: The file, None if the user names none.
        known: The ids of the contract's rules.

    Raises:
        UsageError: The file cannot be read or understood, or an entry has no reason or no such rule. All are named.
    """
    if path is None:
        return ()
    try:
        entries = msgspec.toml.decode(path.read_bytes(), type=ExpectationFile).expect
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}.") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path}: no file of expectations: {error}. Each entry is [[expect]] with rule and reason."
        ) from error
    problems = [f"{one.rule}: no such rule" for one in entries if one.rule not in known]
    problems += [f"{one.rule}: without a reason" for one in entries if not one.reason.strip()]
    if problems:
        raise UsageError(f"{path}: {'; '.join(problems)}. `conformance rules` lists the rules.")
    return entries


def expectation_for(
    expectations: tuple[Expectation, ...], target: str, rule_id: str, today: dt.date
) -> Expectation | None:
    """Return the entry by which a deviation is expected, None if it is not, or no longer."""
    live = (one for one in expectations if one.covers(target, rule_id) and not one.is_expired(today))
    return next(live, None)


def apply_expectations(
    expectations: tuple[Expectation, ...], target: str, results: tuple[Result, ...], today: dt.date
) -> tuple[tuple[Result, ...], tuple[str, ...]]:
    """Return the results with expected deviations marked, and one text per entry that is stale.

    An entry about a target or a rule that was not run says nothing, and is not stale.
    """
    marked: list[Result] = []
    stale: list[str] = []
    for result in results:
        entry = expectation_for(expectations, target, result.rule, today)
        if entry is not None and result.verdict is Verdict.DEVIATES:
            marked.append(msgspec.structs.replace(result, expected=entry.reason))
        else:
            marked.append(result)
        covering = [one for one in expectations if one.covers(target, result.rule)]
        stale += [
            f"{one.rule}: expired on {one.expires} ({one.reason}); renew it, or take it off the list"
            for one in covering
            if one.is_expired(today)
        ]
        if entry is not None and result.verdict is Verdict.HOLDS:
            stale.append(f"{entry.rule}: holds now ({entry.reason}); take it off the list")
    return tuple(marked), tuple(stale)
