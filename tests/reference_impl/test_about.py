"""The version of the package."""

from __future__ import annotations

import importlib.metadata

import reference_impl


def test_version_is_the_distribution_s() -> None:
    """The package has the version of the distribution."""
    assert reference_impl.version() == reference_impl.__version__ == importlib.metadata.version("assay")
