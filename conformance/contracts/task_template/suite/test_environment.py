"""Rules ENV on the environment itself: its name, its clones, its dependencies, its end."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Mapping
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from conformance.contracts.task_template.adapter import Adapter
from conformance.contracts.task_template.strategies.environments import (
    INHERITED,
    NAME_PATTERN,
    NEAR_MISSES,
    DecorationRecipe,
    decorations,
    environment_fields,
    names,
    wrong_names,
)
from conformance.contracts.task_template.strategies.origins import clone_of, used
from conformance.contracts.task_template.strategies.recipes import FunctionRecipe, made, recipe, type_of
from conformance.contracts.task_template.strategies.values import Setting, pod_templates, reuse_policies, subsets, texts
from conformance.contracts.task_template.suite.acts import (
    OF_EVERY_ENVIRONMENT,
    call_text,
    check_alike,
    environment,
    override,
)
from conformance.contracts.task_template.suite.doubles import parent_of
from conformance.contracts.task_template.suite.observe import view
from conformance.engine.properties import calling, check, check_equal, check_same, expect_raises, shown, trying
from conformance.engine.rules import rule

FIELDS = (*INHERITED, "reusable", "description", "plugin_config")
"""Fields of an environment that a clone keeps, except its name and its dependencies."""

CLONED: Mapping[str, st.SearchStrategy[Any]] = {
    "image": INHERITED["image"].filter(lambda image: image is not None),
    **{name: INHERITED[name] for name in ("resources", "env_vars", "secrets", "interruptible", "cache")},
    "description": texts().filter(lambda text: len(text) <= 255),  # noqa: PLR2004 - longer ones are cut
}
"""Values of the parameters of clone_with, except depends_on; some are empty. None inherits."""


@rule("ENV-06")
@given(name=names())
@example(name="a")
@example(name="0")
@example(name="a-b_c-1")
def test_valid_names_are_taken(impl: Adapter, name: str) -> None:
    """A name that matches the pattern is taken as it is, by the constructor and by clone_with."""
    env = environment(impl, {"name": name})
    check_equal(env.name, name, "env.name")
    with calling(f"clone_with({name!r})"):
        clone = clone_of(environment(impl, {}), name)
    check_equal(clone.name, name, "env.name of a clone")


@rule("ENV-06")
@given(name=wrong_names())
@example(name="")
@example(name="A")
@example(name="a-")
@example(name="a__b")
@example(name="a.b")
def test_other_names_are_refused(impl: Adapter, name: str) -> None:
    """A name that does not match the pattern in full is refused, by the constructor and by clone_with."""
    with expect_raises(ValueError, f"TaskEnvironment(name={name!r})"):
        impl.make_env(name=name)
    with expect_raises(ValueError, f"clone_with({name!r})"):
        clone_of(environment(impl, {}), name)


@rule("ENV-06")
def test_near_misses_are_refused(impl: Adapter) -> None:
    """Each name that is almost valid is refused."""
    for name in NEAR_MISSES:
        with trying(name=name), expect_raises(ValueError, f"TaskEnvironment(name={name!r})"):
            impl.make_env(name=name)


@rule("ENV-06b")
@given(name=names(), newlines=st.sampled_from(["\n", "\n\n", "\r\n", "\r", "\v", "\u2028"]))
@example(name="a", newlines="\n")
def test_name_with_trailing_newline_is_refused(impl: Adapter, name: str, newlines: str) -> None:
    """A valid name followed by a line end is not a valid name."""
    check(not NAME_PATTERN.fullmatch(name + newlines), "the suite's own pattern matches a newline")
    with expect_raises(ValueError, f"TaskEnvironment(name={name + newlines!r})"):
        impl.make_env(name=name + newlines)


def plain_fields() -> st.SearchStrategy[dict[str, Any]]:
    """Fields of an environment to be cloned: with reuse, or with a plugin's configuration, or with neither."""
    described = st.builds(lambda fields, text: {**fields, "description": text}, environment_fields(), descriptions())
    configured = st.builds(
        lambda fields, text: {**fields, "plugin_config": Setting(text)}, subsets(INHERITED), descriptions()
    )
    return environment_fields() | described | configured


def descriptions() -> st.SearchStrategy[str]:
    """Short strings, as in descriptions."""
    return texts(min_size=1).filter(lambda text: len(text) <= 255)  # noqa: PLR2004 - longer ones are cut


