"""Rules CON, OVR, PKL and EQ on every field with every kind of value, for templates of every origin."""

from __future__ import annotations

import contextlib
import copy
import functools
import itertools
import pickle
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import cloudpickle  # type: ignore[import-untyped]  # it has no type information
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.origins import (
    OF_DECORATOR,
    OF_DECORATORS,
    ORIGINS,
    OverrideRecipe,
    clone_of,
    pairwise,
)
from conformance.contracts.task_template.strategies.recipes import (
    OF_BOTH_LEVELS,
    FunctionRecipe,
    ParameterRecipe,
    TemplateRecipe,
    is_of_contract,
    made,
    needed_values,
    options_of,
    subclassed,
    supported,
)
from conformance.contracts.task_template.strategies.specimens import SETTINGS_OF, VALUES_OF, rows, singles
from conformance.contracts.task_template.strategies.values import EVERY_CHANGE, EVERY_SETTING
from conformance.contracts.task_template.suite.acts import (
    build,
    call_text,
    changes_of,
    check_alike,
    check_unchanged,
    override,
    receiver_of,
)
from conformance.contracts.task_template.suite.observe import alike, snapshot
from conformance.contracts.task_template.suite.samples import add_one, add_one_later
from conformance.contracts.task_template.suite.test_constructor import check_kept
from conformance.contracts.task_template.suite.test_equality import check_equal_both_ways, check_unequal_both_ways
from conformance.contracts.task_template.suite.test_override import DERIVED
from conformance.contracts.task_template.suite.test_pickling import check_shares
from conformance.engine.properties import calling, check_same, trying
from conformance.engine.rules import rule
from conformance.errors import Gap

FULL = TemplateRecipe(fields={**EVERY_SETTING, **EVERY_CHANGE})
"""A template with every field set."""

EVERY_KIND: Mapping[str, tuple[Any, ...]] = {**SETTINGS_OF, **VALUES_OF}
"""Each kind of value by field."""

ONE = (ParameterRecipe(name="x", annotation=int, default=0),)
"""The parameters of a function with one input."""

ROWS = tuple(rows(EVERY_KIND))
"""Fields of templates: all are set, and each kind of value is in one of them."""


COMPANIES = tuple((origin, bool(place % 2), ROWS[place % len(ROWS)]) for place, origin in enumerate(ORIGINS))
"""Each origin once, half of them of async tasks, and fields. Few enough that properties which try many values each
meet all of them, whatever the seed."""


def receivers() -> st.SearchStrategy[OverrideRecipe]:
    """Receivers of every origin, sync and async, with every field set."""
    return st.sampled_from(
        [
            OverrideRecipe(
                template=replace(FULL, function=FunctionRecipe(parameters=ONE, is_async=is_async)), origin=origin
            )
            for origin, is_async, _ in COMPANIES
        ]
    )


def rows_of_receivers() -> st.SearchStrategy[OverrideRecipe]:
    """Receivers of every origin, with each kind of value in one of them."""
    return st.sampled_from(
        [
            OverrideRecipe(
                template=TemplateRecipe(function=FunctionRecipe(parameters=ONE, is_async=is_async), fields=row),
                origin=origin,
            )
            for origin, is_async, row in COMPANIES
        ]
    )


def origins() -> st.SearchStrategy[tuple[str, bool]]:
    """Every origin, of a sync or an async task."""
    return st.sampled_from([(origin, is_async) for origin, is_async, _ in COMPANIES])


class Stored:
    """The fields that the constructor makes of values, computed on first use."""

    def __init__(self, impl: Adapter) -> None:
        self.impl = impl
        self.values: dict[tuple[str, str], Any] = {}

    def check(self, template: Any, fields: Mapping[str, Any], what: str) -> None:
        """Check that a template holds, in these fields, what the constructor makes of the values."""
        for name, value in supported(self.impl, fields).items():
            key = name, repr(value)
            if key not in self.values:
                constructed = build(self.impl, TemplateRecipe(), **made(self.impl, {name: value}))
                self.values[key] = getattr(constructed, name)
            check_alike(getattr(template, name), self.values[key], f"{what}: {name}")


