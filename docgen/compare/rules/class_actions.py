"""Actions that the bodies of a class together gained or lost for users who derive from it, pickle it or call it."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Iterator, Mapping

from docgen.compare.differences import Difference, Place, difference
from docgen.compare.rules.actions import Actions, handled, owner_of, parameters
from docgen.compare.rules.context import ClassPair, Context, library_member, unknown_bases
from docgen.compare.rules.values import container_of
from docgen.compare.visibility import is_private_name
from docgen.model import Attribute, Class, ClassKind, Function, Origin, Outcome, ParameterKind, Property, Value
from docgen.sources.actions import ANY
from docgen.symbols import Index, Member, members

_Held = Mapping[str, str]
"""Attribute of instances -> the kind of its value."""

_REDUCERS = frozenset({"__getstate__", "__reduce__", "__reduce_ex__"})
"""Special methods that decide what is pickled and copied. Source: documentation of `pickle`."""
_LOCKS = ("Lock", "RLock", "Condition", "Semaphore", "BoundedSemaphore", "Event", "Barrier", "Thread", "Timer", "local")
_WEAK = ("ref", "proxy", "WeakValueDictionary", "WeakKeyDictionary", "WeakSet")
_UNPICKLABLE = frozenset({
    "lambda", "generator", "function", "open", "io.open", "socket.socket", "subprocess.Popen", "contextvars.ContextVar",
    *(f"threading.{each}" for each in _LOCKS),
    *(f"queue.{each}" for each in ("Queue", "LifoQueue", "PriorityQueue", "SimpleQueue")),
    *(f"weakref.{each}" for each in _WEAK),
    *(f"concurrent.futures.{each}" for each in ("ThreadPoolExecutor", "ProcessPoolExecutor")),
    "sqlite3.connect", "importlib.import_module",
})  # fmt: skip
"""Kinds of values that cannot be pickled."""
_TYPES: Mapping[str, type] = {
    each.__name__: each for each in (list, dict, set, tuple, frozenset, deque, Counter, OrderedDict, defaultdict)
}
_MUTABLE = _TYPES.keys() - {"tuple", "frozenset"}
_SLICED = frozenset({"list", "tuple"})
_ITERATORS = frozenset({"iterator", "generator"})
_ANY_NUMBER = (ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD)
_NOT_ASKED = frozenset({ClassKind.PROTOCOL, ClassKind.ENUM})
"""Kinds of classes whose subclasses do not replace attributes."""


def class_actions(pair: ClassPair, context: Context) -> Iterator[Difference]:
    """Yield the differences in the actions of all bodies of a class together."""
    yield from _ignored(pair, context)
    yield from _needed(pair, context)
    yield from _passed(pair, context)
    yield from _named_alike(pair, context)
    yield from _stale(pair)
    yield from _pickled(pair, context)
    yield from _shared(pair)
    yield from _exposed(pair, context)
    yield from _constructed(pair, context)


def _line(class_: Class, index: Index) -> tuple[Class, ...]:
    return (class_, *index.inherited(class_))


def _ignored(pair: ClassPair, context: Context) -> Iterator[Difference]:
    """Yield the members that subclasses override and that the class no longer uses."""
    if pair.old.is_final or _NOT_ASKED & {pair.old.kind, pair.new.kind}:
        return
    was, now = (
        {name for each in _line(side, index) for name in each.uses}
        for side, index in ((pair.old, context.old), (pair.new, context.new))
    )
    held, still = context.old.held(pair.old), context.new.held(pair.new)
    gone = {each.name for each in pair.old.methods} - {each.name for each in pair.new.methods}
    if gone or ANY in now or unknown_bases(pair.new):
        return  # What used it is gone, or a base may use it, or a name is computed.
    inherited = {each.name for base in context.new.inherited(pair.new) for each in members(base)}
    for name in pair.old.uses:
        member, after = held.get(name), still.get(name)
        if name in now or name not in was or member is None or after is None or member.definer is not pair.old:
            continue
        if name in inherited:
            continue  # The base may use it.
        is_alike = type(member.member) is type(after.member) and not context.is_named(name)
        if is_alike and _is_overridden(member.member):
            text = "the class no longer uses it: overriding it has no effect"
            yield difference("hook-ignored", pair.place.at(f"{pair.old_path}.{name}"), text)


def _needed(pair: ClassPair, context: Context) -> Iterator[Difference]:
    """Yield the attributes that the class newly reads and does not have itself: users who derive from it need them."""
    held = context.new.held(pair.new)
    if pair.new.is_final or "__getattr__" in held or pair.new.unknown_bases:
        return
    if pair.new.kind is not pair.old.kind or pair.new.metaclass or "__slots__" in held:
        return
    before = {name for each in _line(pair.old, context.old) for name in each.uses}
    optional = {name for each in _own_outcomes(pair.new).values() for name in Actions(each).of("optional")}
    for name in sorted({*pair.new.uses} - before - optional - held.keys() - context.old.held(pair.old).keys()):
        if not (name.startswith("_") or name in ("class", ANY) or library_member(pair.new, name)):
            place = pair.place.at(f"{pair.old_path}.{name}")
            yield difference("abstract-member-added", place, "subclasses must define it: the class uses it now")


def _is_overridden(member: Member) -> bool:
    """Return True if subclasses replace a member to change what the class does."""
    if isinstance(member, Attribute):
        return member.origin is Origin.BODY and member.field is None and not member.name.isupper()
    return isinstance(member, Function)


def _passed(pair: ClassPair, context: Context) -> Iterator[Difference]:
    """Yield the methods that the class calls with arguments that overrides of the old method do not accept."""
    was, now = ({*side.passes} for side in (pair.old, pair.new))
    after = {each.name: each for each in pair.new.methods}
    for old in pair.old.methods:
        new = after.get(old.name)
        if new is None or context.is_base(pair.new_path):
            continue  # For base classes in the package, all of its calls are considered.
        taken = [each for each in parameters(old) if each.kind not in _ANY_NUMBER]
        names = {each.name for each in parameters(old)}
        added = {each.name for each in parameters(new) if each.name not in names and each.default is not None}
        if not added or len(taken) < len(parameters(old)):
            continue
        passed = {about for name, about in now - was if name == old.name}
        if added & passed or any(each.isdecimal() and int(each) > len(taken) for each in passed):
            text = "the class passes it arguments that it did not pass: an override without them fails"
            yield difference("override-outdated", pair.place.at(f"{pair.old_path}.{old.name}"), text)


def _pickled(pair: ClassPair, context: Context) -> Iterator[Difference]:
    """Yield the attributes that cannot be pickled and that no method leaves out."""
    lines = [_line(pair.old, context.old), _line(pair.new, context.new)]
    held = [context.old.held(pair.old), context.new.held(pair.new)]
    was, now = (
        {name: what for each in line for name, what in each.holds if what in _UNPICKLABLE}
        if not _REDUCERS & {name for name, member in members.items()}
        else {}
        for line, members in zip(lines, held, strict=True)
    )
    if now and not was and not unknown_bases(pair.old) and _is_plain_data(pair.old, context.old):
        name, what = min(now.items())
        text = f"instances can no longer be pickled or copied deeply: their `{name}` ({what}) cannot"
        yield difference("not-picklable", pair.place, text)


def _is_plain_data(class_: Class, index: Index) -> bool:
    """Return True if no attribute of the instances is the result of a call of unknown effect."""
    values = (held.member.value for held in index.held(class_).values() if isinstance(held.member, Attribute))
    return not any(
        each.text.endswith(")") and container_of(each) is None
        for each in values
        if isinstance(each, Value) and not each.is_known
    )


def _named_alike(pair: ClassPair, context: Context) -> Iterator[Difference]:
    """Yield the class if its own name is missing from its module."""
    reported = unreachable(pair.place, pair.old, pair.new, context)
    if reported is not None and pair.old.kind is not ClassKind.TYPED_DICT:
        yield reported


def unreachable(place: Place, old: Class | Function, new: Class | Function, context: Context) -> Difference | None:
    """Return the difference of an object that can no longer be pickled because its path does not exist; else None."""
    if not _is_reachable(old.path, context.old) or _is_reachable(new.path, context.new):
        return None
    name = new.path.rpartition(".")[2]
    return difference("not-picklable", place, f"it can no longer be pickled: no name of its module is `{name}`")


def _is_reachable(path: str, index: Index) -> bool:
    """Return True if a module has the last part of a path; private names are assumed to exist."""
    module, _, name = path.rpartition(".")
    found = index.modules.get(module)
    if found is None or (name.startswith("_") and name.isidentifier()):
        return True
    return path in index.public or path in index.aliases or name in found.further_names


def _stale(pair: ClassPair) -> Iterator[Difference]:
    """Yield the properties that no longer follow the attributes that they are computed from."""
    after = {each.name: each for each in pair.new.properties}
    written = {each.name for each in pair.new.attributes if not each.is_read_only and each.origin is Origin.METHOD}
    for old in pair.old.properties:
        new = after.get(old.name)
        if new is None or old.is_cached or not new.is_cached or new.outcome is None:
            continue
        followed = sorted(written & {each.removeprefix("uses ") for each in new.outcome.actions})
        if followed:
            shown = ", ".join(f"`{each}`" for each in followed)
            place = pair.place.at(f"{pair.old_path}.{old.name}")
            yield difference("result-shared", place, f"it is computed once: it does not follow {shown}")


def _shared(pair: ClassPair) -> Iterator[Difference]:
    """Yield the containers that all instances share, and that each instance had separately."""
    now = {each.name: each for each in pair.new.attributes}
    made = pair.new.constructor
    sets = Actions(made.outcome).of("sets") if isinstance(made, Function) else set()
    for each in pair.old.attributes:
        after = now.get(each.name)
        if after is None or each.origin is not Origin.METHOD or after.origin is not Origin.BODY or after.field:
            continue
        container = container_of(after.value) if isinstance(after.value, Value) else None
        if container in (list, dict, set, deque) and each.name not in sets:
            place = pair.place.at(f"{pair.old_path}.{each.name}")
            yield difference("result-shared", place, "all instances share it, where each had its own")


def _exposed(pair: ClassPair, context: Context) -> Iterator[Difference]:
    """Yield the members that return other containers of the instance, or now copies of them, or no copies."""
    was, now = (
        {name: what for each in reversed(_line(side, index)) for name, what in each.holds}
        for side, index in ((pair.old, context.old), (pair.new, context.new))
    )
    outcomes = _own_outcomes(pair.new)
    for name, old in _own_outcomes(pair.old).items():
        if name in outcomes and not is_private_name(name):
            place = pair.place.at(f"{pair.old_path}.{name}")
            before, after = Actions(old), Actions(outcomes[name])
            yield from _copied(place, before, after, was, now)
            yield from _held_otherwise(place, before, after, was, now)


def _copied(place: Place, before: Actions, after: Actions, was: _Held, now: _Held) -> Iterator[Difference]:
    """Yield the difference if a member now returns a copy of an object of the instance, or no longer does."""
    owned = before.one("own")
    if owned and owned == after.one("copy") and was.get(owned) in _MUTABLE:
        yield difference("result-copied", place, "it returns a copy: changes by callers are lost")
    owned = after.one("own")
    if owned and owned == before.one("copy") and now.get(owned) in _MUTABLE:
        yield difference("result-shared", place, "it no longer returns a copy: callers change the object's own data")


def _held_otherwise(place: Place, before: Actions, after: Actions, was: _Held, now: _Held) -> Iterator[Difference]:
    """Yield the difference if a member returns or searches another kind of container."""
    owned = before.one("own")
    old, new = was.get(owned, ""), now.get(after.one("own"), "")
    if place.symbol.endswith(".__iter__") and new in _ITERATORS and old not in _ITERATORS:
        yield difference("result-retyped", place, "it returns an iterator that all loops share, and that ends once")
    is_same = bool(owned) and owned == after.one("own") and old in _TYPES and new in _TYPES
    if is_same and not issubclass(_TYPES[new], _TYPES[old]):
        yield difference("result-retyped", place, f"it gives a `{new}`, not a `{old}`", old=old, new=new)
    for each in before.of("item") & after.of("item"):
        looked_into = each.rpartition(".")[2]
        old, new = was.get(looked_into, ""), now.get(looked_into, "")
        if old in _SLICED and new in _TYPES.keys() - _SLICED:
            yield difference("refused", place, f"slices are refused: it looks into a `{new}`, not a `{old}`")


def _own_outcomes(class_: Class) -> dict[str, Outcome]:
    """Return the facts of the bodies of methods and properties, by name."""
    both: tuple[Function | Property, ...] = (*class_.methods, *class_.properties)
    return {each.name: each.outcome for each in both if each.outcome is not None}


def _constructed(pair: ClassPair, context: Context) -> Iterator[Difference]:
    """Yield the lost actions of creating an instance."""
    old, new = pair.old.constructor, pair.new.constructor
    if not isinstance(old, Function) or not isinstance(new, Function) or pair.old.kind is not pair.new.kind:
        return
    was, now = Actions(old.outcome), Actions(new.outcome)
    is_open = was.is_known and now.is_known and not now.outcome.raises
    if not is_open or now.of("calls") - was.of("calls"):
        return
    if context.keeps_bases(pair) and owner_of(old) == owner_of(new):
        text = context.new.held(pair.new).get("__str__")
        shows_text = text is not None and text.definer.path.partition(".")[0] in context.new_names.tops
        yield from _not_passed_on(pair, was, now, shows_text=shows_text)
    if pair.old.kind is ClassKind.DATACLASS:
        yield from _no_longer_set(pair, was.of("sets") - now.of("sets"))


def _no_longer_set(pair: ClassPair, names: set[str]) -> Iterator[Difference]:
    """Yield the fields that `__post_init__` no longer sets and whose defaults are unchanged."""
    was, now = ({each.name: each.value for each in side.attributes if each.field} for side in (pair.old, pair.new))
    for name in sorted(names & was.keys() & now.keys()):
        if was[name] == now[name]:
            place = pair.place.at(f"{pair.old_path}.{name}")
            yield handled(place, name, "`__post_init__` no longer sets it")


def _not_passed_on(pair: ClassPair, was: Actions, now: Actions, *, shows_text: bool) -> Iterator[Difference]:
    """Yield the difference if a constructor no longer calls that of the next class, or passes it other arguments."""
    lost = was.of("base") - now.of("base")
    if lost and shows_text:
        return
    if lost and pair.old.kind is ClassKind.EXCEPTION:
        text = "str() shows the arguments of the constructor, not the values that it made of them"
        yield difference("text-changed", pair.place, text)
    elif "with" in lost and not now.of("base"):
        yield difference("base-not-called", pair.place, "the constructor no longer calls that of the next class")
