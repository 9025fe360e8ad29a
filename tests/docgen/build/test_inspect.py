"""The model agrees with `inspect` on the imported package: names, signatures, lines, values."""

from __future__ import annotations

import enum
import importlib
import inspect
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from docgen.build.build import Built, build
from docgen.model import Class, Function, Module, Receiver
from tests.docgen.build.conftest import inputs_of

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of reading names that a package deprecates

PACKAGES = ("click", "packaging", "requests", "pluggy", "iniconfig")
"""Installed with the tools that the tests run on, small, and imported without effects."""

Pair = tuple[str, Class | Function, object]
"""Path, symbol of the model, the object that importing gives."""

Shape = list[tuple[str, str, bool]]
"""Name, kind and presence of a default of each parameter."""

KINDS = '''
import abc, dataclasses, enum, functools, typing
from contextlib import contextmanager

Number = typing.TypeVar("Number", int, float)

def plain(a, /, b: int = 1, *args: str, c, d=None, **kwargs): ...

def twice(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        return function(*args, **kwargs)
    return inner

@twice
@twice
def decorated(a: int, *, b="x"):
    """Decorated twice."""

async def coroutine(a): ...

def generator():
    yield 1

async def ticks():
    yield 1

class Maker:
    def make(self, a, b=1): ...

    @classmethod
    def of(cls, a, b=2): ...

    @staticmethod
    def plain(a, b=3): ...

MAKER = Maker()
bound = MAKER.make
unbound = Maker.make
of_class = Maker.of
of_object = MAKER.of
static = Maker.plain
static_of_object = MAKER.plain

class Color(enum.Enum):
    RED = enum.auto()
    GREEN = 7
    BLUE = enum.auto()
    CRIMSON = RED

class Flags(enum.Flag):
    A = enum.auto()
    B = enum.auto()
    C = enum.auto()
    AB = A | B

class Word(enum.StrEnum):
    LEFT = enum.auto()
    RIGHT = "r"

@dataclasses.dataclass(order=True)
class Point:
    x: int
    y: int = 0
    names: list = dataclasses.field(default_factory=list, kw_only=True)
    area: int = dataclasses.field(init=False, default=2)

class Base(abc.ABC, typing.Generic[Number]):
    limit: typing.ClassVar[int] = 3
    def __init__(self, a: Number, *, b=2): ...
    @abc.abstractmethod
    def run(self): ...
    @property
    @abc.abstractmethod
    def size(self): ...
    @classmethod
    def make(cls, n=1): ...
    @staticmethod
    def parse(text): ...
    def __len__(self):
        return 1
    class Inner:
        def go(self, step): ...

class Child(Base[int]):
    def run(self): ...
    size = 3
    again = run
    def __eq__(self, other): ...

class Named(typing.NamedTuple):
    left: int
    right: str = "r"

class Keys(typing.TypedDict, total=False):
    one: int
'''
"""A module with a symbol of each kind."""


def pairs(built: Built) -> Iterator[Pair]:
    """Yield every class and function of a reference, including methods and nested classes, with the imported object."""
    for module in built.reference.modules:
        real = importlib.import_module(module.name)
        symbols: list[Class | Function] = [*module.classes, *module.functions]
        for each in symbols:
            if hasattr(real, each.name) or not each.condition:  # what is for another platform is not there
                yield from _with_members(f"{module.name}.{each.name}", each, getattr(real, each.name))


def _with_members(path: str, symbol: Class | Function, real: object) -> Iterator[Pair]:
    yield path, symbol, real
    if isinstance(symbol, Class):
        inner: list[Class | Function] = [*symbol.methods, *symbol.classes]
        for each in inner:
            if each.name in vars(real):
                yield from _with_members(f"{path}.{each.name}", each, getattr(real, each.name))


def shape(real: object) -> Shape | None:
    """Return the parameters according to `inspect`, None if it has none."""
    try:
        found = inspect.signature(real).parameters.values()  # type: ignore[arg-type] # refused by an error
    except (TypeError, ValueError):
        return None
    return [(each.name, each.kind.description, each.default is not each.empty) for each in found]


def modelled(symbol: Class | Function) -> Shape | None:
    """Return the parameters according to the model, None if they are unknown."""
    function = symbol.constructor if isinstance(symbol, Class) else symbol
    if not isinstance(function, Function) or not isinstance(function.signature.parameters, tuple):
        return None
    given = (each for each in function.signature.parameters if not each.is_from_keywords)
    return [(each.name, each.kind.value, each.default is not None) for each in given]


def without_receiver(symbol: Class | Function, real: Shape | None) -> Shape | None:
    """Return the parameters of a function that was read from its class, without the receiver."""
    is_unbound = isinstance(symbol, Function) and symbol.receiver is Receiver.INSTANCE and symbol.receiver_name
    return real[1:] if real and is_unbound else real


