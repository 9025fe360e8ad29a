"""The paragraphs between the heading of a symbol and its docstring: kind, state, source, bases, signatures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from docgen.formats.base import cells
from docgen.formats.base.code import Token
from docgen.formats.base.inline import canonical_line
from docgen.formats.base.sheet import Sheet
from docgen.formats.base.signatures import brackets, signature_tokens, type_parameter_text
from docgen.formats.material.life import Life, events_of
from docgen.model import (
    Class,
    ClassKind,
    Function,
    Location,
    Property,
    Receiver,
    Signature,
    TypeParameter,
    Unknown,
)

SEPARATOR = " · "
FUNCTION_STATES = {
    "async": "is_async",
    "generator": "is_generator",
    "context manager": "is_context_manager",
    "abstract": "is_abstract",
    "final": "is_final",
    "override": "is_override",
}
"""The badge of each state of a function, and the field that it shows."""
PROPERTY_STATES = {
    "deletable": "has_deleter",
    "cached": "is_cached",
    "of the class": "is_class_property",
    "abstract": "is_abstract",
    "final": "is_final",
    "override": "is_override",
}
RECEIVERS = {Receiver.CLASS: "class method", Receiver.NONE: "static method"}
SIGNATURE_UNKNOWN = "signature may differ"
CALLABLE_OBJECT = "callable object"
HISTORY = "History: "
DEPRECATED = "**Deprecated:**"
CLASS_KINDS = {kind: "class of unknown kind" if kind == ClassKind.UNKNOWN else kind.value for kind in ClassKind}


def badges(words: list[str], source: str) -> str:
    """Return the line of badges, with the source at its end; empty if there is neither."""
    shown = " ".join(f'<span class="md-tag">{word}</span>' for word in words)
    return SEPARATOR.join(filter(None, [shown, source]))


def source_text(location: Location | None, template: str) -> str:
    """Return the location of a symbol: `Source: pkg/client.py:12-30`, linked if there is an address.

    Parameters:
        location: The location.
        template: URL with `{path}`, `{line}` and `{end_line}`; empty for none.
    """
    if location is None:
        return ""
    lines = str(location.line) if location.end_line == location.line else f"{location.line}-{location.end_line}"
    shown = cells.span(f"{location.file}:{lines}")
    if not template:
        return f"Source: {shown}"
    address = template
    for name, value in (("path", location.file), ("line", location.line), ("end_line", location.end_line)):
        address = address.replace(f"{{{name}}}", str(value))
    return f"Source: [{shown}]({address})"


def quoted_deprecation(message: str | None, sheet: Sheet) -> str:
    """Return a deprecation as a quote; empty for none."""
    return "" if message is None else f"> {DEPRECATED} {sheet.line(message)}".rstrip()


def function_words(function: Function, *, is_member: bool) -> list[str]:
    """Return the badges of a function."""
    words = [word for word, field in FUNCTION_STATES.items() if getattr(function, field) is True]
    if is_member and function.receiver in RECEIVERS:
        words.insert(0, RECEIVERS[function.receiver])
    if not function.is_signature_known:
        words.append(SIGNATURE_UNKNOWN)
    return [*words, *function.effects]


def property_words(property_: Property) -> list[str]:
    """Return the badges of a property."""
    access = [] if isinstance(property_.has_setter, Unknown) else ["writable" if property_.has_setter else "read-only"]
    return [*access, *(word for word, field in PROPERTY_STATES.items() if getattr(property_, field))]


def class_words(class_: Class) -> list[str]:
    """Return the badges of a class."""
    return [CLASS_KINDS[class_.kind], *(["final"] if class_.is_final else [])]


def condition_text(condition: str) -> str:
    """Return the condition under which a symbol is defined; empty for always."""
    return f"Only if {cells.span(condition)}." if condition else ""


def inherited_text(path: str, sheet: Sheet) -> str:
    """Return from which symbol a docstring is inherited; empty if it is the symbol's own."""
    return f"Description inherited from {sheet.link(path, path)}." if path else ""


