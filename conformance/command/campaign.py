"""The command `conformance campaign`: judges the releases that a file lists."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import click

from conformance.campaign.file import read_campaign
from conformance.campaign.lanes import lanes_of
from conformance.campaign.pages import to_markdown
from conformance.campaign.report import to_json, to_text
from conformance.campaign.run import CampaignPlan, run_campaign
from conformance.command.options import EXECUTOR, JOBS, SHARD
from conformance.command.output import advice_to_resume, check_journal, show_note, writable, write_whole
from conformance.command.work import DURATIONS
from conformance.engine.contract import find_contract
from conformance.engine.journal import Journal
from conformance.engine.sandbox import sandbox
from conformance.engine.shards import durations_from
from docgen.errors import ExecutorError
from docgen.progress import Progress
from docgen.work import default_jobs, share_from

FORMATS = {"text": to_text, "json": to_json, "markdown": to_markdown}


@click.command(
    short_help="Judge many releases, and report where verdicts change.",
    epilog="Example: conformance campaign campaign.toml --out build/campaign --executor dask",
)
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.toml")
@click.option(
    "--contract", "contract_name", default="", metavar="NAME|FOLDER", help="The contract, if FILE.toml names none."
)
@JOBS
@EXECUTOR
@SHARD
@DURATIONS
@click.option(
    "--resume",
    is_flag=True,
    help="Continue an interrupted campaign: rules with a verdict in DIR/campaign.jsonl are not judged again.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("build/campaign"),
    show_default=True,
    metavar="DIR",
    help="Write campaign.json and the page campaign.md to this folder, and each verdict at once to campaign.jsonl.",
)
@click.option("--format", "format_name", type=click.Choice(sorted(FORMATS)), default="text", show_default=True)
def campaign(  # noqa: PLR0913, PLR0917 - one parameter per option
    path: Path,
    contract_name: str,
    jobs: int | None,
    executor: str,
    shard: str | None,
    durations_file: Path | None,
    resume: bool,  # noqa: FBT001 - a flag
    out: Path,
    format_name: str,
) -> None:
    """Judge many releases against a contract, and report in which release each verdict changed.

    FILE.toml defines what is judged: `targets = ["sdk>=2.0", "sdk-plugin-*"]`, and which profiles, pythons, examples
    and seeds. A long list of releases is bisected, not judged one by one. The exit code is 1 if the newest
    release deviates.
    """
    asked = read_campaign(path)
    contract = find_contract(asked.contract or contract_name)
    plan = CampaignPlan(
        campaign=asked,
        contract=contract,
        lanes=lanes_of(asked, contract),
        jobs=jobs or default_jobs(),
        executor=executor,
        share=None if shard is None else share_from(shard),
        durations=durations_from(durations_file),
    )
    if asked.sandbox:
        sandbox()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    lines = writable(out / "campaign.jsonl")
    journal = Journal(lines, resumes=resume)
    progress = Progress(things="verdicts", total=plan.expected)
    try:
        report = run_campaign(plan, journal=journal, progress=progress.show, note=show_note)
    except ExecutorError as error:
        raise ExecutorError(f"{error}{advice_to_resume(lines)}") from error
    finally:
        progress.finish()
    click.echo(FORMATS[format_name](report), nl=False)
    write_whole(writable(out / "campaign.json"), to_json(report))
    if shard is None:
        write_whole(writable(out / "campaign.md"), to_markdown(report))
    if not report.is_complete:
        click.echo(advice_to_resume(lines).strip(), err=True)
    check_journal(journal, lines)
    sys.exit(report.exit_code)
