"""Wrong for kinds that are rarely drawn: callables without a name, odd links, subclasses of values, other callers."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import dataclasses
import functools
import inspect
import math
import typing
from typing import Any

from conformance.mutants.form import mutant, without
from reference_impl.errors import RuntimeSystemError, RuntimeUserError
from reference_impl.extend import AsyncFunctionTaskTemplate, TaskTemplate
from reference_impl.schema.interface import NativeInterface
from reference_impl.task import context, function_task, overriding, threads
from reference_impl.task.context import current
from reference_impl.task.environment import TaskEnvironment
from reference_impl.task.fields import KEEP
from reference_impl.task.sealed import Sealed
from reference_impl.values.caching import Cache
from reference_impl.values.frozen import freeze
from reference_impl.values.policies import Documentation, RetryStrategy, ReusePolicy
from reference_impl.values.resources import Resources
from reference_impl.values.trigger import Trigger

# ---- callables of every shape ----


@mutant(AsyncFunctionTaskTemplate, "__repr__", "CON-20")
def repr_shows_the_name_of_the_function(represent: Any) -> Any:
    """repr() reads `func.__qualname__`, which a partial and an object do not have."""
    return lambda self: f"{represent(self)} of {self.func.__qualname__}"


@mutant(AsyncFunctionTaskTemplate, "override", "OVR-01", "OVR-02", "OVR-03")
def override_needs_code(override: Any) -> Any:
    """`override` works for functions only."""

    def broken(self: Any, **given: Any) -> Any:
        assert self.func.__code__ is not None
        return override(self, **given)

    return broken


@mutant(function_task, "is_async", "CON-13")
def what_a_function_wraps_decides(is_async: Any) -> Any:
    """A coroutine function that wraps a plain one is sync."""
    return lambda func: is_async(inspect.unwrap(func))


@mutant(TaskTemplate, "_submit", "CON-17")
def async_objects_are_submitted_as_sync(submit: Any) -> Any:
    """In a task context, an async callable object goes to submit_sync, and the call blocks."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not inspect.isroutine(self.func) and not isinstance(self.func, functools.partial):
            return self._controller().submit_sync(self, *args, **kwargs).result()
        return submit(self, *args, **kwargs)

    return broken


# ---- names, positions ----


@mutant(TaskTemplate, "override", "OVR-06")
def override_takes_a_dictionary(override: Any) -> Any:
    """Override accepts a positional dictionary of changes."""

    def broken(self: Any, *changes: Any, **given: Any) -> Any:
        if changes and not isinstance(changes[0], dict):
            raise TypeError("override() takes keywords or a dictionary")
        return override(self, **dict(*changes), **given)

    return broken


@mutant(overriding, "check_names", "OVR-07")
def properties_can_be_overridden(check: Any) -> Any:
    """Override ignores the name of a property, such as native_interface."""
    names = [name for name, value in vars(TaskTemplate).items() if isinstance(value, property)]
    return lambda given, fields: check(given, {*fields, *names})


@mutant(AsyncFunctionTaskTemplate, "__init__", "CON-05")
def constructor_knows_camel_case(init: Any) -> Any:
    """The constructor accepts `taskType` for task_type."""

    def broken(self: Any, **given: Any) -> None:
        if "taskType" in given:
            given["task_type"] = given.pop("taskType") or "python"
        init(self, **given)

    return broken


@mutant(AsyncFunctionTaskTemplate, "__init__", "CON-01")
def positions_are_ignored(init: Any) -> Any:
    """The constructor ignores positional arguments when it has all it needs by keyword."""
    return lambda self, *_, **given: init(self, **given)


@mutant(TaskTemplate, "__init__", "CON-01")
def base_template_takes_its_name_by_position(init: Any) -> Any:
    """The constructor of the base template takes the name by position."""

    def broken(self: Any, *name: Any, **given: Any) -> None:
        init(self, **(dict(zip(["name"], name, strict=False)) | given))

    return broken


# ---- values ----


@mutant(KEEP, "links", "OVR-33", "ENV-08")
def link_with_items_is_a_collection(keep: Any) -> Any:
    """A link that has a length is taken for a collection of links."""
    return lambda value: keep([*value] if hasattr(value, "__len__") else value)


@mutant(KEEP, "links", "OVR-33", "ENV-08")
def falsy_links_are_no_links(keep: Any) -> Any:
    """A link that is falsy is left out."""
    return lambda value: tuple(one for one in keep(value) if one)


