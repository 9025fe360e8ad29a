"""Kinds that leave something running, and kinds that end their process."""

from __future__ import annotations

import asyncio
import atexit
import ctypes
import faulthandler
import os
import signal
import threading
import time

from tests.hostile.form import hostile, sleep_command

kept: list[object] = []


@hostile("holds")
def threads_left(honest: object) -> object:
    """Leaves threads, daemons and others."""
    for number in range(20):
        threading.Thread(target=time.sleep, args=(900,), daemon=bool(number % 2)).start()
    return honest


@hostile("holds")
def a_busy_thread_left(honest: object) -> object:
    """Leaves a thread that never rests."""

    def busy() -> None:
        while True:
            pass

    threading.Thread(target=busy, daemon=True).start()
    return honest


@hostile("holds deviates", others="holds deviates")
def a_thread_that_ends_the_process(honest: object) -> object:
    """Leaves a thread that ends the process a little later."""
    threading.Timer(0.3, os._exit, args=(0,)).start()
    return honest


@hostile("holds")
def a_loop_left_running(honest: object) -> object:
    """Leaves an event loop that runs in a thread."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    return honest


@hostile("holds")
def exit_handlers_left(honest: object) -> object:
    """Leaves exit handlers that never end."""
    atexit.register(time.sleep, 900)
    threading._register_atexit(time.sleep, 900)  # type: ignore[attr-defined]  # what the kind is
    return honest


class Clinging:
    """Has a finalizer that never ends."""

    def __del__(self) -> None:
        time.sleep(900)


@hostile("holds")
def an_object_that_clings(honest: object) -> object:
    """Leaves an object whose finalizer never ends."""
    kept.append(Clinging())
    return honest


@hostile()
def leaves_at_once(_: object) -> object:
    """Ends the process with success."""
    os._exit(0)


@hostile()
def segmentation_fault(_: object) -> object:
    """Reads from the null address."""
    return ctypes.string_at(0)


@hostile()
def stack_overflow_in_c(_: object) -> object:
    """Overflows the stack in C."""
    faulthandler._stack_overflow()  # type: ignore[attr-defined]  # what the kind is
    return None


@hostile()
def kills_itself(_: object) -> object:
    """Kills its process."""
    os.kill(os.getpid(), signal.SIGKILL)
    return None


@hostile()
def becomes_another_program(_: object) -> object:
    """Replaces its process by another program."""
    command = sleep_command()
    os.execv(command[0], command)
