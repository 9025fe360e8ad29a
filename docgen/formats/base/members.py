"""Decides which members the page of a class shows: its own, and inherited ones that no other page would show."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from docgen.findings import Finding
from docgen.formats.base.places import nested
from docgen.model import Class, Function, Reference
from docgen.symbols import Held, Index, Member, members

MOST_INHERITED, INHERITED_PER_MEMBER = 50_000, 32
"""Most members that classes show because they inherit them: in any reference, and further ones for each own member."""
COPY = 8
"""How many members that are links one counts for that is shown as if it were the class's own."""


class Inheritance:
    """The inherited members of a reference's classes, grouped by where a reader finds them.

    Parameters:
        index: The index of the reference as it was read.
    """

    def __init__(self, index: Index) -> None:
        self.index = index
        self._packages = own_packages(index.reference)
        self.left_out: Mapping[str, int] = dict(self._beyond_room())
        """Path of each class that there is no room for -> how many members it inherits; only their number is shown."""

    def reference(self) -> Reference:
        """Return the reference with members that classes inherit from bases without a page as their own members."""
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
        """Yield (base, members inherited from it) for the bases with a page and those of other packages."""
        found: dict[str, tuple[Class, list[Member]]] = {}
        for held in self._inherited(class_):
            if self.is_shown_elsewhere(held.definer) and not _is_special(held.member):
                found.setdefault(held.definer.path, (held.definer, []))[1].append(held.member)
        for base in self.index.inherited(class_):
            if base.path in found:
                yield base, tuple(found[base.path][1])

    def findings(self, page_of: Callable[[str], str]) -> Iterator[Finding]:
        """Yield the finding that the inherited members of some classes are left out, if they are.

        Parameters:
            page_of: Returns the page of a class by the path of its definition.
        """
        for path, count in self.left_out.items():
            classes = f"{len(self.left_out):,} classes, this one and those after it"
            yield Finding(
                path=page_of(path),
                code="DG508",
                text=f"the {count:,} members that {path} inherits are left out: its package inherits too often",
                hint=f"So are those of {classes}." if len(self.left_out) > 1 else "",
            )
            return

    def _beyond_room(self) -> Iterator[tuple[str, int]]:
        """Yield the classes whose inherited members are more than those before them have left, in the order of pages.

        Hundreds of classes that derive from one with hundreds of members would show all of them again and again.
        """
        every = [class_ for module in self.index.reference.modules for _, class_ in nested(module.classes)]
        counts = {path: sum(1 for _ in members(class_)) for path, class_ in self.index.classes.items()}
        room = MOST_INHERITED + INHERITED_PER_MEMBER * sum(counts.get(class_.path, 0) for class_ in every)
        for class_ in every:
            bases = self.index.inherited(class_)
            cost = sum(counts[base.path] * (1 if self.is_shown_elsewhere(base) else COPY) for base in bases)
            if cost > room:
                yield class_.path, sum(counts[base.path] for base in bases)
            else:
                room -= cost

    def _inherited(self, class_: Class) -> Iterator[Held]:
        if class_.path in self.left_out:
            return iter(())
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
    """Return the names of the packages of a reference, including private ones whose definitions are re-exported."""
    names = [module.name for module in reference.modules]
    for module in reference.modules:
        names += (each.path for each in module.classes)
        names += (each.path for each in module.functions)
    return frozenset(name.partition(".")[0] for name in names if name)


def _is_special(member: Member) -> bool:
    return member.name.startswith("__") and member.name.endswith("__")


def _is_bare(member: Member) -> bool:
    return not isinstance(member, Function) or member.docstring is None