@mutant(KEEP, "cache", "CON-08")
def caches_of_a_subclass_are_rebuilt(keep: Any) -> Any:
    """A Cache of a subclass becomes a plain one."""

    def broken(value: Any) -> Any:
        if isinstance(value, Cache) and type(value) is not Cache:
            return Cache(value.behavior)
        return keep(value)

    return broken


@mutant(KEEP, "cache", "CON-08")
def cache_words_are_exact_strings(keep: Any) -> Any:
    """A string for cache of another class, such as a member of a StrEnum, means the default."""
    return lambda value: keep("disable" if isinstance(value, str) and type(value) is not str else value)


@mutant(KEEP, "retries", "CON-10")
def retries_of_a_class_of_numbers_are_none(keep: Any) -> Any:
    """A count of another class of numbers, such as a member of an IntEnum, means no retries."""
    return lambda value: keep(0 if isinstance(value, int) and type(value) not in (int, bool) else value)


@mutant(Trigger, "__eq__", "EQ-02")
def triggers_are_equal_by_name(_: Any) -> Any:
    """Triggers of the same name are equal."""
    return lambda self, other: type(self) is type(other) and self.name == other.name


@mutant(AsyncFunctionTaskTemplate, "__eq__", "EQ-02")
def long_values_are_compared_by_their_beginning(eq: Any) -> Any:
    """Of links, only the first ten are compared."""

    def broken(self: Any, other: Any) -> Any:
        if type(self) is type(other) and self.links[:10] == other.links[:10]:
            other = other._twin({"links": self.links})
        return eq(self, other)

    return broken


@mutant(Cache, "get_version", "EQ-07")
def caches_remember_their_version(get_version: Any) -> Any:
    """A cache that computed a version has another salt from then on."""

    def broken(self: Any, params: Any) -> Any:
        version = get_version(self, params)
        freeze(self, salt=f"{self.salt} ")
        return version

    return broken


# ---- reuse ----


@mutant(TaskTemplate, "override", "OVR-12")
def concurrency_is_inherited_from_the_last_policy(override: Any) -> Any:
    """A new reuse policy of concurrency 1 gets the concurrency of the present one."""

    def broken(self: Any, **given: Any) -> Any:
        new, present = given.get("reusable"), self.reusable
        if isinstance(new, ReusePolicy) and present is not None and new.concurrency == 1 and type(new) is ReusePolicy:
            given["reusable"] = dataclasses.replace(new, concurrency=present.concurrency)
        return override(self, **given)

    return broken


@mutant(TaskEnvironment, "task", "ENV-03")
def reuse_drops_the_pod_of_the_environment(task: Any) -> Any:
    """A reusable environment does not pass its pod template on."""

    def broken(self: Any, *args: Any, **given: Any) -> Any:
        pod, self.pod_template = self.pod_template, None if self.reusable else self.pod_template
        try:
            return task(self, *args, **given)
        finally:
            self.pod_template = pod

    return broken


@mutant(TaskEnvironment, "task", "ENV-07")
def clones_do_not_check_reuse(task: Any) -> Any:
    """In a clone of a reusable environment, the decorator ignores a pod template."""

    def broken(self: Any, *args: Any, **given: Any) -> Any:
        if "-clone" in self.name and self.reusable is not None:
            given.pop("pod_template", None)
        return task(self, *args, **given)

    return broken


# ---- other ways to set a value ----


@mutant(TaskTemplate, "override", "CON-11")
def override_takes_a_string_of_retries(override: Any) -> Any:
    """override(retries='3') is accepted, though the constructor refuses it."""

    def broken(self: Any, **given: Any) -> Any:
        if isinstance(given.get("retries"), str):
            given["retries"] = RetryStrategy(3)
        return override(self, **given)

    return broken


@mutant(TaskEnvironment, "task", "CON-11")
def decorator_takes_negative_retries(task: Any) -> Any:
    """A negative number of retries counts as 0, in the decorator only."""

    def broken(self: Any, *args: Any, **given: Any) -> Any:
        retries = given.get("retries")
        return task(self, *args, **(given | {"retries": 0} if isinstance(retries, int) and retries < 0 else given))

    return broken


@mutant(TaskEnvironment, "_adopt", "CON-16")
def tasks_have_the_dictionary_of_their_environment(adopt: Any) -> Any:
    """A task has the very dictionary of env_vars that its environment was made with."""

    def broken(self: Any, task: Any) -> None:
        adopt(self, task)
        vars(task)["env_vars"] = self.env_vars

    return broken


