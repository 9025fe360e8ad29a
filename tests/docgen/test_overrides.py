"""Overrides: one value each, used and reported, or an error."""

from __future__ import annotations

import pytest

from docgen.errors import OverrideError
from docgen.formats.flyte.overrides import override
from docgen.formats.flyte.page_model import Class, Function, Package, Parameter, Property, Reference, Variable

PLACES = (Parameter(name="x", annotation="int", default="1"),)
REFERENCE = Reference(
    distribution="d",
    version="1",
    packages=(
        Package(
            name="p.q",
            classes=(
                Class(
                    name="C",
                    package="p.q",
                    constructor=Function(name="__init__", parameters=PLACES),
                    properties=(Property(name="w"),),
                    methods=(Function(name="m", parameters=PLACES, returns="int"),),
                ),
            ),
            functions=(Function(name="f", parameters=PLACES),),
            variables=(Variable(name="V"),),
        ),
    ),
)


@pytest.mark.parametrize(
    "key",
    [
        "p.q.C(x).default",
        "p.q.C.m(x).annotation",
        "p.q.C.m.returns",
        "p.q.C.w.annotation",
        "p.q.f(x).default",
        "p.q.V.annotation",
    ],
)
def test_override_changes_one_value_and_is_reported(key: str) -> None:
    """Each place that a key can name gets the value, and nothing else changes."""
    changed, findings = override(REFERENCE, {key: "NEW"})

    assert str(changed).count("'NEW'") == 1
    assert [(each.code, each.text) for each in findings] == [("DG401", f"{key} was set to NEW by an override")]


@pytest.mark.parametrize(
    "key", ["p.q.C(gone).default", "p.q.Gone(x).default", "p.C(x).default", "p.q.C(x)", "p.q.C.text"]
)
def test_override_that_does_not_apply_is_an_error(key: str) -> None:
    """A key that names nothing is stale: exit code 4."""
    with pytest.raises(OverrideError) as raised:
        override(REFERENCE, {key: "NEW"})
    assert raised.value.exit_code == 4


def test_override_that_is_no_news_is_an_error() -> None:
    """A value that the sources now contain needs no override."""
    with pytest.raises(OverrideError, match="say the same now"):
        override(REFERENCE, {"p.q.C(x).default": "1"})


def test_there_are_few_overrides() -> None:
    """Eleven values by hand are refused."""
    with pytest.raises(OverrideError, match="at most 10"):
        override(REFERENCE, {f"p.q.f(x{n}).default": "1" for n in range(11)})
