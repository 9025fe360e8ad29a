"""Compares two defaults, constants or values of attributes."""

from __future__ import annotations

import ast
import datetime as dt
import hashlib
import re
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable, Mapping
from enum import StrEnum
from string import Formatter
from types import MappingProxyType
from typing import Any

from docgen.model import UNKNOWN, Unknown, Value

_FEW = 3
_NO_LITERALS = {"inf": float("inf"), "-inf": float("-inf"), "nan": float("nan"), "Ellipsis": ...}
"""The `repr` of values that have no literal, and the values."""
FUNCTION_OF_C = "builtin_function_or_method"
"""Class of built-in functions, of which each has a unique name."""
LONGEST_VALUE = 200
"""A baseline stores a longer value as its beginning and a digest."""
_BEGINNING = 40


class Likeness(StrEnum):
    """The result of comparing two values."""

    SAME = "same"
    OTHER = "other"
    UNCLEAR = "unclear"
    """They are written differently, and only running code could show whether they are equal."""


def alike(old: Value | Unknown | None, new: Value | Unknown | None) -> Likeness:  # noqa: PLR0911 - one return a kind of pair
    """Return how two values compare; a value that is unknown on one side is not a difference."""
    if old is UNKNOWN or new is UNKNOWN or old == new:
        return Likeness.SAME
    if not isinstance(old, Value) or not isinstance(new, Value):
        return Likeness.OTHER
    if old.is_factory and new.is_factory:
        return _factories(old.written, new.written)
    if cut(old.text) == cut(new.text) or (old.path and _last(old.path) == _last(new.path)):
        return Likeness.SAME
    if _name_of(old) and _name_of(old) == _name_of(new) and not (is_literal(old) and is_literal(new)):
        return Likeness.SAME  # Callers who leave the argument out do not notice another sentinel.
    if is_literal(old) and is_literal(new):
        return Likeness.SAME if _is_equal(old.text, new.text) else Likeness.OTHER
    if _is_longer_name(old, new) or _is_sentinel(old) or _is_sentinel(new):
        return Likeness.UNCLEAR
    return _alike_as_written(old, new)


def _alike_as_written(old: Value, new: Value) -> Likeness:
    """Compare two values that are not literals by the code that creates them."""
    if not old.is_known and not new.is_known and _is_code_of_literal(old.text) and _is_code_of_literal(new.text):
        return Likeness.OTHER  # The results are unknown, but they are created from different arguments.
    made = [_made(side.text) for side in (old, new)]
    if None not in made:
        return Likeness.SAME if made[0] == made[1] else Likeness.OTHER
    if lost_keys(old, new) or _is_of_other_kind(_kind_of(old), _kind_of(new)):
        return Likeness.OTHER
    return Likeness.OTHER if _is_object(old) and _is_object(new) else Likeness.UNCLEAR


def _is_of_other_kind(was: type | str, now: type | str) -> bool:
    """Return True if two values are of different types; a class that is only known by name may derive from another."""
    return bool(was and now) and was != now and not (isinstance(was, str) and isinstance(now, str))


def _kind_of(value: Value) -> type | str:
    """Return the type of a value, or its name, as far as its code shows it; an empty name for any other value."""
    container = container_of(value)
    if container is not None or is_literal(value):
        return container or type(_evaluated(value.text))
    if value.type and not value.address_of and not value.is_known:
        return value.type
    made = _made(value.text)
    return "" if made is None else str(made[0]) if isinstance(made, tuple) else type(made)


def lost_keys(old: Value, new: Value) -> tuple[str, ...]:
    """Return the keys, as code, that a dictionary written with unknown values no longer has.

    >>> lost_keys(Value(text="{'a': first, 'b': other}"), Value(text="{'a': changed}"))
    ("'b'",)
    """
    was, now = _keys_of(old.text), _keys_of(new.text)
    return () if was is None or now is None else tuple(each for each in was if each not in now)


def _keys_of(text: str) -> tuple[str, ...] | None:
    """Return the keys of a dictionary whose keys are literals, None for any other code."""
    try:
        node = ast.parse(text, mode="eval").body if text.startswith("{") else None
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    if not isinstance(node, ast.Dict) or not all(isinstance(each, ast.Constant) for each in node.keys):
        return None
    return tuple(ast.unparse(each) for each in node.keys if each is not None)


def _name_of(value: Value) -> str:
    """Return the last part of the name that a value is written as, empty if it is not a name."""
    written = value.written or value.text
    return _last(written) if all(part.isidentifier() for part in written.split(".")) else ""


def _is_object(value: Value) -> bool:
    """Return True if a value is known to be one function or class, by its name.

    A constant of a module without sources has a path as well, but its value is unknown.
    """
    if value.type == FUNCTION_OF_C and value.is_known:
        return True
    return bool(value.path) and (bool(value.type) or not _last(value.path).isupper())


