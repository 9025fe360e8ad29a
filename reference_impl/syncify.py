"""One function for sync and async code."""

from __future__ import annotations

from reference_impl.local.syncify import syncify

__all__ = ["syncify"]
