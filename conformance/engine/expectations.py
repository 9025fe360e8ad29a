"""Known deviations: the adopter lists them in a file, so that a run fails only on new ones.

    [[expect]]
    rule = "OVR-15a"
    target = "sdk==2.12.1"        # a name or a pattern; default: every target
    reason = "falsy values are dropped"
    link = "https://..."          # where it is discussed; optional
    expires = 2027-06-30          # optional

An entry is stale if its rule holds or if it has expired. That is an error.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from conformance.engine.verdicts import Result, Verdict
from conformance.errors import UsageError
from docgen.files import read_file


class Expectation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A known deviation."""

    rule: str
    reason: str
    target: str = "*"
    link: str = ""
    expires: dt.date | None = None
    """The last day on which it is accepted."""

    def covers(self, target: str, rule_id: str) -> bool:
        """Return whether it is about this rule of this target."""
        # The brackets of `sdk[extra]==1.0` are part of a name, although they mean something else in a pattern.
        return self.rule == rule_id and (self.target == target or fnmatchcase(target, self.target))

    def is_expired(self, today: dt.date) -> bool:
        """Return whether its last day has passed."""
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
        UsageError: The file cannot be read or decoded, an entry has no reason, or there is no such rule.
    """
    if path is None:
        return ()
    try:
        entries = msgspec.toml.decode(read_file(path), type=ExpectationFile).expect
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}.") from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path}: this is not a file of expectations: {error}. Each entry is [[expect]] with a rule and a reason."
        ) from error
    problems = [f"{one.rule}: there is no such rule" for one in entries if one.rule not in known]
    problems += [f"{one.rule}: the reason is missing" for one in entries if not one.reason.strip()]
    if problems:
        raise UsageError(f"{path}: {'; '.join(problems)}. `conformance rules` lists the rules.")
    return entries


def expectation_for(
    expectations: tuple[Expectation, ...], target: str, rule_id: str, today: dt.date
) -> Expectation | None:
    """Return the entry that covers a rule of a target and has not expired, None if there is none."""
    live = (one for one in expectations if one.covers(target, rule_id) and not one.is_expired(today))
    return next(live, None)


def apply_expectations(
    expectations: tuple[Expectation, ...], target: str, results: tuple[Result, ...], today: dt.date
) -> tuple[tuple[Result, ...], tuple[str, ...]]:
    """Return the results with expected deviations marked, and one message per stale entry.

    An entry about a target or a rule that was not run is not stale.
    """
    marked: list[Result] = []
    stale: list[str] = []
    for result in results:
        entry = expectation_for(expectations, target, result.rule, today)
        if entry is not None and result.verdict is Verdict.DEVIATES:
            marked.append(msgspec.structs.replace(result, expected=entry.reason))
        else:
            marked.append(result)
        for one in expectations:
            if not one.covers(target, result.rule):
                continue
            if one.is_expired(today):
                stale.append(f"{one.rule}: the entry expired on {one.expires} ({one.reason}). Renew it or remove it")
            elif result.verdict is Verdict.HOLDS:
                stale.append(f"{one.rule}: the rule holds now, so remove its entry ({one.reason})")
    return tuple(marked), tuple(stale)