_AS_WRITTEN = frozenset({
    "compile", "Decimal", "Fraction", "Path", "PurePath", "PosixPath", "PurePosixPath", "UUID", "IPv4Address",
    "IPv6Address", "IPv4Network", "IPv6Network", "frozenset", "MappingProxyType", "OrderedDict", "range", "ZoneInfo",
    "getLogger",
})  # fmt: skip
"""Callables of the standard library whose arguments determine the result, such as `re.compile`."""

_BY_NAMES = frozenset({"suppress"})
"""What makes values of the standard library of classes that it is given, in any order."""

_MAKERS: Mapping[str, Callable[..., object]] = {
    each.__name__: each for each in (dt.timedelta, dt.date, dt.datetime, dt.time)
}
"""Classes that are safe to call, and for which different arguments may give the same value."""


_CONTAINERS = {each.__name__: each for each in (list, dict, set, tuple, frozenset, str, bytes, int, float, bool)}


_MADE_BY_CALLS: Mapping[str, type] = {
    each.__name__: each for each in (list, dict, set, tuple, frozenset, deque, Counter, OrderedDict, defaultdict)
} | {"sorted": list, "MappingProxyType": MappingProxyType}
_MADE_BY_DISPLAYS: Mapping[type[ast.expr], type] = {
    **dict.fromkeys((ast.List, ast.ListComp), list),
    **dict.fromkeys((ast.Dict, ast.DictComp), dict),
    **dict.fromkeys((ast.Set, ast.SetComp), set),
    ast.Tuple: tuple,
}


def _factories(old: str, new: str) -> Likeness:
    """Compare the results of two factories by their code: `list` and `lambda: []` create the same value."""
    if old == new:
        return Likeness.SAME
    made = [_fresh(code) for code in (old, new)]
    if None in made:
        return Likeness.UNCLEAR
    return Likeness.SAME if made[0] == made[1] else Likeness.OTHER


def _fresh(code: str) -> tuple[type, object] | None:
    if code in _CONTAINERS:
        return _CONTAINERS[code], _CONTAINERS[code]()
    try:
        node = ast.parse(code, mode="eval").body
        value = ast.literal_eval(node.body) if isinstance(node, ast.Lambda) else None
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return None if value is None else (type(value), value)


def _made(text: str) -> object:
    """Return a stand-in for the result of a call of the standard library, for comparison; None for any other code."""
    try:
        call = ast.parse(text, mode="eval").body
        if not isinstance(call, ast.Call):
            return None
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name == "partial" and call.args:
            return (ast.unparse(call.args[0]), [ast.literal_eval(each) for each in call.args[1:]], _keywords(call))
        if name in _BY_NAMES:
            return (name, sorted(map(ast.unparse, call.args)))
        args = [ast.literal_eval(each) for each in call.args]
        keywords = _keywords(call)
        if name in _MAKERS:
            return _MAKERS[name](*args, **keywords)
    except (ValueError, TypeError, SyntaxError, OverflowError, MemoryError, RecursionError):
        return None
    return (name, args, keywords) if name in _AS_WRITTEN else None


def _keywords(call: ast.Call) -> dict[str, Any]:
    return {word.arg or "": ast.literal_eval(word.value) for word in call.keywords}


def cut(text: str) -> str:
    """Return a value as a baseline stores it."""
    if len(text) <= LONGEST_VALUE:
        return text
    return f"{text[:_BEGINNING]}... sha256 {hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def is_literal(value: Value) -> bool:
    """Return True if a value is known and consists of numbers, strings, None, booleans and containers of them."""
    return value.is_known and not value.is_factory and _is_code_of_literal(value.text)


def _evaluated(text: str) -> Any:  # noqa: ANN401 - any value
    return _NO_LITERALS[text] if text in _NO_LITERALS else ast.literal_eval(text)


def _is_code_of_literal(text: str) -> bool:
    try:
        _evaluated(text)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def is_prose(old: Value, new: Value) -> bool:
    """Return True if two values are sentences, or one is and the other is empty."""
    texts = [side.text.strip("'\"") for side in (old, new) if side.text[:1] in "'\""]
    return len(texts) == 2 and any(texts) and all(" " in text or not text for text in texts)  # noqa: PLR2004 - both


def elements_changed(old: Value, new: Value) -> str:
    """Return how two containers that are too long to show differ: which elements were removed and added."""
    if lost := lost_keys(old, new):
        return f"without {', '.join(f'`{each}`' for each in lost[:_FEW])}"
    if not is_literal(old) or not is_literal(new):
        return "written differently"
    one, other = ast.literal_eval(old.text), ast.literal_eval(new.text)
    if not isinstance(one, list | tuple | set | dict) or not isinstance(other, list | tuple | set | dict):
        return "another value"
    gone = [repr(each) for each in one if each not in other]
    come = [repr(each) for each in other if each not in one]
    changed: list[str] = []
    if isinstance(one, dict) and isinstance(other, dict):
        changed = [repr(key) for key, value in one.items() if key in other and other[key] != value]
    said = (("without", gone), ("with", come), ("with another value for", changed))
    shown = [f"{word} {', '.join(f'`{each}`' for each in each_side[:_FEW])}" for word, each_side in said if each_side]
    return " and ".join(shown) or "the same elements, arranged differently"


