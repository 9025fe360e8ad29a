"""Interfaces read from functions."""

from __future__ import annotations

import enum
import functools
import inspect
import pickle
from collections.abc import Callable
from typing import Any, Literal, NamedTuple, Optional

import pytest

from reference_impl.models import NativeInterface
from reference_impl.schema.docstrings import Docstring

EMPTY = inspect.Parameter.empty


class Pair(NamedTuple):
    """Two named outputs."""

    left: int
    right: str


def plain(x: int, y: str = "", *, z: Optional[int] = None) -> None:  # noqa: UP045 - the spelling is an input
    """Take three."""


def test_inputs_in_order() -> None:
    """An interface has the names in order, the resolved types, and the defaults or `empty`. NIF-01, NIF-03."""
    interface = NativeInterface.from_callable(plain)

    assert list(interface.inputs.items()) == [("x", (int, EMPTY)), ("y", (str, "")), ("z", (Optional[int], None))]  # noqa: UP045 - as above
    assert interface.required_inputs() == ["x"]
    assert interface.num_required_inputs() == 1
    assert interface.get_input_types() == {"x": int, "y": str, "z": Optional[int]}  # noqa: UP045 - as above
    assert not interface.has_outputs()


@pytest.mark.parametrize(
    ("annotation", "outputs"),
    [
        (None, {}),
        (int, {"o0": int}),
        (tuple[int, str], {"o0": int, "o1": str}),
        ((int, str), {"o0": int, "o1": str}),
        (Pair, {"left": int, "right": str}),
        (list[int], {"o0": list[int]}),
    ],
)
def test_outputs(annotation: Any, outputs: dict[str, Any]) -> None:
    """A task has one, several, named or no outputs. NIF-02."""

    def func() -> None: ...

    func.__annotations__["return"] = annotation

    assert NativeInterface.from_callable(func).outputs == outputs


@pytest.mark.parametrize("annotation", [tuple[int], tuple[int, ...], (int,)])
def test_tuples_that_are_no_outputs(annotation: Any) -> None:
    """Tuples of one item and of any length are refused, and the message says what to do. NIF-02."""

    def func() -> None: ...

    func.__annotations__["return"] = annotation

    with pytest.raises(TypeError, match="Return a list"):
        NativeInterface.from_callable(func)


def test_variable_arguments_are_refused() -> None:
    """Functions with variable arguments are refused. ENV-12."""
    with pytest.raises(ValueError, match=r"\*args"):
        NativeInterface.from_callable(lambda *args: args)
    with pytest.raises(ValueError, match=r"\*\*kwargs"):
        NativeInterface.from_callable(lambda **kwargs: kwargs)


def test_unknown_names_raise() -> None:
    """An annotation that cannot be resolved raises NameError. NIF-14."""

    def func(x: Nowhere) -> None:  # type: ignore[name-defined] # noqa: F821 - the mistake under test
        ...

    with pytest.raises(NameError):
        NativeInterface.from_callable(func)


class Caller:
    """An object that can be called."""

    def __call__(self, x: int) -> str:
        """Return a string."""
        return str(x)


@pytest.mark.parametrize(
    ("func", "inputs"),
    [(Caller(), {"x": (int, EMPTY)}), (functools.partial(plain, 1), {"y": (str, ""), "z": (Optional[int], None)})],  # noqa: UP045 - as above
)
def test_other_callables(func: Callable[..., Any], inputs: dict[str, Any]) -> None:
    """Callable objects and partials have the types of the function that they call."""
    assert NativeInterface.from_callable(func).inputs == inputs


def literal(annotation: Any) -> Any:
    """Return the type that an annotation becomes."""

    def func(x: int) -> None: ...

    func.__annotations__["x"] = annotation
    return NativeInterface.from_callable(func).inputs["x"][0]


@pytest.mark.parametrize(
    "values",
    [("a", "b"), ("a", "A"), ("mro",), ("_a_", "__x__"), ("",), ("VALUE_0", ""), ("é", "É", "ß", "SS"), ("a b",)],
)
def test_literals_become_enums(values: tuple[str, ...]) -> None:
    """A Literal of strings becomes an Enum of the same values, the same one each time and unpickled. NIF-04, NIF-05."""
    kind = literal(Literal[values])

    assert issubclass(kind, enum.Enum)
    assert [member.value for member in kind] == list(values)
    assert literal(Literal[values]) is kind
    assert pickle.loads(pickle.dumps(kind)) is kind  # noqa: S301 - our own bytes
    assert pickle.loads(pickle.dumps(kind(values[0]))) is kind(values[0])  # noqa: S301 - the same


