"""Names symbols by the shortest path that users import them by: `acme.Client`, not `acme.clients.http.Client`.

If a package imports the symbols of its modules without listing them in `__all__`, their main paths are in the modules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from docgen.compare.differences import Difference
from docgen.compare.rules.context import Context
from docgen.compare.rules.pairing import further_paths

_OF_PATHS = frozenset({
    "alias-changed", "import-required", "listed", "module-added", "module-removed", "moved", "path-added",
    "path-removed", "renamed", "symbol-added", "unlisted",
})  # fmt: skip
"""Differences of one path, whatever else the symbol is called."""


def by_shortest_names(found: Iterable[Difference], context: Context) -> Iterator[Difference]:
    """Yield the differences with the names that users write.

    Those of a symbol with a shorter path carry it, and `affects` has the main path. Those of a method affect the names
    of modules that it is bound to: `decode = _decoder.decode`.
    """
    names, bound = dict(_shorter(context)), context.bound_methods
    for each in found:
        if each.name in _OF_PATHS:
            yield each
            continue
        symbol = _renamed(each.symbol, names)
        main = (each.symbol,) if each.symbol in names else ()
        functions = (bound[path] for path in (each.symbol, *each.affects) if path in bound)
        others = (*functions, *(path for path in each.affects if path not in names))
        further = (path for path in each.affects if path in names)
        affects = (*main, *(_renamed(path, names) for path in others), *further)
        kept = tuple(path for path in dict.fromkeys(affects) if path != symbol)
        yield msgspec.structs.replace(each, symbol=symbol, affects=kept)


def _shorter(context: Context) -> Iterator[tuple[str, str]]:
    """Yield the main path of each symbol that a package above its module imports, and the path there."""
    kept = context.pairing.names()
    others = further_paths(context.new)
    for path, further in further_paths(context.old).items():
        module, _, name = path.rpartition(".")
        still = {kept[path], *others.get(kept[path], ())} if path in kept else None
        short = [
            each
            for each in further
            if each.rpartition(".")[2] == name
            and module.startswith(f"{each.rpartition('.')[0]}.")
            and (still is None or each in still)
            and context.visible(each)
        ]
        if short and path in context.old.tops:
            yield path, min(short, key=lambda each: each.count("."))


def _renamed(path: str, names: Mapping[str, str]) -> str:
    """Return a path with its symbol under the shorter name."""
    end = len(path)
    while end > 0:
        head = path[:end]
        if head in names:
            return names[head] + path[end:]
        end = path.rfind(".", 0, end)
    return path
