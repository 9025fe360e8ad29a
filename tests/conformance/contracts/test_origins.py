"""Origins of templates, and the few groups that cover all pairs of properties that a fault may depend on."""

from __future__ import annotations

import weakref
from itertools import combinations, product

from conformance.contracts.task_template.adapters.reference import ReferenceAdapter
from conformance.contracts.task_template.strategies.calls import SETTINGS_OF, CallRecipe, companies
from conformance.contracts.task_template.strategies.origins import ORIGINS, OverrideRecipe, pairwise
from conformance.contracts.task_template.strategies.recipes import PLAIN_SHAPES
from conformance.contracts.task_template.strategies.specimens import VALUES_OF, rows
from conformance.contracts.task_template.suite.doubles import Body


def test_pairwise_meets_every_pair() -> None:
    """Any two values of two dimensions are in one choice; there are far fewer choices than combinations."""
    dimensions = {"a": "123", "b": "45678", "c": "xyz", "d": (True, False)}

    chosen = list(pairwise(dimensions))

    for one, other in combinations(dimensions, 2):
        met = {(row[one], row[other]) for row in chosen}
        assert met == set(product(dimensions[one], dimensions[other])), (one, other)
    assert len(chosen) < 3 * 5 * 3 * 2 / 3


def test_companies_are_few() -> None:
    """The default budget covers all of them, sync and async ones together."""
    both = [*companies(is_async=False), *companies(is_async=True)]

    assert len(both) < 100
    assert {one["shape"] for one in both} == {*PLAIN_SHAPES, "object"}
    assert {one["settings"] for one in both} == set(SETTINGS_OF)


def test_each_origin_leads_to_a_template() -> None:
    """Each makes a template of the model with the name of its base, whose environment is alive or not."""
    impl = ReferenceAdapter()

    for origin in ORIGINS:
        template = OverrideRecipe(origin=origin).receiver(impl)
        base = origin.partition("+")[0]
        reference = template.parent_env
        is_alive = isinstance(reference, weakref.ref) and reference() is not None
        assert is_alive is (base in ("decorator", "clone") and "pickle" not in origin), origin
        assert ("Subclass" in type(template).__name__) is (base == "subclass"), origin


def test_use_does_not_run_the_body() -> None:
    """Uses of a template that is `used` are not counted: the body sleeps until the template is made."""
    impl, body = ReferenceAdapter(), Body(result=1)

    template = CallRecipe(origin="constructor+used").make(impl, body)

    assert not body.runs
    assert template() == 1
    assert len(body.runs) == 1


def test_rows_hold_every_kind() -> None:
    """Each value of each field is in one of the rows."""
    found = list(rows(VALUES_OF))

    for name, kinds in VALUES_OF.items():
        assert {repr(row[name]) for row in found} == set(map(repr, kinds)), name
