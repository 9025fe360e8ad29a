"""Puts the descriptions of one model on the signatures of another: only texts are replaced.

For maintainers who have descriptions on published pages and not in their docstrings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Protocol, TypeVar

from docgen.formats.flyte.page_model import Class, Function, Package, Property, Reference


class _Named(Protocol):
    @property
    def name(self) -> str: ...


N = TypeVar("N", bound=_Named)


def describe_reference(onto: Reference, source: Reference) -> Reference:
    """Return a reference with the descriptions of another; symbols that only the first has keep their own."""
    return replace(onto, packages=_each(onto.packages, source.packages, describe_package))


def describe_package(onto: Package, source: Package) -> Package:
    """Return the first package with the descriptions of the second, its classes included."""
    return replace(
        onto,
        docstring=source.docstring,
        classes=_each(onto.classes, source.classes, describe_class),
        functions=_each(onto.functions, source.functions, _function),
    )


def describe_class(onto: Class, source: Class) -> Class:
    """Return the first class with the descriptions of the second."""
    constructor = onto.constructor
    if constructor and source.constructor:
        constructor = _function(constructor, source.constructor)
    return replace(
        onto,
        docstring=source.docstring,
        constructor=constructor,
        properties=_each(onto.properties, source.properties, _property),
        methods=_each(onto.methods, source.methods, _function),
    )


def _function(onto: Function, source: Function) -> Function:
    described = {parameter.name: parameter.description for parameter in source.parameters}
    parameters = tuple(
        replace(each, description=described.get(each.name, each.description)) for each in onto.parameters
    )
    return replace(onto, docstring=source.docstring, parameters=parameters)


def _property(onto: Property, source: Property) -> Property:
    return replace(onto, docstring=source.docstring)


def _each(onto: Iterable[N], source: Iterable[N], describe: Callable[[N, N], N]) -> tuple[N, ...]:
    named = {each.name: each for each in source}
    return tuple(describe(each, named[each.name]) if each.name in named else each for each in onto)
