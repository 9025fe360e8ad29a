"""Wrong in one state only: for templates of one origin, with one other argument, the second time, on one thread."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any

from conformance.mutants.form import Mutant, mutant
from reference_impl.errors import TraceDoesNotAllowNestedTasksError
from reference_impl.extend import AsyncFunctionTaskTemplate, TaskTemplate
from reference_impl.local import loops
from reference_impl.schema.interface import NativeInterface
from reference_impl.task import context as context_module
from reference_impl.task import function_task, threads
from reference_impl.task.environment import TaskEnvironment
from reference_impl.task.fields import KEEP
from reference_impl.task.plugins import TaskPluginRegistry
from reference_impl.task.sealed import Sealed
from reference_impl.values.caching import Cache
from reference_impl.values.frozen import frozen_dict

OVERRIDE = (TaskTemplate, "override")
MARK = "_mark"


def _is_decorated(task: Any) -> bool:
    return task.parent_env is not None


# ---- override, by where the receiver came from ----


def _losing(name: str, field: str, empty: Any, wrong: str, applies: Callable[[Any], bool]) -> Mutant:
    """Return a mutant whose override loses a field of some receivers."""

    def replacement(override: Any) -> Any:
        def broken(self: Any, **given: Any) -> Any:
            result = override(self, **given)
            if field not in given and applies(self):
                vars(result)[field] = empty
            return result

        return broken

    return Mutant(
        name=name, wrong=wrong, caught_by=("OVR-03",), owner=TaskTemplate, attribute="override", replacement=replacement
    )


LOSING = (
    _losing(
        "override_of_decorated_loses_resources",
        "resources",
        None,
        "The override of a decorated task loses its resources.",
        _is_decorated,
    ),
    _losing(
        "override_of_decorated_loses_links",
        "links",
        (),
        "The override of a decorated task loses its links.",
        _is_decorated,
    ),
    _losing(
        "override_of_a_subclass_loses_the_queue",
        "queue",
        None,
        "The override of a template of a subclass loses its queue.",
        lambda task: type(task) is not AsyncFunctionTaskTemplate,
    ),
    _losing(
        "override_of_cached_loses_the_timeout",
        "timeout",
        None,
        "The override of a template whose cache is on loses its timeout.",
        lambda task: task.cache.behavior == "auto" and not task.interruptible,
    ),
    _losing(
        "override_of_async_loses_secrets",
        "secrets",
        None,
        "The override of an async template with a pod template loses its secrets.",
        lambda task: inspect.iscoroutinefunction(task.func) and task.pod_template is not None,
    ),
)


@mutant(AsyncFunctionTaskTemplate, "__setstate__", "CON-19")
def unpickled_templates_change_in_place(setstate: Any) -> Any:
    """An unpickled template is no longer sealed: its fields can be assigned."""

    def broken(self: Any, state: dict[str, Any]) -> None:
        setstate(self, {**state, "_sealed": False})

    return broken


@mutant(TaskTemplate, "__copy__", "CON-19")
def copies_can_be_assigned(copied: Any) -> Any:
    """The fields of a copy can be assigned."""

    def broken(self: Any) -> Any:
        twin = copied(self)
        vars(twin)["_sealed"] = False
        return twin

    return broken


@mutant(Sealed, "_check", "CON-19")
def decorated_templates_can_be_assigned(check: Any) -> Any:
    """The fields of a decorated task can be assigned."""
    return lambda self, name: None if vars(self).get("parent_env") is not None else check(self, name)


@mutant(Sealed, "_check", "CON-19")
def templates_of_subclasses_can_be_assigned(check: Any) -> Any:
    """The fields of a template of a subclass can be assigned."""
    return lambda self, name: check(self, name) if type(self) is AsyncFunctionTaskTemplate else None


# ---- override, by what else is given ----


@mutant(*OVERRIDE, "OVR-05")
def locked_fields_are_ignored_when_reuse_ends(override: Any) -> Any:
    """override(reusable="off", name=...) ignores the name."""

    def broken(self: Any, **given: Any) -> Any:
        if given.get("reusable") == "off":
            given = {name: value for name, value in given.items() if name not in ("name", "image", "docs", "interface")}
        return override(self, **given)

    return broken


@mutant(*OVERRIDE, "OVR-05")
def locked_fields_of_reusable_templates_are_ignored(override: Any) -> Any:
    """override(name=...) of a reusable template is ignored."""

    def broken(self: Any, **given: Any) -> Any:
        return override(self, **{k: v for k, v in given.items() if not (k == "name" and self.reusable is not None)})

    return broken


@mutant(*OVERRIDE, "OVR-07")
def unknown_names_are_ignored_when_reuse_ends(override: Any) -> Any:
    """override(reusable="off", retry=...) ignores the keyword that is not a field."""

    def broken(self: Any, **given: Any) -> Any:
        known = {*vars(self), *inspect.signature(override).parameters}
        if given.get("reusable") == "off":
            given = {name: value for name, value in given.items() if name in known}
        return override(self, **given)

    return broken


@mutant(*OVERRIDE, "OVR-07")
def names_of_any_case_are_taken(override: Any) -> Any:
    """override(Retries=...) is taken for override(retries=...)."""
    return lambda self, **given: override(self, **{name.lower(): value for name, value in given.items()})


@mutant(*OVERRIDE, "OVR-10")
def empty_values_pass_beside_a_new_policy(override: Any) -> Any:
    """override(reusable=policy, env_vars={}) is accepted."""

    def broken(self: Any, **given: Any) -> Any:
        if self.reusable is None and given.get("reusable") not in (None, "off"):
            empty = [name for name in ("resources", "env_vars", "secrets") if name in given and not given[name]]
            given = {name: value for name, value in given.items() if name not in empty}
        return override(self, **given)

    return broken


@mutant(*OVERRIDE, "OVR-32")
def functions_of_another_kind_are_taken(override: Any) -> Any:
    """override(func=...) is accepted when the function is async and the present one is not, or the other way round."""

    def broken(self: Any, **given: Any) -> Any:
        func = given.get("func")
        if func is None or inspect.iscoroutinefunction(func) is not self._call_as_synchronous:
            return override(self, **given)
        result = override(self, **{name: value for name, value in given.items() if name != "func"})
        vars(result)["func"] = func
        return result

    return broken


@mutant(*OVERRIDE, "OVR-29")
def lists_of_subclasses_start_anew(override: Any) -> Any:
    """override empties the lists that a subclass adds."""

    def broken(self: Any, **given: Any) -> Any:
        result = override(self, **given)
        own = {name: value for name, value in vars(result).items() if type(value) is list and name not in given}
        vars(result).update({name: [] for name in own})
        return result

    return broken


@mutant(*OVERRIDE, "OVR-29")
def private_fields_of_subclasses_are_reset(override: Any) -> Any:
    """override resets the fields that a subclass adds and whose names start with an underscore."""

    def broken(self: Any, **given: Any) -> Any:
        result = override(self, **given)
        for one in type(self).__dataclass_fields__.values():
            if one.name.startswith("_") and one.name != "_call_as_synchronous":
                vars(result)[one.name] = one.default
        return result

    return broken


# ---- construction ----


def keeping(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the replacement of what a field keeps by one that changes the value first."""
    return lambda keep: lambda value: keep(change(value))


