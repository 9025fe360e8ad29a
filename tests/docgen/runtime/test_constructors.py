"""Calls of constructors: they agree with `inspect.signature` of the same class on this interpreter."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping

import pytest
from hypothesis import example, given, reject
from hypothesis import strategies as st

from docgen.runtime.readers import Readers
from docgen.runtime.values import Class
from docgen.runtime.world import World
from tests.docgen.runtime.lab import twice, world

WorldOf = Callable[[Mapping[str, str]], World]

HEAD = "import enum, typing, collections, abc\nfrom dataclasses import dataclass, field\n"
SIGNATURES = ("", ", a", ", a, b=1", ", *args, **kw", ", a, /, b, *, c=None", ", *, c: int = 2")
METACLASSES = "class Meta(type):\n    def __call__(cls, one, *, two=3): ...\nclass Quiet(type): ...\n"


@st.composite
def hierarchies(draw: st.DrawFn) -> str:
    """Draw classes with `__new__`, `__init__`, metaclasses and data classes, each derived from earlier ones."""
    lines = [HEAD, METACLASSES]
    for index, name in enumerate("ABCD"):
        bases = draw(st.lists(st.sampled_from("ABCD"[:index] or "object"), max_size=2, unique=True)) if index else []
        roots = draw(st.sampled_from((*[""] * 4, "metaclass=Meta", "metaclass=Quiet", "abc.ABC")))
        lines += ["@dataclass"] if draw(st.integers(0, 4)) == 0 else []
        given_roots = [roots] if roots else []
        lines.append(f"class {name}({', '.join([*bases, *given_roots])}):")
        body = []
        if draw(st.integers(0, 2)) == 0:
            body.append(f"    def __new__(cls{draw(st.sampled_from(SIGNATURES))}): ...")
        if draw(st.integers(0, 2)) == 0:
            body.append(f"    def __init__(self{draw(st.sampled_from(SIGNATURES))}): ...")
        if draw(st.booleans()):
            body.append("    x: int = 1")
        lines += body or ["    pass"]
    return "\n".join(lines)


def real(owner: object) -> list[tuple[str, str, bool]] | None:
    """Return names, kinds and whether there is a default; None if the interpreter knows no signature."""
    try:
        found = inspect.signature(owner)  # type: ignore[arg-type] # a class
    except ValueError:
        return None
    return [(each.name, each.kind.description, each.default is not each.empty) for each in found.parameters.values()]


def static(module: str, name: str) -> list[tuple[str, str, bool]]:
    """Return the same from the sources; a class without a constructor has no parameters."""
    owner = world().member(module, name)
    assert isinstance(owner, Class)
    found = Readers(world(), evaluates=True).constructors.called(owner)
    return [(p.name, p.kind, p.default is not None) for p in (found.signature.parameters if found else ())]


@given(source=hierarchies())
@example(HEAD + METACLASSES + "class A(metaclass=Meta):\n    def __init__(self, a): ...\nclass B(A): ...\n")
@example(HEAD + "class A:\n    def __new__(cls, a): ...\nclass B(A):\n    def __init__(self, b): ...\n")
@example(HEAD + "class A:\n    def __init__(self, a): ...\nclass B(A):\n    def __new__(cls, b): ...\n")
def test_called_as_the_interpreter_says(source: str) -> None:
    """The first class of the order with `__new__` or `__init__` counts, after the `__call__` of a metaclass."""
    module = twice(source)
    if module is None:
        reject()

    for name in "ABCD":
        if name in vars(module):
            expected = real(vars(module)[name])
            assert expected is None or static(module.__name__, name) == expected, (
                f"{source}\n{name}: expected {expected}"
            )


MADE = [
    "class X(typing.NamedTuple):\n    a: int\n    b: str = 'x'",
    "class Y(typing.NamedTuple):\n    a: int\nclass X(Y):\n    pass",
    "class Y(typing.NamedTuple):\n    a: int\nclass X(Y):\n    def __new__(cls, a, b): ...",
    "X = collections.namedtuple('X', 'a b', defaults=[1])",
    "X = collections.namedtuple('X', ['a', 'b'])",
    "X = typing.NamedTuple('X', [('a', int), ('b', str)])",
    "class X(collections.namedtuple('Y', 'a b')): ...",
    "class X(enum.Enum):\n    ONE = 1",
    "class X(enum.Enum): ...",
    "class X(int, enum.Enum):\n    ONE = 1",
    "class X(enum.StrEnum):\n    ONE = 'one'",
    "X = enum.Enum('X', 'ONE TWO')",
    "class X(typing.Protocol):\n    a: int",
    "class Y(typing.Protocol):\n    a: int\nclass X(Y): ...",
    "class X(float): ...",
    "import functools\nmake = functools.partial(dataclass, kw_only=True)\n@make\nclass X:\n    a: int\n    b: int = 1",
    "class X(list): ...",
    "class X(typing.Generic[typing.TypeVar('T')]): ...",
    "class Y:\n    def __init__(this, a): ...\nclass X(Y): ...",
    "class X:\n    def __init__(*args, **kw): ...",
]


@pytest.mark.parametrize("source", MADE)
def test_classes_that_something_else_makes(source: str) -> None:
    """Named tuples, enumerations, protocols and classes written in C have the signature of this interpreter."""
    module = twice(HEAD + source)
    assert module is not None

    expected = real(module.X)

    assert expected is None or static(module.__name__, "X") == expected


def test_typed_dictionary_takes_its_keys_by_name() -> None:
    """`inspect` has no signature for it; as for type checkers, optional keys have a default."""
    source = (
        "class Y(typing.TypedDict):\n    a: int\nclass X(Y, total=False):\n    b: str\n    c: typing.Required[int]\n"
    )
    module = twice(HEAD + source)
    assert module is not None

    assert static(module.__name__, "X") == [
        ("a", "keyword-only", False),
        ("b", "keyword-only", True),
        ("c", "keyword-only", False),
    ]


ATTRS = "import attr, attrs, msgspec\nfrom attrs import define, field, Factory\n"
FIELDS = {
    "names without underscore, factories": (
        "@define\nclass X:\n    _x: int\n    y: list = field(factory=list)\n    z: int = field(default=Factory(int))",
        "x y=NOTHING z=NOTHING",
    ),
    "one declared again moves to the end": (
        "@define\nclass Y:\n    x: int\n    y: int = 1\n@define\nclass X(Y):\n    w: int = 3\n    x: int = 4",
        "y=1 w=3 x=4",
    ),
    "field functions alone": (
        "@attr.s\nclass X:\n    a = attr.ib()\n    b: int = attr.ib(1)\n    c: int = 2\n    d = attr.ib(kw_only=True)",
        "a b=1 *d",
    ),
    "one is not annotated, so none by annotation": (
        (
            "@define\nclass X:\n    a = field()\n    b: int = 1\n    e = field(default=3, alias='q')\n"
            "    @a.default\n    def _a(self): return 1"
        ),
        "a=NOTHING q=3",
    ),
    "by keyword, its own only": (
        "@define\nclass Y:\n    a: int\n@define(kw_only=True)\nclass X(Y):\n    k: int",
        "a *k",
    ),
    "the older dataclass": ("@attr.dataclass\nclass X:\n    x: int\n    y: int = 2", "x y=2"),
    "annotations on demand": (
        (
            "@attr.s\nclass Y:\n    a = attr.ib()\n    b = attr.ib(1)\n    d = attr.ib(kw_only=True)\n"
            "@attr.s(auto_attribs=True)\nclass X(Y):\n    x: int = 3\n    b = 2"
        ),
        "a b=1 x=3 *d",
    ),
    "a base that makes": (
        (
            "class Y(msgspec.Struct):\n    a: int\n    b: str = 'x'\nclass X(Y, kw_only=True):\n    c: int\n"
            "    d: list = msgspec.field(default_factory=list)"
        ),
        "a b='x' *c *d=<factory>",
    ),
    "no constructor": ("@attrs.frozen(init=False)\nclass X:\n    x: int", ""),
    "partial": ("import functools\nd = functools.partial(define, kw_only=True)\n@d\nclass X:\n    x: int", "*x"),
}


@pytest.mark.parametrize(("source", "expected"), FIELDS.values(), ids=FIELDS.keys())
def test_classes_made_from_their_fields(source: str, expected: str, world_of: WorldOf) -> None:
    """Like attrs 26.1 and msgspec 0.22, even without their sources."""
    assert signature(world_of({"m.py": ATTRS + source})) == expected


TRANSFORMS = {
    "a decorator": (
        (
            "def describe(*, default=None, init=True): ...\n"
            "@dataclass_transform(field_specifiers=(describe,), kw_only_default=True)\ndef model(cls): ...\n"
            "@model\nclass X:\n    a: int\n    b: int = describe(default=2)\n    c: int = describe(init=False)"
        ),
        "*a *b=2",
    ),
    "a base class": (
        (
            "@dataclass_transform()\nclass Model:\n    def __init_subclass__(cls, **more): ...\n"
            "class Y(Model):\n    a: int\nclass X(Y, kw_only=True):\n    b: int = 1"
        ),
        "a *b=1",
    ),
    "a metaclass": (
        (
            "@dataclass_transform()\nclass Meta(type): ...\nclass Model(metaclass=Meta): ...\n"
            "class X(Model):\n    a: int\n    b: int = 1"
        ),
        "a b=1",
    ),
    "its own constructor counts": (
        "@dataclass_transform()\ndef model(cls): ...\n@model\nclass X:\n    a: int\n    def __init__(self, z): ...",
        "z",
    ),
}


@pytest.mark.parametrize(("source", "expected"), TRANSFORMS.values(), ids=TRANSFORMS.keys())
def test_decorators_that_declare_themselves_dataclass_transforms(source: str, expected: str, world_of: WorldOf) -> None:
    """A decorator marked with `dataclass_transform` (PEP 681) creates constructors from fields."""
    assert signature(world_of({"m.py": f"from typing import dataclass_transform\n{source}"})) == expected


def signature(world: World) -> str:
    """Return the parameters of a call of `p.m.X`, keyword-only parameters starred."""
    owner = world.member("p.m", "X")
    assert isinstance(owner, Class)
    found = Readers(world, evaluates=True).constructors.called(owner)
    shown = found.signature.parameters if found else ()
    star = {"keyword-only": "*"}
    return " ".join(f"{star.get(p.kind, '')}{p.name}{f'={p.default}' if p.default else ''}" for p in shown)
