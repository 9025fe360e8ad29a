"""Differences that the language notices: special methods, and the effects of decorators and metaclasses on classes.

`object` already has many special methods, so losing one of those is not a removal, and gaining one may take something
away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

import msgspec

from docgen.compare.differences import Difference, Place, difference
from docgen.compare.rules.context import ClassPair, Context
from docgen.model import Class, ClassKind, Function, Origin, Outcome, ParameterKind, Property, Receiver
from docgen.sources.actions import DELEGATES
from docgen.symbols import Held, Index, Member

ORDER = frozenset({"__lt__", "__le__", "__gt__", "__ge__"})
"""`object` has these methods, but its versions refuse every comparison."""
TEXTS = frozenset({"__str__", "__format__"})
"""Methods for text that programs show to users; `__repr__` is for debugging. Source: data model, `object.__repr__`."""
OF_PYTHON_2 = frozenset({
    "__cmp__", "__coerce__", "__delslice__", "__div__", "__getslice__", "__hex__", "__idiv__", "__long__",
    "__getinitargs__", "__nonzero__", "__oct__", "__rdiv__", "__setslice__", "__unicode__",
})  # fmt: skip
"""Special methods that Python 3 never calls. Source: data model of Python 2.7, 3.4."""
OF_EVERY_OBJECT = frozenset({*vars(object), "__del__"})
"""Special methods that work without a definition in the class; nothing but the language calls `__del__`."""
_ARITHMETIC = (
    "add", "and", "divmod", "floordiv", "lshift", "matmul", "mod", "mul", "or", "pow", "rshift", "sub", "truediv",
    "xor",
)  # fmt: skip
_OPERATORS = {f"__{way}{name}__" for name in _ARITHMETIC for way in ("", "r", "i")} | {
    "__abs__", "__call__", "__delitem__", "__getitem__", "__invert__", "__neg__", "__pos__", "__setitem__",
}  # fmt: skip
"""Special methods without which their operation is a `TypeError`."""
CLASS_CHECKS = frozenset({"__instancecheck__", "__subclasscheck__"})
"""Methods by which a metaclass changes `isinstance` and `issubclass`; `type` has them too."""
_DECIDING = frozenset({"__getattribute__", "__subclasshook__"})
"""`object` has these methods, and a class that defines them may behave differently for any name or class."""
_OPTIONS = {
    "__eq__": "eq",
    "__lt__": "order",
    "__le__": "order",
    "__gt__": "order",
    "__ge__": "order",
    "__repr__": "repr",
}
"""Special method -> option of a dataclass that generates it."""
_TEXT_OF_MEMBERS = frozenset({"enum.StrEnum", "enum.IntEnum", "enum.IntFlag", "enum.ReprEnum"})
"""Enumerations whose members are formatted as their values. Source: documentation of `enum.ReprEnum`."""

_SUPPLIED: Mapping[str, tuple[frozenset[str], ...]] = {
    "__reversed__": (frozenset({"__len__", "__getitem__"}),),
    "__int__": (frozenset({"__index__"}), frozenset({"__trunc__"})),
    "__float__": (frozenset({"__index__"}),),
    "__complex__": (frozenset({"__float__"}), frozenset({"__index__"})),
}
"""Special method -> others that the language tries for the same operation. Source: data model, 3.3."""

DICT_OF_PYTHON_2 = frozenset({
    "has_key", "iteritems", "iterkeys", "itervalues", "viewitems", "viewkeys", "viewvalues",
})  # fmt: skip
"""Methods of dictionaries that Python 3 does not have. Source: documentation of Python 2.7, `dict`."""
UNCALLED = frozenset({"__del__", "__setstate__"})
"""Methods that users do not call, and that the interpreter and `pickle` can do without."""
ENDS = {"__aexit__": "__aenter__", "__exit__": "__enter__"}
"""Second method of a protocol -> the first one, which is reported for both."""

SUBCLASS_HOOK = "__init_subclass__"
SUBCLASS_HOOK_OF_OBJECT = Function(name=SUBCLASS_HOOK, receiver=Receiver.CLASS, outcome=Outcome(gives=("None",)))
"""The method of `object`, which takes no keywords of a class statement and accepts every subclass."""


def removed(place: Place, member: Member, pair: ClassPair) -> Iterator[Difference]:
    """Yield the consequences if a class no longer defines a special method that `object` has."""
    name = member.name
    if name in pair.new.refused_methods or is_delegating(member):
        return  # It is reported as refused, or it did what that of `object` does.
    if name == "__eq__":
        yield difference("equality-removed", place, "instances are compared by identity")
    elif name in ORDER or name in _DECIDING:
        yield difference("symbol-removed", place, "method removed")
    elif name in TEXTS and pair.old.kind is not ClassKind.EXCEPTION and not _is_text_of_repr(member, pair):
        yield difference("text-changed", place, f"the class no longer defines `{name}`")
    else:
        yield difference("default-behaviour", place, "the class no longer defines it")


def of_library_now(place: Place, old: Held) -> Iterator[Difference]:
    """Yield that a class no longer overrides a method of a base in the standard library."""
    member = old.member
    is_known = isinstance(member, Function) and member.outcome is not None and not is_delegating(member)
    if is_known and member.name not in OF_EVERY_OBJECT | CLASS_CHECKS | {"__class_getitem__"}:
        yield difference(
            "override-removed", place, f"the class no longer overrides it: it has the `{member.name}` of its base"
        )


def is_delegating(member: Member) -> bool:
    """Return True if the body of a method only calls the method that it overrides."""
    outcome = member.outcome if isinstance(member, Function) else None
    return outcome is not None and f"{DELEGATES} all" in outcome.actions


def _is_text_of_repr(member: Member, pair: ClassPair) -> bool:
    """Return True if `__str__` did what the class still does in `__repr__`, which `object` uses for it."""
    before, after = ({each.name: each for each in side.methods} for side in (pair.old, pair.new))
    shown = before.get("__repr__")
    outcome = member.outcome if isinstance(member, Function) else None
    return shown is not None and "__repr__" in after and outcome is not None and outcome == shown.outcome


def as_hook(method: Function) -> Function:
    """Return `__init_subclass__` without its `**keywords`, which `object` refuses; return other methods unchanged."""
    taken = method.signature.parameters
    if method.name != SUBCLASS_HOOK or not isinstance(taken, tuple):
        return method
    named = tuple(each for each in taken if each.kind is not ParameterKind.VAR_KEYWORD)
    return msgspec.structs.replace(method, signature=msgspec.structs.replace(method.signature, parameters=named))


def is_stand_in(member: Function | Property, class_: Class) -> bool:
    """Return True if a member only says what instances of another class have, which calling its class gives."""
    raises = member.raises if isinstance(member, Property) else member.outcome.raises if member.outcome else ""
    return raises == "NotImplementedError" and "may give others" in class_.effects


def works_without(name: str) -> bool:
    """Return True if the operation of a special method may work with objects whose class does not define it."""
    return name.startswith("__") and name not in _OPERATORS


def is_supplied(name: str, was: AbstractSet[str], now: AbstractSet[str]) -> bool:
    """Return True if the operation of a special method works without it, through other members of the class.

    Parameters:
        name: Name of the special method.
        was: Members of the class on the old side.
        now: Members on the new side.
    """
    if name == "__bool__":
        return "__len__" in now - was  # With an existing length, it had another meaning.
    return any(others <= now for others in _SUPPLIED.get(name, ()))


def is_made(name: str, class_: Class, index: Index) -> bool:
    """Return True if a decorator, or the kind of a class, generates a special method."""
    return any(_makes(name, each) for each in (class_, *index.inherited(class_)))


def _makes(name: str, class_: Class) -> bool:
    if class_.kind is ClassKind.NAMED_TUPLE:
        return name in (*_OPTIONS, "__hash__")
    if name in ORDER and "ordered" in class_.effects:
        return True
    option = _OPTIONS.get(name)
    if option is None or class_.kind is not ClassKind.DATACLASS:
        return False
    return dict(class_.options).get(option, str(option != "order")) == "True"


def class_protocols(pair: ClassPair, context: Context) -> Iterator[Difference]:
    """Yield the differences for the language that no member of the class shows."""
    yield from _made_methods(pair, context)
    yield from _effects(pair, context)
    yield from _refused_methods(pair, context)
    yield from _match_args(pair, context)
    yield from _text_of_members(pair, context)
    yield from _idle_metaclass(pair, context)
    if pair.old.kind is pair.new.kind is ClassKind.ENUM and _has_members(pair.new) and not _has_members(pair.old):
        yield difference("final-added", pair.place, "has members now, so that no class can derive from it")


def _idle_metaclass(pair: ClassPair, context: Context) -> Iterator[Difference]:
    """Yield that a metaclass no longer takes part in creating classes, and that no base does it instead."""
    order = pair.old.mro if isinstance(pair.old.mro, tuple) else ()
    made = [
        side.constructor.path.rpartition(".") if isinstance(side.constructor, Function) else ("", "", "")
        for side in (pair.old, pair.new)
    ]
    was, now = (owner == side.path for (owner, _, _), side in zip(made, (pair.old, pair.new), strict=True))
    if not was or now or "type" not in (*order, *pair.old.unknown_bases):
        return
    created = (each for each in context.new.classes.values() if each.metaclass == pair.new.path)
    if not any(SUBCLASS_HOOK in context.new.held(each) for each in created):
        yield difference("effect-removed", pair.place, "the metaclass no longer does anything when a class is created")


def _has_members(class_: Class) -> bool:
    return any(each.origin is Origin.MEMBER for each in class_.attributes)


def _made_methods(pair: ClassPair, context: Context) -> Iterator[Difference]:
    """Compare generated methods: `@dataclass` and `@total_ordering` may be gone or have other options."""
    place, now = pair.place, context.new.held(pair.new)
    lost = [
        name
        for name in _OPTIONS
        if is_made(name, pair.old, context.old) and not is_made(name, pair.new, context.new) and name not in now
    ]
    is_dataclass_still = pair.old.kind is pair.new.kind is ClassKind.DATACLASS
    is_tuple = pair.old.kind is ClassKind.NAMED_TUPLE  # that it is no longer a tuple is reported already
    if is_tuple:
        return
    if "__eq__" in lost and not is_dataclass_still:
        yield difference("equality-removed", place, "instances are compared by identity")
    if ORDER & set(lost) and not (is_dataclass_still and "ordered" not in pair.old.effects):
        shown = ", ".join(f"`{name}`" for name in lost if name in ORDER)
        yield difference("option-changed", place, f"instances are no longer ordered: {shown}")
    if "__repr__" in lost:
        yield difference("default-behaviour", place.at(f"{pair.old_path}.__repr__"), "it is that of `object` now")


def _effects(pair: ClassPair, context: Context) -> Iterator[Difference]:
    was, now = (
        {
            effect
            for each in (class_, *index.inherited(class_))
            if each.path.partition(".")[0] in context.old_names.tops | context.new_names.tops
            for effect in each.effects
        }
        for class_, index in ((pair.old, context.old), (pair.new, context.new))
    )
    if "dataclass" in was - now:
        text = "no longer a dataclass: `fields`, `asdict` and `replace` refuse it"
        yield difference("effect-removed", pair.place, text)
    if "shares instances" in now - was:
        yield difference("result-shared", pair.place, "calling the class may return an existing instance")
    if "instance" in now - was:
        yield difference("kind-changed", pair.place, "the class is its only instance now", old="class", new="variable")
    if "global" in pair.old.effects and "global" not in pair.new.effects:
        yield difference("symbol-removed", pair.place, "its members are no longer names of the module")
    if "finds missing members" in was - now:
        yield difference("symbol-removed", pair.place, "`_missing_` removed: values without a member are refused")
    # A protocol can be checked only if it is decorated itself.
    is_checked, is_still = ("runtime checkable" in side.effects for side in (pair.old, pair.new))
    if is_checked and not is_still and pair.new.kind is ClassKind.PROTOCOL:
        yield difference("effect-removed", pair.place, "`isinstance` refuses the protocol")


def _refused_methods(pair: ClassPair, context: Context) -> Iterator[Difference]:
    was = context.old.held(pair.old)
    for name in pair.new.refused_methods:
        # Methods that the class defined itself are reported as removed.
        if name not in pair.old.refused_methods and (name not in was or name in vars(object)):
            yield difference("refused", pair.place.at(f"{pair.old_path}.{name}"), "it is None now")


def _match_args(pair: ClassPair, context: Context) -> Iterator[Difference]:
    """Compare the attributes that patterns match by position, if declared. Source: data model, `__match_args__`."""
    was, now = _matched(pair.old, context.old), _matched(pair.new, context.new)
    is_written = any(
        each.match_args is not None for side, index in _sides(pair, context) for each in (side, *index.inherited(side))
    )
    if not is_written or was is None or now is None or now[: len(was)] == was:
        return
    shown = [", ".join(each) or "nothing" for each in (was, now)]
    text = f"patterns match by position: `{shown[0]}` -> `{shown[1]}`"
    yield difference("match-args-changed", pair.place, text, old=shown[0], new=shown[1])


def _sides(pair: ClassPair, context: Context) -> tuple[tuple[Class, Index], tuple[Class, Index]]:
    return (pair.old, context.old), (pair.new, context.new)


def _matched(class_: Class, index: Index) -> tuple[str, ...] | None:
    """Return the attributes that patterns match by position; None if that is unknown."""
    for each in (class_, *index.inherited(class_)):
        if each.match_args is not None:
            return each.match_args
    if class_.kind not in (ClassKind.DATACLASS, ClassKind.NAMED_TUPLE):
        return ()
    if dict(class_.options).get("match_args") == "False":
        return ()
    made = class_.constructor
    if not isinstance(made, Function) or not isinstance(made.signature.parameters, tuple):
        return None
    return tuple(each.name for each in made.signature.parameters if each.kind.value.startswith("positional"))


def _text_of_members(pair: ClassPair, context: Context) -> Iterator[Difference]:
    """Compare the results of `str()` and `format()` for members of an enumeration."""
    if not pair.old.kind is pair.new.kind is ClassKind.ENUM:
        return
    held = [index.held(side).get(name) for side, index in _sides(pair, context) for name in ("__str__", "__format__")]
    tops = context.old_names.tops | context.new_names.tops
    is_own = any(each is not None and each.definer.path.partition(".")[0] in tops for each in held)
    is_own = is_own or any("writes its members" in side.effects for side in (pair.old, pair.new))
    orders = [set(side.mro) if isinstance(side.mro, tuple) else set() for side in (pair.old, pair.new)]
    was, now = (bool(_TEXT_OF_MEMBERS & order) for order in orders)
    is_reported = any(path.startswith("enum.") for path in orders[0] - orders[1])
    if was != now and not is_own and not is_reported:
        text = "`str()` of a member returns its value" if now else "`str()` of a member returns its name"
        yield difference("text-changed", pair.place, text)
