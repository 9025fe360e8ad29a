"""Wrong for one kind of origin, value, result, error or place only; and code that gives up after a while.

Some of the ideas come from batches that others wrote from the contract alone, without knowing the suite.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import dataclasses
import functools
import inspect
import shlex
import sys
import threading
import weakref
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from conformance.mutants.form import Mutant, mutant
from reference_impl.errors import RuntimeSystemError, RuntimeUserError
from reference_impl.extend import AsyncFunctionTaskTemplate, TaskTemplate
from reference_impl.schema.interface import NativeInterface
from reference_impl.task import awaiting, environment, threads
from reference_impl.task.context import _CURRENT, current
from reference_impl.task.fields import KEEP
from reference_impl.task.sealed import Sealed
from reference_impl.values.caching import Cache
from reference_impl.values.policies import RetryStrategy, Timeout
from reference_impl.values.resources import Resources
from reference_impl.values.secret import Secret

OVERRIDE = (TaskTemplate, "override")

# ---- what gives up ----


@mutant(TaskTemplate, "_submit", "CTX-02")
def nested_calls_wait_a_second(submit: Any) -> Any:
    """In a task context, a sync call waits one second for the controller."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not self._call_as_synchronous or asyncio._get_running_loop() is not None:
            return submit(self, *args, **kwargs)
        return self._controller().submit_sync(self, *args, **kwargs).result(timeout=1)

    return broken


@mutant(TaskTemplate, "aio", "AIO-05", "AIO-02")
def aio_waits_an_hour(aio: Any) -> Any:
    """The await of aio ends after an hour."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        return await asyncio.wait_for(aio(self, *args, **kwargs), 3600)

    return broken


@mutant(AsyncFunctionTaskTemplate, "execute", "EXE-03")
def execute_waits_a_minute(execute: Any) -> Any:
    """`execute` ends after a minute."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        async with asyncio.timeout(60):
            return await execute(self, *args, **kwargs)

    return broken


# ---- with which result ----


def _changing(name: str, wrong: str, rule: str, method: str, change: Callable[[Any, Any], Any]) -> Mutant:
    """Return a mutant that changes what a method returns: `change` is called with the template and the result."""

    def replacement(original: Any) -> Any:
        def plain(self: Any, *args: Any, **kwargs: Any) -> Any:
            return change(self, original(self, *args, **kwargs))

        async def awaited(self: Any, *args: Any, **kwargs: Any) -> Any:
            return change(self, await original(self, *args, **kwargs))

        return awaited if inspect.iscoroutinefunction(original) else plain

    return Mutant(
        name=name,
        wrong=wrong,
        caught_by=(rule,),
        owner=AsyncFunctionTaskTemplate,
        attribute=method,
        replacement=replacement,
    )


def _is_orphan(task: Any) -> bool:
    return task.parent_env is not None and task.parent_env() is None


RESULTS = (
    _changing(
        "strings_of_a_class_become_plain",
        "forward makes a plain string of one of a class of the user's own.",
        "CAL-03",
        "forward",
        lambda _, result: str(result) if isinstance(result, str) else result,
    ),
    _changing(
        "memory_views_become_bytes",
        "execute makes bytes of a memory view.",
        "EXE-03",
        "execute",
        lambda _, result: bytes(result) if isinstance(result, memoryview) else result,
    ),
    _changing(
        "orphans_return_copies_of_dictionaries",
        "A task whose environment is gone returns a copy of a dictionary.",
        "CAL-03",
        "forward",
        lambda task, result: dict(result) if _is_orphan(task) and isinstance(result, dict) else result,
    ),
    _changing(
        "futures_that_are_done_are_read",
        "aio returns the result of a future that a sync function returns.",
        "AIO-01",
        "aio",
        lambda _, result: result.result() if isinstance(result, concurrent.futures.Future) else result,
    ),
)


# ---- with which error ----


def _letting_out(name: str, wrong: str, is_let_out: Callable[[Any, BaseException], bool]) -> Mutant:
    """Return a mutant whose call does not wrap some errors of a sync body."""

    def replacement(call: Any) -> Any:
        def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return call(self, *args, **kwargs)
            except RuntimeUserError as error:
                if error.__cause__ is not None and is_let_out(self, error.__cause__):
                    raise error.__cause__ from error.__cause__.__cause__
                raise

        return broken

    return Mutant(
        name=name,
        wrong=wrong,
        caught_by=("CAL-04",),
        owner=TaskTemplate,
        attribute="__call__",
        replacement=replacement,
    )


