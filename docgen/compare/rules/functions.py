"""Differences of two functions: how they are called, what they accept and return, what their decorators do."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import msgspec

from docgen.compare.catalogue import Level
from docgen.compare.differences import Difference, Place, difference
from docgen.compare.rules.actions import WHERE, Actions, actions
from docgen.compare.rules.annotations import Scope, Use, annotation_changed
from docgen.compare.rules.calls import compare_calls
from docgen.compare.rules.decorators import decorations
from docgen.compare.rules.options import options
from docgen.compare.rules.outcomes import caching, hooks, results
from docgen.compare.rules.overloads import overload_changes, overload_results
from docgen.compare.rules.relations import Relation
from docgen.compare.rules.remarks import conditions, deprecations, docs, finals
from docgen.compare.rules.signatures import annotations_joined, signatures, types_joined
from docgen.compare.rules.uses import is_made_otherwise, is_managed_alike, uses
from docgen.model import BY_POSITION, Function, Overload, ParameterKind, Signature

_COMMANDS = frozenset({"callback", "command", "group"})
"""Decorators of click and typer, whatever object they are methods of."""
_FOR_FRAMEWORKS = frozenset({
    "click.command", "click.group", "rich_click.command", "rich_click.group",
    "pytest.fixture", "pytest.yield_fixture",
})  # fmt: skip
"""Decorators of functions that only a framework calls, with arguments that it finds by parameter name."""


def functions(place: Place, old: Function, new: Function, scope: Scope) -> Iterator[Difference]:
    """Yield how a function differs: one difference for its calls, one for all parameters with the same type change."""
    yield from types_joined(annotations_joined(_once_each([*_functions(place, old, new, scope)])))


def _once_each(found: list[Difference]) -> Iterator[Difference]:
    """Yield the differences of a function, without those that follow from calls that are no longer accepted.

    Overloads, and what the body does with a parameter, differ for the same reason as the parameters.
    """
    named = {name for each in found if each.level is Level.MAJOR for name in _parameters_of(each)}
    for each in found:
        is_of_body = each.name == "argument-handling" and each.parameter in named
        is_of_overloads = each.name == "overload-removed" and bool(named)
        tested = each.text.partition("`")[2].partition("`")[0]
        is_tested = each.text.startswith(WHERE) and not named.isdisjoint(re.findall(r"\w+", tested))
        if not (is_of_body or is_of_overloads or is_tested):
            yield each


def _parameters_of(found: Difference) -> list[str]:
    """Return the parameters of a difference that is about calls or types, not about the body."""
    if found.name in ("argument-handling", "overload-removed", "override-outdated"):
        return []
    return found.parameter.replace(" -> ", ", ").split(", ") if found.parameter else []


def _functions(place: Place, old: Function, new: Function, scope: Scope) -> Iterator[Difference]:
    if is_comparable(old, new) and not _is_command(old, new):
        was, now = as_called(old, new), _as_declared(place, old, new)
        for each in signatures(place, _as_passed(was, old), _as_passed(now, new), scope):
            # Where there are overloads, these say which types are accepted.
            if not (new.overloads and each.name in ("parameter-narrowed", "parameter-retyped")):
                yield each
    is_managed = is_managed_alike(old, new, scope)
    yield from uses(place, old, new, is_managed=is_managed)
    yield from hooks(place, old, new)
    yield from caching(place, old, new, is_hashable=scope.is_hashable)
    if not is_managed and not is_made_otherwise(old, new):
        yield from _results(place, old, new, scope)
        yield from results(place, old, new, scope.types)
        yield from _given(place, old, new, scope)
        yield from actions(place, old, new, scope.types, keeps_bases=scope.keeps_bases)
        yield from options(place, Actions(old.outcome), Actions(new.outcome))
    yield from overload_changes(place, old, new, scope)
    yield from decorations(place, old, new)
    yield from _attributes(place, old, new)
    yield from _registrations(place, old, new, scope)
    yield from deprecations(place, old.deprecation, new.deprecation)
    yield from conditions(place, old.condition, new.condition)
    yield from finals(place, was=old.is_final, now=new.is_final)
    yield from docs(place, old.docstring, new.docstring)


def _is_command(old: Function, new: Function) -> bool:
    """Return True if a decorator of a framework makes a command of a function, which is called with a command line."""
    sides = [_decorators_of(each) or () for each in (old, new)]
    return all(any(path.rpartition(".")[2] in _COMMANDS for path in side) for side in sides)


def is_comparable(old: Function, new: Function) -> bool:
    """Return True if the new signature is known, or no decorator of unknown effect is new.

    A removed decorator may have accepted more than the old function shows; that function accepted at least this.
    """
    if new.is_signature_known:
        return True
    was, now = _decorators_of(old), _decorators_of(new)
    if was is None or now is None or old.is_signature_known or not _FOR_FRAMEWORKS.isdisjoint(now):
        return False
    return set(now) <= set(was)


def _decorators_of(function: Function) -> tuple[str, ...] | None:
    return tuple(each.path for each in function.decorators) if isinstance(function.decorators, tuple) else None


def as_called(old: Function, new: Function) -> Signature:
    """Return the signature for calls of the old function, adjusted to the decorators of both sides.

    An unknown decorator that was removed may have supplied a required first argument that the new function does not
    take. If a decorator of the new function passes on parameters under other names, those are used.
    """
    signature = _as_called(old, new)
    was = signature.parameters
    renamed = dict(new.old_names) if isinstance(was, tuple) else {}
    if not isinstance(was, tuple) or not any(each.name in renamed for each in was):
        return signature
    taken = {each.name for each in was}
    names = {before: after for before, after in renamed.items() if after not in taken}
    parameters = tuple(msgspec.structs.replace(each, name=names.get(each.name, each.name)) for each in was)
    return msgspec.structs.replace(signature, parameters=parameters)


def _as_called(old: Function, new: Function) -> Signature:
    was, now = old.signature.parameters, new.signature.parameters
    is_kept = old.is_signature_known or _decorators_of(old) == _decorators_of(new)
    if is_kept or not isinstance(was, tuple) or not isinstance(now, tuple):
        return old.signature
    taken = {each.name for each in now}
    given = list(itertools.takewhile(lambda each: each.default is None and each.name not in taken, was))
    return msgspec.structs.replace(old.signature, parameters=was[len(given) :])


def _as_passed(signature: Signature, function: Function) -> Signature:
    """Return the signature that the decorators of a function leave to its callers."""
    taken = signature.parameters
    if BY_POSITION not in function.effects or not isinstance(taken, tuple):
        return signature
    by_position = tuple(
        msgspec.structs.replace(each, kind=ParameterKind.POSITIONAL_ONLY)
        if each.kind is ParameterKind.POSITIONAL_OR_KEYWORD
        else each
        for each in taken
        if each.kind not in (ParameterKind.KEYWORD_ONLY, ParameterKind.VAR_KEYWORD)
    )
    return msgspec.structs.replace(signature, parameters=by_position)


def _as_declared(place: Place, old: Function, new: Function) -> Signature:
    """Return the signature to compare calls with: the overload that accepts the old ones, if there is `*args`.

    An implementation that takes any arguments does not show what it accepts; its overloads do.
    """
    was, now = old.signature.parameters, new.signature.parameters
    if not isinstance(was, tuple) or not isinstance(now, tuple):
        return new.signature
    name = place.symbol.rpartition(".")[2]
    takes_any = any(each.kind is ParameterKind.VAR_POSITIONAL for each in now)
    if takes_any and not old.overloads:  # Overloads of both are compared with each other.
        for overload in new.overloads:
            declared = overload.signature.parameters
            if isinstance(declared, tuple) and not compare_calls(name, was, declared).breaking:
                return overload.signature
    return new.signature


def _results(place: Place, old: Function, new: Function, scope: Scope) -> Iterator[Difference]:
    if new.overloads and not old.overloads:
        # Callers do not see the implementation of overloads.
        yield from overload_results(place, Overload(signature=old.signature), new.overloads, scope)
    elif not new.overloads:
        yield from annotation_changed(place, Use.RESULT, old.signature.returns, new.signature.returns, scope)


def _given(place: Place, old: Function, new: Function, scope: Scope) -> Iterator[Difference]:
    """Yield how the returned function differs, if both functions define one in their body and return it."""
    if old.returned is not None and new.returned is not None:
        for each in functions(place, old.returned, new.returned, scope):
            yield msgspec.structs.replace(each, text=f"the function that it returns: {each.text}")


def _attributes(place: Place, old: Function, new: Function) -> Iterator[Difference]:
    """Yield the attributes of a function that its module no longer sets."""
    for name in old.attributes:
        if name not in new.attributes:
            yield difference("symbol-removed", place.at(f"{place.symbol}.{name}"), "attribute of the function removed")


def _registrations(place: Place, old: Function, new: Function, scope: Scope) -> Iterator[Difference]:
    """Yield the types for which a dispatched function no longer has a variant of its own."""
    for type_ in old.registered if new.registered else ():
        related = (scope.types.relate(type_, each) for each in new.registered)
        if not any(each in (Relation.EQUAL, Relation.WIDER, Relation.UNKNOWN) for each in related):
            yield difference("effect-removed", place, f"no variant is registered for `{type_.name}` any more")
