# The contract page prescribes the signatures of this module and how their annotations are written:
# ruff: noqa: UP006, UP035, UP045
"""The template of a task that is a Python function."""

from __future__ import annotations

import functools
import importlib
import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Coroutine, Dict, List, Optional

from reference_impl.errors import NotInTaskContextError, RuntimeSystemError
from reference_impl.task.context import current, inside
from reference_impl.task.resolver import DefaultTaskResolver
from reference_impl.task.template import F, P, R, TaskTemplate
from reference_impl.task.threads import run_in_thread
from reference_impl.values.bundle import SerializationContext

_OF_THE_FUNCTION = (*functools.WRAPPER_ASSIGNMENTS, "__wrapped__", "_is_coroutine_mark")
"""The attributes that make a template look like its function. They are not pickled, but set again."""


@dataclass(kw_only=True)
class AsyncFunctionTaskTemplate(TaskTemplate[P, R, F]):
    """A task that is a Python function, sync or async. The decorator of a TaskEnvironment makes one.

    It has the name, docstring and signature of the function.

    Parameters:
        func: The function.
        plugin_config: The configuration of the plugin that runs the task.
        debuggable: Whether a debugger can be attached.
        task_resolver: Finds the task in the container that runs it; None means the default resolver.

    Source:
        The contract page; rules CON-13, CON-17 and CAL-13.
    """

    func: F
    plugin_config: Optional[Any] = None
    debuggable: bool = True
    task_resolver: Optional[Any] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not is_async(self.func):
            self._call_as_synchronous = True
        self._look_like_function()

    def _look_like_function(self) -> None:
        """Copy the function's name, docstring and signature, and mark the template if the function is async."""
        functools.update_wrapper(self, self.func, updated=())
        if sys.version_info >= (3, 12) and not self._call_as_synchronous:
            inspect.markcoroutinefunction(self)

    def __getstate__(self) -> Dict[str, Any]:
        state = {name: value for name, value in super().__getstate__().items() if name not in _OF_THE_FUNCTION}
        if _is_shadowed(self.func):
            state["func"] = _ByName(self.func)
        return state

    def __setstate__(self, state: Dict[str, Any]) -> None:
        super().__setstate__(state)
        self._look_like_function()

    @property
    def source_file(self) -> Optional[str]:
        """The file of the function, with decorators unwrapped; None for a function that is not written in Python."""
        code = getattr(inspect.unwrap(self.func), "__code__", None)
        return code.co_filename if code else None

    @property
    def json_schema(self) -> Dict[str, Any]:
        """The JSON Schema of the inputs, taken from the interface; a new dict each time."""
        return self.interface.json_schema

    def forward(self, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, R] | R:
        """Call the function and return its result; an async function returns a coroutine. No error is wrapped.

        Parameters:
            args: The positional arguments.
            kwargs: The keyword arguments.
        """
        result: Coroutine[Any, Any, R] | R = self.func(*args, **kwargs) if kwargs else self.func(*args)
        return result

    async def execute(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `pre`, the function and `post`, and return what `post` returns.

        While the function and `post` run, the dict that `pre` returned is merged over `ctx().data`. A sync function
        runs in a thread of its own. If one of the three raises an exception, it is not wrapped, and the rest is
        skipped.

        Parameters:
            args: The positional arguments.
            kwargs: The keyword arguments.

        Raises:
            NotInTaskContextError: No task is running.
        """
        context = current()
        if context.task_context is None:
            raise NotInTaskContextError(
                "NotInTaskContext", f"task {self.name!r}: execute() works in a running task only. Use run(task, ...)."
            )
        data = await self.pre(*args, **kwargs)
        with inside(replace(context, task_context=context.task_context.replace(data=data))):
            positional, named = _as_function_takes(self.func, args, kwargs)
            if is_async(self.func):
                value = await self.func(*positional, **named)
            else:
                value = await run_in_thread(self.func, *positional, **named)
            result: R = await self.post(value)
        return result

    def container_args(self, serialize_context: SerializationContext) -> List[str]:
        """Return the command line that runs the task in a container; a new list each time.

        Parameters:
            serialize_context: The settings of the serialization.

        Raises:
            RuntimeSystemError: The task has to be found by its module, but there is no `root_dir`, or an argument is
                not a string; code "SerializationError".
        """
        sctx = serialize_context
        args = [
            *("a0", "--inputs", sctx.input_path, "--outputs-path", sctx.output_path, "--version", sctx.version),
            *("--raw-data-path", "{{.rawOutputDataPrefix}}", "--checkpoint-path", "{{.checkpointOutputPrefix}}"),
            *("--prev-checkpoint", "{{.prevCheckpointPrefix}}", "--run-name", "{{.runName}}"),
            *("--name", "{{.actionName}}"),
        ]
        if sctx.image_cache:
            args += ["--image-cache", sctx.image_cache.serialized_form or sctx.image_cache.to_transport]
        bundle = sctx.code_bundle
        if bundle is not None:
            args += ["--tgz", bundle.tgz] if bundle.tgz else ["--pkl", str(bundle.pkl)]
            args += ["--dest", bundle.destination or "."]
        if bundle is None or not bundle.pkl:
            args += self._resolver_args(sctx)
        if wrong := [arg for arg in args if not isinstance(arg, str)]:
            raise RuntimeSystemError(
                "SerializationError", f"task {self.name!r}: expected strings in the context, got {wrong!r}."
            )
        return args

    def _resolver_args(self, sctx: SerializationContext) -> List[str]:
        """Return the arguments that the container finds the task by."""
        if not sctx.root_dir:
            raise RuntimeSystemError(
                "SerializationError",
                f"root_dir={sctx.root_dir!r}: task {self.name!r} is found by the path of its module in this folder. "
                "Give root_dir, or a code bundle with a pickle.",
            )
        resolver = self.task_resolver if self.task_resolver is not None else DefaultTaskResolver()
        return ["--resolver", resolver.import_path, *resolver.loader_args(task=self, root_dir=sctx.root_dir)]


def is_async(func: Callable[..., Any]) -> bool:
    """Return True if a call of the function returns a coroutine.

    Parameters:
        func: A function, a partial, or an object with `__call__`.
    """
    while isinstance(func, functools.partial):
        func = func.func
    return inspect.iscoroutinefunction(func) or inspect.iscoroutinefunction(getattr(func, "__call__", None))  # noqa: B004 - the method itself is inspected


def _as_function_takes(
    func: Callable[..., Any], args: tuple[Any, ...], kwargs: Dict[str, Any]
) -> tuple[tuple[Any, ...], Dict[str, Any]]:
    """Return the arguments with positional-only parameters moved to the positional ones. Source: rule NIF-13."""
    count = getattr(getattr(func, "__code__", None), "co_posonlyargcount", 0)
    if not count or not kwargs:
        return args, kwargs
    kinds = inspect.signature(func).parameters.values()
    left = [parameter for parameter in kinds if parameter.kind is parameter.POSITIONAL_ONLY][len(args) :]
    last = max((number for number, parameter in enumerate(left) if parameter.name in kwargs), default=-1)
    # A parameter before one that is given has to be passed too, if only with its default.
    passed = {parameter.name: kwargs.get(parameter.name, parameter.default) for parameter in left[: last + 1]}
    # Not by `in`, which compares: a value may be equal to everything, or refuse to be compared, as an array does.
    if any(value is inspect.Parameter.empty for value in passed.values()):
        return args, kwargs  # one is missing: calling the function raises the error
    return (*args, *passed.values()), {name: value for name, value in kwargs.items() if name not in passed}


def _named_like(module: str, qualname: str) -> Iterator[Any]:
    """Yield the object that a module has under a name, and the objects that it wraps."""
    found: Any = importlib.import_module(module)
    for part in qualname.split("."):
        found = getattr(found, part)
    while found is not None:
        yield found
        found = getattr(found, "__wrapped__", None)


def _is_shadowed(func: Callable[..., Any]) -> bool:
    """Return True if the function's name refers to a task of it, so that pickle would not find the function."""
    # cloudpickle stores definitions of the main script by value, because another process has another main script.
    if getattr(func, "__module__", None) == "__main__" and "cloudpickle" in sys.modules:
        return False
    try:
        return any(getattr(found, "func", None) is func for found in _named_like(func.__module__, func.__qualname__))
    except (AttributeError, ImportError, TypeError, ValueError):
        return False


class _ByName:
    """Is pickled in place of a function whose name refers to a task of it."""

    def __init__(self, func: Callable[..., Any]) -> None:
        self._func = func

    def __reduce__(self) -> tuple[Any, ...]:
        return _function_of_task, (self._func.__module__, self._func.__qualname__)


def _function_of_task(module: str, qualname: str) -> Callable[..., Any]:
    """Return the function of the task that a name refers to."""
    tasks = (found for found in _named_like(module, qualname) if isinstance(found, AsyncFunctionTaskTemplate))
    func: Callable[..., Any] = next(tasks).func
    return func
