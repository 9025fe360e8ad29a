"""Compares references of consecutive releases: in which release each symbol was added, changed and removed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from docgen.compare.catalogue import Level
from docgen.compare.engine import compare
from docgen.compare.rules.pairing import further_paths
from docgen.compare.visibility import Visible
from docgen.model import Class, Function, Reference
from docgen.symbols import Index, members

_FEW = 3
"""How many symbols of one change are named; the others are counted."""


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A change that a release made to a symbol."""

    version: str
    code: str
    level: Level
    text: str


class Life(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When a symbol, or a parameter of it, was added and removed."""

    added: str = ""
    """First release that has it; empty if the first one that was read has it."""
    removed: str = ""
    """First release that no longer has it; empty if the last one that was read has it."""
    changes: tuple[Change, ...] = ()
    parameters: dict[str, Life] = {}
    """Parameters of a function or constructor; those that every release has are left out."""


class History(msgspec.Struct, frozen=True, kw_only=True):
    """The symbols of a distribution over its releases."""

    distribution: str
    versions: tuple[str, ...]
    """The releases that were read, the oldest first."""
    symbols: dict[str, Life]
    """By public path, in alphabetical order; symbols that never changed are left out."""


def history_of(references: Iterable[Reference]) -> History:
    """Return the life of every symbol.

    Parameters:
        references: The references of the releases, the oldest first.
    """
    # Only one release and the one before it are kept in memory, because all of them may not fit.
    versions: list[str] = []
    offered: list[dict[str, frozenset[str]]] = []
    changes: dict[str, list[Change]] = {}
    last: Reference | None = None
    for each in references:
        versions.append(each.version)
        offered.append(dict(_offered(each)))
        if last is not None:
            _add_changes(last, each, changes)
        last = each
    lives = {
        path: _life(path, tuple(versions), offered, changes)
        for path in sorted({path for each in offered for path in each})
    }
    changed = {path: life for path, life in lives.items() if life != Life()}
    return History(distribution=last.distribution if last else "", versions=tuple(versions), symbols=changed)


def _offered(reference: Reference) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each public path, and the parameters that a call of it takes."""
    index = Index(reference)
    visible = Visible(index)
    symbols = index.tops
    # A class that is re-exported is there with all of its members.
    further = {path: symbols.get(index.public_path(path)) for path in index.aliases}
    modules = dict.fromkeys(index.modules)
    for path, symbol in (*modules.items(), *further.items(), *symbols.items()):
        if visible(path):
            yield path, _parameters(symbol)
            yield from _below(path, symbol, visible)


def _below(path: str, symbol: object, visible: Visible) -> Iterator[tuple[str, frozenset[str]]]:
    for member in members(symbol) if isinstance(symbol, Class) else ():
        inner = f"{path}.{member.name}"
        if visible(inner):
            yield inner, _parameters(member)
            yield from _below(inner, member, visible)


def _parameters(symbol: object) -> frozenset[str]:
    function = symbol.constructor if isinstance(symbol, Class) else symbol
    if not isinstance(function, Function) or not isinstance(function.signature.parameters, tuple):
        return frozenset()
    return frozenset(each.name for each in function.signature.parameters if not each.name.startswith("_"))


def _add_changes(old: Reference, new: Reference, found: dict[str, list[Change]]) -> None:
    """Add the changes of a release under each public path of a changed symbol, additions and removals left out."""
    further = further_paths(Index(old))
    for each in compare(old, new).differences:
        if each.level is Level.DOCS or each.name in _COMING_AND_GOING:
            continue
        change = Change(version=new.version, code=each.code, level=each.level, text=each.text)
        symbols = (each.symbol, *each.affects)
        for path in dict.fromkeys(place for symbol in symbols for place in _paths(symbol, further)):
            found.setdefault(path, []).append(change)


def _paths(path: str, further: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield every path of a symbol, including those below each path of its class."""
    yield path
    above = path
    while above:
        yield from (f"{other}{path.removeprefix(above)}" for other in further.get(above, ()))
        above = above.rpartition(".")[0]


_COMING_AND_GOING = frozenset({
    "module-added", "module-removed", "symbol-added", "symbol-removed", "path-added", "path-removed", "moved",
    "renamed",
})  # fmt: skip


def _life(
    path: str,
    versions: tuple[str, ...],
    offered: list[dict[str, frozenset[str]]],
    changes: Mapping[str, list[Change]],
) -> Life:
    present = [path in each for each in offered]
    added, removed = _span(versions, present)
    names = sorted({name for each in offered for name in each.get(path, ())})
    parameters = {name: _parameter_life(name, path, versions, offered) for name in names}
    return Life(
        added=added,
        removed=removed,
        changes=tuple(changes.get(path, ())),
        parameters={name: life for name, life in parameters.items() if life not in (Life(), Life(added=added))},
    )


def _parameter_life(name: str, path: str, versions: tuple[str, ...], offered: list[dict[str, frozenset[str]]]) -> Life:
    """Return when a parameter was added and removed while its function existed."""
    there = [(version, name in each[path]) for version, each in zip(versions, offered, strict=True) if path in each]
    added, removed = _span(tuple(version for version, _ in there), [has for _, has in there])
    return Life(added=added or (there[0][0] if there[0][0] != versions[0] else ""), removed=removed)


def _span(versions: tuple[str, ...], present: list[bool]) -> tuple[str, str]:
    """Return the first release that has something, and the first that no longer has it; empty for none of these."""
    first = present.index(True)
    last = len(present) - 1 - present[::-1].index(True)
    return versions[first] if first else "", versions[last + 1] if last + 1 < len(versions) else ""


def to_text(history: History) -> str:
    """Return a page for human readers: the changes of each release, the newest first, then the life of each symbol.

    Members that were added or removed with their class or module are counted there, and have no entry of their own.
    """
    first, last = (history.versions[0], history.versions[-1]) if history.versions else ("", "")
    lines = [f"# {history.distribution} from {first} to {last}", ""]
    lines += [f"What {len(history.versions)} releases added, changed and removed. Breaking changes are **bold**.", ""]
    for version in reversed(history.versions[1:]):
        lines_of_release = list(_of_release(version, history))
        if lines_of_release:
            lines += [f"## {version}", "", *lines_of_release, ""]
    lines += ["## By symbol", ""]
    for path, life in history.symbols.items():
        lines_of_symbol = list(_life_lines(path, life, history))
        if lines_of_symbol:
            lines += [f"### `{path}`", "", *lines_of_symbol, ""]
    return "\n".join(lines)


def _of_release(version: str, history: History) -> Iterator[str]:
    """Yield the additions, removals and changes of a release, patches left out; equal changes are one line."""
    for word, ends in (("Added", "added"), ("Removed", "removed")):
        for path, life in history.symbols.items():
            if getattr(life, ends) == version and not _with_owner(path, ends, history):
                inner = sum(
                    each.startswith(f"{path}.") and getattr(other, ends) == version
                    for each, other in history.symbols.items()
                )
                members = f", with {inner} member{'s' * (inner != 1)}" if inner else ""
                yield f"- {word} `{path}`{members}." if word == "Added" else f"- **{word} `{path}`**{members}."
    changes: dict[tuple[str, Level], list[str]] = {}
    for path, life in history.symbols.items():
        for change in life.changes:
            if change.version == version and change.level is not Level.PATCH:
                changes.setdefault((change.text, change.level), []).append(path)
    for (text, level), paths in changes.items():
        shown = ", ".join(f"`{path}`" for path in paths[:_FEW])
        shown += f" and {len(paths) - _FEW} more" if len(paths) > _FEW else ""
        yield f"- **{shown}**: {text}." if level is Level.MAJOR else f"- {shown}: {text}."


def _with_owner(path: str, ends: str, history: History) -> bool:
    """Return True if a symbol was added or removed in the same release as its class or module."""
    owner = history.symbols.get(path.rpartition(".")[0])
    return owner is not None and getattr(owner, ends) == getattr(history.symbols[path], ends)


def _life_lines(path: str, life: Life, history: History) -> Iterator[str]:
    is_own = bool(life.changes or life.parameters)
    if life.added and (is_own or not _with_owner(path, "added", history)):
        yield f"- Added in {life.added}."
    for name, each in life.parameters.items():
        came = f"added in {each.added}" if each.added and each.added != life.added else ""
        went = f"removed in {each.removed}" if each.removed else ""
        if came or went:
            yield f"- `{name}`: {', '.join(filter(None, (came, went)))}."
    for change in life.changes:
        yield f"- Changed in {change.version} ({change.level}): {change.text}."
    if life.removed and (is_own or not _with_owner(path, "removed", history)):
        yield f"- Removed in {life.removed}."
