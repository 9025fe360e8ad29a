"""Print what `dir()` and `inspect` find in an imported package, as JSON; run by the Python that has it installed.

    python bench/at_run_time.py IMPORT_NAME

Standard library only, because it runs in the environment of the package that is measured.
"""

from __future__ import annotations

import enum
import importlib
import inspect
import json
import pkgutil
import re
import sys
import types
import typing
import warnings
from collections.abc import Iterator

Found = dict[str, object]

_PROPERTIES = (property, types.DynamicClassAttribute)
_NATIVE = (
    types.BuiltinFunctionType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.ClassMethodDescriptorType,
    types.GetSetDescriptorType,
    types.MemberDescriptorType,
)
_ADDRESS = re.compile(r" at 0x[0-9a-f]+")


def kind_of(value: object) -> str:
    """Return the kind of a value of a module: one of the groups of names in a reference."""
    if inspect.isclass(value):
        return "class"
    if inspect.isfunction(value):
        return "function"
    if inspect.ismodule(value):
        return "module"
    if typing.get_origin(value) is not None or type(value).__module__ == "typing":
        return "type"
    return "callable" if callable(value) else "variable"


def parameters(value: object) -> list[Found] | None:
    """Return the parameters according to `inspect.signature`; None if there is no signature."""
    try:
        found = list(inspect.signature(value).parameters.values())  # type: ignore[arg-type] # what is not callable raises
    except Exception:  # noqa: BLE001 - code from outside: it may raise anything
        return None
    return [
        {"name": each.name, "kind": each.kind.description, "default": default_of(each)}
        for each in found
        if each.name != "self"
    ]


def line_of(value: object) -> int | None:
    """Return the first line of a definition according to `inspect.getsourcelines`; None if it has none."""
    try:
        return inspect.getsourcelines(inspect.unwrap(value))[1]  # type: ignore[arg-type] # what has no source raises
    except Exception:  # noqa: BLE001 - code from outside: it may raise anything
        return None


def default_of(parameter: inspect.Parameter) -> str | None:
    """Return the repr of a default without addresses; None if there is none."""
    if parameter.default is parameter.empty:
        return None
    try:
        return _ADDRESS.sub("", repr(parameter.default))
    except Exception:  # noqa: BLE001 - code from outside: it may raise anything
        return "?"


def member_kind(value: object) -> str:
    """Return the kind of a member of a class, according to its entry in `__dict__`."""
    if isinstance(value, _PROPERTIES) or type(value).__name__ in {"cached_property", "functools.cached_property"}:
        return "property"
    if inspect.isfunction(value) or isinstance(value, (staticmethod, classmethod)):
        return "method"
    if inspect.isclass(value):
        return "nested class"
    if callable(value):
        return "callable"
    return "descriptor" if inspect.isfunction(getattr(type(value), "__get__", None)) else "attribute"


def members(owner: type) -> Iterator[tuple[str, Found]]:
    """Yield the public members of a class that `dir()` shows, including inherited ones."""
    for name in dir(owner):
        if name.startswith("_"):
            continue
        definer = next((each for each in owner.__mro__ if name in vars(each)), None)
        value = vars(definer)[name] if definer else inspect.getattr_static(owner, name, None)
        kind = member_kind(value)
        is_slot = isinstance(value, types.MemberDescriptorType) and "__slots__" in vars(definer or object)
        is_native = isinstance(value, _NATIVE) and not is_slot
        is_native = is_native or (definer is not None and not is_written(definer))
        given = None
        if kind == "method":
            try:
                given = parameters(getattr(owner, name))
            except Exception:  # noqa: BLE001 - code from outside: it may raise anything
                given = None
        yield (
            name,
            {
                "kind": "native member" if is_native else kind,
                "parameters": given,
                "line": line_of(getattr(owner, name)) if given is not None else None,
                "definer": f"{definer.__module__}.{definer.__qualname__}" if definer else "",
            },
        )


def is_written(owner: type) -> bool:
    """Return True if a class was defined in Python code, as far as the file of its module shows."""
    file = getattr(sys.modules.get(owner.__module__), "__file__", None) or ""
    return file.endswith(".py")


def is_home(home: object, module: str) -> bool:
    """Return True if a value belongs to a module: it has no module, or was defined here or in a private sibling."""
    if home is None or home == module:
        return True
    path = str(home).split(".")
    return path[0] == module.partition(".")[0] and any(part.startswith("_") for part in path)


def public(module: types.ModuleType) -> Iterator[tuple[str, Found]]:
    """Yield the public names of a module.

    These are the names in `__all__`, or else those without underscore that were defined in it (including objects
    without a module), and the members of its classes.
    """
    names = getattr(module, "__all__", None)
    for name in dict.fromkeys(names if names is not None else dir(module)):
        try:
            value = getattr(module, name)
        except Exception:  # noqa: BLE001, S112 - code from outside: it may raise anything
            continue
        home = getattr(value, "__module__", None)
        if names is None and (name.startswith("_") or not is_home(home, module.__name__)):
            continue
        kind = kind_of(value)
        if kind == "module":
            continue  # it is a page of its own, or of another package
        is_plain = kind in {"function", "class"}
        found: Found = {"kind": kind, "parameters": parameters(value) if is_plain else None, "definer": str(home)}
        yield name, {**found, "line": line_of(value) if is_plain else None}
        if inspect.isclass(value) and str(home).partition(".")[0] == module.__name__.partition(".")[0]:
            is_enumeration = issubclass(value, enum.Enum)
            for member, held in members(value):
                if not is_enumeration or held["kind"] != "attribute":
                    yield f"{name}.{member}", held
                else:
                    yield f"{name}.{member}", {**held, "kind": "enumeration member"}


def modules(root: types.ModuleType, failed: list[str]) -> Iterator[types.ModuleType]:
    """Yield a package and every public module below it that can be imported."""
    yield root
    for found in pkgutil.walk_packages(getattr(root, "__path__", []), f"{root.__name__}.", onerror=failed.append):
        if any(part.startswith("_") for part in found.name.split(".")):
            continue
        try:
            module = importlib.import_module(found.name)
        except BaseException:  # noqa: BLE001 - code from outside: it may raise anything, SystemExit too
            failed.append(found.name)
            continue
        yield module


def main() -> None:
    """Print symbol -> its kind, and the modules that could not be imported."""
    warnings.simplefilter("ignore")
    failed: list[str] = []
    symbols: dict[str, Found] = {}
    for name in sys.argv[1:]:
        try:
            root = importlib.import_module(name)
        except BaseException:  # noqa: BLE001 - code from outside: it may raise anything, SystemExit too
            failed.append(name)
            continue
        for module in modules(root, failed):
            for symbol, found in public(module):
                symbols[f"{module.__name__}.{symbol}"] = found
    sys.__stdout__.write(json.dumps({"symbols": symbols, "failed": sorted(set(failed))}))  # type: ignore[union-attr] # there is one


if __name__ == "__main__":
    main()