ERRORS = (
    _letting_out(
        "cancelled_futures_pass",
        "The CancelledError of concurrent.futures, which is an Exception, is not wrapped.",
        lambda _, error: isinstance(error, concurrent.futures.CancelledError),
    ),
    _letting_out(
        "errors_of_a_name_pass",
        "An exception of the user's own that is called RuntimeUserError is not wrapped.",
        lambda _, error: type(error).__name__ == "RuntimeUserError",
    ),
    _letting_out(
        "errors_with_a_code_pass",
        "An exception with an attribute `code` is not wrapped.",
        lambda _, error: hasattr(error, "code") and not isinstance(error, RuntimeUserError),
    ),
    _letting_out(
        "errors_of_tasks_of_clones_pass",
        "An exception of a task of a cloned environment is not wrapped.",
        lambda task, _: (task.parent_env_name or "").endswith("-clone"),
    ),
)


@mutant(awaiting, "wrapping", "CAL-05")
def decoding_errors_of_async_pass(wrapping: Any) -> Any:
    """UnicodeDecodeError of an async function, which takes five arguments, is not wrapped."""

    async def broken(unstarted: Any) -> Any:
        try:
            return await wrapping(unstarted)
        except RuntimeUserError as error:
            if isinstance(error.__cause__, UnicodeDecodeError):
                raise error.__cause__ from None
            raise

    return broken


@mutant(TaskTemplate, "__call__", "CAL-06")
def errors_of_two_kinds_are_wrapped(call: Any) -> Any:
    """A RuntimeUserError that has a cause is wrapped once more."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return call(self, *args, **kwargs)
        except (RuntimeUserError, RuntimeSystemError) as error:
            if error.__cause__ is not None and error.code == "Code":
                raise RuntimeUserError("RuntimeUserError", str(error)) from error
            raise

    return broken


@mutant(TaskTemplate, "__call__", "CAL-08")
def exits_without_a_code_have_one(call: Any) -> Any:
    """SystemExit without a code leaves a call as SystemExit(0)."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return call(self, *args, **kwargs)
        except SystemExit as error:
            if error.code is None:
                raise SystemExit(0) from error
            raise

    return broken


# ---- of which origin ----


def _losing(name: str, wrong: str, rule: str, lost: str, applies: Callable[[Any], bool]) -> Mutant:
    """Return a mutant in which what a method returns has lost a field, `method.field`, for some receivers."""
    method, _, field = lost.partition(".")

    def replacement(original: Any) -> Any:
        def broken(self: Any, *args: Any, **given: Any) -> Any:
            result = original(self, *args, **given)
            if field not in given and applies(self):
                vars(result)[field] = None
            return result

        return broken

    return Mutant(
        name=name, wrong=wrong, caught_by=(rule,), owner=TaskTemplate, attribute=method, replacement=replacement
    )


ORIGINS = (
    _losing(
        "overrides_of_orphans_lose_docs",
        "The override of a task whose environment is gone loses its docs.",
        "OVR-03",
        "override.docs",
        _is_orphan,
    ),
    _losing(
        "overrides_of_clones_lose_the_timeout",
        "The override of a task of a cloned environment loses its timeout.",
        "OVR-03",
        "override.timeout",
        lambda task: (task.parent_env_name or "").endswith("-clone"),
    ),
    _losing(
        "copies_of_templates_with_secret_lists_lose_the_queue",
        "copy.copy of a template with a list of secrets loses the queue.",
        "PKL-03",
        "__copy__.queue",
        lambda task: isinstance(task.secrets, list | tuple),
    ),
    _losing(
        "deep_copies_of_templates_with_a_duration_lose_the_resources",
        "copy.deepcopy of a template whose timeout is a duration of days loses the resources.",
        "PKL-04",
        "__deepcopy__.resources",
        lambda task: isinstance(task.timeout, timedelta) and task.timeout.days > 0,
    ),
)


@mutant(*OVERRIDE, "OVR-04")
def overrides_of_copies_keep_the_retries(override: Any) -> Any:
    """override(retries=...) of a copy of an override keeps the retries."""

    def broken(self: Any, **given: Any) -> Any:
        generation = vars(self).get("_generation", 0)
        if generation > 1:
            given.pop("retries", None)
        result = override(self, **given)
        vars(result)["_generation"] = generation + 1
        return result

    return broken


# ---- with which value ----


