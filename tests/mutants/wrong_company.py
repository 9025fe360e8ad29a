"""Wrong in rare circumstances only: for some callers, some results, some errors and some settings.

Most were written before their verdicts were known, and survived the suite then.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import copy
import functools
import inspect
import threading
import time
import typing
import weakref
from collections.abc import Callable
from typing import Any

from conformance.mutants.form import mutant
from reference_impl.errors import RuntimeSystemError, RuntimeUserError
from reference_impl.extend import AsyncFunctionTaskTemplate, TaskTemplate
from reference_impl.schema import document, rules
from reference_impl.schema.interface import NativeInterface
from reference_impl.task import awaiting, environment, threads
from reference_impl.task.context import current
from reference_impl.task.controller import get_controller
from reference_impl.values.policies import PodTemplate, ReusePolicy, Timeout
from reference_impl.values.secret import Secret

# ---- who calls, and when ----


@mutant(TaskTemplate, "__call__", "CAL-01")
def call_is_not_reentrant(call: Any) -> Any:
    """A sync task that calls itself gets an error."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not self._call_as_synchronous:
            return call(self, *args, **kwargs)
        if vars(self).get("_is_busy"):
            raise RuntimeSystemError("Busy", "the task is running")
        vars(self)["_is_busy"] = True
        try:
            return call(self, *args, **kwargs)
        finally:
            del vars(self)["_is_busy"]

    return broken


@mutant(AsyncFunctionTaskTemplate, "forward", "CAL-01")
def threads_share_arguments(forward: Any) -> Any:
    """Arguments are kept on the template, so that calls on several threads mix them up."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        vars(self)["_args"] = args
        if threading.current_thread() is not threading.main_thread():
            time.sleep(0.001)  # time for another thread to come in between
        return forward(self, *vars(self).pop("_args", args), **kwargs)

    return broken


@mutant(TaskTemplate, "aio", "AIO-03")
def aio_calls_take_turns(aio: Any) -> Any:
    """Outside a task context, an aio call of a sync task waits until the last one has ended."""
    locks: dict[int, asyncio.Lock] = {}

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not self._call_as_synchronous or current().task_context is not None:
            return await aio(self, *args, **kwargs)
        async with locks.setdefault(id(asyncio.get_running_loop()), asyncio.Lock()):
            return await aio(self, *args, **kwargs)

    return broken


@mutant(TaskTemplate, "__call__", "CAL-02")
def pending_coroutine_is_handed_out_again(call: Any) -> Any:
    """As long as the coroutine of an async call is not awaited, calls without arguments return it again."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self._call_as_synchronous or args or kwargs:
            return call(self, *args, **kwargs)
        pending = vars(self).get("_pending", lambda: None)()
        if pending is not None and inspect.getcoroutinestate(pending) == inspect.CORO_CREATED:
            return pending
        new = call(self)
        with contextlib.suppress(TypeError):
            vars(self)["_pending"] = weakref.ref(new)
        return new

    return broken


@mutant(environment._Decorator, "__call__", "ENV-01")
def decorator_remembers_its_first_function(call: Any) -> Any:
    """A decorator object that is used again gives the second task the docs of the first."""

    def broken(self: Any, func: Any) -> Any:
        task = call(self, func)
        first = vars(self).setdefault("_first", task)
        vars(task)["docs"] = first.docs
        return task

    return broken


# ---- with which result ----


def _with_hook(name: str, hook: Callable[[Any, Any], Any]) -> Callable[[Any], Any]:
    """Return what makes an `execute` whose hook is replaced; `hook` is called with the original and the argument."""

    def make(execute: Any) -> Any:
        async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
            original = getattr(self, name)
            vars(self)[name] = lambda value: hook(original, value)
            try:
                return await execute(self, *args, **kwargs)
            finally:
                del vars(self)[name]

        return broken

    return make


@mutant(AsyncFunctionTaskTemplate, "execute", "EXE-03")
def post_gets_a_list_of_a_generator(execute: Any) -> Any:
    """A generator that the body returns is a list when it reaches post."""
    hook = _with_hook("post", lambda post, value: post(list(value) if inspect.isgenerator(value) else value))
    return hook(execute)


# ---- with which error ----


