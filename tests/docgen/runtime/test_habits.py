"""Packages that bind names in other ways than by assignment: names that can be followed have their values."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from docgen.runtime.values import Class, Constant, Function, Instance, Module, Value, Wrapped, Wrapping, function_in
from docgen.runtime.world import World
from tests.docgen.runtime.conftest import WorldOf

RUN = "class Runner:\n    '''Runs.'''\ndef walk(n: int): ...\n"


@dataclass(frozen=True, kw_only=True)
class Habit:
    """A package `p` and its expected names."""

    init: str
    files: dict[str, str] = field(default_factory=lambda: {"_run.py": RUN})
    names: tuple[str, ...] = ("Runner", "walk")
    """Names that `p` offers, none of them unknown."""
    listed: tuple[str, ...] | None = None
    """What `__all__` holds; None: is not asked."""
    findings: tuple[str, ...] = ()


GETATTR = (
    "def __getattr__(name):\n    import importlib\n    return getattr(importlib.import_module({}, __name__), name)\n"
)

CONDITIONS = """
def __getattr__(name):
    if name == "Runner":
        from ._run import Runner
        return Runner
    if name in ("walk", "other"):
        from . import _run
        from p._run import walk
        return walk
    raise AttributeError(name)
"""

HABITS = {
    "a table of modules": Habit(
        init="_T = {'Runner': '._run', 'walk': '._run'}\n__all__ = list(_T)\n" + GETATTR.format("_T[name]"),
        listed=("Runner", "walk"),
    ),
    "a table without __all__": Habit(init="_T = {'Runner': 'p._run', 'walk': 'p._run'}\n" + GETATTR.format("_T[name]")),
    "a table of modules without dots": Habit(
        init="_T = {'Runner': '_run', 'walk': '_run'}\n" + GETATTR.format("f'.{_T[name]}'")
    ),
    "a table of pairs": Habit(
        init="_T = {'Runner': ('._run', 'Runner'), 'walk': ('._run', 'walk')}\n" + GETATTR.format("_T[name][0]")
    ),
    "a table of paths with colons": Habit(
        init="_T = {'Runner': 'p._run:Runner', 'walk': 'p._run:walk'}\n" + GETATTR.format("_T[name].split(':')[0]")
    ),
    "a table of dotted paths": Habit(
        init="_T = dict(Runner='p._run.Runner', walk='p._run.walk')\n_T = {**_T}\n" + GETATTR.format("_T[name]")
    ),
    "a table of names by module": Habit(
        init="_T = {'_run': ['Runner', 'walk']}\n_N = {n: m for m, ns in _T.items() for n in ns}\n"
        + GETATTR.format("[m for m in _T if name in _T[m]][0]")
    ),
    "conditions": Habit(init=CONDITIONS),
    "a lazy loader": Habit(
        init="import lazy_loader as lazy\n__getattr__, __dir__, __all__ = lazy.attach(__name__, submodules=['_run'], "
        "submod_attrs={'_run': ['Runner', 'walk']})\n",
        listed=("Runner", "_run", "walk"),
    ),
    "a lazy loader with a stub": Habit(
        init="import lazy_loader as lazy\n__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)\n",
        files={"_run.py": RUN, "__init__.pyi": "__all__ = ['Runner', 'walk']\nfrom ._run import Runner, walk\n"},
        listed=("Runner", "walk"),
    ),
    "a loop over literals": Habit(
        init="from . import _run\nfor name in ('Runner', 'walk'):\n    globals()[name] = getattr(_run, name)\n",
    ),
    "setattr of this module": Habit(
        init="import sys\nfrom ._run import Runner as R\n"
        "for n in ['Runner', 'Again']:\n    setattr(sys.modules[__name__], n, R)\n",
        names=("Runner", "Again"),
    ),
    "an update of the namespace": Habit(
        init="from ._run import Runner as R\nglobals().update({'Runner': R, 'Again': R}, Third=R)\n",
        names=("Runner", "Again", "Third"),
    ),
    "an update by a comprehension": Habit(
        init="from ._run import Runner as R\nvars().update({f'Runner{i}': R for i in range(3)})\n",
        names=("Runner0", "Runner1", "Runner2"),
    ),
    "__all__ in parts": Habit(
        init="from . import _a, _b\nfrom ._a import *\nfrom ._b import *\n__all__ = sum([_a.__all__, _b.__all__], [])\n"
        "__all__ += ['c']\nc = 1\n__all__.extend(('d',))\nd = 2\n__all__.append('e')\ne = 3\n__all__.remove('c')\n",
        files={"_a.py": "__all__ = ['a']\ndef a(): ...\n", "_b.py": "__all__ = list(('b',))\ndef b(): ...\n"},
        names=("a", "b"),
        listed=("a", "b", "d", "e"),
    ),
    "__all__ by a helper": Habit(
        init="from . import _a\nfrom ._a import *\n__all__ = ['own']\ndef own(): ...\n"
        "def _extend(module, *, extra=()):\n    for name in module.__all__:\n        if name not in __all__:\n"
        "            __all__.append(name)\n_extend(_a)\n",
        files={"_a.py": "__all__ = ['a']\ndef a(): ...\n"},
        names=("a", "own"),
        listed=("own", "a"),
    ),
    "__all__ by a decorator": Habit(
        init="__all__ = []\ndef public(f):\n    __all__.append(f.__name__)\n    return f\n"
        "@public\ndef walk(): ...\n@public\nclass Runner: ...\ndef hidden(): ...\n",
        listed=("walk", "Runner"),
    ),
    "__all__ of dir()": Habit(
        init="from ._run import *\n__all__ = [n for n in dir() if not n.startswith('_')]\nlater = 1\n",
        listed=("Runner", "walk"),
    ),
    "__all__ of objects": Habit(
        init="from ._run import Runner, walk\n__all__ = [Runner, walk]\n",
        findings=("DG104",),
    ),
    "a decorator in partial": Habit(
        init="from functools import partial\nimport jax\n@partial(jax.jit, static_argnums=0)\ndef walk(n: int): ...\n"
        "from ._run import Runner\n",
        findings=("DG201",),
    ),
    "a partial as decorator": Habit(
        init="from functools import partial\ndef _d(o, f=None):\n    def deco(g):\n        return g\n    return deco\n"
        "deco = partial(_d, 1)\n@deco(2)\ndef walk(n: int): ...\nfrom ._run import Runner\n",
    ),
}


def described(world: World, name: str) -> Value | None:
    """Return the value of a name of the package."""
    return world.member("p", name)


@pytest.mark.parametrize("habit", HABITS.values(), ids=HABITS.keys())
def test_habits_are_followed(habit: Habit, world_of: WorldOf) -> None:
    """Every name has its class or function, and `__all__` is the same as at run time."""
    world = world_of({"__init__.py": habit.init, **habit.files})
    scope = world.scope("p")
    assert scope is not None

    found = {name: described(world, name) for name in habit.names}

    assert {name for name, value in found.items() if not isinstance(value, Class | Function)} == set(), found
    assert set(habit.names) <= set(scope.names)
    if habit.listed is not None:
        assert world.listed(scope) == habit.listed
    else:
        world.listed(scope)
    assert tuple(finding.code for finding in world.findings) == habit.findings
    assert not scope.name_makers


def test_what_cannot_be_followed_stays_a_finding(world_of: WorldOf) -> None:
    """A loop over a computed value binds nothing, but is known to bind names."""
    world = world_of({"__init__.py": "import x\nfor name in x.names:\n    globals()[name] = 1\n"})
    scope = world.scope("p")
    assert scope is not None

    assert [owner for owner, _ in scope.name_makers] == [""]


MEMBERS = {
    "setattr in a loop": "class C: ...\ndef _make(n):\n    def call(self, x: int): ...\n    return call\n"
    "for n in ('get', 'put'):\n    setattr(C, n, _make(n))\n",
    "setattr of a function of the loop": "class C: ...\nfor n in ('get', 'put'):\n    def call(self, x: int): ...\n"
    "    setattr(C, n, call)\n",
    "a decorator of the class": "def _get(self, x: int): ...\ndef add(cls):\n    def put(self, x: int): ...\n"
    "    cls.get = _get\n    cls.put = put\n    return cls\n@add\nclass C: ...\n",
    "a called decorator of the class": "def add(option):\n    def deco(cls):\n        def f(self, x: int): ...\n"
    "        cls.get = cls.put = f\n        return cls\n    return deco\n@add(1)\nclass C: ...\n",
    "assigned afterwards": "class C: ...\ndef f(self, x: int): ...\nC.get = C.put = f\n",
}


@pytest.mark.parametrize("source", MEMBERS.values(), ids=MEMBERS.keys())
def test_members_that_code_gives_a_class(source: str, world_of: WorldOf) -> None:
    """Loops, decorators and assignments can add members to a class."""
    world = world_of({"m.py": source})
    owner = world.member("p.m", "C")
    assert isinstance(owner, Class)

    found = {name: world.classes.attribute(owner, name) for name in ("get", "put")}

    for value in found.values():
        assert isinstance(value, Function), found
        assert [each.arg for each in value.node.args.args] == ["self", "x"]


DESCRIPTORS = {
    "binds a method": ("return types.MethodType(self.f, obj)", None),
    "binds a partial": ("return functools.partial(self.f, obj)", None),
    "asks the function": ("return self.f.__get__(obj, owner)", None),
    "makes a function": ("def bound(*a):\n            return self.f(obj, *a)\n        return bound", None),
    "makes a lambda": ("bound = lambda *a: self.f(obj, *a)\n        return bound", None),
    "calls the function": ("return self.f(obj)", Wrapping.CACHED_PROPERTY),
    "calls it unless there is no object": (
        "if obj is None:\n            return self\n        return self.f(obj)",
        Wrapping.CACHED_PROPERTY,
    ),
}


@pytest.mark.parametrize(("body", "expected"), DESCRIPTORS.values(), ids=DESCRIPTORS.keys())
def test_descriptor_classes_as_decorators(body: str, expected: Wrapping | None, world_of: WorldOf) -> None:
    """A descriptor that returns a function is a method; one that returns the function's result is a property."""
    descriptor = f"class D:\n    def __get__(self, obj, owner=None):\n        {body}\n"
    source = f"import functools, types\n{descriptor}class C:\n    @D\n    def m(self, x: int): ...\n"
    world = world_of({"m.py": source})
    owner = world.member("p.m", "C")
    assert isinstance(owner, Class)

    found = world.classes.attribute(owner, "m")

    assert (found.wrapping if isinstance(found, Wrapped) else None) is expected
    function = function_in(found)
    assert function is not None
    assert function.name == "m"
    assert not world.findings


