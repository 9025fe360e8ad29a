"""Observes a template for a property: its fields, by identity and by value, before and after.

Values of an unknown implementation need not define `==` (a cache policy may not), and may define it too widely
(`True == 1`). A *view* is a value decomposed into comparable parts: classes, fields, items.
"""

from __future__ import annotations

import dataclasses
import weakref
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.recipes import NOTHING
from conformance.engine.properties import shown, shown_both

_ATOMS = (bool, int, float, complex, str, bytes, type(None))
_CACHE_PARTS = ("behavior", "version_override", "serialize", "salt")


@dataclasses.dataclass(frozen=True, eq=False)
class _Same:
    """An object that equals only itself."""

    thing: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.thing is other.thing

    __hash__ = None  # type: ignore[assignment]  # never a key

    def __repr__(self) -> str:
        return repr(self.thing)


def view(value: Any) -> Any:
    """Return the view of a value: comparable by `==`, unaffected by later changes, printable.

    Caches compare by behavior, version, serialize, ignored inputs, salt and number of policies; functions, classes and
    weak references by identity; other objects by class and fields.
    Source: site/understand/contract.md, "How values are compared".
    """
    return _view(value, ())


def _view(value: Any, above: tuple[int, ...]) -> Any:
    if isinstance(value, _ATOMS):
        return _atom(value)
    if isinstance(value, type | weakref.ReferenceType) or callable(value) or id(value) in above:
        return _Same(value)
    return _taken_apart(value, (*above, id(value)))


def _atom(value: Any) -> tuple[str, str]:
    """Return the kind of a scalar and the scalar. A member of an Enum of strings or integers counts as its value."""
    if isinstance(value, str):
        return "str", repr("".join(value))
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return ("int", repr(int(value))) if is_number else (type(value).__name__, repr(value))


def _taken_apart(value: Any, above: tuple[int, ...]) -> Any:
    """Return the kind of a value and its parts; `above` has the values around it, so that a cycle ends."""
    if isinstance(value, Mapping):
        return "mapping", [(_view(key, above), _view(item, above)) for key, item in value.items()]
    if isinstance(value, AbstractSet):
        return "set", sorted(repr(_view(item, above)) for item in value)
    if isinstance(value, list | tuple):
        # A subclass of list is still a list, and a tuple is not.
        return "tuple" if isinstance(value, tuple) else "list", [_view(item, above) for item in value]
    return type(value).__name__, _inside(value, above)


def _inside(value: Any, above: tuple[int, ...]) -> Any:
    """Return the contents of an object of an unknown class."""
    if hasattr(value, "behavior") and hasattr(value, "version_override"):
        parts = [_view(getattr(value, name, None), above) for name in _CACHE_PARTS]
        return [*parts, ignored_inputs(value), policy_count(value)]
    if dataclasses.is_dataclass(value):
        return [(field.name, _view(getattr(value, field.name, None), above)) for field in dataclasses.fields(value)]
    if "__eq__" in _names_defined_by(type(value)):
        return _ByEquality(value)
    return _view(shown_by(value), above)


def shown_by(value: Any) -> dict[str, Any]:
    """Return the public attributes of an object, without internal state such as a lazily computed value.

    If it has none, return all of its attributes.
    """
    public = {name: _read(value, name) for name in dir(value) if not name.startswith("_")}
    found = {name: one for name, one in public.items() if one is not NOTHING and not callable(one)}
    return found or dict(getattr(value, "__dict__", {}))


def _read(value: Any, name: str) -> Any:
    """Return an attribute, NOTHING if reading it raises."""
    try:
        return getattr(value, name)
    except Exception:  # noqa: BLE001 - a property of an unknown implementation may raise anything
        return NOTHING


def _names_defined_by(cls: type[Any]) -> set[str]:
    return {name for base in cls.__mro__[:-1] for name in vars(base)}


