"""Rules PKL: what survives pickling and copying, and that the environment of a template does not travel."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import sys
import types
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import cloudpickle  # type: ignore[import-untyped]  # it has no type information
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.environments import INHERITED
from conformance.contracts.task_template.strategies.recipes import (
    TemplateRecipe,
    made,
    makes_own_class,
    needed_values,
    subclassed,
    supported,
    takes_function,
)
from conformance.contracts.task_template.strategies.values import (
    EMPTY_OBJECTS,
    FALSY_CHANGE,
    Setting,
    full_templates,
    overrides,
    subsets,
    templates,
)
from conformance.contracts.task_template.suite.acts import changes_of, check_unchanged, environment, override
from conformance.contracts.task_template.suite.observe import alike, snapshot
from conformance.contracts.task_template.suite.offers import offered
from conformance.contracts.task_template.suite.samples import DECORATED_MODULE, FUNCTIONS
from conformance.engine.properties import calling, check, check_equal, run_async
from conformance.engine.rules import rule

PARENT = ("parent_env",)
"""Fields that a pickle leaves out."""


WAYS = ("constructor", "override", "decorator", "subclass", "copy")
"""Ways in which a template may have come into its environment."""


def in_environment(
    impl: Adapter, function: Callable[..., Any], fields: Mapping[str, Any], way: str = "constructor"
) -> tuple[Any, Any]:
    """Return a template that belongs to an environment, and that environment, which has to be held on to."""
    offered(impl, "parent_env")
    env = impl.make_env()
    with calling(f"a template of an environment, by {way}"):
        if way == "decorator" and makes_own_class(impl):
            return env.task(function), env
        named = {"parent_env": weakref.ref(env), **made(impl, supported(impl, fields))}
        if way == "subclass":
            kind = subclassed(impl)
            given = {"name": "subclassed", "interface": impl.interface_of(function), **needed_values(impl, kind)}
            return kind(func=function, **given, **named), env
        template = impl.make(function, **named)
    if way == "override":
        return override(template, {}), env
    # Not where copying itself is judged by another rule: the field is checked before anything else is.
    return (copy.copy(template) if way == "copy" else template), env


def check_environment(template: Any, env: Any, what: str) -> None:
    """Check that a template belongs to an environment."""
    reference = template.parent_env
    check(
        reference is not None and reference() is env,
        f"{what}: parent_env: expected a reference to {env!r}, got {reference!r}",
    )


def result_of(template: Any, *args: Any) -> Any:
    """Return what calling a template's function gives, awaited where it has to be."""
    with calling(f"forward{args}"):
        result = template.forward(*args)
    return run_async(lambda: result) if hasattr(result, "__await__") else result


@rule("PKL-01")
@given(
    function=st.sampled_from(FUNCTIONS),
    template=templates() | full_templates(),
    changes=overrides(),
    way=st.sampled_from(["constructor", "override", "decorator"]),
    protocol=st.integers(2, pickle.HIGHEST_PROTOCOL),
)
@example(function=FUNCTIONS[0], template=TemplateRecipe(), changes={}, way="constructor", protocol=5)
@example(
    function=FUNCTIONS[1],
    template=TemplateRecipe(fields={"retries": 3, "cache": "auto"}),
    changes={"retries": 1},
    way="override",
    protocol=4,
)
@example(
    function=FUNCTIONS[2],
    template=TemplateRecipe(fields={"env_vars": {"a": ""}, "queue": ""}),
    changes={},
    way="constructor",
    protocol=2,
)
@example(function=FUNCTIONS[0], template=TemplateRecipe(), changes={"queue": "q"}, way="decorator", protocol=5)
@example(
    function=FUNCTIONS[0], template=TemplateRecipe(fields=EMPTY_OBJECTS), changes={}, way="constructor", protocol=5
)
@example(
    function=FUNCTIONS[0],
    template=TemplateRecipe(fields={**FALSY_CHANGE, "report": False, "debuggable": False, "parent_env_name": ""}),
    changes={},
    way="constructor",
    protocol=5,
)
def test_pickle_drops_parent_env(  # noqa: PLR0913, PLR0917 - hypothesis passes them by keyword
    impl: Adapter,
    function: Callable[..., Any],
    template: TemplateRecipe,
    changes: Mapping[str, Any],
    way: str,
    protocol: int,
) -> None:
    """An unpickled template has everything but its environment, and works; so does its override."""
    built, env = in_environment(impl, function, template.fields, way)
    for original in (built, override(built, changes_of(impl, changes))):
        before = snapshot(impl, original)
        with calling("a round trip through a pickle"):
            actual = pickle.loads(cloudpickle.dumps(original, protocol))  # noqa: S301 - our own bytes

        check(
            type(actual) is type(original), f"a pickled {type(original).__name__} came back as {type(actual).__name__}"
        )
        check(actual.parent_env is None, f"parent_env after pickling: expected None, got {actual.parent_env!r}")
        check_unchanged(before.differences(actual, besides=(*PARENT, "func")), "after pickling")
        names = [(one.func.__module__, one.func.__qualname__) for one in (actual, original)]
        check_equal(names[0], names[1], "module and name of the function after pickling")
        check_unchanged(before.differences(original), "pickling changed the original")
        with calling("pickling the same template again"):
            cloudpickle.dumps(original, protocol)
        check_environment(original, env, "the original after it was pickled twice")
        check_equal(result_of(actual, 1), result_of(original, 1), "forward(1) after pickling")
        with calling("a second round trip through a pickle"):
            twice = pickle.loads(cloudpickle.dumps(actual, protocol))  # noqa: S301 - our own bytes
        check_unchanged(before.differences(twice, besides=(*PARENT, "func")), "after pickling twice")
        again = override(actual, changes_of(impl, changes))
        check(
            again.parent_env is None,
            f"override of a pickled template: parent_env: expected None, got {again.parent_env!r}",
        )