def _changed(name: str, wrong: str, rule: str, field: str, change: Callable[[Any], Any]) -> Mutant:
    """Return a mutant whose templates hold a changed value."""

    def replacement(keep: Any) -> Any:
        return lambda value: keep(change(value))

    return Mutant(name=name, wrong=wrong, caught_by=(rule,), owner=KEEP, attribute=field, replacement=replacement)


VALUES = (
    _changed(
        "variables_beyond_twenty_are_cut",
        "Of the environment variables, twenty are kept.",
        "CON-03",
        "env_vars",
        lambda value: dict(list(value.items())[:20]) if isinstance(value, dict) else value,
    ),
    _changed(
        "links_beyond_sixteen_are_cut",
        "Of the links, sixteen are kept.",
        "CON-03",
        "links",
        lambda value: value[:16] if isinstance(value, tuple) else value,
    ),
    _changed(
        "long_queues_are_cut",
        "The name of a queue is cut to 128 characters.",
        "CON-03",
        "queue",
        lambda value: value[:128] if isinstance(value, str) else value,
    ),
)


@mutant(KEEP, "retries", "VAL-12", "CON-11")
def strategies_are_remembered_by_count(keep: Any) -> Any:
    """A strategy is looked up by its count, so that retries=True passes once retries=1 was used."""
    known: dict[int, Any] = {}

    def broken(value: Any) -> Any:
        if isinstance(value, int | float) and value in known:
            return known[int(value)]
        strategy = keep(value)
        if isinstance(value, int):
            known[value] = strategy
        return strategy

    return broken


@mutant(*OVERRIDE, "OVR-04")
def overrides_are_remembered_by_names(override: Any) -> Any:
    """An override that names three fields and more is remembered by the names, and comes again for other values."""

    def broken(self: Any, **given: Any) -> Any:
        known = vars(self).setdefault("_known", {})
        names = tuple(sorted(given))
        if len(names) < 3:
            return override(self, **given)
        if names not in known:
            known[names] = {name: value for name, value in vars(override(self, **given)).items() if name != "_known"}
        result = override(self)
        vars(result).update(known[names])
        return result

    return broken


@mutant(*OVERRIDE, "OVR-02")
def the_end_of_reuse_reaches_the_receiver(override: Any) -> Any:
    """override(reusable="off") ends the reuse of the receiver, too."""

    def broken(self: Any, **given: Any) -> Any:
        result = override(self, **given)
        if given.get("reusable") == "off":
            vars(self)["reusable"] = None
        return result

    return broken


@mutant(Cache, "__post_init__", "OVR-19")
def ignored_inputs_are_the_callers(post_init: Any) -> Any:
    """A cache keeps the caller's list of ignored inputs."""

    def broken(self: Any) -> None:
        given = self.ignored_inputs
        post_init(self)
        object.__setattr__(self, "ignored_inputs", given)

    return broken


@mutant(AsyncFunctionTaskTemplate, "__eq__", "EQ-02")
def timeouts_are_equal_by_running_time(equal: Any) -> Any:
    """Two templates whose timeouts have the same running time are equal."""

    def plain(task: Any) -> Any:
        if not isinstance(task, TaskTemplate) or not isinstance(task.timeout, Timeout):
            return task
        twin = object.__new__(type(task))
        vars(twin).update(vars(task), timeout=Timeout(task.timeout.max_runtime))
        return twin

    return lambda self, other: equal(plain(self), plain(other))


@mutant(AsyncFunctionTaskTemplate, "container_args", "ARG-01")
def paths_are_quoted(container_args: Any) -> Any:
    """Arguments of the container are quoted as a shell needs it."""

    def broken(self: Any, serialize_context: Any) -> list[str]:
        found = container_args(self, serialize_context)
        return [one if "{{" in one else shlex.quote(one) for one in found]

    return broken


@mutant(environment._Decorator, "__call__", "ENV-03")
def secret_objects_do_not_reach_async_tasks(call: Any) -> Any:
    """A Secret of the environment that has a group does not reach its async tasks."""

    def broken(self: Any, func: Any) -> Any:
        task = call(self, func)
        if isinstance(task.secrets, Secret) and task.secrets.group and not task._call_as_synchronous:
            vars(task)["secrets"] = None
        return task

    return broken


@mutant(environment._Decorator, "__call__", "ENV-04")
def no_retries_are_not_an_option(call: Any) -> Any:
    """env.task(retries=RetryStrategy(0), links=...) of a documented function has the default of one retry."""

    def broken(self: Any, func: Any) -> Any:
        task = call(self, func)
        if func.__doc__ and task.links and task.retries == RetryStrategy(0):
            vars(task)["retries"] = RetryStrategy(1)
        return task

    return broken