FULL = {
    "image": "registry/image:1",
    "resources": recipe("Resources", cpu=1),
    "env_vars": {"a": "b"},
    "secrets": "key",
    "interruptible": True,
    "cache": "auto",
    "queue": "q",
    "pod_template": "p",
    "description": "d",
    "plugin_config": Setting("s"),
}
"""Fields of an environment, none with its default."""


@rule("ENV-14")
@given(fields=plain_fields(), changes=subsets(CLONED), with_task=st.booleans())
@example(fields=FULL, changes={}, with_task=False)
@example(
    fields=FULL,
    changes={"interruptible": False, "env_vars": {}, "secrets": [], "description": "", "cache": "disable"},
    with_task=False,
)
@example(fields={"reusable": recipe("ReusePolicy", replicas=3)}, changes={"image": "other"}, with_task=True)
@example(fields={}, changes={}, with_task=True)
@example(fields=FULL, changes={"env_vars": {"c": "d"}, "secrets": ["other"]}, with_task=False)
def test_clone_keeps_the_rest(
    impl: Adapter, fields: dict[str, Any], changes: dict[str, Any], *, with_task: bool
) -> None:
    """A clone has the new name, the values that are named, falsy ones too, and the original's elsewhere."""
    with_task = with_task and "plugin_config" not in fields
    dependency = environment(impl, {})
    env = environment(impl, {**fields, "depends_on": [dependency]})
    if with_task:
        env.task(FunctionRecipe(name="work").define())
    kept = tuple(field for field in FIELDS if field in OF_EVERY_ENVIRONMENT or field in impl.fields())
    changes = {field: value for field, value in changes.items() if field in kept}
    kept = tuple(field for field in kept if hasattr(env, field))
    before = {field: view(getattr(env, field)) for field in kept}
    name, tasks = env.name, dict(env.tasks)

    with calling(call_text("clone_with", {"name": "clone", **changes})):
        clone = clone_of(env, "clone", **made(impl, changes))

    check(
        clone is not env and type(clone) is type(env),
        f"clone_with gave {shown(clone)}, expected a new {type(env).__name__}",
    )
    check_equal(clone.name, "clone", "clone.name")
    changed = environment(impl, {**fields, **changes})
    for field in kept:
        expected = getattr(changed, field) if field in changes else getattr(env, field)
        check_alike(getattr(clone, field), expected, f"clone.{field} after {call_text('clone_with', changes)}")
    check_dependencies(clone, [dependency], "of the clone")
    check_equal(dict(clone.tasks), {}, "clone.tasks")
    with calling("clone_with('again') of the clone"):
        again = clone_of(clone, "again")
    for field in kept:
        check_alike(getattr(again, field), getattr(clone, field), f"{field} of a clone of the clone")
    check_dependencies(again, [dependency], "of a clone of the clone")
    after = {field: view(getattr(env, field)) for field in kept}
    wrong = [field for field in kept if after[field] != before[field]]
    check(not wrong and env.name == name, f"{call_text('clone_with', changes)} changed the original's {wrong}")
    check_dependencies(env, [dependency], "of the original")
    check_equal(dict(env.tasks), tasks, "the tasks of the original after clone_with")


@rule("ENV-14")
@given(fields=environment_fields(), is_async=st.booleans())
@example(fields={}, is_async=False)
def test_clone_has_its_own_tasks(impl: Adapter, fields: dict[str, Any], *, is_async: bool) -> None:
    """A task of the clone is the clone's alone, and one of the original the original's."""
    env = environment(impl, fields)
    decoration = DecorationRecipe(function=FunctionRecipe(name="work", is_async=is_async))
    with calling("clone_with('clone'), and a task in each"):
        clone = clone_of(env, "clone")
        own = decoration.decorate(impl, clone)
        check_equal(dict(env.tasks), {}, "the tasks of the original after the clone got one")
        others = decoration.decorate(impl, env)

    check_equal(list(clone.tasks), ["clone.work"], "the names in clone.tasks")
    check_same(clone.tasks.get(own.name), own, "the task of the clone")
    check_same(env.tasks.get(others.name), others, "the task of the original")
    check_same(parent_of(own), clone, "task.parent_env() of the clone's task")


