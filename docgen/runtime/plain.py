"""Known values as Python's own objects, and the results of operators and builtins for known collections."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from docgen.runtime.values import (
    Class,
    Collection,
    Constant,
    External,
    Form,
    Function,
    Module,
    Native,
    Opaque,
    Value,
)


class NotPlainError(ValueError):
    """A value is neither a constant nor a collection of constants."""


def plain(value: Value) -> object:
    """Return a constant, or a collection of constants, as Python's own object.

    Raises:
        NotPlainError: It is, or contains, something else.
    """
    if isinstance(value, Constant):
        return value.value
    if not isinstance(value, Collection):
        raise NotPlainError(type(value).__name__)
    items = [plain(item) for item in value.items]
    if value.kind == "dict":
        return dict(zip(items[::2], items[1::2], strict=True))
    makers: dict[str, Callable[[list[object]], object]] = {
        "tuple": tuple,
        "list": list,
        "set": set,
        "frozenset": frozenset,
    }
    return makers[value.kind](items)


def result_of(function: Callable[..., object], operands: list[object]) -> Value | None:
    """Return the result of a function of Python itself; None if it raises, as running the module would, too."""
    try:
        return lift(function(*operands))
    except Exception:  # noqa: BLE001 - odd operands: arithmetic, constructors and methods may raise anything
        return None


def dict_of(pairs: Iterable[tuple[Value, Value]]) -> Collection:
    """Return a dict with some keys and values; equal keys become the first one with the last value."""
    found: dict[object, tuple[Value, Value]] = {}
    for key, value in pairs:
        known = found.get(identity(key))
        found[identity(key)] = (known[0] if known else key, value)
    return Collection(kind="dict", items=tuple(part for pair in found.values() for part in pair))


def distinct(items: Iterable[Value]) -> tuple[Value, ...]:
    """Return the items of a set: the first of equal ones."""
    found: dict[object, Value] = {}
    for each in items:
        found.setdefault(identity(each), each)
    return tuple(found.values())


def identity(value: Value) -> object:
    """Return a key that identifies a value in a dict or a set, because 1, 1.0 and True are equal in Python."""
    return value.value if isinstance(value, Constant) else value


def is_plain(value: Value) -> bool:
    """Return True for a constant, and for a collection of constants."""
    return isinstance(value, Constant) or (isinstance(value, Collection) and all(map(is_plain, value.items)))


def lift(found: object) -> Value:
    """Return Python's own object as a value; the reverse of `plain`."""
    if isinstance(found, dict):
        return Collection(kind="dict", items=tuple(lift(part) for pair in found.items() for part in pair))
    if isinstance(found, tuple | list):
        return Collection(kind=type(found).__name__, items=tuple(lift(part) for part in found))
    if isinstance(found, set | frozenset):
        return Collection(kind=type(found).__name__, items=tuple(sorted((lift(part) for part in found), key=repr)))
    return Constant(value=found)


def view_of(owner: Collection, method: str) -> Value | None:
    """Return the keys, values or items of a dict as a list; None for any other method."""
    pairs = tuple(Collection(kind="tuple", items=pair) for pair in owner.pairs)
    views: dict[str, tuple[Value, ...]] = {"keys": owner.iterated, "values": owner.items[1::2], "items": pairs}
    return Collection(kind="list", items=views[method]) if method in views else None


def truth_of(value: Value) -> bool | None:
    """Return the truth of a value, None if it is unknown."""
    if isinstance(value, Constant):
        return bool(value.value)
    if isinstance(value, Collection):
        return bool(value.items)
    return True if isinstance(value, Class | Function | Module | Form | Native) else None


def is_none(value: Value) -> bool | None:
    """Return True if a value is None; None if that is unknown."""
    if isinstance(value, Constant):
        return value.value is None
    return None if isinstance(value, External | Opaque) else False


def joined(left: Collection, operation: ast.operator, right: Collection) -> Value | None:
    """Return the result of an operator for two collections, None if Python would refuse it."""
    kinds = (left.kind, right.kind)
    if isinstance(operation, ast.Add) and kinds in {("list", "list"), ("tuple", "tuple")}:
        return Collection(kind=left.kind, items=(*left.items, *right.items))
    if not set(kinds) <= {"set", "frozenset"}:
        both_dicts = isinstance(operation, ast.BitOr) and kinds == ("dict", "dict")
        return dict_of((*left.pairs, *right.pairs)) if both_dicts else None
    if isinstance(operation, ast.BitOr):
        return Collection(kind=left.kind, items=distinct((*left.items, *right.items)))
    if isinstance(operation, ast.Sub | ast.BitAnd):
        others, is_kept = frozenset(map(identity, right.items)), isinstance(operation, ast.BitAnd)
        kept = tuple(each for each in left.items if (identity(each) in others) is is_kept)
        return Collection(kind=left.kind, items=kept)
    return None


def collected(kind: str, args: tuple[Value, ...]) -> Value | None:
    """Return the result of a builtin collection type for another collection or no argument; else None."""
    if kind not in {"tuple", "list", "set", "frozenset"} or len(args) > 1:
        return None
    if args and not isinstance(args[0], Collection):
        return None
    items = args[0].iterated if args and isinstance(args[0], Collection) else ()
    return Collection(kind=kind, items=items if kind in {"tuple", "list"} else distinct(items))


def sum_of_collections(args: tuple[Value, ...]) -> Value | None:
    """Return the result of `sum(lists, [])`, in one pass; None for a sum of anything else."""
    given = args[0].iterated if len(args) > 1 and isinstance(args[0], Collection) else ()
    parts = [each for each in (*args[1:], *given) if isinstance(each, Collection) and each.kind in {"list", "tuple"}]
    kinds = {each.kind for each in parts}
    if len(kinds) != 1 or len(parts) != len(given) + 1:
        return None
    return Collection(kind=kinds.pop(), items=tuple(item for each in parts for item in each.items))
