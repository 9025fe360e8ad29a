"""Rules CON: what the constructor accepts, how it coerces values, and what it refuses."""

from __future__ import annotations

import functools
import inspect
import itertools
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from datetime import timedelta
from typing import Any

from hypothesis import assume, example, given
from hypothesis import strategies as st

from conformance.contracts.task_template.adapter import PAGE_PARAMETERS, Adapter
from conformance.contracts.task_template.strategies.calls import ASYNC_CALL, CallRecipe, bare_calls, results
from conformance.contracts.task_template.strategies.origins import (
    OF_DECORATORS,
    ORIGINS,
    OverrideRecipe,
    base_of,
)
from conformance.contracts.task_template.strategies.recipes import (
    AsyncCallableObject,
    CallableObject,
    FunctionRecipe,
    SubclassRecipe,
    TemplateRecipe,
    as_wrapped,
    is_of_contract,
    made,
    needed_values,
    needs_constructor,
    needs_dataclass,
    of_subclass,
    recipe,
    subclassed,
    supported,
    type_of,
)
from conformance.contracts.task_template.strategies.specimens import Text, Whole
from conformance.contracts.task_template.strategies.values import (
    DICTIONARIES,
    EVERY_CHANGE,
    EVERY_SETTING,
    Dashboard,
    caches,
    env_vars,
    full_templates,
    functions,
    images,
    reusable_templates,
    simple_functions,
    templates,
    texts,
)
from conformance.contracts.task_template.suite.acts import (
    WRONG_VALUE,
    build,
    call_text,
    check_alike,
    check_refused_everywhere,
    check_unchanged,
    other_names,
    override,
    post_init_above,
    receiver_of,
)
from conformance.contracts.task_template.suite.doubles import (
    Body,
    Controller,
    Outcome,
    awaited,
    in_task,
    made_from,
    outcome_of,
)
from conformance.contracts.task_template.suite.observe import alike, field_names, snapshot, view
from conformance.contracts.task_template.suite.offers import offered
from conformance.contracts.task_template.suite.places import anywhere
from conformance.contracts.task_template.suite.readings import check_kind, held
from conformance.engine.properties import (
    at_most,
    calling,
    check,
    check_equal,
    check_instance,
    expect_raises,
    run_async,
    shown,
    trying,
)
from conformance.engine.properties import check_same as check_identical
from conformance.engine.rules import rule

DEFAULTS: Mapping[str, Any] = {
    "task_type": "python",
    "task_type_version": 0,
    "resources": None,
    "interruptible": False,
    "reusable": None,
    "docs": None,
    "env_vars": None,
    "secrets": None,
    "timeout": None,
    "pod_template": None,
    "report": False,
    "queue": None,
    "debuggable": True,
    "parent_env": None,
    "parent_env_name": None,
    "max_inline_io_bytes": 10 * 1024 * 1024,
    "triggers": (),
    "links": (),
    "plugin_config": None,
    "task_resolver": None,
}
"""The default of each field, except derived ones. Source: rule CON-04."""


def arguments_of(impl: Adapter, template: TemplateRecipe) -> dict[str, Any]:
    """Return keyword arguments that the constructor takes, the required ones included.

    Raises:
        Gap: The class under test is not made by its constructor.
    """
    needs_constructor(impl)
    function = template.function.define()
    required = {"name": "constructed", "interface": impl.interface_of(function), "func": function}
    return {**made(impl, supported(impl, template.fields)), **needed_values(impl, impl.template), **required}


@rule("CON-01")
@given(count=st.integers(1, 3), template=templates())
@example(count=1, template=TemplateRecipe())
def test_constructor_keyword_only(impl: Adapter, count: int, template: TemplateRecipe) -> None:
    """Passing constructor parameters by position raises TypeError, for the first one and for all required ones."""
    named = arguments_of(impl, template)
    given_first = list(itertools.islice(("name", "interface", "func"), count))
    positional = [named.pop(name) for name in given_first]

    with expect_raises(TypeError, f"the constructor with {', '.join(given_first)} by position"):
        impl.template(*positional, **named)
    everything = arguments_of(impl, template)
    for value in (*positional[:1], None):
        with expect_raises(TypeError, f"the constructor with all fields by name, and {shown(value)} by position"):
            impl.template(value, **everything)


@rule("CON-01", "CON-02")
def test_base_template_is_made_by_keyword(impl: Adapter) -> None:
    """The base template and a subclass, too, take keywords only, and need their name and interface."""
    subclass, function = subclassed(impl), FunctionRecipe().define()
    named = {"name": "t", "interface": impl.interface_of(function)}
    kinds = [(subclass, {**named, "func": function, **needed_values(impl, subclass)})]
    if is_of_contract(impl) and "TaskTemplate" in impl.types:
        kinds.append((impl.types["TaskTemplate"], named))
    for kind, needed in kinds:
        what = f"the constructor of {kind.__name__}"
        for count in (1, 2):
            given_first, rest = dict(list(needed.items())[:count]), dict(list(needed.items())[count:])
            with expect_raises(TypeError, f"{what} with {', '.join(given_first)} by position"):
                kind(*given_first.values(), **rest)
        for missing in needed.keys() & {"name", "interface", "func"}:
            with expect_raises(TypeError, f"{what} without {missing}"):
                kind(**{name: value for name, value in needed.items() if name != missing})


