"""What implementations do to the process that they run in."""

from __future__ import annotations

import asyncio
import builtins
import ctypes
import os
import random
import subprocess
import sys
import tempfile
import threading
import time


class Template:
    """A template class with nothing in it."""

    def raise_error(self) -> None:
        """Raise from within the implementation."""
        raise ValueError("of the implementation")

    @staticmethod
    def take_nothing() -> None:
        """Take no argument."""

    def give_none(self) -> None:
        """Return what no property can work with."""


def hang() -> None:
    """Never return."""
    while True:
        time.sleep(60)


def hang_in_thread() -> None:
    """Never return: wait for a thread that hangs."""
    thread = threading.Thread(target=hang)
    thread.start()
    thread.join()


async def block_loop() -> None:
    """Block the event loop."""
    hang()


async def never() -> None:
    """Wait for something that never happens."""
    await asyncio.get_running_loop().create_future()


def leave() -> None:
    """End the process."""
    os._exit(0)


def crash() -> None:
    """Crash the interpreter."""
    ctypes.string_at(0)


def eat_memory() -> None:
    """Allocate until there is no more."""
    eaten = []
    while True:
        eaten.append(bytearray(64 * 1024 * 1024))


def write_garbage() -> None:
    """Write on every file descriptor of the process."""
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, b"garbage\n")
        except OSError:
            continue


def close_all() -> None:
    """Close every file descriptor of the process."""
    os.closerange(3, 64)


def print_much() -> None:
    """Write on the standard streams."""
    for stream in (sys.stdout, sys.stderr):
        stream.write("noise\n" * 1000)
        stream.flush()


def leave_process_behind() -> None:
    """Start a process that outlives its parent, then hang."""
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    hang()


def fork_and_go_on() -> None:
    """Make a copy of the process, which goes on as if it were the process itself."""
    os.fork()


def spoil_the_process() -> None:
    """Replace built-in functions, and remove what a process needs."""
    sys.path.clear()
    os.environ.clear()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
    sys.setrecursionlimit(150)
    sys.stdout = sys.stderr = None
    random.getrandbits = lambda _: 4
    time.monotonic = lambda: 0.0
    sys.modules.clear()
    for name in ("sorted", "isinstance"):
        setattr(builtins, name, lambda *_: 1 / 0)