@contextmanager
def user_module(name: str, source: str) -> Iterator[Any]:
    """Have a module of that name and source, importable inside the block."""
    module = types.ModuleType(name)
    exec(compile(source, f"<{name}>", "exec", dont_inherit=True), vars(module))  # noqa: S102 - a user's module, ours to make
    before = sys.modules.get(name)
    sys.modules[name] = module
    try:
        yield module
    finally:
        del sys.modules[name]
        if before is not None:
            sys.modules[name] = before


@rule("PKL-02")
@given(protocol=st.integers(2, pickle.HIGHEST_PROTOCOL), changes=overrides(), fields=subsets(INHERITED))
@example(protocol=pickle.DEFAULT_PROTOCOL, changes={}, fields={})
@example(protocol=pickle.DEFAULT_PROTOCOL, changes={}, fields={"queue": "q", "env_vars": {"a": "b"}, "cache": "auto"})
def test_pickle_decorated_function(
    impl: Adapter, protocol: int, changes: Mapping[str, Any], fields: dict[str, Any]
) -> None:
    """The standard pickle can carry a task that was decorated in a module, as it is and overridden."""
    with user_module("conformance_user_module", DECORATED_MODULE) as module:
        env = environment(impl, fields)
        tasks = (module.declare(env), module.declare_later(env))
        for original in (*tasks, *(override(task, changes_of(impl, changes)) for task in tasks)):
            before = snapshot(impl, original)
            with calling(f"pickle.loads(pickle.dumps(task, {protocol}))"):
                actual = pickle.loads(pickle.dumps(original, protocol))  # noqa: S301 - our own bytes
            check_unchanged(before.differences(actual, besides=PARENT), "after pickling")
            check_equal(result_of(actual, 1), 3, "forward(1) of a pickled task that adds two")


@rule("PKL-03")
@given(function=st.sampled_from(FUNCTIONS), template=templates() | full_templates(), way=st.sampled_from(WAYS))
@example(function=FUNCTIONS[0], template=TemplateRecipe(), way="constructor")
@example(function=FUNCTIONS[1], template=TemplateRecipe(), way="decorator")
@example(function=FUNCTIONS[0], template=TemplateRecipe(), way="subclass")
def test_copy_keeps_parent_env(impl: Adapter, function: Callable[..., Any], template: TemplateRecipe, way: str) -> None:
    """copy.copy returns a template of the same class with the same values, including the environment.

    It may be the template itself, as the copy of a value that does not change.
    """
    original, env = in_environment(impl, function, template.fields, way)
    before = snapshot(impl, original)
    with calling("copy.copy(template)"):
        actual = copy.copy(original)

    check(type(actual) is type(original), f"copy.copy of a {type(original).__name__} gave a {type(actual).__name__}")
    check_environment(actual, env, "copy.copy(template)")
    check_unchanged(before.differences(actual), "copy.copy(template) changed")
    check_shares(actual, original)
    check_unchanged(before.differences(original), "copy.copy(template) changed the original")
    check_environment(copy.copy(actual), env, "a copy of a copy")


def check_shares(copied: Any, original: Any) -> None:
    """Check that a shallow copy holds the user's own objects themselves. What is of the implementation may be equal."""
    for name in ("func", "plugin_config", "task_resolver"):
        kept = getattr(original, name, None)
        check(getattr(copied, name, None) is kept, f"copy.copy(template).{name}: expected the same object, {kept!r}")
    for one, kept in zip(getattr(copied, "links", ()), getattr(original, "links", ()), strict=True):
        check(one is kept, f"copy.copy(template).links: expected the same link, {kept!r}, got another one, {one!r}")


@rule("PKL-03")
@given(template=templates() | full_templates())
@example(template=TemplateRecipe(fields={"parent_env_name": "e"}))
@example(template=TemplateRecipe(fields=EMPTY_OBJECTS))
def test_copy_without_environment(impl: Adapter, template: TemplateRecipe) -> None:
    """A copy of a template that belongs to no environment has the same values."""
    original = template.make(impl)
    before = snapshot(impl, original)
    with calling("copy.copy(template) of a template without environment"):
        actual = copy.copy(original)

    check_unchanged(before.differences(actual), "copy.copy(template) of a template without environment changed")
    check_shares(actual, original)


