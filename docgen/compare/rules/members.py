"""Differences of the members of classes, each reported once, at the class that defines it.

A class shows the members that attribute access finds: its own and inherited ones. Two classes that show the same pair
of definitions differ for the same reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

import msgspec

from docgen.compare.catalogue import catalogue
from docgen.compare.differences import Difference, Place, Unclear, difference
from docgen.compare.rules import special
from docgen.compare.rules.attributes import (
    attribute_to_property,
    attributes,
    may_be_callable,
    properties,
    property_to_attribute,
)
from docgen.compare.rules.context import ClassPair, Context, library_member, unknown_bases
from docgen.compare.rules.functions import functions
from docgen.compare.rules.outcomes import is_refusing, outcome_of
from docgen.compare.rules.pairing import renamed
from docgen.compare.rules.roots import Found
from docgen.compare.visibility import is_private_name
from docgen.model import UNKNOWN, Annotation, Attribute, Class, ClassKind, Function, Origin, Property
from docgen.symbols import Held, Index, Member

_WHETHER = "whether it still has"
_ASKED: Mapping[ClassKind, Mapping[str, str]] = {
    ClassKind.PROTOCOL: dict.fromkeys(
        ("result-narrowed", "parameter-widened", "parameter-added", "call-extended", "writable"),
        "protocol-member-changed",
    ),
    ClassKind.TYPED_DICT: {"result-narrowed": "parameter-narrowed"},
}
"""Kind of class -> differences that readers welcome, and what they are to those who implement a protocol or write a
dictionary."""
_TAKEN = dict.fromkeys(
    ("key-optional", "parameter-narrowed", "parameter-positional-only", "result-widened"), "parameter-widened"
)
"""The same for protocols and typed dictionaries that the package only takes as arguments: users make them."""
_OVERRIDDEN = dict.fromkeys(("parameter-added", "parameter-widened", "result-narrowed"), "override-outdated")
"""The same for methods that are meant to be overridden."""

_PLAIN_METACLASSES = ("", "abc.ABCMeta", "typing._ProtocolMeta")
_NOUNS: dict[type, str] = {Attribute: "attribute", Property: "property", Function: "method", Class: "class"}


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """A member as one class shows it on both sides."""

    pair: ClassPair
    name: str
    new_name: str
    """The new name of a renamed member."""
    old: Held | None
    new: Held | None
    is_of_metaclass: bool = False
    """Only the class itself has it, not its instances."""


class Members:
    """Compares the members of all classes.

    Parameters:
        context: Both sides.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self.unclear: dict[str, Unclear] = {}

    def found(self) -> Iterator[Found]:
        """Yield every difference, in the order of the classes."""
        spots: dict[tuple[int, int], list[Spot]] = {}
        for pair in (*self.context.class_pairs, *self.context.object_pairs):
            if self.context.visible.private or self.context.visible.is_public(pair.old_path):
                for spot in self._spots(pair):
                    if spot.name == "__call__" and spot.old and spot.new and pair in self.context.object_pairs:
                        continue  # The object is compared as a function.
                    key = (id(spot.old and spot.old.member), id(spot.new and spot.new.member))
                    spots.setdefault(key, []).append(spot)
        for group in spots.values():
            yield from self._reported(group)

    def _spots(self, pair: ClassPair) -> Iterator[Spot]:
        yield from self._spots_of_metaclass(pair)
        was, now = self.context.old.held(pair.old), self.context.new.held(pair.new)
        gone = {name: each.member for name, each in was.items() if name not in now and each.definer is pair.old}
        come = {name: each.member for name, each in now.items() if name not in was and each.definer is pair.new}
        others = dict(renamed(gone, come))
        for name, held in was.items():
            if self._is_reported(name):
                other = others.get(name, name)
                yield Spot(pair=pair, name=name, new_name=other, old=held, new=now.get(other))
        for name, held in now.items():
            if self._is_reported(name) and name not in was and name not in others.values():
                yield Spot(pair=pair, name=name, new_name=name, old=None, new=held)

    def _spots_of_metaclass(self, pair: ClassPair) -> Iterator[Spot]:
        """Yield the members that a class gets from its metaclass on the old side, apart from those that it defines."""
        was, now = (
            index.held(index.classes[side.metaclass]) if side.metaclass in index.classes else {}
            for side, index in ((pair.old, self.context.old), (pair.new, self.context.new))
        )
        own = self.context.new.held(pair.new)
        for name, held in was.items():
            own_name = "__class_getitem__" if name == "__getitem__" else name
            is_hidden = own_name in own or (hasattr(type, name) and name not in special.CLASS_CHECKS)
            after = now.get(name)
            after = None if after is not None and self._is_foreign(after) else after
            if self._is_reported(name) and not is_hidden and not self._is_foreign(held):
                yield Spot(pair=pair, name=name, new_name=name, old=held, new=after, is_of_metaclass=True)

    def _is_reported(self, name: str) -> bool:
        return self.context.visible.private or not (is_private_name(name) or name in special.OF_PYTHON_2)

    def _reported(self, group: list[Spot]) -> Iterator[Found]:
        """Yield the differences of one pair of definitions, at the class that defines it."""
        group = [spot for spot in group if not self._is_cascade(spot)]
        if not group:
            return
        root = next((spot for spot in group if _is_own(spot)), group[0])
        pair = root.pair
        for each in self._differences(root):
            symbols = tuple(f"{spot.pair.old_path}.{spot.name}" for spot in group if spot is not root)
            found = msgspec.structs.replace(each, affects=symbols)
            definer = self._private_definer(root)
            if definer:
                found = msgspec.structs.replace(found, symbol=f"{definer}.{root.name}", affects=(each.symbol, *symbols))
            yield Found(difference=found, owner=pair.new_path, label=definer or pair.old_path, cause=_inherited(root))

    def _private_definer(self, spot: Spot) -> str:
        """Return the path of the class that defines the member, if it has no public path and both sides have it."""
        held = spot.old or spot.new
        if held is None or _is_own(spot):
            return ""
        path = held.definer.path
        is_kept = path in self.context.old.classes and path in self.context.new.classes
        return path if is_kept and not self.context.old.public_path(path) else ""

    def _is_cascade(self, spot: Spot) -> bool:
        """Return True if a member was added or removed with a base, which is one difference of the class."""
        old, new = spot.old, spot.new
        if all(held is None or self._is_foreign(held) for held in (old, new)):
            return True
        if spot.is_of_metaclass:
            return False  # The metaclass itself does not show what the class can do.
        if spot.name in _newly_abstract(spot.pair):
            return False
        if old is not None and new is None and old.definer is not spot.pair.old:
            return self._still_has(old, self.context.new, spot.name)
        if new is not None and old is None and new.definer is not spot.pair.new:
            return self._still_has(new, self.context.old, spot.name)
        return False

    def _is_foreign(self, held: Held) -> bool:
        """Return True if a class of another distribution defines a member, which therefore does not differ."""
        top = held.definer.path.partition(".")[0]
        return top not in self.context.old_names.tops | self.context.new_names.tops

    def _still_has(self, held: Held, index: Index, name: str) -> bool:
        """Return True if the class that defines a member on one side has it on the other side too."""
        other = self._counterpart(held.definer, index)
        return other is not None and name in index.held(other)

    def _counterpart(self, class_: Class, index: Index) -> Class | None:
        for pair in self._by_definition.get(class_.path, ()):
            if pair.old is class_:
                return pair.new
            if pair.new is class_:
                return pair.old
        return index.classes.get(class_.path)

    @cached_property
    def _by_definition(self) -> Mapping[str, list[ClassPair]]:
        known: dict[str, list[ClassPair]] = {}
        for pair in self.context.class_pairs:
            for path in {pair.old.path, pair.new.path}:
                known.setdefault(path, []).append(pair)
        return known

    def _differences(self, spot: Spot) -> Iterator[Difference]:
        old, new = spot.old, spot.new
        place = Place(
            symbol=f"{spot.pair.old_path}.{spot.name}",
            old=old.member.location if old else spot.pair.old.location,
            new=new.member.location if new else spot.pair.new.location,
        )
        if old is None and new is not None:
            yield from self._added(spot, place, new)
        elif new is None and old is not None:
            yield from self._removed(spot, place, old)
        elif old is not None and new is not None:
            if spot.new_name != spot.name:
                noun = _NOUNS[type(old.member)]
                yield difference("renamed", place, f"the {noun} is called `{spot.new_name}`", new=spot.new_name)
            removed: tuple[Difference, ...] = ()
            order = spot.pair.old.mro if isinstance(spot.pair.old.mro, tuple) else ()
            if self._is_foreign(new) and old.definer is spot.pair.old and new.definer.path in order:
                removed = tuple(special.of_library_now(place, old))
            yield from removed or self._changed(spot, place, old, new)
            is_written = getattr(old.member, "path", "").startswith(f"{old.definer.path}.") and not self._is_foreign(
                old
            )
            if spot.name in special.TEXTS and is_written and self._is_foreign(new):
                yield from special.removed(place, old.member, spot.pair)
            if spot.name in _newly_abstract(spot.pair):
                yield difference("abstract-member-added", place, "subclasses must define it")
            elif spot.name in set(spot.pair.old.abstract_members) - set(spot.pair.new.abstract_members):
                yield difference("abstract-member-removed", place, "subclasses need not define it")

    def _added(self, spot: Spot, place: Place, new: Held) -> Iterator[Difference]:
        pair, member = spot.pair, new.member
        if not _is_surely_new(spot, new):
            return
        if spot.name in _newly_abstract(pair):
            yield difference("abstract-member-added", place, "subclasses must define it")
        elif pair.old.kind is pair.new.kind is ClassKind.PROTOCOL and new.definer is pair.new:
            yield difference("protocol-member-added", place, "a class must have it to implement the protocol")
        elif isinstance(member, Attribute) and member.is_required:
            yield difference("key-required", place, "a new key is required")
        elif isinstance(member, Function) and special.works_without(spot.name) and is_refusing(member):
            yield difference("refused", place, "it only raises an error")
        else:
            yield from self._defined(spot, place, new)

    def _defined(self, spot: Spot, place: Place, new: Held) -> Iterator[Difference]:
        """Yield the consequences of a new member: for the language, or for code that looks for it."""
        if spot.name == "__bool__" and not library_member(spot.pair.old, "__len__"):
            yield difference("truth-changed", place, "instances, which were always true, may be false now")
        elif isinstance(new.member, Function) and spot.name == special.SUBCLASS_HOOK:
            yield from functions(place, special.SUBCLASS_HOOK_OF_OBJECT, new.member, self.context.scope(spot.pair))
        elif spot.name == "__setattr__" and isinstance(new.member, Function) and outcome_of(new.member).errors:
            text = f"it raises {', '.join(outcome_of(new.member).errors)} for some attributes"
            yield difference("refused", place, text)
        elif spot.name in special.OF_EVERY_OBJECT:
            yield difference("default-behaviour", place, "the class defines it")
        elif not _is_in_constructor(spot, new):
            yield difference("symbol-added", place, f"{_NOUNS[type(new.member)]} added")

    def _removed(self, spot: Spot, place: Place, old: Held) -> Iterator[Difference]:
        pair, member, name = spot.pair, old.member, spot.name
        if library_member(pair.new, name):
            if library_member(pair.old, name):
                yield from special.of_library_now(place, old)
            return
        if is_unseen(member) or special.is_made(name, pair.new, self.context.new):
            return
        if name == "__getattr__" and member.location is not None and member.location.file.endswith(".pyi"):
            return  # In a stub, it means that the stub is not complete.
        if isinstance(member, Attribute | Property) and self._answers_for_names(pair):
            text = f"whether its `__getattr__` still provides `{name}` is unknown"
            self.unclear.setdefault(pair.old_path, Unclear(symbol=pair.old_path, text=text))
        elif unknown_bases(pair.new):
            reported = self.unclear.get(pair.old_path)
            if reported is not None and reported.text.startswith(_WHETHER):
                text = reported.text.replace(_WHETHER, f"{_WHETHER} `{name}`,", 1)
            else:
                text = f"{_WHETHER} `{name}` depends on {', '.join(map(_code, unknown_bases(pair.new)))}"
            self.unclear[pair.old_path] = Unclear(symbol=pair.old_path, text=text)
        else:
            yield from self._lost(spot, place, old)

    def _lost(self, spot: Spot, place: Place, old: Held) -> Iterator[Difference]:
        """Yield the consequences of a removed member: for the language, or for code that looks for it."""
        pair, member, name = spot.pair, old.member, spot.name
        if isinstance(member, Function) and name == special.SUBCLASS_HOOK:
            yield from functions(place, member, special.SUBCLASS_HOOK_OF_OBJECT, self.context.scope(pair))
        elif name in special.OF_EVERY_OBJECT:
            yield from special.removed(place, member, pair)
        elif name in special.UNCALLED or self._is_of_python_2(name, pair):
            yield difference("default-behaviour", place, "the class no longer defines it")
        elif special.ENDS.get(name) in self.context.old.held(pair.old).keys() - self.context.new.held(pair.new).keys():
            return
        elif special.is_supplied(name, self.context.old.held(pair.old).keys(), self.context.new.held(pair.new).keys()):
            yield difference("default-behaviour", place, "the class no longer defines it, and other methods supply it")
        elif name == "__getattr__" and self._has_more_data(pair):
            text = "it is gone, and the class has new attributes; whether it provided others is unknown"
            yield difference("kind-unclear", place, text)
        elif not _is_in_constructor(spot, old) and (name == "__getattr__" or not _is_refusing(member)):
            yield difference("symbol-removed", place, f"{_NOUNS[type(member)]} removed")

    def _is_of_python_2(self, name: str, pair: ClassPair) -> bool:
        """Return True if the name of a member says that it is for Python 2, and the class has it for Python 3 too."""
        now = self.context.new.held(pair.new)
        return (name in special.DICT_OF_PYTHON_2 and "items" in now) or (name == "next" and "__next__" in now)

    def _answers_for_names(self, pair: ClassPair) -> bool:
        """Return True if a class has a new `__getattr__`."""
        was, now = self.context.old.held(pair.old), self.context.new.held(pair.new)
        return "__getattr__" in now and "__getattr__" not in was

    def _has_more_data(self, pair: ClassPair) -> bool:
        """Return True if a class has new public attributes or properties."""
        was, now = self.context.old.held(pair.old), self.context.new.held(pair.new)
        return any(
            isinstance(held.member, Attribute | Property) and self._is_reported(name)
            for name, held in now.items()
            if name not in was
        )

    def _changed(self, spot: Spot, place: Place, old: Held, new: Held) -> Iterator[Difference]:
        was = _resolved(old.member, self.context.old.held(spot.pair.old))
        now = _resolved(new.member, self.context.new.held(spot.pair.new))
        is_stand_in = isinstance(now, Function | Property) and special.is_stand_in(now, spot.pair.new)
        if is_stand_in or (is_unseen(was) and is_unseen(now)):
            return
        scope = self.context.scope(spot.pair)
        if isinstance(was, Function) and isinstance(now, Function):
            yield from self._asked(spot, functions(place, special.as_hook(was), special.as_hook(now), scope))
        elif isinstance(was, Attribute) and isinstance(now, Attribute):
            yield from self._attributes(spot, place, was, now)
        elif isinstance(was, Property) and isinstance(now, Property):
            decides = "__setattr__" in self.context.new.held(spot.pair.new)
            for each in properties(place, was, now, scope):
                # The `__setattr__` of the class decides what can be assigned.
                if each.name != "writable" or not decides:
                    yield each
        elif isinstance(was, Attribute) and isinstance(now, Property):
            # The fields of a named tuple could not be assigned before either, and nobody assigns those of an error.
            is_fixed = spot.pair.old.kind in (ClassKind.NAMED_TUPLE, ClassKind.EXCEPTION)
            found = attribute_to_property(place, was, now, scope)
            yield from (each for each in found if not (is_fixed and each.name == "read-only"))
        elif isinstance(was, Property) and isinstance(now, Attribute):
            yield from self._asked(spot, property_to_attribute(place, was, now, scope))
        elif not (isinstance(was, Class) and isinstance(now, Class)) and not self._gives_function(was, now):
            yield from _other_kind(place, was, now)

    def _gives_function(self, was: Member, now: Member) -> bool:
        """Return True if a property that became a method gave a function, which users called like the method."""
        if not isinstance(was, Property) or not isinstance(now, Function) or was.outcome is None:
            return False
        words = (each.removeprefix("result made ") for each in was.outcome.actions)
        made = [each for each in words if each in self._makers]
        return bool(made) and not any(each.startswith("result object") for each in was.outcome.actions)

    @cached_property
    def _makers(self) -> frozenset[str]:
        """The names of the functions of the old side that return a function defined in their body."""
        tops = self.context.old.tops.values()
        return frozenset(each.name for each in tops if isinstance(each, Function) and each.returned is not None)

    def _asked(self, spot: Spot, found: Iterator[Difference]) -> Iterator[Difference]:
        """Yield the differences of a member; for those who implement a class, new members of it are requirements."""
        pair = spot.pair
        asked: Mapping[str, str] = _ASKED.get(pair.new.kind, {}) if pair.old.kind is pair.new.kind else {}
        if self.context.is_taken_only(pair):
            asked = {**asked, **_TAKEN}
        if not asked and all(side is not None and _is_for_overrides(side.member) for side in (spot.old, spot.new)):
            asked = _OVERRIDDEN
        for each in found:
            if each.name in asked and _is_own(spot):
                kind = catalogue()[asked[each.name]]
                text = f"{each.text}: overrides have to follow" if asked is _OVERRIDDEN else each.text
                yield msgspec.structs.replace(
                    each,
                    text=text,
                    code=kind.code,
                    name=kind.name,
                    level=kind.level,
                    breaks=kind.breaks,
                    hint=kind.hint,
                )
            else:
                yield each

    def _attributes(self, spot: Spot, place: Place, was: Attribute, now: Attribute) -> Iterator[Difference]:
        is_reported = was.field is not None and now.field is not None and _is_reported_by_constructors(spot)
        is_member, is_still = (each.origin is Origin.MEMBER for each in (was, now))
        if spot.pair.old.kind is spot.pair.new.kind is ClassKind.ENUM and is_member != is_still:
            yield difference("kind-changed", place, f"is {'a' if is_still else 'no'} member of the enumeration now")
            return
        if is_member and is_still and not was.alias_of and now.alias_of in self.context.old.held(spot.pair.old):
            yield difference("member-value-changed", place, f"is another name of `{now.alias_of}` now")
        for each in self._asked(spot, attributes(place, was, now, self.context.scope(spot.pair))):
            # Type and default of a field are compared with the parameter of the constructor.
            is_in_constructor = is_reported and each.name.startswith(("result-", "annotation-", "value-"))
            # A metaclass or decorator may add what the body of the class only declares.
            is_unsure = each.name == "class-access-removed" and self._may_be_given_values(spot.pair.new)
            if each.name == "value-changed" and self._is_of_bases(spot):
                yield difference("value-respelled", place, each.text, old=each.old, new=each.new)
            elif not (is_in_constructor or is_unsure):
                yield each

    def _is_of_bases(self, spot: Spot) -> bool:
        """Return True if an attribute of a class is a setting that a base class of the package reads."""
        index, class_ = self.context.old, spot.pair.old
        return any(spot.name in {each.name for each in base.attributes} for base in index.inherited(class_))

    def _may_be_given_values(self, class_: Class) -> bool:
        """Return True if a metaclass or a decorator of the package may add what the body of a class only declares."""
        decorators = class_.decorators if isinstance(class_.decorators, tuple) else ()
        is_decorated = any(each.path.partition(".")[0] in self.context.new_names.tops for each in decorators)
        return is_decorated or class_.metaclass not in _PLAIN_METACLASSES


