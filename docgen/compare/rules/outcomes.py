"""Compares how calls of a function end according to its body: errors, and results without an annotation."""

from __future__ import annotations

import builtins
from collections.abc import Iterator

from docgen.compare.differences import Difference, Place, difference
from docgen.compare.rules.relations import Types, alternatives
from docgen.compare.standard import ITERATED
from docgen.model import Annotation, Class, ClassKind, Function, Outcome, Parameter, Receiver, Type, Value
from docgen.symbols import Index

MADE = "self()"
"""Word of `Function.gives` for an instance of the class that a class method is called on."""
_ANYTHING, _SOMETHING, _NOTHING, LEFT_OUT = "?", "value", "None", "..."
"""Words for anything, anything but None, None, and a body that others have to supply."""
_REFUSAL = "NotImplemented"
ONLY_RAISES = "it only raises"
"""Beginning of the text for a function that worked before."""
_FOR_SUBCLASSES = "NotImplementedError"
_INCLUDED = {
    "bool": ("int", "float", "number"),
    "int": ("float", "number", "number or path"),
    "float": ("number", "number or path"),
    "number": ("int", "float", "number or path", "Decimal", "Fraction"),
    **dict.fromkeys(("Counter", "OrderedDict", "defaultdict"), ("dict",)),
    **dict.fromkeys(("Path", "PurePath", "Decimal", "Fraction", "timedelta"), ("number or path",)),
    "Path": ("PurePath", "number or path"),
    "number or path": ("number", "int", "float", "Path", "PurePath", "Decimal", "Fraction", "timedelta"),
}
"""Result -> more general results that it satisfies, as for numbers."""
_EXIT = "SystemExit"
_GIVING = frozenset({
    "__aenter__", "__call__", "__enter__", "__get__", "__getattr__", "__getitem__", "__missing__", "__new__",
    "__next__",
})  # fmt: skip
"""Special methods that are called for their result."""
_UNREACHABLE = frozenset({"AssertionError", "NotImplementedError"})
"""Errors for unexpected events."""
_GROUPS = frozenset({"ExceptionGroup", "BaseExceptionGroup"})
"""Errors that only `except*` separates."""
_RETURN, _FINALLY, _WITH = "return", "finally", "with"
"""Words for a generator that returns a value, and for one that cleans up after its `yield`."""
_MUTABLE = frozenset({"list", "dict", "set"})
_UNHASHABLE = _MUTABLE | {
    *("bytearray", "collections.Counter", "collections.OrderedDict", "collections.defaultdict", "collections.deque"),
    *("collections.abc.MutableMapping", "collections.abc.MutableSequence", "collections.abc.MutableSet"),
}
"""Types whose instances cannot be hashed. Source: glossary of the language, hashable."""
_TRUTHS = frozenset({"True", "False"})
_CHECKED = {"__init_subclass__": "subclasses", "__set_name__": "classes"}
"""Methods that the language calls for each new class -> the classes for which they may raise errors."""
_EXITS = frozenset({"__exit__", "__aexit__"})
"""Methods whose result determines whether an error is suppressed. Source: data model, `object.__exit__`."""


_REDUCERS = frozenset({"__reduce__", "__reduce_ex__", "__getstate__"})
"""Methods whose result only `pickle` and `copy` use."""
_NOTHING_SAID = Outcome()


def outcome_of(function: Function) -> Outcome:
    """Return how calls end according to the body of a function; an empty outcome if it was not read."""
    return function.outcome or _NOTHING_SAID


def is_refusing(function: Function) -> bool:
    """Return whether every call ends in an error that is not for subclasses to replace, and no end of an iteration."""
    return outcome_of(function).raises not in ("", _FOR_SUBCLASSES, "StopIteration", "StopAsyncIteration")


def refusals(place: Place, old: Function, new: Function) -> Iterator[Difference]:
    """Yield the difference of a function that worked before and only raises an error now."""
    was, now = outcome_of(old), outcome_of(new)
    if was.raises or not now.raises:
        return
    if now.raises == _FOR_SUBCLASSES and (old.outcome is None or LEFT_OUT in was.gives or old.is_abstract):
        return  # It is a placeholder for subclasses, and as far as is known it did nothing before.
    yield difference("refused", place, f"{ONLY_RAISES} {now.raises} now")


def results(place: Place, old: Function, new: Function, types: Types) -> Iterator[Difference]:
    """Yield how the results of a function differ according to its bodies, if they are not annotated."""
    if old.outcome is None or new.outcome is None or old.is_generator != new.is_generator:
        return
    was, now = set(old.outcome.gives), set(new.outcome.gives)
    if LEFT_OUT in was:
        return
    if now == {LEFT_OUT}:
        yield from _left_out(place, old, new)
        return
    if now == {_REFUSAL} and _REFUSAL not in was:
        yield difference("refused", place, "it only returns NotImplemented now")
    elif new.name in _EXITS:
        yield from _swallowing(place, was, now)
    elif new.name == "__get__":
        if "self" in was and "self" not in now:
            yield difference(
                "class-access-removed", place, "read from a class, it no longer returns the descriptor itself"
            )
    else:
        if not any(isinstance(each.signature.returns, Annotation) for each in (old, new)):
            yield from _results(place, old, new, types)
        yield from _errors(place, old.outcome, new.outcome, types)


