"""The two sides of a comparison, and the queries that all of its parts share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

import msgspec

from docgen.compare.differences import Place
from docgen.compare.rules.annotations import Scope
from docgen.compare.rules.gaps import Gaps
from docgen.compare.rules.hooks import Calls
from docgen.compare.rules.pairing import Pairing, pair_up, renamed
from docgen.compare.rules.relations import Names, Types
from docgen.compare.standard import class_of, has_member
from docgen.compare.visibility import Visible
from docgen.model import Annotation, Attribute, Class, ClassKind, Function, Property, Reference, Type, Value, Variable
from docgen.symbols import Index


class ClassPair(msgspec.Struct, frozen=True, kw_only=True):
    """A class on both sides."""

    old_path: str
    """Public path."""
    new_path: str
    old: Class
    new: Class

    @property
    def place(self) -> Place:
        """The place that a report names."""
        return Place(symbol=self.old_path, old=self.old.location, new=self.new.location)


class Context:
    """Two references, made comparable.

    Parameters:
        old: The reference to compare with.
        new: The reference that is compared with it.
        private: Private symbols are compared too.
        only: Public paths, with `*` and `?`; only these are compared, or everything if empty.
        documented: Private paths that are compared too, because documentation uses them.
    """

    def __init__(
        self,
        old: Reference,
        new: Reference,
        *,
        private: bool,
        only: tuple[str, ...],
        documented: frozenset[str] = frozenset(),
    ) -> None:
        self.old, self.new = Index(old), Index(new)
        self.visible = Visible(self.old, self.new, private=private, only=only, documented=documented)
        self.pairing: Pairing = pair_up(self.old, self.new)
        self.class_pairs = tuple(self._class_pairs())
        paths = {**self.pairing.names(), **{pair.old_path: pair.new_path for pair in self.class_pairs}}
        self.old_names, self.new_names = Names(self.old, paths), Names(self.new, {})
        self.old_gaps, self.new_gaps = Gaps(self.old, self.new.modules), Gaps(self.new, self.old.modules)
        left = (*self.pairing.removed, *self.pairing.found_elsewhere)
        self.unclear = frozenset(path for path in left if self.new_gaps.why(path))
        self.types = Types(self.old_names, self.new_names, self.unclear)
        self.versions = (old.version, new.version)
        self.calls: Calls | None = None
        """The calls in the sources of the new side; None if they are unknown."""

    def is_named(self, name: str) -> bool:
        """Return True if the sources of the new side look up an attribute of that name, or if that is unknown."""
        return self.calls is not None and self.calls.names(name)

    def _class_pairs(self) -> Iterator[ClassPair]:
        for pair in self.pairing.pairs:
            if isinstance(pair.old, Class) and isinstance(pair.new, Class):
                top = ClassPair(old_path=pair.old_path, new_path=pair.new_path, old=pair.old, new=pair.new)
                yield from _with_nested(top)

    @cached_property
    def object_pairs(self) -> tuple[ClassPair, ...]:
        """The private classes of objects that both sides have under one public name, which shows their members."""
        found: list[ClassPair] = []
        for pair in self.pairing.pairs:
            if isinstance(pair.old, Variable) and isinstance(pair.new, Variable):
                old, new = _class_of(pair.old, self.old), _class_of(pair.new, self.new)
                if old is not None and new is not None:
                    found.append(ClassPair(old_path=pair.old_path, new_path=pair.new_path, old=old, new=new))
        return tuple(found)

    @cached_property
    def bound_methods(self) -> Mapping[str, str]:
        """Old path of a compared method -> the name of a module that both sides bind to it: `dump = _dumper.dump`."""
        shown = {pair.old.path: pair for pair in (*self.object_pairs, *self.class_pairs)}
        found: dict[str, str] = {}
        for pair in self.pairing.pairs:
            was, now = map(_function_of, (pair.old, pair.new))
            if was is not None and was.path != pair.old_path:
                owner, _, name = was.path.rpartition(".")
                is_kept = owner in shown and now is not None and now.path == f"{shown[owner].new.path}.{name}"
                if is_kept and self.visible(f"{shown[owner].old_path}.{name}"):
                    found[f"{shown[owner].old_path}.{name}"] = pair.old_path
        return found

    @cached_property
    def _orders(self) -> Mapping[str, frozenset[str]]:
        """Comparable path of each class on both sides -> the classes that it derives from on one of them."""
        return {
            pair.new_path: self.order(pair, is_old=True) | self.order(pair, is_old=False) for pair in self.class_pairs
        }

    def order(self, pair: ClassPair, *, is_old: bool) -> frozenset[str]:
        """Return the comparable paths of the classes that a class derives from on one side."""
        class_, names = (pair.old, self.old_names) if is_old else (pair.new, self.new_names)
        order = class_.mro if isinstance(class_.mro, tuple) else ()
        return frozenset(names.name(path) for path in order) - {pair.new_path}

    @cached_property
    def _bases(self) -> frozenset[str]:
        return frozenset(path for order in self._orders.values() for path in order)

    def is_base(self, path: str) -> bool:
        """Return True if classes of the package derive from a class, given by its comparable path."""
        return path in self._bases

    def derives(self, path: str, other: str) -> bool:
        """Return True if a class derives from another on one of the sides; both paths are comparable paths."""
        return other in self._orders.get(path, ())

    def scope(self, pair: ClassPair | None = None) -> Scope:
        """Return the context of the annotations of a function, in a class or outside."""
        owners = (pair.new_path, pair.new_path) if pair else ("", "")
        declared = (*pair.old.type_parameters, *pair.new.type_parameters) if pair else ()
        of_class = frozenset(each.name for each in declared)
        is_hashable = pair is None or pair.new.is_hashable is not False
        return Scope(
            types=self.types,
            owners=owners,
            versions=self.versions,
            of_class=of_class,
            is_hashable=is_hashable,
            keeps_bases=pair is None or self.keeps_bases(pair),
        )

    def is_taken_only(self, pair: ClassPair) -> bool:
        """Return True if the package takes objects of a protocol or typed dictionary, and never gives one."""
        if not {pair.old.kind, pair.new.kind} <= {ClassKind.PROTOCOL, ClassKind.TYPED_DICT}:
            return False
        return all(
            class_.path in taken and class_.path not in given
            for class_, (taken, given) in ((pair.old, self._uses_of_types[0]), (pair.new, self._uses_of_types[1]))
        )

    @cached_property
    def _uses_of_types(self) -> tuple[tuple[frozenset[str], frozenset[str]], tuple[frozenset[str], frozenset[str]]]:
        """For both sides, the paths of the types of parameters, and those of everything else that is annotated."""
        return _uses_of_types(self.old), _uses_of_types(self.new)

    def keeps_bases(self, pair: ClassPair) -> bool:
        """Return True if a class still derives from all earlier bases."""
        return self.order(pair, is_old=True) <= self.order(pair, is_old=False)

    def named(self, path: str, *, is_old: bool) -> str:
        """Return the name of a definition in reports: its public path, if it has one."""
        index = self.old if is_old else self.new
        return index.public_path(path) or path


def _uses_of_types(index: Index) -> tuple[frozenset[str], frozenset[str]]:
    """Return the paths in the annotations of parameters, and in those of results, attributes and variables."""
    taken: set[str] = set()
    given: set[str] = set()
    methods = [each for class_ in index.classes.values() for each in class_.methods]
    for function in (*(each for module in index.reference.modules for each in module.functions), *methods):
        parameters = function.signature.parameters
        for each in parameters if isinstance(parameters, tuple) else ():
            taken.update(_paths(each.annotation))
        given.update(_paths(function.signature.returns))
    classes, modules = index.classes.values(), index.reference.modules
    data: list[Attribute | Property | Variable] = [each for module in modules for each in module.variables]
    data += [each for class_ in classes for each in class_.attributes]
    data += [each for class_ in classes for each in class_.properties]
    given.update(path for each in data for path in _paths(each.annotation))
    given.update(
        path for class_ in index.classes.values() for path in (class_.mro if isinstance(class_.mro, tuple) else ())
    )
    return frozenset(taken), frozenset(given)


def _paths(said: object) -> Iterator[str]:
    """Yield the paths of the types in an annotation."""
    pending = [said.type] if isinstance(said, Annotation) and isinstance(said.type, Type) else []
    while pending:
        type_ = pending.pop()
        yield type_.name
        pending += type_.args


def _function_of(symbol: Class | Function | Variable) -> Function | None:
    """Return the function that a name of a module is, or holds; None if it is something else."""
    if isinstance(symbol, Variable):
        return symbol.function
    return symbol if isinstance(symbol, Function) else None


def _class_of(variable: Variable, index: Index) -> Class | None:
    """Return the private class of this distribution that the value of a name is an instance of."""
    path = variable.value.address_of if isinstance(variable.value, Value) else ""
    return index.classes.get(path) if path and not index.public_path(path) else None


def _with_nested(pair: ClassPair) -> Iterator[ClassPair]:
    yield pair
    was, now = ({each.name: each for each in side.classes} for side in (pair.old, pair.new))
    gone = {name: each for name, each in was.items() if name not in now}
    come = {name: each for name, each in now.items() if name not in was}
    same = {name: name for name in was if name in now} | dict(renamed(gone, come))
    for name, other in same.items():
        yield from _with_nested(
            ClassPair(
                old_path=f"{pair.old_path}.{name}",
                new_path=f"{pair.new_path}.{other}",
                old=was[name],
                new=now[other],
            )
        )


def unknown_bases(class_: Class) -> tuple[str, ...]:
    """Return the bases of a class of which nothing is known: they are neither in sources nor in this interpreter."""
    if not isinstance(class_.mro, tuple):
        # A page that does not show bases lists inherited members like the class's own.
        return tuple(base.written for base in class_.bases) if isinstance(class_.bases, tuple) else ()
    return tuple(
        path
        for path in class_.unknown_bases
        if class_of(path) is None and path.partition(".")[0] not in ("typing", "typing_extensions")
    )


def library_member(class_: Class, name: str) -> bool:
    """Return True if a class has a member from a base in the standard library other than `object`."""
    order = class_.mro if isinstance(class_.mro, tuple) else ()
    return any(has_member(path, name) for path in (*order, *class_.unknown_bases)) and name not in vars(object)
