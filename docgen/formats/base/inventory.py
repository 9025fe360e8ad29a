"""Inventories of symbols, `objects.inv` in Sphinx's format: reads those of other projects, and writes one for them.

Source: https://sphobjinv.readthedocs.io/en/stable/syntax.html, version 2.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from docgen.errors import RenderError
from docgen.files import read_file

PYTHON = Path(__file__).parent / "python.inv"
"""The inventory of the standard library that comes with docgen; `tools/python_inventory.py` writes it."""
PYTHON_ADDRESS = "https://docs.python.org/3"
_UNSAFE = re.compile(r"[^\w/#?=&;:%$~!,@+*'.\-]")
"""Characters that could end a link in Markdown or HTML."""
LARGEST = 32 * 1024 * 1024
"""Size limit of an unpacked inventory in bytes: more than ten times the largest published one."""
_HEAD = b"# Sphinx inventory version 2\n"


def _escaped(odd: re.Match[str]) -> str:
    """Return a character as an address writes it: its bytes in hexadecimal."""
    return "".join(f"%{byte:02X}" for byte in odd[0].encode())


def write_inventory(project: str, version: str, entries: Iterable[tuple[str, str, str]]) -> bytes:
    """Return an inventory.

    Parameters:
        project: Its name.
        version: Its version.
        entries: (dotted path, role such as `class` or `function`, address relative to the root of the site).
    """
    lines = "".join(f"{path} py:{role} 1 {_shortened(address, path)} -\n" for path, role, address in sorted(entries))
    head = f"# Project: {_on_one_line(project)}\n# Version: {_on_one_line(version)}\n"
    compressed = "# The remainder of this file is compressed using zlib.\n"
    return _HEAD + (head + compressed).encode() + zlib.compress(lines.encode(), 9)


def _shortened(address: str, path: str) -> str:
    return f"{address.removesuffix(path)}$" if address.endswith(path) else address


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


@cache
def python_inventory() -> Mapping[str, str]:
    """Return the symbols of the standard library: dotted path -> address."""
    return read_inventory(PYTHON, PYTHON_ADDRESS)


def read_inventory(file: Path, base: str) -> Mapping[str, str]:
    """Return the Python symbols of an inventory: dotted path -> address.

    Parameters:
        file: The inventory that its project publishes.
        base: URL of the root of the project's documentation.

    Raises:
        RenderError: It cannot be read.
    """
    try:
        raw = read_file(file)
        if not raw.startswith(_HEAD):
            raise RenderError(f"{file}: expected an inventory of version 2 of Sphinx's format.")
        reader = zlib.decompressobj()
        lines = reader.decompress(raw.split(b"\n", 4)[4], LARGEST).decode()
    except (OSError, IndexError, zlib.error, UnicodeDecodeError) as error:
        raise RenderError(f"{file}: the inventory cannot be read: {error}. Fetch it again.") from error
    if reader.unconsumed_tail or not reader.eof:
        whole = f"is larger than {LARGEST:,} bytes" if reader.unconsumed_tail else "ends too early"
        raise RenderError(f"{file}: the inventory {whole}. Fetch it again.")
    found: dict[str, str] = {}
    root = base.rstrip("/") + "/"
    for line in lines.splitlines():
        # Names contain no spaces in the Python domain; the displayed name at the end may.
        name, role, _, address, *_ = f"{line}    ".split(" ", 4)
        if role.startswith("py:") and name not in found:
            whole = f"{root}{address[:-1]}{name}" if address.endswith("$") else root + address
            found[name] = _UNSAFE.sub(_escaped, whole)
    return found