def hooks(place: Place, old: Function, new: Function) -> Iterator[Difference]:
    """Yield the differences in the bodies of methods that the language calls."""
    was, now = old.outcome, new.outcome
    if was is None or now is None:
        return
    if old.name == "__iter__" and "self" in now.gives and "self" not in was.gives:
        yield difference("result-retyped", place, "it returns the instance itself, which can be iterated once")
    elif old.name in _CHECKED and now.errors and not was.errors and not now.raises:
        yield difference("refused", place, f"it raises {', '.join(now.errors)} for some {_CHECKED[old.name]}")
    is_dispatching = bool(was.handled) and was.operands is None and not was.raises and _REFUSAL not in was.gives
    if is_dispatching and now.operands is not None and {*was.handled} <= {*now.operands}:
        yield difference("refused", place, f"operands of other types than {', '.join(now.operands)} are refused now")
    lost = () if now.operands is None or was.operands is not None else sorted({*was.handled} - {*now.operands})
    if lost:
        shown = ", ".join(f"`{name}`" for name in lost)
        yield difference("refused", place, f"operands of type {shown} are refused now")


def caching(place: Place, old: Function, new: Function, *, is_hashable: bool) -> Iterator[Difference]:
    """Yield that a cache breaks callers, because they share mutable results, or because its keys must be hashable."""
    if "cached" not in new.effects or "cached" in old.effects:
        return
    if _MUTABLE.intersection(outcome_of(new).gives):
        yield difference("result-shared", place, "it is cached now: callers that change a result share it")
    elif not is_hashable:
        yield difference("refused", place, "it is cached now, and instances, which cannot be hashed, are its key")
    elif iterated := [
        each.name
        for each in _parameters(new)
        if each.annotation is None and f"iterates {each.name}" in outcome_of(new).actions
    ]:
        text = f"it is cached now, and {', '.join(iterated)}, which may be a list, is its key"
        yield difference("refused", place, text)
    elif unhashable := [f"`{each.name}`" for each in _parameters(new) if _is_unhashable(each)]:
        text = f"it is cached now, and arguments for {', '.join(unhashable)}, which cannot be hashed, are its key"
        yield difference("refused", place, text)


def _is_unhashable(parameter: Parameter) -> bool:
    """Return True if arguments of the type of a parameter, or of its default, cannot be hashed."""
    default = parameter.default
    if isinstance(parameter.annotation, Annotation):
        return is_unhashable(parameter.annotation)
    return isinstance(default, Value) and not default.is_factory and default.type in _UNHASHABLE


def is_unhashable(said: object) -> bool:
    """Return True if an annotation is a type whose instances cannot be hashed."""
    types = alternatives(said.type) if isinstance(said, Annotation) and isinstance(said.type, Type) else ()
    return any(each.name in _UNHASHABLE for each in types)


def _left_out(place: Place, old: Function, new: Function) -> Iterator[Difference]:
    """Yield that the body of a method, which returned a value, is gone: subclasses that inherit it get None."""
    is_stub = new.location is None or new.location.file.endswith(".pyi")
    if not is_stub and _words(old) - {_NOTHING} and new.receiver is Receiver.INSTANCE and not new.decorators:
        yield difference("result-retyped", place, "its body is gone: it returns None")


def _swallowing(place: Place, was: set[str], now: set[str]) -> Iterator[Difference]:
    """Compare whether a context manager suppresses errors."""
    before, after = (side - {_NOTHING, LEFT_OUT, "False"} for side in (was, now))
    if before - {_ANYTHING} and now and not after:
        yield difference("result-retyped", place, "it no longer suppresses errors")
    elif after == {"True"} and was and not before:
        yield difference("result-retyped", place, "it suppresses errors now")


