"""Measure builds of packages whose sources explode when they are evaluated, parsed or printed.

    python -m bench.hostile [--kind KIND ...] [--scale X] [--every N] [--dialect NAME] [--folder DIR]

Writes each package, builds it in a process of its own, and prints one line for each that fails and a table for each
kind: how many were tried, how many failed, and the largest CPU time, memory and pages. A build fails if it takes more
than 10 CPU seconds or 300 MiB, ends with an exit code other than 0 or 1 or with a traceback, writes no pages or too
large ones, or does not report the limit that it must reach. Exit code 1 if one failed.
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from bench.docstrings import KINDS as DOCSTRINGS
from docgen.command.cli import docgen
from docgen.formats.registry import open_format
from docgen.formats.size import ALWAYS, PER_BYTE

SECONDS, MEBIBYTES = 10.0, 300.0
"""Limits of a build: CPU seconds and largest resident memory."""
Files = Mapping[str, "str | bytes"]
"""Path below the folder of the package -> content."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One package."""

    kind: str
    files: Files
    is_bomb: bool = False
    """A limit must be reached, and a finding must say so."""


def module(source: str | bytes) -> Files:
    """Return the files of a package of one module."""
    head = '"""Package."""\n'
    return {"__init__.py": head + source if isinstance(source, str) else source}


def chain(first: str, link: str, count: int) -> str:
    """Return consecutive assignments: `{0}` is the number of the previous name, `{1}` that of the new one."""
    return first + "".join(link.format(number, number + 1) + "\n" for number in range(count))


def nested(before: str, middle: str, after: str, depth: int) -> str:
    """Return the string inside that many pairs of others."""
    return before * depth + middle + after * depth


def listed(form: str, count: int, between: str = ", ") -> str:
    """Return a form repeated, `{0}` in it the number."""
    return between.join(form.format(number) for number in range(count))


IMPORTS = """
import collections, dataclasses, enum, functools, operator, re, typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial, reduce
from typing import Annotated, Any, Concatenate, Dict, Generic, Literal, NewType, Optional, ParamSpec, Tuple, TypeVar, Union
T = TypeVar('T')
def same(x): return x
def twice(x): return [x, x]
def both(x, y): return (x, y)
class C:
    def __init__(self, *args, **kwargs): ...
    def me(self): return self
    def two(self): return [self, self]
@dataclass
class D:
    x: Any = None
"""
"""The beginning of the sources of most cases."""

DOUBLED = {
    "str": ("'x'", "a + a"),
    "bytes": ("b'x'", "a + a"),
    "str, times": ("'x'", "a * 2"),
    "str, times from the left": ("'x'", "2 * a"),
    "bytes, percent": ("b'x'", "b'%s%s' % (a, a)"),
    "str, percent": ("'x'", "'%s%s' % (a, a)"),
    "str, percent of a name": ("'x'", "'%(a)s%(a)s' % {'a': a}"),
    "str, format": ("'x'", "'{0}{0}'.format(a)"),
    "str, format of itself": ("'{0}{0}'", "a.format(a)"),
    "str, join": ("'x'", "a.join(['', a, ''])"),
    "str, join of a split": ("'x,x'", "','.join(a.split(',') + a.split(','))"),
    "str, replace": ("'x'", "a.replace('x', 'xx')"),
    "str, replace nothing": ("'x'", "a.replace('', 'xy')"),
    "str, expandtabs": ("'\\t'", "a.expandtabs(9).replace(' ', '\\t')"),
    "str, title of itself": ("'x'", "(a + a).title()"),
    "str, case that grows": ("'ß'", "(a.upper() + a.upper())"),
    "str, slice": ("'x'", "(a + a)[:]"),
    "f-string": ("'x'", "f'{a}{a}'"),
    "f-string with repr": ("'x'", "f'{a!r}{a!r}'"),
    "f-string with a width": ("8", "f'{a:>{a}}'"),
    "str of a repr": ("'\"'", "str([a, a])"),
    "list": ("[0]", "a + a"),
    "list, times": ("[0]", "a * 2"),
    "list of lists": ("[0]", "[a, a]"),
    "list, unpacked": ("[0]", "[*a, *a]"),
    "list, sorted": ("[0]", "sorted(a + a)"),
    "list, reversed": ("[0]", "list(reversed(a + a))"),
    "list, slice": ("[0]", "(a + a)[::-1]"),
    "list of a tuple": ("(0,)", "list(a) + list(a)"),
    "list of pairs": ("[0]", "list(zip(a, a)) + list(zip(a, a))"),
    "list, enumerated": ("[0]", "list(enumerate(a + a))"),
    "list, summed": ("[0]", "sum([a, a], [])"),
    "tuple": ("(0,)", "a + a"),
    "tuple of tuples": ("(0,)", "(a, a)"),
    "tuple, unpacked": ("(0,)", "(*a, *a)"),
    "set": ("{0}", "{(each, n) for n in (0, 1) for each in a}"),
    "set of frozen sets": ("frozenset()", "frozenset([a, (a, a)])"),
    "dict": ("{0: 0}", "{0: a, 1: a}"),
    "dict, merged": ("{'x': 0}", "{**a, 'y': [a, a]}"),
    "dict, joined": ("{'x': 0}", "a | {'y': [a, a]}"),
    "dict, its items": ("{'x': 0}", "dict([('a', a), ('b', a)])"),
    "dict, its values": ("{'x': 0}", "{'a': [*a.values(), *a.values()]}"),
    "dict of a comprehension": ("{'x': 0}", "{n: a for n in range(2)}"),
    "list of a comprehension": ("[0]", "[a for n in range(2)]"),
    "list of a filter": ("[0]", "[n for m in (a, a) for n in m if True]"),
    "conditional": ("[0]", "a + a if a else a"),
    "boolean": ("[0]", "(a and a) + (a or a)"),
    "walrus": ("[0]", "(b := a) + b"),
    "lambda": ("[0]", "(lambda: (a, a))"),
    "lambda, called": ("[0]", "(lambda x: x + x)(a)"),
    "call": ("[0]", "twice(a)"),
    "call of two": ("[0]", "both(a, a)"),
    "call of the same": ("[0]", "same(same(a) + same(a))"),
    "call of calls": ("[0]", "same(twice(same(a)))"),
    "partial": ("same", "partial(both, a, a)"),
    "partial with keywords": ("same", "partial(both, x=a, y=a)"),
    "partial of a partial": ("partial(same)", "partial(a, a, a)"),
    "reduce": ("[0]", "reduce(operator.add, [a, a])"),
    "operator": ("[0]", "operator.add(a, a)"),
    "instance": ("C()", "C(a, a)"),
    "instance with keywords": ("C()", "C(x=a, y=a)"),
    "instance, its method": ("C()", "C(a.me(), a.me())"),
    "instance, its list": ("C()", "C(a.two())"),
    "dataclass": ("D()", "D([a, a])"),
    "dataclass, replaced": ("D()", "dataclasses.replace(a, x=[a, a])"),
    "namedtuple": ("0", "collections.namedtuple('N', 'x y')(a, a)"),
    "deque": ("[0]", "collections.deque([a, a])"),
    "defaultdict": ("{}", "collections.defaultdict(list, {0: a, 1: a})"),
    "generic alias": ("int", "dict[a, a]"),
    "typing alias": ("int", "Dict[a, a]"),
    "tuple of types": ("int", "Tuple[a, a]"),
    "tuple without end": ("int", "Tuple[a, ...] | Tuple[a, a]"),
    "callable": ("int", "Callable[[a, a], a]"),
    "union": ("int", "Union[Dict[a, a], Tuple[a]]"),
    "union with a bar": ("int", "dict[a, a] | list[a]"),
    "optional": ("int", "Optional[dict[a, a]]"),
    "annotated": ("int", "Annotated[dict[a, a], 'x']"),
    "annotated with itself": ("1", "Annotated[int, a, a]"),
    "literal": ("'x'", "Literal[a, a]"),
    "literal of a sum": ("'x'", "a + a"),
    "type of": ("int", "type[dict[a, a]]"),
    "concatenate": ("int", "Callable[Concatenate[a, a, ...], a]"),
    "new type": ("int", "NewType('N', dict[a, a])"),
    "type variable": ("int", "TypeVar('V', bound=dict[a, a])"),
    "type variable, constrained": ("int", "TypeVar('V', dict[a, a], list[a])"),
    "written annotation": ("'int'", "dict['a', 'a']"),
    "integer": ("7", "a * a"),
    "integer, shifted": ("7", "a << a"),
    "integer, to the power": ("7", "a ** 2"),
    "integer, to its own power": ("7", "a ** a"),
    "integer, of a text": ("7", "int(str(a) + str(a))"),
    "integer, summed": ("7", "sum([a * a, a])"),
    "integer, pow": ("7", "pow(a, a)"),
    "integer, of hexadecimal": ("'7'", "hex(int(a + a, 16))"),
    "integer, in a list": ("7", "[a, a]"),
    "negative integer": ("-7", "-(a * a)"),
    "inverted integer": ("7", "~a * ~a"),
    "float": ("7.0", "a * a"),
    "complex": ("7j", "a * a"),
    "decimal": ("Decimal(7)", "a * a"),
    "pattern": ("'x'", "re.compile(a + a).pattern"),
    "chained map": ("{}", "collections.ChainMap(a, a)"),
}
"""Kinds of values that double: the first one, and the expression that doubles it."""

