"""Differences of two functions: how they are called, what they accept and return, what their decorators do."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from docgen.compare.actions import actions
from docgen.compare.annotations import Scope, Use, annotation_changed
from docgen.compare.calls import CallChange, Cause, compare_calls
from docgen.compare.catalogue import Level
from docgen.compare.decorators import decorations
from docgen.compare.differences import Difference, Place, difference
from docgen.compare.outcomes import MADE, caching, class_named, hooks, outcome_of, refusals, results
from docgen.compare.relations import Relation, union
from docgen.compare.standard import ITERATED
from docgen.compare.values import Likeness, alike, hold_versions, is_literal
from docgen.model import (
    BY_POSITION,
    UNKNOWN,
    Annotation,
    Docstring,
    Function,
    Overload,
    Parameter,
    ParameterKind,
    Receiver,
    Signature,
    Type,
    TypeKind,
    TypeParameter,
    Unknown,
    Value,
)

_LONGEST_VALUE = 40
_UNPACK = "typing.Unpack"
_ANY = Type(kind=TypeKind.NAME, name="typing.Any")
_OBJECT = Type(kind=TypeKind.NAME, name="object")
_EMPTY = {"[]", "{}", "()", "set()"}
_PLATFORM = re.compile(r"\b(sys\.platform|os\.name|platform\.system\(\)|platform\.python_implementation\(\))")
_VERSION = re.compile(r"(sys\.)?version_info(\[:2\])? (?P<operator>>=|>|<=?|==) \(3, (?P<minor>\d+)[\d, ]*\)")
_OLDEST_MINOR = 10
"""The oldest version of Python 3 that is still maintained."""
_FIXTURES = frozenset({"pytest.fixture", "pytest.yield_fixture"})
"""Decorators of functions that only a framework calls, with arguments that it finds by parameter name."""
TYPES_OF_PARAMETERS = frozenset({"parameter-narrowed", "parameter-retyped", "parameter-widened"})
"""Kinds of differences of a parameter's type, whose text begins with the name of the parameter."""
_AWAITABLES = ("collections.abc.Awaitable", "collections.abc.Coroutine")


def functions(place: Place, old: Function, new: Function, scope: Scope) -> Iterator[Difference]:
    """Yield how a function differs: one difference for its calls, one for all parameters with the same type change."""
    yield from types_joined(_annotations_joined(_functions(place, old, new, scope)))


def _functions(place: Place, old: Function, new: Function, scope: Scope) -> Iterator[Difference]:
    if is_comparable(old, new):
        was, now = as_called(old, new), _as_declared(place, old, new)
        for each in signatures(place, _as_passed(was, old), _as_passed(now, new), scope):
            # Where there are overloads, these say which types are accepted.
            if not (new.overloads and each.name in ("parameter-narrowed", "parameter-retyped")):
                yield each
    is_managed_alike = _is_managed_alike(old, new, scope)
    yield from _kinds(place, old, new, is_managed_alike=is_managed_alike)
    yield from hooks(place, old, new)
    yield from caching(place, old, new, is_hashable=scope.is_hashable)
    if not is_managed_alike and not _is_made_otherwise(old, new):
        yield from _results(place, old, new, scope)
        yield from results(place, old, new, scope.types)
        yield from _given(place, old, new, scope)
        yield from actions(place, old, new, scope.types, keeps_bases=scope.keeps_bases)
    yield from _overloads(place, old, new, scope)
    yield from decorations(place, old, new)
    yield from _attributes(place, old, new)
    yield from _registrations(place, old, new, scope)
    yield from deprecations(place, old.deprecation, new.deprecation)
    yield from conditions(place, old.condition, new.condition)
    yield from finals(place, was=old.is_final, now=new.is_final)
    yield from docs(place, old.docstring, new.docstring)


def is_comparable(old: Function, new: Function) -> bool:
    """Return True if the new signature is known, or no decorator of unknown effect is new.

    A removed decorator may have accepted more than the old function shows; that function accepted at least this.
    """
    if new.is_signature_known:
        return True
    was, now = _decorators_of(old), _decorators_of(new)
    if was is None or now is None or old.is_signature_known or not _FIXTURES.isdisjoint(now):
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


def _annotations_joined(found: Iterable[Difference]) -> Iterator[Difference]:
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
        yield from _limits_of_variables(place, old.parameters, new.parameters, scope)
    change = compare_calls(place.symbol.rpartition(".")[2], old.parameters, new.parameters)
    yield from _calls(place, change)
    yield from _defaults(place, change.pairs, scope.versions)
    for was, now in change.pairs:
        yield from _annotations(place, was, now, scope)
    for was, now in change.pairs:
        yield from _accepted(place, was, now, scope)
    for was, now in change.pairs:
        if was.description and now.description and was.description != now.description:
            yield difference("docs-changed", place, f"description of `{now.name}` changed", parameter=now.name)


