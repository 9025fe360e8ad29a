# The contract page prescribes the signatures of this module and how their annotations are written:
# ruff: noqa: UP006, UP007, UP035, UP045, PYI051, ARG002
"""The task template: the settings of a task, and how it is called and overridden."""

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
    # The contract page annotates `parent_env` with it, and an environment makes templates, which is the only cycle.
    from reference_impl.task.environment import TaskEnvironment

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., Any])

DataLoadingConfig = Any
"""How a raw container gets its inputs. It is a message of the cluster's protocol, which is not available here."""

_INHERIT: Any = None
"""The default of parameters of override(), with which a field keeps its value. Other falsy values do change it."""


@dataclass(kw_only=True)
class TaskTemplate(Sealed, Generic[P, R, F]):
    """A task: its name, its interface, and what it needs to run.

    A template cannot be changed; `override` returns changed copies. Two templates are equal if all their fields are.

    A subclass can be a dataclass with further fields, can have a constructor or a `__post_init__`, and overrides `pre`,
    `execute`, `post` and the methods that plugins configure tasks with.

    Parameters:
        name: The full name; in an environment it is `ENVIRONMENT.FUNCTION`.
        interface: The names and types of inputs and outputs.
        short_name: The name that is shown to people; an empty one becomes the full name.
        task_type: The plugin of the cluster that runs the task.
        task_type_version: The version of that plugin.
        image: An Image, the address of one, "auto" for the default image, or None.
        resources: The resources that the task needs.
        cache: Whether results are reused, and under which version.
        interruptible: Whether the task may run on machines that can be taken away.
        retries: How often a failed task is tried again.
        reusable: How containers are kept for the next call; None means that they are not.
        docs: What the task does, in words.
        env_vars: The environment variables of the task; the dict is copied.
        secrets: The secrets that the task gets: a key, a Secret, or a list of both.
        timeout: How long the task may run; an int stands for seconds.
        pod_template: The Kubernetes pod that the task runs in, or its name.
        report: Whether the task writes a report.
        queue: The queue of the cluster that the task runs in.
        debuggable: Whether a debugger can be attached.
        parent_env: A weak reference to the environment of the task.
        parent_env_name: The name of that environment.
        max_inline_io_bytes: The largest size, in bytes, of all inputs and outputs of a call together.
        triggers: The triggers that start the task.
        links: The links that are shown beside the task.

    Raises:
        InvalidTypeError: A value has the wrong type.
        InvalidValueError: A value is not allowed.

    Source:
        The contract page, with its parameters in the same order; rules CON-01 to CON-20.
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

    # ---- construction and copies ----

    @constructs
    def __post_init__(self) -> None:
        state = vars(self)
        state.update(self._kept({name: state[name] for name in KEEP}))

    def _kept(self, given: Dict[str, Any]) -> Dict[str, Any]:
        """Check and convert the values of fields in place, and return them."""
        for name, value in given.items():
            if name in KEEP:
                given[name] = KEEP[name](value)
        if given.get("short_name") == "":
            given["short_name"] = self.name
        return given

    def __getstate__(self) -> Dict[str, Any]:
        # The environment is left out: it refers to all its tasks, and the other process has one of its own.
        return {name: value for name, value in self.__dict__.items() if name != "parent_env"}

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self.__dict__.update(state, parent_env=None)

    def __copy__(self) -> Self:
        return self._twin({})

    def _twin(self, changes: Dict[str, Any]) -> Self:
        """Return a copy with some attributes changed. No constructor is called. Source: rule OVR-30."""
        twin = object.__new__(type(self))
        object.__setattr__(twin, "__dict__", self.__dict__ | changes)
        return twin

    def __deepcopy__(self, memo: Dict[int, Any]) -> Self:
        twin = memo[id(self)] = object.__new__(type(self))
        shared = {"parent_env", "func", "interface", "__wrapped__"}
        for name, value in self.__dict__.items():
            twin.__dict__[name] = value if name in shared or name.startswith("_is_") else copy.deepcopy(value, memo)
        return twin

    # ---- what subclasses and plugins override ----

    @property
    def native_interface(self) -> NativeInterface:
        """The interface of the task."""
        return self.interface

    @property
    def source_file(self) -> Optional[str]:
        """The file that the task is written in, or None if it is not known."""
        return None

    async def pre(self, *args, **kwargs) -> Dict[str, Any]:  # type: ignore[no-untyped-def]  # noqa: ANN002, ANN003 - the page shows no annotation
        """Return data for the body, which finds it in `ctx().data`. It is called before the body.

        Parameters:
            args: The positional arguments of the body.
            kwargs: The keyword arguments of the body.
        """
        return {}

    async def execute(self, *args: P.args, **kwargs: P.kwargs) -> Any:
        """Run the task in a task context and return its result.

        Parameters:
            args: The positional arguments.
            kwargs: The keyword arguments.

        Raises:
            NotImplementedError: The class does not override this method.
        """
        raise NotImplementedError

    async def post(self, return_vals: Any) -> Any:
        """Return the result of the task. It is called after the body.

        Parameters:
            return_vals: What the body returned.
        """
        return return_vals

    def config(self, sctx: SerializationContext) -> Dict[str, str]:
        """Return configuration of the container that runs the task, by name; a new dict each time.

        Parameters:
            sctx: The settings of the serialization.
        """
        return {}

    def custom_config(self, sctx: SerializationContext) -> Dict[str, str]:
        """Return configuration of the plugin that runs the task, by name; a new dict each time.

        Parameters:
            sctx: The settings of the serialization.
        """
        return {}

    def data_loading_config(self, sctx: SerializationContext) -> DataLoadingConfig:
        """Return how a raw container gets its inputs and stores its outputs, or None for any other task.

        Parameters:
            sctx: The settings of the serialization.
        """

    def container_args(self, serialize_context: SerializationContext) -> List[str]:
        """Return the command line of the container.

        Parameters:
            serialize_context: The settings of the serialization.
        """
        return []

    def sql(self, sctx: SerializationContext) -> Optional[str]:
        """Return the SQL statement that the task consists of, or None for any other task.

        Parameters:
            sctx: The settings of the serialization.
        """
        return None

    # ---- calls ----

    def forward(self, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, R] | R:
        """Call the function directly, inside a running task as well. No error is wrapped.

        Parameters:
            args: The positional arguments.
            kwargs: The keyword arguments.

        Raises:
            NotImplementedError: The class does not override this method.
        """
        raise NotImplementedError

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call the task: outside a task context through `forward`, inside one through the controller.

        An async task returns a coroutine, which raises the errors of the function when it is awaited.

        Parameters:
            args: The positional arguments.
            kwargs: The keyword arguments.

        Raises:
            RuntimeUserError: The function raised an exception; its class name is the code, and it is the cause.
            TraceDoesNotAllowNestedTasksError: The call is made inside a trace.
            SyncTaskCallInAsyncContextError: A sync task is called in a running task and a running event loop.
        """
        try:
            if current().task_context is not None:
                submitted: R = self._submit(*args, **kwargs)
                return submitted
            # Unpacking an empty dict would make a call a tenth slower.
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
        """Call the task without blocking the event loop; a sync task runs in a thread of its own.

        Outside a task context, errors of the function are not wrapped. Inside one, the controller runs the task.

        Parameters:
            args: The positional arguments.
            kwargs: The keyword arguments.

        Raises:
            TraceDoesNotAllowNestedTasksError: The call is made inside a trace.
            RuntimeSystemError: A task is running, but no controller is set; code "BadContext".
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
        """Call the task through the controller: a sync task blocks, an async task returns an awaitable."""
        controller = self._controller()
        if not self._call_as_synchronous:
            return controller.submit(self, *args, **kwargs)
        if asyncio._get_running_loop() is not None:  # noqa: SLF001 - the public function raises without a loop
            raise SyncTaskCallInAsyncContextError(
                f"task {self.name!r} is sync, and calling it here would block the running event loop. "
                "Use `await task.aio(...)`."
            )
        return controller.submit_sync(self, *args, **kwargs).result()

    def _controller(self) -> Controller:
        """Return the controller that a call inside a running task goes to."""
        if current().in_trace:
            raise TraceDoesNotAllowNestedTasksError(
                f"task {self.name!r}: a task cannot be called inside a trace. Call it outside the trace, or call its "
                "function with task.forward(...)."
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

        A parameter that is None leaves its field unchanged; every other value replaces it, including 0, "", {} and ().
        The name, image, docs and interface, the function and the environment cannot be overridden. While containers
        are reused, resources, env_vars, secrets and pod_template cannot be overridden either, because a container gets
        them from its environment; `reusable="off"` ends the reuse.

        Parameters:
            short_name: The name that is shown to people; an empty one becomes the full name.
            resources: The resources that the task needs.
            cache: Whether results are reused, and under which version.
            retries: How often a failed task is tried again.
            timeout: How long the task may run; an int stands for seconds.
            reusable: How containers are kept for the next call, or "off".
            env_vars: The environment variables, in place of the present ones.
            secrets: The secrets, in place of the present ones.
            max_inline_io_bytes: The largest size, in bytes, of all inputs and outputs of a call together.
            pod_template: The Kubernetes pod that the task runs in, or its name.
            queue: The queue of the cluster that the task runs in.
            interruptible: Whether the task may run on machines that can be taken away.
            links: The links that are shown beside the task.
            kwargs: Other fields of the class, including those of a subclass.

        Returns:
            A new template of the same class; it is equal to this one if nothing was given.

        Raises:
            LockedFieldError: A field is fixed once the task is defined.
            InvalidTypeError: A field does not exist, or a value has the wrong type.
            InvalidValueError: A value is not allowed, or cannot be combined with reuse.
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
        for name, value in given:
            if value is not None:
                changes[name] = value  # noqa: PERF403 - a comprehension would cost another call
        if kwargs:
            check_names(kwargs, self.__dataclass_fields__.keys() & vars(self).keys())
            changes |= kwargs
        if reusable is not None or self.reusable is not None:
            check_reuse(changes, is_sync=self._call_as_synchronous)
        return self._twin(self._kept(changes))
