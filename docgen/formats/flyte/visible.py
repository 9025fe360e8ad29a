"""The part of a model that a page of a dialect shows: `parse(render(value)) == visible(value)`.

Two models that look the same on the page have the same visible part; parity with a published page compares those.
"""

from __future__ import annotations

from dataclasses import replace

from docgen.formats.flyte.dialect import Printing
from docgen.formats.flyte.page_model import (
    Class,
    ClassKind,
    Docstring,
    Function,
    Package,
    Parameter,
    Property,
    Receiver,
    Reference,
    Variable,
)
from docgen.formats.flyte.spelling import stars
from docgen.formats.markdown import cell, escape_entities, squeeze, uncell, unescape_entities
from docgen.model import ParameterKind

_KINDS = {"": ParameterKind.POSITIONAL_OR_KEYWORD, "*": ParameterKind.VAR_POSITIONAL, "**": ParameterKind.VAR_KEYWORD}


def visible_reference(reference: Reference, printing: Printing) -> Reference:
    """Return the part of a reference that its pages show."""
    return replace(reference, packages=tuple(visible_package(each, printing) for each in reference.packages))


def visible_package(package: Package, printing: Printing) -> Package:
    """Return the part of a package and its classes that their pages show, in the order of the pages."""
    classes = tuple(replace(visible_class(each, printing), kind=each.kind) for each in package.classes)
    return Package(
        name=package.name,
        docstring=Docstring(text=package.docstring.text),
        classes=classes,
        functions=tuple(_function(each, printing) for each in package.functions),
        variables=tuple(Variable(name=each.name, annotation=each.annotation) for each in package.variables),
    )


def visible_class(class_: Class, printing: Printing) -> Class:
    """Return the part of a class that its page shows. Whether it is an error is only on its package's page."""
    is_protocol = class_.kind == ClassKind.PROTOCOL
    constructor = None if is_protocol else class_.constructor
    return Class(
        name=class_.name,
        package=class_.package,
        kind=ClassKind.PROTOCOL if is_protocol else ClassKind.CLASS,
        docstring=Docstring(text=_prose(class_.docstring.text, printing)),
        constructor=constructor and _constructor(constructor, printing),
        properties=tuple(_property(each, printing) for each in class_.properties),
        methods=tuple(_method(each, printing) for each in class_.methods),
    )


def _function(function: Function, printing: Printing) -> Function:
    has_arrow = bool(function.parameters) and function.returns != "None"
    return Function(
        name=function.name,
        parameters=tuple(_parameter(each, printing) for each in function.parameters),
        returns=function.returns if has_arrow else None,
        docstring=_docstring(function.docstring, printing),
        parent=function.parent if function.is_syncified else None,
        is_syncified=function.is_syncified,
    )


def _method(method: Function, printing: Printing) -> Function:
    """Return the part of a method that a page shows: its receiver is only in the note on awaiting."""
    shown = _function(method, printing)
    if not method.is_syncified or method.parent:
        return shown
    is_instance = method.receiver == Receiver.INSTANCE
    return replace(shown, receiver=Receiver.INSTANCE if is_instance else Receiver.CLASS)


def _constructor(constructor: Function, printing: Printing) -> Function:
    return replace(_function(constructor, printing), name="__init__", returns=None, is_syncified=False, parent=None)


def _parameter(parameter: Parameter, printing: Printing) -> Parameter:
    marks = stars(parameter, printing)
    annotation = parameter.annotation
    if marks and annotation is not None and printing.marks_variadics == "name":
        annotation = marks + parameter.name
    return Parameter(
        name=parameter.name,
        kind=_KINDS[marks],
        annotation=annotation,
        default=parameter.default if printing.shows_defaults else None,
        description=_cell(parameter.description, printing),
    )


def _property(property_: Property, printing: Printing) -> Property:
    annotation = property_.annotation if printing.shows_property_types else None
    return Property(
        name=property_.name,
        annotation=None if annotation == printing.untyped_property else annotation,
        docstring=Docstring(text=_cell(property_.docstring.text, printing)),
    )


def _docstring(docstring: Docstring, printing: Printing) -> Docstring:
    return Docstring(
        text=_prose(docstring.text, printing),
        returns=None if docstring.returns is None else _prose(docstring.returns, printing),
        raises=tuple((name, _cell(text, printing)) for name, text in docstring.raises),
        # In a quote the mark `>` stands on blank lines too, so that they are not squeezed.
        notes=tuple(_unescaped(note, printing) for note in docstring.notes),
    )


def _prose(text: str, printing: Printing) -> str:
    return _unescaped(squeeze(text).rstrip("\n") if printing.squeezes_blank_lines else text, printing)


def _unescaped(text: str, printing: Printing) -> str:
    return unescape_entities(escape_entities(text, printing.entities), printing.entities)


def _cell(text: str, printing: Printing) -> str:
    return unescape_entities(uncell(cell(escape_entities(text, printing.entities))), printing.entities)
