"""Differences of the overloads of a function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from docgen.compare.catalogue import Level
from docgen.compare.differences import Difference, Place, difference
from docgen.compare.rules.annotations import Scope, Use, annotation_changed
from docgen.compare.rules.calls import compare_calls
from docgen.compare.rules.signatures import signatures, written_annotation
from docgen.compare.rules.type_parameters import variables_of
from docgen.model import Annotation, Function, Overload, Signature, Type, TypeKind


def overload_changes(place: Place, old: Function, new: Function, scope: Scope) -> Iterator[Difference]:
    """Compare sets of overloads by the calls that a type checker accepts."""
    if new.overloads and not old.overloads and not _takes_whole(place, old.signature, new.overloads, scope):
        shown = _shown(place.symbol.rpartition(".")[2], old.signature)
        yield difference("overload-removed", place, f"no overload accepts `{shown}`", old=shown)
    if not old.overloads or _are_alike(place, old.overloads, new.overloads, scope):
        return
    name = place.symbol.rpartition(".")[2]
    offered = new.overloads or (Overload(signature=new.signature),)
    for overload in old.overloads:
        if not any(_accepts(place, overload.signature, each.signature, scope) for each in offered):
            shown = _shown(name, overload.signature)
            yield difference("overload-removed", place, f"no overload accepts `{shown}`", old=shown)
            return
        yield from (found := tuple(overload_results(place, overload, offered, scope)))
        if found:
            return
    was, now = ([text for each in side for text in _parameters(each.signature)] for side in (old.overloads, offered))
    pairs = (("without", was, now), ("with", now, was))
    sides = [(word, [each for each in dict.fromkeys(one) if each not in other]) for word, one, other in pairs]
    text = " and ".join(f"{word} {', '.join(map('`{}`'.format, texts))}" for word, texts in sides if texts)
    yield difference("overload-changed", place, text or f"{len(old.overloads)} overloads -> {len(new.overloads)}")


def _takes_whole(place: Place, old: Signature, offered: tuple[Overload, ...], scope: Scope) -> bool:
    """Return True if some overload takes what a parameter accepted; several overloads may share a union."""
    taken = old.parameters if isinstance(old.parameters, tuple) else ()
    known = {each.name: each.annotation for each in taken}
    single = {
        name
        for name, annotation in known.items()
        if isinstance(annotation, Annotation)
        and isinstance(annotation.type, Type)
        and annotation.type.kind is TypeKind.NAME
    }
    for overload in offered:
        own = Scope(types=scope.types, owners=scope.owners, of_class=scope.of_class)
        narrowed = {
            each.parameter
            for each in signatures(place, old, overload.signature, own)
            if each.name in ("parameter-narrowed", "parameter-retyped")
        }
        if not narrowed & single:
            return True
    return False


def overload_results(place: Place, old: Overload, offered: tuple[Overload, ...], scope: Scope) -> Iterator[Difference]:
    """Yield that a call which an overload accepted now returns another type, whichever overload accepts it."""
    returns = old.signature.returns
    type_ = returns.type if isinstance(returns, Annotation) else None
    if not isinstance(type_, Type) or any(variables_of(scope.types.old.comparable(type_))):
        return  # Each overload may be an instance of the type variables.
    first: Difference | None = None
    for each in offered:
        if not _accepts(place, old.signature, each.signature, scope):
            continue
        own = Scope(types=scope.types, owners=scope.owners, of_class=scope.of_class)
        was, now = old.signature.returns, each.signature.returns
        changes = [each for each in annotation_changed(place, Use.RESULT, was, now, own) if each.level is Level.MAJOR]
        if not changes:
            return
        first = first or changes[0]
        if _takes_all(place, old.signature, each.signature, scope):
            break  # Type checkers look no further.
    if first is not None:
        shown = _shown(place.symbol.rpartition(".")[2], old.signature)
        yield msgspec.structs.replace(first, text=f"{first.text} for `{shown}`")


def _are_alike(place: Place, old: tuple[Overload, ...], new: tuple[Overload, ...], scope: Scope) -> bool:
    if len(old) != len(new):
        return False
    for one, other in zip(old, new, strict=True):
        was, now = one.signature, other.signature
        own = Scope(types=scope.types, owners=scope.owners, of_class=scope.of_class)
        changes = (
            *signatures(place, was, now, own),
            *annotation_changed(place, Use.RESULT, was.returns, now.returns, own),
        )
        if any(each.level is not Level.DOCS and each.name != "annotation-unrelated" for each in changes):
            return False
    return True


def _accepts(place: Place, old: Signature, new: Signature, scope: Scope) -> bool:
    """Return True if an overload takes the calls of another one; a union may be spread over several overloads."""
    if not isinstance(old.parameters, tuple) or not isinstance(new.parameters, tuple):
        return True
    name = place.symbol.rpartition(".")[2]
    if compare_calls(name, old.parameters, new.parameters).breaking:
        return False
    own = Scope(types=scope.types, owners=scope.owners, of_class=scope.of_class)
    taken = {each.name: each.annotation for each in old.parameters}
    return not any(
        each.name == "parameter-retyped"
        or (each.name == "parameter-narrowed" and _takes_anything(taken, each.parameter))
        for each in signatures(place, old, new, own)
    )


def _takes_anything(taken: Mapping[str, object], name: str) -> bool:
    """Return True if a parameter has an unbounded type variable, so that no overloads can share its arguments."""
    said = taken.get(name)
    type_ = said.type if isinstance(said, Annotation) else None
    return isinstance(type_, Type) and type_.kind is TypeKind.VARIABLE and not type_.args


def _takes_all(place: Place, old: Signature, new: Signature, scope: Scope) -> bool:
    """Return True if an overload accepts every argument that another one accepts."""
    own = Scope(types=scope.types, owners=scope.owners, of_class=scope.of_class)
    return not any(
        each.level is Level.MAJOR or each.name == "annotation-unrelated" for each in signatures(place, old, new, own)
    )


def _shown(name: str, signature: Signature) -> str:
    return f"{name}({', '.join(_parameters(signature))})"


def _parameters(signature: Signature) -> list[str]:
    """Return each parameter with its annotation, as code."""
    parameters = signature.parameters if isinstance(signature.parameters, tuple) else ()
    return [
        f"{each.name}: {written_annotation(each)}" if written_annotation(each) else each.name for each in parameters
    ]