@mutant(KEEP, "secrets", "CON-03")
def secrets_are_told_apart(keep: Any) -> Any:
    """A list of secrets loses those that come a second time."""
    return keeping(lambda value: list(dict.fromkeys(value)) if isinstance(value, list) else value)(keep)


@mutant(KEEP, "links", "CON-03")
def links_are_told_apart(keep: Any) -> Any:
    """A tuple of links loses those that come a second time."""
    return lambda value: tuple(dict.fromkeys(keep(value)))


@mutant(KEEP, "image", "CON-07")
def images_that_start_with_auto_are_default(keep: Any) -> Any:
    """image="auto:1" is taken for "auto"."""
    return keeping(lambda value: "auto" if isinstance(value, str) and value.startswith("auto") else value)(keep)


@mutant(KEEP, "image", "CON-07")
def digests_of_images_are_dropped(keep: Any) -> Any:
    """The address of an image loses its digest."""
    return keeping(lambda value: value.partition("@")[0] if isinstance(value, str) else value)(keep)


def _truthy_only(field: str) -> Mutant:
    """Return a mutant that checks the types of truthy values only."""
    return Mutant(
        name=f"falsy_{field}_are_not_checked",
        wrong=f"{field} takes falsy values of any type.",
        caught_by=("CON-18",),
        owner=KEEP,
        attribute=field,
        replacement=lambda keep: lambda value: keep(value) if value or value is None else value,
    )


