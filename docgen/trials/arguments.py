"""Chooses sample arguments for a function: by annotation, by default, and by the constants that its code mentions."""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final

from docgen.trials.things import Recorder

CALLABLE: Final = Recorder()
"""Stands for a function that records how it is called; each call of the tested function gets a new one."""
SILENT: Final = Recorder(result=None)
"""The same for a function that returns None."""
LEFT_OUT: Final = object()
"""Stands for an argument that is not given, so that its default counts."""
_MOST_CONSTANTS = 12
_MOST_BASES = 60
_MOST_HEADS = 6
_MOST_CALLS = 90
"""Calls of one function."""

_TEXTS = ("ab", "A b-c_d", "1", "", "a,b")
_NUMBERS = (2, 0, 1, 7)
_FLOATS = (2.5, 0.0)
_LISTS: tuple[Any, ...] = ([3, 1, 2], ["b", "a"], [], [1, 1, None], [("a", 1)])
_DICTS: tuple[Any, ...] = ({"a": 1}, {}, {"a": [1, 2], "b": []})
_BY_TYPE: Mapping[str, tuple[Any, ...]] = {
    "str": _TEXTS,
    "int": _NUMBERS,
    "float": (*_FLOATS, *_NUMBERS),
    "complex": _NUMBERS,
    "bool": (True, False),
    "bytes": (b"ab", b""),
    "None": (None,),
    **dict.fromkeys(("list", "List", "Sequence", "Iterable", "Collection", "MutableSequence"), _LISTS),
    **dict.fromkeys(("dict", "Dict", "Mapping", "MutableMapping"), _DICTS),
    **dict.fromkeys(("set", "Set", "AbstractSet", "frozenset", "FrozenSet"), ({1, 2}, set())),
    **dict.fromkeys(("tuple", "Tuple"), ((1, 2), ("a", "b"), ())),
    **dict.fromkeys(("Callable",), (CALLABLE,)),
}
_ANY = ("Any", "object")
_GENERIC: tuple[Any, ...] = (
    *(2, "ab", [3, 1, 2], {"a": 1}, CALLABLE),
    *(0, -1, "", "A b-c_d", "1", [], ["b", "a"], True, 2.5, SILENT),
)
_KEYWORDS: tuple[Any, ...] = ({}, {"a": 1}, {"a": 1, "b": "x"})
"""Arguments for `**keywords`."""


@dataclass(frozen=True)
class Sample:
    """One argument."""

    value: Any
    is_meant: bool = False
    """The annotation, the default or the code of the old function shows that such arguments are accepted."""


@dataclass(frozen=True)
class Spread:
    """Arguments for `**keywords`."""

    words: Mapping[str, Any]

    def __repr__(self) -> str:
        return ", ".join(f"{name}={value!r}" for name, value in self.words.items())


@dataclass(frozen=True)
class Made:
    """An object of a class of the package."""

    name: str
    """The name of the class in its module."""
    call: Call

    def __repr__(self) -> str:
        return f"{self.name}({self.call.shown()})"


