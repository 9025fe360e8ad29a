"""Actions that the body of a function gained or lost for callers and subclasses.

If the new body calls a helper that the old one did not call, the helper may have a lost action, so nothing is reported.
The same is true of a gained action, if the body no longer calls a helper.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from docgen.compare.differences import Difference, Place, difference
from docgen.compare.rules.outcomes import class_named
from docgen.compare.rules.relations import Types
from docgen.model import Annotation, ClassKind, Function, Outcome, Parameter, ParameterKind

WHERE = "arguments where"
"""Beginning of the text for arguments that a body newly refuses."""
_OPERATORS = frozenset({
    f"__{name}__"
    for name in ("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor", "lshift",
                 "rshift", "neg", "pos", "invert")
})  # fmt: skip
"""Operators that return a new object. Source: data model, 3.3.8."""
_COPYING = frozenset({"copy", "__copy__", "__deepcopy__", "__replace__", "clone"})
_PLAIN = frozenset({"bool", "bytes", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple"})
"""Words for results of built-in classes."""
_TEXTS = frozenset({"__str__", "__format__"})

_PROMISED: Mapping[str, tuple[str, ...]] = {
    "__getattr__": ("AttributeError",),
    "__next__": ("StopIteration",),
    "__anext__": ("StopAsyncIteration",),
    "__getitem__": ("IndexError", "KeyError"),
    "__missing__": ("KeyError",),
}
"""Special method -> errors that the language expects: for `hasattr()`, at the end of loops. Source: data model."""


_BUILTIN_TYPES = frozenset(name for name, value in vars(builtins).items() if isinstance(value, type))
_NUMBERED = frozenset(
    name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, OSError)
)
"""Errors that take their number from the first of two arguments. Source: documentation of `OSError`."""


class Actions:
    """The actions of a body, by kind.

    Parameters:
        outcome: The facts of the body; None if it was not read.
    """

    def __init__(self, outcome: Outcome | None) -> None:
        self.is_known = outcome is not None
        self.outcome = outcome or Outcome()
        self._found: dict[str, set[str]] = {}
        for action in self.outcome.actions:
            sort, _, subject = action.removeprefix("result ").partition(" ")
            self._found.setdefault(sort, set()).add(subject)

    def of(self, sort: str) -> set[str]:
        """Return the subjects of the actions of a kind."""
        return self._found.get(sort, set())

    def one(self, sort: str) -> str:
        """Return the subject of the only action of a kind, empty if there is none or several."""
        found = self.of(sort)
        return next(iter(found)) if len(found) == 1 else ""

    def about(self, sort: str, parameters: frozenset[str]) -> list[tuple[str, str]]:
        """Return (parameter, detail) of the actions of a kind, in alphabetical order."""
        pairs = (each.partition(" ") for each in sorted(self.of(sort)))
        return [(name, about) for name, _, about in pairs if name in parameters]


@dataclass(frozen=True, kw_only=True)
class _Bodies:
    """The bodies of a function on both sides."""

    place: Place
    name: str
    was: Actions
    now: Actions
    written: Mapping[str, str]
    """Annotation of each parameter that is annotated equally on both sides; empty if it has none."""
    keeps_bases: bool
    types: Types
    is_annotated: bool
    """Annotations show the results of calls."""

    @property
    def kept(self) -> frozenset[str]:
        """The parameters that are compared."""
        return frozenset(self.written)

    def lost(self, sort: str) -> set[str]:
        """Return the actions of the old body only."""
        return self.was.of(sort) - self.now.of(sort)

    def gained(self, sort: str) -> set[str]:
        """Return the actions of the new body only."""
        return self.now.of(sort) - self.was.of(sort)

    def difference(self, kind: str, text: str, old: str = "", new: str = "") -> Difference:
        """Return a difference."""
        return difference(kind, self.place, text, old=old, new=new)


def actions(place: Place, old: Function, new: Function, types: Types, *, keeps_bases: bool) -> Iterator[Difference]:
    """Yield the differences in the actions of a function's body.

    Parameters:
        place: The symbol.
        old: The function.
        new: The same on the new side.
        types: Both sides.
        keeps_bases: It is not a method, or its class still derives from all earlier bases.
    """
    was, now = Actions(old.outcome), Actions(new.outcome)
    is_same = old.condition == new.condition and old.receiver is new.receiver and owner_of(old) == owner_of(new)
    is_left_out = new.is_abstract or set(now.outcome.gives) == {"..."}
    is_refused = bool(now.outcome.raises) and not was.outcome.raises  # That is reported.
    if not is_same or not was.is_known or not now.is_known or is_left_out or is_refused:
        return
    before, after = annotated(old), annotated(new)
    written = {name: said for name, said in before.items() if after.get(name) == said}
    bodies = _Bodies(
        place=place,
        name=new.name,
        was=was,
        now=now,
        written=written,
        keeps_bases=keeps_bases,
        types=types,
        is_annotated=any(isinstance(each.signature.returns, Annotation) for each in (old, new)),
    )
    yield from _collected(place, was, old, new)
    helpers = bodies.gained("calls")
    for is_certain, rules in (
        (helpers <= now.of("made"), _SWAPPED),
        (not helpers, _LOST),
        (not bodies.lost("calls"), _GAINED),
    ):
        for rule in rules if is_certain else ():
            yield from rule(bodies)


def parameters(function: Function) -> tuple[Parameter, ...]:
    """Return the parameters of a function, none if they are unknown."""
    taken = function.signature.parameters
    return taken if isinstance(taken, tuple) else ()


def owner_of(function: Function) -> str:
    """Return the last name of the class or module that defines a function."""
    return function.path.rpartition(".")[0].rpartition(".")[2]


def annotated(function: Function) -> dict[str, str]:
    """Return each parameter with its annotation as written, empty if it has none."""
    return {
        each.name: each.annotation.written if isinstance(each.annotation, Annotation) else ""
        for each in parameters(function)
    }


def says(written: str, maker: str) -> bool:
    """Return True if an annotation says that an argument is already what a call would make it."""
    return written.partition("[")[0].rpartition(".")[2] == maker.rpartition(".")[2]


def handled(place: Place, name: str, text: str) -> Difference:
    """Return the difference of a parameter that is handled differently."""
    return difference("argument-handling", place, text, parameter=name)


def _collected(place: Place, was: Actions, old: Function, new: Function) -> Iterator[Difference]:
    """Yield the new parameters that take a keyword out of those that the body iterates over."""
    before = {each.name for each in parameters(old)}
    for each in parameters(new) if was.of("collects") else ():
        is_keyword = each.kind is not ParameterKind.POSITIONAL_ONLY and not each.is_from_keywords
        if is_keyword and each.name not in before and each.default is not None:
            text = f"`{each.name}` was an ordinary keyword in `**{was.one('collects')}`"
            yield handled(place, each.name, text)


# -- what a body no longer does


def _causes(bodies: _Bodies) -> Iterator[Difference]:
    for error in sorted(bodies.lost("causes") & bodies.now.of("hides")):
        yield bodies.difference("error-changed", f"{error} no longer has the original error as its cause")


def _arguments_of_errors(bodies: _Bodies) -> Iterator[Difference]:
    """Yield the errors that lost one of two arguments, from which `OSError` takes its number."""
    counts: list[dict[str, set[int]]] = [{}, {}]
    for found, side in zip(counts, (bodies.was, bodies.now), strict=True):
        for error, _, count in (each.partition(" ") for each in side.of("arguments")):
            found.setdefault(error, set()).add(int(count))
    was, now = counts
    for error in sorted(was.keys() & now.keys()):
        if error in _NUMBERED and min(was[error]) > 1 >= max(now[error]):
            yield bodies.difference("error-changed", f"{error} is raised without its further arguments")


def _base_calls(bodies: _Bodies) -> Iterator[Difference]:
    is_lost = bool(bodies.was.of("base")) and not bodies.now.of("base")
    if is_lost and bodies.keeps_bases and bodies.name != "__init__":
        yield bodies.difference("base-not-called", "it no longer calls the method of the next class")


def _promises(bodies: _Bodies) -> Iterator[Difference]:
    was, now = ({*side.outcome.errors} for side in (bodies.was, bodies.now))
    for error in _PROMISED.get(bodies.name, ()):
        if error in was - now and len(now) != 1:
            yield bodies.difference("error-changed", f"it no longer raises {error}, which the language requires")


def _conversions(bodies: _Bodies) -> Iterator[Difference]:
    converted = {name for name, _ in bodies.now.about("converts", bodies.kept)}
    for name, maker in bodies.was.about("converts", bodies.kept - converted):
        is_type = maker in _BUILTIN_TYPES or maker.rpartition(".")[2][:1].isupper()
        if is_type and maker not in bodies.now.of("calls") and not says(bodies.written[name], maker):
            yield handled(bodies.place, name, f"`{name}` is no longer converted to `{maker}`")


def _stored(bodies: _Bodies) -> Iterator[Difference]:
    """Yield the attributes that store an argument itself instead of always converting it."""
    converted = {name for name, _ in bodies.now.about("converts", bodies.kept)}
    for attribute, _, rest in (each.partition(" ") for each in sorted(bodies.lost("stores"))):
        maker, _, name = rest.partition(" ")
        is_bare = f"{attribute} - {name}" in bodies.gained("stores")
        is_class = maker in _PLAIN or maker.rpartition(".")[2][:1].isupper()
        if is_bare and is_class and name in bodies.kept - converted and not says(bodies.written[name], maker):
            yield handled(bodies.place, name, f"`{name}` is stored unchanged: no longer converted to `{maker}`")


def _types_asked(bodies: _Bodies) -> Iterator[Difference]:
    if bodies.now.outcome.operands is not None:
        return  # Refusals of an operator are compared separately.
    asked = bodies.now.about("asks", bodies.kept)
    others = {name for name, type_ in asked if f"{name} {type_}" not in bodies.was.of("asks")}
    for name, type_ in bodies.was.about("asks", bodies.kept - others):
        written = bodies.written[name]
        # Other types may have been aliases of these, for older versions of Python.
        is_known = type_ in _BUILTIN_TYPES or type_.startswith(".")
        if is_known and (name, type_) not in asked and (not written or type_ in written):
            shown = f"an object with `{type_[1:]}`" if type_.startswith(".") else f"`{type_}`"
            yield handled(bodies.place, name, f"`{name}`: {shown} is no longer a special case")


def _no_longer_changed(bodies: _Bodies) -> Iterator[Difference]:
    # A method that changes its instance uses up an argument by the way.
    for name in sorted(bodies.lost("changes") & bodies.kept) if not bodies.was.of("sets") else ():
        yield handled(bodies.place, name, f"`{name}`: the caller's object is no longer changed")


def _received(bodies: _Bodies) -> Iterator[Difference]:
    if bodies.lost("receives"):
        yield bodies.difference("result-retyped", "values sent to the generator are no longer used")


def _keys(bodies: _Bodies) -> Iterator[Difference]:
    if bodies.was.of("keys") and bodies.now.of("keys"):
        for key in sorted(bodies.lost("key")):
            yield bodies.difference("result-retyped", f"the returned dictionary has no key {key}")


# -- what a body newly does


def _changed(bodies: _Bodies) -> Iterator[Difference]:
    for name in sorted(bodies.gained("changes") & bodies.kept - bodies.was.of("lends")):
        yield handled(bodies.place, name, f"`{name}`: the caller's object is changed")


def _awaited(bodies: _Bodies) -> Iterator[Difference]:
    """Yield the functions that others supply and whose results are awaited now: the variables of the body."""
    for name in sorted(bodies.gained("awaits") & bodies.lost("runs")):
        text = f"the result of `{name}(...)` is awaited now: an ordinary function fails"
        yield bodies.difference("argument-handling", text)


def _closed(bodies: _Bodies) -> Iterator[Difference]:
    for name in sorted(bodies.gained("closes") & bodies.kept & bodies.was.of("streams")):
        if bodies.written[name] and "IO" not in bodies.written[name]:
            continue  # It is no file, but an object that has a method of this name.
        yield handled(bodies.place, name, f"`{name}`: the caller's file is closed")


def _opened(bodies: _Bodies) -> Iterator[Difference]:
    """Yield the parameters that were open files and are paths now, or the reverse."""
    was, now = (
        (side.of("streams") - side.of("opens"), side.of("opens") - side.of("streams"))
        for side in (bodies.was, bodies.now)
    )
    for name in sorted(bodies.kept):
        if name in was[0] and name in now[1]:
            yield handled(bodies.place, name, f"`{name}` is opened: an open file is no longer accepted")
        elif name in was[1] and name in now[0]:
            yield handled(bodies.place, name, f"`{name}` is used as an open file: a path is no longer accepted")


def _in_loop(bodies: _Bodies) -> Iterator[Difference]:
    for name in sorted(bodies.gained("loop")) if not bodies.was.of("loop") else ():
        yield bodies.difference("refused", f"it fails without a running event loop, which `{name}` needs")


def _replaced(bodies: _Bodies) -> Iterator[Difference]:
    for name in sorted(bodies.kept):
        if f"{name} none" in bodies.lost("replaces") and f"{name} falsy" in bodies.gained("replaces"):
            yield handled(bodies.place, name, f"`{name}`: 0 and empty values count as omitted")


def _limits(bodies: _Bodies) -> Iterator[Difference]:
    """Yield new conditions on arguments for which an error is raised, if nothing seems to have failed before.

    New conditions of a body that replace old ones may test the same in other words.
    """
    if bodies.was.outcome.errors and not bodies.was.of("refuses") < bodies.now.of("refuses"):
        return
    for condition in sorted(bodies.gained("refuses")):
        named = {*re.findall(r"[^\W\d]\w*", condition)} & bodies.kept
        if named and not named & bodies.was.of("risks"):
            yield bodies.difference("refused", f"{WHERE} `{condition}` are refused now")


# -- different results of a body


def _constants(bodies: _Bodies) -> Iterator[Difference]:
    was, now = bodies.was.one("constant"), bodies.now.one("constant")
    if was and now and was != now and _is_alike(was, now):
        yield bodies.difference("value-changed", f"it gives {now}, not {was}", old=was, new=now)


def _is_alike(was: str, now: str) -> bool:
    """Return True if two constants have one type and are not sentences."""
    if was[0] in "'\"":
        return now[0] in "'\"" and not (" " in was and " " in now)
    return was[0].isdecimal() == now[0].isdecimal() and was != "None" != now


def _order(bodies: _Bodies) -> Iterator[Difference]:
    was, now = bodies.was.one("tuple"), bodies.now.one("tuple")
    if was != now and sorted(was.split(", ")) == sorted(now.split(", ")):
        yield bodies.difference("order-of-fields-changed", f"it gives `{now}`, not `{was}`", old=was, new=now)


def _looked_up(bodies: _Bodies) -> Iterator[Difference]:
    was, now = bodies.was, bodies.now
    same = was.of("item") & now.of("item") if "None" in now.outcome.gives else was.of("item") & now.of("got")
    if same and not was.of("got") and "None" not in was.outcome.gives:
        yield bodies.difference("result-widened", "it may return None where a lookup raised an error")


def _texts(bodies: _Bodies) -> Iterator[Difference]:
    """Yield the difference of a changed text; that of `__repr__` is for debugging."""
    was, now = bodies.was.one("text"), bodies.now.one("text")
    if not was or not now or bodies.name == "__repr__":
        return
    (old, old_fields), (new, new_fields) = _skeleton(was), _skeleton(now)
    is_reordered = old_fields != new_fields and sorted(old_fields) == sorted(new_fields)
    is_prose = " " in old and " " in new and bodies.name not in _TEXTS
    if (old != new or is_reordered) and not is_prose:
        yield bodies.difference("text-changed", f"the text is `{now}`, not `{was}`", old=was, new=now)


def _skeleton(text: str) -> tuple[str, list[str]]:
    """Return a template without the names in its fields, and those names."""
    first, *parts = (part.partition("}") for part in text.split("{"))
    fields = [field.partition(":") for field, _, _ in parts]
    rest = "".join(f"{{{spec}}}{after}" for (_, _, after), (_, _, spec) in zip(parts, fields, strict=True))
    return first[0] + rest, [name for name, _, _ in fields]


def _views(bodies: _Bodies) -> Iterator[Difference]:
    (was, _, source), (now, _, other) = (side.one("view").partition(" ") for side in (bodies.was, bodies.now))
    if was != now and source == other:
        yield bodies.difference("result-retyped", f"it iterates over the {now}, not over the {was}")


def _made(bodies: _Bodies) -> Iterator[Difference]:
    made = sorted(bodies.now.of("made"))
    if bodies.was.of("made") == {"class"} and made and all(each[0].isupper() for each in made):
        yield bodies.difference("result-retyped", f"called on a subclass, it returns a `{', '.join(made)}`")


def _of_other_class(bodies: _Bodies) -> Iterator[Difference]:
    """Yield the difference if results are instances of another class or of a builtin one."""
    was, now = bodies.was.one("made"), bodies.now.one("made")
    index = bodies.types.new.index
    old, new = class_named(was, index), class_named(now, index)
    if bodies.is_annotated or was == now or old is None or class_named(was, bodies.types.old.index) is None:
        return
    gives = {each.partition("[")[0] for each in bodies.now.outcome.gives}
    is_plain = bool(gives) and not now and gives <= _PLAIN and (old.mro == () or old.kind is ClassKind.NAMED_TUPLE)
    is_other = new is not None and not new.unknown_bases and isinstance(new.mro, tuple) and old.path not in new.mro
    if is_plain or is_other:
        shown = now if is_other else ", ".join(sorted(gives))
        yield bodies.difference("result-retyped", f"the result: `{was}` -> `{shown}`", old=was, new=shown)


def _compared(bodies: _Bodies) -> Iterator[Difference]:
    was, now = bodies.was.of("compares"), bodies.now.of("compares")
    if was and now and was != now and not any(each.startswith("_") for each in was ^ now):
        old, new = (", ".join(f"`{each}`" for each in sorted(side)) for side in (was, now))
        yield bodies.difference("option-changed", f"{new} are compared, not {old}", old=old, new=new)


def _itself(bodies: _Bodies) -> Iterator[Difference]:
    is_new = "self" in bodies.now.outcome.gives and "self" not in bodies.was.outcome.gives
    if is_new and bodies.name in _OPERATORS | _COPYING:
        yield bodies.difference("result-shared", "it returns the object itself, not a new one")


_Rules = tuple[Callable[[_Bodies], Iterator[Difference]], ...]
_LOST: _Rules = (
    _causes,
    _arguments_of_errors,
    _base_calls,
    _promises,
    _conversions,
    _stored,
    _types_asked,
    _no_longer_changed,
    _keys,
    _received,
)
_GAINED: _Rules = (_changed, _closed, _opened, _awaited, _in_loop, _replaced, _limits)
_SWAPPED: _Rules = (_constants, _order, _looked_up, _texts, _views, _made, _of_other_class, _compared, _itself)
