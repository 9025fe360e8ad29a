"""The text that describes each symbol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from docgen.model import Class, Function, Unknown
from tests.docgen.build.conftest import BuiltOf, ModuleOf

DATACLASS = (
    "from dataclasses import dataclass, field\nfrom typing import Annotated\nfrom typing_extensions import Doc\n"
)


def texts(function: Function | Unknown | None) -> dict[str, str]:
    """Return the descriptions of the parameters of a function, without parameters that have none."""
    assert isinstance(function, Function)
    assert isinstance(function.signature.parameters, tuple)
    return {each.name: each.description for each in function.signature.parameters if each.description}


def attributes(class_: Class) -> dict[str, str]:
    """Return the descriptions of the attributes of a class, without attributes that have none."""
    return {each.name: each.description for each in class_.attributes if each.description}


PUMP = '''
class Pump:
    """Pump water.

    Args:
        power: From the class.
        speed: Hidden by the constructor.

    Attributes:
        state: Of the pump.
    """
    def __init__(self, power, speed=1, depth=2):
        """Make one.

        Args:
            speed: From the constructor.
            depth: How deep.
        """
        self.state = "off"
'''


def test_class_and_constructor_docstrings_are_merged(module_of: ModuleOf) -> None:
    """Arguments of both, the constructor's own first; a section `Attributes` hides none of them."""
    pump = module_of(PUMP).classes[0]

    assert texts(pump.constructor) == {
        "power": "From the class.",
        "speed": "From the constructor.",
        "depth": "How deep.",
    }
    assert attributes(pump) == {"state": "Of the pump."}


FIELDS = [
    ('class C:\n    x: int = 0\n    """Below."""\n', {"x": "Below."}),
    ("class C:\n    x: int = 0  #: Beside.\n", {"x": "Beside."}),
    ("class C:\n    #: Above.\n    x = 0\n", {"x": "Above."}),
    ("@dataclass\nclass C:\n    x: int = field(doc='Given.')\n", {"x": "Given."}),
    ("@dataclass\nclass C:\n    x: int = field(default=1, metadata={'doc': 'Meta.'})\n", {"x": "Meta."}),
    ("class C:\n    x: Annotated[int, Doc('Annotated.')]\n", {"x": "Annotated."}),
    ('class C:\n    def __init__(self):\n        self.x = 1\n        """Assigned."""\n', {"x": "Assigned."}),
    ('class C:\n    """Text.\n\n    Attributes:\n        x: Listed.\n    """\n    x = 1\n', {"x": "Listed."}),
    ('@dataclass\nclass C:\n    """Text.\n\n    Args:\n        x: A row.\n    """\n    x: int\n', {"x": "A row."}),
]
"""Source -> descriptions of attributes."""


@pytest.mark.parametrize(("source", "expected"), FIELDS)
def test_what_describes_an_attribute(source: str, expected: Mapping[str, str], module_of: ModuleOf) -> None:
    """The string below it, its comment, the text of its field, its annotation, or a row of the class docstring."""
    assert attributes(module_of(DATACLASS + source).classes[0]) == expected


def test_inherited_fields_keep_their_descriptions(module_of: ModuleOf) -> None:
    """A subclass shows its bases' descriptions of the fields that its constructor accepts."""
    module = module_of(
        DATACLASS + '@dataclass\nclass A:\n    """A.\n\n    Attributes:\n        x: Of A.\n    """\n    x: int\n'
        '@dataclass\nclass B(A):\n    y: int = 0\n    """Of B."""\n'
    )

    assert texts(module.classes[1].constructor) == {"x": "Of A.", "y": "Of B."}


def test_docstrings_are_inherited_as_getdoc_does(module_of: ModuleOf) -> None:
    """A method without a docstring has that of the method it overrides, including its parameters."""
    module = module_of(
        'class _A:\n    def run(self, n):\n        """Run.\n\n        Args:\n            n: Times.\n        """\n'
        "class B(_A):\n    def run(self, n): ...\n"
    )
    (run,) = module.classes[0].methods

    assert run.docstring is not None
    assert (run.docstring.inherited_from, texts(run)) == ("p._A.run", {"n": "Times."})


