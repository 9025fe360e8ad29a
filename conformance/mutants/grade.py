"""Grades the suite: how many mutants it kills, by which rules, and how many rules each mutant still keeps.

There are two passes. The first judges each mutant by the rules that it names, until one deviates. The rules that the
fewest mutants name come first, so that each gets a chance to kill. Survivors are then judged by all rules. The second
pass measures the share of the rules that a mutant still keeps, with one random example per property. If there are many
mutants, each is judged by a sample of the rules, and by all rules only if that share is small. A rule that has killed
nothing by then is tried on every mutant that names it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from conformance.engine.contract import Contract
from conformance.engine.isolate import child_environment, mapped_packages
from conformance.engine.rules import Level, Rule
from conformance.errors import ConformanceError, UsageError
from conformance.mutants.grades import Grade, Grades, Listed, share

Note = Callable[[int, int], None]
"""Called with the number of steps done, and the number of all steps."""

NURSERY = "conformance.mutants.nursery"
MANY = 30
"""With at least this many mutants, the second pass judges each by a sample of the rules."""
STRIDE = 25
"""The sample has every 25th rule, starting with a different one for each mutant."""
KEPT_SHARE = 0.8
"""A mutant that keeps a smaller share of the rules is broken rather than subtly wrong."""


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to grade."""

    mutants: tuple[Listed, ...]
    capabilities: tuple[str, ...]
    """What the model offers. Rules that need more are left out."""


@dataclass(frozen=True, kw_only=True)
class Grading:
    """What is graded, and how."""

    contract: Contract
    package: str = ""
    """The package with the mutants; empty: `mutants` in the folder of the contract."""
    examples: int
    seed: int = 0
    jobs: int = 1

    def contract_keys(self) -> dict[str, Any]:
        """Return what a child process has to know of the contract.

        Raises:
            UsageError: It has no model.
        """
        if self.contract.model is None:
            raise UsageError(
                f"{self.contract.name}: mutants are made of the model, and contract.toml names none. Add [model]."
            )
        return {
            "contract": self.contract.package,
            "suite": self.contract.suite,
            "model": self.contract.model.adapter,
            "packages": mapped_packages(self.contract),
        }

    def rules(self, listing: Listing) -> list[Rule]:
        """Return the rules of the default profile that can be judged on the model."""
        profile = self.contract.profile(None).name
        offered = set(listing.capabilities)
        return [one for one in self.contract.rules.values() if profile in one.profiles and one.capabilities <= offered]

    def listing(self) -> Listing:
        """Return the mutants, and what the model offers.

        Raises:
            ConformanceError: The suite or the mutants cannot be loaded.
        """
        return self._answers({}, 1)[0]

    def judged(
        self,
        work: Mapping[str, Sequence[str]],
        examples: int,
        *,
        note: Callable[[int], None] = lambda _: None,
        ends_at_deviation: bool = False,
        is_random: bool = False,
    ) -> dict[str, Mapping[str, str]]:
        """Return the verdicts by mutant and rule.

        Parameters:
            work: The rules to judge each mutant by.
            examples: The number of examples of each property.
            note: Called with the number of mutants that are done.
            ends_at_deviation: Whether to leave out the rules after the first one that deviates.
            is_random: Whether to leave out the explicit examples.

        Raises:
            ConformanceError: The suite could not be run.
        """
        if not any(work.values()):
            return {}
        return self._answers(work, examples, note=note, ends_at_deviation=ends_at_deviation, is_random=is_random)[1]

    def _answers(
        self,
        work: Mapping[str, Sequence[str]],
        examples: int,
        *,
        note: Callable[[int], None] = lambda _: None,
        **more: bool,
    ) -> tuple[Listing, dict[str, Mapping[str, str]]]:
        """Return what the nursery says of the mutants, and its verdicts.

        Raises:
            ConformanceError: It ended before its work was done.
        """
        request = {
            "contract": self.contract_keys(),
            "mutants": self.package or f"{self.contract.package}.mutants",
            "paths": [str(Path.cwd())],
            "work": work,
            "examples": examples,
            "seed": self.seed,
            "jobs": self.jobs,
            "ends_at_deviation": False,
            "is_random": False,
            **more,
        }
        found: dict[str, Mapping[str, str]] = {}
        with (
            tempfile.TemporaryFile() as errors,
            subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-P", "-m", NURSERY],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=child_environment(is_separate=False),
            ) as nursery,
        ):
            if nursery.stdin is None or nursery.stdout is None:
                raise ConformanceError("the nursery has no pipes")
            nursery.stdin.write(msgspec.json.encode(request))
            nursery.stdin.close()
            first = nursery.stdout.readline()
            for line in nursery.stdout:
                answer = json.loads(line)
                found[answer["mutant"]] = answer["verdicts"]
                note(len(found))
            nursery.wait()
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip().splitlines() or ["no message"]
        if not first or found.keys() != {name for name, rules in work.items() if rules}:
            raise ConformanceError(f"the mutants could not be judged: {said[-1]}")
        return msgspec.json.decode(first, type=Listing), found


