"""Names of a module, in all the ways that modules bind names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from docgen.formats.flyte.dialect import Reading
from docgen.formats.flyte.members import class_members, module_members
from docgen.runtime.natives import native_module
from docgen.runtime.plain import NotPlainError, plain
from docgen.runtime.readers import Readers
from docgen.runtime.values import NONE, Class, Constant, External, Function, Module, Opaque, Wrapped, Wrapping
from docgen.runtime.world import World
from docgen.sources.store import Library
from tests.docgen.runtime.lab import twice, world

WorldOf = Callable[[Mapping[str, str]], World]

PUBLIC = [
    ("def f(): ...\n_g = 1\nX = 2", ["X", "f"]),
    ("__all__ = ['f', 'gone']\ndef f(): ...\ndef g(): ...", ["f"]),
    ("__all__ = ('f',) + tuple(['g'])\ndef f(): ...\ndef g(): ...", ["f", "g"]),
    ("__all__ = ['f']\n__all__ += ['g']\n__all__.append('h')\nf = g = h = 1", ["f", "g", "h"]),
    ("_names = {'f': 1}\n__all__ = [*_names, *sorted({'g'})]\nf = g = 1", ["f", "g"]),
    ("__all__ = [n for n in ['f', '_x', 'g'] if n != 'g']\nf = _x = g = 1", ["_x", "f"]),
    ("import sys\nif sys.version_info >= (3, 8):\n    def f(): ...\nelse:\n    def g(): ...", ["f"]),
    ("from typing import TYPE_CHECKING as TC\nif not TC:\n    f = 1", ["TC", "f"]),
    ("try:\n    import not_there_anywhere\nexcept ImportError:\n    x = 1", ["x"]),
    ("for i in range(3): ...\nwith open('x') as handle: ...", ["handle", "i"]),
    ("a, (b, *c) = 1, (2, 3)\ndel a", ["b", "c"]),
]


@pytest.mark.parametrize(("source", "expected"), PUBLIC)
def test_public_names(source: str, expected: list[str], world_of: WorldOf) -> None:
    """`__all__` decides, in any way of building it; without it, the names that the module itself defines."""
    world = world_of({"m.py": source})

    assert [member.name for member in module_members(world, "p.m")] == [
        name for name in expected if world.member("p.m", name) is not None
    ]
    assert {member.name for member in module_members(world, "p.m")} <= set(expected)


OFFERED = {
    "own": ("def f(): ...", ["f"]),
    "a private module": ("from ._hidden import f", ["f"]),
    "under its own name": ("from .shown import g as g", ["g"]),
    "another public module": ("from .shown import g", []),
    "another package": ("from collections import OrderedDict as OrderedDict", []),
    "assigned": ("from .shown import g\nh = g", ["h"]),
}


@pytest.mark.parametrize(("source", "expected"), OFFERED.values(), ids=OFFERED.keys())
def test_offered_names(source: str, expected: list[str], world_of: WorldOf) -> None:
    """Without `__all__`, a module offers names that nothing else would show, and those that it declares."""
    files = {"m.py": source, "_hidden.py": "def f(): ...", "shown.py": "def g(): ..."}

    found = module_members(world_of(files), "p.m", lists_assigned=True)

    assert [member.name for member in found] == expected


def test_names_given_to_a_package_are_its_own(world_of: WorldOf) -> None:
    """A loop that sets `__module__` of imported objects makes them public at that path."""
    loop = "for each in list(locals().values()):\n    if each:\n        each.__module__ = __name__\n"
    files = {"m.py": f"from .part import f\nimport collections\n{loop}", "part.py": "def f(): ..."}

    assert {member.name for member in module_members(world_of(files), "p.m")} >= {"f"}


def test_bases_out_of_a_tuple(world_of: WorldOf) -> None:
    """`class C(*bases)` has each of them as a base."""
    world = world_of({"m.py": "class A: ...\nclass B: ...\nbases = (A, B)\nclass C(*bases): ..."})
    owner = world.member("p.m", "C")
    assert isinstance(owner, Class)

    assert [getattr(each, "name", "object") for each in world.classes.mro(owner)] == ["C", "A", "B", "object"]


def test_import_beats_submodule_of_the_same_name(world_of: WorldOf) -> None:
    """`from .tool import tool` binds the function, although the submodule has the same name."""
    world = world_of({"__init__.py": "from .tool import tool", "tool.py": "def tool(): ..."})

    assert isinstance(world.member("p", "tool"), Function)


def test_module_that_puts_another_in_its_place_is_that_one(world_of: WorldOf) -> None:
    """A module that replaces itself in `sys.modules` has the names of the replacement, like collections.abc."""
    world = world_of(
        {"front.py": "import p.back as real\nimport sys\nsys.modules[__name__] = real", "back.py": "x = 1"}
    )

    assert world.scope("p.front") is world.scope("p.back")
    assert world.scope("p.back") is not None


def test_submodule_imported_by_name_is_the_module(world_of: WorldOf) -> None:
    """`from . import part` binds the submodule; looking it up in the package is no cycle."""
    world = world_of({"__init__.py": "from . import part\nx = part.y", "part.py": "class y: ..."})

    assert world.member("p", "part") == Module(name="p.part")
    assert isinstance(world.member("p", "x"), Class)


def test_lazy_names_are_those_that_type_checkers_see(world_of: WorldOf) -> None:
    """A module with `__getattr__` has the names under TYPE_CHECKING; one without does not."""
    lazy = "import typing\nif typing.TYPE_CHECKING:\n    from .a import A\n"
    world = world_of({"lazy.py": lazy + "def __getattr__(name): ...", "eager.py": lazy, "a.py": "class A: ..."})

    assert isinstance(world.member("p.lazy", "A"), Class)
    assert world.member("p.eager", "A") is None


LISTED_ONLY = (
    "import typing\n__all__ = ['A', 'gone']\nif typing.TYPE_CHECKING:\n    from .a import A, B\nmake_lazy(globals())\n"
)


def test_names_listed_for_type_checkers_alone_are_there(world_of: WorldOf) -> None:
    """Names that `__all__` lists and that are bound only under TYPE_CHECKING exist; no others do."""
    world = world_of({"lazy.py": LISTED_ONLY, "a.py": "class A: ...\nclass B: ..."})

    assert isinstance(world.member("p.lazy", "A"), Class)
    assert world.member("p.lazy", "B") is None
    assert world.member("p.lazy", "gone") is None


def test_a_module_that_answers_when_asked_lacks_no_name(world_of: WorldOf) -> None:
    """A module with `__getattr__` may have any name (PEP 562): it is unknown, not unbound. All have `__doc__`."""
    lazy = "'Says.'\n__all__ = ['version']\ndef __getattr__(name): ..."
    world = world_of({"lazy.py": lazy, "m.py": "from .lazy import version, other\n__all__ = ['version']"})

    assert isinstance(world.member("p.m", "version"), Opaque)
    assert world.member("p.m", "__doc__") == Constant(value=None)
    assert world.member("p.lazy", "__doc__") == Constant(value="Says.")
    assert world.member("p.m", "third") is None
    assert not world.findings


def test_a_stub_next_to_a_module_describes_what_is_written_in_c(world_of: WorldOf) -> None:
    """The stub describes names from a compiled module, and listed names that are not bound; no others."""
    source = "from ._core import Fast, made\nfrom .a import A\n__all__ = ['Fast', 'listed']\n"
    stub = "class Fast:\n    def go(self, x: int) -> None: ...\nclass listed: ...\nclass A: ...\nfrom .a import made\n"
    world = world_of({"m.py": source, "m.pyi": stub, "a.py": "class A: ...\nclass made: ..."})

    fast, own = world.member("p.m", "Fast"), world.member("p.m", "A")

    assert isinstance(fast, Class)
    assert fast.module == "p.m"
    assert world.classes.member_names(fast) == ("go",)
    assert isinstance(world.member("p.m", "listed"), Class)
    assert isinstance(own, Class)
    assert own.module == "p.a"
    assert isinstance(world.member("p.m", "made"), External)


BRANCHES = {
    "a module is there": "try:\n    import ssl\nexcept ImportError:\n    ssl = None\nif not ssl:\n    X = Other",
    "and is not None": "import ssl\nif ssl is None:\n    X = Other",
    "a class is true": "if not X:\n    X = Other",
    "a class is not None": "if X is not None:\n    Y = X\nelse:\n    X = Other",
    "a faster twin that cannot be read": "try:\n    from _quick import X\nexcept ImportError:\n    pass",
}


@pytest.mark.parametrize("code", BRANCHES.values(), ids=BRANCHES.keys())
def test_what_stands_for_a_missing_part_does_not_replace_it(code: str, world_of: WorldOf) -> None:
    """A definition is kept if a condition cannot hold, or if a replacement has no sources."""
    world = world_of({"m.py": f"class Other: ...\nclass X: ...\n{code}\n"})

    found = world.member("p.m", "X")

    assert isinstance(found, Class)
    assert found.name == "X"


def test_a_name_may_be_bound_from_itself(world_of: WorldOf) -> None:
    """`x = wrap(x)` sees the earlier x."""
    world = world_of({"m.py": "def x(a: int): ...\ndef wrap(f):\n    return f\nx = wrap(x)\ny = 1\ny = y + 1"})

    assert isinstance(world.member("p.m", "y"), type(world.evaluator.text("2", world.scope("p.m"))))  # type: ignore[arg-type] # the module is there
    assert plain(world.member("p.m", "y")) == 2  # type: ignore[arg-type] # a constant


CYCLES = {
    "imports": {"a.py": "from .b import x", "b.py": "from .a import x"},
    "stars": {"a.py": "from .b import *", "b.py": "from .a import *"},
    "aliases": {"a.py": "x = y\ny = x"},
    "classes": {"a.py": "class x(x): ..."},
    "bases": {"a.py": "from .b import y\nclass x(y): ...", "b.py": "from .a import x\nclass y(x): ..."},
}


@pytest.mark.parametrize("files", CYCLES.values(), ids=CYCLES.keys())
def test_cycles_come_to_an_end(files: dict[str, str], world_of: WorldOf) -> None:
    """Modules, names and classes that need each other are read nevertheless."""
    world = world_of(files)

    for member in module_members(world, "p.a"):
        if isinstance(member.value, Class):
            assert world.classes.mro(member.value)[0] is member.value


DECORATED = [
    ("@property\n    def f(self): ...", Wrapping.PROPERTY),
    ("@functools.cached_property\n    def f(self): ...", Wrapping.CACHED_PROPERTY),
    ("@classmethod\n    def f(cls): ...", Wrapping.CLASSMETHOD),
    ("@functools.lru_cache(maxsize=1)\n    def f(self): ...", Wrapping.CACHED),
    ("def g(self): ...\n    f = property(g)", Wrapping.PROPERTY),
    ("@property\n    def f(self): ...\n    @f.setter\n    def f(self, v): ...", Wrapping.PROPERTY),
]


@pytest.mark.parametrize(("body", "expected"), DECORATED)
def test_effects_of_decorators(body: str, expected: Wrapping, world_of: WorldOf) -> None:
    """A decorator of known effect wraps the function, in any way of writing it."""
    world = world_of({"m.py": f"import functools\nclass C:\n    {body}\n"})
    owner = world.member("p.m", "C")
    assert isinstance(owner, Class)

    members = {member.name: member.value for member in class_members(world, owner, Reading())}

    assert isinstance(members["f"], Wrapped)
    assert members["f"].wrapping is expected


TRANSPARENT = [
    "def d(f):\n    @functools.wraps(f)\n    def inner(*a): ...\n    return inner",
    "def d(f):\n    return f",
    "def d(f):\n    def inner(*a): ...\n    return functools.update_wrapper(inner, f)",
    "def d(f):\n    @functools.wraps(f)\n    def inner(*a): ...\n    return typing.cast('F', inner)",
]


@pytest.mark.parametrize("decorator", TRANSPARENT)
def test_decorators_are_known_by_what_they_return(decorator: str, world_of: WorldOf) -> None:
    """A decorator that returns its function, or one with its signature, changes nothing and needs no finding."""
    world = world_of({"m.py": f"import functools, typing\n{decorator}\n@d\ndef work(x: int): ...\n"})

    work = world.member("p.m", "work")

    assert isinstance(work, Function)
    assert work.name == "work"
    assert not world.findings


def test_unknown_decorator_is_a_finding(world_of: WorldOf) -> None:
    """The effect of a foreign decorator is not guessed silently."""
    world = world_of({"m.py": "from elsewhere import d\n@d\ndef work(x: int): ...\n"})

    assert isinstance(world.member("p.m", "work"), Function)
    assert [(finding.code, finding.line) for finding in world.findings] == [("DG201", 2)]


def test_only_names_that_cannot_be_there_are_unbound(world_of: WorldOf) -> None:
    """A module whose code binds names may have any name, and so may the interpreter's own library."""
    files = {
        "a.py": "X = 1",
        "b.py": "globals()[input()] = 1",
        "m.py": "from .a import gone\nfrom .b import Y\nfrom ssl import CERT_REQUIRED\nfrom token import *\n",
    }
    world = world_of(files)

    for name in ("gone", "Y", "CERT_REQUIRED"):
        assert isinstance(world.member("p.m", name), External)

    assert [(finding.code, finding.line) for finding in world.findings] == [("DG105", 1)]


