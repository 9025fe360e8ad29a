"""Classes: order, members and constructors agree with this interpreter on the same source."""

from __future__ import annotations

import inspect
import types

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from docgen.runtime import spell
from docgen.runtime.enums import members_of
from docgen.runtime.readers import Readers
from docgen.runtime.signatures import FormalParameter
from docgen.runtime.values import Class, Function, Opaque, unknown_part
from tests.docgen.runtime.lab import twice, world

LETTERS = "ABCDEFG"
HEAD = "import dataclasses, enum, typing\nfrom dataclasses import dataclass, field, KW_ONLY, InitVar\n"


def run_for_real(source: str) -> types.ModuleType:
    """Return the module that the source defines; if Python refuses it, the example is discarded."""
    module = twice(source)
    assume(module is not None)
    assert module is not None
    return module


def static_class(module: types.ModuleType, name: str) -> Class:
    """Return the static value of a class of the module."""
    found = world().member(module.__name__, name)
    assert isinstance(found, Class)
    return found


def readers() -> Readers:
    """Return the readers of signatures and constructors in the world of the tests."""
    return Readers(world(), evaluates=True)


@st.composite
def hierarchies(draw: st.DrawFn) -> str:
    """Draw classes whose bases are earlier classes, builtins or generics."""
    lines = [HEAD, "T = typing.TypeVar('T')"]
    for index, name in enumerate(LETTERS):
        known = [*LETTERS[:index], "dict", "Exception", "typing.Generic[T]", "typing.Protocol", "typing.List[int]"]
        bases = draw(st.lists(st.sampled_from(known), max_size=3, unique=True), label=f"bases of {name}")
        lines.append(f"class {name}({', '.join(bases)}): ...")
    return "\n".join(lines)


@given(source=hierarchies())
@example(HEAD + "class A: ...\nclass B(A): ...\nclass C(A): ...\nclass D(B, C): ...")
def test_order_is_that_of_the_interpreter(source: str) -> None:
    """The method resolution order of every class is `__mro__`."""
    module = run_for_real(source)

    for name in set(LETTERS) & set(vars(module)):
        expected = [
            f"{each.__module__}.{each.__qualname__}".removeprefix("builtins.") for each in vars(module)[name].__mro__
        ]
        found = [spell.class_path(each) for each in world().classes.mro(static_class(module, name))]
        assert found == expected, f"{source}\n{name}: found {found}, expected {expected}"


DEFAULTS = (
    "",
    " = 1",
    " = None",
    " = 'x'",
    " = (1, 'b')",
    " = 2 * 1024",
    " = field(default=2)",
    " = field(init=False, default=3)",
    " = field(default_factory=list)",
    " = field(kw_only=True)",
    " = field(kw_only=True, default=4)",
)
TYPES = ("int", "str", "typing.Optional[int]", "InitVar[int]", "typing.ClassVar[int]", "list[int]", "'int'")


@st.composite
def dataclasses_of_dataclasses(draw: st.DrawFn) -> str:
    """Draw dataclasses that inherit from each other, fields of all kinds among them."""
    lines = [HEAD]
    for index, name in enumerate("ABC"):
        bases = draw(st.lists(st.sampled_from("AB"[:index]), max_size=2, unique=True)) if index else []
        options = draw(st.sampled_from(("", "", "(kw_only=True)", "(init=False)", "(frozen=False)")))
        decorated = draw(st.integers(0, 5)) > 0
        lines += [f"@dataclass{options}"] if decorated else []
        lines.append(f"class {name}({', '.join(bases)}):")
        fields = draw(st.lists(st.sampled_from("pqrst"), max_size=4, unique=True))
        body = [f"    {each}: {draw(st.sampled_from(TYPES))}{draw(st.sampled_from(DEFAULTS))}" for each in fields]
        if draw(st.integers(0, 6)) == 0:
            body.insert(draw(st.integers(0, len(body))), "    _: KW_ONLY")
        if draw(st.integers(0, 6)) == 0:
            body.append("    def __init__(self, own: int = 5, *args: str, named, **more) -> None: ...")
        lines += body or ["    pass"]
    return "\n".join(lines)


def shown(parameter: FormalParameter) -> tuple[str, str, str | None, str | None]:
    """Return the compared facts of a parameter."""
    return parameter.name, parameter.kind, parameter.annotation, parameter.default