def test_nested_literals_become_enums() -> None:
    """Literals in Optional, unions, lists and dicts are converted too; other literals are not. NIF-06."""
    kind: Any = literal(Literal["a"])

    assert literal(Optional[Literal["a"]]) == Optional[kind]  # noqa: UP045 - as above
    assert literal(Literal["a"] | int) == kind | int
    assert literal(list[dict[str, Literal["a"]]]) == list[dict[str, kind]]
    assert literal(Literal[1, 2]) == Literal[1, 2]


@pytest.mark.parametrize(
    ("args", "kwargs", "message"),
    [((1, "", 2, 3), {}, "at most 3"), ((), {"x": 1, "w": 1}, "w: no such input"), ((1,), {"x": 2}, "x: given by")],
)
def test_arguments_that_do_not_fit(args: tuple[Any, ...], kwargs: dict[str, Any], message: str) -> None:
    """Arguments that are too many, unknown or given twice are refused. NIF-08, NIF-09."""
    interface = NativeInterface.from_callable(plain)

    with pytest.raises(ValueError, match=message):
        interface.convert_to_kwargs(*args, **kwargs)
    assert interface.convert_to_kwargs(1, z=2) == {"x": 1, "z": 2}


def test_nothing_can_be_changed() -> None:
    """Neither fields nor dicts can be changed; an override has the same interface object. NIF-07, NIF-12."""
    given: dict[str, Any] = {"x": (int, EMPTY)}
    interface: Any = NativeInterface(inputs=given, outputs={})

    given["y"] = (str, EMPTY)

    assert list(interface.inputs) == ["x"]
    with pytest.raises(AttributeError):
        interface.inputs = {}
    with pytest.raises(TypeError):
        interface.inputs["y"] = (str, EMPTY)
    with pytest.raises(TypeError, match="unhashable"):
        hash(interface)


def test_equal_by_value() -> None:
    """Two interfaces of the same documented function are equal. EQ-04."""
    assert NativeInterface.from_callable(plain) == NativeInterface.from_callable(plain)
    assert Docstring("a") != Docstring("b")


def test_repr() -> None:
    """The repr is the signature, with `...` for a default that is known elsewhere. NIF-11."""
    interface = NativeInterface.from_types(
        {"a": (int, EMPTY), "b": (str, NativeInterface.has_default)}, {"o0": int, "o1": list[str]}, {"b": "there"}
    )

    assert repr(interface) == "(a: int, b: str = ...) -> (o0: int, o1: list[str]):"
    with pytest.raises(ValueError, match="default_inputs"):
        NativeInterface.from_types({"b": (str, NativeInterface.has_default)}, {})


GOOGLE = """Do it.

And more.

Args:
    x: The first,
        on two lines.
    y (str): The second.

Returns:
    z: Not an input.
"""
NUMPY = """Do it.

And more.

Parameters
----------
x : int
    The first,
    on two lines.
y
    The second.

Returns
-------
z
    Not an input.
"""
SPHINX = """Do it.

And more.

:param x: The first,
    on two lines.
:param str y: The second.
:return: Not an input.
"""


@pytest.mark.parametrize("text", [GOOGLE, NUMPY, SPHINX])
def test_docstrings(text: str) -> None:
    """Docstrings of all three styles have the same parts. JSN-08."""
    docstring = Docstring(text)

    assert docstring.input_descriptions == {"x": "The first, on two lines.", "y": "The second."}
    assert (docstring.short_description, docstring.long_description) == ("Do it.", "And more.")


@pytest.mark.parametrize("text", ["\n", " ", "Args:", "Do it.\n\nArgs:\n", ":param", "Parameters\n----------\n"])
def test_docstrings_that_say_nothing(text: str) -> None:
    """A docstring without parameters has no descriptions, and an empty one has no parts. JSN-08."""
    docstring = Docstring(text)

    assert docstring.input_descriptions == {}
    assert docstring.short_description in {None, "Do it.", ":param"}
    assert docstring.long_description is None
