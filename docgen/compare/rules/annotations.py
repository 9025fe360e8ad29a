"""Differences of annotations: what a changed type means in its position, and how to print it on a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

import msgspec

from docgen.compare.differences import Difference, Place, difference
from docgen.compare.rules.relations import Relation, Types, alternatives
from docgen.compare.rules.texts import type_of_text
from docgen.model import UNKNOWN, Annotation, Type, TypeKind, Unknown

_NONE = Type(kind=TypeKind.NAME, name="None")
_OBJECT = Type(kind=TypeKind.NAME, name="object")
_SHORT = 60
"""Longest annotation that a line shows in full, in characters."""


class Use(StrEnum):
    """The position of an annotation: it describes values that are passed in, or values that are returned."""

    PARAMETER = "parameter"
    RESULT = "result"


_KINDS = {
    (Use.PARAMETER, Relation.NARROWER): "parameter-narrowed",
    (Use.PARAMETER, Relation.OTHER): "parameter-retyped",
    (Use.PARAMETER, Relation.WIDER): "parameter-widened",
    (Use.RESULT, Relation.WIDER): "result-widened",
    (Use.RESULT, Relation.OTHER): "result-retyped",
    (Use.RESULT, Relation.NARROWER): "result-narrowed",
}

Said = Annotation | Unknown | None


class Scope(msgspec.Struct, kw_only=True):
    """Context that the annotations of one function or class share."""

    types: Types
    owners: tuple[str, str] = ("", "")
    """Comparable paths of the class on both sides."""
    variables: dict[str, str] = msgspec.field(default_factory=dict)
    versions: tuple[str, str] = ("", "")
    """Versions of both distributions, because a value that is a version is not a change of the API."""
    is_hashable: bool = True
    """Instances of the class can be hashed."""
    keeps_bases: bool = True
    """The class still derives from all earlier bases."""
    of_class: frozenset[str] = frozenset()
    """Type parameters of the class, on both sides; changes of their bounds are reported once, with the class."""


def annotation_changed(  # noqa: PLR0913 - two sides, where they stand, and what to call them
    place: Place, use: Use, old: Said, new: Said, scope: Scope, *, what: str = "", is_optional: bool = False
) -> Iterator[Difference]:
    """Yield how an annotation differs, nothing if it denotes the same type.

    Parameters:
        place: The symbol.
        use: Its position.
        old: None if there was no annotation.
        new: None if there is no annotation.
        scope: The context of the function or class.
        what: The name of the annotated parameter, for the text.
        is_optional: The default is None, so that the type includes None even if it is not written.
    """
    if old is UNKNOWN or new is UNKNOWN or old == new or (isinstance(new, Annotation) and new.is_bare_qualifier):
        return
    parameter = what if use is Use.PARAMETER else ""
    subject = f"`{what}`" if what else "the result"
    if not (isinstance(old, Annotation) and isinstance(new, Annotation)):
        shown, word = (new, "is now annotated") if isinstance(new, Annotation) else (old, "is no longer annotated")
        assert isinstance(shown, Annotation)  # noqa: S101 - not both are None: they would be equal
        text = f"{subject} {word}: {_short(shown.written)}"
        was, now = (side.written if isinstance(side, Annotation) else "" for side in (old, new))
        yield difference("annotation-written", place, text, old=was, new=now, parameter=parameter)
        return
    relation = _relation(old, new, scope, is_optional=is_optional, is_result=use is Use.RESULT)
    if relation is Relation.EQUAL:
        return
    if relation is Relation.DYNAMIC and use is Use.RESULT and new.type == _OBJECT:
        relation = Relation.WIDER  # Anything that users did with the value is not available on `object`.
    kind = _KINDS.get((use, relation))
    if kind is None:
        kind = "annotation-written" if relation is Relation.DYNAMIC else "annotation-unrelated"
    text = f"{subject}: {_change(old, new, scope)}"
    yield difference(kind, place, text, old=old.written, new=new.written, parameter=parameter)


def _relation(old: Annotation, new: Annotation, scope: Scope, *, is_optional: bool, is_result: bool) -> Relation:
    was: Type | Unknown | None = old.type
    now: Type | Unknown | None = new.type
    if not isinstance(was, Type) or not isinstance(now, Type):
        if not _texts(old).isdisjoint(_texts(new)):
            return Relation.EQUAL
        was, now = (type_of_text(each.evaluated or each.written) for each in (old, new))
    if was is None or now is None:
        return Relation.UNKNOWN
    if is_optional:
        was, now = (Type(kind=TypeKind.UNION, args=(each, _NONE)) for each in (was, now))
    return scope.types.relate(was, now, owners=scope.owners, variables=scope.variables, is_result=is_result)


def _texts(annotation: Annotation) -> set[str]:
    return {text.strip("'\"") for text in (annotation.written, annotation.evaluated) if text}


def _change(old: Annotation, new: Annotation, scope: Scope) -> str:
    """Return both annotations, or for long unions and literals the members that were removed and added."""
    if len(old.written) <= _SHORT and len(new.written) <= _SHORT and old.written != new.written:
        return f"`{old.written}` -> `{new.written}`"
    if isinstance(old.type, Type) and isinstance(new.type, Type):
        was = {each: _spelled(each) for each in alternatives(scope.types.old.comparable(old.type))}
        now = {each: _spelled(each) for each in alternatives(scope.types.new.comparable(new.type))}
        lost, new_ones = [each for each in was if each not in now], [each for each in now if each not in was]
        gone, come = [was[each] for each in lost], [now[each] for each in new_ones]
        if set(gone) & set(come):  # Two classes of one name.
            gone, come = ([each.name or _spelled(each) for each in side] for side in (lost, new_ones))
        if len(was) > len(gone) or old.written == new.written:
            said = (("without", gone, come), ("with", come, gone))
            return " and ".join(f"{word} {_listed(names, others)}" for word, names, others in said if names)
    return f"{_short(old.written, [new.written])} -> {_short(new.written, [old.written])}"


def _listed(names: list[str], others: list[str]) -> str:
    shown = ", ".join(_short(name, others) for name in names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown  # noqa: PLR2004 - three are shown


def _spelled(type_: Type) -> str:
    """Return a type on one line, with names without their modules."""
    name = type_.name.rpartition(".")[2] if type_.kind is not TypeKind.VALUE else type_.name
    args = [_spelled(each) for each in type_.args]
    if type_.kind is TypeKind.LITERAL:
        return ", ".join(args)
    if type_.kind is TypeKind.UNION:
        return " | ".join(args)
    if type_.kind is TypeKind.ELLIPSIS:
        return "..."
    if type_.kind is TypeKind.PARAMETERS:
        return f"[{', '.join(args)}]"
    if type_.kind is TypeKind.CALLABLE:
        name = "Callable"
    return f"{name}[{', '.join(args)}]" if args and type_.kind is not TypeKind.VARIABLE else name


def _short(text: str, others: Sequence[str] = ()) -> str:
    """Return an annotation as code, with the part that tells it from others if it is too long for a line."""
    if len(text) <= _SHORT:
        return f"`{text}`"
    same = max((_first_difference(text, other) for other in others), default=0)
    # The names before the first difference show where in the annotation it is.
    start = max(0, same - _SHORT // 2)
    shown = f"...{text[start:]}" if start else text
    return f"`{shown}`" if len(shown) <= _SHORT else f"`{shown[: _SHORT - 3]}...`"


def _first_difference(text: str, other: str) -> int:
    pairs = enumerate(zip(text, other, strict=False))
    return next((place for place, (mine, theirs) in pairs if mine != theirs), min(len(text), len(other)))
