"""Kinds that fill the memory or the disk, or leave behind what outlives a process."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import tempfile
from multiprocessing import resource_tracker, shared_memory
from pathlib import Path

from tests.hostile.form import hostile

MIB = 1 << 20
kept: list[object] = []


@hostile()
def fills_the_memory(_: object) -> object:
    """Allocates memory until none is left."""
    while True:
        kept.append(bytearray(64 * MIB))


@hostile("holds deviates")
def leaves_memory_taken(honest: object) -> object:
    """Allocates 300 MiB and keeps them."""
    kept.append(bytearray(300 * MIB))
    return honest


@hostile()
def one_file_without_end(_: object) -> object:
    """Writes to one file without end."""
    with Path(tempfile.gettempdir(), "endless").open("wb") as file:
        while True:
            file.write(bytes(16 * MIB))


@hostile()
def files_without_end(_: object) -> object:
    """Writes file after file into the temporary folder."""
    number = 0
    while True:
        number += 1
        Path(tempfile.mkdtemp(), str(number)).write_bytes(bytes(64 * MIB))


@hostile("holds", is_quick=True)
def temporary_files_left(honest: object) -> object:
    """Leaves temporary files and folders, one of which cannot be entered."""
    folder = Path(tempfile.mkdtemp(prefix="assay-hostile-"))
    (folder / "big").write_bytes(bytes(8 * MIB))
    (folder / "closed" / "inner").mkdir(parents=True)
    (folder / "closed").chmod(0)
    return honest


@hostile("holds", is_quick=True)
def shared_memory_left(honest: object) -> object:
    """Leaves shared memory that its own tracker knows."""
    block = shared_memory.SharedMemory(create=True, size=MIB)
    kept.append(block)
    return honest


@hostile("holds")
def shared_memory_hidden(honest: object) -> object:
    """Leaves shared memory that no tracker knows."""
    block = shared_memory.SharedMemory(create=True, size=MIB)
    resource_tracker.unregister("/" + block.name, "shared_memory")
    block.close()
    return honest


@hostile("holds")
def semaphores_left(honest: object) -> object:
    """Leaves semaphores, and a file in their folder."""
    kept.append([multiprocessing.get_context("spawn").Semaphore() for _ in range(20)])
    with contextlib.suppress(OSError):
        Path("/dev/shm/assay-hostile").write_bytes(bytes(MIB))
    return honest


@hostile()
def descriptors_used_up(_: object) -> object:
    """Opens files until no descriptor is left."""
    while True:
        kept.append(os.open(os.devnull, os.O_RDONLY))
