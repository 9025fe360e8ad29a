"""Rules OVR-01 to 18, 22, 28: what `override` returns, keeps and rejects."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import assume, example, given
from hypothesis import strategies as st

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.origins import ORIGINS, OverrideRecipe
from conformance.contracts.task_template.strategies.recipes import (
    FunctionRecipe,
    ParameterRecipe,
    TemplateRecipe,
    made,
    of_subclass,
    recipe,
    supported,
)
from conformance.contracts.task_template.strategies.values import (
    CHANGES,
    EMPTY_OBJECTS,
    EVERY_CHANGE,
    EVERY_SETTING,
    FALSY_CHANGE,
    FREE_FIELDS,
    LOCKED_FIELDS,
    OUTSIDE_REUSE,
    REUSE_GUARDED_FIELDS,
    SETTINGS,
    Dashboard,
    fitting,
    full_templates,
    images,
    override_calls,
    overrides,
    reusable_templates,
    reuse_policies,
    single_overrides,
    templates,
    texts,
)
from conformance.contracts.task_template.suite.acts import (
    build,
    call_text,
    changes_of,
    check_alike,
    check_unchanged,
    other_names,
    override,
    receiver_of,
    refuses,
)
from conformance.contracts.task_template.suite.doubles import Outcome, on_a_thread, outcome_of
from conformance.contracts.task_template.suite.observe import field_names, snapshot
from conformance.contracts.task_template.suite.offers import offered
from conformance.engine.properties import at_most, calling, check, expect_raises, shown, trying
from conformance.engine.rules import rule

INHERITABLE = (
    "short_name",
    "resources",
    "cache",
    "timeout",
    "reusable",
    "env_vars",
    "secrets",
    "max_inline_io_bytes",
    "pod_template",
    "queue",
    "interruptible",
)
"""Parameters of override that the page declares Optional or with None."""

DERIVED = ("ref",)
"""Fields that a result makes for itself."""

REUSED_ONLY = TemplateRecipe(fields={"reusable": recipe("ReusePolicy", replicas=1)})
"""A template with a reuse policy and nothing else."""

NON_DEFAULT = TemplateRecipe(fields=EVERY_CHANGE)
"""A template in which no overridable field has its default, so that a dropped or reset field shows."""

DEFAULTS: Mapping[str, Any] = {
    "cache": recipe("Cache", behavior="disable"),
    "retries": recipe("RetryStrategy", count=0),
    "max_inline_io_bytes": 10 * 1024 * 1024,
}
"""The defaults of some fields, written out: who names one means it."""

OBJECTS = TemplateRecipe(
    fields={
        "cache": recipe("Cache", behavior="auto", salt="s", ignored_inputs=("x",)),
        "pod_template": recipe("PodTemplate", labels={"a": "b"}, annotations={"a": "b"}),
        "timeout": recipe("Timeout", max_runtime=1, max_queued_time=2),
        "resources": recipe("Resources", cpu=1, shm="1Gi"),
    }
)
"""A template of values that have parts."""

OTHER_OBJECTS: Mapping[str, Any] = {
    "cache": recipe("Cache", behavior="auto"),
    "pod_template": recipe("PodTemplate", labels={"c": "d"}),
    "timeout": recipe("Timeout", max_runtime=3),
    "resources": recipe("Resources", memory="1Gi"),
}
"""Values that leave out some parts: these have their defaults, not their earlier values."""

ASYNC = TemplateRecipe(function=FunctionRecipe(is_async=True), fields=NON_DEFAULT.fields)
"""The same of an async function."""


@rule("OVR-01")
@given(call=override_calls())
@example(call=OverrideRecipe())  # nothing to change: the easiest way to hand back the receiver itself
@example(call=OverrideRecipe(template=NON_DEFAULT, origin="subclass"))
@example(call=OverrideRecipe(template=NON_DEFAULT, changes={"retries": 3, "queue": "q"}))  # nothing new
def test_override_returns_new_template(impl: Adapter, call: OverrideRecipe) -> None:
    """override() gives another object than the receiver, each time a new one, of the receiver's class."""
    receiver = receiver_of(impl, call)

    results = [override(receiver, changes_of(impl, call.changes)) for _ in range(2)]

    text = call_text("override", call.changes)
    check(all(result is not receiver for result in results), f"{text} returned its receiver; expected a new template")
    check(results[0] is not results[1], f"{text}, called twice, returned one object; expected two")
    for result in results:
        check(
            type(result) is type(receiver),
            f"{text} returned a {type(result).__name__}; expected {type(receiver).__name__}",
        )


