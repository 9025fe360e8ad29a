"""Every error class of conformance.

A `ConformanceError` ends the command, with the exit code of its class. `Deviation` and `Gap` end one property, with a
verdict, and never leave the child process.
"""

from __future__ import annotations

from collections.abc import Mapping


class ConformanceError(Exception):
    """Base of all errors of this package. The message says what was given, what was expected and what to do next."""

    exit_code = 3
    """Exit code of the command: 2 wrong use, 3 could not run, 4 stale expectations, 5 nothing was run."""


class UsageError(ConformanceError):
    """The user gave an option, a target or a file that is wrong."""

    exit_code = 2


class CatalogueError(ConformanceError):
    """The catalogue of rules contradicts itself or the suite."""


class TargetError(ConformanceError):
    """An implementation under test cannot be set up or started."""


class InstallError(TargetError):
    """The installer failed: there is no such release, or the requirements contradict each other."""


class OutputError(ConformanceError):
    """A report cannot be written."""


class Deviation(ConformanceError, AssertionError):  # noqa: N818 - the word of the contract for it
    """The implementation breaks the rule: verdict `deviates`."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.tried: Mapping[str, object] = {}
        """The values that the property used when it failed, by name; see `conformance.engine.properties.trying`."""


class Gap(ConformanceError):  # noqa: N818 - the word of the contract for it
    """The implementation does not offer what the rule is about: verdict `gap`. Adapters raise it too."""


class MemberGap(Gap, AttributeError):  # noqa: N818 - the word of the contract for it
    """The adapter has no such member, even if it claims it.

    An `AttributeError` too, so that `hasattr` and `getattr` with a default work on adapters: hypothesis uses them.
    """
