"""Differences of decorators: effects that are gone, names of parameters that only a decorator took."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator

from docgen.compare.differences import Difference, Place, difference
from docgen.model import Decorator, Function, Parameter, Unknown
from docgen.sources.trees import expression


def decorations(place: Place, old: Function, new: Function) -> Iterator[Difference]:
    """Yield how a function is decorated otherwise, as far as its signature does not show it."""
    yield from _passed_on(place, old, new)
    lost = [effect for effect in old.effects if effect not in new.effects]
    if lost and isinstance(new.decorators, tuple):
        yield difference("effect-removed", place, f"no longer {', '.join(lost)}", old=", ".join(lost))
    elif old.effects == new.effects:
        yield from decorators(place, old.decorators, new.decorators)


def decorators(
    place: Place, old: tuple[Decorator, ...] | Unknown, new: tuple[Decorator, ...] | Unknown
) -> Iterator[Difference]:
    """Yield that something is decorated otherwise, where no fact of the model says what that means."""
    if not isinstance(old, tuple) or not isinstance(new, tuple):
        return
    before, after = (
        {
            each.path.rpartition(".")[2].replace("abstractproperty", "property")
            for each in side
            if each.path not in COROUTINES
        }
        for side in (old, new)
    )
    changed = before ^ after
    if changed and not changed <= _TOLD_AS_FACTS:
        said = [f"`@{name}` {'gone' if name in before else 'added'}" for name in sorted(changed)]
        yield difference("decorators-changed", place, ", ".join(said))


def _passed_on(place: Place, old: Function, new: Function) -> Iterator[Difference]:
    """Yield each old name of a parameter that only a decorator took: `@deprecate_kwarg("old", "new")` is gone."""
    was, now = ({each.name for each in side} for side in map(_taken, (old, new)))
    if not isinstance(old.decorators, tuple) or not isinstance(new.decorators, tuple):
        return
    kept = {each.written for each in new.decorators}
    for each in old.decorators:
        is_about_names = each.written not in kept and _OF_NAMES.search(each.path.rpartition(".")[2])
        told: set[str] = set()
        for before, after in _pairs_of_strings(each.written) if is_about_names else ():
            if before.isidentifier() and before not in was | now and after in (was & now) - told:
                told.add(after)
                text = f"`{before}` no longer taken: `@{each.path.rpartition('.')[2]}` passed it on as `{after}`"
                yield difference("parameter-removed", place, text, parameter=before)


COROUTINES = frozenset({"asyncio.coroutine", "asyncio.coroutines.coroutine", "types.coroutine"})
"""Decorators whose generators can be awaited like coroutines."""
_OF_NAMES = re.compile("deprecat|renam|alias|kwarg|keyword|argument|param")
"""What the name of a decorator holds that is about names of parameters."""


def _taken(function: Function) -> tuple[Parameter, ...]:
    taken = function.signature.parameters
    return taken if isinstance(taken, tuple) else ()


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


_TOLD_AS_FACTS = frozenset({
    "abstractmethod", "asynccontextmanager", "classmethod", "contextmanager", "deprecated", "final", "overload",
    "override", "property", "setter", "deleter", "getter", "staticmethod", "wraps",
})  # fmt: skip
"""Decorators whose effect is a fact of the model, and compared as that."""
