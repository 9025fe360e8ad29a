"""Environments: names, the decorator, clones, and environments of existing tasks."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

import reference_impl as flyte
from reference_impl.extend import AsyncFunctionTaskTemplate, TaskPluginRegistry
from reference_impl.models import NativeInterface
from reference_impl.values.policies import Documentation


def f(x: int) -> int:
    """Return the argument."""
    return x


async def g(x: int) -> int:  # noqa: D103 - a function without docstring is what it is for
    return x


@pytest.mark.parametrize("name", ["a", "a1", "a_b", "a-b-c", "0"])
def test_names(name: str) -> None:
    """Names are in snake_case or kebab-case; a task has the names of its environment and function. ENV-01, ENV-02."""
    env = flyte.TaskEnvironment(name)

    task: Any = env.task(f)

    assert (task.name, task.short_name, task.parent_env_name) == (f"{name}.f", "f", name)
    assert task.parent_env() is env
    assert env.tasks == {f"{name}.f": task}


@pytest.mark.parametrize("name", ["", "A", "a__b", "_a", "a-", "a b", "a\n", "é"])
def test_other_names_are_refused(name: str) -> None:
    """Any other name is refused, one with a trailing newline too. ENV-06, ENV-06b."""
    with pytest.raises(ValueError, match="snake_case"):
        flyte.TaskEnvironment(name)


def test_three_levels() -> None:
    """A task has the settings of its environment; those of the decorator and of override win. ENV-03, ENV-04."""
    env = flyte.TaskEnvironment(
        "levels", interruptible=True, queue="env", cache="auto", env_vars={"a": "b"}, pod_template="env", secrets=["s"]
    )

    plain: Any = env.task(f)
    decorated: Any = env.task(interruptible=False, queue="", cache="disable", pod_template="task", retries=2)(g)

    assert (plain.interruptible, plain.queue, plain.cache.behavior, plain.pod_template) == (True, "env", "auto", "env")
    assert (plain.env_vars, plain.secrets, plain.timeout) == ({"a": "b"}, ["s"], 0)
    assert (decorated.interruptible, decorated.queue, decorated.pod_template) == (False, "", "task")
    assert (decorated.cache.behavior, decorated.retries.count) == ("disable", 2)
    assert decorated.override(queue="call").queue == "call"


def test_docs_come_from_the_docstring() -> None:
    """By default, docs are the function's docstring; without one there are none. ENV-11."""
    env = flyte.TaskEnvironment("docs")

    documented: Any = env.task(f)
    silent: Any = env.task(g)
    given: Any = flyte.TaskEnvironment("given").task(docs=Documentation("own"))(f)

    assert (documented.docs, silent.docs, given.docs) == (
        Documentation("Return the argument."),
        None,
        Documentation("own"),
    )


def test_a_second_task_of_one_name() -> None:
    """A second task of the same name is refused. ENV-05."""
    env = flyte.TaskEnvironment("twice")
    env.task(f)

    with pytest.raises(ValueError, match="has a task of that name"):
        env.task(f)


def test_unknown_settings() -> None:
    """The decorator and clone_with refuse unknown settings and suggest the closest one."""
    with pytest.raises(TypeError, match="Did you mean retries"):
        flyte.TaskEnvironment("e").task(retrys=1)  # type: ignore[call-overload] # the mistake under test
    with pytest.raises(TypeError, match="Did you mean queue"):
        flyte.TaskEnvironment("e").clone_with("f", queu="q")


def test_reuse() -> None:
    """Settings that cannot be combined with reuse are refused. ENV-07."""
    policy = flyte.ReusePolicy(concurrency=2)
    env = flyte.TaskEnvironment("reuse", reusable=policy)

    with pytest.raises(ValueError, match="pod_template"):
        env.task(pod_template="p")
    with pytest.raises(ValueError, match="async"):
        env.task(f)
    with pytest.raises(ValueError, match="plugin_config"):
        flyte.TaskEnvironment("both", reusable=policy, plugin_config=object())
    task: Any = env.task(g)
    assert task.reusable == policy


