"""The adapter of `reference_impl`, the model of profile `strict`."""

from __future__ import annotations

from typing import ClassVar

from conformance.adapters.package import PackageAdapter


class ReferenceAdapter(PackageAdapter):
    """Drives the reference implementation by its public names."""

    package: ClassVar[str] = "reference_impl"
