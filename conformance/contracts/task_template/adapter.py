"""What the suite needs of an implementation under test, and nothing more.

An adapter is written once per implementation (`adapters/`, or in the user's own code) and is all that the
rules ever talk to. It lives in the child process, beside the implementation. A method that it does not offer raises
`NotImplementedError` (or `conformance.errors.Gap`, with a reason): the rules that need it are a gap.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, runtime_checkable

# `Any` below is on purpose: a template or a controller of an unknown implementation has no type that we know.


class Errors(Protocol):
    """The exception classes that the contract names."""

    RuntimeUserError: type[Exception]
    RuntimeSystemError: type[Exception]
    TraceDoesNotAllowNestedTasksError: type[Exception]
    SyncTaskCallInAsyncContextError: type[Exception]
    """The four by their contract names. An implementation without one of them raises AttributeError here: a gap."""


@runtime_checkable
class Adapter(Protocol):
    """One implementation of the task template, as the rules see it. Source: site/understand/contract.md, "Adapter"."""

    @property
    def name(self) -> str:
        """What the implementation is called."""

    @property
    def version(self) -> str:
        """The release that is under test, empty if it has none."""

    @property
    def capabilities(self) -> frozenset[str]:
        """What the implementation says it offers: json_schema, task_resolver, controller, context, trace, ..."""

    @property
    def template(self) -> type[Any]:
        """The function template class under test (`AsyncFunctionTaskTemplate`, or the class swapped in)."""

    @property
    def errors(self) -> Errors:
        """The exception classes by their contract names."""

    @property
    def types(self) -> Mapping[str, Any]:
        """Public value types and template classes by contract name: Cache, Resources, Image, TaskTemplate, ..."""

    def fields(self) -> frozenset[str]:
        """The constructor parameters that the implementation claims to support."""

    def make(self, func: Callable[..., Any], **fields: Any) -> Any:
        """A template of `func`, built by the constructor; name and interface are invented if they are not given."""

    def make_env(self, **fields: Any) -> Any:
        """A task environment; a unique valid name is invented if none is given."""

    def interface_of(self, func: Callable[..., Any]) -> Any:
        """The native interface of `func`."""

    def task_context(
        self, data: Mapping[str, Any] | None = None, *, trace: bool = False
    ) -> AbstractContextManager[Any]:
        """Inside it, code runs as in a running task (and, with `trace`, inside a trace)."""

    def context_data(self) -> Mapping[str, Any] | None:
        """The data of the task context that the caller runs in, None outside one."""

    def install_controller(self, controller: object | None) -> AbstractContextManager[None]:
        """Inside it, calls within a task context go to `controller` (`submit`, `submit_sync`). None: no controller."""

    def serialization_context(self, **fields: Any) -> Any:
        """A serialization context; required fields are invented if they are not given."""

    def register_plugin(self, config_type: type[Any], template_class: type[Any]) -> None:
        """From now on, `plugin_config` of `config_type` makes the decorator build `template_class`."""


class Spelling(Protocol):
    """What an adapter may say besides, where an implementation spells differently what the contract leaves open.

    The suite asks for each of these with `getattr`, and has a default.
    """

    accelerators: Sequence[str]
    """Strings that `Resources(gpu=...)` takes. Default: those of `COMMON_ACCELERATORS` that it takes."""

    def construct(self, type_name: str, /, **named: Any) -> Any:
        """A value of a public type, or an exception of `errors`, by the names of its fields: `code`, `message`, ...

        Default: the type is called by keyword, and by position if it refuses the keywords.
        """

    def cache_version(self, cache: Any, func: Callable[..., Any]) -> str:
        """The version of a cache for a function. Default: `cache.get_version(VersionParameters(func=func))`."""