def test_annotations_describe_parameters(module_of: ModuleOf) -> None:
    """`Annotated[..., Doc(...)]` (PEP 727) is used if the docstring has no description."""
    module = module_of(
        DATACLASS + "def f(a: Annotated[int, Doc('From the annotation.')], b: Annotated[int, Doc('Hidden.')]):\n"
        '    """F.\n\n    Args:\n        b: From the docstring.\n    """\n'
    )

    assert texts(module.functions[0]) == {"a": "From the annotation.", "b": "From the docstring."}


@pytest.mark.parametrize(
    ("docstring", "style"),
    [
        ("F.\n\n    Args:\n        a: Text.\n    ", "google"),
        ("F.\n\n    Parameters\n    ----------\n    a : int\n        Text.\n    ", "numpy"),
        ("F.\n\n    :param a: Text.\n    ", "sphinx"),
        ("F.", "plain"),
    ],
)
def test_the_style_is_that_of_most_docstrings(docstring: str, style: str, built_of: BuiltOf) -> None:
    """The style is detected for the package as a whole, and the reference names it."""
    reference = built_of(
        {"_f.py": f'def f(a):\n    """{docstring}"""\n', "__init__.py": "from ._f import f\n"}
    ).reference

    assert ("docstrings", style) in reference.source
    assert texts(reference.modules[0].functions[0]) == ({} if style == "plain" else {"a": "Text."})


def test_keys_of_keyword_arguments_are_described(module_of: ModuleOf) -> None:
    """`**kwargs: Unpack[Keys]` has the keys of a typed dictionary, with their texts (PEP 692)."""
    module = module_of(
        "from typing import NotRequired, TypedDict, Unpack\nclass Keys(TypedDict):\n    width: int\n"
        '    """How wide."""\n    height: NotRequired[int]\ndef draw(**kwargs: Unpack[Keys]): ...\n'
    )
    parameters = module.functions[0].signature.parameters
    assert isinstance(parameters, tuple)

    found = [(each.name, each.is_from_keywords, each.default is None, each.description) for each in parameters]

    assert found == [("kwargs", False, True, ""), ("width", True, True, "How wide."), ("height", True, False, "")]


def test_docstrings_say_that_a_symbol_is_deprecated(module_of: ModuleOf) -> None:
    """A decorator's message (PEP 702), else the docstring's note."""
    module = module_of(
        "from warnings import deprecated\n@deprecated('Use g.')\ndef f(): ...\n"
        'def g(a):\n    """G.\n\n    .. deprecated:: 2.0\n        Use h.\n\n    :param a: A.\n    """\ndef h(): ...\n'
    )

    assert [each.deprecation for each in module.functions] == ["Use g.", "Use h.", None]


def test_markup_that_is_not_understood_is_a_finding(built_of: BuiltOf) -> None:
    """The finding has a place; an inherited docstring does not repeat it."""
    built = built_of(
        {
            "__init__.py": 'class A:\n    def f(self, a):\n        """F.\n\n        :param a: A.\n\n'
            '        .. nobody-knows:: this\n\n            Text.\n        """\nclass B(A):\n    def f(self, a): ...\n'
        }
    )

    assert [(each.code, each.path, each.line) for each in built.findings] == [("DG110", "p/__init__.py", 7)]


GIVEN = '''
"""Draw."""
from textwrap import dedent

TEXTS = {"size": "How large."}


def draw(size): ...
draw.__doc__ = """Draw {what} now.

Args:
    size: {size}
""".format(what="it", size=TEXTS["size"])

def copied(): """Copied."""
copied.__doc__ += " And more."

def like(): ...
like.__doc__ = f"Like `{draw.__name__}`: {copied.__doc__}".replace("Like", "As")

def margin(): ...
margin.__doc__ = dedent("""
    One.
""") + "Two %d%%." % 3


class Pen:
    """Written."""

    def up(self): ...
    up.__doc__ = "Up."

    def down(self): ...

Pen.__doc__ = "Given."
Pen.down.__doc__ = "Down."
'''