DEEP = {
    "list": ("[", "0", "]"),
    "tuple": ("(", "0", ",)"),
    "set": ("{", "0", "}"),
    "dict": ("{0: ", "0", "}"),
    "brackets": ("(", "0", ")"),
    "call": ("same(", "0", ")"),
    "call with a keyword": ("same(x=", "0", ")"),
    "instance": ("C(", "0", ")"),
    "partial": ("partial(same, ", "0", ")"),
    "list call": ("list(", "[]", ")"),
    "subscript": ("[", "0", "][0]"),
    "index of an index": ("C[", "0", "]"),
    "attribute": ("", "C", ".me"),
    "method": ("", "C()", ".me()"),
    "string method": ("", "'x'", ".strip()"),
    "unary minus": ("-", "1", ""),
    "not": ("not ", "1", ""),
    "inversion": ("~", "1", ""),
    "sum": ("1 + ", "1", ""),
    "sum in brackets": ("(1 + ", "1", ")"),
    "product": ("1 * ", "1", ""),
    "power": ("1 ** ", "1", ""),
    "mixed operators": ("1 + 2 * 3 - ", "1", ""),
    "comparison": ("1 < ", "2", ""),
    "comparison in brackets": ("(1 < ", "2", ")"),
    "membership": ("1 in ", "[]", ""),
    "and": ("1 and ", "1", ""),
    "or": ("0 or ", "1", ""),
    "and, or": ("(0 or 1 and ", "1", ")"),
    "conditional": ("1 if 0 else ", "1", ""),
    "conditional in brackets": ("(1 if 0 else ", "1", ")"),
    "lambda": ("lambda: ", "1", ""),
    "lambda with a default": ("lambda x=", "1", ": 1"),
    "starred": ("[*", "[]", "]"),
    "comprehension": ("[x for x in ", "[]", "]"),
    "generator": ("list(x for x in ", "[]", ")"),
    "await": ("(yield ", "1", ")"),
    "walrus": ("(a := ", "1", ")"),
    "f-string": ("f'{", "1", "}'"),
    "slice": ("''[", "0", ":]"),
    "bitwise or": ("int | ", "str", ""),
    "generic": ("list[", "int", "]"),
    "mapping": ("dict[str, ", "int", "]"),
    "typing generic": ("Optional[", "int", "]"),
    "union": ("Union[str, ", "int", "]"),
    "annotated": ("Annotated[", "int", ", 'x']"),
    "literal": ("Literal[", "1", "]"),
    "callable": ("Callable[[", "int", "], int]"),
    "callable that gives one": ("Callable[[int], ", "int", "]"),
    "type": ("type[", "int", "]"),
}
"""Constructs that nest: the texts before, in the middle and after."""


def doubling(scale: float) -> Iterator[tuple[str, Case]]:
    """Yield values that double: bound to one name, to many names, as a default, an annotation, a field, a member."""
    count = max(12, int(40 * scale))
    for name, (first, link) in DOUBLED.items():
        again = f"a = {first}\n" + f"a = {link}\n" * count
        yield f"{name}", Case(kind="doubling", files=module(f"{IMPORTS}{again}def f(x=a, *, y: 'a' = a) -> a: ...\n"))
        names = re.sub(r"\ba\b", "a{0}", link.replace("{", "{{").replace("}", "}}"))
        many = chain(f"a0 = {first}\n", f"a{{1}} = {names}", count)
        last = f"a{count}"
        uses = (
            f"def f(x: {last} = {last}) -> {last}: ...\n@dataclass\nclass E:\n    x: {last} = {last}\n"
            f"    y: {last} = field(default={last})\nclass F(enum.Enum):\n    X = {last}\n"
        )
        yield f"{name}, many names", Case(kind="doubling", files=module(IMPORTS + many + uses))


def depth(scale: float) -> Iterator[tuple[str, Case]]:
    """Yield constructs nested as deep as the parser accepts, and deeper: as values, annotations and strings."""
    for name, (before, middle, after) in DEEP.items():
        for level in (90, 190, int(900 * scale) + 200, int(5_000 * scale) + 200):
            text = nested(before, middle, after, level)
            quoted = text.replace("'", '"')
            source = f"{IMPORTS}a = {text}\ndef f(x: {text} = {text}) -> {text}: ...\n"
            yield f"{name}, {level}", Case(kind="depth", files={"__init__.py": FINE, "m.py": source})
            source = f"{IMPORTS}def f(x: '{quoted}', y: list['{quoted}']) -> 'Optional[{quoted}]': ...\nb: '{quoted}'\n"
            yield f"{name}, {level}, quoted", Case(kind="depth", files={"__init__.py": FINE, "m.py": source})


