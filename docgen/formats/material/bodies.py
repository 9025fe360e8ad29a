"""The paragraphs and rows that templates print for each kind of symbol, made from canonical values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from docgen.formats.base import cells
from docgen.formats.base.blocks import UNDOCUMENTED, label, paragraphs
from docgen.formats.base.code import Token
from docgen.formats.base.descriptions import OVERLOAD, summary_text
from docgen.formats.base.members import Inheritance
from docgen.formats.base.places import WITHOUT_CONSTRUCTOR, Placed
from docgen.formats.base.rows import is_brief, needs_block
from docgen.formats.base.sheet import Sheet, named
from docgen.formats.base.signatures import brackets, signature_tokens, value_text
from docgen.formats.material import facts
from docgen.formats.material.docstrings import docstring_text
from docgen.model import (
    Annotation,
    Attribute,
    Class,
    ClassKind,
    Docstring,
    Function,
    Module,
    Origin,
    Overload,
    Parameter,
    Property,
    Signature,
    Unknown,
    Value,
    Variable,
    VariableKind,
)

NO_SUMMARY = "\N{EM DASH}"
"""Placeholder in a table for a symbol without a docstring."""
SAME = "Also parameters of the constructor, described there:"
UNKNOWN_CONSTRUCTOR = "The parameters of the constructor are unknown."
MAKES_NAMES = "The module also provides names that its `__getattr__` creates at run time."
NOTED = re.compile(r"\*(?:Added|Changed|Removed) in [^*]+\*")
"""A note of the history in a row."""
_TESTS: dict[str, Callable[[Any], bool]] = {
    "needs_block": needs_block,
    "is_brief": is_brief,
    "is_exception": lambda c: c.kind == ClassKind.EXCEPTION,
}


class AttributeGroup(msgspec.Struct, frozen=True, kw_only=True):
    """The attributes of a class under one heading."""

    id: str
    title: str
    head: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    same: tuple[Attribute, ...] = ()
    """Those that the table of the constructor describes completely."""


class VariableGroup(msgspec.Struct, frozen=True, kw_only=True):
    """The variables of a module under one heading."""

    id: str
    title: str
    head: tuple[str, ...]
    variables: tuple[Variable, ...]


VARIABLE_GROUPS = {
    VariableKind.VALUE: ("variables", "Variables", "Variable"),
    VariableKind.TYPE_ALIAS: ("type-aliases", "Type aliases", "Alias"),
    VariableKind.TYPE_VARIABLE: ("type-variables", "Type variables", "Type variable"),
    VariableKind.NEW_TYPE: ("new-types", "New types", "New type"),
}
"""Identifier, title and first column of each kind of variable."""


def apart(values: Iterable[object], test: str) -> tuple[tuple[object, ...], tuple[object, ...]]:
    """Return the values that do not pass a test, and those that do."""
    passes = _TESTS[test]
    all_of_them = tuple(values)
    return tuple(v for v in all_of_them if not passes(v)), tuple(v for v in all_of_them if passes(v))


def summary_of(docstring: Docstring | None, sheet: Sheet) -> str:
    """Return the first sentence of a docstring as a cell."""
    return sheet.summary(summary_text(docstring)) or NO_SUMMARY


def summary_rows(values: Iterable[Class | Function], sheet: Sheet) -> list[tuple[str, str]]:
    """Return a row with a link and the first sentence for each class or function."""
    return [
        (sheet.link(value.path, value.name), _deprecated(value.deprecation) + summary_of(value.docstring, sheet))
        for value in values
    ]


def _deprecated(message: str | None) -> str:
    return "" if message is None else "*Deprecated.* "


def module_rows(modules: Iterable[Module], sheet: Sheet) -> list[tuple[str, str]]:
    """Return a row with a link and the first sentence for each module."""
    return [(sheet.module_link(module.name), summary_of(module.docstring, sheet)) for module in modules]


def module_facts(module: Module, sheet: Sheet) -> Iterator[str]:
    """Yield the paragraphs below the heading of a module, its docstring included."""
    yield facts.badges(["package" if module.is_package else "module"], "")
    if module.makes_names:
        yield MAKES_NAMES
    yield facts.fence(f"import {module.name}")
    yield docstring_text(module.docstring, sheet, 2) or UNDOCUMENTED


def class_body(class_: Class, sheet: Sheet, level: int, placed: Placed) -> Iterator[str]:
    """Yield the line to import a class by, and its docstring."""
    outer = placed.name.partition(".")[0]
    lines = [f"from {placed.module.name} import {outer}"]
    if declared := brackets(class_.type_parameters):
        lines += ["", f"class {class_.name}{declared}"]
    yield facts.fence("\n".join(lines))
    yield docstring_text(class_.docstring, sheet, level + 1) or UNDOCUMENTED


def shows_constructor(class_: Class) -> bool:
    """Return True if a page has a part about the constructor of a class."""
    return class_.constructor is not None and class_.kind not in WITHOUT_CONSTRUCTOR


def constructor_body(class_: Class, sheet: Sheet, level: int) -> Iterator[str]:
    """Yield the signature of a constructor and its description."""
    constructor = class_.constructor
    if not isinstance(constructor, Function):
        yield UNKNOWN_CONSTRUCTOR
        return
    words = [facts.SIGNATURE_UNKNOWN] if not constructor.is_signature_known else []
    yield facts.badges(words, "")
    yield facts.quoted_deprecation(constructor.deprecation, sheet)
    named = msgspec.structs.replace(constructor, name=class_.name)
    tokens: list[Token] = []
    for overload in () if _has_own_overloads(constructor) else constructor.overloads:
        tokens += [*facts.OVERLOAD, *signature_tokens(class_.name, overload.signature), *facts.APART]
    # The table is made first, because a parameter has its anchor there, or else in the signature.
    text = docstring_text(constructor.docstring, sheet, level + 1, constructor)
    yield sheet.code([*tokens, *signature_tokens(class_.name, constructor.signature)], constructor.path)
    yield text
    yield from _overloads(named, sheet, level + 1, is_member=False, is_constructor=True)


def function_body(function: Function, sheet: Sheet, level: int, is_member: bool) -> Iterator[str]:  # noqa: FBT001 - called by templates
    """Yield the signatures of a function, its docstring, and those of its overloads."""
    has_own = _has_own_overloads(function)
    text = docstring_text(function.docstring, sheet, level + 1, function)
    yield sheet.code(facts.declarations(function, is_member=is_member, shows_overloads=not has_own), function.path)
    if function.docstring is None and not has_own:
        yield UNDOCUMENTED
    yield text
    yield from _overloads(function, sheet, level + 1, is_member=is_member)


def _has_own_overloads(function: Function) -> bool:
    """Return True if an overload has more than a signature."""
    return any(map(_says_more, function.overloads))


def _says_more(overload: Overload) -> bool:
    parameters = overload.signature.parameters
    takes_more = isinstance(parameters, tuple) and any(each.is_from_keywords for each in parameters)
    return takes_more or overload.docstring is not None or overload.deprecation is not None


def _overloads(
    function: Function, sheet: Sheet, level: int, *, is_member: bool, is_constructor: bool = False
) -> Iterator[str]:
    if not _has_own_overloads(function):
        return
    for overload in function.overloads:
        yield label(OVERLOAD)
        yield facts.quoted_deprecation(overload.deprecation, sheet)
        shown = (
            signature_tokens(function.name, overload.signature)
            if is_constructor
            else facts.declaration(function, overload.signature, is_member=is_member)
        )
        declared = msgspec.structs.replace(function, signature=overload.signature)
        text = docstring_text(overload.docstring, sheet, level, declared)
        yield sheet.code([*facts.OVERLOAD, *shown], function.path)
        yield text


def property_body(property_: Property, sheet: Sheet, level: int) -> Iterator[str]:
    """Yield a property as Python declares it, and its docstring."""
    name = property_.name
    tokens = [
        *facts.decorated(["@cached_property" if property_.is_cached else "@property"]),
        *signature_tokens(f"def {name}", Signature(returns=property_.annotation)),
    ]
    if property_.setter_annotation is not None:
        value = Parameter(name="value", annotation=property_.setter_annotation)
        setter = Signature(parameters=(value,), returns=Annotation(written="None"))
        tokens += [*facts.APART, *facts.decorated([f"@{name}.setter"]), *signature_tokens(f"def {name}", setter)]
    yield sheet.code(tokens)
    yield docstring_text(property_.docstring, sheet, level + 1)


def property_rows(properties: Iterable[Property], sheet: Sheet) -> list[tuple[str, ...]]:
    """Return the rows of the properties that a row can describe completely."""
    return [
        (
            named(each.path, each.name),
            sheet.type(each.annotation),
            ", ".join(facts.property_words(each)),
            described(each, summary_text(each.docstring), sheet),
        )
        for each in properties
    ]


def described(value: Attribute | Property | Variable, text: str, sheet: Sheet) -> str:
    """Return the cell of a description: its condition, whether it is deprecated or read-only, and its text."""
    parts = []
    if value.condition:
        parts.append(f"*Only if* {cells.code_cell(value.condition)}")
    if value.deprecation is not None:
        parts.append(f"*Deprecated:* {cells.text_cell(sheet.line(value.deprecation))}".strip())
    if isinstance(value, Attribute) and value.is_read_only:
        parts.append("*Read-only*")
    if note := sheet.notes.get(value.path):
        parts.append(f"*{note}*")
    return "<br>".join([*parts, *filter(None, [sheet.cell(text)])])


def attribute_groups(class_: Class) -> list[AttributeGroup]:
    """Return the attributes of a class as its page groups them."""
    members = tuple(each for each in class_.attributes if each.origin == Origin.MEMBER)
    same = tuple(each for each in class_.attributes if each.field is not None)
    others = tuple(each for each in class_.attributes if each.origin != Origin.MEMBER and each.field is None)
    is_keys = any(each.is_required is not None for each in others)
    title, head = ("Keys", "Key") if is_keys else ("Attributes", "Attribute")
    groups = [
        AttributeGroup(
            id="members",
            title="Members",
            head=("Member", "Type", "Value", "Required", "Description"),
            attributes=members,
        ),
        AttributeGroup(
            id=title.lower(),
            title=title,
            head=(head, "Type", "Value", "Required", "Description"),
            attributes=others,
            same=same,
        ),
    ]
    return [group for group in groups if group.attributes or group.same]


def same_as_parameters(attributes: tuple[Attribute, ...]) -> str:
    """Return which attributes the table of the constructor describes; empty for none."""
    if not attributes:
        return ""
    return f"{SAME} {', '.join(named(each.path, each.name) for each in attributes)}"


def attribute_rows(attributes: Iterable[Attribute], sheet: Sheet, _group: AttributeGroup) -> list[tuple[str, ...]]:
    """Return the rows of attributes."""
    required = {None: "", True: "yes", False: "no"}
    return [
        (
            named(each.path, each.name),
            sheet.type(each.annotation),
            f"alias of {_member_link(each, sheet)}" if each.alias_of else _value(each.value),
            required[each.is_required],
            described(each, each.description, sheet),
        )
        for each in attributes
    ]


def _member_link(attribute: Attribute, sheet: Sheet) -> str:
    return sheet.link(f"{attribute.path.rpartition('.')[0]}.{attribute.alias_of}", attribute.alias_of)


def _value(value: Value | Unknown | None) -> str:
    return cells.code_cell(value_text(value))


def rests(values: Iterable[Attribute | Variable], sheet: Sheet, level: int) -> Iterator[str]:
    """Yield the parts of descriptions that do not fit into the cells of a table."""
    for value in values:
        rest = paragraphs(value.description)[1]
        if rest:
            yield label(cells.span(value.name))
            yield sheet.text(rest, level)


def brief_methods(methods: Iterable[Function], sheet: Sheet) -> Iterator[str]:
    """Yield the names of special methods, each as its own anchor, and their signatures."""
    shown = tuple(methods)
    yield f"Without a docstring: {', '.join(named(each.path, each.name) for each in shown)}"
    tokens = [
        token for each in shown for token in (*facts.declaration(each, each.signature, is_member=True), *facts.APART)
    ]
    yield sheet.code(tokens[:-1])


def inherited_members(placed: Placed, inheritance: Inheritance, sheet: Sheet) -> str:
    """Return the inherited members of a class, by base: from bases with a page, and from other packages."""
    original = inheritance.index.classes.get(placed.class_.path)
    lines: list[str] = []
    if count := inheritance.left_out.get(placed.class_.path):
        lines.append(f"- {count:,} members from its bases, which are not listed")
    for base, members in inheritance.groups(original) if original else ():
        if inheritance.is_foreign(base):
            names = ", ".join(cells.span(member.name) for member in members)
            lines.append(f"- From {cells.span(base.path.removeprefix('builtins.'))} ({len(members)}): {names}")
        else:
            public = inheritance.index.public_path(base.path)
            names = ", ".join(sheet.link(f"{public}.{member.name}", member.name) for member in members)
            lines.append(f"- From {sheet.link(public, base.name)}: {names}")
    return "\n".join(lines)


def functions_of(module: Module) -> list[Function]:
    """Return the functions of a module, and its objects that are called like functions."""
    called = (each.function for each in module.variables if each.function is not None)
    shown = (msgspec.structs.replace(f, effects=(facts.CALLABLE_OBJECT, *f.effects)) for f in called)
    return [*module.functions, *shown]


def variable_groups(module: Module) -> list[VariableGroup]:
    """Return the variables of a module as its page groups them."""
    groups = []
    for kind, (id_, title, head) in VARIABLE_GROUPS.items():
        variables = tuple(each for each in module.variables if each.kind == kind)
        heads = (head, "Stands for" if kind == VariableKind.TYPE_ALIAS else "Type", "Value", "Description")
        if variables:
            groups.append(VariableGroup(id=id_, title=title, head=heads, variables=variables))
    return groups


def variable_rows(variables: Iterable[Variable], sheet: Sheet) -> list[tuple[str, ...]]:
    """Return the rows of variables."""
    return [
        (
            named(each.path, each.name + brackets(each.type_parameters)),
            sheet.type(each.annotation),
            _value(each.value),
            described(each, each.description, sheet),
        )
        for each in variables
    ]


def alias_rows(module: Module, sheet: Sheet) -> list[tuple[str, ...]]:
    """Return the rows of the further names of symbols. The search leaves them out, so that it finds the symbols."""
    return [
        (
            named(f"{module.name}.{each.name}", each.name, cells.NO_SEARCH),
            f"<span{cells.NO_SEARCH}>{sheet.link(each.target, each.target)}</span>",
            ", ".join(filter(None, [each.kind, "of another package" if each.is_external else ""])),
        )
        for each in module.aliases
    ]