@rule("OVR-02")
@given(call=override_calls(), more=st.lists(overrides(fields=FREE_FIELDS), max_size=3))
@example(call=OverrideRecipe(template=NON_DEFAULT, changes={"retries": 7}), more=[])
@example(call=OverrideRecipe(template=NON_DEFAULT, changes={"env_vars": {"c": "d"}}), more=[{"retries": 1}])
@example(call=OverrideRecipe(template=NON_DEFAULT, changes={**FALSY_CHANGE, "short_name": ""}), more=[])
def test_override_keeps_receiver(impl: Adapter, call: OverrideRecipe, more: list[Mapping[str, Any]]) -> None:
    """Every receiver in a chain of override() calls keeps each of its values."""
    template = receiver_of(impl, call)
    taken = []
    for changes in (call.changes, *more):
        taken.append((template, snapshot(impl, template), changes))
        template = override(template, changes_of(impl, changes))

    for receiver, before, changes in taken:
        text = call_text("override", changes)
        check_unchanged(before.differences(receiver), f"{text} changed its receiver")
        check_unchanged(before.replaced(receiver), f"{text} replaced objects in its receiver")


@rule("OVR-03")
@given(call=override_calls())
@example(call=OverrideRecipe(template=NON_DEFAULT))
@example(call=OverrideRecipe(template=NON_DEFAULT, changes={"retries": 7}))
@example(call=OverrideRecipe(template=TemplateRecipe(fields={**EVERY_CHANGE, "interruptible": False})))
@example(call=OverrideRecipe(template=TemplateRecipe(fields=EVERY_SETTING), changes=EVERY_CHANGE))
@example(call=OverrideRecipe(template=NON_DEFAULT, changes={"queue": "r"}, origin="subclass"))
def test_override_keeps_unnamed_fields(impl: Adapter, call: OverrideRecipe) -> None:
    """A field that the call does not name is the same object as in the receiver, also one override later."""
    receiver = receiver_of(impl, call)
    before = snapshot(impl, receiver)

    result = override(receiver, changes_of(impl, call.changes))
    later = override(result, {})

    besides = {*call.changes, *DERIVED}
    text = call_text("override", call.changes)
    for template, what in ((result, text), (later, f"{text}.override()")):
        check_unchanged(before.differences(template, besides=besides), f"{what} changed fields that it does not name")
        check_unchanged(before.replaced(template, besides=besides), f"{what} replaced fields that it does not name")


OTHER_CHANGE: Mapping[str, Any] = {
    "short_name": "other",
    "resources": recipe("Resources", cpu=2),
    "cache": recipe("Cache", behavior="override", version_override="2"),
    "retries": recipe("RetryStrategy", count=7),
    "timeout": 7,
    "env_vars": {"c": "d"},
    "secrets": ["l", "m"],
    "max_inline_io_bytes": 7,
    "pod_template": "other",
    "queue": "other",
    "interruptible": False,
    "links": (Dashboard("e"), Dashboard("d")),
}
"""Another value for each field of EVERY_CHANGE."""


def overridden_pairs(impl: Adapter, receiver: Any) -> Iterator[tuple[set[str], Any, str]]:
    """Yield, for any two fields that override can change, in both orders: their names, the result, and the call."""
    for pair in itertools.product(supported(impl, OTHER_CHANGE), repeat=2):
        result = override(receiver, changes_of(impl, {name: OTHER_CHANGE[name] for name in pair}))
        yield set(pair), result, f"override({', '.join(f'{name}=...' for name in dict.fromkeys(pair))})"


def every_field(*, is_async: bool) -> TemplateRecipe:
    """A template with every field set."""
    return TemplateRecipe(function=FunctionRecipe(is_async=is_async), fields={**EVERY_SETTING, **EVERY_CHANGE})


@rule("OVR-03")
@at_most(2)
@given(origin=st.sampled_from(ORIGINS), is_async=st.booleans())
@example(origin="constructor", is_async=False)
@example(origin="constructor", is_async=True)
@example(origin="subclass", is_async=False)
@example(origin="override", is_async=False)
@example(origin="copy", is_async=False)
@example(origin="deepcopy", is_async=False)
@example(origin="pickle", is_async=False)
@example(origin="decorator", is_async=False)
@example(origin="decorator", is_async=True)
def test_override_of_each_pair_keeps_the_others(impl: Adapter, origin: str, is_async: bool) -> None:  # noqa: FBT001 - hypothesis passes it by keyword
    """Whichever two fields a call names, all others stay, on a template with every field set."""
    receiver = receiver_of(impl, OverrideRecipe(template=every_field(is_async=is_async), origin=origin))
    before = snapshot(impl, receiver)

    for names, result, text in overridden_pairs(impl, receiver):
        with trying(changes={name: OTHER_CHANGE[name] for name in names}, fields=every_field(is_async=is_async).fields):
            check_unchanged(before.differences(result, besides={*names, *DERIVED}), f"{text} changed other fields")


