"""From a job to pages: the configuration is loaded, and its format makes the pages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from docgen.config import Configured, load_config
from docgen.formats.registry import open_format
from docgen.formats.seam import Format, Made
from docgen.job import DEFAULT_FORMAT, Job
from docgen.sources.targets import version_named


def make(job: Job, folder: Path | None = None) -> Made:
    """Return the pages of a reference.

    Parameters:
        job: The reference.
        folder: Where the last build of it is; what still holds of that is reused.

    Raises:
        DocgenError: Something that it needs cannot be read.
    """
    configured, format_ = opened(job)
    return format_.make(job, configured, folder)


def opened(job: Job) -> tuple[Configured, Format]:
    """Return the configuration and the format of a job.

    Raises:
        SettingError: The configuration is wrong, or there is no such format.
    """
    configured = load_config(Path(job.config) if job.config else None, job.changes, version_named(job.target))
    if job.lock:  # it is written anew, so that there is nothing to compare with
        configured = replace(configured, config=replace(configured.config, lock=""))
    return configured, open_format(job.dialect or configured.config.dialect or DEFAULT_FORMAT)
