"""Two models in, their differences out: what changed for the people who use the package, symbol by symbol.

A difference that several classes inherit from one place is one difference, with the others named beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol, TypeVar

from docgen.compare.order import moved
from docgen.formats.flyte.page_model import (
    Attribute,
    Class,
    Docstring,
    Function,
    Package,
    Parameter,
    Property,
    Reference,
    Variable,
)


class Change(StrEnum):
    """What kind of difference it is; the value is how reports say it."""

    REMOVED = "removed"
    ADDED = "added"
    RENAMED = "renamed"
    REORDERED = "reordered"
    ANNOTATION = "type changed"
    RETURNS = "return type changed"
    DEFAULT = "default changed"
    KIND = "kind changed"
    BASES = "bases changed"
    DECORATORS = "decorators changed"
    ASYNC = "async changed"
    VALUE = "value changed"
    DOCS = "docs changed"

    @property
    def code(self) -> str:
        """Stable code of findings of this kind."""
        return f"DG6{list(Change).index(self) + 1:02}"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One difference between an old and a new model."""

    path: str
    """Of the symbol: `package.Class.method`, a parameter of it in parentheses: `package.Class.method(parameter)`."""
    change: Change
    old: str | None = None
    new: str | None = None
    affects: tuple[str, ...] = ()
    """Further symbols that differ in the same way because they inherit from the same place."""
    member: str = ""
    """The path below the class, for grouping; empty outside classes."""

    def __str__(self) -> str:
        """Give the difference on one line."""
        also = f" (also {', '.join(self.affects)})" if self.affects else ""
        return ": ".join(filter(None, (self.path, self.change, self.sides))) + also

    @property
    def is_docs(self) -> bool:
        """Whether only a description differs."""
        return self.change is Change.DOCS

    @property
    def sides(self) -> str:
        """Old and new as code; empty for descriptions, which are too long for a line."""
        if self.is_docs:
            return ""
        return " -> ".join(f"`{side}`" for side in (self.old, self.new) if side is not None)


class _Named(Protocol):
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=_Named)
Comparison = Callable[[str, N, N], Iterable[Difference]]
"""Compares two members of one path."""


def compare(old: Reference, new: Reference) -> tuple[Difference, ...]:
    """Return the differences between two references, in the order of the symbols, each root cause once."""
    found = list(_named("", old.packages, new.packages, _packages))
    return _grouped(found, (*_classes(old), *_classes(new)))


def compare_classes(old: Class, new: Class) -> tuple[Difference, ...]:
    """Return the differences between two versions of one class."""
    return tuple(_class(f"{old.package}.{old.name}", old, new))


def compare_packages(old: Package, new: Package) -> tuple[Difference, ...]:
    """Return the differences between two versions of one package and its classes."""
    return tuple(_packages(old.name, old, new))


def _packages(path: str, old: Package, new: Package) -> Iterator[Difference]:
    yield from _docs(path, old.docstring, new.docstring)
    yield from _named(f"{path}.", old.classes, new.classes, _class)
    yield from _named(f"{path}.", old.functions, new.functions, _function)
    yield from _named(f"{path}.", old.variables, new.variables, _variable)


def _class(path: str, old: Class, new: Class) -> Iterator[Difference]:
    def differences() -> Iterator[Difference]:
        yield from _changed(path, Change.KIND, old.kind, new.kind)
        yield from _changed(path, Change.BASES, ", ".join(old.bases), ", ".join(new.bases))
        yield from _docs(path, old.docstring, new.docstring)
        if old.constructor and new.constructor:
            yield from _function(path, old.constructor, new.constructor)
        elif old.constructor or new.constructor:
            change = Change.REMOVED if old.constructor else Change.ADDED
            yield Difference(path=f"{path}.__init__", change=change)
        yield from _named(f"{path}.", old.properties, new.properties, _property)
        yield from _named(f"{path}.", old.methods, new.methods, _function)
        yield from _named(f"{path}.", old.attributes, new.attributes, _variable)

    for difference in differences():
        yield replace(difference, member=difference.path.removeprefix(path))


def _function(path: str, old: Function, new: Function) -> Iterator[Difference]:
    yield from _changed(path, Change.RETURNS, old.returns, new.returns)
    yield from _changed(path, Change.DECORATORS, ", ".join(old.decorators), ", ".join(new.decorators))
    yield from _changed(path, Change.ASYNC, _asyncness(old), _asyncness(new))
    yield from _changed(path, Change.KIND, old.receiver, new.receiver)
    yield from _docs(path, old.docstring, new.docstring)
    yield from _named(f"{path}(", old.parameters, new.parameters, _parameter, end=")")


def _asyncness(function: Function) -> str:
    return "sync and async" if function.is_syncified else "async" if function.is_async else "sync"


