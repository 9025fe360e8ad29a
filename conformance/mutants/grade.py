"""Grades the suite: how many mutants it kills, by which rules, and how many rules each mutant still keeps.

A unit of this work is a batch of mutants, each of which is graded on its own. A mutant is judged by all rules that it
names and, if none of them deviates, by all others until one does. Then the share of the rules that it still keeps is
measured, with one random example per property. If there are many mutants, each is judged by a sample of the rules, and
by all rules only if that share is small.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from conformance.engine.contract import Contract
from conformance.engine.launch import child_environment, mapped_packages
from conformance.engine.processes import remembered
from conformance.engine.reports.model import Shard
from conformance.engine.rules import Level, Rule
from conformance.errors import ConformanceError, UsageError
from conformance.mutants.grades import Grade, Grades, Listed
from conformance.mutants.grades import share as share_of
from docgen.work import Pool, Share, part_of, run_units

Note = Callable[[int, int], None]
"""Called with the number of mutants that are graded, and the number of all."""

NURSERY = "conformance.mutants.nursery"
BATCHES_PER_WORKER = 4
"""More than one, so that a worker that is done early gets more to do. Each batch loads the suite several times."""
MANY = 30
"""With at least this many mutants, the second pass judges each by a sample of the rules."""
STRIDE = 25
"""The sample has every 25th rule, starting with a different one for each mutant."""
KEPT_SHARE = 0.8
"""A mutant that keeps a smaller share of the rules is broken rather than subtly wrong."""


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """The mutants to grade."""

    mutants: tuple[Listed, ...]
    capabilities: tuple[str, ...]
    """The capabilities of the model. Rules that need more are left out."""


@dataclass(frozen=True, kw_only=True)
class Grading:
    """The settings of a grading."""

    contract: Contract
    package: str = ""
    """The package with the mutants; empty: `mutants` in the folder of the contract."""
    examples: int
    seed: int = 0

    @property
    def mutants(self) -> str:
        """Dotted name of the package with the mutants; empty if the contract has none, because they are optional."""
        if self.package or not (self.contract.folder / "mutants").is_dir():
            return self.package
        return f"{self.contract.package}.mutants"

    def contract_keys(self) -> dict[str, Any]:
        """Return the configuration of the contract for a child process.

        Raises:
            UsageError: It has no model.
        """
        if self.contract.model is None:
            raise UsageError(
                f"{self.contract.name}: mutants are made from the model, but contract.toml names none. Add [model]."
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
        """Return the mutants, and the capabilities of the model.

        Raises:
            ConformanceError: The suite or the mutants cannot be loaded.
        """
        return self._answers({}, 1)[0]

    def judged(
        self,
        work: Mapping[str, Sequence[str]],
        examples: int,
        *,
        ends_at_deviation: bool = False,
        is_random: bool = False,
    ) -> dict[str, Mapping[str, str]]:
        """Return the verdicts by mutant and rule.

        Parameters:
            work: The rules to judge each mutant by.
            examples: The number of examples of each property.
            ends_at_deviation: Whether to leave out the rules after the first one that deviates.
            is_random: Whether to leave out the explicit examples.

        Raises:
            ConformanceError: The suite could not be run.
        """
        if not any(work.values()):
            return {}
        return self._answers(work, examples, ends_at_deviation=ends_at_deviation, is_random=is_random)[1]

    def _answers(
        self, work: Mapping[str, Sequence[str]], examples: int, **more: bool
    ) -> tuple[Listing, dict[str, Mapping[str, str]]]:
        """Return the nursery's description of the mutants, and its verdicts.

        Raises:
            ConformanceError: It ended before its work was done.
        """
        request = {
            "contract": self.contract_keys(),
            "mutants": self.mutants,
            "paths": [str(Path.cwd())],
            "work": work,
            "examples": examples,
            "seed": self.seed,
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
                start_new_session=True,
            ) as nursery,
            remembered(nursery),
        ):
            if nursery.stdin is None or nursery.stdout is None:
                raise ConformanceError("the nursery has no pipes")
            # If it has ended already, its last line says why.
            with contextlib.suppress(BrokenPipeError), nursery.stdin:
                nursery.stdin.write(msgspec.json.encode(request))
            first = nursery.stdout.readline()
            for line in nursery.stdout:
                answer = json.loads(line)
                found[answer["mutant"]] = answer["verdicts"]
            nursery.wait()
            errors.seek(0)
            lines = errors.read().decode(errors="replace").strip().splitlines() or ["no message"]
        if not first or found.keys() != {name for name, rules in work.items() if rules}:
            raise ConformanceError(f"the mutants could not be judged: {lines[-1]}")
        return msgspec.json.decode(first, type=Listing), found


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Some mutants that are graded together."""

    grading: Grading
    mutants: tuple[tuple[int, Listed], ...]
    """Each with its place among all mutants, which determines its sample of the rules."""
    ids: tuple[str, ...]
    """The rules that can be judged on the model and that every implementation has to keep."""
    stride: int
    """Every rule with this distance is in the sample."""
    is_random: bool = False
    """Whether the mutants are judged only by the rules they name, without explicit examples."""

    @property
    def key(self) -> str:
        """Identifies the unit."""
        return " ".join(one.name for _, one in self.mutants)


