"""The committed pages that come from the project itself are what their sources say."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    *("commands.md", "differences.md", "differences.schema.json", "findings.md", "keys.md", "rules.md", "schemas.md"),
    "types.md",
)


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    """The files as the sources make them now, by name."""
    program = "import json, runpy; print(json.dumps(runpy.run_path('tools/site_pages.py')['made']()))"
    answer = subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT, capture_output=True, text=True)
    found: dict[str, str] = json.loads(answer.stdout)
    assert sorted(found) == sorted(PAGES)
    return found


@pytest.mark.parametrize("name", PAGES)
def test_committed_page_is_current(made: dict[str, str], name: str) -> None:
    """The rules and the commands on the site are those of the package; `python tools/site_pages.py` rewrites them."""
    committed = (ROOT / "site" / name).read_text(encoding="utf-8")

    assert committed == made[name], "run: python tools/site_pages.py"


@pytest.mark.parametrize(
    "row",
    [
        "| `Cron` | `expression`, `timezone` |  |",  # called in a recipe, and a row of tables
        "| `timeout_from_request` |  |  | VAL-10 |",  # looked up
        "| `TaskPluginRegistry` |",  # an item of `impl.types`
        "| `Secret` | `as_env_var`, `group`, `key`, `mount` |",  # put together by a strategy
        "| `AMD_GPU` |",  # a row of a table beside others
        "| `Image` |  | `from_base`, `from_debian_base` |",  # made by class methods
    ],
)
def test_types_are_found_wherever_the_suite_names_them(made: dict[str, str], row: str) -> None:
    """The page of types has each type, whichever way the suite makes its values."""
    assert f"\n{row}" in made["types.md"]


def test_committed_reference_is_current() -> None:
    """The committed reference of our implementation is what its sources say; `docgen build` rewrites it."""
    command = [sys.executable, "-m", "docgen", "check"]

    answer = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)

    assert answer.returncode == 0, answer.stdout + answer.stderr