def class_facts(class_: Class, sheet: Sheet, source: str) -> Iterator[str]:
    """Yield the paragraphs below the heading of a class."""
    yield badges(class_words(class_), source_text(class_.location, source))
    if not isinstance(class_.bases, Unknown) and class_.bases:
        yield f"Bases: {', '.join(map(sheet.type, class_.bases))}"
    if isinstance(class_.bases, Unknown):
        yield "Bases: unknown"
    if class_.type_parameters and not brackets(class_.type_parameters):
        yield f"Type parameters: {', '.join(map(_type_parameter, class_.type_parameters))}"
    if class_.options:
        yield f"Options: {', '.join(cells.span(f'{name}={value}') for name, value in class_.options)}"
    if class_.abstract_members:
        yield f"Abstract members: {', '.join(map(cells.span, class_.abstract_members))}"
    if class_.unknown_bases:
        yield f"Not listed, for lack of sources: members of {', '.join(map(cells.span, class_.unknown_bases))}"
    yield condition_text(class_.condition)
    yield inherited_text(class_.docstring.inherited_from if class_.docstring else "", sheet)
    yield quoted_deprecation(class_.deprecation, sheet)


def _type_parameter(parameter: TypeParameter) -> str:
    shown = cells.span(type_parameter_text(parameter))
    return f"{shown} ({parameter.variance})" if parameter.variance else shown


def function_facts(function: Function, sheet: Sheet, source: str, words: list[str]) -> Iterator[str]:
    """Yield the paragraphs between the heading of a function and its signature."""
    yield badges(words, source_text(function.location, source))
    yield condition_text(function.condition)
    yield inherited_text(function.docstring.inherited_from if function.docstring else "", sheet)
    yield quoted_deprecation(function.deprecation, sheet)


def property_facts(property_: Property, sheet: Sheet, source: str) -> Iterator[str]:
    """Yield the paragraphs between the heading of a property and its signature."""
    yield badges(property_words(property_), source_text(property_.location, source))
    yield condition_text(property_.condition)
    yield inherited_text(property_.docstring.inherited_from if property_.docstring else "", sheet)
    yield quoted_deprecation(property_.deprecation, sheet)


def history_text(life: Life, path: str, sheet: Sheet) -> str:
    """Return when a symbol and its parameters were added, changed and removed; empty if unknown.

    Parameters:
        life: The life of the symbol.
        path: Its public path.
        sheet: The page.
    """
    parts = []
    for event, parameters, text in events_of(life):
        # The text quotes values, which may be anything.
        detail = f" ({sheet.line(canonical_line(text, lambda _: None))})" if text else ""
        names = ", ".join(
            cells.span(each) if life.parameters[each].removed else sheet.to_parameter(path, each) for each in parameters
        )
        parts.append(f"{names} {event}{detail}".lstrip())
    return f"{HISTORY}{', '.join(parts)}." if parts else ""


def fence(code: str) -> str:
    """Return Python code as a block."""
    return f"```python\n{code}\n```"


OVERLOAD = [Token("@overload", "decorator"), Token("\n")]
"""Text above each of several signatures."""
APART = [Token("\n\n")]
"""Separates signatures in one block."""


def declarations(function: Function, *, is_member: bool, shows_overloads: bool = True) -> list[Token]:
    """Return the signatures of a function as Python declares them: overloads, then the implementation."""
    tokens: list[Token] = []
    for overload in function.overloads if shows_overloads else ():
        tokens += [*OVERLOAD, *declaration(function, overload.signature, is_member=is_member), *APART]
    return [*tokens, *declaration(function, function.signature, is_member=is_member)]


def declaration(function: Function, signature: Signature, *, is_member: bool) -> list[Token]:
    """Return one signature of a function with the decorators that show how it is called."""
    decorators: list[str] = []
    if is_member and function.receiver in (Receiver.CLASS, Receiver.NONE):
        decorators.append("@classmethod" if function.receiver == Receiver.CLASS else "@staticmethod")
    if function.is_abstract:
        decorators.append("@abstractmethod")
    if function.is_final:
        decorators.append("@final")
    if function.is_context_manager:
        decorators.append("@asynccontextmanager" if function.is_async else "@contextmanager")
    before = "async def " if function.is_async else "def "
    return [*decorated(decorators), *signature_tokens(before + function.name, signature)]


def decorated(decorators: Iterable[str]) -> Iterator[Token]:
    """Yield decorators, each on a line of its own."""
    for each in decorators:
        yield Token(each, "decorator")
        yield Token("\n")