def test_a_wrapper_without_wraps_knows_what_it_replaces(world_of: WorldOf) -> None:
    """The name is bound to the wrapper; the written function is not lost."""
    source = "def d(f):\n    def wrapper(*args): ...\n    return wrapper\n@d\ndef work(x: int):\n    '''Work.'''\n"
    world = world_of({"m.py": source})

    work = world.member("p.m", "work")

    assert isinstance(work, Function)
    assert work.name == "wrapper"
    assert work.replaces is not None
    assert work.replaces.name == "work"


DESCRIPTOR = """
import types
class Method:
    def __init__(self, f, check):
        self.f = f
    def __get__(self, owner, kind=None):
        return types.MethodType(self.f, owner)
def available_if(check):
    return lambda f: Method(f, check)
class C:
    @available_if(bool)
    def work(self, x: int): ...
"""


def test_a_decorator_may_be_a_lambda_that_makes_a_descriptor(world_of: WorldOf) -> None:
    """Reading it returns a method, so it is documented as the method that it decorates."""
    world = world_of({"m.py": DESCRIPTOR})
    owner = world.member("p.m", "C")
    assert isinstance(owner, Class)

    found = world.classes.attribute(owner, "work")

    assert isinstance(found, Function)
    assert (found.name, found.marks) == ("work", ("descriptor",))