def _passing(*kinds: type[BaseException]) -> Callable[[Any], Any]:
    """Return what makes a call that lets exceptions of some classes out as they are."""

    def make(call: Any) -> Any:
        def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return call(self, *args, **kwargs)
            except RuntimeUserError as error:
                if isinstance(error.__cause__, kinds):
                    raise error.__cause__ from error.__cause__.__cause__
                raise

        return broken

    return make


@mutant(TaskTemplate, "__call__", "CAL-04")
def timeouts_pass(call: Any) -> Any:
    """TimeoutError of a sync function is not wrapped."""
    return _passing(TimeoutError)(call)


@mutant(TaskTemplate, "__call__", "CAL-04")
def errors_of_the_machine_pass(call: Any) -> Any:
    """MemoryError of a sync function is not wrapped."""
    return _passing(MemoryError)(call)


@mutant(TaskTemplate, "__call__", "CAL-04")
def warnings_pass(call: Any) -> Any:
    """A warning that a sync function raises is not wrapped."""
    return _passing(Warning)(call)


@mutant(awaiting, "wrapping", "CAL-05")
def timeouts_of_async_pass(wrapping: Any) -> Any:
    """TimeoutError of an async function is not wrapped."""

    async def broken(unstarted: Any) -> Any:
        try:
            return await wrapping(unstarted)
        except RuntimeUserError as error:
            if isinstance(error.__cause__, TimeoutError):
                raise error.__cause__ from error.__cause__.__cause__
            raise

    return broken


@mutant(TaskTemplate, "__call__", "CAL-04")
def wrapping_takes_the_notes(call: Any) -> Any:
    """An exception loses its notes when it is wrapped."""

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return call(self, *args, **kwargs)
        except RuntimeUserError as error:
            vars(error.__cause__).pop("__notes__", None)
            raise

    return broken


