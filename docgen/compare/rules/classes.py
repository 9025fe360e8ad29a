"""Differences of two classes apart from their members: constructors, bases, options and guarantees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from docgen.compare.differences import Difference, Place, Unclear, difference
from docgen.compare.rules.actions import actions
from docgen.compare.rules.class_actions import class_actions
from docgen.compare.rules.context import ClassPair, Context, unknown_bases
from docgen.compare.rules.functions import as_called, is_comparable
from docgen.compare.rules.outcomes import is_unhashable, refusals
from docgen.compare.rules.relations import Names, Relation
from docgen.compare.rules.remarks import conditions, deprecations, docs, finals
from docgen.compare.rules.roots import Found
from docgen.compare.rules.signatures import signatures, types_joined
from docgen.compare.rules.special import class_protocols
from docgen.compare.rules.type_parameters import type_parameters
from docgen.compare.standard import class_of
from docgen.compare.visibility import is_private_name
from docgen.model import UNKNOWN, Class, ClassKind, Function, Parameter, ParameterKind, Receiver, Signature, Type
from docgen.symbols import Index, members

_IGNORED_BASES = frozenset({"typing.Generic", "typing.Protocol", "abc.ABC", "object"})
"""Bases that are not reported as bases, because being generic, abstract or a protocol has its own codes."""

_OPTIONS: dict[tuple[str, str], str] = {
    ("frozen", "True"): "instances are frozen: their fields cannot be assigned",
    ("frozen", "False"): "instances are not frozen: dataclasses that derive from it cannot be frozen either",
    ("eq", "False"): "instances are compared by identity",
    ("order", "False"): "instances are no longer ordered",
    ("match_args", "False"): "patterns can no longer match by position",
}
"""(option, new value) -> what is no longer possible."""

_BOUNDARY = "values with unknown bits are treated differently"
_ABSTRACT = "abc.ABCMeta"
_PLAIN_INITS = (Exception.__init__, ValueError.__init__, LookupError.__init__, KeyError.__init__)
"""Constructors of errors that take any arguments."""

_TOLD_ELSEWHERE = frozenset({"slots", "weakref_slot", "kw_only", "init", "repr", "total", "unsafe_hash", "metaclass"})
"""Options whose effects are separate facts: slots, constructor, hashing, required keys."""

_AT_FIRST = {
    "frozen": "False",
    "eq": "True",
    "order": "False",
    "match_args": "True",
}
"""Default values of options. Source: documentation of `dataclasses.dataclass`."""


def class_facts(pair: ClassPair, context: Context) -> Iterator[Found]:
    """Yield how a class differs, apart from its members."""
    for each in _facts(pair, context):
        yield Found(difference=each, owner=pair.new_path, label=pair.old_path)
    yield from _constructors(pair, context)


def _facts(pair: ClassPair, context: Context) -> Iterator[Difference]:
    place, old, new = pair.place, pair.old, pair.new
    if UNKNOWN not in (old.bases, new.bases):
        yield from type_parameters(place, old.type_parameters, new.type_parameters, context.scope(pair), is_class=True)
    yield from _bases(pair, context)
    yield from _options(place, old, new)
    yield from class_protocols(pair, context)
    yield from class_actions(pair, context)
    yield from _hashing(place, old, new)
    yield from _slots(pair, context)
    yield from finals(place, was=old.is_final, now=new.is_final)
    yield from _metaclasses(pair, context)
    if old.kind is new.kind is ClassKind.NAMED_TUPLE:
        yield from _order_of_fields(place, old, new)
    if old.kind is new.kind is ClassKind.DATACLASS:
        yield from _order_of_instances(place, old, new)
        if context.is_base(pair.new_path):
            yield from _first_default(place, old, new)
    yield from deprecations(place, old.deprecation, new.deprecation)
    yield from conditions(place, old.condition, new.condition)
    yield from docs(place, old.docstring, new.docstring)


def _bases(pair: ClassPair, context: Context) -> Iterator[Difference]:
    if not isinstance(pair.old.mro, tuple) or not isinstance(pair.new.mro, tuple):
        return
    was, now = context.order(pair, is_old=True), context.order(pair, is_old=False)
    # A class of another distribution may now be imported from a different place: `collections`, `six.moves`.
    again = {path for path in was ^ now if any(_is_foreign_twin(path, other, context) for other in was ^ now)}
    # A call that creates a base (`six.with_metaclass(Meta, Base)`) may create any base that the other side names.
    # A base that is removed altogether is reported itself.
    gone = {path for path in was - now if path in context.pairing.removed and context.visible(path)}
    gone |= {path for path in was - now if _may_be_inherited(path, pair, context)}
    gone |= _lost_by_bases(pair, context)
    lost = () if _made_bases(pair.new) else _reported(was - now - again - gone, pair.old, context.old_names, context)
    gained = () if _made_bases(pair.old) else _reported(now - was - again, pair.new, context.new_names, context)
    place = pair.place
    if lost:
        text = f"no longer derives from {', '.join(f'`{path}`' for path in lost)}"
        yield difference("base-removed", place, text, old=", ".join(lost))
    if gained:
        text = f"derives from {', '.join(f'`{path}`' for path in gained)} too"
        more = context.new.held(pair.new).keys() - context.old.held(pair.old).keys()
        is_asked = pair.old.kind is pair.new.kind is ClassKind.PROTOCOL and bool(more)
        kind = "protocol-member-added" if is_asked and not all(map(class_of, gained)) else "base-added"
        yield difference(kind, place, text, new=", ".join(gained))
    yield from _registrations(pair, context, now)
    if not lost:
        yield from _arguments_of_bases(pair, context)
    if not lost and not gained:
        yield from _order_of_bases(pair, context, was & now)


def _lost_by_bases(pair: ClassPair, context: Context) -> frozenset[str]:
    """Return the bases that a class lost because a base that it still has lost them, which is reported for that one."""
    lost: set[str] = set()
    for path in pair.old.mro if isinstance(pair.old.mro, tuple) else ():
        old, new = context.old.classes.get(path), context.new.classes.get(context.old_names.name(path))
        is_kept = new is not None and isinstance(pair.new.mro, tuple) and new.path in pair.new.mro
        if (
            is_kept
            and old is not None
            and new is not None
            and isinstance(old.mro, tuple)
            and isinstance(new.mro, tuple)
        ):
            before, after = map(context.old_names.name, old.mro), map(context.new_names.name, new.mro)
            lost |= {*before} - {*after}
    return frozenset(lost)


def _may_be_inherited(path: str, pair: ClassPair, context: Context) -> bool:
    """Return True if a base may be among the bases of a new base of which nothing is known.

    A class of another distribution does not derive from one of this distribution; what a call makes may.
    """
    unread = set(unknown_bases(pair.new)).difference(unknown_bases(pair.old))
    is_foreign = path.partition(".")[0] not in context.new_names.tops
    return any(is_foreign or each.partition(".")[0] in context.new_names.tops or "(" in each for each in unread)


def _registrations(pair: ClassPair, context: Context, bases: frozenset[str]) -> Iterator[Difference]:
    """Compare which classes count as derived because they are registered. Source: `abc.ABCMeta.register`."""
    kept = {context.new_names.name(path) for path in pair.new.registered_with} | bases
    for path in map(context.old_names.name, pair.old.registered_with):
        if path not in kept:
            text = f"no longer registered with `{path}`: isinstance() and issubclass() return False"
            yield difference("base-removed", pair.place, text, old=path)
    still = set(map(context.new_names.name, pair.new.registers))
    for path in map(context.old_names.name, pair.old.registers):
        if path not in still:
            yield difference("base-removed", pair.place, f"`{path}` is no longer registered with it", old=path)


def _made_bases(class_: Class) -> list[str]:
    """Return the bases of a class that a call creates, as written."""
    return [written for written in _written_bases(class_) if "(" in written]


def _is_foreign_twin(path: str, other: str, context: Context) -> bool:
    """Return True if two paths are of classes with the same name, and at least one is of another distribution."""
    tops = context.old_names.tops | context.new_names.tops
    is_foreign = any(each.partition(".")[0] not in tops for each in (path, other))
    return is_foreign and path != other and path.rpartition(".")[2] == other.rpartition(".")[2]


def _arguments_of_bases(pair: ClassPair, context: Context) -> Iterator[Difference]:
    """Compare the type arguments of generic bases, which appear in the inherited members."""
    scope = context.scope(pair)
    was, now = (
        {
            names.name(base.type.name): base
            for base in (side.bases if isinstance(side.bases, tuple) else ())
            if isinstance(base.type, Type) and base.type.args
        }
        for side, names in ((pair.old, context.old_names), (pair.new, context.new_names))
    )
    for path in was.keys() & now.keys() - _IGNORED_BASES:
        relation = context.types.relate(was[path].type, now[path].type, owners=scope.owners, variables=scope.variables)  # type: ignore[arg-type] # picked above
        if relation in (Relation.NARROWER, Relation.WIDER, Relation.OTHER):
            old, new = was[path].written, now[path].written
            yield difference("base-arguments-changed", pair.place, f"base `{old}` -> `{new}`", old=old, new=new)


def _order_of_bases(pair: ClassPair, context: Context, kept: frozenset[str]) -> Iterator[Difference]:
    before = [name for name in map(context.old_names.name, pair.old.mro) if name in kept]
    after = [name for name in map(context.new_names.name, pair.new.mro) if name in kept]
    old, new = (", ".join(_written_bases(side)) for side in (pair.old, pair.new))
    if before != after and old != new:
        others = list(_from_other_bases(pair, context))
        text = f"bases `{old}` -> `{new}`" + (f": {others[0]}" if others else "")
        kind = "other-base-first" if others else "order-of-bases-changed"
        yield difference(kind, pair.place, text, old=old, new=new)


def _from_other_bases(pair: ClassPair, context: Context) -> Iterator[str]:
    """Yield the members that are now inherited from another base, although both bases still have them."""
    was, now = context.old.held(pair.old), context.new.held(pair.new)
    for name in sorted(was.keys() & now.keys()):
        before = context.old_names.name(was[name].definer.path)
        after = context.new_names.name(now[name].definer.path)
        other = context.new.classes.get(was[name].definer.path)
        if before != after and other is not None and name in context.new.held(other) and not is_private_name(name):
            yield f"`{name}` is that of `{after}`, not that of `{before}`"


def _written_bases(class_: Class) -> list[str]:
    return [base.written for base in class_.bases] if isinstance(class_.bases, tuple) else []


def _reported(bases: frozenset[str], class_: Class, names: Names, context: Context) -> list[str]:
    """Return the bases to report: public ones, and those that the class itself names, if there are any."""
    made = {written.partition("(")[0].rpartition(".")[2] for written in _made_bases(class_)}
    made |= {written.partition("('")[2].partition("'")[0] for written in _made_bases(class_)}
    skipped = _IGNORED_BASES | context.unclear | {path for path in bases if path.rpartition(".")[2] in made}
    worth = {path for path in bases if path not in skipped and (context.visible.private or ".*." not in path)}
    written = class_.bases if isinstance(class_.bases, tuple) else ()
    direct = {names.name(base.type.name) for base in written if isinstance(base.type, Type)}
    return sorted(path for path in worth & direct or worth if "(" not in path)


def _options(place: Place, old: Class, new: Class) -> Iterator[Difference]:
    was, now = dict(old.options), dict(new.options)
    # Without options on one side the class is created differently; its constructor and members show the effect.
    if old.kind is not new.kind:
        return
    for name in dict.fromkeys((*was, *now)):
        before, after = (side.get(name, _AT_FIRST.get(name, "")) for side in (was, now))
        if before == after or name in _TOLD_ELSEWHERE:
            continue
        text = _OPTIONS.get((name, after)) or (_BOUNDARY if name == "boundary" else "")
        if text:
            yield difference("option-changed", place, text, old=f"{name}={before}", new=f"{name}={after}")
        elif name in _AT_FIRST:
            text = f"`{name}={after}`"
            yield difference("option-relaxed", place, text, old=f"{name}={before}", new=f"{name}={after}")
        else:
            text = f"option `{name}`: `{before or 'not given'}` -> `{after or 'not given'}`"
            yield difference("decorators-changed", place, text, old=before, new=after)


def _hashing(place: Place, old: Class, new: Class) -> Iterator[Difference]:
    if old.is_hashable is new.is_hashable is True and old.kind is new.kind is ClassKind.DATACLASS:
        was, now = _unhashable_fields(old), _unhashable_fields(new)
        if now and not was and "__hash__" not in {each.name for each in members(new)}:
            yield difference("hash-removed", place, f"its field `{now[0]}` cannot be hashed")
    if UNKNOWN in (old.is_hashable, new.is_hashable) or old.is_hashable == new.is_hashable:
        return
    if not all(map(_says_hash, (old, new))):
        return
    if old.kind is ClassKind.NAMED_TUPLE and new.kind is not ClassKind.NAMED_TUPLE:
        return  # That it is no tuple any more says it.
    if old.is_hashable:
        yield difference("hash-removed", place, "instances can no longer be hashed")
    else:
        yield difference("hash-added", place, "instances can be hashed")


def _unhashable_fields(class_: Class) -> list[str]:
    """Return the fields that are part of the hash of a dataclass, and that cannot be hashed."""
    return [
        each.name
        for each in class_.attributes
        if each.field is not None
        and (each.field.is_compared if each.field.is_hashed is None else each.field.is_hashed)
        and is_unhashable(each.annotation)
    ]


def _says_hash(class_: Class) -> bool:
    """Return True if the sources decide whether instances can be hashed; a stub that adds `__eq__` only types it."""
    is_stub = class_.location is not None and class_.location.file.endswith(".pyi")
    return not is_stub or any(member.name == "__hash__" for member in members(class_))


def _metaclasses(pair: ClassPair, context: Context) -> Iterator[Difference]:
    was, now = context.old_names.name(pair.old.metaclass), context.new_names.name(pair.new.metaclass)
    is_protocol = ClassKind.PROTOCOL in (pair.old.kind, pair.new.kind)
    # The metaclass of protocols, which no source names, is an `ABCMeta`.
    if was == now or (is_protocol and _ABSTRACT in (was, now)):
        return
    if pair.new.kind is ClassKind.ENUM and pair.old.kind is not ClassKind.ENUM:
        yield difference("kind-changed", pair.place, "the class is an enumeration now: its attributes are its members")
        return
    text = f"metaclass `{pair.old.metaclass or 'type'}` -> `{pair.new.metaclass or 'type'}`"
    found = context.new.classes.get(pair.new.metaclass)
    order = found.mro if found is not None and isinstance(found.mro, tuple) else ()
    # Most classes that are combined with this one have the metaclass `type` or `ABCMeta`.
    is_in_the_way = found is not None and _ABSTRACT not in (now, *order)
    kind = "metaclass-in-the-way" if is_in_the_way and was in ("", _ABSTRACT) else "metaclass-changed"
    yield difference(kind, pair.place, text, old=pair.old.metaclass, new=pair.new.metaclass)
    is_own = not context.order(pair, is_old=True) - context.order(pair, is_old=False) - _IGNORED_BASES
    if was == _ABSTRACT and not now and is_own:
        place = pair.place.at(f"{pair.old_path}.register")
        yield difference("symbol-removed", place, "method of `abc.ABCMeta` removed")


def _slots(pair: ClassPair, context: Context) -> Iterator[Difference]:
    """Compare whether instances have a `__dict__` besides their slots, and support weak references."""
    was, now = _room(pair.old, context.old), _room(pair.new, context.new)
    if was is None or now is None:
        return
    if "__dict__" in was - now:
        yield difference("slots-added", pair.place, "instances have slots, and no `__dict__`")
    elif "__weakref__" in was - now:
        text = "instances can no longer be referred to weakly"
        yield difference("option-changed", pair.place, text, old="__weakref__", new="")
    if "__dict__" in now - was:
        yield difference("slots-removed", pair.place, "instances have a `__dict__`")


def _room(class_: Class, index: Index) -> frozenset[str] | None:
    """Return which of `__dict__` and `__weakref__` instances have; None if that is unknown for a base."""
    room: set[str] = set()
    order = class_.mro if isinstance(class_.mro, tuple) else ()
    for path, each in ((class_.path, class_), *((path, index.classes.get(path)) for path in order)):
        library = class_of(path)
        if library is not None:
            offsets = {"__dict__": library.__dictoffset__, "__weakref__": library.__weakrefoffset__}
            room.update(name for name, offset in offsets.items() if offset)
        elif each is None:
            return None
        else:
            room |= _own_room(each)
    return frozenset(room)


def _own_room(class_: Class) -> set[str]:
    options = dict(class_.options)
    if class_.kind is ClassKind.DATACLASS and options.get("slots") == "True":
        return {"__weakref__"} if options.get("weakref_slot") == "True" else set()
    return {"__dict__", "__weakref__"} if class_.slots is None else {"__dict__", "__weakref__"} & set(class_.slots)


def _order_of_fields(place: Place, old: Class, new: Class) -> Iterator[Difference]:
    was, now = ([each.name for each in side.attributes if each.field] for side in (old, new))
    if was and len(now) > len(was) and now[: len(was)] == was:
        text = f"unpacking gives {len(now)} values, not {len(was)}"
        yield difference("order-of-fields-changed", place, text, old=", ".join(was), new=", ".join(now))


def _order_of_instances(place: Place, old: Class, new: Class) -> Iterator[Difference]:
    """Compare by which field instances are ordered first, if the constructor does not show it."""
    if any(dict(side.options).get("order") != "True" for side in (old, new)):
        return
    was, now = ([each.name for each in side.attributes if each.field and each.field.is_compared] for side in (old, new))
    kept = [[name for name in side if name in other] for side, other in ((was, now), (now, was))]
    shown = [", ".join(f"`{name}`" for name in side) for side in kept]
    # If positional arguments move, that is reported.
    if kept[0] != kept[1] and _names_by_position(old) == _names_by_position(new):
        text = f"instances are ordered by {shown[1]}, not by {shown[0]}"
        yield difference("order-of-fields-changed", place, text, old=", ".join(was), new=", ".join(now))


def _first_default(place: Place, old: Class, new: Class) -> Iterator[Difference]:
    """Yield fields that now have defaults, if a dataclass that derives from this one adds fields without."""
    if new.is_final or "dataclass" not in old.effects:
        return
    was, now = (dict(_by_position(side)) for side in (old, new))
    if was and all(was.values()) and not all(now.values()):
        name = next(name for name, is_required in now.items() if not is_required)
        text = f"`{name}` has a default: dataclasses that derive from it cannot add fields without one"
        yield difference("refused", place, text)


def _names_by_position(class_: Class) -> list[str]:
    return [name for name, _ in _by_position(class_)]


def _by_position(class_: Class) -> Iterator[tuple[str, bool]]:
    """Yield the positional parameters of a constructor, and whether each is required."""
    made = class_.constructor
    taken = made.signature.parameters if isinstance(made, Function) else ()
    for each in taken if isinstance(taken, tuple) else ():
        if each.kind.value.startswith("positional"):
            yield each.name, each.default is None


_MESSAGE = Function(
    name="__init__",
    signature=Signature(parameters=(Parameter(name="message", kind=ParameterKind.POSITIONAL_ONLY),)),
    receiver=Receiver.INSTANCE,
)
"""The arguments that users pass to an error that accepts what `Exception` accepts."""


def _why_not_callable(new: object, pair: ClassPair) -> str:
    """Return why a class can no longer be called, empty if it can, or if its abstract members say so."""
    if _is_protocol_now(pair):
        return "is a protocol now, which cannot be called"
    return "cannot be called" if new is None and not pair.new.abstract_members else ""


def _is_protocol_now(pair: ClassPair) -> bool:
    return pair.new.kind is ClassKind.PROTOCOL and pair.old.kind is not ClassKind.PROTOCOL


def _constructors(pair: ClassPair, context: Context) -> Iterator[Found]:
    if ClassKind.ENUM in (pair.old.kind, pair.new.kind):
        # Calling an enumeration looks up a member; without members it creates one, with Python's own signature.
        return
    old, new = (constructor(side) for side in (pair.old, pair.new))
    if old is UNKNOWN and isinstance(new, Function) and _is_plain_error(pair.old):
        old = _MESSAGE
    if isinstance(old, Function) and not pair.old.abstract_members and (why := _why_not_callable(new, pair)):
        yield Found(difference=difference("not-callable", pair.place, why), owner=pair.new_path, label=pair.old_path)
        return
    if _is_protocol_now(pair) or ClassKind.TYPED_DICT in (pair.old.kind, pair.new.kind):
        return
    if old is None or new is None or UNKNOWN in (old, new):
        return
    assert isinstance(old, Function)  # noqa: S101 - neither None nor unknown
    assert isinstance(new, Function)  # noqa: S101 - the same
    cause = new.path if new.path == old.path else ""
    definer = new.path.rpartition(".")[0]
    place = Place(
        symbol=pair.old_path,
        old=old.location or pair.old.location,
        new=new.location or pair.new.location,
    )
    by_body = actions(place, old, new, context.types, keeps_bases=context.keeps_bases(pair))
    for each in (*refusals(place, old, new), *by_body, *_moved_to_new(pair, old)):
        yield Found(difference=each, owner=pair.new_path, label=pair.old_path)
    if not is_comparable(old, new):
        return
    # A constructor returns an instance of the class.
    was, now = (Signature(parameters=each.parameters) for each in (as_called(old, new), new.signature))
    for each in types_joined(signatures(place, was, now, context.scope(pair))):
        yield Found(
            difference=each,
            owner=pair.new_path,
            label=pair.old_path,
            cause=cause,
            public_cause=context.named(definer, is_old=False) if cause else "",
        )


def _moved_to_new(pair: ClassPair, old: Function) -> Iterator[Difference]:
    """Yield the parameters that `__new__` takes in place of `__init__`, to which subclasses pass them by `super()`."""
    was, now = ("takes arguments in __new__ only" in side.effects for side in (pair.old, pair.new))
    if now and not was and pair.new.mro == () and old.signature.parameters:
        yield difference("refused", pair.place, "`super().__init__()` of subclasses no longer takes arguments")


def _is_plain_error(class_: Class) -> bool:
    """Return True if the constructor of an error class accepts any arguments, as that of `Exception` does."""
    order = [class_of(path) for path in class_.mro] if isinstance(class_.mro, tuple) else []
    known = [each for each in order if each is not None]
    return bool(known) and issubclass(known[0], Exception) and known[0].__init__ in _PLAIN_INITS


def constructor(class_: Class) -> object:
    """Return the signature of calling a class, or of its initializer if it cannot be called; None if unknown."""
    if class_.constructor is UNKNOWN:
        return class_.initializer or UNKNOWN
    return class_.constructor or class_.initializer


def unread_bases(pairs: Iterable[ClassPair]) -> Iterator[Unclear]:
    """Yield each base without sources on either side, with the number of classes whose inheritance is not compared."""
    missing: dict[str, list[str]] = {}
    for pair in pairs:
        # A page that does not show the order of bases lists inherited members like the class's own.
        if isinstance(pair.old.mro, tuple) and isinstance(pair.new.mro, tuple):
            for path in unknown_bases(pair.old):
                missing.setdefault(path, []).extend([pair.old_path] if path in unknown_bases(pair.new) else [])
    for path, (first, *others) in ((path, classes) for path, classes in missing.items() if classes):
        more = f" (and {len(others)} other classes)" if others else ""
        text = (
            f"what it inherits from `{path}`{more} was not compared: there are no sources of it. "
            "Name its release under `dependencies` of the configuration (--config)"
        )
        yield Unclear(symbol=first, text=text)


def unclear_bases(pair: ClassPair) -> Iterator[Unclear]:
    """Yield that the inherited members of a class are unknown, if its bases differ or are unknown on one side."""
    was, now = unknown_bases(pair.old), unknown_bases(pair.new)
    only_one = [path for path in (*was, *now) if (path in was) != (path in now)]
    if only_one:
        text = f"what it inherits from {', '.join(f'`{path}`' for path in only_one)} is unknown"
        yield Unclear(symbol=pair.old_path, text=text)
