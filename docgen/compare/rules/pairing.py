"""Pairs symbols of the old side with those of the new one: by path, by a further path, by content.

A symbol that can be imported by one of its old paths is the same symbol. The remaining symbols of both sides are
compared by content: a module whose symbols are found in another one has moved, and a symbol with the same content has
moved or has another name. The position in a list is ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import TypeVar

import msgspec

from docgen.model import Annotation, Attribute, Class, Docstring, Function, Property, Value, Variable
from docgen.symbols import Index, Member, members

Top = Class | Function | Variable
"""The fields of a module that contain symbols."""
Described = Top | Member
T = TypeVar("T", bound=Described)

_MOVED, _RENAMED = 0.4, 0.6
"""Least share of content that two symbols must have in common: under the same name, under two names."""
_TELLING = 3
"""How many facts two symbols with different names must have in common to be the same."""
_LIKE_NAME = 0.7
_MOST_PAIRS = 100_000
"""Above this product of removed and added symbols of a module or class, no renamed ones are searched for."""
_MODULE_KEPT = 0.5
"""Least share of the names of a module that another module must have to be the same module."""


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """A symbol on both sides."""

    old_path: str
    new_path: str
    old: Top
    new: Top


class Pairing(msgspec.Struct, frozen=True, kw_only=True):
    """How the symbols of two references correspond."""

    pairs: tuple[Pair, ...]
    moved_modules: Mapping[str, str]
    """Old name -> new name, topmost modules only."""
    found_elsewhere: Mapping[str, str]
    """Old public path -> new public path of each symbol that has moved or has another name."""
    split_aliases: Mapping[str, str]
    """Old further path of a symbol that is a separate symbol on the new side -> the old public path."""
    replaced: Mapping[str, str]
    """Path of each class that is now another class of the old side -> the old path of that class."""
    removed: Mapping[str, Top]
    """By old public path."""
    added: Mapping[str, Top]

    def names(self) -> Mapping[str, str]:
        """Return the old public path -> the new public path of every symbol that is on both sides."""
        return {pair.old_path: pair.new_path for pair in self.pairs}


def pair_up(old: Index, new: Index) -> Pairing:
    """Return how the symbols of two references correspond."""
    was, now = old.tops, new.tops
    further = further_paths(old)
    found = {path: path for path in was if path in now}
    replaced = dict(_replaced(old, new))
    found.update((other, path) for path, other in replaced.items())
    for path in replaced:
        del found[path]
    for path in was:
        for each in () if path in found or path in replaced else (path, *further.get(path, ())):
            target = each if each in now else new.public_path(each) if each in new.aliases else ""
            # A name that is now an alias of something else refers to a symbol that the old side has too.
            if target in now and target not in found:
                found[path] = target
                break
    taken = set(found.values())
    removed = {path: symbol for path, symbol in was.items() if path not in found and path not in replaced}
    added = {path: symbol for path, symbol in now.items() if path not in taken}
    modules = dict(_moved_modules(old, new, removed, added))
    elsewhere = dict(_inside(modules, removed, added))
    _drop(elsewhere, removed, added)
    for search in (_same_definition, _same_name, _same_content):
        more = dict(search(removed, added))
        elsewhere.update(more)
        _drop(more, removed, added)
    found.update(elsewhere)
    joined = {path: new.public_path(path) for path in removed if path in new.aliases}
    joined = {path: target for path, target in joined.items() if type(now.get(target)) is type(was[path])}
    for path in joined:
        del removed[path]
    found.update(joined)
    split = dict(_split_aliases(old, was, added))
    return Pairing(
        pairs=tuple(
            Pair(old_path=path, new_path=target, old=was[path], new=now[target]) for path, target in found.items()
        )
        + tuple(
            Pair(old_path=path, new_path=path, old=was[target], new=added.pop(path)) for path, target in split.items()
        ),
        replaced=replaced,
        split_aliases=split,
        moved_modules=modules,
        found_elsewhere=elsewhere,
        removed=removed,
        added=added,
    )


def _replaced(old: Index, new: Index) -> Iterator[tuple[str, str]]:
    """Yield the path of each class that is now another class, and the path of that class on the old side."""
    for path, class_ in old.tops.items():
        now = new.tops.get(path)
        if not isinstance(class_, Class) or not isinstance(now, Class) or class_.path in ("", now.path):
            continue
        other = old.public_path(now.path)
        before = old.tops.get(other)
        is_kept = isinstance(now.mro, tuple) and class_.path in now.mro
        if other == path or other in new.tops or not isinstance(before, Class) or is_kept:
            continue
        if likeness(before, now)[0] > likeness(class_, now)[0]:
            yield path, other


def _split_aliases(old: Index, was: Mapping[str, Top], added: Mapping[str, Top]) -> Iterator[tuple[str, str]]:
    """Yield each further path of an old symbol that is now a separate symbol, and the path of the old symbol."""
    for path in added:
        target = old.public_path(path) if path in old.aliases else ""
        if target in was:
            yield path, target


def _drop(found: Mapping[str, str], removed: dict[str, Top], added: dict[str, Top]) -> None:
    for path, target in found.items():
        del removed[path]
        added.pop(target, None)


def further_paths(index: Index) -> Mapping[str, list[str]]:
    """Return the public path of each symbol that has several -> the others."""
    found: dict[str, list[str]] = {}
    for path in index.aliases:
        target = index.public_path(path)
        if target:
            found.setdefault(target, []).append(path)
    return found


def _moved_modules(
    old: Index, new: Index, removed: Mapping[str, Top], added: Mapping[str, Top]
) -> Iterator[tuple[str, str]]:
    """Yield old and new name of each module that has moved as a whole, modules below it left out."""
    gone = [name for name in old.modules if name not in new.modules and name not in new.aliases]
    come = {name: _names_below(name, added) for name in new.modules if name not in old.modules}
    # Names that many modules have, such as `configuration` in a `setup` of each folder, identify nothing.
    usual = {_names_below(name, symbols) for name, symbols in _by_module(old).items() if name in new.modules}
    moved: dict[str, str] = {}
    for name in gone:
        above = next((each for each in moved if name.startswith(f"{each}.")), "")
        if above and moved[above] + name.removeprefix(above) in come:
            continue
        names = _names_below(name, removed)
        best = max(come, key=lambda other, names=names: _share(names, come[other]), default="")  # type: ignore[misc] # as in `calls`
        if names and names not in usual and best and _share(names, come[best]) >= _MODULE_KEPT:
            moved[name] = best
            del come[best]
            yield name, best


def _by_module(index: Index) -> Mapping[str, list[str]]:
    """Return the paths of the symbols in and below each module, by its name."""
    found: dict[str, list[str]] = {}
    for path in index.tops:
        module = path.rpartition(".")[0]
        while module:
            found.setdefault(module, []).append(path)
            module = module.rpartition(".")[0]
    return found


def _names_below(module: str, symbols: Collection[str]) -> frozenset[str]:
    return frozenset(path[len(module) :] for path in symbols if path.startswith(f"{module}."))


def _share(old: frozenset[str], new: frozenset[str]) -> float:
    return len(old & new) / len(old | new) if old else 0.0


def _inside(
    modules: Mapping[str, str], removed: Mapping[str, Top], added: Mapping[str, Top]
) -> Iterator[tuple[str, str]]:
    """Yield the symbols of modules that have moved."""
    for path in removed:
        for module, target in modules.items():
            if path.startswith(f"{module}.") and target + path[len(module) :] in added:
                yield path, target + path[len(module) :]
                break


def _same_definition(removed: Mapping[str, Top], added: Mapping[str, Top]) -> Iterator[tuple[str, str]]:
    """Yield symbols that are defined at the same place, but public at another one."""
    places = {symbol.path: path for path, symbol in added.items() if symbol.path}
    for path, symbol in removed.items():
        if symbol.path in places and type(symbol) is type(added[places[symbol.path]]):
            yield path, places[symbol.path]


def _same_name(removed: Mapping[str, Top], added: Mapping[str, Top]) -> Iterator[tuple[str, str]]:
    """Yield symbols that are found in another module under their name."""
    by_name: dict[str, list[str]] = {}
    for path in added:
        by_name.setdefault(path.rpartition(".")[2], []).append(path)
    for path, symbol in removed.items():
        others = [each for each in by_name.get(path.rpartition(".")[2], ()) if type(added[each]) is type(symbol)]
        best = max(others, key=lambda each, symbol=symbol: likeness(symbol, added[each])[0], default="")  # type: ignore[misc] # as in `calls`
        if best and likeness(symbol, added[best])[0] >= _MOVED:
            by_name[path.rpartition(".")[2]].remove(best)
            yield path, best


def _same_content(removed: Mapping[str, Top], added: Mapping[str, Top]) -> Iterator[tuple[str, str]]:
    """Yield symbols that have another name in their module."""
    by_module: dict[str, dict[str, Top]] = {}
    for path, symbol in added.items():
        by_module.setdefault(path.rpartition(".")[0], {})[path] = symbol
    modules: dict[str, dict[str, Top]] = {}
    for path, symbol in removed.items():
        modules.setdefault(path.rpartition(".")[0], {})[path] = symbol
    for module, gone in modules.items():
        yield from renamed(gone, by_module.get(module, {}))


def renamed(removed: Mapping[str, T], added: Mapping[str, T]) -> Iterator[tuple[str, str]]:
    """Yield old and new key of each symbol that has the same content under another name, the most similar first.

    Yields nothing if there are so many removed and added symbols that comparing each pair would take long.

    Parameters:
        removed: Symbols removed from one module or class.
        added: Symbols added to it.
    """
    if len(removed) * len(added) > _MOST_PAIRS:
        return
    was, now = ({path: _said(each) for path, each in side.items()} for side in (removed, added))
    scored = [
        (*_shared(was[path], now[other]), path, other)
        for path, old in removed.items()
        for other, new in added.items()
        if type(old) is type(new)
    ]
    alike = [each for each in scored if each[0] >= _RENAMED]
    used: set[str] = set()
    for _, common, path, other in sorted(alike, key=lambda each: (-each[0], -each[1], each[2], each[3])):
        if path in used or f"new {other}" in used:
            continue
        old_name, new_name = (each.rpartition(".")[2] for each in (path, other))
        if common >= _TELLING or (common > 0 and SequenceMatcher(None, old_name, new_name).ratio() >= _LIKE_NAME):
            used |= {path, f"new {other}"}
            yield path, other


def likeness(old: Described, new: Described) -> tuple[float, int]:
    """Return the share of content that two symbols have in common, and how many facts these are."""
    if type(old) is not type(new):
        return 0.0, 0
    return _shared(_said(old), _said(new))


def _shared(was: frozenset[str], now: frozenset[str]) -> tuple[float, int]:
    common = len(was & now)
    return (common / (len(was) + len(now) - common), common) if common else (0.0, 0)


def _said(symbol: Described) -> frozenset[str]:
    """Return the content of a symbol without its own name: parameters, members, bases, sentences."""
    describe: Callable[..., Iterable[str]] = _DESCRIBE[type(symbol)]
    return frozenset(describe(symbol))


def _function(function: Function) -> Iterator[str]:
    yield from _parameters(function)
    yield from _annotation(function.signature.returns, "returns")
    yield from _text(function.docstring, function.name)
    yield from (f"effect {effect}" for effect in function.effects)
    if function.is_async is True:
        yield "async"


def _parameters(function: Function) -> Iterator[str]:
    for each in function.signature.parameters if isinstance(function.signature.parameters, tuple) else ():
        default = each.default.text if isinstance(each.default, Value) else ""
        written = each.annotation.written if isinstance(each.annotation, Annotation) else ""
        yield f"parameter {each.name} {each.kind} {written} {default}"


def _class(class_: Class) -> Iterator[str]:
    yield from (f"member {member.name}" for member in members(class_))
    yield from (f"{each.name} {line}" for each in class_.attributes for line in _variable(each) if line[:6] == "value ")
    yield from (f"base {base.written}" for base in class_.bases) if isinstance(class_.bases, tuple) else ()
    yield from _text(class_.docstring, class_.name)
    if isinstance(class_.constructor, Function):
        yield from _parameters(class_.constructor)


def _variable(variable: Variable | Attribute) -> Iterator[str]:
    yield from _annotation(variable.annotation, "is")
    if isinstance(variable.value, Value) and variable.value.is_known:
        yield f"value {variable.value.text}"
    yield from (f"line {line}" for line in variable.description.splitlines())


def _property(property_: Property) -> Iterator[str]:
    yield from _annotation(property_.annotation, "is")
    yield from _text(property_.docstring, property_.name)


def _annotation(annotation: object, word: str) -> Iterator[str]:
    if isinstance(annotation, Annotation):
        yield f"{word} {annotation.written}"


def _text(docstring: Docstring | None, name: str) -> Iterator[str]:
    if docstring is not None and not docstring.inherited_from:
        lines = (line.strip().replace(name, "*") for line in docstring.raw.splitlines())
        yield from (f"line {line}" for line in lines if line)


_DESCRIBE: Mapping[type, Callable[..., Iterable[str]]] = {
    Function: _function,
    Class: _class,
    Variable: _variable,
    Attribute: _variable,
    Property: _property,
}