def grade(grading: Grading, mutants: Sequence[Listed], *, note: Note = lambda *_: None) -> Grades:
    """Return the grades of some mutants.

    Raises:
        ConformanceError: The suite could not be run.
    """
    examples = grading.examples
    rules = grading.rules(grading.listing())
    ids = [one.id for one in rules]
    steps = 2 * len(mutants)
    uses = Counter(rule for one in mutants for rule in one.caught_by)
    first = {one.name: sorted(one.caught_by, key=lambda rule: uses[rule]) for one in mutants}
    named = grading.judged(first, examples, note=lambda n: note(n, steps), ends_at_deviation=True)
    alive = [one for one in mutants if "deviates" not in named[one.name].values()]
    rest = {one.name: [rule for rule in ids if rule not in one.caught_by] for one in alive}
    others = grading.judged(rest, examples, ends_at_deviation=True)
    stride = 1 if len(mutants) < MANY else STRIDE
    parts = {one.name: ids[number % stride :: stride] for number, one in enumerate(mutants)}
    quick = grading.judged(parts, 1, note=lambda n: note(len(mutants) + n, steps))
    doubtful = [name for name, verdicts in quick.items() if _kept(verdicts) < KEPT_SHARE and stride > 1]
    for name, verdicts in grading.judged(
        {name: [rule for rule in ids if rule not in quick[name]] for name in doubtful}, 1
    ).items():
        quick[name] = {**quick[name], **verdicts}
    found = {one.name: {**others.get(one.name, {}), **named[one.name]} for one in mutants}
    # A rule that always came after another one has not had a chance yet.
    idle = set(_idle(rules, [_grade(one, found[one.name], quick.get(one.name, {})) for one in mutants]))
    missed = {one.name: [rule for rule in one.caught_by if rule in idle] for one in mutants}
    for name, verdicts in grading.judged(missed, examples).items():
        found[name] |= verdicts
    grades = tuple(_grade(one, found[one.name], quick.get(one.name, {})) for one in mutants)
    return Grades(
        examples=examples,
        seed=grading.seed,
        grades=grades,
        idle_rules=tuple(_idle(rules, grades)),
    )


def survivors_of_random(
    grading: Grading, mutants: Sequence[Listed], *, note: Note = lambda *_: None
) -> tuple[Listed, ...]:
    """Return the mutants that no rule they name kills if the explicit examples of properties are left out.

    Raises:
        ConformanceError: The suite could not be run.
    """
    found = grading.judged(
        {one.name: one.caught_by for one in mutants},
        grading.examples,
        note=lambda n: note(n, len(mutants)),
        ends_at_deviation=True,
        is_random=True,
    )
    return tuple(one for one in mutants if "deviates" not in found[one.name].values())


def _grade(mutant: Listed, verdicts: Mapping[str, str], quick: Mapping[str, str]) -> Grade:
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
