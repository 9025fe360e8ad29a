"""Type expressions: the static text equals the text that this interpreter prints for the real object."""

from __future__ import annotations

import types
import typing
from functools import cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from docgen.runtime import spell
from tests.docgen.runtime.lab import twice, world

SOURCE = """
import collections.abc, dataclasses, enum, pathlib, typing, weakref
from typing import *
T = TypeVar("T")
U = TypeVar("U", covariant=True)
P = ParamSpec("P")
class Plain: ...
class Box(Generic[T]): ...
class Shade(enum.Enum):
    DARK = 1
Id = NewType("Id", int)
Pair = Union[T, List[T]]
"""

NAMES = ("int", "str", "bytes", "Plain", "pathlib.PurePath", "Shade", "float", "object")
ATOMS = st.sampled_from(
    (*NAMES, "Any", "T", "U", "Id", "list", "dict", "List", "Callable", "weakref.ref", "collections.abc.Sequence")
)


def compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Draw an expression made of smaller ones."""
    one = [
        "Optional[{}]",
        "List[{}]",
        "list[{}]",
        "type[{}]",
        "Tuple[{}, ...]",
        "tuple[{}, ...]",
        "Box[{}]",
        "collections.abc.Iterator[{}]",
        "Callable[[{}], None]",
        "Callable[..., {}]",
        "collections.abc.Callable[[{}], None]",
        "Annotated[{}, 'meta', 1]",
        "Pair[{}]",
        "weakref.ReferenceType[{}]",
        "Awaitable[{}]",
    ]
    two = ["Union[{}, {}]", "Dict[{}, {}]", "dict[{}, {}]", "Union[{}, None, {}]", "Callable[[{}], {}]", "{} | {}"]
    return st.one_of(
        st.builds(str.format, st.sampled_from(one), inner),
        st.builds(str.format, st.sampled_from(two), inner, inner),
        inner.map("{} | None".format),
        st.sampled_from(
            ("Literal['a', 1]", "Literal[Shade.DARK, None]", "Callable[P, int]", "Optional['Plain']", "list['x']")
        ),
    )


EXPRESSIONS = st.recursive(ATOMS, compound, max_leaves=5)


@cache
def module() -> types.ModuleType:
    """Return the module run for real; the world of the tests reads the same one."""
    world = twice(SOURCE)
    assert world is not None
    return world


def static_text(expression: str) -> str:
    """Return the text of the expression's static value."""
    scope = world().scope(module().__name__)
    assert scope is not None
    return spell.annotation_text(world().evaluator.text(expression, scope))


def real_text(expression: str) -> str | None:
    """Return the text that this interpreter prints for the evaluated expression; None if it refuses it."""
    for clear in typing._cleanups:  # type: ignore[attr-defined] # its caches take equal unions of another order for the same
        clear()
    try:
        value = eval(expression, vars(module()))  # noqa: S307 - our own text
    except TypeError:
        return None
    text = str(value)
    for kind in ("class", "enum"):
        text = text.removeprefix(f"<{kind} '").removesuffix("'>") if text.startswith(f"<{kind} '") else text
    own = isinstance(value, type) and value.__module__ == module().__name__
    return f"{value.__module__}.{value.__qualname__}" if own else text


@given(expression=EXPRESSIONS)
@example("Union[int, None]")
@example("Union[int, str, None]")
@example("Union[Union[int, str], int]")
@example("int | T")
@example("Box[int] | None")
@example("Optional[Optional[int]]")
@example("Literal['a', 1]")
@example("Annotated[Annotated[int, 1], 2]")
@example("Pair[int]")
@example("collections.abc.Callable[[int], str]")
def test_evaluated_type_prints_as_this_interpreter_prints_it(expression: str) -> None:
    """`annotation_text` of a static value is `str()` of the real one, at any nesting."""
    expected = real_text(expression)

    found = static_text(expression)

    if expected is not None:
        assert found == expected, f"{expression}: found {found}, expected {expected}"


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("'a text'", "a text"),
        ("None", "None"),
        ("P.args", "P.args"),
        ("Shade", "{m}.Shade"),
        ("Unknown", "Unknown"),
    ],
)
def test_special_annotations(expression: str, expected: str) -> None:
    """A string prints itself, None prints None, an unknown name prints as written."""
    assert static_text(expression) == expected.format(m=module().__name__)
