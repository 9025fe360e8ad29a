"""Facts of a function that certain decorators add to its signature: old names of parameters, coroutines."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator, Sequence

from docgen.model import Decorator, Signature
from docgen.sources.trees import expression

_COROUTINES = frozenset({
    "asyncio.coroutine", "asyncio.coroutines.coroutine", "tornado.gen.coroutine", "types.coroutine",
})  # fmt: skip
"""Decorators whose generators can be awaited like coroutines."""
_OF_NAMES = re.compile("deprecat|renam|alias|kwarg|keyword|argument|param")
"""A word in the names of decorators that rename parameters."""


def is_coroutine(decorators: Sequence[Decorator]) -> bool:
    """Return True if a generator can be awaited, because a decorator marks it as a coroutine."""
    return any(each.path in _COROUTINES for each in decorators)


def old_names(decorators: Sequence[Decorator], signature: Signature) -> tuple[tuple[str, str], ...]:
    """Return the old names that a decorator accepts, each with the parameter that it is passed on as.

    Examples are `@deprecate_kwarg("old", "new")` and `@renamed(old="new")`: two strings in a decorator that renames, of
    which one is a parameter and the other is not.
    """
    taken = signature.parameters if isinstance(signature.parameters, tuple) else ()
    names = {each.name for each in taken}
    found: dict[str, str] = {}
    for each in decorators:
        if _OF_NAMES.search(each.path.rpartition(".")[2]):
            for before, after in _pairs_of_strings(each.written):
                if before.isidentifier() and before not in names and after in names:
                    found.setdefault(after, before)
    return tuple((before, after) for after, before in found.items())


def _pairs_of_strings(written: str) -> Iterator[tuple[str, str]]:
    """Yield the strings that may be an old and a new name in a decorator: neighbours, `old="new"`, `{"old": "new"}`."""
    call = expression(written)
    if not isinstance(call, ast.Call):
        return
    named = [(word.arg, word.value) for word in call.keywords if word.arg]
    row = [_string(each) for each in (*call.args, *(value for _, value in named))]
    yield from itertools.pairwise(row)
    yield from ((name, _string(value)) for name, value in named)
    for table in (each for each in (*call.args, *(value for _, value in named)) if isinstance(each, ast.Dict)):
        yield from ((_string(key), _string(value)) for key, value in zip(table.keys, table.values, strict=True))


def _string(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
