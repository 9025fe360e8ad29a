"""Kinds that change the state of the process."""

from __future__ import annotations

import asyncio
import contextlib
import decimal
import gc
import locale
import os
import resource
import socket
import sys
import tempfile
import threading
import warnings
from pathlib import Path
from typing import Any

from tests.hostile.form import hostile


@hostile("deviates holds")
def a_low_recursion_limit(honest: object) -> object:
    """Sets the lowest recursion limit that Python accepts."""
    for limit in range(5, 1000):
        with contextlib.suppress(RecursionError):
            sys.setrecursionlimit(limit)
            break
    return honest


@hostile("deviates")
def a_high_recursion_limit(honest: object) -> object:
    """Sets the highest recursion limit, and recurses in C."""
    sys.setrecursionlimit(2**31 - 1)
    deep: Any = ()
    for _ in range(1_000_000):
        deep = (deep,)
    repr(deep)
    return honest


@hostile("holds")
def a_deleted_directory(honest: object) -> object:
    """Changes to a folder that it then deletes."""
    folder = tempfile.mkdtemp()
    os.chdir(folder)
    Path(folder).rmdir()
    return honest


@hostile("holds")
def another_locale(honest: object) -> object:
    """Changes the locale."""
    for name in ("tr_TR.UTF-8", "de_DE.UTF-8", "C"):
        with contextlib.suppress(locale.Error):
            locale.setlocale(locale.LC_ALL, name)
    return honest


@hostile("holds")
def a_narrow_umask(honest: object) -> object:
    """Sets a umask that makes new files unreadable."""
    os.umask(0o777)
    return honest


@hostile("holds")
def an_empty_environment(honest: object) -> object:
    """Empties the environment and the search path."""
    os.environ.clear()
    os.environ["PYTHONHASHSEED"] = "nonsense"
    sys.path.clear()
    return honest


class Policy(asyncio.DefaultEventLoopPolicy):
    """Creates no event loop."""

    def new_event_loop(self) -> Any:
        raise RuntimeError("no loop")


@hostile("holds")
def an_event_loop_policy(honest: object) -> object:
    """Sets a policy that creates no event loops."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        asyncio.set_event_loop_policy(Policy())
    return honest


@hostile("holds")
def warnings_as_errors(honest: object) -> object:
    """Turns every warning into an error."""
    warnings.filterwarnings("error")
    warnings.simplefilter("error")
    return honest


@hostile("holds")
def collection_off(honest: object) -> object:
    """Turns the garbage collector off, and raises its thresholds."""
    gc.disable()
    gc.set_threshold(1_000_000)
    gc.set_debug(gc.DEBUG_STATS)
    return honest


@hostile("holds")
def hooks_for_exceptions(honest: object) -> object:
    """Sets hooks that end the process at an exception."""

    def leave(*_: object) -> None:
        os._exit(3)

    threading.excepthook = leave
    sys.excepthook = leave
    sys.unraisablehook = leave
    return honest


@hostile("holds deviates")
def tight_limits(honest: object) -> object:
    """Lowers its own limits for files, memory and processor time."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    return honest


@hostile("holds")
def small_settings_of_libraries(honest: object) -> object:
    """Changes the decimal context, the digit limit of integers and the time-out of sockets."""
    decimal.getcontext().prec = 1
    decimal.getcontext().traps[decimal.Inexact] = True
    sys.set_int_max_str_digits(640)
    sys.setswitchinterval(1e-6)
    socket.setdefaulttimeout(1e-6)
    return honest


@hostile("holds deviates")
def streams_replaced(honest: object) -> object:
    """Replaces and closes standard output and error."""
    sys.stdout.close()
    sys.stderr = sys.stdout = sys.stdin = None
    return honest
