"""What is unknown of a side: files that could not be read, modules that create names by running code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from docgen.model import Module
from docgen.symbols import Index


class Gaps:
    """Determines whether a side that lacks a path may have it nevertheless.

    Parameters:
        index: The side.
        other: The modules of the other side, by name.
    """

    def __init__(self, index: Index, other: Mapping[str, Module] = MappingProxyType({})) -> None:
        self.index = index
        self.other = other
        self._unread = {_module_of(file): file for file in index.reference.unread}

    def why(self, path: str) -> str:
        """Return why it is unknown whether the side has a path, empty if it is known."""
        module = path.rpartition(".")[0]
        file = self._unread.get(path) or self._unread.get(module)
        if file:
            return f"{file} could not be read"
        found = self.index.modules.get(module)
        name = path.rpartition(".")[2]
        if found is None or not found.makes_names or (found.refuses_others and name not in found.asked_names):
            return ""
        before = self.other.get(module)
        is_variable = before is not None and any(each.name == name for each in before.variables)
        if before is not None and before.fills_names and found.fills_names and not is_variable:
            return ""  # It was defined in the source, besides the values that running the module binds.
        asked_before = before.asked_names if before is not None else ()
        if found.asked_names and name not in found.asked_names and name in asked_before:
            return ""  # The function looked for this name before, and still looks for others.
        # `__getattr__` provides names of its own module, not of modules below it.
        return f"`{module}` creates names by running code"

    def answers(self, path: str) -> bool:
        """Return True if the `__getattr__` of a module is written for a few names, one of which is the given one."""
        found = self.index.modules.get(path.rpartition(".")[0])
        return found is not None and found.refuses_others and path.rpartition(".")[2] in found.asked_names


def _module_of(file: str) -> str:
    """Return the dotted name of the module in a source file.

    >>> _module_of("pkg/sub/__init__.py"), _module_of("pkg/a.pyi")
    ('pkg.sub', 'pkg.a')
    """
    parts = file.replace("\\", "/").removeprefix("./").rpartition(".")[0].split("/")
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
