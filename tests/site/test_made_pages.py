"""The committed pages that come from the project itself are what their sources say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("rules.md", "commands.md", "differences.md", "differences.schema.json")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the pages as they are made now."""
    folder = tmp_path_factory.mktemp("made")
    program = (
        "import runpy, pathlib, sys; tool = runpy.run_path('tools/site_pages.py'); folder = pathlib.Path(sys.argv[1])\n"
        "(folder / 'rules.md').write_text(tool['rules_page'](), encoding='utf-8')\n"
        "(folder / 'commands.md').write_text(tool['commands_page'](), encoding='utf-8')\n"
        "(folder / 'differences.md').write_text(tool['differences_page'](), encoding='utf-8')\n"
        "(folder / 'differences.schema.json').write_text(tool['json_schema'](), encoding='utf-8')"
    )
    subprocess.run([sys.executable, "-c", program, str(folder)], check=True, cwd=ROOT)
    return folder


@pytest.mark.parametrize("name", PAGES)
def test_committed_page_is_current(made: Path, name: str) -> None:
    """The rules and the commands on the site are those of the package; `python tools/site_pages.py` rewrites them."""
    committed = (ROOT / "site" / name).read_text(encoding="utf-8")

    assert committed == (made / name).read_text(encoding="utf-8"), "run: python tools/site_pages.py"


def test_committed_reference_is_current() -> None:
    """The committed reference of our implementation is what its sources say; `docgen build` rewrites it."""
    command = [sys.executable, "-m", "docgen", "check"]

    answer = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)

    assert answer.returncode == 0, answer.stdout + answer.stderr
