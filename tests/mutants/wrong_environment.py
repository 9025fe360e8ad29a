"""Wrong in the task environment and its decorator."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from conformance.mutants.form import Mutant, mutant
from reference_impl.extend import AsyncFunctionTaskTemplate, TaskPluginRegistry
from reference_impl.schema.interface import NativeInterface
from reference_impl.task import environment as environment_module
from reference_impl.task.environment import Environment, TaskEnvironment
from reference_impl.values.policies import Documentation

DECORATOR = environment_module._Decorator


def decorated(touch: Callable[[Any, Any, dict[str, Any]], object]) -> Callable[[Any], Any]:
    """Return the replacement of a decorator whose task is touched: `touch(environment, func, attributes)`."""

    def replacement(decorate: Any) -> Any:
        def broken(self: Any, func: Any) -> Any:
            task = decorate(self, func)
            touch(self._environment, func, vars(task))
            return task

        return broken

    return replacement


def _withholding(field: str) -> Mutant:
    return Mutant(
        name=f"environment_withholds_{field}",
        wrong=f"{field} of the environment does not reach its tasks.",
        caught_by=("ENV-03",),
        owner=environment_module,
        attribute="_SHARED",
        replacement=lambda shared: tuple(name for name in shared if name != field),
    )


WITHHELD = tuple(
    _withholding(field)
    for field in (
        "image",
        "resources",
        "env_vars",
        "secrets",
        "pod_template",
        "queue",
        "interruptible",
        "cache",
        "reusable",
    )
)


def _winning(field: str) -> Mutant:
    def replacement(task: Any) -> Any:
        def broken(self: Any, _func: Any = None, **given: Any) -> Any:
            if getattr(self, field) not in {None, False, "disable"}:
                given.pop(field, None)
            return task(self, **given) if _func is None else task(self, _func, **given)

        return broken

    return Mutant(
        name=f"environment_wins_{field}",
        wrong=f"{field} of the environment wins over the decorator's.",
        caught_by=("ENV-04",),
        owner=TaskEnvironment,
        attribute="task",
        replacement=replacement,
    )


WINNING = tuple(_winning(field) for field in ("queue", "pod_template"))


@mutant(TaskEnvironment, "task", "ENV-04")
def interruptible_false_is_not_given(task: Any) -> Any:
    """interruptible=False in the decorator is taken for not given."""

    def broken(self: Any, _func: Any = None, **given: Any) -> Any:
        if given.get("interruptible") is False:
            del given["interruptible"]
        return task(self, **given) if _func is None else task(self, _func, **given)

    return broken


@mutant(TaskEnvironment, "task", "ENV-04")
def cache_disable_is_not_given(task: Any) -> Any:
    """cache="disable" in the decorator is taken for not given."""

    def broken(self: Any, _func: Any = None, **given: Any) -> Any:
        if given.get("cache") == "disable":
            del given["cache"]
        return task(self, **given) if _func is None else task(self, _func, **given)

    return broken


@mutant(TaskEnvironment, "task", "ENV-01")
def bare_decorator_gives_the_function(task: Any) -> Any:
    """@env.task without arguments gives the function back."""

    def broken(self: Any, _func: Any = None, **given: Any) -> Any:
        if _func is None:
            return task(self, **given)
        task(self, _func, **given)
        return _func

    return broken


@mutant(TaskEnvironment, "_adopt", "ENV-01")
def task_is_not_registered(adopt: Any) -> Any:
    """A decorated task is not in env.tasks."""

    def broken(self: Any, task: Any) -> None:
        adopt(self, task)
        self.tasks.pop(task.name)

    return broken


@mutant(TaskEnvironment, "_adopt", "ENV-01")
def task_is_registered_by_its_short_name(adopt: Any) -> Any:
    """A decorated task is in env.tasks under the function's name."""

    def broken(self: Any, task: Any) -> None:
        adopt(self, task)
        self.tasks[task.func.__name__] = self.tasks.pop(task.name)

    return broken


@mutant(TaskEnvironment, "_adopt", "ENV-01")
def a_copy_is_registered(adopt: Any) -> Any:
    """env.tasks holds a copy of the task."""

    def broken(self: Any, task: Any) -> None:
        adopt(self, task)
        self.tasks[task.name] = task.__copy__()

    return broken


@mutant(DECORATOR, "__call__", "ENV-02")
def name_is_joined_by_a_colon(call: Any) -> Any:
    """The name of a task is joined by a colon."""
    return decorated(lambda env, func, state: state.update(name=f"{env.name}:{func.__name__}"))(call)