@mutant(TaskEnvironment, "task", "ENV-11")
def empty_docs_are_no_docs(task: Any) -> Any:
    """Docs with an empty description are replaced by the docstring."""
    return lambda self, *args, **given: task(self, *args, **without(given, docs=Documentation("")))


@mutant(Sealed, "_check", "CON-19")
def fields_can_be_set_in_a_task(check: Any) -> Any:
    """Within a running task, fields can be assigned."""

    def broken(self: Any, name: str) -> None:
        if current().task_context is None:
            check(self, name)

    return broken


# ---- callers and calls ----


@mutant(TaskTemplate, "_submit", "CTX-03")
def callbacks_of_a_loop_may_block(submit: Any) -> Any:
    """A sync call is refused within a task of a loop only, not in a callback."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        is_in_a_callback = asyncio._get_running_loop() is not None and asyncio.current_task() is None
        if self._call_as_synchronous and is_in_a_callback:
            return self._controller().submit_sync(self, *args, **kwargs).result()
        return submit(self, *args, **kwargs)

    return broken


@mutant(AsyncFunctionTaskTemplate, "forward", "CTX-07")
def forward_wraps_errors_in_a_task(forward: Any) -> Any:
    """Within a running task, forward wraps the errors of a sync function."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if current().task_context is None:
            return forward(self, *args, **kwargs)
        try:
            return forward(self, *args, **kwargs)
        except ValueError as error:
            raise RuntimeUserError("ValueError", str(error)) from error

    return broken


@mutant(AsyncFunctionTaskTemplate, "forward", "CAL-01")
def twenty_arguments_are_enough(forward: Any) -> Any:
    """More than twenty keyword arguments are cut."""
    return lambda self, *args, **kwargs: forward(self, *args, **dict(list(kwargs.items())[:20]))


@mutant(TaskTemplate, "__call__", "CAL-01", "CAL-02")
def arguments_are_compared(call: Any) -> Any:
    """An argument that is equal to the mark of a missing one makes a call fail."""
    missing = object()

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if missing in [*args, *kwargs.values()]:
            raise TypeError("an argument is missing")
        return call(self, *args, **kwargs)

    return broken


@mutant(AsyncFunctionTaskTemplate, "execute", "EXE-20")
def async_objects_get_no_arguments(execute: Any) -> Any:
    """`execute` calls an async callable object without its arguments."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if inspect.isroutine(self.func) or self._call_as_synchronous:
            return await execute(self, *args, **kwargs)
        return await execute(self)

    return broken


# ---- interfaces ----


@mutant(NativeInterface, "from_callable", "NIF-02")
def old_tuples_of_any_length_are_one_output(read: Any) -> Any:
    """`typing.Tuple[T, ...]` is one output, though `tuple[T, ...]` is refused."""

    def broken(cls: Any, func: Any) -> Any:
        returned = getattr(func, "__annotations__", {}).get("return")
        if repr(returned).startswith("typing.Tuple") and typing.get_args(returned)[-1:] == (...,):
            return cls(inputs={}, outputs={"o0": returned})
        return read(cls, func)

    return broken


@mutant(TaskTemplate, "override", "OVR-29")
def subclasses_of_the_base_lose_their_fields(override: Any) -> Any:
    """An override of a subclass of the base template has the defaults of its own fields."""

    def broken(self: Any, **given: Any) -> Any:
        made = override(self, **given)
        if isinstance(self, AsyncFunctionTaskTemplate):
            return made
        own = [one for one in dataclasses.fields(self) if one.name not in TaskTemplate.__dataclass_fields__]
        lost = {one.name: None if one.default is dataclasses.MISSING else one.default for one in own}
        return made._twin(without(lost, **{name: given[name] for name in given.keys() & lost.keys()}))

    return broken


# ---- values that cannot be compared, failures, spellings ----


@mutant(function_task, "_as_function_takes", "NIF-13")
def missing_arguments_are_found_by_comparison(take: Any) -> Any:
    """A positional-only argument that is equal to everything, passed by name, counts as missing."""

    def broken(func: Any, args: Any, kwargs: Any) -> Any:
        is_missing = inspect.Parameter.empty in kwargs.values()
        return (args, kwargs) if is_missing else take(func, args, kwargs)

    return broken


@mutant(TaskTemplate, "aio", "AIO-05")
def refused_submissions_run_here(aio: Any) -> Any:
    """If the controller refuses a call, aio runs the function itself."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await aio(self, *args, **kwargs)
        except LookupError:
            if current().task_context is None or current().in_trace:
                raise
        return self.forward(*args, **kwargs)

    return broken


