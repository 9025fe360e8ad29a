"""Rules OVR-15 and 19 to 34: falsy values, sharing, subclasses, and what the decorator refuses as well."""

from __future__ import annotations

import contextlib
import enum
import operator
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import timedelta
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.recipes import (
    FunctionRecipe,
    TemplateRecipe,
    made,
    needs_dataclass,
    recipe,
    type_of,
)
from conformance.contracts.task_template.strategies.values import (
    CHANGES,
    DICTIONARIES,
    FREE_FIELDS,
    OUTSIDE_REUSE,
    Dashboard,
    FixedVersion,
    PagedDashboard,
    Setting,
    SilentDashboard,
    env_vars,
    fitting,
    full_templates,
    links,
    overrides,
    pod_templates,
    reusable_templates,
    reuse_policies,
    simple_functions,
    templates,
    texts,
)
from conformance.contracts.task_template.suite.acts import (
    WRONG_VALUE,
    build,
    call_text,
    changes_of,
    check_alike,
    check_unchanged,
    override,
    post_init_above,
    refuses,
)
from conformance.contracts.task_template.suite.observe import snapshot, view
from conformance.contracts.task_template.suite.offers import offered
from conformance.engine.properties import calling, check
from conformance.engine.rules import rule
from conformance.errors import Gap

# ---- falsy values ---------------------------------------------------------------------------------------------------


def check_reset(impl: Adapter, template: TemplateRecipe, changes: Mapping[str, Any], others: Mapping[str, Any]) -> None:
    """Check that override stores falsy values as the constructor does: alone, with others, and twice."""
    offered(impl, *changes)
    receiver = build(impl, template)
    others = {name: value for name, value in changes_of(impl, others).items() if name not in changes}
    alone, beside = override(receiver, made(impl, dict(changes))), override(receiver, {**others, **changes})

    for result in (alone, beside, override(alone, changes)):
        for name, value in changes.items():
            expected = getattr(build(impl, template, **{name: value}), name)
            check_alike(getattr(result, name), expected, f"{call_text('override', changes)} on {template!r}: {name}")


def receivers(name: str) -> st.SearchStrategy[TemplateRecipe]:
    """Templates with a truthy value in a field."""
    return st.builds(
        lambda template, value: replace(template, fields={**template.fields, name: value}),
        templates(),
        CHANGES[name],
    )


def holding(**held: Any) -> TemplateRecipe:
    """Return a template with these values."""
    return TemplateRecipe(fields=held)


@rule("OVR-15a")
@given(template=receivers("retries"), others=overrides())
@example(template=holding(retries=3), others={})
def test_override_with_no_retries(impl: Adapter, template: TemplateRecipe, others: Mapping[str, Any]) -> None:
    """override(retries=0) means no retries."""
    check_reset(impl, template, {"retries": 0}, others)


@rule("OVR-15b")
@given(template=receivers("timeout"), others=overrides())
@example(template=holding(timeout=60), others={})
def test_override_with_timeout_zero(impl: Adapter, template: TemplateRecipe, others: Mapping[str, Any]) -> None:
    """override(timeout=0) sets the timeout to 0."""
    check_reset(impl, template, {"timeout": 0}, others)


@rule("OVR-15c")
@given(template=receivers("timeout"), others=overrides())
@example(template=holding(timeout=60), others={})
def test_override_with_timeout_of_no_length(impl: Adapter, template: TemplateRecipe, others: Mapping[str, Any]) -> None:
    """override(timeout=timedelta(0)) means a timeout of that length."""
    check_reset(impl, template, {"timeout": timedelta(0)}, others)


@rule("OVR-15d")
@given(template=receivers("env_vars"), others=overrides())
@example(template=holding(env_vars={"a": "b"}), others={})
def test_override_with_no_env_vars(impl: Adapter, template: TemplateRecipe, others: Mapping[str, Any]) -> None:
    """override(env_vars={}) means no environment variables."""
    check_reset(impl, template, {"env_vars": {}}, others)


@rule("OVR-15e")
@given(template=receivers("secrets"), others=overrides())
@example(template=holding(secrets="K"), others={})
def test_override_with_no_secrets(impl: Adapter, template: TemplateRecipe, others: Mapping[str, Any]) -> None:
    """override(secrets=[]) means no secrets."""
    check_reset(impl, template, {"secrets": []}, others)


