"""Every error class of conformance.

Two kinds. A `ConformanceError` ends the command and says with which exit code. A `Finding` ends one property and says
with which verdict: it never leaves the child process.
"""

from __future__ import annotations


class ConformanceError(Exception):
    """Base of all errors of this package. The message says what came, what was due and what to do next."""

    exit_code = 3
    """What the command exits with: 2 wrong use, 3 could not run, 4 stale expectations, 5 nothing was run."""


class UsageError(ConformanceError):
    """An option, a target or a file of the user's cannot be understood."""

    exit_code = 2


class CatalogueError(ConformanceError):
    """The catalogue of rules contradicts itself or the suite."""


class TargetError(ConformanceError):
    """An implementation under test cannot be set up or started."""


class InstallError(TargetError):
    """An installer refuses: there is no such release, or what is asked for does not go together."""


class OutputError(ConformanceError):
    """What was found cannot be written."""


class Deviation(ConformanceError, AssertionError):  # noqa: N818 - the word of the contract for it
    """The implementation does not keep the rule: verdict `deviates`."""


class Gap(ConformanceError):  # noqa: N818 - the word of the contract for it
    """The implementation does not offer what the rule speaks of: verdict `gap`. Adapters raise it too."""


class MemberGap(Gap, AttributeError):  # noqa: N818 - the word of the contract for it
    """The adapter has no such member, whatever it claims.

    An `AttributeError` too, so that `hasattr` and `getattr` with a default work on adapters: hypothesis uses them.
    """
