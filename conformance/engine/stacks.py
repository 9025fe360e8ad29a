"""Reads the stacks that a child writes when it hangs or exits: whose code it was running."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

INNERMOST_FRAMES = 3
"""How many frames a message shows."""


class Place(StrEnum):
    """Whose code a child was running."""

    IMPLEMENTATION = "implementation"
    ADAPTER = "adapter"
    SERVICE = "service"
    """A third-party package that a hook of a swapped class was waiting for."""
    UNKNOWN = "unknown"


def whose(dump: str, hello: Mapping[str, Any]) -> tuple[Place, str]:
    """Return whose code a dump of stacks shows, and its frames as `; it was in ...`, innermost first.

    Parameters:
        dump: The stacks of all threads as faulthandler prints them, the main thread last.
        hello: What the child reported about the implementation.
    """
    adapter = tuple(hello.get("adapter_files", ()))
    threads = threads_in(dump)
    everywhere = [frame for frames in threads for frame in frames]
    # The main thread, which runs the suite, comes last in the dump and is looked at first.
    for frames in (threads[-1] if threads else [], everywhere):
        # An adapter may be part of the package of its implementation.
        of_adapter = [frame for frame in frames if file_of(frame) in adapter]
        telling = [frame for frame in frames if frame not in of_adapter and is_below(file_of(frame), hello)]
        waiting = frames_below_hook(frames, hello)
        found = {Place.SERVICE: waiting, Place.IMPLEMENTATION: telling, Place.ADAPTER: of_adapter}
        for place in filter(found.get, found):
            return place, f"; it was in {'; '.join(found[place][:INNERMOST_FRAMES])}"
    return Place.UNKNOWN, f"; it was in {'; '.join(everywhere[:INNERMOST_FRAMES])}" if everywhere else ""


def threads_in(dump: str) -> list[list[str]]:
    """Return the frames of each thread, innermost first, without those of Python's frozen modules.

    Parameters:
        dump: The stacks of all threads as faulthandler prints them, the main thread last.
    """
    blocks = re.split(r"^(?:Current thread|Thread) .*$", dump, flags=re.MULTILINE)
    lines = ([line.strip() for line in block.splitlines()] for block in blocks)
    found = ([line for line in block if line.startswith("File ") and '"<frozen ' not in line] for block in lines)
    return [frames for frames in found if frames]


def frames_below_hook(frames: Sequence[str], hello: Mapping[str, Any]) -> list[str]:
    """Return the frames of third-party packages in which a hook of a swapped class is waiting.

    Parameters:
        frames: A stack, innermost frame first.
        hello: What the child reported about the implementation.

    Returns:
        Innermost first. Empty if no hook of the class is running, or if it does not wait in a third-party package.
    """
    hooks = [at for at, frame in enumerate(frames) if is_hook(frame, hello)]
    inner = frames[: hooks[0]] if hooks else []
    return [frame for frame in inner if "site-packages" in file_of(frame) and not is_below(file_of(frame), hello)]


def is_hook(frame: str, hello: Mapping[str, Any]) -> bool:
    """Return whether a frame belongs to a hook of the swapped class."""
    return file_of(frame) in hello.get("class_files", ()) and frame.rpartition(" in ")[2] in hello.get("hooks", ())


def file_of(frame: str) -> str:
    """Return the file of a frame as faulthandler prints it: `File "...", line 3 in name`."""
    return frame.removeprefix('File "').partition('"')[0]


def is_below(path: str, hello: Mapping[str, Any]) -> bool:
    """Return whether a file belongs to the implementation."""
    return path.startswith(tuple(hello.get("roots", ())))