@rule("OVR-04")
@given(call=receivers())
@example(call=OverrideRecipe(template=FULL))
@example(call=OverrideRecipe(template=FULL, origin="decorator"))
def test_override_applies_every_kind_of_value(impl: Adapter, call: OverrideRecipe) -> None:
    """Whatever kind of value a call names, alone or with others, it is applied as the constructor does."""
    receiver, stored = receiver_of(impl, call), Stored(impl)

    for changes in (*singles(VALUES_OF), *rows(VALUES_OF)):
        with trying(changes=changes, fields=FULL.fields):
            stored.check(override(receiver, changes_of(impl, changes)), changes, call_text("override", changes))


@rule("OVR-03")
@given(call=rows_of_receivers())
@example(call=OverrideRecipe(template=TemplateRecipe(fields=ROWS[0])))
@example(call=OverrideRecipe(template=TemplateRecipe(fields=ROWS[1]), origin="decorator"))
def test_override_keeps_the_rest_beside_every_kind_of_value(impl: Adapter, call: OverrideRecipe) -> None:
    """Whatever kind of value a call names, every other field is the same object as before."""
    receiver = receiver_of(impl, call)
    before = snapshot(impl, receiver)

    for changes in ({}, *singles(VALUES_OF)):
        with trying(changes=changes, fields=call.template.fields):
            result, text = override(receiver, changes_of(impl, changes)), call_text("override", changes)
            check_unchanged(before.replaced(result, besides={*changes, *DERIVED}), f"{text} replaced other fields")
    check_unchanged(before.differences(receiver), "override() changed its receiver")


# ---- construction, wherever it happens ------------------------------------------------------------------------------

Make = Callable[..., Any]


def constructors(impl: Adapter, function: Callable[..., Any]) -> Iterator[tuple[str, Make]]:
    """Yield the constructors of the template classes: what each is, and a function of the fields."""
    yield "the constructor", functools.partial(impl.make, function)
    named = {"name": "made", "interface": impl.interface_of(function)}
    with contextlib.suppress(Gap):
        kind: Make = subclassed(impl)
        needed = needed_values(impl, subclassed(impl))
        yield "the constructor of a subclass", functools.partial(kind, func=function, **named, **needed)
    if "TaskTemplate" in impl.types and is_of_contract(impl):
        base: Make = impl.types["TaskTemplate"]
        yield "the constructor of the base template", functools.partial(base, **named)


OF_FUNCTION_TEMPLATES = ("plugin_config", "task_resolver")
"""Fields that the base template does not have."""


@rule("CON-03")
@given(is_async=st.booleans())
@example(is_async=False)
def test_every_kind_of_value_is_kept(impl: Adapter, *, is_async: bool) -> None:
    """Whichever template class is constructed with a value, the template holds what any other does."""
    stored = Stored(impl)
    for what, make in constructors(impl, FunctionRecipe(is_async=is_async).define()):
        is_base = "base" in what
        for fields in (*singles(EVERY_KIND), *ROWS):
            own = {name: value for name, value in fields.items() if not (is_base and name in OF_FUNCTION_TEMPLATES)}
            text = call_text(what, own)
            with trying(fields=own), calling(text):
                template = make(**made(impl, supported(impl, own)))
            with trying(fields=own):
                check_kept(impl, template, supported(impl, made(impl, own)))
                stored.check(template, own, text)


# ---- environments ---------------------------------------------------------------------------------------------------

ENVIRONMENT_ROWS = tuple(
    {name: row[name] for name in ("image", "resources", "env_vars", "secrets", *OF_BOTH_LEVELS)} for row in ROWS
)
"""Fields of environments, one of each kind of value."""

DECORATOR_ROWS = tuple({name: row[name] for name in OF_DECORATOR} for row in ROWS)
"""Options of decorators."""


