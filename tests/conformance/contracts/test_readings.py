"""All forms that the contract allows for a value are read into one form."""

from __future__ import annotations

import asyncio
import enum
import inspect
import typing
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import SimpleNamespace
from typing import Annotated, Any, Literal, NamedTuple, cast

import pytest

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.recipes import accelerators_of, constructed, derived_class
from conformance.contracts.task_template.suite.observe import alike, shown_apart
from conformance.contracts.task_template.suite.readings import coded, form_of, held, hook, says, told
from conformance.errors import Deviation


class Timeout:
    """A timeout without `==`."""

    def __init__(self, max_runtime: timedelta) -> None:
        self.max_runtime = max_runtime


class Secret(NamedTuple):
    """A secret that is a tuple."""

    key: str
    group: str | None = None
    as_env_var: str = "K"


class Interface:
    """Exposes one fact by a method, another one by a property."""

    def required(self) -> list[str]:
        """Return names."""
        return ["x"]

    @property
    def count(self) -> int:
        """How many."""
        return 1

    @property
    def broken(self) -> int:
        """Nothing."""
        raise LookupError("broken")


def test_methods_and_properties_are_read_alike() -> None:
    """A member is read or called; if it raises, the deviation names it."""
    assert (told(Interface(), "required"), told(Interface(), "count")) == (["x"], 1)
    with pytest.raises(Deviation, match=r"Interface\.broken raised LookupError"):
        told(Interface(), "broken")


@pytest.mark.parametrize(
    ("field", "forms", "others"),
    [
        ("timeout", [60, timedelta(seconds=60), Timeout(timedelta(seconds=60))], [61, timedelta(minutes=60), 0, None]),
        ("secrets", ["k", ["k"], ("k",), Secret("k"), [Secret("k")]], ["l", ["k", "k"], Secret("k", "g"), [], None]),
        ("queue", ["q"], ["", None, "Q"]),
        ("env_vars", [{"A": "b"}], [{}, {"A": ""}]),
    ],
)
def test_forms_of_a_value_are_one(field: str, forms: list[Any], others: list[Any]) -> None:
    """All stored forms of a value are equal, and none is equal to another value."""
    first = held(field, forms[0])
    assert all(alike(held(field, form), first) for form in forms)
    assert not any(alike(held(field, other), first) for other in others)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (typing.List[int], list[int]),  # noqa: UP006 - another object than `list[int]`
        (typing.Optional[int], None | int),  # noqa: UP045 - another object than `|` makes
        (Annotated[int, "seconds"], int),
        (dict[str, Annotated[list[int], 0]], dict[str, list[int]]),
        (Literal["a", "b"], Literal["b", "a"]),
        (None, type(None)),
    ],
)
def test_spellings_of_a_type_are_one(left: object, right: object) -> None:
    """All spellings of a type have one form."""
    assert form_of(left) == form_of(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [(list[int], list[str]), (list, list[int]), (int | None, int), (tuple[int, str], tuple[str, int]), (int, bool)],
)
def test_other_types_have_other_forms(left: object, right: object) -> None:
    """Different types have different forms."""
    assert form_of(left) != form_of(right)


class CodedError(Exception):
    """An error whose message comes first, and whose code is a keyword; it has slots."""

    __slots__ = ("code",)

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


class PositionalError(Exception):
    """An error that takes no keywords."""

    def __init__(self, code: str, message: str, /) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def implementation(**members: object) -> Adapter:
    """Return an adapter with some members."""
    return cast("Adapter", SimpleNamespace(**{"types": {}, "errors": SimpleNamespace(), **members}))


@pytest.mark.parametrize("kind", [CodedError, PositionalError])
def test_errors_are_made_by_the_names_of_their_fields(kind: type[Exception]) -> None:
    """An error is made by keyword, or by position, and so is one of a derived class."""
    impl = implementation(errors=SimpleNamespace(RuntimeUserError=kind))
    for is_subclass in (False, True):
        error: Any = coded(impl, "RuntimeUserError", message="m", is_subclass=is_subclass)
        assert issubclass(type(error), kind)
        assert (error.code, says(error, "m"), says(error, "n")) == ("Code", True, False)
        assert (type(error) is kind) is not is_subclass


