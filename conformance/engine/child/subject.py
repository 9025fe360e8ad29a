"""The adapter as properties see it: what an implementation does not offer comes out as a gap."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from types import ModuleType
from typing import Any, cast

from conformance.contracts.task_template.adapter import Adapter, Errors
from conformance.engine.child.blame import implementation_frames
from conformance.engine.properties import shown
from conformance.errors import Gap, MemberGap, TargetError

NEEDED = ("name", "version", "make", "interface_of", "fields", "capabilities", "template", "errors", "types")
"""The members without which nothing can be judged; the others may be missing, which is a gap."""


class OfferedTypes(Mapping[str, Any]):
    """The public types of an implementation; one that is missing is a gap."""

    def __init__(self, types: Mapping[str, Any]) -> None:
        self._types = types

    def __getitem__(self, name: str) -> Any:
        try:
            return self._types[name]
        except KeyError:
            raise Gap(f"public type not offered: {name}") from None

    def __contains__(self, name: object) -> bool:
        return name in self._types

    def __iter__(self) -> Iterator[str]:
        return iter(self._types)

    def __len__(self) -> int:
        return len(self._types)


class OfferedErrors:
    """The exception classes of an implementation; one that is missing is a gap."""

    def __init__(self, errors: Errors) -> None:
        self._errors = errors

    def __getattr__(self, name: str) -> Any:
        try:
            return getattr(self._errors, name)
        except AttributeError:
            raise Gap(f"exception class not offered: {name}") from None


class Subject:
    """An adapter, with every `NotImplementedError` of its own turned into a gap. It is an `Adapter` itself."""

    def __init__(self, adapter: Adapter) -> None:
        self.adapter = adapter
        self.adapter_modules = own_modules(adapter)
        self.types = OfferedTypes(adapter.types)
        self.errors = cast("Errors", OfferedErrors(adapter.errors))
        self.capabilities = adapter.capabilities
        self._fields: frozenset[str] | None = None

    def fields(self) -> frozenset[str]:
        """Return the fields that the adapter claims, asked for once: properties ask thousands of times."""
        if self._fields is None:
            self._fields = frozenset(self._guarded("fields", self.adapter.fields)())
        return self._fields

    def __getattr__(self, name: str) -> Any:
        try:
            value = getattr(self.adapter, name)
        except AttributeError:
            # Others than the members of an adapter are asked for as well: hypothesis looks for marks of its own.
            if not hasattr(Adapter, name):
                raise
            raise MemberGap(f"the adapter does not offer {name}") from None
        return self._guarded(name, value) if callable(value) and not isinstance(value, type) else value

    def _guarded(self, name: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*args: Any, **kwargs: Any) -> Any:
            try:
                return method(*args, **kwargs)
            except NotImplementedError as error:
                if implementation_frames(error, self.adapter_modules):
                    raise
                raise MemberGap(f"the adapter does not offer {name}") from error

        return guarded


def own_modules(adapter: Adapter) -> frozenset[str]:
    """Return the modules of an adapter's classes, without one in which the template class is defined too."""
    modules = {cls.__module__ for cls in type(adapter).__mro__ if cls is not object}
    return frozenset(modules - {cls.__module__ for cls in adapter.template.__mro__})


def load_adapter(path: str, template: str | None) -> Adapter:
    """Return a new adapter.

    Parameters:
        path: `module:attribute`; the attribute is an adapter or something that gives one when called.
        template: Dotted path of a template class that takes the place of the adapter's own.

    Raises:
        TargetError: There is no such thing, or it is not an adapter.
    """
    module, _, attribute = path.partition(":")
    found = getattr(imported(path, module), attribute, None)
    if found is None:
        raise TargetError(f"{path}: the module {module} has no {attribute!r}. Name an adapter as MODULE:ATTRIBUTE.")
    adapter = made(path, found) if isinstance(found, type) or not hasattr(found, "make") else found
    missing = [name for name in NEEDED if not hasattr(adapter, name)]
    if missing:
        raise TargetError(
            f"{path}: this {type(adapter).__name__} is not an adapter, it has no {', '.join(missing)}. "
            "See conformance.contracts.task_template.adapter.Adapter."
        )
    if wrong := misshapen(adapter):
        raise TargetError(f"{path}: this {type(adapter).__name__} is not an adapter: {'; '.join(wrong)}.")
    return cast("Adapter", adapter if template is None else swapped(adapter, load_class(template)))