UNCHECKED = tuple(_truthy_only(field) for field in ("resources", "env_vars", "queue", "interruptible", "links"))


@mutant(KEEP, "links", "CON-18")
def only_the_first_link_is_checked(keep: Any) -> Any:
    """Of a list of links only the first one is checked."""

    def broken(value: Any) -> Any:
        if not isinstance(value, list | tuple) or not value:
            return keep(value)
        keep(value[:1])
        return tuple(value)

    return broken


@mutant(KEEP, "env_vars", "CON-18")
def only_the_first_variable_is_checked(keep: Any) -> Any:
    """Of the environment variables only the first one is checked."""

    def broken(value: Any) -> Any:
        if not isinstance(value, dict) or not value:
            return keep(value)
        keep(dict([next(iter(value.items()))]))
        return frozen_dict(value)

    return broken


@mutant(function_task, "is_async", "CON-13")
def wrappers_count_as_what_they_wrap(is_async: Any) -> Any:
    """A plain function that wraps an async one is taken for async."""
    return lambda func: is_async(inspect.unwrap(func))


@mutant(function_task, "is_async", "CON-13")
def methods_are_sync(is_async: Any) -> Any:
    """A bound async method is taken for sync."""

    def broken(func: Any) -> bool:
        while isinstance(func, functools.partial):
            func = func.func
        return is_async(func) and not inspect.ismethod(func)

    return broken


@mutant(function_task, "is_async", "CON-13")
def async_generators_are_async(is_async: Any) -> Any:
    """An async generator function is taken for a coroutine function."""
    return lambda func: is_async(func) or inspect.isasyncgenfunction(func)


@mutant(AsyncFunctionTaskTemplate, "__repr__", "CON-20")
def repr_looks_the_environment_up(text: Any) -> Any:
    """repr() of a task whose environment is gone raises."""

    def broken(self: Any) -> str:
        reference = self.parent_env
        return f"{reference().name}: {text(self)}" if reference is not None else str(text(self))

    return broken


# ---- equality and copies ----

EQUAL = (AsyncFunctionTaskTemplate, "__eq__")


@mutant(*EQUAL, "EQ-01")
def decorated_templates_differ(equal: Any) -> Any:
    """A decorated task does not equal its override."""
    return lambda self, other: equal(self, other) is True and (self is other or not _is_decorated(self))


def _orderless(field: str) -> Mutant:
    """Return a mutant for which the order of a field's items makes no difference."""

    def replacement(equal: Any) -> Any:
        def broken(self: Any, other: Any) -> Any:
            if type(self) is not type(other):
                return NotImplemented
            left, right = vars(self)[field], vars(other)[field]
            if not isinstance(left, list | tuple) or not isinstance(right, list | tuple):
                return equal(self, other)
            twin = self.__copy__()
            same = sorted(map(repr, left)) == sorted(map(repr, right))
            vars(twin)[field] = right if same else left
            return equal(twin, other)

        return broken

    return Mutant(
        name=f"equality_ignores_the_order_of_{field}",
        wrong=f"Templates whose {field} stand in another order are equal.",
        caught_by=("EQ-02",),
        owner=AsyncFunctionTaskTemplate,
        attribute="__eq__",
        replacement=replacement,
    )


ORDERLESS = (_orderless("secrets"), _orderless("links"))