@rule("OVR-15f")
@given(template=receivers("links"), others=overrides())
@example(template=holding(links=(Dashboard("d"),)), others={})
def test_override_with_no_links(impl: Adapter, template: TemplateRecipe, others: Mapping[str, Any]) -> None:
    """override(links=()) means no links."""
    check_reset(impl, template, {"links": ()}, others)


@rule("OVR-15g")
@given(template=receivers("queue"), others=overrides())
@example(template=holding(queue="q"), others={})
def test_override_with_empty_queue(impl: Adapter, template: TemplateRecipe, others: Mapping[str, Any]) -> None:
    """override(queue='') means the queue of that name."""
    check_reset(impl, template, {"queue": ""}, others)


@rule("OVR-15h")
@given(template=receivers("pod_template"), others=overrides())
@example(template=holding(pod_template="p"), others={})
def test_override_with_empty_pod_template(impl: Adapter, template: TemplateRecipe, others: Mapping[str, Any]) -> None:
    """override(pod_template='') means the pod template of that name."""
    check_reset(impl, template, {"pod_template": ""}, others)


@rule("OVR-15i")
@given(template=receivers("max_inline_io_bytes"), others=overrides())
@example(template=holding(max_inline_io_bytes=5), others={})
def test_override_with_no_inline_bytes(impl: Adapter, template: TemplateRecipe, others: Mapping[str, Any]) -> None:
    """override(max_inline_io_bytes=0) means that nothing is passed inline."""
    check_reset(impl, template, {"max_inline_io_bytes": 0}, others)


# ---- sharing --------------------------------------------------------------------------------------------------------

OWN_BY_USER = ("func", "image", "interface", "plugin_config", "task_resolver", "links", "triggers", "parent_env", "ref")
"""Fields whose objects are the user's, have a rule of their own or may be shared by all templates (a default image)."""


IN_DICTIONARIES: tuple[Callable[[Any], object], ...] = (
    lambda value: value.pop(next(iter(value))),
    lambda value: operator.delitem(value, next(iter(value))),
    lambda value: value.popitem(),
    lambda value: value.clear(),
    lambda value: operator.setitem(value, "SET", "changed"),
    lambda value: value.setdefault("SETDEFAULT", "changed"),
    lambda value: value.update(UPDATE="changed"),
    lambda value: value.__ior__({"IOR": "changed"}),
)
"""Ways to change a dictionary. Removals come first, so that no change undoes another."""

IN_LISTS: tuple[Callable[[Any], object], ...] = (
    lambda value: value.reverse(),
    lambda value: value.pop(),
    lambda value: operator.delitem(value, 0),
    lambda value: value.remove(value[0]),
    lambda value: value.clear(),
    lambda value: operator.setitem(value, slice(0, 1), ["SET"]),
    lambda value: value.append("APPEND"),
    lambda value: value.extend(["EXTEND"]),
    lambda value: value.insert(0, "INSERT"),
    lambda value: value.__iadd__(["IADD"]),
    lambda value: value.__imul__(2),
)
"""The same for lists."""


def change(value: Any) -> None:
    """Change a value in every way that it allows; a refusal is what an immutable value answers.

    Members of Enums and classes are left alone: they are the program's, and not the template's.
    """
    if isinstance(value, enum.Enum | type):
        return
    if isinstance(value, list | Mapping) or hasattr(value, "clear"):
        for act in IN_LISTS if isinstance(value, list) else IN_DICTIONARIES:
            with contextlib.suppress(Exception):
                act(value)
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            change(getattr(value, one.name, None))
            with contextlib.suppress(Exception):
                setattr(value, one.name, "CHANGED")
    elif hasattr(value, "__dict__"):
        for name in list(vars(value)):
            with contextlib.suppress(Exception):
                setattr(value, name, "CHANGED")
    elif isinstance(value, tuple):
        for item in value:
            change(item)


MUTABLE = holding(
    env_vars={"a": "b"},
    secrets=["k", "l"],
    pod_template=recipe("PodTemplate", labels={"a": "b"}),
    cache=recipe("Cache", behavior="auto", ignored_inputs=["x"], policies=[FixedVersion()]),
)
"""A template of values that an implementation may hold as mutable ones."""


