"""Compares references of consecutive releases: in which release each symbol was added, changed and removed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import pairwise

import msgspec

from docgen.compare.catalogue import Level
from docgen.compare.engine import compare_symbols
from docgen.compare.rules.members import is_unseen
from docgen.compare.rules.pairing import further_paths
from docgen.compare.rules.special import OF_EVERY_OBJECT
from docgen.compare.visibility import Visible
from docgen.model import Class, Function, Module, Reference, Variable
from docgen.symbols import Index, Member


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A change that a release made to a symbol."""

    version: str
    code: str
    level: Level
    text: str
    parameters: tuple[str, ...] = ()
    """Names of the parameters that it is about, empty if it is about the symbol itself."""


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """Some releases in between that did not have a symbol or a parameter."""

    removed: str
    """First release without it."""
    restored: str
    """First release that has it again."""


class Life(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When a symbol, or a parameter of it, was added and removed."""

    added: str = ""
    """First release that has it; empty if the first one that was read has it."""
    removed: str = ""
    """First release that no longer has it; empty if the last one that was read has it."""
    gaps: tuple[Gap, ...] = ()
    """Oldest first."""
    changes: tuple[Change, ...] = ()
    parameters: dict[str, Life] = {}
    """Parameters of a function or constructor; those that every release has are left out."""
    same_as: str = ""
    """The path of the definition in the reference, if this is another path of it."""


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
    found = _Found()
    last: Reference | None = None
    for each in references:
        gone = _add_changes(last, each, found.changes) if last is not None else set[str]()
        found.add(each, gone)
        last = each
    lives = {path: found.life(path) for path in sorted(found.own | found.changes.keys()) if path in found.symbols}
    changed = {path: life for path, life in lives.items() if life != Life(same_as=life.same_as)}
    return History(distribution=last.distribution if last else "", versions=tuple(found.versions), symbols=changed)


_Spans = list[list[int]]
"""First and last release of each series of releases that have something, by number, the oldest first."""


@dataclass(kw_only=True)
class _Found:
    """What the releases offer."""

    versions: list[str] = field(default_factory=list)
    symbols: dict[str, _Spans] = field(default_factory=dict)
    """By public path; a class has the members that it inherits, too."""
    parameters: dict[str, dict[str, _Spans]] = field(default_factory=dict)
    """By public path of the function, and name."""
    own: set[str] = field(default_factory=set)
    """Paths of modules, of what is in them, and of members that their class defines in some release."""
    same: dict[str, str] = field(default_factory=dict)
    """Further path of a symbol -> the path of its definition in the reference, both in the newest release with it."""
    changes: dict[str, list[Change]] = field(default_factory=dict)
    """By public path."""
    tops: set[str] = field(default_factory=set)
    """Modules, and what is in them, in the newest release."""

    def add(self, reference: Reference, gone: AbstractSet[str]) -> None:
        """Add what a release offers.

        Parameters:
            reference: The release.
            gone: The paths that the comparison with the release before calls removed. A path that is not there, and not
                among them, is one that the module still provides: by `__getattr__`, or without naming it in `__all__`.
        """
        number = len(self.versions)
        self.versions.append(reference.version)
        index = Index(reference)
        for path, symbol, is_own in _offered(index):
            _extend(self.symbols.setdefault(path, []), number)
            if is_own:
                self.own.add(path)
            for name in _parameters(symbol):
                _extend(self.parameters.setdefault(path, {}).setdefault(name, []), number)
        tops = {path for path in (*index.modules, *index.tops, *index.aliases) if path in self.symbols}
        kept = {path for path in self.tops - tops if not any(each in gone for each in _upwards(path))}
        self._keep(kept, number)
        self.tops = tops | kept
        for target, paths in further_paths(index).items():
            self.same.pop(target, None)
            self.same.update(dict.fromkeys(paths, target))

    def _keep(self, tops: AbstractSet[str], number: int) -> None:
        """Add a release to the symbols with these paths, and to what is below them."""
        for path in self.symbols if tops else ():
            if not tops.isdisjoint(_upwards(path)):
                for spans in (self.symbols[path], *self.parameters.get(path, {}).values()):
                    if spans[-1][1] == number - 1:
                        spans[-1][1] = number

    def life(self, path: str) -> Life:
        """Return the life of a symbol."""
        # A member that is inherited throughout comes and goes with the class that defines it.
        is_told = path in self.own and path.rpartition(".")[2] not in OF_EVERY_OBJECT
        life = self._life(self.symbols[path], range(len(self.versions))) if is_told else Life()
        there = [number for first, last in self.symbols[path] for number in range(first, last + 1)]
        parameters = {name: self._life(spans, there) for name, spans in sorted(self.parameters.get(path, {}).items())}
        parameters = {name: each for name, each in parameters.items() if each != Life()}
        if there[0] and is_told:
            # Parameters that came with their function have its release.
            parameters = {
                name: msgspec.structs.replace(each, added=each.added or life.added) for name, each in parameters.items()
            }
        return msgspec.structs.replace(
            life, same_as=self._same_as(path), changes=tuple(self.changes.get(path, ())), parameters=parameters
        )

    def _same_as(self, path: str) -> str:
        """Return the path of the definition for a further path of a symbol or of a member, empty for any other."""
        above = next((each for each in _upwards(path) if each in self.same), "")
        same = f"{self.same[above]}{path.removeprefix(above)}" if above else ""
        return same if same in self.symbols else ""

    def _life(self, spans: _Spans, releases: Iterable[int]) -> Life:
        """Return the life of something during some releases, given by number."""
        there = sorted(releases)
        first, last = spans[0][0], spans[-1][1]
        after = next((number for number in there if number > last), None)
        gaps = (
            (next((number for number in there if before < number < start), None), start)
            for (_, before), (start, _) in pairwise(spans)
        )
        return Life(
            added="" if first == there[0] else self.versions[first],
            removed="" if after is None else self.versions[after],
            gaps=tuple(
                Gap(removed=self.versions[gone], restored=self.versions[start])
                for gone, start in gaps
                if gone is not None
            ),
        )


def _extend(spans: _Spans, number: int) -> None:
    """Add a release to the last series, or begin a new one."""
    if spans and spans[-1][1] >= number - 1:
        spans[-1][1] = number
    else:
        spans.append([number, number])


def _offered(index: Index) -> Iterator[tuple[str, object, bool]]:
    """Yield each public path, its symbol, and whether it is there by itself: members may be inherited."""
    visible = Visible(index)
    # A class that is re-exported is there with all of its members.
    further = {path: index.tops.get(index.public_path(path)) for path in index.aliases}
    top: Mapping[str, Module | Class | Function | Variable | None] = {**index.modules, **further, **index.tops}
    for path, symbol in top.items():
        if visible(path):
            yield path, symbol, True
            yield from _below(path, symbol, index, visible)


def _below(path: str, symbol: object, index: Index, visible: Visible) -> Iterator[tuple[str, Member, bool]]:
    for name, held in index.held(symbol).items() if isinstance(symbol, Class) else ():
        inner = f"{path}.{name}"
        if visible(inner) and not is_unseen(held.member):
            yield inner, held.member, held.definer is symbol
            if held.definer is symbol:
                yield from _below(inner, held.member, index, visible)


def _parameters(symbol: object) -> frozenset[str]:
    function = symbol.constructor if isinstance(symbol, Class) else symbol
    if not isinstance(function, Function) or not isinstance(function.signature.parameters, tuple):
        return frozenset()
    return frozenset(each.name for each in function.signature.parameters if not each.name.startswith("_"))


def _add_changes(old: Reference, new: Reference, found: dict[str, list[Change]]) -> set[str]:
    """Add the changes of a release under each public path of a changed symbol, and return the paths that are gone."""
    further = further_paths(Index(old))
    gone: set[str] = set()
    for each in compare_symbols(old, new):
        paths = {path: None for symbol in (each.symbol, *each.affects) for path in _paths(symbol, further)}
        if each.name in _GONE:
            gone.update(paths)
        if each.level is Level.DOCS or each.name in _COMING_AND_GOING:
            continue
        names = tuple(name for name in each.parameter.replace(" -> ", ", ").split(", ") if name)
        change = Change(version=new.version, code=each.code, level=each.level, text=each.text, parameters=names)
        for path in paths:
            changes = found.setdefault(path, [])
            if change not in changes:
                changes.append(change)
    return gone


def _paths(path: str, further: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield every path of a symbol, including those below each path of its class."""
    yield path
    for above in _upwards(path):
        yield from (f"{other}{path.removeprefix(above)}" for other in further.get(above, ()))


def _upwards(path: str) -> Iterator[str]:
    """Yield a path and each path above it, the longest first."""
    while path:
        yield path
        path = path.rpartition(".")[0]


_GONE = frozenset({"module-removed", "symbol-removed", "path-removed", "moved", "renamed", "kind-changed"})
_COMING_AND_GOING = frozenset({
    "module-added", "module-removed", "symbol-added", "symbol-removed", "path-added", "path-removed",
})  # fmt: skip
