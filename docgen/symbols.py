"""Look-ups in a reference: classes by path, inherited members, public paths of symbols."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

import msgspec

from docgen.model import Alias, Attribute, Class, Function, Module, Property, Reference, Variable

Member = Attribute | Property | Function | Class
"""The members that a class can have."""
Symbol = Module | Class | Function | Variable | Attribute | Property


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A member of a class, and the class in its order that defines it."""

    member: Member
    definer: Class


class Index:
    """Answers look-ups in one reference.

    Parameters:
        reference: The reference, which is not changed.
    """

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self._held: dict[int, Mapping[str, Held]] = {}
        self._own: dict[int, Mapping[str, Member]] = {}

    @cached_property
    def modules(self) -> Mapping[str, Module]:
        """Modules by dotted name."""
        return {module.name: module for module in self.reference.modules}

    @cached_property
    def classes(self) -> Mapping[str, Class]:
        """Every class of the reference by the path of its definition, including nested ones and non-public bases."""
        found: dict[str, Class] = {}
        for class_ in (*self.reference.bases, *(each for module in self.reference.modules for each in module.classes)):
            found.update((each.path, each) for each in _with_nested(class_))
        return found

    @cached_property
    def public(self) -> Mapping[str, Symbol]:
        """Every symbol by its public path: modules, their definitions, and own members of classes, without aliases.

        If a module and a symbol have the same path, it is the symbol's, because attribute access gives the symbol.
        """
        found: dict[str, Symbol] = {}
        for module in self.reference.modules:
            found.setdefault(module.name, module)
            found.update((f"{module.name}.{each.name}", each) for each in module.functions)
            found.update((f"{module.name}.{each.name}", each) for each in module.variables)
            for class_ in module.classes:
                found.update(_below(f"{module.name}.{class_.name}", class_))
        return found

    @cached_property
    def tops(self) -> Mapping[str, Class | Function | Variable]:
        """The contents of modules, by public path."""
        return {
            f"{module.name}.{each.name}": each
            for module in self.reference.modules
            for group in (module.classes, module.functions, module.variables)
            for each in group
        }

    @cached_property
    def public_paths(self) -> Mapping[str, str]:
        """Path of the definition of a symbol -> its public path in this reference."""
        found: dict[str, str] = {}
        for public, symbol in self.public.items():
            defined = symbol.name if isinstance(symbol, Module) else symbol.path
            if defined:
                found.setdefault(defined, public)
        return found

    @cached_property
    def aliases(self) -> Mapping[str, Alias]:
        """Every alias by its public path."""
        return {f"{module.name}.{alias.name}": alias for module in self.reference.modules for alias in module.aliases}

    def public_path(self, path: str) -> str:
        """Return the public path of a symbol for any path of it, empty if this reference has none.

        Parameters:
            path: The path of the definition, or a public one.
        """
        seen: set[str] = set()
        while path in self.aliases and path not in seen:
            seen.add(path)
            path = self.aliases[path].target
        return path if path in self.public else self.public_paths.get(path, "")

    def held(self, class_: Class) -> Mapping[str, Held]:
        """Return every member of a class by name, including inherited ones: those that attribute access finds first.

        Members of bases without sources are missing; `Class.unknown_bases` names these bases.
        """
        key = id(class_)
        if key not in self._held:
            found: dict[str, Held] = {}
            for definer in reversed((class_, *self.inherited(class_))):
                found.update((member.name, Held(member=member, definer=definer)) for member in members(definer))
            self._held[key] = found
        return self._held[key]

    def find(self, class_: Class, name: str) -> Held | None:
        """Return a member of a class by name, including inherited ones, without collecting all of them."""
        for definer in (class_, *self.inherited(class_)):
            key = id(definer)
            if key not in self._own:
                self._own[key] = {member.name: member for member in members(definer)}
            if name in self._own[key]:
                return Held(member=self._own[key][name], definer=definer)
        return None

    def inherited(self, class_: Class) -> tuple[Class, ...]:
        """Return the classes that a class inherits from, nearest first, apart from those without a description."""
        if not isinstance(class_.mro, tuple):
            return ()
        return tuple(self.classes[path] for path in class_.mro if path in self.classes)


def members(class_: Class) -> Iterator[Member]:
    """Yield the members that a class defines itself: attributes, properties, methods, classes."""
    yield from class_.attributes
    yield from class_.properties
    yield from class_.methods
    yield from class_.classes


def _with_nested(class_: Class) -> Iterator[Class]:
    yield class_
    for inner in class_.classes:
        yield from _with_nested(inner)


def _below(path: str, class_: Class) -> Iterator[tuple[str, Symbol]]:
    yield path, class_
    for member in members(class_):
        if isinstance(member, Class):
            yield from _below(f"{path}.{member.name}", member)
        else:
            yield f"{path}.{member.name}", member