def uses_other_names(old: Value, new: Value) -> bool:
    """Return True if code that gives a template its values by name, or reads groups of a pattern by name, fails now.

    >>> uses_other_names(Value(text="'Hello {user}'"), Value(text="'Hello {name}'"))
    True
    >>> uses_other_names(Value(text="re.compile('(?P<a>.)(?P<b>.)')"), Value(text="re.compile('(?P<a>.)')"))
    True
    """
    patterns = [_groups_of(side.text) for side in (old, new)]
    if None not in patterns:
        return not patterns[0] <= patterns[1]  # type: ignore[operator] # neither is None
    was, now = (_fields_of(side.text) for side in (old, new))
    return bool(was and now) and not now <= was


def _groups_of(text: str) -> frozenset[str] | None:
    """Return the names of the groups of a compiled pattern, None for any other code."""
    pattern = re.match(r"(?:\w+\.)*compile\(b?(['\"])", text)
    return frozenset(re.findall(r"\(\?P<(\w+)>", text)) if pattern else None


def _fields_of(text: str) -> frozenset[str]:
    """Return the names that a string asks for, as `{name}` or `%(name)s`; empty for any other code."""
    if text[:1] not in "'\"" or not _is_code_of_literal(text):
        return frozenset()
    string = str(_evaluated(text))
    try:
        fields = {field for _, field, _, _ in Formatter().parse(string) if field}
    except ValueError:  # Its braces are no fields.
        fields = set()
    named = {field.partition(".")[0].partition("[")[0] for field in fields}
    if not all(map(str.isidentifier, named)):
        named = set()
    return frozenset({*named, *re.findall(r"%\((\w+)\)[#0\- +]*[\d.]*[a-zA-Z]", string)})


def container_of(value: Value) -> type | None:
    """Return the built-in or standard container that an expression creates; None for other expressions.

    >>> container_of(Value(text="deque(maxlen=3)")), container_of(Value(text="[each for each in it]"))
    (<class 'collections.deque'>, <class 'list'>)
    """
    try:
        node = ast.parse(value.text, mode="eval").body
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    if isinstance(node, ast.Call):
        return _MADE_BY_CALLS.get(
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        )
    return _MADE_BY_DISPLAYS.get(type(node))


def holds_all(old: Value, new: Value) -> bool:
    """Return True if a container has everything that it had, and more."""
    if not is_literal(old) or not is_literal(new):
        return False
    one, other = ast.literal_eval(old.text), ast.literal_eval(new.text)
    if isinstance(one, dict) and isinstance(other, dict):
        return all(key in other and other[key] == value for key, value in one.items())
    is_container = type(one) is type(other) and isinstance(one, list | tuple | set)
    return is_container and bool(one) and all(each in other for each in one)


def adds_data(old: Value, new: Value) -> bool:
    """Return True if a frozen set has everything that it had, or if a dictionary has other data under its keys."""
    if old.text.startswith("frozenset({") and new.text.startswith("frozenset({"):
        one, other = (_literal(side.text.removeprefix("frozenset(").removesuffix(")")) for side in (old, new))
        return isinstance(one, set) and isinstance(other, set) and one <= other
    one, other = (_literal(side.text) for side in (old, new))
    if not isinstance(one, dict) or not isinstance(other, dict) or not one.keys() <= other.keys():
        return False
    # Dictionaries and lists within are records, such as translations, not constants.
    return all(other[key] == value or isinstance(value, dict | list) for key, value in one.items())


def _literal(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def hold_versions(versions: tuple[str, str], old: Value, new: Value) -> bool:
    """Return whether two strings hold the version of their side, the old one first."""
    was, now = versions
    if not was or not now or was == now:
        return False
    # A number alone is no version: `2` is in every other value.
    return all(
        re.search(rf"(?<![\w.]){re.escape(version)}(?![\w.])", side.text) and side.text[:1] in "'\""
        for version, side in ((was, old), (now, new))
    )


def _is_equal(old: str, new: str) -> bool:
    one, other = _evaluated(old), _evaluated(new)
    return type(one) is type(other) and bool(one == other)


def _is_longer_name(old: Value, new: Value) -> bool:
    """Return True if the name of an object without sources extends that of the other: `Unset`, `PackageUnset`."""
    one, other = (_last(each.path).lower() for each in (old, new))
    is_unread = bool(old.path and new.path) and not (old.type or new.type)
    return is_unread and (one.endswith(other) or other.endswith(one))


def _is_sentinel(value: Value) -> bool:
    """Return True if a value is an object with a private name, or shown without a name: callers do not give it."""
    return value.text.startswith("<") or (bool(value.type) and _last(value.path)[:1] == "_")


def _last(path: str) -> str:
    return path.rpartition(".")[2]
