"""Grades the suite: how many mutants it kills, by which rules, and how many rules each mutant still keeps.

There are two passes. The first judges each mutant by the rules that it names, until one deviates. The rules that the
fewest mutants name come first, so that each gets a chance to kill. Survivors are then judged by all rules. The second
pass measures the share of the rules that a mutant still keeps, with one random example per property. If there are many
mutants, each is judged by a sample of the rules, and by all rules only if that share is small. A rule that has killed
nothing by then is tried on every mutant that names it.
"""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from conformance.contracts.task_template import NAME
from conformance.engine.contract import find_contract
from conformance.engine.isolate import child_environment
from conformance.engine.rules import Level, Rule
from conformance.errors import ConformanceError
from tests.mutants.form import Mutant
from tests.mutants.grades import Grade, Grades, share

Note = Callable[[int, int], None]
"""Called with the number of steps done, and the number of all steps."""

ROOT = Path(__file__).resolve().parents[2]
"""The folder that `tests` is imported from."""
NURSERY = "tests.mutants.nursery"
MANY = 30
"""With at least this many mutants, the second pass judges each by a sample of the rules."""
STRIDE = 25
"""The sample has every 25th rule, starting with a different one for each mutant."""
KEPT_SHARE = 0.8
"""A mutant that keeps a smaller share of the rules is broken rather than subtly wrong."""


def grade(mutants: Sequence[Mutant], *, examples: int, seed: int, jobs: int, note: Note) -> Grades:
    """Return the grades of some mutants.

    Raises:
        ConformanceError: The suite could not be run.
    """
    rules = [one for one in find_contract(NAME).rules.values() if "strict" in one.profiles]
    ids = [one.id for one in rules]
    steps = 2 * len(mutants)
    judged = functools.partial(_judged, seed=seed, jobs=jobs)
    uses = Counter(rule for one in mutants for rule in one.caught_by)
    first = {one.name: sorted(one.caught_by, key=lambda rule: uses[rule]) for one in mutants}
    named = judged(first, examples, note=lambda n: note(n, steps), ends_at_deviation=True)
    alive = [one for one in mutants if "deviates" not in named[one.name].values()]
    rest = {one.name: [rule for rule in ids if rule not in one.caught_by] for one in alive}
    others = judged(rest, examples, ends_at_deviation=True)
    stride = 1 if len(mutants) < MANY else STRIDE
    parts = {one.name: ids[number % stride :: stride] for number, one in enumerate(mutants)}
    quick = judged(parts, 1, note=lambda n: note(len(mutants) + n, steps))
    doubtful = [name for name, verdicts in quick.items() if _kept(verdicts) < KEPT_SHARE and stride > 1]
    for name, verdicts in judged(
        {name: [rule for rule in ids if rule not in quick[name]] for name in doubtful}, 1
    ).items():
        quick[name] = {**quick[name], **verdicts}
    found = {one.name: {**others.get(one.name, {}), **named[one.name]} for one in mutants}
    # A rule that always came after another one has not had a chance yet.
    idle = set(_idle(rules, [_grade(one, found[one.name], quick[one.name]) for one in mutants]))
    missed = {one.name: [rule for rule in one.caught_by if rule in idle] for one in mutants}
    for name, verdicts in judged(missed, examples).items():
        found[name] |= verdicts
    grades = tuple(_grade(one, found[one.name], quick[one.name]) for one in mutants)
    return Grades(
        examples=examples,
        seed=seed,
        grades=grades,
        idle_rules=tuple(_idle(rules, grades)),
    )


def survivors_of_random(
    mutants: Sequence[Mutant], *, examples: int, seed: int, jobs: int, note: Note
) -> tuple[Mutant, ...]:
    """Return the mutants that no rule they name kills if the explicit examples of properties are left out.

    Raises:
        ConformanceError: The suite could not be run.
    """
    named = {one.name: one.caught_by for one in mutants}
    found = _judged(
        named,
        examples,
        seed=seed,
        jobs=jobs,
        note=lambda n: note(n, len(mutants)),
        ends_at_deviation=True,
        is_random=True,
    )
    return tuple(one for one in mutants if "deviates" not in found[one.name].values())


def _grade(mutant: Mutant, verdicts: Mapping[str, str], quick: Mapping[str, str]) -> Grade:
    """Return the grade of a mutant by the verdicts of both passes. The second one gives the share of rules it keeps."""
    every = {**quick, **verdicts}
    killing = [rule for rule, verdict in every.items() if verdict == "deviates"]
    return Grade(
        mutant=mutant.name,
        wrong=mutant.wrong,
        named=mutant.caught_by,
        killed_by=tuple(sorted(killing, key=lambda rule: (rule not in mutant.caught_by, rule))),
        kept=round(_kept(quick), 3),
        troubles=tuple(sorted(rule for rule, verdict in every.items() if verdict in {"breakdown", "crashed"})),
    )


def _kept(verdicts: Mapping[str, str]) -> float:
    """Return the share of rules that hold or are a gap."""
    return share(verdict in {"holds", "gap"} for verdict in verdicts.values())


def _idle(rules: Sequence[Rule], grades: Sequence[Grade]) -> list[str]:
    """Return the rules that should kill a mutant, and kill none."""
    busy = {rule for one in grades for rule in one.killed_by}
    return [one.id for one in rules if one.level is not Level.OBS and not one.no_mutant and one.id not in busy]


def _judged(  # noqa: PLR0913 - one parameter per part of the request
    work: Mapping[str, Sequence[str]],
    examples: int,
    *,
    seed: int,
    jobs: int,
    note: Callable[[int], None] = lambda _: None,
    ends_at_deviation: bool = False,
    is_random: bool = False,
) -> dict[str, Mapping[str, str]]:
    """Return the verdicts of the nursery.

    Raises:
        ConformanceError: It ended before its work was done.
    """
    request = json.dumps(
        {
            "work": work,
            "examples": examples,
            "seed": seed,
            "jobs": jobs,
            "ends_at_deviation": ends_at_deviation,
            "is_random": is_random,
        }
    )
    found: dict[str, Mapping[str, str]] = {}
    # The root comes last, so that an installed wheel is judged where there is one, and not the working tree.
    program = f"import runpy, sys; sys.path.append({str(ROOT)!r}); runpy.run_module({NURSERY!r}, run_name='__main__')"
    command = [sys.executable, "-P", "-c", program]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=child_environment(is_separate=False),
    ) as nursery:
        if nursery.stdin is None or nursery.stdout is None:
            raise ConformanceError("the nursery has no pipes")
        nursery.stdin.write(request)
        nursery.stdin.close()
        for line in nursery.stdout:
            answer = json.loads(line)
            found[answer["mutant"]] = answer["verdicts"]
            note(len(found))
    if found.keys() != {name for name, rules in work.items() if rules}:
        raise ConformanceError(f"the mutants could not be judged: exit code {nursery.returncode}, see above")
    return found