@mutant(NativeInterface, "__eq__", "EQ-04", "EQ-02")
def interfaces_compare_their_outputs(_: Any) -> Any:
    """Interfaces with the same outputs are equal."""
    return lambda self, other: isinstance(other, NativeInterface) and self.outputs == other.outputs


@mutant(Cache, "__eq__", "EQ-07")
def caches_compare_behavior_and_salt(_: Any) -> Any:
    """Caches of one behavior, version and salt are equal."""

    def broken(self: Any, other: Any) -> bool:
        names = ("behavior", "version_override", "salt")
        return isinstance(other, Cache) and all(getattr(self, name) == getattr(other, name) for name in names)

    return broken


@mutant(TaskTemplate, "__copy__", "PKL-03")
def copies_of_subclasses_lose_the_environment(copied: Any) -> Any:
    """copy.copy of a template of a subclass loses the environment."""

    def broken(self: Any) -> Any:
        twin = copied(self)
        if type(self) is not AsyncFunctionTaskTemplate:
            vars(twin)["parent_env"] = None
        return twin

    return broken


@mutant(TaskTemplate, "__deepcopy__", "PKL-04")
def deep_copies_of_decorated_tasks_copy_the_function(copied: Any) -> Any:
    """copy.deepcopy of a decorated task forgets the name of its environment."""

    def broken(self: Any, memo: Any) -> Any:
        twin = copied(self, memo)
        if self.name.startswith(f"{self.parent_env_name}."):
            vars(twin)["parent_env_name"] = None
        return twin

    return broken


@mutant(AsyncFunctionTaskTemplate, "__getstate__", "PKL-01")
def second_pickles_lose_the_retries(state: Any) -> Any:
    """A template that was pickled before is pickled without its retries."""

    def broken(self: Any) -> Any:
        found = state(self)
        if vars(self).get(MARK):
            found["retries"] = KEEP["retries"](0)
        return {**found, MARK: True}

    return broken


# ---- calls ----


@mutant(AsyncFunctionTaskTemplate, "forward", "CAL-01", "CAL-03")
def iterators_become_lists(forward: Any) -> Any:
    """An iterator that a function returns comes out as a list."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = forward(self, *args, **kwargs)
        return list(result) if isinstance(result, Iterator) else result

    return broken


@mutant(TaskTemplate, "__call__", "CAL-01")
def awaitable_values_are_awaited(call: Any) -> Any:
    """A coroutine that a sync function returns is run by the call."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        result = call(self, *args, **kwargs)
        return (
            loops.background().submit(result).result(1)
            if self._call_as_synchronous and inspect.iscoroutine(result)
            else result
        )

    return broken


@mutant(context_module, "current", "CAL-01")
def all_threads_share_one_context(current: Any) -> Any:
    """A thread of its own is in the task context that any thread entered last."""
    last = [None]

    def broken() -> Any:
        found = current()
        if found.task_context is not None or found.in_trace:
            last[0] = found
        return last[0] or found

    return broken


