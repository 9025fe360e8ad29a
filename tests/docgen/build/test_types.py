"""The type that an annotation denotes, in any spelling."""

from __future__ import annotations

import pytest

from docgen.model import UNKNOWN, Annotation, Type, TypeKind, Unknown, VariableKind
from tests.docgen.build.conftest import BuiltOf, ModuleOf

HEAD = """
from __future__ import annotations
import collections.abc, dataclasses, typing, missing
from collections.abc import Callable, Sequence
from typing import *
from typing_extensions import Doc, ReadOnly
T = TypeVar("T", bound=int)
N = TypeVar("N", int, str)
P = ParamSpec("P")
UserId = NewType("UserId", int)
Names = list[str]
Tree = Union[int, "list[Tree]"]
class Shape:
    class Side: ...
"""

SAME = [
    ("list[int]", "List[int]"),
    ("list[int]", "typing.List[int]"),
    ("list[int]", "'list[int]'"),
    ("list[int]", "list['int']"),
    ("int | None", "Optional[int]"),
    ("int | None", "Union[int, None]"),
    ("int | str | None", "Union[int, Optional[str]]"),
    ("int | str", "Union[int, Union[str, int]]"),
    ("int", "Union[int]"),
    ("Callable[[int], str]", "typing.Callable[[int], str]"),
    ("Callable[[int], str]", "collections.abc.Callable[[int], str]"),
    ("Sequence[int]", "typing.Sequence[int]"),
    ("type[Shape]", "Type[Shape]"),
    ("Shape", "'Shape'"),
    ("Shape.Side", "'Shape.Side'"),
    ("Names", "list[str]"),
    ("Annotated[int, 1]", "int"),
    ("Final[int]", "int"),
    ("ClassVar[Annotated[int, 1]]", "int"),
    ("dataclasses.InitVar[int]", "int"),
]
"""Pairs of annotations of one type."""

DIFFERENT = [
    ("list[int]", "list[str]"),
    ("UserId", "int"),
    ("Literal[1]", "Literal['1']"),
    ("Literal[True]", "Literal[1]"),
    ("tuple[int, ...]", "tuple[int]"),
    ("Callable[..., int]", "Callable[[], int]"),
    ("T", "N"),
    ("int | str", "str | int"),
]
"""Pairs of annotations of two types; the order of a union is the one written."""


def name(path: str, *args: Type) -> Type:
    """Return a named type."""
    return Type(kind=TypeKind.NAME, name=path, args=args)


def union(*args: Type) -> Type:
    """Return a union in the given order."""
    return Type(kind=TypeKind.UNION, args=args)


INT, STR = name("int"), name("str")

DENOTES = [
    ("int", INT),
    ("None", name("None")),
    ("Any", name("typing.Any")),
    ("Self", name("typing.Self")),
    ("Shape.Side", name("p.Shape.Side")),
    ("UserId", name("p.UserId")),
    ("missing.Thing", name("missing.Thing")),
    ("missing.Thing[int]", name("missing.Thing", INT)),
    (
        "Literal[1, 'a']",
        Type(kind=TypeKind.LITERAL, args=tuple(Type(kind=TypeKind.VALUE, name=n) for n in ("1", "'a'"))),
    ),
    ("T", Type(kind=TypeKind.VARIABLE, name="T", args=(INT,))),
    ("N", Type(kind=TypeKind.VARIABLE, name="N", args=(INT, STR))),
    (
        "Callable[[int], str]",
        Type(kind=TypeKind.CALLABLE, args=(Type(kind=TypeKind.PARAMETERS, args=(INT,)), STR)),
    ),
    ("Callable[..., str]", Type(kind=TypeKind.CALLABLE, args=(Type(kind=TypeKind.ELLIPSIS), STR))),
    ("Callable[P, str]", Type(kind=TypeKind.CALLABLE, args=(Type(kind=TypeKind.VARIABLE, name="P"), STR))),
    ("'Nowhere'", Type(kind=TypeKind.FORWARD, name="Nowhere")),
    ("Tree", union(INT, name("list", union(INT, Type(kind=TypeKind.FORWARD, name="list[Tree]"))))),
    ("compute()", UNKNOWN),
    ("Final", UNKNOWN),
]
"""Annotation -> the type that it denotes."""


def annotated(module_of: ModuleOf, *annotations: str) -> list[Annotation]:
    """Return the model of annotations."""
    given = ", ".join(f"a{number}: {text}" for number, text in enumerate(annotations))
    parameters = module_of(f"{HEAD}def f({given}): ...\n").functions[0].signature.parameters
    assert not isinstance(parameters, Unknown)
    return [each.annotation for each in parameters if isinstance(each.annotation, Annotation)]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spelling_makes_no_difference(one: str, other: str, module_of: ModuleOf) -> None:
    """Aliases, quotes, `Optional`, nested unions and qualifiers do not change the type."""
    first, second = annotated(module_of, one, other)

    assert first.type == second.type
    assert first.type is not UNKNOWN


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_types_differ(one: str, other: str, module_of: ModuleOf) -> None:
    """Types that a type checker distinguishes are distinguished."""
    first, second = annotated(module_of, one, other)

    assert first.type != second.type


@pytest.mark.parametrize(("annotation", "type_"), DENOTES)
def test_what_an_annotation_denotes(annotation: str, type_: Type | Unknown, module_of: ModuleOf) -> None:
    """Names are paths of definitions, builtins bare; anything else is unknown."""
    (found,) = annotated(module_of, annotation)

    assert found.type == type_


