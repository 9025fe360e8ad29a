"""The report for a terminal: one table, then what there is to do about each deviation that decides."""

from __future__ import annotations

from collections import Counter

from conformance.engine.reports.model import REQUIRED_SHARE, Report, RuleEntry, TargetReport
from conformance.engine.rules import Level
from conformance.engine.verdicts import Result, Verdict

MESSAGE_LINES = 14
"""With its head, a deviation takes at most 15 lines."""
MESSAGE_COLUMNS = 300
"""A line of a message is cut after so many characters."""
MOST_GAPS = 5
"""So many reasons for gaps are told; the other formats tell them all, rule by rule."""


def to_text(report: Report) -> str:
    """Return the report as text, lines of a fixed layout, ending in a newline."""
    parts = [_head(report), _table(report), *(_details(report, target) for target in report.targets)]
    if not report.rules:
        parts.append("Nothing was run: the options leave no rule of this profile. `conformance rules` lists all.")
    if not report.is_complete:
        parts.append("This run was cut off: it has no result.")
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(report: Report) -> str:
    settings = report.settings
    chosen = f", {settings.chosen}" if settings.chosen else ""
    rules, examples = counted(len(report.rules), "rule"), counted(settings.examples, "example")
    parts = f"{rules}{chosen}, profile {settings.profile}, {examples}, seed {settings.seed}"
    head = f"conformance {report.assay}: {parts}"
    return "\n".join([head, *(f"strength: {measure}" for measure in report.strength)])


def counted(number: int, thing: str) -> str:
    """Return a number of things in words: `1 rule`, `2 rules`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _table(report: Report) -> str:
    """Return one row per rule that does not hold everywhere, then the counts; one column per target."""
    runs = [target for target in report.targets if target.error is None]
    found = [{result.rule: result for result in target.results} for target in runs]
    rows = [["", "", *(target.target for target in runs), ""]]
    for rule in report.rules:
        verdicts = [_word(results.get(rule.id)) for results in found]
        if any(verdict != Verdict.HOLDS for verdict in verdicts):
            rows.append([rule.id, rule.level.value, *verdicts, rule.statement])
    rows += [["", verdict.value, *(str(target.counted(verdict)) for target in runs), ""] for verdict in Verdict]
    for level in Level:
        counts = [report.denominator(target, level) for target in runs]
        if any(count.required for count in counts):
            rows.append(["", f"{level.value} judged", *map(str, counts), ""])
    rows.append(["", "passed/required", *(str(report.passed(target)) for target in runs), ""])
    return _aligned(rows) if runs else ""


def _word(result: Result | None) -> str:
    """Return the verdict as a word; an expected deviation says so, a rule that was not reached is a dash."""
    if result is None:
        return "-"
    return "expected" if result.expected is not None else result.verdict.value


def _aligned(rows: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    # The last column is prose and may be as long as it likes.
    widths[-1] = 0
    return "\n".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _details(report: Report, target: TargetReport) -> str:
    """Return what was wrong with a target; empty if nothing."""
    if target.error is not None:
        return f"{target.target}: could not run: {target.error}"
    parts = [f"{target.target}: claims {name}, but: {why}" for name, why in sorted(target.false_claims.items())]
    wrong = [*report.deviations(target), *(one for one in target.results if one.verdict is Verdict.BREAKDOWN)]
    rules = report.rules_by_id()
    parts += [detail_of(rules[result.rule], result, target.target) for result in wrong]
    parts += [f"{target.target}: stale expectation: {text}" for text in target.stale]
    if why := why_no_result(report, target):
        parts.append(f"{target.target}: no result: {why}.")
    if gaps := _gaps(target):
        parts.append(f"{target.target}: gaps, the most frequent reasons:")
        parts += [f"    {count} x {reason}" for reason, count in gaps.most_common(MOST_GAPS)]
    return "\n".join(parts)


def why_no_result(report: Report, target: TargetReport) -> str:
    """Return why a whole run of a target proves nothing; empty where it has a result, or could not run at all."""
    if not report.is_complete or target.error is not None or report.has_result(target):
        return ""
    if broken := target.counted(Verdict.BREAKDOWN):
        return f"the suite or the adapter broke down on {broken} of {len(report.rules)} rules"
    return f"only {report.denominator(target)} MUST rules could be judged, {REQUIRED_SHARE:.0%} are due"


def _gaps(target: TargetReport) -> Counter[str]:
    """Return why rules could not be judged, and how many for each reason."""
    gaps = (one for one in target.results if one.verdict is Verdict.GAP)
    return Counter(one.message.partition("\n")[0][:MESSAGE_COLUMNS] for one in gaps)


def detail_of(rule: RuleEntry, result: Result, target: str) -> str:
    """Return at most 15 lines on one rule: the finding, its message, the hint and the reproducer."""
    head = f"{target}: {rule.id} {result.verdict.value} ({rule.level.value}): {rule.statement}"
    script = (result.reproducer or "").splitlines()
    # Where only one of the two has room, the script says more.
    has_hint = result.verdict is Verdict.DEVIATES and len(script) != MESSAGE_LINES - 1
    # It says what to do about a deviation: a gap or a breakdown is no fault of what it speaks of.
    hint = [f"hint: {rule.hint}"] if has_hint else []
    if len(script) >= MESSAGE_LINES:
        hint.append(f"reproducer: {len(script)} lines, in the JSON report (--out) and in the HTML one")
        script = []
    # The script has the example in it: it goes before the lines that print the example.
    room = MESSAGE_LINES - len(hint) - len(script)
    message = [line[:MESSAGE_COLUMNS] for line in result.message.splitlines()[:room]]
    return "\n".join([head, *(f"    {line}" for line in (*message, *hint, *script))])
