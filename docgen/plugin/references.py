"""The references of a project while its site is served: rebuilds them when a source changes and can be read."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mkdocs.exceptions import ConfigurationError
from mkdocs.utils.yaml import yaml_load

from docgen.command.making import Run, command_of, make, write
from docgen.errors import LossError
from docgen.files import read_file, read_kept
from docgen.findings import Finding
from docgen.incremental.manifest import Manifest, read_manifest
from docgen.incremental.redirects import SYMBOLS, symbols_in
from docgen.incremental.unchanged import is_up_to_date, read_raw
from docgen.incremental.write import refuse_loss
from docgen.job import Job, jobs_of
from docgen.plugin import inventory
from docgen.plugin.nav import Nav
from docgen.sources.layout import PROJECT_FILES

UNREAD = "DG101"
"""Code of the finding that a file could not be read, because of its syntax or its encoding."""
PAGE = ".md"
"""End of the name of a page; other files beside it are not pages of the site."""
NAVIGATION = "nav.yml"
"""Navigation of a reference, beside its pages."""


@dataclass(frozen=True, kw_only=True)
class Refreshed:
    """The result of rebuilding a reference."""

    changed: tuple[str, ...] = ()
    """Pages that were written or removed, relative to the folder of the reference."""
    pages: int = 0
    findings: int = 0
    broken: str = ""
    """Why nothing was written: the first file that can no longer be read, with the place. Empty if it was written."""


class LiveReference:
    """One reference and the folder that its pages are written to.

    Parameters:
        job: The job in `pyproject.toml`.
        home: The folder that paths of the job are relative to.
    """

    def __init__(self, job: Job, home: Path) -> None:
        self.job = job
        self.home = home
        self.folder = (home / job.out).resolve()

    def refresh(self, *, may_lose: bool) -> Refreshed | None:
        """Build the reference, if anything that it is made from has changed; return None if nothing has.

        Parameters:
            may_lose: Write even if symbols are gone, because the user is editing. If a file can no longer be read, the
                last pages are left as they are.

        Raises:
            DocgenError: Its sources cannot be found, or its folder cannot be written.
            LossError: Symbols are gone, and that is not allowed.
        """
        with contextlib.chdir(self.home):  # paths of the job are relative to it
            command = command_of(self.job)
            raw = read_raw(str(self.folder))
            if raw is not None and is_up_to_date(raw, command):
                return None
            return self._build(command, may_lose=may_lose)

    def _build(self, command: tuple[str, ...], *, may_lose: bool) -> Refreshed:
        last = read_manifest(self.folder)
        started = time.time_ns()
        made = make(self.job, self.folder)
        if may_lose and last is not None and (broken := newly_unread(made.findings, last.findings)):
            return Refreshed(broken=broken)
        if not may_lose:
            self._refuse_loss(made.content)
        done = write(self.folder, made, Run(started=started, command=command))
        changed = tuple(path for path in (*done.written, *done.removed) if path.endswith(PAGE))
        return Refreshed(changed=changed, pages=len(made.pages), findings=len(made.findings))

    def _refuse_loss(self, content: tuple[str, ...]) -> None:
        try:
            refuse_loss(self.folder, content, ())
        except LossError as error:
            raise LossError(
                f"{error}\nThat is an option of `docgen build`; run it once, then build the site."
            ) from None

    def manifest(self) -> Manifest:
        """Return the manifest of the last build, or an empty one before the first build."""
        return read_manifest(self.folder) or Manifest()

    def symbols(self) -> Mapping[str, str]:
        """Return the symbols of the reference: dotted path -> page and anchor, relative to its folder."""
        return symbols_in(read_kept(self.folder / SYMBOLS))

    def navigation(self) -> Nav:
        """Return the pages of the reference as entries of a navigation; empty if its format writes none."""
        try:
            ((_, pages),) = yaml_load(read_file(self.folder / NAVIGATION).decode())["nav"][-1].items()
        except (OSError, ConfigurationError, LookupError, AttributeError, TypeError, ValueError):
            return []  # there is no list, or it was edited by hand
        return pages if isinstance(pages, list) else []

    def inventory(self) -> bytes:
        """Return the inventory of the reference; empty if its format writes none."""
        return read_kept(self.folder / inventory.NAME)

    def watched(self) -> tuple[str, ...]:
        """Return the files and folders whose changes may change a page, as few as possible."""
        inputs = [Path(path) for path, _, size in self.manifest().inputs if size != -1]
        folders = {path for path in inputs if path.is_dir() and not _is_project(path)}
        inside = {path for path in inputs if any(parent in folders for parent in path.parents)}
        return tuple(sorted(str(path) for path in {*inputs} - inside if path in folders or path.is_file()))


def live_references(pyproject: Path, docs: Path) -> tuple[LiveReference, ...]:
    """Return the references of a project whose pages are in the documentation folder.

    Raises:
        SettingError: The project file has no table `[tool.docgen]`, or it is wrong.
    """
    home = pyproject.parent
    listed = (LiveReference(job, home) for job in jobs_of(pyproject) if job.out)
    return tuple(each for each in listed if each.folder.is_relative_to(docs.resolve()))


def newly_unread(findings: Iterable[Finding], before: Iterable[str]) -> str:
    """Return the place and the problem of the first file that could be read before and cannot now; empty for none."""
    known = {line.partition(":")[0] for line in before if f" {UNREAD} " in line}
    new = (found for found in findings if found.code == UNREAD and found.path not in known)
    return next((f"{found.path}:{found.line}:{found.column}: {found.text}" for found in new), "")


def _is_project(folder: Path) -> bool:
    """Return True for the top folder of a project, which contains more than sources."""
    return any((folder / name).exists() for name in (*PROJECT_FILES, ".git"))