def imported(path: str, module: str) -> ModuleType:
    """Return the module of an adapter.

    Raises:
        TargetError: There is no such module. What the module itself raises comes out as it is.
    """
    if not all(map(str.isidentifier, module.split("."))):
        raise TargetError(f"{path}: {module!r} is no module. {AS_IMPORTED}")
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        # One that the module asks for in its turn is another matter.
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise
        raise TargetError(f"{path}: there is no module {error.name}. {AS_IMPORTED}") from error


AS_IMPORTED = "MODULE:ATTRIBUTE is due, the module as it is imported from the working directory: `adapter`, no `.py`."


def made(path: str, factory: Any) -> Any:
    """Return what a class or a function gives when it is called: an adapter, it is hoped.

    Raises:
        TargetError: It cannot be called without arguments. What it raises itself comes out as it is.
    """
    if is_callable_alone(factory):
        return factory()
    raise TargetError(
        f"{path}: this cannot be called without arguments, as an adapter's class can. "
        "See conformance.contracts.task_template.adapter.Adapter. To test another template class: TARGET:dotted.Class."
    )


def is_callable_alone(value: Any) -> bool:
    """Return whether a value can be called without arguments, as far as its signature says."""
    try:
        inspect.signature(value).bind()
    except TypeError:
        return False
    except ValueError:  # written in C, without a signature
        return True
    return True


def misshapen(adapter: Any) -> list[str]:
    """Return what is wrong with the members that everything else relies on: what came, and what is due."""
    methods = {name: getattr(adapter, name) for name in ("make", "interface_of", "fields")}
    fields = adapter.fields() if callable(adapter.fields) else frozenset()
    checks = {
        **{name: (method, callable(method), "a method") for name, method in methods.items()},
        "name": (adapter.name, isinstance(adapter.name, str), "a text"),
        "version": (adapter.version, isinstance(adapter.version, str), "a text"),
        "template": (adapter.template, isinstance(adapter.template, type), "a class"),
        "types": (adapter.types, isinstance(adapter.types, Mapping), "a mapping of names to types"),
        "capabilities": (adapter.capabilities, is_set_of_texts(adapter.capabilities), "a set of texts"),
        "fields()": (fields, is_set_of_texts(fields), "a set of texts"),
    }
    return [f"{name} is {shown(came)}, due {due}" for name, (came, is_sound, due) in checks.items() if not is_sound]


def is_set_of_texts(value: object) -> bool:
    """Return whether a value is a set, and everything in it a text."""
    return isinstance(value, AbstractSet) and all(isinstance(one, str) for one in value)


def load_class(path: str) -> type[Any]:
    """Return a template class by its dotted path.

    Raises:
        TargetError: There is no such class, or it is no template.
    """
    module, _, name = path.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise TargetError(f"{path}: no such class ({error}). Name it by module and class, with dots.") from error
    if not isinstance(found, type):
        raise TargetError(f"{path}: this is a {type(found).__name__}, and a template class is due.")
    if not any(hasattr(found, name) for name in OF_TEMPLATES):
        raise TargetError(f"{path}: this class is no task template, it has none of {', '.join(OF_TEMPLATES)}.")
    return found


OF_TEMPLATES = ("override", "forward", "execute", "native_interface")
"""Members of every task template: a class with none of them is another kind of class."""


def swapped(adapter: Any, template: type[Any]) -> Any:
    """Return the adapter with another template class under test.

    Raises:
        TargetError: The adapter cannot do that.
    """
    if not hasattr(adapter, "with_template"):
        raise TargetError(f"{type(adapter).__name__} has no with_template(): its template class cannot be swapped.")
    return adapter.with_template(template)
