"""Finds the parameters that a package itself passes when it calls a method, which a user's override must take.

A new parameter with a default breaks no caller. But if the package begins to pass it to a method that users override,
an override with the old signature fails. The sources are only searched for methods with such a parameter.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from docgen.files import read_kept


@dataclass(frozen=True)
class Calls:
    """The calls in the sources of some packages.

    Parameters:
        root: The folder that contains the packages.
        packages: Their dotted names.
    """

    root: Path
    packages: tuple[str, ...]

    @cached_property
    def _texts(self) -> tuple[bytes, ...]:
        folders = (self.root.joinpath(*name.split(".")) for name in self.packages)
        return tuple(read_kept(path) for folder in folders for path in sorted(folder.rglob("*.py")))

    def passed(self, method: str, parameters: Collection[str]) -> frozenset[str]:
        """Return the parameters that some call of a method of that name passes by keyword.

        A call through `super()` is left out, because it runs code of the package.
        """
        wanted = [name.encode() for name in parameters]
        call = f".{method}(".encode()
        found: set[str] = set()
        for number, text in enumerate(self._texts):
            if call in text and any(name in text for name in wanted):
                if number not in self._read:
                    self._read[number] = _keywords(text)
                found |= self._read[number].get(method, set())
        return frozenset(found).intersection(parameters)

    def names(self, attribute: str) -> bool:
        """Return True if some code looks up an attribute of that name on any object."""
        found = re.compile(rb"\.%s\b" % re.escape(attribute.encode()))
        return any(found.search(text) for text in self._texts)

    @cached_property
    def _read(self) -> dict[int, Mapping[str, set[str]]]:
        """Number of each parsed text -> method -> keywords that calls of it pass."""
        return {}


def _keywords(text: bytes) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return found  # The report says that the file could not be read.
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.keywords:
            receiver = node.func.value
            is_super = isinstance(receiver, ast.Call) and getattr(receiver.func, "id", "") == "super"
            if not is_super:
                found.setdefault(node.func.attr, set()).update(each.arg for each in node.keywords if each.arg)
    return found
