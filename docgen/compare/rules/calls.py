"""Compares signatures: does the new one bind every call that the old one accepts to the same parameters?

A finite set of call shapes decides it: each number of positional arguments, with the other required arguments by
keyword, and each keyword alone. The simplest call that fails or is bound differently is the witness.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher

import msgspec

from docgen.model import UNKNOWN, Annotation, Parameter, ParameterKind, Value
from docgen.order import moved

_POSITIONAL = (ParameterKind.POSITIONAL_ONLY, ParameterKind.POSITIONAL_OR_KEYWORD)
_KEYWORD = (ParameterKind.POSITIONAL_OR_KEYWORD, ParameterKind.KEYWORD_ONLY)
_VARIADIC = (ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD)
_BEFORE_SLASH = re.compile(r"(_[A-Za-z]\w*?)?__\w*[^_]$")
"""Names that meant positional-only before Python had `/`; in classes, prefixed by the mangled class name.

Source: PEP 484, Positional-only arguments.
"""
_SIMILAR = 0.6
"""From this similarity on, two names count as different spellings of one name."""

_SWITCHES = ("True", "False")
"""Defaults that say nothing about which parameter it is."""
_MOST_PAIRS = 10_000
"""Above this product of removed and added parameters, no parameter counts as respelled."""

_CALLED_BY_NAME = frozenset({"__init__", "__new__", "__call__", "__init_subclass__", "__prepare__", "__post_init__"})
"""Special methods that get the arguments of a call as a user writes it."""
_ARGUMENTS = {
    **dict.fromkeys(("__exit__", "__aexit__"), 3),
    **dict.fromkeys(("__setitem__", "__setattr__", "__set__", "__set_name__"), 2),
    **dict.fromkeys(("__getitem__", "__delitem__", "__contains__", "__missing__", "__getattr__", "__delattr__"), 1),
    **dict.fromkeys(("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__format__", "__deepcopy__"), 1),
    **dict.fromkeys(("__enter__", "__aenter__", "__iter__", "__next__", "__aiter__", "__anext__", "__await__"), 0),
    **dict.fromkeys(("__len__", "__hash__", "__bool__", "__repr__", "__str__", "__bytes__", "__copy__"), 0),
}
"""Special method -> how many arguments the interpreter passes, always by position. Source: data model, 3.3."""


class Shape(msgspec.Struct, frozen=True):
    """A call shape: how many positional arguments, and which keywords."""

    positional: int
    keywords: tuple[str, ...] = ()

    def text(self, name: str) -> str:
        """Return the call as code, with arguments numbered from 1."""
        given = [str(number + 1) for number in range(self.positional)]
        given += [f"{word}={self.positional + place + 1}" for place, word in enumerate(self.keywords)]
        return f"{name}({', '.join(given)})"


class Call:
    """A signature from the view of a call: which parameter takes which argument."""

    def __init__(self, parameters: Sequence[Parameter]) -> None:
        self.parameters = tuple(_as_called(each) for each in parameters)
        self.positional = [each for each in self.parameters if each.kind in _POSITIONAL]
        self.by_keyword = {each.name: each for each in self.parameters if each.kind in _KEYWORD}
        self.refused = {each.name for each in self.parameters if each.demand == "refused"}
        self.var_positional = self._variadic(ParameterKind.VAR_POSITIONAL)
        self.var_keyword = self._variadic(ParameterKind.VAR_KEYWORD)

    def _variadic(self, kind: ParameterKind) -> str:
        taking = (each.name for each in self.parameters if each.kind is kind and each.name not in self.refused)
        return next(taking, "")

    @property
    def offered(self) -> int:
        """How many positional arguments a user passes at most; parameters with an underscore are internal."""
        own = (place for place, each in enumerate(self.positional) if _is_own(each))
        return next(own, len(self.positional))

    def bind(self, shape: Shape) -> tuple[str, ...] | str:
        """Return the parameter that each argument of a call is bound to, or why the call fails."""
        taken: list[str] = [each.name for each in self.positional[: shape.positional]]
        over = shape.positional - len(taken)
        if over and not self.var_positional:
            return f"takes {len(taken)} positional argument{'s' * (len(taken) != 1)}"
        taken += [self.var_positional] * over
        for word in shape.keywords:
            if word in taken[: shape.positional] and word in self.by_keyword:
                return f"got two values for `{word}`"
            if word not in self.by_keyword and not self.var_keyword:
                return f"unexpected keyword `{word}`"
            taken.append(word if word in self.by_keyword else self.var_keyword)
        refused = self.refused.intersection(taken)
        if refused:
            return f"`{min(refused)}` is refused"
        missing = [each.name for each in self.parameters if is_required(each) and each.name not in taken]
        return f"`{missing[0]}` is missing" if missing else tuple(taken)

    def shapes(self, fresh: str) -> Iterator[Shape]:
        """Yield the deciding calls, the simplest first.

        Parameters:
            fresh: A keyword that matches no parameter.
        """
        least = sum(is_required(each) and each.kind is ParameterKind.POSITIONAL_ONLY for each in self.positional)
        smallest = self._with_required(least)
        yield smallest
        yield from map(self._with_required, range(least + 1, max(self.offered, least) + 1))
        for word, parameter in self.by_keyword.items():
            is_given = parameter in self.positional[:least] or word in smallest.keywords
            if not is_given and not _is_own(parameter):
                yield Shape(least, (*smallest.keywords, word))
        if self.var_positional and self.offered == len(self.positional):
            yield self._with_required(len(self.positional) + 1)
        if self.var_keyword:
            yield Shape(least, (*smallest.keywords, fresh))

    def _with_required(self, positional: int) -> Shape:
        rest = [each for each in self.parameters if each not in self.positional[:positional]]
        return Shape(positional, tuple(each.name for each in rest if is_required(each)))


def _is_own(parameter: Parameter) -> bool:
    """Return True if the name of a parameter with a default says that only the package passes it."""
    return (
        parameter.name.startswith("_")
        and not is_required(parameter)
        and parameter.kind is not ParameterKind.POSITIONAL_ONLY
    )


def _as_called(parameter: Parameter) -> Parameter:
    """Return a parameter as callers may use it."""
    if parameter.kind not in _VARIADIC and parameter.is_from_keywords:
        # A keyword that the body reads from **kwargs counts as one that the signature names.
        return msgspec.structs.replace(parameter, kind=ParameterKind.KEYWORD_ONLY)
    if parameter.kind is ParameterKind.POSITIONAL_OR_KEYWORD and _BEFORE_SLASH.match(parameter.name):
        return msgspec.structs.replace(parameter, kind=ParameterKind.POSITIONAL_ONLY)
    return parameter


class Cause(msgspec.Struct, frozen=True):
    """One reason why calls are bound differently."""

    kind: str
    """Name of the kind of difference."""
    text: str
    parameters: tuple[str, ...]


class CallChange(msgspec.Struct, frozen=True, kw_only=True):
    """The result of comparing two signatures for callers."""

    breaking: tuple[Cause, ...] = ()
    """The most severe first; empty if every call that the old one accepts is bound to the same parameters."""
    compatible: tuple[Cause, ...] = ()
    witness: str = ""
    """The simplest call that fails or binds its arguments differently, and how."""
    pairs: tuple[tuple[Parameter, Parameter], ...] = ()
    """Pairs of parameters that correspond to each other, including renamed ones."""


def is_required(parameter: Parameter) -> bool:
    """Return whether a call must give an argument for a parameter."""
    is_open = parameter.default is None and parameter.kind not in _VARIADIC and not parameter.is_from_keywords
    return is_open or parameter.demand == "wanted"


def compare_calls(name: str, old: Sequence[Parameter], new: Sequence[Parameter]) -> CallChange:
    """Return what happens to calls of an old signature with a new one.

    Parameters:
        name: Name of the function, for the witness.
        old: Without the receiver, in order.
        new: The same.
    """
    was, now = (Call(tuple(_by_position(name, _completed(*sides)))) for sides in ((old, new), (new, old)))
    same = _same(was, now)
    pairs = tuple((each, _named(now, same[each.name])) for each in was.parameters if each.name in same)
    if _is_called_alike(name, was, now):
        return CallChange(pairs=pairs)
    witness = _witness(name, was, now, same)
    causes = tuple(_causes(was, now, same))
    breaking = causes if witness else ()
    return CallChange(
        breaking=breaking or ((Cause("parameter-moved", "arguments are bound differently", ()),) if witness else ()),
        compatible=tuple(_compatible(was, now, same, is_broken=bool(witness))),
        witness=witness,
        pairs=pairs,
    )


def _is_called_alike(name: str, was: Call, now: Call) -> bool:
    """Return True if a function is a special method that accepts the interpreter's arguments on both sides."""
    given = _ARGUMENTS.get(name)
    return given is not None and not any(isinstance(side.bind(Shape(given)), str) for side in (was, now))