@rule("OVR-04")
@at_most(2)
@given(origin=st.sampled_from(ORIGINS), is_async=st.booleans())
@example(origin="constructor", is_async=False)
@example(origin="constructor", is_async=True)
@example(origin="subclass", is_async=False)
def test_override_of_each_pair_applies_both(impl: Adapter, origin: str, is_async: bool) -> None:  # noqa: FBT001 - hypothesis passes it by keyword
    """Whichever two fields a call names, both are applied, on a template with every field set."""
    receiver = receiver_of(impl, OverrideRecipe(template=every_field(is_async=is_async), origin=origin))
    expected = build(impl, TemplateRecipe(function=FunctionRecipe(is_async=is_async), fields=OTHER_CHANGE))

    for names, result, text in overridden_pairs(impl, receiver):
        for name in [name for name in sorted(names) if OTHER_CHANGE[name]]:  # falsy ones: OVR-15
            with trying(changes={name: OTHER_CHANGE[name] for name in names}):
                check_alike(getattr(result, name), getattr(expected, name), f"{text}.{name}")


FILLED_REUSE = TemplateRecipe(
    function=FunctionRecipe(is_async=True),
    fields={"reusable": recipe("ReusePolicy", replicas=(1, 4), idle_ttl=60, concurrency=5, scaledown_ttl=90)},
)
"""A template whose reuse policy has no default, so that what a new policy leaves out shows."""

REUSED = TemplateRecipe(
    fields={
        **{name: value for name, value in {**EVERY_SETTING, **EVERY_CHANGE}.items() if name not in OUTSIDE_REUSE},
        "reusable": recipe("ReusePolicy", replicas=(1, 3), idle_ttl=60),
    }
)
"""A reusable template with every field set that can be combined with a reuse policy."""


@rule("OVR-12")
@at_most(2)
@given(origin=st.sampled_from(ORIGINS))
@example(origin="constructor")
@example(origin="subclass")
@example(origin="copy")
def test_reuse_changes_nothing_else(impl: Adapter, origin: str) -> None:
    """A new reuse policy, or the end of reuse, leaves every other field as it is."""
    offered(impl, "reusable")
    receiver = receiver_of(impl, OverrideRecipe(template=REUSED, origin=origin))
    before = snapshot(impl, receiver)

    for value in (recipe("ReusePolicy", replicas=2), "off", None):
        with trying(fields=REUSED.fields, value=value):
            result = override(receiver, changes_of(impl, {"reusable": value}))
            text = call_text("override", {"reusable": value})
            check_unchanged(before.differences(result, besides={"reusable", *DERIVED}), f"{text} changed other fields")

    plain = build(impl, OBJECTS)
    kept = snapshot(impl, plain)
    for value in ("off", None):
        with trying(fields=OBJECTS.fields, value=value):
            result = override(plain, {"reusable": value})
            text = f"override(reusable={value!r}) of a template without reuse"
            check_unchanged(kept.differences(result, besides=DERIVED), f"{text} changed fields")


@rule("OVR-03")
@given(changes=overrides())
@example(changes={})
def test_override_keeps_environment_reference(impl: Adapter, changes: Mapping[str, Any]) -> None:
    """The result of overriding a task of an environment still points to that environment, by the same name."""
    env = impl.make_env()
    with calling("task of an environment"):
        receiver = env.task(FunctionRecipe().define())
    before = snapshot(impl, receiver)

    result = override(receiver, changes_of(impl, changes))

    check_unchanged(
        before.replaced(result, besides={*changes, *DERIVED}), f"{call_text('override', changes)} replaced fields"
    )


