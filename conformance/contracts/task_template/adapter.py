"""The interface through which the suite uses an implementation under test.

An adapter is written once per implementation (in `adapters/`, or in the user's own code), and the rules use nothing
else. It runs in the child process, beside the implementation. A method that it does not offer raises
`NotImplementedError` (or `conformance.errors.Gap`, with a reason); the rules that need the method are then gaps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, runtime_checkable

# `Any` below is intended: a template or a controller of an unknown implementation has no known type.


PAGE_PARAMETERS = [
    "name",
    "interface",
    "short_name",
    "task_type",
    "task_type_version",
    "image",
    "resources",
    "cache",
    "interruptible",
    "retries",
    "reusable",
    "docs",
    "env_vars",
    "secrets",
    "timeout",
    "pod_template",
    "report",
    "queue",
    "debuggable",
    "parent_env",
    "parent_env_name",
    "max_inline_io_bytes",
    "triggers",
    "links",
    "_call_as_synchronous",
    "func",
    "plugin_config",
    "task_resolver",
]
"""The constructor parameters, in order. Source: page, Parameters."""


class Errors(Protocol):
    """The exception classes that the contract names."""

    RuntimeUserError: type[Exception]
    RuntimeSystemError: type[Exception]
    TraceDoesNotAllowNestedTasksError: type[Exception]
    SyncTaskCallInAsyncContextError: type[Exception]
    """The four exceptions by their contract names. For a missing one, access raises AttributeError: a gap."""


@runtime_checkable
class Adapter(Protocol):
    """One implementation of the task template, as the rules use it. Source: site/understand/contract.md, "Adapter"."""

    @property
    def name(self) -> str:
        """The name of the implementation."""

    @property
    def version(self) -> str:
        """The release under test, empty if there is none."""

    @property
    def capabilities(self) -> frozenset[str]:
        """Features that the implementation claims: json_schema, task_resolver, controller, context, trace, ..."""

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
        """A template of `func`, built by the constructor, with a made-up name and interface if none is given."""

    def make_env(self, **fields: Any) -> Any:
        """A task environment; the adapter makes up a unique valid name if none is given."""

    def interface_of(self, func: Callable[..., Any]) -> Any:
        """The native interface of `func`."""

    def task_context(
        self, data: Mapping[str, Any] | None = None, *, trace: bool = False
    ) -> AbstractContextManager[Any]:
        """Within it, code runs as in a running task (and, with `trace`, inside a trace)."""

    def context_data(self) -> Mapping[str, Any] | None:
        """The data of the current task context, None outside of one."""

    def install_controller(self, controller: object | None) -> AbstractContextManager[None]:
        """Within it, calls in a task context go to `controller` (`submit`, `submit_sync`). None for no controller."""

    def serialization_context(self, **fields: Any) -> Any:
        """A serialization context; the adapter makes up required fields that are not given."""

    def register_plugin(self, config_type: type[Any], template_class: type[Any]) -> None:
        """From now on, `plugin_config` of `config_type` makes the decorator build `template_class`."""


class Spelling(Protocol):
    """Optional members of an adapter, for spellings that the contract leaves open.

    The suite reads each of these with `getattr`, and has a default.
    """

    accelerators: Sequence[str]
    """Strings that `Resources(gpu=...)` accepts. Default: those of `COMMON_ACCELERATORS` that it accepts."""

    def construct(self, type_name: str, /, **named: Any) -> Any:
        """A value of a public type, or an exception of `errors`, by the names of its fields: `code`, `message`, ...

        Default: the type is called by keyword, and by position if it refuses the keywords.
        """

    def cache_version(self, cache: Any, func: Callable[..., Any]) -> str:
        """The version of a cache for a function. Default: `cache.get_version(VersionParameters(func=func))`."""
