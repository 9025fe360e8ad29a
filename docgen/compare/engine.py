"""Two references in, their differences out: what changed for the people who use the package, cause by cause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from docgen.compare.attributes import variables
from docgen.compare.classes import class_facts, unclear_bases
from docgen.compare.context import Context
from docgen.compare.differences import Comparison, Difference, Place, difference
from docgen.compare.functions import functions
from docgen.compare.members import Members
from docgen.compare.modules import Modules
from docgen.compare.pairing import Pair
from docgen.compare.roots import Found, merged
from docgen.model import Class, Function, Reference, Variable


def compare(old: Reference, new: Reference, *, private: bool = False, only: Iterable[str] = ()) -> Comparison:
    """Return how two references of one API differ.

    Parameters:
        old: The reference to compare with: the last release, a published contract.
        new: The one that is held against it.
        private: Private symbols are compared too.
        only: Public paths, with `*` and `?`: these and what is below them; empty: everything.
    """
    context = Context(old, new, private=private, only=tuple(only))
    modules = Modules(context)
    members = Members(context)
    found = [
        *(Found(difference=each) for each in modules.differences()),
        *(each for pair in context.pairing.pairs for each in _pair(pair, context)),
        *(each for pair in context.class_pairs for each in class_facts(pair, context)),
        *members.found(),
    ]
    differences = merged([each for each in found if _is_told(each, context)], context.derives)
    unclear = (*modules.unclear(), *(each for pair in context.class_pairs for each in unclear_bases(pair)))
    return Comparison(
        differences=tuple(sorted(differences, key=_order)),
        unknown=tuple(
            each for each in dict.fromkeys((*unclear, *members.unclear.values())) if context.visible(each.symbol)
        ),
    )


def _order(each: Difference) -> tuple[int, str, str]:
    return (each.level.rank, each.symbol, each.code)


def _is_told(found: Found, context: Context) -> bool:
    """Return whether a difference is of a symbol that is compared; a private definer counts for its public classes."""
    paths = (found.difference.symbol, *found.difference.affects)
    return any(context.visible(path) for path in paths)


def _pair(pair: Pair, context: Context) -> Iterator[Found]:
    """Yield how a symbol of a module differs; classes are compared with all others."""
    old, new = pair.old, pair.new
    if isinstance(old, Class) and isinstance(new, Class):
        return
    place = Place(symbol=pair.old_path, old=old.location, new=new.location)
    for each in _symbols(place, old, new, context):
        yield Found(difference=each)


def _symbols(
    place: Place, old: Class | Function | Variable, new: Class | Function | Variable, context: Context
) -> Iterator[Difference]:
    scope = context.scope()
    if isinstance(old, Function) and isinstance(new, Function):
        yield from functions(place, old, new, scope)
    elif isinstance(old, Variable) and isinstance(new, Variable):
        yield from variables(place, old, new, scope, context.versions)
    elif isinstance(old, Variable) and isinstance(new, Function) and old.function is not None:
        yield from functions(place, old.function, new, scope)
    elif isinstance(old, Function) and isinstance(new, Variable) and new.function is not None:
        yield from functions(place, old, new.function, scope)
    else:
        was, now = _noun(old), _noun(new)
        yield difference("kind-changed", place, f"the {was} is a {now} now", old=was, new=now)


def _noun(symbol: Class | Function | Variable) -> str:
    return type(symbol).__name__.lower()