@rule("OVR-04")
@given(call=override_calls(min_size=1))
@example(call=OverrideRecipe(template=TemplateRecipe(), changes=EVERY_CHANGE))
@example(call=OverrideRecipe(template=NON_DEFAULT, changes={"retries": 7}))
@example(call=OverrideRecipe(template=NON_DEFAULT, changes={"env_vars": {"c": "d"}}))  # replaced, not merged
@example(call=OverrideRecipe(template=NON_DEFAULT, changes={"links": (Dashboard("e"),)}))  # replaced, not appended
@example(call=OverrideRecipe(template=NON_DEFAULT, changes={"cache": "override"}))
@example(call=OverrideRecipe(template=NON_DEFAULT, changes=DEFAULTS))
@example(call=OverrideRecipe(template=OBJECTS, changes=OTHER_OBJECTS))
@example(call=OverrideRecipe(template=OBJECTS, changes={name: EMPTY_OBJECTS[name] for name in OTHER_OBJECTS}))
@example(call=OverrideRecipe(template=NON_DEFAULT, changes={"retries": EMPTY_OBJECTS["retries"]}))
@example(call=OverrideRecipe(template=OBJECTS, changes={"cache": "auto", "timeout": 1}))  # like parts of what it has
@example(call=OverrideRecipe(template=TemplateRecipe(), changes={"short_name": " é A "}, origin="subclass"))
@example(call=OverrideRecipe(template=TemplateRecipe(fields={"secrets": ["k"]}), changes={"secrets": ["l"]}))
@example(call=OverrideRecipe(template=NON_DEFAULT, changes={"retries": 1, "timeout": 59, "max_inline_io_bytes": 4}))
@example(call=OverrideRecipe(template=NON_DEFAULT, changes={"timeout": 1, "secrets": ["y", "x"], "queue": " "}))
@example(call=OverrideRecipe(template=ASYNC, changes={"timeout": 1, "queue": "r", "max_inline_io_bytes": 2**63}))
def test_override_applies_named_fields(impl: Adapter, call: OverrideRecipe) -> None:
    """A named value that is truthy is in the result as it would be in a template that was constructed with it."""
    receiver = receiver_of(impl, call)
    # "off" is not a value of the field: rule OVR-11 says what it does.
    named = {name: value for name, value in changes_of(impl, call.changes).items() if name != "reusable"}
    more = changes_of(impl, {name: value for name, value in call.changes.items() if name == "reusable"})

    results = [override(receiver, {**named, **more}) for _ in range(2)]

    for result in results:
        for name in [name for name in named if call.changes[name]]:  # falsy ones: OVR-15
            value = named[name]
            constructed = getattr(build(impl, call.template, **{name: value}), name)
            check_alike(getattr(result, name), constructed, f"{call_text('override', call.changes)}.{name}")


@rule("OVR-04")
def test_override_applies_named_fields_anywhere(impl: Adapter) -> None:
    """It makes no difference whether override() is called on another thread or, in a task, for the next call."""
    receiver = build(impl, NON_DEFAULT)
    expected = build(impl, TemplateRecipe(fields=OTHER_CHANGE))
    changes = changes_of(impl, OTHER_CHANGE)

    for where, outcome in overridden_elsewhere(impl, receiver, changes):
        check(outcome.error is None, f"{call_text('override', OTHER_CHANGE)} {where} {outcome}, expected a template")
        for name in changes:
            check_alike(getattr(outcome.value, name), getattr(expected, name), f"override({name}=...) {where}")


@rule("OVR-03")
def test_override_keeps_unnamed_fields_anywhere(impl: Adapter) -> None:
    """On another thread or in a task, too, override() keeps the fields that it does not name."""
    receiver = build(impl, every_field(is_async=False))
    before = snapshot(impl, receiver)

    for name in ("retries", "short_name"):
        for where, outcome in overridden_elsewhere(impl, receiver, changes_of(impl, {name: OTHER_CHANGE[name]})):
            check(outcome.error is None, f"override({name}=...) {where} {outcome}, expected a template")
            differences = before.differences(outcome.value, besides={name, *DERIVED})
            check_unchanged(differences, f"override({name}=...) {where} changed other fields")


def overridden_elsewhere(impl: Adapter, receiver: Any, changes: Mapping[str, Any]) -> Iterator[tuple[str, Outcome]]:
    """Yield how override ends on a thread of its own, and in a running task, each with where that is."""
    yield "on a thread of its own", on_a_thread(lambda: receiver.override(**changes))
    if "context" in impl.capabilities:
        with impl.task_context({}):
            yield "in a task context", outcome_of(lambda: receiver.override(**changes))


@rule("OVR-05")
@given(
    template=templates(),
    name=st.sampled_from(LOCKED_FIELDS),
    value=st.sampled_from([None, "", 0, False, (), [], {}]) | texts() | images(),
    others=overrides() | overrides().map(lambda changes: {**changes, "reusable": "off"}),
)
@example(template=TemplateRecipe(), name="name", value=None, others={})
@example(template=TemplateRecipe(), name="image", value=None, others={})
@example(template=TemplateRecipe(), name="docs", value=None, others={})
@example(template=TemplateRecipe(), name="interface", value=None, others={})
@example(template=TemplateRecipe(), name="name", value="", others={"retries": 1})
@example(template=TemplateRecipe(), name="image", value="auto", others={})
@example(template=TemplateRecipe(), name="docs", value="", others={})
@example(template=TemplateRecipe(), name="interface", value={}, others={})
@example(template=TemplateRecipe(), name="image", value="b", others={"reusable": "off"})
@example(
    template=TemplateRecipe(fields={"reusable": recipe("ReusePolicy", replicas=1)}), name="name", value="b", others={}
)
def test_override_locked_fields(
    impl: Adapter, template: TemplateRecipe, name: str, value: Any, others: Mapping[str, Any]
) -> None:
    """override(name=...), image, docs and interface raise ValueError for every value, and change nothing."""
    # A field that there is not is an unknown keyword, which OVR-07 judges.
    offered(impl, name)
    receiver = build(impl, template)

    for attempt in (made(impl, value), getattr(receiver, name, None)):
        refuses(impl, receiver, {**changes_of(impl, others), name: attempt})
    every = {one: value for one in LOCKED_FIELDS if one in impl.fields()}
    refuses(impl, receiver, {**changes_of(impl, others), **every})


