"""Rows of tables for values and members, and which members need more or less than a row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import msgspec

from docgen.formats.base.blocks import paragraphs
from docgen.formats.base.descriptions import Clean, bare, items_by_name, joined, merged, with_notes
from docgen.formats.base.signatures import FACTORY, type_text, value_text
from docgen.model import (
    UNKNOWN,
    Annotation,
    Attribute,
    Field,
    Function,
    Origin,
    Parameter,
    Property,
    Receiver,
    Unknown,
    Value,
    Variable,
)
from docgen.prose.sections import Item, Section, SectionKind

LONGEST_VALUE = 80
"""Length limit of a value in a table; only the beginning of a longer one is shown."""
CUT = "\N{HORIZONTAL ELLIPSIS}"
"""Placeholder for the rest of a value."""
Row = TypeVar("Row", Attribute, Variable)


def needs_block(property_: Property) -> bool:
    """Return True if a row of a table is too small for a property."""
    if property_.setter_annotation is not None:
        return True
    docstring = property_.docstring
    if docstring is None:
        return False
    texts = [each.text for each in docstring.sections]
    is_text = all(each.kind == SectionKind.TEXT for each in docstring.sections)
    return bool(docstring.inherited_from) or not is_text or any(paragraphs(text)[1] for text in texts)


def is_brief(method: Function) -> bool:
    """Return True if a page shows only the signature of a method: a special one without a description."""
    is_special = method.name.startswith("__") and method.name.endswith("__")
    if not is_special or method.receiver != Receiver.INSTANCE or method.docstring is not None:
        return False
    parameters = method.signature.parameters
    if isinstance(parameters, tuple) and any(each.is_from_keywords for each in parameters):
        return False
    return method == _brief(method)


def _brief(method: Function) -> Function:
    return Function(
        name=method.name,
        path=method.path,
        location=method.location,
        signature=method.signature,
        receiver=method.receiver,
        is_override=method.is_override,
        decorators=UNKNOWN,
    )


def methods_in_order(methods: Iterable[Function]) -> tuple[Function, ...]:
    """Return methods, with those of which only the signature is shown at the end."""
    all_of_them = tuple(methods)
    brief = [each for each in all_of_them if is_brief(each)]
    shown = (msgspec.structs.replace(each, location=None, is_override=False) for each in brief)
    return (*(each for each in all_of_them if not is_brief(each)), *shown)


def short_value(value: Value | Unknown | None) -> Value | Unknown | None:
    """Return a value as a table shows it; it is unknown if only its beginning is shown."""
    shown = shown_value(value)
    if isinstance(shown, Value) and len(shown.text) > LONGEST_VALUE:
        return Value(text=shown.text[: LONGEST_VALUE - 1] + CUT, is_known=False)
    return shown


def shown_value(value: Value | Unknown | None) -> Value | None:
    """Return a value as it is written, without its other facts; None if there is none or it is unknown."""
    text = value_text(value)
    return Value(text=text, is_factory=text == FACTORY) if text else None


def absorbed(
    values: Iterable[Row], sections: tuple[Section, ...], clean: Clean
) -> tuple[list[Row], tuple[Section, ...]]:
    """Return attributes or variables with descriptions from a section on attributes, and the sections without them."""
    items = items_by_name(sections, (SectionKind.ATTRIBUTES,))
    if not items:
        return list(values), sections
    rows = [_with_item(value, items.pop(value.name), clean) if value.name in items else value for value in values]
    kept = (
        msgspec.structs.replace(each, items=tuple(item for item in each.items if bare(item.name) in items))
        if each.kind == SectionKind.ATTRIBUTES
        else each
        for each in sections
    )
    return rows, merged(each for each in kept if each.text or each.items or each.kind != SectionKind.ATTRIBUTES)


def _with_item(value: Row, item: Item, clean: Clean) -> Row:
    annotation = value.annotation
    text = with_notes(item.text, item, type_text(annotation), value_text(value.value) or CUT, clean)
    if annotation is None and item.annotation:
        annotation = Annotation(written=item.annotation)
    return msgspec.structs.replace(value, annotation=annotation, description=joined(value.description, text))


def attributes_in_order(
    attributes: Iterable[Attribute], constructor: Function | Unknown | None
) -> tuple[Attribute, ...]:
    """Return attributes in groups: members of an enumeration, those described with the constructor, and others."""
    parameters: dict[str, Parameter] = {}
    if isinstance(constructor, Function) and not isinstance(constructor.signature.parameters, Unknown):
        parameters = {each.name: each for each in constructor.signature.parameters if not each.is_from_keywords}
    same: list[Attribute] = []
    others: list[Attribute] = []
    for attribute in attributes:
        parameter = parameters.get(attribute.name)
        if parameter is not None and _is_shown_by(parameter, attribute):
            same.append(from_parameter(attribute, parameter))
        else:
            others.append(attribute)
    members = [each for each in others if each.origin == Origin.MEMBER]
    return (*members, *same, *(each for each in others if each.origin != Origin.MEMBER))


def _is_shown_by(parameter: Parameter, attribute: Attribute) -> bool:
    plain = Attribute(
        name=attribute.name,
        path=attribute.path,
        annotation=attribute.annotation,
        value=attribute.value,
        description=attribute.description,
    )
    is_same_type = attribute.annotation is None or type_text(attribute.annotation) == type_text(parameter.annotation)
    is_same_value = attribute.value is None or parameter.default is not None
    return (
        attribute == plain and is_same_type and is_same_value and attribute.description in ("", parameter.description)
    )


def from_parameter(attribute: Attribute, parameter: Parameter) -> Attribute:
    """Return an attribute that a page also lists as a parameter of the constructor."""
    return Attribute(
        name=attribute.name,
        path=attribute.path,
        annotation=parameter.annotation if isinstance(parameter.annotation, Annotation) else None,
        description=parameter.description,
        field=Field(),
    )