@rule("CON-02")
@given(missing=st.sets(st.sampled_from(["name", "interface", "func"]), min_size=1), template=templates())
@example(missing={"name"}, template=TemplateRecipe())
@example(missing={"interface"}, template=TemplateRecipe())
@example(missing={"func"}, template=TemplateRecipe())
def test_constructor_required(impl: Adapter, missing: set[str], template: TemplateRecipe) -> None:
    """Without name, interface or func the constructor raises TypeError."""
    named = {name: value for name, value in arguments_of(impl, template).items() if name not in missing}

    with expect_raises(TypeError, f"the constructor without {', '.join(sorted(missing))}"):
        impl.template(**named)


COERCED = frozenset({"image", "cache", "retries", "short_name"})
"""Parameters whose values the constructor coerces, each by a rule of its own."""

FALSY = {
    "timeout": 0,
    "env_vars": {},
    "secrets": [],
    "queue": "",
    "pod_template": "",
    "max_inline_io_bytes": 0,
    "links": (),
    "triggers": (),
    "parent_env_name": "",
}


@rule("CON-03")
@given(template=full_templates() | templates())
@example(template=TemplateRecipe(fields=FALSY))
@example(
    template=TemplateRecipe(fields={"env_vars": {"a": "", "B": "b"}, "secrets": ["z", "a"], "timeout": timedelta(0)})
)
@example(template=TemplateRecipe(fields={"secrets": ["k", "k"], "links": (Dashboard("d"), Dashboard("d"))}))
@example(template=TemplateRecipe(fields={"report": True, "debuggable": False, "interruptible": True}))
@example(template=TemplateRecipe(fields={"queue": "q", "short_name": "s", "retries": 2}))
def test_constructor_accepts_page_parameters(impl: Adapter, template: TemplateRecipe) -> None:
    """The constructor takes every parameter of the page, and each field has its value.

    This rule is not about combinations that a class rejects, whether it is the package's own or swapped in. So all of
    them are given in one call, and if that is refused, each is given alone, with the arguments that the class needs.
    """
    values = arguments_of(impl, template)
    missing = [name for name in PAGE_PARAMETERS if name not in constructor_parameters(impl)]
    check(not missing, f"the constructor lacks the parameters {missing}")

    named = {"parent_env": None, "_call_as_synchronous": False, "reusable": None, **values}
    needed = {*REQUIRED, *needed_values(impl, impl.template)}
    for part in [named] if _takes(impl, named) else _alone(named, needed):
        with calling(call_text("the constructor", {name: part[name] for name in part.keys() - needed})):
            built = impl.template(**part)
        unset = [name for name in PAGE_PARAMETERS if not hasattr(built, name)]
        check(not unset, f"the constructor took {unset} and set no attribute of that name")
        check_kept(impl, built, {name: value for name, value in values.items() if name in part})


REQUIRED = ("name", "interface", "func")
"""Constructor parameters that every class needs."""


def _takes(impl: Adapter, named: Mapping[str, Any]) -> bool:
    """Return whether the constructor takes these arguments together."""
    try:
        impl.template(**named)
    except Exception:  # noqa: BLE001 - an unknown implementation may raise anything
        return False
    return True


def _alone(named: Mapping[str, Any], needed: Collection[str]) -> list[dict[str, Any]]:
    """Return the arguments of several calls: the required ones, and one other parameter each."""
    required = {name: named[name] for name in needed}
    return [{**required, name: value} for name, value in named.items() if name not in required]


def check_kept(impl: Adapter, built: Any, values: Mapping[str, Any]) -> None:
    """Check that a template has the values it was made with, except those that the constructor coerces.

    Their form may differ, because the contract says that a value is accepted, not that a list of secrets stays a list.
    """
    own = is_of_contract(impl)
    for name in sorted(values.keys() - COERCED - (frozenset() if own else FIXED_BY_PLUGINS)):
        actual, what = getattr(built, name), f"{name} of a template made with {name}={values[name]!r}"
        # A plugin's class may store something of its own; a value that equals the default was dropped.
        if own or alike(actual, DEFAULTS.get(name)):
            # The order of a dictionary does not matter: environment variables have none.
            is_kept = isinstance(values[name], dict) and actual == values[name]
            form = held(name, actual)
            got = shown(actual) if form is actual else f"{shown(actual)}, which says {shown(form)}"
            is_kept = is_kept or alike(form, held(name, values[name]))
            check(is_kept, f"{what}: expected {shown(values[name])} in some form, got {got}")


def constructor_parameters(impl: Adapter) -> frozenset[str]:
    """Return the constructor parameters of the signature, or the claimed ones if it has `**kwargs` or is unknown."""
    try:
        parameters = inspect.signature(impl.template).parameters
    except (TypeError, ValueError):  # a class whose `__signature__` is one of its instances, say
        return impl.fields()
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values())
    if not takes_any:
        return frozenset(parameters)
    inherited = fields(impl.template) if is_dataclass(impl.template) else ()
    return frozenset(parameters) | impl.fields() | {one.name for one in inherited if one.init}


