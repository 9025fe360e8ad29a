"""What a side cannot say: files that could not be read, modules that make names by running code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from docgen.symbols import Index


class Gaps:
    """Says whether a side that lacks a path could have it all the same.

    Parameters:
        index: The side.
        asked: Module -> the names that its `__getattr__` looked for on the other side.
    """

    def __init__(self, index: Index, asked: Mapping[str, tuple[str, ...]] = MappingProxyType({})) -> None:
        self.index = index
        self.asked = asked
        self._unread = {_module_of(file): file for file in index.reference.unread}

    def why(self, path: str) -> str:
        """Return why it is unknown whether the side has a path, empty if it is known."""
        module = path.rpartition(".")[0]
        file = self._unread.get(path) or self._unread.get(module)
        if file:
            return f"{file} could not be read"
        found = self.index.modules.get(module)
        name = path.rpartition(".")[2]
        if found is not None and found.asked_names and name in self.asked.get(module, ()):
            return ""  # It was looked for by name before, and others still are.
        # It answers for what is asked of it, not for what is asked of modules below it.
        return f"`{module}` makes names by running code" if found is not None and found.makes_names else ""


def _module_of(file: str) -> str:
    """Return the module that a file of sources is.

    >>> _module_of("pkg/sub/__init__.py"), _module_of("pkg/a.pyi")
    ('pkg.sub', 'pkg.a')
    """
    parts = file.replace("\\", "/").removeprefix("./").rpartition(".")[0].split("/")
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