@dataclass(frozen=True)
class Call:
    """The arguments of one call, by the names of the parameters of the old function."""

    samples: tuple[tuple[ast.arg, bool, Sample], ...]
    """Parameter, whether it is passed by keyword, and its argument."""

    def kinds(self, *, are_functions_meant: bool = False) -> tuple[tuple[str, str], ...]:
        """Return (parameter, type) of the arguments that are not known to be accepted.

        Parameters:
            are_functions_meant: The old code called the functions among the arguments.
        """
        return tuple(
            (parameter.arg, _type_name(each.value))
            for parameter, _, each in self.samples
            if not (each.is_meant or (are_functions_meant and isinstance(each.value, Recorder)))
        )

    @property
    def gives_none(self) -> bool:
        """One of the arguments is None, which code that tests for false values need not expect."""
        return any(each.value is None for _, _, each in self.samples)

    def arguments(self, make: Callable[[Made], Any]) -> tuple[list[Any], dict[str, Any], list[Recorder]]:
        """Return new positional and keyword arguments, and the functions among them.

        Parameters:
            make: Creates an object of the package.
        """
        args: list[Any] = []
        keywords: dict[str, Any] = {}
        recorders: list[Recorder] = []
        is_by_name = False
        for parameter, is_keyword, sample in self.samples:
            if sample.value is LEFT_OUT:
                is_by_name = True  # The following ones cannot be told apart by position any more.
                continue
            value = _fresh(sample.value, make)
            if isinstance(value, Recorder):
                recorders.append(value)
            if isinstance(value, Spread):
                keywords.update(value.words)
            elif is_keyword or is_by_name:
                keywords[parameter.arg] = value
            else:
                args.append(value)
        return args, keywords, recorders

    def shown(self) -> str:
        """Return the arguments as code."""
        parts: list[str] = []
        is_by_name = False
        for parameter, is_keyword, sample in self.samples:
            is_by_name = is_by_name or is_keyword or sample.value is LEFT_OUT
            if sample.value is not LEFT_OUT:
                text = "function" if isinstance(sample.value, Recorder) else repr(sample.value)
                is_named = is_by_name and not isinstance(sample.value, Spread)
                parts.append(f"{parameter.arg}={text}" if is_named else text)
        return ", ".join(filter(None, parts))


def _fresh(value: Any, make: Callable[[Made], Any]) -> Any:  # noqa: ANN401 - any value
    if isinstance(value, Made):
        return make(value)
    return Recorder(result=value.result) if isinstance(value, Recorder) else copy.deepcopy(value)


def _type_name(value: object) -> str:
    if isinstance(value, Made):
        return value.name
    return repr(value) if isinstance(value, Spread) else type(value).__name__


NOTHING_RAISED = Call(
    tuple((ast.arg(arg=name), False, Sample(None, is_meant=True)) for name in ("type", "value", "traceback"))
)
"""The call of `__exit__` at the end of a `with` block without an error."""


def constants_of(nodes: Iterable[ast.AST]) -> tuple[Any, ...]:
    """Return the strings and numbers in some code, each once, in order, as far as they make good arguments."""
    found: dict[Any, None] = {}
    for node in nodes:
        for each in ast.walk(node):
            value = each.value if isinstance(each, ast.Constant) else None
            is_short = isinstance(value, str) and len(value) <= 20 and "\n" not in value  # noqa: PLR2004 - no sentence
            if is_short or (type(value) in (int, float) and abs(value) <= 1000):  # type: ignore[arg-type] # noqa: PLR2004 - a number
                found.setdefault((type(value), value))
    return tuple(value for _, value in found)[:_MOST_CONSTANTS]