@rule("OVR-19")
@given(template=full_templates() | templates() | reusable_templates(), changes=overrides())
@example(template=holding(env_vars={"a": "b"}), changes={})
@example(template=holding(secrets=["k", "l"]), changes={"retries": 1})
@example(template=holding(env_vars={}), changes={})
@example(template=replace(MUTABLE, origin="pickle"), changes={})
@example(template=replace(MUTABLE, origin="deepcopy"), changes={"queue": "q"})
@example(template=replace(MUTABLE, origin="copy"), changes={})
@example(template=replace(MUTABLE, origin="decorator"), changes={"retries": 1})
@example(template=holding(pod_template=recipe("PodTemplate", labels={"a": "b"}, annotations={})), changes={})
@example(
    template=holding(cache=recipe("Cache", behavior="auto", ignored_inputs=["x"], policies=[FixedVersion()])),
    changes={"queue": "q"},
)
def test_override_shares_no_mutable_value(impl: Adapter, template: TemplateRecipe, changes: Mapping[str, Any]) -> None:
    """Changing what a result holds changes neither its receiver nor another result."""
    receiver = build(impl, template)
    free = {name: value for name, value in changes.items() if "reusable" not in template.fields or name in FREE_FIELDS}
    result, other = (override(receiver, changes_of(impl, free)) for _ in range(2))
    before, before_other = snapshot(impl, receiver), snapshot(impl, other)

    for name in before.views:
        if name not in OWN_BY_USER:
            change(getattr(result, name))

    text = f"after changing what {call_text('override', free)} holds"
    check_unchanged(before.differences(receiver, besides=OWN_BY_USER), f"{text}, the receiver")
    check_unchanged(before_other.differences(other, besides=OWN_BY_USER), f"{text}, another result")


@rule("OVR-20")
@given(given_env_vars=env_vars(min_size=0), template=templates(), kind=st.sampled_from(DICTIONARIES))
@example(given_env_vars={"a": "b"}, template=TemplateRecipe(), kind=dict)
@example(given_env_vars={}, template=TemplateRecipe(), kind=OrderedDict)
def test_override_copies_env_vars(
    impl: Adapter, given_env_vars: dict[str, str], template: TemplateRecipe, kind: type[dict[str, str]]
) -> None:
    """Changing the dictionary that was passed as env_vars does not change the result, for any class of dictionary."""
    offered(impl, "env_vars")
    passed = kind(given_env_vars)
    result = override(build(impl, template), {"env_vars": passed})
    before = view(result.env_vars)

    passed["CHANGED"] = "changed"
    grown = view(result.env_vars)
    passed.clear()

    for now in (grown, view(result.env_vars)):
        check(now == before, f"the dictionary passed as env_vars changed, and the result with it: {result.env_vars!r}")


@rule("OVR-21")
@given(template=full_templates(), changes=overrides(fields=("queue", "timeout", "short_name")))
@example(template=holding(retries=3, cache="auto", resources=recipe("Resources", cpu=1)), changes={})
def test_override_shares_no_policy(impl: Adapter, template: TemplateRecipe, changes: Mapping[str, Any]) -> None:
    """Setting an attribute of the result's retries, cache or resources does not reach the receiver."""
    receiver = build(impl, template)
    before = snapshot(impl, receiver)
    result = override(receiver, changes_of(impl, changes))

    for name, attribute in (("retries", "count"), ("cache", "behavior"), ("cache", "salt"), ("resources", "cpu")):
        with contextlib.suppress(Exception):
            setattr(getattr(result, name, None), attribute, 17)

    check_unchanged(before.differences(receiver), "after setting attributes of the result's policies, the receiver")


# ---- what is refused ------------------------------------------------------------------------------------------------

CACHE_WORDS = frozenset(
    "auto override disable enable enabled on true yes off false no none".split()  # noqa: SIM905 - one line reads better
)
"""Words that some release takes as a cache request."""


def unknown_cache_words() -> st.SearchStrategy[str]:
    """Strings that no release takes as a cache request, in no spelling."""
    return texts(min_size=1).filter(lambda text: text.strip().lower() not in CACHE_WORDS)


@rule("OVR-23")
@given(template=templates(), word=unknown_cache_words(), others=overrides())
@example(template=TemplateRecipe(), word="always", others={})
def test_override_cache_word_checked(
    impl: Adapter, template: TemplateRecipe, word: str, others: Mapping[str, Any]
) -> None:
    """override(cache=...) with a string that is not a cache request raises ValueError."""
    offered(impl, "cache")
    refuses(impl, build(impl, template), {**changes_of(impl, others), "cache": word})


