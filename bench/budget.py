"""What hostile sources cost as they grow, as JSON: a build of each kind at doubling sizes.

    python -m bench.budget [--sizes N N ...] [--kind KIND ...] [--dialect NAME]

Of each size: bytes of the sources, CPU seconds, MiB and bytes of pages, those of an empty package taken off. `growth`
is how many times more the largest size costs than the one before it, for each byte of the sources: a kind is linear if
it is about 1. The last line names the kinds that are not: their growth is above 1.4, and the cost above half a second.
`--griffe` measures a load by griffe beside each build.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import griffe

from bench.docstrings import KINDS as DOCSTRINGS
from bench.hostile import Case, build, write

STEEP, WORTH_IT = 1.4, 0.5
"""Growth above which a kind is not linear, and CPU seconds below which it is not looked at."""

TYPING = (
    "import enum, functools\nfrom dataclasses import dataclass, field\nfrom typing import *\nfrom functools import *\n"
)
Sources = str | Mapping[str, str]
"""One module, or several by path."""


def rows(form: str, count: int) -> str:
    """Return a form repeated, `{i}` in it the number, `{p}` the one before and `{h}` half of it."""
    return "".join(form.format(i=i, p=i - 1, h=i // 2) for i in range(1, count + 1))


def files(form: str, count: int, name: str = "m{i}.py") -> dict[str, str]:
    """Return as many modules, made of a form as `rows` makes lines."""
    return {name.format(i=i): form.format(i=i, p=i - 1, h=i // 2) for i in range(1, count + 1)}


def listed(form: str, count: int, between: str = ", ") -> str:
    """Return a form repeated with something between."""
    return between.join(form.format(i=i) for i in range(1, count + 1))


def quoted(name: str, count: int, between: str = ", ") -> str:
    """Return names in quotes, each with its number."""
    return listed(f"'{name}{{i}}'", count, between)


def squared(count: int) -> int:
    """Return how many of something that grows with its square make as many bytes as `count` lines."""
    return max(4, int((count * 4) ** 0.5))


def documented(text: str) -> str:
    """Return a function with a docstring."""
    return f'def f(x: int = 1) -> int:\n    """Do it.\n\n{text}\n    """\n'


VALUES: dict[str, Callable[[int], str]] = {
    "doubling": lambda n: "a = 'x'\n" + "a = a + a\n" * n,
    "displays in displays": lambda n: "a0 = [0]\n" + rows("a{i} = [a{p}, a{p}]\n", n),
    "aliases of aliases": lambda n: "a0 = 0\n" + rows("a{i} = a{p}\n", n),
    "aliases of a function": lambda n: "def f0(): ...\n" + rows("f{i} = f{p}\n", n),
    "aliases of a class": lambda n: "class C0:\n    def m(self): ...\n" + rows("C{i} = C{p}\n", n),
    "attributes of the name before": lambda n: "class C0:\n    me = 1\n" + rows("c{i} = C0.me\nd{i} = c{i}\n", n),
    "sums of the name before": lambda n: "a0 = 0\n" + rows("a{i} = a{p} + 1\n", n),
    "one name bound again": lambda n: "a = 0\n" + "a = a + 1\n" * n,
    "additions to __all__": lambda n: "__all__ = []\n" + rows("n{i} = 1\n__all__ += ['n{i}']\n", n),
    "__all__ of a comprehension": lambda n: rows("n{i} = 1\n", n) + "__all__ = [x for x in globals() if x[0] == 'n']\n",
    "set differences": lambda n: f"a = {set(range(n))}\nb = {set(range(n))}\nc = a - b\n",
    "comprehensions": lambda n: rows("a{i} = [j for j in range(2000)]\n", n),
    "a display": lambda n: f"a = [{listed('{i}', n * 2)}]\n",
    "a string": lambda n: f"a = '{'x' * n * 20}'\n",
    "strings side by side": lambda n: f"a = ({quoted('x', n, ' ')})\n",
    "a sum": lambda n: "a = 0\n" + rows("a += {i}\n", n),
    "a dictionary": lambda n: (
        f"a = dict(zip([{quoted('k', n)}], [{listed('{i}', n)}]))\n" + "b = {" + listed("'k{i}': {i}", n) + "}\n"
    ),
    "dictionaries that grow": lambda n: "a = {}\n" + rows("a['k{i}'] = {i}\n", n),
    "items of one dictionary": lambda n: "T = {" + listed("'k{i}': {i}", n) + "}\n" + rows("a{i} = T['k{i}']\n", n),
    "items of one list": lambda n: f"T = [{listed('{i}', n)}]\n" + rows("a{i} = T[{i} - 1]\n", n),
    "tests of one list": lambda n: f"T = [{listed('{i}', n)}]\n" + rows("a{i} = {i} in T\n", n),
    "instances of many fields": lambda n: (
        TYPING
        + "@dataclass\nclass D:\n"
        + rows("    x{i}: int = 0\n", n // 4)
        + rows("d{i} = D()\ndef f{i}(x=d{i}): ...\n", n // 4)
    ),
    "tuples with many names": lambda n: (
        f"import collections\nN = collections.namedtuple('N', [{quoted('x', n // 4)}])\n"
        + rows("n{i} = N\nclass K{i}(N): ...\n", n // 4)
    ),
    "large defaults": lambda n: "a = 'x' * 9000\n" + rows("def f{i}(x=a): ...\n", n),
    "partials of partials": lambda n: TYPING + "def f(*a): ...\np0 = f\n" + rows("p{i} = partial(p{p}, {i})\n", n),
    "lambdas": lambda n: rows("a{i} = lambda x, y={i}: (x, y)\n", n),
    "calls of the function before": lambda n: "def f0(x): return x\n" + rows("def f{i}(x): return f{p}(x)\n", n),
    "instances": lambda n: "class C:\n    def __init__(self, x): ...\nc0 = C(0)\n" + rows("c{i} = C(c{h})\n", n),
    "names of globals": lambda n: rows("globals()['g{i}'] = {i}\n", n),
    "lazy names": lambda n: (
        "T = {" + listed("'n{i}': '.m'", n) + "}\ndef __getattr__(name):\n    if name in T:\n        return T[name]\n"
    ),
}
"""What is computed."""

STATEMENTS: dict[str, Callable[[int], str]] = {
    "elif": lambda n: "if x:\n    y = 0\n" + rows("elif x == {i}:\n    y = {i}\n", n // 4),
    "try": lambda n: rows("try:\n    x{i} = 1\nexcept OSError:\n    x{i} = 2\n", n),
    "fallbacks": lambda n: rows("try:\n    import u{i}\nexcept ImportError:\n    u{i} = None\n", n),
    "for type checkers": lambda n: TYPING + rows("if TYPE_CHECKING:\n    from .u import X{i}\n", n),
    "versions": lambda n: "import sys\n" + rows("if sys.version_info > (3, {i}):\n    def f(): ...\n", n),
    "decorators of one function": lambda n: "def d(f):\n    return f\n" + "@d\n" * n + "def f(): ...\n",
    "decorators that wrap": lambda n: (
        TYPING
        + "def d(f):\n    @wraps(f)\n    def g(*a): return f(*a)\n    return g\n"
        + rows("@d\n@d\n@d\ndef f{i}(x): ...\n", n)
    ),
    "one function defined again": lambda n: "def f(): ...\n" * n,
    "one line": lambda n: listed("a{i} = {i}", n, "; ") + "\n",
    "comments": lambda n: "# comment\n" * n * 4,
    "names that are long": lambda n: rows("def " + "f" * 200 + "{i}(): ...\n", n // 4),
    "one name that is long": lambda n: f"def {'f' * n * 20}(): ...\n{'x' * n * 20} = 1\n",
    "carriage returns": lambda n: rows("def f{i}():\r\n    '''Do.\r\n\r\n    It.'''\r\n", n),
    "form feeds": lambda n: rows("\x0cdef f{i}(): ...\n", n),
    "names for type checkers that are listed": lambda n: (
        TYPING + f"__all__ = [{quoted('X', n)}]\nif TYPE_CHECKING:\n" + rows("    from .u import X{i}\n", n)
    ),
    "listed names that there are not": lambda n: f"__all__ = [{quoted('x', n)}]\n",
    "names that are only annotated": lambda n: rows("x{i}: int\n", n),
    "names that are deleted": lambda n: rows("x{i} = 1\n", n) + rows("del x{i}\n", n),
    "attributes of functions": lambda n: rows("def f{i}(): ...\nf{i}.x = 1\nf{i}.__doc__ = 'Do.'\n", n // 2),
    "attributes of one function": lambda n: "def f(): ...\n" + rows("f.x{i} = 1\n", n),
    "functions": lambda n: rows("def f{i}(a: int, b: str = 'x') -> None: ...\n", n),
    "parameters": lambda n: f"def f({listed('p{i}: int = {i}', n)}): ...\n",
    "overloads": lambda n: TYPING + rows("@overload\ndef f(x: Literal[{i}]) -> int: ...\n", n // 2) + "def f(x): ...\n",
    "overloads of methods": lambda n: (
        TYPING
        + "class C:\n"
        + rows("    @overload\n    def f{h}(self, x: Literal[{i}]) -> int: ...\n    def f{h}(self, x): ...\n", n // 2)
    ),
    "keywords that are passed on": lambda n: (
        "def f0(**k): ...\n" + rows("def f{i}(a{i}=0, **k): return f{p}(**k)\n", n)
    ),
    "wrapped one in the other": lambda n: (
        TYPING + "def f0(x): ...\n" + rows("@wraps(f{p})\ndef f{i}(*a): return f{p}(*a)\n", n)
    ),
    "deprecated": lambda n: "import warnings\n" + rows("def f{i}():\n    warnings.warn('x', DeprecationWarning)\n", n),
    "raises": lambda n: rows("class E{i}(Exception): ...\ndef f{i}():\n    raise E{i}()\n", n),
}
"""Statements of all kinds."""

TYPES: dict[str, Callable[[int], str]] = {
    "unions": lambda n: TYPING + f"A = Union[{listed('list[{i}]', n)}]\ndef f(x: A) -> A: ...\n",
    "unions with a bar": lambda n: (
        rows("class C{i}: ...\n", n // 8) + f"def f(x: {listed('C{i}', n // 8, ' | ')}): ...\n"
    ),
    "unions of unions": lambda n: TYPING + "A0 = int\n" + rows("A{i} = Union[A{p}, list[{i}]]\n", n // 4),
    "literals": lambda n: TYPING + f"def f(x: Literal[{quoted('', n)}]): ...\n",
    "an alias that is used often": lambda n: "A = dict[str, list[int]]\n" + rows("def f{i}(x: A) -> A: ...\n", n),
    "aliases in each other": lambda n: "A0 = int\n" + rows("A{i} = list[A{p}]\ndef f{i}(x: A{i}): ...\n", n // 2),
    "forward references": lambda n: rows("def f{i}(x: 'K{i}') -> 'K{p}': ...\n", n) + rows("class K{i}: ...\n", n),
    "attributes in annotations": lambda n: (
        "class K:\n    me: 'K'\n" + rows(f"def f{{i}}(x: K{'.me' * 90}) -> int: ...\n", n // 8)
    ),
    "attributes of nothing": lambda n: rows(f"def f{{i}}(x: a{'.b' * 90} = a{'.b' * 90}): ...\n", n // 8),
    "classes in each other": lambda n: (
        "".join(f"{' ' * i}class K:\n" for i in range(80))
        + " " * 80
        + "x = 1\n"
        + rows(f"def f{{i}}(x: {'.'.join('K' * 80)}): ...\n", n // 8)
    ),
    "type variables": lambda n: TYPING + rows("T{i} = TypeVar('T{i}')\ndef f{i}(x: T{i}) -> list[T{i}]: ...\n", n),
    "generics": lambda n: (
        TYPING
        + "T = TypeVar('T')\nclass G0(Generic[T]):\n    def get(self) -> T: ...\n"
        + rows("class G{i}(G{p}[list[T]]): ...\n", n // 8)
    ),
    "generics of types": lambda n: (
        TYPING
        + "T = TypeVar('T')\nclass G(Generic[T]):\n"
        + rows("    def m{i}(self, x: T) -> T: ...\n", n // 16)
        + rows("class K{i}(G[list[K{p}]]): ...\n", n // 4)
    ),
    "new types": lambda n: TYPING + "N0 = int\n" + rows("N{i} = NewType('N{i}', N{p})\n", n),
    "callables": lambda n: TYPING + f"def f(x: Callable[[{listed('int', n)}], int]): ...\n",
}
"""Types."""

CLASSES: dict[str, Callable[[int], str]] = {
    "bases, wide": lambda n: rows("class B{i}: ...\n", n) + f"class C({listed('B{i}', n)}): ...\n",
    "bases, long": lambda n: "class C0: ...\n" + rows("class C{i}(C{p}): ...\n", n),
    "bases, long, with methods": lambda n: (
        "class C0: ...\n" + rows("class C{i}(C{p}):\n    def m{i}(self): '''Do.'''\n    x{i} = 1\n", n // 4)
    ),
    "ladder of bases": lambda n: (
        "class A0: ...\nclass B0: ...\n" + rows("class A{i}(A{p}, B{p}): ...\nclass B{i}(B{p}): ...\n", n // 2)
    ),
    "derived, many": lambda n: "class C: ...\n" + rows("class C{i}(C):\n    '''Doc.'''\n", n),
    "derived, as a tree": lambda n: "class C0: ...\n" + rows("class C{i}(C{h}):\n    '''Doc.'''\n", n),
    "members that many inherit": lambda n: (
        "class B:\n"
        + rows("    def m{i}(self, x: int = {i}) -> int:\n        '''Do.'''\n", n // 4)
        + rows("class K{i}(B): ...\n", n // 2)
    ),
    "members that many inherit from a private class": lambda n: (
        "class _B:\n"
        + rows("    def m{i}(self, x: int = {i}) -> int:\n        '''Do.'''\n", n // 4)
        + rows("class K{i}(_B): ...\n", n // 2)
    ),
    "members of C that many inherit": lambda n: rows("class K{i}(dict): ...\n", n),
    "members of the library that many inherit": lambda n: (
        "import threading\n" + rows("class K{i}(threading.Thread): ...\n", n)
    ),
    "methods that many override": lambda n: (
        "class B:\n    def m(self, x: int):\n        '''Do.\n\n        Args:\n            x: It.\n        '''\n"
        + rows("class K{i}(B):\n    def m(self, x): ...\n", n)
    ),
    "methods overridden in a row": lambda n: (
        "class K0:\n    def m(self): '''Do.'''\n" + rows("class K{i}(K{p}):\n    def m(self): ...\n", n // 2)
    ),
    "mixins": lambda n: (
        rows("class M{i}:\n    def m{i}(self): ...\n", n // 4)
        + rows("class K{i}(M{i}, M{h}x, M1): ...\n".replace("{h}x", "{h}"), n // 4)
    ),
    "properties": lambda n: "class C:\n" + rows("    @property\n    def p{i}(self) -> int: ...\n", n),
    "setters": lambda n: (
        "class C:\n    @property\n    def x(self): ...\n" + rows("    @x.setter\n    def x(self, v): ...\n", n // 2)
    ),
    "attributes of self": lambda n: "class C:\n    def __init__(self):\n" + rows("        self.x{i} = {i}\n", n),
    "attributes of self, some deleted": lambda n: (
        "class C:\n    def __init__(self):\n"
        + rows("        self.x{i} = {i}\n        if a{i}: return\n        del self.x{h}\n", n // 4)
    ),
    "local names of each other": lambda n: "def f(a0):\n" + rows("    a{i} = a{p} or a{p}\n", n) + f"    return a{n}\n",
    "fields of a string": lambda n: f"def f(): return '{'{0}' * n}'.format({'x' * n})\n",
    "attributes from outside": lambda n: "class C: ...\n" + rows("C.x{i} = {i}\n", n),
    "attributes and methods from outside": lambda n: (
        "class C:\n" + rows("    def m{i}(self): ...\n", n // 2) + rows("C.x{i} = {i}\nC.m{i}.y = 1\n", n // 2)
    ),
    "methods given names from outside": lambda n: (
        "class C: ...\n" + rows("def f{i}(self): 'Do.'\nC.m{i} = f{i}\n", n // 2)
    ),
    "properties of functions": lambda n: (
        "class C:\n" + rows("    def g{i}(self): ...\n    p{i} = property(g{i})\n", n // 2)
    ),
    "annotations of one class": lambda n: "class C:\n" + rows("    x{i}: int\n", n) + rows("def f{i}(c: C): ...\n", n),
    "names in bodies": lambda n: "class C:\n    x0 = 1\n" + rows("    x{i} = x{p}\n", n),
    "calls in bodies": lambda n: "class C:\n    def m(self):\n" + rows("        self.a{i}.b{i}(lambda: x{i})\n", n),
    "slots": lambda n: f"class C:\n    __slots__ = ({quoted('x', n)})\n",
    "enumerations": lambda n: TYPING + "class E(enum.Enum):\n" + rows("    M{i} = {i}\n", n),
    "enumerations, computed": lambda n: TYPING + "class E(enum.Flag):\n" + rows("    M{i} = enum.auto()\n", n),
    "enumerations of aliases": lambda n: TYPING + "class E(enum.Enum):\n    A = 1\n" + rows("    M{i} = A\n", n),
    "dataclasses": lambda n: TYPING + "@dataclass\nclass D:\n" + rows("    x{i}: int = field(default={i})\n", n),
    "dataclasses in a row": lambda n: (
        TYPING + "@dataclass\nclass D0: ...\n" + rows("@dataclass\nclass D{i}(D{p}):\n    x{i}: int = 0\n", n // 4)
    ),
    "dataclasses in each other": lambda n: (
        TYPING + rows("@dataclass\nclass D{i}:\n    x: 'D{p}'\n    y: 'D{h}'\n", n // 2)
    ),
    "dictionaries with types": lambda n: TYPING + "class D(TypedDict):\n" + rows("    x{i}: Required[int]\n", n),
    "dictionaries with types in a row": lambda n: (
        TYPING + "class D0(TypedDict): ...\n" + rows("class D{i}(D{p}):\n    x{i}: int\n", n // 4)
    ),
    "tuples with names": lambda n: TYPING + "class N(NamedTuple):\n" + rows("    x{i}: int = 0\n", n),
    "protocols": lambda n: TYPING + "class P(Protocol):\n" + rows("    def m{i}(self) -> int: ...\n", n),
    "abstract methods": lambda n: (
        "import abc\nclass A(abc.ABC):\n"
        + rows("    @abc.abstractmethod\n    def m{i}(self): ...\n", n // 4)
        + rows("class K{i}(A):\n    def m{i}(self): ...\n", n // 4)
    ),
    "metaclasses": lambda n: "class M(type):\n    def m(cls): ...\n" + rows("class K{i}(metaclass=M): ...\n", n),
    "names that differ in case": lambda n: "".join(
        f"class {''.join(letter.upper() if i >> at & 1 else letter for at, letter in enumerate('abcdefghijkl'))}: ...\n"
        for i in range(min(n, 4096))
    ),
    "classes of classes": lambda n: rows("class A{i}:\n    class B:\n        class C:\n            x = 1\n", n // 2),
    "constructors that pass on": lambda n: (
        "class K0:\n    def __init__(self, **k): ...\n"
        + rows("class K{i}(K{p}):\n    def __init__(self, a{i}=0, **k): super().__init__(**k)\n", n // 4)
    ),
    "aliases of methods": lambda n: "class C:\n    def m0(self): ...\n" + rows("    m{i} = m{p}\n", n),
    "comparisons": lambda n: rows("class C{i}:\n    def __eq__(self, o): ...\n    def __len__(self): ...\n", n // 2),
}
"""Classes."""

PROSE: dict[str, Callable[[int], str]] = {
    "docstrings of attributes": lambda n: rows("x{i} = {i}\n'''Doc {i}.'''\n", n),
    "links to symbols": lambda n: (
        rows("class K{i}: ...\n", n // 4) + documented(rows("    :class:`K{i}` `K{i}` [K{i}][]\n", n // 4))
    ),
    "links to members": lambda n: rows(
        "class K{i}:\n    def m(self):\n        '''As `m`, `K{p}.m`, :meth:`m`.'''\n", n // 4
    ),
    "links to nothing": lambda n: documented(rows("    :class:`U{i}` `u{i}.v` [u{i}][v]\n", n)),
    "sections": lambda n: documented(rows("    Note:\n        Text {i}.\n\n", n)),
    "parameters that there are not": lambda n: documented("    Args:\n" + rows("        x{i}: Text.\n", n)),
    "admonitions": lambda n: documented(rows("    .. note:: Text {i}.\n\n", n)),
    "headings": lambda n: documented(rows("    ## Heading {i}\n\n    Text.\n\n", n)),
    "columns of a table": lambda n: documented(
        f"    | {listed('c{i}', n, ' | ')} |\n    |{'-|' * n}\n    | {listed('v', n, ' | ')} |\n"
    ),
    "rows of a table": lambda n: documented("    | a | b |\n    |-|-|\n" + rows("    | {i} | x |\n", n)),
    "footnotes": lambda n: documented(rows("    Text [{i}]_.\n\n", n) + rows("    .. [{i}] Note.\n", n)),
    "substitutions": lambda n: documented(
        rows("    .. |a{i}| replace:: text\n", n // 2) + rows("    |a{i}|\n", n // 2)
    ),
    "targets": lambda n: documented(rows("    .. _t{i}: http://x/{i}\n", n // 2) + rows("    t{i}_\n", n // 2)),
    "code": lambda n: documented(rows("    >>> f({i})\n    {i}\n\n", n)),
    "fences": lambda n: documented(rows("    ```python\n    x = {i}\n    ```\n\n", n)),
    "raises in docstrings": lambda n: documented("    Raises:\n" + rows("        E{i}: Text.\n", n)),
    "one docstring for many": lambda n: "D = 'Text. ' * 20\n" + rows("def f{i}(): ...\nf{i}.__doc__ = D\n", n),
    "same headings on one page": lambda n: rows("def f{i}():\n    '''Do.\n\n    # Usage\n\n    Text.\n    '''\n", n),
    "definitions and lists": lambda n: documented(rows("    - item {i}\n      - item\n        1. item\n", n)),
    **{
        f"docstring, {name}": lambda n, make=make: documented(  # type: ignore[misc] # mypy knows no default here
            make(n * 20).replace("\\", "\\\\").replace('"""', "'''").rstrip('"')
        )
        for name, make in DOCSTRINGS.items()
    },
}
"""Docstrings."""


