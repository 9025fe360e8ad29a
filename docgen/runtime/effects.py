"""The effects of decorators on functions, as data: dotted path of the decorator -> effect."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docgen.runtime.values import Class, External, Function, Instance, Native, Value, Wrapped, Wrapping

if TYPE_CHECKING:
    from collections.abc import Mapping

TRANSPARENT = "transparent"
"""The effect of a decorator that leaves the signature alone."""
ADDS = "adds "
"""Start of the effect of a decorator that adds parameters; what follows is a parameter list."""
MARKS = "marks "
"""Start of the effect of a decorator that leaves the signature alone and marks the function."""
UNKNOWN = "unknown"
"""The mark of a function under a decorator of unknown effect, whose signature may be different."""
DROPS_FIRST = "drops first"
"""The effect of a decorator that supplies the first argument itself."""


@cache
def builtin_effects() -> Mapping[str, str]:
    """Return the effects that come with docgen, by path of the decorator's definition."""
    return read_effects(Path(__file__).with_name("effects.toml"))


def read_effects(path: Path) -> Mapping[str, str]:
    """Return the table of effects in one of our files."""
    effects: dict[str, str] = tomllib.loads(path.read_text(encoding="utf-8"))["effects"]
    return effects


def path_of(decorator: Value) -> str | None:
    """Return the path under which a decorator is looked up; that of its class if it is an object with `__call__`."""
    if isinstance(decorator, Function | Class | External):
        return decorator.path
    if isinstance(decorator, Instance):
        return path_of(decorator.of)
    if isinstance(decorator, Wrapped):
        return path_of(decorator.inner)
    if isinstance(decorator, Native):
        module = getattr(decorator.value, "__module__", "")
        name = getattr(decorator.value, "__qualname__", "")
        return name if module == "builtins" else f"{module}.{name}"
    return None


def known(effects: Mapping[str, str], path: str) -> str | None:
    """Return the effect for the path of a decorator, or for its parent's pattern (`package.*`); None if unknown."""
    return effects.get(path) or effects.get(f"{path.rpartition('.')[0]}.*")


def by_name(effects: Mapping[str, str], path: str) -> str | None:
    """Return the effect of decorators without sources that have the last name of a path (`*.name`); None if unknown."""
    return effects.get(f"*.{path.rpartition('.')[2]}")


def apply(effect: str, inner: Value) -> Value:
    """Return the result of a decorator with a given effect for a function."""
    for each in effect.split("; "):
        if each.startswith((ADDS, DROPS_FIRST)):
            inner = _replaced(inner, change=each)
        elif each.startswith(MARKS):
            inner = marked(inner, each.removeprefix(MARKS))
        elif each != TRANSPARENT:
            inner = Wrapped(wrapping=Wrapping(each), inner=inner)
    return inner


def marked(inner: Value, mark: str) -> Value:
    """Return a function, in its wrappings, with one more mark."""
    function = inner
    while isinstance(function, Wrapped):
        function = function.inner
    return _replaced(inner, marks=(*function.marks, mark)) if isinstance(function, Function) else inner


def marks_in(effect: str | None) -> tuple[str, ...]:
    """Return the facts that an effect adds to a definition besides its signature."""
    return tuple(each.removeprefix(MARKS) for each in (effect or "").split("; ") if each.startswith(MARKS))


def _replaced(inner: Value, **changes: Any) -> Value:  # noqa: ANN401 - fields of a function
    if isinstance(inner, Wrapped):
        return replace(inner, inner=_replaced(inner.inner, **changes))
    return replace(inner, **changes) if isinstance(inner, Function) else inner