def _by_position(name: str, call: Iterable[Parameter]) -> Iterator[Parameter]:
    """Yield the parameters of a function; those of a special method lose their names, which no caller can use."""
    is_special = name.startswith("__") and name.endswith("__") and name not in _CALLED_BY_NAME
    for each in call:
        if is_special and each.kind is ParameterKind.POSITIONAL_OR_KEYWORD:
            yield msgspec.structs.replace(each, kind=ParameterKind.POSITIONAL_ONLY)
        else:
            yield each


def _completed(side: Sequence[Parameter], other: Sequence[Parameter]) -> Iterator[Parameter]:
    """Yield the parameters of a side; facts that a page does not show are copied from the other side."""
    others = {each.name: each for each in other}
    # If neither side knows the position of a parameter, as with two published pages, there is no difference.
    is_said = any(each.kind is not ParameterKind.UNKNOWN and each.kind not in _VARIADIC for each in (*side, *other))
    usual = ParameterKind.POSITIONAL_OR_KEYWORD if is_said else ParameterKind.KEYWORD_ONLY
    for each in side:
        kind, default = each.kind, each.default
        if kind is ParameterKind.UNKNOWN:
            kind = others[each.name].kind if each.name in others else ParameterKind.UNKNOWN
            kind = usual if kind is ParameterKind.UNKNOWN else kind
        if default is UNKNOWN and each.name in others:
            default = others[each.name].default
        yield msgspec.structs.replace(each, kind=kind, default=default)