def wildcards(count: int, names: int = 20) -> dict[str, str]:
    """Return modules that take all names of each other."""
    others = [f"from .m{i} import *\n" for i in range(count)]
    return {
        f"m{i}.py": "".join(others[:i] + others[i + 1 :]) + "".join(f"x{i}_{j} = 1\n" for j in range(names))
        for i in range(count)
    }


PACKAGES: dict[str, Callable[[int], Mapping[str, str]]] = {
    "wildcards of all others": lambda n: wildcards(squared(n // 4)),
    "wildcards in a row": lambda n: {**files("from .m{p} import *\nx{i} = 1\n", n // 8), "m0.py": "x0 = 1\n"},
    "re-exports in a row": lambda n: {**files("from .m{p} import x as x\n", n // 8), "m0.py": "def x(): ...\n"},
    "re-exports in a circle": lambda n: {
        **files("from .m{p} import x as x\n", n // 8),
        "m0.py": f"from .m{n // 8} import x as x\n",
    },
    "re-exports that rename": lambda n: {**files("from .m{p} import x{p} as x{i}\n", n // 8), "m0.py": "x0 = 1\n"},
    "one name a module": lambda n: files("def f{i}(): ...\n", n // 8),
    "one class a module": lambda n: {
        **files("from .m{p} import K{p}\nclass K{i}(K{p}): ...\n", n // 8),
        "m0.py": "class K0: ...\n",
    },
    "all of them in the package": lambda n: {
        **files("def f{i}(): ...\n", n // 8),
        "__init__.py": rows("from .m{i} import f{i}\n", n // 8) + f"__all__ = [{quoted('f', n // 8)}]\n",
    },
    "__all__ in a row": lambda n: {
        **files(
            "from . import m{p}\nfrom .m{p} import *\nx{i} = 1\n__all__ = [*m{p}.__all__, 'x{i}']\n", squared(n) // 2
        ),
        "m0.py": "x0 = 1\n__all__ = ['x0']\n",
    },
    "__all__ of all modules": lambda n: {
        **files("x{i} = 1\n__all__ = ['x{i}']\n", n // 8),
        "__init__.py": rows("from .m{i} import *\nfrom . import m{i}\n", n // 8)
        + f"__all__ = {listed('m{i}.__all__', n // 8, ' + ')}\n",
    },
    "names of one module in many": lambda n: {
        "m0.py": rows("def f{i}(): ...\n", squared(n)),
        **{f"m{j}.py": f"from .m0 import ({listed('f{i}', squared(n))})\n" for j in range(1, squared(n) // 2)},
    },
    "packages in each other": lambda n: {
        f"{'a/' * i}__init__.py": "def f(): ...\n" for i in range(1, min(n // 16, 180))
    },
    "packages side by side": lambda n: (
        files("from .m import f\n", n // 8, "p{i}/__init__.py") | files("def f(): ...\n", n // 8, "p{i}/m.py")
    ),
    "circles of modules": lambda n: {
        **files("from . import m{p}\nx = m{p}.x\ndef f(a=m{p}.f): ...\n", n // 8),
        "m0.py": f"from . import m{n // 8}\nx = m{n // 8}.x\ndef f(a=m{n // 8}.f): ...\n",
    },
    "derived in all modules": lambda n: {
        "m0.py": "class B:\n" + rows("    def m{i}(self): '''Do.'''\n", n // 32),
        **files("from .m0 import B\nclass K{i}(B): ...\n", n // 8),
    },
    "stubs": lambda n: (
        files("def f{i}(x): ...\n", n // 8) | files("def f{i}(x: int) -> int: ...\n", n // 8, "m{i}.pyi")
    ),
    "links over modules": lambda n: files("def f{i}():\n    '''As `m{p}.f{p}` and :func:`f{h}`.'''\n", n // 8),
    "one name in all modules": lambda n: files("class Same:\n    def m(self):\n        '''See `Same`.'''\n", n // 8),
    "files that do not parse": lambda n: files("def f{i}(:\n", n // 8),
    "modules that are missing": lambda n: {"m0.py": rows("from .u{i} import x{i}\n", n)},
}
"""Packages of many modules."""

KINDS: dict[str, Callable[[int], Sources]] = {**VALUES, **STATEMENTS, **TYPES, **CLASSES, **PROSE, **PACKAGES}


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a build took beyond that of an empty package."""

    sources: int
    """Bytes."""
    seconds: float
    mebibytes: float
    pages: int
    """Bytes."""
    griffe: tuple[float, float] = (0.0, 0.0)
    """CPU seconds and MiB of a load by griffe."""


def cost(sources: Sources, dialect: str, start: Cost | None = None, *, with_griffe: bool = False) -> Cost:
    """Return what a build of a package takes; one without a module `__init__` gets one."""
    given = {"m.py": sources} if isinstance(sources, str) else sources
    given = {"__init__.py": "def fine(): ...\n", **given}
    with tempfile.TemporaryDirectory() as temporary:
        package = write(Case(kind="growth", files=given), Path(temporary))
        done = build(package, Path(temporary, "out"), dialect)
        if done.code not in (0, 1) or "Traceback" in done.output:
            raise SystemExit(f"the build ended with {done.code}:\n{done.output[-2000:]}")
        griffe_cost = _griffe(package) if with_griffe else (0.0, 0.0)
        pages = sum(path.stat().st_size for path in Path(temporary, "out").rglob("*") if path.is_file())
    return Cost(
        sources=done.sources,
        seconds=done.seconds - (start.seconds if start else 0),
        mebibytes=done.mebibytes,
        pages=pages,
        griffe=griffe_cost,
    )


def _griffe(package: Path) -> tuple[float, float]:
    """Return CPU seconds and MiB of a load by griffe in a process of its own."""
    child = os.fork()
    if not child:
        try:
            griffe.load(package.name, search_paths=[package.parent], resolve_aliases=True)
        finally:
            os._exit(0)
    _, _, usage = os.wait4(child, 0)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def growth(earlier: Cost, later: Cost, field: str) -> float:
    """Return how many times more the later one costs for each byte of its sources."""
    before, after = float(getattr(earlier, field)), float(getattr(later, field))
    return round(after / max(before, 0.001) * earlier.sources / max(later.sources, 1), 2)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sizes", type=int, nargs="+", default=[1000, 2000, 4000])
    options.add_argument("--kind", nargs="+", choices=KINDS, default=list(KINDS), metavar="KIND")
    options.add_argument("--dialect", default="material")
    options.add_argument("--griffe", action="store_true", help="measure a load by griffe, too")
    asked = options.parse_args()
    start = cost("", asked.dialect)
    steep = []
    for kind in asked.kind:
        costs = [cost(KINDS[kind](size), asked.dialect, start, with_griffe=asked.griffe) for size in asked.sizes]
        last = costs[-1]
        grown = {field: growth(costs[-2], last, field) for field in ("seconds", "pages")} if costs[1:] else {}
        if last.seconds > WORTH_IT and grown.get("seconds", 0) > STEEP:
            steep.append(kind)
        figures = {
            "kB": [round(each.sources / 1000, 1) for each in costs],
            "seconds": [round(each.seconds, 2) for each in costs],
            "MiB": [round(each.mebibytes) for each in costs],
            "pages_kB": [round(each.pages / 1000) for each in costs],
            "growth": grown,
        } | ({"griffe": [[round(each, 2) for each in one.griffe] for one in costs]} if asked.griffe else {})
        print(json.dumps({kind: figures}), flush=True)
    print(json.dumps({"not linear": steep}))
    sys.exit(1 if steep else 0)


if __name__ == "__main__":
    main()