BODIES = {
    "result": "def f(x):\n    return {0}\n",
    "results": "def f(x):\n    return 1, {0}\n",
    "keys": "def f(x):\n    return {{{0}: 1}}\n",
    "yield": "def f(x):\n    yield {0}\n",
    "error": "def f(x):\n    if x: raise ValueError({0})\n",
    "refusal": "def f(x):\n    if x > {0}:\n        raise ValueError(x)\n    return x\n",
    "refusal of a field": "class K:\n    def __post_init__(self):\n        if self.x < {0}:\n            raise ValueError\n",
    "attribute": "class K:\n    def __init__(self, x):\n        self.a = {0}\n        self.b: {0} = 1\n",
    "argument": "def f(x):\n    g({0})\n    return h(x, {0})\n",
    "callee": "def f(x):\n    x = ({0})(x)\n    return ({0})(x)\n",
    "keywords": "def f(**k):\n    return k.pop('a', {0}), k.get({0}), k[{0}]\n",
    "case": "def f(x):\n    match x:\n        case 1 if {0}: return 2\n        case str(): return {0}\n",
    "loop": "def f(x):\n    for y in {0}:\n        yield y\n    while {0}: ...\n",
    "names": "def f(x):\n    __all__.append({0})\n__all__ = ['f']\n__all__ += [{0}]\n",
    "module __getattr__": "def __getattr__(name):\n    if name in ({0}): return 1\n    raise AttributeError({0})\n",
    "name from outside": "class K: ...\nsetattr(K, {0}, 1)\nsetattr({0}, 'x', 1)\nglobals()[{0}] = 1\nK.x = {0}\n",
    "target": "({0}).x = 1\ndel ({0}).x\n",
    "condition": "if {0}:\n    def f(x): ...\nelse:\n    def f(y): ...\n",
    "condition of a check": "def f(x):\n    assert x, {0}\n    with {0} as y: ...\n",
    "bases": "class K(({0})): ...\nclass L(metaclass=({0})): ...\nclass M(k={0}): ...\n",
    "slots": "class K:\n    __slots__ = {0}\n    __match_args__ = {0}\n",
    "docstring": "def f(): ...\nf.__doc__ = {0}\n",
    "decorator": "@({0})\ndef f(x): ...\n@({0})\nclass K: ...\n",
    "property": "class K:\n    x = property({0})\n    y = property(lambda self: {0})\n",
    "members": "class K(enum.Enum):\n    A = {0}\n    B = ({0}, 1)\n",
    "fields": "@dataclass\nclass K:\n    a: {0} = field(default_factory=lambda: {0})\n    b: int = field(default={0})\n",
    "overloads": "@typing.overload\ndef f(x: {0}) -> {0}: ...\n@typing.overload\ndef f(x: int = {0}): ...\ndef f(x): ...\n",
    "types": "N = NewType('N', {0})\nA: typing.TypeAlias = {0}\nV = TypeVar('V', bound={0})\n",
    "calls": "p = partial({0}, {0})\n",
    "registration": "import abc\nclass A(abc.ABC): ...\nA.register({0})\n",
}
"""Places in code whose effect is described."""
LONG = {
    "hexadecimal": f"0x{'f' * 5_000}",
    "hexadecimal in a list": f"[0x{'f' * 5_000}, (-0x{'f' * 5_000},)]",
    "string": f"'{'x' * 30_000}'",
    "bytes": f"b'{chr(92)}xff{'x' * 60_000}'",
    "infinity": "1e999",
    "surrogate": r"'\ud800'",
    "sum": "+".join(["'a'"] * 3_000),
    "alternatives": " or ".join(["x"] * 5_000),
    "comparisons": "<".join(["x"] * 5_000),
    "attributes": f"x{'.y' * 3_000}",
    "calls": f"x{'()' * 3_000}",
    "methods": f"x{'.y()' * 3_000}",
    "indexes": f"x{'[0]' * 3_000}",
    "signs": f"{'-' * 3_000}1",
    "products": f"{'1 * ' * 1_500}1",
    "parameters": f"lambda {listed('a{0}', 5_000)}: 0",
    "pairs": f"{{{listed('{0}: {0}', 4_000)}}}",
    "fields": f"'{'{0}' * 20_000}'.format({'x' * 20_000})",
}
"""Expressions that are hard to write out."""


def bodies(scale: float) -> Iterator[tuple[str, Case]]:
    """Yield long and deep expressions, each in every place of code whose effect is described."""
    levels = (85, int(1_100 * scale) + 100)
    deep = {f"{name}, {level}": nested(*parts, level) for name, parts in DEEP.items() for level in levels}
    for name, text in (LONG | deep).items():
        places = {f"m{number}.py": IMPORTS + form.format(text) for number, form in enumerate(BODIES.values())}
        yield name, Case(kind="bodies", files={"__init__.py": FINE, **places})


def statements(scale: float) -> Iterator[tuple[str, Case]]:
    """Yield hundreds of nested or consecutive statements."""
    n = int(900 * scale) + 60
    deep = 90
    indented = [" " * level for level in range(deep + 1)]
    sources = {
        "elif": "import sys\nif sys.platform == 'a':\n    x = 0\n"
        + "".join(f"elif sys.platform == 'a{i}':\n    x = {i}\n" for i in range(n)),
        "elif of unknown tests": "import u\nif u.a():\n    x = 0\n"
        + "".join(f"elif u.a{i}():\n    def f(x={i}): ...\n" for i in range(n)),
        "elif of versions": "import sys\nif sys.version_info < (2,):\n    x = 0\n"
        + "".join(f"elif sys.version_info < (2, {i}):\n    import x{i}\n" for i in range(n)),
        "else, if": "".join(f"{' ' * i}if x{i}:\n{' ' * i} y = {i}\n{' ' * i}else:\n" for i in range(deep))
        + " " * deep
        + "y = 0\n",
        "if in if": "".join(f"{each}if x:\n" for each in indented[:-1]) + indented[-1] + "y = 0\n",
        "try in try": "".join(f"{each}try:\n" for each in indented[:18])
        + indented[18]
        + "import y\n"
        + "".join(f"{each}except ImportError:\n{each} y = 0\n" for each in reversed(indented[:18])),
        "class in class": "".join(f"{each}class K:\n" for each in indented[:-1]) + indented[-1] + "y = 0\n",
        "function in function": "".join(f"{each}def g():\n" for each in indented[:-1]) + indented[-1] + "y = 0\n",
        "with in with": "".join(f"{each}with x as y{i}:\n" for i, each in enumerate(indented[:18]))
        + indented[18]
        + "y = 0\n",
        "for in for": "".join(f"{each}for i in range(99):\n" for each in indented[:18]) + indented[18] + "a = i\n",
        "while": "a = 0\nwhile True:\n    a = a + 1\n" * n,
        "match": "match x:\n" + "".join(f"    case {i}:\n        y = {i}\n" for i in range(n)),
        "try by hundreds": "".join(f"try:\n    import x{i}\nexcept ImportError:\n    x{i} = None\n" for i in range(n)),
        "except by hundreds": "try:\n    import x\n" + "".join(f"except E{i}:\n    x = {i}\n" for i in range(n)),
        "decorators": "def d(f): return f\n" + "@d\n" * n + "def f(): ...\n",
        "decorators with arguments": "def d(x): return lambda f: f\n" + "@d(1)\n" * n + "def f(): ...\n",
        "decorators that wrap": "import functools\ndef d(f):\n    @functools.wraps(f)\n    def g(*a, **k): return f(*a)\n"
        "    return g\n" + "@d\n" * n + "def f(x): ...\n",
        "decorators, unknown": "import u\n" + "".join(f"@u.d{i}(x={i})\n" for i in range(n)) + "def f(): ...\n",
        "decorators that are properties": "class K:\n" + "    @property\n" * n + "    def f(self): ...\n",
        "decorators of a class": "def d(c): return c\n" + "@d\n" * n + "class K: ...\n",
        "setters": "class K:\n    @property\n    def x(self): ...\n" + "    @x.setter\n    def x(self, v): ...\n" * n,
        "one name bound again": "a = 0\n" + "a = a + 1\n" * n * 4,
        "one function defined again": "def f(): ...\n" * n * 4,
        "one class defined again": "class K: ...\n" + "class K(K): ...\n" * n,
        "deletions": "".join(f"a{i} = 1\ndel a{i}\n" for i in range(n)),
        "augmented": "a = []\n" + "a += [1]\n" * n * 4,
        "chained targets": "".join(f"a{i} = " for i in range(n)) + "[0]\n",
        "unpacked": f"{listed('a{0}', n)} = range({n})\n",
        "unpacked in brackets": f"{nested('(', 'a', ',)', 90)} = {nested('(', '0', ',)', 90)}\n",
        "starred targets": "a, *b = [0] * 9000\n" + "a, *b = b\n" * n,
        "globals": "".join(f"globals()['g{i}'] = {i}\n" for i in range(n)),
        "setattr": "import sys\n" + "".join(f"setattr(sys.modules[__name__], 's{i}', {i})\n" for i in range(n)),
        "assertions": "assert x\n" * n * 4,
        "semicolons": "; ".join(f"a{i} = {i}" for i in range(n * 4)) + "\n",
        "attributes of self": "class K:\n    def __init__(self):\n"
        + "".join(f"        self.x{i} = {i}\n" for i in range(n)),
        "attributes of a class from outside": "class K: ...\n" + "".join(f"K.x{i} = {i}\n" for i in range(n)),
        "chain of aliases": chain("a0 = 0\n", "a{1} = a{0}", n * 2),
        "chain of functions": chain("def f0(x=1): return x\n", "f{1} = f{0}", n * 2),
        "chain of calls": chain("def f0(x=1): return x\n", "def f{1}(x): return f{0}(x)", n) + f"a = f{n}(1)\n",
        "chain of calls that double": chain("def f0(x): return [x]\n", "def f{1}(x): return f{0}(x) + f{0}(x)", 40)
        + "a = f40(1)\n",
        "chain of calls that call twice": chain(
            "def f0(x): return x\n", "def f{1}(x): return f{0}(f{0}(x))", int(40 * scale) + 20
        )
        + "a = f20(1)\n",
        "recursion": "def f(x): return f(x)\na = f(1)\ndef g(x=f(f(1))): ...\n",
        "recursion of two": "def f(x): return g([x, x])\ndef g(x): return f((x, x))\na = f(1)\n",
        "method chains that call twice": "class K:\n    def m0(self): return self\n"
        + "".join(f"    def m{i + 1}(self): return self.m{i}().m{i}()\n" for i in range(40))
        + "a = K().m40()\ndef f(x=a): ...\n",
        "properties that read two": "class K:\n    p0 = 1\n"
        + "".join(f"    @property\n    def p{i + 1}(self): return (self.p{i}, self.p{i})\n" for i in range(40))
        + "a = K().p40\n",
        "lazy modules": "def __getattr__(name):\n"
        + "".join(f"    if name == 'x{i}':\n        from u import x{i}\n        return x{i}\n" for i in range(n)),
    }
    for name, source in sources.items():
        yield name, Case(kind="statements", files=module(source))


