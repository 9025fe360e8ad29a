"""One property per rule."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from conformance.engine.properties import calling, check, check_equal, check_instance, check_same, expect_raises
from conformance.engine.properties import run_async as awaited
from conformance.engine.rules import rule


@rule("HOST-01")
def test_acts(impl: Any) -> None:
    """The hostile operation returns 7."""
    with calling("act()"):
        found = impl.act()
    check_instance(found, int, "act()")
    check_equal(found, 7, "act()")


@rule("HOST-02")
@given(value=st.one_of(st.integers(), st.text()))
@example(value=0)
def test_echoes(impl: Any, value: object) -> None:
    """The result is equal to the argument, and of the same class."""
    check_equal(impl.echo(value), value, f"echo({value!r})")


@rule("HOST-03")
@given(numbers=st.lists(st.integers(), min_size=1))
def test_adds(impl: Any, numbers: list[int]) -> None:
    """The result is that of `sum`."""
    found = impl.total(numbers)
    check(found == sum(numbers), f"total({numbers}) returned {found}")


@rule("HOST-04")
@given(value=st.integers())
def test_refuses(impl: Any, value: int) -> None:
    """A ValueError is raised, whatever the value."""
    with expect_raises(ValueError, f"refuse({value})"):
        impl.refuse(value)


@rule("HOST-05")
@given(values=st.dictionaries(st.sampled_from("abc"), st.integers(), min_size=1))
def test_records(impl: Any, values: dict[str, int]) -> None:
    """The result is a dictionary with these keys and values."""
    found = impl.record(**values)
    check_instance(found, dict, "record()")
    check_equal(sorted(found.items()), sorted(values.items()), "the items of record()")


@rule("HOST-06")
@given(value=st.integers())
def test_waits(impl: Any, value: int) -> None:
    """The value is returned on an event loop."""
    check_equal(awaited(lambda: impl.later(value)), value, "later()")


@rule("HOST-07")
@given(value=st.lists(st.integers()))
def test_keeps(impl: Any, value: list[int]) -> None:
    """The result is the same object, not a copy."""
    check_same(impl.keep(value), value, "keep()")


@rule("HOST-08")
def test_extra(impl: Any) -> None:
    """The operation that only some implementations claim works."""
    check_equal(impl.extra(), 8, "extra()")