def _parameter(path: str, old: Parameter, new: Parameter) -> Iterator[Difference]:
    yield from _changed(path, Change.KIND, old.kind, new.kind)
    yield from _changed(path, Change.ANNOTATION, old.annotation, new.annotation)
    yield from _changed(path, Change.DEFAULT, old.default, new.default)
    if old.description != new.description:
        yield Difference(path=path, change=Change.DOCS, old=old.description, new=new.description)


def _property(path: str, old: Property, new: Property) -> Iterator[Difference]:
    yield from _changed(path, Change.ANNOTATION, old.annotation, new.annotation)
    yield from _docs(path, old.docstring, new.docstring)


def _variable(path: str, old: Variable | Attribute, new: Variable | Attribute) -> Iterator[Difference]:
    yield from _changed(path, Change.ANNOTATION, old.annotation, new.annotation)
    yield from _changed(path, Change.VALUE, old.value, new.value)


def _docs(path: str, old: Docstring, new: Docstring) -> Iterator[Difference]:
    # Descriptions of parameters are compared where the parameters are.
    if replace(old, parameters=()) != replace(new, parameters=()):
        yield Difference(path=path, change=Change.DOCS, old=old.text, new=new.text)


def _changed(path: str, change: Change, old: str | None, new: str | None) -> Iterator[Difference]:
    if old != new:
        yield Difference(path=path, change=change, old=_shown(old), new=_shown(new))


def _shown(side: str | None) -> str:
    return "nothing" if side in (None, "") else str(side)


def _named(
    before: str, old: Sequence[N], new: Sequence[N], compare_one: Comparison[N], end: str = ""
) -> Iterator[Difference]:
    """Compare two lists of named members: what went, came, was renamed or moved, then one by one."""
    was, now = {each.name: each for each in old}, {each.name: each for each in new}
    renamed = dict(_renamed(old, new, compare_one))
    for name, member in was.items():
        path = f"{before}{name}{end}"
        if name in renamed:
            yield Difference(path=path, change=Change.RENAMED, old=name, new=renamed[name])
        elif name in now:
            yield from compare_one(path, member, now[name])
        else:
            yield Difference(path=path, change=Change.REMOVED, old=_sketch(member))
    for name, member in now.items():
        if name not in was and name not in renamed.values():
            yield Difference(path=f"{before}{name}{end}", change=Change.ADDED, new=_sketch(member))
    for name in moved(was, now):
        places = [f"place {list(side).index(name) + 1}" for side in (was, now)]
        yield Difference(path=f"{before}{name}{end}", change=Change.REORDERED, old=places[0], new=places[1])


def _renamed(old: Sequence[N], new: Sequence[N], compare_one: Comparison[N]) -> Iterator[tuple[str, str]]:
    """Yield old and new name where a member stands at the same place and only its name differs."""
    if len(old) != len(new):
        return
    names = {each.name for each in old} & {each.name for each in new}
    for one, other in zip(old, new, strict=True):
        is_renamed = one.name != other.name and not {one.name, other.name} & names
        if is_renamed and all(each.change is Change.DOCS for each in compare_one("", one, other)):
            yield one.name, other.name


def _sketch(member: _Named) -> str | None:
    """Return what a parameter that came or went looks like; other members are told by their name."""
    if not isinstance(member, Parameter):
        return None
    annotation = f": {member.annotation}" if member.annotation is not None else ""
    default = f" = {member.default}" if member.default is not None else ""
    return f"{member.name}{annotation}{default}"


def _classes(reference: Reference) -> Iterator[Class]:
    for package in reference.packages:
        yield from package.classes


def _grouped(found: Sequence[Difference], classes: Iterable[Class]) -> tuple[Difference, ...]:
    """Put together the differences of one root cause: the same change of the same member in connected classes."""
    origins: dict[str, set[str]] = {}
    for class_ in classes:
        origins.setdefault(f"{class_.package}.{class_.name}", set()).update(_origins(class_))
    groups: dict[tuple[str, Change, str | None, str | None], list[list[Difference]]] = {}
    ordered: list[list[Difference]] = []
    for difference in found:
        alike = groups.setdefault((difference.member, difference.change, difference.old, difference.new), [])
        mine = origins.get(_owner(difference), set())
        group = next((group for group in alike if any(mine & origins.get(_owner(other), set()) for other in group)), [])
        if not (group and difference.member):
            group = []
            alike.append(group)
            ordered.append(group)
        group.append(difference)
    return tuple(replace(group[0], affects=tuple(other.path for other in group[1:])) for group in ordered)


def _owner(difference: Difference) -> str:
    return difference.path.removesuffix(difference.member)


def _origins(class_: Class) -> set[str]:
    """Return where the members of a class come from: itself, its bases, the classes that define its members."""
    inherited = (
        *(each.inherited_from for each in class_.methods),
        *(each.inherited_from for each in class_.properties),
    )
    places = {place for place in (class_.path, *class_.bases, *inherited) if place}
    # Everything of the package is a cause that it can change; `object` or `Protocol` connect strangers.
    top = class_.package.split(".")[0]
    return {place for place in places if place.split(".")[0] == top}
