"""The report for a terminal: one table, then each deviation that decides, with what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from conformance.engine.reports.model import REQUIRED_SHARE, Report, RuleEntry, TargetReport
from conformance.engine.rules import Level
from conformance.engine.verdicts import Result, Verdict
from docgen.findings import counted

MESSAGE_LINES = 14
"""Lines of a deviation after its head line."""
MESSAGE_COLUMNS = 300
"""A longer line of a message is cut."""
MESSAGE_COLUMNS_OF_OTHERS = 160
"""The same for a deviation that is not shown in full."""
MOST_GAPS = 5
"""How many reasons for gaps are printed. The other formats give the reason of every gap."""


def to_text(report: Report) -> str:
    """Return the report as plain text, ending in a newline."""
    parts = [_head(report), _table(report), *(_details(report, target) for target in report.targets)]
    if not report.rules:
        parts.append(
            "Nothing was run: the options select no rule of this profile. `conformance rules` lists all rules."
        )
    if not report.is_complete:
        parts.append("This run was interrupted: it has no result.")
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(report: Report) -> str:
    settings = report.settings
    chosen = f", {settings.chosen}" if settings.chosen else ""
    rules, examples = counted(len(report.rules), "rule"), counted(settings.examples, "example")
    parts = f"{settings.contract}, {rules}{chosen}, profile {settings.profile}, {examples}, seed {settings.seed}"
    head = f"conformance {report.assay}: {parts}"
    return "\n".join([head, *(f"strength: {measure}" for measure in report.strength)])


def _table(report: Report) -> str:
    """Return one row per rule that does not hold for every target, then the counts; one column per target."""
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
    """Return the verdict as a word: `expected` for an expected deviation, `-` for a rule that was not reached."""
    if result is None:
        return "-"
    return "expected" if result.expected is not None else result.verdict.value


def _aligned(rows: list[list[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    # The last column is prose of any length.
    widths[-1] = 0
    return "\n".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _details(report: Report, target: TargetReport) -> str:
    """Return all findings about a target; empty if there are none."""
    if target.error is not None:
        return f"{target.target}: could not run: {target.error}"
    parts = [
        f"{target.target}: claims the capability {name}, but: {why}"
        for name, why in sorted(target.false_claims.items())
    ]
    wrong = [*report.deviations(target), *(one for one in target.results if one.verdict is Verdict.BREAKDOWN)]
    rules = report.rules_by_id()
    parts += [_group(rules, group, target.target) for group in grouped(rules, wrong)]
    parts += [f"{target.target}: stale expectation: {text}" for text in target.stale]
    if why := why_no_result(report, target):
        parts.append(f"{target.target}: no result: {why}.")
    if gaps := _gaps(target):
        parts.append(f"{target.target}: gaps, the most frequent reasons:")
        parts += [f"    {count} x {reason}" for reason, count in gaps.most_common(MOST_GAPS)]
    return "\n".join(parts)


def grouped(rules: Mapping[str, RuleEntry], results: Sequence[Result]) -> list[list[Result]]:
    """Return the results in groups that probably have one cause, each with the most informative result first.

    Deviations are grouped if the implementation raised the same exception at the same place, or, if it raised none, if
    rules of one chapter (`OVR`) report the same: `timeout was 60, is None`. Breakdowns are never grouped.

    Parameters:
        rules: All rules, by id.
        results: Deviations and breakdowns.
    """
    groups: dict[str, list[Result]] = {}
    for result in results:
        is_alone = result.verdict is not Verdict.DEVIATES
        groups.setdefault(result.rule if is_alone else result.cause or _seen(result), []).append(result)
    order = list(Level)

    def weight(result: Result) -> tuple[int, int, int]:
        script = (result.reproducer or "").splitlines()
        is_shown = 0 < len(script) < MESSAGE_LINES
        return order.index(rules[result.rule].level), 0 if is_shown else 2 - bool(script), len(result.message)

    return [sorted(group, key=weight) for group in groups.values()]


def _seen(result: Result) -> str:
    """Return the group of a rule with its observation: the end of the first line of its message."""
    return f"{result.rule.partition('-')[0]}: {result.message.partition(chr(10))[0].rpartition(': ')[2]}"


def _group(rules: Mapping[str, RuleEntry], group: Sequence[Result], target: str) -> str:
    """Return the first result of a group in full, and the others in a line each."""
    first, *others = group
    lines = [detail_of(rules[first.rule], first, target)]
    if others:
        same = f"with the same {first.cause}" if first.cause else "that may have the same cause"
        lines.append(f"  {counted(len(others), 'more deviation')} {same} (--rule ID shows one in full):")
    for other in sorted(others, key=lambda one: one.rule):
        head = f"    {other.rule} ({rules[other.rule].level.value}): "
        lines.append(_cut(f"{head}{other.message.partition(chr(10))[0]}", MESSAGE_COLUMNS_OF_OTHERS))
    return "\n".join(lines)


def _cut(line: str, columns: int) -> str:
    return line if len(line) <= columns else f"{line[: columns - 4]} ..."


def why_no_result(report: Report, target: TargetReport) -> str:
    """Return why the run of a target has no result; empty if it has one, or could not run at all."""
    if not report.is_complete or target.error is not None or report.has_result(target):
        return ""
    if broken := target.counted(Verdict.BREAKDOWN):
        return f"the suite or the adapter failed on {broken} of {len(report.rules)} rules"
    return f"only {report.denominator(target)} MUST rules could be judged, and {REQUIRED_SHARE:.0%} are required"


def _gaps(target: TargetReport) -> Counter[str]:
    """Return the reasons for gaps, and how many rules each reason applies to."""
    gaps = (one for one in target.results if one.verdict is Verdict.GAP)
    return Counter(_cut(one.message.partition("\n")[0], MESSAGE_COLUMNS) for one in gaps)


def detail_of(rule: RuleEntry, result: Result, target: str) -> str:
    """Return at most 15 lines on one rule: the finding, its message, source and hint of the rule, the reproducer."""
    head = f"{target}: {rule.id} {result.verdict.value} ({rule.level.value}): {rule.statement}"
    script = (result.reproducer or "").splitlines()
    # If there is room for only one of the two, the script says more.
    has_hint = result.verdict is Verdict.DEVIATES and len(script) != MESSAGE_LINES - 1
    # A hint is advice on a deviation; for a gap or a breakdown it would mislead.
    hint = [f"hint: {rule.hint}"] if has_hint else []
    if has_hint and len(script) < MESSAGE_LINES - 2:
        hint.insert(0, f"source: {rule.source}")
    if len(script) >= MESSAGE_LINES:
        hint.append(f"reproducer: {len(script)} lines, in the JSON report (--out) and in the HTML one")
        script = []
    # The script repeats the example, so the lines that print the example are the first to be left out.
    room = MESSAGE_LINES - len(hint) - len(script)
    message = [_cut(line, MESSAGE_COLUMNS) for line in result.message.splitlines()[:room]]
    return "\n".join([head, *(f"    {line}" for line in (*message, *hint, *script))])
