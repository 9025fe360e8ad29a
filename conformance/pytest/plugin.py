"""The pytest plugin: the suite of a contract as tests, one per rule.

    pytest promises/suite --impl adapter:Adapter

It is loaded in every pytest run of its environment, so it imports nothing until it is used; see
`conformance.pytest.items`.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options for the implementation under test."""
    group = parser.getgroup("conformance", "conformance: test an implementation against a contract")
    group.addoption(
        "--impl", action="append", default=[], metavar="TARGET", help="implementation under test; may be repeated"
    )
    group.addoption("--impl-profile", metavar="NAME", help="profile of the contract (default: the contract says)")
    group.addoption("--impl-examples", default="default", metavar="BUDGET", help="smoke, default, deep or a number")
    group.addoption("--impl-seed", default=0, type=int, help="seed of all random choices (default 0)")
    group.addoption(
        "--impl-sandbox",
        action="store_true",
        help="run the implementation without network, and with read-only files, as `conformance run --sandbox` does",
    )
    group.addoption(
        "--impl-expect", type=Path, metavar="FILE", help="file of known deviations, as for `conformance run --expect`"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers of the tests, so that `-m MUST` selects a level."""
    config.addinivalue_line("markers", "rule(id): the rule that the test judges")
    for level in ("MUST", "SHOULD", "MAY", "OBS"):
        config.addinivalue_line("markers", f"{level}: the level of the rule that the test judges")


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> Any:  # noqa: ANN401 - pytest is not imported here
    """Collect rules, not functions, from the suite of a contract."""
    if module_path.parent.name != "suite" or not (module_path.parent.parent / "contract.toml").is_file():
        return None
    return importlib.import_module("conformance.pytest.items").RuleModule.from_parent(parent, path=module_path)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the processes of the implementations."""
    if config.getoption("--impl", []):
        importlib.import_module("conformance.pytest.items").close_workers(config)
