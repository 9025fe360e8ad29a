"""How much of a reference is documented: symbols and parameters, counted in the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from docgen.model import Class, Docstring, Function, Location, Module, Reference


@dataclass(frozen=True, kw_only=True)
class Part:
    """A symbol or a parameter, and whether it is documented."""

    path: str
    """Public path; for a parameter `package.function(name)`."""
    is_parameter: bool = False
    is_documented: bool
    location: Location | None = None
    """Location of the symbol; for a parameter, that of its function."""


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many of some parts are documented."""

    documented: int
    total: int

    @property
    def percent(self) -> float:
        """Share of documented parts, from 0 to 100; 100 if there are none."""
        return 100 * self.documented / self.total if self.total else 100.0


def count(parts: Iterable[Part]) -> Count:
    """Return how many parts there are, and how many of them are documented."""
    found = [part.is_documented for part in parts]
    return Count(documented=sum(found), total=len(found))


def parts_by_module(reference: Reference) -> dict[str, tuple[Part, ...]]:
    """Return the parts of each module that can be documented, in the order of the model.

    These are modules, classes, functions, methods, properties, attributes and variables, and the parameters of
    callables. Names with a leading underscore do not count: neither private ones nor special methods, whose meaning the
    language defines. An inherited docstring counts.
    """
    return {module.name: tuple(_of_module(module)) for module in reference.modules}


def _of_module(module: Module) -> Iterator[Part]:
    yield _symbol(module.name, module.docstring, module.location)
    for class_ in module.classes:
        yield from _of_class(f"{module.name}.{class_.name}", class_)
    for function in module.functions:
        yield from _of_function(f"{module.name}.{function.name}", function)
    for variable in module.variables:
        path = f"{module.name}.{variable.name}"
        if variable.function is not None:
            yield from _of_function(path, variable.function)
        elif _is_public(variable.name):
            yield Part(path=path, is_documented=bool(variable.description), location=variable.location)


def _of_class(path: str, class_: Class) -> Iterator[Part]:
    if not _is_public(class_.name):
        return
    yield _symbol(path, class_.docstring, class_.location)
    taken: set[str] = set()
    if isinstance(class_.constructor, Function):
        for parameter in _parameters(path, class_.constructor, class_.location):
            taken.add(parameter.path)
            yield parameter
    for attribute in class_.attributes:
        # A constructor parameter that is stored in an attribute is counted once.
        if _is_public(attribute.name) and f"{path}({attribute.name})" not in taken:
            is_documented = bool(attribute.description)
            yield Part(path=f"{path}.{attribute.name}", is_documented=is_documented, location=attribute.location)
    for property_ in class_.properties:
        if _is_public(property_.name):
            yield _symbol(f"{path}.{property_.name}", property_.docstring, property_.location)
    for method in class_.methods:
        yield from _of_function(f"{path}.{method.name}", method)
    for inner in class_.classes:
        yield from _of_class(f"{path}.{inner.name}", inner)


def _of_function(path: str, function: Function) -> Iterator[Part]:
    if _is_public(function.name):
        yield _symbol(path, function.docstring, function.location)
        yield from _parameters(path, function, function.location)


def _parameters(path: str, function: Function, location: Location | None) -> Iterator[Part]:
    parameters = function.signature.parameters
    for parameter in parameters if isinstance(parameters, tuple) else ():
        is_documented = bool(parameter.description)
        name = f"{path}({parameter.name})"
        yield Part(path=name, is_parameter=True, is_documented=is_documented, location=location)


def _symbol(path: str, docstring: Docstring | None, location: Location | None) -> Part:
    return Part(path=path, is_documented=bool(docstring and docstring.raw.strip()), location=location)


def _is_public(name: str) -> bool:
    return not name.startswith("_")
