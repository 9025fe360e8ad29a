"""Rules EQ: when two templates, two interfaces and two caches are equal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import combinations
from typing import Any

from hypothesis import assume, example, given
from hypothesis import strategies as st

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.doubtful import Undecided, Unequal
from conformance.contracts.task_template.strategies.origins import ORIGINS, OverrideRecipe, used
from conformance.contracts.task_template.strategies.recipes import (
    KEYWORD_ONLY,
    NOTHING,
    FunctionRecipe,
    ParameterRecipe,
    TemplateRecipe,
    can_be_made,
    is_of_contract,
    made,
    recipe,
    supported,
)
from conformance.contracts.task_template.strategies.values import (
    HOURLY,
    OUTSIDE_REUSE,
    Dashboard,
    FixedVersion,
    NamedResolver,
    Setting,
    full_templates,
    functions,
    reusable_templates,
    simple_functions,
    single_overrides,
    templates,
    texts,
)
from conformance.contracts.task_template.suite.acts import (
    build,
    call_text,
    changes_of,
    override,
    receiver_of,
)
from conformance.contracts.task_template.suite.doubles import outcome_of
from conformance.contracts.task_template.suite.observe import alike, shown_by
from conformance.contracts.task_template.suite.offers import offered
from conformance.contracts.task_template.suite.readings import read, version_of
from conformance.engine.properties import at_most, calling, check, expect_raises, trying
from conformance.engine.rules import rule


def check_equal_both_ways(left: Any, right: Any, what: str) -> None:
    """Check that two values are equal, either way round, and not unequal."""
    with calling(f"{what}: =="):
        verdicts = (left == right, right == left, not left != right)  # noqa: SIM202 - `!=` is what is checked
    check(
        all(verdicts),
        f"{what}: left == right, right == left, not left != right: expected all to be True, got {verdicts}",
    )


def check_unequal_both_ways(left: Any, right: Any, what: str) -> None:
    """Check that two values are unequal, either way round."""
    with calling(f"{what}: =="):
        verdicts = (left == right, right == left, not left != right)  # noqa: SIM202 - `!=` is what is checked
    check(
        not any(verdicts),
        f"{what}: left == right, right == left, not left != right: expected all to be False, got {verdicts}",
    )


@dataclass
class _Holder:
    """A dataclass with one value."""

    value: Any


def _makes_equal(value: Any) -> bool:
    """Return whether a dataclass that holds a value equals another one that holds it."""
    if not isinstance(value, Unequal | Undecided):
        return True
    try:
        return _Holder(value) == _Holder(value)
    except ValueError:
        return False


@rule("EQ-01")
@given(template=templates() | full_templates() | reusable_templates(), origin=st.sampled_from(ORIGINS))
@example(template=TemplateRecipe(), origin="constructor")
@example(template=TemplateRecipe(), origin="subclass")
@example(template=TemplateRecipe(), origin="decorator")
@example(template=TemplateRecipe(fields={"plugin_config": Unequal()}), origin="constructor")
@example(template=TemplateRecipe(fields={"plugin_config": Undecided()}), origin="constructor")
@example(template=TemplateRecipe(fields={"plugin_config": Unequal()}), origin="override")
@example(
    template=TemplateRecipe(function=FunctionRecipe(parameters=(ParameterRecipe(name="x", default=math.nan),))),
    origin="copy",
)
def test_equality_reflexive(impl: Adapter, template: TemplateRecipe, origin: str) -> None:
    """A template equals itself and the result of override() without arguments, however it was made.

    Also with a value that does not equal itself, where a dataclass with that value does: before Python 3.13.
    """
    if not all(_makes_equal(value) for value in template.fields.values()):
        return
    built = receiver_of(impl, OverrideRecipe(template=template, origin=origin))

    check_equal_both_ways(built, built, "a template and itself")
    check_equal_both_ways(built, override(built, {}), "a template and its override()")
    check_equal_both_ways(override(built, {}), override(built, {}), "two results of override()")


@rule("EQ-02")
@given(template=templates() | full_templates(), changes=single_overrides())
@example(template=TemplateRecipe(), changes={"short_name": "other"})
@example(template=TemplateRecipe(), changes={"interruptible": True})
@example(template=TemplateRecipe(), changes={"env_vars": {"a": "b"}})
def test_equality_sees_each_overridable_field(
    impl: Adapter, template: TemplateRecipe, changes: Mapping[str, Any]
) -> None:
    """Two templates that differ in one field that override can change are not equal."""
    built = build(impl, template)
    changed = override(built, changes_of(impl, changes))
    assume(any(not alike(getattr(built, name), getattr(changed, name)) for name in changes if name in impl.fields()))

    check_unequal_both_ways(built, changed, f"a template and its {call_text('override', changes)}")


MANY = 30
"""Number of items in an unusually large value."""

LONG = "long " * 100

ENVIRONMENT = {f"V{number}": f"{number}" for number in range(MANY)}

LINKS = tuple(Dashboard(f"{number}") for number in range(MANY))

TRIGGER = recipe("Trigger", name="t", automation=HOURLY)

TEXTS = ("name", "short_name", "task_type", "parent_env_name", "queue", "pod_template")
"""Fields that hold strings."""

DIFFERENT: tuple[tuple[str, Any, Any], ...] = (
    *((field, *pair) for field in TEXTS for pair in (("a", "A"), ("a", "a "), (f"{LONG}a", f"{LONG}b"))),
    ("name", "a", "b"),
    ("task_type", "python", "sql"),
    ("task_type_version", 0, 1),
    ("image", "a", "b"),
    (
        "resources",
        recipe("Resources", gpu=recipe("GPU", "A100", 1)),
        recipe("Resources", gpu=recipe("GPU", "H100", 1)),
    ),
    ("docs", recipe("Documentation", description="a"), None),
    ("docs", recipe("Documentation", description="a"), recipe("Documentation", description="b")),
    ("report", False, True),
    ("debuggable", False, True),
    ("parent_env_name", None, ""),
    ("max_inline_io_bytes", 0, 1),
    ("reusable", None, recipe("ReusePolicy", replicas=3)),
    ("plugin_config", Setting("a"), Setting("b")),
    ("task_resolver", None, NamedResolver("r")),
    ("task_resolver", NamedResolver("r"), NamedResolver("s")),
    ("triggers", (), (TRIGGER,)),
    ("secrets", ["a", "b"], ["b", "a"]),
    ("env_vars", {"a": "b"}, {"a": "B"}),
    ("links", (Dashboard("a"), Dashboard("b")), (Dashboard("b"), Dashboard("a"))),
    ("links", (Dashboard("a", "icon"),), (Dashboard("a", "other"),)),
    # Long values that differ at their end only, and in how much there is of them.
    ("docs", recipe("Documentation", description=f"{LONG}a"), recipe("Documentation", description=f"{LONG}b")),
    ("max_inline_io_bytes", 2**63, 2**63 + 1),
    ("retries", 2**31 - 2, 2**31 - 1),
    ("timeout", timedelta(days=3), timedelta(days=3) + timedelta.resolution),
    ("env_vars", ENVIRONMENT, {**ENVIRONMENT, f"V{MANY - 1}": "other"}),
    ("env_vars", ENVIRONMENT, {**ENVIRONMENT, "more": ""}),
    ("secrets", [*ENVIRONMENT], [*list(ENVIRONMENT)[:-1], "other"]),
    ("secrets", ["a"], ["a", "a"]),
    ("links", LINKS, (*LINKS[:-1], Dashboard("other"))),
    ("links", LINKS, (*LINKS, LINKS[0])),
    ("triggers", (TRIGGER,), (TRIGGER, TRIGGER)),
)
"""Fields with two values that differ: None against falsy ones, and one order against another, among them."""


@rule("EQ-02")
@at_most(25)
@given(template=templates())
@example(template=TemplateRecipe())
def test_equality_sees_each_constructor_field(impl: Adapter, template: TemplateRecipe) -> None:
    """Two templates that differ in one constructor parameter are not equal, for any values of the others."""
    kept = {field: value for field, value in template.fields.items() if field not in OUTSIDE_REUSE}
    function = template.function.define()
    common = {"name": "t", "interface": impl.interface_of(function), **made(impl, supported(impl, kept))}

    for name, *values in DIFFERENT:
        pairs = [supported(impl, {name: value}) for value in values]
        if all(pairs):
            left, right = (impl.make(function, **{**common, **made(impl, pair)}) for pair in pairs)
            if not is_of_contract(impl) and alike(getattr(left, name), getattr(right, name)):
                continue  # a plugin's class sets it itself
            check_unequal_both_ways(left, right, f"two templates with another {name}")


PARTS: Mapping[str, tuple[str, Mapping[str, tuple[Any, Any]]]] = {
    "resources": (
        "Resources",
        {"cpu": (1, 2), "memory": ("1Gi", "2Gi"), "gpu": (1, 2), "disk": ("1Gi", "2Gi"), "shm": ("auto", "1Gi")},
    ),
    "reusable": (
        "ReusePolicy",
        {"replicas": (1, 2), "idle_ttl": (30, 31), "concurrency": (1, 2), "scaledown_ttl": (30, 31)},
    ),
    "cache": (
        "Cache",
        {
            "behavior": ("override", "auto"),
            "version_override": ("1", "2"),
            "serialize": (False, True),
            "ignored_inputs": (("x",), ("y",)),
            "salt": ("a", "b"),
        },
    ),
    "timeout": ("Timeout", {"max_runtime": (1, 2), "max_queued_time": (1, 2)}),
    "retries": ("RetryStrategy", {"count": (1, 2)}),
    "secrets": ("Secret", {"key": ("a", "b"), "group": ("g", "h"), "as_env_var": ("A", "B")}),
    "pod_template": (
        "PodTemplate",
        {"primary_container_name": ("a", "b"), "labels": ({"a": "b"}, {}), "annotations": ({}, {"a": ""})},
    ),
}
"""Fields that hold an object of several parts: its class, and per part two values that differ."""


CRON = recipe("Cron", expression="0 * * * *")

OF_AUTOMATIONS: tuple[tuple[Any, Any], ...] = (
    (HOURLY, recipe("FixedRate", interval_minutes=61)),
    (HOURLY, CRON),
    (CRON, recipe("Cron", expression="1 * * * *")),
    (
        recipe("Cron", expression="0 * * * *", timezone="UTC"),
        recipe("Cron", expression="0 * * * *", timezone="Asia/Tokyo"),
    ),
    (
        recipe("FixedRate", interval_minutes=60, start_time=datetime(2020, 1, 1, tzinfo=UTC)),
        recipe("FixedRate", interval_minutes=60, start_time=datetime(2020, 1, 2, tzinfo=UTC)),
    ),
)
"""Pairs of automations that differ."""

OF_TRIGGERS: Mapping[str, tuple[Any, Any]] = {
    "name": ("t", "u"),
    "description": ("", "d"),
    "auto_activate": (True, False),
    "inputs": ({"x": 1}, {"x": 2}),
    "env_vars": ({"a": "b"}, {"a": "c"}),
    "interruptible": (None, False),
    "overwrite_cache": (False, True),
    "queue": ("q", "r"),
    "labels": ({"a": "b"}, {"a": "c"}),
    "annotations": ({"a": "b"}, None),
}
"""Pairs of values of a trigger's other fields. Source: the contract, section 1.2."""


