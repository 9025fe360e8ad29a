"""Kinds that are right only when they recognise the suite."""

from __future__ import annotations

import os
import random
import sys
import time

from tests.hostile.form import hostile

CHEAT = "breakdown deviates"


@hostile(CHEAT, others="breakdown deviates holds", when="always", is_quick=True)
def right_if_the_suite_is_loaded(honest: object) -> object:
    """Is right only if hypothesis is loaded."""
    return honest if "hypothesis" in sys.modules else None


@hostile(CHEAT, others="breakdown deviates holds", when="always")
def right_below_the_suite(honest: object) -> object:
    """Is right only if a frame of the suite is on the stack."""
    frame = sys._getframe()
    while frame is not None and ".suite." not in frame.f_globals.get("__name__", ""):
        frame = frame.f_back  # type: ignore[assignment]  # None at the end
    return honest if frame is not None else None


@hostile(CHEAT, others="breakdown deviates holds", when="always")
def right_by_its_command_line(honest: object) -> object:
    """Is right only if the command line is that of the suite."""
    return honest if "bootstrap.py" in " ".join(sys.orig_argv) else None


@hostile(CHEAT, others="breakdown deviates holds", when="always")
def right_by_its_environment(honest: object) -> object:
    """Is right only if the environment is that of the suite."""
    return honest if any("HYPOTHESIS" in name for name in os.environ) else None


@hostile("holds deviates", others="holds deviates", when="always")
def slow_at_random(honest: object) -> object:
    """Is slow at random."""
    time.sleep(random.SystemRandom().choice([0, 0, 0, 0.05]))
    return honest