@rule("OVR-06")
@given(
    value=st.sampled_from([None, "s", 0, (), {}, {"retries": 1}, [("retries", 1)]]) | texts(),
    others=overrides(),
    template=templates(),
)
@example(value=None, others={}, template=TemplateRecipe())
@example(value={}, others={}, template=TemplateRecipe())
@example(value={"retries": 1}, others={}, template=TemplateRecipe())
def test_override_keyword_only(impl: Adapter, value: Any, others: Mapping[str, Any], template: TemplateRecipe) -> None:
    """override() takes no positional argument, not even a template to take the values of."""
    receiver = build(impl, template)
    named = {name: item for name, item in changes_of(impl, others).items() if name != "short_name"}

    for positional in ((value,), (value, value), (receiver,)):
        with expect_raises(TypeError, f"override({', '.join(map(shown, positional))}, ...)"):
            receiver.override(*positional, **named)


@rule("OVR-07")
@given(
    keyword=st.from_regex(r"_?[a-z][a-z_]{0,11}", fullmatch=True),
    value=st.sampled_from([None, 0, "", False, (), {}, 1, "x"]),
    others=overrides() | overrides().map(lambda changes: {**changes, "reusable": "off"}),
)
@example(keyword="retry", value=None, others={})
@example(keyword="retry", value=1, others={"reusable": "off"})
@example(keyword="Retries", value=1, others={})
@example(keyword="QUEUE", value="q", others={})
@example(keyword="queué", value="q", others={})
@example(keyword="retry", value=1, others={})
@example(keyword="envvars", value={}, others={"retries": 1})
@example(keyword="kwargs", value={}, others={})
@example(keyword="_name", value="", others={})
@example(keyword="func_", value=None, others={})
def test_override_refuses_unknown(impl: Adapter, keyword: str, value: Any, others: Mapping[str, Any]) -> None:
    """A keyword that is not a field raises TypeError, whatever its value and whatever else is named."""
    receiver = build(impl, TemplateRecipe())
    assume(keyword not in {*field_names(impl, receiver), *impl.fields(), *LOCKED_FIELDS, "self"})
    assume(not hasattr(receiver, keyword))

    refuses(impl, receiver, {**changes_of(impl, others), keyword: value}, TypeError)


@rule("OVR-07")
@given(template=templates())
@at_most(3)
@example(template=TemplateRecipe())
def test_override_refuses_names_of_members(impl: Adapter, template: TemplateRecipe) -> None:
    """The name of a method, a property or a class attribute is not a field, nor is a field in another spelling."""
    receiver = build(impl, template)
    known = {*field_names(impl, receiver), *impl.fields(), *LOCKED_FIELDS}
    for keyword in other_names(impl, fields=known):
        with trying(keyword=keyword), expect_raises(TypeError, f"override({keyword}=None)"):
            receiver.override(**{keyword: None})


FURTHER_FIELDS = (
    "task_type",
    "task_type_version",
    "report",
    "debuggable",
    "parent_env_name",
    "triggers",
    "task_resolver",
)
"""Fields without a parameter of their own in override, which further keywords may replace."""


@rule("OVR-08")
@given(data=st.data(), template=templates(), name=st.sampled_from(FURTHER_FIELDS), others=overrides())
def test_override_other_fields(
    impl: Adapter, data: st.DataObject, template: TemplateRecipe, name: str, others: Mapping[str, Any]
) -> None:
    """A further keyword that names a field replaces it, and nothing else."""
    offered(impl, name)
    value = made(impl, data.draw(SETTINGS[name].filter(lambda drawn: drawn is not None), label=name))
    receiver = build(impl, template)
    before = snapshot(impl, receiver)

    result = override(receiver, {**changes_of(impl, others), name: value})

    check_alike(getattr(result, name), getattr(build(impl, template, **{name: value}), name), f"override({name}=...)")
    check_unchanged(before.differences(result, besides={*others, name, *DERIVED}), f"override({name}=...) changed more")


@rule("OVR-08")
@given(template=templates())
@example(template=TemplateRecipe())
def test_override_replaces_func(impl: Adapter, template: TemplateRecipe) -> None:
    """override(func=...) gives a template of the other function."""
    other = FunctionRecipe(name="other", is_async=template.function.is_async).define()

    check(override(build(impl, template), {"func": other}).func is other, "override(func=other).func is not other")