def test_docstrings_that_code_gives_are_those_of_the_objects(module_of: ModuleOf) -> None:
    """As after running the module: formatted, extended, copied from other objects, also for methods."""
    space: dict[str, Any] = {"__name__": "p"}
    exec(compile(GIVEN, "p", "exec"), space)  # noqa: S102 - the module of this test

    module = module_of(GIVEN)

    pen = module.classes[0]
    symbols: tuple[Function | Class, ...] = (*module.functions, *pen.methods, pen)
    found = {each.name: each.docstring and each.docstring.raw for each in symbols}
    names = {**space, **vars(space["Pen"])}
    assert found == {name: names[name].__doc__ for name in ("draw", "copied", "like", "margin", "up", "down", "Pen")}
    assert texts(module.functions[0]) == {"size": "How large."}


@pytest.mark.parametrize("code", ["draw.__doc__ = None", "draw.__doc__ = 5", "del draw.__doc__"])
def test_a_docstring_that_code_takes_away_is_not_shown(code: str, module_of: ModuleOf) -> None:
    """Only text that `inspect.getdoc` returns is shown, so neither a deleted docstring nor None is."""
    module = module_of(f'def draw():\n    """Written."""\n{code}\n')

    (draw,) = module.functions
    assert not (draw.docstring and draw.docstring.raw)


def test_fields_of_a_docstring_are_counted_without_its_braces(module_of: ModuleOf) -> None:
    """A doubled brace is not a field, so the first argument fills the first field."""
    text = '"{{x}} {} of {}".format("one", parts)'
    module = module_of(f"from elsewhere import parts\ndef draw(): ...\ndraw.__doc__ = {text}\n")

    (draw,) = module.functions
    assert (draw.docstring and draw.docstring.raw) == "{x} one of \N{HORIZONTAL ELLIPSIS}"


def test_what_is_known_of_a_docstring_that_code_gives_is_shown(built_of: BuiltOf) -> None:
    """A line that only running code could determine is left out, with a finding."""
    built = built_of(
        {
            "__init__.py": "from elsewhere import parts\n\ndef draw(size): ...\n"
            'draw.__doc__ = """Draw {what}.\\n\\nArgs:\\n    size: Large.\\n    {rest}\\n""".format(**parts)\n'
            "def other(): ...\nother.__doc__ = parts.text\n"
        }
    )

    draw, other = built.reference.modules[0].functions
    assert (draw.docstring and draw.docstring.raw) == "Draw \N{HORIZONTAL ELLIPSIS}.\n\nArgs:\n    size: Large.\n"
    assert texts(draw) == {"size": "Large."}
    assert other.docstring is None
    assert [(each.code, each.line) for each in built.findings] == [("DG111", 4), ("DG111", 6)]


@pytest.mark.parametrize(
    ("note", "is_deprecated"),
    [
        ("2.0 Use `other` instead.", True),
        ("2.0\n        It is an error.", True),
        ("2.0", True),
        ("2.0 `draw` is gone soon.", True),
        ("2.0 *size* is ignored.", False),
        ("2.0 *shape* in favor of *size*.", False),
        ("2.0 To pass `size` by position.", False),
        ("2.0 ``__lt__`` raises an error.", False),
    ],
)
def test_a_note_about_a_part_deprecates_no_function(note: str, is_deprecated: bool, module_of: ModuleOf) -> None:  # noqa: FBT001 - a row of the table
    """It starts with the name of a part, or names a parameter of the function; it is shown in both cases."""
    module = module_of(
        f'def draw(size):\n    """Draw.\n\n    :param size: How large.\n\n    .. deprecated:: {note}\n    """\n'
    )

    (function,) = module.functions
    assert (function.deprecation is not None) == is_deprecated
    assert function.docstring is not None
    assert [each.title for each in function.docstring.sections] == ["", "", "2.0"]
