"""The command: options, exit codes, printing. The engine does the work."""

from __future__ import annotations

import importlib
import math
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from click.core import ParameterSource

from conformance.campaign.report import from_json as campaign_from_json
from conformance.campaign.report import to_json as campaign_to_json
from conformance.campaign.shards import has_campaign, merge_campaigns
from conformance.command.config import read_config
from conformance.command.init import init
from conformance.command.options import CONTRACT
from conformance.command.output import advice_to_resume, check_journal, journal_path, show_note, writable, write_whole
from conformance.command.work import open_journal, places_from, work_options
from conformance.engine.choice import budget, choose, matching
from conformance.engine.contract import Contract, find_contract
from conformance.engine.expectations import read_expectations
from conformance.engine.reports import formats
from conformance.engine.reports.change import changes_as_text, changes_between, merge
from conformance.engine.reports.model import Settings, from_json, source_of, to_json
from conformance.engine.reports.pages import to_html
from conformance.engine.rules import Level, Rule
from conformance.engine.run import Plan, execute
from conformance.engine.sandbox import sandbox
from conformance.engine.shards import Durations, durations_from
from conformance.engine.targets import target_from
from conformance.engine.worker import LIMIT_SECONDS, MEMORY_MIB
from conformance.errors import UsageError
from conformance.mutants.grades import grades_from_json, has_grades, merge_grades
from docgen.errors import ExecutorError
from docgen.exchange import indented_json
from docgen.progress import Progress
from docgen.work import default_jobs, share_from

LATER = {
    "campaign": "conformance.command.campaign:campaign",
    "baseline": "conformance.parity.command:baseline",
    "check-contract": "conformance.authoring.check:check_contract",
    "mutants": "conformance.mutants.command:mutants",
    "new-contract": "conformance.authoring.new:new_contract",
    "parity": "conformance.parity.command:parity",
}
"""Commands that are imported only when they are used, because they need packages that the others do not."""