def differing_triggers() -> Iterator[tuple[str, Any, Any]]:
    """Yield pairs of triggers of which each differs from the other in one part, and what part that is."""
    needed = {"name": "t", "automation": HOURLY}
    for one, other in OF_AUTOMATIONS:
        yield "automation", recipe("Trigger", name="t", automation=one), recipe("Trigger", name="t", automation=other)
    for name, (first, second) in OF_TRIGGERS.items():
        yield name, recipe("Trigger", **{**needed, name: first}), recipe("Trigger", **{**needed, name: second})


@rule("EQ-02")
def test_equality_sees_each_part_of_triggers(impl: Adapter) -> None:
    """Two templates whose only triggers differ in one part are not equal."""
    offered(impl, "triggers")
    function = FunctionRecipe().define()
    common = {"name": "t", "interface": impl.interface_of(function)}

    for part, *pair in differing_triggers():
        # The contract does not say that each of these fields can be given.
        outcomes = [outcome_of(partial(made, impl, one)) for one in pair if can_be_made(impl, one)]
        if len(outcomes) == len(pair) and not any(outcome.error for outcome in outcomes):
            left, right = (impl.make(function, **common, triggers=(outcome.value,)) for outcome in outcomes)
            with trying(triggers=tuple(pair)):
                check_unequal_both_ways(left, right, f"two templates whose triggers differ in {part}")


