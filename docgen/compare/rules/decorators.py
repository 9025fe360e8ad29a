"""Differences of decorators: lost effects, and names of parameters that only a decorator accepted."""

from __future__ import annotations

from collections.abc import Iterator

from docgen.compare.differences import Difference, Place, difference
from docgen.model import BY_POSITION, Decorator, Function, Unknown


def decorations(place: Place, old: Function, new: Function) -> Iterator[Difference]:
    """Yield how the decorators of a function differ, as far as its signature does not show it."""
    yield from _passed_on(place, old, new)
    yield from _still_taken(place, old, new)
    lost = [effect for effect in old.effects if effect not in (*new.effects, BY_POSITION)]
    if lost and isinstance(new.decorators, tuple):
        yield difference("effect-removed", place, f"no longer {', '.join(lost)}", old=", ".join(lost))
    elif old.effects == new.effects:
        yield from decorators(place, old.decorators, new.decorators)


def decorators(
    place: Place, old: tuple[Decorator, ...] | Unknown, new: tuple[Decorator, ...] | Unknown
) -> Iterator[Difference]:
    """Yield that decorators differ, if no fact of the model shows what that means."""
    if not isinstance(old, tuple) or not isinstance(new, tuple):
        return
    before, after = (
        {each.path.rpartition(".")[2].replace("abstractproperty", "property") for each in side} for side in (old, new)
    )
    # A name that is bound to a lambda at run time (`final = lambda x: x`) has no meaning.
    changed = {each for each in before ^ after if not each.startswith("<")}
    if changed and not changed <= _TOLD_AS_FACTS:
        said = [f"`@{name}` {'gone' if name in before else 'added'}" for name in sorted(changed)]
        yield difference("decorators-changed", place, ", ".join(said))


def _passed_on(place: Place, old: Function, new: Function) -> Iterator[Difference]:
    """Yield each old name of a parameter that only a removed `@deprecate_kwarg("old", "new")` accepted."""
    taken = new.signature.parameters
    names = {each.name for each in taken} if isinstance(taken, tuple) else set()
    still = {before for before, _ in new.old_names}
    for before, after in old.old_names:
        if after in names and before not in names | still:
            text = f"`{before}` no longer taken: a decorator passed it on as `{after}`"
            yield difference("parameter-removed", place, text, parameter=before)


def _still_taken(place: Place, old: Function, new: Function) -> Iterator[Difference]:
    """Yield each old name of a parameter that a decorator now accepts."""
    taken = old.signature.parameters
    names = {each.name for each in taken} if isinstance(taken, tuple) else set()
    for before, after in new.old_names:
        if before in names:
            text = f"`{before}` is deprecated: a decorator passes it on as `{after}`"
            yield difference("deprecated", place, text, parameter=before)


_TOLD_AS_FACTS = frozenset({
    "abstractmethod", "asynccontextmanager", "classmethod", "contextmanager", "deprecated", "final", "overload",
    "coroutine", "override", "property", "setter", "deleter", "getter", "staticmethod", "wraps",
})  # fmt: skip
"""Decorators whose effect is a fact of the model, and compared as that."""
