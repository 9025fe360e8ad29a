"""The headings that open a section of a docstring."""

from __future__ import annotations

from docgen.prose.sections import SectionKind as Kind

KINDS: dict[str, Kind] = {
    "args": Kind.PARAMETERS,
    "arg": Kind.PARAMETERS,
    "arguments": Kind.PARAMETERS,
    "argument": Kind.PARAMETERS,
    "parameters": Kind.PARAMETERS,
    "parameter": Kind.PARAMETERS,
    "params": Kind.PARAMETERS,
    "other parameters": Kind.OTHER_PARAMETERS,
    "other args": Kind.OTHER_PARAMETERS,
    "other arguments": Kind.OTHER_PARAMETERS,
    "keyword args": Kind.OTHER_PARAMETERS,
    "keyword arguments": Kind.OTHER_PARAMETERS,
    "keyword parameters": Kind.OTHER_PARAMETERS,
    "kwargs": Kind.OTHER_PARAMETERS,
    "returns": Kind.RETURNS,
    "return": Kind.RETURNS,
    "yields": Kind.YIELDS,
    "yield": Kind.YIELDS,
    "receives": Kind.RECEIVES,
    "receive": Kind.RECEIVES,
    "raises": Kind.RAISES,
    "raise": Kind.RAISES,
    "exceptions": Kind.RAISES,
    "except": Kind.RAISES,
    "warns": Kind.WARNS,
    "warn": Kind.WARNS,
    "attributes": Kind.ATTRIBUTES,
    "attribute": Kind.ATTRIBUTES,
    "methods": Kind.METHODS,
    "functions": Kind.FUNCTIONS,
    "classes": Kind.CLASSES,
    "examples": Kind.EXAMPLES,
    "example": Kind.EXAMPLES,
    "notes": Kind.NOTES,
    "note": Kind.NOTES,
    "warnings": Kind.WARNINGS,
    "warning": Kind.WARNINGS,
    "see also": Kind.SEE_ALSO,
    "references": Kind.REFERENCES,
    "reference": Kind.REFERENCES,
    "todo": Kind.TODO,
    "todos": Kind.TODO,
    "deprecated": Kind.DEPRECATED,
    "deprecation": Kind.DEPRECATED,
    "attention": Kind.ADMONITION,
    "caution": Kind.ADMONITION,
    "danger": Kind.ADMONITION,
    "error": Kind.ADMONITION,
    "hint": Kind.ADMONITION,
    "important": Kind.ADMONITION,
    "info": Kind.ADMONITION,
    "tip": Kind.ADMONITION,
}
"""Heading in lower case -> kind of its section."""

OWN_TITLES: dict[Kind, frozenset[str]] = {
    Kind.PARAMETERS: frozenset({"args", "arguments", "parameters", "params", "arg", "parameter", "argument"}),
    Kind.OTHER_PARAMETERS: frozenset({"other parameters"}),
    Kind.RAISES: frozenset({"raises", "raise", "exceptions", "except"}),
    Kind.EXAMPLES: frozenset({"examples", "example"}),
    Kind.NOTES: frozenset({"notes", "note"}),
    Kind.WARNINGS: frozenset({"warnings", "warning"}),
    Kind.ADMONITION: frozenset(),
}
"""Headings that are implied by the kind of their section; for other kinds, all headings of `KINDS` are."""

WITH_ITEMS = frozenset(
    {
        Kind.PARAMETERS,
        Kind.OTHER_PARAMETERS,
        Kind.RETURNS,
        Kind.YIELDS,
        Kind.RECEIVES,
        Kind.RAISES,
        Kind.WARNS,
        Kind.ATTRIBUTES,
        Kind.METHODS,
        Kind.FUNCTIONS,
        Kind.CLASSES,
    }
)
"""The kinds whose sections consist of items."""


def title_of(kind: Kind, heading: str) -> str:
    """Return the heading as the title of a section, empty if the kind implies it."""
    heading = heading.strip()
    known = heading.lower()
    own = OWN_TITLES.get(kind)
    return "" if (known in KINDS if own is None else known in own) else heading
