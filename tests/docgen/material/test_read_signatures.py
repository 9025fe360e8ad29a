"""Printed signatures are only split outside strings and brackets."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from docgen.formats.base.read_signatures import read_signature, split_commas


@given(values=st.lists(st.text(max_size=4) | st.binary(max_size=4) | st.tuples(st.text(max_size=3)), max_size=4))
@example(values=["\\", ","])
@example(values=["'", '"', "\\'"])
def test_commas_in_literals_separate_nothing(values: list[object]) -> None:
    """A list of literals is split into these literals, for any contents: quotes, backslashes, commas, brackets."""
    assert split_commas(", ".join(map(repr, values))) == list(map(repr, values))


def test_type_parameters_may_have_any_literal() -> None:
    """A backslash at the end of a string does not hide its closing quote."""
    _, signature = read_signature(r"f[T: Literal['\\'], U](a: T) -> U")

    assert [each.name for each in signature.type_parameters] == ["T", "U"]
