# The signatures are the contract's, and the annotations are written as those of the template:
# ruff: noqa: UP006, UP007, UP035, UP045, PYI051, PLR0913, PLR0917, FBT001
"""The task environment: the settings that its tasks share, and the decorator that makes tasks of functions."""

from __future__ import annotations

import dataclasses
import re
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Dict, List, Literal, Optional, Self, Tuple, Union, overload

from reference_impl.errors import InvalidTypeError, InvalidValueError
from reference_impl.schema.interface import MAX_INLINE_IO_BYTES, NativeInterface
from reference_impl.task.fields import KEEP
from reference_impl.task.function_task import AsyncFunctionTaskTemplate, is_async
from reference_impl.task.overriding import check_concurrency
from reference_impl.task.plugins import TaskPluginRegistry
from reference_impl.task.template import F, P, R, TaskTemplate
from reference_impl.values.caching import CacheRequest
from reference_impl.values.checks import need
from reference_impl.values.image import Image
from reference_impl.values.policies import (
    Documentation,
    Link,
    PodTemplate,
    RetryStrategy,
    ReusePolicy,
    extract_docstring,
)
from reference_impl.values.resources import Resources
from reference_impl.values.secret import SecretRequest
from reference_impl.values.terse import Terse
from reference_impl.values.text import nearest, shorten
from reference_impl.values.trigger import MAX_DESCRIPTION_CHARACTERS, Trigger

NAME = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")
"""The names that an environment may have. Source: rule ENV-06."""


@dataclass(repr=False)
class Environment(Terse):
    """The settings that tasks running in the same image share.

    Parameters:
        name: The name in snake_case or kebab-case: lower-case letters and digits, with single `_` or `-` between them.
        depends_on: Other environments that have to be deployed as well; the list is copied.
        pod_template: The Kubernetes pod that tasks run in, or its name.
        description: What the environment is for; cut to 255 characters.
        secrets: The secrets that tasks get: a key, a Secret, or a list of both.
        env_vars: The environment variables of the tasks.
        resources: The resources that each task needs.
        interruptible: Whether tasks may run on machines that can be taken away.
        image: An Image, the address of one, or "auto" for the default image.

    Raises:
        InvalidValueError: The name is not valid.
        InvalidTypeError: A value has the wrong type.
    """

    name: str
    depends_on: List[Environment] = field(default_factory=list)
    pod_template: Optional[Union[str, PodTemplate]] = None
    description: Optional[str] = None
    secrets: Optional[SecretRequest] = None
    env_vars: Optional[Dict[str, str]] = None
    resources: Optional[Resources] = None
    interruptible: bool = False
    image: Union[str, Image, Literal["auto"], None] = "auto"

    def __post_init__(self) -> None:
        need("name", self.name, (str,), "a string")
        if not NAME.fullmatch(self.name):
            raise InvalidValueError(
                f"name={self.name!r}: expected a name in snake_case or kebab-case: lower-case letters and digits, with "
                "single _ or - between them."
            )
        if self.description is not None:
            self.description = shorten(self.description, MAX_DESCRIPTION_CHARACTERS)
        self.depends_on = list(self.depends_on)
        for environment in self.depends_on:
            need("depends_on", environment, (Environment,), "a list of Environments")
        for own in dataclasses.fields(self):
            if own.name in KEEP and own.name != "name":
                KEEP[own.name](getattr(self, own.name))  # only a check: the value is converted when a task is made

    def add_dependency(self, *env: Environment) -> None:
        """Add environments that have to be deployed as well; an environment is added only once.

        Parameters:
            env: The environments.

        Raises:
            InvalidTypeError: An argument is not an Environment.
            InvalidValueError: An argument has the name of this environment.
        """
        for environment in env:
            need("env", environment, (Environment,), "an Environment")
            if environment.name == self.name:
                raise InvalidValueError(
                    f"env={environment.name!r}: an environment cannot depend on itself. Leave it out."
                )
            if not any(environment is known for known in self.depends_on):
                self.depends_on.append(environment)


