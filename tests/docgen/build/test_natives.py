"""Classes written in C are described as in one version of Python, independently of the version that runs docgen."""

from __future__ import annotations

import inspect
import sys

import pytest

from docgen.build.natives import live_members, members_of, native_class, native_docstring, parameters_in, record
from docgen.model import Parameter, ParameterKind, Value
from docgen.runtime.values import Native
from tests.docgen.build.conftest import BuiltOf

RUNNING = f"{sys.version_info[0]}.{sys.version_info[1]}"


def test_members_are_those_of_the_version_that_counts() -> None:
    """`int.is_integer` was added in Python 3.12."""
    had = {python: "is_integer" in members_of(int, python) for python in ("3.11", "3.12", "3.13")}

    assert had == {"3.11": False, "3.12": True, "3.13": True}


def test_docstrings_are_those_of_the_version_that_counts() -> None:
    """Including inherited ones: `bool` has the docstrings of `int`."""
    docstrings = {python: native_docstring(Native(value=bool), "is_integer", python) for python in ("3.11", "3.12")}

    assert docstrings["3.11"] is None
    assert "Returns True" in (docstrings["3.12"] or "")


@pytest.mark.parametrize("owner", [int, str, dict, BaseException, property], ids=lambda owner: owner.__name__)
def test_what_is_not_recorded_is_that_of_the_running_interpreter(owner: type) -> None:
    """The record contains only differences between versions."""
    same = live_members(owner).items() - members_of(owner, "3.99").items()

    assert not same


def test_the_record_is_no_guess() -> None:
    """Its facts about the running version are true, except for changes in a patch release."""
    if RUNNING not in record().versions:
        pytest.skip("not a recorded version")

    live, recorded = live_members(int), members_of(int, RUNNING)

    assert {name: each.kind for name, each in live.items()} == {name: each.kind for name, each in recorded.items()}


@pytest.mark.parametrize(
    "function", [str.split, int.to_bytes, sorted, bytes.decode, sum, open, list.sort], ids=lambda each: each.__name__
)
def test_parameters_are_read_as_inspect_has_them(function: object) -> None:
    """Names, kinds and defaults of a signature."""
    signature = inspect.signature(function)  # type: ignore[arg-type] # each is a function

    expected = tuple(
        Parameter(
            name=each.name,
            kind=ParameterKind(each.kind.description),
            default=None if each.default is each.empty else Value(text=repr(each.default)),
        )
        for each in signature.parameters.values()
    )

    assert parameters_in(str(signature)) == expected


def test_a_default_without_a_spelling_is_an_ellipsis() -> None:
    """`inspect` prints an address or a note in brackets, which could differ in the next run."""
    found = parameters_in("(self, default=<object object at 0x7f00>, /, other=<unrepresentable>)")

    assert found is not None
    assert [each.default for each in found] == [None, Value(text="..."), Value(text="...")]
    assert parameters_in("(a, =)") is None


def test_members_are_in_alphabetical_order() -> None:
    """The order of a class written in C differs between versions."""
    names = [each.name for each in native_class(int, "3.12").methods]

    assert names == sorted(names)


def test_a_signature_that_cannot_be_made_is_unknown(built_of: BuiltOf) -> None:
    """Defaults of `curses.window` are names that its module defines later, so `inspect` raises an unusual error."""
    pytest.importorskip("_curses")

    built = built_of({"__init__.py": "import _curses\nclass K(_curses.window): ...\n"})

    bases = {each.path: each for each in built.reference.bases}
    assert "border" in {each.name for each in bases["_curses.window"].methods}