@mutant(threads, "run_in_thread", "EXE-07", "AIO-04b")
def falsy_exceptions_are_none(run: Any) -> Any:
    """A falsy exception of a sync body counts as none."""

    async def broken(func: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await run(func, *args, **kwargs)
        except Exception as error:
            if not error:
                return None
            raise

    return broken


@mutant(threads, "run_in_thread", "AIO-01", "EXE-03")
def threads_take_a_timeout(run: Any) -> Any:
    """A keyword `timeout` of a sync body is taken for the limit of its thread."""

    async def broken(func: Any, *args: Any, **kwargs: Any) -> Any:
        kwargs.pop("timeout", None)
        return await run(func, *args, **kwargs)

    return broken


@mutant(TaskTemplate, "_controller", "CTX-01", "CTX-02")
def templates_remember_their_controller(controller: Any) -> Any:
    """A template goes on to use the controller of its first call."""

    def broken(self: Any) -> Any:
        if "_first" not in vars(self):
            vars(self)["_first"] = controller(self)
        return vars(self)["_first"]

    return broken


@mutant(TaskTemplate, "__call__", "CTX-04")
def refused_tasks_stay_refused(call: Any) -> Any:
    """A task that was called in a trace once cannot be called any more."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if "_refused" in vars(self):
            raise vars(self)["_refused"]
        try:
            return call(self, *args, **kwargs)
        except TraceDoesNotAllowNestedTasksError as error:
            vars(self)["_refused"] = error
            raise

    return broken


@mutant(function_task, "_as_function_takes", "NIF-13")
def positional_only_defaults_are_skipped(_: Any) -> Any:
    """execute(b=2) of `def f(a=0, b=0, /)` gives 2 to a."""

    def broken(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        count = getattr(getattr(func, "__code__", None), "co_posonlyargcount", 0)
        names = [name for name in func.__code__.co_varnames[:count] if name in kwargs] if count else []
        rest = {name: value for name, value in kwargs.items() if name not in names}
        return (*args, *(kwargs[name] for name in names)), rest

    return broken


@mutant(function_task, "_as_function_takes", "NIF-13")
def positional_only_inputs_come_in_the_order_of_the_call(_: Any) -> Any:
    """execute(b=2, a=1) of `def f(a, b, /)` gives 2 to a."""

    def broken(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        count = getattr(getattr(func, "__code__", None), "co_posonlyargcount", 0)
        names = [name for name in kwargs if name in func.__code__.co_varnames[:count]] if count else []
        if "b" in names and "a" not in names and not args:
            names = []
        rest = {name: value for name, value in kwargs.items() if name not in names}
        return (*args, *(kwargs[name] for name in names)), rest

    return broken


# ---- environments ----


@mutant(type(TaskPluginRegistry), "find", "ENV-13")
def plugins_serve_subclasses(find: Any) -> Any:
    """The class registered for a type of configuration serves its subclasses too."""

    def broken(self: Any, config_type: type) -> Any:
        return next((found for base in config_type.__mro__ if (found := find(self, base)) is not None), None)

    return broken


@mutant(type(TaskPluginRegistry), "find", "ENV-13")
def the_last_plugin_serves_all(find: Any) -> Any:
    """The class registered last serves all registered types of configuration."""

    def broken(self: Any, config_type: type) -> Any:
        known = find(self, config_type) is not None
        return find(self, self.list_plugins()[-1]) if known else None

    return broken


@mutant(TaskEnvironment, "clone_with", "ENV-14")
def clones_of_clones_lose_secrets(clone_with: Any) -> Any:
    """A clone of a clone has no secrets."""

    def broken(self: Any, name: str, *args: Any, **given: Any) -> Any:
        clone = clone_with(self, name, *args, **given)
        if vars(self).get(MARK) and "secrets" not in given:
            object.__setattr__(clone, "secrets", None)
        vars(clone)[MARK] = True
        return clone

    return broken


@mutant(TaskEnvironment, "task", "ENV-11")
def docstrings_are_read_by_the_bare_decorator(task: Any) -> Any:
    """The docstring gives docs only where the decorator has no options."""

    def broken(self: Any, func: Any = None, /, **given: Any) -> Any:
        if func is not None or not given or "docs" in given:
            return task(self, func, **given) if func is not None else task(self, **given)

        def decorate(function: Any) -> Any:
            made = task(self, **given)(function)
            vars(made)["docs"] = None
            return made

        return decorate

    return broken


@mutant(AsyncFunctionTaskTemplate, "json_schema", "JSN-02")
def schemas_of_decorated_tasks_allow_more(read: Any) -> Any:
    """The schema of a decorated task does not refuse unknown properties."""

    def broken(self: Any) -> Any:
        schema = read(self)
        if _is_decorated(self):
            del schema["additionalProperties"]
        return schema

    return broken


@mutant(AsyncFunctionTaskTemplate, "json_schema", "JSN-02")
def schemas_of_subclasses_have_a_title(read: Any) -> Any:
    """The schema of a template of a subclass has a title."""

    def broken(self: Any) -> Any:
        title = {} if type(self) is AsyncFunctionTaskTemplate else {"title": self.name}
        return {**read(self), **title}

    return broken
