"""From a job to its model, or to the pages that its format makes of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from docgen.config import Configured, format_settings, load_config
from docgen.formats.registry import open_format
from docgen.formats.seam import Format, Made
from docgen.job import DEFAULT_FORMAT, Job
from docgen.reading import Read, read_model
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


def read(job: Job) -> Read:
    """Return the model of a reference: facts, whatever its format shows of them.

    Raises:
        DocgenError: Something that it needs cannot be read.
    """
    configured, format_ = opened(job)
    return read_model(job.target, configured.config, format_.python, format_.effects)


def opened(job: Job) -> tuple[Configured, Format]:
    """Return the configuration and the format of a job.

    Raises:
        SettingError: The configuration is wrong, or there is no such format.
    """
    configured = load_config(Path(job.config) if job.config else None, job.changes, version_named(job.target))
    if job.lock:  # it is written anew, so that there is nothing to compare with
        configured = replace(configured, config=replace(configured.config, lock=""))
    named = configured.config.dialect or DEFAULT_FORMAT
    format_ = open_format(job.dialect or named)
    meant = open_format(named)
    format_settings(configured, meant.keys)
    if meant.keys is not format_.keys:  # the configuration is of another format, and its own keys say nothing here
        configured = replace(configured, own={}, later=())
    return configured, format_