@rule("OVR-24")
@given(concurrency=st.integers(2, 9), template=templates() | reusable_templates())
@example(concurrency=2, template=TemplateRecipe())
def test_override_concurrency_needs_async(impl: Adapter, concurrency: int, template: TemplateRecipe) -> None:
    """A reuse policy with concurrency above 1 is refused for a sync function and taken for an async one."""
    offered(impl, "reusable")
    kept = {name: value for name, value in template.fields.items() if name not in OUTSIDE_REUSE}
    policy = made(impl, recipe("ReusePolicy", replicas=1, concurrency=concurrency))

    sync = FunctionRecipe(is_async=False)
    fitted = {name: fitting(value, sync) if name == "reusable" else value for name, value in kept.items()}
    of_sync = build(impl, replace(template, function=sync, fields=fitted))
    of_async = build(impl, replace(template, function=FunctionRecipe(is_async=True), fields=kept))

    check_alike(
        override(of_async, {"reusable": policy}).reusable, policy, "override(reusable=...) of an async function"
    )
    refuses(impl, of_sync, {"reusable": policy})


@rule("OVR-25")
@given(template=reusable_templates(), pod_template=pod_templates(), policy=reuse_policies())
@example(
    template=holding(reusable=recipe("ReusePolicy", replicas=1)),
    pod_template="p",
    policy=recipe("ReusePolicy", replicas=1),
)
def test_override_pod_template_not_reusable(
    impl: Adapter, template: TemplateRecipe, pod_template: Any, policy: Any
) -> None:
    """A pod template is refused where the result would be reusable."""
    offered(impl, "reusable", "pod_template")
    plain = replace(template, fields={name: value for name, value in template.fields.items() if name != "reusable"})
    named = made(impl, {"pod_template": pod_template})

    refuses(impl, build(impl, template), named)
    refuses(impl, build(impl, plain), {**named, "reusable": made(impl, policy)})


@rule("OVR-26")
@given(template=templates(functions=st.just(FunctionRecipe())))
@example(template=TemplateRecipe())
def test_override_func_recomputes_synchronous(impl: Adapter, template: TemplateRecipe) -> None:
    """A template whose function becomes async is no longer called as synchronous."""
    other = FunctionRecipe(is_async=True).define()
    try:
        result = build(impl, template).override(func=other)
    except WRONG_VALUE as error:
        raise Gap("func cannot be overridden here") from error

    actual = result._call_as_synchronous  # noqa: SLF001 - a constructor parameter of the page
    check(actual is False, f"override(func=async function)._call_as_synchronous: expected False, got {actual!r}")


@rule("OVR-27")
@given(changes=overrides())
@example(changes={})
def test_override_drops_plain_attributes(impl: Adapter, changes: Mapping[str, Any]) -> None:
    """An attribute that is not a field, set on the receiver, is not on the result."""
    receiver = build(impl, TemplateRecipe())
    try:
        object.__setattr__(receiver, "scribble", "mine")
    except AttributeError as error:
        raise Gap("templates take no further attributes") from error

    check(
        not hasattr(override(receiver, changes_of(impl, changes)), "scribble"), "override() carried the attribute over"
    )


@rule("OVR-31")
@given(changes=overrides(), text=texts())
@example(changes={}, text="")
def test_override_plugin_config_registered(impl: Adapter, changes: Mapping[str, Any], text: str) -> None:
    """A plugin configuration of an unregistered type raises ValueError."""
    offered(impl, "plugin_config")
    receiver = build(impl, TemplateRecipe())
    refuses(impl, receiver, {**changes_of(impl, changes), "plugin_config": Setting(text)})


@rule("OVR-32")
@given(template=templates(), others=overrides() | overrides().map(lambda changes: {**changes, "reusable": "off"}))
@example(template=TemplateRecipe(), others={})
@example(template=TemplateRecipe(), others={"reusable": "off"})
def test_override_locks_identity_fields(impl: Adapter, template: TemplateRecipe, others: Mapping[str, Any]) -> None:
    """The identity of a template cannot be overridden: its function, environment, way of being called, origin."""
    receiver = build(impl, template)
    other = FunctionRecipe(name="other", is_async=template.function.is_async).define()
    flipped = FunctionRecipe(name="other", is_async=not template.function.is_async).define()
    values: Mapping[str, tuple[Any, ...]] = {
        "func": (other, flipped, None),
        "parent_env": (None,),
        "_call_as_synchronous": (True, False, None),
    }
    locked = {name: values[name] for name in values if name in impl.fields()}
    for name, wrong in locked.items():
        for value in (*wrong, getattr(receiver, name)):
            refuses(impl, receiver, {**changes_of(impl, others), name: value}, WRONG_VALUE)