def _named(call: Call, name: str) -> Parameter:
    return next(each for each in call.parameters if each.name == name)


def _same(was: Call, now: Call) -> Mapping[str, str]:
    """Return the old name -> the new name of each parameter that is still there."""
    names = {each.name for each in now.parameters if each.kind not in _VARIADIC}
    same = {each.name: each.name for each in was.parameters if each.name in names and each.kind not in _VARIADIC}
    variadic = ((was.var_positional, now.var_positional), (was.var_keyword, now.var_keyword))
    same.update({mine: theirs for mine, theirs in variadic if mine and theirs})
    kept = set(same.values())
    left = [each for each in now.parameters if each.kind not in _VARIADIC and each.name not in kept]
    gone = [each for each in was.parameters if each.kind not in _VARIADIC and each.name not in same]
    for each in gone if len(gone) * len(left) <= _MOST_PAIRS else ():
        found = max(left, key=lambda other, each=each: _likeness(each, other, was, now, same), default=None)  # type: ignore[misc] # mypy does not infer the type of a lambda with a default
        if found is not None and _likeness(each, found, was, now, same) > 0:
            same[each.name] = found.name
            left.remove(found)
    return same


def _likeness(old: Parameter, new: Parameter, was: Call, now: Call, same: Mapping[str, str]) -> float:
    """Return how much a new parameter looks like a renamed old one; 0 if it is a different parameter."""
    if (old.kind is ParameterKind.KEYWORD_ONLY) != (new.kind is ParameterKind.KEYWORD_ONLY):
        return 0.0
    at_one_place = old in was.positional and _neighbours(old, was, same) == _neighbours(new, now, None)
    if at_one_place and old.kind is ParameterKind.POSITIONAL_ONLY and is_required(old) >= is_required(new):
        return 2.0  # Its name does not matter to a caller.
    if _text(old.default) != _text(new.default):
        return 0.0
    ratio = SequenceMatcher(None, old.name, new.name, autojunk=False).ratio()
    if _written(old.annotation) != _written(new.annotation):
        is_typed_now = None in (old.annotation, new.annotation)
        return ratio if at_one_place and is_typed_now and ratio >= _SIMILAR else 0.0
    if at_one_place:
        # Most switches have the same default: only their names tell them apart.
        is_other_switch = _text(old.default) in _SWITCHES and ratio < _SIMILAR
        return 0.0 if is_other_switch else 1.0 + ratio
    is_reported = old.annotation is not None and bool(old.default)
    return ratio if ratio >= _SIMILAR and (is_reported or old.kind is not ParameterKind.KEYWORD_ONLY) else 0.0


def _neighbours(parameter: Parameter, call: Call, same: Mapping[str, str] | None) -> tuple[int, tuple[str, ...]]:
    """Return the position of a positional parameter, and which parameters of both sides precede it."""
    if parameter not in call.positional:
        return (-1, ())
    place = call.positional.index(parameter)
    before = (each.name for each in call.positional[:place])
    return (place, tuple(same.get(name, name) for name in before) if same is not None else tuple(before))


