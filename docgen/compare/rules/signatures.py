"""Differences of two signatures: calls that are no longer accepted, and types and defaults of parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from docgen.compare.catalogue import Level
from docgen.compare.differences import Difference, Place, difference
from docgen.compare.rules.annotations import Scope, Use, annotation_changed
from docgen.compare.rules.calls import CallChange, Cause, compare_calls
from docgen.compare.rules.relations import alternatives
from docgen.compare.rules.type_parameters import limits_of_variables, type_parameters
from docgen.compare.rules.values import Likeness, alike, hold_versions, is_literal, is_prose
from docgen.compare.standard import class_of
from docgen.model import Annotation, Parameter, ParameterKind, Signature, Type, TypeKind, Unknown, Value

_LONGEST_VALUE = 40
_UNPACK = "typing.Unpack"
_EMPTY = {"[]", "{}", "()", "set()"}
_FALSE = {"False", "''", "b''"}
TYPES_OF_PARAMETERS = frozenset({"parameter-narrowed", "parameter-retyped", "parameter-widened"})
"""Kinds of differences of a parameter's type, whose text begins with the name of the parameter."""


def annotations_joined(found: Iterable[Difference]) -> Iterator[Difference]:
    """Yield differences, with all annotations that a function gained, or lost, as one."""
    bare: dict[bool, list[Difference]] = {}
    for each in found:
        if each.name == "annotation-written" and "" in (each.old, each.new):
            bare.setdefault(bool(each.new), []).append(each)
        else:
            yield each
    for is_added, joined in bare.items():
        if len(joined) == 1:
            yield joined[0]
            continue
        subjects = ", ".join(f"`{each.parameter}`" if each.parameter else "the result" for each in joined)
        names = ", ".join(each.parameter for each in joined if each.parameter)
        text = f"{'now' if is_added else 'no longer'} annotated: {subjects}"
        yield msgspec.structs.replace(joined[0], text=text, old="", new="", parameter=names)


def types_joined(found: Iterable[Difference]) -> Iterator[Difference]:
    """Yield differences, with the parameters that have the same change of type as one."""
    alike: dict[tuple[str, ...], list[Difference]] = {}
    for number, each in enumerate(found):
        subject = f"`{each.parameter}`: "
        is_typed = each.name in TYPES_OF_PARAMETERS and each.text.startswith(subject)
        what = each.text.removeprefix(subject) if is_typed else str(number)
        alike.setdefault((each.name, what, each.old, each.new), []).append(each)
    for (_, what, *_), group in alike.items():
        names = [each.parameter for each in group]
        text = f"{', '.join(f'`{name}`' for name in names)}: {what}"
        yield group[0] if not names[1:] else msgspec.structs.replace(group[0], text=text, parameter=", ".join(names))


def signatures(place: Place, old: Signature, new: Signature, scope: Scope) -> Iterator[Difference]:
    """Yield how the parameters of a function, a constructor or a callable object differ."""
    if not isinstance(old.parameters, tuple) or not isinstance(new.parameters, tuple):
        return
    # First, match the type variables of both sides.
    yield from type_parameters(place, old.type_parameters, new.type_parameters, scope, is_class=False)
    if old.parameters == new.parameters:
        return
    if not old.type_parameters and not new.type_parameters:
        yield from limits_of_variables(place, old.parameters, new.parameters, scope)
    change = compare_calls(place.symbol.rpartition(".")[2], old.parameters, new.parameters)
    yield from _with_defaults([*_calls(place, change)], [*_defaults(place, change.pairs, scope.versions)])
    for was, now in change.pairs:
        yield from _annotations(place, was, now, scope)
    for was, now in change.pairs:
        yield from _accepted(place, was, now, scope)
    for was, now in change.pairs:
        if was.description and now.description and was.description != now.description:
            yield difference("docs-changed", place, f"description of `{now.name}` changed", parameter=now.name)


def _annotations(place: Place, was: Parameter, now: Parameter, scope: Scope) -> Iterator[Difference]:
    """Yield the differences in the annotation of a parameter."""
    if was.kind is now.kind is ParameterKind.VAR_KEYWORD and "Unpack[" in written_annotation(now):
        # A TypedDict that declares the keywords is compared key by key.
        if "Unpack[" not in written_annotation(was):
            text = f"`**{now.name}`: only the keywords of `{written_annotation(now)}` are taken"
            yield difference("parameter-narrowed", place, text, new=written_annotation(now), parameter=now.name)
        return
    is_optional = _is_none(was.default) and _is_none(now.default)
    before, after = was.annotation, now.annotation
    if was.kind is now.kind is ParameterKind.VAR_POSITIONAL and _is_unpacked(before) != _is_unpacked(after):
        before, after = (_as_tuple(each) for each in (before, after))
    yield from annotation_changed(place, Use.PARAMETER, before, after, scope, what=now.name, is_optional=is_optional)


def _accepted(place: Place, was: Parameter, now: Parameter, scope: Scope) -> Iterator[Difference]:
    """Yield that the body refuses arguments of types that it accepted, and that no annotation excluded."""
    if now.accepted is None or was.accepted == now.accepted:
        return
    if was.accepted is not None and not _is_of_classes(was.accepted, scope):
        return  # A name for several classes, of older versions of Python for instance.
    text = f"`{now.name}`: anything but `{now.accepted.written}` is refused now"
    before = was.accepted or was.annotation
    reported = difference("parameter-narrowed", place, text, old="", new=now.accepted.written, parameter=now.name)
    if before is None:
        yield reported
    elif isinstance(before, Annotation):
        found = annotation_changed(place, Use.PARAMETER, before, now.accepted, scope, what=now.name)
        yield from (reported for each in found if each.level is Level.MAJOR)


