"""Lists the contents of a reference, so that a build can tell what it would lose."""

from __future__ import annotations

from collections.abc import Iterator

from docgen.model import Class, Function, Module, Reference


def content(reference: Reference) -> tuple[str, ...]:
    """Return the symbols, parameters, defaults and descriptions of a reference, one line each.

    A line is a public path and, after a space, which part of it: nothing for the symbol itself, `default` or `docs`.
    """
    return tuple(line for module in reference.modules for line in _module(module))


def _module(module: Module) -> Iterator[str]:
    yield module.name
    yield from (f"{module.name}.{variable.name}" for variable in module.variables)
    yield from (f"{module.name}.{alias.name}" for alias in module.aliases)
    for function in module.functions:
        yield from _function(f"{module.name}.{function.name}", function)
    for class_ in module.classes:
        yield from _class(f"{module.name}.{class_.name}", class_)


def _class(path: str, class_: Class) -> Iterator[str]:
    yield path
    if isinstance(class_.constructor, Function):
        yield from _parameters(path, class_.constructor)
    yield from (f"{path}.{property_.name}" for property_ in class_.properties)
    yield from (f"{path}.{attribute.name}" for attribute in class_.attributes)
    for method in class_.methods:
        yield from _function(f"{path}.{method.name}", method)
    for inner in class_.classes:
        yield from _class(f"{path}.{inner.name}", inner)


def _function(path: str, function: Function) -> Iterator[str]:
    yield path
    yield from _parameters(path, function)


def _parameters(path: str, function: Function) -> Iterator[str]:
    parameters = function.signature.parameters
    for parameter in parameters if isinstance(parameters, tuple) else ():
        yield f"{path}({parameter.name})"
        if parameter.default is not None:
            yield f"{path}({parameter.name}) default"
        if parameter.description:
            yield f"{path}({parameter.name}) docs"