@pytest.mark.parametrize(
    ("annotation", "qualifiers", "metadata", "doc"),
    [
        ("ClassVar[Final[int]]", ("ClassVar", "Final"), (), ""),
        ("ReadOnly[Required[int]]", ("ReadOnly", "Required"), (), ""),
        ("Annotated[int, Doc('How many.'), 3]", (), ("Doc('How many.')", "3"), "How many."),
        ("Required[Annotated[int, 'x']]", ("Required",), ("'x'",), ""),
    ],
)
def test_what_is_said_beside_the_type(
    annotation: str, qualifiers: tuple[str, ...], metadata: tuple[str, ...], doc: str, module_of: ModuleOf
) -> None:
    """Qualifiers, outermost first, the arguments of `Annotated`, and the text of `Doc` (PEP 727)."""
    (found,) = annotated(module_of, annotation)

    assert (found.qualifiers, found.metadata, found.doc) == (qualifiers, metadata, doc)


def test_links_lead_to_definitions(built_of: BuiltOf) -> None:
    """A name is linked to the definition of its symbol, through imports, aliases of modules and quotes."""
    built = built_of(
        {
            "_impl.py": "class Deep: ...\nPath = str | bytes\n",
            "mid.py": "from p._impl import Deep as Public, Path\n",
            "__init__.py": "from p import mid as m\nfrom p.mid import Path\nimport pathlib\n"
            "def f(a: 'm.Public', b: list[Path], c: pathlib.Path, d: int): ...\n",
        }
    )
    parameters = next(each for each in built.reference.modules if each.name == "p").functions[0].signature.parameters
    assert not isinstance(parameters, Unknown)

    links = [each.annotation.links for each in parameters if isinstance(each.annotation, Annotation)]

    assert links == [
        (("m.Public", "p._impl.Deep"),),
        (("Path", "p._impl.Path"),),
        (("pathlib.Path", "pathlib.Path"),),
        (),
    ]


def test_evaluated_text_is_that_of_the_interpreter(module_of: ModuleOf) -> None:
    """If `str()` of the object differs from the written text, the model has both."""
    module = module_of("import typing as t\nclass C: ...\ndef f(a: t.Optional[C], b: 'C', c: int): ...\n")
    parameters = module.functions[0].signature.parameters
    assert not isinstance(parameters, Unknown)

    texts = [(a.written, a.evaluated) for each in parameters if isinstance(a := each.annotation, Annotation)]

    assert texts == [("t.Optional[C]", "typing.Optional[p.C]"), ("'C'", "C"), ("int", "")]


def test_aliases_say_what_they_stand_for(module_of: ModuleOf) -> None:
    """Aliases of all kinds, including quoted ones; for a new type, its base."""
    module = module_of(
        "from typing import Literal, NewType, TypeAlias\nclass C: ...\nA = list[C]\nB: TypeAlias = 'list[C]'\n"
        "D = NewType('D', int)\nE = Literal[1]\ntype F = list[C]\n"
    )
    expected = name("list", name("p.C"))

    found = {each.name: each.annotation.type for each in module.variables if isinstance(each.annotation, Annotation)}

    assert (found["A"], found["B"], found["F"], found["D"]) == (expected, expected, expected, INT)
    assert [each.kind.value for each in module.variables] == ["type alias"] * 2 + ["new type"] + ["type alias"] * 2


def test_an_attribute_has_the_type_of_the_parameter_that_is_assigned(module_of: ModuleOf) -> None:
    """Bare qualifiers get the type of the parameter, unless the parameter was rebound."""
    module = module_of(
        "from typing import Final\nclass C:\n    def __init__(self, a: int, b: int, c: int, d: str):\n"
        "        d = len(d)\n        self.a = a\n        self.b: Final = b\n        self.c: float = c\n"
        "        self.d = d\n        self.e: Final = a + b\n"
    )

    annotations = {each.name: each.annotation for each in module.classes[0].attributes}
    written = {name: each.written if isinstance(each, Annotation) else each for name, each in annotations.items()}

    assert written == {"a": "int", "b": "Final[int]", "c": "float", "d": UNKNOWN, "e": "Final"}
    assert isinstance(annotations["b"], Annotation)
    assert (annotations["b"].type, annotations["b"].qualifiers) == (INT, ("Final",))


def test_a_slice_of_an_unknown_object_is_no_type(built_of: BuiltOf) -> None:
    """`sys.argv[1:]` is a value, and the finding names all of it."""
    built = built_of({"__init__.py": "import sys\nREST = sys.argv[1:]\ndef main(args=sys.argv[1:]): ...\n"})

    (rest,) = built.reference.modules[0].variables
    assert rest.kind is VariableKind.VALUE
    assert "the value sys.argv[1:] cannot be known without running code" in [each.text for each in built.findings]


def test_an_annotation_says_that_a_name_is_a_variable(built_of: BuiltOf) -> None:
    """Only a name without one may be a class or a function, so only that is a finding, which says what to do."""
    built = built_of(
        {"__init__.py": "from os import cpu_count\nCORES: int | None = cpu_count()\nCOUNT = cpu_count()\n"}
    )

    (finding,) = [each for each in built.findings if each.code == "DG107"]
    assert "COUNT is shown as a variable" in finding.text
    assert "annotate it: `COUNT: Type = ...`" in finding.hint