def _is_refusing(member: Member) -> bool:
    return isinstance(member, Function) and is_refusing(member)


def _is_for_overrides(member: Member) -> bool:
    """Return True if a member is an annotated method that does nothing: type checkers compare overrides with it."""
    if not isinstance(member, Function) or member.is_final or member.name.startswith("__") or not _is_annotated(member):
        return False
    says = outcome_of(member)
    return member.is_abstract or "..." in says.gives or says.raises == "NotImplementedError"


def _is_annotated(function: Function) -> bool:
    taken = function.signature.parameters
    said = (function.signature.returns, *(each.annotation for each in (taken if isinstance(taken, tuple) else ())))
    return any(isinstance(each, Annotation) for each in said)


def _is_own(spot: Spot) -> bool:
    return (spot.old is not None and spot.old.definer is spot.pair.old) or (
        spot.new is not None and spot.new.definer is spot.pair.new
    )


def _code(path: str) -> str:
    return f"`{path}`"


def _inherited(spot: Spot) -> str:
    """Return the path of a member that is inherited now where the class had its own, empty for any other."""
    old, new = spot.old, spot.new
    is_inherited = old is not None and new is not None and new.definer is not spot.pair.new and _is_own(spot)
    return getattr(new.member, "path", "") if is_inherited and new is not None else ""