@rule("CON-03b")
def test_constructor_exactly_page_parameters(impl: Adapter) -> None:
    """The constructor has the parameters of the page, in the page's order, and no others."""
    check_equal(list(inspect.signature(impl.template).parameters), PAGE_PARAMETERS, "parameters of the constructor")


@rule("CON-04")
@given(name=texts(min_size=1), function=simple_functions(), fields=templates().map(lambda template: template.fields))
@example(name="t", function=FunctionRecipe(), fields={})
@example(name="t", function=FunctionRecipe(is_async=True), fields={"retries": 3})
def test_constructor_defaults(impl: Adapter, name: str, function: FunctionRecipe, fields: Mapping[str, Any]) -> None:
    """An omitted parameter has its documented default, whichever other parameters are passed.

    A default that a plugin's class redeclares is not judged.
    """
    built = build(impl, TemplateRecipe(function=function, fields=fields), name=name)

    fixed = frozenset() if is_of_contract(impl) else FIXED_BY_PLUGINS | declared_anew(impl)
    for field, expected in DEFAULTS.items():
        if field in impl.fields() and field not in fields and field not in fixed:
            check_alike(getattr(built, field), expected, f"default of {field}")
    check_equal(built.name, name, "name")
    check(built.ref is False, f"default of ref: expected False, got {built.ref!r}")
    derived: Mapping[str, Any] = {
        "short_name": name,
        "cache": recipe("Cache", behavior="disable"),
        "retries": recipe("RetryStrategy", count=0),
    }
    for field, expected in supported(impl, derived).items():
        if field not in fields:
            check_alike(getattr(built, field), made(impl, expected), f"default of {field}")


@rule("CON-04")
@given(is_async=st.booleans())
@example(is_async=False)
@example(is_async=True)
def test_each_default_beside_all_other_fields(impl: Adapter, *, is_async: bool) -> None:
    """A field that is left out has its default even if every other field has a value of its own."""
    fixed = frozenset() if is_of_contract(impl) else FIXED_BY_PLUGINS | declared_anew(impl)
    every = {**EVERY_SETTING, **EVERY_CHANGE}
    for field in sorted(supported(impl, every).keys() & DEFAULTS.keys() - fixed):
        fields = {name: value for name, value in every.items() if name != field}
        built = build(impl, TemplateRecipe(function=FunctionRecipe(is_async=is_async), fields=fields))
        with trying(fields=fields):
            check_alike(getattr(built, field), DEFAULTS[field], f"default of {field}, all other fields given")


def declared_anew(impl: Adapter) -> frozenset[str]:
    """Return the fields for which the class under test declares another default than the contract's class."""
    defaults = [
        {one.name: one.default for one in fields(kind) if one.default is not MISSING} if is_dataclass(kind) else {}
        for kind in (impl.template, type_of(impl, "AsyncFunctionTaskTemplate"))
    ]
    own, plain = defaults
    return frozenset(name for name in own.keys() & plain.keys() if not alike(own[name], plain[name]))


FIXED_BY_PLUGINS = frozenset({"task_type", "task_type_version", "plugin_config"})
"""Fields that identify a plugin's class, which may set them itself."""


@rule("CON-04")
def test_base_template_is_not_debuggable(impl: Adapter) -> None:
    """A base template is not debuggable by default; its other defaults are those of the function template."""
    base = type_of(impl, "TaskTemplate")
    interface = impl.interface_of(FunctionRecipe().define())
    with calling("TaskTemplate(name='t', interface=...)"):
        built = base(name="t", interface=interface)

    expected = {name: value for name, value in DEFAULTS.items() if name not in ("plugin_config", "task_resolver")}
    for field, value in {**expected, "debuggable": False, "short_name": "t"}.items():
        if hasattr(built, field):
            check_alike(getattr(built, field), value, f"default of {field} on the base template")


@rule("CON-05")
@given(
    keyword=st.from_regex(r"_?[a-z][a-z_]{0,11}", fullmatch=True),
    value=st.sampled_from([None, 0, "", False, (), {}, 1]),
    template=templates(),
)
@example(keyword="retry", value=None, template=TemplateRecipe())
@example(keyword="kwargs", value={}, template=TemplateRecipe())
@example(keyword="Retries", value=1, template=TemplateRecipe())
@example(keyword="short_namé", value="", template=TemplateRecipe())
def test_constructor_refuses_unknown(impl: Adapter, keyword: str, value: Any, template: TemplateRecipe) -> None:
    """A keyword that is not a parameter raises TypeError, whatever its value."""
    known = constructor_parameters(impl) | impl.fields() | {"ref", "self"}
    assume(keyword not in known)

    with expect_raises(TypeError, f"the constructor with {keyword}={value!r}"):
        impl.template(**arguments_of(impl, template), **{keyword: value})