@functools.cache
def decorations() -> st.SearchStrategy[tuple[FunctionRecipe, str]]:
    """Functions with and without docstring and inputs, sync and async, and what kind of environment decorates them."""
    dimensions = {"is_async": (False, True), "doc": (None, "Do it."), "parameters": ((), ONE), "base": OF_DECORATORS}
    return st.sampled_from(
        [
            (FunctionRecipe(is_async=row["is_async"], doc=row["doc"], parameters=row["parameters"]), row["base"])
            for row in pairwise(dimensions)
        ]
    )


@rule("ENV-03")
@given(decoration=decorations())
@example(decoration=(FunctionRecipe(), "decorator"))
def test_every_kind_of_value_reaches_the_task(impl: Adapter, decoration: tuple[FunctionRecipe, str]) -> None:
    """Whatever kind of value an environment has, alone or with others, its tasks have it."""
    function, base = decoration
    stored = Stored(impl)
    defined = function.define()
    for fields in (*ENVIRONMENT_ROWS, *singles({name: EVERY_KIND[name] for name in ENVIRONMENT_ROWS[0]})):
        text = f"a task of {call_text('TaskEnvironment', fields)}"
        for options in ({}, {"retries": 1}):
            with trying(fields=fields), calling(text):
                task = declared(impl, defined, fields, options, base)
            with trying(fields=fields):
                stored.check(task, fields, text)


@rule("ENV-04")
@given(decoration=decorations())
@example(decoration=(FunctionRecipe(), "decorator"))
def test_every_kind_of_option_wins(impl: Adapter, decoration: tuple[FunctionRecipe, str]) -> None:
    """Whatever kind of value a decorator has, the task has it, and what it leaves out is inherited."""
    function, base = decoration
    stored = Stored(impl)
    defined = function.define()
    for number, options in enumerate((*DECORATOR_ROWS, *singles({name: EVERY_KIND[name] for name in OF_DECORATOR}))):
        fields = ENVIRONMENT_ROWS[(number + 1) % len(ENVIRONMENT_ROWS)]
        text = f"a task of {call_text('TaskEnvironment', fields)} with {call_text('task', options)}"
        with trying(fields=fields, options=options), calling(text):
            task = declared(impl, defined, fields, options, base)
        with trying(fields=fields, options=options):
            stored.check(task, {**fields, **options_of(impl, impl.make_env(), options)}, text)


def declared(
    impl: Adapter, function: Callable[..., Any], fields: Mapping[str, Any], options: Mapping[str, Any], base: str
) -> Any:
    """Return the task that an environment with these fields makes of a function with these options."""
    env = impl.make_env(**made(impl, supported(impl, fields)))
    if base == "clone":
        env = clone_of(env, f"{env.name}-clone")
    return env.task(**made(impl, options_of(impl, env, options)))(function)


# ---- pickles and copies ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class ImportableRecipe(FunctionRecipe):
    """A function that a pickle can name."""

    def define(self, _: Callable[..., Any] | None = None) -> Callable[..., Any]:
        """Return the same function."""
        return add_one_later if self.is_async else add_one


PROTOCOLS = range(2, pickle.HIGHEST_PROTOCOL + 1)
"""The protocols of pickles without those for readers from before Python 2.3, which cannot pickle every object."""


def importable(origin: str, is_async: bool) -> list[Any]:  # noqa: FBT001 - a pair that is drawn
    """Return recipes of templates of importable functions, with each kind of value."""
    function = ImportableRecipe(is_async=is_async)
    return [OverrideRecipe(template=TemplateRecipe(function=function, fields=row), origin=origin) for row in ROWS]


