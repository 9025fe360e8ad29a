"""Kinds that start processes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time

from tests.hostile.form import hostile, sleep_command


@hostile("holds")
def forks_and_returns_twice(honest: object) -> object:
    """Forks, and both processes continue with the suite."""
    os.fork()
    return honest


@hostile("holds", when="load")
def forks_while_loading(_: object) -> object:
    """Forks while it is loaded, and both processes continue."""
    return os.fork()


@hostile("holds deviates", others="holds deviates")
def fork_bomb(honest: object) -> object:
    """Starts processes that start processes, 127 in all."""
    first = os.getpid()
    for _ in range(7):
        if os.fork() == 0:
            os.setsid()
    if os.getpid() != first:
        time.sleep(900)
    return honest


@hostile("holds", is_quick=True)
def daemon_with_a_clean_environment(honest: object) -> object:
    """Starts a daemon: two forks, a session of its own, an empty environment."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            command = sleep_command()
            os.execve(command[0], command, {})
        os._exit(0)
    return honest


@hostile("holds")
def daemon_that_ignores_signals(honest: object) -> object:
    """Starts a daemon that ignores signals and forks again."""
    if os.fork() == 0:
        os.setsid()
        for one in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(one, signal.SIG_IGN)
        os.closerange(0, 64)
        for _ in range(4):
            if os.fork():
                time.sleep(900)
        os._exit(0)
    return honest


@hostile("holds")
def child_process_left(honest: object) -> object:
    """Leaves a child process."""
    subprocess.Popen(sleep_command())
    return honest


@hostile("holds deviates")
def kills_its_parent(honest: object) -> object:
    """Kills the process that started it."""
    os.kill(os.getppid(), signal.SIGKILL)
    return honest


@hostile("holds deviates")
def kills_its_group(honest: object) -> object:
    """Kills every process of its group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(0, signal.SIGKILL)
    return honest
