"""Turns a job into its model, the pages that its format makes from it, and the folder that they are written to."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from docgen.config import Configured, format_settings, load_config
from docgen.errors import WriteError
from docgen.formats.registry import open_format
from docgen.formats.seam import Format, Made
from docgen.formats.size import limited
from docgen.incremental.manifest import Manifest, read_written
from docgen.incremental.redirects import redirects
from docgen.incremental.unchanged import this_command
from docgen.incremental.write import Written, write_tree
from docgen.job import DEFAULT_FORMAT, Job
from docgen.narrow import narrowed
from docgen.reading import Read, read_model
from docgen.sites import site_around
from docgen.sources.targets import is_moving, version_named
from docgen.stamps import settled_stamp

FIRST = "index.md"
"""The first page of a site."""


def make(job: Job, folder: Path | None = None) -> Made:
    """Return the pages of a reference.

    Parameters:
        job: The reference.
        folder: Folder of the last build; results that are still valid are reused.

    Raises:
        DocgenError: Sources, a configuration or a lock file cannot be read.
    """
    configured, format_ = opened(job)
    return limited(format_.make(job, configured, folder))


def read(job: Job) -> Read:
    """Return the model of a reference: all facts, whether or not its format shows them.

    Raises:
        DocgenError: Sources, a configuration or a lock file cannot be read; or there is no such symbol.
    """
    configured, format_ = opened(job)
    found = read_model(job.target, configured.config, format_.python, format_.effects)
    return replace(found, reference=narrowed(found.reference, job.symbol, job.rename))


def files_of(made: Made) -> dict[str, str]:
    """Return the pages of a reference by path.

    Raises:
        WriteError: Two pages have the same path.
    """
    files: dict[str, str] = {}
    for page in made.pages:
        if page.path in files:
            raise WriteError(f"{page.path}: two pages of the reference have this path. Rename one of the symbols.")
        files[page.path] = page.text
    return files


def home_of(out: str, overwrite: Collection[str] = ()) -> Path:
    """Return the folder for the pages of a reference, given the one that the user named.

    It is that folder, or `reference` in it if it is the folder of a site that has a first page of its own.

    Parameters:
        out: The folder that the user named.
        overwrite: Files of the user that may be replaced.
    """
    folder = Path(out)
    is_site = (folder / FIRST).is_file() and FIRST not in read_written(folder) and not {FIRST, "."} & {*overwrite}
    return folder / "reference" if is_site else folder


def command_of(job: Job, arguments: Sequence[str] | None = None) -> tuple[str, ...]:
    """Return the command of a job as the manifest stores it; empty if the next build has to look at the sources.

    Parameters:
        job: The reference.
        arguments: The arguments of the command line; None if the project file lists the job.
    """
    if is_moving(job.target):
        return ()
    return (repr(job), *this_command(())) if arguments is None else this_command(arguments)


@dataclass(frozen=True, kw_only=True)
class Run:
    """Facts about a build that the next one needs in addition to its result."""

    started: int
    """The time at which reading began, in nanoseconds."""
    command: tuple[str, ...] = ()
    """The command line and the other inputs of its result; if empty, the next build always looks at the sources."""
    exit_code: int = 0


def write(
    folder: Path,
    made: Made,
    run: Run,
    *,
    overwrite: Collection[str] = (),
    notify: Callable[[str], None] = lambda _: None,
) -> Written:
    """Write the pages of a reference, and beside them the records that the next build can reuse.

    Parameters:
        folder: As in `write_tree`, like `overwrite` and `notify`.
        made: The reference.
        run: The build that made it.
        overwrite, notify: See `folder`.

    Raises:
        WriteError: As `write_tree` raises it; or two pages have the same path.
    """
    manifest = Manifest(
        command=run.command,
        inputs=tuple(settled_stamp(str(path.absolute()), run.started) for path in made.inputs),
        findings=tuple(map(str, made.findings)),
        exit_code=run.exit_code,
        content=made.content,
    )
    files: dict[str, str | bytes] = {**files_of(made), **made.extras}
    site, _ = site_around(folder)
    files |= redirects(folder, read_written(folder), files, has_folders=not site or site.has_folders)
    return write_tree(folder, files, manifest, made.kept, overwrite=overwrite, notify=notify)


def opened(job: Job) -> tuple[Configured, Format]:
    """Return the configuration and the format of a job.

    Raises:
        SettingError: The configuration is wrong, or there is no such format.
    """
    configured = load_config(Path(job.config) if job.config else None, job.changes, version_named(job.target), job.keys)
    if job.lock:  # it is written, not read, so there is nothing to compare with
        configured = replace(configured, config=replace(configured.config, lock=""))
    named = configured.config.dialect or DEFAULT_FORMAT
    format_ = open_format(job.dialect or named)
    meant = open_format(named)
    format_settings(configured, meant.keys)
    if meant.keys is not format_.keys:  # the configuration is for another format, whose keys have no meaning here
        configured = replace(configured, own={}, later=())
    return configured, format_