@rule("OVR-09")
@given(changes=overrides(), value=st.booleans())
@example(changes={}, value=True)
@example(changes={}, value=False)
def test_override_resets_ref(impl: Adapter, changes: Mapping[str, Any], value: Any) -> None:
    """The field ref cannot be overridden, and starts again as False in a result."""
    receiver = build(impl, TemplateRecipe())
    check(receiver.ref is False, f"ref of a new template: expected False, got {receiver.ref!r}")
    object.__setattr__(receiver, "ref", True)

    check(override(receiver, changes_of(impl, changes)).ref is False, "override().ref of a reference: expected False")
    refuses(impl, receiver, {**changes_of(impl, changes), "ref": value})


GUARDED_VALUES: Mapping[str, Any] = {"resources": recipe("Resources"), "env_vars": {}, "secrets": []}
"""An empty value for each guarded field, which is passed nevertheless."""


@rule("OVR-10")
@given(
    template=reusable_templates(),
    policy=st.none() | reuse_policies(),
    guarded=single_overrides(fields=REUSE_GUARDED_FIELDS),
    free=overrides(fields=FREE_FIELDS),
)
def test_reusable_guards_environment_fields(
    impl: Adapter, template: TemplateRecipe, policy: Any, guarded: Mapping[str, Any], free: Mapping[str, Any]
) -> None:
    """On a reusable template, override(resources=...), env_vars and secrets raise ValueError, empty ones too."""
    offered(impl, "reusable", *guarded)
    receiver = build(impl, template)
    changes = {**changes_of(impl, free), "reusable": made(impl, policy)}

    for name, value in guarded.items():
        for attempt in (value, GUARDED_VALUES[name]):
            refuses(impl, receiver, {**changes, name: made(impl, attempt)})
            refuses(impl, receiver, {name: made(impl, attempt)})


@rule("OVR-10")
@given(
    template=templates(),
    policy=reuse_policies(),
    guarded=single_overrides(fields=REUSE_GUARDED_FIELDS),
    free=overrides(fields=FREE_FIELDS),
)
def test_reusable_in_the_call_guards_environment_fields(
    impl: Adapter, template: TemplateRecipe, policy: Any, guarded: Mapping[str, Any], free: Mapping[str, Any]
) -> None:
    """A call that makes a template reusable cannot change resources, env_vars or secrets as well."""
    offered(impl, "reusable", *guarded)
    receiver = build(impl, _fit_for_reuse(template))
    changes = {**changes_of(impl, free), "reusable": made(impl, policy)}

    for name, value in guarded.items():
        for attempt in (value, GUARDED_VALUES[name]):
            refuses(impl, receiver, {**changes, name: made(impl, attempt)})


def _fit_for_reuse(template: TemplateRecipe) -> TemplateRecipe:
    fields = {name: value for name, value in template.fields.items() if name not in OUTSIDE_REUSE}
    return dataclasses.replace(template, fields=fields)


@rule("OVR-11")
@given(template=reusable_templates() | templates(), changes=overrides(fields=(*FREE_FIELDS, *REUSE_GUARDED_FIELDS)))
@example(template=TemplateRecipe(), changes={})
@example(
    template=TemplateRecipe(fields={"reusable": recipe("ReusePolicy", replicas=1)}), changes={"env_vars": {"a": "b"}}
)
def test_reusable_off(impl: Adapter, template: TemplateRecipe, changes: Mapping[str, Any]) -> None:
    """reusable='off' ends reuse and frees resources, env_vars and secrets, in the same call and after it."""
    offered(impl, "reusable")
    receiver = build(impl, template)
    before = snapshot(impl, receiver)
    named = changes_of(impl, changes)

    results = [
        override(receiver, {"reusable": "off", **named}),
        override(override(receiver, {"reusable": "off"}), named),
    ]

    text = call_text("override", {"reusable": "off", **changes})
    for result in results:
        check(result.reusable is None, f"{text}.reusable: expected None, got {result.reusable!r}")
        for name, value in named.items():
            check_alike(getattr(result, name), getattr(build(impl, template, **{name: value}), name), f"{text}.{name}")
        check_unchanged(before.differences(result, besides={"reusable", *named, *DERIVED}), f"{text} changed more")


