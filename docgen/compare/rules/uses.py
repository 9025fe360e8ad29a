"""Differences in how a function is used: awaited, iterated over, or entered as a context manager."""

from __future__ import annotations

from collections.abc import Iterator

from docgen.compare.differences import Difference, Place, difference
from docgen.compare.rules.annotations import Scope
from docgen.compare.rules.outcomes import LEFT_OUT, MADE, class_named, outcome_of, refusals
from docgen.compare.standard import ITERATED
from docgen.model import UNKNOWN, Annotation, Function, Receiver, Type

_ITERATORS = ("collections.abc.Iterator", "collections.abc.Generator")
_AWAITABLES = ("collections.abc.Awaitable", "collections.abc.Coroutine")


def uses(place: Place, old: Function, new: Function, *, is_managed: bool) -> Iterator[Difference]:
    """Yield how the use of a function differs: on instances or classes, and as coroutine, generator or context manager.

    Parameters:
        place: The symbol.
        old: The function.
        new: The same on the new side.
        is_managed: Both are entered with `with`, so that it does not matter what else they are.
    """
    if Receiver.UNKNOWN not in (old.receiver, new.receiver) and old.receiver is not new.receiver:
        words = {Receiver.INSTANCE: "an instance method", Receiver.CLASS: "a class method"}
        was, now = (words.get(each.receiver, "a static method") for each in (old, new))
        # An alternative constructor no longer creates instances of the subclass that it is called on.
        is_making = MADE in outcome_of(old).gives and new.receiver is Receiver.NONE
        # Instances call a method that became a static or class method as before.
        is_other = is_making or (Receiver.INSTANCE in (old.receiver, new.receiver) and not _ignores_instance(old))
        kind = "receiver-changed" if is_other else "receiver-respelled"
        yield difference(kind, place, f"{was} is now {now}", old=was, new=now)
    yield from refusals(place, old, new)
    if is_made_otherwise(old, new) and not is_managed and not _is_awaited_alike(old, new):
        was, now = _manner(old), _manner(new)
        yield difference("async-changed", place, f"{was} is now {now}", old=was, new=now)


def _ignores_instance(method: Function) -> bool:
    """Return True if a method of instances does not use its instance, on which it is called whatever it is.

    A body of `...`, as in a stub, does not show what the method uses.
    """
    said = outcome_of(method)
    uses_instance = "self" in said.gives or any(each.startswith(("uses ", "sets ")) for each in said.actions)
    is_shown = method.outcome is not None and LEFT_OUT not in said.gives
    return method.receiver is Receiver.INSTANCE and is_shown and not uses_instance


def is_made_otherwise(old: Function, new: Function) -> bool:
    """Return True if one side is a coroutine, generator or context manager, and the other is not."""
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
    if old.is_generator and types[1] is not None and types[1].name in _ITERATORS and is_iterator(types[0]):
        return True  # What it yields is compared as the type of the result.
    return old.is_generator != new.is_generator and types[0] is not None and types[0] == types[1]


def is_iterator(type_: Type | None) -> bool:
    """Return True if the declared result of a generator function promises an iterator at most, or is missing."""
    return type_ is None or type_.name in (*_ITERATORS, "collections.abc.Iterable")


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


def is_managed_alike(old: Function, new: Function, scope: Scope) -> bool:
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