def _results(place: Place, old: Function, new: Function, types: Types) -> Iterator[Difference]:
    was, now = _kinds(old, types.old.index), _kinds(new, types.new.index)
    if new.is_generator and not new.is_context_manager and _RETURN in _words(old) - _words(new):
        yield difference("result-retyped", place, "the generator no longer returns a value")
    if new.is_generator and _FINALLY in _words(old) and not _words(new) & {_FINALLY, _WITH}:
        yield difference("effect-removed", place, "it no longer cleans up after an error in its block")
    if was == {_NOTHING} or new.name in ITERATED | _REDUCERS:
        return  # There was no result to use, or one iterator is as good as another.
    is_given = new.is_context_manager is True or "result object" in outcome_of(old).actions or new.name in _GIVING
    if now == {_NOTHING} and was <= {_ANYTHING} and is_given:
        yield difference(
            "result-retyped", place, f"{'what it yields' if new.is_generator else 'the result'} is None now"
        )
        return
    more = set(_beyond(was, now))
    # A result for a new parameter may be of another kind, and an unknown result may be the old one.
    is_other = more == now
    is_nothing_too = more == {_NOTHING} and not _names(new) - _names(old)
    if was and now and (is_other or is_nothing_too):
        kind = "result-retyped" if is_other else "result-widened"
        subject = "what it yields" if new.is_generator else "the result"
        shown = [", ".join(f"`{each}`" for each in sorted(side - {_ANYTHING})) for side in (was, now)]
        yield difference(kind, place, f"{subject}: {shown[0]} -> {shown[1]}")


def _words(function: Function) -> set[str]:
    return set(outcome_of(function).gives)


def _kinds(function: Function, index: Index) -> set[str]:
    """Return the words for the results of a function, without their values."""
    words = _words(function) - {_REFUSAL, LEFT_OUT, _RETURN, _FINALLY, _WITH}
    return {_kind(each, index) for each in words}


def _kind(word: str, index: Index) -> str:
    """Return the word for the type of a result: for a member of an enumeration, the name of that."""
    if word in _TRUTHS:
        return "bool"
    kind, _, name = word.partition(" ")
    if kind == "member":
        found = class_named(name, index)
        return name if found is not None and found.kind is ClassKind.ENUM else _ANYTHING
    return kind if kind == "function" else word


def _parameters(function: Function) -> tuple[Parameter, ...]:
    taken = function.signature.parameters
    return taken if isinstance(taken, tuple) else ()


def _names(function: Function) -> set[str]:
    return {each.name for each in _parameters(function)}


def _beyond(was: set[str], now: set[str]) -> Iterator[str]:
    """Yield the words for results that are certainly none of the old ones."""
    if _ANYTHING in was:
        return
    for word in now - was - {_ANYTHING}:
        if word == _NOTHING:
            # Conditions treat None and False in the same way.
            if was != {"bool"}:
                yield word
        elif word != _SOMETHING and not was.intersection(
            (_SOMETHING, word.partition("[")[0], *_INCLUDED.get(word, ()))
        ):
            yield word


def _errors(place: Place, old: Outcome, new: Outcome, types: Types) -> Iterator[Difference]:
    """Yield that callers no longer catch the one error of a function, or that it ends the program."""
    if _EXIT in new.errors and _EXIT not in old.errors:
        yield difference("error-changed", place, "it ends the program now")
        return
    if _GROUPS & {*new.errors} and not _GROUPS & {*old.errors}:
        yield difference("error-changed", place, "it raises a group of errors")
        return
    asks_for_more = bool(new.errors) and not old.errors and not {*new.errors} <= _UNREACHABLE
    if asks_for_more and not new.raises and _NOTHING in old.gives and len(old.gives) > 1 and _NOTHING not in new.gives:
        yield difference("error-changed", place, f"it raises {', '.join(new.errors)} where it gave None")
        return
    if len(old.errors) != 1 or new.raises or old.raises:
        return
    (was,) = old.errors
    if not new.errors and _NOTHING in new.gives and _NOTHING not in old.gives:
        yield difference("result-widened", place, f"it may return None where it raised {was}")
    elif len(new.errors) == 1 and not _is_caught(new.errors[0], was, types):
        yield difference("error-changed", place, f"it raises {new.errors[0]}, not {was}")


def _is_caught(error: str, other: str, types: Types) -> bool:
    """Return True if a handler of another error catches an error, or if that is unknown."""
    caught, handled = _ancestors(error, types.new.index), _ancestors(other, types.old.index)
    same = getattr(builtins, other, None)
    return not caught or not handled or other in caught or getattr(same, "__name__", other) in caught


def class_named(name: str, index: Index) -> Class | None:
    """Return the only class of a side with a last name, None if there is none or several."""
    found = [each for path, each in index.classes.items() if name and path.rpartition(".")[2] == name]
    return found[0] if len(found) == 1 else None


def _ancestors(error: str, index: Index) -> frozenset[str]:
    """Return the last names of the classes that an error derives from, itself included; empty if unknown."""
    library = vars(builtins).get(error)
    if isinstance(library, type):
        return frozenset({error, *(each.__name__ for each in library.__mro__)})  # `IOError` is `OSError`
    found = class_named(error, index)
    order = found.mro if found is not None else ()
    if not isinstance(order, tuple) or not order or (found is not None and found.unknown_bases):
        return frozenset()
    return frozenset({error, *(path.rpartition(".")[2] for path in order)})