def test_a_variant_of_a_generic_function_is_itself(world_of: WorldOf) -> None:
    """`register` of `functools.singledispatch` returns the function."""
    source = (
        "import functools\n@functools.singledispatch\ndef show(x): ...\n@show.register(int)\ndef number(x: int): ...\n"
    )
    world = world_of({"m.py": source})

    number = world.member("p.m", "number")

    assert isinstance(number, Function)
    assert not world.findings


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        ("adds *, y=None, **more", ["a", "*b", "y=", "**c"]),
        ("adds *, y=None, **c", ["a", "*b", "y=", "**c"]),
        ("drops first", ["*b", "**c"]),
        ("transparent", ["a", "*b", "**c"]),
    ],
)
def test_decorators_that_change_signatures(effect: str, expected: list[str], tmp_path: Path) -> None:
    """An effect may insert parameters, or return the first argument itself; `.*` covers many."""
    (tmp_path / "m.py").write_text("import elsewhere\n@elsewhere.deep.d(1)\ndef f(a, *b, **c): ...\n")
    world = World(Library([tmp_path]), (3, 12), {"elsewhere.deep.*": effect})
    function = world.member("m", "f")
    assert isinstance(function, Function)

    found = Readers(world, evaluates=True).signatures.of(function).parameters

    stars = {"variadic positional": "*", "variadic keyword": "**"}
    assert [f"{stars.get(p.kind, '')}{p.name}{'=' if p.default else ''}" for p in found] == expected
    assert not world.findings