@rule("PKL-04")
@given(function=st.sampled_from(FUNCTIONS), template=templates() | full_templates(), way=st.sampled_from(WAYS))
@example(function=FUNCTIONS[0], template=TemplateRecipe(), way="constructor")
@example(function=FUNCTIONS[1], template=TemplateRecipe(), way="decorator")
@example(function=FUNCTIONS[0], template=TemplateRecipe(), way="subclass")
def test_deepcopy_keeps_parent_env(
    impl: Adapter, function: Callable[..., Any], template: TemplateRecipe, way: str
) -> None:
    """copy.deepcopy gives an equal template that belongs to the same environment."""
    original, env = in_environment(impl, function, template.fields, way)
    before = snapshot(impl, original)
    with calling("copy.deepcopy(template)"):
        actual, inside = copy.deepcopy(original), copy.deepcopy({"template": original})["template"]

    for one, what in ((actual, "copy.deepcopy(template)"), (inside, "copy.deepcopy of a dictionary of templates")):
        check_environment(one, env, what)
        check_unchanged(before.differences(one), f"{what} changed")


@rule("PKL-04")
@given(template=templates())
@example(template=TemplateRecipe())
def test_deepcopy_keeps_what_is_shared(impl: Adapter, template: TemplateRecipe) -> None:
    """An object that a template and something else share is copied once, or not at all, as for any other object."""
    offered(impl, "plugin_config")
    config = Setting("shared")
    original, _ = in_environment(impl, FUNCTIONS[0], {**template.fields, "plugin_config": config}, "constructor")
    with calling("copy.deepcopy([template, template.plugin_config])"):
        copied, beside = copy.deepcopy([original, config])

    is_one = copied.plugin_config is beside or copied.plugin_config is config
    check(is_one, "copy.deepcopy([template, template.plugin_config]) made two objects of the plugin_config")


@rule("PKL-05")
@given(
    function=st.sampled_from(FUNCTIONS),
    template=templates(),
    changes=overrides(),
    way=st.sampled_from(["constructor", "override", "decorator", "subclass"]),
)
@example(function=FUNCTIONS[0], template=TemplateRecipe(), changes={}, way="constructor")
@example(function=FUNCTIONS[1], template=TemplateRecipe(), changes={"retries": 1}, way="decorator")
@example(function=FUNCTIONS[1], template=TemplateRecipe(), changes={"queue": "q"}, way="subclass")
def test_replace_keeps_parent_env(
    impl: Adapter, function: Callable[..., Any], template: TemplateRecipe, changes: Mapping[str, Any], way: str
) -> None:
    """`override` and dataclasses.replace keep the reference to the environment."""
    original, env = in_environment(impl, function, template.fields, way)
    results = [
        override(original, changes_of(impl, changes)),
        override(override(original, {}), changes_of(impl, changes)),
    ]
    if dataclasses.is_dataclass(original) and takes_function(impl):
        with calling("dataclasses.replace(template, ...)"):
            results.append(dataclasses.replace(original, **changes_of(impl, changes)))  # type: ignore[type-var]  # of a class known only while running

    for result in results:
        check_environment(result, env, "the result of override or dataclasses.replace")
        check(result.parent_env is original.parent_env, "the result has another reference to the environment")
        check(alike(result.parent_env_name, original.parent_env_name), "the result has another parent_env_name")


@rule("PKL-06")
@given(number=st.integers(), is_async=st.booleans(), changes=overrides())
@example(number=2, is_async=False, changes={})
@example(number=2, is_async=True, changes={"retries": 1})
def test_pickle_of_inner_function(impl: Adapter, number: int, changes: Mapping[str, Any], *, is_async: bool) -> None:
    """A task of a nested function, which cannot be imported, is pickled by value, with what it encloses."""

    def inner(x: int) -> int:
        return x + number

    async def later(x: int) -> int:
        return x + number

    task = impl.make_env().task(later if is_async else inner)
    for original in (task, override(task, changes_of(impl, changes))):
        before = snapshot(impl, original)
        with calling("a round trip through a pickle"):
            actual = pickle.loads(cloudpickle.dumps(original))  # noqa: S301 - our own bytes
        # Neither the function nor what was made of it is the same one.
        check_unchanged(before.differences(actual, besides=(*PARENT, "func", "interface")), "after pickling")
        check_equal(result_of(actual, 1), 1 + number, f"forward(1) of a pickled task that adds {number}")


@rule("PKL-06")
@given(changes=overrides())
@example(changes={})
def test_pickle_from_main_script(impl: Adapter, changes: Mapping[str, Any]) -> None:
    """A task of the main script can be unpickled by a process that has another main script."""
    with user_module("__main__", DECORATED_MODULE) as script:
        task = override(script.declare(impl.make_env()), changes_of(impl, changes))
        with calling("cloudpickle.dumps(task), from the main script"):
            kept = cloudpickle.dumps(task)
    with calling("pickle.loads(...), in a process with another main script"):
        actual = pickle.loads(kept)  # noqa: S301 - our own bytes
    check_equal(result_of(actual, 1), 3, "forward(1) of a pickled task that adds two")
