"""Facts from decorators, overloads and methods about a definition, besides its signature."""

from __future__ import annotations

import ast

import pytest

from docgen.runtime.facts import Described, Marks, instance_attributes, overloads
from docgen.runtime.values import Class, Function, Wrapped, function_in
from docgen.runtime.world import World
from tests.docgen.runtime.conftest import WorldOf


def described(world: World) -> Described:
    """Return the readers of a world."""
    return Described(world.evaluator.evaluate, world.effects)


@pytest.mark.parametrize(
    ("decorators", "expected"),
    [
        ("@abc.abstractmethod", Marks(is_abstract=True)),
        ("@typing.final", Marks(is_final=True)),
        ("@typing_extensions.override", Marks(is_override=True)),
        ("@contextlib.contextmanager", Marks(is_context_manager=True)),
        ("@contextlib.asynccontextmanager", Marks(is_context_manager=True)),
        ("@functools.singledispatch", Marks(others=("dispatched",))),
        ("@warnings.deprecated('Use ' + 'g.')", Marks(deprecation="Use g.")),
        ("@warnings.deprecated(message())", Marks(deprecation="")),
        ("@unknown.decorator", Marks(is_signature_known=False)),
        ("@property\n@abc.abstractmethod", Marks(is_abstract=True)),
        ("@abc.abstractproperty", Marks(is_abstract=True)),
        ("@typing.final\n@functools.lru_cache", Marks(is_final=True)),
        ("@functools.wraps(g)", Marks()),
    ],
)
def test_marks_of_functions(decorators: str, expected: Marks, world_of: WorldOf) -> None:
    """The mark of a decorator is kept, with any wrapping of the function."""
    imports = "import abc, contextlib, functools, typing, typing_extensions, unknown, warnings\ndef g(): ...\n"
    world = world_of({"m.py": f"{imports}{decorators}\ndef f(self): ...\n"})

    function = function_in(world.member("p.m", "f"))

    assert function is not None
    assert described(world).marks(function) == expected


def test_marks_and_decorators_of_classes(world_of: WorldOf) -> None:
    """Decorators of a class have a path and a written form, outermost first."""
    world = world_of({"m.py": "import typing\nimport x\n@x.register('a')\n@typing.final\nclass C: ...\n"})
    owner = world.member("p.m", "C")
    assert isinstance(owner, Class)

    found = described(world).decorators(owner)

    assert [(each.path, each.written) for each in found] == [
        ("x.register", "x.register('a')"),
        ("typing.final", "typing.final"),
    ]
    assert described(world).marks(owner).is_final


ACCESSORS = "    def a(self): ...\n    def b(self, v: int): ...\n    def c(self): ...\n"
PROPERTIES = {
    "decorators": "    @property\n    def x(self): ...\n    @x.setter\n    def x(self, v: int): ...\n"
    "    @x.deleter\n    def x(self): ...\n",
    "a call": f"{ACCESSORS}    x = property(a, b, c)\n",
    "a call by name": f"{ACCESSORS}    x = property(a, fdel=c, fset=b)\n",
}


@pytest.mark.parametrize("body", PROPERTIES.values(), ids=PROPERTIES.keys())
def test_properties_remember_their_accessors(body: str, world_of: WorldOf) -> None:
    """A property has its getter, setter and deleter, in any way of writing it."""
    world = world_of({"m.py": f"class C:\n{body}"})
    owner = world.member("p.m", "C")
    assert isinstance(owner, Class)

    found = world.classes.attribute(owner, "x")

    assert isinstance(found, Wrapped)
    setter, deleter = function_in(found.setter), function_in(found.deleter)
    assert setter is not None
    assert [each.arg for each in setter.node.args.args] == ["self", "v"]
    assert deleter is not None
    assert deleter is not function_in(found)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "@overload\ndef f(a: int): ...\n@overload\ndef f(a: str): ...\ndef f(a): ...\n",
            ["a: int", "a: str"],
        ),
        ("@overload\ndef f(a: int): ...\n@overload\ndef f(a: str): ...\n", ["a: int", "a: str"]),  # of a stub
        ("def f(z): ...\n@overload\ndef f(a: int): ...\ndef f(a): ...\n", ["a: int"]),  # an earlier function is none
        ("def f(a): ...\n", []),
        ("@overload\n@property\ndef f(a: int): ...\ndef f(a): ...\n", ["a: int"]),
    ],
)
def test_overloads_of_a_name(source: str, expected: list[str], world_of: WorldOf) -> None:
    """The overloads directly before the implementation, in the order written."""
    world = world_of({"m.py": f"from typing import overload\n{source}"})
    scope = world.scope("p.m")
    assert scope is not None

    found = overloads(scope.names["f"], world.value)

    assert [ast.unparse(each.node.args) for each in found] == expected


def test_attributes_of_instances(world_of: WorldOf) -> None:
    """Assignments of a class's own methods to their instance: those of `__init__` first, with any annotation."""
    source = """
class B:
    def __init__(self):
        self.inherited = 1
class C(B):
    def reset(self):
        self.late = 1
        self.first: int = 0
    def __init__(self):
        self.first = 1
    @classmethod
    def make(cls):
        cls.shared = 1
    if True:
        def more(self):
            self.more = 2
"""
    world = world_of({"m.py": source})
    owner = world.member("p.m", "C")
    assert isinstance(owner, Class)

    found = instance_attributes(owner)

    assert [(each.assignment.name, each.method.name, bool(each.assignment.annotation)) for each in found] == [
        ("first", "reset", True),
        ("late", "reset", False),
        ("more", "more", False),
    ]


def test_facts_reach_the_source_of_a_module(world_of: WorldOf) -> None:
    """A function gives access to the facts of its body, although the body was dropped."""
    world = world_of({"m.py": "def f(**kw):\n    yield kw.pop('a', None)\n"})
    function = world.member("p.m", "f")
    assert isinstance(function, Function)

    body = function.home.source.facts.body(function.node)

    assert body.is_generator
    assert [each.name for each in body.keywords] == ["a"]
    assert not any(getattr(each, "value", None) for each in function.node.body)  # type: ignore[union-attr] # a definition