@rule("EQ-02")
@at_most(2)
@given(function=simple_functions().filter(lambda function: function.is_async))
@example(function=FunctionRecipe(is_async=True))
def test_equality_sees_each_part(impl: Adapter, function: FunctionRecipe) -> None:
    """Two templates whose values of one field differ in one part are not equal."""
    defined = function.define()
    common = {"name": "t", "interface": impl.interface_of(defined)}

    for field, (kind, parts) in PARTS.items():
        same = {name: values[0] for name, values in parts.items()}
        for name, (_, other) in parts.items():
            pair = [supported(impl, {field: recipe(kind, **{**same, **more})}) for more in ({}, {name: other})]
            if all(pair):
                left, right = (impl.make(defined, **common, **made(impl, fields)) for fields in pair)
                if not is_of_contract(impl) and alike(getattr(left, field), getattr(right, field)):
                    continue  # a plugin's class sets it itself
                check_unequal_both_ways(left, right, f"two templates whose {field} differ in {name}")


@rule("EQ-02")
@given(function=functions())
@example(function=FunctionRecipe())
def test_equality_sees_function_and_interface(impl: Adapter, function: FunctionRecipe) -> None:
    """Templates of two functions with equal source are not equal, nor is a template equal to other objects."""
    first, second = function.define(), function.define()
    interface = impl.interface_of(first)
    left, right = (impl.make(each, interface=interface, name="t") for each in (first, second))
    check_unequal_both_ways(left, right, "templates of two functions")
    interfaces = [impl.interface_of(one.define()) for one in _of_one_input_or_output()]
    several = [impl.make(first, interface=one, name="t") for one in interfaces]
    for one, other in combinations(several, 2):
        check_unequal_both_ways(one, other, "templates with two interfaces")
    for thing in (None, "t", 0, (), first):
        check_unequal_both_ways(left, thing, f"a template and {thing!r}")