@rule("OVR-33")
@given(template=templates(), given_links=links(), others=overrides())
@example(template=TemplateRecipe(), given_links=(Dashboard("d"),), others={})
@example(template=holding(links=(Dashboard("c"),)), given_links=(Dashboard("d"), Dashboard("d")), others={})
@example(template=TemplateRecipe(), given_links=(PagedDashboard("d"), SilentDashboard("e")), others={})
@example(template=holding(links=(Dashboard("c"),)), given_links=(SilentDashboard("d"),), others={})
def test_override_links_normalised(
    impl: Adapter, template: TemplateRecipe, given_links: tuple[Dashboard, ...], others: Mapping[str, Any]
) -> None:
    """Links given as a list become a tuple of the same links, a single link becomes a tuple of one."""
    offered(impl, "links")
    receiver = build(impl, template)
    rest = {name: value for name, value in changes_of(impl, others).items() if name != "links"}

    forms: list[tuple[Any, tuple[Dashboard, ...]]] = [
        (list(given_links), given_links),
        (given_links[0], given_links[:1]),
        (given_links, given_links),
        ([], ()),
    ]
    for value, expected in forms:
        actual = override(receiver, {**rest, "links": value}).links
        same = (
            isinstance(actual, tuple)
            and len(actual) == len(expected)
            and all(a is b for a, b in zip(actual, expected, strict=True))
        )
        check(same, f"override(links={value!r}).links: expected {expected!r}, got {actual!r}")


REFUSALS = re.compile(
    r"\b(cannot|can ?not|can't|not|never|neither|nor|no|none|except|fixed|immutable|unchangeable|read-only"
    r"|lock(s|ed)|refuse[sd]?|reject(s|ed)?|raise[sd]?|forbid(s|den)|prohibit(s|ed)|disallow(s|ed)|invalid|error)\b"
    r"|\w+Error\b",
    re.IGNORECASE,
)
"""Words by which a sentence says that something is not possible."""

SENTENCE_END = re.compile(r"(?<=[.!?:])\s+|\n\s*\n|\n\s*-")
"""The end of a statement in a docstring: a full stop, an empty line, or the next item of a list."""


@rule("OVR-34")
def test_override_docstring(impl: Adapter) -> None:
    """The docstring of override says that the image cannot be overridden, and no sentence of it says that it can."""
    text = impl.template.override.__doc__ or ""
    sentences = [
        sentence
        for sentence in re.split(r"(?<=[.!?:])\s+|\n\s*\n|\n\s*-", text)
        if re.search(r"\bimage\b", sentence, re.IGNORECASE)
    ]

    check(sentences, f"the docstring of override does not speak of image: {text[:80]!r}")
    for sentence in sentences:
        check(
            REFUSALS.search(sentence),
            f"the docstring of override says that image can change: {sentence.strip()[:150]!r}",
        )


# ---- subclasses -----------------------------------------------------------------------------------------------------


def subclass_of(impl: Adapter) -> type[Any]:
    """Return a subclass of the template as a plugin writes it: a dataclass with fields of its own.

    Raises:
        Gap: The template class does not allow one.
    """
    needs_dataclass(impl)
    base: Any = impl.template

    @dataclass(kw_only=True)
    class ParentTemplate(base):  # type: ignore[misc]  # a base known only while running
        flavour: str = "plain"
        notes: list[str] = field(default_factory=lambda: ["default"])
        computed: str = field(default="default", init=False)

        def __post_init__(self) -> None:
            post_init_above(ParentTemplate, self)
            self.computed = f"computed of {self.flavour}"

    @dataclass(kw_only=True)
    class PluginTemplate(ParentTemplate):
        amount: int = 1
        parts: tuple[str, ...] = ()
        _hidden: str = "default"

    return PluginTemplate