@rule("CON-05")
def test_constructor_refuses_names_of_members(impl: Adapter) -> None:
    """The name of a method, a property or a class attribute is not a parameter, nor is a field in another spelling."""
    known = constructor_parameters(impl) | impl.fields() | {"ref"}
    named = arguments_of(impl, TemplateRecipe())
    for keyword in other_names(impl, fields=known):
        with trying(keyword=keyword), expect_raises(TypeError, f"the constructor with {keyword}=None"):
            impl.template(**named, **{keyword: None})


@rule("CON-06")
@given(value=st.sampled_from([True, False, None]), template=templates())
@example(value=False, template=TemplateRecipe())
def test_ref_is_not_a_parameter(impl: Adapter, value: Any, template: TemplateRecipe) -> None:
    """A template has a ref, which the constructor does not take."""
    check(hasattr(build(impl, template), "ref"), "a new template has no attribute ref")
    with expect_raises(TypeError, f"the constructor with ref={value!r}"):
        impl.template(**arguments_of(impl, template), ref=value)


@rule("CON-07")
@given(image=images(), template=templates())
@example(image="auto", template=TemplateRecipe())
@example(image=None, template=TemplateRecipe())
@example(image="registry.example.org/team/image:1.0", template=TemplateRecipe())
@example(image="registry.example.org:5000/Team/image:V1-RC", template=TemplateRecipe())
@example(image="auto:1", template=TemplateRecipe())
@example(image="AUTO", template=TemplateRecipe())
@example(image=Text("auto"), template=TemplateRecipe())
@example(image=Text("registry.example.org/image"), template=TemplateRecipe())
@example(image=SubclassRecipe("Image", ("base",), factory="from_base"), template=TemplateRecipe())
@example(image=" image ", template=TemplateRecipe())
@example(image="", template=TemplateRecipe())
@example(image="registry.example.org/image@sha256:" + "0a" * 32, template=TemplateRecipe())
def test_image_coercion(impl: Adapter, image: Any, template: TemplateRecipe) -> None:
    """'auto' becomes the default Image, another string the Image of that base; an Image and None are kept.

    The contract does not define the image of a template without one, nor which addresses `from_base` may refuse.
    """
    offered(impl, "image")
    kind, passed = type_of(impl, "Image"), made(impl, image)
    what = f"image of a template with image={passed!r}"
    of_base = outcome_of(lambda: kind.from_base(passed)) if isinstance(passed, str) else Outcome()
    if of_base.error is not None and passed != "auto":
        with expect_raises(Exception, f"{what}, which Image.from_base refuses"):
            template.make(impl, image=passed)
        return
    actual = build(impl, template, image=passed).image

    if passed == "auto":
        check_kind(actual, kind, what)
        check_alike(actual, build(impl, TemplateRecipe(), image="auto").image, f"{what} against another one's")
        is_of_base = of_base.error is None and alike(actual, of_base.value)
        check(not is_of_base, f"{what}: got Image.from_base('auto'), expected the default image")
    elif isinstance(passed, str):
        check_kind(actual, kind, what)
        check_alike(actual, of_base.value, what)
    else:
        check_identical(actual, passed, "image")


@rule("CON-08")
@given(behavior=st.sampled_from(["auto", "override", "disable"]), cache=caches(), template=templates())
@example(behavior="override", cache=recipe("Cache", behavior="disable"), template=TemplateRecipe())
@example(behavior=Text("auto"), cache=of_subclass("Cache", behavior="auto", salt="s"), template=TemplateRecipe())
@example(behavior=Text("disable"), cache=recipe("Cache", behavior="auto"), template=TemplateRecipe())
def test_cache_coercion(impl: Adapter, behavior: str, cache: Any, template: TemplateRecipe) -> None:
    """Each of the three strings becomes a Cache of that behavior; a Cache is kept."""
    offered(impl, "cache")
    passed = made(impl, cache)

    actual = build(impl, template, cache=behavior).cache
    check_kind(actual, type_of(impl, "Cache"), f"cache of a template with cache={behavior!r}")
    check_equal(actual.behavior, behavior, f"behavior of a template with cache={behavior!r}")
    if behavior != "override":  # a Cache of that behavior may need a version (VAL-02)
        expected = made(impl, recipe("Cache", behavior=behavior))
        check_alike(actual, expected, f"cache of a template with cache={behavior!r}")
    check_identical(build(impl, template, cache=passed).cache, passed, "cache")


CACHE_ALIASES = ("enable", "enabled", "on", "true", "yes", "off", "false", "no", "none")
"""Words that the newest releases treat as 'auto' and 'disable'."""


@rule("CON-09")
@given(word=texts(), template=templates())
@example(word="always", template=TemplateRecipe())
@example(word="AUTO", template=TemplateRecipe())
@example(word=" disable", template=TemplateRecipe())
@example(word="", template=TemplateRecipe())
def test_cache_word_checked(impl: Adapter, word: str, template: TemplateRecipe) -> None:
    """A cache word that no release knows raises ValueError when the template is made."""
    offered(impl, "cache")
    assume(word not in {"auto", "override", "disable"} and word.lower() not in CACHE_ALIASES)

    with expect_raises(ValueError, f"the constructor with cache={word!r}"):
        impl.template(**{**arguments_of(impl, template), "cache": word})


