"""Every error class of docgen. Each ends a command; a problem that does not stop the work is a finding (`findings`)."""

from __future__ import annotations

from collections.abc import Sequence


class DocgenError(Exception):
    """Base of all errors that docgen raises on purpose: what was found, what was expected, what to do next."""

    exit_code = 3
    """Exit code of the command: 2 wrong use, 3 could not run, 5 nothing was run."""


class TargetError(DocgenError):
    """The target does not exist, or cannot be read as a package."""

    exit_code = 2


class DownloadError(DocgenError):
    """A release could not be downloaded: it does not exist, or the package index cannot be reached."""


class ArchiveError(DocgenError):
    """An archive cannot be unpacked: it is damaged, encrypted, or contradicts itself."""


class UnsafeArchiveError(ArchiveError):
    """An archive would write outside its folder, or unpack to more than the limits allow."""


class CacheError(DocgenError):
    """The folder of downloads cannot be written, or belongs to another user."""


class LayoutError(DocgenError):
    """A folder or archive contains no package, or contains several projects."""


class EmptyReferenceError(DocgenError):
    """The sources were read, but have no public name to document."""

    def __init__(self, target: str, packages: Sequence[str], files: int, findings: Sequence[object]) -> None:
        named = f"{', '.join(packages[:5])} ({files} {'file' if files == 1 else 'files'})"
        # The first finding is often the reason: a file that cannot be read, a module that is compiled.
        first = f" The first finding: {str(findings[0]).splitlines()[0]}." if findings else ""
        super().__init__(
            f"target {target}: {named} has no public name to document.{first} "
            "Name another folder, or the package or module to document."
        )


class RevisionError(DocgenError):
    """A git revision cannot be read: the revision or the repository does not exist, or git is not installed."""

    exit_code = 2


class SymbolError(DocgenError):
    """The sources have no public symbol of that name."""

    exit_code = 2


class OverrideError(DocgenError):
    """An override names a place that does not exist, or a value that the sources now determine."""

    exit_code = 4


class LockError(DocgenError):
    """An archive differs from the lock file of the reference, or the lock file cannot be read."""

    exit_code = 4


class SettingError(DocgenError):
    """A setting is unknown or has a wrong value, or its file cannot be read."""

    exit_code = 2


class NoReferenceError(DocgenError):
    """The project file lists no reference, so that nothing was run."""

    exit_code = 5


class CommentError(DocgenError):
    """A comment cannot be read or written: the platform refuses it, or cannot be reached."""


class DialectError(SettingError):
    """There is no such format, or its files are wrong."""


class PageError(DocgenError):
    """A page is not a reference page, or not one in the format it was read in. Carries file and line."""

    exit_code = 2

    def __init__(self, path: str, line: int, problem: str) -> None:
        super().__init__(f"{path}:{line}:1: {problem}")
        self.path = path
        self.line = line


class WriteError(DocgenError):
    """The output folder cannot be written. Its contents are unchanged."""


class LossError(DocgenError):
    """A build would lose symbols, parameters or defaults that the last one had."""

    exit_code = 1


class RenderError(DocgenError):
    """A template of a format, or an inventory, is wrong."""


class DumpError(DocgenError):
    """A file is not a dump of a reference, or has another version of the schema."""

    exit_code = 2


class ExecutorError(DocgenError):
    """The executor that runs the units of a job does not answer, or can no longer be reached."""
