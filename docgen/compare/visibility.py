"""What the conventions call private: it is not compared unless asked for."""

from __future__ import annotations

from fnmatch import fnmatchcase

from docgen.model import Class
from docgen.symbols import Index

_NOT_OFFERED = frozenset({"tests", "test", "testing", "conftest", "vendor", "vendored"})
"""Modules below the package itself that are no part of its API."""


class Visible:
    """Says of a path whether it is compared.

    Parameters:
        indexes: Both sides: what one of them lists in `__all__` or calls public is public.
        private: Private symbols are compared too.
        only: Public paths, with `*` and `?`: these and what is below them; empty: all.
    """

    def __init__(self, *indexes: Index, private: bool = False, only: tuple[str, ...] = ()) -> None:
        self.private = private
        self.only = only
        self._marked = {
            f"{module.name}.{name}"
            for index in indexes
            for module in index.reference.modules
            for name in (module.listed if isinstance(module.listed, tuple) else ())
        }
        self._marked |= {
            path
            for index in indexes
            for path, symbol in index.public.items()
            if isinstance(symbol, Class) and symbol.is_marked_public
        }

    def __call__(self, path: str) -> bool:
        """Return whether a symbol is compared, by its public path."""
        return self.is_wanted(path) and (self.private or self.is_public(path))

    def is_wanted(self, path: str) -> bool:
        """Return whether a path is one of those that were asked for, or below one."""
        return not self.only or any(fnmatchcase(path, each) or fnmatchcase(path, f"{each}.*") for each in self.only)

    def is_public(self, path: str) -> bool:
        """Return whether the conventions call a path public."""
        names = path.split(".")
        for end in range(2, len(names) + 1):
            name = names[end - 1]
            is_private = is_private_name(name) or (name in _NOT_OFFERED and end < len(names))
            if is_private and ".".join(names[:end]) not in self._marked:
                return False
        return True


def is_private_name(name: str) -> bool:
    """Return whether a name is private by its form; special methods (`__len__`) are not."""
    return name.startswith("_") and not (name.startswith("__") and name.endswith("__"))
