# The contract page prescribes the signatures of this module and how their annotations are written:
# ruff: noqa: UP006, UP007, UP035, UP045, PYI051, ARG002
"""The task template: what is known of a task, and how it is called and overridden."""

from __future__ import annotations

import asyncio
import copy
import inspect
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import (
    TYPE_CHECKING,
    Any,
    Coroutine,
    Dict,
    Generic,
    List,
    Literal,
    Optional,
    ParamSpec,
    Self,
    Tuple,
    TypeVar,
    Union,
)

from reference_impl.errors import (
    RuntimeSystemError,
    RuntimeUserError,
    SyncTaskCallInAsyncContextError,
    TraceDoesNotAllowNestedTasksError,
)
from reference_impl.schema.interface import MAX_INLINE_IO_BYTES, NativeInterface
from reference_impl.task.awaiting import Unstarted, wrapping
from reference_impl.task.context import current
from reference_impl.task.controller import Controller, get_controller
from reference_impl.task.fields import KEEP
from reference_impl.task.overriding import check_names, check_reuse
from reference_impl.task.sealed import Sealed, constructs
from reference_impl.task.threads import run_in_thread
from reference_impl.values.bundle import SerializationContext
from reference_impl.values.caching import CacheRequest
from reference_impl.values.image import Image
from reference_impl.values.policies import Documentation, Link, PodTemplate, RetryStrategy, ReusePolicy, TimeoutType
from reference_impl.values.resources import Resources
from reference_impl.values.secret import SecretRequest
from reference_impl.values.trigger import Trigger

if TYPE_CHECKING:
    from reference_impl.task.environment import TaskEnvironment

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., Any])

DataLoadingConfig = Any
"""How a raw container gets its inputs: a record of the cluster, which nothing here makes."""

_INHERIT: Any = None
"""The default of every parameter of override(): what is not given stays. Falsy values are values."""