def _annotations(place: Place, was: Parameter, now: Parameter, scope: Scope) -> Iterator[Difference]:
    """Yield the differences in the annotation of a parameter."""
    if was.kind is now.kind is ParameterKind.VAR_KEYWORD and "Unpack[" in _written(now):
        # A TypedDict that declares the keywords is compared key by key.
        if "Unpack[" not in _written(was):
            text = f"`**{now.name}`: only the keywords of `{_written(now)}` are taken"
            yield difference("parameter-narrowed", place, text, new=_written(now), parameter=now.name)
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
    text = f"`{now.name}`: anything but `{now.accepted.written}` is refused now"
    before = was.accepted or was.annotation
    reported = difference("parameter-narrowed", place, text, old="", new=now.accepted.written, parameter=now.name)
    if before is None:
        yield reported
    elif isinstance(before, Annotation):
        found = annotation_changed(place, Use.PARAMETER, before, now.accepted, scope, what=now.name)
        yield from (reported for each in found if each.level is Level.MAJOR)


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
        return respelled if is_empty else changed
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


def _written(parameter: Parameter) -> str:
    return parameter.annotation.written if isinstance(parameter.annotation, Annotation) else ""


# -- results of calls


def _kinds(place: Place, old: Function, new: Function, *, is_managed_alike: bool) -> Iterator[Difference]:
    if Receiver.UNKNOWN not in (old.receiver, new.receiver) and old.receiver is not new.receiver:
        words = {Receiver.INSTANCE: "an instance method", Receiver.CLASS: "a class method"}
        was, now = (words.get(each.receiver, "a static method") for each in (old, new))
        # An alternative constructor no longer creates instances of the subclass that it is called on.
        is_making = MADE in outcome_of(old).gives and new.receiver is Receiver.NONE
        is_other = is_making or Receiver.INSTANCE in (old.receiver, new.receiver)
        kind = "receiver-changed" if is_other else "receiver-respelled"
        yield difference(kind, place, f"{was} is now {now}", old=was, new=now)
    yield from refusals(place, old, new)
    if _is_made_otherwise(old, new) and not is_managed_alike and not _is_awaited_alike(old, new):
        was, now = _manner(old), _manner(new)
        yield difference("async-changed", place, f"{was} is now {now}", old=was, new=now)


def _is_made_otherwise(old: Function, new: Function) -> bool:
    if _is_iterated_alike(old, new):
        return False
    pairs = (
        (old.is_async, new.is_async),
        (old.is_generator, new.is_generator),
        (old.is_context_manager, new.is_context_manager),
    )
    return any(was is not UNKNOWN and now is not UNKNOWN and was != now for was, now in pairs)


def _is_iterated_alike(old: Function, new: Function) -> bool:
    """Return True if both declare the same iterator as the result, whether or not they are generators."""
    if old.name in ITERATED and not (old.is_async or new.is_async):
        return True
    if (old.is_async, old.is_context_manager) != (new.is_async, new.is_context_manager) or old.is_async:
        return False
    if old.is_generator and _is_unknown(new):
        return True
    made = new if old.is_generator else old
    # A generator raises errors once it is iterated over, where a function had raised them when it was called.
    is_checked = made is old and bool(outcome_of(made).errors)
    if outcome_of(made).gives in (("generator",), ("iterator",)) and not is_checked:
        return True
    types = [_result(each) for each in (old, new)]
    return old.is_generator != new.is_generator and types[0] is not None and types[0] == types[1]


def _is_unknown(function: Function) -> bool:
    """Return True if nothing says what a plain function gives, because it gives what another one gives."""
    if function.is_async or function.is_generator or function.signature.returns is not None:
        return False
    outcome = outcome_of(function)
    return set(outcome.gives) <= {"?"} and not any(action.startswith("result ") for action in outcome.actions)


def _makes(function: Function, member: str, scope: Scope) -> bool:
    """Return True if a function gives an instance of a class that has a member, or of one that is not public."""
    made = [
        each.removeprefix("result made ") for each in outcome_of(function).actions if each.startswith("result made ")
    ]
    index = scope.types.new.index
    found = [class_named(each, index) for each in made]
    return bool(made) and all(each is None or member in index.held(each) for each in found)


def _is_managed_alike(old: Function, new: Function, scope: Scope) -> bool:
    """Return True if a decorator turns one into a context manager, and the other is declared to return one."""
    made, plain = (old, new) if old.is_context_manager is True else (new, old)
    if made.is_context_manager is not True or plain.is_context_manager is not False or plain.is_generator:
        return False
    enters = "__aenter__" if made.is_async is True else "__enter__"
    if plain is new and (_is_unknown(new) or _makes(new, enters, scope)):
        return True
    given = _result(plain)
    return given is not None and plain.is_async is False and scope.types.has_member(given.name, enters)


def _is_awaited_alike(old: Function, new: Function) -> bool:
    """Return True if one is a coroutine function and the other is declared to return an awaitable of the same."""
    plain, coroutine = (old, new) if new.is_async is True else (new, old)
    if coroutine.is_async is not True or plain.is_async is not False or coroutine.is_generator or plain.is_generator:
        return False
    given = _result(plain)
    if plain is new and given is None and outcome_of(plain).gives == ("coroutine",):
        return True
    # A coroutine can not only be awaited, but also be made into a task.
    awaitables = _AWAITABLES if plain is old else _AWAITABLES[1:]
    return given is not None and given.name in awaitables and given.args[-1:] == (_result(coroutine),)