@mutant(DECORATOR, "__call__", "ENV-02")
def short_name_is_the_whole_name(call: Any) -> Any:
    """short_name is the whole name of the task."""

    def touch(_: Any, func: Any, state: dict[str, Any]) -> None:
        if state["short_name"] == func.__name__:
            state["short_name"] = state["name"]

    return decorated(touch)(call)


@mutant(DECORATOR, "__call__", "ENV-02")
def name_of_environment_is_missing(call: Any) -> Any:
    """parent_env_name is None."""
    return decorated(lambda _, __, state: state.update(parent_env_name=None))(call)


@mutant(DECORATOR, "__call__", "ENV-02")
def environment_is_missing(call: Any) -> Any:
    """parent_env is None."""
    return decorated(lambda _, __, state: state.update(parent_env=None))(call)


@mutant(DECORATOR, "__call__", "ENV-02")
def name_has_the_qualified_name(call: Any) -> Any:
    """The name of a task holds the qualified name of its function."""
    return decorated(lambda env, func, state: state.update(name=f"{env.name}.{func.__qualname__}"))(call)


@mutant(DECORATOR, "__call__", "ENV-19")
def environment_is_kept_alive(call: Any) -> Any:
    """A task keeps its environment alive."""
    return decorated(lambda env, _, state: state.update(_environment=env))(call)


@mutant(Environment, "__post_init__", "ENV-19")
def environments_are_listed(post_init: Any) -> Any:
    """All environments are kept in a list."""
    listed: list[Any] = []

    def broken(self: Any) -> None:
        post_init(self)
        listed.append(self)

    return broken


@mutant(DECORATOR, "__call__", "ENV-05")
def second_task_replaces_the_first(call: Any) -> Any:
    """A second function of the same name replaces the first one."""

    def broken(self: Any, func: Any) -> Any:
        self._environment.tasks.pop(f"{self._environment.name}.{func.__name__}", None)
        return call(self, func)

    return broken


@mutant(DECORATOR, "__call__", "ENV-05")
def second_task_is_the_first(call: Any) -> Any:
    """A second function of the same name gives the first task."""

    def broken(self: Any, func: Any) -> Any:
        known = self._environment.tasks.get(f"{self._environment.name}.{func.__name__}")
        return known or call(self, func)

    return broken


@mutant(environment_module, "NAME", "ENV-06")
def names_may_have_capitals(_: Any) -> Any:
    """The name of an environment may have capital letters."""
    return re.compile(r"[A-Za-z0-9]+([_-][A-Za-z0-9]+)*")


@mutant(environment_module, "NAME", "ENV-06")
def names_may_end_in_a_dash(_: Any) -> Any:
    """The name of an environment may end in a dash."""
    return re.compile(r"[a-z0-9]+([_-][a-z0-9]*)*")


@mutant(environment_module, "NAME", "ENV-06")
def names_may_have_two_dashes(_: Any) -> Any:
    """The name of an environment may have several dashes in a row."""
    return re.compile(r"[a-z0-9]+([_-]+[a-z0-9]+)*")


@mutant(environment_module, "NAME", "ENV-06")
def names_may_have_any_letter(_: Any) -> Any:
    """The name of an environment may have letters outside ASCII."""
    return re.compile(r"(?:[^\W_A-Z])+([_-](?:[^\W_A-Z])+)*")


@mutant(environment_module, "NAME", "ENV-06")
def names_may_be_empty(_: Any) -> Any:
    """The name of an environment may be empty."""
    return re.compile(r"([a-z0-9]+([_-][a-z0-9]+)*)?")


@mutant(environment_module, "NAME", "ENV-06")
def names_start_with_a_letter(_: Any) -> Any:
    """The name of an environment must start with a letter."""
    return re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")


@mutant(environment_module, "NAME", "ENV-06")
def names_have_dashes_only(_: Any) -> Any:
    """The name of an environment may not have an underscore."""
    return re.compile(r"[a-z0-9]+([-][a-z0-9]+)*")


@mutant(environment_module, "NAME", "ENV-06b")
def names_may_end_in_a_newline(_: Any) -> Any:
    """The name of an environment may end in a newline."""
    return re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*\n?")


@mutant(TaskEnvironment, "task", "ENV-07")
def decorator_sets_pod_template_of_reused(task: Any) -> Any:
    """The decorator of a reusable environment takes a pod template."""

    def broken(self: Any, _func: Any = None, **given: Any) -> Any:
        if self.reusable is not None:
            given.pop("pod_template", None)
        return task(self, **given) if _func is None else task(self, _func, **given)

    return broken


@mutant(environment_module, "is_async", "ENV-07")
def sync_may_be_concurrent(_: Any) -> Any:
    """A reusable environment of concurrency 2 takes a sync function."""
    return lambda func: True