def test_plugins() -> None:
    """The type of the configuration selects the template class; an unregistered type is refused. ENV-13."""

    class Config:
        """A plugin's configuration."""

    class Plugin(AsyncFunctionTaskTemplate[Any, Any, Any]):
        """A plugin's template."""

    with pytest.raises(ValueError, match="Config"):
        flyte.TaskEnvironment("p", plugin_config=Config()).task(f)
    TaskPluginRegistry.register(Config, Plugin)

    assert type(flyte.TaskEnvironment("p", plugin_config=Config()).task(f)) is Plugin


def test_triggers_and_links() -> None:
    """One trigger or link, or a list of them, becomes a tuple. ENV-08, ENV-09."""
    daily, hourly = flyte.Trigger.daily(), flyte.Trigger.hourly()

    one: Any = flyte.TaskEnvironment("one").task(triggers=daily)(f)
    two: Any = flyte.TaskEnvironment("two").task(triggers=[daily, hourly])(f)

    assert (one.triggers, two.triggers) == ((daily,), (daily, hourly))


def test_cloning() -> None:
    """A clone keeps the other settings, has no tasks, and shares no list. ENV-14, ENV-15, ENV-17."""
    other = flyte.TaskEnvironment("other")
    env = flyte.TaskEnvironment("e", queue="q", interruptible=True, cache="auto", depends_on=[other], description="d")
    env.task(f)

    clone = env.clone_with("f", pod_template="p", plugin_config=None, cache="disable")
    clone.add_dependency(flyte.TaskEnvironment("more"))

    assert (clone.name, clone.queue, clone.interruptible, clone.cache) == ("f", "q", True, "disable")
    assert (clone.pod_template, clone.description, clone.tasks) == ("p", "d", {})
    assert env.depends_on == [other]
    assert (env.cache, list(env.tasks)) == ("auto", ["e.f"])


def test_dependencies() -> None:
    """A dependency is added once; the environment itself and other objects are refused. ENV-16."""
    env, other = flyte.TaskEnvironment("e"), flyte.TaskEnvironment("other")

    env.add_dependency(other, other)

    assert env.depends_on == [other]
    with pytest.raises(ValueError, match="itself"):
        env.add_dependency(env)
    with pytest.raises(TypeError):
        env.add_dependency("other")  # type: ignore[arg-type] # the mistake under test


def test_from_task() -> None:
    """Tasks without an environment get one; tasks that have one, or different images, are refused. ENV-18."""

    def make(name: str, **fields: Any) -> Any:
        return AsyncFunctionTaskTemplate(name=name, func=f, interface=NativeInterface.from_callable(f), **fields)

    first, second = make("first", image="i"), make("second", image="i")
    env = flyte.TaskEnvironment.from_task("e", first, second)

    assert (env.image, list(env.tasks), first.parent_env(), second.parent_env_name) == (
        first.image,
        ["first", "second"],
        env,
        "e",
    )
    with pytest.raises(ValueError, match="another environment"):
        flyte.TaskEnvironment.from_task("f", first)
    with pytest.raises(ValueError, match="images"):
        flyte.TaskEnvironment.from_task("f", make("a", image="i"), make("b", image="j"))


def test_environments_can_be_forgotten() -> None:
    """An environment that is not referred to any more is collected. ENV-19."""
    env = flyte.TaskEnvironment("short-lived")
    task: Any = env.task(f)
    alive = weakref.ref(env)

    del env
    gc.collect()

    assert alive() is None
    assert task.parent_env() is None


@pytest.mark.parametrize(
    "fields",
    [
        {"image": 1},
        {"secrets": 1},
        {"resources": "1"},
        {"env_vars": ["a"]},
        {"depends_on": ["e"]},
        {"reusable": 1},
        {"queue": 1},
        {"cache": 1},
    ],
)
def test_types_are_checked(fields: dict[str, Any]) -> None:
    """A setting of the wrong type is refused by the constructor."""
    with pytest.raises((TypeError, ValueError), match="expected"):
        flyte.TaskEnvironment("e", **fields)


def test_long_descriptions_are_cut() -> None:
    """A description is cut to 255 characters, and its end is marked."""
    env = flyte.TaskEnvironment("e", description="x" * 256)

    assert env.description == "x" * 247 + "...(tr.)"
    assert flyte.TaskEnvironment("e", description="x" * 255).description == "x" * 255