@rule("OVR-29")
@given(
    template=templates(),
    flavours=st.tuples(texts(), texts()),
    amounts=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    changes=overrides(),
)
@example(template=TemplateRecipe(), flavours=("sweet", ""), amounts=(5, 0), changes={})
@example(template=TemplateRecipe(), flavours=("", "sweet"), amounts=(0, 5), changes={"retries": 1})
@example(template=TemplateRecipe(), flavours=(" a ", " b "), amounts=(0, 0), changes={})
def test_override_keeps_subclass(
    impl: Adapter,
    template: TemplateRecipe,
    flavours: tuple[str, str],
    amounts: tuple[int, int],
    changes: Mapping[str, Any],
) -> None:
    """A subclass with extra fields stays that subclass; its fields are kept and can be overridden."""
    subclass, parts = subclass_of(impl), ("a",)
    notes = [flavours[0]] if flavours[0] else []
    given_own = {"flavour": flavours[0], "amount": amounts[0], "parts": parts, "notes": notes, "_hidden": "own"}
    with calling(f"constructing a subclass with {given_own}"):
        receiver = template.make(impl, as_class=subclass, **given_own)
    own = {**given_own, "computed": f"computed of {flavours[0]}"}
    before = snapshot(impl, receiver)
    named, new = changes_of(impl, changes), {"flavour": flavours[1], "amount": amounts[1]}

    kept, changed = override(receiver, named), override(override(receiver, named), new)

    for result, expected in ((kept, own), (changed, {**given_own, **new})):
        check(type(result) is subclass, f"override() of a {subclass.__name__} gave a {type(result).__name__}")
        for name, value in expected.items():
            check_alike(getattr(result, name), value, f"override() of a subclass: its own field {name}")
    check_unchanged(before.differences(receiver), "override() of a subclass changed its receiver")


@rule("OVR-29")
@given(flavours=st.tuples(texts(), texts()), changes=overrides())
@example(flavours=("sweet", ""), changes={})
@example(flavours=("", "sweet"), changes={"retries": 1})
def test_override_keeps_subclass_of_the_base(
    impl: Adapter, flavours: tuple[str, str], changes: Mapping[str, Any]
) -> None:
    """A plugin's subclass of the base template, which runs no function, stays that subclass with its own fields."""
    needs_dataclass(impl)
    base: Any = type_of(impl, "TaskTemplate")
    if not is_dataclass(base):
        raise Gap("TaskTemplate is not a dataclass, so a subclass cannot add fields to it")

    @dataclass(kw_only=True)
    class QueryTemplate(base):  # type: ignore[misc]  # a base known only while running
        query: str
        limit: int | None = None

    interface = impl.interface_of(FunctionRecipe().define())
    with calling("constructing a subclass of the base template"):
        receiver = QueryTemplate(name="query", interface=interface, query=flavours[0], limit=0)
    before = snapshot(impl, receiver)
    named = changes_of(impl, changes)

    kept, changed = override(receiver, named), override(override(receiver, {"query": flavours[1]}), named)

    for result, query in ((kept, flavours[0]), (changed, flavours[1])):
        check(type(result) is QueryTemplate, f"override() of a QueryTemplate gave a {type(result).__name__}")
        check_alike((result.query, result.limit), (query, 0), "override() of a subclass of the base: its own fields")
        unnamed = before.differences(result, besides={*named, "query", "ref"})
        check_unchanged(unnamed, f"{call_text('override', changes)} of a subclass of the base changed other fields")
    check_unchanged(before.differences(receiver), "override() of a subclass of the base changed its receiver")


@rule("OVR-30")
@given(function=simple_functions(), changes=overrides(fields=tuple(name for name in CHANGES if name != "short_name")))
@example(function=FunctionRecipe(), changes={})
@example(function=FunctionRecipe(is_async=True), changes={"resources": recipe("Resources", cpu=1)})
def test_override_runs_post_init_once(impl: Adapter, function: FunctionRecipe, changes: Mapping[str, Any]) -> None:
    """Override does not repeat what a subclass does once, in its constructor."""
    needs_dataclass(impl)
    offered(impl, "task_type")
    runs = []
    base: Any = impl.template

    @dataclass(kw_only=True)
    class Counting(base):  # type: ignore[misc]  # a base known only while running
        flavour: str = "plain"

        def __post_init__(self) -> None:
            post_init_above(Counting, self)
            runs.append(1)
            self.task_type: str = f"{self.task_type}!"

    with calling("constructing a subclass that changes a field in __post_init__"):
        receiver = TemplateRecipe(function=function).make(impl, as_class=Counting)
    task_type = receiver.task_type

    result = override(receiver, changes_of(impl, changes))
    for more in (changes_of(impl, {"retries": 1}), {"flavour": "sweet"}):
        result, text = override(result, more), f"{call_text('override', changes)}, then {call_text('override', more)}"
        check_alike(result.task_type, task_type, f"task_type after {text}")
        check(len(runs) == 1, f"__post_init__ of the subclass ran {len(runs)} times after {text}, expected once")