def _witness(name: str, was: Call, now: Call, same: Mapping[str, str]) -> str:
    known = {each.name for each in (*was.parameters, *now.parameters)}
    fresh = next(
        word for word in ("extra", *(f"extra_{number}" for number in range(len(known) + 1))) if word not in known
    )
    for shape in was.shapes(fresh):
        before, after = was.bind(shape), now.bind(shape)
        if isinstance(before, str):
            continue  # A required positional-only parameter follows: no such call.
        if isinstance(after, str):
            if _is_harmless(shape, fresh, was):
                continue
            return f"`{shape.text(name)}`: {after}"
        for place, (source, target) in enumerate(zip(before, after, strict=True)):
            if same.get(source) == target or _is_respelled(source, target, was, now, same):
                continue
            if _is_swallowed(source, target, was, now, same) or source == was.var_keyword:
                continue
            return f"`{shape.text(name)}`: {place + 1} goes to `{target}`, not to `{source}`"
    return ""


def _is_respelled(source: str, target: str, was: Call, now: Call, same: Mapping[str, str]) -> bool:
    """Return whether a parameter is spelled otherwise in its place, and has its old name by keyword: `maxSize`."""
    if target in (now.var_positional, now.var_keyword) or target in same.values():
        return False
    if source in (was.var_positional, was.var_keyword) or same.get(source) != source:
        return False
    old, new, kept = _named(was, source), _named(now, target), _named(now, source)
    is_kept = kept.kind is ParameterKind.KEYWORD_ONLY and not is_required(kept)
    is_alike = _letters(source) == _letters(target) and is_required(new) <= is_required(old)
    return is_kept and is_alike and old in was.positional


def _letters(name: str) -> str:
    return name.replace("_", "").lower()


def _is_swallowed(source: str, target: str, was: Call, now: Call, same: Mapping[str, str]) -> bool:
    """Return True if an argument for a removed parameter becomes one of the further arguments on the new side."""
    if target == "" or target not in (now.var_positional, now.var_keyword):
        return False
    if source in same:
        # The body reads it from its further arguments: by keyword for certain, by position depending on the body.
        return source not in (was.var_positional, was.var_keyword) and _named(now, same[source]).is_from_keywords
    if source in (was.var_positional, was.var_keyword):
        return False
    # A keyword that the body took for itself by name is no longer looked for: it is refused, or has no effect.
    gone = _named(was, source)
    return not gone.is_from_keywords or _is_passed_on(gone)


def _is_passed_on(parameter: Parameter) -> bool:
    """Return True if the body only looks at a further keyword, and passes it on with all others."""
    return parameter.is_from_keywords and parameter.demand == "passed on"


def _is_harmless(shape: Shape, fresh: str, was: Call) -> bool:
    """Return True if a call has a keyword that the declared keys of **kwargs never allowed."""
    if fresh not in shape.keywords:
        return False
    annotation = next(each.annotation for each in was.parameters if each.kind is ParameterKind.VAR_KEYWORD)
    return isinstance(annotation, Annotation) and "Unpack[" in annotation.written


def _causes(was: Call, now: Call, same: Mapping[str, str]) -> Iterator[Cause]:
    """Yield the causes why calls are bound differently, the most severe first."""
    removed = [each.name for each in was.parameters if each.name not in same and each.kind not in _VARIADIC]
    collected = [name for name in removed if name == now.var_positional]
    yield from _cause("parameter-removed", "removed", [name for name in removed if name not in collected])
    yield from _cause("parameter-positional-only", "taken as further positional arguments now", collected)
    yield from _renamed(was, now, same)
    added = [each for each in now.parameters if each.name not in same.values() and each.kind not in _VARIADIC]
    yield from _cause("required-parameter-added", "added without a default", [n.name for n in added if is_required(n)])
    kept = [(each, _named(now, same[each.name])) for each in was.parameters if each.name in same]
    required = [n.name for o, n in kept if is_required(n) and not is_required(o)]
    yield from _cause("parameter-required", "without a default now", required)
    yield from _cause("refused", "refused now", [n.name for o, n in kept if n.name in now.refused - was.refused])
    yield from _moved(was, now, same)
    keyword_only = [
        n.name
        for o, n in kept
        if o.kind in _POSITIONAL
        and n.kind is ParameterKind.KEYWORD_ONLY
        and not any(_is_respelled(o.name, each.name, was, now, same) for each in now.positional)
    ]
    yield from _cause("parameter-keyword-only", "keyword-only now", keyword_only)
    positional_only = [n.name for o, n in kept if o.kind in _KEYWORD and n.kind is ParameterKind.POSITIONAL_ONLY]
    yield from _cause("parameter-positional-only", "positional-only now", positional_only)
    gone = [
        f"{stars}{name}"
        for stars, name in (("*", was.var_positional), ("**", was.var_keyword))
        if name and name not in same
    ]
    yield from _cause("variadic-removed", "no longer taken", gone)