def sizes(scale: float) -> Iterator[tuple[str, Case]]:
    """Yield values that are huge at once."""
    k = int(20_000 * scale) + 2_000
    bombs = {
        "product of products": "[[0] * 10**5] * 10**5",
        "product of a product of a product": "[[[0] * 1000] * 1000] * 1000",
        "product of a string": "'x' * 10**10",
        "product of bytes": "b'x' * 10**10",
        "product of a tuple": "((1,) * 10**6,) * 10**6",
        "product of a name": "same([0]) * 10**9",
        "width, percent": "'%1000000000d' % 1",
        "width, percent with a star": "'%*d' % (10**9, 1)",
        "width, percent with zeros": "'%01000000000d' % 1",
        "precision, percent": "'%.1000000000f' % 1",
        "precision, percent of an integer": "'%.999999999d' % 7",
        "width of bytes": "b'%1000000000d' % 1",
        "width, format": "'{:1000000000}'.format(1)",
        "width, format of a field": "'{:{}}'.format(1, 10**9)",
        "width, format of a dict": "'{0[x]:{0[w]}}'.format({'x': 1, 'w': 10**9})",
        "width, f-string": "f'{1:>1000000000}'",
        "precision, f-string": "f'{1.0:.1000000000f}'",
        "width, f-string with a name": "f'{1:>{10**9}}'",
        "width, ljust": "'x'.ljust(10**9)",
        "width, center": "'x'.center(10**9, 'y')",
        "width, zfill": "'x'.zfill(10**9)",
        "width, expandtabs": "'\\t'.expandtabs(10**9)",
        "power": "10 ** 10 ** 10",
        "power of a power": "((10 ** 1000) ** 1000) ** 1000",
        "negative power": "10 ** -(10 ** 9)",
        "power of a complex": "(1 + 2j) ** 10 ** 9",
        "power of a fraction": "10 ** 400 * 0.5",
        "shift": "1 << 10**10",
        "shift of a shift": "(1 << 10**4) << 10**4",
        "hexadecimal": f"0x{'f' * k}",
        "octal": f"0o{'7' * k}",
        "binary": f"0b{'1' * k * 4}",
        "integer in a list": f"[0x{'f' * k}, 0x{'f' * k}]",
        "integer in a dict": f"{{0x{'f' * k}: 0x{'f' * k}}}",
        "integer, negative": f"-0x{'f' * k}",
        "integer in an annotation": f"Annotated[int, 0x{'f' * k}]",
        "integer in a literal": f"Literal[0x{'f' * k}]",
        "integer in an f-string": f"f'{{0x{'f' * k}}}'",
        "integer in a percent": f"'%d' % 0x{'f' * k}",
        "integer as a str": f"str(0x{'f' * k})",
        "integer of a text": f"int('{'9' * 4_400}')",
        "integer of a text in base 2": f"int('{'1' * k}', 2)",
        "integer of a decimal": "int(Decimal('1e1000000000'))",
        "integer of a float": "int(1e308) ** 20",
        "range": "[x for x in range(10**10)]",
        "range as a list": "list(range(10**10))",
        "range in a sum": "sum(range(10**10))",
        "range in a tuple": "tuple(range(0, 10**10, 3))",
        "range, sorted": "sorted(range(10**10))",
        "range, unpacked": "[*range(10**10)]",
        "range, joined": "','.join(str(i) for i in range(10**9))",
        "range in a dict": "dict.fromkeys(range(10**9))",
        "range, zipped": "list(zip(range(10**9), range(10**9)))",
        "comprehensions in each other": "[[[k for k in range(1000)] for j in range(1000)] for i in range(1000)]",
        "comprehension of products": "['x' * 9_000 for i in range(9_000)]",
        "comprehension of two loops": "[(i, j) for i in range(10**5) for j in range(10**5)]",
        "dict comprehension": "{i: {j: j for j in range(1000)} for i in range(1000)}",
        "set comprehension": "{(i, j) for i in range(10**4) for j in range(10**4)}",
        "sets of a comprehension": "[{i for i in range(999)} for j in range(999)]",
        "cartesian product": "[x + y for x in 'ab' * 4000 for y in 'cd' * 4000]",
        "fill a bytearray": "bytearray(10**10)",
        "bytes of a number": "bytes(10**10)",
        "itertools": "list(__import__('itertools').product(range(1000), repeat=3))",
        "list times itself": "[0] * 10**5 + [0] * 10**5 + [0] * 10**5",
        "string of a string": "repr('x' * 10**8)",
        "join of many": "('x' * 9_000).join(['y'] * 9_000)",
        "replace by much": "('x' * 9_000).replace('x', 'y' * 9_000)",
        "maximum of many": "max([0] * 10**9)",
        "enum of many": "enum.Enum('E', 'abc ' * 10**8)",
        "namedtuple of many": "collections.namedtuple('N', ['x'] * 10**8)",
        "literal of many": "Literal[tuple(range(10**8))]",
        "tuple of types of many": "Tuple[(int,) * 10**8]",
        "union of many": "Union[tuple(list[i] for i in range(10**6))]",
    }
    for name, text in bombs.items():
        uses = f"def f(x=a, y={text}): ...\n@dataclass\nclass E:\n    x: Any = {text}\nclass F(enum.Enum):\n    X = {text}\n"
        yield name, Case(kind="sizes", files=module(f"{IMPORTS}a = {text}\n{uses}"))
    n = int(3_000 * scale) + 300
    numbers, names = listed("{0}", n), listed("'n{0}'", n)
    widths = {
        "integers in an enumeration": "class E(enum.Enum):\n"
        + "".join(f"    X{i} = 0x{'f' * 5_000}\n" for i in range(20)),
        "enumeration with many members": "class E(enum.Enum):\n" + "".join(f"    X{i} = {i}\n" for i in range(n)),
        "enumeration of powers": "class E(enum.IntFlag):\n" + "".join(f"    X{i} = 1 << {i}\n" for i in range(n)),
        "enumeration of unions": "class E(enum.Flag):\n    X0 = 1\n"
        + "".join(f"    X{i + 1} = X{i} | {i}\n" for i in range(n)),
        "automatic enumeration": "class E(enum.Enum):\n" + "".join(f"    X{i} = enum.auto()\n" for i in range(n)),
        "split chain": f"a = '{'x,' * n}'\n" + "b = a.split(',')\na = ','.join(b)\n" * 20,
        "replace chain": f"a = '{'x' * n}'\n" + "a = a.replace('x', 'y').replace('y', 'x')\n" * n,
        "replace chain in one": f"a = '{'x' * n}'" + ".replace('x', 'x')" * 150 + "\n",
        "strip chain": f"a = ' {'x' * n} '\n" + "a = a.strip()\n" * n,
        "partition chain": f"a = '{'x,' * n}'\n" + "a = a.partition(',')[2]\n" * n,
        "set differences": f"a = {{{numbers}}}\nb = {{{numbers}}}\n" + "c = a - b\n" * n,
        "set differences in a row": f"a = {{{numbers}}}\n" + "".join(f"a = a - {{{i}}}\n" for i in range(n)),
        "set differences in one": f"a = {{{numbers}}}" + "".join(f" - {{{i}}}" for i in range(n)) + "\n",
        "set unions": "a = {0}\n" + "".join(f"a = a | {{{i}}}\n" for i in range(n)),
        "set membership": f"a = [i for i in [{numbers}] if i not in {{{numbers}}}]\n",
        "list membership": f"a = [i for i in [{numbers}] if i not in [{numbers}]]\n",
        "dict lookups": f"a = {{{listed('{0}: {0}', n)}}}\n" + "".join(f"b{i} = a[{i}]\n" for i in range(n)),
        "list lookups": f"a = [{numbers}]\n" + "".join(f"b{i} = a[{i}]\n" for i in range(n)),
        "slices": f"a = [{numbers}]\n" + "a = a[1:]\n" * n,
        "__all__, one by one": "".join(f"n{i} = {i}\n__all__ = [*__all__, 'n{i}']\n" for i in range(n)),
        "__all__, appended": "__all__ = []\n" + "".join(f"n{i} = {i}\n__all__.append('n{i}')\n" for i in range(n)),
        "__all__, added": "__all__ = []\n" + "".join(f"n{i} = {i}\n__all__ += ['n{i}']\n" for i in range(n)),
        "__all__, extended": "__all__ = []\n" + "".join(f"n{i} = {i}\n__all__.extend(['n{i}'])\n" for i in range(n)),
        "__all__, removed": f"__all__ = [{names}]\n"
        + "".join(f"n{i} = {i}\n__all__.remove('n{i}')\n" for i in range(n)),
        "__all__, less a set": listed("n{0} = {0}\n", n, "")
        + f"__all__ = [n for n in dir() if n not in {{{listed(chr(39) + 'q{0}' + chr(39), n)}}}]\n",
        "__all__, less a list": listed("n{0} = {0}\n", n, "")
        + f"__all__ = [n for n in globals() if n not in [{listed(chr(39) + 'q{0}' + chr(39), n)}]]\n",
        "__all__, sorted set": listed("n{0} = {0}\n", n, "") + f"__all__ = sorted(set([{names}]) - {{'n0'}})\n",
        "__all__, joined": listed("n{0} = {0}\n", n, "")
        + "__all__ = []\n"
        + f"__all__ = __all__ + [{listed(chr(39) + 'n{0}' + chr(39), 9)}]\n" * 300,
        "__all__, names twice": listed("n{0} = {0}\n", n, "") + f"__all__ = [{names}, {names}]\n",
        "__all__, of nothing": f"__all__ = [{names}]\n",
        "long string": f"a = '{'x' * 1_000_000}'\ndef f(x=a): ...\n",
        "long bytes": f"a = b'{'x' * 1_000_000}'\ndef f(x=a): ...\n",
        "long string of escapes": f"a = '{chr(92)}x00' * 1\nb = '{(chr(92) + 'x00') * 200_000}'\ndef f(x=b): ...\n",
        "long string used often": f"a = '{'x' * 9_000}'\n" + "".join(f"def f{i}(x=a): ...\n" for i in range(n)),
        "long literal used often": f"a = [{numbers}]\n" + "".join(f"def f{i}(x=a): ...\n" for i in range(n)),
        "long type used often": f"A = {listed('list[{0}]', 150, ' | ')}\n"
        + "".join(f"def f{i}(x: A) -> A: ...\n" for i in range(n)),
        "constants in a row": "".join(f"X{i} = {i}\n" for i in range(n)),
        "implicit concatenation": "a = (" + "'x'\n" * n * 4 + ")\n",
        "long line": "a = [" + "0, " * 200_000 + "]\n",
        "long comment": f"# {'x' * 1_000_000}\na = 1  # {'y' * 1_000_000}\n",
        "long names": f"{'a' * 100_000} = 1\ndef {'f' * 100_000}(): ...\nclass {'C' * 200}: ...\n",
        "long import": f"from {'.'.join(['a'] * 5_000)} import b\n",
    }
    for name, source in widths.items():
        yield name, Case(kind="widths", files=module(IMPORTS + source))


