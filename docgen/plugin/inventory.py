"""Merges the inventories of references into one inventory for a whole site.

Source: https://sphobjinv.readthedocs.io/en/stable/syntax.html, version 2.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

NAME = "objects.inv"
_HEAD_LINES = 4


def merged(inventories: Mapping[str, bytes], project: str) -> bytes:
    """Return one inventory that lists the symbols of several.

    Parameters:
        inventories: Folder of each reference within the site -> bytes of its inventory.
        project: Name of the site.
    """
    lines: list[str] = []
    for folder, raw in inventories.items():
        listed = zlib.decompress(raw.split(b"\n", _HEAD_LINES)[_HEAD_LINES]).decode()
        for line in listed.splitlines():
            # Names in the Python domain contain no spaces.
            name, role, priority, address, shown = line.split(" ", 4)
            lines.append(f"{name} {role} {priority} {folder}/{address} {shown}\n")
    head = f"# Sphinx inventory version 2\n# Project: {' '.join(project.split())}\n# Version: \n"
    note = "# The remainder of this file is compressed using zlib.\n"
    return (head + note).encode() + zlib.compress("".join(sorted(set(lines))).encode(), 9)