@dataclass(kw_only=True)
class TaskTemplate(Sealed, Generic[P, R, F]):
    """A task: its name, its interface, and what it needs to run.

    A template does not change; `override` returns changed copies.

    Two templates are equal if all their fields are. A subclass may be a dataclass with fields of its own, may have a
    constructor or a `__post_init__`, and overrides `pre`, `execute`, `post` and the methods that plugins configure.

    Parameters:
        name: The full name, in an environment `ENVIRONMENT.FUNCTION`.
        interface: Names and types of inputs and outputs.
        short_name: What people see; empty means the name.
        task_type: Which plugin of the system runs the task.
        task_type_version: Which version of that plugin.
        image: An Image, its address, "auto" for the default image, or None.
        resources: What the task needs of a machine.
        cache: Whether, and under which version, results are used again.
        interruptible: Whether the task may run on machines that can be taken away.
        retries: How often a failed task is tried again.
        reusable: Whether its containers are kept for the next call; None is no.
        docs: What the task does, in words.
        env_vars: Environment variables; the dict is copied.
        secrets: A key, a Secret or a list of both.
        timeout: How long it may run; an int is seconds.
        pod_template: A Kubernetes pod, or the name of one.
        report: Whether the task writes a report.
        queue: The queue of the cluster.
        debuggable: Whether a debugger can be attached.
        parent_env: A weak reference to the environment of the task.
        parent_env_name: The name of that environment.
        max_inline_io_bytes: The largest size, in bytes, of all inputs and outputs of a call together.
        triggers: What starts the task by itself.
        links: Links shown beside the task.

    Raises:
        InvalidTypeError: A value of the wrong type.
        InvalidValueError: A value that is not allowed.

    Source:
        The contract page, parameters in its order; CON-01 to CON-20.
    """

    name: str
    interface: NativeInterface
    short_name: str = ""
    task_type: str = "python"
    task_type_version: int = 0
    image: Union[str, Image, Literal["auto"]] | None = "auto"
    resources: Optional[Resources] = None
    cache: CacheRequest = "disable"
    interruptible: bool = False
    retries: Union[int, RetryStrategy] = 0
    reusable: Union[ReusePolicy, None] = None
    docs: Optional[Documentation] = None
    env_vars: Optional[Dict[str, str]] = None
    secrets: Optional[SecretRequest] = None
    timeout: Optional[TimeoutType] = None
    pod_template: Optional[Union[str, PodTemplate]] = None
    report: bool = False
    queue: Optional[str] = None
    debuggable: bool = False
    parent_env: Optional[weakref.ReferenceType[TaskEnvironment]] = None
    parent_env_name: Optional[str] = None
    ref: bool = field(default=False, init=False, repr=False, compare=False)
    max_inline_io_bytes: int = MAX_INLINE_IO_BYTES
    triggers: Tuple[Trigger, ...] = ()
    links: Tuple[Link, ...] = ()
    _call_as_synchronous: bool = False

    # ---- construction, and what keeps a finished template as it is ----

    @constructs
    def __post_init__(self) -> None:
        state = vars(self)
        state.update(self._kept({name: state[name] for name in KEEP}))

    def _kept(self, given: Dict[str, Any]) -> Dict[str, Any]:
        """Put the values that are kept in place of the values given, by field, and return them."""
        for name, value in given.items():
            if name in KEEP:
                given[name] = KEEP[name](value)
        if given.get("short_name") == "":
            given["short_name"] = self.name
        return given

    def __getstate__(self) -> Dict[str, Any]:
        # Without the environment: it holds all tasks, and the other side has its own.
        return {name: value for name, value in self.__dict__.items() if name != "parent_env"}

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state, parent_env=None)

    def __copy__(self) -> Self:
        return self._twin({})

    def _twin(self, changes: Dict[str, Any]) -> Self:
        """Return a copy with some attributes changed; no constructor runs, so nothing is done twice. Source: OVR-30."""
        twin = object.__new__(type(self))
        object.__setattr__(twin, "__dict__", self.__dict__ | changes)
        return twin

    def __deepcopy__(self, memo: Dict[int, Any]) -> Self:
        twin = memo[id(self)] = object.__new__(type(self))
        shared = {"parent_env", "func", "interface", "__wrapped__"}
        for name, value in self.__dict__.items():
            twin.__dict__[name] = value if name in shared or name.startswith("_is_") else copy.deepcopy(value, memo)
        return twin

    # ---- what subclasses and plugins fill in ----

    @property
    def native_interface(self) -> NativeInterface:
        """The interface, by its other name."""
        return self.interface

    @property
    def source_file(self) -> Optional[str]:
        """The file that the task is written in, None where that is not known."""
        return None

    async def pre(self, *args, **kwargs) -> Dict[str, Any]:  # type: ignore[no-untyped-def]  # noqa: ANN002, ANN003 - the page shows no annotation
        """Return what the body finds in `ctx().data`; called before the body, with its arguments."""
        return {}

    async def execute(self, *args: P.args, **kwargs: P.kwargs) -> Any:
        """Run the task inside a task context and return its result.

        Raises:
            NotImplementedError: Here; a subclass says how.
        """
        raise NotImplementedError

    async def post(self, return_vals: Any) -> Any:
        """Return the result of the task; called after the body, with what the body returned."""
        return return_vals

    def config(self, sctx: SerializationContext) -> Dict[str, str]:
        """Return configuration for the machine that runs the task, by name; a new dict."""
        return {}

    def custom_config(self, sctx: SerializationContext) -> Dict[str, str]:
        """Return configuration for the plugin that runs the task, by name; a new dict."""
        return {}

    def data_loading_config(self, sctx: SerializationContext) -> DataLoadingConfig:
        """Return how a raw container gets its inputs and leaves its outputs, None where it needs nothing."""

    def container_args(self, serialize_context: SerializationContext) -> List[str]:
        """Return the command line of the container."""
        return []

    def sql(self, sctx: SerializationContext) -> Optional[str]:
        """Return the statement to run, for tasks that are one; else None."""
        return None

    # ---- calls ----

    def forward(self, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, R] | R:
        """Call the plain function, whatever runs around the caller. Nothing is caught, nothing is awaited.

        Raises:
            NotImplementedError: Here; a subclass says how.
        """
        raise NotImplementedError

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the task: outside a task context the plain function through `forward`, inside one the controller.

        The result is like the function's: for an async one a coroutine.

        Raises:
            RuntimeUserError: The function raised an exception; its class name is the code, and it is the cause. Of an
                async function, when the result is awaited.
            TraceDoesNotAllowNestedTasksError: Inside a trace.
            SyncTaskCallInAsyncContextError: A sync task, inside a task context and in a running event loop.
        """
        try:
            if current().task_context is not None:
                submitted: R = self._submit(*args, **kwargs)
                return submitted
            # Without keywords none are handed on: unpacking an empty dict would add a tenth to the price of a call.
            result: Any = self.forward(*args, **kwargs) if kwargs else self.forward(*args)  # type: ignore[call-arg] # there are no keywords
        except (RuntimeSystemError, RuntimeUserError):
            raise
        except Exception as error:
            raise RuntimeUserError(type(error).__name__, str(error)) from error
        if not self._call_as_synchronous and inspect.isawaitable(result):
            result = wrapping(Unstarted(result))
        called: R = result
        return called

    async def aio(self, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, R] | R:
        """Return the result without blocking the event loop; a sync task runs on a thread of its own.

        What the function raises comes out as it is. Inside a running task the call goes to the controller.

        Raises:
            TraceDoesNotAllowNestedTasksError: Inside a trace.
            RuntimeSystemError: Inside a running task without controller; code "BadContext".
        """
        if current().task_context is None:
            if self._call_as_synchronous:
                return await run_in_thread(self.forward, *args, **kwargs)
            coming: Any = self.forward(*args, **kwargs)
        elif self._call_as_synchronous:
            coming = asyncio.wrap_future(self._controller().submit_sync(self, *args, **kwargs))
        else:
            coming = self._controller().submit(self, *args, **kwargs)
        result: R = await coming if inspect.isawaitable(coming) else coming
        return result

    def _submit(self, *args: Any, **kwargs: Any) -> Any:
        """Call the task through the controller: a sync one blocks, an async one gives an awaitable."""
        controller = self._controller()
        if not self._call_as_synchronous:
            return controller.submit(self, *args, **kwargs)
        if asyncio._get_running_loop() is not None:  # noqa: SLF001 - both are halves of one thing
            raise SyncTaskCallInAsyncContextError(
                f"task {self.name!r} is sync and is called in a running event loop, which the call would block. "
                "Use `await task.aio(...)`."
            )
        return controller.submit_sync(self, *args, **kwargs).result()

    def _controller(self) -> Controller:
        """Return the controller for a call inside a running task."""
        if current().in_trace:
            raise TraceDoesNotAllowNestedTasksError(
                f"task {self.name!r} is called inside a trace, where calls are not recorded. Use task.forward(...), "
                "which calls the plain function, or call the task outside the trace."
            )
        return get_controller()

    # ---- override ----

    def override(  # noqa: PLR0913 - the signature is the contract's
        self,
        *,
        short_name: Optional[str] = None,
        resources: Optional[Resources] = None,
        cache: Optional[CacheRequest] = None,
        retries: Union[int, RetryStrategy] = _INHERIT,
        timeout: Optional[TimeoutType] = None,
        reusable: Union[ReusePolicy, Literal["off"], None] = None,
        env_vars: Optional[Dict[str, str]] = None,
        secrets: Optional[SecretRequest] = None,
        max_inline_io_bytes: int | None = None,
        pod_template: Optional[Union[str, PodTemplate]] = None,
        queue: Optional[str] = None,
        interruptible: Optional[bool] = None,
        links: Tuple[Link, ...] = _INHERIT,
        **kwargs: Any,
    ) -> TaskTemplate:  # type: ignore[type-arg] # the page's annotation
        """Return a copy of the template with some fields changed.

        What is None is as if not given; any other value is taken, also 0, "", {} and (). The name, image, docs and
        interface, the function and the environment are fixed and cannot be overridden. While containers are reused,
        what they have from their environment (resources, env_vars, secrets, pod_template) is fixed too;
        `reusable="off"` ends the reuse.

        Parameters:
            short_name: What people see; "" means the name.
            resources: What the task needs of a machine.
            cache: Whether, and under which version, results are used again.
            retries: How often a failed task is tried again.
            timeout: How long it may run.
            reusable: How containers are kept, or "off".
            env_vars: Environment variables, in place of the present ones.
            secrets: Secrets, in place of the present ones.
            max_inline_io_bytes: The largest size, in bytes, of all inputs and outputs of a call together.
            pod_template: A Kubernetes pod, or the name of one.
            queue: The queue of the cluster.
            interruptible: Whether the task may run on machines that can be taken away.
            links: Links shown beside the task.
            kwargs: Other fields of the class, those of subclasses included.

        Returns:
            A new template of the same class, equal where nothing was given.

        Raises:
            LockedFieldError: A field that is fixed once the task is defined.
            InvalidTypeError: No such field, or a value of the wrong type.
            InvalidValueError: A value that is not allowed, or not together with reuse.
        """
        given = (
            ("short_name", short_name),
            ("resources", resources),
            ("cache", cache),
            ("retries", retries),
            ("timeout", timeout),
            ("reusable", reusable),
            ("env_vars", env_vars),
            ("secrets", secrets),
            ("max_inline_io_bytes", max_inline_io_bytes),
            ("pod_template", pod_template),
            ("queue", queue),
            ("interruptible", interruptible),
            ("links", links),
        )
        changes: Dict[str, Any] = {}
        for name, value in given:  # a comprehension is one call more
            if value is not None:
                changes[name] = value  # noqa: PERF403 - see above
        if kwargs:
            check_names(kwargs, self.__dataclass_fields__.keys() & vars(self).keys())
            changes |= kwargs
        if reusable is not None or self.reusable is not None:
            check_reuse(changes, is_sync=self._call_as_synchronous)
        return self._twin(self._kept(changes))
