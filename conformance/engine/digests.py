"""Digests of compiled code: the child computes them for what it runs, the parent for what it compiles itself.

The child process imports this module too: standard library only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from types import CodeType


def digest_of(code: CodeType) -> str:
    """Return a digest of code that is the same in every process of one version of Python: 16 hexadecimal digits."""
    parts = (code.co_name, code.co_argcount, code.co_kwonlyargcount, code.co_flags, code.co_code, code.co_names)
    constants = list(map(_constant, code.co_consts))
    text = repr((*parts, code.co_varnames, code.co_freevars, code.co_cellvars, constants))
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _constant(value: object) -> str:
    """Return a constant as text: code by its digest, a set in order."""
    if isinstance(value, CodeType):
        return digest_of(value)
    if isinstance(value, frozenset):
        return f"frozenset({sorted(map(_constant, value))})"
    if isinstance(value, tuple):
        return f"({', '.join(map(_constant, value))})"
    return f"{type(value).__name__} {value!r}"


def codes_below(code: CodeType) -> Iterator[CodeType]:
    """Yield code and all code that is nested in it."""
    yield code
    for value in code.co_consts:
        if isinstance(value, CodeType):
            yield from codes_below(value)
