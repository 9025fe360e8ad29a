"""Differences of type parameters: their number, order, bounds, variance and defaults."""

from __future__ import annotations

from collections.abc import Iterator

from docgen.compare.differences import Difference, Place, difference
from docgen.compare.rules.annotations import Scope
from docgen.compare.rules.relations import Relation, union
from docgen.model import Annotation, Parameter, Type, TypeKind, TypeParameter

_ANY = Type(kind=TypeKind.NAME, name="typing.Any")
_OBJECT = Type(kind=TypeKind.NAME, name="object")


def type_parameters(
    place: Place,
    old: tuple[TypeParameter, ...],
    new: tuple[TypeParameter, ...],
    scope: Scope,
    *,
    is_class: bool,
) -> Iterator[Difference]:
    """Yield how the type parameters of a function, class or alias differ; a variable of another name is the same.

    Those of a function are inferred from its arguments, so callers do not write them, and their number does not matter.
    """
    if is_class and old and (len(old) > len(new) or any(each.default is None for each in new[len(old) :])):
        was, now = (", ".join(each.name for each in side) or "none" for side in (old, new))
        yield difference("type-parameters-changed", place, f"type parameters: `{was}` -> `{now}`", old=was, new=now)
        return
    names = [[each.name for each in side] for side in (old, new)]
    if is_class and names[0] != names[1] and sorted(names[0]) == sorted(names[1]):
        was, now = (", ".join(side) for side in names)
        yield difference("type-parameters-changed", place, f"type parameters: `{was}` -> `{now}`", old=was, new=now)
        return
    for one, other in zip(old, new, strict=False):
        scope.variables.setdefault(one.name, other.name)
        # An inferred variance allows at least what was written, as far as members are the same.
        is_freer = other.variance == "inferred" and one.variance != "inferred"
        is_freer = is_freer or (not one.variance and bool(other.variance))
        if one.kind != other.kind or (one.variance != other.variance and not is_freer):
            before, after = (f"{each.variance or 'invariant'} {each.kind}" for each in (one, other))
            text = f"`{other.name}`: {before} -> {after}"
            yield difference("type-parameters-changed", place, text, old=before, new=after)
        yield from _bounds(place, one, other, scope)
        if is_class:
            yield from _defaults_of_variables(place, one, other, scope)
    if is_class and len(new) > len(old):
        text = f"type parameter `{new[len(old)].name}` added"
        yield difference("type-parameters-extended", place, text)


def _defaults_of_variables(place: Place, was: TypeParameter, now: TypeParameter, scope: Scope) -> Iterator[Difference]:
    """Yield the difference if a class without arguments in brackets now means another type."""
    old, new = was.default, now.default
    if old is not None and new is None:
        text = f"`{now.name}` no longer has a default"
        yield difference("type-parameters-changed", place, text, old=old.written)
    elif old is not None and new is not None and isinstance(old.type, Type) and isinstance(new.type, Type):
        relation = scope.types.relate(old.type, new.type, owners=scope.owners, variables=scope.variables)
        if relation in (Relation.NARROWER, Relation.WIDER, Relation.OTHER):
            text = f"the default of `{now.name}`: `{old.written}` -> `{new.written}`"
            yield difference("type-parameters-changed", place, text, old=old.written, new=new.written)


def _bounds(place: Place, was: TypeParameter, now: TypeParameter, scope: Scope) -> Iterator[Difference]:
    old, new = (_limits(each) for each in (was, now))
    if old == new or (old is not None and new is None):
        return
    before = old or _OBJECT
    relation = scope.types.relate(before, new or before, owners=scope.owners, variables=scope.variables)
    if relation in ("narrower", "other"):
        yield difference("type-parameters-changed", place, f"the bound of `{now.name}` accepts fewer types")


def limits_of_variables(
    place: Place, old: tuple[Parameter, ...], new: tuple[Parameter, ...], scope: Scope
) -> Iterator[Difference]:
    """Yield the type variables of a function, made by `TypeVar()`, that accept fewer types: one difference each."""
    was, now = (
        {each.name: each for parameter in side for each in _variables_in(parameter.annotation)} for side in (old, new)
    )
    for name in was.keys() & now.keys() - scope.of_class:
        limits = [union(side[name].args) if side[name].args else _OBJECT for side in (was, now)]
        # Every object has the members of `object`, yet a protocol such as `Hashable` excludes some objects.
        is_limited = limits[0] == _OBJECT and limits[1] not in (_OBJECT, _ANY)
        if is_limited or scope.types.relate(*limits, owners=scope.owners) in (Relation.NARROWER, Relation.OTHER):
            yield difference("type-parameters-changed", place, f"`{name}` accepts fewer types")


def _variables_in(annotation: object) -> Iterator[Type]:
    if isinstance(annotation, Annotation) and isinstance(annotation.type, Type):
        yield from variables_of(annotation.type)


def variables_of(type_: Type) -> Iterator[Type]:
    """Yield the type variables in a type."""
    if type_.kind is TypeKind.VARIABLE:
        yield type_
        return
    for each in type_.args:
        yield from variables_of(each)


def _limits(parameter: TypeParameter) -> Type | None:
    """Return the bound of a type variable, or its constraints as a union."""
    if parameter.bound is not None:
        return parameter.bound.type if isinstance(parameter.bound.type, Type) else None
    types = [each.type for each in parameter.constraints if isinstance(each.type, Type)]
    return Type(kind=TypeKind.UNION, args=tuple(types)) if types else None
