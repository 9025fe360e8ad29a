"""How two types are related, which decides the level of every changed annotation.

Names are made comparable first: every class gets one path, regardless of the module it is imported from and whatever it
was renamed to; aliases are replaced by their types. Then one type is assignable to another, is not, or that is unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from enum import StrEnum

import msgspec

from docgen.compare.standard import COVARIANT, class_of, derives, has_member, one_spelling
from docgen.model import Annotation, Class, ClassKind, Type, TypeKind, Variable, VariableKind
from docgen.symbols import Index

ANY, OBJECT, SELF = "typing.Any", "object", "typing.Self"
_NEVER = ("typing.Never", "typing.NoReturn")
_CALLABLE = ("typing.Callable", "collections.abc.Callable")
_NARROWING = "typing.TypeIs"
_GUARDS = ("typing.TypeGuard", _NARROWING)
"""Results that are booleans, and narrow the type of an argument."""
_BOOL = Type(kind=TypeKind.NAME, name="bool")
_LITERAL_STRING = "typing.LiteralString"
_STR = Type(kind=TypeKind.NAME, name="str")
_ANY_STR = Type(
    kind=TypeKind.VARIABLE, name="AnyStr", args=tuple(Type(kind=TypeKind.NAME, name=name) for name in ("bytes", "str"))
)
_STANDS_FOR = {**dict.fromkeys(_CALLABLE, Type(kind=TypeKind.CALLABLE)), "typing.AnyStr": _ANY_STR}
"""Bare names of `typing`, and the types that they denote."""
_MOST_ALIASES = 16
"""Longest chain of aliases that is followed, because a recursive one has no end."""


class Relation(StrEnum):
    """How the new type is related to the old one."""

    EQUAL = "equal"
    NARROWER = "narrower"
    """Every value of the new type is one of the old type."""
    WIDER = "wider"
    OTHER = "other"
    DYNAMIC = "dynamic"
    """One of them is `Any`: no type checker complains."""
    UNKNOWN = "unknown"


class Names:
    """The names of one side, made comparable with those of the other.

    Parameters:
        index: The side.
        renamed: Public path on this side -> the path that the symbol has on the new side.
    """

    def __init__(self, index: Index, renamed: Mapping[str, str]) -> None:
        self.index = index
        self.renamed = renamed
        self.tops = {module.name.partition(".")[0] for module in index.reference.modules}
        self._known: dict[Type, Type] = {}

    def name(self, path: str) -> str:
        """Return the one path of a class.

        A private class, or one in a private module, is identified by its last name, since it may be in any module.
        """
        spelled = one_spelling(path)
        public = self.index.public_path(spelled)
        if public:
            return self.renamed.get(public, public)
        top, _, rest = spelled.partition(".")
        is_own = top in self.tops or (top.startswith("_") and class_of(spelled) is None)
        is_private = is_own or any(each.startswith("_") for each in rest.split(".")[:-1])
        return f"{top}.*.{rest.rpartition('.')[2]}" if rest and is_private else spelled

    def comparable(self, type_: Type, depth: int = 0) -> Type:
        """Return a type with comparable names, aliases replaced, the alternatives of unions in one order."""
        found = self._known.get(type_)
        if found is None:
            found = self._known[type_] = self._comparable(type_, depth)
        return found

    def _comparable(self, type_: Type, depth: int) -> Type:
        if type_.kind is TypeKind.NAME:
            stands_for = self._alias(type_.name) if depth < _MOST_ALIASES else None
            if stands_for is not None:
                return self.comparable(stands_for, depth + 1)
        args = tuple(self.comparable(each, depth) for each in type_.args)
        if type_.kind is TypeKind.UNION:
            return union(args)
        if type_.kind is TypeKind.LITERAL:
            return Type(kind=TypeKind.LITERAL, args=tuple(sorted(set(args), key=_order)))
        if type_.kind is TypeKind.NAME and type_.name in _STANDS_FOR:
            return _STANDS_FOR[type_.name]
        if type_.kind is TypeKind.NAME:
            return Type(kind=TypeKind.NAME, name=self.name(type_.name), args=args)
        return type_ if args == type_.args else msgspec.structs.replace(type_, args=args)

    def _alias(self, path: str) -> Type | None:
        variable = self.index.public.get(self.index.public_path(path))
        if not isinstance(variable, Variable) or variable.kind is not VariableKind.TYPE_ALIAS:
            return None
        annotation = variable.annotation
        known = isinstance(annotation, Annotation) and isinstance(annotation.type, Type)
        # The type that a generic alias denotes depends on its arguments.
        return annotation.type if known and not variable.type_parameters else None  # type: ignore[union-attr,return-value] # `known` says it


def union(types: Iterable[Type]) -> Type:
    """Return a union in the canonical order, or the type itself if there is only one."""
    flat: set[Type] = set()
    for each in types:
        flat.update(each.args if each.kind is TypeKind.UNION else (each,))
    if len(flat) == 1:
        return next(iter(flat))
    return Type(kind=TypeKind.UNION, args=tuple(sorted(flat, key=_order)))


def alternatives(type_: Type) -> tuple[Type, ...]:
    """Return the alternatives of a union, with each choice of a literal as a separate one."""
    if type_.kind is TypeKind.UNION:
        return tuple(inner for each in type_.args for inner in alternatives(each))
    if type_.kind is TypeKind.LITERAL:
        return tuple(Type(kind=TypeKind.LITERAL, args=(each,)) for each in type_.args)
    return (type_,)


def _order(type_: Type) -> tuple[str, str, str]:
    return (type_.kind.value, type_.name, repr(type_.args) if type_.args else "")


class Types:
    """Relates types of the old side to types of the new one.

    Parameters:
        old: Names of the old side.
        new: Names of the new side.
        unclear: Public paths of the old side for which it is unknown whether the new side has them.
    """

    def __init__(self, old: Names, new: Names, unclear: AbstractSet[str] = frozenset()) -> None:
        self.old = old
        self.new = new
        self.unclear = unclear
        self._classes = self._all_classes()
        self._new_types = self._all_new_types()

    def _all_new_types(self) -> Mapping[str, Type]:
        """Every `NewType` by its comparable name, and the type that it is based on."""
        return {
            names.name(path): names.comparable(symbol.annotation.type)
            for names in (self.old, self.new)
            for path, symbol in names.index.public.items()
            if isinstance(symbol, Variable) and symbol.kind is VariableKind.NEW_TYPE
            if isinstance(symbol.annotation, Annotation) and isinstance(symbol.annotation.type, Type)
        }

    def _all_classes(self) -> Mapping[str, tuple[Class, Names]]:
        """Every class by its comparable name; if both sides have it, that of the new side."""
        found: dict[str, tuple[Class, Names]] = {}
        for names in (self.old, self.new):
            found.update((names.name(path), (class_, names)) for path, class_ in names.index.classes.items())
        return found

    def relate(
        self,
        old: Type,
        new: Type,
        *,
        owners: tuple[str, str] = ("", ""),
        variables: dict[str, str] | None = None,
        is_result: bool = False,
    ) -> Relation:
        """Return how the new type is related to the old one.

        Parameters:
            old: The type on the old side.
            new: The type on the new side.
            owners: Comparable paths of the classes that `Self` denotes.
            variables: Type variables of the old side and their names on the new one. New pairs are added, so that one
                variable does not match two others in one signature.
            is_result: The types are results, in which callers choose the values of type variables and `Self`.
        """
        known = {} if variables is None else variables
        before, after = self.old.comparable(old), self.new.comparable(new)
        if is_result and SELF not in (*_named(before), *_named(after)):  # Parameters show what a variable may be.
            before, after = _unlimited(before), _unlimited(after)
        relation = self._related(_with_self(before, owners[0]), _with_self(after, owners[1]), known)
        if is_result:
            return _chosen(relation, before, after)
        return Relation.NARROWER if relation is Relation.EQUAL and _asks_for_more(before, after) else relation

    def _related(self, was: Type, now: Type, known: dict[str, str]) -> Relation:
        if was == now:
            return Relation.EQUAL
        if ANY in (was.name, now.name):
            return Relation.DYNAMIC
        if self.unclear and not self.unclear.isdisjoint(_named(was)):
            return Relation.UNKNOWN
        narrower, wider = self._fits(now, was, _flipped(known)), self._fits(was, now, known)
        if narrower and wider:
            return Relation.EQUAL
        if narrower is None or wider is None:
            return Relation.UNKNOWN
        return Relation.NARROWER if narrower else Relation.WIDER if wider else Relation.OTHER

    def _fits(self, a: Type, b: Type, known: dict[str, str]) -> bool | None:  # noqa: PLR0911 - one return a kind of type
        """Return True if each value of one type is a value of another; None if that is unknown."""
        if a == b or b.name in (OBJECT, ANY) or a.name in (ANY, *_NEVER):
            return True
        if a.kind is TypeKind.UNION:
            return _all(self._fits(each, b, known) for each in a.args)
        if b.kind is TypeKind.UNION:
            as_one = _any(self._fits(a, each, known) for each in b.args)
            is_spread = as_one is not True and a.kind is TypeKind.VARIABLE and bool(a.args)
            return _all(self._fits(each, b, known) for each in a.args) if is_spread else as_one
        if self._is_unclear(a, b):
            return None
        if TypeKind.FORWARD in (a.kind, b.kind):
            return True if _last(a.name) == _last(b.name) else None
        if TypeKind.VARIABLE in (a.kind, b.kind):
            return self._variable_fits(a, b, known)
        if TypeKind.LITERAL in (a.kind, b.kind):
            return self._literal_fits(a, b, known)
        if TypeKind.CALLABLE in (a.kind, b.kind):
            return self._callable_fits(a, b, known)
        if a.kind is b.kind is TypeKind.NAME:
            return self._class_fits(a, b, known)
        return False

    def has_member(self, name: str, member: str) -> bool:
        """Return True if a class, given by its path in annotations, is known to have a member."""
        for names in (self.old, self.new):
            found = names.index.classes.get(name)
            if found is not None and names.index.find(found, member):
                return True
        return has_member(one_spelling(name), member) is True

    def _is_unclear(self, a: Type, b: Type) -> bool:
        """Return True if one of two types is unknown, or is a name of no known class, which may be an alias."""
        if TypeKind.UNKNOWN in (a.kind, b.kind):
            return True
        names = (each.name for each in (a, b) if each.kind is TypeKind.NAME)
        is_forward = TypeKind.FORWARD in (a.kind, b.kind)
        return a.kind is not b.kind and not is_forward and any(".*." in n and n not in self._classes for n in names)

    def _variable_fits(self, a: Type, b: Type, known: dict[str, str]) -> bool | None:
        if a.kind is b.kind:
            # The bounds of one variable are facts of the function or class that declares it.
            is_limited = a.name != b.name and bool(b.args) and not a.args
            return not is_limited and known.setdefault(a.name, b.name) == b.name
        if b.kind is TypeKind.VARIABLE:
            return _any(self._fits(a, each, known) for each in b.args) if b.args else True
        return _all(self._fits(each, b, known) for each in a.args) if a.args else False

    def _literal_fits(self, a: Type, b: Type, known: dict[str, str]) -> bool | None:
        if a.kind is not TypeKind.LITERAL:
            return False
        if b.name == _LITERAL_STRING:
            return all(_class_of_value(each.name) == "str" for each in a.args)
        if b.kind is TypeKind.LITERAL:
            return set(a.args) <= set(b.args)
        classes = (Type(kind=TypeKind.NAME, name=_class_of_value(each.name)) for each in a.args)
        return _all(self._fits(each, b, known) for each in classes)

    def _callable_fits(self, a: Type, b: Type, known: dict[str, str]) -> bool | None:  # noqa: PLR0911 - one return a case
        if a.kind is not b.kind:
            other = b if a.kind is TypeKind.CALLABLE else a
            # It may be a class with __call__ or a protocol, which only its members show.
            return False if other.name == "None" or other.name in ("int", "str", "bytes", "float", "bool") else None
        if not a.args or not b.args:
            return True
        result = self._fits(a.args[-1], b.args[-1], known)
        taken, given = a.args[0], b.args[0]
        # Callers choose the value of the variable, and `Concatenate` puts arguments before it.
        is_chosen = (taken.kind, given.kind) == (TypeKind.VARIABLE, TypeKind.PARAMETERS)
        if is_chosen or {taken.kind, given.kind} == {TypeKind.VARIABLE, TypeKind.NAME}:
            return False
        if taken.kind is given.kind is TypeKind.VARIABLE:
            return _all((result, self._variable_fits(taken, given, known)))
        if TypeKind.PARAMETERS not in (taken.kind, given.kind) or taken.kind is not given.kind:
            return result if TypeKind.ELLIPSIS in (taken.kind, given.kind) else None if result else result
        if len(taken.args) != len(given.args):
            return False
        # The parameters of a callable may be wider, so the direction is reversed.
        arguments = (self._fits(y, x, _flipped(known)) for x, y in zip(taken.args, given.args, strict=True))
        return _all((result, *arguments))

    def _class_fits(self, a: Type, b: Type, known: dict[str, str]) -> bool | None:  # noqa: PLR0911 - one return a sort of class
        if (a.name in _GUARDS) != (b.name in _GUARDS):
            return self._fits(_BOOL, b, known) if a.name in _GUARDS else False
        if _LITERAL_STRING in (a.name, b.name) and a.name != b.name:
            return a.name == _LITERAL_STRING and self._fits(_STR, b, known)
        if a.name in _GUARDS and a.name != b.name:
            return a.name == _NARROWING and self._arguments_fit(a, b, known, is_same=True)
        if a.name == b.name or _is_private_twin(a.name, b.name):
            return self._arguments_fit(a, b, known, is_same=True)
        in_library = derives(a.name, b.name)
        if in_library:
            return self._arguments_fit(a, b, known, is_same=False)
        if in_library is not None:
            return False
        return self._derives(a.name, b.name)

    def _derives(self, name: str, other: str) -> bool | None:
        """Return True if a class derives from another, where at least one is not of the standard library."""
        if name in self._new_types:
            return self._fits(self._new_types[name], Type(kind=TypeKind.NAME, name=other), {})
        if other in self._new_types:
            return False
        found = self._classes.get(name)
        if found is None:
            # No class of the standard library derives from a class of others, and of those nothing is known.
            return False if class_of(name) or other in self._classes else None
        class_, names = found
        if not isinstance(class_.mro, tuple):
            return None
        order = [names.name(path) for path in class_.mro]
        if other in order or any(derives(each, other) for each in order):
            return True
        wanted = self._classes.get(other)
        is_structural = other.startswith("collections.abc.") or (wanted and wanted[0].kind is ClassKind.PROTOCOL)
        return None if is_structural or class_.unknown_bases else False

    def _arguments_fit(self, a: Type, b: Type, known: dict[str, str], *, is_same: bool) -> bool | None:
        if not a.args or not b.args:
            return True
        if a.name == "tuple":
            return self._tuple_fits(a, b, known)
        if len(a.args) != len(b.args):
            return None if is_same else True
        pairs = tuple(zip(a.args, b.args, strict=True))
        fits = _all(self._fits(x, y, known) for x, y in pairs)
        if b.name in COVARIANT or not fits:
            return fits
        flipped = _flipped(known)
        return _all((fits, *(self._fits(y, x, flipped) for x, y in pairs)))

    def _tuple_fits(self, a: Type, b: Type, known: dict[str, str]) -> bool | None:
        elements = [each for each in a.args if each.kind is not TypeKind.ELLIPSIS]
        if b.name != "tuple" or b.args[-1].kind is TypeKind.ELLIPSIS:
            return _all(self._fits(each, b.args[0], known) for each in elements)
        if a.args[-1].kind is TypeKind.ELLIPSIS or len(a.args) != len(b.args):
            return False
        return _all(self._fits(x, y, known) for x, y in zip(a.args, b.args, strict=True))


def _chosen(relation: Relation, was: Type, now: Type) -> Relation:
    """Return how results are related, if callers choose the values of the variables in them.

    A result that no longer depends on that choice has changed. One that newly depends on it is the same for the choice
    that was made before, which the parameters show.
    """
    before, after = _variables(was), _variables(now)
    if SELF in set(_named(was)) - set(_named(now)) and relation is Relation.EQUAL:
        return Relation.WIDER
    if len(before) > len(after) and SELF not in _named(now):
        changed = {Relation.NARROWER: Relation.OTHER, Relation.UNKNOWN: Relation.OTHER, Relation.EQUAL: Relation.WIDER}
        return changed.get(relation, relation)
    if relation is Relation.EQUAL and before and SELF not in _named(now):
        # A variable may be any type, but callers choose it: `T | None` is not always `T`.
        names = [Counter(_concrete(each)) for each in (was, now)]
        if names[0] != names[1]:
            return Relation.WIDER if names[0] < names[1] else Relation.NARROWER if names[0] > names[1] else relation
    is_chosen = len(after) > len(before) and relation in (Relation.OTHER, Relation.WIDER)
    return Relation.UNKNOWN if is_chosen else relation


def _asks_for_more(was: Type, now: Type) -> bool:
    """Return True if a parameter that is otherwise the same asks for a type where `Any` had let everything pass."""
    if was.name == ANY:
        is_same = now.name in (ANY, OBJECT) or now.kind in (TypeKind.VARIABLE, TypeKind.UNKNOWN, TypeKind.FORWARD)
        return not is_same
    if (was.kind, was.name, len(was.args)) != (now.kind, now.name, len(now.args)):
        return False
    return any(map(_asks_for_more, was.args, now.args))


def _concrete(type_: Type) -> Iterator[str]:
    """Yield the names of classes in a type, each as often as it occurs."""
    if type_.kind is TypeKind.NAME:
        yield type_.name
    for each in type_.args if type_.kind is not TypeKind.VARIABLE else ():
        yield from _concrete(each)


def _variables(type_: Type) -> frozenset[str]:
    if type_.kind is TypeKind.VARIABLE:
        return frozenset({type_.name})
    return frozenset(name for each in type_.args for name in _variables(each))


def _unlimited(type_: Type) -> Type:
    """Return a type whose variables have neither bounds nor constraints."""
    if not type_.args:
        return type_
    args = () if type_.kind is TypeKind.VARIABLE else tuple(map(_unlimited, type_.args))
    return type_ if args == type_.args else msgspec.structs.replace(type_, args=args)


def has_variables(type_: Type) -> bool:
    """Return True if a type contains a type variable."""
    return bool(_variables(type_))


def _is_private_twin(name: str, other: str) -> bool:
    """Return True if a private class has the name of another one apart from underscores, as if made public or moved."""
    is_private = ".*." in name or ".*." in other
    return is_private and _last(name).lstrip("_") == _last(other).lstrip("_")


def _named(type_: Type) -> Iterator[str]:
    yield type_.name
    for each in type_.args:
        yield from _named(each)


def _with_self(type_: Type, owner: str) -> Type:
    if not owner or (type_.kind is TypeKind.NAME and not type_.args and type_.name != SELF):
        return type_
    if type_.name == SELF:
        return Type(kind=TypeKind.NAME, name=owner)
    args = tuple(_with_self(each, owner) for each in type_.args)
    if args == type_.args:
        return type_
    return union(args) if type_.kind is TypeKind.UNION else msgspec.structs.replace(type_, args=args)


def _class_of_value(text: str) -> str:
    """Return the class of a choice of a literal, given its repr: the enumeration for a member."""
    for name, matches in (
        ("bool", text in ("True", "False")),
        ("None", text == "None"),
        ("bytes", text[:2] in ("b'", 'b"')),
        ("str", text[:1] in ("'", '"')),
        ("int", text.lstrip("-")[:1].isdigit()),
    ):
        if matches:
            return name
    return text.strip("<>").partition(":")[0].rpartition(".")[0]


def _flipped(known: dict[str, str]) -> dict[str, str]:
    return {new: old for old, new in known.items()}


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _all(answers: Iterable[bool | None]) -> bool | None:
    said = list(answers)
    return False if False in said else None if None in said else True


def _any(answers: Iterable[bool | None]) -> bool | None:
    said = list(answers)
    return True if True in said else None if None in said else False