def grade_batch(batch: Batch) -> tuple[Grade, ...]:
    """Return the grades of some mutants, in their order.

    Raises:
        ConformanceError: The suite could not be run.
    """
    grading, mutants, ids = batch.grading, [one for _, one in batch.mutants], batch.ids
    named = grading.judged({one.name: one.caught_by for one in mutants}, grading.examples, is_random=batch.is_random)
    if batch.is_random:
        return tuple(_grade(one, named.get(one.name, {}), {}) for one in mutants)
    alive = [one for one in mutants if "deviates" not in named.get(one.name, {}).values()]
    rest = {one.name: [rule for rule in ids if rule not in one.caught_by] for one in alive}
    others = grading.judged(rest, grading.examples, ends_at_deviation=True)
    parts = {one.name: ids[place % batch.stride :: batch.stride] for place, one in batch.mutants}
    quick = grading.judged(parts, 1)
    doubtful = [name for name, verdicts in quick.items() if _kept(verdicts) < KEPT_SHARE and batch.stride > 1]
    missing = {name: [rule for rule in ids if rule not in quick[name]] for name in doubtful}
    for name, verdicts in grading.judged(missing, 1).items():
        quick[name] = {**quick[name], **verdicts}
    found = {one.name: {**others.get(one.name, {}), **named.get(one.name, {})} for one in mutants}
    return tuple(_grade(one, found[one.name], quick.get(one.name, {})) for one in mutants)


def grade(
    grading: Grading, mutants: Sequence[Listed], pool: Pool, *, share: Share | None = None, note: Note = lambda *_: None
) -> Grades:
    """Return the grades of some mutants.

    Parameters:
        grading: How they are graded.
        mutants: All mutants.
        pool: The executor.
        share: The part of them to grade. None for all.
        note: Called when some are done.

    Raises:
        ConformanceError: The suite could not be run.
    """
    rules = grading.rules(grading.listing())
    stride = 1 if len(mutants) < MANY else STRIDE
    # An optional feature is a promise of the model alone: only a mutant that names its rule is wrong without it.
    ids = tuple(one.id for one in rules if one.level is not Level.MAY)
    graded = _run(grading, mutants, pool, share, note, ids=ids, stride=stride)
    return Grades(
        examples=grading.examples,
        seed=grading.seed,
        grades=graded,
        idle_rules=tuple(_idle(rules, graded)),
        shard=msgspec.UNSET if share is None else _shard(grading, mutants, share),
    )


def survivors_of_random(
    grading: Grading, mutants: Sequence[Listed], pool: Pool, *, note: Note = lambda *_: None
) -> tuple[Listed, ...]:
    """Return the mutants that no rule they name kills if the explicit examples of properties are left out.

    Raises:
        ConformanceError: The suite could not be run.
    """
    graded = _run(grading, mutants, pool, None, note, is_random=True)
    return tuple(one for one, found in zip(mutants, graded, strict=True) if not found.is_killed)


def _run(  # noqa: PLR0913 - what both kinds of grading share
    grading: Grading,
    mutants: Sequence[Listed],
    pool: Pool,
    share: Share | None,
    note: Note,
    *,
    ids: tuple[str, ...] = (),
    stride: int = 1,
    is_random: bool = False,
) -> tuple[Grade, ...]:
    """Return the grades of the mutants that one job grades, in their order."""
    every = list(enumerate(mutants))
    mine = part_of(every, share) if share else every
    size = max(1, len(mine) // (BATCHES_PER_WORKER * max(1, pool.workers())))
    batches = iter(
        [
            Batch(grading=grading, mutants=tuple(mine[at : at + size]), ids=ids, stride=stride, is_random=is_random)
            for at in range(0, len(mine), size)
        ]
    )
    found: dict[str, Grade] = {}
    for done in run_units(lambda: next(batches, None), grade_batch, pool):
        if done.result is None:
            raise ConformanceError(f"the mutants {done.unit.key} could not be judged: {done.lost}")
        found |= {one.mutant: one for one in done.result}
        note(len(found), len(mine))
    return tuple(found[one.name] for _, one in mine)


def _shard(grading: Grading, mutants: Sequence[Listed], share: Share) -> Shard:
    """Return which part of which grading this is."""
    parts = (grading.contract.name, grading.package, grading.examples, grading.seed, mutants, share.of)
    return Shard(number=share.number, of=share.of, run=hashlib.sha256(repr(parts).encode()).hexdigest()[:16])


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
    return share_of(verdict in {"holds", "gap"} for verdict in verdicts.values())


def _idle(rules: Sequence[Rule], grades: Sequence[Grade]) -> list[str]:
    """Return the rules that should kill a mutant, but kill none."""
    busy = {rule for one in grades for rule in one.killed_by}
    return [one.id for one in rules if one.level is not Level.OBS and not one.no_mutant and one.id not in busy]
