"""What all tests share: the options, and the reasons for which a marked test is skipped."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
# Behind everything else: tests import `tests.mutants` and `tools`, but the packages from the wheel if there is one.
sys.path.append(str(ROOT))

from tests.browsing import BROWSERS, chromium  # noqa: E402 - found by the path above


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that lets the minutes-long tests run."""
    parser.addoption("--thorough", action="store_true", help="run the tests marked thorough too")


@cache
def unreachable() -> str | None:
    """Return why the package index cannot be used, None if it can: one small download decides."""
    with_pip = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--dest",
        "build/probe",
        "flyte==2.1.2",
    ]
    try:
        answer = subprocess.run(with_pip, capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)
    except subprocess.TimeoutExpired:
        return "the package index did not answer within 60 s"
    lines = answer.stderr.strip().splitlines() or ["no message"]
    return None if answer.returncode == 0 else f"the package index cannot be reached: {lines[-1]}"


@pytest.fixture(scope="session", autouse=True)
def _temporary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What tests and the processes that they start leave behind lies in pytest's own folder, which it clears."""
    folder = str(tmp_path_factory.mktemp("temporary"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", folder)
        patch.setattr(tempfile, "tempdir", folder)
        yield


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a marked test where what it needs is not there, and say so."""
    if item.get_closest_marker("thorough") and not item.config.getoption("--thorough"):
        pytest.skip("takes minutes: runs with --thorough only")
    if item.get_closest_marker("network") and (reason := unreachable()):
        pytest.skip(reason)
    if item.get_closest_marker("browser") and chromium() is None:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is on PATH")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the published pages, which is not part of the project."""
    if not SHARED.is_dir():
        pytest.skip(f"no published pages to compare with: {SHARED.name}/ is not beside the project")
    return SHARED


@pytest.fixture(scope="session")
def contract_page(shared: Path) -> Path:
    """The published page of the contract."""
    return next((shared / "seed").glob("*.txt"))
