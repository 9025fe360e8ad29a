"""`conformance mutants`: grade the suite of a contract and print the grades."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence

import click

from conformance.command.options import CONTRACT, EXECUTOR, JOBS, SHARD
from conformance.engine.choice import budget
from conformance.engine.contract import find_contract
from conformance.engine.processes import end_all
from conformance.errors import UsageError
from conformance.mutants.grade import KEPT_SHARE, Grading, grade, survivors_of_random
from conformance.mutants.grades import Grades, Listed
from docgen.exchange import indented_json
from docgen.findings import counted
from docgen.progress import Progress
from docgen.work import default_jobs, opened, share_from


@click.command(
    short_help="Grade a suite by the mutants that its rules catch.",
    epilog="Example: conformance mutants --contract promises --examples smoke",
)
@CONTRACT
@click.option(
    "--package",
    default="",
    metavar="NAME",
    help="The package with the mutants.  [default: mutants in the folder of the contract]",
)
@click.option(
    "--examples",
    default="default",
    show_default=True,
    metavar="BUDGET",
    help="smoke, default, deep, or a number of examples per property.",
)
@click.option("--seed", default=0, show_default=True, help="Seed of all random choices.")
@JOBS
@EXECUTOR
@SHARD
@click.option("--mutant", "names", multiple=True, metavar="NAME", help="Only this mutant. May be repeated.")
@click.option("--random-only", is_flag=True, help="Leave out the explicit examples, and judge by the named rules only.")
@click.option("--format", "format_name", type=click.Choice(["text", "json"]), default="text", show_default=True)
def mutants(  # noqa: PLR0913, PLR0917 - one parameter per option
    contract_name: str,
    package: str,
    examples: str,
    seed: int,
    jobs: int | None,
    executor: str,
    shard: str | None,
    names: Sequence[str],
    random_only: bool,  # noqa: FBT001 - a flag
    format_name: str,
) -> None:
    """Grade a suite: break the model of a contract in many small ways, and see which mutants the rules catch.

    The exit code is 1 if a mutant survives. The figures that reports publish are in `strength.toml` of the contract.
    """
    grading = Grading(
        contract=find_contract(contract_name),
        package=package,
        examples=budget(examples),
        seed=seed,
    )
    if shard is not None and random_only:
        raise UsageError("--shard and --random-only: give one of them.")
    if not grading.mutants:
        raise UsageError(
            f"{grading.contract.name}: the contract has no folder mutants/. Write mutants in it, or name the package "
            "that has them: --package NAME."
        )
    share = None if shard is None else share_from(shard)
    chosen = chosen_of(grading.listing().mutants, names)
    progress = Progress(things="mutants", total=len(chosen) // (share.of if share else 1))

    def note(done: int, _: int) -> None:
        progress.show("grading", done)

    try:
        with opened(executor, jobs or default_jobs(), end_processes=end_all) as pool:
            if random_only:
                _print_survivors(chosen, survivors_of_random(grading, chosen, pool, note=note))
                sys.exit(0)
            found = grade(grading, chosen, pool, share=share, note=note)
    finally:
        progress.finish()
    if format_name == "json":
        click.echo(indented_json(found), nl=False)
    else:
        click.echo("\n".join(as_text(found, is_whole=not names and share is None)))
    sys.exit(1 if found.survivors else 0)


def _print_survivors(chosen: Sequence[Listed], alive: Sequence[Listed]) -> None:
    click.echo(f"{len(chosen) - len(alive)} of {len(chosen)} mutants killed without explicit examples")
    click.echo("".join(f"survived: {one.name} ({', '.join(one.caught_by)}): {one.wrong}\n" for one in alive), nl=False)


def as_text(grades: Grades, *, is_whole: bool) -> Iterator[str]:
    """Yield the lines to print: the figures, then all problems.

    Parameters:
        grades: The grades.
        is_whole: Whether all mutants were graded. Only then do idle rules mean anything.
    """
    count = len(grades.grades)
    killed = count - len(grades.survivors)
    named = sum(one.is_killed_as_named for one in grades.grades)
    yield (
        f"{counted(count, 'mutant')}, {counted(grades.examples, 'example')}, seed {grades.seed}: "
        f"{killed} killed ({grades.kill_rate:.1%}), {named} by a rule that they name ({grades.named_rate:.1%})"
    )
    for one in grades.grades:
        if not one.is_killed:
            yield f"survived: {one.mutant} ({', '.join(one.named)}): {one.wrong}"
        elif not one.is_killed_as_named:
            yield f"killed only by others: {one.mutant} ({', '.join(one.named)}), by {', '.join(one.killed_by[:5])}"
        if one.kept is not None and one.kept < KEPT_SHARE:
            yield f"too broken: {one.mutant} holds only {one.kept:.0%} of the rules"
        if one.troubles:
            yield f"no verdict: {one.mutant} on {', '.join(one.troubles[:5])}"
    if is_whole and grades.idle_rules:
        yield f"rules that kill nothing: {', '.join(grades.idle_rules)}"
    busiest = Counter(rule for one in grades.grades for rule in one.killed_by).most_common(5)
    yield f"busiest rules: {', '.join(f'{rule} {kills}' for rule, kills in busiest) or 'none'}"


def chosen_of(mutants: Sequence[Listed], names: Sequence[str]) -> list[Listed]:
    """Return the mutants with these names, all mutants if there are no names.

    Raises:
        UsageError: There is no mutant of a name.
    """
    every = {one.name: one for one in mutants}
    if unknown := [name for name in names if name not in every]:
        raise UsageError(
            f"{', '.join(unknown)}: no such mutant. Mutants are named after the functions in the modules wrong_*.py."
        )
    return [every[name] for name in names] if names else list(every.values())