@rule("ENV-14")
@given(text=texts(min_size=1), length=st.integers(250, 300))
@example(text="d", length=255)
@example(text="d", length=256)
def test_clone_keeps_a_long_description(impl: Adapter, text: str, length: int) -> None:
    """A description that is cut for its length is the clone's as well, as it was cut."""
    description = (text * length)[:length]
    env = environment(impl, {"description": description})
    with calling("clone_with('clone')"):
        clone = clone_of(env, "clone")

    check(len(env.description) <= length, f"the description of {length} characters has {len(env.description)}")
    check_equal(clone.description, env.description, "the description of the clone")


@rule("ENV-14")
@given(count=st.integers(0, 2))
@example(count=0)
@example(count=1)
def test_clone_takes_dependencies(impl: Adapter, count: int) -> None:
    """Dependencies given to clone_with replace the original's, an empty list too."""
    first, given_ones = environment(impl, {}), [environment(impl, {}) for _ in range(count)]
    env = environment(impl, {"depends_on": [first]})

    with calling(f"clone_with('clone', depends_on=<{count} environments>)"):
        clone = clone_of(env, "clone", depends_on=list(given_ones))

    check_dependencies(clone, given_ones, "of a clone with depends_on given")
    check_dependencies(env, [first], "of the original")


def check_dependencies(env: Any, expected: list[Any], what: str) -> None:
    """Check that an environment depends on these environments, in order."""
    actual = list(env.depends_on)
    same = len(actual) == len(expected) and all(left is right for left, right in zip(actual, expected, strict=True))
    check(
        same, f"the dependencies {what}: expected {[one.name for one in expected]}, got {[one.name for one in actual]}"
    )


@rule("ENV-15")
@given(count=st.integers(0, 2), to_clone=st.booleans())
@example(count=0, to_clone=True)
@example(count=1, to_clone=True)
@example(count=1, to_clone=False)
def test_clone_has_its_own_dependencies(impl: Adapter, count: int, *, to_clone: bool) -> None:
    """A dependency added to the one leaves the other alone."""
    first = [environment(impl, {}) for _ in range(count)]
    env, added = environment(impl, {"depends_on": list(first)}), environment(impl, {})

    with calling("clone_with('clone') and add_dependency"):
        clone = clone_of(env, "clone")
        (clone if to_clone else env).add_dependency(added)

    check_dependencies(clone, [*first, added] if to_clone else first, "of the clone")
    check_dependencies(env, first if to_clone else [*first, added], "of the original")

    before = list(env.depends_on), list(clone.depends_on)
    changed, other, kept = (clone, env, before[0]) if to_clone else (env, clone, before[1])
    with contextlib.suppress(Exception):  # it need not be a list
        changed.depends_on.append(environment(impl, {}))
    check_dependencies(other, kept, "of the other environment, after the list of one of them was changed")


NUMBERS = st.lists(st.lists(st.integers(0, 2), min_size=1, max_size=3), min_size=1, max_size=4)
"""Calls of add_dependency, by the numbers of the environments that each adds."""


@rule("ENV-16")
@given(numbers=NUMBERS, at_first=st.booleans())
@example(numbers=[[0], [0]], at_first=False)
@example(numbers=[[0, 0]], at_first=False)
@example(numbers=[[0, 1], [2, 1, 0]], at_first=True)
@example(numbers=[[2], [0]], at_first=False)
def test_dependency_once(impl: Adapter, numbers: list[list[int]], *, at_first: bool) -> None:
    """However often an environment is added, it is there once, at its first place."""
    pool = [environment(impl, {})]
    pool += [environment(impl, {"depends_on": pool[:count]}) for count in (0, 1)]  # what it depends on is no matter
    env = environment(impl, {"depends_on": [pool[0]] if at_first else []})

    for call in numbers:
        with calling(f"add_dependency of environments {call}"):
            env.add_dependency(*(pool[number] for number in call))

    flat = [0] * at_first + [number for call in numbers for number in call]
    check_dependencies(env, [pool[number] for number in dict.fromkeys(flat)], f"after add_dependency of {numbers}")


OTHER_VALUES: Mapping[str, Any] = {
    "reusable": recipe("ReusePolicy", replicas=7, idle_ttl=90),
    "queue": "other queue",
    "pod_template": "other pod template",
    "plugin_config": Setting("other"),
}
"""A value of each such keyword that the environment may have before."""