def _with_defaults(calls: list[Difference], defaults: list[Difference]) -> Iterator[Difference]:
    """Yield the differences of a signature; changed defaults belong to the same edit as calls that fail."""
    changed = [each for each in defaults if each.name == "default-changed"]
    if not changed or not calls or calls[0].level is not Level.MAJOR:
        yield from (*calls, *defaults)
        return
    first, (default,) = calls[0], changed
    names = ", ".join(filter(None, (first.parameter, default.parameter)))
    yield msgspec.structs.replace(first, text=f"{first.text}; {default.text}", parameter=names)
    yield from (each for each in (*calls[1:], *defaults) if each is not default)


def _is_of_classes(annotation: Annotation, scope: Scope) -> bool:
    """Return True if the types of an annotation are known classes."""
    types = alternatives(annotation.type) if isinstance(annotation.type, Type) else ()
    known = scope.types.old.index.classes
    return bool(types) and all(each.name in known or class_of(each.name) is not None for each in types)


def _is_unpacked(annotation: object) -> bool:
    return isinstance(annotation, Annotation) and isinstance(annotation.type, Type) and annotation.type.name == _UNPACK


def _as_tuple(annotation: Annotation | Unknown | None) -> Annotation | Unknown | None:
    """Return the annotation of `*args` as that of the tuple that the function receives. Source: PEP 646."""
    if not isinstance(annotation, Annotation) or not isinstance(annotation.type, Type):
        return annotation
    many = Type(kind=TypeKind.NAME, name="tuple", args=(annotation.type, Type(kind=TypeKind.ELLIPSIS)))
    return msgspec.structs.replace(annotation, type=annotation.type.args[0] if _is_unpacked(annotation) else many)


def _calls(place: Place, change: CallChange) -> Iterator[Difference]:
    if change.breaking:
        text = "; ".join(cause.text for cause in change.breaking)
        names = _names(change.breaking)
        yield difference(change.breaking[0].kind, place, text, witness=change.witness, parameter=names)
    for kind in dict.fromkeys(cause.kind for cause in change.compatible):
        causes = [cause for cause in change.compatible if cause.kind == kind]
        yield difference(kind, place, "; ".join(cause.text for cause in causes), parameter=_names(causes))


def _names(causes: tuple[Cause, ...] | list[Cause]) -> str:
    return ", ".join(dict.fromkeys(name for cause in causes for name in cause.parameters))


def _defaults(
    place: Place, pairs: tuple[tuple[Parameter, Parameter], ...], versions: tuple[str, str]
) -> Iterator[Difference]:
    found: dict[str, list[tuple[str, str]]] = {}
    for was, now in pairs:
        if not isinstance(was.default, Value) or not isinstance(now.default, Value):
            continue
        if "Ellipsis" in (was.default.text, now.default.text) and _is_of_stub(place):
            continue  # A stub writes `...` for a default that it does not say.
        kind = value_change(was.default, now.default, "default-changed", "default-respelled")
        if kind and hold_versions(versions, was.default, now.default):
            kind = "default-respelled"
        if kind:
            before, after = short_pair(was.default, now.default)
            text = f"`{now.name}={before}` -> `{after}`"
            found.setdefault(kind, []).append((now.name, text))
    for kind, changes in found.items():
        names, texts = zip(*changes, strict=True)
        yield difference(kind, place, ", ".join(texts), parameter=", ".join(names))


def _is_of_stub(place: Place) -> bool:
    """Return True if a side was read from a stub."""
    return any(each is not None and each.file.endswith(".pyi") for each in (place.old, place.new))


def value_change(old: Value, new: Value, changed: str, respelled: str) -> str:
    """Return the kind of difference of two values, empty if they are the same.

    A change between None and another placeholder for an argument that was not given does not show what the function
    does.
    """
    likeness = alike(old, new)
    if likeness is Likeness.SAME:
        return ""
    if likeness is Likeness.OTHER and is_literal(old) and is_literal(new):
        # None or a tuple in place of an empty list avoids sharing it between calls, with the same result.
        is_empty = all(each.text in _EMPTY or _is_none(each) for each in (old, new))
        # Nor does a condition tell None from False; None often says that a parameter is deprecated.
        is_off = {old.text, new.text} == {"None", "False"} or (_is_none(old) and new.text in _FALSE)
        return respelled if is_empty or is_off or is_prose(old, new) else changed
    return changed if likeness is Likeness.OTHER and not (_is_none(old) or _is_none(new)) else respelled


def short_pair(old: Value, new: Value) -> tuple[str, str]:
    """Return two values as code that fits into a line, and shows where they differ."""
    was, now = short(old), short(new)
    if was != now or old.text == new.text:
        return was, now
    pairs = zip(old.text, new.text, strict=False)
    same = next((place for place, (one, other) in enumerate(pairs) if one != other), min(len(old.text), len(new.text)))
    start, end = max(same - _LONGEST_VALUE // 4, 0), same + _LONGEST_VALUE // 2
    return f"...{old.text[start:end]}...", f"...{new.text[start:end]}..."


def short(value: Value) -> str:
    """Return a value as code that fits into a line."""
    text = value.written if value.is_factory and value.written else value.text
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 3]}..."


def _is_none(default: object) -> bool:
    return isinstance(default, Value) and default.text == "None"


def written_annotation(parameter: Parameter) -> str:
    """Return the annotation of a parameter as written, empty if it has none."""
    return parameter.annotation.written if isinstance(parameter.annotation, Annotation) else ""
