"""docgen next to griffe's check and mypy's stubtest, on the same pairs of packages: the table of `bench.parity`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.thorough
def test_more_is_found_than_by_others_and_nothing_harmless_is_called_breaking() -> None:
    """At least 99 % of the breaking edits have the right level, no harmless one is called breaking; others do worse."""
    command = [sys.executable, "-m", "bench.parity", "--missed"]
    output = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    scores = {score["tool"]: score for score in json.loads(output)}

    docgen, griffe, stubtest = (scores[tool] for tool in ("docgen", "griffe", "stubtest"))
    assert docgen["level_right"] >= 0.99 * docgen["breaking"], docgen["missed"]
    assert docgen["false_alarms"] == 0, docgen["alarmed"]
    assert docgen["level_right"] > max(griffe["level_right"], stubtest["level_right"]) > docgen["breaking"] // 4
    assert min(griffe["false_alarms"], stubtest["false_alarms"]) > 0