@mutant(TaskEnvironment, "__post_init__", "ENV-07")
def reuse_and_plugin_go_together(post_init: Any) -> Any:
    """An environment may be reusable and have a plugin configuration."""

    def broken(self: Any) -> None:
        reusable, self.reusable = self.reusable, None
        post_init(self)
        self.reusable = reusable

    return broken


@mutant(DECORATOR, "__call__", "ENV-08", "ENV-09")
def triggers_of_decorator_are_a_list(call: Any) -> Any:
    """The triggers of a decorated task are a list."""
    return decorated(lambda _, __, state: state.update(triggers=list(state["triggers"])))(call)


@mutant(TaskEnvironment, "task", "ENV-08")
def single_trigger_is_refused(task: Any) -> Any:
    """The decorator refuses a single trigger."""

    def broken(self: Any, _func: Any = None, **given: Any) -> Any:
        if "triggers" in given and not isinstance(given["triggers"], tuple | list):
            raise TypeError("triggers")
        return task(self, **given) if _func is None else task(self, _func, **given)

    return broken


@mutant(TaskEnvironment, "task", "ENV-08", "ENV-09")
def further_links_are_dropped(task: Any) -> Any:
    """The decorator keeps the first link only."""

    def broken(self: Any, _func: Any = None, **given: Any) -> Any:
        if isinstance(given.get("links"), tuple | list):
            given["links"] = given["links"][:1]
        return task(self, **given) if _func is None else task(self, _func, **given)

    return broken


@mutant(TaskEnvironment, "task", "ENV-09")
def list_of_triggers_is_reversed(task: Any) -> Any:
    """A list of triggers becomes a tuple in the reverse order."""

    def broken(self: Any, _func: Any = None, **given: Any) -> Any:
        if isinstance(given.get("triggers"), list):
            given["triggers"] = given["triggers"][::-1]
        return task(self, **given) if _func is None else task(self, _func, **given)

    return broken


@mutant(DECORATOR, "__call__", "ENV-11")
def docstring_is_not_taken(call: Any) -> Any:
    """docs is None unless it is given."""

    def touch(_: Any, func: Any, state: dict[str, Any]) -> None:
        if state["docs"] is not None and state["docs"].description == (func.__doc__ or "").strip():
            state["docs"] = None

    return decorated(touch)(call)


@mutant(DECORATOR, "__call__", "ENV-11")
def docstring_wins(call: Any) -> Any:
    """The function's docstring wins over the docs that are given."""

    def touch(_: Any, func: Any, state: dict[str, Any]) -> None:
        if func.__doc__:
            state["docs"] = Documentation(description=func.__doc__)

    return decorated(touch)(call)


@mutant(NativeInterface, "from_callable", "ENV-12")
def variable_positions_are_left_out(read: Any) -> Any:
    """*args of a function are left out."""

    def broken(cls: Any, func: Any) -> Any:
        try:
            return read(cls, func)
        except ValueError as error:
            if "**" in str(error):
                raise
            return cls(inputs={}, outputs={})

    return broken


@mutant(NativeInterface, "from_callable", "ENV-12")
def variable_keywords_are_left_out(read: Any) -> Any:
    """**kwargs of a function are left out."""

    def broken(cls: Any, func: Any) -> Any:
        try:
            return read(cls, func)
        except ValueError as error:
            if "**" not in str(error):
                raise
            return cls(inputs={}, outputs={})

    return broken


@mutant(NativeInterface, "from_callable", "ENV-12")
def variable_arguments_are_a_type_error(read: Any) -> Any:
    """*args and **kwargs raise TypeError."""

    def broken(cls: Any, func: Any) -> Any:
        try:
            return read(cls, func)
        except ValueError as error:
            raise TypeError(str(error)) from error

    return broken


@mutant(environment_module, "_template_class", "ENV-13")
def unknown_plugin_is_ignored(find: Any) -> Any:
    """A plugin configuration that no class is registered for is ignored."""

    def broken(plugin_config: object) -> Any:
        try:
            return find(plugin_config)
        except ValueError:
            return AsyncFunctionTaskTemplate

    return broken


@mutant(environment_module, "_template_class", "ENV-13")
def plugin_class_is_not_used(find: Any) -> Any:
    """The class registered for a plugin configuration is not used."""

    def broken(plugin_config: object) -> Any:
        find(plugin_config)
        return AsyncFunctionTaskTemplate

    return broken


