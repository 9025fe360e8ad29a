"""Compares two references and returns their differences: what changed for users of the package, cause by cause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from docgen.compare.catalogue import Level
from docgen.compare.differences import Comparison, Difference, Place, difference
from docgen.compare.rules.attributes import may_be_callable, variables
from docgen.compare.rules.class_actions import unreachable
from docgen.compare.rules.classes import class_facts, unclear_bases, unread_bases
from docgen.compare.rules.context import Context, library_member, unknown_bases
from docgen.compare.rules.functions import functions
from docgen.compare.rules.hooks import Calls
from docgen.compare.rules.members import Members
from docgen.compare.rules.modules import Modules
from docgen.compare.rules.outcomes import outcome_of
from docgen.compare.rules.pairing import Pair, Top
from docgen.compare.rules.relations import Relation
from docgen.compare.rules.roots import Found, merged
from docgen.compare.rules.shortest import by_shortest_names
from docgen.compare.rules.signatures import signatures
from docgen.compare.rules.trials import Trials
from docgen.compare.standard import can_call_instances
from docgen.model import Annotation, Class, Function, Receiver, Reference, Signature, Type, TypeKind, Value, Variable
from docgen.symbols import Index
from docgen.trials.program import Program


def compare(  # noqa: PLR0913 - two sides, and what of them is compared: keywords with a default
    old: Reference,
    new: Reference,
    *,
    private: bool = False,
    only: Iterable[str] = (),
    calls: tuple[Calls | None, Calls | None] = (None, None),
    documented: frozenset[str] = frozenset(),
    tries: bool = False,
) -> Comparison:
    """Return how two references of one API differ.

    Parameters:
        old: The reference to compare with: the last release, a published contract.
        new: The reference that is compared with it.
        private: Private symbols are compared too.
        only: Public paths, with `*` and `?`; only these and the symbols below them are compared, or everything if
            empty.
        calls: The calls in the sources of both sides; None if they are unknown.
        documented: Private paths that are compared too, because documentation tells people to import them.
        tries: Functions whose code has changed are called with sample arguments, in a trial that runs none of it.
    """
    context = Context(old, new, private=private, only=tuple(only), documented=documented)
    context.calls = calls[1]
    modules = Modules(context)
    members = Members(context)
    reported = [_hooked(each, calls, context) for each in _found(context, modules, members)]
    if tries:
        reported += _tried(reported, calls, context)
    differences = by_shortest_names(merged(reported, context.derives), context)
    unclear = (
        *modules.unclear(),
        *(each for pair in context.class_pairs for each in unclear_bases(pair)),
        *unread_bases(pair for pair in context.class_pairs if context.visible(pair.old_path)),
    )
    return Comparison(
        differences=tuple(sorted(differences, key=_order)),
        unknown=tuple(
            each for each in dict.fromkeys((*unclear, *members.unclear.values())) if context.visible(each.symbol)
        ),
    )


def compare_symbols(old: Reference, new: Reference) -> tuple[Difference, ...]:
    """Return how each public symbol of two references differs, in its own words: a cause may have several differences.

    Parameters:
        old: The earlier reference.
        new: The later one.
    """
    context = Context(old, new, private=False, only=())
    return tuple(each.difference for each in _found(context, Modules(context), Members(context)))


def _found(context: Context, modules: Modules, members: Members) -> Iterator[Found]:
    """Yield every difference of the compared symbols, in the order of the symbols."""
    found = (
        (Found(difference=each) for each in modules.differences()),
        (each for pair in context.pairing.pairs for each in _pair(pair, context)),
        (each for pair in context.class_pairs for each in class_facts(pair, context)),
        members.found(),
    )
    return (each for group in found for each in group if _is_reported(each, context))


def _order(each: Difference) -> tuple[int, str, str]:
    return (each.level.rank, each.symbol, each.code)


def _is_reported(found: Found, context: Context) -> bool:
    """Return True if a difference is of a compared symbol; members of a private base count for its public classes."""
    paths = (found.difference.symbol, *found.difference.affects)
    return any(context.visible(path) for path in paths)


def _tried(found: list[Found], calls: tuple[Calls | None, Calls | None], context: Context) -> Iterator[Found]:
    """Yield what sample calls show of the functions in which no breaking difference was found."""
    old, new = calls
    if old is None or new is None:
        return
    breaking = [each.difference for each in found if each.difference.level is Level.MAJOR]
    reported = {path for each in breaking for path in (each.symbol, *each.affects)}
    programs = (Program(old.root, old.packages), Program(new.root, new.packages))
    for each in Trials(context, programs).differences(reported):
        yield Found(difference=each)


def _hooked(found: Found, calls: tuple[Calls | None, Calls | None], context: Context) -> Found:
    """Return a difference; if the package passes a new parameter to overrides of a method, as a breaking one."""
    each = found.difference
    is_method = bool(found.owner) and each.symbol != found.label
    old_calls, new_calls = calls
    if new_calls is None or each.name != "parameter-added" or not is_method or not context.is_base(found.owner):
        return found
    method, names = each.symbol.rpartition(".")[2], each.parameter.split(", ")
    # An argument that was passed to any function of this name before was not passed to this method.
    passed = new_calls.passed(method, names) - (old_calls.passed(method, names) if old_calls else frozenset())
    if not passed:
        return found
    added, shown = (", ".join(f"`{name}`" for name in side) for side in (names, [n for n in names if n in passed]))
    what = "and" if len(names) == 1 else f"and {shown}"
    text = f"{added} added, {what} passed by the package: an override without it fails"
    place = Place(symbol=each.symbol, old=each.old_location, new=each.new_location)
    reported = difference("override-outdated", place, text, parameter=each.parameter, affects=each.affects)
    return msgspec.structs.replace(found, difference=reported)


def _pair(pair: Pair, context: Context) -> Iterator[Found]:
    """Yield how a symbol of a module differs; classes are compared with all others."""
    old, new = pair.old, pair.new
    if (isinstance(old, Class) and isinstance(new, Class)) or pair.old_path in context.bound_methods.values():
        return
    place = Place(symbol=pair.old_path, old=old.location, new=new.location)
    cause = _new_decorators(old, new)
    for each in _symbols(place, old, new, context):
        yield Found(difference=each, cause=cause if each.name in _BY_DECORATORS else "")


_BY_DECORATORS = frozenset({"call-extended", "decorators-changed", "parameter-added"})
"""Differences that a decorator of the package can cause in every function that it decorates."""


def _new_decorators(old: Top, new: Top) -> str:
    """Return the decorators that a function has been given, empty if there are none."""
    sides = [each.decorators if isinstance(each, Function) else () for each in (old, new)]
    was, now = (tuple(each.path for each in side) if isinstance(side, tuple) else () for side in sides)
    return ", ".join(path for path in now if path not in was)


def _symbols(
    place: Place, old: Class | Function | Variable, new: Class | Function | Variable, context: Context
) -> Iterator[Difference]:
    scope = context.scope()
    if isinstance(old, Function) and isinstance(new, Function):
        yield from functions(place, old, new, scope)
        reported = unreachable(place, old, new, context)
        if reported is not None:
            yield reported
    elif isinstance(old, Variable) and isinstance(new, Variable):
        yield from variables(place, old, new, scope)
    elif isinstance(old, Variable) and isinstance(new, Function) and old.function is not None:
        yield from functions(place, _unbound(old.function), _unbound(new), scope)
    elif isinstance(old, Function) and isinstance(new, Variable) and new.function is not None:
        yield from functions(place, _unbound(old), _unbound(new.function), scope)
    elif isinstance(old, Function) and isinstance(new, Class) and _is_made_alike(old, new, context):
        constructor = new.constructor
        if old.is_context_manager is True and not _is_held("__call__", new, context.new):
            text = "what it gives can no longer be used as a decorator"
            yield difference("effect-removed", place, text, new="__call__")
        if isinstance(constructor, Function):
            taken = (Signature(parameters=each.signature.parameters) for each in (old, constructor))
            yield from signatures(place, next(taken), next(taken), scope)
    elif isinstance(old, Variable) and may_be_callable(old) and not _is_plain_object(old, context.old):
        return  # It may have been the same decorator, under a name that cannot be resolved.
    else:
        was, now = _noun(old), _noun(new)
        is_unclear = isinstance(new, Variable) and may_be_callable(new) and not _is_plain_object(new, context.new)
        is_unclear = is_unclear or bool(old.condition or new.condition)
        kind = "kind-unclear" if is_unclear else "kind-changed"
        yield difference(kind, place, f"the {was} is a {now} now", old=was, new=now)


def _unbound(function: Function) -> Function:
    """Return a function as a name of a module is called: without a receiver, whatever the name is bound to."""
    return msgspec.structs.replace(function, receiver=Receiver.NONE)


def _is_plain_object(variable: Variable, index: Index) -> bool:
    """Return True if a name holds an object that cannot be called: of a class of this side, or of the library."""
    value = variable.value
    if variable.annotation is not None or not isinstance(value, Value):
        return False
    own = (each for each in index.classes.values() if each.name == value.type)
    class_ = index.classes.get(value.address_of) or next(own, None)
    if class_ is None:
        return can_call_instances(value.type) is False
    return not unknown_bases(class_) and not _is_held("__call__", class_, index)


def _is_held(name: str, class_: Class, index: Index) -> bool:
    return name in index.held(class_) or library_member(class_, name)


def _is_made_alike(function: Function, class_: Class, context: Context) -> bool:
    """Return True if calling a class gives the declared result of the function that it replaces."""
    if _is_managed_alike(function, class_, context):
        return True
    if function.is_async or function.is_generator or function.is_context_manager or function.overloads:
        return False
    returns = function.signature.returns
    if isinstance(returns, Annotation) and isinstance(returns.type, Type):
        made = Type(kind=TypeKind.NAME, name=class_.path)
        return context.types.relate(returns.type, made) in (Relation.EQUAL, Relation.NARROWER)
    return returns is None and not outcome_of(function).gives and not function.effects and not function.returned


def _is_managed_alike(function: Function, class_: Class, context: Context) -> bool:
    """Return True if a context manager made from a function is now a class with the same protocol."""
    prefix = "__a" if function.is_async is True else "__"
    wanted = {f"{prefix}enter__", f"{prefix}exit__"}
    return function.is_context_manager is True and wanted <= set(context.new.held(class_))


def _noun(symbol: Class | Function | Variable) -> str:
    return type(symbol).__name__.lower()