@dataclasses.dataclass(frozen=True, eq=False)
class _ByEquality:
    """An object compared by its own `==`, and if that is False, by its contents, because it may equal only itself."""

    thing: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByEquality) and (bool(self.thing == other.thing) or self._looks_like(other.thing))

    def _looks_like(self, other: Any) -> bool:
        mine, others = shown_by(self.thing), shown_by(other)
        return type(self.thing) is type(other) and bool(mine) and bool(view(mine) == view(others))

    __hash__ = None  # type: ignore[assignment]  # never a key

    def __repr__(self) -> str:
        return repr(self.thing)


def ignored_inputs(cache: Any) -> tuple[str, ...]:
    """Return the names of the inputs that a cache ignores, in whichever form it stores them."""
    names = getattr(cache, "get_ignored_inputs", None) or cache.ignored_inputs
    names = names() if callable(names) else names
    return (names,) if isinstance(names, str) else tuple(names or ())


def policy_count(cache: Any) -> int:
    """Return the number of policies of a cache: one if it is not a list, zero for None."""
    policies = getattr(cache, "policies", None)
    if policies is None:
        return 0
    return len(list(policies)) if isinstance(policies, Iterable) else 1


def alike(left: Any, right: Any) -> bool:
    """Return True if two values are equal according to the contract."""
    return left is right or bool(view(left) == view(right))


def shown_apart(left: Any, right: Any) -> tuple[str, str]:
    """Return two values as text; if their reprs are equal, with their contents."""
    texts = shown_both(left, right)
    if texts[0] != texts[1]:
        return texts
    with_parts = (f"{text} with {shown(shown_by(one))}" for text, one in zip(texts, (left, right), strict=True))
    first, second = with_parts
    return first, second if second != first else f"another one that is not equal, {second}"


def is_same(left: Any, right: Any) -> bool:
    """Return True if two values are the same object. For strings and numbers, equality is enough."""
    return left is right or (type(left) in _ATOMS and alike(left, right))


def field_names(impl: Adapter, template: Any) -> tuple[str, ...]:
    """Return the names of the fields of a template, in a fixed order: the claimed ones, and those of a subclass."""
    names = set(impl.fields())
    if dataclasses.is_dataclass(template):
        names |= {field.name for field in dataclasses.fields(template)}
    return tuple(sorted(name for name in names if hasattr(template, name)))


@dataclasses.dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The values of the fields of a template at one moment."""

    held: Mapping[str, Any]
    """The object of each constructor parameter, if two consecutive reads returned the same object."""
    views: Mapping[str, Any]

    def differences(self, template: Any, *, besides: Iterable[str] = ()) -> list[str]:
        """Return one line per field of `template` that is no longer what it was.

        Parameters:
            template: The observed template, or another one that should have the same values.
            besides: Fields that may differ.
        """
        return [
            self._difference(template, name)
            for name, before in self.views.items()
            if name not in besides and view(getattr(template, name, NOTHING)) != before
        ]

    def replaced(self, template: Any, *, besides: Iterable[str] = ()) -> list[str]:
        """Return the names of the fields that now have another object, equal or not."""
        return [
            name
            for name, before in self.held.items()
            if name not in besides and not is_same(getattr(template, name, NOTHING), before)
        ]

    def _difference(self, template: Any, name: str) -> str:
        now, before = getattr(template, name, NOTHING), self.held.get(name, NOTHING)
        if now is before:
            return f"{name} was changed in place, is {shown(now)}"
        was, is_now = shown_apart(before, now)
        return f"{name} was {was}, is {is_now}"


def snapshot(impl: Adapter, template: Any) -> Snapshot:
    """Return the current values of the fields of a template."""
    names = field_names(impl, template)
    held = {name: getattr(template, name) for name in names}
    # The template computes fields that are not constructor parameters, so an equal value is enough.
    stable = {name: value for name, value in held.items() if name in impl.fields() and getattr(template, name) is value}
    return Snapshot(held=stable, views={name: view(value) for name, value in held.items()})
