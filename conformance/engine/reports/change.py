"""Compares two reports, and merges several into one."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from conformance.engine.reports.model import Report, Settings, TargetReport
from conformance.engine.verdicts import Verdict
from conformance.errors import UsageError


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A rule whose verdict differs between two reports."""

    target: str
    rule: str
    before: str
    """A verdict, or `absent` if the report does not have the rule."""
    after: str

    @property
    def is_worse(self) -> bool:
        """Whether the rule held before."""
        return self.before == Verdict.HOLDS.value


ABSENT = "absent"


def changes_between(old: Report, new: Report) -> tuple[Change, ...]:
    """Return the rules whose verdicts differ, in the order of the new report.

    Targets of the same name are compared. If each report has exactly one target, these two are compared whatever their
    names are, so that two releases can be compared.
    """
    changes = []
    for before, after in _pairs(old, new):
        was = {result.rule: result.verdict.value for result in before.results}
        now = {result.rule: result.verdict.value for result in after.results}
        changes += [
            Change(target=after.target, rule=rule, before=was.get(rule, ABSENT), after=now.get(rule, ABSENT))
            for rule in dict.fromkeys([*now, *was])
            if was.get(rule) != now.get(rule)
        ]
    return tuple(changes)


def _pairs(old: Report, new: Report) -> list[tuple[TargetReport, TargetReport]]:
    if len(old.targets) == len(new.targets) == 1:
        return [(old.targets[0], new.targets[0])]
    found = {target.target: target for target in old.targets}
    return [(found[target.target], target) for target in new.targets if target.target in found]


def changes_as_text(changes: Sequence[Change]) -> str:
    """Return one line per change, with those first that got worse; empty if there are none."""
    ordered = sorted(changes, key=lambda change: not change.is_worse)
    return "".join(f"{change.target}: {change.rule} {change.before} -> {change.after}\n" for change in ordered)


def _difference(one: Report, other: Report) -> str:
    """Return the first setting in which two reports differ, with both values."""
    for name in Settings.__struct_fields__:
        pair = (getattr(one.settings, name), getattr(other.settings, name))
        if pair[0] != pair[1]:
            return f"{name} is {pair[0]!s} in one and {pair[1]!s} in another"
    if one.assay != other.assay:
        return f"assay is {one.assay} in one and {other.assay} in another"
    return "the rules differ"


def merge(reports: Sequence[Report]) -> Report:
    """Return one report with the targets of all, in their order.

    Raises:
        UsageError: They were made with different settings or rules, or two of them have the same target.
    """
    first, *others = reports
    for other in others:
        if (other.settings, other.rules, other.assay) != (first.settings, first.rules, first.assay):
            raise UsageError(
                "the reports cannot be merged, because they were made with different settings, rules or versions: "
                f"{_difference(first, other)}."
            )
    targets = [target for report in reports for target in report.targets]
    names = [target.target for target in targets]
    if double := sorted({name for name in names if names.count(name) > 1}):
        raise UsageError(f"the reports cannot be merged: {', '.join(double)} is in more than one of them.")
    return msgspec.structs.replace(
        first,
        targets=tuple(targets),
        created=max(report.created for report in reports),
        is_complete=all(report.is_complete for report in reports),
    )