class Commands(click.Group):
    """The group of commands; some of them are imported only when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names, sorted."""
        return sorted({*super().list_commands(ctx), *LATER})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by name, None if there is none."""
        if cmd_name not in LATER:
            return super().get_command(ctx, cmd_name)
        module, _, attribute = LATER[cmd_name].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)  # noqa: S101 - our own table, held by a test
        return command


LEVELS = click.option(
    "--level",
    "levels",
    multiple=True,
    type=click.Choice([one.value for one in Level]),
    help="Only rules of this level. May be repeated.",
)


def positive(_context: click.Context, _option: click.Parameter, value: float) -> float:
    """Return a number of seconds unchanged.

    Raises:
        click.BadParameter: It is not above zero, or not a number.
    """
    if not 0 < value < math.inf:
        raise click.BadParameter(f"{value:g} is not a number of seconds above 0.")
    return value


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog='Completion in the shell: eval "$(_CONFORMANCE_COMPLETE=bash_source conformance)", or zsh_source.',
)
@click.version_option(package_name="assay")
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("pyproject.toml"),
    show_default=True,
    help="The file whose table [tool.conformance] has defaults for the options.",
)
@click.pass_context
def conformance(context: click.Context, config: Path) -> None:
    """Test an implementation against a contract, rule by rule.

    Exit codes: 0 as expected, 1 findings, 2 wrong use, 3 could not run, 4 stale expectations, 5 nothing was run.
    """
    is_named = context.get_parameter_source("config") is not ParameterSource.DEFAULT
    if is_named and not config.is_file():
        raise UsageError(f"{config}: there is no such file. Name one with --config, or leave the option out.")
    given = read_config(config)
    contract = {name: value for name, value in given.items() if name == "contract_name"}
    context.default_map = {"run": given, "rules": contract, "explain": contract, "init": contract}


@conformance.command(
    short_help="Judge implementations, rule by rule.",
    epilog="Example: conformance run --contract promises adapter:Adapter --expect expected.toml",
)
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@CONTRACT
@click.option(
    "--profile",
    metavar="NAME",
    help="Which rules are judged, and which decide the exit code.  [default: the contract says]",
)
@click.option("--rule", "ids", multiple=True, metavar="ID", help="Only this rule or this group. May be repeated.")
@LEVELS
@click.option("--since", metavar="RELEASE", help="Only rules that were added in this release or later.")
@click.option(
    "--examples",
    default="default",
    show_default=True,
    metavar="BUDGET",
    help="smoke, default, deep, or a number of examples per property.",
)
@click.option(
    "--seed", default=0, show_default=True, help="Seed of all random choices. The same seed gives the same report."
)
@click.option(
    "--limit",
    "limit_seconds",
    default=LIMIT_SECONDS,
    callback=positive,
    show_default=True,
    metavar="SECONDS",
    help="Seconds that a rule may take with the default budget.",
)
@click.option(
    "--memory",
    "memory_mib",
    type=click.IntRange(min=1),
    default=MEMORY_MIB,
    show_default=True,
    metavar="MIB",
    help="MiB that an implementation may allocate.",
)
@click.option(
    "--sandbox",
    "is_sandboxed",
    is_flag=True,
    help="Run the implementation without network and with read-only files (needs bubblewrap).",
)
@work_options
@click.option(
    "--expect",
    "expectation_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file of known deviations. They do not count; one that no longer applies is an error.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the JSON report to this file, and each verdict at once to the .jsonl file next to it.",
)
@click.option(
    "--format",
    "format_name",
    type=click.Choice(sorted(formats.FORMATS)),
    default="text",
    show_default=True,
    help="The format to print.",
)
def run(  # noqa: PLR0913, PLR0917 - one parameter per option
    targets: Sequence[str],
    contract_name: str,
    profile: str | None,
    ids: Sequence[str],
    levels: Sequence[str],
    since: str | None,
    examples: str,
    seed: int,
    limit_seconds: float,
    memory_mib: int,
    is_sandboxed: bool,  # noqa: FBT001 - a flag
    jobs: int | None,
    executor: str,
    shard: str | None,
    durations_file: Path | None,
    durations_out: Path | None,
    resume: bool,  # noqa: FBT001 - a flag
    database: Sequence[str],
    expectation_file: Path | None,
    out: Path | None,
    format_name: str,
) -> None:
    """Judge every rule for each TARGET.

    A TARGET is MODULE:ATTRIBUTE, an adapter of yours; NAME, an implementation that is installed here; NAME==VERSION, a
    release, for which an environment is created; or TARGET:dotted.Class, another class in place of the one under test.
    """
    contract = find_contract(contract_name)
    chosen_profile = contract.profile(profile).name
    rules = choose(contract.rules.values(), profile=chosen_profile, ids=ids, levels=levels, since=since)
    settings = Settings(
        contract=contract.name,
        profile=chosen_profile,
        examples=budget(examples),
        seed=seed,
        limit_seconds=limit_seconds,
        chosen=", ".join([*ids, *levels, *([f"since {since}"] if since else [])]),
    )
    plan = Plan(
        contract=contract,
        targets=[target_from(text, contract) for text in dict.fromkeys(targets)],
        rules=rules,
        settings=settings,
        memory_mib=memory_mib,
        is_sandboxed=is_sandboxed,
        jobs=jobs or default_jobs(),
        expectations=read_expectations(expectation_file, contract.rules),
        database=places_from(database),
        executor=executor,
        share=None if shard is None else share_from(shard),
        durations=durations_from(durations_file),
        is_stamped=out is not None or shard is not None,
    )
    if is_sandboxed:
        sandbox()
    # CI systems send SIGTERM to stop a job. Handle it like Ctrl-C, so that there still is a report.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    journal = open_journal(out, resumes=resume)
    progress = Progress(things="verdicts", total=sum(len(rules) for _, rules in plan.work))
    took = Durations()
    if rules and not is_sandboxed:
        targets_named = ", ".join(target.text for target in plan.targets)
        click.echo(
            f"This runs the code of {targets_named}. With --sandbox it has no network, and can only read files.",
            err=True,
        )
    try:
        report = execute(
            plan,
            journal=journal,
            progress=progress.show,
            note=show_note,
            when_done=lambda one: took.add(one.series.target.text, one.seconds),
        )
    except ExecutorError as error:
        raise ExecutorError(f"{error}{advice_to_resume(journal_path(out))}") from error
    finally:
        progress.finish()
    if journal.others:
        click.echo(
            f"Verdicts on {journal.others} targets of the earlier run were not used: a target, the suite or a setting "
            "has changed.",
            err=True,
        )
    if not report.is_complete:
        click.echo(advice_to_resume(journal_path(out)).strip(), err=True)
    if durations_out is not None:
        write_whole(writable(durations_out), took.to_json().decode())
    # Printed first, so that it is not lost if the file cannot be written.
    click.echo(formats.FORMATS[format_name](report), nl=False)
    if out is not None:
        write_whole(writable(out), to_json(report))
    check_journal(journal, journal_path(out))
    sys.exit(report.exit_code)


@conformance.command(
    "report",
    short_help="Print a report in another format.",
    epilog="Example: conformance report verdicts.json --format html > matrix.html",
)
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path), metavar="REPORT.json")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(sorted(formats.FORMATS)),
    default="text",
    show_default=True,
    help="The format to print.",
)
@click.option("--back", default="", metavar="ADDRESS", help="Page that the matrix (html) links back to.")
def print_report(path: Path, format_name: str, back: str) -> None:
    """Print a JSON report, written by `run --out` or `campaign --out`, in another format."""
    if has_campaign(path):
        campaigns = importlib.import_module("conformance.command.campaign").FORMATS
        if format_name not in campaigns:
            raise UsageError(f"--format {format_name}: a campaign has the formats {', '.join(campaigns)}.")
        click.echo(campaigns[format_name](campaign_from_json(path)), nl=False)
        return
    report = from_json(path)
    click.echo(to_html(report, back) if format_name == "html" else formats.FORMATS[format_name](report), nl=False)


@conformance.command(
    "diff",
    short_help="Print the rules whose verdicts differ in two reports.",
    epilog="Example: conformance diff before.json after.json",
)
@click.argument("old", type=click.Path(dir_okay=False, path_type=Path), metavar="OLD.json")
@click.argument("new", type=click.Path(dir_okay=False, path_type=Path), metavar="NEW.json")
@click.option("--format", "format_name", type=click.Choice(["text", "json"]), default="text", show_default=True)
def print_changes(old: Path, new: Path, format_name: str) -> None:
    """Print the rules whose verdicts differ between two reports. The exit code is 1 if one of them held before."""
    changes = changes_between(from_json(old), from_json(new))
    click.echo(indented_json(changes) if format_name == "json" else changes_as_text(changes), nl=False)
    sys.exit(1 if any(change.is_worse for change in changes) else 0)


@conformance.command(
    "merge",
    short_help="Merge the reports of several jobs into one.",
    epilog="Example: conformance merge job-1.json job-2.json > verdicts.json",
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="REPORT...")
def print_merged(paths: Sequence[Path]) -> None:
    """Print one JSON report with the targets of all REPORTs, which must have been made with the same settings.

    The REPORTs of `run --shard` are merged into the report of the whole run, those of `campaign --shard` into that of
    the whole campaign, and those of `mutants --shard` into the grades of all mutants. If a shard is missing, the
    message names it, and the exit code is 2.
    """
    if all(map(has_grades, paths)):
        merged = merge_grades([grades_from_json(path) for path in paths])
        click.echo(indented_json(merged), nl=False)
        return
    if all(map(has_campaign, paths)):
        click.echo(campaign_to_json(merge_campaigns([campaign_from_json(path) for path in paths])), nl=False)
        return
    click.echo(to_json(merge([from_json(path) for path in paths])), nl=False)


@conformance.command(
    "rules",
    short_help="List the rules of a contract.",
    epilog="Example: conformance rules --contract promises --level MUST",
)
@click.argument("ids", nargs=-1, metavar="[ID...]")
@CONTRACT
@LEVELS
def list_rules(ids: Sequence[str], contract_name: str, levels: Sequence[str]) -> None:
    """List all rules, or those with the given ids and groups."""
    for rule in matching(find_contract(contract_name).rules.values(), ids):
        if not levels or rule.level.value in levels:
            click.echo(f"{rule.id:<8} {rule.level.value:<6} {rule.statement}")


@conformance.command(
    short_help="Explain a rule.",
    epilog="Example: conformance explain --contract promises ABC-01",
)
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@CONTRACT
def explain(ids: Sequence[str], contract_name: str) -> None:
    """Explain a rule: statement, source, profiles, and what to do about a deviation."""
    contract = find_contract(contract_name)
    click.echo("\n\n".join(explanation(rule, contract) for rule in matching(contract.rules.values(), ids)))


conformance.add_command(init)


def explanation(rule: Rule, contract: Contract) -> str:
    """Return a rule as some lines of text."""
    lines = {
        "level": rule.level.value,
        "decides in": ", ".join(sorted(one.name for one in contract.profiles.values() if rule.decides(one)))
        or "no profile",
        "since": rule.since,
        "source": source_of(rule),
        "needs": ", ".join(sorted({*rule.capabilities, *([rule.needs] if rule.needs else [])})) or "nothing",
        "hint": rule.hint,
    }
    return "\n".join(
        [
            f"{rule.id} {rule.name}",
            f"  {rule.statement}",
            *(f"  {name + ':':<12}{text}" for name, text in lines.items()),
        ]
    )