@rule("CON-09")
def test_cache_word_checked_everywhere(impl: Adapter) -> None:
    """A cache word that the constructor refuses, override, a subclass and an environment refuse, too."""
    check_refused_everywhere(impl, "cache", ("always", "AUTO", " disable"))


@rule("CON-09b")
@given(word=st.sampled_from(CACHE_ALIASES), upper=st.booleans())
def test_cache_aliases(impl: Adapter, word: str, upper: bool) -> None:  # noqa: FBT001 - hypothesis passes it by keyword
    """Words for yes and no are treated as 'auto' and 'disable'."""
    offered(impl, "cache")
    expected = "auto" if word in CACHE_ALIASES[:5] else "disable"
    passed = word.upper() if upper else word

    actual = build(impl, TemplateRecipe(), cache=passed).cache
    check_equal(getattr(actual, "behavior", actual), expected, f"behavior of a template with cache={passed!r}")


@rule("CON-10")
@given(count=st.integers(0, 9) | st.integers(0, 2**31 - 1), template=templates())
@example(count=0, template=TemplateRecipe())
@example(count=2**31 - 1, template=TemplateRecipe())
@example(count=2**16, template=TemplateRecipe())
def test_retries_coercion(impl: Adapter, count: int, template: TemplateRecipe) -> None:
    """A count becomes a RetryStrategy of that count; a RetryStrategy is kept as it is."""
    offered(impl, "retries")
    strategy, own = (made(impl, one("RetryStrategy", count=count)) for one in (recipe, of_subclass))

    actual = build(impl, template, retries=count).retries
    check_alike(actual, strategy, f"retries of a template with retries={count}")
    of_own_class = build(impl, template, retries=Whole(count)).retries
    check_alike(of_own_class, strategy, f"retries of a template with {count} of a class of numbers as retries")
    for given_strategy in (strategy, own):
        check_identical(build(impl, template, retries=given_strategy).retries, given_strategy, "retries")


@rule("CON-11")
@given(retries=st.integers(max_value=-1) | st.floats() | texts() | st.just([]), template=templates())
@example(retries=-1, template=TemplateRecipe())
@example(retries=1.5, template=TemplateRecipe())
@example(retries="3", template=TemplateRecipe())
@example(retries=0.0, template=TemplateRecipe())
@example(retries="", template=TemplateRecipe())
def test_retries_checked(impl: Adapter, retries: Any, template: TemplateRecipe) -> None:
    """Retries that are neither a count of at least 0 nor a RetryStrategy are rejected by the constructor."""
    offered(impl, "retries")
    with expect_raises(WRONG_VALUE, f"the constructor with retries={retries!r}"):
        impl.template(**{**arguments_of(impl, template), "retries": retries})


@rule("CON-11")
def test_wrong_retries_are_refused_everywhere(impl: Adapter) -> None:
    """Retries that the constructor refuses, override, a subclass and the decorator refuse, too."""
    check_refused_everywhere(impl, "retries", (-1, 1.5, "3", [3]))


@rule("CON-12")
@given(name=texts(min_size=1), short_name=texts(), template=templates())
@example(name="n", short_name="", template=TemplateRecipe())
@example(name="n", short_name=" ", template=TemplateRecipe())
@example(name="a.b", short_name="", template=TemplateRecipe())
@example(name="/n/", short_name="._-A-_.", template=TemplateRecipe())
@example(name="n", short_name="x" * 300, template=TemplateRecipe())
@example(name="n", short_name="e\u0301", template=TemplateRecipe())  # decomposed, and to stay so
def test_short_name_fallback(impl: Adapter, name: str, short_name: str, template: TemplateRecipe) -> None:
    """An empty short_name is replaced by the name; any other is kept unchanged."""
    offered(impl, "short_name")
    built = build(impl, template, name=name, short_name=short_name)

    check_equal(built.short_name, short_name or name, f"short_name of a template with short_name={short_name!r}")
    check_equal(built.name, name, "name")