@dataclass(repr=False)
class TaskEnvironment(Environment):
    """The settings that a set of tasks shares, and the decorator that makes tasks of functions.

    A task gets its settings from its environment. Arguments of the decorator win over those, and arguments of
    `override` win over both.

    Parameters:
        cache: Whether results are reused, and under which version.
        reusable: How containers are kept for the next call; None means that they are not.
        plugin_config: The configuration of the plugin that runs the tasks.
        queue: The queue of the cluster that tasks run in.

    Raises:
        InvalidValueError: `reusable` and `plugin_config` are both given.
    """

    cache: CacheRequest = "disable"
    reusable: ReusePolicy | None = None
    plugin_config: Optional[Any] = None
    queue: Optional[str] = None

    _tasks: Dict[str, TaskTemplate[Any, Any, Any]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.reusable is not None:
            need("reusable", self.reusable, (ReusePolicy,), "a ReusePolicy or None")
        super().__post_init__()
        if self.reusable is not None and self.plugin_config is not None:
            raise InvalidValueError(
                "reusable=..., plugin_config=...: a plugin starts containers of its own. Leave one of them out."
            )

    @property
    def tasks(self) -> Dict[str, TaskTemplate[Any, Any, Any]]:
        """The tasks of the environment by full name, in the order of their definition."""
        return self._tasks

    def clone_with(
        self,
        name: str,
        image: Optional[Union[str, Image, Literal["auto"]]] = None,
        resources: Optional[Resources] = None,
        env_vars: Optional[Dict[str, str]] = None,
        secrets: Optional[SecretRequest] = None,
        depends_on: Optional[List[Environment]] = None,
        description: Optional[str] = None,
        interruptible: Optional[bool] = None,
        **kwargs: Any,
    ) -> Self:
        """Return an environment without tasks that has the settings of this one, except for those that are given.

        A named parameter that is None keeps the setting of this environment.

        Parameters:
            name: The name of the new environment.
            image: An Image, the address of one, or "auto" for the default image.
            resources: The resources that each task needs.
            env_vars: The environment variables of the tasks.
            secrets: The secrets that tasks get: a key, a Secret, or a list of both.
            depends_on: Other environments that have to be deployed as well.
            description: What the environment is for.
            interruptible: Whether tasks may run on machines that can be taken away.
            kwargs: `cache`, `queue`, `pod_template`, `reusable` and `plugin_config`. Here None is a value: it removes
                the setting, except for `cache`, which it keeps.

        Raises:
            InvalidTypeError: A setting does not exist.
        """
        known = [own.name for own in dataclasses.fields(self) if own.init]
        if unknown := [setting for setting in kwargs if setting not in known]:
            raise InvalidTypeError(f"clone_with({unknown[0]}=...): no such setting.{nearest(unknown[0], known)}")
        if kwargs.get("cache", "") is None:
            del kwargs["cache"]  # an environment always has a cache policy
        named = (
            *(("image", image), ("resources", resources), ("env_vars", env_vars), ("secrets", secrets)),
            *(("depends_on", depends_on), ("description", description), ("interruptible", interruptible)),
        )
        given = {setting: value for setting, value in named if value is not None}
        changes: Dict[str, Any] = {**given, **kwargs}
        return dataclasses.replace(self, name=name, **changes)

    @overload
    def task(
        self,
        *,
        short_name: Optional[str] = None,
        cache: CacheRequest | None = None,
        retries: Union[int, RetryStrategy] = 0,
        timeout: Union[timedelta, int] = 0,
        docs: Optional[Documentation] = None,
        pod_template: Optional[Union[str, PodTemplate]] = None,
        report: bool = False,
        interruptible: bool | None = None,
        max_inline_io_bytes: int = MAX_INLINE_IO_BYTES,
        queue: Optional[str] = None,
        triggers: Tuple[Trigger, ...] | List[Trigger] | Trigger = (),
        links: Tuple[Link, ...] | List[Link] | Link = (),
        task_resolver: Any | None = None,
    ) -> Callable[[Callable[P, R]], AsyncFunctionTaskTemplate[P, R, Callable[P, R]]]: ...

    @overload
    def task(self, _func: Callable[P, R], /) -> AsyncFunctionTaskTemplate[P, R, Callable[P, R]]: ...

    def task(
        self,
        _func: F | None = None,
        *,
        cache: CacheRequest | None = None,
        pod_template: Optional[Union[str, PodTemplate]] = None,
        interruptible: bool | None = None,
        queue: Optional[str] = None,
        timeout: Union[timedelta, int] = 0,
        **settings: Any,
    ) -> Any:
        """Make a task of a function and register it in the environment as `ENVIRONMENT.FUNCTION`.

        Use it as `@env.task` or as `@env.task(retries=3)`. Settings that are not given come from the environment.

        Parameters:
            _func: The function.
            cache: Whether results are reused, and under which version.
            pod_template: The Kubernetes pod that the task runs in, or its name.
            interruptible: Whether the task may run on machines that can be taken away.
            queue: The queue of the cluster that the task runs in.
            timeout: How long the task may run, in seconds or as a timedelta; 0 means no limit.
            settings: `short_name`, `retries`, `docs` (by default the function's docstring), `report`,
                `max_inline_io_bytes`, `triggers`, `links` and `task_resolver`, as for a TaskTemplate.

        Raises:
            InvalidValueError: The environment has a task of that name, a setting cannot be combined with reuse, the
                function takes `*args` or `**kwargs`, or no template class is registered for the plugin configuration.
            InvalidTypeError: A setting does not exist, or a value has the wrong type.
        """
        if self.reusable is not None and pod_template is not None:
            raise InvalidValueError(
                "task(pod_template=...): a reused container gets this from its environment. Set it there."
            )
        if unknown := [name for name in settings if name not in _SETTINGS]:
            raise InvalidTypeError(f"task({unknown[0]}=...): no such setting.{nearest(unknown[0], _SETTINGS)}")
        own = {"cache": cache, "pod_template": pod_template, "interruptible": interruptible, "queue": queue}
        given = {name: value for name, value in own.items() if value is not None}
        decorate = _Decorator(self, {"timeout": timeout} | given | settings)
        return decorate if _func is None else decorate(_func)

    @classmethod
    def from_task(
        cls, name: str, *tasks: TaskTemplate[Any, Any, Any], depends_on: Optional[List[Environment]] = None
    ) -> Self:
        """Return an environment of existing tasks, which refer to it from then on.

        Parameters:
            name: The name of the environment.
            tasks: The tasks.
            depends_on: Other environments that have to be deployed as well.

        Raises:
            InvalidValueError: A task is in an environment already, or the tasks have different images.
        """
        if taken := [task.name for task in tasks if task.parent_env is not None and task.parent_env() is not None]:
            raise InvalidValueError(f"tasks {', '.join(taken)} are in another environment. Define them again.")
        images = {task.image for task in tasks}
        if len(images) > 1:
            raise InvalidValueError(f"the tasks have {len(images)} different images. Give all of them the same one.")
        environment = cls(name, image=images.pop() if images else "auto", depends_on=depends_on or [])
        for task in tasks:
            environment._adopt(task)
        return environment

    def _adopt(self, task: TaskTemplate[Any, Any, Any]) -> None:
        """Register a task, and let it refer to this environment."""
        self._tasks[task.name] = task
        # This bypasses the seal of the template, because a finished task may still get an environment.
        vars(task).update(parent_env=weakref.ref(self), parent_env_name=self.name)


_SETTINGS = ("short_name", "retries", "docs", "report", "max_inline_io_bytes", "triggers", "links", "task_resolver")
"""The settings of a task that an environment does not have."""

_SHARED = (
    *("image", "resources", "env_vars", "secrets", "reusable", "plugin_config"),
    *("cache", "interruptible", "queue", "pod_template"),
)
"""The settings that a task gets from its environment; the decorator can change those in the second line."""


class _Decorator:
    """Makes tasks of functions, in one environment and with given settings."""

    def __init__(self, environment: TaskEnvironment, settings: Dict[str, Any]) -> None:
        self._environment = environment
        self._settings = settings

    def __call__(self, func: Callable[..., Any]) -> AsyncFunctionTaskTemplate[Any, Any, Any]:
        environment = self._environment
        name = f"{environment.name}.{func.__name__}"
        if name in environment.tasks:
            raise InvalidValueError(f"task {name!r}: the environment has a task of that name. Rename the function.")
        check_concurrency(f"task {name!r}", environment.reusable, is_sync=not is_async(func))
        settings = {setting: getattr(environment, setting) for setting in _SHARED} | self._settings
        settings["short_name"] = settings.get("short_name") or func.__name__
        if settings.get("docs") is None and func.__doc__:
            settings["docs"] = extract_docstring(func)
        task = _template_class(environment.plugin_config)(
            name=name, func=func, interface=NativeInterface.from_callable(func), **settings
        )
        environment._adopt(task)  # noqa: SLF001 - the decorator is part of the environment
        return task


def _template_class(plugin_config: object) -> type[AsyncFunctionTaskTemplate[Any, Any, Any]]:
    """Return the template class for a plugin configuration; None gives the class for plain functions."""
    if plugin_config is None:
        return AsyncFunctionTaskTemplate
    found = TaskPluginRegistry.find(type(plugin_config))
    if found is None:
        raise InvalidValueError(
            f"plugin_config={plugin_config!r}: no template class is registered for {type(plugin_config).__name__}. "
            "Register one with TaskPluginRegistry.register(config_type, template_class)."
        )
    return found
