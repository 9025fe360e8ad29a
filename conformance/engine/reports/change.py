"""Compares two reports, and merges several into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from conformance.engine.reports.model import Report, Settings, Shard, TargetReport
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

    Raises:
        UsageError: No target is in both.
    """
    pairs = _pairs(old, new)
    if not pairs:
        sides = (", ".join(target.target for target in one.targets) or "none" for one in (old, new))
        raise UsageError(
            f"the reports cannot be compared, because no target is in both: {next(sides)} and {next(sides)}."
        )
    changes = []
    for before, after in pairs:
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

    The shards of one run become the report of the whole run.

    Raises:
        UsageError: They were made with different settings or rules, or two of them have the same target; or some are
            shards, and they are not all the shards of one run.
    """
    if any(report.shard is not msgspec.UNSET for report in reports):
        return _whole(reports)
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


def _whole(reports: Sequence[Report]) -> Report:
    """Return the report of the run that the reports are shards of.

    Raises:
        UsageError: They are not shards of one run, or one of them is missing or incomplete.
    """
    other = next((one for one in reports if one.settings != reports[0].settings), None)
    shards = check_shards([report.shard for report in reports], "" if other is None else _difference(reports[0], other))
    for shard, report in zip(shards, reports, strict=True):
        if not report.is_complete:
            raise UsageError(
                f"the reports cannot be merged: shard {shard.number}/{shard.of} was interrupted. Run it again; "
                "--resume continues where it stopped."
            )
    parts = [report for _, report in sorted(zip(shards, reports, strict=True), key=lambda pair: pair[0].number)]
    order = {rule.id: place for place, rule in enumerate(parts[0].rules)}
    columns = zip(*(part.targets for part in parts), strict=True)
    return msgspec.structs.replace(
        parts[0],
        targets=tuple(_joined(column, order) for column in columns),
        created=max(report.created for report in reports),
        shard=msgspec.UNSET,
    )


def check_shards(given: Sequence[Shard | msgspec.UnsetType], difference: str = "") -> list[Shard]:
    """Return the shards if they are all the shards of one run.

    Parameters:
        given: The shard of each report, if it is one.
        difference: How the runs differ, if that is known.

    Raises:
        UsageError: They are not.
    """
    shards = [shard for shard in given if not isinstance(shard, msgspec.UnsetType)]
    if len(shards) < len(given):
        raise UsageError("the reports cannot be merged: some are shards of a run, and some are whole runs.")
    if len({(shard.run, shard.of) for shard in shards}) > 1:
        raise UsageError(
            f"the reports cannot be merged: they are shards of different runs{difference and f': {difference}'}. All "
            "shards need the same targets, options, durations and versions."
        )
    numbers, of = [shard.number for shard in shards], shards[0].of
    if twice := sorted({number for number in numbers if numbers.count(number) > 1}):
        raise UsageError(f"the reports cannot be merged: shard {twice[0]}/{of} was given twice.")
    if missing := sorted(set(range(1, of + 1)) - set(numbers)):
        names = ", ".join(f"{number}/{of}" for number in missing)
        raise UsageError(f"the reports cannot be merged without all shards of the run. Missing: {names}.")
    return shards


def _joined(parts: Sequence[TargetReport], order: Mapping[str, int]) -> TargetReport:
    """Return the report on one target from the reports of the parts of a run."""
    # A shard without a rule for the target never started it.
    started = next((part for part in parts if part.results), parts[0])
    results = sorted((result for part in parts for result in part.results), key=lambda result: order[result.rule])
    stale = sorted((text for part in parts for text in part.stale), key=lambda text: order[text.partition(":")[0]])
    return msgspec.structs.replace(
        started,
        error=next((part.error for part in parts if part.error is not None), None),
        results=tuple(results),
        stale=tuple(stale),
    )