# ---- in which place ----


def _somewhere(name: str, wrong: str, rule: str, method: str, is_there: Callable[[], bool]) -> Mutant:
    """Return a mutant in which a method raises in some place."""

    def replacement(original: Any) -> Any:
        def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
            if is_there():
                raise RuntimeSystemError("Here", "not here")
            return original(self, *args, **kwargs)

        return broken

    return Mutant(
        name=name,
        wrong=wrong,
        caught_by=(rule,),
        owner=AsyncFunctionTaskTemplate,
        attribute=method,
        replacement=replacement,
    )


def _is_on_other_loop() -> bool:
    is_main = threading.current_thread() is threading.main_thread()
    return not is_main and asyncio._get_running_loop() is not None


PLACES = (
    _somewhere(
        "templates_cannot_be_pickled_in_a_task",
        "A template cannot be pickled in a running task.",
        "PKL-01",
        "__getstate__",
        lambda: current().task_context is not None,
    ),
    _somewhere(
        "templates_cannot_be_compared_in_a_trace",
        "Templates cannot be compared in a trace.",
        "EQ-01",
        "__eq__",
        lambda: current().in_trace,
    ),
    _somewhere(
        "forward_needs_the_main_loop",
        "forward does not work on the event loop of another thread than the first.",
        "CTX-07",
        "forward",
        _is_on_other_loop,
    ),
    _somewhere(
        "templates_cannot_be_copied_on_other_loops",
        "copy.copy does not work on the event loop of another thread than the first.",
        "PKL-03",
        "__copy__",
        _is_on_other_loop,
    ),
)


@mutant(NativeInterface, "json_schema", "JSN-02")
def schemas_are_empty_on_a_loop(json_schema: Any) -> Any:
    """In a running event loop of a task, the schema has no description of the properties."""

    def broken(self: Any) -> Any:
        schema = json_schema(self)
        if asyncio._get_running_loop() is not None:
            schema["properties"] = {}
            schema["required"] = []
        return schema

    return broken


@mutant(Sealed, "_check", "ENV-03")
def no_tasks_are_declared_in_a_trace(check: Any) -> Any:
    """A template cannot be changed in a trace, not even while it is made."""

    def broken(self: Any, name: str) -> None:
        if current().in_trace:
            raise RuntimeSystemError("Here", "not here")
        check(self, name)

    return broken


@mutant(TaskTemplate, "_kept", "CON-03")
def base_templates_keep_what_they_get(kept: Any) -> Any:
    """A template of the base class does not turn a string for cache into a Cache."""

    def broken(self: Any, given: dict[str, Any]) -> dict[str, Any]:
        word = given.get("cache")
        found: dict[str, Any] = kept(self, given)
        if type(self) is TaskTemplate and isinstance(word, str):
            found["cache"] = word
        return found

    return broken


@mutant(environment.TaskEnvironment, "clone_with", "ENV-14")
def clones_lose_pod_templates(clone_with: Any) -> Any:
    """A clone of an environment with a pod template that is an object has none."""

    def broken(self: Any, *args: Any, **changes: Any) -> Any:
        clone = clone_with(self, *args, **changes)
        if "pod_template" not in changes and not isinstance(self.pod_template, str | None):
            clone.pod_template = None
        return clone

    return broken


# ---- the second time ----


@mutant(threads, "run_in_thread", "EXE-13")
def threads_know_the_first_context(run: Any) -> Any:
    """The second execute of a sync function sees the context variables of the first one."""
    known: weakref.WeakKeyDictionary[Any, contextvars.Context] = weakref.WeakKeyDictionary()

    async def broken(func: Any, /, *args: Any, **kwargs: Any) -> Any:
        if not inspect.isfunction(func):
            return await run(func, *args, **kwargs)
        context = known.setdefault(func, contextvars.copy_context()).copy()
        context.run(_CURRENT.set, current())
        return await run(functools.partial(context.run, func), *args, **kwargs)

    return broken


@mutant(AsyncFunctionTaskTemplate, "container_args", "ARG-04")
def arguments_are_kept_by_path(container_args: Any) -> Any:
    """The arguments of a container are kept by the paths of the context, whatever its version and bundle."""

    def broken(self: Any, serialize_context: Any) -> list[str]:
        kept = vars(self).setdefault("_arguments", {})
        key = serialize_context.input_path, serialize_context.output_path
        if key not in kept:
            kept[key] = container_args(self, serialize_context)
        return list(kept[key])

    return broken