def _result(function: Function) -> Type | None:
    returns = function.signature.returns
    known = isinstance(returns, Annotation) and isinstance(returns.type, Type)
    return returns.type if known else None  # type: ignore[union-attr,return-value] # `known` says it


def _manner(function: Function) -> str:
    if function.is_context_manager is True:
        return f"{'an asynchronous' if function.is_async is True else 'a'} context manager"
    if function.is_generator is True:
        return "an asynchronous generator" if function.is_async is True else "a generator"
    return "a coroutine function" if function.is_async is True else "a plain function"


def _results(place: Place, old: Function, new: Function, scope: Scope) -> Iterator[Difference]:
    if new.overloads and not old.overloads:
        # Callers do not see the implementation of overloads.
        yield from _results_of(place, Overload(signature=old.signature), new.overloads, scope)
    elif not new.overloads:
        yield from annotation_changed(place, Use.RESULT, old.signature.returns, new.signature.returns, scope)


def _given(place: Place, old: Function, new: Function, scope: Scope) -> Iterator[Difference]:
    """Yield how the returned function differs, if both functions define one in their body and return it."""
    if old.returned is not None and new.returned is not None:
        for each in functions(place, old.returned, new.returned, scope):
            yield msgspec.structs.replace(each, text=f"the function that it returns: {each.text}")


def _overloads(place: Place, old: Function, new: Function, scope: Scope) -> Iterator[Difference]:
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
        yield from (found := tuple(_results_of(place, overload, offered, scope)))
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


def _results_of(place: Place, old: Overload, offered: tuple[Overload, ...], scope: Scope) -> Iterator[Difference]:
    """Yield that a call which an overload accepted now returns another type, whichever overload accepts it."""
    returns = old.signature.returns
    type_ = returns.type if isinstance(returns, Annotation) else None
    if not isinstance(type_, Type) or any(_variables_of(scope.types.old.comparable(type_))):
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
    return [f"{each.name}: {_written(each)}" if _written(each) else each.name for each in parameters]


# -- attributes, conditions, deprecations, docstrings


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


def deprecations(place: Place, old: str | None, new: str | None) -> Iterator[Difference]:
    """Yield that something is, or is no longer, deprecated."""
    if old is None and new is not None:
        yield difference("deprecated", place, f"deprecated: {' '.join(new.split())}" if new.split() else "deprecated")
    elif old is not None and new is None:
        yield difference("undeprecated", place, "no longer deprecated")


def conditions(place: Place, old: str, new: str) -> Iterator[Difference]:
    """Yield that something is defined under another condition."""
    # Code that only type checkers run or skip counts as always defined.
    old, new = ("" if "TYPE_CHECKING" in side and not _PLATFORM.search(side) else side for side in (old, new))
    if old != new:
        was, now = (f"where `{side}`" if side else "always" for side in (old, new))
        kind = "only-somewhere" if not old and _is_only_somewhere(new) else "conditional"
        yield difference(kind, place, f"was defined {was}, is defined {now}", old=old, new=new)


def _is_only_somewhere(condition: str) -> bool:
    """Return True if a condition is false on some platform or on a maintained version of Python."""
    if _PLATFORM.search(condition):
        return True
    found = _VERSION.fullmatch(condition)
    return found is not None and (found["operator"] != ">=" or int(found["minor"]) > _OLDEST_MINOR)


def finals(place: Place, *, was: bool, now: bool) -> Iterator[Difference]:
    """Yield that something is, or is no longer, final."""
    if was != now:
        yield difference("final-added" if now else "final-removed", place, "final now" if now else "no longer final")


def docs(place: Place, old: Docstring | Unknown | None, new: Docstring | Unknown | None) -> Iterator[Difference]:
    """Yield that a docstring differs, apart from its indentation; inherited ones are ignored."""
    was, now = (_words(each) for each in (old, new))
    if was != now:
        word = "no longer documented" if not now else "documented now" if not was else "docstring changed"
        yield difference("docs-changed", place, word)


def _words(docstring: Docstring | Unknown | None) -> list[str]:
    return docstring.raw.split() if isinstance(docstring, Docstring) and not docstring.inherited_from else []


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


def _limits_of_variables(
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
        yield from _variables_of(annotation.type)


def _variables_of(type_: Type) -> Iterator[Type]:
    if type_.kind is TypeKind.VARIABLE:
        yield type_
        return
    for each in type_.args:
        yield from _variables_of(each)


def _limits(parameter: TypeParameter) -> Type | None:
    """Return the bound of a type variable, or its constraints as a union."""
    if parameter.bound is not None:
        return parameter.bound.type if isinstance(parameter.bound.type, Type) else None
    types = [each.type for each in parameter.constraints if isinstance(each.type, Type)]
    return Type(kind=TypeKind.UNION, args=tuple(types)) if types else None