@rule("OVR-12")
@given(template=reusable_templates(), policy=reuse_policies(max_concurrency=9), free=overrides(fields=FREE_FIELDS))
@example(template=FILLED_REUSE, policy=recipe("ReusePolicy", replicas=3), free={})
@example(template=FILLED_REUSE, policy=recipe("ReusePolicy", replicas=3, concurrency=1), free={"retries": 1})
@example(template=FILLED_REUSE, policy=of_subclass("ReusePolicy", replicas=3), free={})
def test_reusable_inherits_or_replaces(
    impl: Adapter, template: TemplateRecipe, policy: Any, free: Mapping[str, Any]
) -> None:
    """reusable=None inherits, a ReusePolicy replaces, on a reusable template and on one that is not."""
    offered(impl, "reusable")
    receiver, new = build(impl, template), made(impl, fitting(policy, template.function))
    changes = changes_of(impl, free)
    nothing = dict.fromkeys(REUSE_GUARDED_FIELDS)

    inherited = override(receiver, {**changes, "reusable": None, **changes_of(impl, nothing)})
    replaced = override(receiver, {**changes, "reusable": new})
    gained = override(build(impl, _without(template, "reusable")), {**changes, "reusable": new})

    check_alike(inherited.reusable, receiver.reusable, "override(reusable=None).reusable")
    check_alike(replaced.reusable, new, "override(reusable=policy).reusable")
    check_alike(gained.reusable, new, "override(reusable=policy).reusable of a template that was not reusable")
    for result in (inherited, replaced, gained):
        for name, value in changes.items():
            check_alike(
                getattr(result, name), getattr(build(impl, template, **{name: value}), name), f"override().{name}"
            )


def _without(template: TemplateRecipe, name: str) -> TemplateRecipe:
    fields = {key: value for key, value in template.fields.items() if key != name}
    return dataclasses.replace(template, fields=fields)


@rule("OVR-13")
@given(
    template=templates() | reusable_templates(),
    value=st.sampled_from([0, 1, -1, True, False, {}, (), [], (1, 2), 1.5])
    | texts().filter(lambda text: text != "off"),
)
@example(template=TemplateRecipe(), value="on")
@example(template=TemplateRecipe(), value="OFF")
@example(template=TemplateRecipe(), value="")
@example(template=TemplateRecipe(), value=False)
@example(template=TemplateRecipe(), value=2)
def test_reusable_checked(impl: Adapter, template: TemplateRecipe, value: Any) -> None:
    """A value of reusable other than a ReusePolicy, 'off' and None is rejected."""
    offered(impl, "reusable")

    refuses(impl, build(impl, _fit_for_reuse(template)), {"reusable": value}, (TypeError, ValueError))


@rule("OVR-14")
@given(
    template=full_templates() | templates() | reusable_templates(),
    names=st.lists(st.sampled_from(INHERITABLE), unique=True, min_size=1),
    others=overrides(fields=FREE_FIELDS),
)
@example(template=NON_DEFAULT, names=list(INHERITABLE), others={})
@example(template=TemplateRecipe(), names=list(INHERITABLE), others={})
@example(template=NON_DEFAULT, names=["interruptible"], others={"retries": 1})
def test_override_none_inherits(
    impl: Adapter, template: TemplateRecipe, names: list[str], others: Mapping[str, Any]
) -> None:
    """None for an optional parameter leaves the field unchanged, also with other changes and twice in a row."""
    receiver = build(impl, template)
    before = snapshot(impl, receiver)
    nones = changes_of(impl, dict.fromkeys(names))
    changes = {**changes_of(impl, others), **nones}

    result = override(override(receiver, changes), nones)

    besides = (set(others) - set(names)) | set(DERIVED)
    check_unchanged(before.differences(result, besides=besides), f"{call_text('override', changes)} did not inherit")


@rule("OVR-15z")
@given(template=templates() | full_templates(), others=overrides(fields=("timeout", "queue", "short_name", "env_vars")))
@example(template=NON_DEFAULT, others={})
@example(template=NON_DEFAULT, others={"queue": "r"})
def test_override_explicit_resets(impl: Adapter, template: TemplateRecipe, others: Mapping[str, Any]) -> None:
    """interruptible=False, cache='disable' and RetryStrategy(0) reset a field that held something else."""
    resets = changes_of(impl, {"interruptible": False, "cache": "disable", "retries": recipe("RetryStrategy", count=0)})
    if not resets:
        offered(impl, "interruptible", "cache", "retries")
    held = supported(impl, {"interruptible": True, "cache": "auto", "retries": 3})
    receiver = build(impl, template, **held)

    for changes in (*({name: value} for name, value in resets.items()), resets):
        result = override(receiver, {**changes_of(impl, others), **changes})
        expected = build(impl, template, **{**held, **changes})
        for name in resets:
            check_alike(getattr(result, name), getattr(expected, name), f"{call_text('override', changes)}.{name}")


@rule("OVR-16")
@given(template=templates() | full_templates(), changes=overrides(), cut=st.integers(0, len(CHANGES)))
@example(template=TemplateRecipe(), changes={"retries": 2, "queue": "q"}, cut=1)
@example(template=NON_DEFAULT, changes={"env_vars": {"c": "d"}, "cache": "disable", "queue": "r"}, cut=1)
def test_override_composes(impl: Adapter, template: TemplateRecipe, changes: Mapping[str, Any], cut: int) -> None:
    """Overriding in two steps, in either order, gives what one step gives."""
    receiver = build(impl, template)
    items = list(changes_of(impl, changes).items())
    first, second = dict(items[:cut]), dict(items[cut:])

    at_once = snapshot(impl, override(receiver, {**first, **second}))

    for one, other in ((first, second), (second, first)):
        steps = f"{call_text('override', one)}.{call_text('override', other)[:200]}"
        check_unchanged(at_once.differences(override(override(receiver, one), other)), f"{steps} against one call")