def test_missing_package_is_external(world_of: WorldOf) -> None:
    """A name of a package without sources keeps the requested path."""
    world = world_of({"m.py": "from elsewhere.deep import Thing\n"})

    assert world.member("p.m", "Thing") == External(path="elsewhere.deep.Thing")


ARITHMETIC = st.recursive(
    st.integers(-9, 9).map(str)
    | st.sampled_from(("'a'", "True", "None", "[1, 2]", "(3,)", "{'k': 1}", "1.5"))
    # Powers and shifts of powers and shifts would take the interpreter hours, so they are only at the leaves.
    | st.builds("({} {} {})".format, st.integers(-9, 9), st.sampled_from(("**", "<<")), st.integers(-9, 9)),
    lambda inner: st.builds(
        "({} {} {})".format,
        inner,
        st.sampled_from(("+", "-", "*", "//", "%", "==", "<", "and", "or", "|", "in")),
        inner,
    ),
    max_leaves=5,
)


@given(expression=ARITHMETIC)
def test_constants_are_computed_as_the_interpreter_does(expression: str) -> None:
    """An expression of constants has the value that running it gives, or none at all."""
    module = twice(f"try:\n    x = {expression}\nexcept Exception as error:\n    x = error\n")
    assert module is not None
    scope = world().scope(module.__name__)
    assert scope is not None

    try:
        found = plain(world().evaluator.text(expression, scope))
    except NotPlainError:
        reject()

    assert not isinstance(module.x, Exception)
    assert repr(found) == repr(module.x)


