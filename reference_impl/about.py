"""The version of this package."""

from __future__ import annotations

__version__ = "0.1.0"
"""The version of the distribution, from its metadata."""


def version() -> str:
    """Return the version of the distribution."""
    return __version__
