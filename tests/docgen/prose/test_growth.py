"""Reading takes time linear in the length of a docstring, with any mistakes."""

from __future__ import annotations

import runpy
import time
from pathlib import Path

import pytest

from docgen.prose.style import Style

BENCH = runpy.run_path(str(Path(__file__).parents[3] / "bench" / "docstrings.py"))
LENGTH = 100_000
"""Characters; anything quadratic takes minutes at this length."""
LONGEST_SECONDS = 3.0


@pytest.mark.parametrize("kind", BENCH["KINDS"])
def test_long_docstrings_are_read_in_time(kind: str) -> None:
    """An awkward docstring of 100,000 characters is read in time, in any style."""
    raw = BENCH["KINDS"][kind](LENGTH)

    start = time.process_time()
    for style in Style:
        BENCH["use"](raw, style)

    assert time.process_time() - start < LONGEST_SECONDS