@mutant(TaskTemplate, "_submit", "CTX-01", "CTX-02")
def failed_calls_are_submitted_again(submit: Any) -> Any:
    """A sync call whose future fails is submitted a second time."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return submit(self, *args, **kwargs)
        except ValueError:
            return submit(self, *args, **kwargs)

    return broken


@mutant(Resources, "__post_init__", "VAL-09")
def fractions_are_rounded(post_init: Any) -> Any:
    """In a range of cores, fractions count as the next whole number."""

    def broken(self: Any) -> None:
        cpu = self.cpu
        if isinstance(cpu, tuple) and all(isinstance(one, float) and one > 0 for one in cpu):
            object.__setattr__(self, "cpu", tuple(math.ceil(one) for one in cpu))
        post_init(self)
        object.__setattr__(self, "cpu", cpu)

    return broken


@mutant(AsyncFunctionTaskTemplate, "container_args", "ARG-01")
def an_archive_has_no_version(arguments: Any) -> Any:
    """With an archive, the version is left out of the command line."""

    def broken(self: Any, serialize_context: Any) -> Any:
        found = arguments(self, serialize_context)
        if serialize_context.code_bundle is not None and serialize_context.code_bundle.tgz:
            found[6] = ""
        return found

    return broken


@mutant(AsyncFunctionTaskTemplate, "container_args", "ARG-04")
def the_root_of_sources_is_remembered(arguments: Any) -> Any:
    """Without a bundle, container_args names the task after the root directory."""

    def broken(self: Any, serialize_context: Any) -> Any:
        if serialize_context.code_bundle is None:
            vars(self)["short_name"] = str(serialize_context.root_dir)
        return arguments(self, serialize_context)

    return broken


@mutant(AsyncFunctionTaskTemplate, "execute", "EXE-03")
def post_runs_beside_pre_only(execute: Any) -> Any:
    """A post is called only if the class has a pre as well."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        kind = type(self)
        if kind.pre is TaskTemplate.pre and kind.post is not TaskTemplate.post:
            return await execute(self._twin({"post": TaskTemplate.post.__get__(self)}), *args, **kwargs)
        return await execute(self, *args, **kwargs)

    return broken


# ---- contexts, threads ----


@mutant(AsyncFunctionTaskTemplate, "forward", "CAL-12")
def bodies_run_in_a_copy_of_the_context(forward: Any) -> Any:
    """A sync body runs in a copy of the caller's context, whose changes are made again in the caller's."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not self._call_as_synchronous or current().task_context is not None:
            return forward(self, *args, **kwargs)
        copied = contextvars.copy_context()
        try:
            return copied.run(forward, self, *args, **kwargs)
        finally:
            for variable, value in copied.items():
                if variable.get(copied) is not value:
                    variable.set(value)

    return broken


@mutant(context, "inside", "EXE-06")
def interrupts_leave_a_context_behind(inside: Any) -> Any:
    """An exception that is not an Exception leaves the task context as it is."""
    kept = []

    @contextlib.contextmanager
    def broken(new: Any) -> Any:
        entered = inside(new)
        kept.append(entered)  # a generator leaves when it is given up
        entered.__enter__()
        try:
            yield
        except Exception:
            entered.__exit__(None, None, None)
            raise
        else:
            entered.__exit__(None, None, None)

    return broken


@mutant(threads, "run_in_thread", "EXE-19", "EXE-10")
def eight_bodies_run_at_the_same_time(run: Any) -> Any:
    """At most eight sync bodies run at the same time; the others wait."""
    limits: dict[Any, asyncio.Semaphore] = {}

    async def broken(func: Any, /, *args: Any, **kwargs: Any) -> Any:
        async with limits.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(8)):
            return await run(func, *args, **kwargs)

    return broken


@mutant(TaskTemplate, "_controller", "CTX-05", "AIO-07")
def the_last_controller_is_remembered(controller: Any) -> Any:
    """Without a controller, a call goes to the one that the template went to before."""

    def broken(self: Any) -> Any:
        try:
            vars(self)["_last"] = controller(self)
        except RuntimeSystemError:
            if "_last" not in vars(self):
                raise
        return vars(self)["_last"]

    return broken
