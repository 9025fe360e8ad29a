"""Kinds that misbehave while they are loaded."""

from __future__ import annotations

import ctypes
import os
import sys
import time
from typing import NoReturn

from tests.hostile.form import hostile


@hostile(when="load", is_started=False)
def import_hangs(_: object) -> object:
    """Hangs while it is loaded."""
    time.sleep(900)
    return None


@hostile(when="load", is_started=False, is_quick=True)
def import_raises(_: object) -> NoReturn:
    """Raises while it is loaded."""
    raise RuntimeError("no licence")


@hostile(when="load", is_started=False)
def import_exits(_: object) -> NoReturn:
    """Raises SystemExit while it is loaded."""
    raise SystemExit(0)


@hostile(when="load", is_started=False)
def import_leaves(_: object) -> object:
    """Ends the process while it is loaded."""
    os._exit(0)


@hostile(when="load", is_started=False)
def import_crashes(_: object) -> object:
    """Crashes while it is loaded."""
    return ctypes.string_at(0)


@hostile(when="load", is_started=False)
def import_prints_a_gigabyte(_: object) -> object:
    """Prints a gigabyte while it is loaded."""
    for _number in range(1024):
        os.write(1, b"z" * (1 << 20))
    return None


@hostile(when="load", is_started=False)
def import_raises_what_cannot_be_described(_: object) -> NoReturn:
    """Raises an exception whose str raises, while it is loaded."""
    from tests.hostile.kinds.raising import Silent

    raise Silent


@hostile("holds", when="load")
def import_changes_the_streams(_: object) -> object:
    """Closes the standard streams while it is loaded."""
    sys.stdout.close()
    sys.stdin.close()
    return None
