# The signatures are the contract's, and the annotations are written as those of the template that they are handed to:
# ruff: noqa: UP006, UP007, UP035, UP045, PYI051, PLR0913, PLR0917, FBT001
"""The task environment: what its tasks have in common, and the decorator that makes tasks."""

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
"""The names that an environment may have. Source: ENV-06."""


@dataclass(repr=False)
class Environment(Terse):
    """What tasks that run in the same image have in common.

    Parameters:
        name: Small letters, digits, and single `_` or `-` between them.
        depends_on: Environments that have to be deployed too.
        pod_template: A Kubernetes pod, or the name of one.
        description: In words; cut to 255 characters.
        secrets: A key, a Secret or a list of both.
        env_vars: Environment variables.
        resources: What a task needs of a machine.
        interruptible: Whether tasks may run on machines that can be taken away.
        image: An Image, its address, or "auto" for the default image.

    Raises:
        InvalidValueError: The name is none.
        InvalidTypeError: A value of the wrong type.
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
        need("name", self.name, (str,), "text")
        if not NAME.fullmatch(self.name):
            raise InvalidValueError(
                f"name={self.name!r}: an environment is named in snake_case or kebab-case: small letters, digits, and "
                "single _ or - between them."
            )
        if self.description is not None:
            self.description = shorten(self.description, MAX_DESCRIPTION_CHARACTERS)
        self.depends_on = list(self.depends_on)
        for environment in self.depends_on:
            need("depends_on", environment, (Environment,), "an Environment as each item")
        for own in dataclasses.fields(self):
            if own.name in KEEP and own.name != "name":
                KEEP[own.name](getattr(self, own.name))  # the tasks keep the value; here it is only looked at

    def add_dependency(self, *env: Environment) -> None:
        """Add environments that have to be deployed too; those that are there already are left out.

        Raises:
            InvalidTypeError: One is no environment.
            InvalidValueError: One is this environment itself.
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
    """What a set of tasks has in common, and the decorator that makes them.

    A task gets its settings from its environment; the decorator's win over those, and those of `override` over both.

    Parameters:
        cache: Whether, and under which version, results are used again.
        reusable: Whether containers are kept for the next call.
        plugin_config: Configuration for the plugin that runs the tasks.
        queue: The queue of the cluster.

    Raises:
        InvalidValueError: Both reusable and plugin_config.
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
                "reusable=..., plugin_config=...: a plugin makes its own containers. Leave one of them out."
            )

    @property
    def tasks(self) -> Dict[str, TaskTemplate[Any, Any, Any]]:
        """The tasks of the environment by their full names, in the order of their definition."""
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
        """Return an environment without tasks that has the settings of this one, except for those given.

        Parameters:
            name: The name of the new environment.
            image: None keeps it, as for all that follow.
            resources: What a task needs of a machine.
            env_vars: Environment variables.
            secrets: A key, a Secret or a list of both.
            depends_on: Environments that have to be deployed too.
            description: In words.
            interruptible: Whether tasks may run on machines that can be taken away.
            kwargs: cache, queue, pod_template, reusable, plugin_config. Of these, None is a value too: it ends the
                setting.

        Raises:
            InvalidTypeError: No such setting.
        """
        known = [own.name for own in dataclasses.fields(self) if own.init]
        if unknown := [setting for setting in kwargs if setting not in known]:
            raise InvalidTypeError(f"clone_with({unknown[0]}=...): no such setting.{nearest(unknown[0], known)}")
        if kwargs.get("cache", "") is None:
            del kwargs["cache"]  # an environment always has one
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
        """Make a task of a function, and keep it in the environment under `ENVIRONMENT.FUNCTION`.

        Used as `@env.task` or as `@env.task(retries=3)`. What is not given, the environment decides.

        Parameters:
            _func: The function.
            cache: Whether, and under which version, results are used again.
            pod_template: A Kubernetes pod, or the name of one.
            interruptible: Whether the task may run on machines that can be taken away.
            queue: The queue of the cluster.
            timeout: How long the task may run; 0 is without limit.
            settings: short_name, retries, docs (by default the function's docstring), report, max_inline_io_bytes,
                triggers, links, task_resolver.

        Raises:
            InvalidValueError: A second function of the same name; something that does not go together with reuse;
                variable arguments; a plugin configuration that no template class is registered for.
            InvalidTypeError: No such setting, or a value of the wrong type.
        """
        if self.reusable is not None and pod_template is not None:
            raise InvalidValueError(
                "task(pod_template=...): a reused container has this from its environment. Set it there."
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
        """Return an environment of tasks that have none yet.

        Raises:
            InvalidValueError: A task has an environment, or the images of the tasks differ.
        """
        if taken := [task.name for task in tasks if task.parent_env is not None and task.parent_env() is not None]:
            raise InvalidValueError(f"tasks {', '.join(taken)}: they belong to another environment. Define them anew.")
        images = {task.image for task in tasks}
        if len(images) > 1:
            raise InvalidValueError(f"{len(images)} different images: the tasks of one environment share one.")
        environment = cls(name, image=images.pop() if images else "auto", depends_on=depends_on or [])
        for task in tasks:
            environment._adopt(task)
        return environment

    def _adopt(self, task: TaskTemplate[Any, Any, Any]) -> None:
        """Keep a task, and write into it whose it is; before this, nobody has seen the environment."""
        self._tasks[task.name] = task
        vars(task).update(parent_env=weakref.ref(self), parent_env_name=self.name)


_SETTINGS = ("short_name", "retries", "docs", "report", "max_inline_io_bytes", "triggers", "links", "task_resolver")
"""What the decorator takes beside what the environment also has."""

_SHARED = (
    *("image", "resources", "env_vars", "secrets", "reusable", "plugin_config"),
    *("cache", "interruptible", "queue", "pod_template"),
)
"""What a task has from its environment; of the second line the decorator may say otherwise."""


class _Decorator:
    """Makes a task of a function, for one environment and with some settings."""

    def __init__(self, environment: TaskEnvironment, settings: Dict[str, Any]) -> None:
        self._environment = environment
        self._settings = settings

    def __call__(self, func: Callable[..., Any]) -> AsyncFunctionTaskTemplate[Any, Any, Any]:
        environment = self._environment
        name = f"{environment.name}.{func.__name__}"
        if name in environment.tasks:
            raise InvalidValueError(f"task {name!r}: the environment has one already. Give the function another name.")
        check_concurrency(f"task {name!r}", environment.reusable, is_sync=not is_async(func))
        settings = {setting: getattr(environment, setting) for setting in _SHARED} | self._settings
        settings["short_name"] = settings.get("short_name") or func.__name__
        if settings.get("docs") is None and func.__doc__:
            settings["docs"] = extract_docstring(func)
        task = _template_class(environment.plugin_config)(
            name=name, func=func, interface=NativeInterface.from_callable(func), **settings
        )
        environment._adopt(task)  # noqa: SLF001 - both are halves of one thing
        return task


def _template_class(plugin_config: object) -> type[AsyncFunctionTaskTemplate[Any, Any, Any]]:
    """Return the template class for a plugin configuration; without one, the class for plain functions."""
    if plugin_config is None:
        return AsyncFunctionTaskTemplate
    found = TaskPluginRegistry.find(type(plugin_config))
    if found is None:
        raise InvalidValueError(
            f"plugin_config={plugin_config!r}: no template class is registered for {type(plugin_config).__name__}. "
            "Register one with TaskPluginRegistry.register(config_type, template_class)."
        )
    return found