def real_parameters(owner: type) -> list[tuple[str, str, str | None, str | None]] | None:
    """Return the parameters of a constructor; None if neither Python code nor a dataclass defines it."""
    if not inspect.isfunction(owner.__init__):  # type: ignore[misc] # the class itself is asked, not an instance
        return None
    found = []
    for each in inspect.signature(owner.__init__).parameters.values():  # type: ignore[misc] # the same
        annotation = None if each.annotation is each.empty else real_annotation(each.annotation)
        default = None if each.default is each.empty else repr(each.default)
        found.append((each.name, each.kind.description, annotation, default))
    return [each for each in found if each[0] != "self"]


def real_annotation(value: object) -> str:
    """Return the text of an annotation, a class by its path."""
    if isinstance(value, str):
        return value
    return value.__qualname__ if isinstance(value, type) and not hasattr(value, "__origin__") else str(value)


@given(source=dataclasses_of_dataclasses())
@example(
    HEAD
    + "@dataclass\nclass A:\n    p: int = 1\n@dataclass\nclass B(A):\n    p: int\n    q: str = 'x'\nclass C(B): ..."
)
@example(HEAD + "@dataclass\nclass A:\n    p: int = field(default_factory=list)\n@dataclass\nclass B(A):\n    p: int")
@example(
    HEAD + "class A:\n    p: int = field(kw_only=True, default=4)\n@dataclass\nclass B(A):\n    p: int\n    q: str = ''"
)
@example(
    HEAD + "class A:\n    p: int = field(kw_only=True, default=4)\n@dataclass\nclass B(A):\n    p: int\n"
    "@dataclass\nclass C(B):\n    p: int"
)
@example(
    HEAD + "class A:\n    p: int = 1\n@dataclass\nclass B(A):\n    p: int = field(init=False)\n    q: int = 2\n"
    "@dataclass\nclass C(B):\n    p: int"
)
def test_constructor_is_that_of_the_interpreter(source: str) -> None:
    """Names, kinds, order, annotations and defaults of a constructor agree with `inspect.signature`."""
    module = run_for_real(source)

    constructors = readers().constructors
    for name in set("ABC") & set(vars(module)):
        expected = real_parameters(vars(module)[name])
        constructor = constructors.of(static_class(module, name))
        found = None if constructor is None else [shown(each) for each in constructor.signature.parameters]
        found = None if found is None else [each for each in found if each[0] != "self"]
        assert found == expected, f"{source}\n{name}: found {found}, expected {expected}"


VALUES = st.recursive(
    st.sampled_from(
        (
            *(
                "1",
                "-2",
                "None",
                "True",
                "'t'",
                "b'b'",
                "1.5",
                "...",
                "P()",
                "Q(1)",
                "Q(b=3, a='x')",
                "S.ONE",
                "F(y=2)",
            ),
            *("G(1, 2, 3)", "G(1, 2, k=4)", "Path('a/', 'b')", "Path('./c', '/d')"),
        )
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(inner, min_size=1, max_size=3).map(lambda items: f"({', '.join(items)},)"),
        st.builds("{{'k': {}}}".format, inner),
        st.builds("Q({}, {})".format, inner, inner),
        st.builds("N(1, {})".format, inner),
    ),
    max_leaves=4,
)


@given(value=VALUES)
@example("F()")
@example("[G(1, 2, 3), G(1, 2, k=4)]")
@example("[Path('a/', 'b'), Path('./c', '/d')]")
@example("2 ** 10 + 3 % 2")
@example("'a' 'b' + 'c' * 2")
@example("dataclasses.MISSING if 0 else 1")
def test_default_prints_as_its_repr(value: str) -> None:
    """A default is printed as `repr` prints the object: dataclasses, named tuples, enumerations and collections."""
    source = (
        HEAD
        + "@dataclass\nclass P: ...\n@dataclass\nclass Q:\n    a: object = None\n    b: int = 7\n"
        + "from pathlib import Path\n"
        + "@dataclass\nclass G:\n    i: int = field(init=False, default=5)\n    j: InitVar[int]\n"
        + "    l: int = field(repr=False)\n    m: int = 8\n    k: int = field(default=9, kw_only=True)\n"
        + "@dataclass\nclass F:\n    x: list = field(default_factory=list)\n    y: int = field(default=0, repr=False)\n"
        + "class S(enum.Enum):\n    ONE = 'one'\nclass N(typing.NamedTuple):\n    u: int\n    v: object = None\n"
        + f"def f(x={value}): ...\n"
    )
    module = run_for_real(source)
    expected = repr(inspect.signature(module.f).parameters["x"].default)

    function = world().member(module.__name__, "f")
    assert isinstance(function, Function)
    (parameter,) = readers().signatures.of(function).parameters

    assert parameter.default == expected