@pytest.mark.parametrize(
    "source",
    [
        "base = {'a': 1, 'b': 2}\nx = {**base, 'a': 3}\ny = x['a']\nz = list(x), list(x.values()), len(x)",
        "x = {1: 'int', True: 'bool'}\ny = x[1.0]\nz = {1, True, 1.0} | {1}",
        "x = {i % 2: i for i in range(4)}\ny = {i % 2 for i in range(4)}",
        "x = dict([('a', 1), ('a', 2)], a=3) | {'a': 4}",
        "first, *rest, last = (1, 2, 3, 4)\n*x, (y, *z) = [1, (2, 3)]",
        "x, y = {'a': 1, 'b': 2}\nz = [(key, rest) for key, *rest in [(1, 2, 3)]]",
        "from datetime import timedelta\noptions = {'days': 1}\nx = timedelta(**options)\ny = -x < x",
        "from datetime import date\nparts = (2020, 1)\nx = date(*parts, 2)",
    ],
)
def test_names_are_bound_as_the_interpreter_binds_them(source: str) -> None:
    """The last of equal keys counts, a starred target takes the rest, `**options` are arguments."""
    module = twice(source)
    assert module is not None

    names = [name for name in vars(module) if not name.startswith("_") and name not in {"date", "timedelta"}]
    found = {name: plain(world().member(module.__name__, name) or NONE) for name in names}

    assert repr(found) == repr({name: vars(module)[name] for name in names})


