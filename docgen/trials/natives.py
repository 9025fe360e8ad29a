"""The built-in functions, methods and modules that a trial may use, and the limits that keep every call short."""

from __future__ import annotations

import builtins
import collections
import collections.abc
import functools
import itertools
import math
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from docgen.trials.things import (
    Accessor,
    BeyondError,
    Bound,
    Closure,
    Ignored,
    Klass,
    RaisedError,
    Recorder,
    Thing,
)

MOST_ITEMS = 2_000
"""Longest string or collection of a trial, in characters or items."""
_MOST_PARTS = 10_000
"""Most parts of the arguments of a built-in function: items, and the items of items."""
_MOST_BITS = 512
_MOST_NUMBER = 10_000
"""Largest number that a built-in function or method may take, since it may be a length."""

_DATA = (str, bytes, bytearray, list, dict, set, frozenset, tuple, int, float, complex, bool, range, type(None))
"""Types of plain data, all of whose public methods a trial may call."""
_EXAMPLES: tuple[Any, ...] = ([], (), {}, set(), "", b"", range(0), {}.items(), {}.values())
_ITERATORS = (
    *(type(iter(each)) for each in _EXAMPLES),
    *(map, filter, zip, enumerate, reversed),
    *(itertools.accumulate, itertools.chain, itertools.groupby, itertools.islice, itertools.pairwise),
    *(itertools.dropwhile, itertools.starmap, itertools.takewhile, itertools.zip_longest),
    *(type(iter([].__iter__, None)), type(re.finditer("", ""))),
)
_VIEWS: tuple[type, ...] = (type({}.keys()), type({}.values()), type({}.items()))
_COLLECTIONS = (collections.OrderedDict, collections.defaultdict, collections.Counter, collections.deque)
_MATCHES: tuple[type, ...] = (re.Pattern, re.Match)
PLAIN = (*_DATA, *_MATCHES, *_COLLECTIONS, *_ITERATORS, *_VIEWS, slice)

_FUNCTIONS = (
    *("abs", "all", "any", "ascii", "bin", "bool", "bytes", "callable", "chr", "complex", "dict", "divmod"),
    *("enumerate", "filter", "float", "format", "frozenset", "hash", "hex", "int", "iter", "len", "list", "map"),
    *("max", "min", "next", "oct", "ord", "pow", "range", "repr", "reversed", "round", "set", "slice", "sorted"),
    *("str", "sum", "tuple", "zip", "NotImplemented", "Ellipsis", "object"),
)
_ERRORS = {
    name: each for name, each in vars(builtins).items() if isinstance(each, type) and issubclass(each, BaseException)
}
BUILTINS: Mapping[str, Any] = {name: getattr(builtins, name) for name in _FUNCTIONS} | _ERRORS
_MATH = (
    *("ceil", "cos", "e", "fabs", "floor", "gcd", "hypot", "inf", "isclose", "isfinite", "isinf", "isnan", "log"),
    *("log10", "log2", "nan", "pi", "prod", "sin", "sqrt", "tan", "trunc"),
)
_ITERTOOLS = (
    "accumulate",
    "chain",
    "dropwhile",
    "groupby",
    "islice",
    "pairwise",
    "starmap",
    "takewhile",
    "zip_longest",
)
_WITH_PATTERN = ("compile", "findall", "finditer", "fullmatch", "match", "search", "split", "sub")
_BY_PATTERN = tuple(getattr(re, name) for name in _WITH_PATTERN)
_MOST_SUBJECT = 24
"""Longest text that a pattern is tried on, in characters: the time may grow with a high power of it."""
_HARD = re.compile(r"\)[*+{?]|\\[1-9]|\(\?P=|(?:[*+}?].*){9}", re.DOTALL)
"""Patterns whose time may grow exponentially: a repeated group, a reference to one, and many repetitions."""
MODULES: Mapping[str, Mapping[str, Any]] = {
    "math": {name: getattr(math, name) for name in _MATH},
    "operator": {name: each for name, each in vars(operator).items() if not name.startswith("_")},
    "functools": {"reduce": functools.reduce},
    "itertools": {name: getattr(itertools, name) for name in _ITERTOOLS},
    "re": {
        name: getattr(re, name) for name in (*_WITH_PATTERN, "escape", "I", "IGNORECASE", "M", "MULTILINE", "S", "X")
    },
    "collections": {each.__name__: each for each in _COLLECTIONS},
    "collections.abc": {name: getattr(collections.abc, name) for name in collections.abc.__all__},
    "typing": {name: getattr(collections.abc, name) for name in ("Callable", "Iterable", "Mapping", "Sequence")},
}
"""Names of the standard library that are used as they are."""
IGNORED = frozenset({"logging", "warnings"})
"""Modules whose effects do not count."""
PASSING = frozenset({
    "abc.abstractmethod", "dataclasses.dataclass", "functools.cache", "functools.lru_cache", "functools.wraps",
    "typing.final", "typing.no_type_check", "typing.overload", "typing.override", "typing_extensions.override",
})  # fmt: skip
"""Decorators that leave the function as it is, as far as calls show."""
_LENGTHS = frozenset({"center", "ljust", "rjust", "zfill", "expandtabs", "to_bytes"})
_WIDTH = re.compile(r"\d{3}")


def is_plain(value: object) -> bool:
    """Return True if a value is plain data, of exactly a built-in type."""
    return type(value) in PLAIN