@rule("ENV-17")
@given(
    value=st.one_of(
        st.tuples(st.just("reusable"), reuse_policies()),
        st.tuples(st.just("queue"), descriptions()),
        st.tuples(st.just("pod_template"), pod_templates()),
        st.tuples(st.just("plugin_config"), st.builds(Setting, descriptions())),
    )
)
@example(value=("reusable", recipe("ReusePolicy", replicas=2)))
@example(value=("queue", "q"))
@example(value=("pod_template", "p"))
@example(value=("plugin_config", Setting("s")))
def test_clone_accepts_what_it_documents(impl: Adapter, value: tuple[str, Any]) -> None:
    """Each keyword that the docstring of clone_with names is taken, and its value is in the clone."""
    name, wanted = value
    expected = environment(impl, {name: wanted})
    for fields in ({}, {name: OTHER_VALUES[name]}):
        env = environment(impl, fields)

        with calling(f"{call_text('TaskEnvironment', fields)}.clone_with('clone', {name}={wanted!r})"):
            clone = clone_of(env, "clone", **{name: made(impl, wanted)})

        check_alike(getattr(clone, name), getattr(expected, name), f"clone.{name}")
        check_alike(getattr(env, name), getattr(environment(impl, fields), name), f"env.{name} of the original")


@rule("ENV-18")
@given(count=st.integers(1, 3), image=st.sampled_from(["auto", "registry/image:1"]), is_async=st.booleans())
@example(count=1, image="auto", is_async=False)
@example(count=2, image="registry/image:1", is_async=True)
def test_environment_from_tasks(impl: Adapter, count: int, image: str, *, is_async: bool) -> None:
    """Tasks of one image that are in no environment get a new one, which has their image and knows them."""
    functions = [FunctionRecipe(name=f"work{number}", is_async=is_async).define() for number in range(count)]
    shared = impl.make(functions[0], image=image).image
    tasks = [impl.make(function, name=function.__name__, image=shared) for function in functions]

    with calling("TaskEnvironment.from_task('made', *tasks)"):
        env = type_of(impl, "TaskEnvironment").from_task("made", *tasks)

    check_equal(env.name, "made", "env.name")
    check_same(env.image, shared, "env.image")
    check_equal(list(env.tasks), [task.name for task in tasks], "the names in env.tasks")
    for task in tasks:
        check_same(env.tasks.get(task.name), task, f"env.tasks[{task.name!r}]")
        check_same(parent_of(task), env, "task.parent_env()")
        check_equal(task.parent_env_name, "made", "task.parent_env_name")


@rule("ENV-18")
@given(decoration=decorations())
@example(decoration=DecorationRecipe())
def test_environment_from_unfit_tasks(impl: Adapter, decoration: DecorationRecipe) -> None:
    """Tasks of distinct images, and tasks that are in an environment, are refused."""
    owner = environment(impl, decoration.fields)
    taken = decoration.decorate(impl, owner)
    alone = [impl.make(taken.func, name=image, image=image) for image in ("a", "b")]
    make = type_of(impl, "TaskEnvironment").from_task

    with expect_raises(ValueError, "from_task of tasks with distinct images"):
        make("made", *alone)
    with expect_raises(ValueError, "from_task of a task that is in an environment"):
        make("made", taken)
    check_same(parent_of(taken), owner, "task.parent_env() after from_task refused")


@rule("ENV-19")
@given(decoration=decorations())
@example(decoration=DecorationRecipe())
def test_environment_is_not_kept_alive(impl: Adapter, decoration: DecorationRecipe) -> None:
    """When the environment is garbage-collected, parent_env() of its tasks becomes None, and they still work."""
    dependency = environment(impl, {})

    def orphan() -> tuple[Any, ...]:
        env = environment(impl, {**decoration.fields, "depends_on": [dependency]})
        task = decoration.decorate(impl, env)
        with contextlib.suppress(Exception):  # whether it can be done twice is no matter here
            decoration.decorate(impl, env)
        clone = clone_of(env, f"{env.name}-clone")
        return used(impl, task), override(task, {}), clone

    gc.freeze()  # what was there before is not looked through: it takes its time in a large process
    task, overridden, clone = orphan()
    gc.collect()

    check_same(parent_of(task), None, "task.parent_env() after the environment was given up")
    check_same(parent_of(overridden), None, "parent_env() of an override after the environment was given up")
    check(bool(task.parent_env_name), "task.parent_env_name is gone with the environment")
    check_dependencies(clone, [dependency], "of a clone after the environment was given up")