def classes(scale: float) -> Iterator[tuple[str, Case]]:
    """Yield classes with many ancestors, bases, members and slots."""
    n = int(1_500 * scale) + 150
    sources = {
        "wide": listed("class B{0}: ...\n", n, "") + f"class K({listed('B{0}', n)}): ...\n",
        "wide, of one": "class B: ...\n"
        + listed("class B{0}(B): x{0} = 1\n", n, "")
        + f"class K({listed('B{0}', n)}): ...\n",
        "long": chain("class K0:\n    def f(self): ...\n", "class K{1}(K{0}):\n    def f{1}(self): ...", n * 2),
        "long, overriding": chain("class K0:\n    def f(self): ...\n", "class K{1}(K{0}):\n    def f(self): ...", n),
        "diamonds": chain(
            "class K0: ...\n", "class L{1}(K{0}): ...\nclass M{1}(K{0}): ...\nclass K{1}(L{1}, M{1}): ...", n // 3
        ),
        "impossible order": "class A: ...\nclass B(A): ...\nclass K(A, B): ...\n"
        + chain("class L0(K): ...\n", "class L{1}(L{0}): ...", n),
        "bases that double": "class K0: ...\n"
        + chain("", "class K{1}(K{0}, type('X', (K{0}, K{0}), {{}})): ...", n // 3),
        "circle": "class A(B): ...\nclass B(A): ...\n" + listed("class C{0}(A, B): ...\n", n, ""),
        "circle of many": "".join(f"class K{i}(K{(i + 1) % n}): ...\n" for i in range(n)),
        "bases, computed": f"class K(*[type('B', (), {{}}) for i in range({n})]): ...\n",
        "generic bases": chain("class K0(Generic[T]): ...\n", "class K{1}(K{0}[T], Generic[T]): ...", n // 3),
        "generic bases that nest": chain("class K0(Generic[T]): ...\n", "class K{1}(K{0}[list[T]]): ...\n    ", 0)
        + chain("", "class K{1}(K{0}[dict[T, T]], Generic[T]): ...", 60),
        "metaclasses": chain("class M0(type): ...\n", "class M{1}(type, metaclass=M{0}): ...", n // 3),
        "many methods": "class K:\n" + listed("    def f{0}(self, x={0}): ...\n", n, ""),
        "many properties": "class K:\n" + listed("    @property\n    def f{0}(self): ...\n", n, ""),
        "many fields": "@dataclass\nclass K:\n" + listed("    x{0}: int = {0}\n", n, ""),
        "many fields, inherited": "@dataclass\nclass K0:\n    x: int = 1\n"
        + "".join(f"@dataclass\nclass K{i + 1}(K{i}):\n    x{i}: int = {i}\n" for i in range(n // 8)),
        "many slots": f"class K:\n    __slots__ = [{listed(chr(39) + 'x{0}' + chr(39), n)}]\n",
        "many nested classes": "class K:\n" + listed("    class L{0}: ...\n", n, ""),
        "many classes with wide bases": listed("class B{0}:\n    def f{0}(self): ...\n", 60, "")
        + "".join(f"class K{i}({listed('B{0}', 60)}): ...\n" for i in range(n // 10)),
        "members of long lines": "class K0:\n"
        + listed("    def f{0}(self): ...\n", 60, "")
        + chain("", "class K{1}(K{0}): ...", n // 5),
        "protocols": "from typing import Protocol\n"
        + chain("class K0(Protocol): ...\n", "class K{1}(K{0}, Protocol): ...", n // 3),
        "typed dicts": "from typing import TypedDict\nclass K0(TypedDict): ...\n"
        + chain("", "class K{1}(K{0}):\n    x{1}: int", n // 8),
        "constructors that call the next": "class K0:\n    def __init__(self, x, **kwargs): ...\n"
        + "".join(
            f"class K{i + 1}(K{i}):\n    def __init__(self, x{i}=1, **kwargs):\n        super().__init__(**kwargs)\n"
            for i in range(n // 8)
        ),
        "named tuples": "from typing import NamedTuple\nclass K(NamedTuple):\n"
        + listed("    x{0}: int = {0}\n", n, ""),
        "abstract methods": "import abc\nclass K(abc.ABC):\n"
        + listed("    @abc.abstractmethod\n    def f{0}(self): ...\n", n, ""),
        "mixins of all others": "".join(f"class K{i}({listed('K{0}', i)}): ...\n" for i in range(60)),
    }
    for name, source in sources.items():
        yield name, Case(kind="classes", files=module(IMPORTS + source))


def functions(scale: float) -> Iterator[tuple[str, Case]]:
    """Yield signatures that are long."""
    n = int(2_000 * scale) + 200
    head = "from typing import overload\n"
    sources = {
        "parameters": f"def f({listed('x{0}', n)}): ...\n",
        "parameters with defaults": f"def f({listed('x{0}={0}', n)}): ...\n",
        "parameters with annotations": f"def f({listed('x{0}: int = {0}', n)}) -> int: ...\n",
        "keyword parameters": f"def f(*, {listed('x{0}: dict[str, int] = None', n)}): ...\n",
        "described parameters": f"def f({listed('x{0}', n)}):\n    '''Do.\n\n    Args:\n"
        + listed("        x{0}: Text.\n", n, "")
        + "    '''\n",
        "parameters described, none there": "def f(x):\n    '''Do.\n\n    Args:\n"
        + listed("        x{0}: Text.\n", n, "")
        + "    '''\n",
        "numpy parameters": f"def f({listed('x{0}', n)}):\n    '''Do.\n\n    Parameters\n    ----------\n"
        + listed("    x{0} : int\n        Text.\n", n, "")
        + "    '''\n",
        "fields": f"def f({listed('x{0}', n)}):\n    '''Do.\n\n"
        + listed("    :param x{0}: Text.\n    :type x{0}: int\n", n, "")
        + "    '''\n",
        "overloads": head
        + "".join(f"@overload\ndef f(x: list[{i}]) -> int: ...\n" for i in range(n))
        + "def f(x): ...\n",
        "overloads of a method": head
        + "class K:\n"
        + "".join(f"    @overload\n    def f(self, x: C{i}) -> int: ...\n" for i in range(n))
        + "    def f(self, x): ...\n",
        "overloads with docstrings": head
        + "".join(f"@overload\ndef f(x: 'C{i}') -> int:\n    '''Do {i}.'''\n" for i in range(n))
        + "def f(x): ...\n",
        "keywords taken": "def f(**kwargs):\n" + listed("    x{0} = kwargs.pop('x{0}', {0})\n", n, ""),
        "keywords passed on": "def f0(*, x=1): ...\n" + chain("", "def f{1}(**kwargs): return f{0}(**kwargs)", n // 4),
        "long default": f"def f(x={listed('{0}', n * 4, ' + ')}): ...\n",
        "long annotation": f"def f(x: {listed('A{0}', n, ' | ')}): ...\n",
        "long quoted annotation": f"def f(x: '{listed('A{0}', n, ' | ')}'): ...\n",
        "long union": f"from typing import Union\ndef f(x: Union[{listed('A{0}', n)}]): ...\n",
        "long union of known types": listed("class A{0}: ...\n", n, "")
        + f"def f(x: {listed('A{0}', n, ' | ')}): ...\n",
        "long literal": f"from typing import Literal\ndef f(x: Literal[{listed('{0}', n * 4)}]): ...\n",
        "long literal of strings": f"from typing import Literal\ndef f(x: Literal[{listed(chr(39) + 's{0}' + chr(39), n)}]): ...\n",
        "long tuple": f"def f(x: tuple[{listed('int', n)}]): ...\n",
        "long callable": f"from collections.abc import Callable\ndef f(x: Callable[[{listed('int', n)}], int]): ...\n",
        "long annotated": f"from typing import Annotated\ndef f(x: Annotated[int, {listed('{0}', n)}]): ...\n",
        "type parameters": f"from typing import TypeVar, Generic\n{listed('T{0} = TypeVar({1}T{0}{1})', 0)}"
        + "".join(f"T{i} = TypeVar('T{i}')\n" for i in range(n))
        + f"class K(Generic[{listed('T{0}', n)}]): ...\n",
        "defaults that are calls": f"def g(x): ...\ndef f({listed('x{0}=g({0})', n)}): ...\n",
        "partials": "from functools import partial\ndef f0(x, y=1): ...\n"
        + chain("", "f{1} = partial(f{0}, y={1})", n // 4),
        "lambdas": "".join(f"f{i} = lambda x{i}=({i}, {i}): x{i}\n" for i in range(n)),
        "raises": "def f():\n    '''Do.\n\n    Raises:\n" + listed("        E{0}: Text.\n", n, "") + "    '''\n",
        "coroutines": "".join(f"async def f{i}(): yield {i}\n" for i in range(n)),
        "signatures that are copied": "import inspect\ndef f0(x): ...\n"
        + chain("", "def f{1}(*args, **kwargs): ...\nf{1}.__signature__ = inspect.signature(f{0})", n // 4),
        "wraps": "import functools\ndef f0(x): ...\n"
        + chain("", "@functools.wraps(f{0})\ndef f{1}(*args, **kwargs): ...", n // 4),
    }
    for name, source in sources.items():
        yield name, Case(kind="functions", files=module(source))


def repeated(scale: float) -> Iterator[tuple[str, Case]]:
    """Yield packages whose pages could be much longer than the sources, by repeating definitions from elsewhere."""
    n, often = int(600 * scale) + 60, int(300 * scale) + 20
    fields, given = listed("    x{0}: int = 0\n", n, ""), listed("x{0}=0", n)
    classes = listed("class K{0}(B): ...\n", often, "")
    sources = {
        "fields of a base": f"@dataclass\nclass B:\n{fields}" + listed("@dataclass\nclass K{0}(B): ...\n", often, ""),
        "constructor of a base": f"class B:\n    def __init__(self, {given}): ...\n{classes}",
        "members of a base": "class B:\n" + listed("    def f{0}(self): ...\n", often, "") + classes,
        "keys of a dictionary": "from typing import TypedDict, Unpack\nclass B(TypedDict):\n"
        + fields.replace(" = 0", "")
        + listed("def f{0}(**words: Unpack[B]): ...\n", often, ""),
        "function of partials": f"def g({given}): ...\n" + listed("p{0} = partial(g, {0})\n", often, ""),
        "function under many names": f"def g({given}): ...\n" + listed("f{0} = g\n", often, ""),
        "value of a name": f"V = ({listed('0', n * 4)})\n" + listed("def f{0}(x=V): ...\n", often, ""),
        "type of a name": f"A = tuple[{listed('int', n * 3)}]\n" + listed("def f{0}(x: A) -> A: ...\n", often, ""),
        "bounds of type variables": chain("T0 = TypeVar('T0')\n", "T{1} = TypeVar('T{1}', bound=dict[T{0}, T{0}])", 40)
        + "def f(x: T40) -> T40: ...\n",
        "docstring of a base": f"class B:\n    def f(self):\n        {'word ' * n!r}\n"
        + listed("class K{0}(B):\n    def f(self): ...\n", often, ""),
    }
    for name, source in sources.items():
        yield name, Case(kind="repeated", files=module(IMPORTS + source))


def modules(scale: float) -> Iterator[tuple[str, Case]]:
    """Yield packages of many modules that import each other."""
    n = int(300 * scale) + 60
    init = {"__init__.py": '"""Package."""\nfrom .m0 import *\n'}
    sources: dict[str, dict[str, str]] = {
        "wildcard chain": {f"m{i}.py": f"from .m{i + 1} import *\nx{i} = {i}\n" for i in range(n)},
        "wildcard chain without an end": {f"m{i}.py": f"from .m{(i + 1) % n} import *\nx{i} = 1\n" for i in range(n)},
        "wildcards of all others": {
            f"m{i}.py": "".join(f"from .m{j} import *\n" for j in range(40) if j != i) + f"x{i} = 1\n"
            for i in range(40)
        },
        "import chain": {f"m{i}.py": f"from .m{i + 1} import x\n" for i in range(n)},
        "import circle": {f"m{i}.py": f"from .m{(i + 1) % n} import x\n" for i in range(n)},
        "import circle of modules": {
            f"m{i}.py": f"from . import m{(i + 1) % n}\nx = m{(i + 1) % n}.x\n" for i in range(n)
        },
        "class chain": {"m0.py": "class K0: ...\n"}
        | {f"m{i + 1}.py": f"from .m{i} import K{i}\nclass K{i + 1}(K{i}): ...\n" for i in range(n)},
        "alias that doubles over modules": {"m0.py": "a = [0]\n"}
        | {f"m{i + 1}.py": f"from .m{i} import a as b\na = b + b\n" for i in range(40)},
        "type that doubles over modules": {"m0.py": "A = int\n"}
        | {f"m{i + 1}.py": f"from .m{i} import A as B\nA = dict[B, B]\ndef f(x: A): ...\n" for i in range(40)},
        "__all__ over modules": {
            f"m{i}.py": f"from . import m{i + 1}\nfrom .m{i + 1} import *\nx{i} = 1\n__all__ = m{i + 1}.__all__ + ['x{i}']\n"
            for i in range(n)
        },
        "deep folders": {"m0.py": "x = 1\n"} | {f"{'a/' * i}__init__.py": "x = 1\n" for i in range(1, 90)},
        "many imports": {
            "m0.py": "".join(f"import os as os{i}\nfrom typing import Any as A{i}\n" for i in range(n * 10))
        },
        "many names of one import": {
            "m0.py": f"from .m1 import ({listed('x{0}', n * 10)})\n",
            "m1.py": listed("x{0} = 1\n", n * 10, ""),
        },
        "many modules": {f"m{i}.py": f'"""Module."""\ndef f{i}(): ...\n' for i in range(n)},
        "names imported from missing modules": {"m0.py": "".join(f"from .u{i} import x{i}\n" for i in range(n * 10))},
        "relative imports above the top": {"m0.py": "".join(f"from {'.' * i} import x{i}\n" for i in range(1, n))},
        "stubs beside modules": {f"m{i}.py": f"def f{i}(x): ...\n" for i in range(n)}
        | {f"m{i}.pyi": f"def f{i}(x: int) -> int: ...\n" for i in range(n)},
        "module and package of one name": {"m0.py": "x = 1\n", "m0/__init__.py": "y = 1\n", "m0/m0.py": "z = 1\n"},
        "names of the file system": {f"{name}.py": "def f(): ...\n" for name in ("con", "nul", "aux", "index", "prn")},
        "chain of bases, derived ones first": {"m0.py": ""}
        | {f"c{i:04}.py": f"from .c{i + 1:04} import K{i + 1}\nclass K{i}(K{i + 1}): ...\n" for i in range(n * 2)},
        "long names of modules": {f"{'m' * 200}{i}.py": "def f(): ...\n" for i in range(9)},
        "names in other scripts": {"mödul.py": "def fünf(): ...\nclass Ω: ...\n", "模块.py": "变量 = 1\n"},
    }
    for name, files in sources.items():
        yield name, Case(kind="modules", files={**init, **files})


def encodings(_scale: float) -> Iterator[tuple[str, Case]]:
    """Yield files that are not plain UTF-8, and texts with odd characters."""
    plain = b'"""Package."""\ndef f(x: int = 1) -> int:\n    """Do it.\n\n    Args:\n        x: Text.\n    """\n'
    sources: dict[str, bytes] = {
        "byte order mark": b"\xef\xbb\xbf" + plain,
        "two byte order marks": b"\xef\xbb\xbf\xef\xbb\xbf" + plain,
        "byte order mark and cookie": b"\xef\xbb\xbf# coding: latin-1\n" + plain,
        "utf-16": plain.decode().encode("utf-16"),
        "utf-32": plain.decode().encode("utf-32"),
        "utf-7": b"# coding: utf-7\n" + plain,
        "latin-1, declared": b"# -*- coding: latin-1 -*-\nx = '\xe9'\n" + plain,
        "latin-1, not declared": b"x = '\xe9'\n" + plain,
        "shift jis": "# coding: shift_jis\nx = 'テスト'\n".encode("shift_jis") + plain,
        "gb18030": "# coding: gb18030\nx = '模块'\n".encode("gb18030") + plain,
        "utf-8-sig": b"\xef\xbb\xbf# coding: utf-8-sig\n" + plain,
        "rot13": b"# coding: rot13\n" + plain,
        "punycode": b"# coding: punycode\n" + plain,
        "idna": b"# coding: idna\n" + plain,
        "base64": b"# coding: base64\n" + plain,
        "zlib": b"# coding: zlib\n" + plain,
        "undefined": b"# coding: undefined\n" + plain,
        "unicode escape": b"# coding: unicode_escape\n" + plain,
        "raw unicode escape": b"# coding: raw_unicode_escape\n" + plain,
        "mbcs": b"# coding: mbcs\n" + plain,
        "unknown cookie": b"# coding: nonsense\n" + plain,
        "cookie with a null byte": b"# coding: a\0b\n" + plain,
        "long cookie": b"# coding: " + b"a" * 100_000 + b"\n" + plain,
        "cookie in line two": b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n" + plain,
        "cookie in line three": b"\n\n# coding: cp1252\nx = '\x80'\n" + plain,
        "carriage returns only": plain.replace(b"\n", b"\r"),
        "carriage returns and line feeds": plain.replace(b"\n", b"\r\n"),
        "mixed ends of lines": plain.replace(b"\n", b"\r\n", 1).replace(b"\n\n", b"\r\r\n"),
        "form feeds": plain.replace(b"\n", b"\x0c\n"),
        "form feeds before statements": plain.replace(b"def", b"\x0cdef"),
        "vertical tabs": plain.replace(b"Text.", b"Te\x0bxt."),
        "separators of lines": plain.replace(b"Text.", "Te\u2028xt\u2029 \x85.".encode()),
        "separators of files": plain.replace(b"Text.", b"Te\x1cxt\x1d \x1e\x1f."),
        "null byte": plain + b"\0",
        "null bytes": b"\0" * 1000,
        "null byte in a docstring": plain.replace(b"Text.", b"Te\0xt."),
        "escaped null byte": plain.replace(b"Text.", rb"Te\0xt."),
        "escaped surrogates": plain.replace(b"Text.", rb"\ud800 \udfff \ud83d\ude00."),
        "surrogates as bytes": plain.replace(b"Text.", b"\xed\xa0\x80."),
        "surrogates in values": b"a = '\\ud800'\nb = ['\\udfff', {'\\ud800': '\\ud800'}]\ndef f(x=a, y: 'Literal[\"\\ud800\"]' = b): ...\n",
        "surrogates in __all__": b"__all__ = ['\\ud800', 'f']\ndef f(): ...\n",
        "overlong": plain.replace(b"Text.", b"\xc0\xaf"),
        "cut off": plain.replace(b"Text.", "é".encode()[:1]),
        "control characters": plain.replace(b"Text.", bytes(set(range(1, 32)) - {10, 13})),
        "escape sequences": plain.replace(b"Text.", b"\x1b[31mred\x1b]0;title\x07"),
        "right to left": plain.replace(b"Text.", "\u202e\u2066txet\u2069\u202c".encode()),
        "zero width": plain.replace(b"Text.", "a\u200b\u200d\ufeff\u2060b".encode()),
        "combining": plain.replace(b"Text.", ("a" + "\u0301" * 50_000).encode()),
        "private use": plain.replace(b"Text.", "\ue000\U000f0000\U0010ffff".encode()),
        "emoji": plain.replace(b"Text.", ("👩‍👩‍👧‍👦" * 1000).encode()),
        "names that are normalised": "def ﬁ(): ...\nclass K:\n    ª = 1\n    𝐱 = 2\n__all__ = ['ﬁ', 'fi', 'K']\n".encode(),
        "tabs": plain.replace(b"    ", b"\t"),
        "tabs and blanks": plain.replace(b"    Args", b"\tArgs"),
        "continued lines": b"a = 1\\\n" * 1000 + b"\n" + plain,
        "no end of line": plain.rstrip(),
        "only blanks": b" \t\n" * 10_000,
        "only comments": b"# x\n" * 100_000,
        "only line feeds": b"\n" * 1_000_000,
        "nothing": b"",
        "binary": bytes(range(256)) * 100,
        "an archive": b"PK\x03\x04" + plain,
        "an old Python": b"print 'x'\nexec 'y'\nraise E, 'z'\nx = 0777\ny = `z`\n" + plain,
        "a future Python": b"lazy import x\ntype X = int\nmatch x:\n    case {'a': 1, **r}: ...\n" + plain,
        "a shebang": b"#!/bin/sh\nexec python\n" + plain,
    }
    for name, data in sources.items():
        yield name, Case(kind="encodings", files={"__init__.py": FINE, "odd.py": data})


FINE = '"""Package."""\ndef fine(x: int = 1) -> int:\n    """Fine."""\n'


def docstrings(scale: float) -> Iterator[tuple[str, Case]]:
    """Yield awkward docstrings: of a module, of a class with an attribute, and of a function with a parameter."""
    length = int(100_000 * scale) + 5_000
    for name, make in DOCSTRINGS.items():
        text = make(length).replace("\\", "\\\\").replace('"""', "'''").rstrip('"')
        source = f'def f(x: int = 1) -> int:\n    """Do it.\n\n{text}\n    """\nclass K:\n    """{text}\n    """\n    x = 1\n    """{text}\n    """\n'
        yield name, Case(kind="docstrings", files={"__init__.py": FINE, "m.py": f'"""{text}\n"""\n{source}'})


KINDS: Mapping[str, Callable[[float], Iterable[tuple[str, Case]]]] = {
    "doubling": doubling,
    "sizes": sizes,
    "depth": depth,
    "bodies": bodies,
    "statements": statements,
    "classes": classes,
    "functions": functions,
    "repeated": repeated,
    "modules": modules,
    "encodings": encodings,
    "docstrings": docstrings,
}


def cases(scale: float = 1.0, kinds: Iterable[str] = KINDS) -> dict[str, Case]:
    """Return all cases by name.

    Parameters:
        scale: Scale of their sizes; the limits are meant for 1.
        kinds: Kinds of cases.
    """
    return {f"{kind}: {name}": case for kind in kinds for name, case in KINDS[kind](scale)}


def write(case: Case, folder: Path) -> Path:
    """Write the package of a case, and return its folder."""
    package = folder / "pkg"
    for path, content in case.files.items():
        place = package / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return package


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The outcome of a build."""

    code: int
    seconds: float
    """CPU time."""
    mebibytes: float
    """Largest resident memory."""
    sources: int
    """Bytes of the package."""
    pages: int
    """Bytes of the pages."""
    largest: int
    """Bytes of the largest of them."""
    output: str

    @property
    def findings(self) -> list[str]:
        """The findings that a limit was reached."""
        return [line for line in self.output.splitlines() if re.match(r"\S+:\d+:\d+: DG(205|206|101) ", line)]

    def faults(self, case: Case) -> list[str]:
        """Return the faults of the build of a case."""
        wrong = {
            f"exit code {self.code}": self.code not in (0, 1),
            "a traceback": "Traceback" in self.output,
            f"{self.seconds:.1f} CPU seconds": self.seconds > SECONDS,
            f"{self.mebibytes:.0f} MiB": self.mebibytes > MEBIBYTES,
            "no pages": not self.pages,
            f"a page of {self.largest} bytes from {self.sources}": self.largest > self.sources * PER_BYTE + ALWAYS,
            "no finding": case.is_bomb and not self.findings,
        }
        return [text for text, is_wrong in wrong.items() if is_wrong]


def build(package: Path, out: Path, dialect: str = "material") -> Outcome:
    """Build the pages of a package in a process of its own, forked so that it need not import docgen again."""
    open_format(dialect)  # its modules are imported before the fork, and once
    with tempfile.TemporaryFile() as output:
        child = os.fork()
        if not child:
            _build(package, out, dialect, output.fileno())
        _, status, usage = os.wait4(child, 0)
        output.seek(0)
        text = output.read().decode(errors="replace")
    pages = [path.stat().st_size for path in out.rglob("*.md")]
    return Outcome(
        code=os.waitstatus_to_exitcode(status),
        seconds=usage.ru_utime + usage.ru_stime,
        mebibytes=usage.ru_maxrss / 1024,
        sources=sum(path.stat().st_size for path in package.rglob("*") if path.is_file()),
        pages=sum(pages),
        largest=max(pages, default=0),
        output=text,
    )


def _build(package: Path, out: Path, dialect: str, output: int) -> NoReturn:
    """Build in the forked process, which ends here."""
    os.dup2(output, 1)
    os.dup2(output, 2)
    gc.disable()  # as the command does
    arguments = ["build", str(package), "--dialect", dialect, "--out", str(out)]
    run_and_exit(lambda: docgen.main(arguments, prog_name="docgen"))


def run_and_exit(command: Callable[[], object]) -> NoReturn:
    """Run a command in a forked process, and end the process with its exit code; print what it did not catch."""
    code = 1
    try:
        command()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001 - it is what is looked for
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main() -> None:
    """Build every case, and print what failed and a table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kind", nargs="+", choices=KINDS, default=list(KINDS), metavar="KIND")
    options.add_argument("--scale", type=float, default=1.0, help="size of the cases; default: %(default)s")
    options.add_argument("--every", type=int, default=1, metavar="N", help="build each Nth case only")
    options.add_argument("--dialect", default="material")
    options.add_argument("--folder", type=Path, help="write the packages there, and leave them there")
    asked = options.parse_args()
    failed = 0
    rows = []
    for kind in asked.kind:
        outcomes: list[Outcome] = []
        before = failed
        for name, case in list(cases(asked.scale, [kind]).items())[:: asked.every]:
            with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
                place = asked.folder / re.sub(r"\W+", "-", name) if asked.folder else Path(temporary)
                outcome = build(write(case, place), Path(temporary, "out"), asked.dialect)
            outcomes.append(outcome)
            if faults := outcome.faults(case):
                failed += 1
                last = outcome.output.strip().splitlines()[-1:] if "a traceback" in faults else []
                print(f"{name}: {', '.join([*faults, *last])}", flush=True)
        rows.append(
            f"{kind:12} {len(outcomes):5} tried {failed - before:4} failed"
            f" {max(each.seconds for each in outcomes):6.1f} s {max(each.mebibytes for each in outcomes):6.0f} MiB"
            f" {max(each.largest / max(each.sources, 1000) for each in outcomes):6.1f} x the sources in one page"
        )
        print(rows[-1], flush=True)
    print("\n".join(["", *rows]))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