def called(function: Callable[..., Any], args: tuple[Any, ...], keywords: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any result
    """Return the result of a built-in function.

    Raises:
        BeyondError: The call may take long, or its result is too large.
        RaisedError: The function raises an error.
    """
    if any(isinstance(each, int) and abs(each) > _MOST_NUMBER for each in (*args, *keywords.values())):
        raise BeyondError
    if function in (bytes, bytearray) and args and isinstance(args[0], int) and args[0] > MOST_ITEMS:
        raise BeyondError
    if function is iter and len(args) > 1:
        raise BeyondError  # It may go on for ever.
    check_parts(getattr(function, "__self__", None), *args, *keywords.values())
    if function in _BY_PATTERN:
        _check_pattern(args)
    if function is pow or function is operator.pow:
        return operated(operator.pow, *args[:2]) if len(args) == 2 else _beyond()  # noqa: PLR2004 - base and exponent
    return limited(lambda: function(*args, **keywords))


def method_called(owner: Any, name: str, args: tuple[Any, ...], keywords: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any
    """Return the result of a method of plain data; errors are those of `called`."""
    numbers = [each for each in (*args, *keywords.values()) if isinstance(each, int)]
    if isinstance(owner, re.Pattern):
        _check_pattern((owner.pattern, *args))
    if name in _LENGTHS and any(each > MOST_ITEMS for each in numbers):
        raise BeyondError
    if name in ("format", "format_map") and isinstance(owner, str) and (_WIDTH.search(owner) or "." in owner):
        raise BeyondError  # It may be wide, or look into objects.
    return called(getattr(owner, name), args, keywords)


def check_parts(*values: Any) -> None:  # noqa: ANN401 - any values
    """Refuse values with many parts: to compare, hash or print them takes a step for each, however often it occurs."""
    left, stack = _MOST_PARTS, list(values)
    while stack:
        left -= 1
        if left < 0:
            raise BeyondError
        value = stack.pop()
        if type(value) in (list, tuple, set, frozenset):
            stack += value
        elif type(value) is dict:
            stack += [*value, *value.values()]


def _check_pattern(args: tuple[Any, ...]) -> None:
    """Refuse a regular expression that may take long."""
    first, *others = args
    pattern = first.pattern if isinstance(first, re.Pattern) else first
    texts = [each for each in others if isinstance(each, str | bytes)]
    if not isinstance(pattern, str | bytes) or any(len(each) > _MOST_SUBJECT for each in texts):
        raise BeyondError
    if len(pattern) > MOST_ITEMS or _HARD.search(pattern if isinstance(pattern, str) else pattern.decode("latin-1")):
        raise BeyondError


def limited(run: Callable[[], Any]) -> Any:  # noqa: ANN401 - any result
    """Return a result of built-in code, with its errors as those of a trial."""
    try:
        result = run()
    except (BeyondError, RaisedError):
        raise
    except (RecursionError, MemoryError) as error:
        raise BeyondError from error
    except Exception as error:  # noqa: BLE001 - whatever the operation raises is its outcome
        raise RaisedError(error) from None
    return checked(result)


def checked(result: Any) -> Any:  # noqa: ANN401 - any result
    """Return a value that is not too large."""
    if type(result) is int and result.bit_length() > _MOST_BITS:
        raise BeyondError
    if isinstance(result, str | bytes | list | dict | set | tuple | frozenset | range) and len(result) > MOST_ITEMS:
        raise BeyondError
    return result


def operated(operation: Callable[..., Any], left: Any, right: Any) -> Any:  # noqa: ANN401 - any operands
    """Return the result of a binary operator."""
    check_parts(left, right)
    if operation in (operator.pow, operator.lshift, operator.ipow, operator.ilshift):
        is_large = any(type(each) is int and abs(each) > 64 for each in (left, right))  # noqa: PLR2004 - bits
        return _beyond() if is_large else limited(lambda: operation(left, right))
    if operation in (operator.mod, operator.imod) and isinstance(left, str) and _WIDTH.search(left):
        raise BeyondError
    if operation in (operator.mul, operator.imul):
        for one, other in ((left, right), (right, left)):
            if isinstance(one, int) and isinstance(other, str | bytes | list | tuple) and one * len(other) > MOST_ITEMS:
                raise BeyondError
    return limited(lambda: operation(left, right))


def iterated(value: Any) -> Iterator[Any]:  # noqa: ANN401 - any value
    """Yield the items of a value, with its errors as those of a trial, up to a limit."""
    if isinstance(value, Ignored | Recorder):
        raise BeyondError
    items = limited(lambda: iter(value))
    for _ in range(MOST_ITEMS):
        try:
            item = next(items)
        except StopIteration:
            return
        except (BeyondError, RaisedError):
            raise
        except Exception as error:  # noqa: BLE001 - an error of the iterated code
            raise RaisedError(error) from None
        yield item
    raise BeyondError


def is_instance(value: Any, types: Any) -> bool:  # noqa: ANN401 - any value
    """Return whether `isinstance` is true."""
    if isinstance(types, tuple):
        return any(is_instance(value, each) for each in types)
    if isinstance(types, Klass):
        return isinstance(value, Thing) and types in value.class_.order
    if not isinstance(types, type):
        raise BeyondError
    if isinstance(value, Thing):
        if issubclass(types, BaseException) or types is object:
            return issubclass(value.class_.native, types)
        if types in PLAIN:
            return False
        raise BeyondError
    if isinstance(value, Closure | Bound | Recorder | Klass):
        return types is collections.abc.Callable or types is object
    if isinstance(value, Ignored | Accessor):
        raise BeyondError
    return isinstance(value, types)


def _beyond() -> Any:  # noqa: ANN401 - it never returns
    raise BeyondError
