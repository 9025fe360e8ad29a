"""Are two defaults, constants or values of attributes the same value?"""

from __future__ import annotations

import ast
import hashlib
from enum import StrEnum

from docgen.model import UNKNOWN, Unknown, Value

_FEW = 3
LONGEST_VALUE = 200
"""A baseline holds a longer value as its beginning and a digest."""
_BEGINNING = 40


class Likeness(StrEnum):
    """How two values compare."""

    SAME = "same"
    OTHER = "other"
    UNCLEAR = "unclear"
    """They are written differently, and only running code could tell."""


def alike(old: Value | Unknown | None, new: Value | Unknown | None) -> Likeness:
    """Return how two values compare; a value that a side does not say is not a difference."""
    if old is UNKNOWN or new is UNKNOWN or old == new:
        return Likeness.SAME
    if not isinstance(old, Value) or not isinstance(new, Value):
        return Likeness.OTHER
    if cut(old.text) == cut(new.text) or (old.path and _last(old.path) == _last(new.path)):
        return Likeness.SAME
    if old.is_factory and new.is_factory:
        return Likeness.SAME if old.written == new.written else Likeness.UNCLEAR
    if is_literal(old) and is_literal(new):
        return Likeness.SAME if _is_equal(old.text, new.text) else Likeness.OTHER
    return Likeness.OTHER if _is_object(old) and _is_object(new) else Likeness.UNCLEAR


def _is_object(value: Value) -> bool:
    """Return whether a value is known to be one function or class, by its name.

    A constant that is read from a module without sources has a path as well, and its value is unknown.
    """
    if value.type == "builtin_function_or_method" and value.is_known:
        return True
    return bool(value.path) and (bool(value.type) or not _last(value.path).isupper())


def cut(text: str) -> str:
    """Return a value as a baseline holds it."""
    if len(text) <= LONGEST_VALUE:
        return text
    return f"{text[:_BEGINNING]}... sha256 {hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def is_literal(value: Value) -> bool:
    """Return whether a value is known and made of numbers, texts, None, booleans and containers of them."""
    if not value.is_known or value.is_factory:
        return False
    try:
        ast.literal_eval(value.text)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def elements_changed(old: Value, new: Value) -> str:
    """Return how two containers that are too long to show differ: which elements were removed and added."""
    if not is_literal(old) or not is_literal(new):
        return "written differently"
    one, other = ast.literal_eval(old.text), ast.literal_eval(new.text)
    if not isinstance(one, list | tuple | set | dict) or not isinstance(other, list | tuple | set | dict):
        return "another value"
    gone = [repr(each) for each in one if each not in other]
    come = [repr(each) for each in other if each not in one]
    said = (("without", gone), ("with", come))
    shown = [f"{word} {', '.join(f'`{each}`' for each in each_side[:_FEW])}" for word, each_side in said if each_side]
    return " and ".join(shown) or "the same elements, otherwise"


def holds_all(old: Value, new: Value) -> bool:
    """Return whether a container has everything that it had, and more."""
    if not is_literal(old) or not is_literal(new):
        return False
    one, other = ast.literal_eval(old.text), ast.literal_eval(new.text)
    if isinstance(one, dict) and isinstance(other, dict):
        return all(key in other and other[key] == value for key, value in one.items())
    is_container = type(one) is type(other) and isinstance(one, list | tuple | set)
    return is_container and bool(one) and all(each in other for each in one)


def _is_equal(old: str, new: str) -> bool:
    one, other = ast.literal_eval(old), ast.literal_eval(new)
    return type(one) is type(other) and bool(one == other)


def _last(path: str) -> str:
    return path.rpartition(".")[2]