def _of_one_input_or_output() -> Iterator[FunctionRecipe]:
    """Yield functions of one input or two, each with an interface that differs from every other in some respect."""
    plain = ParameterRecipe(name="x", annotation=int, default=0)
    for one in (plain, replace(plain, default=1), replace(plain, annotation=str), replace(plain, name="y")):
        yield FunctionRecipe(parameters=(one,))
    yield FunctionRecipe(parameters=(replace(plain, default=NOTHING),))
    yield from (FunctionRecipe(parameters=(plain,), returns=kind) for kind in (bytes, str, tuple[int, str]))
    yield FunctionRecipe(parameters=(plain, replace(plain, name="y")))


@rule("EQ-03")
@given(template=templates())
@example(template=TemplateRecipe())
def test_templates_unhashable(impl: Adapter, template: TemplateRecipe) -> None:
    """A template has no hash."""
    built = build(impl, template)
    with expect_raises(TypeError, "hash(template)"):
        hash(built)


@rule("EQ-04")
@given(function=functions(documented=True))
@example(function=FunctionRecipe(doc="Do it."))
@example(function=FunctionRecipe())
def test_equal_interfaces(impl: Adapter, function: FunctionRecipe) -> None:
    """Two interfaces of one function are equal, be one of them used or not; of a function that differs, unequal."""
    defined = function.define()
    with calling("interface of a function"):
        first, second = impl.interface_of(defined), impl.interface_of(defined)
        other = impl.interface_of(FunctionRecipe(parameters=function.parameters, returns=bytes).define())
        more = (*function.parameters, ParameterRecipe(name="one_more", annotation=int, kind=KEYWORD_ONLY))
        longer = impl.interface_of(FunctionRecipe(parameters=more, returns=function.returns).define())

    check_equal_both_ways(first, second, f"two interfaces of {function!r}")
    look_at(first)
    check_equal_both_ways(first, second, f"two interfaces of {function!r}, one of which was read")
    check_unequal_both_ways(first, longer, "interfaces, one with another input")
    check_unequal_both_ways(first, other, "interfaces with another output")


