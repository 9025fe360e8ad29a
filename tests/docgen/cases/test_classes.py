"""Contents of classes of all kinds: fields, members, properties, bases."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docgen.cases.running import Case, missing, pages_of

CASES = (
    Case(
        "cached properties, descriptors and property()",
        '''
        """P."""
        from functools import cached_property
        class Typed:
            """typeddoc."""
            def __get__(self, obj, owner=None) -> int: ...
            def __set__(self, obj, value: int) -> None: ...
        class A:
            """adoc."""
            @cached_property
            def size(self) -> int:
                """sizedoc."""
            width = Typed()
            """widthdoc."""
            def _get(self) -> int:
                """getterdoc."""
            made = property(_get)
            @property
            def ro(self) -> str:
                """rodoc.

                More moredoc.
                """
            @ro.deleter
            def ro(self) -> None: ...
        ''',
        ("cached", "writable", "made"),
    ),
    Case(
        "a docstring of a setter",
        '''
        """P."""
        class A:
            """adoc."""
            @property
            def size(self) -> int:
                """sizedoc."""
            @size.setter
            def size(self, value: int) -> None:
                """Set it setterdoc."""
        ''',
        ("writable",),
    ),
    Case(
        "comments above and beside attributes",
        '''
        """P."""
        #: The limit limitdoc
        #: on two lines linesdoc.
        LIMIT = 3
        SIZE = 4  #: sizedoc
        class A:
            """adoc."""
            #: abovedoc
            above: int = 1
            beside: str = "x"  #: besidedoc
            def __init__(self) -> None:
                #: innerdoc
                self.inner = 1
                self.side = 2  #: sidedoc
        ''',
    ),
    Case(
        "attrs",
        '''
        """P."""
        import attr
        import attrs
        from attrs import define, field, frozen, validators
        @define(kw_only=True, slots=True)
        class A:
            """adoc."""
            x: int
            """xdoc."""
            y: list[str] = field(factory=list, metadata={"a": 1})
            _secret: int = field(default=3, alias="secret")
            z: int = field(init=False, default=0)
            w: str = field(default="q", validator=validators.instance_of(str), converter=str)
        @attr.s(auto_attribs=True)
        class B:
            """bdoc."""
            a: int
            b: str = "x"
        @attr.s
        class C:
            """cdoc."""
            p = attr.ib()
            q = attr.ib(default=2)
        @frozen
        class D:
            """ddoc."""
            v: int = 1
        ''',
        (
            "A(*, x: int, y: list[str] = <factory>, secret: int = 3, w",
            "B(a: int, b: str = 'x')",
            "C(p, q=2)",
            "D(v: int = 1)",
        ),
    ),
    Case(
        "pydantic",
        '''
        """P."""
        from typing import Annotated, ClassVar
        from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, computed_field, field_validator
        class Item(BaseModel):
            """itemdoc."""
            model_config = ConfigDict(frozen=True)
            kind: ClassVar[str] = "item"
            name: str = Field(description="namedoc.", min_length=1)
            price: Annotated[float, Field(gt=0, description="pricedoc.")] = 1.0
            tags: list[str] = Field(default_factory=list)
            """tagsdoc."""
            size: int = Field(3, alias="theSize")
            _cache: dict = PrivateAttr(default_factory=dict)
            @computed_field
            @property
            def total(self) -> float:
                """totaldoc."""
            @field_validator("name")
            @classmethod
            def check_name(cls, v: str) -> str:
                """checkdoc."""
        ''',
        ("Item(*, name: str, price: float = 1.0, tags: list[str] = <factory>, theSize: int = 3", "total"),
        ("_cache",),
    ),
    Case(
        "msgspec",
        '''
        """P."""
        import msgspec
        class Point(msgspec.Struct, frozen=True, kw_only=True):
            """pointdoc."""
            x: int
            """xdoc."""
            y: list[int] = msgspec.field(default_factory=list)
            z: int = 3
        ''',
        ("Point(*, x: int, y: list[int] = <factory>, z: int = 3)",),
    ),
    Case(
        "named tuples",
        '''
        """P."""
        from collections import namedtuple
        from typing import NamedTuple
        class Point(NamedTuple):
            """pointdoc."""
            x: int
            """xdoc."""
            y: int = 0
            def norm(self) -> float:
                """normdoc."""
        Pair = namedtuple("Pair", ["left", "right"], defaults=[None])
        """pairdoc."""
        Row = NamedTuple("Row", [("id", int), ("name", str)])
        """rowdoc."""
        ''',
        ("Point(x: int, y: int = 0)", "Pair(left, right=None)", "Row(id: int, name: str)"),
    ),
    Case(
        "protocol with properties, generic exceptions and groups",
        '''
        """P."""
        from typing import Generic, Protocol, TypeVar, runtime_checkable
        T = TypeVar("T")
        @runtime_checkable
        class Sized(Protocol):
            """sizeddoc."""
            name: str
            """namedoc."""
            @property
            def size(self) -> int:
                """sizedoc."""
            def grow(self, by: int) -> None:
                """growdoc."""
        class Bad(Exception, Generic[T]):
            """baddoc."""
            value: T
        class Many(ExceptionGroup[ValueError]):
            """manydoc."""
            def derive(self, excs):
                """derivedoc."""
        ''',
        ("*protocol*", "*exception*", "Generic[", "ExceptionGroup"),
    ),
    Case(
        "docstrings of class and constructor both describe arguments",
        '''
        """P."""
        class A:
            """adoc.

            Args:
                x: classxdoc.
            """
            def __init__(self, x: int, y: int = 1) -> None:
                """Make makedoc.

                Args:
                    x: initxdoc.
                    y: initydoc.

                Raises:
                    ValueError: raisedoc.
                """
        class B(A):
            """bdoc."""
        class C(A):
            """cdoc."""
            def __init__(self, x, y=1, z=2):
                super().__init__(x, y)
        ''',
        ("B(x: int, y: int = 1)", "C(x, y=1, z=2)"),
    ),
    Case(
        "members of a documented base",
        '''
        """P."""
        class Base:
            """basedoc."""
            limit: int = 1
            """limitdoc."""
            def run(self) -> None:
                """rundoc."""
            @property
            def size(self) -> int:
                """sizedoc."""
        class Child(Base):
            limit = 2
            def run(self) -> None: ...
            @property
            def size(self) -> int: ...
        class _Hidden:
            """hiddendoc."""
        class Seen(_Hidden):
            pass
        ''',
        ("inherited from",),
    ),
    Case(
        "enumerations of all kinds",
        '''
        """P."""
        from enum import Enum, Flag, IntEnum, IntFlag, StrEnum, auto, unique
        @unique
        class Color(Enum):
            """colordoc."""
            RED = auto()
            GREEN = auto()
            LIME = GREEN
            @property
            def hex(self) -> str:
                """hexdoc."""
            @classmethod
            def parse(cls, text: str) -> "Color":
                """parsedoc."""
        class Perm(IntFlag):
            """permdoc."""
            R = auto()
            W = auto()
            RW = R | W
        class Name(StrEnum):
            """named namedoc."""
            FIRST_ONE = auto()
        class Planet(Enum):
            """planetdoc."""
            EARTH = (5.97, 6.37)
            def __init__(self, mass: float, radius: float) -> None:
                self.mass = mass
        class Http(IntEnum):
            """httpdoc."""
            OK = 200, "okdoc"
            def __new__(cls, value, phrase=""):
                obj = int.__new__(cls, value)
                obj._value_ = value
                return obj
        Level = Enum("Level", "LOW HIGH")
        """leveldoc."""
        ''',
        (
            "`RED` | `1`",
            "`GREEN` | `2`",
            "alias of",
            "`W` | `2`",
            "`FIRST_ONE` | `'first_one'`",
            "(5.97, 6.37)",
            "`LOW` | `1`",
            "`HIGH` | `2`",
        ),
        ("auto()",),
    ),
    Case(
        "typed dictionaries with inheritance, read-only keys and extra items",
        '''
        """P."""
        from typing import TypedDict
        from typing_extensions import NotRequired, ReadOnly, Required
        class Base(TypedDict):
            """basedoc."""
            id: ReadOnly[int]
            """iddoc."""
        class Child(Base, total=False):
            """childdoc.

            Attributes:
                name: namedoc.
            """
            name: str
            must: Required[int]
        Loose = TypedDict("Loose", {"a-b": NotRequired[int]}, total=False)
        """loosedoc."""
        ''',
        ("a-b", "| yes |", "| no |", "*Read-only*"),
    ),
    Case(
        "dataclasses with options, inheritance and what runs after",
        '''
        """P."""
        from dataclasses import InitVar, dataclass, field
        from typing import ClassVar, Final
        @dataclass(slots=True, order=True, frozen=True)
        class A:
            """adoc.

            Args:
                x: xdoc.
                y: ydoc.
            """
            x: int
            y: float = field(default=1.0, repr=False)
            count: ClassVar[int] = 0
            NAME: Final = "n"
            scale: InitVar[float | None] = None
            def __post_init__(self, scale: float | None) -> None:
                """postdoc."""
        @dataclass(kw_only=True)
        class B(A):
            """bdoc."""
            z: str = "z"
        ''',
        ("A(x: int, y: float = 1.0,", "B(\n    x: int,\n    y: float = 1.0,", "z: str = 'z'"),
    ),
    Case(
        "metaclass, __new__, slots, class_getitem and init_subclass",
        '''
        """P."""
        class Meta(type):
            """metadoc."""
            def __call__(cls, *args, **kwargs):
                """calldoc."""
                return super().__call__(*args, **kwargs)
        class A(metaclass=Meta):
            """adoc."""
            __slots__ = ("x", "y")
            x: int
            """xdoc."""
            def __init__(self, x: int, y: int = 2) -> None:
                self.x = x
        class B:
            """bdoc."""
            def __new__(cls, value: int, *, strict: bool = False) -> "B":
                """newdoc."""
            def __class_getitem__(cls, item):
                """itemdoc."""
            def __init_subclass__(cls, /, tag: str = "", **kwargs: object) -> None:
                """subdoc."""
        class C:
            """cdoc."""
            __slots__ = {"p": "pslotdoc.", "q": "qslotdoc."}
        ''',
        ("B(value: int, *, strict: bool = False)", "`y`"),
    ),
    Case(
        "a class decorator that adds members, and total_ordering",
        '''
        """P."""
        from functools import total_ordering
        def plugin(cls):
            """plugindoc."""
            cls.enabled = True
            return cls
        @plugin
        @total_ordering
        class A:
            """adoc."""
            def __lt__(self, other: "A") -> bool:
                """lessdoc."""
            def go(self) -> None:
                """godoc."""
        ''',
    ),
    Case(
        "attributes of Sphinx fields, Final and ClassVar",
        '''
        """P."""
        from typing import ClassVar, Final
        MAX: Final = 10
        """maxdoc."""
        NAME: Final[str] = "x"
        class A:
            """adoc.

            :var size: sizedoc.
            :ivar int width: widthdoc.
            """
            limit: ClassVar[int] = 1
            """limitdoc."""
            def __init__(self, size):
                self.size = size
                self.width: int = 3
        ''',
        ("`10`", "ClassVar[int]"),
    ),
    Case(
        "nested classes, type aliases in classes and inner enumerations",
        '''
        """P."""
        import enum
        class Outer:
            """outerdoc."""
            class Kind(enum.Enum):
                """kinddoc."""
                ONE = 1
                """onedoc."""
            class Deep:
                """deepdoc."""
                class Deeper:
                    """deeperdoc."""
                    def go(self, kind: "Outer.Kind") -> None:
                        """godoc."""
        ''',
        ("def go(kind: Outer.Kind) -> None",),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_class_is_described_whole(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Constructors, members and values are on the page, and every marked word of the docstrings."""
    pages, _ = pages_of(case, tmp_path, monkeypatch)
    assert not missing(case, pages), pages
