"""Environments: names, the decorator, cloning, adopting."""

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
    """Do it."""
    return x


async def g(x: int) -> int:  # noqa: D103 - a function without docstring is what it is for
    return x


@pytest.mark.parametrize("name", ["a", "a1", "a_b", "a-b-c", "0"])
def test_names(name: str) -> None:
    """Snake case and kebab case are names; the task is called after both. ENV-01, ENV-02."""
    env = flyte.TaskEnvironment(name)

    task: Any = env.task(f)

    assert (task.name, task.short_name, task.parent_env_name) == (f"{name}.f", "f", name)
    assert task.parent_env() is env
    assert env.tasks == {f"{name}.f": task}


@pytest.mark.parametrize("name", ["", "A", "a__b", "_a", "a-", "a b", "a\n", "é"])
def test_other_names_are_refused(name: str) -> None:
    """Anything else is refused, a trailing line break too. ENV-06, ENV-06b."""
    with pytest.raises(ValueError, match="snake_case"):
        flyte.TaskEnvironment(name)


def test_three_levels() -> None:
    """The environment's settings reach the task; the decorator's and override's win. ENV-03, ENV-04."""
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
    """Without docs the function's docstring is taken; without docstring there are none. ENV-11."""
    env = flyte.TaskEnvironment("docs")

    documented: Any = env.task(f)
    silent: Any = env.task(g)
    given: Any = flyte.TaskEnvironment("given").task(docs=Documentation("own"))(f)

    assert (documented.docs, silent.docs, given.docs) == (Documentation("Do it."), None, Documentation("own"))


def test_a_second_task_of_one_name() -> None:
    """One environment has one task of a name. ENV-05."""
    env = flyte.TaskEnvironment("twice")
    env.task(f)

    with pytest.raises(ValueError, match="has a task of that name"):
        env.task(f)


def test_unknown_settings() -> None:
    """The decorator and clone_with refuse what they do not know, and name what is like it."""
    with pytest.raises(TypeError, match="Did you mean retries"):
        flyte.TaskEnvironment("e").task(retrys=1)  # type: ignore[call-overload] # the mistake under test
    with pytest.raises(TypeError, match="Did you mean queue"):
        flyte.TaskEnvironment("e").clone_with("f", queu="q")


def test_reuse() -> None:
    """What does not go together with reuse is refused where it is written. ENV-07."""
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
    """A registered configuration decides the class; another one is refused. ENV-13."""

    class Config:
        """A plugin's configuration."""

    class Plugin(AsyncFunctionTaskTemplate[Any, Any, Any]):
        """A plugin's template."""

    with pytest.raises(ValueError, match="Config"):
        flyte.TaskEnvironment("p", plugin_config=Config()).task(f)
    TaskPluginRegistry.register(Config, Plugin)

    assert type(flyte.TaskEnvironment("p", plugin_config=Config()).task(f)) is Plugin


def test_triggers_and_links() -> None:
    """One or a list becomes a tuple. ENV-08, ENV-09."""
    daily, hourly = flyte.Trigger.daily(), flyte.Trigger.hourly()

    one: Any = flyte.TaskEnvironment("one").task(triggers=daily)(f)
    two: Any = flyte.TaskEnvironment("two").task(triggers=[daily, hourly])(f)

    assert (one.triggers, two.triggers) == ((daily,), (daily, hourly))


def test_cloning() -> None:
    """A clone keeps what is not named, has no tasks, and shares no list. ENV-14, ENV-15, ENV-17."""
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
    """What is there already is left out; itself and what is no environment are refused. ENV-16."""
    env, other = flyte.TaskEnvironment("e"), flyte.TaskEnvironment("other")

    env.add_dependency(other, other)

    assert env.depends_on == [other]
    with pytest.raises(ValueError, match="itself"):
        env.add_dependency(env)
    with pytest.raises(TypeError):
        env.add_dependency("other")  # type: ignore[arg-type] # the mistake under test


def test_from_task() -> None:
    """Tasks without environment get one; those that have one, or different images, are refused. ENV-18."""

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
    """Nothing keeps an environment that nobody refers to. ENV-19."""
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
    """A setting of the wrong type is refused where it is written."""
    with pytest.raises((TypeError, ValueError), match="expected"):
        flyte.TaskEnvironment("e", **fields)


def test_long_descriptions_are_cut() -> None:
    """At most 255 characters are kept, the end marked."""
    env = flyte.TaskEnvironment("e", description="x" * 256)

    assert env.description == "x" * 247 + "...(tr.)"
    assert flyte.TaskEnvironment("e", description="x" * 255).description == "x" * 255