def look_at(thing: Any) -> None:
    """Read everything that an object and its parts show: what they remember of it is nobody's business."""
    for part in (thing, getattr(thing, "docstring", None)):
        shown_by(part)
        repr(part)


@rule("EQ-05")
@given(function=functions(documented=True), template=templates())
@example(function=FunctionRecipe(doc="Do it."), template=TemplateRecipe())
def test_equal_declarations(impl: Adapter, function: FunctionRecipe, template: TemplateRecipe) -> None:
    """Two templates with the same declaration, from one documented function, are equal, used or not."""
    defined = function.define()
    # The same objects twice: which of its value types define equality is the implementation's business (but EQ-07).
    fields = made(impl, supported(impl, template.fields))
    with calling("make(function, ...)"):
        first, second = (impl.make(defined, name="t", **fields) for _ in "ab")

    check_equal_both_ways(first, second, f"two templates with one declaration from {function!r}")
    look_at(first.interface)
    used(impl, first)
    check_equal_both_ways(first, second, f"two templates with one declaration from {function!r}, one of them used")


@rule("EQ-06")
@given(template=templates())
@example(template=TemplateRecipe())
def test_ref_not_compared(impl: Adapter, template: TemplateRecipe) -> None:
    """A template and an equal one stay equal when one of them gets its ref set."""
    built = build(impl, template)
    marked = override(built, {})
    # Whether override gives an equal template at all is the matter of EQ-01.
    was_equal = built == marked
    object.__setattr__(marked, "ref", True)

    check(marked.ref is True, "ref cannot be set")
    if was_equal:
        check_equal_both_ways(built, marked, "a template and the same with ref=True")


def use_cache(impl: Adapter, cache: Any) -> None:
    """Read everything that a cache shows, and its version for a function, if it has one."""
    look_at(cache)
    for name in ("is_enabled", "get_ignored_inputs"):
        outcome_of(lambda name=name: read(cache, name))  # type: ignore[misc]  # a name of this turn
    outcome_of(lambda: version_of(impl, cache))


@rule("EQ-07")
@given(behavior=st.sampled_from(["auto", "override", "disable"]), salt=texts(), template=templates())
@example(behavior="auto", salt="", template=TemplateRecipe())
@example(behavior="disable", salt="", template=TemplateRecipe())
def test_equal_caches(impl: Adapter, behavior: str, salt: str, template: TemplateRecipe) -> None:
    """Two caches built in the same way are equal, and so are two templates that differ only in such caches."""
    offered(impl, "cache")
    version = {"version_override": "1"} if behavior == "override" else {}
    first, second, other = (
        made(impl, recipe("Cache", behavior=behavior, salt=each, **version)) for each in (salt, salt, f"{salt}other")
    )
    built = build(impl, template)

    check_equal_both_ways(first, second, f"two caches of behavior {behavior!r}")
    use_cache(impl, first)
    check_equal_both_ways(first, second, f"two caches of behavior {behavior!r}, one of which was used")
    check_unequal_both_ways(first, other, "two caches with another salt")
    different: tuple[dict[str, Any], ...] = (
        {"serialize": True},
        {"ignored_inputs": ("x",)},
        {"policies": [FixedVersion()]},
    )
    for more in different:
        changed = made(impl, recipe("Cache", behavior=behavior, salt=salt, **version, **more))
        check_unequal_both_ways(first, changed, f"two caches, one with {more}")
        again = made(impl, recipe("Cache", behavior=behavior, salt=salt, **version, **more))
        check_equal_both_ways(changed, again, f"two caches, both with {more}")
    left, right = (override(built, {"cache": cache}) for cache in (first, second))
    check_equal_both_ways(left, right, f"two templates with equal caches of behavior {behavior!r}")
