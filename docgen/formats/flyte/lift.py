"""Converts the contents of pages of these formats to the model, with `UNKNOWN` for facts that they do not have.

A page does not distinguish inherited methods from own ones, so here all are members of the class itself.
"""

from __future__ import annotations

from docgen.formats.flyte import page_model
from docgen.formats.flyte.dialect import Printing
from docgen.model import (
    UNKNOWN,
    Annotation,
    Class,
    ClassKind,
    Docstring,
    Function,
    Module,
    Parameter,
    ParameterKind,
    Property,
    Receiver,
    Reference,
    Signature,
    Unknown,
    Value,
    Variable,
)
from docgen.prose.sections import Item, Section, SectionKind

SYNCIFIED = "sync or async"
"""Effect of the decorator that makes a coroutine function callable without await."""

_KINDS = {
    page_model.ClassKind.CLASS: ClassKind.UNKNOWN,
    page_model.ClassKind.PROTOCOL: ClassKind.PROTOCOL,
    page_model.ClassKind.ERROR: ClassKind.EXCEPTION,
}


def lift(reference: page_model.Reference, printing: Printing) -> Reference:
    """Return the model of the contents of pages.

    Parameters:
        reference: The contents of parsed or future pages.
        printing: The flags of the dialect; facts that it never shows are unknown.
    """
    modules = tuple(_module(package, printing) for package in reference.packages)
    return Reference(distribution=reference.distribution, version=reference.version, modules=modules)


def _module(package: page_model.Package, printing: Printing) -> Module:
    return Module(
        name=package.name,
        listed=UNKNOWN,
        docstring=_docstring(package.docstring),
        classes=tuple(_class(each, package.name, printing) for each in package.classes),
        functions=tuple(_function(each, package.name, printing) for each in package.functions),
        variables=tuple(
            Variable(name=each.name, path=f"{package.name}.{each.name}", value=_value(each.value or each.annotation))
            for each in package.variables
        ),
    )


def _class(class_: page_model.Class, package: str, printing: Printing) -> Class:
    path = f"{package}.{class_.name}"
    return Class(
        name=class_.name,
        path=path,
        kind=_KINDS[class_.kind],
        bases=UNKNOWN,
        mro=UNKNOWN,
        decorators=UNKNOWN,
        is_hashable=UNKNOWN,
        docstring=_docstring(class_.docstring),
        constructor=_function(class_.constructor, path, printing) if class_.constructor else UNKNOWN,
        properties=tuple(
            Property(
                name=each.name,
                path=f"{path}.{each.name}",
                annotation=_annotation(each.annotation, is_shown=printing.shows_property_types),
                has_setter=UNKNOWN,
                has_deleter=UNKNOWN,
                decorators=UNKNOWN,
                docstring=_docstring(each.docstring),
            )
            for each in class_.properties
        ),
        methods=tuple(_function(each, path, printing) for each in class_.methods),
    )


def _function(function: page_model.Function, owner: str, printing: Printing) -> Function:
    # A function without parameters is shown without its result.
    has_arrow = bool(function.parameters)
    parameters = tuple(_parameter(each, printing) for each in function.parameters)
    return Function(
        name=function.name,
        path=f"{owner}.{function.name}",
        signature=Signature(parameters=parameters, returns=_annotation(function.returns, is_shown=has_arrow)),
        receiver=Receiver.UNKNOWN,
        is_async=UNKNOWN,
        is_generator=UNKNOWN,
        is_context_manager=UNKNOWN,
        effects=(SYNCIFIED,) if function.is_syncified else (),
        decorators=UNKNOWN,
        docstring=_docstring(function.docstring),
    )


def _parameter(parameter: page_model.Parameter, printing: Printing) -> Parameter:
    is_plain = parameter.kind is ParameterKind.POSITIONAL_OR_KEYWORD
    default: Value | Unknown | None = UNKNOWN
    if printing.shows_defaults or not is_plain:
        default = _value(parameter.default)
    return Parameter(
        name=parameter.name,
        kind=ParameterKind.UNKNOWN if is_plain else parameter.kind,
        # Where nothing is annotated, the pages repeat the parameter: `kwargs: **kwargs`.
        annotation=_annotation(parameter.annotation, is_shown=not (parameter.annotation or "").startswith("*")),
        default=default,
        description=parameter.description,
    )


def _annotation(text: str | None, *, is_shown: bool) -> Annotation | Unknown | None:
    if not is_shown:
        return UNKNOWN
    return None if text is None else Annotation(written=text)


def _value(text: str | None) -> Value | None:
    return None if text is None else Value(text=text)


def _docstring(docstring: page_model.Docstring) -> Docstring | None:
    sections = [Section(kind=SectionKind.TEXT, text=docstring.text)] if docstring.text.strip() else []
    if docstring.returns is not None:
        sections.append(Section(kind=SectionKind.RETURNS, items=(Item(text=docstring.returns),)))
    if docstring.raises:
        items = tuple(Item(annotation=name, text=text) for name, text in docstring.raises)
        sections.append(Section(kind=SectionKind.RAISES, items=items))
    sections += (Section(kind=SectionKind.NOTES, text=note) for note in docstring.notes)
    return Docstring(raw="", sections=tuple(sections)) if sections else None