def first_line(real: object) -> int | None:
    """Return the line at which `inspect` finds the source of an object, None if it has none."""
    try:
        return inspect.getsourcelines(real)[1]  # type: ignore[arg-type] # refused by an error
    except (OSError, TypeError):
        return None


@pytest.fixture(scope="module", params=["kinds", *PACKAGES])
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """Build an installed package, or the module of all kinds, and make it importable."""
    installed = Path(sysconfig.get_path("purelib"))
    if request.param != "kinds":
        yield build(inputs_of(installed, request.param, installed))
        return
    folder = tmp_path_factory.mktemp("kinds")
    (folder / "allkinds.py").write_text(KINDS, encoding="utf-8")
    sys.path.insert(0, str(folder))
    yield build(inputs_of(folder, "allkinds"))
    sys.path.remove(str(folder))
    sys.modules.pop("allkinds", None)


def offered(module: Module) -> set[str]:
    """Return the names that a module offers in the model."""
    found: set[str] = set()
    for each in (module.classes, module.functions, module.variables, module.aliases):
        found.update(symbol.name for symbol in each)
    return found


def test_no_public_name_is_missing(built: Built) -> None:
    """Names that a module lists, or defines without listing names, are in the model."""
    modules = {module.name for module in built.reference.modules}
    for module in built.reference.modules:
        real = importlib.import_module(module.name)
        made = {
            name
            for name, value in vars(real).items()
            if not name.startswith("_") and getattr(value, "__module__", "") == module.name
        }
        expected = set(getattr(real, "__all__", made))

        assert {name for name in expected - offered(module) if f"{module.name}.{name}" not in modules} <= CONDITIONAL


CONDITIONAL = {"SOCKSProxyManager"}
"""Names that a package makes only where an optional dependency is missing; docgen reads it as installed."""


def test_signatures_are_those_of_inspect(built: Built) -> None:
    """Names, kinds and presence of defaults agree for all but one of two hundred."""
    found = [(path, modelled(each), without_receiver(each, shape(real))) for path, each, real in pairs(built)]
    known = [each for each in found if each[1] is not None and each[2] is not None]

    wrong = [each for each in known if each[1] != each[2]]

    assert len(known) >= 10
    assert len(wrong) <= len(known) * 0.005, wrong


def test_lines_are_those_of_inspect(built: Built) -> None:
    """The first line, including decorators; `inspect` itself may name another of several definitions of a class."""
    found = [(path, symbol.location, first_line(real)) for path, symbol, real in pairs(built)]

    wrong = [each for each in found if each[2] is not None and (each[1] is None or each[1].line != each[2])]

    assert len(wrong) <= len(found) * 0.012, wrong


def test_members_of_enumerations_have_their_values(built: Built) -> None:
    """Including `auto()`, aliases of values and unions of flags, in the order written."""
    for _, symbol, real in pairs(built):
        if isinstance(symbol, Class) and isinstance(real, enum.EnumMeta):
            members = [each for each in symbol.attributes if each.origin == "member"]
            texts = {each.name: getattr(each.value, "text", "") for each in members}

            assert texts == {name: repr(real.__members__[name].value) for name in real.__members__}
            assert [each.name for each in members] == list(real.__members__)


def test_kinds_of_functions_are_those_of_inspect(built: Built) -> None:
    """Coroutines, generators and asynchronous generators."""
    for path, symbol, real in pairs(built):
        if isinstance(symbol, Function) and not symbol.is_context_manager:
            is_generator = inspect.isgeneratorfunction(real) or inspect.isasyncgenfunction(real)

            assert bool(symbol.is_generator) == is_generator, path
            assert bool(symbol.is_async) == (inspect.iscoroutinefunction(real) or inspect.isasyncgenfunction(real)), (
                path
            )


def test_classes_are_as_hashable_and_abstract_as_they_are(built: Built) -> None:
    """`__hash__` and `__abstractmethods__` agree."""
    for path, symbol, real in pairs(built):
        if isinstance(symbol, Class) and isinstance(real, type):
            assert bool(symbol.is_hashable) == (real.__hash__ is not None), path
            assert symbol.abstract_members == tuple(sorted(getattr(real, "__abstractmethods__", ()))), path


def test_docstrings_are_those_of_getdoc(built: Built) -> None:
    """Own and inherited ones, except for special methods and those that other packages rewrite at run time."""
    for path, symbol, real in pairs(built):
        expected = inspect.getdoc(real) or ""
        if isinstance(symbol, Function) and expected and not symbol.condition and not symbol.name.startswith("__"):
            assert symbol.docstring is not None, path
            owner = symbol.docstring.inherited_from or symbol.path
            is_own = owner.partition(".")[0] == built.reference.distribution
            assert inspect.cleandoc(symbol.docstring.raw) == expected or not is_own, path