@pytest.mark.parametrize(("name", "wrapping"), [("cached_property", Wrapping.CACHED_PROPERTY), ("other", None)])
def test_well_known_names_count_for_decorators_without_sources(
    name: str, wrapping: Wrapping | None, world_of: WorldOf
) -> None:
    """`cached_property` has the same meaning in every package."""
    world = world_of({"m.py": f"from absent import {name}\nclass C:\n    @{name}\n    def size(self): ...\n"})
    owner = world.member("p.m", "C")
    assert isinstance(owner, Class)

    found = world.classes.attribute(owner, "size")

    assert (found.wrapping if isinstance(found, Wrapped) else None) == wrapping


PROPERTIES = """
import functools
from functools import wraps
def lazy(f):
    {}
class C:
    @lazy
    def size(self): ...
"""


@pytest.mark.parametrize(
    ("body", "wrapping", "shown"),
    [
        ("return property(f)", Wrapping.PROPERTY, "size"),
        ("@wraps(f)\n    def get(self): ...\n    return property(get)", Wrapping.PROPERTY, "size"),
        ("def get(self): ...\n    return property(get)", Wrapping.PROPERTY, "get"),
        ("def get(self): ...\n    return functools.cached_property(get)", Wrapping.CACHED_PROPERTY, "get"),
        ("return property(other)", None, "size"),
    ],
)
def test_decorators_make_properties(body: str, wrapping: Wrapping | None, shown: str, world_of: WorldOf) -> None:
    """A decorator may return a property of the decorated function, or of a function that replaces it."""
    world = world_of({"m.py": PROPERTIES.format(body)})
    owner = world.member("p.m", "C")
    assert isinstance(owner, Class)

    found = world.classes.attribute(owner, "size")
    function = function_in(found)

    assert function is not None
    assert (found.wrapping if isinstance(found, Wrapped) else None, function.name) == (wrapping, shown)


