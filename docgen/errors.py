"""Every error class of docgen. Each ends one command; what lets the work go on is a finding (`findings`)."""

from __future__ import annotations

from collections.abc import Sequence


class DocgenError(Exception):
    """Base of all errors that docgen raises on purpose. The message says what came, what was due, what to do next."""

    exit_code = 3
    """What the command exits with: 2 wrong use, 3 could not run."""


class TargetError(DocgenError):
    """A target names nothing that can be read."""

    exit_code = 2


class DownloadError(DocgenError):
    """A release could not be brought: it does not exist, or the package index cannot be reached."""


class ArchiveError(DocgenError):
    """An archive cannot be unpacked: it is damaged, encrypted, or contradicts itself."""


class UnsafeArchiveError(ArchiveError):
    """An archive would write outside its folder, or unpack to more than the limits allow."""


class CacheError(DocgenError):
    """The folder that downloads are kept in cannot be written, or belongs to another user."""


class LayoutError(DocgenError):
    """A folder or archive holds no package, or several projects of which none was named."""


class EmptyReferenceError(DocgenError):
    """The sources were read, and offer nothing that could be documented."""

    def __init__(self, target: str, packages: Sequence[str], files: int, findings: Sequence[object]) -> None:
        named = f"{', '.join(packages[:5])} ({files} {'file' if files == 1 else 'files'})"
        # The first finding is often the reason: a file that cannot be read, a module that is compiled.
        first = f" The first finding: {str(findings[0]).splitlines()[0]}." if findings else ""
        super().__init__(
            f"target {target}: {named} has no public name that could be documented.{first} "
            "Name another folder, or the one package or module that is meant."
        )


class RevisionError(DocgenError):
    """A git revision cannot be read: there is no such revision, no repository, or no git."""

    exit_code = 2


class SymbolError(DocgenError):
    """The sources hold no such public symbol."""

    exit_code = 2


class OverrideError(DocgenError):
    """An override names nothing, or what the sources say by now."""

    exit_code = 4


class LockError(DocgenError):
    """What was read is not what the lock of the reference says, or the lock cannot be read."""

    exit_code = 4


class SettingError(DocgenError):
    """A setting is unknown or has a wrong value, or its file cannot be read."""

    exit_code = 2


class DialectError(SettingError):
    """There is no such dialect, or it is wrong."""


class PageError(DocgenError):
    """A page is no reference page, or not one of the dialect it was read in. Carries file and line."""

    exit_code = 2

    def __init__(self, path: str, line: int, problem: str) -> None:
        super().__init__(f"{path}:{line}:1: {problem}")
        self.path = path
        self.line = line


class WriteError(DocgenError):
    """The output folder cannot be written; what was there is untouched."""


class LossError(DocgenError):
    """A build would lose content that the last one had."""

    exit_code = 1


class RenderError(DocgenError):
    """A template of a dialect is wrong."""


class DumpError(DocgenError):
    """A file is no dump of a reference, or one of another version of the schema."""

    exit_code = 2
