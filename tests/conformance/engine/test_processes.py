"""No process that was started for a run outlives it, in any session."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from conformance.engine.processes import MARK_VARIABLE, end_all, kill_marked, marked, remembered

STRAY = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(60)\n"
"""Leaves a process behind in a session of its own."""


def waited_for(condition: Callable[[], bool]) -> bool:
    """Return True if a condition became true within ten seconds."""
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says what stands in the environment of a process")
def test_a_process_that_left_its_session_is_found_by_its_mark() -> None:
    """It is ended, although its parent is gone and its session is another one."""
    subprocess.run([sys.executable, "-c", STRAY], env={MARK_VARIABLE: "of-this-test"}, check=True)
    assert waited_for(lambda: bool(marked("of-this-test")))

    kill_marked("of-this-test")

    assert waited_for(lambda: not marked("of-this-test"))
    assert not marked("of-another-test")


def test_an_interrupt_ends_what_is_remembered() -> None:
    """The processes end in any state."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    with remembered(process):
        end_all()

        assert process.wait(timeout=10) < 0


def test_what_is_remembered_is_gone_when_the_block_is_left() -> None:
    """Also if an exception ends the block."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)

    with pytest.raises(KeyError), remembered(process):
        raise KeyError

    assert process.returncode < 0