@pytest.mark.parametrize("decorator", ["singledispatch", "singledispatchmethod"])
def test_generic_functions_stay_functions(decorator: str, world_of: WorldOf) -> None:
    """They are marked, and their variants do not hide them."""
    methods = "    def show(self, x: int): ...\n    @show.register\n    def _(self, x: str): ...\n"
    source = f"import functools\nclass C:\n    @functools.{decorator}\n{methods}"
    world = world_of({"m.py": source})
    owner = world.member("p.m", "C")
    assert isinstance(owner, Class)

    found = world.classes.attribute(owner, "show")

    assert isinstance(found, Function)
    assert found.marks == ("dispatched",)


def test_what_depends_on_the_machine_is_unknown(world_of: WorldOf) -> None:
    """Both sides of a condition on the platform are bound, on every platform."""
    source = (
        "import os, sys\nif sys.platform == 'win32':\n    a = 1\nelse:\n    b = 1\nif os.name != 'nt':\n    c = 1\n"
    )
    world = world_of({"m.py": source})

    assert [world.member("p.m", name) for name in "abc"] == [Constant(value=1)] * 3


def test_lazy_submodules_are_modules(world_of: WorldOf) -> None:
    """A name of a lazy loader that is a submodule is that submodule."""
    init = "import lazy_loader as lazy\n__getattr__, __dir__, _ = lazy.attach(__name__, ['_run'])\n"
    world = world_of({"__init__.py": init, "_run.py": RUN})

    assert world.member("p", "_run") == Module(name="p._run")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return Runner(n)", "p.Runner"),
        ("if n:\n        return Runner(n)\n    return Runner(0)", "p.Runner"),
        ("if n:\n        return Runner(n)", ""),
        ("Runner(n)", ""),
        ("yield 1\n    return Runner(n)", ""),
        ("return Runner(n) if n else None", ""),
        ("return factory(n)", ""),
    ],
)
def test_a_function_without_annotation_gives_what_it_always_makes(body: str, expected: str, world_of: WorldOf) -> None:
    """If each of its results is a call of one class, its result is an instance of that class."""
    head = "class Runner: ...\nfactory = Runner\n"
    world = world_of({"__init__.py": f"{head}def make(n, factory=factory):\n    {body}\nmade = make(1)\n"})

    value = world.member("p", "made")

    assert (value.of.path if isinstance(value, Instance) and isinstance(value.of, Class) else "") == expected
