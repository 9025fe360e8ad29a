"""The command `conformance check-contract`: what a contract still lacks, and whether its model holds its rules."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from conformance.engine.choice import budget
from conformance.engine.contract import Contract, find_contract
from conformance.engine.rules import Level, Rule, ids_in, scripts_in
from conformance.engine.targets import Target
from conformance.engine.verdicts import Verdict
from conformance.engine.worker import Worker, launch_of
from conformance.mutants.grade import Grading, Listing
from docgen.findings import counted, enumerated

TO_WRITE = "# To be written"
"""Begins the comment for a rule that the author still has to write."""


@click.command(
    "check-contract",
    short_help="Check that a contract is complete.",
    epilog="Example: conformance check-contract stacks",
)
@click.argument("contract_name", metavar="NAME|FOLDER")
@click.option(
    "--package",
    default="",
    metavar="NAME",
    help="The package with the mutants.  [default: mutants in the folder of the contract]",
)
@click.option(
    "--examples",
    default="smoke",
    show_default=True,
    metavar="BUDGET",
    help="smoke, default, deep, or a number of examples per property.",
)
@click.option("--quick", is_flag=True, help="Only read the files: judge neither the model nor the mutants.")
def check_contract(contract_name: str, package: str, examples: str, quick: bool) -> None:  # noqa: FBT001 - a flag
    """Check that a contract is complete, that its model keeps every rule, and that each mutant is caught.

    Each MUST and SHOULD rule needs a property and a mutant.

    Exit codes: 0 nothing is missing, 1 something is missing, 2 wrong use, 3 the contract could not be loaded.
    """
    contract = find_contract(contract_name)
    grading = Grading(contract=contract, package=package, examples=budget(examples))
    listing = None if quick or contract.model is None else grading.listing()
    problems = [*unfinished(contract, listing)]
    rules = list(contract.rules.values())
    click.echo(f"{contract.name}: {', '.join(counts(rules))}")
    if left := to_write(contract.folder):
        verb = "is" if len(left) == 1 else "are"
        click.echo(f"  {counted(len(left), 'rule')} {verb} still to be written: {enumerated(left)}")
    if listing is not None and not problems:
        problems += [*on_model(contract, grading, listing)]
        problems += [*on_mutants(grading, listing)]
    for problem in problems:
        click.echo(problem)
    click.echo("nothing is missing" if not problems else counted(len(problems), "finding"))
    sys.exit(1 if problems else 0)


def counts(rules: Sequence[Rule]) -> Iterator[str]:
    """Yield how many rules there are, of all levels and of each."""
    yield f"{len(rules)} rules"
    for level in Level:
        if number := sum(rule.level is level for rule in rules):
            yield f"{number} {level.value}"


def unfinished(contract: Contract, listing: Listing | None) -> Iterator[str]:
    """Yield what the files of a contract lack.

    Parameters:
        contract: The contract.
        listing: Its mutants; None if they are not checked.
    """
    suite = sorted((contract.folder / "suite").glob("test_*.py"))
    tied = frozenset[str]().union(*(ids_in(path) for path in suite))
    for rule in contract.rules.values():
        if rule.id not in tied:
            yield f'{rule.id}: no property checks it. Write one with @rule("{rule.id}") in suite/.'
    for unknown in sorted(tied - contract.rules.keys()):
        yield f"{unknown}: a property of the suite checks it, but the catalogue has no such rule."
    for unknown in sorted(scripts_in(contract.folder / "reproducers").keys() - contract.rules.keys()):
        yield f"reproducers: {unknown} has a script, but the catalogue has no such rule."
    if contract.model is None:
        yield "contract.toml: names no model. Add [model] with `adapter`, so that faults of the suite can be detected."
    if listing is not None:
        yield from without_mutants(contract, listing)


def without_mutants(contract: Contract, listing: Listing) -> Iterator[str]:
    """Yield the rules that should have a mutant and have none, and the mutants that name no rule."""
    named = {rule for one in listing.mutants for rule in one.caught_by}
    for rule in contract.rules.values():
        if rule.level in {Level.MUST, Level.SHOULD} and rule.id not in named and not rule.no_mutant:
            yield f"{rule.id}: no mutant breaks it. Write one in mutants/, or say in `no_mutant` why there can be none."
    for unknown in sorted(named - contract.rules.keys()):
        yield f"{unknown}: a mutant names it, but the catalogue has no such rule."


def to_write(folder: Path) -> list[str]:
    """Return the ids of the rules that the author still has to write."""
    lines = [
        line for path in sorted((folder / "catalogue").glob("*.toml")) for line in path.read_text("utf-8").splitlines()
    ]
    return [after.strip("# []") for line, after in itertools.pairwise(lines) if line.startswith(TO_WRITE)]


def on_model(contract: Contract, grading: Grading, listing: Listing) -> Iterator[str]:
    """Yield the rules that do not hold on the model.

    Raises:
        TargetError: The model cannot be loaded.
    """
    adapter = grading.contract_keys()["model"]
    rules = grading.rules(listing)
    launch = launch_of(Target(text=adapter, adapter=adapter), contract, examples=grading.examples)
    with Worker(launch) as worker:
        results = [worker.judge(rule) for rule in rules]
    held = sum(one.verdict is Verdict.HOLDS for one in results)
    click.echo(f"  the model holds {held} of {len(rules)} rules that can be judged on it")
    for one in results:
        if one.verdict is not Verdict.HOLDS:
            yield f"{one.rule}: {one.verdict} on the model: {one.message}"


def on_mutants(grading: Grading, listing: Listing) -> Iterator[str]:
    """Yield the mutants that are caught by none of the rules they name."""
    named = {one.name: one.caught_by for one in listing.mutants}
    found = grading.judged(named, grading.examples, ends_at_deviation=True)
    alive = [one for one in listing.mutants if Verdict.DEVIATES not in found.get(one.name, {}).values()]
    click.echo(
        f"  {len(listing.mutants) - len(alive)} of {len(listing.mutants)} mutants are caught by a rule that they name"
    )
    for one in alive:
        yield f"mutant {one.name}: none of the rules that it names catches it: {', '.join(one.caught_by)}. {one.wrong}"