def _newly_abstract(pair: ClassPair) -> set[str]:
    return set(pair.new.abstract_members) - set(pair.old.abstract_members)


def _is_surely_new(spot: Spot, new: Held) -> bool:
    """Return True if a class did not have a member before, as far as the old side shows it.

    If it has bases without sources on both sides, a member that it defines is new unless it overrides one of theirs,
    which is likely for special methods.
    """
    pair, member = spot.pair, new.member
    if library_member(pair.old, spot.name) or is_unseen(member) or _is_never_shown(member, pair.old):
        return False
    is_own = new.definer is pair.new and not spot.name.startswith("__")
    return not unknown_bases(pair.old) or (is_own and unknown_bases(pair.old) == unknown_bases(pair.new))


def is_unseen(member: Member) -> bool:
    """Return True if a member is machinery of the language that users do not access: `__slots__`, `__module__`."""
    if member.name == "__post_init__":
        return True  # The generated constructor of a dataclass calls it, and has its parameters.
    return isinstance(member, Attribute) and member.name.startswith("__") and not (member.function or member.alias_of)


def _is_never_shown(member: Member, class_: Class) -> bool:
    """Return True if a class comes from a page, which shows no members of this kind."""
    is_page = class_.bases is UNKNOWN
    is_special = member.name.startswith("__")
    return is_page and (is_special or (isinstance(member, Attribute) and not class_.attributes))


