"""Compares the descriptions of two results: where users notice a difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from docgen.trials.outcomes import Pairs

_LONGEST = 60
_NOTHING = (("NoneType", None), ("constant", "NotImplemented"))
_DICTIONARIES = ("OrderedDict", "defaultdict", "Counter")
_NUMBERS = frozenset({"bool", "int", "float"})
_SEQUENCES = ("list", "tuple", "iterator", "deque")


@dataclass(frozen=True)
class Gap:
    """A difference of two results."""

    text: str
    """What the new side gives, and what the old one gave."""
    is_of_type: bool = False


def gap(was: Any, now: Any, *, is_ordered: bool, where: str = "") -> Gap | None:  # noqa: ANN401, PLR0911 - descriptions; one return a kind
    """Return the first difference of two described values that breaks users of the old one, None if there is none.

    Parameters:
        was: The description on the old side.
        now: The description on the new side.
        is_ordered: The order of items is that of the code, not that of a set.
        where: The attribute that the values are of, empty for the result itself.
    """
    if was == now or was in _NOTHING:
        return None
    kinds = was[0], now[0]
    if kinds == ("object", "object"):
        return _of_pairs(was[1], now[1], is_ordered=is_ordered, where=where, is_object=True)
    if kinds == ("function", "function"):
        found = (_of_call(*each, is_ordered=is_ordered) for each in zip(was[1], now[1], strict=True))
        return next((each for each in found if each is not None), None)
    if kinds[0] != kinds[1]:
        return _of_kinds(was, now, is_ordered=is_ordered, where=where)
    if isinstance(was[1], Pairs):
        return _of_pairs(was[1], now[1], is_ordered=is_ordered, where=where, is_object=False)
    if kinds[0] in _SEQUENCES:
        return _of_items(was, now, is_ordered=is_ordered, where=where)
    if kinds[0] == "str" and " " in was[1].strip() and " " in now[1].strip():
        return None  # Prose may be worded differently.
    if kinds[0] == "str" and not is_ordered and sorted(was[1]) == sorted(now[1]):
        return None  # It may have been joined from a set.
    return Gap(_said(where, f"{shown(now)}, not {shown(was)}"))


def without(described: Any, names: AbstractSet[str]) -> Any:  # noqa: ANN401 - a description
    """Return the description of an object without some attributes; that of any other value unchanged."""
    if not names or described is None or described[0] != "object" or not isinstance(described[1], Pairs):
        return described
    kept = Pairs(tuple(each for each in described[1].items if each[0] not in names))
    return (described[0], kept, *described[2:])


def _of_kinds(was: Any, now: Any, *, is_ordered: bool, where: str) -> Gap | None:  # noqa: ANN401 - descriptions
    kinds = was[0], now[0]
    if kinds[0] == "dict" and kinds[1] in _DICTIONARIES:
        return _of_pairs(was[1], now[1], is_ordered=is_ordered, where=where, is_object=False)
    if kinds[0] == "iterator" and kinds[1] in _SEQUENCES:
        return _of_items(was, ("iterator", now[1]), is_ordered=is_ordered, where=where)
    if where and _NUMBERS.issuperset(kinds) and was[1] == now[1]:
        return None  # An attribute that is False where it was 0, or 0.0.
    if kinds[0] == "argument" and (kinds[1] == "function" or now[-1] is True):
        return None  # It can be called like the argument.
    # One iterator is as good as another.
    if "mistake" in kinds or kinds[0] in ("error", "class") or kinds == ("self", "iterator"):
        return None
    return Gap(_said(where, f"{_kind(now)}, not {_kind(was)}"), is_of_type=True)


def _of_call(was: Any, now: Any, *, is_ordered: bool) -> Gap | None:  # noqa: ANN401 - descriptions
    """Return the difference of one call of a function that the call gave."""
    if was[0] in ("error", "mistake"):
        return None
    if now[0] == "error":
        return Gap(f"a function that raises {now[1]}, where it gave {shown(was)}")
    if now[0] == "mistake":
        return None
    found = gap(was, now, is_ordered=is_ordered)
    return Gap(f"a function that gives {found.text}", found.is_of_type) if found else None


def _of_pairs(was: Pairs, now: Pairs, *, is_ordered: bool, where: str, is_object: bool) -> Gap | None:
    """Return the difference of attributes or keys; new ones do not count, and removed attributes are reported."""
    after = dict(now.items)
    for key, value in was.items:
        if key in after:
            inner = f"{where}.{key}" if is_object else where
            found = gap(value, after[key], is_ordered=is_ordered, where=inner)
            if found is not None:
                return found
        elif not is_object:
            return Gap(_said(where, f"a dictionary without the key {shown(key)}"))
    return None


def _of_items(was: Any, now: Any, *, is_ordered: bool, where: str) -> Gap | None:  # noqa: ANN401 - descriptions
    if len(was[1]) == len(now[1]):
        if not is_ordered and Counter(was[1]) == Counter(now[1]):
            return None
        found = (gap(*each, is_ordered=is_ordered) for each in zip(was[1], now[1], strict=True))
        if all(each is None for each in found):
            return None
    return Gap(_said(where, f"{shown(now)}, not {shown(was)}"))


def _said(where: str, text: str) -> str:
    return f"an object whose `{where[1:]}` is {text}" if where else text


def _kind(described: Any) -> str:  # noqa: ANN401 - a description
    kind = described[0]
    if kind == "object":
        return _with_article(described[2]) if len(described) > 2 else "an error"  # noqa: PLR2004 - the class
    if kind == "constant":
        return str(described[-1])
    named = {"self": "the object itself", "argument": "its argument", "NoneType": "None"}
    return named.get(kind, _with_article(kind))


def _with_article(name: str) -> str:
    return f"an `{name}`" if name[0] in "aeioAEIO" else f"a `{name}`"


def shown(described: Any) -> str:  # noqa: ANN401 - a description
    """Return a described value as code of at most 60 characters, or as words if it has no code."""
    plain = _plain(described)
    if plain is _NO_CODE:
        return _kind(described)
    text = _code(plain)
    return f"`{text}`" if len(text) <= _LONGEST else f"`{text[: _LONGEST - 3]}...`"


def _code(value: Any) -> str:  # noqa: ANN401 - plain data
    """Return plain data as code; the items of a set in alphabetical order, as a set has none."""
    if isinstance(value, set | frozenset) and value:
        text = f"{{{', '.join(sorted(map(repr, value)))}}}"
        return text if isinstance(value, set) else f"frozenset({text})"
    return repr(value)


_NO_CODE = object()


def _plain(described: Any) -> Any:  # noqa: ANN401 - a description
    """Return plain data that a description stands for."""
    kind, *rest = described
    if kind in _SEQUENCES:
        items = [_plain(each) for each in rest[0]]
        if any(each is _NO_CODE for each in items):
            return _NO_CODE
        return tuple(items) if kind == "tuple" else items
    if kind == "dict" or kind in _DICTIONARIES:
        pairs = [(_plain(key), _plain(value)) for key, value in rest[0].items]
        return _NO_CODE if any(_NO_CODE in each for each in pairs) else dict(pairs)
    if kind in ("set", "frozenset"):
        items = [_plain(each) for each in rest[0]]
        is_shown = all(isinstance(each, str | int | float | None) for each in items)
        return (set(items) if kind == "set" else frozenset(items)) if is_shown else _NO_CODE
    if kind in ("str", "int", "float", "bool", "bytes", "complex", "NoneType"):
        return rest[0]
    return _NO_CODE
