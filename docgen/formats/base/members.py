"""Which members the page of a class shows: its own, and those that no other page would show."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from docgen.model import Class, Function, Reference
from docgen.symbols import Held, Index, Member, members

Group = tuple[str, tuple[Member, ...]]


class Inheritance:
    """What classes of a reference inherit, apart by where a reader finds it.

    Parameters:
        index: Of the reference as it was read.
    """

    def __init__(self, index: Index) -> None:
        self.index = index
        self._packages = own_packages(index.reference)

    def reference(self) -> Reference:
        """Return the reference with what its classes inherit from bases without a page as members of their own."""
        modules = tuple(
            msgspec.structs.replace(module, classes=tuple(map(self._filled, module.classes)))
            for module in self.index.reference.modules
        )
        return msgspec.structs.replace(self.index.reference, modules=modules)

    def is_shown_elsewhere(self, definer: Class) -> bool:
        """Return whether a class has a page in this reference, or belongs to another package."""
        return bool(self.index.public_path(definer.path)) or self.is_foreign(definer)

    def is_foreign(self, definer: Class) -> bool:
        """Return whether a class belongs to another package."""
        return self.is_outside(definer.path)

    def is_outside(self, path: str) -> bool:
        """Return whether a dotted path belongs to another package; False for no path."""
        return bool(path) and path.partition(".")[0] not in self._packages

    def groups(self, class_: Class) -> Iterator[tuple[Class, tuple[Member, ...]]]:
        """Yield (base, what is inherited from it) for the bases with a page of their own and those of others."""
        found: dict[str, tuple[Class, list[Member]]] = {}
        for held in self._inherited(class_):
            if self.is_shown_elsewhere(held.definer) and not _is_special(held.member):
                found.setdefault(held.definer.path, (held.definer, []))[1].append(held.member)
        for base in self.index.inherited(class_):
            if base.path in found:
                yield base, tuple(found[base.path][1])

    def _inherited(self, class_: Class) -> Iterator[Held]:
        own = {member.name for member in members(class_)}
        return (held for name, held in self.index.held(class_).items() if name not in own)

    def _filled(self, class_: Class) -> Class:
        inherited = [held for held in self._inherited(class_) if not self.is_shown_elsewhere(held.definer)]
        inner = tuple(map(self._filled, class_.classes))
        new = [held.member for held in inherited if not isinstance(held.member, Class)]
        if not new and inner == class_.classes:
            return class_
        kept = [member for member in new if not (_is_special(member) and _is_bare(member))]
        names = {id(member) for member in kept}
        definers = list({id(held.definer): held.definer for held in inherited}.values())
        return msgspec.structs.replace(
            class_,
            attributes=class_.attributes + tuple(a for d in definers for a in d.attributes if id(a) in names),
            properties=class_.properties + tuple(p for d in definers for p in d.properties if id(p) in names),
            methods=class_.methods + tuple(m for d in definers for m in d.methods if id(m) in names),
            classes=inner,
        )


def own_packages(reference: Reference) -> frozenset[str]:
    """Return the names of the packages that a reference is of, private ones that define what others offer included."""
    names = [module.name for module in reference.modules]
    for module in reference.modules:
        names += (each.path for each in module.classes)
        names += (each.path for each in module.functions)
    return frozenset(name.partition(".")[0] for name in names if name)


def _is_special(member: Member) -> bool:
    return member.name.startswith("__") and member.name.endswith("__")


def _is_bare(member: Member) -> bool:
    return not isinstance(member, Function) or member.docstring is None