@rule("PKL-01")
@given(origin=origins())
@example(origin=("constructor", False))
@example(origin=("decorator", True))
def test_every_kind_of_value_is_pickled(impl: Adapter, origin: tuple[str, bool]) -> None:
    """A pickle has every field of a template except its environment, for every kind of value."""
    for place, call in enumerate(importable(*origin)):
        original = receiver_of(impl, call)
        before, reference = snapshot(impl, original), getattr(original, "parent_env", None)
        with trying(fields=call.template.fields), calling("a round trip through a pickle"):
            actual = pickle.loads(cloudpickle.dumps(original, PROTOCOLS[place % len(PROTOCOLS)]))  # noqa: S301 - our own bytes
        with trying(fields=call.template.fields):
            check_unchanged(before.differences(actual, besides=("parent_env", "func")), "after pickling")
            check_unchanged(before.differences(original), "pickling changed the original")
            check_same(getattr(actual, "parent_env", None), None, "parent_env after pickling")
            check_same(getattr(original, "parent_env", None), reference, "parent_env of the original after pickling")


@rule("PKL-03")
@given(origin=origins())
@example(origin=("constructor", False))
@example(origin=("decorator", True))
def test_every_kind_of_value_is_copied(impl: Adapter, origin: tuple[str, bool]) -> None:
    """copy.copy keeps the object in each field, for every kind of value."""
    for call in importable(*origin):
        original = receiver_of(impl, call)
        before = snapshot(impl, original)
        with trying(fields=call.template.fields), calling("copy.copy(template)"):
            actual = copy.copy(original)
        with trying(fields=call.template.fields):
            check_unchanged(before.differences(actual), "copy.copy(template) changed")
            check_shares(actual, original)
            check_unchanged(before.differences(original), "copy.copy(template) changed the original")
            check_same(type(actual), type(original), "the class of copy.copy(template)")


@rule("PKL-04")
@given(origin=origins())
@example(origin=("constructor", False))
@example(origin=("decorator", True))
def test_every_kind_of_value_is_copied_deeply(impl: Adapter, origin: tuple[str, bool]) -> None:
    """copy.deepcopy keeps the value of each field, for every kind of value, and the environment."""
    for call in importable(*origin):
        original = receiver_of(impl, call)
        before = snapshot(impl, original)
        with trying(fields=call.template.fields), calling("copy.deepcopy(template)"):
            actual = copy.deepcopy(original)
        with trying(fields=call.template.fields):
            check_unchanged(before.differences(actual), "copy.deepcopy(template) changed")
            check_unchanged(before.differences(original), "copy.deepcopy(template) changed the original")
            check_same(type(actual), type(original), "the class of copy.deepcopy(template)")


# ---- equality -------------------------------------------------------------------------------------------------------


@rule("EQ-02")
@given(call=receivers())
@example(call=OverrideRecipe(template=FULL))
@example(call=OverrideRecipe(template=FULL, origin="decorator"))
def test_every_kind_of_value_is_compared(impl: Adapter, call: OverrideRecipe) -> None:
    """Two overrides of one template that differ in one value are unequal, for every kind of value."""
    receiver = receiver_of(impl, call)
    for field, values in VALUES_OF.items():
        kinds = [
            (value, override(receiver, changes)) for value in values if (changes := changes_of(impl, {field: value}))
        ]
        for (value, left), (other, right) in itertools.pairwise([*kinds, *kinds[:1]]):
            if not alike(getattr(left, field), getattr(right, field)):
                with trying(changes={field: value}):
                    check_unequal_both_ways(left, right, f"overrides with {field}={value!r} and {field}={other!r}")


@rule("EQ-01")
@given(call=receivers())
@example(call=OverrideRecipe(template=FULL))
@example(call=OverrideRecipe(template=FULL, origin="decorator"))
def test_every_kind_of_value_equals_itself(impl: Adapter, call: OverrideRecipe) -> None:
    """A template with any kind of value is equal to itself and to its override() without arguments."""
    for row in ROWS:
        template = receiver_of(impl, replace(call, template=replace(call.template, fields=row)))
        with trying(fields=row):
            check_equal_both_ways(template, template, "a template and itself")
            check_equal_both_ways(template, override(template, {}), "a template and its override()")
