"""A running task writes to its own report; outside a task, what is written is dropped."""

from __future__ import annotations

from pathlib import Path

from reference_impl import TaskEnvironment, ctx, with_runcontext
from reference_impl.local.report import REPORT_FILE
from reference_impl.report import current_report, flush, get_tab, log, replace

env = TaskEnvironment("reports")


@env.task
async def write(text: str) -> str:
    """Write to two tabs and return the path of the report."""
    await log.aio("first")
    get_tab("more").log(text)
    await flush.aio()
    context = ctx()
    assert context is not None
    return context.output_path


def test_report_lies_in_the_output_folder_of_its_task(tmp_path: Path) -> None:
    """A flushed report contains every tab and is stored in the output folder of the task."""
    run = with_runcontext(mode="local", run_base_dir=str(tmp_path)).run(write, "<b>second</b>")

    html = (Path(run.outputs()[0]) / REPORT_FILE).read_text(encoding="utf-8")

    assert html.index("first") < html.index("<b>second</b>")
    assert list(tmp_path.rglob(REPORT_FILE))


def test_outside_a_task_nothing_is_kept() -> None:
    """Writing outside a task is allowed and has no effect."""
    log("lost", do_flush=True)
    replace("lost too")

    assert "lost" not in current_report().get_final_report()