@mutant(threads, "run_in_thread", "EXE-07", "AIO-04b")
def thread_loses_the_traceback(run: Any) -> Any:
    """The traceback of an exception of a sync body does not show the body."""

    async def broken(func: Any, /, *args: Any, **kwargs: Any) -> Any:
        try:
            return await run(func, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - it is raised again
            raise error.with_traceback(None) from error.__cause__

    return broken


@mutant(AsyncFunctionTaskTemplate, "execute", "EXE-18")
def post_runs_at_exit(execute: Any) -> Any:
    """If the body raises SystemExit, post runs."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await execute(self, *args, **kwargs)
        except SystemExit:
            await self.post(None)
            raise

    return broken


@mutant(threads, "run_in_thread", "EXE-18")
def thread_knows_four_ends(run: Any) -> Any:
    """A sync body that raises another BaseException than Python's own ends execute with RuntimeError."""
    known = (Exception, SystemExit, KeyboardInterrupt, GeneratorExit, asyncio.CancelledError)

    async def broken(func: Any, /, *args: Any, **kwargs: Any) -> Any:
        try:
            return await run(func, *args, **kwargs)
        except known:
            raise
        except BaseException as error:
            raise RuntimeError(str(error)) from error

    return broken


# ---- with which settings ----


@mutant(AsyncFunctionTaskTemplate, "execute", "EXE-15")
def cancelled_reports_return(execute: Any) -> Any:
    """A cancelled execute of an async task with a report returns None."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await execute(self, *args, **kwargs)
        except asyncio.CancelledError:
            if self.report and not self._call_as_synchronous:
                return None
            raise

    return broken


@mutant(TaskTemplate, "_controller", "CTX-04", "AIO-06")
def trace_allows_tasks_with_report(original: Any) -> Any:
    """Inside a trace, an async task with a report can be called."""
    return lambda self: get_controller() if self.report and not self._call_as_synchronous else original(self)


@mutant(TaskTemplate, "override", "OVR-12")
def reuse_ends_interruptible(override: Any) -> Any:
    """A new reuse policy makes the task not interruptible."""

    def broken(self: Any, **given: Any) -> Any:
        new = override(self, **given)
        if isinstance(given.get("reusable"), ReusePolicy) and "interruptible" not in given:
            vars(new)["interruptible"] = False
        return new

    return broken


@mutant(TaskTemplate, "override", "OVR-12")
def off_drops_resources(override: Any) -> Any:
    """The end of reuse drops the resources unless they are given."""

    def broken(self: Any, **given: Any) -> Any:
        new = override(self, **given)
        if given.get("reusable") == "off" and "resources" not in given:
            vars(new)["resources"] = None
        return new

    return broken


@mutant(TaskTemplate, "override", "OVR-04")
def same_behavior_keeps_the_cache(override: Any) -> Any:
    """override(cache="auto") keeps a Cache of that behavior with its salt and its policies."""

    def broken(self: Any, **given: Any) -> Any:
        new = override(self, **given)
        if given.get("cache") == self.cache.behavior:
            vars(new)["cache"] = self.cache
        return new

    return broken


@mutant(TaskTemplate, "__deepcopy__", "PKL-04")
def deepcopy_starts_anew(deepcopy: Any) -> Any:
    """A deep copy also copies the objects that the template shares with others."""

    def broken(self: Any, memo: dict[int, Any]) -> Any:
        del memo
        return deepcopy(self, {})

    return broken


# ---- with which types and texts ----


@mutant(NativeInterface, "required_inputs", "NIF-03")
def defaults_are_compared(_: Any) -> Any:
    """A default that is equal to everything counts as missing."""
    empty = inspect.Parameter.empty
    return lambda self: [name for name, (_, default) in self.inputs.items() if default == empty]


@mutant(NativeInterface, "get_input_types", "NIF-03")
def types_leave_out_any(original: Any) -> Any:
    """get_input_types() leaves out inputs of any type."""
    return lambda self: {name: kind for name, kind in original(self).items() if kind is not typing.Any}


@mutant(rules, "to_json", "JSN-07")
def lists_of_none_are_no_default(original: Any) -> Any:
    """A list with None in it is not written as a default."""
    return lambda value: rules.NOT_JSON if isinstance(value, list) and None in value else original(value)


@mutant(document, "inputs_schema", "JSN-08")
def long_descriptions_are_cut(original: Any) -> Any:
    """Descriptions are cut to 80 characters."""
    return lambda inputs, texts: original(inputs, {name: text and text[:80] for name, text in texts.items()})


@mutant(document._Document, "schema", "JSN-06")
def deep_none_is_refused(original: Any) -> Any:
    """None is refused three levels deep."""
    depth = 0

    def broken(self: Any, annotation: Any) -> Any:
        nonlocal depth
        depth += 1
        try:
            found = original(self, annotation)
        finally:
            depth -= 1
        if depth > 2 and {"type": "null"} in found.get("anyOf", ()):
            found = copy.copy(found) | {"anyOf": [one for one in found["anyOf"] if one != {"type": "null"}]}
        return found

    return broken


@mutant(document._Document, "schema", "JSN-05")
def empty_strings_in_lists_are_refused(original: Any) -> Any:
    """A list of strings refuses empty ones."""

    def broken(self: Any, annotation: Any) -> Any:
        found = original(self, annotation)
        if found.get("items") == {"type": "string"}:
            found["items"]["minLength"] = 1
        return found

    return broken


@mutant(Secret, "__post_init__", "VAL-06")
def dots_become_underscores(original: Any) -> Any:
    """The default variable of a key with a dot has an underscore in its place."""

    def broken(self: Any) -> None:
        if self.as_env_var is None and "." in self.key:
            object.__setattr__(self, "as_env_var", self.key.replace(".", "_").upper())
        original(self)

    return broken


# ---- on what, and where ----


@mutant(TaskTemplate, "_submit", "CTX-01", "CTX-02")
def first_template_is_submitted(submit: Any) -> Any:
    """In a task context, calls of copies are submitted as calls of the template whose function was called first."""
    first: dict[int, Any] = {}

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        known = first.setdefault(id(self.func), self)
        return submit(known if known.func is self.func else self, *args, **kwargs)

    return broken


@mutant(TaskTemplate, "aio", "AIO-04b")
def aio_tries_again(aio: Any) -> Any:
    """Outside a task context, aio tries a failing task again as often as its retries say."""

    async def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        for _ in range(min(self.retries.count, 3)):
            with contextlib.suppress(Exception):
                return await aio(self, *args, **kwargs)
        return await aio(self, *args, **kwargs)

    return broken


@mutant(threads, "run_in_thread", "EXE-13")
def context_of_the_main_thread_only(run: Any) -> Any:
    """A sync body sees no context variables if the event loop runs on another thread than the first."""

    async def broken(func: Any, /, *args: Any, **kwargs: Any) -> Any:
        if threading.current_thread() is threading.main_thread():
            return await run(func, *args, **kwargs)
        return await run(contextvars.Context().run, func, *args, **kwargs)

    return broken


@mutant(AsyncFunctionTaskTemplate, "__post_init__", "CON-13")
def partials_of_subclasses_are_async(post_init: Any) -> Any:
    """A template of a subclass calls partials as if they were async."""

    def broken(self: Any) -> None:
        post_init(self)
        if type(self) is not AsyncFunctionTaskTemplate and isinstance(self.func, functools.partial):
            vars(self)["_call_as_synchronous"] = False

    return broken


@mutant(TaskTemplate, "override", "OVR-04")
def timeout_before_retries_is_lost(override: Any) -> Any:
    """override(timeout=..., retries=...) in this order loses the timeout."""

    def broken(self: Any, **given: Any) -> Any:
        is_lost = list(given) == ["timeout", "retries"]
        return override(self, **{name: value for name, value in given.items() if not (is_lost and name == "timeout")})

    return broken


@mutant(TaskTemplate, "override", "OVR-03")
def override_in_a_task_loses_the_queue(override: Any) -> Any:
    """In a running task, override() drops the queue unless it is given."""

    def broken(self: Any, **given: Any) -> Any:
        new = override(self, **given)
        if current().task_context is not None and "queue" not in given:
            vars(new)["queue"] = None
        return new

    return broken


@mutant(TaskTemplate, "override", "OVR-03")
def override_on_a_thread_loses_the_links(override: Any) -> Any:
    """On another thread than the first, override() drops the links unless they are given."""

    def broken(self: Any, **given: Any) -> Any:
        new = override(self, **given)
        if threading.current_thread() is not threading.main_thread() and "links" not in given:
            vars(new)["links"] = ()
        return new

    return broken


@mutant(TaskTemplate, "override", "OVR-12")
def reusable_drops_pod_template_objects(override: Any) -> Any:
    """override(reusable=...) drops a pod template that is an object, whatever the value."""

    def broken(self: Any, **given: Any) -> Any:
        new = override(self, **given)
        if "reusable" in given and isinstance(self.pod_template, PodTemplate):
            vars(new)["pod_template"] = None
        return new

    return broken


@mutant(TaskTemplate, "override", "OVR-04")
def timeout_of_zero_is_not_given(override: Any) -> Any:
    """override(timeout=Timeout(0)) keeps the timeout."""

    def broken(self: Any, **given: Any) -> Any:
        timeout = given.get("timeout")
        if isinstance(timeout, Timeout) and not timeout.max_runtime:
            del given["timeout"]
        return override(self, **given)

    return broken


@mutant(TaskTemplate, "__getstate__", "PKL-01")
def second_pickle_costs_the_environment(getstate: Any) -> Any:
    """A template that is pickled a second time loses its environment."""
    pickled: set[int] = set()

    def broken(self: Any) -> Any:
        state = getstate(self)
        if id(self) in pickled:
            vars(self)["parent_env"] = None
        pickled.add(id(self))
        return state

    return broken


@mutant(TaskTemplate, "__copy__", "PKL-03")
def copies_forget_the_name_of_no_environment(original: Any) -> Any:
    """A copy of a template without environment has no parent_env_name."""

    def broken(self: Any) -> Any:
        new = original(self)
        if self.parent_env is None:
            vars(new)["parent_env_name"] = None
        return new

    return broken


@mutant(environment._Decorator, "__call__", "ENV-02")
def wrappers_are_named_after_what_they_wrap(call: Any) -> Any:
    """A function that wraps another one is known by the name of that one."""

    def broken(self: Any, func: Any) -> Any:
        own, inner = func.__name__, inspect.unwrap(func)
        func.__name__ = inner.__name__
        try:
            return call(self, func)
        finally:
            func.__name__ = own

    return broken


@mutant(document, "inputs_schema", "JSN-07")
def only_ten_defaults_are_written(original: Any) -> Any:
    """The eleventh input and those after it have no default in the schema."""

    def broken(inputs: Any, texts: Any) -> Any:
        whole = original(inputs, texts)
        for schema in list(whole["properties"].values())[10:]:
            schema.pop("default", None)
        return whole

    return broken


@mutant(document, "enum_schema", "JSN-05b")
def long_enums_are_strings(original: Any) -> Any:
    """An Enum of more than twenty members accepts every string."""

    def broken(kind: Any) -> Any:
        found = original(kind)
        return {"type": "string"} if len((found or {}).get("enum", ())) > 20 else found

    return broken
