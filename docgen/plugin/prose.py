"""Resolves references to symbols in hand-written pages: `[text][package.Symbol]` becomes a link."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from docgen.settings import nearest

_PIECE = re.compile(
    r"^[ \t]*(?P<mark>`{3,}|~{3,}).*?(?:^[ \t]*(?P=mark)[`~]*[ \t]*$|\Z)"
    r"|(?<![\\!])\[(?P<text>(?:[^\[\]`]|`[^`\n]*`)+)\]\[(?P<name>[^\W\d][\w.]*)?\]"
    r"|(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)",
    re.DOTALL | re.MULTILINE,
)
"""A block of code, a reference, or a span of code."""


@dataclass
class References:
    """Resolves the references of pages, and records the target of each.

    Parameters:
        symbols: Dotted path -> page and anchor, relative to the documentation folder.
    """

    symbols: Mapping[str, str]
    used: dict[str, str] = field(default_factory=dict)
    """Name of a reference -> its target; empty for one that names no symbol."""

    def resolve(self, markdown: str, page: str, warn: Callable[[str], None]) -> str:
        """Return a page with links in place of its references to symbols; other references are unchanged.

        Parameters:
            markdown: The text of the page.
            page: Its path, relative to the documentation folder.
            warn: Called with a line for each name that begins like a documented symbol but is not one.
        """

        def linked(found: re.Match[str]) -> str:
            name = found["name"] or (found["text"] or "").strip("`")
            if not found["text"] or not self._is_ours(name) or _is_defined(name, markdown):
                return found[0]
            self.used[name] = self.symbols.get(name, "")
            if not self.used[name]:
                warn(f"{page}: [{found['text']}][{name}] names no symbol. {nearest(name, self.symbols)}".rstrip())
                return found[0]
            place, _, anchor = self.used[name].partition("#")
            return f"[{found['text']}]({posixpath.relpath(place, posixpath.dirname(page) or '.')}#{anchor})"

        return _PIECE.sub(linked, markdown)

    def moved(self, symbols: Mapping[str, str]) -> bool:
        """Return True if a reference that some page uses has another target with the given symbols."""
        return any(symbols.get(name, "") != place for name, place in self.used.items())

    def _is_ours(self, name: str) -> bool:
        """Return True for a dotted name in a documented package, and for the package itself."""
        first, dot, _ = name.partition(".")
        return name in self.symbols or (bool(dot) and first in self.symbols)


def _is_defined(name: str, markdown: str) -> bool:
    """Return True if a page itself defines the target of a name: `[name]: address`."""
    return re.search(rf"^ {{0,3}}\[{re.escape(name)}\]:", markdown, re.MULTILINE | re.IGNORECASE) is not None