@mutant(*OVERRIDE, "OVR-29")
def computed_fields_of_subclasses_are_lost(override: Any) -> Any:
    """override gives the fields of a subclass that its constructor does not take their defaults again."""

    def broken(self: Any, **given: Any) -> Any:
        result = override(self, **given)
        for one in dataclasses.fields(self):
            if not one.init and one.name != "ref":
                vars(result)[one.name] = one.default
        return result

    return broken


@mutant(Resources, "__post_init__", "VAL-09")
def requests_may_be_negative(post_init: Any) -> Any:
    """Resources(cpu=(-1, 2)) is accepted."""

    def broken(self: Any) -> None:
        cpu = self.cpu
        if isinstance(cpu, tuple) and len(cpu) == 2 and isinstance(cpu[0], int | float) and cpu[0] < 0:
            object.__setattr__(self, "cpu", (0, cpu[1]))
        post_init(self)
        object.__setattr__(self, "cpu", cpu)

    return broken


# ---- with what looks alike ----

_OFF, _DISABLE = sys.intern("off"), sys.intern("disable")


@mutant(KEEP, "cache", "CON-08", "OVR-04")
def words_are_compared_by_identity(keep: Any) -> Any:
    """cache="disable" is only known where it is the interned string; a computed one is "auto"."""
    return lambda value: keep("auto" if value == _DISABLE and value is not _DISABLE else value)


@mutant(*OVERRIDE, "OVR-11")
def off_is_compared_by_identity(override: Any) -> Any:
    """override(reusable="off") ends reuse only where it is the interned string; a computed one inherits."""

    def broken(self: Any, **given: Any) -> Any:
        if given.get("reusable") == _OFF and given["reusable"] is not _OFF:
            given["reusable"] = self.reusable
        return override(self, **given)

    return broken


@mutant(AsyncFunctionTaskTemplate, "__eq__", "EQ-01")
def configurations_are_compared_by_their_own_words(eq: Any) -> Any:
    """Two templates with one plugin_config are unequal if that is not equal to itself, or cannot be compared."""
    return lambda self, other: (
        eq(self, other) and bool(self.plugin_config is None or self.plugin_config == other.plugin_config)
    )


@mutant(NativeInterface, "__eq__", "EQ-04", "EQ-05")
def interfaces_compare_what_they_remember(eq: Any) -> Any:
    """An interface whose schema was read is not equal to one whose schema was not."""
    return lambda self, other: (
        eq(self, other) and len(vars(self.docstring or self)) == len(vars(other.docstring or other))
    )


# ---- of a subclass ----


@mutant(TaskTemplate, "__deepcopy__", "PKL-04")
def deep_copies_reset_the_fields_of_subclasses(deepcopy: Any) -> Any:
    """copy.deepcopy gives the fields that a subclass added their defaults."""

    def broken(self: Any, memo: Any) -> Any:
        twin = deepcopy(self, memo)
        base = {one.name for one in dataclasses.fields(AsyncFunctionTaskTemplate)}
        added = [one for one in dataclasses.fields(self) if one.name not in base]
        vars(twin).update({one.name: one.default for one in added if one.default is not dataclasses.MISSING})
        return twin

    return broken


@mutant(*OVERRIDE, "OVR-30")
def fields_of_subclasses_run_the_constructor_again(override: Any) -> Any:
    """If override changes a field that a subclass added, `__post_init__` of the subclass runs again."""

    def broken(self: Any, **given: Any) -> Any:
        result = override(self, **given)
        base = {one.name for one in dataclasses.fields(AsyncFunctionTaskTemplate)}
        if given.keys() - base:
            vars(result)["_sealed"] = False
            result.__post_init__()
            vars(result)["_sealed"] = True
        return result

    return broken


# ---- with which arguments, and where ----


@mutant(AsyncFunctionTaskTemplate, "forward", "CAL-01", "CAL-02", "CAL-03")
def defaults_are_passed_by_name(forward: Any) -> Any:
    """A call passes the defaults that it leaves out by name, which fails for positional-only parameters."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        inputs = list(self.interface.inputs.items())[len(args) :]
        defaults = {name: value for name, (_, value) in inputs if value is not inspect.Parameter.empty}
        return forward(self, *args, **(defaults | kwargs))

    return broken


@mutant(TaskTemplate, "_submit", "CTX-01")
def async_calls_without_a_loop_are_refused(submit: Any) -> Any:
    """In a task context, an async task cannot be called where no event loop runs."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not self._call_as_synchronous:
            asyncio.get_running_loop()
        return submit(self, *args, **kwargs)

    return broken
