"""An adapter for any package that mirrors the SDK's public import paths. A subclass adds the differences."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import inspect
import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Self

from conformance.contracts.task_template.made_up import filled, instance_of, required_values
from conformance.errors import Gap


class PublicNames(Mapping[str, Any]):
    """Names in the modules of a package, which are searched in a fixed order."""

    def __init__(self, package: str, modules: tuple[str, ...]) -> None:
        self._paths = [f"{package}.{module}" if module else package for module in modules]
        self._imported: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        for module in self._modules():
            if not name.startswith("_") and hasattr(module, name):
                return getattr(module, name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        names = (name for module in self._modules() for name in vars(module) if not name.startswith("_"))
        return iter(dict.fromkeys(names))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _modules(self) -> Iterator[Any]:
        for path in self._paths:
            if path not in self._imported:  # asked for by nearly every example
                self._imported[path] = _module(path)
            if self._imported[path] is not None:
                yield self._imported[path]


def _module(path: str) -> Any:
    """Return a module, None if the release does not have it yet. One that fails to import another is broken."""
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError as error:
        if error.name is None or not path.startswith(error.name):
            raise
        return None


class NamedErrors:
    """The exception classes by their contract names; an implementation without one of them has a gap."""

    def __init__(self, package: str) -> None:
        self._errors = importlib.import_module(f"{package}.errors")

    def __getattr__(self, name: str) -> Any:
        try:
            return getattr(self._errors, name)
        except AttributeError:
            raise Gap(f"exception class not offered: {name}") from None


def _nothing() -> None:
    """Do nothing: the simplest function that a template can be made from."""


class PackageAdapter:
    """An implementation that has its public names at the import paths of the SDK."""

    package: ClassVar[str]
    """Import name of the package."""
    modules: ClassVar[tuple[str, ...]] = ("", "extend", "models", "errors")
    """Modules in which public names are looked up, in this order; the empty one is the package itself."""
    template_name: ClassVar[str] = "AsyncFunctionTaskTemplate"

    def __init__(self) -> None:
        self.types: Mapping[str, Any] = PublicNames(self.package, self.modules)
        self.template: type[Any] = self.types[self.template_name]
        self.errors: Any = NamedErrors(self.package)
        self._counter = itertools.count(1)
        self._fields: dict[type[Any], frozenset[str]] = {}
        self._is_filled: dict[type[Any], bool] = {}

    @property
    def name(self) -> str:
        """The import name of the package."""
        return self.package

    @property
    def version(self) -> str:
        """The version of the package, empty if unknown."""
        return str(getattr(importlib.import_module(self.package), "__version__", ""))

    @property
    def capabilities(self) -> frozenset[str]:
        """The capabilities of the template class and the public types, and those that a subclass adds."""
        offered = {"json_schema", "container_args"} & set(dir(self.template))
        offered |= {"task_resolver"} & self.fields()
        offered |= {"environment"} if "TaskEnvironment" in self.types else set()
        offered |= {"plugins"} if "TaskPluginRegistry" in self.types else set()
        return frozenset(offered | {"pickle"})

    def with_template(self, template: type[Any]) -> Self:
        """Return the same adapter with another template class under test."""
        other = copy.copy(self)
        other.template = template
        return other

    def fields(self) -> frozenset[str]:
        """The parameters of the template's constructor, without the configuration of a plugin's class."""
        if self.template not in self._fields:  # called by nearly every example
            self._fields[self.template] = self._fields_of_template()
        return self._fields[self.template]

    def _fields_of_template(self) -> frozenset[str]:
        parameters = inspect.signature(self.template).parameters.values()
        named = (parameter.name for parameter in parameters if parameter.kind is not parameter.VAR_KEYWORD)
        inherited = (field.name for field in dataclasses.fields(self.template) if field.init)
        takes_more = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters)
        return frozenset({*named, *(inherited if takes_more else ())}) - self._configured()

    def make(self, func: Callable[..., Any], **fields: Any) -> Any:
        """Return a template of `func`, with a made-up name and interface if they are not given.

        Raises:
            Gap: The template class is not a template of functions, needs arguments that cannot be made up, or, if
                swapped in, does not accept this function.
        """
        if "func" not in self.fields():
            raise Gap(f"{self.template.__name__} is not a template of a function")
        required = {**required_values(self.template), **self.configuration()}
        given = {"name": getattr(func, "__name__", "body"), **required, **fields}
        if "interface" not in given:
            given["interface"] = self.interface_of(func)
        try:
            return self.template(func=func, **given)
        except Exception as error:
            if self.is_swapped and self._takes({**given, "func": _nothing, "interface": self.interface_of(_nothing)}):
                raise Gap(f"{self.template.__name__} does not accept this function: {error}") from error
            raise

    def _takes(self, given: Mapping[str, Any]) -> bool:
        """Return True if the template class can be constructed with these parameters."""
        try:
            self.template(**given)
        except Exception:  # noqa: BLE001 - a template class of somebody else may raise anything
            return False
        return True

    @property
    def is_swapped(self) -> bool:
        """Whether a template class other than the package's own is under test, which may refuse functions."""
        return self.template is not self.types[self.template_name]

    def _configured(self) -> frozenset[str]:
        """Return the parameters that accept only the plugin's own configuration."""
        try:
            return frozenset(self.configuration())
        except Gap:
            return frozenset({"plugin_config"})

    def configuration(self) -> dict[str, Any]:
        """Return the configuration that a plugin's class is registered for, empty if there is none.

        Raises:
            Gap: It cannot be made up.
        """
        if not self.is_swapped or "TaskPluginRegistry" not in self.types:
            return {}
        registry = self.types["TaskPluginRegistry"]
        for config_type in registry.list_plugins():
            if registry.find(config_type) is self.template:
                return {"plugin_config": self._made_up(config_type)}
        return {}

    def _made_up(self, config_type: type[Any]) -> Any:
        """Return a configuration of a class: the simplest one, or a filled one if only that can be serialized.

        Raises:
            Gap: It cannot be made up.
        """
        try:
            plain = instance_of(config_type)
            if self.template not in self._is_filled:
                self._is_filled[self.template] = self._is_to_be_filled(plain)
            return filled(plain) if self._is_filled[self.template] else plain
        except Exception as error:
            raise Gap(f"{self.template.__name__} needs a {config_type.__name__}, which cannot be made up") from error

    def _is_to_be_filled(self, plain: Any) -> bool:
        """Return True if tasks can be serialized with a filled configuration, but not with the simplest one."""
        return (
            self._why_not_serialized({"plugin_config": plain}) is not None
            and self._why_not_serialized({"plugin_config": filled(plain)}) is None
        )

    def _why_not_serialized(self, configuration: Mapping[str, Any]) -> str | None:
        """Return why a plugin's class cannot be serialized with a configuration, None if it can."""
        bundle = self.types["CodeBundle"](computed_version="v", pkl="task.pkl", destination="/root")
        given = {"name": "body", "func": _nothing, "interface": self.interface_of(_nothing), **configuration}
        try:
            template = self.template(**{**required_values(self.template), **given})
            template.container_args(self.types["SerializationContext"](version="v1", code_bundle=bundle))
        except Exception as error:  # noqa: BLE001 - a template class of somebody else may raise anything
            return str(error)
        return None

    def make_env(self, **fields: Any) -> Any:
        """Return an environment, with a made-up name if none is given."""
        return self.types["TaskEnvironment"](**{"name": f"env{next(self._counter)}", **fields})

    def interface_of(self, func: Callable[..., Any]) -> Any:
        """Return the native interface of `func`."""
        return self.types["NativeInterface"].from_callable(func)

    def serialization_context(self, **fields: Any) -> Any:
        """Return a serialization context of version `v1` unless another is given.

        Raises:
            Gap: The swapped-in template class cannot be serialized without a configuration by its user.
        """
        configuration = self.configuration()
        if configuration and (why := self._why_not_serialized(configuration)) is not None:
            raise Gap(f"{self.template.__name__} needs a configuration that cannot be made up: {why}")
        return self.types["SerializationContext"](**{"version": "v1", **fields})

    def register_plugin(self, config_type: type[Any], template_class: type[Any]) -> None:
        """Let the decorator build `template_class` for a `plugin_config` of `config_type`."""
        self.types["TaskPluginRegistry"].register(config_type, template_class)

    def task_context(
        self, data: Mapping[str, Any] | None = None, *, trace: bool = False
    ) -> AbstractContextManager[Any]:
        """Unknown in general; a subclass knows its own context."""
        raise NotImplementedError

    def context_data(self) -> Mapping[str, Any] | None:
        """Unknown in general."""
        raise NotImplementedError

    def install_controller(self, controller: object | None) -> AbstractContextManager[None]:
        """Unknown in general."""
        raise NotImplementedError