def _resolved(member: Member, held: Mapping[str, Held]) -> Member:
    """Return the member that an alias in the class refers to."""
    if isinstance(member, Attribute) and member.origin is Origin.BODY and member.alias_of in held:
        return held[member.alias_of].member
    return member


def _is_reported_by_constructors(spot: Spot) -> bool:
    return all(
        isinstance(side.constructor, Function) and isinstance(side.constructor.signature.parameters, tuple)
        for side in (spot.pair.old, spot.pair.new)
    )


def _is_in_constructor(spot: Spot, held: Held) -> bool:
    """Return True if a field that was added or removed is reported as a parameter of the constructor."""
    member = held.member
    if not isinstance(member, Attribute) or not member.field or not member.field.is_init:
        return False
    if not _is_reported_by_constructors(spot):
        return False
    takes_any = [
        any(each.kind == "variadic keyword" for each in side.constructor.signature.parameters)  # type: ignore[union-attr] # reported above
        for side in (spot.pair.old, spot.pair.new)
    ]
    return not any(takes_any)


def _other_kind(place: Place, was: Member, now: Member) -> Iterator[Difference]:
    function = next((each.function for each in (was, now) if isinstance(each, Attribute) and each.function), None)
    method = next((each for each in (was, now) if isinstance(each, Function)), None)
    if function and method:
        return  # A function that is assigned in the body is a method too.
    if method and (not method.is_signature_known or "descriptor" in method.effects):
        return  # Its decorator may turn it into a property as well.
    if isinstance(was, Attribute) and may_be_callable(was):
        return  # It may have held the same.
    old, new = _NOUNS[type(was)], _NOUNS[type(now)]
    article = "an" if new == "attribute" else "a"
    kind = "kind-unclear" if isinstance(now, Attribute) and may_be_callable(now) else "kind-changed"
    yield difference(kind, place, f"the {old} is {article} {new} now", old=old, new=new)