@mutant(type(TaskPluginRegistry), "find", "ENV-13")
def plugins_are_found_by_base(find: Any) -> Any:
    """The class registered for object is used for every configuration."""
    return lambda self, config_type: (
        find(self, config_type) or (AsyncFunctionTaskTemplate if config_type.__module__ != "builtins" else None)
    )


CLONE = (TaskEnvironment, "clone_with")


def _clone_losing(field: str, value: object) -> Mutant:
    def replacement(clone: Any) -> Any:
        def broken(self: Any, name: str, **given: Any) -> Any:
            result = clone(self, name, **given)
            if field not in given:
                setattr(result, field, value)
            return result

        return broken

    return Mutant(
        name=f"clone_loses_{field}",
        wrong=f"clone_with resets {field} where it is not named.",
        caught_by=("ENV-14",),
        owner=TaskEnvironment,
        attribute="clone_with",
        replacement=replacement,
    )


CLONES = (
    _clone_losing("pod_template", None),
    _clone_losing("description", None),
    _clone_losing("env_vars", None),
    _clone_losing("interruptible", False),
    _clone_losing("cache", "disable"),
    _clone_losing("queue", None),
    _clone_losing("depends_on", []),
)


@mutant(*CLONE, "ENV-14")
def clone_cuts_the_description(clone: Any) -> Any:
    """A clone cuts a description that is as long as it may be."""

    def broken(self: Any, name: str, **given: Any) -> Any:
        result = clone(self, name, **given)
        result.description = result.description and result.description[:254]
        return result

    return broken


@mutant(*CLONE, "ENV-14")
def clone_renames_the_original(clone: Any) -> Any:
    """clone_with renames the original."""

    def broken(self: Any, name: str, **given: Any) -> Any:
        result = clone(self, name, **given)
        self.name = name
        return result

    return broken


@mutant(*CLONE, "ENV-14")
def clone_has_the_tasks(clone: Any) -> Any:
    """A clone has the tasks of the original."""

    def broken(self: Any, name: str, **given: Any) -> Any:
        result = clone(self, name, **given)
        result.tasks.update(self.tasks)
        return result

    return broken


@mutant(*CLONE, "ENV-14")
def clone_merges_env_vars(clone: Any) -> Any:
    """clone_with(env_vars=...) merges them over those of the original."""

    def broken(self: Any, name: str, **given: Any) -> Any:
        if given.get("env_vars") is not None:
            given["env_vars"] = {**(self.env_vars or {}), **given["env_vars"]}
        return clone(self, name, **given)

    return broken


@mutant(*CLONE, "ENV-14")
def clone_ignores_interruptible_false(clone: Any) -> Any:
    """clone_with(interruptible=False) is taken for not given."""

    def broken(self: Any, name: str, **given: Any) -> Any:
        return clone(self, name, **{field: value for field, value in given.items() if value is not False})

    return broken


@mutant(*CLONE, "ENV-14")
def clone_ignores_empty_values(clone: Any) -> Any:
    """clone_with(env_vars={}) is taken for not given."""

    def broken(self: Any, name: str, **given: Any) -> Any:
        return clone(self, name, **{field: value for field, value in given.items() if value or value is False})

    return broken


@mutant(*CLONE, "ENV-15")
def clone_shares_dependencies(clone: Any) -> Any:
    """A clone shares the list depends_on."""

    def broken(self: Any, name: str, **given: Any) -> Any:
        result = clone(self, name, **given)
        if "depends_on" not in given:
            result.depends_on = self.depends_on
        return result

    return broken


@mutant(Environment, "add_dependency", "ENV-16")
def dependencies_are_added_again(_: Any) -> Any:
    """add_dependency adds an environment that is already there."""
    return lambda self, *env: self.depends_on.extend(env)


@mutant(Environment, "add_dependency", "ENV-16")
def only_the_last_dependency_is_looked_at(_: Any) -> Any:
    """add_dependency leaves out an environment only if it was the last one added."""

    def broken(self: Any, *env: Any) -> None:
        for one in env:
            if not self.depends_on or self.depends_on[-1] is not one:
                self.depends_on.append(one)

    return broken


@mutant(*CLONE, "ENV-17")
def clone_refuses_further_settings(clone: Any) -> Any:
    """clone_with does not take queue and plugin_config."""

    def broken(self: Any, name: str, **given: Any) -> Any:
        if {"queue", "plugin_config"} & given.keys():
            raise TypeError("queue")
        return clone(self, name, **given)

    return broken


@mutant(*CLONE, "ENV-17")
def clone_drops_reusable(clone: Any) -> Any:
    """clone_with ignores reusable."""
    return lambda self, name, **given: clone(self, name, **{n: v for n, v in given.items() if n != "reusable"})