def test_an_adapter_may_construct() -> None:
    """The value that the adapter makes is used in preference to the type."""
    impl = implementation(
        types={"Cron": object}, construct=lambda name, /, **named: (name, named), accelerators=("mine",)
    )
    assert constructed(impl, "Cron", {"expression": "* * * * *"}) == ("Cron", {"expression": "* * * * *"})
    assert accelerators_of(impl) == ("mine",)


def test_what_a_type_refuses_is_told_by_its_own_words() -> None:
    """If a type accepts the values in no way, the error is that of the call by keyword."""

    def refuse(count: int) -> None:
        raise TypeError(f"count={count}")

    with pytest.raises(TypeError, match=r"^count=3$"):
        constructed(implementation(types={"RetryStrategy": refuse}), "RetryStrategy", {"count": 3})


class Preparing(type):
    """A metaclass that needs its own namespace."""

    class Namespace(dict[str, Any]):
        """A namespace with a mark."""

        mark = True

    @classmethod
    def __prepare__(cls, _name: str, _bases: tuple[type, ...], /, **_: object) -> Namespace:
        """Return a namespace with a mark."""
        return cls.Namespace()

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: Namespace) -> type:
        """Make a class, if the namespace is its own."""
        assert namespace.mark
        return super().__new__(cls, name, bases, dict(namespace))


class Prepared(metaclass=Preparing):
    """A class of that metaclass."""


def test_subclasses_are_made_as_by_a_statement() -> None:
    """A metaclass also prepares the namespace of a subclass."""
    assert derived_class(Prepared, "Below", size=3).size == 3


def plain(_: object, *_args: object) -> dict[str, object]:
    """Return a dictionary."""
    return {}


async def later(_: object, *_args: object) -> dict[str, object]:
    """Return a dictionary when awaited."""
    return {}


def of_coroutine(self: object, *args: object) -> object:
    """Return an awaitable, from a plain function."""
    return later(self, *args)


@pytest.mark.parametrize(("own", "is_async"), [(plain, False), (later, True), (of_coroutine, True)])
def test_hooks_are_of_the_kind_that_is_awaited(own: Callable[..., Any], *, is_async: bool) -> None:
    """A hook is a coroutine function if the result of the template's own hook is awaited, else a plain function."""
    template = type("Template", (), {"pre": own})
    impl = implementation(template=template, make=lambda _: template())

    result = hook(impl, "pre", lambda value: value)

    assert inspect.iscoroutinefunction(result) is is_async
    given: Any = result(None, 3)
    assert (asyncio.run(given) if is_async else given) == 3


class Kind(str, enum.Enum):  # noqa: UP042 - as others write it
    """Strings that have names."""

    PYTHON = "python"


class Slotted:
    """An object with slots that is only equal to itself, by its own `__eq__`."""

    __slots__ = ("size",)

    def __init__(self, size: int) -> None:
        self.size = size

    def __eq__(self, other: object) -> bool:
        """Return True for the same object."""
        return self is other

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        """Return the same for all."""
        return "<slotted>"


def test_values_are_compared_by_what_they_show() -> None:
    """A member of a string Enum is its string; an object that is only equal to itself is compared by attributes."""
    assert alike(Kind.PYTHON, "python")
    assert not alike(Kind.PYTHON, "sql")
    assert not alike(True, 1)
    assert alike(Slotted(1), Slotted(1))
    assert not alike(Slotted(1), Slotted(2))


def test_values_of_one_repr_are_shown_apart() -> None:
    """Two values that print the same are shown with their attributes."""
    shown: Mapping[int, str] = dict(enumerate(shown_apart(Slotted(1), Slotted(2))))
    assert shown == {0: "<slotted> with {'size': 1}", 1: "<slotted> with {'size': 2}"}
