"""The history of a distribution as a page for human readers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from docgen.compare.catalogue import Level, catalogue
from docgen.compare.history import Change, History, Life

_FEW = 3
"""How many symbols of one change are named; the others are counted."""


def history_page(history: History) -> str:
    """Return the changes of each release, the newest first, then the life of each symbol.

    Members that were added or removed with their class or module are counted there, and have no entry of their own, nor
    have further paths of a symbol with the same life. Patches are left out. Symbols with the same life have one entry.
    """
    first, last = (history.versions[0], history.versions[-1]) if history.versions else ("", "")
    lines = [f"# {history.distribution} from {first} to {last}", ""]
    lines += [f"What {len(history.versions)} releases added, changed and removed. Breaking changes are **bold**.", ""]
    symbols = {path: life for path, life in history.symbols.items() if not _is_repeated(life, history)}
    shown = msgspec.structs.replace(history, symbols=symbols)
    for version in reversed(shown.versions[1:]):
        lines_of_release = list(_of_release(version, shown))
        if lines_of_release:
            lines += [f"## {version}", "", *lines_of_release, ""]
    lines += ["## By symbol", ""]
    entries: dict[tuple[str, ...], list[str]] = {}
    for path, life in shown.symbols.items():
        entries.setdefault(tuple(_life_lines(path, life, shown)), []).append(path)
    for lines_of_symbol, paths in entries.items():
        if lines_of_symbol:
            lines += [f"### {_some(paths)}", "", *lines_of_symbol, ""]
            lines += [f"The same for {', '.join(_code(paths[_FEW:]))}.", ""] if len(paths) > _FEW else []
    return "\n".join(lines)


def _is_repeated(life: Life, history: History) -> bool:
    """Return True if this is the life of another path, which has an entry."""
    other = history.symbols.get(life.same_as)
    return other is not None and msgspec.structs.replace(life, same_as=other.same_as) == other


def _of_release(version: str, history: History) -> Iterator[str]:
    """Yield the additions, removals and changes of a release, patches left out; equal changes are one line."""
    symbols = history.symbols
    added = [path for path, life in symbols.items() if life.added == version]
    yield from (f"- Added {each}." for each in _by_owner(added, "added", history))
    removed = [path for path, life in symbols.items() if life.removed == version and not _is_moved(life, version)]
    yield from (f"- **Removed {each}**." for each in _by_owner(removed, "removed", history))
    for path, life in symbols.items():
        yield from (f"- **Removed `{path}`** until {gap.restored}." for gap in life.gaps if gap.removed == version)
        yield from (f"- Added `{path}` again." for gap in life.gaps if gap.restored == version)
    yield from _changes_of_release(version, history)


def _by_owner(paths: Sequence[str], event: str, history: History) -> Iterator[str]:
    """Yield what was added or removed, the members of a class or module together."""
    owners: dict[str, list[str]] = {}
    for path in paths:
        if not (_with_owner(path, event, history) or _is_of_parameter(path, event, history)):
            owners.setdefault(path.rpartition(".")[0], []).append(path)
    for owner, members in owners.items():
        preposition = "to" if event == "added" else "from"
        shown = [f"`{each.rpartition('.')[2]}`{_with_members(each, event, history)}" for each in members]
        alone = f"`{members[0]}`{_with_members(members[0], event, history)}"
        yield alone if len(members) == 1 else f"{preposition} `{owner}`: {', '.join(shown)}"


def _is_of_parameter(path: str, event: str, history: History) -> bool:
    """Return True if an attribute was added or removed with the parameter of the constructor that it stores."""
    above, _, name = path.rpartition(".")
    owner = history.symbols.get(above, Life()).parameters.get(name, Life())
    return bool(getattr(owner, event) == getattr(history.symbols[path], event))


def _changes_of_release(version: str, history: History) -> Iterator[str]:
    changes: dict[tuple[str, Level], list[str]] = {}
    for path, life in history.symbols.items():
        for change in life.changes:
            if change.version == version and change.level is not Level.PATCH:
                changes.setdefault((change.text, change.level), []).append(path)
    for (text, level), paths in changes.items():
        shown = f"**{_some(paths)}**" if level is Level.MAJOR else _some(paths)
        yield f"- {shown}: {_ended(text)}"


def _ended(text: str) -> str:
    """Return a text with a full stop; a deprecation already ends with that of its message."""
    return f"{text.removesuffix('.')}."


def _with_members(path: str, event: str, history: History) -> str:
    version = getattr(history.symbols[path], event)
    inner = sum(
        each.startswith(f"{path}.") and getattr(other, event) == version for each, other in history.symbols.items()
    )
    return f" with {inner} member{'s' * (inner != 1)}" if inner else ""


def _some(paths: Sequence[str]) -> str:
    shown = ", ".join(_code(paths[:_FEW]))
    return f"{shown} and {len(paths) - _FEW} more" if len(paths) > _FEW else shown


def _code(paths: Sequence[str]) -> list[str]:
    return [f"`{path}`" for path in paths]


def _is_moved(life: Life, version: str) -> bool:
    """Return True if a symbol has another path since a release, which one of its changes names."""
    codes = [catalogue()[name].code for name in ("moved", "renamed")]
    return any(change.version == version and change.code in codes for change in life.changes)


def _with_owner(path: str, event: str, history: History) -> bool:
    """Return True if a symbol was added or removed in the same release as its class or module."""
    owner = history.symbols.get(path.rpartition(".")[0])
    return owner is not None and getattr(owner, event) == getattr(history.symbols[path], event)


def _life_lines(path: str, life: Life, history: History) -> Iterator[str]:
    is_own = bool(life.changes or life.parameters)
    if life.added and (is_own or not _with_owner(path, "added", history)):
        yield f"- Added in {life.added}."
    for name, each in life.parameters.items():
        events = [f"added in {each.added}"] if each.added not in ("", life.added) else []
        events += [f"removed in {gap.removed}, added again in {gap.restored}" for gap in each.gaps]
        events += [f"removed in {each.removed}"] if each.removed else []
        if events:
            yield f"- `{name}`: {', '.join(events)}."
    for gap in life.gaps:
        yield f"- Removed in {gap.removed}, added again in {gap.restored}."
    for change in life.changes:
        if change.level is not Level.PATCH and not _is_in_parameters(change, life):
            yield f"- Changed in {change.version} ({change.level}): {_ended(change.text)}"
    if life.removed and (is_own or not _with_owner(path, "removed", history)):
        yield f"- Removed in {life.removed}."


def _is_in_parameters(change: Change, life: Life) -> bool:
    """Return True if a change is no more than that parameters were added or removed, as their lives say."""
    known = catalogue()
    events = {known["parameter-added"].code: "added", known["parameter-removed"].code: "removed"}
    event = events.get(change.code)
    lives = [life.parameters.get(name) for name in change.parameters]
    return event is not None and all(each is not None and getattr(each, event) == change.version for each in lives)