@pytest.mark.parametrize(
    "expression",
    [
        "[i for i in range()]",
        "[i for i in range(1, 2, 3, 4)]",
        "[i for i in range(1, 2, 0)]",
        "-timedelta(days=999999999, hours=1)",
        "Decimal('NaN') < 1",
        "-Decimal('sNaN')",
        "{1} | {Decimal('sNaN')}",
        "timedelta(**options())",
        "'text'.keys()",
        "property(doc='no getter')",
    ],
)
def test_what_the_interpreter_refuses_is_unknown(expression: str, world_of: WorldOf) -> None:
    """An expression that raises when it runs has no value, and docgen does not raise."""
    world = world_of({"m.py": f"from datetime import timedelta\nfrom decimal import Decimal\nx = {expression}\n"})

    with pytest.raises(NotPlainError):
        plain(world.member("p.m", "x") or NONE)


@pytest.mark.parametrize("call", ["property(get)", "property(fget=get)", "property(doc='text', fget=get)"])
def test_a_property_has_its_getter_however_the_call_is_written(call: str, world_of: WorldOf) -> None:
    """Keywords may be in any order."""
    world = world_of({"m.py": f"def get(self): ...\nx = {call}\n"})

    found = world.member("p.m", "x")

    assert isinstance(found, Wrapped)
    assert found.wrapping is Wrapping.PROPERTY
    assert found.inner == world.member("p.m", "get")


def test_only_compiled_modules_of_the_interpreter_are_asked() -> None:
    """A module of the standard library in Python is read, never run, because it may be the documented one."""
    assert native_module("math") is not None
    assert native_module("_datetime") is not None
    assert native_module("wave") is None
    assert native_module("json.tool") is None
    assert native_module("not_of_the_standard_library") is None