def _bound(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function as a bound method, whose first parameter is the object."""

    class Owner:
        async def waiting(self, *args: Any) -> Any:
            return await function(*args)

        def plain(self, *args: Any) -> Any:
            return function(*args)

    return Owner().waiting if inspect.iscoroutinefunction(function) else Owner().plain


SHAPES: Mapping[str, Callable[[Callable[..., Any]], Callable[..., Any]]] = {
    "function": lambda function: function,
    "partial": functools.partial,
    "partial of partial": lambda function: functools.partial(functools.partial(function)),
    "bound method": _bound,
    "partial of bound method": lambda function: functools.partial(_bound(function)),
}
"""Ways to pass a function that do not change whether it is async."""


def shaped(function: FunctionRecipe, shape: str) -> Callable[..., Any]:
    """Return the function in that shape, with a name."""
    defined = function.define()
    result = SHAPES[shape](defined)
    if result is not defined and not inspect.ismethod(result):
        functools.update_wrapper(result, defined)
    return result


@rule("CON-13")
@given(
    function=functions(types=st.just(int)),
    shape=st.sampled_from(sorted(SHAPES)),
    told=st.sampled_from(["nothing", False]),
)
@example(function=FunctionRecipe(), shape="function", told=False)
@example(function=FunctionRecipe(is_async=True), shape="partial", told=False)
@example(function=FunctionRecipe(), shape="partial", told="nothing")
def test_call_as_synchronous(impl: Adapter, function: FunctionRecipe, shape: str, told: Any) -> None:
    """A template is called as synchronous when its function is not async, also if the constructor was given False."""
    more = {} if told == "nothing" else {"_call_as_synchronous": told}
    offered(impl, "_call_as_synchronous")
    interface = impl.interface_of(function.define())
    with calling(f"make({shape} of {function!r}, {more})"):
        built = impl.make(shaped(function, shape), interface=interface, **more)

    actual = built._call_as_synchronous  # noqa: SLF001 - a constructor parameter of the page
    check(actual is (not function.is_async), f"_call_as_synchronous of a {shape} of {function!r}: got {actual!r}")


@rule("CON-13")
@given(shape=st.sampled_from(sorted(SHAPES)), is_async=st.booleans())
@example(shape="function", is_async=False)
@example(shape="partial", is_async=False)
@example(shape="partial", is_async=True)
def test_call_as_synchronous_of_a_subclass(impl: Adapter, shape: str, *, is_async: bool) -> None:
    """A subclass finds out whether its function is async as its base does."""
    offered(impl, "_call_as_synchronous")
    function = FunctionRecipe(is_async=is_async)
    subclass = subclassed(impl)
    named = {"name": "task", "interface": impl.interface_of(function.define()), **needed_values(impl, subclass)}
    what = f"a subclass with a {shape} of {function!r}"
    with calling(what):
        actual = subclass(func=shaped(function, shape), **named)._call_as_synchronous  # noqa: SLF001 - a parameter of the page

    check(actual is (not is_async), f"_call_as_synchronous of {what}: got {actual!r}")


@rule("CON-13")
@given(depth=st.integers(1, 3), told=st.sampled_from(["nothing", False]))
@example(depth=1, told="nothing")
@example(depth=1, told=False)
def test_only_coroutine_functions_are_async(impl: Adapter, depth: int, told: Any) -> None:
    """What the function is counts, not what it wraps; a generator of either kind, a class and a lambda are sync."""
    offered(impl, "_call_as_synchronous")
    more = {} if told == "nothing" else {"_call_as_synchronous": told}
    waiting: Callable[..., Any] = FunctionRecipe(is_async=True).define()
    plain = FunctionRecipe().define()
    interface = impl.interface_of(plain)
    around_async, around_sync = waiting, plain
    for _ in range(depth):
        around_async = _wrapped(around_async)
        around_sync = _waiting(around_sync)
    sync: list[Callable[..., Any]] = [
        around_async,
        _generating,
        _generating_later,
        lambda: None,
        functools.cache(plain),
        dict,
        time.time,
    ]

    for function, expected in (*((one, True) for one in sync), (around_sync, False), (as_wrapped(waiting), False)):
        with calling(f"make({shown(function)})"):
            built = impl.make(function, name="task", interface=interface, **more)
        actual = built._call_as_synchronous  # noqa: SLF001 - a constructor parameter of the page
        check(actual is expected, f"_call_as_synchronous of {shown(function)}: expected {expected!r}, got {actual!r}")


def _waiting(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a coroutine function around a plain one, as a decorator makes it."""

    @functools.wraps(function)
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapper


def _wrapped(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a plain function around another one, as a decorator makes it."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapper


def _generating() -> Iterator[int]:
    """Yield once."""
    yield 1


async def _generating_later() -> AsyncIterator[int]:
    """Yield once."""
    yield 1


@rule("CON-14")
@given(template=templates(functions=st.just(FunctionRecipe(is_async=True))))
@example(template=TemplateRecipe(function=FunctionRecipe(is_async=True)))
def test_call_as_synchronous_kept_for_async(impl: Adapter, template: TemplateRecipe) -> None:
    """_call_as_synchronous=True stays True for an async function."""
    offered(impl, "_call_as_synchronous")
    actual = build(impl, template, _call_as_synchronous=True)._call_as_synchronous  # noqa: SLF001 - a parameter of the page
    check(actual is True, f"_call_as_synchronous=True of an async function: got {actual!r}")


@rule("CON-15")
@given(template=full_templates())
def test_values_stored_as_given(impl: Adapter, template: TemplateRecipe) -> None:
    """The values of timeout, secrets, resources, env_vars and docs are stored as given."""
    fields = ("timeout", "secrets", "resources", "env_vars", "docs")
    passed = made(impl, supported(impl, {name: template.fields[name] for name in fields}))
    built = build(impl, template, **passed)

    for name, value in passed.items():
        check_identical(getattr(built, name), value, name)


@rule("CON-16")
@given(given_env_vars=env_vars(min_size=0), template=templates(), kind=st.sampled_from(DICTIONARIES))
@example(given_env_vars={"a": "b"}, template=TemplateRecipe(), kind=dict)
@example(given_env_vars={}, template=TemplateRecipe(), kind=OrderedDict)
def test_env_vars_not_aliased(
    impl: Adapter, given_env_vars: dict[str, str], template: TemplateRecipe, kind: type[dict[str, str]]
) -> None:
    """Changing the dictionary that was passed as env_vars does not change the template, for any class of dictionary."""
    offered(impl, "env_vars")
    passed = kind(given_env_vars)
    built = build(impl, template, env_vars=passed)
    before = view(built.env_vars)

    passed["CHANGED"] = "changed"
    grown = view(built.env_vars)
    passed.clear()

    for now in (grown, view(built.env_vars)):
        check(now == before, f"the dictionary passed as env_vars changed, and the template with it: {built.env_vars!r}")


@rule("CON-16")
@given(given_env_vars=env_vars(min_size=0), kind=st.sampled_from(DICTIONARIES))
@example(given_env_vars={"a": "b"}, kind=dict)
@example(given_env_vars={}, kind=dict)
def test_env_vars_of_environments_not_aliased(
    impl: Adapter, given_env_vars: dict[str, str], kind: type[dict[str, str]]
) -> None:
    """Changing the dictionary that an environment was made with does not change a task that it already has."""
    offered(impl, "env_vars")
    passed = kind(given_env_vars)
    with calling("TaskEnvironment(env_vars=...).task(f)"):
        env = impl.make_env(env_vars=passed)
        task = env.task(FunctionRecipe().define())
    before = view(task.env_vars)

    passed["CHANGED"] = "changed"
    now = view(task.env_vars)

    check(now == before, f"the env_vars of an environment were changed, and those of its task with them: {now!r}")


@rule("CON-17")
@given(template=templates(functions=st.just(FunctionRecipe(is_async=True))))
@example(template=TemplateRecipe(function=FunctionRecipe(is_async=True)))
def test_async_callable_object(impl: Adapter, template: TemplateRecipe) -> None:
    """An object whose call is async counts as async, one whose call is sync as sync."""
    offered(impl, "_call_as_synchronous")
    waiting, plain = template.function.define(), FunctionRecipe().define()
    interface = impl.interface_of(waiting)

    class Inheriting(AsyncCallableObject):
        """An object whose class inherits `__call__`."""

    for function, expected in (
        (CallableObject(plain), True),
        (AsyncCallableObject(waiting), False),
        (Inheriting(waiting), False),
    ):
        with calling(f"make({type(function).__name__})"):
            actual = impl.make(function, interface=interface)._call_as_synchronous  # noqa: SLF001 - a parameter of the page
        check(
            actual is expected,
            f"_call_as_synchronous of a {type(function).__name__}: expected {expected!r}, got {actual!r}",
        )


@rule("CON-17")
@at_most(10)
@given(call=bare_calls(is_async=True), result=results())
@example(call=ASYNC_CALL, result=0)
def test_async_callable_object_is_called_as_async(impl: Adapter, call: CallRecipe, result: object) -> None:
    """A call of a task of such an object gives a coroutine, and in a task context it is submitted as an async one."""
    offered(impl, "_call_as_synchronous")
    if base_of(call.origin) in OF_DECORATORS:
        call = replace(call, origin="constructor")
    body, controller = Body(result=result), Controller("submitted")
    template = made_from(impl, replace(call, shape="async object"), body)

    with calling("task()"):
        coroutine = template()
    check(inspect.iscoroutine(coroutine), f"task() of an async object gave {shown(coroutine)}, expected a coroutine")
    body.check_runs(0, "task() of an async object, not awaited")
    run_async(lambda: awaited(lambda: coroutine)).check_value(result, "await task() of an async object")
    if {"context", "controller"} <= impl.capabilities:
        with in_task(impl, controller):
            outcome = run_async(lambda: awaited(template))
        outcome.check_value("submitted", "in a task context, await task() of an async object")
        controller.check_submitted("submit", template, call, "await task() of an async object")


WRONG_TYPES: Mapping[str, tuple[Any, ...]] = {
    "resources": ("1", 1, {"cpu": 1}, [], "", 0, False),
    "env_vars": ("A=b", [("A", "b")], 1, {"A": 1}, {1: "b"}, {"A": None}, {"B": "b", "A": 0}, [], "", 0, False),
    "links": ("link", 1, (1,), ("link",), [Dashboard("d"), "link"], (None,), 0),
    "queue": (1, b"q", ["q"], 0, b"", [], (), False),
    "interruptible": ("yes", 1, None, [True], 0, "", [], 0.0, "False"),
}
"""Values outside the type of the field on the page, including falsy ones and containers with one wrong item."""


@rule("CON-18")
@at_most(5)  # each tries them all
@given(name=st.sampled_from(sorted(WRONG_TYPES)), template=templates())
@example(name="resources", template=TemplateRecipe())
@example(name="env_vars", template=TemplateRecipe())
@example(name="links", template=TemplateRecipe())
@example(name="queue", template=TemplateRecipe())
@example(name="interruptible", template=TemplateRecipe())
def test_field_types_checked(impl: Adapter, name: str, template: TemplateRecipe) -> None:
    """A value outside the type of resources, env_vars, links, queue or interruptible is refused, not converted.

    Source of the types: the published page, where `env_vars` is `Optional[Dict[str, str]]`.
    """
    offered(impl, name)

    for value in WRONG_TYPES[name]:
        with trying(wrong={name: value}), expect_raises(WRONG_VALUE, f"the constructor with {name}={value!r}"):
            impl.template(**{**arguments_of(impl, template), name: value})


@rule("CON-18")
def test_wrong_types_are_refused_everywhere(impl: Adapter) -> None:
    """A wrong type that the constructor refuses, override, a subclass and an environment refuse, too."""
    for name, values in WRONG_TYPES.items():
        check_refused_everywhere(impl, name, values)


@rule("CON-19")
def test_attributes_read_only_anywhere(impl: Adapter) -> None:
    """Wherever an assignment to a field is tried, it is refused."""
    template = build(impl, TemplateRecipe(fields={"retries": 3}))
    for name, place in anywhere(impl).items():
        for field in supported(impl, {"retries": 0, "name": "other", "func": len, "queue": "q"}):
            outcome = place(functools.partial(setattr, template, field, None))
            check(outcome.error is not None, f"template.{field} = None {name} was accepted, expected an exception")


@rule("CON-19")
@given(template=templates() | full_templates(), origin=st.sampled_from(ORIGINS))
@example(template=TemplateRecipe(), origin="constructor")
@example(template=TemplateRecipe(), origin="override")
@example(template=TemplateRecipe(), origin="copy")
@example(template=TemplateRecipe(), origin="deepcopy")
@example(template=TemplateRecipe(), origin="pickle")
@example(template=TemplateRecipe(), origin="decorator")
@example(template=TemplateRecipe(), origin="subclass")
def test_attributes_read_only(impl: Adapter, template: TemplateRecipe, origin: str) -> None:
    """No field of a template can be assigned or deleted from outside, however the template was made."""
    built = receiver_of(impl, OverrideRecipe(template=template, origin=origin))
    before = snapshot(impl, built)
    for name in field_names(impl, built):
        # The environment is set by the decorator and by from_task.
        if name not in ("parent_env", "parent_env_name"):
            check_read_only(built, name)
    check_unchanged(before.differences(built), "assignments were refused, and the template")


def check_read_only(template: Any, name: str) -> None:
    """Check that an attribute can neither be assigned, its own value and None included, nor deleted."""
    for value in (getattr(template, name), None):
        with expect_raises(Exception, f"template.{name} = {value!r}"):
            setattr(template, name, value)
    with expect_raises(Exception, f"del template.{name}"):
        delattr(template, name)


@rule("CON-19")
@given(text=texts(), template=templates())
@example(text="", template=TemplateRecipe())
def test_subclass_sets_attributes_of_its_own(impl: Adapter, text: str, template: TemplateRecipe) -> None:
    """A subclass may set attributes while it is constructed, before and after the template's own part."""
    needs_dataclass(impl)
    base: Any = impl.template

    @dataclass(kw_only=True)
    class Eager(base):  # type: ignore[misc]  # a base known only while running
        own: str = ""

        def __post_init__(self) -> None:
            self.early = text
            post_init_above(Eager, self)
            self.late = text
            self.own = text
            self.task_type = "eager"  # as plugins do

    with calling("constructing a subclass that sets attributes and fields in __post_init__"):
        built = template.make(impl, as_class=Eager)
    check_equal((built.early, built.late, built.own), (text, text, text), "what the subclass set for itself")
    check_equal(built.task_type, "eager", "task_type that the subclass set in __post_init__")

    class WithConstructor(base):  # type: ignore[misc]  # a base known only while running
        def __init__(self, **named: Any) -> None:
            super().__init__(**named)
            self.late = text
            self.task_type = "eager"

    with calling("constructing a subclass that sets attributes and fields in __init__"):
        other = template.make(impl, as_class=WithConstructor)
    check_equal((other.late, other.task_type), (text, "eager"), "what the subclass set in __init__")


@rule("CON-20")
@given(template=full_templates() | templates(), origin=st.sampled_from(ORIGINS))
@example(template=TemplateRecipe(), origin="decorator")
@example(template=TemplateRecipe(), origin="pickle")
def test_repr_of_any_origin(impl: Adapter, template: TemplateRecipe, origin: str) -> None:
    """repr() works however a template was made, also after its environment is gone."""
    built = receiver_of(impl, OverrideRecipe(template=template, origin=origin))

    with calling(f"repr(template) of origin {origin}"):
        text = repr(built)
    check(built.name in text or repr(built.name)[1:-1] in text, f"repr does not show the name {built.name!r}: {text}")


@rule("CON-20")
@given(name=texts(min_size=1), template=full_templates() | templates() | reusable_templates())
@example(name="n", template=TemplateRecipe())
@example(name="a long name that a narrow column has no room for, with é and 日本 in it", template=TemplateRecipe())
def test_repr_never_fails(impl: Adapter, name: str, template: TemplateRecipe) -> None:
    """repr() of a template, plain or overridden, contains its name."""
    built = build(impl, template, name=name)

    for shown_template in (built, override(built, {})):
        with calling("repr(template)"):
            text = repr(shown_template)
        check_instance(text, str, "repr(template)")
        check(name in text or repr(name)[1:-1] in text, f"repr(template) does not show the name {name!r}: {text[:200]}")