ENUMERATIONS = """
from enum import Enum, Flag, IntEnum, StrEnum, auto
from http import HTTPStatus
class Counted(Enum):
    A = auto()
    B = auto()
    ALIAS = 2
    TRUE = True
class Texts(str, Enum):
    A = 1
    B = auto()
class Numbers(float, Enum):
    A = 1
    B = "2"
class Lower(StrEnum):
    FIRST = auto()
class Bits(Flag):
    R = auto()
    W = auto()
    RW = R | W
class Marks(Enum):
    HERE = object()
    THERE = object()
    def __repr__(self):
        return "a mark"
class Labelled(Enum):
    ONE = (1, "one")
    TWO = (2, "two")
    def __new__(cls, value, label):
        made = object.__new__(cls)
        made._value_ = value
        made.label = label
        return made
"""
MEMBERS = [
    *("Counted.A", "Counted.B", "Counted.ALIAS", "Counted.TRUE", "Counted.ALIAS.name", "Counted.ALIAS.value"),
    *("Texts.A", "Texts.B", "Numbers.A", "Numbers.B", "Lower.FIRST", "Bits.W", "Bits.RW", "Labelled.TWO"),
    *("Marks.THERE", "HTTPStatus.OK", "[Counted.B, {'k': Lower.FIRST.value}]"),
]


def test_members_of_enumerations_print_as_their_reprs() -> None:
    """`auto()`, aliases, mixed-in data types and values set by `__new__` are the same as at run time."""
    parameters = ", ".join(f"p{place}={member}" for place, member in enumerate(MEMBERS))
    module = twice(f"{ENUMERATIONS}def f({parameters}): ...\n")
    assert module is not None
    expected = [repr(each.default) for each in inspect.signature(module.f).parameters.values()]

    function = world().member(module.__name__, "f")

    assert isinstance(function, Function)
    assert [each.default for each in readers().signatures.of(function).parameters] == expected


def test_members_whose_values_only_running_code_compares_are_no_aliases() -> None:
    """Two sentinels are two members; the result of a `__repr__` that computes is unknown."""
    source = "import enum\nclass E(enum.Enum):\n    A = object()\n    B = object()\n"
    module = twice(f"{source}    def __repr__(self):\n        return self.name\ndef f(x=E.B): ...\n")
    assert module is not None

    owner, function = (world().member(module.__name__, name) for name in "Ef")

    assert isinstance(owner, Class)
    assert [(each.name, each.alias_of) for each in members_of(world(), owner)] == [("A", ""), ("B", "")]
    assert isinstance(function, Function)
    (parameter,) = readers().signatures.of(function).parameters
    assert parameter.default == "E.B"


@pytest.mark.parametrize(
    "body",
    [
        "made._value_ = value * 2",
        "value = str(value)\n        made._value_ = value",
        "if value:\n            made._value_ = value\n        else:\n            made._value_ = 0",
    ],
)
def test_a_value_that_new_computes_is_unknown(body: str) -> None:
    """The written value of the member is then not its value."""
    module = twice(
        f"import enum\nclass E(enum.Enum):\n    ONE = 1\n    def __new__(cls, value):\n"
        f"        made = object.__new__(cls)\n        {body}\n        return made\ndef f(x=E.ONE): ...\n"
    )
    assert module is not None

    found = world().member(module.__name__, "E")

    assert found is not None
    member = world().attribute(found, "ONE")
    assert member is not None
    assert unknown_part(member) == Opaque(text="E.ONE")
    function = world().member(module.__name__, "f")
    assert isinstance(function, Function)
    (parameter,) = readers().signatures.of(function).parameters
    assert parameter.default == "E.ONE"
