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
"""The attributes that make a template look like its function; made anew where a template is unpickled."""


@dataclass(kw_only=True)
class AsyncFunctionTaskTemplate(TaskTemplate[P, R, F]):
    """A task that is a Python function, sync or async. The decorator of an environment makes one of these.

    It has the function's name, docstring and signature.

    Parameters:
        func: The function.
        plugin_config: Configuration for the plugin that runs the task.
        debuggable: Whether a debugger can be attached; it can.
        task_resolver: What finds the function again on the machine that runs it; None is the default resolver.

    Source:
        The contract page; CON-13, CON-17, CAL-13.
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
        """Take over the function's name, docstring and signature, and whether it is a coroutine function."""
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
        """The file that the function is written in, decorators unwrapped; None for one not written in Python."""
        code = getattr(inspect.unwrap(self.func), "__code__", None)
        return code.co_filename if code else None

    @property
    def json_schema(self) -> Dict[str, Any]:
        """The JSON Schema of the inputs, as the interface gives it; a new one each time."""
        return self.interface.json_schema

    def forward(self, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, R] | R:
        """Return what the function returns, for an async one a coroutine. Nothing is caught, nothing is awaited."""
        result: Coroutine[Any, Any, R] | R = self.func(*args, **kwargs) if kwargs else self.func(*args)
        return result

    async def execute(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Run `pre`, the function and `post`, and return what `post` returns.

        The dict that `pre` returns is merged over `ctx().data` for the function and `post`. A sync function runs on a
        thread of its own. What one of the three raises comes out as it is, and the rest is left out.

        Raises:
            NotInTaskContextError: Outside a task context.
        """
        context = current()
        if context.task_context is None:
            raise NotInTaskContextError(
                "NotInTaskContext", f"task {self.name!r}: execute() needs a running task around it. Use run(task, ...)."
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
        """Return the command line that runs the task in a container.

        Raises:
            RuntimeSystemError: The task has to be found by name, but there is no `root_dir`; code "SerializationError".
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
                "SerializationError", f"arguments {wrong!r} of {self.name!r} are no text. Check the context."
            )
        return args

    def _resolver_args(self, sctx: SerializationContext) -> List[str]:
        """Return the arguments that find the function again."""
        if not sctx.root_dir:
            raise RuntimeSystemError(
                "SerializationError",
                f"root_dir={sctx.root_dir!r}: task {self.name!r} has to be found by its module, which is named from "
                "there. Give root_dir, or a code bundle with a pickle.",
            )
        resolver = self.task_resolver if self.task_resolver is not None else DefaultTaskResolver()
        return ["--resolver", resolver.import_path, *resolver.loader_args(task=self, root_dir=sctx.root_dir)]


def is_async(func: Callable[..., Any]) -> bool:
    """Return whether calling it gives a coroutine.

    True for a coroutine function, a partial of one, and an object with an async `__call__`.
    """
    while isinstance(func, functools.partial):
        func = func.func
    return inspect.iscoroutinefunction(func) or inspect.iscoroutinefunction(getattr(func, "__call__", None))  # noqa: B004 - the method itself is looked at


def _as_function_takes(
    func: Callable[..., Any], args: tuple[Any, ...], kwargs: Dict[str, Any]
) -> tuple[tuple[Any, ...], Dict[str, Any]]:
    """Return the arguments with those by position that the function takes by position only. Source: NIF-13."""
    count = getattr(getattr(func, "__code__", None), "co_posonlyargcount", 0)
    if not count or not kwargs:
        return args, kwargs
    kinds = inspect.signature(func).parameters.values()
    left = [parameter for parameter in kinds if parameter.kind is parameter.POSITIONAL_ONLY][len(args) :]
    last = max((number for number, parameter in enumerate(left) if parameter.name in kwargs), default=-1)
    # Those before the last one that is given are passed as well: their defaults, if nothing else.
    passed = {parameter.name: kwargs.get(parameter.name, parameter.default) for parameter in left[: last + 1]}
    if inspect.Parameter.empty in passed.values():
        return args, kwargs  # one is missing, and the function says so
    return (*args, *passed.values()), {name: value for name, value in kwargs.items() if name not in passed}


def _named_like(module: str, qualname: str) -> Iterator[Any]:
    """Yield what a module holds under a name, and what that wraps."""
    found: Any = importlib.import_module(module)
    for part in qualname.split("."):
        found = getattr(found, part)
    while found is not None:
        yield found
        found = getattr(found, "__wrapped__", None)


def _is_shadowed(func: Callable[..., Any]) -> bool:
    """Return whether the function's name leads to a task of it, so that pickle would not find the function itself."""
    # What cloudpickle finds in the main script it stores by value; another process has another main script.
    if getattr(func, "__module__", None) == "__main__" and "cloudpickle" in sys.modules:
        return False
    try:
        return any(getattr(found, "func", None) is func for found in _named_like(func.__module__, func.__qualname__))
    except (AttributeError, ImportError, TypeError, ValueError):
        return False


class _ByName:
    """Pickled in place of a function whose name leads to a task of it."""

    def __init__(self, func: Callable[..., Any]) -> None:
        self._func = func

    def __reduce__(self) -> tuple[Any, ...]:
        return _function_of_task, (self._func.__module__, self._func.__qualname__)


def _function_of_task(module: str, qualname: str) -> Callable[..., Any]:
    """Return the function of the task at a name."""
    tasks = (found for found in _named_like(module, qualname) if isinstance(found, AsyncFunctionTaskTemplate))
    func: Callable[..., Any] = next(tasks).func
    return func