def _cause(kind: str, words: str, names: Sequence[str]) -> Iterator[Cause]:
    if names:
        yield Cause(kind, f"{_quoted(names)} {words}", tuple(names))


def _renamed(was: Call, now: Call, same: Mapping[str, str]) -> Iterator[Cause]:
    pairs = [
        (old, new)
        for old, new in same.items()
        if old != new and old in was.by_keyword and new in now.by_keyword and new not in was.by_keyword
    ]
    if pairs:
        text = ", ".join(f"`{old}` is called `{new}`" for old, new in pairs)
        yield Cause("parameter-renamed", text, tuple(f"{old} -> {new}" for old, new in pairs))


def _moved(was: Call, now: Call, same: Mapping[str, str]) -> Iterator[Cause]:
    """Yield the positional parameters that have moved, and what moved them."""
    order = [each.name for each in now.positional]
    places = {same[each.name]: place for place, each in enumerate(was.positional) if each.name in same}
    shifted = [name for place, name in enumerate(order) if places.get(name, place) != place]
    if was.var_positional and len(order) > len(was.positional):
        first = order[len(was.positional) :]
        yield Cause("parameter-moved", f"{_quoted(first)} inserted before `*{was.var_positional}`", tuple(first))
    if not shifted:
        return
    changed = moved((name for name in places if name in order), (name for name in order if name in places))
    if changed:
        text = ", ".join(f"`{name}` moved from place {places[name] + 1} to {order.index(name) + 1}" for name in changed)
        yield Cause("parameter-moved", text, changed)
    inserted = [name for name in order[: order.index(shifted[-1])] if name not in places]
    pushed = [name for name in shifted if name not in changed]
    if inserted:
        behind = [name for name in pushed if order.index(name) > order.index(inserted[0])]
        before = f"before {_quoted(behind)}" if behind else "among them"
        yield Cause("parameter-moved", f"{_quoted(inserted)} inserted {before}", (*inserted, *behind))
    elif pushed and (changed or all(each.name in same for each in was.positional)):
        word = "moved with it" if changed else "moved up"
        yield Cause("parameter-moved", f"{_quoted(pushed)} {word}", tuple(pushed))


def _compatible(was: Call, now: Call, same: Mapping[str, str], *, is_broken: bool) -> Iterator[Cause]:
    """Yield the ways in which the new signature accepts more calls."""
    explained = {name for cause in _causes(was, now, same) for name in cause.parameters} if is_broken else set()
    added = [
        each.name
        for each in now.parameters
        if each.name not in same.values()
        and each.kind not in _VARIADIC
        and each.name not in explained
        # It was already passed on with the others.
        and not (was.var_keyword and _is_passed_on(each))
    ]
    yield from _cause("parameter-added", "added, optional", added)
    kept = [(each, _named(now, same[each.name])) for each in was.parameters if each.name in same]
    optional = [new.name for old, new in kept if is_required(old) and not is_required(new)]
    yield from _cause("call-extended", "optional now", optional)
    ways = [
        new.name
        for old, new in kept
        if new.kind is ParameterKind.POSITIONAL_OR_KEYWORD
        and old.kind in (ParameterKind.POSITIONAL_ONLY, ParameterKind.KEYWORD_ONLY)
    ]
    yield from _cause("call-extended", "positional or keyword now", ways)
    stars = (("*", now.var_positional, was.var_positional), ("**", now.var_keyword, was.var_keyword))
    variadic = [f"{star}{name}" for star, name, before in stars if name and not before]
    yield from _cause("call-extended", "taken too", variadic)
    if not is_broken:
        swallowed = [each.name for each in was.parameters if each.name not in same and each.kind not in _VARIADIC]
        yield from _cause("parameter-swallowed", "taken as one of the further arguments", swallowed)


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _written(annotation: object) -> str:
    return annotation.written if isinstance(annotation, Annotation) else ""


def _text(default: object) -> str | None:
    return default.text if isinstance(default, Value) else None