@rule("OVR-17")
@given(template=templates() | full_templates(), steps=st.lists(overrides(), min_size=1, max_size=4))
@example(template=NON_DEFAULT, steps=[{"env_vars": {"a": "1"}}, {"env_vars": {"b": "2"}}])
@example(template=NON_DEFAULT, steps=[{"links": (Dashboard("e"),)}, {"links": (Dashboard("f"),)}])
@example(template=NON_DEFAULT, steps=[{"secrets": "x"}, {"secrets": ["y"]}])
@example(template=TemplateRecipe(), steps=[{"interruptible": True}, {"interruptible": False}])
@example(template=NON_DEFAULT, steps=[{name: value} for name, value in OTHER_CHANGE.items()])
@example(template=NON_DEFAULT, steps=[{name: OTHER_CHANGE[name]} for name in reversed([*OTHER_CHANGE])])
def test_override_last_wins(impl: Adapter, template: TemplateRecipe, steps: list[Mapping[str, Any]]) -> None:
    """After a chain of overrides each field holds what was said of it last; a repeated call adds nothing."""
    receiver = build(impl, template)
    calls = [changes_of(impl, changes) for changes in steps]
    last: dict[str, Any] = {}
    result = receiver
    for changes in calls:
        result = override(result, changes)
        last |= changes

    chain = snapshot(impl, result)

    text = ".".join(call_text("override", changes) for changes in steps)
    check_unchanged(chain.differences(override(receiver, last)), f"{text} against one override with the last values")
    check_unchanged(chain.differences(override(result, calls[-1])), f"{text}, last call repeated")


@rule("OVR-18")
@given(changes=overrides(), documented=st.booleans())
@example(changes={}, documented=False)
@example(changes={"short_name": "other"}, documented=False)
def test_override_keeps_environment(impl: Adapter, changes: Mapping[str, Any], documented: bool) -> None:  # noqa: FBT001 - hypothesis passes it by keyword
    """An environment lists the task that was declared, before and after it is overridden."""
    env = impl.make_env()
    with calling("task of an environment"):
        tasks = [
            env.task(FunctionRecipe(name=name, doc="Do it." if documented else None).define()) for name in ("f", "g")
        ]
    before = dict(env.tasks)

    result = override(tasks[0], changes_of(impl, changes))

    same = list(env.tasks) == list(before) and all(env.tasks[name] is task for name, task in before.items())
    check(same, f"{call_text('override', changes)} changed env.tasks: expected {before!r}, got {env.tasks!r}")
    check(result.name == tasks[0].name, f"{call_text('override', changes)}.name: got {result.name!r}")
    check(
        result.parent_env is not None and result.parent_env() is env,
        f"{call_text('override', changes)} left its environment",
    )


@rule("OVR-22")
@given(template=full_templates(), changes=overrides(fields=tuple(name for name in CHANGES if name != "pod_template")))
@example(template=NON_DEFAULT, changes={})
@example(template=NON_DEFAULT, changes={"retries": 1})
def test_override_inherits_pod_template(impl: Adapter, template: TemplateRecipe, changes: Mapping[str, Any]) -> None:
    """A pod template that the call does not name is the receiver's own, through a chain of overrides."""
    offered(impl, "pod_template")
    receiver = build(impl, template)

    result = override(override(receiver, changes_of(impl, changes)), {})

    check_alike(result.pod_template, receiver.pod_template, "pod_template of the result, against the receiver's")


ADD = FunctionRecipe(
    parameters=(ParameterRecipe(name="x", annotation=int), ParameterRecipe(name="y", annotation=int, default=0))
)
"""A function that gives its two arguments back."""


@rule("OVR-28")
@given(template=templates(functions=st.just(ADD)), changes=overrides(), x=st.integers(), y=st.integers())
@example(template=TemplateRecipe(function=ADD), changes={}, x=0, y=0)
def test_override_keeps_forward(
    impl: Adapter, template: TemplateRecipe, changes: Mapping[str, Any], x: int, y: int
) -> None:
    """Forward of the result returns the same as forward of the receiver: by position, by keyword, by default."""
    receiver = build(impl, template)
    result = override(receiver, changes_of(impl, changes))

    with calling("forward(...)"):
        for args, kwargs in (((x,), {}), ((x, y), {}), ((x,), {"y": y}), ((), {"y": y, "x": x})):
            check_alike(
                result.forward(*args, **kwargs), receiver.forward(*args, **kwargs), f"forward(*{args}, **{kwargs})"
            )