def calls_of(
    arguments: ast.arguments,
    nodes: Sequence[ast.AST],
    tested: Mapping[str, AbstractSet[str]],
    *,
    skips: int,
    objects: Sequence[Made] = (),
) -> Iterator[Call]:
    """Yield sample calls of a function, first those with one argument of each kind.

    Parameters:
        arguments: Its parameters.
        nodes: The code that shows which arguments matter.
        tested: Parameter -> types that the old code handles as special cases.
        skips: Number of first parameters that are given already: 1 for a receiver.
        objects: Objects of the package that may be meant as arguments.
    """
    constants = constants_of(nodes)
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + list(arguments.defaults)
    taken = [(each, default, False) for each, default in zip(positional, defaults, strict=True)][skips:]
    taken += [(each, default, True) for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    choices = [
        (each, word, list(_choices(each, default, (*constants, *objects), tested))) for each, default, word in taken
    ]
    if arguments.vararg is not None:
        choices.append((arguments.vararg, False, [Sample(LEFT_OUT, is_meant=True), *map(Sample, (1, "ab", SILENT))]))
    if arguments.kwarg is not None:
        named = [Spread({each: 1}) for each in constants if isinstance(each, str) and each.isidentifier()]
        together = Spread({name: 1 for each in named for name in each.words})
        choices.append((arguments.kwarg, True, list(map(Sample, [*map(Spread, _KEYWORDS), together, *named]))))
    heads = [samples[: _MOST_HEADS if samples[0].value is not LEFT_OUT else 1] for _, _, samples in choices]
    alone = (
        tuple(each if place == other else found[0] for other, (_, _, found) in enumerate(choices))
        for place, (_, _, samples) in enumerate(choices)
        for each in samples[1:]
    )
    combinations = itertools.chain(itertools.islice(_mixed(heads), _MOST_BASES), alone)
    for each in itertools.islice(combinations, _MOST_CALLS):
        yield Call(tuple((parameter, word, one) for (parameter, word, _), one in zip(choices, each, strict=True)))


def _mixed(heads: Sequence[Sequence[Sample]]) -> Iterator[tuple[Sample, ...]]:
    """Yield combinations: first those of one kind in all places, then the others."""
    for place in range(max(map(len, heads), default=1)):
        yield tuple(each[min(place, len(each) - 1)] for each in heads)
    if len(heads) > 1:
        yield from itertools.product(*heads)


def _choices(
    parameter: ast.arg, default: ast.expr | None, constants: Sequence[Any], tested: Mapping[str, AbstractSet[str]]
) -> Iterator[Sample]:
    """Yield arguments for a parameter, the most likely first."""
    value = _literal(default)
    names = _names(parameter.annotation) - set(_ANY)
    yield from (Sample(each, is_meant=True) for each in constants if isinstance(each, Made) and each.name in names)
    if not names & _BY_TYPE.keys():
        names = {type(value).__name__} & _BY_TYPE.keys() if value is not None else set()
    handled = tested.get(parameter.arg, set())
    known = [each for name in sorted(names | handled) if name in _BY_TYPE for each in _BY_TYPE[name]]
    types = tuple({type(each) for each in known if each is not None})
    if default is not None:
        yield Sample(LEFT_OUT, is_meant=True)
    yield from (Sample(each, is_meant=True) for each in constants if type(each) in types)
    yield from (Sample(each, is_meant=True) for each in known)
    if not names:
        generic = [each for each in _GENERIC if type(each) not in types]
        yield from map(Sample, generic[:5])
        yield from (Sample(each) for each in constants if type(each) not in types)
        yield from map(Sample, generic[5:])


def tested_types(nodes: Iterable[ast.AST]) -> Mapping[str, set[str]]:
    """Return the types that code tests its variables for: None, those of `isinstance`, functions."""
    found: dict[str, set[str]] = {}
    for each in (node for code in nodes for node in ast.walk(code)):
        match each:
            case (
                ast.Compare(
                    left=ast.Name(id=name), ops=[ast.Is() | ast.IsNot()], comparators=[ast.Constant(value=None)]
                )
                | ast.BoolOp(op=ast.Or(), values=[ast.Name(id=name), *_])
                | ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=name))
            ):
                found.setdefault(name, set()).add("None")
            case ast.Call(func=ast.Name(id="callable"), args=[ast.Name(id=name)]):
                found.setdefault(name, set()).add("Callable")
            case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), types]):
                found.setdefault(name, set()).update(_names(types) if not isinstance(types, ast.Tuple) else set())
                for one in types.elts if isinstance(types, ast.Tuple) else ():
                    found[name] |= _names(one)
    return found


def _literal(default: ast.expr | None) -> Any:  # noqa: ANN401 - any value
    try:
        return None if default is None else ast.literal_eval(default)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _names(annotation: ast.expr | None) -> set[str]:  # noqa: PLR0911 - one return a kind of annotation
    """Return the last parts of the outer names of an annotation: those of a union, not those in brackets."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            annotation = ast.parse(annotation.value, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return set()
    match annotation:
        case ast.BinOp(left=left, right=right):
            return _names(left) | _names(right)
        case ast.Subscript(value=ast.Name(id="Optional") | ast.Attribute(attr="Optional"), slice=inner):
            return _names(inner) | {"None"}
        case ast.Subscript(value=ast.Name(id="Union") | ast.Attribute(attr="Union"), slice=ast.Tuple(elts=parts)):
            return {name for each in parts for name in _names(each)}
        case ast.Subscript(value=value):
            return _names(value)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return {name}
        case ast.Constant(value=None):
            return {"None"}
    return set()
