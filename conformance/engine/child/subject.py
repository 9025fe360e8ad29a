"""Wraps the implementation under test for properties: a member that its adapter does not offer is a gap."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from types import ModuleType
from typing import Any

from conformance.engine.child.blame import implementation_frames
from conformance.engine.properties import shown
from conformance.errors import MemberGap, TargetError

AS_IMPORTED = (
    "Give MODULE:ATTRIBUTE, with the module as it is imported from the working directory: `adapter`, not `adapter.py`."
)


class Subject:
    """An adapter whose missing members are gaps, as are members that raise `NotImplementedError` themselves.

    A contract may subclass it.
    """

    def __init__(self, adapter: Any, *, path: str = "") -> None:
        """Wrap an adapter.

        Parameters:
            adapter: Any object.
            path: Where it was found, `module:attribute`.

        Raises:
            TargetError: Its version or its capabilities are of another type than reports can have.
        """
        version: Any = getattr(adapter, "version", "")
        capabilities: Any = getattr(adapter, "capabilities", ())
        if not isinstance(version, str):
            raise TargetError(f"{path}: expected version of the adapter to be a string, got {shown(version)}.")
        if not is_collection_of_strings(capabilities):
            raise TargetError(
                f"{path}: expected capabilities of the adapter to be a set of strings, got {shown(capabilities)}."
            )
        self.adapter = adapter
        self.path = path
        self.name: str = getattr(adapter, "name", path)
        self.version = version
        self.capabilities: frozenset[str] = frozenset(capabilities)
        self.adapter_modules: frozenset[str] = frozenset()
        """Modules of the adapter in which the implementation itself is not defined."""

    @property
    def under_test(self) -> type[Any] | None:
        """The class under test, None if the implementation is not a class."""
        return None if isinstance(self.adapter, ModuleType) else type(self.adapter)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the author of the adapter should know, as whole sentences: they are shown when a run begins."""
        return ()

    def __getattr__(self, name: str) -> Any:
        try:
            value = getattr(self.adapter, name)
        except AttributeError:
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


def object_from(path: str) -> Any:
    """Return the object that `module:attribute` names.

    Raises:
        TargetError: There is no such module or attribute. Exceptions of the module itself are passed on unchanged.
    """
    module, _, attribute = path.partition(":")
    found = getattr(imported(path, module), attribute, None)
    if found is None:
        raise TargetError(f"{path}: the module {module} has no {attribute!r}. Name an adapter as MODULE:ATTRIBUTE.")
    return found


def imported(path: str, module: str) -> ModuleType:
    """Return a module by its name.

    Raises:
        TargetError: There is no such module. Exceptions of the module itself are passed on unchanged.
    """
    if not all(map(str.isidentifier, module.split("."))):
        raise TargetError(f"{path}: {module!r} is not the name of a module. {AS_IMPORTED}")
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        # If the module exists and imports one that does not, the error is the module's own.
        if error.name is None or not f"{module}.".startswith(f"{error.name}."):
            raise
        raise TargetError(f"{path}: there is no module {error.name}. {AS_IMPORTED}") from error


def instance_from(path: str, factory: Any) -> Any:
    """Return the result of calling a class or a function without arguments.

    Raises:
        TargetError: It cannot be called without arguments. Its own exceptions are passed on unchanged.
    """
    if is_callable_alone(factory):
        return factory()
    raise TargetError(
        f"{path}: this cannot be called without arguments, as the class of an adapter can. "
        "Name an adapter; to test another class with a known adapter, write TARGET:dotted.Class."
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


def is_set_of_strings(value: object) -> bool:
    """Return whether a value is a set of strings."""
    return isinstance(value, AbstractSet) and is_collection_of_strings(value)


def is_collection_of_strings(value: object) -> bool:
    """Return whether a value is a set, a list or a tuple of strings."""
    return isinstance(value, AbstractSet | list | tuple) and all(isinstance(one, str) for one in value)
